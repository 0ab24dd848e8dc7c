//! A case: one append-only journal, the links between what it holds, and what goes out of it.

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

pub use case::{Case, Converged, last_run, read, verify};
pub use chain::{Digest, EntryId, Recorded, record};
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
pub use page::report_html;
pub use story::{Event, Sentence, Stage, Standing, Story, story};
