//! Machine code that a text lists byte by byte, wherever it stands: for scripts that hand it to something that is not
//! known, or that only start what would run it.

use base64::Engine as _;

/// Bytes of the shortest list that is looked at.
const LEAST: usize = 64;
/// Lists of one text.
const MOST: usize = 8;
/// Characters of base64 that are decoded to look at what it begins with.
const HEAD: usize = 88;

/// Returns the lists of bytes, and runs of base64, that begin as position-independent code does.
pub(crate) fn listed(text: &str) -> Vec<Vec<u8>> {
    let mut found: Vec<Vec<u8>> = [hexadecimal(text), escaped(text), encoded(text)]
        .into_iter()
        .flatten()
        .collect();
    found.dedup();
    found.truncate(MOST);
    found
}

/// `cld; call`, `cld; and rsp, -16; call`, or an instruction that tells where the code lies, near the start.
fn begins_as_code(bytes: &[u8]) -> bool {
    matches!(
        bytes,
        [0xfc, 0xe8, _, 0, 0, 0, ..] | [0xfc, 0x48, 0x83, 0xe4, 0xf0, 0xe8, ..]
    ) || bytes
        .get(..48)
        .is_some_and(|head| head.windows(4).any(|four| four == [0xd9, 0x74, 0x24, 0xf4]))
}

fn kept(list: &mut Vec<u8>, found: &mut Vec<Vec<u8>>) {
    let list = std::mem::take(list);
    if list.len() >= LEAST && found.len() < MOST && begins_as_code(&list) {
        found.push(list);
    }
}

/// `0xfc, 0xe8, …`
fn hexadecimal(text: &str) -> Vec<Vec<u8>> {
    let (mut list, mut found) = (Vec::new(), Vec::new());
    if !text.contains("0x") && !text.contains("0X") {
        return found;
    }
    let between = |c: char| c == ',' || c == '`' || c == '_' || c.is_whitespace();
    for word in text.split(between).filter(|word| !word.is_empty()) {
        // The first and the last of a list stand close to what holds it.
        let from = word.rfind("0x").or(word.rfind("0X"));
        let digits = from.and_then(|from| word.get(from + 2..)).unwrap_or_default();
        let length = digits.bytes().take_while(u8::is_ascii_hexdigit).count();
        let byte = digits
            .get(..length)
            .filter(|_| (1..=2).contains(&length))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let Some(byte) = byte else {
            kept(&mut list, &mut found);
            continue;
        };
        if from != Some(0) {
            kept(&mut list, &mut found);
        }
        list.push(byte);
        if digits.len() > length {
            kept(&mut list, &mut found);
        }
    }
    kept(&mut list, &mut found);
    found
}

/// `\xfc\xe8…`
fn escaped(text: &str) -> Vec<Vec<u8>> {
    let (mut list, mut found) = (Vec::new(), Vec::new());
    let mut end = None;
    for (at, _) in text.match_indices("\\x") {
        let byte = text
            .get(at + 2..at + 4)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if end.is_some_and(|end| !joins(text.get(end..at).unwrap_or("x"))) {
            kept(&mut list, &mut found);
        }
        list.extend(byte);
        end = byte.map(|_| at + 4);
    }
    kept(&mut list, &mut found);
    found
}

/// What may stand between two parts of a string that are put together.
fn joins(between: &str) -> bool {
    between.len() <= 16
        && between
            .chars()
            .all(|c| c.is_whitespace() || "\"'+.&_\\".contains(c))
}

/// A run of base64.
fn encoded(text: &str) -> Vec<Vec<u8>> {
    let digit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/');
    let engine = base64::engine::general_purpose::STANDARD_NO_PAD;
    text.split(|c| !digit(c))
        .filter(|run| run.len() >= HEAD)
        .filter(|run| {
            let head = run.get(..HEAD).and_then(|head| engine.decode(head).ok());
            head.is_some_and(|head| begins_as_code(&head))
        })
        .filter_map(|run| {
            engine
                .decode(run.get(..run.len() - usize::from(run.len() % 4 == 1))?)
                .ok()
        })
        .take(MOST)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_found_by_how_they_begin() {
        let bytes: Vec<u8> = [0xfc, 0xe8, 0x82, 0, 0, 0]
            .into_iter()
            .chain(std::iter::repeat_n(0x90, 70))
            .collect();
        let hex: Vec<String> = bytes.iter().map(|byte| format!("0x{byte:x}")).collect();
        let escapes: String = bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect();
        let base64 = base64::engine::general_purpose::STANDARD.encode(&bytes);
        for text in [
            format!("[Byte[]]$z = {};$g = 0x1000;", hex.join(",")),
            format!("buf = \"{escapes}\""),
            format!("'{base64}'"),
        ] {
            assert_eq!(listed(&text), std::slice::from_ref(&bytes), "{text}");
        }
        assert!(listed(&format!("@({})", vec!["0x41"; 100].join(", "))).is_empty());
    }
}
