//! Which part of a report a line stands in, told by its headings: AsciiDoc (`== …`), Markdown (`## …`), and
//! headings that are underlined or end in a colon.
//!
//! Not a parser of either language: a heading's words say whether what follows blames or cites.

/// What a part of a report is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// No heading says.
    Unknown,
    /// Signs of compromise.
    Indicators,
    /// Sources, links, contacts.
    References,
    /// A heading that says neither.
    Prose,
}

/// Words of headings over signs of compromise; the whole heading is searched in lower case.
const BLAMES: [&str; 26] = [
    "transaction",
    "theft",
    "indicator",
    "ioc",
    "compromise",
    "c&c",
    "c2",
    "command and control",
    "command-and-control",
    "network",
    "hash",
    "sha1",
    "sha-1",
    "sha256",
    "sha-256",
    "md5",
    "sample",
    "domain",
    "ip address",
    "ips",
    "url",
    "wallet",
    "server",
    "infrastructure",
    "e-mail address",
    "email address",
];
/// Words of headings over sources.
const CITES: [&str; 11] = [
    "reference",
    "further reading",
    "source",
    "link",
    "acknowledg",
    "credit",
    "about ",
    "contact",
    "misp",
    "licen",
    "bibliography",
];
/// Words of headings that end a part of the other two kinds where nothing but a line by itself marks them.
const CLOSES: [&str; 12] = [
    "conclusion",
    "summary",
    "recommendation",
    "mitigation",
    "overview",
    "introduction",
    "behaviour",
    "behavior",
    "timeline",
    "attribution",
    "mitre att&ck",
    "yara",
];
const DEEPEST: usize = 6;
/// Characters of a heading that are kept.
const TITLE: usize = 80;
/// Words of a heading that nothing marks.
const TITLE_WORDS: usize = 6;

/// The headings above a line.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    /// What the heading of each level says; the first is the title.
    levels: Vec<Section>,
    fenced: bool,
    transactions: bool,
    previous: Vec<u8>,
    /// The words of the nearest heading.
    title: Option<String>,
}

impl Outline {
    /// Takes the next line into account; returns whether the line is a heading or a fence itself.
    pub(crate) fn read(&mut self, line: &[u8]) -> bool {
        let line = line.trim_ascii();
        if is_fence(line) && !self.is_underline(line) {
            self.fenced = !self.fenced;
            self.previous.clear();
            return true;
        }
        let heading = if self.fenced { None } else { self.heading(line) };
        if let Some((level, text)) = heading {
            self.enter(level, &text);
        }
        self.previous.clear();
        self.previous.extend(line.iter().take(200));
        false
    }

    /// Returns whether the line stands in a block of listed text.
    pub(crate) fn is_fenced(&self) -> bool {
        self.fenced
    }

    /// Returns what the nearest heading that says something is for.
    pub(crate) fn section(&self) -> Section {
        let says = self
            .levels
            .iter()
            .rev()
            .find(|section| **section != Section::Prose);
        match says {
            Some(section) => *section,
            None if self.levels.is_empty() => Section::Unknown,
            None => Section::Prose,
        }
    }

    /// Returns whether the nearest heading speaks of transactions on a ledger.
    pub(crate) fn is_over_transactions(&self) -> bool {
        self.transactions
    }

    /// Returns the words of the nearest heading.
    pub(crate) fn title(&self) -> Option<String> {
        self.title.clone()
    }

    fn enter(&mut self, level: usize, text: &[u8]) {
        self.levels.resize(level.clamp(1, DEEPEST) - 1, Section::Prose);
        self.levels.push(classify(text));
        self.transactions = speaks_of_transactions(text);
        let words = String::from_utf8_lossy(text);
        let words = words.trim_matches(|c: char| c.is_whitespace() || matches!(c, '=' | '#' | '*' | ':'));
        self.title = Some(words.chars().take(TITLE).collect());
    }

