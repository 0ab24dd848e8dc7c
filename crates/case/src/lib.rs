//! A case: one append-only journal, the links between what it holds, and what goes out of it.
//!
//! This room owns the files inside one case directory and nothing else. It has no clock and no sockets: `desk` hands
//! it [`Facts`] in the words of `model`, and the moments of human notes and decisions. Everything but [`Case`],
//! [`read`] and [`verify`] is pure.
//!
//! | file | what |
//! |---|---|
//! | `journal` | JSON Lines: an opening line with the version, then one entry a line, each chained to the last by SHA-256 |
//! | `head` | how many entries were acknowledged, and the hash of the last |
//! | `lock` | held by the one writer |
//!
//! The way through: facts become the entries of a [`run`], links included; [`Case::converge`] brings the journal to
//! hold them; [`story`], [`report_html`] and [`report_json`] tell what the entries come to. The same facts, in any
//! order, are the same journal to the byte.
//!
//! ```
//! use std::collections::BTreeMap;
//! use strongroom_case::{Case, Converged, Facts, Grounds, Opened, report_html, run, story, verify};
//! use strongroom_model::{Evidence, Kind, Observable, Report, Role};
//!
//! let mut report = Report::new(Evidence::of_bytes("stage.ps1", Kind::PowerShell, b"..."));
//! report.sight(Observable::domain("c2.example")?, Role::C2);
//! let facts = Facts { reports: vec![report], ..Facts::default() };
//! let opened = Opened { version: "0.1.0".into(), title: "A case".into(), parameters: BTreeMap::new() };
//! let entries = run(opened, &facts, &Grounds::new(&|_| false));
//!
//! let dir = tempfile::tempdir()?;
//! let mut case = Case::open_or_create(dir.path())?;
//! assert_eq!(case.converge(&entries)?, Converged::Added { appended: 3 });
//! assert_eq!(case.converge(&entries)?, Converged::Unchanged); // the same investigation again
//!
//! assert_eq!(verify(dir.path())?.head, case.head());
//! assert!(story(case.entries()).unknown[0].text.contains("no traffic"));
//! assert!(report_html(case.entries()).contains("c2[.]example"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod asked;
mod case;
mod chain;
mod entry;
mod error;
mod facts;
mod human;
mod journal;
mod links;
mod money;
mod outward;
mod page;
mod shown;
mod story;
mod view;

pub use asked::{Asked, Cleared};
pub use case::{Case, Converged, HEAD, JOURNAL, last_run, read, verify};
pub use chain::{Digest, EntryId, OPENING, Recorded, record};
pub use entry::{Entry, Opened, run};
pub use error::{CaseError, Damage, HeadDamage};
pub use facts::{
    Beacon, CaseGap, Contact, Facts, Hit, LeftOut, ListUsed, Named, Naming, Outcome, Screened, Unlinked,
};
pub use human::{Decision, Note, Ruling};
pub use journal::{Verified, verify_bytes};
pub use links::{Grounds, LINK_RULES, LinkRule, Linked, link};
pub use money::{Drain, End, EndReason, Hop, Moved, Receiver, Seed, SheetRow, Trace};
pub use outward::{CASE_SCHEMA, report_json};
pub use page::{file_pages, report_html};
pub use story::{Event, Sentence, Stage, Standing, Story, story};
