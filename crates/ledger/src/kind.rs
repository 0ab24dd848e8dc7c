//! Which kind of ledger lies in a directory.

use crate::{LedgerError, LedgerKind, coins, manifest, store};
use std::path::Path;

impl LedgerKind {
    /// Returns the kind of the ledger in a directory, by the first line of its manifest.
    ///
    /// # Errors
    /// `NotALedger`; `Manifest` where it is damaged or of a kind that is not known here.
    pub fn of(dir: &Path) -> Result<Self, LedgerError> {
        if !manifest::is_in(dir) {
            return Err(LedgerError::NotALedger {
                dir: dir.display().to_string(),
            });
        }
        match manifest::schema_of(dir)?.as_str() {
            store::SCHEMA => Ok(LedgerKind::Accounts),
            coins::SCHEMA => Ok(LedgerKind::Coins),
            other => Err(LedgerError::Manifest {
                line: 1,
                why: format!("schema {other:?} is of no ledger that is known here"),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CoinLayout, CoinLedger, Ledger};

    #[test]
    fn the_manifest_says_the_kind() {
        let (accounts, coins, nothing) = (tempfile::tempdir(), tempfile::tempdir(), tempfile::tempdir());
        let (accounts, coins, nothing) = (accounts.unwrap(), coins.unwrap(), nothing.unwrap());
        Ledger::create(accounts.path()).unwrap();
        CoinLedger::create(coins.path(), "bitcoin", CoinLayout::default()).unwrap();
        assert_eq!(LedgerKind::of(accounts.path()).unwrap(), LedgerKind::Accounts);
        assert_eq!(LedgerKind::of(coins.path()).unwrap(), LedgerKind::Coins);
        let error = LedgerKind::of(nothing.path()).unwrap_err();
        assert!(matches!(error, LedgerError::NotALedger { .. }), "{error}");
        std::fs::write(coins.path().join("manifest"), "a line without its end").unwrap();
        let error = LedgerKind::of(coins.path()).unwrap_err();
        assert!(matches!(error, LedgerError::Manifest { line: 1, .. }), "{error}");
    }
}
