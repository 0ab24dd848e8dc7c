//! Where a trace of coins begins. Every seed comes down to seeded outputs, each tainted whole.

use super::chain::Chain;
use super::stops::CoinStops;
use crate::LedgerError;
use crate::coins::{Id, OutPoint, Owner};
use crate::trace::Direction;
use std::collections::BTreeSet;
use strongroom_model::{Gap, Moment, Why};

/// Where a trace of coins begins.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CoinSeed {
    /// One output; of a coinbase whose id two blocks have (BIP 30), that at the height, or both.
    Output {
        /// The output.
        outpoint: OutPoint,
        /// Only the one in the block of this height.
        height: Option<u32>,
    },
    /// All outputs of a transaction.
    Transaction {
        /// The transaction.
        id: Id,
        /// Only the one in the block of this height.
        height: Option<u32>,
    },
    /// All that arrives at an owner, except what a transaction that spends a coin of the owner's gives back.
    Owner {
        /// The owner.
        owner: Owner,
        /// Only in blocks from this moment on.
        since: Option<Moment>,
        /// Only in blocks from this height on.
        from_height: Option<u32>,
    },
}

/// The seeded outputs, and what could not be seeded.
#[derive(Debug, Default)]
pub(super) struct SeededCoins {
    pub(super) outputs: BTreeSet<u64>,
    pub(super) gaps: Vec<Gap>,
}

impl SeededCoins {
    /// Resolves seeds. The order in which they are given, and their repetition, make no difference.
    ///
    /// An output beyond the time or height that is looked at is no seed.
    pub(super) fn of(
        chain: Chain<'_>,
        direction: Direction,
        seeds: &[CoinSeed],
        stops: &CoinStops<'_>,
    ) -> Result<Self, LedgerError> {
        let mut seeded = SeededCoins::default();
        for seed in seeds.iter().collect::<BTreeSet<_>>() {
            let why = match seeded.add(chain, seed)? {
                None => "the ledger does not know it",
                Some(0) => "nothing arrives there",
                Some(_) => continue,
            };
            seeded
                .gaps
                .push(Gap::new(place_of(chain, seed), Why::Truncated, why));
        }
        seeded.keep_within(chain, direction, stops)?;
        seeded.drop_sums(chain)?;
        Ok(seeded)
    }

    /// Returns how many outputs the seed stands for, or `None` where the ledger does not know it.
    fn add(&mut self, chain: Chain<'_>, seed: &CoinSeed) -> Result<Option<usize>, LedgerError> {
        let outputs = match seed {
            CoinSeed::Output { outpoint, height } => {
                let found = chain.find_output(outpoint)?;
                let mut outputs = Vec::new();
                for output in found {
                    if is_at(chain, output, *height)? {
                        outputs.push(output);
                    }
                }
                Some(outputs).filter(|outputs| !outputs.is_empty())
            }
            CoinSeed::Transaction { id, height } => {
                let whole = made_by(chain, *id, *height)?;
                Some(whole)
                    .filter(|whole| !whole.is_empty())
                    .map(|whole| whole.into_iter().flatten().collect())
            }
            CoinSeed::Owner {
                owner,
                since,
                from_height,
            } => arrivals(chain, owner, *since, *from_height)?,
        };
        outputs
            .map(|outputs| self.add_outputs(chain, &outputs))
            .transpose()
    }

    /// Returns how many of the outputs hold something.
    fn add_outputs(&mut self, chain: Chain<'_>, outputs: &[u64]) -> Result<usize, LedgerError> {
        let mut added = 0;
        for output in outputs {
            if chain.value(*output)? > 0 {
                self.outputs.insert(*output);
                added += 1;
            }
        }
        Ok(added)
    }

    fn keep_within(
        &mut self,
        chain: Chain<'_>,
        direction: Direction,
        stops: &CoinStops<'_>,
    ) -> Result<(), LedgerError> {
        for output in self.outputs.clone() {
            let maker = chain.maker(output)?;
            let outside = maker.map(|maker| stops.shut_out(chain, direction, maker));
            if outside.transpose()?.unwrap_or(false) {
                self.outputs.remove(&output);
            }
        }
        Ok(())
    }

    /// Leaves away outputs that would take the sum of the seeds above 64 bits: no such coins exist.
    fn drop_sums(&mut self, chain: Chain<'_>) -> Result<(), LedgerError> {
        let mut sum = 0u64;
        for output in self.outputs.clone() {
            match sum.checked_add(chain.value(output)?) {
                Some(more) => sum = more,
                None => {
                    self.outputs.remove(&output);
                    let place = format!("output {}", chain.outpoint(output)?);
                    let why = "the sum of the seeds leaves 64 bits, it is not seeded";
                    self.gaps.push(Gap::new(place, Why::Unsupported, why));
                }
            }
        }
        Ok(())
    }
}

/// Returns the outputs of each transaction of an id.
fn made_by(chain: Chain<'_>, id: Id, height: Option<u32>) -> Result<Vec<std::ops::Range<u64>>, LedgerError> {
    let mut made = Vec::new();
    for transaction in chain.find(&id)? {
        let at = chain.block_of(transaction)?.height;
        if height.is_none_or(|height| height == at) {
            made.push(chain.outputs(transaction)?);
        }
    }
    Ok(made)
}

/// Whether an output was made at a height. One that was there before the ledger begins was made at none that it knows.
fn is_at(chain: Chain<'_>, output: u64, height: Option<u32>) -> Result<bool, LedgerError> {
    let Some(height) = height else { return Ok(true) };
    let maker = chain.maker(output)?;
    let block = maker.map(|maker| chain.block_of(maker)).transpose()?;
    Ok(block.is_some_and(|block| block.height == height))
}

fn arrivals(
    chain: Chain<'_>,
    owner: &Owner,
    since: Option<Moment>,
    from_height: Option<u32>,
) -> Result<Option<Vec<u64>>, LedgerError> {
    let Some(outputs) = chain.outputs_of(owner)? else {
        return Ok(None);
    };
    let mut arrivals = Vec::new();
    for output in outputs {
        // What was there before the ledger begins arrived in no transaction of it.
        let Some(maker) = chain.maker(output)? else {
            continue;
        };
        let block = chain.block_of(maker)?;
        let early = since.is_some_and(|since| block.when < since)
            || from_height.is_some_and(|height| block.height < height);
        if !early && !gives_back(chain, maker, chain.owner(output)?)? {
            arrivals.push(output);
        }
    }
    Ok(Some(arrivals))
}

/// Whether a transaction spends a coin of an owner's.
fn gives_back(chain: Chain<'_>, transaction: u32, owner: u32) -> Result<bool, LedgerError> {
    for (output, _) in chain.inputs(transaction)?.into_iter().flatten() {
        if chain.owner(output)? == owner {
            return Ok(true);
        }
    }
    Ok(false)
}

fn place_of(chain: Chain<'_>, seed: &CoinSeed) -> String {
    let at = |height: &Option<u32>| {
        height
            .map(|height| format!(" at height {height}"))
            .unwrap_or_default()
    };
    match seed {
        CoinSeed::Output { outpoint, height } => format!("seed {outpoint}{}", at(height)),
        CoinSeed::Transaction { id, height } => format!("seed {id}{}", at(height)),
        CoinSeed::Owner { owner, .. } => format!("seed {}", chain.spelled(owner)),
    }
}
