//! Open Packaging packages (ECMA-376 part 2) and OpenDocument files: their code, their objects, what they fetch.
//!
//! Parts of text and tables are read for fields and relations alone. What is no XML is looked at by content:
//! a compound file, an embedded document, a program.

mod actions;
mod binary;
mod fields;
mod opendocument;
mod relationships;
mod types;

pub(crate) use fields::{attribute, read_story};
pub(crate) use opendocument::{read_basic, read_links, read_open_document};
pub(crate) use relationships::note_target;

use crate::archive::{COMPOUND, Members};
use crate::examine::Walk;
use crate::ole::{self, Compound};
use crate::{host, kind_of, names, rules, unfold, workbook};
use std::collections::HashMap;
use strongroom_model::{Evidence, Finding, Gap, Kind, Report, Span, Why};
use types::{Types, plain};

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
    /// A slide, or what has shapes like one.
    Slide,
    /// A custom user interface.
    Ribbon,
    /// An ActiveX control.
    Control,
    /// What a relation says is embedded, whatever it is called.
    Embedded,
    /// What a relation says is the project of macros.
    Project,
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
    } else if xml && lower.starts_with("customui/") {
        Part::Ribbon
    } else if xml && lower.contains("activex/") {
        Part::Control
    } else if xml && lower.starts_with("ppt/slide") {
        Part::Slide
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
    tell_format(report);
    let mut names: Vec<(usize, String)> = Vec::new();
    for index in 0..members.len() {
        let Some(member) = members.member(index) else {
            let place = format!("part {index}");
            report.gap(Gap::new(place, Why::Damaged, "its header cannot be read"));
            continue;
        };
        if !member.folder {
            names.push((index, member.name));
        }
    }
    let mut told = Types::default();
    for (index, name) in names
        .iter()
        .filter(|(_, name)| plain(name) == "[content_types].xml")
    {
        let unpacked = members.read(*index, name, walk);
        report.gaps.extend(unpacked.gap);
        told = Types::read(&unpacked.bytes);
    }
    // Relations first: they say what other parts are.
    let mut roles: HashMap<String, Part> = HashMap::new();
    let is_relations = |name: &str| told.part(name).unwrap_or_else(|| part_of(name)) == Part::Relations;
    let (relations, rest): (Vec<_>, Vec<_>) = names.iter().partition(|(_, name)| is_relations(name));
    for (index, name) in relations {
        let unpacked = members.read(*index, name, walk);
        report.gaps.extend(unpacked.gap);
        roles.extend(relationships::read_relations(&unpacked.bytes, name, report, walk));
    }
    let mut macros = false;
    for (index, name) in rest {
        let role = roles.get(&plain(name)).copied().or_else(|| told.part(name));
        let part = role.unwrap_or_else(|| part_of(name));
        // The workbook tells where its macro sheets stand and what they are called.
        macros |= part == Part::MacroSheet;
        read_part(&mut members, *index, name, part, report, walk);
    }
    if macros {
        read_macro_sheets(&mut members, report, walk);
    }
}

/// Tells a format that holds macros under the name of one that does not.
fn tell_format(report: &mut Report) {
    let Evidence { kind, name, .. } = &report.evidence;
    if matches!(kind, Kind::Docm | Kind::Xlsm | Kind::Pptm) && names::claims_no_macros(name) {
        let finding = Finding::of(&rules::MACRO_FORMAT_HIDDEN, Span::whole());
        let finding = finding.fact("kind", kind.as_str()).fact("name", name.as_str());
        report.find(finding);
    }
}

/// Reads the workbook of a package that has macro sheets somewhere.
fn read_macro_sheets(members: &mut Members<'_>, report: &mut Report, walk: &mut Walk<'_>) {
    match workbook::of_package(members, walk) {
        Some(book) if book.has_macros() => unfold::read_sheets("workbook", book, report, walk),
        _ => report.gap(Gap::new(
            "workbook",
            Why::Damaged,
            "there is a part for a macro sheet that the workbook does not list",
        )),
    }
}

