//! One pass over the tokens of a rich text that gathers what it holds.
//!
//! Groups are a stack of small states, never recursion. As in Word, a destination changes where its word stands, at
//! the beginning of a group or not.

use super::charset::{of_charset, of_code_page};
use super::gathered::Gathered;
use super::group::{Destination, Group, Open};
use super::nibbles::Doubt;
use super::prose::Prose;
use super::token::{Token, Tokens};
use super::words::{is_destination, is_known, is_symbol};
use encoding_rs::{Encoding, WINDOWS_1252};
use std::collections::HashMap;

/// Groups inside groups that are kept apart; deeper ones share a state.
const GROUPS: usize = 1 << 16;
/// Objects, pictures and fields of one text, each.
pub(super) const PARTS: usize = 1 << 16;
/// What binary data is called that stands between digits.
const BINARY: &str = "binary data";

/// Reads a rich text.
pub(super) fn gather(bytes: &[u8]) -> Gathered {
    let mut reader = Reader::new(bytes);
    while let Some(token) = reader.tokens.next() {
        reader.token(token);
        reader.at = reader.tokens.at();
    }
    reader.finish()
}

pub(super) struct Reader<'a> {
    pub(super) tokens: Tokens<'a>,
    /// Where the token at hand begins.
    pub(super) at: usize,
    pub(super) group: Group,
    pub(super) outer: Vec<Group>,
    /// Groups beyond the stack.
    beyond: usize,
    starred: bool,
    /// Characters that still stand for the last `\u`.
    standing: u32,
    font: i64,
    fonts: HashMap<i64, &'static Encoding>,
    pub(super) page: &'static Encoding,
    pub(super) fields: Vec<Open>,
    pub(super) words: Prose,
    pub(super) template: Prose,
    pub(super) class: Prose,
    pub(super) found: Gathered,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let page = WINDOWS_1252;
        Reader {
            tokens: Tokens::new(bytes),
            at: 0,
            group: Group {
                destination: Destination::Words,
                unknown: false,
                object: None,
                field: None,
                ends: false,
                stand_ins: 1,
                encoding: page,
            },
            outer: Vec::new(),
            beyond: 0,
            starred: false,
            standing: 0,
            font: 0,
            fonts: HashMap::new(),
            page,
            fields: Vec::new(),
            words: Prose::new(page),
            template: Prose::new(page),
            class: Prose::new(page),
            found: Gathered::default(),
        }
    }

    fn token(&mut self, token: Token<'a>) {
        match token {
            Token::Text(text) => self.text(text),
            Token::Word(name, parameter) => self.word(name, parameter),
            Token::Open => self.open(),
            Token::Close => self.close(),
            Token::Hex(digits) => self.escape(digits),
            Token::Symbol(symbol) => self.symbol(symbol),
            Token::Bin(data, oversized) => self.binary(data, oversized),
        }
    }

    fn open(&mut self) {
        self.note_break("groups");
        (self.starred, self.standing) = (false, 0);
        if self.outer.len() >= GROUPS {
            self.beyond += 1;
            self.found.too_deep = true;
            return;
        }
        self.outer.push(self.group);
        self.group.field = None;
        self.group.ends = false;
    }

    fn close(&mut self) {
        (self.starred, self.standing) = (false, 0);
        if self.beyond > 0 {
            self.beyond -= 1;
            return;
        }
        self.leave();
        let field = self.group.field;
        if let Some(outer) = self.outer.pop() {
            self.group = outer;
            if self.outer.is_empty() && self.found.end.is_none() {
                self.found.end = Some(self.tokens.at());
            }
        }
        if let Some(field) = field {
            self.close_field(field);
        }
    }

    fn word(&mut self, name: &'a [u8], parameter: Option<i64>) {
        let starred = std::mem::take(&mut self.starred);
        self.standing = 0;
        match name {
            b"u" => self.unicode(parameter),
            b"uc" => self.group.stand_ins = u32::try_from(parameter.unwrap_or(1)).unwrap_or(0),
            b"par" | b"line" | b"row" | b"sect" | b"page" => self.char('\n'),
            b"tab" | b"cell" => self.char('\t'),
            b"lquote" | b"rquote" => self.char('\''),
            b"ldblquote" | b"rdblquote" => self.char('"'),
            b"ansicpg" => self.code_page(parameter),
            b"f" | b"fcharset" | b"plain" | b"af" => self.font(name, parameter),
            b"objupdate" | b"objautlink" => self.updates(),
            _ if is_destination(name) => self.destination(name),
            _ if starred && !is_known(name) => self.group.unknown = true,
            _ => {}
        }
        // Binary data is noted where it stands.
        let carries = name == b"bin" && parameter.is_some_and(|length| length > 0);
        if name != b"objdata" && !carries {
            self.note_break("control words");
        }
    }

    fn code_page(&mut self, parameter: Option<i64>) {
        self.page = of_code_page(parameter.unwrap_or_default());
        self.group.encoding = self.page;
    }

    fn font(&mut self, name: &[u8], parameter: Option<i64>) {
        let number = parameter.unwrap_or_default();
        match name {
            b"fcharset" if self.group.destination == Destination::Fonts && self.fonts.len() < PARTS => {
                if let Some(encoding) = of_charset(number) {
                    self.fonts.insert(self.font, encoding);
                }
            }
            b"f" if self.group.destination == Destination::Fonts => self.font = number,
            b"f" => self.group.encoding = self.fonts.get(&number).copied().unwrap_or(self.page),
            b"plain" => self.group.encoding = self.page,
            _ => {}
        }
    }

    /// Returns the text that the words at hand belong to; `None` where they are no text, or none that Word reads.
    fn prose(&mut self) -> Option<&mut Prose> {
        if self.group.unknown {
            return None;
        }
        match self.group.destination {
            Destination::Words => Some(&mut self.words),
            Destination::Class(_) | Destination::Identifier(_) => Some(&mut self.class),
            Destination::Template => Some(&mut self.template),
            Destination::Instruction(number) => Some(&mut self.fields.get_mut(number)?.instruction),
            Destination::Result(number) => Some(&mut self.fields.get_mut(number)?.result),
            Destination::Data(_) | Destination::Fonts | Destination::Nowhere => None,
        }
    }

    fn unicode(&mut self, parameter: Option<i64>) {
        // Beyond 16 bits Word takes the lower ones.
        let unit = (parameter.unwrap_or_default() & 0xFFFF) as u16;
        if let Some(prose) = self.prose() {
            prose.unit(unit);
        }
        self.standing = self.group.stand_ins;
    }

    fn symbol(&mut self, symbol: u8) {
        self.standing = 0;
        match symbol {
            b'*' => {
                self.starred = true;
                return;
            }
            b'\\' | b'{' | b'}' => self.char(char::from(symbol)),
            b'~' => self.char(' '),
            b'_' => self.char('-'),
            b'\n' | b'\r' => self.char('\n'),
            _ if self.starred && !is_symbol(symbol) => self.group.unknown = true,
            _ => {}
        }
        self.starred = false;
        self.note_break("control symbols");
    }

    fn escape(&mut self, digits: &[u8]) {
        if let Destination::Data(number) = self.group.destination {
            let doubt = self.doubt();
            if let Some(data) = self.found.data.get_mut(number) {
                data.readings.escape(doubt);
                data.breaks("escapes");
            }
        } else if let Some(byte) = byte_of(digits) {
            self.text(&[byte]);
            return;
        }
        self.standing = self.standing.saturating_sub(1);
    }

    fn doubt(&self) -> Doubt {
        Doubt {
            unknown: self.group.unknown,
            stand_in: self.standing > 0,
        }
    }

    fn text(&mut self, text: &[u8]) {
        if self.standing > 0 {
            // The characters that stand for a `\u`; line ends do not count.
            let mut left = self.standing;
            let count = text
                .iter()
                .take_while(|byte| {
                    let counts = !matches!(byte, b'\r' | b'\n');
                    let stands = left > 0;
                    left -= u32::from(counts && stands);
                    stands
                })
                .count();
            let (stand_ins, behind) = text.split_at(count);
            if let Destination::Data(_) = self.group.destination {
                self.put(stand_ins);
            }
            self.standing = left;
            return self.put(behind);
        }
        self.put(text);
    }

    fn put(&mut self, text: &[u8]) {
        if text.iter().any(|byte| !byte.is_ascii_whitespace()) {
            self.starred = false;
        }
        let encoding = self.group.encoding;
        if let Destination::Data(number) = self.group.destination {
            let doubt = self.doubt();
            if let Some(data) = self.found.data.get_mut(number) {
                data.readings.text(text, doubt);
                if data.binary && text.iter().any(u8::is_ascii_hexdigit) {
                    data.breaks(BINARY);
                }
            }
            return;
        }
        self.found.noise += text.iter().filter(|byte| is_noise(**byte)).count();
        if let Some(prose) = self.prose() {
            prose.bytes(text, encoding);
        }
    }

    fn char(&mut self, c: char) {
        if let Some(prose) = self.prose() {
            prose.char(c);
        }
    }

    fn binary(&mut self, bytes: &[u8], oversized: bool) {
        if oversized && self.found.oversized.is_none() {
            self.found.oversized = Some(self.at);
        }
        if let Destination::Data(number) = self.group.destination {
            let doubt = self.doubt();
            if let Some(data) = self.found.data.get_mut(number) {
                if !data.readings.is_empty() {
                    data.breaks(BINARY);
                }
                data.binary = true;
                data.readings.raw(bytes, doubt);
            }
        }
    }

    /// Notes what stands between the digits of an object.
    fn note_break(&mut self, what: &'static str) {
        if let Destination::Data(number) = self.group.destination
            && let Some(data) = self.found.data.get_mut(number)
        {
            data.breaks(what);
        }
    }

    fn finish(mut self) -> Gathered {
        self.found.unclosed = self.outer.len() + self.beyond;
        while !self.outer.is_empty() {
            self.beyond = 0;
            self.close();
        }
        self.leave();
        if let Some(field) = self.group.field.take() {
            self.close_field(field);
        }
        if self.found.unclosed > 0 {
            self.found.end = None;
        }
        self.found.words = self.words.into_text();
        self.found
    }
}

/// Returns whether a byte is a control character that no program writes into a text.
fn is_noise(byte: u8) -> bool {
    matches!(byte, 1..=8 | 0x0E..=0x19 | 0x1B..=0x1F)
}

fn byte_of(digits: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(digits).ok().filter(|text| text.len() == 2)?;
    u8::from_str_radix(text, 16).ok()
}
