//! Kinds of texts, told by cautious marks: what several kinds of text have in common does not count.

use crate::text::decode_text;
use strongroom_model::Kind;

/// Bytes that are looked at.
const LOOK: usize = 64 << 10;

/// Returns the kind of text, `None` where the bytes are no text.
pub(super) fn kind_of_text(bytes: &[u8]) -> Option<Kind> {
    let text = decode_text(bytes.get(..LOOK).unwrap_or(bytes));
    if !is_text(&text) {
        return None;
    }
    let trimmed = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    let lower = trimmed.to_ascii_lowercase();
    let kinds: [fn(&str) -> Option<Kind>; 9] = [
        markers, markup, data, mail, vba, batch, powershell, vbs, web_script,
    ];
    Some(kinds.iter().find_map(|kind| kind(&lower)).unwrap_or(Kind::Text))
}

fn is_text(text: &str) -> bool {
    let bad = |c: &char| matches!(*c, '\0'..='\x08' | '\x0E'..='\x1A' | '\x1C'..='\x1F' | char::REPLACEMENT_CHARACTER);
    let bad = text.chars().filter(bad).count();
    // A stray control character does not make a text binary; one in a hundred does.
    !text.contains('\0') && bad * 100 <= text.chars().count()
}

fn markers(text: &str) -> Option<Kind> {
    let starts: &[(&str, Kind)] = &[
        // Behind blanks or a byte order mark; at the first byte it is told before.
        ("{\\rt", Kind::Rtf),
        ("-----begin pgp", Kind::Pgp),
        ("-----begin ", Kind::Pem),
        ("[internetshortcut]", Kind::Url),
        ("id;p", Kind::Sylk),
        ("#separator \\x09", Kind::ZeekLog),
        ("#!/usr/bin/env python", Kind::Python),
        ("#!/usr/bin/python", Kind::Python),
        ("#!/usr/bin/env pwsh", Kind::PowerShell),
        ("#!/usr/bin/pwsh", Kind::PowerShell),
        ("#!/usr/bin/env node", Kind::JavaScript),
        ("#!", Kind::Shell),
    ];
    let start = starts
        .iter()
        .find(|(mark, _)| text.starts_with(mark))
        .map(|(_, kind)| *kind);
    start.or_else(|| {
        let mut lines = text.lines().map(str::trim);
        let query = lines.next() == Some("web") && lines.next() == Some("1");
        query.then_some(Kind::Iqy)
    })
}

fn markup(text: &str) -> Option<Kind> {
    if !text.starts_with('<') {
        return None;
    }
    let head: String = text.chars().take(4096).collect();
    let has = |mark: &str| head.contains(mark);
    if has("<!doctype plist") || has("<plist") {
        Some(Kind::Plist)
    } else if has("<svg") && !has("<html") {
        Some(Kind::Svg)
    } else if text.starts_with("<?xml") && !has("<html") {
        Some(Kind::Xml)
    } else if [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<script",
        "<title",
        "<meta",
        "<table",
        "<div",
        "<p>",
    ]
    .iter()
    .any(|mark| has(mark))
    {
        Some(Kind::Html)
    } else if text.contains("</") || text.contains("/>") {
        Some(Kind::Xml)
    } else {
        None
    }
}

fn data(text: &str) -> Option<Kind> {
    let next = text.chars().skip(1).find(|c| !c.is_whitespace());
    match (text.chars().next(), next) {
        (Some('{'), Some('"' | '}')) => Some(Kind::Json),
        (Some('['), Some('{' | '[' | '"' | ']' | '0'..='9' | '-')) if !text.contains("::") => {
            Some(Kind::Json)
        }
        _ => table(text),
    }
}

/// A table has the same number of separators in each of its first lines.
fn table(text: &str) -> Option<Kind> {
    let lines: Vec<&str> = text
        .lines()
        .take(16)
        .filter(|line| !line.trim().is_empty())
        .collect();
    let same = |separator: char| {
        let count = |line: &&str| unquoted(line, separator);
        let first = lines.first().map_or(0, count);
        lines.len() >= 2 && first >= 1 && lines.iter().all(|line| count(line) == first)
    };
    let code = text.contains(['{', '$']) || text.contains("end sub");
    ([',', ';', '\t'].into_iter().any(same) && !code).then_some(Kind::Csv)
}

