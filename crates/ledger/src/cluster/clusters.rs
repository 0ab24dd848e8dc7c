//! The clusters of a chain of coins: one pass over all transactions in order of ids.
//!
//! Undoing a union is clustering again without its transaction: nothing is taken apart by hand, so the answer is always the
//! one that the remaining evidence gives.

use super::change::Change;
use super::coinjoin::Coinjoin;
use super::shape::{Coin, Shape};
use super::unions::{Evidence, Unions};
use crate::coins::CoinSegment;
use crate::{CoinLedger, LedgerError};
use std::collections::BTreeSet;
use std::ops::Range;

/// What counts as evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterOptions {
    /// The confidence, in per cent, from which the shape of a coinjoin keeps its inputs apart; `None` looks for no shape.
    pub coinjoins: Option<u8>,
    /// Transactions that are known to be coinjoins: whatever their shape, they join nobody.
    pub declared: BTreeSet<u32>,
    /// Change heuristics that join as well; none by default.
    pub change: Vec<Change>,
    /// Transactions that show nothing: unions that were taken back.
    pub without: BTreeSet<u32>,
}

impl Default for ClusterOptions {
    fn default() -> Self {
        ClusterOptions {
            coinjoins: Some(40),
            declared: BTreeSet::new(),
            change: Vec::new(),
            without: BTreeSet::new(),
        }
    }
}

/// The clusters, and what kept owners apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clusters {
    /// The owners, joined.
    pub unions: Unions,
    /// The transactions that were taken for coinjoins, ascending, with the shape they have.
    pub coinjoins: Vec<(u32, Coinjoin)>,
    /// Inputs whose output the ledger does not know: what they would join is not seen.
    pub unknown: u64,
}

/// An owner who is nobody one could join: an unknown one, or a script of no single owner.
const APART: u8 = u8::MAX;

impl CoinLedger {
    /// Joins owners by what the options count as evidence.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub fn clusters(&self, options: &ClusterOptions) -> Result<Clusters, LedgerError> {
        let classes = classes(self)?;
        let mut pass = Pass {
            ledger: self,
            options,
            found: Clusters {
                unions: Unions::of(classes.len() as u32),
                coinjoins: Vec::new(),
                unknown: self.info()?.unknown,
            },
            classes,
            paid: 0,
            inputs: Vec::new(),
            outputs: Vec::new(),
            unknown: 0,
        };
        for segment in &self.segments {
            pass.segment(&Rows::of(segment)?)?;
        }
        pass.found.unions.settle();
        Ok(pass.found)
    }
}

/// Returns per owner a class, equal for addresses of one type.
fn classes(ledger: &CoinLedger) -> Result<Vec<u8>, LedgerError> {
    let mut classes = Vec::new();
    for segment in &ledger.segments {
        for owner in segment.first.owner..segment.next().owner {
            let code = segment.code(owner)?;
            classes.push(match (code.first(), code.len()) {
                // Bare multisig and what no class knows have no single owner; nobody and MWEB are no owners at all.
                (None | Some(2..=4), _) => APART,
                // Programs of version 0 are of a key or, longer, of a script.
                (Some(16), 33) => 64,
                (Some(class), _) => *class,
            });
        }
    }
    Ok(classes)
}

/// The columns of a segment, whole.
struct Rows<'a> {
    segment: &'a CoinSegment,
    first_inputs: &'a [[u8; 4]],
    first_outputs: &'a [[u8; 4]],
    spends: &'a [[u8; 8]],
    payers: &'a [[u8; 4]],
    values: &'a [[u8; 8]],
    owners: &'a [[u8; 4]],
    openings: bool,
}

