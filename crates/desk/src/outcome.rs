//! Outcomes: what a verb found, as the exit code that a script can act on.

use strongroom_model::Verdict;

/// How a verb ended. Where several hold, an error goes before a finding, a finding before a gap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Nothing found.
    #[default]
    Nothing,
    /// Something could not be cleared.
    NotCleared,
    /// Something suspicious or malicious: a hit, a beacon, an alarm.
    Found,
    /// Our own failure.
    Failed,
}

impl Outcome {
    /// Returns the exit code.
    pub const fn code(self) -> u8 {
        match self {
            Outcome::Nothing => 0,
            Outcome::Found => 1,
            Outcome::Failed => 2,
            Outcome::NotCleared => 3,
        }
    }

    /// Returns the outcome of a verdict.
    pub const fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Clean => Outcome::Nothing,
            Verdict::NotCleared => Outcome::NotCleared,
            Verdict::Suspicious | Verdict::Malicious => Outcome::Found,
        }
    }

    /// Returns the one of both that goes before the other.
    #[must_use]
    pub fn and(self, other: Outcome) -> Self {
        self.max(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_goes_before_a_finding_and_a_finding_before_a_gap() {
        assert_eq!(Outcome::Found.and(Outcome::NotCleared).code(), 1);
        assert_eq!(Outcome::Found.and(Outcome::Failed).code(), 2);
        assert_eq!(Outcome::NotCleared.and(Outcome::Nothing).code(), 3);
        assert_eq!(Outcome::default().code(), 0);
    }
}
