//! Chains of coins (UTXO): their blocks, and the ledger on disk that holds them.
//!
//! Transactions, outputs and owners have dense ids over the whole ledger. Within a block, ids are given in **work order**: every
//! transaction after those of the block that it spends, the coinbase last; so whoever follows coins works transactions by
//! ascending id and nothing else. Owners are numbered as they first appear.
//!
//! A ledger that begins in the middle of a chain keeps outputs that it is told of with the transaction that spends them as
//! outputs without a maker; what it is not told of is an unknown input, and a gap.

mod bits;
mod block;
mod commit;
mod draft;
mod import;
mod issuance;
mod known;
mod ledger;
mod live;
mod order;
mod owner;
mod read;
mod run;
mod seal;
mod segment;
mod spenders;
mod table;
mod take;
mod truncate;
mod verify;
mod writer;

pub(crate) use commit::SCHEMA;
pub(crate) use draft::UNKNOWN;

pub use block::{Block, Id, Input, OutPoint, Output, Transaction};
pub use import::{Appended, CoinProgress};
pub use ledger::{CoinInfo, CoinLayout, CoinLedger};
pub use owner::Owner;
pub use read::{CoinBlock, CoinInput, CoinTransaction, Fate};
pub use run::CoinRun;

pub(crate) use ledger::absent;
pub(crate) use segment::CoinSegment;
