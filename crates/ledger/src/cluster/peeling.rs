//! Peeling chains: one coin that pays a little of itself away again and again, each time with one input and two outputs that hold
//! something.
//!
//! It is how stolen coins are often walked through many addresses (Meiklejohn et al. 2013), and how many wallets simply pay.
//! The chain is named, not judged.

use crate::{CoinInput, CoinLedger, LedgerError};
use serde::{Deserialize, Serialize};

/// Links that a chain has at least, to be one.
const SHORTEST: usize = 3;
/// Outputs without value that a link may have.
const NOTES: u64 = 8;

/// A peeling chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeelingChain {
    /// Its transactions, the first one first.
    pub transactions: Vec<u32>,
    /// Per transaction the output that was peeled off: the smaller one.
    pub peeled: Vec<u64>,
    /// The output that it begins with.
    pub begins: u64,
    /// The output that is left at its end.
    pub rest: u64,
    /// Whether it was followed only so far as the limit let it.
    pub cut: bool,
}

/// One link: what it spends, what it peels off, what it hands on.
struct Link {
    spends: u64,
    peeled: u64,
    rest: u64,
}

impl CoinLedger {
    /// Returns the peeling chain that a transaction is part of, followed over at most `limit` links in either direction;
    /// `None` where it is shorter than three.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub fn peeling_chain(&self, transaction: u32, limit: usize) -> Result<Option<PeelingChain>, LedgerError> {
        let Some(link) = self.link(transaction)? else {
            return Ok(None);
        };
        let (mut back, mut before, mut cut) = (vec![(transaction, link.peeled)], link.spends, false);
        while let Some(maker) = self.transaction_of(before)? {
            let Some(earlier) = self.link(maker)?.filter(|earlier| earlier.rest == before) else {
                break;
            };
            if back.len() > limit {
                cut = true;
                break;
            }
            back.push((maker, earlier.peeled));
            before = earlier.spends;
        }
        back.reverse();
        let (mut links, mut rest) = (back, link.rest);
        let known = links.len();
        while let Some(spender) = self.spender(rest)? {
            let Some(later) = self.link(spender)? else { break };
            if links.len() - known >= limit {
                cut = true;
                break;
            }
            links.push((spender, later.peeled));
            rest = later.rest;
        }
        let (transactions, peeled): (Vec<u32>, Vec<u64>) = links.into_iter().unzip();
        Ok((transactions.len() >= SHORTEST).then_some(PeelingChain {
            transactions,
            peeled,
            begins: before,
            rest,
            cut,
        }))
    }

    /// Returns a transaction as a link: one input, and two outputs that hold something. Notes beside them change nothing.
    fn link(&self, transaction: u32) -> Result<Option<Link>, LedgerError> {
        let outputs = self.outputs_made(transaction)?;
        // A payment has few notes; a long list of outputs is no link.
        if !(2..=NOTES + 2).contains(&(outputs.end - outputs.start)) {
            return Ok(None);
        }
        let mut held = Vec::new();
        for output in outputs {
            let value = self.value(output)?;
            held.extend((value > 0).then_some((output, value)));
        }
        let inputs = self.inputs(transaction)?;
        let ([CoinInput::Spent { output: spends, .. }], [(first, a), (second, b)]) =
            (inputs.as_slice(), held.as_slice())
        else {
            return Ok(None);
        };
        Ok(match a.cmp(b) {
            std::cmp::Ordering::Less => Some((*first, *second)),
            std::cmp::Ordering::Greater => Some((*second, *first)),
            // Two halves: neither is the rest.
            std::cmp::Ordering::Equal => None,
        }
        .map(|(peeled, rest)| Link {
            spends: *spends,
            peeled,
            rest,
        }))
    }
}
