//! Reads hostile files: mail, Office, archives, scripts.

mod powershell;
pub mod script;
pub mod vba;
