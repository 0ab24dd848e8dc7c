//! What the detector found.

use serde::{Deserialize, Serialize};
use strongroom_model::{Amount, Gap, Interval};

/// Which rule raised an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// Most of an asset left within an hour.
    Share,
    /// Several assets were emptied within half a day.
    Assets,
    /// Many large payments left within a quarter of an hour.
    Burst,
}

/// An account that was emptied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drain {
    /// The account.
    pub account: String,
    /// From the first to the last payment.
    pub when: Interval,
    /// The row of the first payment.
    pub first_row: u64,
    /// The rows of all payments, in ledger order: seeds for a trace.
    pub rows: Vec<u64>,
    /// What was taken, by asset.
    pub assets: Vec<DrainedAsset>,
    /// Who took it.
    pub receivers: Vec<Receiver>,
    /// The greatest share of one asset, in permille of its peak of the day.
    pub share: u64,
    /// The rule that raised the alarm.
    pub trigger: Trigger,
    /// The rule's reason in one sentence, as it stood when the alarm was raised.
    pub why: String,
}

/// An asset's part of a drain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrainedAsset {
    /// The asset.
    pub asset: String,
    /// Units taken.
    pub amount: Amount,
    /// Payments.
    pub payments: u64,
    /// Permille of the highest balance of a day, at most 1000.
    pub share: u64,
}

/// One who was paid in a drain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receiver {
    /// The account.
    pub account: String,
    /// Payments.
    pub payments: u64,
}

/// All drains, by their first row, and what was not watched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drains {
    /// The drains.
    pub drains: Vec<Drain>,
    /// Limits that were reached.
    pub gaps: Vec<Gap>,
}
