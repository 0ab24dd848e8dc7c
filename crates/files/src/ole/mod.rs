//! OLE2 compound files (MS-CFB): Office 97–2003, Outlook messages, and what is embedded in them.
//!
//! The streams decide what is read: each name that is known anywhere in the tree is handled where it stands, so an
//! embedded document is read like the one that embeds it.

mod biff;
mod class;
mod compound;
mod equation;
mod moniker;
mod native;
mod ole1;
mod powerpoint;
mod salvage;
mod word;

pub(crate) use class::{spelled, tell_class};
pub(crate) use compound::{Compound, CompoundError, Ending, EntryKind};
pub(crate) use moniker::remote;
pub(crate) use ole1::{Form, Ole1};

use crate::examine::{Carrier, Walk};
use crate::vba::{Document, Item};
use crate::{crypt, flat, host, image, kind_of, mapi, names, ovba, rules, scan, unfold};
use std::collections::HashMap;
use std::rc::Rc;
use strongroom_model::{Finding, Gap, Kind, Observable, Report, Role, Span, Why};

/// What a stream is, by the last part of its path.
enum Part {
    Word,
    Workbook,
    PowerPoint,
    Native,
    Package,
    Contents,
    Equation,
    Moniker,
    Link,
    Form,
    Other,
}

fn part_of(path: &str) -> Part {
    match path
        .rsplit('/')
        .next()
        .unwrap_or(path)
        .to_ascii_lowercase()
        .as_str()
    {
        "worddocument" => Part::Word,
        "workbook" | "book" => Part::Workbook,
        "powerpoint document" => Part::PowerPoint,
        "\u{1}ole10native" => Part::Native,
        "package" => Part::Package,
        "contents" => Part::Contents,
        "equation native" => Part::Equation,
        "\u{1}ole" => Part::Moniker,
        "\u{3}linkinfo" => Part::Link,
        "o" | "f" | "1table" | "0table" | "data" => Part::Form,
        _ => Part::Other,
    }
}

/// Returns name, kind and claimed size of each entry of a compound file's directory, in its order; `None` where it
/// has none. The narrow door of the directory's reader, for comparison with other readers.
pub fn list_compound(bytes: &[u8]) -> Option<Vec<(String, &'static str, u64)>> {
    let word = |kind| match kind {
        EntryKind::Root => "ROOT",
        EntryKind::Storage => "STORAGE",
        EntryKind::Stream => "STREAM",
        EntryKind::Unused => "UNUSED",
    };
    let listing = Compound::open(bytes).ok()?.listing().into_iter();
    Some(
        listing
            .map(|entry| (entry.name, word(entry.kind), entry.size))
            .collect(),
    )
}

/// Reads a compound file.
pub(crate) fn read_compound(bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    if !bytes.starts_with(b"\xD0\xCF") {
        // BIFF 2 to 4 is a workbook without a compound file around it.
        let clear = crypt::unlock_workbook(bytes, report, walk);
        return biff::read_workbook(clear.as_deref().unwrap_or(bytes), "content", report, walk);
    }
    let mut compound = match Compound::open(bytes) {
        Ok(compound) => compound,
        Err(error) => return salvage::read_damaged(bytes, error, report, walk),
    };
    report.gaps.extend(compound.faults().iter().cloned());
    tell_classes(&compound, report);
    // From here on every reader finds clear bytes, or a gap has told that there are none.
    crypt::unlock(&mut compound, report, walk);
    let is_message = report.evidence.kind == Kind::Msg;
    if is_message {
        mapi::read_message(&compound, report, walk);
    }
    // A document may have a message's properties beside its own streams. What is attached is a file of its own.
    let own = |path: &str| !(is_message && mapi::is_attached(path));
    for (at, entry) in compound.streams().iter().enumerate() {
        if own(&entry.path) && !compound.is_withheld(at) {
            read_stream(&compound, at, &entry.path, report, walk);
        }
    }
    let mut projects = ovba::projects(&compound);
    projects.retain(|storage| own(&storage.path));
    read_projects(&compound, &projects, "", None, report, walk);
    salvage::read_rest(&compound, bytes, report, walk);
}

/// Reads the VBA projects of a compound file; `place` names the part that holds the file, and `own` is the document
/// where that is not the compound file itself.
pub(crate) fn read_macros(
    compound: &Compound<'_>,
    place: &str,
    own: Option<Item>,
    report: &mut Report,
    walk: &mut Walk<'_>,
) {
    read_projects(compound, &ovba::projects(compound), place, own, report, walk);
}

