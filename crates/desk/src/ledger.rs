//! `ledger …`: transfer tables into a ledger on disk, and a look at what lies there.

use crate::input::{Input, InputError};
use crate::node::NodeError;
use crate::progress::{Progress, Step};
use std::path::{Path, PathBuf};
use strongroom_ledger::{
    CoinLedger, Imported, Issuance, Ledger, LedgerError, LedgerKind, Mapping, NodeFault, Verified,
};

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
    /// The blocks, or the node's, are of another chain.
    #[error("this is another chain than {wanted}: its block {height} is {said}")]
    OtherBlock {
        /// The chain that is wanted.
        wanted: &'static str,
        /// The height of a block that tells chains apart.
        height: u32,
        /// The id that was found there.
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
    #[error(
        "no block of {0} stands there: block files of a node (blk*.dat), or the folder of them, are expected"
    )]
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

/// What a ledger was verified to be.
#[derive(Debug, serde::Serialize)]
pub struct LedgerVerified {
    /// What lies on disk is what was written.
    #[serde(flatten)]
    pub verified: Verified,
    /// What was written adds up.
    pub issuance: Issuance,
}

/// Checks every checksum of the ledger in a folder, then whether its amounts add up.
///
/// # Errors
/// The first damage, and the first amount that cannot be.
pub fn verify(folder: &Path, progress: &Progress<'_>) -> Result<LedgerVerified, LedgerError> {
    match LedgerKind::of(folder)? {
        LedgerKind::Coins => {
            let ledger = CoinLedger::open(folder)?;
            Ok(LedgerVerified {
                verified: counted("checking", true, progress, |told| ledger.verify(told))?,
                issuance: counted("adding up blocks", false, progress, |told| ledger.issuance(told))?,
            })
        }
        LedgerKind::Accounts => {
            let ledger = Ledger::open(folder)?;
            Ok(LedgerVerified {
                verified: ledger.verify()?,
                issuance: counted("adding up accounts", false, progress, |told| {
                    ledger.issuance(told)
                })?,
            })
        }
    }
}

/// Shows the progress of work that tells how much is done and how much there is.
pub(crate) fn counted<T>(
    what: &str,
    bytes: bool,
    progress: &Progress<'_>,
    work: impl FnOnce(&mut dyn FnMut(u64, u64)) -> T,
) -> T {
    let mut before = None;
    let done = work(&mut |done, total| {
        let told = *before.get_or_insert_with(|| {
            progress(Step::Begin { what, total, bytes });
            0
        });
        progress(Step::Advance(done.saturating_sub(told)));
        before = Some(done);
    });
    if before.is_some() {
        progress(Step::End);
    }
    done
}

/// Shows the progress of an import whose rows are counted, and nobody knows how many there are.
pub(crate) fn counting_rows<T>(
    progress: &Progress<'_>,
    import: impl FnOnce(&mut dyn FnMut(strongroom_ledger::Progress)) -> T,
) -> T {
    progress(Step::Begin {
        what: "importing rows",
        total: 0,
        bytes: false,
    });
    let mut told = 0;
    let imported = import(&mut |state| {
        progress(Step::Advance(state.rows.saturating_sub(told)));
        told = told.max(state.rows);
    });
    progress(Step::End);
    imported
}
