//! `ledger import --node`: the chain of a node that the user names, into a ledger of coins.
//!
//! Blocks are gathered and brought to disk many at once, so that a long import does not write its last segment again and again.
//! A reorganisation takes the ledger back to the last common block; a node whose chain has no block in common with the ledger
//! is refused, for it is the wrong node and not a reorganisation.

use crate::block_files::{ImportedBlocks, open_or_create_coins};
use crate::ledger::ImportError;
use crate::node::{Node, NodeError};
use crate::progress::{Progress, Step};
use std::path::Path;
use strongroom_ledger::{Ask, Block, Chain, CoinLedger, Follow, FollowStep, Id, NodeFault, Told};

/// Inputs and outputs that are gathered before they are brought to disk.
const ROWS: usize = 1 << 19;
/// What a node answers where it has no such block, and no such height.
const ABSENT: [i64; 2] = [-5, -8];

/// Where blocks are asked for.
#[derive(Debug)]
pub struct NodeSource {
    /// The node.
    pub node: Node,
    /// Its chain.
    pub chain: &'static Chain,
    /// The height at which a new ledger begins.
    pub from: u32,
    /// Blocks that must stand on a block, itself included, before it is taken.
    pub confirmations: u32,
}

/// Brings the ledger in a folder, made where there is none, to the node's last block.
///
/// # Errors
/// Where the node cannot be asked or is of another chain: nothing is made then; where it answers with something else, has no block
/// in common with the ledger, the folder holds something else, or the ledger refuses.
pub fn import_from_node(
    folder: &Path,
    source: &NodeSource,
    progress: &Progress<'_>,
) -> Result<ImportedBlocks, ImportError> {
    meet(source)?;
    let ledger = &mut open_or_create_coins(folder, source.chain)?;
    let (first, next) = match ledger.heights() {
        Some((first, last)) => (first, last.saturating_add(1)),
        None => (source.from, source.from),
    };
    let mut follow = Follow::new(first, next, source.confirmations);
    let mut taking = Taking {
        ledger,
        progress,
        waiting: Vec::new(),
        rows: 0,
        imported: ImportedBlocks::default(),
    };
    let mut begun = false;
    let mut step = follow.step();
    loop {
        step = match step {
            FollowStep::Ask(ask) => {
                let told = ask_node(source, ask)?;
                if let (Told::Tip(tip), false) = (&told, begun) {
                    begun = true;
                    progress(Step::Begin {
                        what: "importing blocks",
                        total: u64::from(tip.saturating_add(1).saturating_sub(next)),
                        bytes: false,
                    });
                }
                follow.told(told, &|height| taking.id(height))?
            }
            FollowStep::Take(block) => {
                taking.take(*block)?;
                follow.step()
            }
            FollowStep::GoBack(common) => {
                taking.go_back(common.ok_or(ImportError::NoCommonBlock)?)?;
                follow.step()
            }
            FollowStep::Rest => break,
        };
    }
    taking.bring_to_disk()?;
    progress(Step::End);
    let mut imported = taking.imported;
    imported.tip = ledger.info()?.tip;
    Ok(imported)
}

/// Makes sure that a node is of the chain, by the ids of its blocks, which pruned nodes know too.
fn meet(source: &NodeSource) -> Result<(), ImportError> {
    for (height, id) in source.chain.marks() {
        match ask_node(source, Ask::IdAt(height))? {
            Told::Id(said) if said != id => {
                return Err(ImportError::OtherBlock {
                    wanted: source.chain.name(),
                    height,
                    said: said.to_string(),
                });
            }
            // A node that is starting has not come so far.
            _ => {}
        }
    }
    Ok(())
}

fn ask_node(source: &NodeSource, ask: Ask) -> Result<Told, ImportError> {
    let result = match source.node.call(ask.method(), &ask.parameters()) {
        Err(NodeError::Rpc { code, .. }) if ABSENT.contains(&code) => return Ok(Told::Nothing),
        other => other?,
    };
    let shape = |error: serde_json::Error| NodeFault::from(error);
    Ok(match ask {
        Ask::Tip => Told::Tip(serde_json::from_str(&result).map_err(shape)?),
        Ask::IdAt(_) => {
            let text: String = serde_json::from_str(&result).map_err(shape)?;
            Told::Id(Id::read(&text).ok_or(NodeFault::Field("id"))?)
        }
        Ask::Block(_) => Told::Block(Box::new(Block::of_node(&result, source.chain)?)),
    })
}

/// Blocks that were asked for, on their way to disk.
struct Taking<'a> {
    ledger: &'a mut CoinLedger,
    progress: &'a Progress<'a>,
    waiting: Vec<Block>,
    rows: usize,
    imported: ImportedBlocks,
}

impl Taking<'_> {
    /// Returns the id of our block at a height, on disk or on its way there.
    fn id(&self, height: u32) -> Option<Id> {
        let first = self.waiting.first().map(|block| block.height);
        match first.and_then(|first| height.checked_sub(first)) {
            Some(place) => self.waiting.get(place as usize).map(|block| block.id),
            None => self.ledger.block(height).ok().map(|block| block.id),
        }
    }

    fn take(&mut self, block: Block) -> Result<(), ImportError> {
        let rows = block
            .transactions
            .iter()
            .map(|one| one.inputs.len() + one.outputs.len());
        self.rows += rows.sum::<usize>();
        self.waiting.push(block);
        (self.progress)(Step::Advance(1));
        if self.rows >= ROWS {
            self.bring_to_disk()?;
        }
        Ok(())
    }

    fn bring_to_disk(&mut self) -> Result<(), ImportError> {
        self.rows = 0;
        let blocks = std::mem::take(&mut self.waiting);
        let appended = self.ledger.append(blocks, &mut |_| ())?;
        self.imported.appended.blocks += appended.blocks;
        self.imported.appended.skipped += appended.skipped;
        self.imported.appended.transactions += appended.transactions;
        Ok(())
    }

    fn go_back(&mut self, common: u32) -> Result<(), ImportError> {
        self.waiting.retain(|block| block.height <= common);
        self.bring_to_disk()?;
        if let Some((_, last)) = self.ledger.heights().filter(|(_, last)| *last > common) {
            self.ledger.truncate(common + 1)?;
            self.imported.taken_back += last - common;
        }
        Ok(())
    }
}
