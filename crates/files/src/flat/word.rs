//! A Word document saved as XML in 2003's form: bytes in base64, fields, links to the world.

use super::decode_base64;
use crate::examine::Walk;
use crate::names;
use crate::ole;
use crate::package::{attribute, note_target, read_story};
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use strongroom_model::{Gap, Report, Why};

/// Reads a document: what it carries as children, its fields, what it fetches.
pub(super) fn read(text: &str, report: &mut Report, walk: &mut Walk<'_>) {
    read_story(text.as_bytes(), "content", report, walk);
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    loop {
        let (tag, has_text) = match reader.read_event() {
            Ok(Event::Start(tag)) => (tag, true),
            Ok(Event::Empty(tag)) => (tag, false),
            Ok(Event::Eof) => return,
            Ok(_) => continue,
            Err(error) => return report.gap(Gap::new("content", Why::Damaged, error)),
        };
        if tag.local_name().as_ref() == "binData" && has_text {
            let name = attribute(&tag, "name").unwrap_or_default();
            match reader.read_text(tag.name()) {
                Ok(inner) => carried(&name, &inner, report, walk),
                Err(error) => return report.gap(Gap::new("content", Why::Damaged, error)),
            }
        } else {
            link(&tag, report, walk);
        }
    }
}

/// Reads bytes that the document carries.
fn carried(name: &str, inner: &str, report: &mut Report, walk: &mut Walk<'_>) {
    let base = names::base(name);
    let name = if base.is_empty() { "binData" } else { base };
    match decode_base64(inner) {
        Some(bytes) => ole::embed(name, &bytes, report, walk),
        None => report.gap(Gap::new(name, Why::Damaged, "its base64 is broken")),
    }
}

/// Tells what the document fetches, and its links.
fn link(tag: &BytesStart<'_>, report: &mut Report, walk: &mut Walk<'_>) {
    let (kind, key) = match tag.local_name().as_ref() {
        "attachedTemplate" => ("attachedTemplate", "val"),
        "subDoc" => ("subDocument", "link"),
        "sourceFileName" => ("frame", "val"),
        "hlink" => ("hyperlink", "dest"),
        "OLEObject" => ("oleObject", "Link"),
        _ => return,
    };
    if let Some(target) = attribute(tag, key) {
        note_target(kind, &target, "content", report, walk);
    }
}
