//! The words every room of Strongroom speaks.
//!
//! Everything may point here; this crate points nowhere. It has no clock, no disk, no sockets: it parses a
//! value at the door, holds it in one canonical form, and writes it out the same way each time.
//!
//! Three outcomes are three types and are never mixed: a [`Finding`] says what the evidence shows, a [`Gap`]
//! says what could not be read and why, and an error is our own failure.
//!
//! ```
//! use strongroom_model::{Finding, Observable, Report, Role, Rule, Severity, Span, Verdict, Kind, Evidence};
//!
//! static DOWNLOAD: Rule = Rule {
//!     code: "script.download",
//!     title: "the script downloads {url}",
//!     severity: Severity::High,
//!     techniques: &["T1105"],
//! };
//!
//! let c2 = Observable::url("HTTPS://C2.Example:443/wp-includes/common.php").unwrap();
//! assert_eq!(c2.value(), "https://c2.example/wp-includes/common.php");
//!
//! let mut report = Report::new(Evidence::of_bytes("stage.ps1", Kind::PowerShell, b"iwr ..."));
//! report.find(Finding::of(&DOWNLOAD, Span::whole()).fact("url", c2.value()).observing(&c2));
//! report.sight(c2, Role::C2);
//! assert_eq!(report.verdict(), Verdict::Suspicious);
//! assert_eq!(report.findings[0].title, "the script downloads https://c2.example/wp-includes/common.php");
//! ```

mod address;
mod amount;
mod character;
mod evidence;
mod finding;
mod gap;
mod kind;
mod limits;
mod link;
mod moment;
mod observable;
mod reason;
mod report;
mod script;
mod span;
mod tag;
mod transfer;

pub use address::{Address, AddressError, Reading};
pub use amount::{Amount, AmountError, Asset};
pub use character::hides;
pub use evidence::{Evidence, EvidenceId};
pub use finding::{Fact, Finding, Rule, Severity};
pub use gap::{Gap, Why};
pub use kind::Kind;
pub use limits::{Limit, Limits, Meter};
pub use link::{Entity, Link, LinkKind, Place, Strength};
pub use moment::{Interval, Moment, MomentError};
pub use observable::{HashKind, Observable, ObservableError, ObservableType, Role, Sighting};
pub use report::{REPORT_SCHEMA, Report, Verdict};
pub use script::{Layer, Script};
pub use span::Span;
pub use tag::{Service, Tag};
pub use transfer::Transfer;

/// Answers "what is known of this observable?" without saying where the answer comes from.
///
/// `desk` builds one over whatever the other rooms hold; each answer is a short reason that can stand in a
/// report ("C2 of invoice.doc").
pub type KnownLookup<'a> = dyn Fn(&Observable) -> Vec<String> + Sync + 'a;

/// Answers "who is behind this account?"; the ledger asks it at every stop and never sees a list.
pub type TagLookup<'a> = dyn Fn(&str) -> Option<Tag> + Sync + 'a;
