//! One pass over the tokens of a rich text that gathers what it holds.
//!
//! Groups are a stack of small states, never recursion. As in Word, a destination changes where its word stands, at
//! the beginning of a group or not.

use super::charset::{of_charset, of_code_page};
use super::nibbles::{Doubt, Readings};
use super::prose::Prose;
use super::token::{Token, Tokens};
use super::words::{is_destination, is_known, is_symbol};
use encoding_rs::{Encoding, WINDOWS_1252};
use std::collections::{BTreeSet, HashMap};

/// Groups inside groups that are kept apart; deeper ones share a state.
const GROUPS: usize = 1 << 16;
/// Objects, pictures and fields of one text, each.
const PARTS: usize = 1 << 16;

/// What hexadecimal data is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `\objdata`
    Object,
    /// `\datastore`: custom XML, in the shape of an object.
    Store,
    /// `\pict`
    Picture,
    /// `\themedata`, `\colorschememapping` and fonts that are embedded.
    Other,
}

/// A run of hexadecimal or binary data.
#[derive(Debug)]
pub(super) struct Data {
    pub kind: Kind,
    /// The byte behind its control word, and that where it ends.
    pub start: usize,
    pub end: usize,
    pub readings: Readings,
    /// What breaks its digits up.
    pub broken_by: BTreeSet<&'static str>,
    /// The object that it belongs to.
    pub object: Option<usize>,
}

/// What the words around an object's data say.
#[derive(Debug, Default)]
pub(super) struct Object {
    pub class: String,
    /// The class's GUID where `\oleclsid` spells it.
    pub identifier: String,
    /// `\objupdate` or `\objautlink`: loaded with nobody asked.
    pub updates: bool,
}

/// A field.
#[derive(Debug)]
pub(crate) struct Field {
    pub start: usize,
    pub instruction: String,
    pub result: String,
}

/// All that a rich text holds.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub data: Vec<Data>,
    pub objects: Vec<Object>,
    /// In the order in which they end, the inner before the outer.
    pub fields: Vec<Field>,
    /// Texts of `\template`, with their place.
    pub templates: Vec<(usize, String)>,
    /// The words of the text, its notes and properties.
    pub words: String,
    /// The byte behind the text's last group.
    pub end: Option<usize>,
    /// Groups that were not closed.
    pub unclosed: usize,
    /// Whether groups stood too deep, parts were too many, a `\bin` claims more than there is.
    pub too_deep: bool,
    pub too_many: bool,
    pub oversized: Option<usize>,
}

/// Where text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Destination {
    Words,
    Data(usize),
    Class(usize),
    /// `\oleclsid`
    Identifier(usize),
    Template,
    Instruction(usize),
    Result(usize),
    Fonts,
    Nowhere,
}

#[derive(Clone, Copy, Debug)]
struct Group {
    destination: Destination,
    /// Behind `\*` stood a word that Word does not know.
    unknown: bool,
    object: Option<usize>,
    /// The field that ends with this group.
    field: Option<usize>,
    /// The data or template that ends with this group.
    ends: bool,
    /// Bytes that stand for one `\u`.
    stand_ins: u32,
    encoding: &'static Encoding,
}

struct Open {
    start: usize,
    instruction: Prose,
    result: Prose,
    /// Values of the fields inside the instruction are put in where they stand.
    done: bool,
}

/// Reads a rich text.
pub(super) fn gather(bytes: &[u8]) -> Gathered {
    let mut reader = Reader::new(bytes);
    while let Some(token) = reader.tokens.next() {
        reader.token(token);
        reader.at = reader.tokens.at();
    }
    reader.finish()
}

