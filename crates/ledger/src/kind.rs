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
        let schema = manifest::schema_of(dir)?;
        Self::of_schema(&schema).ok_or_else(|| LedgerError::Manifest {
            line: 1,
            why: format!("schema {schema:?} is of no ledger that this release reads: import it anew"),
        })
    }

    /// Returns what such a ledger is of, in one word.
    pub const fn as_str(self) -> &'static str {
        match self {
            LedgerKind::Accounts => "accounts",
            LedgerKind::Coins => "coins",
        }
    }

    pub(crate) fn of_schema(schema: &str) -> Option<Self> {
        match schema {
            store::SCHEMA => Some(LedgerKind::Accounts),
            coins::SCHEMA => Some(LedgerKind::Coins),
            _ => None,
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
        let error = Ledger::open(coins.path()).unwrap_err();
        assert!(
            matches!(error, LedgerError::OtherKind { holds: "coins", .. }),
            "{error}"
        );
        let error = CoinLedger::open(accounts.path()).unwrap_err();
        assert!(
            matches!(error, LedgerError::OtherKind { wanted: "coins", .. }),
            "{error}"
        );
        let error = LedgerKind::of(nothing.path()).unwrap_err();
        assert!(matches!(error, LedgerError::NotALedger { .. }), "{error}");
        std::fs::write(coins.path().join("manifest"), "a line without its end").unwrap();
        let error = LedgerKind::of(coins.path()).unwrap_err();
        assert!(matches!(error, LedgerError::Manifest { line: 1, .. }), "{error}");
    }
}
