//! The policies: legal conventions, not truths. A result names its own and stands beside the others'.

use serde::{Deserialize, Serialize};

/// A taint policy for account ledgers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// One tainted arrival taints the whole account and all it pays. An upper bound.
    Poison,
    /// A payment of n from balance B with taint T carries ⌊n·T/B⌋.
    Haircut,
    /// What came first leaves first (Clayton's case).
    Fifo,
    /// What came last leaves first.
    Lifo,
    /// Tainted units leave first.
    Tifo,
    /// Clean units leave first.
    CleanFirst,
}

impl Policy {
    /// All policies, in the order in which results stand side by side.
    pub const ALL: [Policy; 6] = [
        Policy::Poison,
        Policy::Haircut,
        Policy::Fifo,
        Policy::Lifo,
        Policy::Tifo,
        Policy::CleanFirst,
    ];

    /// Returns the name as it stands in results.
    pub const fn as_str(self) -> &'static str {
        match self {
            Policy::Poison => "poison",
            Policy::Haircut => "haircut",
            Policy::Fifo => "fifo",
            Policy::Lifo => "lifo",
            Policy::Tifo => "tifo",
            Policy::CleanFirst => "clean_first",
        }
    }

    /// Returns the policy of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Policy::ALL.into_iter().find(|policy| policy.as_str() == name)
    }

    /// Returns whether no unit of taint appears or vanishes: all but poison.
    pub const fn conserves(self) -> bool {
        !matches!(self, Policy::Poison)
    }
}
