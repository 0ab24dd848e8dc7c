//! Plain and marked-up texts: what they name, and whether code stands in them.
//!
//! A page's script is not evaluated yet, so it leaves a gap. Office documents saved as one XML text can carry
//! macros and objects in base64; where the marks of those stand, that is a gap too.

use crate::examine::{Carrier, Walk};
use crate::text::decode_text;
use crate::{flat, rules, scan, unfold};
use std::borrow::Cow;
use strongroom_model::{Finding, Gap, Kind, Limit, Observable, Report, Role, Span, Why};

/// Marks of code in a page: a script element, a script in a link.
static PAGE_CODE: [&str; 4] = ["<script", "javascript:", "vbscript:", "<hta:application"];

/// Marks of code in an XML text that a program of the system runs: scriptlets and script files (`<script`), style
/// sheets with a script of their own, build files with code or commands.
static XML_CODE: [&str; 7] = [
    "<script",
    ":script ",
    "<scriptlet",
    "<hta:application",
    "<usingtask",
    "<codetaskfactory",
    "<exec ",
];

/// Marks of macros and objects in an Office document saved as XML.
static OFFICE_CODE: [&str; 6] = [
    "macrospresent=\"yes\"",
    "<w:bindata",
    "<pkg:binarydata",
    "editdata.mso",
    "<w:ocx",
    "vbaproject.bin",
];

/// Reads a plain text, a table, a web query or an internet shortcut.
pub(crate) fn read_text(bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    let text = decode_text(bytes);
    scan::note_text(&text, report, walk);
    dynamic_exchange(&text, report);
    if report.evidence.kind == Kind::Iqy {
        web_query(&text, report);
    }
    if text.contains("-----BEGIN PGP MESSAGE") || text.contains("-----BEGIN CMS") {
        report.gap(Gap::new(
            "content",
            Why::Encrypted,
            "no key for a sealed message is known",
        ));
    }
    spelled(&text, report, walk);
    // Windows runs a file by its name, whatever its content looks like to us.
    if let Some(kind) = unfold::language_of_name(&report.evidence.name) {
        unfold::read_script(kind, bytes, report, walk);
    }
}

/// Reads a page or an XML text.
pub(crate) fn read_markup(bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    let text = decode_text(bytes);
    note_html(&text, report, walk);
    if report.evidence.kind == Kind::Html {
        carried(&text, report, walk);
    }
    let is_flat = report.evidence.kind == Kind::Xml && flat::read_flat(&text, report, walk);
    let lower = text.to_ascii_lowercase();
    let marks: Vec<&str> = match report.evidence.kind {
        Kind::Html | Kind::Svg => PAGE_CODE.to_vec(),
        Kind::Xml if is_flat => XML_CODE.to_vec(),
        Kind::Xml => [&XML_CODE[..], &OFFICE_CODE].concat(),
        _ => Vec::new(),
    };
    let event = || event_attribute(&lower).filter(|_| matches!(report.evidence.kind, Kind::Html | Kind::Svg));
    if let Some(mark) = marks
        .into_iter()
        .find(|mark| lower.contains(*mark))
        .or_else(event)
    {
        let what = format!("code behind `{}` is not evaluated", mark.trim());
        report.gap(Gap::new("content", Why::Unsupported, what));
    }
    office_exchange(&lower, report);
}

/// Returns an attribute of some tag whose value is a script (`onload`, `ontoggle`, …).
fn event_attribute(lower: &str) -> Option<&str> {
    // A tag ends at the last bracket before the next tag: one in quotes does not end it.
    let tags = lower.split('<').skip(1);
    tags.map(|tag| tag.rsplit_once('>').map_or(tag, |(tag, _)| tag))
        .find_map(event_of_tag)
}

/// Returns a name of letters behind `on`, apart from what stands before it, with an equals sign behind it.
fn event_of_tag(tag: &str) -> Option<&str> {
    let names = tag.split(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '"' | '\''));
    let ends = |name: &str| (name.as_ptr() as usize - tag.as_ptr() as usize) + name.len();
    names
        .map(|word| word.split('=').next().unwrap_or(word))
        .filter(|name| name.starts_with("on") && name.len() > 4)
        .filter(|name| name.bytes().all(|b| b.is_ascii_lowercase()))
        .find(|name| {
            let behind = tag.get(ends(name)..).unwrap_or_default();
            behind
                .trim_start_matches(|c: char| c.is_ascii_whitespace())
                .starts_with('=')
        })
}