impl<'a> Rows<'a> {
    fn of(segment: &'a CoinSegment) -> Result<Self, LedgerError> {
        let whole = |column: &'a strongroom_columns::Column| column.slice(0, column.len());
        Ok(Rows {
            first_inputs: whole(&segment.first_inputs)?.as_chunks().0,
            first_outputs: whole(&segment.first_outputs)?.as_chunks().0,
            spends: whole(&segment.spends)?.as_chunks().0,
            payers: whole(&segment.payers)?.as_chunks().0,
            values: whole(&segment.values)?.as_chunks().0,
            owners: whole(&segment.owners)?.as_chunks().0,
            openings: segment.has_openings(),
            segment,
        })
    }

    fn outputs(&self, transaction: u32, said: Range<usize>) -> Result<Range<usize>, LedgerError> {
        if !self.openings {
            return Ok(said);
        }
        // Outputs that are older than the ledger lie between those of two transactions.
        let outputs = self.segment.outputs(transaction)?;
        let first = self.segment.first.output;
        Ok((outputs.start - first) as usize..(outputs.end - first) as usize)
    }
}

fn ranges(firsts: &[[u8; 4]]) -> impl Iterator<Item = Range<usize>> {
    let place = |bytes: &[u8; 4]| u32::from_le_bytes(*bytes) as usize;
    firsts
        .array_windows()
        .map(move |[from, to]| place(from)..place(to))
}

/// One pass over the ledger.
struct Pass<'a> {
    ledger: &'a CoinLedger,
    options: &'a ClusterOptions,
    classes: Vec<u8>,
    found: Clusters,
    /// Owners who were paid by an earlier transaction: ids are given in order of first appearance, so all below this.
    paid: u32,
    /// The coins of the transaction in work that were looked up, and how many of its inputs are not known.
    inputs: Vec<Coin>,
    outputs: Vec<Coin>,
    unknown: usize,
}

