//! Rich text (RTF 1.9.1): objects, pictures, fields and templates as what they are, words as observables.
//!
//! [`reader`] gathers in one pass, this module says what was found. How Word reads what no program writes (digits
//! broken up by groups, escapes and binary data) is described where it is done: [`nibbles`], [`words`], [`token`].

mod charset;
mod destination;
mod field;
mod gathered;
mod group;
mod nibbles;
mod object;
mod prose;
mod reader;
mod token;
mod words;

use crate::examine::{self, Carrier, Walk};
use crate::{image, kind_of, ole, rules, scan, unfold};
use field::Instruction;
pub(crate) use field::Spelled;
pub(crate) use gathered::Field;
use gathered::{Data, Gathered, Kind as DataKind};
use strongroom_model::{Finding, Gap, Kind, Limit, Observable, Report, Role, Span, Why};

/// Bytes behind the end of a text that may be left over.
const LEFT_OVER: usize = 1024;
/// Control characters that damage may leave in a text; binary data has more.
const NOISE: usize = 128;
/// Protocols whose handler is a program with a past of faults.
const HANDLERS: [&str; 4] = ["ms-msdt:", "search-ms:", "ms-officecmd:", "vbscript:"];

/// Reads a rich text.
pub(crate) fn read_rtf(bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    let mut found = reader::gather(bytes);
    limits(&found, report);
    scan::note_text(&found.words, report, walk);
    for (at, template) in &found.templates {
        tell_fetched(
            template,
            "attachedTemplate",
            Span::bytes("content", *at, *at),
            report,
        );
    }
    tell_fields(&found.fields, "content", report, walk);
    let mut objects = 0;
    for data in std::mem::take(&mut found.data) {
        match data.kind {
            DataKind::Object | DataKind::Store => {
                objects += 1;
                let around = data.object.and_then(|number| found.objects.get(number));
                object::read_object(data, around, objects, report, walk);
            }
            DataKind::Picture => picture(data, report, walk),
            DataKind::Other => other(data, report, walk),
        }
    }
    behind(bytes, &found, report, walk);
}

fn limits(found: &Gathered, report: &mut Report) {
    if found.too_deep {
        report.gap(Gap::limit("content", Limit::Nesting, "groups inside groups"));
    }
    if found.too_many {
        report.gap(Gap::limit("content", Limit::Rows, "objects, pictures and fields"));
    }
    if let Some(at) = found.oversized {
        let why = format!("binary data at byte {at} claims more than the text holds");
        report.gap(Gap::new("content", Why::Damaged, why));
    }
    if found.noise > NOISE {
        let why = format!("{} control characters stand in the text", found.noise);
        report.gap(Gap::new("content", Why::Unsupported, why));
    }
    if found.unclosed > 0 {
        let why = format!("{} groups are not closed", found.unclosed);
        report.gap(Gap::new("content", Why::Truncated, why).harmless());
    }
}

/// Tells what opening the text fetches; a path of the reader's own machine is no finding.
fn tell_fetched(target: &str, what: &str, at: Span, report: &mut Report) {
    match ole::remote(target.trim()) {
        Some(seen) if seen.kind() == strongroom_model::ObservableType::Url => {
            tell_external(&seen, what, at, report);
        }
        Some(seen) => {
            let finding = Finding::of(&rules::REMOTE_OBJECT, at)
                .fact("what", what)
                .fact("url", seen.value());
            report.find(finding.observing(&seen));
            report.sight(seen, Role::Download);
        }
        None => {}
    }
}

/// Tells what a document fetches when it is opened.
pub(crate) fn tell_external(url: &Observable, what: &str, at: Span, report: &mut Report) {
    let finding = Finding::of(&rules::REMOTE_PART, at)
        .fact("what", what)
        .fact("url", url.value());
    report.find(finding.observing(url));
    report.sight(url.clone(), Role::Download);
}

/// Tells what the fields of a text start, fetch and link; each stands behind those inside it.
pub(crate) fn tell_fields(fields: &[Field], place: &str, report: &mut Report, walk: &mut Walk<'_>) {
    let (instructions, all) = field::instructions(fields);
    if !all {
        report.gap(Gap::limit(place, Limit::ValueBytes, "instructions of fields"));
    }
    for instruction in instructions {
        tell_field(&instruction, place, report, walk);
    }
}

