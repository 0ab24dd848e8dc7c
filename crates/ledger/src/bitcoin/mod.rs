//! Chains of Bitcoin's kind, from the bytes of their nodes to blocks.

mod answer;
mod best;
mod bytes;
mod chain;
mod compressed;
mod fault;
mod files;
mod follow;
mod hash;
mod header;
mod index;
mod node;
mod script;
mod unspent;
mod window;
mod wire;

pub use answer::node_result;
pub use best::Blocks;
pub use chain::Chain;
pub use fault::{BlockFault, Fault};
pub use files::BlockFiles;
pub use follow::{Ask, Follow, FollowStep, Told};
pub use header::Header;
pub use index::{BestChain, HeaderIndex};
pub use node::NodeFault;
pub use script::AddressFault;
pub use unspent::{KnownOutputs, Unspent, UnspentFault, UnspentOutputs};
pub use window::BlockKey;
pub use wire::RawBlock;
