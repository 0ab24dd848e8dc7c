//! Who belongs together: on a chain of coins, owners joined by evidence that is kept, and transactions whose shape
//! forbids it; on a chain of accounts, the deposit addresses of exchanges.
//!
//! Nothing here is proof of identity. Each union has the name of its heuristic and a confidence, can be asked for, and can
//! be taken back by leaving its transaction out.

mod change;
mod clusters;
mod coinjoin;
mod deposit;
mod named;
mod peeling;
mod reason;
mod shape;
mod unions;

pub use change::Change;
pub use clusters::{ClusterOptions, Clusters};
pub use coinjoin::{Coinjoin, Protocol};
pub use deposit::Deposit;
pub use named::NamedClusters;
pub use peeling::PeelingChain;
pub use reason::Reason;
pub use shape::{Coin, Shape};
pub use unions::{Edge, Evidence, Unions};
