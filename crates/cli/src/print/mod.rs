//! Results as text for a terminal.

mod report;

pub use report::{report, scripts};
