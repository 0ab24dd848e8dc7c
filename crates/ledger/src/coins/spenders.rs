//! Who spends each output: one array over the outputs of a full segment, made of the spends of all full segments.
//!
//! The spends of the segment that is still open are not in it; those are few, sorted, and looked up where they lie. So a block
//! more does not write arrays anew, and nothing is lost where an import is killed before it writes them.

use super::commit::{Commit, Sealed};
use super::draft::NOBODY;
use super::ledger::CoinLedger;
use super::seal::write;
use super::segment::{Read, u32s};
use crate::LedgerError;
use strongroom_columns::Builder;

pub(crate) const COLUMN: &str = "spender";

impl CoinLedger {
    /// Writes the arrays anew if segments became full since.
    pub(crate) fn renew_spenders(&mut self) -> Result<(), LedgerError> {
        let full = self.full_segments();
        if self.spenders.len() >= full {
            return Ok(());
        }
        let known = self.spenders.len();
        let commit = self.manifest.commits.len();
        let mut files = Vec::with_capacity(full);
        for place in 0..full {
            let kept = self.standing.spenders.get(place);
            let array = self.spenders_of(place, known, full)?;
            files.push(match (array, kept) {
                (None, Some(kept)) => kept.clone(),
                (array, _) => self.write_spenders(place, commit, array.unwrap_or_default())?,
            });
        }
        self.commit_spenders(files)
    }

    fn commit_spenders(&mut self, files: Vec<Sealed>) -> Result<(), LedgerError> {
        self.commit(Commit {
            keep: self.segments.len() as u32,
            segments: Vec::new(),
            spenders: Some(files),
        })?;
        self.map_spenders()
    }

    pub(crate) fn write_spenders(
        &self,
        place: usize,
        commit: usize,
        array: Vec<u32>,
    ) -> Result<Sealed, LedgerError> {
        let mut builder = Builder::new();
        builder.u32s(COLUMN, array);
        write(
            &self.dir,
            format!("spenders-{place:06}-{commit:06}.columns"),
            &builder,
        )
    }

    /// Returns who spends the outputs of a segment, as far as the first `full` segments tell; `None` where those after the
    /// first `known` add nothing to the array that there is.
    fn spenders_of(&self, place: usize, known: usize, full: usize) -> Read<Option<Vec<u32>>> {
        let Some(segment) = self.segments.get(place) else {
            return Ok(None);
        };
        let outputs = segment.first.output..segment.next().output;
        let (mut array, mut changed) = match self.spenders.get(place) {
            Some(column) => (u32s(column)?, false),
            None => (vec![NOBODY; segment.values.len() as usize], true),
        };
        let later = self.segments.get(place.max(known)..full).unwrap_or_default();
        for spends in later {
            let from = spends.spent.lower_bound_u64(outputs.start)?;
            let to = spends.spent.lower_bound_u64(outputs.end)?;
            changed |= to > from;
            let spent = spends.spent.slice(from, to - from)?.as_chunks::<8>().0;
            let by = spends.spent_by.slice(from, to - from)?.as_chunks::<4>().0;
            for (output, by) in spent.iter().zip(by) {
                let at = u64::from_le_bytes(*output) - outputs.start;
                if let Some(spender) = array.get_mut(at as usize) {
                    *spender = u32::from_le_bytes(*by);
                }
            }
        }
        Ok(changed.then_some(array))
    }

    /// Returns the transaction that spends or destroys an output.
    pub(crate) fn taker(&self, output: u64) -> Result<Option<u32>, LedgerError> {
        let place = self.place_of_output(output)?;
        if let (Some(column), Some(segment)) = (self.spenders.get(place), self.segments.get(place)) {
            let spender = column.u32(output - segment.first.output)?;
            if spender != NOBODY {
                return Ok(Some(spender));
            }
        }
        let later = self.segments.get(place.max(self.spenders.len())..);
        for segment in later.unwrap_or_default() {
            if let Some(spender) = segment.spender(output)? {
                return Ok(Some(spender));
            }
        }
        Ok(None)
    }
}
