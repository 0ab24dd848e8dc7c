//! Reads hostile files: mail, Office, archives, scripts.

mod kind;
mod ole;
mod ovba;
mod powershell;
pub mod script;
mod text;
mod vba;

pub use kind::kind_of;
pub use ovba::write_vba_project;
