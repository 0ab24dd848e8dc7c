//! Results as text for a terminal.

mod intel;
mod ledger;
mod network;
mod report;
mod screening;
mod story;
mod trace;

pub use intel::intel;
pub use ledger::{imported, ledger_info};
pub use network::{NetworkLine, network};
pub use report::{report, scripts};
pub use screening::screening;
pub use story::story;
pub use trace::traces;
