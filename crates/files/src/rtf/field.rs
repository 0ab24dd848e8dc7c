//! Fields of a text: what they start, fetch and link (RTF 1.9.1, Fields; the instructions as ECMA-376 17.16 has them).
//!
//! An instruction may be put together by fields inside it: `QUOTE` gives characters by their numbers, `SET` keeps a
//! text under a name and `REF` gives it back. These are evaluated, others give the result that is stored with them.

use super::reader::{Field, MARK};
use std::collections::HashMap;

/// Bytes of one instruction with the values of its inner fields.
const INSTRUCTION: usize = 64 << 10;
/// Bytes of all instructions together; fields that give each other back would double without end.
const TOGETHER: usize = 16 << 20;

/// A field with its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Instruction {
    /// Where the field begins.
    pub start: usize,
    /// The first word, in upper case.
    pub verb: String,
    /// The further words, quotes and escapes resolved; switches too.
    pub words: Vec<String>,
}

/// Returns the instructions of a text's fields, values of inner fields put in, and whether all were within bounds.
pub(super) fn instructions(fields: &[Field]) -> (Vec<Instruction>, bool) {
    let mut left = TOGETHER;
    let mut kept: HashMap<String, String> = HashMap::new();
    let mut values: Vec<String> = Vec::new();
    let mut found = Vec::new();
    for field in fields {
        let text = put_in(&field.instruction, &values);
        let Some(rest) = left.checked_sub(text.len() + field.result.len()) else {
            return (found, false);
        };
        left = rest;
        let mut words = words(&text);
        let verb = if words.is_empty() {
            String::new()
        } else {
            words.remove(0).to_uppercase()
        };
        let value = match (verb.as_str(), words.as_slice()) {
            ("QUOTE", words) => quoted(words),
            ("SET", [name, rest @ ..]) => {
                let text = rest
                    .iter()
                    .filter(|word| !word.starts_with('\\'))
                    .cloned()
                    .collect::<Vec<_>>();
                kept.insert(name.to_lowercase(), text.join(" "));
                String::new()
            }
            ("REF", [name, ..]) => kept
                .get(&name.to_lowercase())
                .cloned()
                .unwrap_or(field.result.clone()),
            (name, []) => kept
                .get(&name.to_lowercase())
                .cloned()
                .unwrap_or(field.result.clone()),
            _ => field.result.clone(),
        };
        values.push(value);
        found.push(Instruction {
            start: field.start,
            verb,
            words,
        });
    }
    (found, true)
}

/// Puts the values of inner fields where their marks stand.
fn put_in(instruction: &str, values: &[String]) -> String {
    let mut text = String::new();
    for (number, part) in instruction.split(MARK).enumerate() {
        let part = if number % 2 == 0 {
            part
        } else {
            part.parse::<usize>()
                .ok()
                .and_then(|at| values.get(at))
                .map_or("", String::as_str)
        };
        if text.len() + part.len() > INSTRUCTION {
            break;
        }
        text.push_str(part);
    }
    text
}

/// Splits at blanks; quotes hold words together, a backslash before a quote or a backslash makes it plain.
fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut word, mut inside, mut quoted) = (String::new(), false, false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' | '\u{201c}' | '\u{201d}' => {
                quoted = !quoted;
                inside = true;
            }
            '\\' if matches!(chars.peek(), Some('\\' | '"')) => {
                word.extend(chars.next());
                inside = true;
            }
            c if c.is_whitespace() && !quoted => {
                if std::mem::take(&mut inside) {
                    found.push(std::mem::take(&mut word));
                }
            }
            c => {
                word.push(c);
                inside = true;
            }
        }
    }
    if inside {
        found.push(word);
    }
    found
}

/// `QUOTE 65 66` gives `AB`; texts stand for themselves.
fn quoted(words: &[String]) -> String {
    let one = |word: &String| match word.parse::<u32>().ok().and_then(char::from_u32) {
        Some(c) => c.to_string(),
        None => word.clone(),
    };
    words
        .iter()
        .filter(|word| !word.starts_with('\\'))
        .map(one)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_that_grow_each_other_end() {
        let long = "x".repeat(INSTRUCTION - 100);
        let mut fields = vec![field(&format!("SET c {long}"))];
        fields.extend((0..1000).map(|_| field("REF c")));
        fields.extend((0..1000).map(|at| field(&format!("DDE \u{1}{}\u{1}", at + 1))));
        assert!(!instructions(&fields).1);
    }

    fn field(instruction: &str) -> Field {
        Field {
            start: 0,
            instruction: instruction.into(),
            result: "shown".into(),
        }
    }

    #[test]
    fn quotes_and_escapes_are_resolved() {
        assert_eq!(
            words(r#" DDEAUTO c:\\a\\b.exe "/k \"x\" y" \d"#),
            ["DDEAUTO", r"c:\a\b.exe", r#"/k "x" y"#, r"\d"]
        );
    }

    #[test]
    fn inner_fields_give_their_values() {
        let fields = [
            field("QUOTE 97 98"),
            field("SET c \u{1}0\u{1}"),
            field("REF c"),
            field("DDE \u{1}2\u{1} x"),
        ];
        assert_eq!(instructions(&fields).0[3].words, ["ab", "x"]);
    }
}