fn read_projects(
    compound: &Compound<'_>,
    storages: &[ovba::Storage],
    place: &str,
    own: Option<Item>,
    report: &mut Report,
    walk: &mut Walk<'_>,
) {
    let own = own.map(Rc::new);
    // Many projects may stand beside one document; it is read once.
    let mut beside: HashMap<(String, bool), Rc<Item>> = HashMap::new();
    for storage in storages {
        let bound =
            usize::try_from(walk.limits().value_bytes.min(walk.meter.bytes_left())).unwrap_or(usize::MAX);
        let project = ovba::read_project(compound, storage, bound);
        let name = format!("{place}{}", storage.path)
            .trim_start_matches('/')
            .to_owned();
        let cells = project
            .modules
            .iter()
            .any(|module| host::speaks_of_cells(&module.source));
        let forms = host::read_forms(compound, &storage.path);
        report.gaps.extend(forms.gaps);
        let read = || Rc::new(host::of_compound(compound, &storage.path, cells));
        let around = host::around(&storage.path).to_owned();
        // A presentation's project has the compound file for itself.
        let presentation = walk.presentation.clone().filter(|_| storage.path == "/VBA");
        let document = Document {
            own: own
                .clone()
                .or(presentation)
                .unwrap_or_else(|| Rc::clone(beside.entry((around, cells)).or_insert_with(read))),
            forms: forms.forms.into_iter().map(Rc::new).collect(),
        };
        unfold::read_macros(&name, project, document, report, walk);
    }
}

/// Reads the stream of one entry: two entries of one path are two streams.
fn read_stream(compound: &Compound<'_>, at: usize, path: &str, report: &mut Report, walk: &mut Walk<'_>) {
    let part = part_of(path);
    if matches!(part, Part::Other) {
        return read_other(compound, at, path, report, walk);
    }
    let place = path.trim_start_matches('/');
    let Some(read) = compound.read_at(at) else {
        return report.gap(Gap::new(place, Why::Damaged, "the stream cannot be read"));
    };
    if let Err(gap) = walk.meter.charge_bytes(place, read.bytes.len() as u64) {
        return report.gap(gap);
    }
    report.gaps.extend(broken_off(&part, place, read.ending));
    match part {
        Part::Word => word::read_word(&read.bytes, place, report, walk),
        Part::Workbook => {
            biff::read_workbook(&read.bytes, place, report, walk);
            scan::note_bytes(&read.bytes, report, walk);
        }
        Part::PowerPoint => powerpoint::read_presentation(compound, &read.bytes, path, report, walk),
        Part::Native if is_of_equation(compound, path) => {
            equation::read_equation(read.bytes.get(4..).unwrap_or_default(), place, report, walk);
        }
        Part::Native => native::read_native(&read.bytes, place, report, walk),
        Part::Moniker => moniker::read_monikers(&read.bytes, place, report),
        Part::Link => moniker::read_link(&read.bytes, place, report),
        Part::Package => embed(place, &read.bytes, report, walk),
        Part::Contents if !matches!(kind_of(&read.bytes), Kind::Unknown | Kind::Empty) => {
            embed(place, &read.bytes, report, walk);
        }
        Part::Equation => equation::read_equation(&read.bytes, place, report, walk),
        Part::Form => scan::note_bytes(&read.bytes, report, walk),
        Part::Contents | Part::Other => {}
    }
}

/// Reads a stream of an unknown name: an object of `oledata.mso` is called by its number.
fn read_other(compound: &Compound<'_>, at: usize, path: &str, report: &mut Report, walk: &mut Walk<'_>) {
    let Some(number) = path.strip_prefix("/_") else {
        return;
    };
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return;
    }
    let place = path.trim_start_matches('/');
    if let Some(read) = compound.read_at(at)
        && flat::read_packed_object(&read.bytes, place, report, walk)
    {
        report.gaps.extend(broken_off(&Part::Package, place, read.ending));
    }
}

/// Tells each class that the storages of a file name, once.
fn tell_classes(compound: &Compound<'_>, report: &mut Report) {
    let mut told = std::collections::BTreeSet::new();
    for (name, class) in compound.classes() {
        if told.insert(class) {
            tell_class(&class, name, report);
        }
    }
}

/// Returns whether a stream stands in a storage of the equation editor's class.
fn is_of_equation(compound: &Compound<'_>, path: &str) -> bool {
    let storage = path.rsplit('/').nth(1).filter(|name| !name.is_empty());
    let class = storage.map_or_else(|| Some(compound.root_class()), |name| compound.class_of(name));
    class.is_some_and(|class| class::is_equation(&class))
}

