//! Why bytes or a node's answer are no block.

use strongroom_model::Why;

/// What a block contradicts, and at which of its bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at byte {at} of the block: {fault}")]
pub struct BlockFault {
    /// Bytes from the block's beginning.
    pub at: u64,
    /// What is wrong.
    pub fault: Fault,
}

/// What a block contradicts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// It ends too early.
    #[error("{wanted} bytes are wanted and {left} are left")]
    Short {
        /// Bytes that the next field has.
        wanted: u64,
        /// Bytes that there are.
        left: u64,
    },
    /// A count is larger than the bytes that remain can hold.
    #[error("{claimed} are claimed, more than the {left} bytes that are left can hold")]
    TooMany {
        /// The count.
        claimed: u64,
        /// Bytes that there are.
        left: u64,
    },
    /// A count is not in its shortest form.
    #[error("{0} is written in a longer form than it needs")]
    NotShortest(u64),
    /// A block without transactions.
    #[error("the block has no transaction")]
    NoTransaction,
    /// A transaction without inputs or outputs.
    #[error("a transaction has no {0}")]
    Empty(&'static str),
    /// The first transaction is no coinbase, or a later one is, or a coinbase has further inputs.
    #[error("a coinbase is the first transaction, has one input, and is the only one")]
    Coinbase,
    /// A flag behind the marker of the extended form that this chain does not have.
    #[error("the transaction has parts of kind {0:#04x}, which this chain does not have")]
    Flag(u8),
    /// A transaction in the extended form whose witnesses are all empty.
    #[error("the transaction says that it has witnesses and has none")]
    NoWitness,
    /// A transaction inside a block that carries data of the extension block itself.
    #[error("a transaction in a block carries data of the extension block")]
    ExtensionData,
    /// Bytes behind the last transaction.
    #[error("{0} bytes follow the last transaction")]
    Trailing(u64),
    /// An output's value, or a transaction's outputs together, are more than there will ever be.
    #[error("outputs of {0} base units or more, which is over what the chain will ever have")]
    Money(u64),
    /// The transactions are not those that the header stands for.
    #[error("the transactions are not those of the header: their merkle root differs")]
    MerkleRoot,
    /// A pair of equal hashes in the merkle tree: the transactions of another block, some twice (CVE-2012-2459).
    #[error("transactions are there twice, which leaves the merkle root as it was")]
    MerkleTwins,
    /// The header's target is none.
    #[error("the target {0:#010x} is none")]
    Target(u32),
    /// The id is over the header's target.
    #[error("the proof of work fails")]
    ProofOfWork,
}

impl Fault {
    /// Returns the closed word for it, as it stands in a gap.
    pub fn cause(&self) -> Why {
        match self {
            Fault::Short { .. } => Why::Truncated,
            Fault::ExtensionData => Why::Unsupported,
            _ => Why::Damaged,
        }
    }
}
