//! What is asked of a node of NEM over its HTTP interface: `/chain/height`, `/block/at/public`, and `/local/chain/blocks-after`, which
//! nodes answer only who asks from the same machine.
//!
//! The last gives ten blocks at once, with the ids of blocks and transactions. Where it is refused, blocks come one by one and
//! without ids: a block's id is then what the next one names as its parent, so the node's last block waits for the next,
//! and transactions are called by their place.
//!
//! Source: NEM NIS API Documentation 1.20, "Requesting parts of the block chain".

use crate::account_chain::AccountNode;
use crate::ledger::ImportError;
use crate::node::{Node, NodeError};
use serde::Deserialize;
use strongroom_ledger::nem::{Block, Books, chain_name};
use strongroom_ledger::{Booked, Ledger};

/// Blocks that are asked for one by one until they are booked.
const AT_ONCE: u64 = 50;
/// The height of the first block.
const NEMESIS: u64 = 1;

/// A node of NEM.
#[derive(Debug)]
pub struct NemNode<'a> {
    node: &'a Node,
    chain: String,
    books: Books,
    /// Whether it answers with parts of the chain, as to its own machine.
    local: bool,
    /// The block that was asked for last, one by one.
    last: Option<Block>,
}

#[derive(Deserialize)]
struct Height {
    height: u64,
}

impl<'a> NemNode<'a> {
    /// Meets a node: it must be of the network that is named, `nem` or, by the byte of a test network, `nem-98`.
    ///
    /// # Errors
    /// `OtherNode` for a node of another network; where it cannot be asked.
    pub fn meet(node: &'a Node, name: &str) -> Result<Option<Self>, ImportError> {
        let known = (0..=u8::MAX).any(|network| chain_name(network) == name);
        if !known {
            return Ok(None);
        }
        let mut met = NemNode {
            node,
            chain: name.to_owned(),
            books: Books::new(),
            local: false,
            last: None,
        };
        let tip = met.height()?;
        let block = met
            .at(tip)?
            .ok_or_else(|| no_answer(AT, format!("it has no block {tip}")))?;
        let said = chain_name(block.network);
        if said != name {
            return Err(ImportError::OtherNode {
                wanted: name.to_owned(),
                said,
            });
        }
        met.local = match met.after(tip.saturating_sub(1).max(NEMESIS)) {
            Ok(blocks) => !blocks.is_empty(),
            Err(ImportError::Node(error @ NodeError::Unreachable { .. })) => return Err(error.into()),
            // Whatever it says instead, it is no part of the chain.
            Err(_) => false,
        };
        Ok(Some(met))
    }

    fn height(&self) -> Result<u64, ImportError> {
        let path = "/chain/height";
        let said: Result<Height, _> = serde_json::from_str(&self.node.fetch(path, None)?);
        Ok(said.map_err(|error| no_answer(path, error.to_string()))?.height)
    }

    /// Asks for one block.
    fn at(&mut self, height: u64) -> Result<Option<Block>, ImportError> {
        if let Some(last) = self.last.take_if(|last| last.height == height) {
            return Ok(Some(last));
        }
        match self.node.fetch(AT, Some(&format!("{{\"height\":{height}}}"))) {
            Ok(answer) => {
                let blocks = Block::of_answer(&answer).map_err(|why| no_answer(AT, why))?;
                let block = blocks.into_iter().find(|block| block.height == height);
                block.map_or_else(
                    || Err(no_answer(AT, format!("another block came for block {height}"))),
                    |block| Ok(Some(block)),
                )
            }
            // There is no such block.
            Err(NodeError::Status { status: 404, .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Asks for the ten blocks after a height.
    fn after(&self, height: u64) -> Result<Vec<Block>, ImportError> {
        let answer = self
            .node
            .fetch(AFTER, Some(&format!("{{\"height\":{height}}}")))?;
        Block::of_answer(&answer).map_err(|why| no_answer(AFTER, why))
    }

    /// Returns the blocks from a height on as they come one by one, ids from the blocks that follow them.
    fn one_by_one(&mut self, from: u64, last: u64) -> Result<Vec<Block>, ImportError> {
        let mut blocks = Vec::new();
        let mut block = self.at(from)?;
        for next in from + 1..=last.min(from + AT_ONCE - 1) + 1 {
            let Some(mut known) = block else { break };
            block = self.at(next)?;
            let Some(follows) = &block else { break };
            known.id.clone_from(&follows.parent);
            blocks.push(known);
        }
        self.last = block;
        Ok(blocks)
    }
}

const AT: &str = "/block/at/public";
const AFTER: &str = "/local/chain/blocks-after";

impl AccountNode for NemNode<'_> {
    fn chain(&self) -> &str {
        &self.chain
    }

    fn first(&self) -> u64 {
        NEMESIS
    }

    fn open_books(&mut self, ledger: &Ledger) -> Result<(), ImportError> {
        let next = ledger
            .next_block(&self.chain)
            .filter(|_| ledger.first_block(&self.chain) == Some(NEMESIS));
        let notes = ledger.notes(&self.chain)?;
        self.books = Books::resumed(next, notes).map_err(|why| no_answer("the ledger", why))?;
        Ok(())
    }

    fn tip(&mut self) -> Result<u64, ImportError> {
        self.last = None;
        let height = self.height()?;
        Ok(match self.local {
            true => height,
            false => height.saturating_sub(1),
        })
    }

    fn id_at(&mut self, height: u64) -> Result<Option<String>, ImportError> {
        if self.local && height > NEMESIS {
            let blocks = self.after(height - 1)?;
            return Ok(blocks
                .into_iter()
                .find(|block| block.height == height)
                .map(|block| block.id));
        }
        Ok(self.at(height + 1)?.map(|next| next.parent))
    }

    fn blocks(&mut self, from: u64, last: u64) -> Result<Vec<Booked>, ImportError> {
        let blocks = match self.local && from > NEMESIS {
            true => self.after(from - 1)?,
            // The first block stands behind none.
            false => self.one_by_one(from, if self.local { from } else { last })?,
        };
        let in_order = (from..=last).zip(blocks);
        let blocks: Vec<Block> = in_order
            .map_while(|(height, block)| (block.height == height).then_some(block))
            .collect();
        if blocks.is_empty() {
            return Err(no_answer(AT, format!("it has no block {from} any more")));
        }
        Ok(blocks.iter().map(|block| self.books.book(block)).collect())
    }
}

fn no_answer(method: &str, why: String) -> ImportError {
    ImportError::NoAnswer {
        method: method.to_owned(),
        why,
    }
}
