//! Reads hostile files: mail, Office, archives, scripts.

pub mod powershell;
pub mod script;
mod vba;