struct Reader<'a> {
    tokens: Tokens<'a>,
    /// Where the token at hand begins.
    at: usize,
    group: Group,
    outer: Vec<Group>,
    /// Groups beyond the stack.
    beyond: usize,
    starred: bool,
    /// Characters that still stand for the last `\u`.
    standing: u32,
    font: i64,
    fonts: HashMap<i64, &'static Encoding>,
    page: &'static Encoding,
    fields: Vec<Open>,
    words: Prose,
    template: Prose,
    class: Prose,
    found: Gathered,
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

    /// Ends what the group at hand began, because it closes or leads elsewhere.
    fn leave(&mut self) {
        if !std::mem::take(&mut self.group.ends) {
            return;
        }
        let empty = || Prose::new(WINDOWS_1252);
        match self.group.destination {
            Destination::Data(number) => {
                if let Some(data) = self.found.data.get_mut(number) {
                    data.end = self.at;
                }
            }
            Destination::Template => {
                let text = std::mem::replace(&mut self.template, empty()).into_text();
                self.found.templates.push((self.at, text));
            }
            Destination::Identifier(number) => {
                let text = std::mem::replace(&mut self.class, empty()).into_text();
                if let Some(object) = self.found.objects.get_mut(number) {
                    object.identifier = text;
                }
            }
            Destination::Class(number) => {
                let text = std::mem::replace(&mut self.class, empty()).into_text();
                if let Some(object) = self.found.objects.get_mut(number) {
                    object.class = text.trim().to_owned();
                }
            }
            _ => {}
        }
    }

    fn close_field(&mut self, number: usize) {
        let empty = || Prose::new(WINDOWS_1252);
        let Some(field) = self.fields.get_mut(number).filter(|field| !field.done) else {
            return;
        };
        field.done = true;
        let instruction = std::mem::replace(&mut field.instruction, empty()).into_text();
        let result = std::mem::replace(&mut field.result, empty()).into_text();
        let start = field.start;
        // The field's value stands in the instruction around it: a mark names the field.
        if let Destination::Instruction(outer) = self.group.destination
            && let Some(outer) = self.fields.get_mut(outer)
        {
            let mark = format!("{MARK}{}{MARK}", self.found.fields.len());
            mark.chars().for_each(|c| outer.instruction.char(c));
        }
        self.words.text(&result);
        self.found.fields.push(Field {
            start,
            instruction,
            result,
        });
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
        if name != b"objdata" {
            self.note_break(if name == b"bin" {
                "binary data"
            } else {
                "control words"
            });
        }
    }

    fn destination(&mut self, name: &[u8]) {
        self.leave();
        let next = self.tokens.at();
        let destination = match name {
            b"objdata" => self.data(Kind::Object, next),
            b"datastore" => self.data(Kind::Store, next),
            b"pict" => self.data(Kind::Picture, next),
            b"themedata" | b"colorschememapping" | b"fontemb" => self.data(Kind::Other, next),
            b"object" => {
                self.group.object = Some(self.new_object());
                Destination::Nowhere
            }
            b"objclass" => {
                let number = self.object();
                self.group.ends = true;
                Destination::Class(number)
            }
            b"oleclsid" => {
                let number = self.object();
                self.group.ends = true;
                Destination::Identifier(number)
            }
            b"template" => {
                self.group.ends = true;
                Destination::Template
            }
            b"field" => {
                self.group.field = self.field();
                Destination::Nowhere
            }
            b"fldinst" => self.instruction(),
            b"fldrslt" => self.result(),
            b"fonttbl" => Destination::Fonts,
            b"blipuid" | b"colortbl" | b"panose" | b"picprop" | b"sp" | b"sn" => Destination::Nowhere,
            // An object shows its result in its place.
            b"result" | b"shptxt" | b"dptxbxtext" => Destination::Words,
            _ => Destination::Words,
        };
        if destination == Destination::Words {
            self.words.char('\n');
        }
        self.group.destination = destination;
    }

    fn new_object(&mut self) -> usize {
        if self.found.objects.len() >= PARTS {
            self.found.too_many = true;
        } else {
            self.found.objects.push(Object::default());
        }
        self.found.objects.len().saturating_sub(1)
    }

    /// Returns the object around, or makes one for words that stand outside.
    fn object(&mut self) -> usize {
        match self.group.object {
            Some(number) => number,
            None => {
                let number = self.new_object();
                self.group.object = Some(number);
                number
            }
        }
    }

    fn updates(&mut self) {
        let number = self.object();
        if let Some(object) = self.found.objects.get_mut(number) {
            object.updates = true;
        }
    }

    fn data(&mut self, kind: Kind, start: usize) -> Destination {
        if self.found.data.len() >= PARTS {
            self.found.too_many = true;
            return Destination::Nowhere;
        }
        self.group.ends = true;
        self.found.data.push(Data {
            kind,
            start,
            end: start,
            readings: Readings::default(),
            broken_by: BTreeSet::new(),
            object: self.group.object,
        });
        Destination::Data(self.found.data.len() - 1)
    }

    fn field(&mut self) -> Option<usize> {
        if self.fields.len() >= PARTS {
            self.found.too_many = true;
            return None;
        }
        self.fields.push(Open {
            start: self.at,
            instruction: Prose::new(self.page),
            result: Prose::new(self.page),
            done: false,
        });
        Some(self.fields.len() - 1)
    }

    /// The innermost field that is open; an instruction without a field around it is one of its own.
    fn open_field(&mut self) -> Option<usize> {
        let around = self.outer.iter().rev().map(|group| group.field).take(8);
        let around = std::iter::once(self.group.field).chain(around).flatten().next();
        around.or_else(|| {
            self.group.field = self.field();
            self.group.field
        })
    }

    fn instruction(&mut self) -> Destination {
        self.open_field()
            .map_or(Destination::Nowhere, Destination::Instruction)
    }

    fn result(&mut self) -> Destination {
        self.open_field().map_or(Destination::Words, Destination::Result)
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

    fn unicode(&mut self, parameter: Option<i64>) {
        // Beyond 16 bits Word takes the lower ones.
        let unit = (parameter.unwrap_or_default() & 0xFFFF) as u16;
        let fields = &mut self.fields;
        if !self.group.unknown {
            match self.group.destination {
                Destination::Words => self.words.unit(unit),
                Destination::Class(_) | Destination::Identifier(_) => self.class.unit(unit),
                Destination::Template => self.template.unit(unit),
                Destination::Instruction(number) => fields
                    .get_mut(number)
                    .into_iter()
                    .for_each(|f| f.instruction.unit(unit)),
                Destination::Result(number) => fields
                    .get_mut(number)
                    .into_iter()
                    .for_each(|f| f.result.unit(unit)),
                Destination::Data(_) | Destination::Fonts | Destination::Nowhere => {}
            }
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
                data.broken_by.insert("escapes");
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
            }
            return;
        }
        if self.group.unknown {
            return;
        }
        match self.group.destination {
            Destination::Words => self.words.bytes(text, encoding),
            Destination::Class(_) | Destination::Identifier(_) => self.class.bytes(text, encoding),
            Destination::Template => self.template.bytes(text, encoding),
            Destination::Instruction(number) => {
                if let Some(field) = self.fields.get_mut(number) {
                    field.instruction.bytes(text, encoding);
                }
            }
            Destination::Result(number) => {
                if let Some(field) = self.fields.get_mut(number) {
                    field.result.bytes(text, encoding);
                }
            }
            Destination::Data(_) | Destination::Fonts | Destination::Nowhere => {}
        }
    }

    fn char(&mut self, c: char) {
        if self.group.unknown {
            return;
        }
        match self.group.destination {
            Destination::Words => self.words.char(c),
            Destination::Class(_) | Destination::Identifier(_) => self.class.char(c),
            Destination::Template => self.template.char(c),
            Destination::Instruction(number) => {
                if let Some(field) = self.fields.get_mut(number) {
                    field.instruction.char(c);
                }
            }
            Destination::Result(number) => {
                if let Some(field) = self.fields.get_mut(number) {
                    field.result.char(c);
                }
            }
            Destination::Data(_) | Destination::Fonts | Destination::Nowhere => {}
        }
    }

    fn binary(&mut self, bytes: &[u8], oversized: bool) {
        if oversized && self.found.oversized.is_none() {
            self.found.oversized = Some(self.at);
        }
        if let Destination::Data(number) = self.group.destination {
            let doubt = self.doubt();
            if let Some(data) = self.found.data.get_mut(number) {
                data.readings.raw(bytes, doubt);
            }
        }
    }

    /// Notes what stands between the digits of an object.
    fn note_break(&mut self, what: &'static str) {
        if let Destination::Data(number) = self.group.destination
            && let Some(data) = self.found.data.get_mut(number)
            && data.kind == Kind::Object
        {
            data.broken_by.insert(what);
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

/// Stands around the number of a field whose value belongs here.
pub(crate) const MARK: char = '\u{1}';

fn byte_of(digits: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(digits).ok().filter(|text| text.len() == 2)?;
    u8::from_str_radix(text, 16).ok()
}
