//! Where two chains part: which block to compare next. No socket, no store: whoever has them compares.

/// Looks for the last block that two chains have in common, in growing strides, since reorganisations are short, then by halves.
///
/// ```
/// use strongroom_ledger::{Fork, ForkStep};
///
/// // Ours has the blocks from 3 to 90 and both part after 71.
/// let mut fork = Fork::between(3, 90);
/// let mut compared = 0;
/// let common = loop {
///     match fork.step() {
///         ForkStep::Compare(number) => fork = fork.told(number <= 71),
///         ForkStep::Common(common) => break common,
///     }
///     compared += 1;
/// };
/// assert_eq!((common, compared), (Some(71), 9));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fork {
    first: u64,
    /// The highest block that is known to be common.
    common: Option<u64>,
    /// The lowest block that is known to differ.
    differs: u64,
    stride: u64,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForkStep {
    /// Compare both chains' blocks of this number.
    Compare(u64),
    /// This block is the last that both have, or they have none in common.
    Common(Option<u64>),
}

impl Fork {
    /// Looks among the blocks from `first` on, of which the one of the number `differs` is known to differ.
    pub fn between(first: u64, differs: u64) -> Self {
        Fork {
            first,
            common: None,
            differs: differs.max(first),
            stride: 1,
        }
    }

    /// Returns what to do next.
    pub fn step(&self) -> ForkStep {
        match self.common {
            Some(common) if common + 1 >= self.differs => ForkStep::Common(Some(common)),
            Some(common) => ForkStep::Compare(common + (self.differs - common) / 2),
            None if self.differs == self.first => ForkStep::Common(None),
            None => ForkStep::Compare(self.differs.saturating_sub(self.stride).max(self.first)),
        }
    }

    /// Takes what the comparison that the last step asked for came to.
    pub fn told(self, same: bool) -> Self {
        let ForkStep::Compare(number) = self.step() else {
            return self;
        };
        let stride = self.stride.saturating_mul(2);
        match same {
            true => Fork {
                common: Some(number),
                stride,
                ..self
            },
            false => Fork {
                differs: number,
                stride,
                ..self
            },
        }
    }
}
