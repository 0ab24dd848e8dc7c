//! Why an evaluation stops short of a value.

use strongroom_model::Limit;

/// What ends a statement, or all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// A run-time error of the language, by its number; the handler in force decides what goes on.
    Fault(u16),
    /// A bound of the evaluation.
    Limit(Limit),
    /// The script ends itself.
    End,
}

impl Stop {
    /// Invalid procedure call or argument.
    pub(super) const INVALID: Stop = Stop::Fault(5);
    /// Overflow.
    pub(super) const OVERFLOW: Stop = Stop::Fault(6);
    /// Subscript out of range.
    pub(super) const RANGE: Stop = Stop::Fault(9);
    /// Division by zero.
    pub(super) const DIVISION: Stop = Stop::Fault(11);
    /// Type mismatch.
    pub(super) const MISMATCH: Stop = Stop::Fault(13);
}

impl From<Limit> for Stop {
    fn from(limit: Limit) -> Self {
        Stop::Limit(limit)
    }
}

/// A value, or what stopped it.
pub(super) type Eval<T> = Result<T, Stop>;
