//! The balance sheet of a trace: every unit that was seeded, and where it is booked.

use super::result::EndReason;
use serde::{Deserialize, Serialize};
use strongroom_model::Amount;

/// One asset's units of taint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetSheet {
    /// The asset.
    pub asset: String,
    /// Units that the seeds began with.
    pub seeded: Amount,
    /// Units that came over from another asset.
    #[serde(default, skip_serializing_if = "nothing")]
    pub arrived: Amount,
    /// Units that accounts still hold.
    pub unspent: Amount,
    /// Units at stops: services, dust, hops, what cannot be accounted; backward what was mined, issued or there before.
    pub stopped: Amount,
    /// Units paid as fees.
    pub fees: Amount,
    /// Units that arrived at another seed.
    pub absorbed: Amount,
    /// Units that were burnt, overwritten or left unclaimed.
    pub destroyed: Amount,
    /// Units that went over into another asset.
    pub converted: Amount,
}

impl AssetSheet {
    /// Returns whether every unit that was seeded or came over is booked once (TAINT.md, law 1). Poison does not conserve.
    pub fn conserved(&self) -> bool {
        let ends = [
            self.unspent,
            self.stopped,
            self.fees,
            self.absorbed,
            self.destroyed,
            self.converted,
        ];
        let begun = self.seeded.checked_add(self.arrived);
        begun.is_some() && Amount::checked_sum(ends) == begun
    }

    /// Books units at an end. Poison's sum may leave 256 bits; it then stays at its bound.
    pub(super) fn book(&mut self, reason: EndReason, amount: Amount) {
        let place = match reason {
            EndReason::Unspent | EndReason::Until | EndReason::Limit => &mut self.unspent,
            EndReason::Service
            | EndReason::Dust
            | EndReason::Hops
            | EndReason::NotAccountable
            | EndReason::Mweb
            | EndReason::Mined
            | EndReason::Opening
            | EndReason::Issued => &mut self.stopped,
            EndReason::Fee => &mut self.fees,
            EndReason::Absorbed => &mut self.absorbed,
            EndReason::Converted => &mut self.converted,
            EndReason::Burnt | EndReason::Overwritten | EndReason::Unclaimed => &mut self.destroyed,
        };
        *place = place.saturating_add(amount);
    }
}

/// Returns whether there is nothing, for what is left away then.
fn nothing(amount: &Amount) -> bool {
    amount.is_zero()
}

/// The sheets of all assets, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BalanceSheet {
    /// One for each asset that was seeded.
    pub assets: Vec<AssetSheet>,
}

impl BalanceSheet {
    /// Returns whether every asset's units are conserved.
    pub fn conserved(&self) -> bool {
        self.assets.iter().all(AssetSheet::conserved)
    }

    /// Returns the sheet of one asset.
    pub fn asset(&self, name: &str) -> Option<&AssetSheet> {
        self.assets.iter().find(|sheet| sheet.asset == name)
    }
}
