//! Money: drains and traces in the words of a case, amounts in whole base units.
//!
//! Not the trace itself: the ledger walks it, and `desk` writes here what it answered.

use serde::{Deserialize, Serialize};
use strongroom_model::{Amount, Asset, Gap, Interval, Moment, Observable, Place, Tag};

/// An account lost its funds in a way that no customer withdraws.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Drain {
    /// The account that was drained.
    pub account: Observable,
    /// From the first to the last withdrawal.
    pub when: Interval,
    /// What left it, per asset.
    pub moved: Vec<Moved>,
    /// Who received it.
    pub receivers: Vec<Receiver>,
    /// What speaks for a drain, in one sentence.
    pub why: String,
    /// The rows of the ledger that show it.
    pub at: Vec<Place>,
}

/// What of one asset left a drained account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moved {
    /// The asset.
    pub asset: Asset,
    /// Base units that left.
    pub amount: Amount,
    /// What share of the balance before that was, in thousandths; absent where the ledger does not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_permille: Option<u32>,
    /// In how many transfers.
    pub transfers: u64,
}

/// Who received what from a drained account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Receiver {
    /// The receiving wallet.
    pub wallet: Observable,
    /// The asset.
    pub asset: Asset,
    /// Base units received.
    pub amount: Amount,
    /// The rows of the ledger that show it.
    pub at: Vec<Place>,
}

/// Where stolen value went by one policy. Policies are legal conventions: none of them is the truth.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Trace {
    /// The policy: `fifo`, `haircut`, `poison`, …
    pub policy: String,
    /// Whether its amounts are an upper bound that no balance sheet holds (poison).
    pub upper_bound: bool,
    /// What was traced.
    pub seeds: Vec<Seed>,
    /// Where it is now or where the trace stopped.
    pub ends: Vec<End>,
    /// The balance sheet, one row per asset.
    pub sheet: Vec<SheetRow>,
    /// What the trace could not follow.
    pub gaps: Vec<Gap>,
    /// The ledger that was walked.
    pub at: Place,
}

/// Stolen value at the start of a trace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Seed {
    /// The wallet that holds it.
    pub account: Observable,
    /// The asset.
    pub asset: Asset,
    /// Base units.
    pub amount: Amount,
}

/// Why a trace ends somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EndReason {
    /// It still lies there.
    Unspent,
    /// A tag names the account as a service or party.
    Service,
    /// Under the dust threshold.
    Dust,
    /// The number of hops was reached.
    Hops,
    /// The time was reached.
    Time,
    /// Paid as a fee.
    Fee,
    /// It arrived at another seed.
    Absorbed,
    /// It was burnt or left unclaimed.
    Destroyed,
    /// It went over into another asset or chain.
    Converted,
    /// The ledger does not hold what follows.
    Unknown,
}

impl EndReason {
    /// Returns the name as it stands in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            EndReason::Unspent => "unspent",
            EndReason::Service => "service",
            EndReason::Dust => "dust",
            EndReason::Hops => "hops",
            EndReason::Time => "time",
            EndReason::Fee => "fee",
            EndReason::Absorbed => "absorbed",
            EndReason::Destroyed => "destroyed",
            EndReason::Converted => "converted",
            EndReason::Unknown => "unknown",
        }
    }
}

/// A place where traced value ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct End {
    /// The account; absent for fees and what was destroyed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Observable>,
    /// The asset.
    pub asset: Asset,
    /// Base units of traced value.
    pub amount: Amount,
    /// Why the trace ends there.
    pub reason: EndReason,
    /// Who is behind the account, where a tag says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<Tag>,
    /// The seed that it came from, where the policy tells coins apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<Observable>,
    /// One way from the seed to the end, in order.
    pub path: Vec<Hop>,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Hop {
    /// The transaction in its canonical form.
    pub transaction: String,
    /// Who received it.
    pub to: Observable,
    /// Base units that the transfer moved, traced or not.
    pub amount: Amount,
    /// When it was booked.
    pub when: Moment,
}

/// The balance sheet of one asset: what was seeded is what stands in the other columns, to the unit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SheetRow {
    /// The asset.
    pub asset: Asset,
    /// In the seeds, and come over from another asset.
    pub seeded: Amount,
    /// In unspent coins and balances.
    pub unspent: Amount,
    /// At stops.
    pub stopped: Amount,
    /// In fees.
    pub fees: Amount,
    /// At other seeds.
    pub absorbed: Amount,
    /// Burnt or unclaimed.
    pub destroyed: Amount,
    /// Gone over into another asset or chain.
    pub converted: Amount,
}

impl SheetRow {
    /// Returns what is accounted for, or `None` beyond 256 bits.
    pub fn accounted(&self) -> Option<Amount> {
        Amount::checked_sum([
            self.unspent,
            self.stopped,
            self.fees,
            self.absorbed,
            self.destroyed,
            self.converted,
        ])
    }

    /// Returns whether every unit is accounted for (TAINT.md, law 1).
    pub fn balances(&self) -> bool {
        self.accounted() == Some(self.seeded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_balances_to_the_unit_or_not_at_all() {
        let mut row = SheetRow {
            asset: Asset {
                name: "XEM".into(),
                decimals: Some(6),
            },
            seeded: 100u64.into(),
            unspent: 60u64.into(),
            stopped: 39u64.into(),
            fees: 1u64.into(),
            absorbed: Amount::ZERO,
            destroyed: Amount::ZERO,
            converted: Amount::ZERO,
        };
        assert!(row.balances());
        row.fees = 2u64.into();
        assert!(!row.balances());
        row.stopped = Amount::from_limbs([u64::MAX; 4]);
        assert!(!row.balances());
    }
}
