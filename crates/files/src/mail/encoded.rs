//! Files inside the text of a message: uuencode (POSIX), yEnc 1.3, and base64 that a strict reader refuses.

use std::iter::Peekable;

/// Files of one text.
pub(super) const FILES: usize = 64;

/// A file that a text spells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Encoded {
    pub name: String,
    pub bytes: Vec<u8>,
    /// Whether its end stands there too.
    pub whole: bool,
}

/// Returns the files that a text spells line by line, and whether there are more.
pub(super) fn files_in(text: &str) -> (Vec<Encoded>, bool) {
    let mut found = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let begins = begins_uuencode(line).is_some() || line.starts_with("=ybegin ");
        if begins && found.len() >= FILES {
            return (found, true);
        }
        if let Some(name) = begins_uuencode(line) {
            found.push(uuencode(name, &mut lines));
        } else if let Some(name) = line
            .strip_prefix("=ybegin ")
            .and_then(|rest| rest.split_once("name="))
        {
            found.push(yenc(name.1, &mut lines));
        }
    }
    (found, false)
}

/// Returns the name behind `begin 644`.
fn begins_uuencode(line: &str) -> Option<&str> {
    let (mode, name) = line.strip_prefix("begin ")?.split_once(' ')?;
    let octal = (3..=4).contains(&mode.len()) && mode.bytes().all(|byte| (b'0'..=b'7').contains(&byte));
    Some(name.trim()).filter(|name| octal && !name.is_empty())
}

fn uuencode<'t>(name: &str, lines: &mut Peekable<impl Iterator<Item = &'t str>>) -> Encoded {
    let mut file = Encoded {
        name: name.to_owned(),
        bytes: Vec::new(),
        whole: false,
    };
    // The line that is none of its own may begin another file.
    while let Some(line) = lines.peek() {
        if line.trim_end() == "end" {
            file.whole = true;
            break;
        }
        let Some(row) = uuencoded(line.trim_end_matches(['\r', '\n'])) else {
            break;
        };
        file.bytes.extend_from_slice(&row);
        lines.next();
    }
    file
}

/// Reads a line: a count, then four characters for three bytes; blanks at its end may be gone.
fn uuencoded(line: &str) -> Option<Vec<u8>> {
    let value = |byte: &u8| (0x20..=0x60).contains(byte).then(|| (byte - 0x20) & 0x3F);
    let (count, chars) = line.as_bytes().split_first()?;
    let count = usize::from(value(count)?);
    let mut bytes = Vec::with_capacity(count);
    for four in chars.chunks(4) {
        let mut values = [0u8; 4];
        for (place, byte) in values.iter_mut().zip(four) {
            *place = value(byte)?;
        }
        let [a, b, c, d] = values;
        bytes.extend_from_slice(&[a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d]);
    }
    bytes.resize(count, 0);
    Some(bytes)
}

fn yenc<'t>(name: &str, lines: &mut impl Iterator<Item = &'t str>) -> Encoded {
    let mut file = Encoded {
        name: name.trim().to_owned(),
        bytes: Vec::new(),
        whole: false,
    };
    for line in lines {
        if line.starts_with("=yend") {
            file.whole = true;
            break;
        }
        if line.starts_with("=ypart") {
            continue;
        }
        let mut escaped = false;
        // Bytes above 127 came through as the characters of Latin 1, or are lost already.
        for c in line.chars() {
            let Ok(byte) = u8::try_from(u32::from(c)) else {
                continue;
            };
            if byte == b'=' && !escaped {
                escaped = true;
                continue;
            }
            let shift = if escaped { 42 + 64 } else { 42 };
            file.bytes.push(byte.wrapping_sub(shift));
            escaped = false;
        }
    }
    file
}

/// Reads base64 as mail readers do: what is no character of it is left out, and the first padding ends it. `None` where
/// hardly anything of the text is base64.
pub(super) fn lenient_base64(text: &[u8]) -> Option<Vec<u8>> {
    use base64::Engine;
    let is_one = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(*byte, b'+' | b'/');
    let end = text.iter().position(|byte| *byte == b'=').unwrap_or(text.len());
    let head = text.get(..end)?;
    let mut bare: Vec<u8> = head.iter().copied().filter(is_one).collect();
    let other = head
        .iter()
        .filter(|byte| !is_one(byte) && !byte.is_ascii_whitespace())
        .count();
    if bare.len() < 16 || other * 4 > bare.len() {
        return None;
    }
    if bare.len() % 4 == 1 {
        bare.pop();
    }
    let config = base64::engine::GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent);
    base64::engine::GeneralPurpose::new(&base64::alphabet::STANDARD, config)
        .decode(&bare)
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_in_a_text_are_found() {
        let text = "hello\nbegin 644 cat.txt\n#0V%T\n`\nend\nbegin here\n=ybegin line=128 size=3 name=b.bin\n\u{8d}=\u{7d}k\n=yend size=3\n";
        let (files, _) = files_in(text);
        let told: Vec<(&str, &[u8], bool)> = files
            .iter()
            .map(|file| (file.name.as_str(), file.bytes.as_slice(), file.whole))
            .collect();
        assert_eq!(told, [("cat.txt", &b"Cat"[..], true), ("b.bin", b"c\x13A", true)]);
    }

    #[test]
    fn base64_with_garbage_is_read_as_mail_readers_read_it() {
        assert_eq!(
            lenient_base64(b"aGVsbG8g!d29y*bGQh\r\nIQ==junk").unwrap(),
            b"hello world!!"
        );
        assert_eq!(lenient_base64(b"-- ?? !! ::"), None);
    }

    #[test]
    fn a_file_may_begin_where_one_breaks_off_and_too_many_are_told() {
        let (files, more) = files_in("begin 644 a.txt\n#86)C\nbegin 644 b.txt\n#86)C\n`\nend\n");
        let told: Vec<(&str, &[u8], bool)> = files
            .iter()
            .map(|file| (file.name.as_str(), &file.bytes[..], file.whole))
            .collect();
        assert_eq!(
            told,
            [("a.txt", &b"abc"[..], false), ("b.txt", &b"abc"[..], true)]
        );
        assert!(!more);
        let (files, more) = files_in(&"begin 644 a.txt\n#86)C\n".repeat(FILES + 1));
        assert_eq!((files.len(), more), (FILES, true));
    }
}
