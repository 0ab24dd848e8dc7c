//! Encrypted Office documents (MS-OFFCRYPTO): told by their scheme, opened where a password on offer is right.
//!
//! Everything happens before any reader looks. [`unlock`] goes through a compound file once and puts the clear
//! bytes in the place of the encrypted streams, with the layout that they had; what is encrypted as a whole (a
//! package) comes back as bytes of its own. No reader knows of ciphers. A right password is told from a wrong one
//! by the verifier that each scheme stores, never by what the content looks like.

mod agile;
mod block;
mod descriptor;
mod digest;
mod header;
mod legacy;
mod lock;
mod package;
mod presentation;
mod rc4;
mod standard;
mod summary;
mod word;
mod workbook;
mod xor;

pub(crate) use block::{Chaining, Cipher};
pub(crate) use digest::Hash;
pub(crate) use lock::{Lock, Outcome};
pub(crate) use presentation::presentation_places;
pub(crate) use workbook::unlock_workbook;

use crate::examine::{Options, Walk};
use crate::ole::Compound;
use crate::password::{Offered, Source};
use crate::rules;
use strongroom_model::{Evidence, Finding, Gap, Kind, Limits, Report, Span, Why};

/// Puts clear bytes in the place of every encrypted stream that a password opens, tells what was encrypted and how,
/// and examines encrypted packages as children.
pub(crate) fn unlock(compound: &mut Compound<'_>, report: &mut Report, walk: &mut Walk<'_>) {
    let paths: Vec<String> = compound
        .streams()
        .iter()
        .map(|entry| entry.path.clone())
        .collect();
    for (at, path) in paths.iter().enumerate() {
        let (storage, name) = path.rsplit_once('/').unwrap_or(("", path));
        let stream = Stream { at, path, storage };
        match name.to_ascii_lowercase().as_str() {
            "encryptedpackage" => package::unlock(compound, &stream, report, walk),
            "\u{9}drmcontent" => package::tell_rights(&stream, report),
            "workbook" | "book" => workbook::unlock(compound, &stream, report, walk),
            "worddocument" => word::unlock(compound, &stream, report, walk),
            "powerpoint document" => presentation::unlock(compound, &stream, report, walk),
            _ => {}
        }
    }
}

/// Opens encrypted streams that are handed in with their paths: the narrow door for fuzzers.
#[doc(hidden)]
pub fn unlock_streams(streams: &[(&str, &[u8])], limits: &Limits) -> Report {
    let mut report = Report::new(Evidence::of_bytes("streams", Kind::Ole, b""));
    unlock(
        &mut Compound::of_streams(streams),
        &mut report,
        &mut Walk::new(limits),
    );
    report
}

/// Returns the streams of a compound file with their paths, those that a password opens in clear: for comparison with
/// other readers.
#[doc(hidden)]
pub fn clear_streams(bytes: &[u8], options: &Options) -> Vec<(String, Vec<u8>)> {
    let limits = Limits::default();
    let Ok(mut compound) = Compound::open(bytes) else {
        return Vec::new();
    };
    let mut report = Report::new(Evidence::of_bytes("streams", Kind::Ole, b""));
    unlock(&mut compound, &mut report, &mut Walk::with(&limits, options));
    let streams = compound.streams().iter().enumerate();
    let read = streams.filter_map(|(at, entry)| Some((entry.path.clone(), compound.read_at(at)?.bytes)));
    read.collect()
}

/// The main stream of a document; two of one path are two documents, whose other streams are those found first.
struct Stream<'p> {
    at: usize,
    path: &'p str,
    storage: &'p str,
}

impl<'p> Stream<'p> {
    /// Returns the path as reports give it.
    fn place(&self) -> &'p str {
        self.path.trim_start_matches('/')
    }

    /// Returns the path of a stream beside this one.
    fn beside(&self, name: &str) -> String {
        format!("{}/{name}", self.storage)
    }
}

/// Tells the scheme, and with which password it opens.
fn tell_opened(place: &str, scheme: &str, word: &Offered, report: &mut Report) {
    tell_scheme(place, scheme, report);
    let rule = match word.source {
        Source::Office => &rules::DEFAULT_PASSWORD,
        Source::User | Source::Text | Source::Convention => &rules::UNLOCKED,
    };
    let finding = Finding::of(rule, Span::bytes(place, 0, 0)).fact("password", word.word.as_str());
    report.find(finding.fact("source", word.source.as_str()));
}

/// Tells the scheme alone.
fn tell_scheme(place: &str, scheme: &str, report: &mut Report) {
    report.find(Finding::of(&rules::ENCRYPTED, Span::bytes(place, 0, 0)).fact("scheme", scheme));
}

/// Tells the scheme, and that nothing on offer opens it. The gap hides.
fn tell_shut(place: &str, scheme: &str, tried: usize, report: &mut Report) -> Gap {
    tell_scheme(place, scheme, report);
    let many = if tried == 1 { "password" } else { "passwords" };
    Gap::new(
        place,
        Why::Encrypted,
        format!("{scheme}; none of {tried} {many} opens it"),
    )
}

/// Tries what is on offer; tells the result, and returns the key where there is one.
fn open<L: Lock>(lock: &L, place: &str, report: &mut Report, walk: &mut Walk<'_>) -> Result<L::Key, Gap> {
    let scheme = lock.scheme();
    match lock::try_all(lock, place, walk) {
        Outcome::Open { key, word } => {
            tell_opened(place, &scheme, &word, report);
            Ok(key)
        }
        Outcome::Shut { tried } => Err(tell_shut(place, &scheme, tried, report)),
        Outcome::Spent(gap) => {
            tell_scheme(place, &scheme, report);
            Err(gap)
        }
    }
}
