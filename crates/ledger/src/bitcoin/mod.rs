//! Chains of Bitcoin's kind, from the bytes of their nodes to blocks.

mod bytes;
mod chain;
mod fault;
mod hash;
mod header;
mod script;
mod wire;

pub use chain::Chain;
pub use fault::{BlockFault, Fault};
pub use header::Header;
pub use script::AddressFault;
pub use wire::RawBlock;
