//! Reads hostile files: mail, Office, archives, scripts.
//!
//! [`examine`] takes bytes and returns a report with all that they contain; [`kind_of`] tells what content is.
//! Containers unpack into children under one meter of bytes and counts, scripts run through engines that record
//! what they would do and do nothing. What cannot be read is a gap, never an absence; nothing here panics on
//! what it reads, opens a socket or starts a process.
//!
//! ```
//! use strongroom_model::{Kind, Limits, Verdict};
//!
//! let project = strongroom_files::write_vba_project(&[("ThisDocument", "Sub Greet()\n  MsgBox \"hi\"\nEnd Sub\n")]);
//! let report = strongroom_files::examine("vbaProject.bin", &project, &Limits::default());
//! assert_eq!(report.evidence.kind, Kind::VbaProject);
//! assert_eq!(report.findings[0].code, "files.macros");
//! assert!(report.scripts[0].layers[0].text.contains("MsgBox"));
//! ```

mod archive;
mod batch;
mod crypt;
mod examine;
mod executable;
mod flat;
mod formula;
mod hidden;
mod host;
mod image;
mod kind;
#[doc(hidden)]
pub mod lnk;
mod mail;
mod mapi;
mod markup;
mod names;
mod ole;
mod ovba;
mod package;
mod password;
mod pdf;
pub mod powershell;
mod rtf;
mod rules;
mod scan;
pub mod script;
#[doc(hidden)]
pub mod shellcode;
mod text;
mod unfold;
pub mod vba;
mod workbook;
mod xlm;

#[doc(hidden)]
pub use crypt::{clear_streams, unlock_streams};
pub use examine::{Options, examine, examine_with};
#[doc(hidden)]
pub use host::{form_strings, property_count, shape_count, variable_count};
pub use kind::kind_of;
#[doc(hidden)]
pub use mapi::{decompress_rich_text, encapsulated_body};
#[doc(hidden)]
pub use ole::list_compound;
pub use ovba::{
    Information, ModuleKind, Reference, ReferenceKind, VbaModule, VbaProject, decompile_vba, decompress_ovba,
    modules_of_dir, read_vba, write_vba_project,
};
#[doc(hidden)]
pub use rtf::rtf_objects;
pub use rules::RULES;
#[doc(hidden)]
pub use workbook::{CellRow, cells_of};
#[doc(hidden)]
pub use xlm::unfold_workbook;
