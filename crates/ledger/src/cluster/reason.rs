//! The evidence of a union in words: names for ids.

use super::unions::Edge;
use crate::{CoinLedger, LedgerError};
use serde::{Deserialize, Serialize};

/// One union on the way between two owners.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The owners that it joined, as the chain spells them.
    pub between: [String; 2],
    /// The transaction that shows it.
    pub transaction: String,
    /// The heuristic's name.
    pub evidence: String,
    /// How sure the heuristic is, in per cent: a rank, not a probability.
    pub confidence: u8,
}

impl CoinLedger {
    /// Returns a union with names for ids.
    ///
    /// # Errors
    /// Where the ledger cannot be read or the union is another ledger's.
    pub fn reason(&self, union: &Edge) -> Result<Reason, LedgerError> {
        Ok(Reason {
            between: [self.account(union.owners.0)?, self.account(union.owners.1)?],
            transaction: self.transaction(union.transaction)?.id.to_string(),
            evidence: union.evidence.as_str().to_owned(),
            confidence: union.evidence.confidence(),
        })
    }
}
