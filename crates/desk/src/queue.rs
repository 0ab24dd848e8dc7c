//! Work on many things at once whose answers are taken in order, with few of them kept.
//!
//! A parallel iterator would keep all answers until the last is there; here a thread that is far ahead waits.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Answers for each thread that may wait for an earlier one.
const AHEAD: usize = 8;

struct Line<T> {
    /// The next to be begun.
    next: usize,
    /// How many were taken.
    taken: usize,
    /// Answers that wait for an earlier one.
    waiting: BTreeMap<usize, std::thread::Result<T>>,
    stopped: bool,
}

struct Queue<T> {
    line: Mutex<Line<T>>,
    changed: Condvar,
    total: usize,
    ahead: usize,
}

impl<T> Queue<T> {
    fn lock(&self) -> MutexGuard<'_, Line<T>> {
        // What a panicking worker leaves is whole: it holds the lock only to count and to insert.
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'l>(&self, line: MutexGuard<'l, Line<T>>) -> MutexGuard<'l, Line<T>> {
        self.changed.wait(line).unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the next to be begun, once it is not too far ahead.
    fn begin(&self) -> Option<usize> {
        let mut line = self.lock();
        loop {
            if line.stopped || line.next >= self.total {
                return None;
            }
            if line.next < line.taken + self.ahead {
                line.next += 1;
                return Some(line.next - 1);
            }
            line = self.wait(line);
        }
    }

    fn put(&self, number: usize, answer: std::thread::Result<T>) {
        self.lock().waiting.insert(number, answer);
        self.changed.notify_all();
    }

    fn take(&self, number: usize) -> T {
        let mut line = self.lock();
        loop {
            if let Some(answer) = line.waiting.remove(&number) {
                line.taken = number + 1;
                line.stopped |= answer.is_err();
                self.changed.notify_all();
                drop(line);
                return answer.unwrap_or_else(|panic| resume_unwind(panic));
            }
            line = self.wait(line);
        }
    }

    fn stop(&self) {
        self.lock().stopped = true;
        self.changed.notify_all();
    }
}

/// Works on `0..total` with as many threads as results elsewhere have, and gives the answers to `each` in order.
pub fn in_order<T: Send, B>(
    total: usize,
    work: impl Fn(usize) -> T + Sync,
    mut each: impl FnMut(T) -> ControlFlow<B>,
) -> ControlFlow<B> {
    let threads = rayon::current_num_threads().min(total);
    let queue = Queue {
        line: Mutex::new(Line {
            next: 0,
            taken: 0,
            waiting: BTreeMap::new(),
            stopped: false,
        }),
        changed: Condvar::new(),
        total,
        ahead: threads.saturating_mul(AHEAD),
    };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(number) = queue.begin() {
                    queue.put(number, catch_unwind(AssertUnwindSafe(|| work(number))));
                }
            });
        }
        let answers = (0..total).try_for_each(|number| each(queue.take(number)));
        queue.stop();
        answers
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    #[test]
    fn answers_come_in_order_and_few_are_kept() {
        let begun = AtomicUsize::new(0);
        let mut taken = 0;
        let most = rayon::current_num_threads() * AHEAD;
        let done: ControlFlow<()> = in_order(
            500,
            |number| {
                begun.fetch_add(1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_micros((number as u64 * 7919) % 300));
                number
            },
            |number| {
                assert_eq!(number, taken);
                taken += 1;
                assert!(begun.load(Ordering::SeqCst) <= taken + most);
                ControlFlow::Continue(())
            },
        );
        assert_eq!((done, taken), (ControlFlow::Continue(()), 500));
    }

    #[test]
    fn who_takes_no_more_stops_the_work() {
        let begun = AtomicUsize::new(0);
        let stopped = in_order(
            1_000_000,
            |number| {
                begun.fetch_add(1, Ordering::SeqCst);
                number
            },
            |number| {
                if number == 3 {
                    ControlFlow::Break("enough")
                } else {
                    ControlFlow::Continue(())
                }
            },
        );
        assert_eq!(stopped, ControlFlow::Break("enough"));
        assert!(begun.load(Ordering::SeqCst) < 1_000_000);
        assert_eq!(in_order(0, |n| n, ControlFlow::Break), ControlFlow::Continue(()));
    }
}