fn tell_field(field: &Instruction, place: &str, report: &mut Report, walk: &mut Walk<'_>) {
    let at = Span::bytes(place, field.start, field.start);
    let mut words = field
        .words
        .iter()
        .filter(|word| !word.starts_with('\\') || word.starts_with("\\\\"));
    match field.verb.as_str() {
        "DDE" | "DDEAUTO" => {
            let command: Vec<&str> = words.map(String::as_str).collect();
            let command = command.join(" ");
            let shown: String = format!("{} {command}", field.verb).chars().take(300).collect();
            report.find(Finding::of(&rules::DDE, at).fact("command", shown));
            unfold::read_started("dde", "field", &command, report, walk);
        }
        "INCLUDEPICTURE" | "INCLUDETEXT" | "INCLUDE" | "IMPORT" | "RD" => {
            if let Some(seen) = words.next().and_then(|target| ole::remote(target)) {
                let finding = Finding::of(&rules::REMOTE_OBJECT, at)
                    .fact("what", field.verb.to_ascii_lowercase())
                    .fact("url", seen.value());
                report.find(finding.observing(&seen));
                report.sight(seen, Role::Download);
            }
        }
        // The class, then the file.
        "LINK" => {
            if let Some(target) = words.nth(1) {
                tell_fetched(target, "linked object", at, report);
            }
        }
        "HYPERLINK" => {
            let Some(target) = words.next() else { return };
            let lower = target.to_ascii_lowercase();
            if HANDLERS.iter().any(|handler| lower.contains(handler)) {
                report.find(Finding::of(&rules::PROTOCOL_HANDLER, at).fact("target", target.as_str()));
            }
            if let Some(seen) = ole::remote(target) {
                report.sight(seen, Role::Mentioned);
            }
        }
        _ => {}
    }
}

/// A picture shows; what stands behind it, or is none, is a child.
fn picture(data: Data, report: &mut Report, walk: &mut Walk<'_>) {
    let place = format!("picture at {}", data.start);
    for bytes in data.readings.into_bytes() {
        match kind_of(&bytes) {
            kind @ (Kind::Png | Kind::Jpeg | Kind::Gif | Kind::Bmp) => {
                image::read_image(kind, &bytes, report, walk);
            }
            Kind::Emf | Kind::Pict | Kind::Tiff | Kind::Ico | Kind::Webp | Kind::Heif | Kind::Empty => {}
            Kind::Unknown | Kind::Text if examine::tells_nothing(&bytes) => {}
            Kind::Unknown if image::is_bare(&bytes) => {}
            _ => ole::embed(&place, &bytes, report, walk),
        }
    }
}

/// A theme is a package, a colour mapping a text; what else stands there is looked at too.
fn other(data: Data, report: &mut Report, walk: &mut Walk<'_>) {
    let place = format!("data at {}", data.start);
    for bytes in data.readings.into_bytes() {
        match kind_of(&bytes) {
            Kind::Empty | Kind::Font => {}
            Kind::Unknown | Kind::Text if examine::tells_nothing(&bytes) => {}
            _ => ole::embed(&place, &bytes, report, walk),
        }
    }
}

/// Word stops at the end of the text's group; who put something behind it wants it elsewhere.
fn behind(bytes: &[u8], found: &Gathered, report: &mut Report, walk: &mut Walk<'_>) {
    let Some((end, tail)) = found.end.and_then(|end| Some((end, bytes.get(end..)?))) else {
        return;
    };
    let blank = tail
        .iter()
        .take_while(|byte| byte.is_ascii_whitespace() || **byte == 0)
        .count();
    let (start, tail) = (end + blank, tail.get(blank..).unwrap_or_default());
    let kind = kind_of(tail);
    match kind {
        Kind::Empty | Kind::Text | Kind::Csv => {}
        // More of the text was read already, as some readers do.
        _ if tail.starts_with(b"{") || tail.starts_with(b"\\") || tail.starts_with(b"}") => {}
        Kind::Unknown if tail.len() < LEFT_OVER => {}
        Kind::Unknown => {
            let why = format!("{} bytes stand behind the end of the text", tail.len());
            report.gap(Gap::new("content", Why::Unsupported, why));
        }
        _ => {
            let at = Span::bytes("content", start, bytes.len());
            report.find(Finding::of(&rules::BEHIND_TEXT, at).fact("kind", kind.as_str()));
            match walk.meter.charge_bytes("behind the text", tail.len() as u64) {
                Ok(()) => walk.child(report, Carrier::Document, "behind the text", tail),
                Err(gap) => report.gap(gap),
            }
        }
    }
}

/// The data of every object of a rich text in the order of their places, for comparison with other readers and for
/// the fuzzers: the first way of reading each.
#[doc(hidden)]
pub fn rtf_objects(bytes: &[u8]) -> Vec<(usize, Vec<Vec<u8>>)> {
    let found = reader::gather(bytes);
    let objects = found
        .data
        .into_iter()
        .filter(|data| data.kind == DataKind::Object);
    objects
        .map(|data| (data.start, data.readings.into_bytes()))
        .collect()
}

#[cfg(test)]
mod tests;
