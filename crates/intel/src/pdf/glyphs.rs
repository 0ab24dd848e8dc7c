//! Names of glyphs and the simple encodings (ISO 32000-1, annex D), as far as they are needed to read text.

/// Glyph names that are not a letter by itself, sorted, with their characters.
const NAMES: [(&str, &str); 92] = [
    ("Euro", "€"),
    ("ampersand", "&"),
    ("asciicircum", "^"),
    ("asciitilde", "~"),
    ("asterisk", "*"),
    ("at", "@"),
    ("backslash", "\\"),
    ("bar", "|"),
    ("braceleft", "{"),
    ("braceright", "}"),
    ("bracketleft", "["),
    ("bracketright", "]"),
    ("bullet", "•"),
    ("cent", "¢"),
    ("colon", ":"),
    ("comma", ","),
    ("copyright", "©"),
    ("currency", "¤"),
    ("dagger", "†"),
    ("degree", "°"),
    ("dollar", "$"),
    ("dotlessi", "ı"),
    ("eight", "8"),
    ("ellipsis", "…"),
    ("emdash", "—"),
    ("endash", "–"),
    ("equal", "="),
    ("exclam", "!"),
    ("exclamdown", "¡"),
    ("f_f", "ff"),
    ("f_f_i", "ffi"),
    ("f_i", "fi"),
    ("f_l", "fl"),
    ("ff", "ff"),
    ("ffi", "ffi"),
    ("ffl", "ffl"),
    ("fi", "fi"),
    ("five", "5"),
    ("fl", "fl"),
    ("four", "4"),
    ("germandbls", "ß"),
    ("grave", "`"),
    ("greater", ">"),
    ("guillemotleft", "«"),
    ("guillemotright", "»"),
    ("guilsinglleft", "‹"),
    ("guilsinglright", "›"),
    ("hyphen", "-"),
    ("less", "<"),
    ("mdash", "—"),
    ("minus", "-"),
    ("multiply", "×"),
    ("nbspace", " "),
    ("ndash", "–"),
    ("nine", "9"),
    ("nonbreakingspace", " "),
    ("numbersign", "#"),
    ("one", "1"),
    ("paragraph", "¶"),
    ("parenleft", "("),
    ("parenright", ")"),
    ("percent", "%"),
    ("period", "."),
    ("periodcentered", "·"),
    ("plus", "+"),
    ("plusminus", "±"),
    ("question", "?"),
    ("questiondown", "¿"),
    ("quotedbl", "\""),
    ("quotedblbase", "„"),
    ("quotedblleft", "“"),
    ("quotedblright", "”"),
    ("quoteleft", "‘"),
    ("quoteright", "’"),
    ("quotesinglbase", "‚"),
    ("quotesingle", "'"),
    ("registered", "®"),
    ("section", "§"),
    ("semicolon", ";"),
    ("seven", "7"),
    ("sfthyphen", "\u{ad}"),
    ("six", "6"),
    ("slash", "/"),
    ("softhyphen", "\u{ad}"),
    ("space", " "),
    ("sterling", "£"),
    ("three", "3"),
    ("trademark", "™"),
    ("two", "2"),
    ("underscore", "_"),
    ("yen", "¥"),
    ("zero", "0"),
];
/// Accents as glyph names end in them, with the combining character.
const ACCENTS: [(&str, char); 9] = [
    ("acute", '\u{301}'),
    ("breve", '\u{306}'),
    ("caron", '\u{30c}'),
    ("cedilla", '\u{327}'),
    ("circumflex", '\u{302}'),
    ("dieresis", '\u{308}'),
    ("grave", '\u{300}'),
    ("ring", '\u{30a}'),
    ("tilde", '\u{303}'),
];

/// Returns the text of a glyph by its name.
pub(super) fn text(name: &str) -> Option<String> {
    // A variant has its kind behind a dot: `a.sc`.
    let base = match name.find('.') {
        Some(at) if at > 0 => name.get(..at)?,
        _ => name,
    };
    let mut letters = base.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        return Some(letter.to_string());
    }
    if let Ok(at) = NAMES.binary_search_by(|(own, _)| (*own).cmp(base)) {
        return NAMES.get(at).map(|(_, text)| (*text).to_owned());
    }
    let code = base
        .strip_prefix("uni")
        .filter(|digits| digits.len() == 4)
        .or_else(|| {
            base.strip_prefix('u')
                .filter(|digits| (4..=6).contains(&digits.len()))
        });
    if let Some(character) = code
        .and_then(|digits| u32::from_str_radix(digits, 16).ok())
        .and_then(char::from_u32)
    {
        return Some(character.to_string());
    }
    let accented = |(ending, accent): &(&str, char)| {
        let letter = base.strip_suffix(ending).filter(|letter| letter.len() == 1)?;
        Some(format!("{letter}{accent}"))
    };
    ACCENTS.iter().find_map(accented)
}

/// Returns the character of a code in Adobe's standard encoding, which fonts without another have.
pub(super) fn standard(code: u8) -> Option<&'static str> {
    Some(match code {
        0x27 => "’",
        0x60 => "‘",
        0x20..=0x7e => return None,
        0xa1 => "¡",
        0xa4 => "/",
        0xaa => "“",
        0xad => "‹",
        0xae => "fi",
        0xaf => "fl",
        0xb1 => "–",
        0xb7 => "•",
        0xba => "”",
        0xbc => "…",
        0xd0 => "—",
        0xfb => "ß",
        _ => "",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_read() {
        assert!(NAMES.is_sorted_by_key(|(name, _)| *name));
        for (name, expected) in [
            ("A", Some("A")),
            ("period", Some(".")),
            ("uni002E", Some(".")),
            ("u1F600", Some("😀")),
            ("eacute", Some("e\u{301}")),
            ("a.sc", Some("a")),
            ("g123", None),
            (".notdef", None),
        ] {
            assert_eq!(text(name).as_deref(), expected, "{name}");
        }
    }
}
