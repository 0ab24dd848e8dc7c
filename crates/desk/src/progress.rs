//! Progress: how desk tells whoever called it how far a long piece of work is. Desk draws nothing itself.

use std::io::{self, Read};

/// What a piece of work reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// Work begins; `total` in the unit that the name says, 0 where nobody knows.
    Begin {
        /// What is being done.
        what: &'a str,
        /// How much there is.
        total: u64,
        /// Whether it counts bytes.
        bytes: bool,
    },
    /// This much more is done.
    Advance(u64),
    /// The work that began last is done.
    End,
}

/// Receives steps, from any thread.
pub type Progress<'a> = dyn Fn(Step<'_>) + Sync + 'a;

/// A progress that nobody looks at.
pub fn silent(_: Step<'_>) {}

/// Bytes that are told at once.
const TOLD: u64 = 1 << 20;

/// A reader that tells how much was read through it.
pub struct Advancing<'p, R> {
    inner: R,
    progress: &'p Progress<'p>,
    untold: u64,
}

impl<'p, R: Read> Advancing<'p, R> {
    /// Begins with nothing read.
    pub fn new(inner: R, progress: &'p Progress<'p>) -> Self {
        Advancing {
            inner,
            progress,
            untold: 0,
        }
    }
}

impl<R: Read> Read for Advancing<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.untold += count as u64;
        if count == 0 || self.untold >= TOLD {
            (self.progress)(Step::Advance(std::mem::take(&mut self.untold)));
        }
        Ok(count)
    }
}
