//! How hostile text is shown: addresses cannot be followed, and characters that hide or reorder text are visible.
//!
//! Only for eyes: what goes out as data keeps every byte. Escaping for HTML is `maud`'s.

use std::collections::BTreeSet;
use strongroom_model::{Observable, ObservableType, Report, hides};

/// Knows which names and addresses evidence speaks of, so that they are taken apart in running text too.
#[derive(Default)]
pub(crate) struct Shown {
    hosts: BTreeSet<String>,
}

impl Shown {
    /// Takes up the domains and IP addresses that a report and its children name.
    pub(crate) fn take(&mut self, report: &Report) {
        for piece in report.walk() {
            for sighting in &piece.observables {
                self.take_observable(&sighting.observable);
            }
        }
    }

    /// Takes up the host of an observable.
    pub(crate) fn take_observable(&mut self, observable: &Observable) {
        let itself = match observable.kind() {
            ObservableType::Domain | ObservableType::Ip => Some(observable.clone()),
            _ => observable.host(),
        };
        self.hosts
            .extend(itself.map(|host| host.value().to_ascii_lowercase()));
    }

    /// Leaves an address as it is: the house's own hosts are not evidence's addresses.
    pub(crate) fn spare(&mut self, host: &str) {
        self.hosts.remove(host);
    }

    /// Returns running text with every URL, and every host that evidence names, taken apart.
    pub(crate) fn text(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 16);
        let mut rest = text;
        let mut in_url_host = false;
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix("://") {
                break_scheme(&mut out);
                out.push_str("://");
                (rest, in_url_host) = (after, true);
                continue;
            }
            let end = rest.find(|c| !is_host_char(c)).unwrap_or(rest.len());
            if end == 0 {
                let first = rest.chars().next().unwrap_or_default();
                in_url_host &= matches!(first, ':' | '@' | '[' | ']');
                push_visible(&mut out, first, true);
                rest = rest.get(first.len_utf8()..).unwrap_or_default();
                continue;
            }
            let (word, after) = rest.split_at(end);
            let known = self
                .hosts
                .contains(word.trim_matches('.').to_ascii_lowercase().as_str());
            let name = word.trim_end_matches('.');
            if in_url_host || known {
                out.push_str(&name.replace('.', "[.]"));
                out.push_str(word.get(name.len()..).unwrap_or_default());
            } else {
                out.push_str(word);
            }
            rest = after;
        }
        out
    }

    /// Returns an observable's value in a form that no program follows.
    pub(crate) fn value(&self, observable: &Observable) -> String {
        let value = observable.value();
        match observable.kind() {
            ObservableType::Domain | ObservableType::Ip | ObservableType::Endpoint => {
                visible(&value.replace('.', "[.]").replace("::", "[::]"))
            }
            ObservableType::Email => visible(&value.replace('@', "[@]").replace('.', "[.]")),
            _ => self.text(value),
        }
    }
}

/// Returns text in which control and direction characters are seen; newlines and tabs stay.
pub(crate) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        push_visible(&mut out, c, true);
    }
    out
}

fn push_visible(out: &mut String, c: char, keep_lines: bool) {
    if keep_lines && matches!(c, '\n' | '\t') {
        out.push(c);
    } else if hides(c) {
        out.push_str(&format!("⟨U+{:04X}⟩", u32::from(c)));
    } else {
        out.push(c);
    }
}

const fn is_host_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')
}

/// Turns the scheme that `out` ends with into one that nothing opens: `http` into `hxxp`, `ftp` into `fxp`.
fn break_scheme(out: &mut String) {
    let letters = out.bytes().rev().take_while(u8::is_ascii_alphanumeric).count();
    let scheme = out.split_off(out.len() - letters);
    let lower = scheme.to_ascii_lowercase();
    match lower.as_str() {
        "http" | "https" => {
            let first = scheme.get(..1).unwrap_or_default();
            let last = scheme.get(3..).unwrap_or_default();
            out.push_str(&format!("{first}xx{last}"));
        }
        "ftp" | "sftp" | "ftps" => out.push_str(&lower.replace("ftp", "fxp")),
        "" => {}
        _ => out.push_str(&format!("{scheme}[x]")),
    }
}

/// Returns a long value shortened in its middle to at most `most` characters, the ends kept.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most || most < 5 {
        return text.to_owned();
    }
    let tail = (most - 1) / 2;
    let head = most - 1 - tail;
    let first: String = text.chars().take(head).collect();
    let last: String = text.chars().skip(count - tail).collect();
    format!("{first}…{last}")
}

/// Returns a sentence with its first letter as a capital.
pub(crate) fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

/// Returns the digits of a whole or decimal number with a thin space between each three of the whole part.
pub(crate) fn grouped(number: &str) -> String {
    let (whole, fraction) = number
        .split_once('.')
        .map_or((number, None), |(w, f)| (w, Some(f)));
    let digits = whole.len();
    let mut out = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (digits - place) % 3 == 0 {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown() -> Shown {
        let mut shown = Shown::default();
        shown.take_observable(&Observable::domain("c2.example").unwrap());
        shown.take_observable(&Observable::url("http://198.51.100.7:8080/a").unwrap());
        shown
    }

    #[test]
    fn no_address_of_the_evidence_stays_whole() {
        let shown = shown();
        for (text, expected) in [
            (
                "iwr https://c2.example/a.php?x=b.c",
                "iwr hxxps://c2[.]example/a.php?x=b.c",
            ),
            ("HTTP://Other.Example/x", "HxxP://Other[.]Example/x"),
            (
                "calls C2.example, then 198.51.100.7.",
                "calls C2[.]example, then 198[.]51[.]100[.]7.",
            ),
            ("ftp://u:p@a.example:21/", "fxp://u:p@a[.]example:21/"),
            ("ws://a.example", "ws[x]://a[.]example"),
            ("invoice.doc in version 1.2", "invoice.doc in version 1.2"),
        ] {
            assert_eq!(shown.text(text), expected);
        }
    }

    #[test]
    fn an_observable_is_taken_apart_by_its_type() {
        let shown = Shown::default();
        assert_eq!(
            shown.value(&Observable::ip("2001:db8::1").unwrap()),
            "2001:db8[::]1"
        );
        assert_eq!(
            shown.value(&Observable::email("a.b@c.example").unwrap()),
            "a[.]b[@]c[.]example"
        );
        assert_eq!(
            shown.value(&Observable::endpoint("c2.example:443").unwrap()),
            "c2[.]example:443"
        );
    }

    #[test]
    fn what_hides_or_turns_text_is_seen() {
        assert_eq!(visible("exe\u{202e}cod.doc"), "exe⟨U+202E⟩cod.doc");
        assert_eq!(
            visible("a\u{0}b\u{200b}c\u{1b}[2J\r\n"),
            "a⟨U+0000⟩b⟨U+200B⟩c⟨U+001B⟩[2J⟨U+000D⟩\n"
        );
        assert_eq!(shown().text("x\u{2066}y"), "x⟨U+2066⟩y");
        assert_eq!(visible("한글 é 漢字"), "한글 é 漢字");
    }

    #[test]
    fn long_values_keep_their_ends_and_numbers_their_digits() {
        assert_eq!(shortened("0123456789abcdef", 9), "0123…cdef");
        assert_eq!(shortened("short", 9), "short");
        assert_eq!(grouped("1234567.891"), "1\u{202f}234\u{202f}567.891");
        assert_eq!(grouped("123"), "123");
    }
}
