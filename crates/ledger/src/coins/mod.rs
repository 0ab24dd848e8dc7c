//! Chains of coins (UTXO): their blocks, and the ledger on disk that holds them.

mod block;
mod owner;

pub use block::{Block, Id, Input, OutPoint, Output, Transaction};
pub use owner::Owner;
