//! HTML or plain text inside rich text, as Outlook keeps a body (MS-OXRTFEX).
//!
//! The rich text's own words are what a converter would show again: they are left out between `\htmlrtf` and
//! `\htmlrtf0`, and what stands in `\*\htmltag` groups is the page's own.

use crate::ovba::encoding_of;
use encoding_rs::{Encoding, WINDOWS_1252};

/// Groups inside groups.
const NESTING: usize = 512;
/// Bytes in which the mark of an encapsulation is looked for.
const LOOK: usize = 1024;

/// What a rich text encapsulates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Encapsulated {
    /// A page.
    Html(String),
    /// A plain text, or the words of a rich text that encapsulates nothing.
    Text(String),
}

/// What holds inside a group.
#[derive(Clone, Copy)]
struct Group {
    /// Its text belongs to no body.
    hidden: bool,
    /// The text is the rich form of what stands in tags.
    rich: bool,
    /// Characters to leave out behind `\u`.
    skip: usize,
}

/// Returns what a rich text encapsulates.
pub(super) fn read(rich: &[u8]) -> Encapsulated {
    let head = rich.get(..LOOK).unwrap_or(rich);
    let is_html = crate::scan::find(head, b"\\fromhtml", 0).is_some();
    let text = words(rich, is_html);
    if is_html {
        Encapsulated::Html(text)
    } else {
        Encapsulated::Text(text)
    }
}

/// Destinations whose text is no body's.
const HIDDEN: [&str; 10] = [
    "fonttbl",
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "object",
    "objdata",
    "header",
    "footer",
    "themedata",
];

struct Reader<'a> {
    rest: &'a [u8],
    encoding: &'static Encoding,
    text: String,
    /// Bytes of a code page that are not text yet: a character may be two of them.
    pending: Vec<u8>,
    groups: Vec<Group>,
    /// Characters still to leave out behind a `\u`.
    skipping: usize,
    /// The first half of a character of two units.
    high: Option<u32>,
}

fn words(rich: &[u8], is_html: bool) -> String {
    let first = Group {
        hidden: false,
        rich: false,
        skip: 1,
    };
    let mut reader = Reader {
        rest: rich,
        encoding: WINDOWS_1252,
        text: String::new(),
        pending: Vec::new(),
        groups: vec![first],
        skipping: 0,
        high: None,
    };
    while let Some((byte, rest)) = reader.rest.split_first() {
        reader.rest = rest;
        match byte {
            b'{' => {
                let group = reader.group();
                if reader.groups.len() < NESTING {
                    reader.groups.push(group);
                }
                reader.skipping = 0;
            }
            b'}' => {
                if reader.groups.len() > 1 {
                    reader.groups.pop();
                }
                reader.skipping = 0;
            }
            b'\\' => reader.control(is_html),
            b'\r' | b'\n' => {}
            byte => reader.put(*byte),
        }
    }
    reader.flush();
    reader.text
}