fn unquoted(line: &str, separator: char) -> usize {
    let mut quoted = false;
    line.chars()
        .filter(|c| {
            quoted ^= *c == '"';
            !quoted && *c == separator
        })
        .count()
}

/// A message begins with header fields, at least two of them well known (RFC 5322 section 2.2).
fn mail(text: &str) -> Option<Kind> {
    const KNOWN: [&str; 12] = [
        "from",
        "to",
        "subject",
        "date",
        "received",
        "message-id",
        "mime-version",
        "return-path",
        "content-type",
        "delivered-to",
        "reply-to",
        "dkim-signature",
    ];
    let text = text
        .strip_prefix("from ")
        .and_then(|rest| rest.split_once('\n'))
        .map_or(text, |(_, rest)| rest);
    let mut known: std::collections::BTreeSet<&str> = std::collections::BTreeSet::new();
    for line in text.lines().take(200) {
        if line.is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) {
            continue;
        }
        let Some((name, _)) = line.split_once(':').filter(|(name, _)| field_name(name)) else {
            break;
        };
        known.extend(KNOWN.iter().find(|field| **field == name));
    }
    (known.len() >= 2 || is_page_archive(text)).then_some(Kind::Mail)
}

/// A page archive (MHTML), which Word reads from where its fields begin.
fn is_page_archive(text: &str) -> bool {
    let head = text.get(..4096).unwrap_or(text);
    let begins = |field: &str| head.starts_with(field) || head.contains(&format!("\n{field}"));
    begins("mime-version:") && head.contains("multipart/related") && head.contains("content-location:")
}

fn field_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 77
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

fn vba(text: &str) -> Option<Kind> {
    let module = text.starts_with("attribute vb_name") || text.starts_with("version 1.0 class");
    let lines = || text.lines().map(str::trim_start);
    let opens = lines().any(|line| {
        let line = line.trim_start_matches("private ").trim_start_matches("public ");
        (line.starts_with("sub ") || line.starts_with("function ")) && line.contains('(')
    });
    let closes = lines().any(|line| line.starts_with("end sub") || line.starts_with("end function"));
    let typed = [
        " as string",
        " as object",
        " as long",
        " as integer",
        "option explicit",
        "byval ",
        "msgbox",
    ];
    let script = text.contains("wscript.") || text.contains("createobject(");
    let typed = typed.iter().any(|mark| text.contains(mark));
    (module || (opens && closes && typed && !script)).then_some(Kind::Vba)
}

fn batch(text: &str) -> Option<Kind> {
    let first = text
        .lines()
        .next()
        .unwrap_or("")
        .trim_start_matches('@')
        .trim_start();
    let starts = [
        "echo off",
        "setlocal",
        "rem ",
        "title ",
        "cls",
        "cmd ",
        "cmd.exe",
        "start /",
        "%comspec%",
    ];
    let interpreters = [
        "powershell",
        "pwsh",
        "mshta",
        "certutil",
        "bitsadmin",
        "regsvr32",
        "wscript",
        "cscript",
        "rundll32",
    ];
    // The program of a command line: without its folder and its quotes.
    let word = first
        .trim_start_matches('"')
        .split([' ', '"', '\t'])
        .next()
        .unwrap_or("");
    let word = word
        .rsplit(['\\', '/'])
        .next()
        .unwrap_or("")
        .trim_end_matches(".exe");
    let command = interpreters.contains(&word) && first.len() > word.len() + 4;
    (starts.iter().any(|mark| first.starts_with(mark)) || text.contains("\n@echo off") || command)
        .then_some(Kind::Batch)
}

