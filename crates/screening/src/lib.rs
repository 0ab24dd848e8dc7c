//! Screening: may this wallet be paid, is this party listed? Exact answers from sanctions lists, lists of
//! stolen funds and tag tables, and beside them the parties whose names are similar.
//!
//! Exact and similar are two algorithms with two names, and no answer mixes them. Not a tracer: indirect exposure
//! is the ledger's to find, through [`Lists::tag`]. Reading a list is not lenient: one broken line refuses it
//! whole, because it may be the line that matters.
//!
//! ```
//! use strongroom_screening::{List, ListFile, Lists, Purpose, ScreeningVerdict};
//!
//! let file = ListFile { name: "stolen.txt", bytes: b"1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu\n" };
//! let list = List::addresses("stolen", Some("2026-11-22"), Purpose::StolenFunds, file).unwrap();
//! let lists = Lists::new(vec![list]);
//!
//! // The same key in Bitcoin Cash's spelling.
//! let hit = lists.screen_address("bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a");
//! assert_eq!(hit.verdict, ScreeningVerdict::Hit);
//! // One wrong letter is never "no hit".
//! let typo = lists.screen_address("1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggv");
//! assert_eq!(typo.verdict, ScreeningVerdict::Malformed);
//! ```

#[cfg(all(test, not(debug_assertions)))]
extern crate self as strongroom_screening;

mod addresses;
mod assets;
mod birth;
mod book;
mod chains;
mod content;
mod delta;
mod diff;
mod entry;
mod error;
mod eu;
mod ftm;
mod kind;
mod list;
mod lists;
mod name;
mod ofac;
mod own;
mod parties;
mod rules;
mod screening;
mod shelf;
mod table;
mod tagpack;
mod tags;
mod uk;
mod un;
mod xml;

pub use assets::{ASSET_SCHEMA, AssetHit, AssetMatch, AssetScreening, BarredAsset, BarredAssets};
pub use birth::Birth;
pub use book::{Book, BookError, Customer};
pub use delta::{Delta, DeltaProof};
pub use diff::{EntryChange, EntryName, FieldChange, LIST_DIFF_SCHEMA, ListDiff, diff};
pub use entry::{Alias, AliasStrength, Entry, ListedAddress, Place};
pub use error::ListError;
pub use kind::{ListKind, recognise};
pub use list::{List, ListFile, Part, Purpose, Version};
pub use lists::Lists;
pub use name::{
    Candidate, FactorKind, NAME_ALGORITHM, NAME_THRESHOLD, NameFactor, NamePart, NameQuery, NameScore,
    NameSearch, Nature, OFAC_ALGORITHM, Particulars, PartyName, WordKind, WordMatch, ofac_score,
    rarity_table,
};
pub use ofac::OfacFiles;
pub use rules::RULES;
pub use screening::{
    ALGORITHM, Hit, How, QueryForm, QueryKind, SCREENING_SCHEMA, Screening, ScreeningVerdict,
};
pub use shelf::{Arrival, Kept, Record, Shelf, ShelfError, Shelved};
pub use tagpack::{Actor, Conflict, PackTag, TagPack, conflicts, read_actors};