impl Pass<'_> {
    fn segment(&mut self, rows: &Rows<'_>) -> Result<(), LedgerError> {
        let spans = ranges(rows.first_inputs).zip(ranges(rows.first_outputs));
        for ((inputs, outputs), transaction) in spans.zip(rows.segment.first.transaction..) {
            let outputs = rows.outputs(transaction, outputs)?;
            self.transaction(rows, transaction, inputs, outputs)?;
        }
        Ok(())
    }

    fn transaction(
        &mut self,
        rows: &Rows<'_>,
        transaction: u32,
        inputs: Range<usize>,
        outputs: Range<usize>,
    ) -> Result<(), LedgerError> {
        let payers = rows.payers.get(inputs.clone()).unwrap_or_default();
        let owners = rows.owners.get(outputs.clone()).unwrap_or_default();
        let guess = !self.options.change.is_empty();
        let shows = |set: &BTreeSet<u32>| !set.contains(&transaction);
        let looked_at = shows(&self.options.without) && shows(&self.options.declared);
        if looked_at && (payers.len() > 1 || guess && !payers.is_empty()) {
            let joined = payers.windows(2).any(|two| matches!(two, [a, b] if a != b));
            if (joined || guess) && !self.is_coinjoin(rows, transaction, (&inputs, &outputs), joined)? {
                self.join_payers(payers, transaction);
                self.join_change(rows, transaction, (&inputs, &outputs))?;
            }
        }
        if guess {
            // Who pays was paid before, were it before the ledger begins.
            let known = owners
                .iter()
                .chain(payers)
                .filter(|owner| **owner != [u8::MAX; 4]);
            let last = known.map(|owner| u32::from_le_bytes(*owner)).max();
            self.paid = self.paid.max(last.map_or(0, |last| last.saturating_add(1)));
        }
        Ok(())
    }

    /// Returns the owner, if it can be joined with another.
    fn joinable(&self, owner: [u8; 4]) -> Option<u32> {
        let owner = u32::from_le_bytes(owner);
        self.classes
            .get(owner as usize)
            .filter(|class| **class != APART)
            .map(|_| owner)
    }

    fn join_payers(&mut self, payers: &[[u8; 4]], transaction: u32) {
        let mut first = None;
        for owner in payers {
            let Some(owner) = self.joinable(*owner) else {
                continue;
            };
            match first {
                None => first = Some(owner),
                Some(first) => {
                    self.found
                        .unions
                        .join(first, owner, transaction, Evidence::MultiInput);
                }
            }
        }
    }

    fn is_coinjoin(
        &mut self,
        rows: &Rows<'_>,
        transaction: u32,
        coins: (&Range<usize>, &Range<usize>),
        several: bool,
    ) -> Result<bool, LedgerError> {
        let Some(least) = self.options.coinjoins.filter(|_| several) else {
            return Ok(false);
        };
        // Every shape has equal outputs; looking for them first saves looking up what the inputs were worth.
        if !repeats(rows.values.get(coins.1.clone()).unwrap_or_default()) {
            return Ok(false);
        }
        self.fill(rows, coins)?;
        let found = self.shape().coinjoin().filter(|found| found.confidence >= least);
        self.found
            .coinjoins
            .extend(found.map(|found| (transaction, found)));
        Ok(found.is_some())
    }

    fn join_change(
        &mut self,
        rows: &Rows<'_>,
        transaction: u32,
        coins: (&Range<usize>, &Range<usize>),
    ) -> Result<(), LedgerError> {
        if self.options.change.is_empty() {
            return Ok(());
        }
        self.fill(rows, coins)?;
        let payer = self
            .inputs
            .iter()
            .find(|coin| coin.class != APART)
            .map(|coin| coin.owner);
        for change in &self.options.change {
            let paid = self.paid;
            let output = change.of(&self.shape(), |coin| coin.owner >= paid);
            let owner = output
                .and_then(|at| self.outputs.get(at))
                .filter(|coin| coin.class != APART);
            if let (Some(payer), Some(coin)) = (payer, owner) {
                let evidence = Evidence::Change(*change);
                self.found.unions.join(payer, coin.owner, transaction, evidence);
            }
        }
        Ok(())
    }

    fn shape(&self) -> Shape<'_> {
        Shape {
            inputs: &self.inputs,
            outputs: &self.outputs,
            unknown: self.unknown,
            bitcoin: self.ledger.chain() == "bitcoin",
        }
    }

    /// Looks up the coins of a transaction and counts the inputs that are not known; outputs without value that have no single
    /// owner are left away: notes.
    fn fill(&mut self, rows: &Rows<'_>, coins: (&Range<usize>, &Range<usize>)) -> Result<(), LedgerError> {
        self.inputs.clear();
        let spends = rows.spends.get(coins.0.clone()).unwrap_or_default();
        for (output, owner) in spends
            .iter()
            .zip(rows.payers.get(coins.0.clone()).unwrap_or_default())
        {
            let owner = u32::from_le_bytes(*owner);
            if let Some(class) = self.classes.get(owner as usize) {
                let value = self.ledger.value(u64::from_le_bytes(*output))?;
                self.inputs.push(Coin {
                    owner,
                    class: *class,
                    value,
                });
            }
        }
        self.unknown = coins.0.len() - self.inputs.len();
        let values = rows.values.get(coins.1.clone()).unwrap_or_default().iter();
        let owners = rows.owners.get(coins.1.clone()).unwrap_or_default().iter();
        let classes = &self.classes;
        self.outputs.clear();
        self.outputs
            .extend(values.zip(owners).filter_map(|(value, owner)| {
                let owner = u32::from_le_bytes(*owner);
                let class = classes.get(owner as usize).copied()?;
                let value = u64::from_le_bytes(*value);
                (class != APART || value > 0).then_some(Coin { owner, class, value })
            }));
        Ok(())
    }
}

/// Returns whether a value stands there twice.
fn repeats(values: &[[u8; 8]]) -> bool {
    if values.len() <= 16 {
        let mut rest = values;
        while let Some((first, others)) = rest.split_first() {
            if others.contains(first) {
                return true;
            }
            rest = others;
        }
        return false;
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sorted.array_windows().any(|[a, b]| a == b)
}
