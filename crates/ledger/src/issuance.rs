//! Adding up: what was issued is what is held, what was burnt, and what went as fees to nobody known.
//!
//! Checksums say that a ledger is what was written; this says whether what was written can be. Only a ledger that has a chain from
//! its first block on, and knows all that moves in it, can be added up; any other says why it cannot.

use strongroom_model::Amount;

/// What a ledger's amounts add up to.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Issuance {
    /// Why sums prove nothing: what the ledger does not have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partial: Option<String>,
    /// By asset, in the order of their names.
    pub assets: Vec<AssetIssuance>,
}

impl Issuance {
    /// Returns whether an asset does not add up though the ledger has the whole chain.
    pub fn contradicts(&self) -> bool {
        self.assets
            .iter()
            .any(|asset| asset.state == IssueState::Overdrawn)
    }
}

/// What one asset's amounts add up to.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct AssetIssuance {
    /// The asset.
    pub asset: String,
    /// What that proves.
    pub state: IssueState,
    /// The sums; none where they leave 256 bits.
    #[serde(flatten)]
    pub sums: Option<IssuedSums>,
}

/// What sums prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IssueState {
    /// The ledger has the whole chain, and all that was issued is accounted for.
    Balanced,
    /// The ledger has the whole chain, and accounts paid what they never had.
    Overdrawn,
    /// The ledger has not the whole chain: what is held may have been assumed.
    Partial,
    /// The sums leave 256 bits.
    Overflown,
}

/// Sums of one asset in base units: issued and assumed together are all the others together, without what was unclaimed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct IssuedSums {
    /// What came from nobody: mints; the outputs of coinbases without the fees in them.
    pub issued: Amount,
    /// What accounts, or unspent outputs, hold.
    pub held: Amount,
    /// What went to nobody for good.
    pub burnt: Amount,
    /// Of accounts: fees to nobody known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fees: Option<Amount>,
    /// Of accounts: opening balances that must be assumed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assumed: Option<Amount>,
    /// Of coins: what blocks could have issued, by the chain's rule, and did not; none where the rule is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unclaimed: Option<Amount>,
    /// Of coins: outputs that a twin of their transaction overwrote (BIP 30).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overwritten: Option<Amount>,
}
