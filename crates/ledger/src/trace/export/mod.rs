//! Traces in the forms of other programs: comma-separated values for tables, GraphML for graphs.
//!
//! Amounts are whole base units of their asset, times are UTC (RFC 3339), and every row names its policy, so that several
//! traces fit into one table or graph.

mod csv;
mod graphml;

pub use csv::{ends_csv, flows_csv};
pub use graphml::graphml;
