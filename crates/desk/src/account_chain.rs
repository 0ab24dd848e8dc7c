//! `ledger import --node` of a chain of accounts: from where the ledger ends to the node's last block, back to the last common block
//! first where the chain was reorganised. What is asked of which node stands in `ethereum_node` and `nem_node`.

use crate::ethereum_node::EthereumNode;
use crate::ledger::{ImportError, open_or_create};
use crate::nem_node::NemNode;
use crate::node::Node;
use crate::progress::{Progress, Step};
use std::collections::VecDeque;
use std::path::Path;
use strongroom_ledger::{Booked, Fork, ForkStep, Ledger, LedgerError};
use strongroom_model::Gap;

/// A node of a chain of accounts.
pub trait AccountNode {
    /// Returns the chain's name in the ledger.
    fn chain(&self) -> &str;

    /// Returns the number of the chain's first block.
    fn first(&self) -> u64;

    /// Opens the books anew, as they stood behind the last block of the ledger.
    ///
    /// # Errors
    /// Where what the ledger notes is not understood.
    fn open_books(&mut self, ledger: &Ledger) -> Result<(), ImportError>;

    /// Returns the number of the last block that the node answers with.
    ///
    /// # Errors
    /// Where the node cannot be asked.
    fn tip(&mut self) -> Result<u64, ImportError>;

    /// Returns the id of a block, or `None` where the node has none of that number.
    ///
    /// # Errors
    /// Where the node cannot be asked.
    fn id_at(&mut self, number: u64) -> Result<Option<String>, ImportError>;

    /// Returns booked blocks from a number on, in order: at least one, at most up to `last`.
    ///
    /// # Errors
    /// Where the node cannot be asked, or what it answers is no block.
    fn blocks(&mut self, from: u64, last: u64) -> Result<Vec<Booked>, ImportError>;
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct ChainSpan {
    /// The number of the block with which a new ledger begins.
    pub from: Option<u64>,
    /// Blocks that must stand on a block, itself included, before it is taken.
    pub confirmations: u32,
}

/// What an import of a chain of accounts did.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct ImportedChain {
    /// Blocks taken.
    pub blocks: u64,
    /// Rows of them.
    pub rows: u64,
    /// Blocks that were taken back, since the chain had left them.
    pub taken_back: u64,
    /// The id of the ledger's last block now.
    pub tip: Option<String>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}

/// Brings the ledger in a folder, made where there is none, to the last block of a node. Returns `None` where the name is of no
/// chain of accounts: `ethereum`, `eip155-ID`, `nem`, or `nem-98` by the byte of a test network.
///
/// # Errors
/// As [`import_account_chain`]; nothing is made where the node is of another chain.
pub fn import_accounts_from_node(
    folder: &Path,
    node: &Node,
    name: &str,
    span: ChainSpan,
    progress: &Progress<'_>,
) -> Result<Option<ImportedChain>, ImportError> {
    let import = |met: &mut dyn AccountNode| {
        import_account_chain(&mut open_or_create(folder)?, met, span, progress).map(Some)
    };
    if let Some(mut met) = EthereumNode::meet(node, name)? {
        return import(&mut met);
    }
    match NemNode::meet(node, name)? {
        Some(mut met) => import(&mut met),
        None => Ok(None),
    }
}

