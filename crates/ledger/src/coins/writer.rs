//! What every writer does: takes the lock, and brings what it sees to the last commit.

use super::commit::{SCHEMA, Standing};
use super::ledger::{CoinLedger, STARTS};
use crate::LedgerError;
use crate::folder::{self, Held};
use crate::manifest::Manifest;

impl CoinLedger {
    /// Takes the lock, cuts off a torn tail, removes what a killed writer left, and sees what others committed.
    pub(crate) fn begin(&mut self) -> Result<Held, LedgerError> {
        if self.failed {
            return Err(LedgerError::Refuses {
                dir: self.dir.display().to_string(),
            });
        }
        let lock = folder::lock(&self.dir)?;
        let manifest = Manifest::read(&self.dir, SCHEMA)?;
        manifest.cut_tail()?;
        let same = manifest.hash() == self.manifest.hash();
        self.manifest = manifest;
        if !same {
            self.standing = Standing::of(&self.manifest);
            self.map()?;
        }
        self.remove_orphans()?;
        Ok(lock)
    }

    /// Removes files that no commit names any more, or yet.
    pub(crate) fn remove_orphans(&mut self) -> Result<(), LedgerError> {
        folder::remove_orphans(&self.dir, &STARTS, &self.standing.files())?;
        self.torn = false;
        Ok(())
    }
}
