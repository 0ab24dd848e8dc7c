//! What kind of report some bytes are, told by their content and never by a name.

use crate::json::Located;

/// Bytes in which a format shows.
const HEAD: usize = 4096;
/// Lines that tell a table.
const LINES: usize = 16;

/// The formats of reports that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Plain text, Markdown, AsciiDoc, and what is none of the others.
    Text,
    /// A page in HTML.
    Html,
    /// A PDF document.
    Pdf,
    /// A table of values separated by commas, semicolons or tabs.
    Csv,
    /// A STIX 2.0 or 2.1 bundle.
    Stix,
    /// One or more MISP events.
    Misp,
}

impl Format {
    /// Tells the format. The whole of the bytes is asked for: where JSON begins does not say what it is.
    pub fn of(bytes: &[u8]) -> Self {
        let head = bytes.get(..HEAD).unwrap_or(bytes);
        // Readers take a PDF whose mark stands within the first KiB.
        if memchr::memmem::find(head.get(..1024).unwrap_or(head), b"%PDF-").is_some() {
            return Format::Pdf;
        }
        let text = head
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(head)
            .trim_ascii_start();
        match text.first() {
            Some(b'{' | b'[') => Self::of_json(bytes).unwrap_or(Format::Text),
            Some(b'<') if is_html(text) => Format::Html,
            _ if crate::csv::is_table(&String::from_utf8_lossy(text), LINES) => Format::Csv,
            _ => Format::Text,
        }
    }

    fn of_json(bytes: &[u8]) -> Option<Self> {
        let root = Located::root(bytes)?;
        if root.field("type").and_then(|kind| kind.text()).as_deref() == Some("bundle") {
            return Some(Format::Stix);
        }
        crate::misp::is_event(&root).then_some(Format::Misp)
    }
}

fn is_html(text: &[u8]) -> bool {
    let text = text.to_ascii_lowercase();
    let has = |mark: &[u8]| memchr::memmem::find(&text, mark).is_some();
    if has(b"<svg") && !has(b"<html") || text.starts_with(b"<?xml") && !has(b"<html") {
        return false;
    }
    let marks: [&[u8]; 12] = [
        b"<!doctype html",
        b"<html",
        b"<head",
        b"<body",
        b"<title",
        b"<meta",
        b"<table",
        b"<div",
        b"<p>",
        b"<h1",
        b"<ul",
        b"<article",
    ];
    marks.iter().any(|mark| has(mark))
}
