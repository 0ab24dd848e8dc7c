//! Character references (HTML, section 13.5): numbers, and those names that reports use.

/// Names without `&` and `;`, sorted, with what they stand for.
const NAMES: [(&str, char); 74] = [
    ("Auml", 'Ä'),
    ("Eacute", 'É'),
    ("NewLine", '\n'),
    ("Ouml", 'Ö'),
    ("Tab", '\t'),
    ("Uuml", 'Ü'),
    ("aacute", 'á'),
    ("acirc", 'â'),
    ("agrave", 'à'),
    ("amp", '&'),
    ("apos", '\''),
    ("ast", '*'),
    ("auml", 'ä'),
    ("bsol", '\\'),
    ("bull", '•'),
    ("ccedil", 'ç'),
    ("colon", ':'),
    ("comma", ','),
    ("commat", '@'),
    ("copy", '©'),
    ("dash", '‐'),
    ("dollar", '$'),
    ("eacute", 'é'),
    ("ecirc", 'ê'),
    ("egrave", 'è'),
    ("emsp", '\u{2003}'),
    ("ensp", '\u{2002}'),
    ("equals", '='),
    ("euro", '€'),
    ("excl", '!'),
    ("gt", '>'),
    ("hellip", '…'),
    ("hyphen", '‐'),
    ("iacute", 'í'),
    ("laquo", '«'),
    ("lbrace", '{'),
    ("lbrack", '['),
    ("lcub", '{'),
    ("ldquo", '“'),
    ("lowbar", '_'),
    ("lpar", '('),
    ("lsqb", '['),
    ("lsquo", '‘'),
    ("lt", '<'),
    ("mdash", '—'),
    ("middot", '·'),
    ("nbsp", '\u{a0}'),
    ("ndash", '–'),
    ("ntilde", 'ñ'),
    ("num", '#'),
    ("oacute", 'ó'),
    ("ouml", 'ö'),
    ("percnt", '%'),
    ("period", '.'),
    ("plus", '+'),
    ("quest", '?'),
    ("quot", '"'),
    ("raquo", '»'),
    ("rarr", '→'),
    ("rbrace", '}'),
    ("rbrack", ']'),
    ("rcub", '}'),
    ("rdquo", '”'),
    ("reg", '®'),
    ("rpar", ')'),
    ("rsqb", ']'),
    ("rsquo", '’'),
    ("semi", ';'),
    ("shy", '\u{ad}'),
    ("sol", '/'),
    ("szlig", 'ß'),
    ("thinsp", '\u{2009}'),
    ("uuml", 'ü'),
    ("vert", '|'),
];
/// Bytes of the longest reference.
const LONGEST: usize = 16;

/// Reads the reference that begins with `&` at the start of a text; returns its character and its length.
pub(super) fn read(text: &[u8]) -> Option<(char, usize)> {
    let body = text.get(1..)?;
    let inside = |b: &&u8| b.is_ascii_alphanumeric() || **b == b'#';
    let length = body.iter().take(LONGEST).take_while(inside).count();
    let word = std::str::from_utf8(body.get(..length)?).ok()?;
    let ended = body.get(length) == Some(&b';');
    let character = match word.strip_prefix('#') {
        Some(number) => numbered(number)?,
        // Without the semicolon only the oldest names count.
        None if !ended && !matches!(word, "amp" | "lt" | "gt" | "quot" | "nbsp") => return None,
        None => {
            let at = NAMES.binary_search_by(|(name, _)| (*name).cmp(word)).ok()?;
            NAMES.get(at)?.1
        }
    };
    Some((character, 1 + length + usize::from(ended)))
}

fn numbered(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_by_number_and_by_name() {
        assert!(NAMES.is_sorted_by_key(|(name, _)| *name));
        for (text, expected) in [
            ("&#46;x", Some(('.', 5))),
            ("&#x2E;", Some(('.', 6))),
            ("&amp;a", Some(('&', 5))),
            ("&amp a", Some(('&', 4))),
            ("&period;", Some(('.', 8))),
            ("&copy=1", None),
            ("& b", None),
            ("&#xFFFFFFFF;", None),
        ] {
            assert_eq!(read(text.as_bytes()), expected, "{text}");
        }
    }
}
