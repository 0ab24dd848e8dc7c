//! Tags and what else stands between angle brackets (HTML, section 13.2.5), by their bytes.

/// What begins with `<`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Markup {
    /// `<name …>`
    Open(Tag),
    /// `</name …>`
    Close(String),
    /// A comment, a declaration, an instruction.
    Other,
}

/// A start tag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tag {
    /// The name in lower case.
    pub(super) name: String,
    /// Names in lower case and the bytes of their values.
    attributes: Vec<(String, usize, usize)>,
}

/// Attributes of one tag, and bytes of a name.
const MOST: usize = 256;
const LONGEST_NAME: usize = 64;

impl Tag {
    /// Returns the bytes of an attribute's value: the first of its name counts.
    pub(super) fn attribute(&self, name: &str) -> Option<(usize, usize)> {
        let mut attributes = self.attributes.iter();
        attributes
            .find(|(own, _, _)| own == name)
            .map(|(_, start, end)| (*start, *end))
    }
}

/// Reads what begins with `<` at a place; returns it and the place behind it, nothing where the bracket is text.
pub(super) fn read(text: &[u8], at: usize) -> Option<(Markup, usize)> {
    let rest = text.get(at + 1..)?;
    match rest {
        [b'!', b'-', b'-', ..] => {
            let end = memchr::memmem::find(rest.get(1..)?, b"-->").map_or(text.len(), |end| at + 2 + end + 3);
            Some((Markup::Other, end))
        }
        [b'!' | b'?', ..] => {
            let end = memchr::memchr(b'>', rest).map_or(text.len(), |end| at + 1 + end + 1);
            Some((Markup::Other, end))
        }
        [b'/', letter, ..] if letter.is_ascii_alphabetic() => {
            let (tag, end) = tag(text, at + 2);
            Some((Markup::Close(tag.name), end))
        }
        [letter, ..] if letter.is_ascii_alphabetic() => {
            let (tag, end) = tag(text, at + 1);
            Some((Markup::Open(tag), end))
        }
        _ => None,
    }
}

/// Returns the place of `</name` from a place on, or the end.
pub(super) fn closing(text: &[u8], from: usize, name: &str) -> usize {
    let mut at = from;
    while let Some(found) = text.get(at..).and_then(|rest| memchr::memmem::find(rest, b"</")) {
        let start = at + found;
        let word = text.get(start + 2..start + 2 + name.len()).unwrap_or_default();
        if word.eq_ignore_ascii_case(name.as_bytes()) {
            return start;
        }
        at = start + 2;
    }
    text.len()
}

fn tag(text: &[u8], begin: usize) -> (Tag, usize) {
    let ends_name = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'>' | b'/' | b'=');
    let length = |from: usize| text.iter().skip(from).take_while(|b| !ends_name(b)).count();
    let name = |from: usize, length: usize| {
        let name = text
            .get(from..from + length.min(LONGEST_NAME))
            .unwrap_or_default();
        String::from_utf8_lossy(name).to_lowercase()
    };
    let mut at = begin + length(begin);
    let mut tag = Tag {
        name: name(begin, at - begin),
        attributes: Vec::new(),
    };
    loop {
        at += text
            .iter()
            .skip(at)
            .take_while(|b| b.is_ascii_whitespace() || **b == b'/')
            .count();
        match text.get(at) {
            None => return (tag, text.len()),
            Some(b'>') => return (tag, at + 1),
            Some(b'=') => at += 1,
            Some(_) => {
                let count = length(at);
                let own = name(at, count);
                let (start, end, next) = value(text, at + count);
                if tag.attributes.len() < MOST {
                    tag.attributes.push((own, start, end));
                }
                at = next.max(at + 1);
            }
        }
    }
}

/// Reads `= value` behind an attribute's name; returns the bytes of the value and the place behind it.
fn value(text: &[u8], from: usize) -> (usize, usize, usize) {
    let blanks = |from: usize| {
        text.iter()
            .skip(from)
            .take_while(|b| b.is_ascii_whitespace())
            .count()
    };
    let equals = from + blanks(from);
    if text.get(equals) != Some(&b'=') {
        return (from, from, from);
    }
    let start = equals + 1 + blanks(equals + 1);
    match text.get(start) {
        Some(quote @ (b'"' | b'\'')) => {
            let rest = text.get(start + 1..).unwrap_or_default();
            let length = memchr::memchr(*quote, rest).unwrap_or(rest.len());
            (
                start + 1,
                start + 1 + length,
                (start + 2 + length).min(text.len()),
            )
        }
        _ => {
            let rest = text.get(start..).unwrap_or_default();
            let length = rest
                .iter()
                .take_while(|b| !b.is_ascii_whitespace() && **b != b'>')
                .count();
            (start, start + length, start + length)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_with_their_attributes() {
        let text = b"<A class=x HREF = 'http://c2.example/?a>b' hidden>t</a ><!-- > --><br/>1 < 2";
        let Some((Markup::Open(tag), end)) = read(text, 0) else {
            panic!("a tag")
        };
        let (start, stop) = tag.attribute("href").unwrap();
        assert_eq!(text.get(start..stop), Some(&b"http://c2.example/?a>b"[..]));
        assert!(tag.name == "a" && tag.attribute("hidden").is_some() && tag.attribute("id").is_none());
        assert_eq!(read(text, end + 1), Some((Markup::Close("a".into()), end + 6)));
        let comment = end + 6;
        assert_eq!(read(text, comment), Some((Markup::Other, comment + 10)));
        assert_eq!(read(text, text.len() - 3), None);
        assert_eq!(closing(b"<script>a</b></SCRIPT>", 8, "script"), 13);
    }
}
