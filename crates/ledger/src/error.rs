//! Our own failures. What evidence did wrong is a gap, never one of these.

use std::io;
use strongroom_columns::ColumnsError;

/// Why the ledger could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// The operating system refused.
    #[error("cannot {action} {file}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file.
        file: String,
        /// The cause.
        source: io::Error,
    },
    /// A segment cannot be opened or a block of it is damaged.
    #[error(transparent)]
    Columns(#[from] ColumnsError),
    /// The directory holds no ledger.
    #[error("{dir} holds no ledger")]
    NotALedger {
        /// The directory.
        dir: String,
    },
    /// The directory holds a ledger of the other kind.
    #[error("{dir} holds a ledger of {holds}, and one of {wanted} is needed here")]
    OtherKind {
        /// The directory.
        dir: String,
        /// Of what it holds one.
        holds: &'static str,
        /// Of what one is needed.
        wanted: &'static str,
    },
    /// The directory holds a ledger already.
    #[error("{dir} holds a ledger already")]
    AlreadyThere {
        /// The directory.
        dir: String,
    },
    /// The manifest was changed after it was written.
    #[error("the manifest is damaged at line {line}: {why}")]
    Manifest {
        /// The line, counted from 1.
        line: u64,
        /// What contradicts.
        why: String,
    },
    /// A segment is not the one that the manifest names.
    #[error("segment {file} is not the one that was committed: {why}")]
    Segment {
        /// The file.
        file: String,
        /// What contradicts.
        why: String,
    },
    /// The directory holds something else than an export of a ledger.
    #[error("{dir} holds something else than an export of a ledger")]
    NotAnExport {
        /// The directory.
        dir: String,
    },
    /// Another process writes to this ledger, or to this export.
    #[error("another process writes to {dir}")]
    Locked {
        /// The directory.
        dir: String,
    },
    /// A write failed before; what is on disk must be read anew.
    #[error("the ledger in {dir} refuses to write after a failed write: open it again")]
    Refuses {
        /// The directory.
        dir: String,
    },
    /// The text is no transfer table.
    #[error("{name} is no transfer table: {why}")]
    NotATable {
        /// The text's name.
        name: String,
        /// What is missing.
        why: String,
    },
    /// The table is not what it was when rows of it were taken, and no longer begins with those either.
    #[error("{name} changed while or after rows of it were taken: it cannot be continued")]
    Changed {
        /// The table's name.
        name: String,
    },
    /// A block is missing before one that was given.
    #[error("{chain} goes on with block {wanted}, and block {given} was given")]
    NotNext {
        /// The chain.
        chain: String,
        /// The number of the block that is missing.
        wanted: u64,
        /// The number of the block that was given.
        given: u64,
    },
    /// A block follows another block than the one that was taken: the chain was reorganised. Taken back to the last common
    /// block, the ledger can go on.
    #[error("block {number} of {chain} follows {parent}, and {taken} was taken: the chain was reorganised")]
    Reorganised {
        /// The chain.
        chain: String,
        /// The number of the block that was given.
        number: u64,
        /// The id of the block that was taken before it.
        taken: String,
        /// The id that the block names as its parent.
        parent: String,
    },
    /// Blocks cannot be taken back.
    #[error("blocks of {chain} from {number} on cannot be taken back: {why}; import the chain anew")]
    Kept {
        /// The chain.
        chain: String,
        /// The number of the first block that should go.
        number: u64,
        /// What holds it.
        why: String,
    },
    /// More accounts or assets than 32-bit ids can tell apart.
    #[error("over {0} accounts or assets")]
    TooManyNames(u32),
    /// No transfer names the account.
    #[error("the ledger has no account {0:?}")]
    NoAccount(String),
    /// No transfer belongs to the transaction.
    #[error("the ledger has no transaction {0:?}")]
    NoTransaction(String),
    /// The ledger has fewer rows.
    #[error("the ledger has no row {0}")]
    NoRow(u64),
    /// A chain of blocks begins in its middle, and neither its blocks nor the caller say where.
    #[error("the height of the chain's first block is not known")]
    NoHeight,
    /// A ledger of coins has no such thing.
    #[error("the ledger has no {what} {id}")]
    Absent {
        /// What was asked for.
        what: &'static str,
        /// Its id or number.
        id: u64,
    },
    /// A block contradicts the chain before it, or itself; nothing of it was taken.
    #[error("block {height} is refused: {}{why}", .transaction.as_ref().map_or_else(String::new, |id| format!("transaction {id}: ")))]
    Block {
        /// The block's height.
        height: u32,
        /// The transaction at fault, as explorers write it.
        transaction: Option<String>,
        /// What contradicts.
        why: String,
    },
    /// Amounts that cannot be: nothing is damaged, and what was written contradicts itself.
    #[error("the amounts do not add up: {place}: {why}")]
    Sums {
        /// The block, transaction or asset.
        place: String,
        /// What contradicts.
        why: String,
    },
    /// A sum that cannot leave 256 bits did: the program's own mistake, told instead of wrapped.
    #[error("a sum of taint left its range at row {0}")]
    Sum(u64),
}

/// Returns the closure that turns an I/O error at `file` into ours.
pub(crate) fn io<'a>(
    action: &'static str,
    file: &'a std::path::Path,
) -> impl FnOnce(io::Error) -> LedgerError + 'a {
    move |source| LedgerError::Io {
        action,
        file: file.display().to_string(),
        source,
    }
}
