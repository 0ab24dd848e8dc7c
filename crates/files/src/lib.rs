//! Reads hostile files: mail, Office, archives, scripts.

mod ole;
mod ovba;
mod powershell;
pub mod script;
mod vba;

pub use ovba::write_vba_project;
