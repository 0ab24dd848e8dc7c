//! `ledger peels`: coins that pay a little of themselves away again and again, named as such and not judged.

use anyhow::{Context, bail};
use serde::Serialize;
use std::collections::BTreeSet;
use strongroom_ledger::{Chain, CoinLedger, CoinSeed, Fate, Id, LedgerError, OutPoint, PeelingChain};
use strongroom_model::{Gap, Moment};

/// A coin: an output with its owner and value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Purse {
    /// The output.
    pub outpoint: OutPoint,
    /// Its owner, as the chain spells it.
    pub account: String,
    /// Base units.
    pub value: u64,
}

/// One link: what its transaction peels off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Peel {
    /// The transaction.
    pub transaction: Id,
    /// Its block's height.
    pub height: u32,
    /// Its block's time.
    pub when: Moment,
    /// The coin that it peels off: the smaller one.
    #[serde(flatten)]
    pub peeled: Purse,
}

/// A peeling chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Peels {
    /// The coin that it begins with.
    pub begins: Purse,
    /// Its links, the first one first.
    pub links: Vec<Peel>,
    /// The coin that is left at its end.
    pub rest: Purse,
    /// Whether that coin is spent by now, by a transaction that is no link.
    pub spent: bool,
    /// Whether it was followed only so far as the limit let it.
    pub cut: bool,
}

/// The peeling chains of what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PeelsAnswer {
    /// The chain.
    pub chain: String,
    /// The name of a base unit.
    pub unit: &'static str,
    /// The peeling chains, in the order of their first transactions.
    pub peels: Vec<Peels>,
    /// What the ledger does not know.
    pub gaps: Vec<Gap>,
}

/// Returns the peeling chains that outputs, transactions and owners are part of, each followed over at most `links` links in
/// either direction.
///
/// # Errors
/// Where the ledger does not know what is asked for, or cannot be read.
pub fn peels(ledger: &CoinLedger, from: &[CoinSeed], links: usize) -> anyhow::Result<PeelsAnswer> {
    let chain =
        Chain::named(ledger.chain()).with_context(|| format!("no chain {:?} is known", ledger.chain()))?;
    let mut starts = BTreeSet::new();
    for seed in from {
        starts.extend(transactions(ledger, seed)?);
    }
    let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
    for start in starts {
        if seen.contains(&start) {
            continue;
        }
        if let Some(chain) = ledger.peeling_chain(start, links)? {
            seen.extend(chain.transactions.iter().copied());
            found.push(chain);
        }
    }
    found.sort_by(|a, b| a.transactions.cmp(&b.transactions));
    let peels = found.iter().map(|chain| named(ledger, chain));
    Ok(PeelsAnswer {
        chain: chain.name().to_owned(),
        unit: chain.unit(),
        peels: peels.collect::<Result<_, _>>()?,
        gaps: ledger.gaps(),
    })
}

/// Returns the transactions that make or spend what is asked for.
fn transactions(ledger: &CoinLedger, seed: &CoinSeed) -> anyhow::Result<BTreeSet<u32>> {
    let at = |transaction: u32, height: Option<u32>| -> Result<bool, LedgerError> {
        let there = ledger.transaction(transaction)?.height;
        Ok(height.is_none_or(|height| height == there))
    };
    let mut found = BTreeSet::new();
    match seed {
        CoinSeed::Output { outpoint, height } => {
            for output in ledger.find_output(outpoint)? {
                let maker = ledger.transaction_of(output)?;
                if maker.map_or(Ok(height.is_none()), |maker| at(maker, *height))? {
                    found.extend(maker);
                    found.extend(ledger.spender(output)?);
                }
            }
            if found.is_empty() {
                bail!("the ledger has no output {outpoint}");
            }
        }
        CoinSeed::Transaction { id, height } => {
            for transaction in ledger.find(id)? {
                if at(transaction, *height)? {
                    found.insert(transaction);
                }
            }
            if found.is_empty() {
                bail!("the ledger has no transaction {id}");
            }
        }
        CoinSeed::Owner { owner, .. } => {
            let Some(number) = ledger.owner_id(owner)? else {
                bail!("the ledger has no output of an owner that is asked for");
            };
            for output in ledger.outputs_of(number) {
                let output = output?;
                found.extend(ledger.transaction_of(output)?);
                found.extend(ledger.spender(output)?);
            }
        }
    }
    Ok(found)
}

fn named(ledger: &CoinLedger, chain: &PeelingChain) -> Result<Peels, LedgerError> {
    let link = |(transaction, peeled): (&u32, &u64)| {
        let of = ledger.transaction(*transaction)?;
        Ok(Peel {
            transaction: of.id,
            height: of.height,
            when: of.when,
            peeled: purse(ledger, *peeled)?,
        })
    };
    let links = chain.transactions.iter().zip(&chain.peeled).map(link);
    Ok(Peels {
        begins: purse(ledger, chain.begins)?,
        links: links.collect::<Result<_, LedgerError>>()?,
        rest: purse(ledger, chain.rest)?,
        spent: ledger.fate(chain.rest)? != Fate::Unspent,
        cut: chain.cut,
    })
}

fn purse(ledger: &CoinLedger, output: u64) -> Result<Purse, LedgerError> {
    Ok(Purse {
        outpoint: ledger.outpoint(output)?,
        account: ledger.account(ledger.owner_of(output)?)?,
        value: ledger.value(output)?,
    })
}