fn read_part(
    members: &mut Members<'_>,
    index: usize,
    name: &str,
    part: Part,
    report: &mut Report,
    walk: &mut Walk<'_>,
) {
    // Office goes by relations and content types: a project may be called XML.
    let part = match part {
        Part::Xml if members.is_compound(index) => Part::Content,
        Part::Xml | Part::MacroSheet => return,
        part => part,
    };
    let unpacked = members.read(index, name, walk);
    // Of one that the bounds cut before its start, the start is looked at by itself.
    let cut = unpacked.gap.is_some() && unpacked.bytes.len() < COMPOUND.len();
    let part = match part {
        Part::Story | Part::Slide | Part::Ribbon | Part::Control
            if unpacked.bytes.starts_with(COMPOUND) || (cut && members.is_compound(index)) =>
        {
            Part::Content
        }
        part => part,
    };
    // Text that breaks off hides no code: code stands in parts of its own.
    let hides = !matches!(part, Part::Story | Part::Slide);
    report
        .gaps
        .extend(unpacked.gap.map(|gap| if hides { gap } else { gap.harmless() }));
    let bytes = unpacked.bytes;
    if matches!(part, Part::Content | Part::Project | Part::Embedded) {
        return read_own(members, name, part, &bytes, report, walk);
    }
    match part {
        Part::Slide => actions::read_slide(&bytes, name, report),
        Part::Ribbon => actions::read_ribbon(&bytes, name, report),
        Part::Control => actions::read_control(&bytes, name, report),
        Part::ExternalLink => fields::read_external_link(&bytes, name, report),
        Part::ExternalLinkBinary => binary::read_external_link(&bytes, name, report),
        Part::Story => fields::read_story(&bytes, name, report, walk),
        Part::Content | Part::Project | Part::Embedded => {}
        Part::Relations | Part::MacroSheet | Part::Xml => {}
    }
}

/// Reads a part that is no XML of the document.
fn read_own(
    members: &mut Members<'_>,
    name: &str,
    part: Part,
    bytes: &[u8],
    report: &mut Report,
    walk: &mut Walk<'_>,
) {
    let kind = kind_of(bytes);
    match (kind, part) {
        (Kind::VbaProject, _) => return read_macros(members, name, bytes, report, walk),
        // One that is called like a project says so below.
        (_, Part::Project) if !bytes.starts_with(COMPOUND) && !is_embedded(name) => {
            report.gap(Gap::new(name, Why::Damaged, "the VBA project cannot be opened"));
        }
        _ => {}
    }
    // A text or a page that a relation embeds is shown as part of the document.
    let embedded = matches!(part, Part::Embedded | Part::Project);
    match kind {
        Kind::Svg | Kind::Xml | Kind::Text | Kind::Csv if embedded => ole::embed(name, bytes, report, walk),
        _ => read_content(name, kind, bytes, report, walk),
    }
}

/// Reads a part of its own that is no project of macros: anything that can hold code as a child.
fn read_content(name: &str, kind: Kind, bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    match kind {
        Kind::Empty | Kind::Webp | Kind::Tiff | Kind::Heif | Kind::Ico | Kind::Emf | Kind::Pict => {}
        Kind::Png | Kind::Jpeg | Kind::Gif | Kind::Bmp | Kind::Audio | Kind::Video | Kind::Font => {}
        Kind::Svg | Kind::Xml | Kind::Text | Kind::Csv | Kind::Der if !is_embedded(name) => {}
        // Tables in binary, printer settings, signatures: Office's own parts.
        Kind::Unknown if !is_embedded(name) => {}
        Kind::Unknown if name.to_ascii_lowercase().ends_with("vbaproject.bin") => {
            report.gap(Gap::new(name, Why::Damaged, "the VBA project cannot be opened"));
        }
        _ => ole::embed(name, bytes, report, walk),
    }
}

fn is_embedded(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.contains("embeddings/") || lower.contains("oleobject") || lower.ends_with("vbaproject.bin")
}

/// Reads a project of macros, with what the other parts hold for it to read.
fn read_macros(
    members: &mut Members<'_>,
    name: &str,
    bytes: &[u8],
    report: &mut Report,
    walk: &mut Walk<'_>,
) {
    match Compound::open(bytes) {
        Ok(compound) => {
            let own = host::of_package(members, walk);
            ole::read_macros(&compound, name, Some(own), report, walk);
        }
        Err(error) => report.gap(Gap::new(name, Why::Damaged, error)),
    }
}

/// Tells a field or link that starts a program.
fn tell_exchange(command: &str, name: &str, report: &mut Report) {
    let command: String = command.trim().chars().take(200).collect();
    report.find(Finding::of(&rules::DDE, Span::bytes(name, 0, 0)).fact("command", command));
}
