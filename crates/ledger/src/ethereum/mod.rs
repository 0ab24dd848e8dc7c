//! Ethereum and chains like it: blocks as a node or an export says them, booked as rows of the account ledger.
//!
//! A reader (`rpc`, `etl`) turns what it was given into [`Block`]s and knows no rows; [`Books::book`] turns a block into
//! rows and knows no format. Rows stand in ledger order: transaction by transaction, in each the moves of ether, the
//! token transfers, then gas; rewards and withdrawals come last. What a source does not say is a gap: a node
//! without traces does not show internal transfers, so accounts may pay what they were never seen to receive, and an
//! opening balance stands for it.

mod account;
mod block;
mod book;
mod chain;
mod etl;
mod hex;
mod log;
mod merge;
mod rpc;
mod token;
mod trace;

pub use account::{Account, Hash};
pub use block::{Block, Gas, Log, Move, MoveKind, Reward, Transaction};
pub use book::Books;
pub use chain::Chain;
pub use etl::{Export, Kind as Table, recognise};
pub use hex::number as quantity;
pub use rpc::{BlockParts, Traces};
pub use token::{Behaviour, Token, Tokens};
