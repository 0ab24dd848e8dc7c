//! The kill switch on wall time: runs an examination on a thread of its own and gives up on it after a while.
//!
//! The limits inside the rooms are deterministic and should end every examination long before; this is the
//! belt to those braces, and its answer is never "clean". A thread that was given up on ends with the process.
//! A thread that answered waits for the next examination of the same caller: a start for each file costs more than
//! most files do.

use std::cell::RefCell;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// Deep but bounded recursion in parsers needs more than a thread's default stack.
const STACK: usize = 256 << 20;

/// How an examination under the kill switch ended.
#[derive(Debug)]
pub enum Ended<T> {
    /// It returned.
    Returned(T),
    /// Its time was up.
    TimedOut,
    /// It panicked: a bug of ours.
    Panicked,
}

type Work = Box<dyn FnOnce() + Send>;

thread_local! {
    /// The thread that answered this one last. It ends with the caller's: nobody can send to it then.
    static IDLE: RefCell<Option<Sender<Work>>> = const { RefCell::new(None) };
}

/// Runs the work, for `seconds` at most.
pub fn run<T: Send + 'static>(seconds: u64, work: impl FnOnce() -> T + Send + 'static) -> Ended<T> {
    let (send, receive) = channel();
    let Some(thread) = begin(Box::new(move || {
        // The receiver is gone where the time was up; nobody waits for the answer then.
        let _ = send.send(work());
    })) else {
        return Ended::Panicked;
    };
    match receive.recv_timeout(Duration::from_secs(seconds)) {
        Ok(answer) => {
            IDLE.set(Some(thread));
            Ended::Returned(answer)
        }
        Err(RecvTimeoutError::Timeout) => Ended::TimedOut,
        Err(RecvTimeoutError::Disconnected) => Ended::Panicked,
    }
}

/// Hands the work to the idle thread, or to a new one; `None` where the system has none to give.
fn begin(work: Work) -> Option<Sender<Work>> {
    let work = match IDLE.take() {
        Some(thread) => match thread.send(work) {
            Ok(()) => return Some(thread),
            Err(unsent) => unsent.0,
        },
        None => work,
    };
    let (send, receive) = channel();
    let serve = move || receive.into_iter().for_each(|work: Work| work());
    let started = std::thread::Builder::new().stack_size(STACK).spawn(serve);
    (started.is_ok() && send.send(work).is_ok()).then_some(send)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_too_long_is_given_up_on() {
        assert!(matches!(run(60, || 7), Ended::Returned(7)));
        assert!(matches!(
            run(0, || std::thread::sleep(Duration::from_secs(60))),
            Ended::TimedOut
        ));
        assert!(matches!(run(60, || panic!("as planned")), Ended::<()>::Panicked));
    }

    #[test]
    fn a_thread_that_answered_takes_the_next_and_one_that_did_not_takes_none() {
        let id = || match run(60, || std::thread::current().id()) {
            Ended::Returned(id) => id,
            other => panic!("{other:?}"),
        };
        let first = id();
        assert_eq!(id(), first);
        assert!(matches!(run(60, || panic!("as planned")), Ended::<()>::Panicked));
        let second = id();
        assert_ne!(second, first);
        assert!(matches!(
            run(0, || std::thread::sleep(Duration::from_secs(60))),
            Ended::TimedOut
        ));
        assert_ne!(id(), second);
    }
}
