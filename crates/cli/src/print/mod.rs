//! Results as text for a terminal.

mod cluster;
mod deposits;
mod export;
mod exposure;
mod intel;
mod ledger;
mod line;
mod lists;
mod network;
mod peels;
mod report;
mod screening;
mod scripts;
mod story;
mod trace;

pub use cluster::cluster;
pub use deposits::deposits;
pub use export::exported;
pub use exposure::exposure;
pub use intel::intel;
pub use ledger::{coin_info, imported, imported_blocks, imported_chain, ledger_info, verified};
pub use line::{Count, report_line};
pub use lists::{asset, book, list_diff};
pub use network::{NetworkLine, network};
pub use peels::peels;
pub use report::report;
pub use screening::decided;
pub use scripts::{layers, unfolded};
pub use story::story;
pub use trace::{traces, ways};
