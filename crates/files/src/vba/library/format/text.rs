//! Strings by a pattern of `@`, `&`, `<`, `>` and `!`.

use super::quoted;

/// Returns a string by a pattern; `None` where it does not say where characters go.
pub(super) fn written(text: &str, pattern: &[char]) -> Option<String> {
    let mut places: Vec<Result<bool, char>> = Vec::new();
    let (mut lower, mut upper, mut from_left) = (false, false, false);
    let mut at = 0;
    while let Some(c) = pattern.get(at) {
        let mut length = 1;
        match c {
            '@' => places.push(Ok(true)),
            '&' => places.push(Ok(false)),
            '<' => lower = true,
            '>' => upper = true,
            '!' => from_left = true,
            '\\' => {
                places.push(Err(*pattern.get(at + 1)?));
                length = 2;
            }
            '"' => {
                let literal = quoted(pattern.get(at + 1..)?)?;
                places.extend(literal.iter().copied().map(Err));
                length = literal.len() + 2;
            }
            '-' | '+' | '$' | '(' | ')' | ' ' | '.' | ',' => places.push(Err(*c)),
            // A section for empty strings.
            _ => return None,
        }
        at += length;
    }
    if lower && upper {
        return None;
    }
    let cased = match (lower, upper) {
        (true, _) => text.to_lowercase(),
        (_, true) => text.to_uppercase(),
        _ => text.to_owned(),
    };
    filled(&cased.chars().collect::<Vec<_>>(), &places, from_left)
}

/// Puts characters into places, from the right unless told otherwise.
fn filled(text: &[char], places: &[Result<bool, char>], from_left: bool) -> Option<String> {
    let free = places.iter().filter(|place| place.is_ok()).count();
    if text.len() > free {
        // More characters than places: told only where nothing stands between them.
        let literal = places.iter().any(Result::is_err);
        return (!literal).then(|| text.iter().collect());
    }
    let empty = if from_left { 0 } else { free - text.len() };
    let mut taken = 0usize;
    let mut written = String::new();
    for place in places {
        match place {
            Err(c) => written.push(*c),
            Ok(blank) => {
                match taken.checked_sub(empty).and_then(|at| text.get(at)) {
                    Some(c) => written.push(*c),
                    None if *blank => written.push(' '),
                    None => {}
                }
                taken += 1;
            }
        }
    }
    Some(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_written_by_their_pattern() {
        for (text, pattern, expected) in [
            ("abc", "@@@@@", Some("  abc")),
            ("abc", "!@@@@@", Some("abc  ")),
            ("abc", "&&&&&", Some("abc")),
            ("AbC", "<", Some("abc")),
            ("AbC", ">@@@@", Some(" ABC")),
            ("5551234567", "(@@@) @@@-@@@@", Some("(555) 123-4567")),
            ("abcdef", "@@@", Some("abcdef")),
            ("abcdef", "@-@", None),
        ] {
            let pattern: Vec<char> = pattern.chars().collect();
            assert_eq!(written(text, &pattern).as_deref(), expected, "{pattern:?}");
        }
    }
}