    fn heading(&self, line: &[u8]) -> Option<(usize, Vec<u8>)> {
        for mark in [b'=', b'#'] {
            let level = line.iter().take_while(|b| **b == mark).count();
            let rest = line.get(level..).unwrap_or_default();
            if (1..=DEEPEST).contains(&level) && rest.first() == Some(&b' ') {
                return Some((level, rest.to_vec()));
            }
        }
        if self.is_underline(line) {
            let level = if line.first() == Some(&b'=') { 1 } else { 2 };
            return Some((level, self.previous.clone()));
        }
        // "Domains:" alone on its line, or "References" after an empty one.
        let (text, colon) = match line.strip_suffix(b":") {
            Some(text) => (text, true),
            None => (line, false),
        };
        let text = unnumbered(text.trim_ascii_start());
        let short =
            !text.is_empty() && text.len() <= TITLE && text.split(|b| *b == b' ').count() <= TITLE_WORDS;
        let begins = text.first().is_some_and(u8::is_ascii_uppercase);
        let words = text.iter().all(|b| {
            b.is_ascii_alphanumeric()
                || matches!(b, b' ' | b'-' | b'&' | b'(' | b')' | b'/' | b'\'' | b',' | b':')
        });
        if !short || !words || !(colon || begins && self.previous.is_empty()) {
            return None;
        }
        let says = classify(text) != Section::Prose || (!colon && contains_any(&lower(text), &CLOSES));
        says.then(|| (self.levels.len().max(1), text.to_vec()))
    }

    /// Returns whether the line underlines the one before it.
    fn is_underline(&self, line: &[u8]) -> bool {
        let mark = line.first().copied().unwrap_or_default();
        let even = matches!(mark, b'=' | b'-' | b'~') && line.iter().all(|b| *b == mark);
        let words = self.previous.iter().any(u8::is_ascii_alphabetic);
        even && words && line.len() >= 3 && line.len().abs_diff(self.previous.len()) <= 2
    }
}

/// Returns whether the words name transactions on a ledger.
pub(crate) fn speaks_of_transactions(text: &[u8]) -> bool {
    text.split(|b| !b.is_ascii_alphabetic()).any(|word| {
        let is = |other: &str| word.eq_ignore_ascii_case(other.as_bytes());
        [
            "transaction",
            "transactions",
            "tx",
            "txid",
            "txids",
            "txn",
            "txhash",
            "txs",
        ]
        .into_iter()
        .any(is)
    })
}

fn is_fence(line: &[u8]) -> bool {
    line.starts_with(b"```")
        || line.len() >= 4 && matches!(line.first(), Some(b'-' | b'.')) && {
            let mark = line.first().copied();
            line.iter().all(|b| Some(*b) == mark)
        }
}

/// Returns what a heading, or the heading of a column, is for.
pub(crate) fn classify(text: &[u8]) -> Section {
    let text = lower(text);
    if contains_any(&text, &CITES) {
        Section::References
    } else if contains_any(&text, &BLAMES) {
        Section::Indicators
    } else {
        Section::Prose
    }
}

fn lower(text: &[u8]) -> String {
    String::from_utf8_lossy(text).to_lowercase()
}

/// Returns whether one of the words stands in the text where a word begins.
fn contains_any(text: &str, words: &[&str]) -> bool {
    let begins = |at: usize| {
        !text
            .get(..at)
            .unwrap_or_default()
            .ends_with(char::is_alphanumeric)
    };
    words
        .iter()
        .any(|word| text.match_indices(word).any(|(at, _)| begins(at)))
}

/// Returns a heading without the number before it: `7. References`, `A.2 Domains`.
fn unnumbered(text: &[u8]) -> &[u8] {
    let number = text
        .iter()
        .take_while(|b| b.is_ascii_digit() || **b == b'.')
        .count();
    match text.get(number..).unwrap_or_default().strip_prefix(b" ") {
        Some(rest) if (1..=8).contains(&number) => rest.trim_ascii_start(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(text: &str) -> (Section, bool) {
        let mut outline = Outline::default();
        for line in text.lines() {
            outline.read(line.as_bytes());
        }
        (outline.section(), outline.is_fenced())
    }

    #[test]
    fn headings_of_each_language_are_read() {
        assert_eq!(after("no heading"), (Section::Unknown, false));
        assert_eq!(
            after("= Some group\n\n== Network indicators\n=== Windows\n"),
            (Section::Indicators, false)
        );
        assert_eq!(after("## IOCs\n## References\n"), (Section::References, false));
        assert_eq!(after("Domains\n-------\n"), (Section::Indicators, false));
        assert_eq!(
            after("# A\ntext\n\nIP addresses:\n"),
            (Section::Indicators, false)
        );
        assert_eq!(after("= T\n== Story\n----\n# Domains\n"), (Section::Prose, true));
    }
}
