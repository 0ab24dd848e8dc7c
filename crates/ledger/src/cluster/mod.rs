//! Who belongs together on a chain of coins: shapes of transactions, and owners joined by evidence that is kept.
//!
//! Nothing here is proof of identity. Each union has the name of its heuristic and a confidence, can be asked for, and can
//! be taken back by leaving its transaction out.

mod change;
mod coinjoin;
mod shape;
mod unions;

pub use change::Change;
pub use coinjoin::{Coinjoin, Protocol};
pub use shape::{Coin, Shape};
pub use unions::{Edge, Evidence, Unions};