/// Adds what a page names, entities resolved.
pub(crate) fn note_html(html: &str, report: &mut Report, walk: &Walk<'_>) {
    scan::note_text(&resolved(html).replace("&amp;", "&"), report, walk);
}

/// Resolves the characters that a page spells by their numbers (`&#104;`, `&#x68;`).
fn resolved(html: &str) -> Cow<'_, str> {
    if !html.contains("&#") {
        return Cow::Borrowed(html);
    }
    let mut text = String::with_capacity(html.len());
    let mut parts = html.split("&#");
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let is_digit = |c: char| c.is_ascii_hexdigit() || matches!(c, 'x' | 'X');
        let end = part.find(|c| !is_digit(c)).unwrap_or(part.len());
        let number = part.get(..end.min(9)).unwrap_or_default();
        let value = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => number.parse().ok(),
        };
        match value.and_then(char::from_u32) {
            Some(c) => {
                text.push(c);
                let rest = part.get(end..).unwrap_or_default();
                text.push_str(rest.strip_prefix(';').unwrap_or(rest));
            }
            None => {
                text.push_str("&#");
                text.push_str(part);
            }
        }
    }
    Cow::Owned(text)
}

/// Links with a file in them (`data:`, RFC 2397) that are read, in one page.
const CARRIED: usize = 64;

/// Reads the files that a page carries in its links; pictures are none.
pub(crate) fn carried(html: &str, report: &mut Report, walk: &mut Walk<'_>) {
    let lower = html.to_ascii_lowercase();
    let mut number = 0;
    let mut past = 0;
    for (at, _) in lower.match_indices("data:") {
        if at < past || !quoted(&lower, at) {
            continue;
        }
        let rest = html.get(at + 5..).unwrap_or_default();
        let end = rest.find(['"', '\'', '<', '>', ' ', ')']).unwrap_or(rest.len());
        past = at + 5 + end;
        let Some((head, content)) = rest.get(..end).and_then(|link| link.split_once(',')) else {
            continue;
        };
        let head = head.to_ascii_lowercase();
        if head.starts_with("image/") && !head.contains("svg") || head.starts_with("font/") {
            continue;
        }
        number += 1;
        if number > CARRIED {
            return report.gap(Gap::limit("links", Limit::Children, CARRIED));
        }
        let name = format!("data {number}");
        let unescaped = unescaped(content);
        let bytes = if head.ends_with(";base64") {
            decode_base64(&unescaped)
        } else {
            Some(unescaped)
        };
        match bytes {
            Some(bytes) => match walk.meter.charge_bytes(&name, bytes.len() as u64) {
                Ok(()) => walk.child(report, Carrier::Document, &name, &bytes),
                Err(gap) => report.gap(gap),
            },
            None => report.gap(Gap::new(name, Why::Damaged, "the base64 of a link is broken")),
        }
    }
}

/// Returns whether a link begins here: behind a quote, an equals sign or a bracket.
fn quoted(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    before.trim_end().ends_with(['"', '\'', '=', '('])
}

/// Resolves `%41`.
pub(crate) fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let hex = after
            .get(..2)
            .filter(|_| *byte == b'%')
            .and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(value) => {
                bytes.push(value);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    bytes
}

/// Reads base64 that may be broken into lines; `None` where other characters stand in it.
pub(crate) fn decode_base64(text: &[u8]) -> Option<Vec<u8>> {
    use base64::Engine;
    let bare: Vec<u8> = text
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let end = bare.iter().rposition(|byte| *byte != b'=').map_or(0, |at| at + 1);
    base64::engine::general_purpose::STANDARD_NO_PAD
        .decode(bare.get(..end)?)
        .ok()
}

/// Returns a page's words without its tags.
pub(crate) fn words_of(html: &str) -> String {
    let mut words = String::new();
    let mut rest = html;
    while let Some((text, tag)) = rest.split_once('<') {
        words.push_str(text);
        words.push(' ');
        rest = tag.split_once('>').map_or("", |(_, rest)| rest);
    }
    words.push_str(rest);
    words
        .replace("&nbsp;", " ")
        .replace("&amp;", "&")
        .replace("&quot;", "\"")
}

/// Characters of the shortest text that spells a file.
const SPELLED: usize = 64;

