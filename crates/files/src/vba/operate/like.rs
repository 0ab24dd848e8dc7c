//! `Like` (MS-VBAL 5.6.9.6): a string against a pattern.

use crate::vba::convert::known;
use crate::vba::fault::Eval;
use crate::vba::value::{Str, Value};

pub(super) fn like(left: &Value, right: &Value, text_compare: bool) -> Eval<Option<Value>> {
    let (Some(text), Some(pattern)) = (known(left)?, known(right)?) else {
        return Ok(None);
    };
    let (text, pattern): (Vec<char>, Vec<char>) =
        (letters(&text, text_compare), letters(&pattern, text_compare));
    Ok(matches_pattern(&text, &pattern, 10_000).map(Value::Bool))
}

/// The characters of a string, in lower case where case does not count.
fn letters(text: &Str, folded: bool) -> Vec<char> {
    let text = text.show();
    if folded {
        text.to_lowercase().chars().collect()
    } else {
        text.chars().collect()
    }
}

/// Matches `?`, `#`, `*`, `[a-z]`, `[!a-z]`; `None` where that takes too many steps.
fn matches_pattern(text: &[char], pattern: &[char], mut steps: usize) -> Option<bool> {
    let (mut at, mut in_pattern) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    loop {
        steps = steps.checked_sub(1)?;
        let step = match pattern.get(in_pattern) {
            Some('*') => {
                retry = Some((in_pattern, at));
                in_pattern += 1;
                continue;
            }
            None if at == text.len() => return Some(true),
            None => None,
            Some(_) => text.get(at).and_then(|c| one(*c, pattern.get(in_pattern..)?)),
        };
        match (step, retry) {
            (Some(length), _) => {
                at += 1;
                in_pattern += length;
            }
            (None, Some((star, from))) if from < text.len() => {
                retry = Some((star, from + 1));
                at = from + 1;
                in_pattern = star + 1;
            }
            _ => return Some(false),
        }
    }
}

/// Returns the length of the pattern's first element where it matches the character.
fn one(c: char, pattern: &[char]) -> Option<usize> {
    match pattern.first()? {
        '?' => Some(1),
        '#' => c.is_ascii_digit().then_some(1),
        '[' => {
            let close = pattern.iter().position(|p| *p == ']')?;
            let set = pattern.get(1..close)?;
            let (negated, set) = match set.split_first() {
                Some(('!', rest)) => (true, rest),
                _ => (false, set),
            };
            (in_set(c, set) != negated).then_some(close + 1)
        }
        literal => (*literal == c).then_some(1),
    }
}

fn in_set(c: char, set: &[char]) -> bool {
    let ranged = set.windows(3).any(|three| match three {
        [low, '-', high] => (*low..=*high).contains(&c),
        _ => false,
    });
    ranged || set.contains(&c)
}