/// Brings a ledger to the node's last block; an import that was broken off goes on.
///
/// # Errors
/// Where the node cannot be asked or answers with something else, has no block in common with the ledger, or the ledger refuses.
/// What was taken until then stays.
pub fn import_account_chain(
    ledger: &mut Ledger,
    node: &mut dyn AccountNode,
    span: ChainSpan,
    progress: &Progress<'_>,
) -> Result<ImportedChain, ImportError> {
    let chain = node.chain().to_owned();
    let from = span.from.unwrap_or(0).max(node.first());
    let mut imported = ImportedChain::default();
    // Set where a block did not follow: the chain was reorganised while it was read.
    let mut parted: Option<LedgerError> = None;
    loop {
        let tip = node.tip()?;
        let taken_back = take_back(ledger, node, tip)?;
        imported.taken_back += taken_back;
        if let Some(parted) = parted.take().filter(|_| taken_back == 0) {
            return Err(parted.into());
        }
        let next = ledger.next_block(&chain).unwrap_or(from);
        // Whatever a node says: no number is too large.
        let confirmed = tip
            .saturating_add(1)
            .checked_sub(u64::from(span.confirmations.max(1)));
        let Some(last) = confirmed.filter(|last| next <= *last) else {
            break;
        };
        node.open_books(ledger)?;
        progress(Step::Begin {
            what: "importing blocks",
            total: last + 1 - next,
            bytes: false,
        });
        let mut pull = Pull {
            node,
            next,
            last,
            waiting: VecDeque::new(),
            fault: None,
            progress,
        };
        let rows = ledger.rows();
        let taken = ledger.import_blocks(&chain, &mut pull, &mut |_| ());
        let fault = pull.fault;
        progress(Step::End);
        imported.blocks += ledger
            .next_block(&chain)
            .map_or(0, |now| now.saturating_sub(next));
        imported.rows += ledger.rows() - rows;
        match (taken, fault) {
            (_, Some(fault)) => return Err(fault),
            (Ok(taken), None) => imported.gaps.extend(taken.gaps),
            (Err(error @ LedgerError::Reorganised { .. }), None) => parted = Some(error),
            (Err(error), None) => return Err(error.into()),
        }
    }
    imported.tip = ledger.last_block(&chain).map(str::to_owned);
    Ok(imported)
}

/// Takes the ledger back to the last block that it shares with the node's chain. Returns how many blocks that were. A node that
/// is behind, and on the ledger's chain, changes nothing.
fn take_back(ledger: &mut Ledger, node: &mut dyn AccountNode, tip: u64) -> Result<u64, ImportError> {
    let chain = node.chain().to_owned();
    let last = ledger.next_block(&chain).and_then(|next| next.checked_sub(1));
    let Some(last) = last.filter(|_| ledger.last_block(&chain).is_some_and(|id| !id.is_empty())) else {
        return Ok(0);
    };
    let height = last.min(tip);
    let own = match height == last {
        true => ledger.last_block(&chain),
        false => ledger.block_id(&chain, height)?,
    };
    // A ledger that begins behind the node's last block has nothing to compare yet.
    let Some(own) = own else { return Ok(0) };
    if node.id_at(height)?.is_none_or(|id| id == own) {
        return Ok(0);
    }
    let mut fork = Fork::between(ledger.first_block(&chain).unwrap_or(height), height);
    loop {
        match fork.step() {
            ForkStep::Common(common) => {
                let common = common.ok_or(ImportError::NoCommonBlock)?;
                return Ok(ledger.truncate(&chain, common + 1)?);
            }
            ForkStep::Compare(number) => {
                let own = ledger.block_id(&chain, number)?;
                let same = own.is_some() && node.id_at(number)?.as_deref() == own;
                fork = fork.told(same);
            }
        }
    }
}

/// Blocks as they are asked for; ends at the last one, or at the first fault.
struct Pull<'a> {
    node: &'a mut dyn AccountNode,
    next: u64,
    last: u64,
    waiting: VecDeque<Booked>,
    fault: Option<ImportError>,
    progress: &'a Progress<'a>,
}

impl Iterator for Pull<'_> {
    type Item = Booked;

    fn next(&mut self) -> Option<Booked> {
        if self.waiting.is_empty() && self.next <= self.last && self.fault.is_none() {
            match self.node.blocks(self.next, self.last) {
                Ok(blocks) => self.waiting.extend(blocks),
                Err(fault) => self.fault = Some(fault),
            }
        }
        let block = self.waiting.pop_front()?;
        self.next = block.number.saturating_add(1);
        (self.progress)(Step::Advance(1));
        Some(block)
    }
}
