//! Strongroom: ledger.

mod error;
mod store;
mod table;

pub use error::LedgerError;
pub use store::{Info, Layout, Ledger, Source, Transfers, Verified};
pub use table::{Imported, Mapping, Progress, Row, RowError, Table, recognise};
