//! A ledger as Parquet files for other programs: tables whose amounts are exact, whose ids and addresses are spelled out.
//!
//! What a column says and in which unit stands in the file itself, under the key `column.NAME`. Times are UTC by their type.

mod cells;
mod coins;
mod folder;
mod table;
mod transfers;

pub use folder::{PARQUET_SCHEMA, is_about_export};
pub use table::ExportedTable;

/// Rows between two words of progress.
const TOLD: u64 = 1 << 14;

/// Tells how many rows are done.
struct Advance<'a> {
    done: u64,
    all: u64,
    progress: &'a mut dyn FnMut(u64, u64),
}

impl<'a> Advance<'a> {
    fn of(all: u64, progress: &'a mut dyn FnMut(u64, u64)) -> Self {
        progress(0, all);
        Advance {
            done: 0,
            all,
            progress,
        }
    }

    fn by_one(&mut self) {
        self.done += 1;
        if self.done.is_multiple_of(TOLD) || self.done == self.all {
            (self.progress)(self.done, self.all);
        }
    }
}
