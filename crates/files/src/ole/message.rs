//! Outlook messages (MS-OXMSG): properties as streams, attachments and attached messages as storages.

use super::{Compound, Part, broken_off};
use crate::examine::{Carrier, Walk};
use crate::mail::note_person;
use crate::text::decode_text;
use crate::{markup, password, scan};
use strongroom_model::{Gap, Limit, Report, Role, Why};

/// Property tags (MS-OXPROPS), the type left out.
const SUBJECT: &str = "0037";
const BODY: &str = "1000";
const HEADERS: &str = "007D";
const SENDER: [&str; 4] = ["0C1F", "5D01", "5D02", "0065"];
const RECIPIENT: [&str; 2] = ["39FE", "3003"];
const FILE_NAME: [&str; 3] = ["3707", "3704", "3001"];
const CONTENT: &str = "3701";

/// Reads the message whose storage is `root` (empty for the file's own).
pub(super) fn read_message(compound: &Compound<'_>, root: &str, report: &mut Report, walk: &mut Walk<'_>) {
    for tag in SENDER {
        note(compound, root, tag, Role::Sender, report);
    }
    for recipient in storages(compound, root, "__recip_version1.0_") {
        for tag in RECIPIENT {
            note(compound, &recipient, tag, Role::Recipient, report);
        }
    }
    let texts = texts(compound, root, report, walk);
    let candidates = password::candidates(&texts);
    walk.offering(candidates, |walk| attachments(compound, root, report, walk));
}

fn note(compound: &Compound<'_>, storage: &str, tag: &str, role: Role, report: &mut Report) {
    if let Some(address) = text(compound, storage, tag) {
        note_person(&address, role, report);
    }
}

/// Returns the paths of the storages under `root` whose name begins so.
fn storages(compound: &Compound<'_>, root: &str, prefix: &str) -> Vec<String> {
    let prefix = format!("{root}/{prefix}");
    let mut found: Vec<String> = Vec::new();
    for entry in compound.streams() {
        let name = entry
            .path
            .strip_prefix(&prefix)
            .and_then(|rest| rest.split_once('/'));
        if let Some((number, _)) = name {
            let storage = format!("{prefix}{number}");
            if found.last() != Some(&storage) && !found.contains(&storage) {
                found.push(storage);
            }
        }
    }
    found.sort();
    found
}

fn stream(compound: &Compound<'_>, storage: &str, tag: &str, kind: &str) -> Option<Vec<u8>> {
    compound
        .read(&format!("{storage}/__substg1.0_{tag}{kind}"))
        .map(|read| read.bytes)
}

/// Reads a text property, wide or narrow.
fn text(compound: &Compound<'_>, storage: &str, tag: &str) -> Option<String> {
    if let Some(wide) = stream(compound, storage, tag, "001F") {
        return Some(
            encoding_rs::UTF_16LE
                .decode_without_bom_handling(&wide)
                .0
                .into_owned(),
        );
    }
    stream(compound, storage, tag, "001E").map(|narrow| decode_text(&narrow))
}

/// Notes what subject and bodies name and returns them as one text.
fn texts(compound: &Compound<'_>, root: &str, report: &mut Report, walk: &Walk<'_>) -> String {
    let parts = [SUBJECT, BODY, HEADERS].map(|tag| text(compound, root, tag).unwrap_or_default());
    let [subject, body, headers] = &parts;
    scan::note_text(subject, report, walk);
    scan::note_text(body, report, walk);
    let page = stream(compound, root, "1013", "0102").map(|bytes| decode_text(&bytes));
    let page = page.or_else(|| text(compound, root, "1013")).unwrap_or_default();
    markup::note_html(&page, report, walk);
    let has_rich = compound.has(&format!("{root}/__substg1.0_10090102"));
    if has_rich && body.is_empty() && page.is_empty() && headers.is_empty() {
        report.gap(Gap::new(
            "body",
            Why::Unsupported,
            "the body is compressed rich text, which is not read",
        ));
    }
    format!("{subject}\n{body}\n{}", markup::words_of(&page))
}

fn attachments(compound: &Compound<'_>, root: &str, report: &mut Report, walk: &mut Walk<'_>) {
    for storage in storages(compound, root, "__attach_version1.0_") {
        let named = FILE_NAME
            .iter()
            .find_map(|tag| text(compound, &storage, tag).filter(|name| !name.trim().is_empty()));
        let place = storage.trim_start_matches('/').to_owned();
        let name = named.map_or_else(|| place.clone(), |name| name.trim_end_matches('\0').to_owned());
        if let Some(content) = compound.read(&format!("{storage}/__substg1.0_{CONTENT}0102")) {
            report
                .gaps
                .extend(broken_off(&Part::Package, &place, content.ending));
            match walk.meter.charge_bytes(&name, content.bytes.len() as u64) {
                Ok(()) => walk.child(report, Carrier::Mail, &name, &content.bytes),
                Err(gap) => report.gap(gap),
            }
        } else {
            inner_message(
                compound,
                &format!("{storage}/__substg1.0_{CONTENT}000D"),
                &place,
                report,
                walk,
            );
        }
    }
}

/// An attached message is a storage of the same file; its parts are told in the report of the outer one.
fn inner_message(
    compound: &Compound<'_>,
    inner: &str,
    place: &str,
    report: &mut Report,
    walk: &mut Walk<'_>,
) {
    let is_message = compound.has(&format!("{inner}/__properties_version1.0"));
    let levels = inner.matches("__attach_version1.0_").count() as u64;
    if levels > u64::from(walk.limits().depth) {
        report.gap(Gap::limit(place, Limit::Depth, walk.limits().depth));
    } else if is_message {
        read_message(compound, inner, report, walk);
    } else if compound
        .streams()
        .iter()
        .any(|entry| entry.path.starts_with(inner))
    {
        report.gap(Gap::new(
            place,
            Why::Unsupported,
            "an attached object is not read inside",
        ));
    }
}