/// Marks that no other language has, each counted once; one that stands alone must be a whole word.
fn powershell(text: &str) -> Option<Kind> {
    const STRONG: [&str; 26] = [
        "-encodedcommand",
        "[system.convert]::",
        "[convert]::",
        "[text.encoding]::",
        "[system.text.encoding]::",
        "new-object ",
        "write-host",
        "write-output",
        "invoke-expression",
        "invoke-webrequest",
        "get-childitem",
        "set-strictmode",
        "add-type ",
        "start-process",
        "get-wmiobject",
        "import-module",
        "foreach-object",
        "[cmdletbinding(",
        "$psscriptroot",
        "$env:",
        "-erroraction",
        "set-executionpolicy",
        "start-sleep",
        "invoke-restmethod",
        "out-file",
        "[system.reflection.assembly]::",
    ];
    const WEAK: [&str; 14] = [
        "param(", "param (", "$_", "$true", "$null", "iex", "-join", "-bxor", "[char]", "[byte[]]", "| %{",
        "|%{", "-eq ", "$args",
    ];
    let strong = STRONG.iter().filter(|mark| text.contains(**mark)).count();
    let weak = WEAK.iter().filter(|mark| text.contains(**mark)).count();
    let assigns = text.lines().any(|line| {
        let name = line
            .trim_start()
            .strip_prefix('$')
            .and_then(|rest| rest.split_once('='));
        name.is_some_and(|(name, _)| {
            !name.is_empty()
                && name
                    .trim_end()
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"_:".contains(&b))
        })
    });
    let cmdlet = text.lines().any(|line| starts_with_cmdlet(line.trim_start()));
    let score = strong * 2 + weak + usize::from(assigns) * 2 + usize::from(cmdlet);
    // A page of prose names a cmdlet now and then; a script has several marks, or is short and has one.
    let other = text.contains("<?php") || text.contains("function(") && text.contains("var ") && strong == 0;
    (score >= 4 && !other
        || (score >= 2 && text.len() < 4096 && (assigns || cmdlet || starts_like_call(text))))
    .then_some(Kind::PowerShell)
}

fn starts_with_cmdlet(line: &str) -> bool {
    const VERBS: [&str; 12] = [
        "get-", "set-", "new-", "add-", "remove-", "start-", "stop-", "invoke-", "write-", "import-", "out-",
        "test-",
    ];
    let word = line.split([' ', '\t', '(', ';', '|']).next().unwrap_or("");
    VERBS.iter().any(|verb| {
        word.strip_prefix(verb)
            .is_some_and(|noun| noun.len() > 2 && noun.bytes().all(|b| b.is_ascii_alphanumeric()))
    })
}

fn starts_like_call(text: &str) -> bool {
    [
        "iex",
        "&(",
        "& (",
        ".(",
        "(new-object",
        "[system.",
        "[net.",
        "$",
        "sal ",
        "&{",
        "& {",
        "function ",
        "try",
    ]
    .iter()
    .any(|start| text.starts_with(start))
}

fn vbs(text: &str) -> Option<Kind> {
    let strong = ["createobject(", "wscript.", "getobject("]
        .iter()
        .filter(|mark| text.contains(**mark))
        .count();
    let lines = || text.lines().map(str::trim_start);
    let basic = lines().any(|line| {
        line.starts_with("dim ")
            || line.starts_with("set ")
            || line.starts_with("on error resume")
            || line.starts_with("end sub")
            || line.starts_with("end function")
    });
    let braces = text.contains("){") || text.contains(") {") || text.contains("var ");
    ((strong >= 1 && basic && !braces) || (basic && text.contains("executeglobal"))).then_some(Kind::Vbs)
}

fn web_script(text: &str) -> Option<Kind> {
    let marks = [
        "function(",
        "function (",
        "var ",
        "=> {",
        "document.",
        "activexobject(",
        "require(",
        "const ",
        "let ",
        "eval(",
        "console.log(",
    ];
    let count = marks.iter().filter(|mark| text.contains(**mark)).count();
    (count >= 2 && text.contains(';') && text.contains('(')).then_some(Kind::JavaScript)
}
