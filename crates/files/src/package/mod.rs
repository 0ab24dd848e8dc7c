//! Open Packaging packages (ECMA-376 part 2) and OpenDocument files: their code, their objects, what they fetch.
//!
//! Parts of text and tables are read for fields and relations alone. What is no XML is looked at by content:
//! a compound file, an embedded document, a program.

mod binary;
mod fields;
mod opendocument;
mod relationships;

pub(crate) use fields::{attribute, read_story};
pub(crate) use opendocument::{read_basic, read_open_document};
pub(crate) use relationships::note_target;

use crate::archive::Members;
use crate::examine::Walk;
use crate::ole::{self, Compound};
use crate::{kind_of, rules};
use strongroom_model::{Finding, Gap, Kind, Report, Span, Why};

/// What a part is, by its name in the package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Relations to other parts and to the world.
    Relations,
    /// An Excel 4.0 macro sheet.
    MacroSheet,
    /// A link to another workbook or program, as XML or in binary.
    ExternalLink,
    ExternalLinkBinary,
    /// Text with fields.
    Story,
    /// Any other XML.
    Xml,
    /// Something of its own.
    Content,
}

fn part_of(name: &str) -> Part {
    let lower = name.to_ascii_lowercase();
    let xml = lower.ends_with(".xml");
    if lower.ends_with(".rels") {
        Part::Relations
    } else if lower.contains("macrosheets/") {
        Part::MacroSheet
    } else if lower.contains("externallinks/") {
        if xml {
            Part::ExternalLink
        } else {
            Part::ExternalLinkBinary
        }
    } else if xml && lower.starts_with("word/") {
        Part::Story
    } else if xml || lower.ends_with(".vml") {
        Part::Xml
    } else {
        Part::Content
    }
}

/// Reads a package.
pub(crate) fn read_package(bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    let mut members = match Members::open(bytes) {
        Ok(members) => members,
        Err(gap) => return report.gap(gap),
    };
    report.gaps.extend(members.fault());
    for index in 0..members.len() {
        let Some(member) = members.member(index) else {
            let place = format!("part {index}");
            report.gap(Gap::new(place, Why::Damaged, "its header cannot be read"));
            continue;
        };
        if !member.folder {
            read_part(&mut members, index, &member.name, report, walk);
        }
    }
}

fn read_part(members: &mut Members<'_>, index: usize, name: &str, report: &mut Report, walk: &mut Walk<'_>) {
    let part = match part_of(name) {
        // Office goes by relations and content types: a project may be called XML.
        Part::Xml | Part::Story if members.is_compound(index) => Part::Content,
        Part::Xml => return,
        part => part,
    };
    let unpacked = members.read(index, name, walk);
    // Text that breaks off hides no code: code stands in parts of its own.
    let hides = part != Part::Story;
    report
        .gaps
        .extend(unpacked.gap.map(|gap| if hides { gap } else { gap.harmless() }));
    let bytes = unpacked.bytes;
    match part {
        Part::Relations => relationships::read_relations(&bytes, name, report),
        Part::MacroSheet => ole::tell_macro_sheet(name, name, report),
        Part::ExternalLink => fields::read_external_link(&bytes, name, report),
        Part::ExternalLinkBinary => binary::read_external_link(&bytes, name, report),
        Part::Story => fields::read_story(&bytes, name, report),
        Part::Content => read_content(name, &bytes, report, walk),
        Part::Xml => {}
    }
}

/// Reads a part of its own: macros here, anything that can hold code as a child.
fn read_content(name: &str, bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    let kind = kind_of(bytes);
    match kind {
        Kind::VbaProject => read_macros(name, bytes, report, walk),
        Kind::Empty | Kind::Webp | Kind::Tiff | Kind::Heif | Kind::Ico | Kind::Emf | Kind::Pict => {}
        Kind::Png | Kind::Jpeg | Kind::Gif | Kind::Bmp | Kind::Audio | Kind::Video | Kind::Font => {}
        Kind::Svg | Kind::Xml | Kind::Text | Kind::Csv | Kind::Der if !is_embedded(name) => {}
        // Tables in binary, printer settings, signatures: Office's own parts.
        Kind::Unknown if !is_embedded(name) => {}
        Kind::Unknown if name.to_ascii_lowercase().ends_with("vbaproject.bin") => {
            report.gap(Gap::new(name, Why::Damaged, "the VBA project cannot be opened"));
        }
        Kind::Ole | Kind::Doc | Kind::Xls | Kind::Ppt if !is_embedded(name) => {
            ole::embed(name, bytes, report, walk)
        }
        _ => ole::embed(name, bytes, report, walk),
    }
}

fn is_embedded(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.contains("embeddings/") || lower.contains("oleobject") || lower.ends_with("vbaproject.bin")
}

fn read_macros(name: &str, bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    match Compound::open(bytes) {
        Ok(compound) => ole::read_macros(&compound, name, report, walk),
        Err(error) => report.gap(Gap::new(name, Why::Damaged, error)),
    }
}

/// Tells a field or link that starts a program.
fn tell_exchange(command: &str, name: &str, report: &mut Report) {
    let command: String = command.trim().chars().take(200).collect();
    report.find(Finding::of(&rules::DDE, Span::bytes(name, 0, 0)).fact("command", command));
}
