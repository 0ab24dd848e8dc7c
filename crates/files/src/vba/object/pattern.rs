//! `VBScript.RegExp`, for patterns that say what they match without a grammar: plain characters and one class.

use super::invoke::Call;
use crate::vba::convert::truth;
use crate::vba::evaluate::Evaluator;
use crate::vba::fault::Eval;
use crate::vba::value::Value;

/// What a limited pattern matches.
enum Matcher {
    /// These characters in a row.
    Plain(Vec<char>),
    /// One character of the ranges, or several in a row.
    Class {
        ranges: Vec<(char, char)>,
        negated: bool,
        several: bool,
    },
}

impl Evaluator<'_, '_> {
    pub(super) fn pattern_method(&mut self, call: &Call<'_>) -> Eval<Option<Value>> {
        if !matches!(call.member, "replace" | "test") {
            return Ok(None);
        }
        let pattern = self
            .field(call.object, "pattern")
            .unwrap_or_else(|| Value::text(""));
        let pattern = crate::vba::convert::known(&pattern)?.map(|pattern| pattern.show());
        let flag = |name: &str| {
            let set = self.field(call.object, name);
            set.map_or(Ok(Some(false)), |set| truth(&set))
        };
        let (Some(all), Some(false)) = (flag("global")?, flag("ignorecase")?) else {
            return Ok(None);
        };
        let (Some(text), Some(matcher)) = (call.known(0)?, pattern.as_deref().and_then(matcher)) else {
            return Ok(None);
        };
        let text: Vec<char> = text.chars().collect();
        if call.member == "test" {
            let found = (0..text.len()).any(|at| matcher.length(text.get(at..).unwrap_or(&[])) > 0);
            return Ok(Some(Value::Bool(found)));
        }
        let Some(with) = call.known(1)?.filter(|with| !with.contains('$')) else {
            return Ok(None);
        };
        let replaced = replace(&text, &matcher, &with, all);
        self.budget.build(replaced.len())?;
        Ok(Some(Value::units(replaced.encode_utf16().collect(), 3)))
    }
}

impl Matcher {
    /// Returns how many characters match at the start; 0 where none do.
    fn length(&self, text: &[char]) -> usize {
        match self {
            Matcher::Plain(plain) => usize::from(text.starts_with(plain)) * plain.len(),
            Matcher::Class {
                ranges,
                negated,
                several,
            } => {
                let fits = |c: &&char| ranges.iter().any(|(low, high)| (low..=high).contains(c)) != *negated;
                let run = text.iter().take_while(fits).count();
                if *several { run } else { run.min(1) }
            }
        }
    }
}

fn replace(text: &[char], matcher: &Matcher, with: &str, all: bool) -> String {
    let mut replaced = String::new();
    let mut at = 0;
    let mut done = false;
    while let Some(c) = text.get(at) {
        let length = if done {
            0
        } else {
            matcher.length(text.get(at..).unwrap_or(&[]))
        };
        if length == 0 {
            replaced.push(*c);
            at += 1;
        } else {
            replaced.push_str(with);
            at += length;
            done = !all;
        }
    }
    replaced
}

/// Returns what a pattern matches, where it is plain or one class; anything else is not known here.
fn matcher(pattern: &str) -> Option<Matcher> {
    const SPECIAL: &str = "\\^$.|?*+()[]{}";
    match pattern {
        "" => return None,
        "\\d" | "\\d+" => return class("0-9", false, pattern.ends_with('+')),
        "\\s" | "\\s+" => return class(" \t\r\n\u{b}\u{c}", false, pattern.ends_with('+')),
        _ => {}
    }
    if !pattern.contains(|c| SPECIAL.contains(c)) {
        return Some(Matcher::Plain(pattern.chars().collect()));
    }
    let (inner, several) = match pattern.strip_suffix('+') {
        Some(inner) => (inner, true),
        None => (pattern, false),
    };
    let inner = inner.strip_prefix('[')?.strip_suffix(']')?;
    match inner.strip_prefix('^') {
        Some(inner) => class(inner, true, several),
        None => class(inner, false, several),
    }
}

fn class(inner: &str, negated: bool, several: bool) -> Option<Matcher> {
    let chars: Vec<char> = inner.chars().collect();
    if chars.is_empty() || chars.iter().any(|c| "\\[]".contains(*c)) {
        return None;
    }
    let mut ranges = Vec::new();
    let mut rest = chars.as_slice();
    while let Some((first, behind)) = rest.split_first() {
        match behind {
            ['-', last, more @ ..] => {
                ranges.push((*first, *last));
                rest = more;
            }
            _ => {
                ranges.push((*first, *first));
                rest = behind;
            }
        }
    }
    Some(Matcher::Class {
        ranges,
        negated,
        several,
    })
}
