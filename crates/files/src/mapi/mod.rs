//! Outlook's messages as properties: stored in a compound file (MS-OXMSG) or in one stream (MS-OXTNEF).
//!
//! Both give the same words: who, when, the bodies, what is attached. The words of the bodies are offered as passwords
//! to whatever is attached. A rich body is read for the page that it encapsulates, and is a child of its own.

mod compressed;
mod encapsulated;
mod message;
mod property;
mod tnef;

pub(crate) use message::{is_attached, read_message};
pub(crate) use tnef::read_tnef;

use crate::examine::{Carrier, Walk};
use crate::mail::{note_person, note_sent, read_headers};
use crate::{markup, rules, scan};
use encapsulated::Encapsulated;
use encoding_rs::Encoding;
use property::{Properties, tag};
use strongroom_model::{Finding, Observable, Report, Role, Span};

/// Reads compressed rich text up to `most` bytes, and says whether all of it was well formed; `None` where the header
/// is not one. The narrow door of the decompressor, for fuzzing and for tools.
pub fn decompress_rich_text(bytes: &[u8], most: usize) -> Option<(Vec<u8>, bool)> {
    let unpacked = compressed::decompress(bytes, "body", most)?;
    Some((unpacked.text, unpacked.gap.is_none()))
}

/// Returns the page or the text that a rich text encapsulates, and whether it is a page. The narrow door of the reader,
/// for fuzzing and for tools.
pub fn encapsulated_body(rich: &[u8]) -> (String, bool) {
    match encapsulated::read(rich) {
        Encapsulated::Html(text) => (text, true),
        Encapsulated::Text(text) => (text, false),
    }
}

/// Notes who sent a message to whom, and when.
fn people(
    message: &Properties,
    recipients: &[Properties],
    page: Option<&'static Encoding>,
    report: &mut Report,
) {
    for tag in tag::SENDERS {
        if let Some(address) = message.text(tag, page) {
            note_person(&address, Role::Sender, report);
        }
    }
    for recipient in recipients {
        for tag in [tag::SMTP, tag::ADDRESS, tag::NAME] {
            if let Some(address) = recipient.text(tag, page) {
                note_person(&address, Role::Recipient, report);
            }
        }
    }
    let headers = message.text(tag::HEADERS, page).unwrap_or_default();
    if !read_headers(&headers, report)
        && let Some(sent) = message.moment(tag::SUBMITTED)
    {
        note_sent(sent, report);
    }
}

/// Notes what subject and bodies name and returns their words as one text.
fn bodies(
    message: &Properties,
    page: Option<&'static Encoding>,
    report: &mut Report,
    walk: &mut Walk<'_>,
) -> String {
    let subject = message.text(tag::SUBJECT, page).unwrap_or_default();
    let body = message.text(tag::BODY, page).unwrap_or_default();
    scan::note_text(&subject, report, walk);
    scan::note_text(&body, report, walk);
    let html = message.page(page).unwrap_or_default();
    markup::note_html(&html, report, walk);
    let rich = message
        .bytes(tag::RICH)
        .map(|bytes| rich_body(bytes, report, walk));
    [subject, body, markup::words_of(&html), rich.unwrap_or_default()].join("\n")
}

/// Reads a compressed rich body: what it encapsulates, and the rich text itself as a child.
fn rich_body(bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) -> String {
    let most = usize::try_from(walk.limits().value_bytes.min(walk.meter.bytes_left())).unwrap_or(usize::MAX);
    let Some(unpacked) = compressed::decompress(bytes, "body", most) else {
        // Without the header of compressed rich text nothing shows it, and some programs leave an empty one.
        return String::new();
    };
    report.gaps.extend(unpacked.gap);
    let words = match encapsulated::read(&unpacked.text) {
        Encapsulated::Html(html) => {
            markup::note_html(&html, report, walk);
            markup::words_of(&html)
        }
        Encapsulated::Text(text) => {
            scan::note_text(&text, report, walk);
            text
        }
    };
    if has_objects(&unpacked.text) {
        attach("body.rtf", &unpacked.text, report, walk);
    }
    words
}

/// Returns whether a rich text holds more than words; what it shows of those was read already.
fn has_objects(rich: &[u8]) -> bool {
    let marks: [&[u8]; 4] = [b"\\obj", b"\\*\\template", b"\\field", b"\\pict"];
    marks.iter().any(|mark| scan::find(rich, mark, 0).is_some())
}

/// Reads an attachment as a child.
fn attach(name: &str, content: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    match walk.meter.charge_bytes(name, content.len() as u64) {
        Ok(()) => walk.child(report, Carrier::Mail, name, content),
        Err(gap) => report.gap(gap),
    }
}

/// Returns what an attachment is called.
fn name_of(attachment: &Properties, page: Option<&'static Encoding>) -> Option<String> {
    let named = tag::FILE_NAMES
        .iter()
        .filter_map(|tag| attachment.text(*tag, page));
    named
        .map(|name| name.trim().to_owned())
        .find(|name| !name.is_empty())
}

/// Tells an attachment that is no content but the path of one (`afByReference`, MS-OXCMSG 2.2.2.9).
fn by_reference(attachment: &Properties, page: Option<&'static Encoding>, report: &mut Report) -> bool {
    if !matches!(attachment.number(tag::METHOD), Some(2..=4 | 7)) {
        return false;
    }
    let path = [tag::LONG_PATH, tag::SHORT_PATH]
        .iter()
        .find_map(|tag| attachment.text(*tag, page));
    let path = path.unwrap_or_default();
    report.find(Finding::of(&rules::ATTACHED_BY_REFERENCE, Span::whole()).fact("path", path.as_str()));
    match Observable::url(&path) {
        Ok(url) => report.sight(url, Role::Download),
        Err(_) if !path.is_empty() => report.sight(Observable::path(&path), Role::Mentioned),
        Err(_) => {}
    }
    true
}
