//! The kill switch on wall time: runs an examination on a thread of its own and gives up on it after a while.
//!
//! The limits inside the rooms are deterministic and should end every examination long before; this is the
//! belt to those braces, and its answer is never "clean". A thread that was given up on ends with the process.

use std::sync::mpsc::{RecvTimeoutError, channel};
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

/// Runs the work, for `seconds` at most.
pub fn run<T: Send + 'static>(seconds: u64, work: impl FnOnce() -> T + Send + 'static) -> Ended<T> {
    let (send, receive) = channel();
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(move || {
        // The receiver is gone where the time was up; nobody waits for the answer then.
        let _ = send.send(work());
    });
    if thread.is_err() {
        return Ended::Panicked;
    }
    match receive.recv_timeout(Duration::from_secs(seconds)) {
        Ok(answer) => Ended::Returned(answer),
        Err(RecvTimeoutError::Timeout) => Ended::TimedOut,
        Err(RecvTimeoutError::Disconnected) => Ended::Panicked,
    }
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
}
