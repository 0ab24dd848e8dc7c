//! What the policies of both kinds of ledger have in common: a name, and whether units are conserved.

use super::coin::CoinPolicy;
use super::policy::Policy;

/// A taint policy of some kind of ledger: [`Policy`] for accounts, [`CoinPolicy`] for coins.
pub trait Convention: Copy {
    /// Returns the name as it stands in results.
    fn name(self) -> &'static str;

    /// Returns whether no unit of taint appears or vanishes: all but poison.
    fn keeps_units(self) -> bool;
}

impl Convention for Policy {
    fn name(self) -> &'static str {
        self.as_str()
    }

    fn keeps_units(self) -> bool {
        self.conserves()
    }
}

impl Convention for CoinPolicy {
    fn name(self) -> &'static str {
        self.as_str()
    }

    fn keeps_units(self) -> bool {
        self.conserves()
    }
}