/// Reads the file that a whole text spells in base64 (within the lines of PEM or without them) or in hexadecimal digits.
fn spelled(text: &str, report: &mut Report, walk: &mut Walk<'_>) {
    let rows = text
        .lines()
        .map(str::trim)
        .filter(|row| !row.starts_with("-----"));
    let bare: String = rows.collect::<Vec<_>>().concat();
    let bare = bare.trim_start_matches('\u{feff}');
    if bare.len() < SPELLED || !bare.is_ascii() {
        return;
    }
    let hex = || {
        let digits = bare
            .strip_prefix("0x")
            .unwrap_or(bare)
            .as_bytes()
            .as_chunks::<2>();
        let (pairs, []) = digits else { return None };
        let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        pairs.iter().map(byte).collect::<Option<Vec<u8>>>()
    };
    let read = match hex() {
        Some(bytes) => Some((bytes, "hexadecimal digits")),
        None => decode_base64(bare.as_bytes()).map(|bytes| (bytes, "base64")),
    };
    let Some((bytes, how)) = read else { return };
    let kind = crate::kind_of(&bytes);
    if matches!(
        kind,
        Kind::Unknown | Kind::Text | Kind::Der | Kind::Csv | Kind::Empty
    ) {
        return;
    }
    let finding = Finding::of(&rules::SPELLED, Span::whole());
    report.find(finding.fact("kind", kind.as_str()).fact("how", how));
    match walk.meter.charge_bytes("spelled", bytes.len() as u64) {
        Ok(()) => walk.child(report, Carrier::Script, "spelled", &bytes),
        Err(gap) => report.gap(gap),
    }
}

/// Excel takes a cell for a formula that begins with one of these; signs begin much else too, so that there a topic in
/// quotes must follow.
fn begins_formula(line: &str) -> bool {
    let cell = line.trim_start_matches(['"', ' ']);
    cell.starts_with('=') || (cell.starts_with(['+', '-', '@']) && cell.contains("|'"))
}

/// A web query's third line is the address that Excel fetches when it opens the file.
fn web_query(text: &str, report: &mut Report) {
    let line = text.lines().map(str::trim).filter(|line| !line.is_empty()).nth(2);
    if let Some(url) = line.and_then(|line| Observable::url(line).ok()) {
        let finding = Finding::of(&rules::WEB_QUERY, Span::line(3)).fact("url", url.value());
        report.find(finding.observing(&url));
        report.sight(url, Role::Download);
    }
}

/// A cell `=program|'arguments'!item` starts the program (DDE).
fn dynamic_exchange(text: &str, report: &mut Report) {
    let is_table = report.evidence.kind == Kind::Csv;
    for (number, line) in text
        .lines()
        .enumerate()
        .filter(|(_, line)| is_table || begins_formula(line))
    {
        let cells = line
            .split(['\t', ',', ';'])
            .map(|cell| cell.trim_start_matches(['"', ' ', '\'', 'E', 'K', 'C']));
        // The item behind the arguments makes it a link; the arguments may hold what parts cells.
        let has_item = line.split_once('|').is_some_and(|(_, rest)| rest.contains('!'));
        let link = cells
            .filter(|cell| has_item && cell.starts_with(['=', '+', '-', '@']))
            .find(|cell| {
                let bare = cell.trim_start_matches(['=', '+', '-', '@']);
                let program = bare.split_once('|').map_or("", |(program, _)| program);
                !program.is_empty() && program.bytes().all(|b| b.is_ascii_alphanumeric())
            });
        if let Some(link) = link {
            let command: String = link.chars().take(200).collect();
            let at = Span::line(number as u64 + 1);
            report.find(Finding::of(&rules::DDE, at).fact("command", command));
        }
    }
}

