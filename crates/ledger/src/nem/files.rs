//! Answers of a node that were kept as files, and the nemesis block: gathered, put in order, imported as one.

use super::block::{Block, Transaction};
use super::{Books, json, nemesis};
use crate::table::{Booked, Imported, Progress};
use crate::{Ledger, LedgerError};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use strongroom_model::{EvidenceId, Gap, Why};

/// Returns whether a file is the nemesis block or an answer of a node that is read here.
pub fn recognise(bytes: &[u8]) -> bool {
    nemesis::is(bytes) || read(bytes).is_ok_and(|blocks| !blocks.is_empty())
}

/// Files of one import.
#[derive(Debug, Default)]
pub struct Answers {
    blocks: BTreeMap<u64, Block>,
    /// Transactions without their blocks, by id: two accounts name the same one.
    loose: BTreeMap<String, Block>,
    gaps: Vec<Gap>,
    names: BTreeSet<String>,
    ids: BTreeSet<String>,
}

impl Answers {
    /// Returns an import without files.
    pub fn new() -> Self {
        Answers::default()
    }

    /// Adds a file, whole. A block that two files have is taken once.
    ///
    /// # Errors
    /// `NotATable` where it is neither the nemesis block nor a known answer.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), LedgerError> {
        let blocks = read(bytes).map_err(|why| LedgerError::NotATable {
            name: name.to_owned(),
            why,
        })?;
        for block in blocks {
            match block.harvester {
                Some(_) => self.add_block(name, block),
                None => {
                    let first = block.transactions.first();
                    let id = first
                        .map(|transaction| transaction.id.clone())
                        .filter(|id| !id.is_empty());
                    let id = id.unwrap_or_else(|| format!("{} {}", block.height, block.order));
                    self.add_loose(name, id, block);
                }
            }
        }
        self.names.insert(name.to_owned());
        self.ids.insert(
            EvidenceId::from_digest(Sha256::digest(bytes).into())
                .as_str()
                .to_owned(),
        );
        Ok(())
    }

    /// Keeps a block once, in the form that says the ids of its transactions; that two answers contradict each other about one
    /// is a gap, and the first stands.
    fn add_block(&mut self, name: &str, block: Block) {
        match self.blocks.get(&block.height) {
            Some(known) if !says_the_same(known, &block) => {
                let why = format!(
                    "it has another block of height {} than an answer before",
                    block.height
                );
                self.gaps.push(Gap::new(name, Why::Damaged, why));
            }
            Some(known) if ids(known) >= ids(&block) => {}
            _ => {
                self.blocks.insert(block.height, block);
            }
        }
    }

    /// Keeps a transaction once; that two answers contradict each other about one is a gap, and the first stands.
    fn add_loose(&mut self, name: &str, id: String, block: Block) {
        let known = self.loose.get(&id);
        let same = |known: &Block| known.height == block.height && known.transactions == block.transactions;
        if known.is_some_and(|known| !same(known)) {
            let why = format!("it says another thing of transaction {id} than an answer before");
            self.gaps.push(Gap::new(name, Why::Damaged, why));
        } else {
            self.loose.entry(id).or_insert(block);
        }
    }

    /// Books all files in the order of heights. A first page without rows says what of the files contradicts itself.
    pub fn booked<'b>(self, books: &'b mut Books) -> impl Iterator<Item = Booked> + use<'b> {
        let known = |block: &Block| self.blocks.contains_key(&block.height);
        let loose: Vec<Block> = self.loose.into_values().filter(|block| !known(block)).collect();
        let mut all: Vec<Block> = self.blocks.into_values().chain(loose).collect();
        all.sort_by_key(|block| (block.height, block.order));
        let before = Booked {
            gaps: self.gaps,
            ..Booked::default()
        };
        std::iter::once(before).chain(all.into_iter().map(|block| books.book(&block)))
    }

    /// Imports all files in the order of heights. What was imported before is not taken twice.
    ///
    /// # Errors
    /// As [`Ledger::import_csv`].
    pub fn import(
        mut self,
        ledger: &mut Ledger,
        books: &mut Books,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Imported, LedgerError> {
        let names = std::mem::take(&mut self.names);
        let name = names.into_iter().collect::<Vec<_>>().join(" + ");
        let mut hasher = Sha256::new();
        self.ids.iter().for_each(|id| hasher.update(id));
        let id = EvidenceId::from_digest(hasher.finalize().into())
            .as_str()
            .to_owned();
        ledger.import_whole((&name, "block"), id, self.booked(books), progress)
    }
}

impl Block {
    /// Reads the blocks of a node's answer: one, or a part of the chain.
    ///
    /// # Errors
    /// A sentence where there is none of the known answers.
    pub fn of_answer(answer: &str) -> Result<Vec<Block>, String> {
        let answer: Value = serde_json::from_str(answer).map_err(|error| error.to_string())?;
        json::blocks(&answer)
    }
}

/// Returns how many ids a block says: its own, and its transactions'.
fn ids(block: &Block) -> usize {
    let ids = block.transactions.iter().map(|transaction| &transaction.id);
    ids.chain([&block.id]).filter(|id| !id.is_empty()).count()
}

/// Returns whether two forms of a block say the same; only one of them may say ids.
fn says_the_same(a: &Block, b: &Block) -> bool {
    let head = |block: &Block| (block.parent.clone(), block.when, block.harvester.clone());
    let same =
        |(a, b): (&Transaction, &Transaction)| (&a.signer, a.fee, &a.kind) == (&b.signer, b.fee, &b.kind);
    head(a) == head(b)
        && a.transactions.len() == b.transactions.len()
        && a.transactions.iter().zip(&b.transactions).all(same)
}

fn read(bytes: &[u8]) -> Result<Vec<Block>, String> {
    if nemesis::is(bytes) {
        return Block::of_nemesis(bytes).map(|block| vec![block]);
    }
    let answer: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    json::blocks(&answer)
}
