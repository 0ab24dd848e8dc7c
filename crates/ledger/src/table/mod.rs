//! Generic transfer tables: a header that names its columns, a row for each transfer.

mod blocks;
mod head;
mod import;
mod import_parquet;
pub(crate) mod parquet;
mod row;
mod taker;

pub use blocks::Booked;
pub use head::{Mapping, Table, recognise};
pub use import::Progress;
pub use import_parquet::recognise_parquet;
pub use row::{Row, RowError};
pub use taker::Imported;