/// Fields and links of DDE in an Office document saved as XML.
fn office_exchange(lower: &str, report: &mut Report) {
    // A workbook saved as XML has its formulas in attributes.
    for (at, mark) in lower.match_indices("formula=\"=") {
        let formula = lower
            .get(at + mark.len()..)
            .and_then(|rest| rest.split('"').next())
            .unwrap_or_default();
        let program = formula.split('|').next().unwrap_or_default();
        let plain = !program.is_empty() && program.bytes().all(|b| b.is_ascii_alphanumeric());
        if plain && program.len() < formula.len() {
            let command: String = formula.chars().take(200).collect();
            let place = Span::bytes("content", at, at + mark.len() + formula.len());
            report.find(Finding::of(&rules::DDE, place).fact("command", command));
        }
    }
    for mark in [
        "ddeauto ",
        "<w:instrtext>dde ",
        "w:instr=\" dde ",
        "w:instr=\"dde ",
    ] {
        if let Some(at) = lower.find(mark) {
            let command: String = lower.get(at..).unwrap_or_default().chars().take(120).collect();
            report.find(
                Finding::of(&rules::DDE, Span::bytes("content", at, at + mark.len()))
                    .fact("command", command),
            );
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use strongroom_model::{Limits, Verdict};

    fn examine(text: &str) -> strongroom_model::Report {
        crate::examine("x", text.as_bytes(), &Limits::default())
    }

    #[test]
    fn a_sealed_message_is_not_cleared() {
        let sealed = "-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n";
        assert_eq!(examine(sealed).verdict(), Verdict::NotCleared);
        let key = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQENB\n-----END PGP PUBLIC KEY BLOCK-----\n";
        assert_eq!(examine(key).verdict(), Verdict::Clean);
    }

    #[test]
    fn a_page_with_a_script_is_not_cleared() {
        assert_eq!(examine("<html><p>x</p></html>").verdict(), Verdict::Clean);
        assert_eq!(
            examine("<html><script>go()</script></html>").verdict(),
            Verdict::NotCleared
        );
    }

    #[test]
    fn a_page_with_an_event_is_not_cleared() {
        for page in [
            "<html><img src=x\nonerror=go()></html>",
            "<html><details/ontoggle =go() open></html>",
            "<html><img alt='>' onerror=go()></html>",
            "<svg xmlns=\"http://ns.example/\"><g onmouseover=\"go()\"/></svg>",
        ] {
            assert_eq!(examine(page).verdict(), Verdict::NotCleared, "{page}");
        }
        let sentence = "<html><p>with the light on = more is seen; onload= is a word here</p></html>";
        assert_eq!(examine(sentence).verdict(), Verdict::Clean);
    }

    #[test]
    fn an_xml_text_that_the_system_runs_is_not_cleared() {
        for text in [
            "<?xml version=\"1.0\"?><scriptlet><registration progid=\"x\"/><script language=\"JScript\">go()</script></scriptlet>",
            "<?xml version='1.0'?><xsl:stylesheet><ms:script implements-prefix='u'>go()</ms:script></xsl:stylesheet>",
            "<?xml version='1.0'?><Project><Target Name='a'><Exec Command='calc'/></Target></Project>",
        ] {
            assert_eq!(examine(text).verdict(), Verdict::NotCleared, "{text}");
        }
        assert_eq!(
            examine("<?xml version=\"1.0\"?><a>on</a>").verdict(),
            Verdict::Clean
        );
    }

    #[test]
    fn a_cell_that_starts_a_program_is_found() {
        let report = examine("a,b,c\n1,=cmd|'/c calc'!A1,3\n");
        assert_eq!(report.findings[0].code, "files.dde");
        assert!(examine("a,b,c\n1,=SUM(A1),3\n").findings.is_empty());
    }

    #[test]
    fn a_text_that_spells_a_file_gives_it() {
        use base64::Engine;
        let program = [b"%PDF-1.4\n".to_vec(), vec![b'x'; 90]].concat();
        let base64 = base64::engine::general_purpose::STANDARD.encode(&program);
        let hex: String = program.iter().map(|byte| format!("{byte:02x}")).collect();
        let pem = format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n");
        for text in [base64, hex, pem] {
            let report = examine(&text);
            assert_eq!(
                report.children[0].evidence.kind,
                strongroom_model::Kind::Pdf,
                "{text}"
            );
        }
        assert!(examine(&"word".repeat(40)).children.is_empty());
    }

    #[test]
    fn words_stand_without_tags() {
        assert_eq!(
            super::words_of("<p>pw: <b>abc</b></p>")
                .split_whitespace()
                .collect::<Vec<_>>(),
            ["pw:", "abc"]
        );
    }

    #[test]
    fn a_cell_is_a_link_only_where_an_item_stands_behind_its_arguments() {
        let found = |text: &str| {
            examine(text)
                .findings
                .iter()
                .any(|finding| finding.code == "files.dde")
        };
        assert!(found("=program|'arguments, two'!A1\n"));
        assert!(found("name,value\nx,=program|'a'!A1\n"));
        assert!(found("+program|'a'!A1\n") && found("@program|'a'!A1\n") && found("\"=program|'a'!A1\"\n"));
        assert!(!found("name,value\nx,-a|b\ny,+c|d\n"));
        assert!(!found("{\"a\": 1,\n\"b\": -a|b!c}\n"));
    }
}
