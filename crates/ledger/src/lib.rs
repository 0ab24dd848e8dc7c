//! Strongroom: ledger.

mod drain;
mod error;
mod store;
mod table;
mod trace;

pub use drain::{Drain, DrainConfig, DrainDetector, DrainedAsset, Drains, Receiver, Trigger, Watch, detect};
pub use error::LedgerError;
pub use store::{Info, Layout, Ledger, Source, Transfers, Verified};
pub use table::{Imported, Mapping, Progress, Row, RowError, Table, recognise};
pub use trace::{
    AssetSheet, BalanceSheet, CoinPolicy, End, EndReason, Flow, Holding, Opening, Origin, Parcel, Piece,
    Policy, Seed, SeedRow, Spent, Step, Stops, TRACE_SCHEMA, Taint, Trace, Unbalanced, spend, trace,
};
