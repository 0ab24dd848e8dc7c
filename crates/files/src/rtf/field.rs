//! Fields of a text: what they start, fetch and link (RTF 1.9.1, Fields; the instructions as ECMA-376 17.16 has them).
//!
//! An instruction may be put together by fields inside it: `QUOTE` gives characters by their numbers, `SET` keeps a
//! text under a name and `REF` gives it back. These are evaluated, others give the result that is stored with them.

use super::gathered::Field;
use std::collections::HashMap;

/// Bytes of one instruction with the values of its inner fields.
const INSTRUCTION: usize = 64 << 10;
/// Bytes of all instructions together; fields that give each other back would double without end.
const TOGETHER: usize = 16 << 20;

/// An instruction as it is spelled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spelled {
    /// Its own text.
    pub text: String,
    /// Bytes of that text, in their order, with the number of the field whose value belongs there.
    pub inner: Vec<(usize, usize)>,
}

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
    let mut whole = true;
    for field in fields {
        let text = put_in(&field.instruction, &values);
        whole &= text.len() <= INSTRUCTION;
        // Of what is too long, the beginning still says what it does.
        let mut words = words(start_of(&text, INSTRUCTION));
        let verb = if words.is_empty() {
            String::new()
        } else {
            words.remove(0).to_uppercase()
        };
        let value = value_of(&verb, &words, field, &mut kept);
        let Some(rest) = left.checked_sub(text.len() + value.len()) else {
            return (found, false);
        };
        left = rest;
        values.push(value);
        found.push(Instruction {
            start: field.start,
            verb,
            words,
        });
    }
    (found, whole)
}

/// Returns the value of a field; what is not evaluated has the result that is stored with it.
fn value_of(verb: &str, words: &[String], field: &Field, kept: &mut HashMap<String, String>) -> String {
    let given = |name: &str, kept: &HashMap<String, String>| {
        let value = kept.get(&name.to_lowercase());
        value.unwrap_or(&field.result).clone()
    };
    match (verb, words) {
        ("QUOTE", words) => quoted(words),
        ("SET", [name, rest @ ..]) => {
            let text: Vec<&str> = rest
                .iter()
                .map(String::as_str)
                .filter(|word| !word.starts_with('\\'))
                .collect();
            kept.insert(name.to_lowercase(), text.join(" "));
            String::new()
        }
        ("REF", [name, ..]) => given(name, kept),
        (name, []) => given(name, kept),
        _ => field.result.clone(),
    }
}

/// Puts the values of inner fields where they belong; what is longer than an instruction may be ends soon behind the
/// bound.
fn put_in(instruction: &Spelled, values: &[String]) -> String {
    let mut text = String::new();
    let mut from = 0;
    for (place, number) in &instruction.inner {
        if text.len() > INSTRUCTION {
            return text;
        }
        text.push_str(instruction.text.get(from..*place).unwrap_or_default());
        let value = values.get(*number).map_or("", String::as_str);
        text.push_str(start_of(value, INSTRUCTION + 1));
        from = *place;
    }
    text.push_str(instruction.text.get(from..).unwrap_or_default());
    text
}

/// Returns the beginning of a text, at most so many bytes.
fn start_of(text: &str, most: usize) -> &str {
    text.get(..text.floor_char_boundary(most)).unwrap_or(text)
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
        assert!(!instructions(&fields).1, "values alone");
        fields.truncate(2);
        fields.extend((0..1000).map(|_| around("DDE ", 1, "")));
        assert!(!instructions(&fields).1);
    }

    fn field(instruction: &str) -> Field {
        Field {
            start: 0,
            instruction: Spelled {
                text: instruction.into(),
                inner: Vec::new(),
            },
            result: "shown".into(),
        }
    }

    fn around(before: &str, number: usize, behind: &str) -> Field {
        let mut field = field(&format!("{before}{behind}"));
        field.instruction.inner.push((before.len(), number));
        field
    }

    #[test]
    fn an_instruction_that_is_too_long_is_told_and_its_beginning_counts() {
        let (found, whole) = instructions(&[field(&format!("DDE cmd {}", "x".repeat(INSTRUCTION)))]);
        assert!(!whole);
        assert_eq!(
            (found[0].verb.as_str(), found[0].words[0].as_str()),
            ("DDE", "cmd")
        );
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
            around("SET c ", 0, ""),
            field("REF c"),
            around("DDE ", 2, " x"),
        ];
        assert_eq!(instructions(&fields).0[3].words, ["ab", "x"]);
    }
}
