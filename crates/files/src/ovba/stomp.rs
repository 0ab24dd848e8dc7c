//! Source and p-code of a module side by side: whether they are the same program.
//!
//! Office writes both at once, and runs the p-code. Somebody who replaces the source afterwards shows one program and
//! runs another ("VBA stomping"). The comparison asks one question alone: do the strings and names that the p-code
//! uses stand in the source? Case, spacing, comments, folds, attributes and what is not compiled do not count; p-code
//! that is missing, cannot be read, or whose names cannot be told proves nothing. So does source that has more.

use super::pcode::Said;
use crate::vba::words;
use std::collections::BTreeSet;

/// What a module's p-code uses and its source does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Strings.
    pub strings: Vec<String>,
    /// Names that are called.
    pub calls: Vec<String>,
    /// Other names.
    pub names: Vec<String>,
}

/// Names that have to be missing where no string is: one alone may be a fault of our reading.
const NAMES: usize = 2;

/// Compares a module's source with its p-code; `trusted` says that the numbers of names are known to fit.
pub(super) fn compare(source: &str, said: &Said, trusted: bool) -> Option<Difference> {
    if said.lines == 0 || !said.is_readable() {
        return None;
    }
    let words = words(source);
    let strings = missing(&said.strings, &words.strings, str::to_owned);
    let names = match trusted {
        true => missing(&said.names, &words.names, str::to_lowercase),
        false => Vec::new(),
    };
    if strings.is_empty() && names.len() < NAMES {
        return None;
    }
    let (calls, names) = names.into_iter().partition(|name| said.calls.contains(name));
    Some(Difference {
        strings,
        calls,
        names,
    })
}

fn missing(said: &BTreeSet<String>, written: &BTreeSet<String>, spelling: fn(&str) -> String) -> Vec<String> {
    let written: BTreeSet<String> = written.iter().map(|text| fold(text)).collect();
    said.iter()
        .filter(|text| !written.contains(&fold(&spelling(text))))
        .cloned()
        .collect()
}

/// Characters beyond ASCII come through two conversions, which may differ in what they cannot hold.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() && c != '?' && !c.is_ascii_control() {
            folded.push(c);
        } else if !folded.ends_with('\u{1}') {
            folded.push('\u{1}');
        }
    }
    folded
}

impl Difference {
    /// Returns what is missing from the source in words, the telling things first, `most` characters at most.
    pub fn told(&self, most: usize) -> String {
        let quoted = self.strings.iter().map(|text| format!("\"{text}\""));
        let calls = self.calls.iter().map(|name| format!("{name}()"));
        let all: Vec<String> = calls
            .chain(quoted)
            .chain(self.names.iter().cloned())
            .filter(|item| item.len() > 2)
            .collect();
        let mut told = all.join(", ");
        if told.chars().count() > most {
            told = told.chars().take(most).collect();
            told.push('…');
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(names: &[&str], strings: &[&str]) -> Said {
        let set = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect();
        Said {
            names: set(names),
            calls: set(names.get(1..).unwrap_or_default()),
            strings: set(strings),
            lines: 3,
            faulty: 0,
            whole: true,
        }
    }

    #[test]
    fn a_source_that_says_the_same_in_another_way_is_the_same() {
        let source = "Attribute VB_Name = \"M\"\r\nSUB hello()\r\n  msgbox _\r\n    \"gr\u{fc}n\" ' Shell\r\nEnd Sub\r\n";
        assert_eq!(
            compare(source, &said(&["Hello", "MsgBox"], &["gr?n"]), true),
            None
        );
        // More source than p-code hides nothing.
        assert_eq!(compare(source, &said(&["Hello"], &[]), true), None);
    }

    #[test]
    fn what_only_the_p_code_says_is_told() {
        let found = compare(
            "Sub Hello()\r\nEnd Sub\r\n",
            &said(&["Hello", "Shell", "Run"], &["calc"]),
            true,
        );
        assert_eq!(found.unwrap().told(100), "Run(), Shell(), \"calc\"");
        // A comment is no code.
        assert!(compare("' Shell \"calc\"", &said(&["Shell"], &["calc"]), false).is_some());
    }

    #[test]
    fn nothing_is_claimed_where_p_code_cannot_be_read() {
        let mut faulty = said(&["Hello", "Shell", "Run"], &["calc"]);
        faulty.faulty = 1;
        assert_eq!(compare("", &faulty, true), None);
        assert_eq!(compare("", &Said::default(), true), None);
        assert_eq!(compare("", &said(&["Hello", "Shell", "Run"], &[]), false), None);
    }
}
