//! Generic transfer tables: a header that names its columns, a row for each transfer.

mod head;
mod import;
mod row;

pub use head::{Mapping, Table, recognise};
pub use import::{Imported, Progress};
pub use row::{Row, RowError};
