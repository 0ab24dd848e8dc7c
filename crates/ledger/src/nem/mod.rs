//! NEM: blocks and transactions as a node's HTTP interface says them, the nemesis block as its release ships it, booked as
//! rows of the account ledger.
//!
//! XEM counts in micro units, every other mosaic in its smallest units. A levy is a transfer of its own; a multisig
//! transaction moves what its inner one moves, and the multisig account pays the fees of all who signed; fees go to whoever
//! harvested, and where a key harvests for another account, to that one.

mod block;
mod book;
mod files;
mod json;
mod mosaic;
mod nemesis;

pub use block::{Block, Kind, Transaction, chain_name};
pub use book::Books;
pub use files::{Answers, recognise};
pub use mosaic::{Definition, Levy, Mosaic};
