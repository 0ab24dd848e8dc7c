//! `ledger …`: transfer tables into a ledger on disk, and a look at what lies there.

use crate::input::{Input, InputError};
use crate::node::NodeError;
use crate::progress::{Progress, Step};
use std::path::{Path, PathBuf};
use strongroom_ledger::{Imported, Ledger, LedgerError, Mapping, NodeFault};

/// Why a table could not be imported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The table could not be read from disk.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The ledger refused.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The node cannot be asked.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// The node's answer is no block of the chain.
    #[error(transparent)]
    Answer(#[from] NodeFault),
    /// The node's answer is not what was asked for.
    #[error("what the node answers to {method} is no answer: {why}")]
    NoAnswer {
        /// What was asked.
        method: String,
        /// What is wrong with it.
        why: String,
    },
    /// What the node says of a block is of two blocks: the chain was reorganised while it was asked.
    #[error("the node says two things of block {0}: its chain is being reorganised, ask again")]
    TwoBlocks(u64),
    /// The node is of another chain.
    #[error("the node is of another chain: {wanted} is wanted, and it says {said}")]
    OtherNode {
        /// The chain that is wanted.
        wanted: String,
        /// What the node says.
        said: String,
    },
    /// The folder's ledger is of another chain.
    #[error("{} holds a ledger of {chain}", folder.display())]
    OtherChain {
        /// The ledger's folder.
        folder: PathBuf,
        /// Its chain.
        chain: String,
    },
    /// No block of the chain was found.
    #[error("no block of {0} stands there")]
    NoBlocks(&'static str),
    /// The chain that is imported and the ledger's have no block in common.
    #[error("the chain has no block in common with the ledger's: it belongs into a ledger of its own")]
    NoCommonBlock,
    /// A folder or file beside the block files cannot be read.
    #[error("cannot read {}", folder.display())]
    Folder {
        /// What cannot be read.
        folder: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The key that lies over block files has eight bytes.
    #[error("{} is no key of block files: it has not eight bytes", .0.display())]
    Key(PathBuf),
}

/// Opens the ledger in a folder, or makes one where there is none.
///
/// # Errors
/// Where the folder holds a damaged ledger or cannot be made.
pub fn open_or_create(folder: &Path) -> Result<Ledger, LedgerError> {
    match Ledger::open(folder) {
        Err(LedgerError::NotALedger { .. }) => Ledger::create(folder),
        other => other,
    }
}

/// Imports one table; an import that was broken off goes on after its last commit.
///
/// # Errors
/// Where the table cannot be read, is no transfer table, or the ledger refuses.
pub fn import(ledger: &mut Ledger, input: &Input, progress: &Progress<'_>) -> Result<Imported, ImportError> {
    let size = std::fs::metadata(&input.path).map_or(0, |metadata| metadata.len());
    progress(Step::Begin {
        what: "importing",
        total: size,
        bytes: true,
    });
    let mut told = 0;
    let mut tell = |state: strongroom_ledger::Progress| {
        progress(Step::Advance(state.bytes.saturating_sub(told)));
        told = told.max(state.bytes);
    };
    let file = input.open()?.into_inner();
    let imported = ledger.import_csv(&input.name, file, &Mapping::default(), &mut tell);
    progress(Step::End);
    Ok(imported?)
}