/// Says how a stream ended before its time. What lies behind the end of the file is not in the evidence and cannot
/// run; text and tables hold no code. A broken chain of what can hold code hides.
fn broken_off(part: &Part, place: &str, ending: Ending) -> Option<Gap> {
    let broken = || Gap::new(place, Why::Damaged, "the stream's chain of sectors is broken");
    match (ending, part) {
        (Ending::Whole, _) => None,
        (Ending::Cut, _) => {
            Some(Gap::new(place, Why::Truncated, "the file ends inside the stream").harmless())
        }
        (Ending::Broken, Part::Word | Part::Form | Part::Moniker | Part::Link) => Some(broken().harmless()),
        (Ending::Broken, _) => Some(broken()),
    }
}

/// Says that content is encrypted in a way that no password is tried on.
pub(crate) fn tell_encrypted(place: &str, scheme: &str, why: &str, report: &mut Report) {
    report.find(Finding::of(&rules::ENCRYPTED, Span::bytes(place, 0, 0)).fact("scheme", scheme));
    report.gap(Gap::new(place, Why::Encrypted, why));
}

/// Bytes behind an object that may be left over.
const LEFT_OVER: usize = 1024;

/// Reads an object of OLE 1 by its class, then what stands behind it; `place` names it.
pub(crate) fn read_object(object: &Ole1<'_>, place: &str, report: &mut Report, walk: &mut Walk<'_>) {
    match object.form {
        Form::Linked => tell_linked(object, place, report),
        Form::Embedded => read_embedded(object, place, report, walk),
    }
    let (shown, rest) = object.left_over();
    if !matches!(kind_of(shown), Kind::Empty | Kind::Emf | Kind::Bmp) && !image::is_bare(shown) {
        embed(&format!("{place}, its presentation"), shown, report, walk);
    }
    let blank = rest
        .iter()
        .take_while(|byte| **byte == 0 || byte.is_ascii_whitespace());
    let rest = rest.get(blank.count()..).unwrap_or_default();
    let place = format!("{place}, behind it");
    match kind_of(rest) {
        Kind::Unknown | Kind::Text if rest.len() < LEFT_OVER => {}
        Kind::Empty => {}
        _ => embed(&place, rest, report, walk),
    }
}

fn read_embedded(object: &Ole1<'_>, place: &str, report: &mut Report, walk: &mut Walk<'_>) {
    let class = object.class.to_ascii_lowercase();
    if object.data.len() < object.claimed {
        report.gap(Gap::new(place, Why::Truncated, "the object ends before its length").harmless());
    }
    let compound = object.data.starts_with(b"\xD0\xCF\x11\xE0");
    if class.starts_with("equation") && !compound {
        return equation::read_equation(object.data, place, report, walk);
    }
    if class == "ole2link" && !compound {
        moniker::read_monikers(object.data, place, report);
    }
    if class == "package" && native::read_packed(object.data, place, report, walk) {
        return;
    }
    // A picture in the shape of a bare bitmap or metafile has no mark that would tell its kind.
    let picture = [
        "pbrush",
        "paint.picture",
        "staticdib",
        "staticmetafile",
        "metafilepict",
        "dib",
    ];
    if picture.contains(&class.as_str()) && kind_of(object.data) == Kind::Unknown {
        return;
    }
    if !object.data.is_empty() {
        embed(place, object.data, report, walk);
    }
}

/// A link of OLE 1 names a file, and an item of it (MS-OLEDS 2.2.6).
fn tell_linked(object: &Ole1<'_>, place: &str, report: &mut Report) {
    let at = Span::bytes(place, 0, 0);
    match remote(&object.topic).or_else(|| remote(&object.network)) {
        Some(seen) => {
            let finding = Finding::of(&rules::REMOTE_OBJECT, at)
                .fact("what", "object")
                .fact("url", seen.value());
            report.find(finding.observing(&seen));
            report.sight(seen, Role::Download);
        }
        None if !object.topic.is_empty() => {
            if names::runs(&object.topic) {
                report.find(Finding::of(&rules::PACKAGE_RUNS, at).fact("name", object.topic.as_str()));
            }
            report.sight(Observable::path(&object.topic), Role::Mentioned);
        }
        None => {}
    }
}

/// Examines an embedded file as a child.
pub(crate) fn embed(name: &str, bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    match walk.meter.charge_bytes(name, bytes.len() as u64) {
        Ok(()) => walk.child(report, Carrier::Document, name, bytes),
        Err(gap) => report.gap(gap),
    }
}

/// Tells a file that the document holds for its reader to open, and examines it.
pub(crate) fn embed_package(name: &str, place: &str, bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    let rule = if names::runs(name) {
        &rules::PACKAGE_RUNS
    } else {
        &rules::PACKAGE
    };
    report.find(Finding::of(rule, Span::bytes(place, 0, bytes.len())).fact("name", name));
    embed(names::base(name), bytes, report, walk);
}