impl Reader<'_> {
    fn group(&self) -> Group {
        self.groups.last().copied().unwrap_or(Group {
            hidden: false,
            rich: false,
            skip: 1,
        })
    }

    fn change(&mut self, change: impl FnOnce(&mut Group)) {
        if let Some(group) = self.groups.last_mut() {
            change(group);
        }
    }

    fn shown(&self) -> bool {
        let group = self.group();
        !group.hidden && !group.rich
    }

    fn put(&mut self, byte: u8) {
        if self.skipping > 0 {
            self.skipping -= 1;
        } else if self.shown() {
            self.pending.push(byte);
        }
    }

    fn put_text(&mut self, text: &str) {
        if self.shown() {
            self.flush();
            self.text.push_str(text);
        }
    }

    fn flush(&mut self) {
        if !self.pending.is_empty() {
            let bytes = std::mem::take(&mut self.pending);
            self.text
                .push_str(&self.encoding.decode_without_bom_handling(&bytes).0);
        }
    }

    /// Reads what stands behind a backslash: a symbol, or a word with its number.
    fn control(&mut self, is_html: bool) {
        let Some((first, rest)) = self.rest.split_first() else {
            return;
        };
        if !first.is_ascii_alphabetic() {
            self.rest = rest;
            return self.symbol(*first, is_html);
        }
        let letters = self
            .rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count();
        let (word, rest) = self.rest.split_at_checked(letters.min(32)).unwrap_or((b"", b""));
        let digits = rest
            .iter()
            .enumerate()
            .take_while(|(at, byte)| byte.is_ascii_digit() || *at == 0 && **byte == b'-')
            .take(11)
            .count();
        let (number, rest) = rest.split_at_checked(digits).unwrap_or((b"", b""));
        self.rest = rest.strip_prefix(b" ").unwrap_or(rest);
        let number = std::str::from_utf8(number)
            .ok()
            .and_then(|number| number.parse::<i64>().ok());
        let word = String::from_utf8_lossy(word).into_owned();
        self.word(&word, number);
    }

    fn symbol(&mut self, symbol: u8, is_html: bool) {
        match symbol {
            b'\'' => {
                let hex = self.rest.split_first_chunk::<2>();
                let byte = hex.and_then(|(hex, rest)| {
                    let byte = u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()?;
                    Some((byte, rest))
                });
                if let Some((byte, rest)) = byte {
                    self.rest = rest;
                    self.put(byte);
                }
            }
            b'{' | b'}' | b'\\' => self.put(symbol),
            b'~' => self.put_text("\u{a0}"),
            b'_' => self.put_text("-"),
            b'*' => self.destination(is_html),
            _ => {}
        }
    }

    /// A group that only some readers know: of those a body has the tags alone.
    fn destination(&mut self, is_html: bool) {
        let after = self.rest.strip_prefix(b"\\").unwrap_or(self.rest);
        let is_tag = after.starts_with(b"htmltag");
        if is_html && is_tag {
            let digits = after
                .iter()
                .skip(7)
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            let rest = after.get(7 + digits..).unwrap_or_default();
            self.rest = rest.strip_prefix(b" ").unwrap_or(rest);
            // What a tag says is the page's even where the rich form around it is left out.
            self.change(|group| group.rich = false);
        } else {
            self.change(|group| group.hidden = true);
        }
    }

    /// Takes a unit of UTF-16.
    fn unit(&mut self, unit: u32) {
        let c = match (self.high.take(), unit) {
            (_, 0xD800..=0xDBFF) => {
                self.high = Some(unit);
                return;
            }
            (Some(high), 0xDC00..=0xDFFF) => {
                char::from_u32(0x1_0000 + ((high - 0xD800) << 10) + (unit - 0xDC00))
            }
            (_, unit) => char::from_u32(unit),
        };
        let mut buffer = [0; 4];
        self.put_text(c.unwrap_or('\u{fffd}').encode_utf8(&mut buffer));
    }

    fn word(&mut self, word: &str, number: Option<i64>) {
        match word {
            "ansicpg" => {
                self.flush();
                let page = number.and_then(|page| u16::try_from(page).ok());
                self.encoding = page.map_or(self.encoding, encoding_of);
            }
            "uc" => {
                let skip = number.and_then(|skip| usize::try_from(skip).ok()).unwrap_or(1);
                self.change(|group| group.skip = skip.min(16));
            }
            "u" => {
                let unit = number.map(|number| if number < 0 { number + 65536 } else { number });
                self.unit(unit.and_then(|unit| u32::try_from(unit).ok()).unwrap_or(0xFFFD));
                self.skipping = self.group().skip;
            }
            "htmlrtf" => self.change(|group| group.rich = number != Some(0)),
            "par" | "line" | "row" => self.put_text("\r\n"),
            "tab" | "cell" => self.put_text("\t"),
            "lquote" => self.put_text("\u{2018}"),
            "rquote" => self.put_text("\u{2019}"),
            "ldblquote" => self.put_text("\u{201c}"),
            "rdblquote" => self.put_text("\u{201d}"),
            "bullet" => self.put_text("\u{2022}"),
            "endash" => self.put_text("\u{2013}"),
            "emdash" => self.put_text("\u{2014}"),
            "bin" => {
                let length = number
                    .and_then(|length| usize::try_from(length).ok())
                    .unwrap_or(0);
                self.rest = self.rest.get(length..).unwrap_or_default();
            }
            word if HIDDEN.contains(&word) => self.change(|group| group.hidden = true),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_comes_out_of_its_tags() {
        let rich = br"{\rtf1\ansi\ansicpg1251\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}}
{\*\htmltag19 <html>}{\*\htmltag50 <p>}\htmlrtf {\f0 \htmlrtf0 see {\*\htmltag84 <a href=\'22https://a.example/?x=\'7b1\'7d\'22>}\htmlrtf {\field{\*\fldinst{HYPERLINK x}}{\fldrslt\htmlrtf0 here\htmlrtf }}\htmlrtf0 {\*\htmltag92 </a>}\'ef\u1088 ?\htmlrtf\par}\htmlrtf0{\*\htmltag58 </p>}}";
        assert_eq!(
            read(rich),
            Encapsulated::Html(
                "<html><p>see <a href=\"https://a.example/?x={1}\">here</a>\u{43f}\u{440}</p>".into()
            )
        );
    }

    #[test]
    fn a_text_comes_out_of_its_words() {
        let rich = br"{\rtf1\ansi\fromtext{\fonttbl{\f0 Arial;}}{\*\generator x;}the password is \'22abc\'22\par next}";
        assert_eq!(
            read(rich),
            Encapsulated::Text("the password is \"abc\"\r\nnext".into())
        );
    }

    #[test]
    fn broken_rich_text_ends() {
        for rich in [
            &b"{\\rtf1\\"[..],
            b"{\\rtf1\\'",
            b"\\u99999999999999",
            b"}}}}",
            b"\\bin99999999 x",
        ] {
            let _ = read(rich);
        }
        assert_eq!(read(&b"{".repeat(100_000)), Encapsulated::Text(String::new()));
    }
}
