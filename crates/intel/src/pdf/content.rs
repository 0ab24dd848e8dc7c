//! Content streams (ISO 32000-1, sections 8 and 9): where on the page which text stands.
//!
//! Not a renderer: what is painted over, clipped or invisible is read like anything else, since it is text of the file.

use super::font::Font;
use super::object::{Dict, Lexer, Object};
use super::store::Store;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Forms inside forms.
const DEPTH: usize = 12;
/// Operators of one page, its forms included.
const STEPS: usize = 4_000_000;
/// States that are kept.
const STATES: usize = 256;
/// Operands of one operator.
const OPERANDS: usize = 4096;

/// A rule of three rows: how a place is moved (ISO 32000-1, section 8.3.3).
type Matrix = [f64; 6];

const UNMOVED: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// A piece of text at a place of the page, in its units.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    pub(super) text: String,
    /// From left to right along its line.
    pub(super) from: f64,
    pub(super) to: f64,
    /// The line: how high it stands.
    pub(super) height: f64,
    pub(super) size: f64,
    pub(super) is_bold: bool,
}

/// What a page's content came to.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) pieces: Vec<Piece>,
    /// Codes whose text no font tells.
    pub(super) unread: usize,
    /// Whether there were more operators than are followed.
    pub(super) is_cut: bool,
}

#[derive(Clone)]
struct State {
    page: Matrix,
    font: Option<Rc<Font>>,
    size: f64,
    character_gap: f64,
    word_gap: f64,
    scale: f64,
    leading: f64,
    rise: f64,
}

/// Fonts that were read, by their object.
pub(super) type Fonts = BTreeMap<u32, Rc<Font>>;

pub(super) struct Reader<'a, 'f> {
    store: &'a Store<'a>,
    fonts: &'f mut Fonts,
    content: Content,
    steps: usize,
    state: State,
    saved: Vec<State>,
    text: Matrix,
    line: Matrix,
}

/// What a stream's operators name: the fonts that were read, and the forms.
struct Names {
    written: BTreeMap<String, Object>,
    read: BTreeMap<String, Option<Rc<Font>>>,
    forms: BTreeMap<String, Object>,
}

impl Names {
    fn of(store: &Store<'_>, resources: &Dict) -> Self {
        let under = |key: &str| store.dict(resources, key).map(Dict::into_map);
        Names {
            written: under("Font").unwrap_or_default(),
            read: BTreeMap::new(),
            forms: under("XObject").unwrap_or_default(),
        }
    }
}

impl<'a, 'f> Reader<'a, 'f> {
    pub(super) fn new(store: &'a Store<'a>, fonts: &'f mut Fonts) -> Self {
        Reader {
            store,
            fonts,
            content: Content::default(),
            steps: 0,
            state: State {
                page: UNMOVED,
                font: None,
                size: 0.0,
                character_gap: 0.0,
                word_gap: 0.0,
                scale: 1.0,
                leading: 0.0,
                rise: 0.0,
            },
            saved: Vec::new(),
            text: UNMOVED,
            line: UNMOVED,
        }
    }

    pub(super) fn page(mut self, bytes: &[u8], resources: &Dict) -> Content {
        self.run(bytes, &mut Names::of(self.store, resources), 0);
        self.content
    }

    fn run(&mut self, bytes: &[u8], names: &mut Names, depth: usize) {
        let mut lexer = Lexer::new(bytes, 0);
        let mut operands: Vec<Object> = Vec::new();
        while let Some(object) = lexer.next() {
            match object {
                Object::Word(word) => {
                    self.steps += 1;
                    if self.steps > STEPS {
                        self.content.is_cut = true;
                        return;
                    }
                    match word.as_slice() {
                        b"BI" => skip_image(&mut lexer),
                        b"Do" => self.form(&operands, names, depth),
                        word => self.operator(word, &operands, names),
                    }
                    operands.clear();
                }
                operand if operands.len() < OPERANDS => operands.push(operand),
                _ => self.content.is_cut = true,
            }
        }
        self.content.is_cut |= lexer.is_cut;
    }

    fn operator(&mut self, word: &[u8], operands: &[Object], names: &mut Names) {
        let number = |at: usize| operands.get(at).and_then(Object::number).unwrap_or(0.0);
        match word {
            b"q" if self.saved.len() < STATES => self.saved.push(self.state.clone()),
            b"q" => self.content.is_cut = true,
            b"Q" => {
                if let Some(state) = self.saved.pop() {
                    self.state = state;
                }
            }
            b"cm" => self.state.page = joined(&matrix(operands), &self.state.page),
            b"BT" => (self.text, self.line) = (UNMOVED, UNMOVED),
            b"Tf" => self.font(operands, names),
            b"Tm" => {
                self.line = matrix(operands);
                self.text = self.line;
            }
            b"Td" => self.next_line(number(0), number(1)),
            b"TD" => {
                self.state.leading = -number(1);
                self.next_line(number(0), number(1));
            }
            b"T*" => self.next_line(0.0, -self.state.leading),
            b"Tc" => self.state.character_gap = number(0),
            b"Tw" => self.state.word_gap = number(0),
            b"Tz" => self.state.scale = number(0) / 100.0,
            b"TL" => self.state.leading = number(0),
            b"Ts" => self.state.rise = number(0),
            b"Tj" => self.show(operands.first()),
            b"'" => {
                self.next_line(0.0, -self.state.leading);
                self.show(operands.first());
            }
            b"\"" => {
                (self.state.word_gap, self.state.character_gap) = (number(0), number(1));
                self.next_line(0.0, -self.state.leading);
                self.show(operands.get(2));
            }
            b"TJ" => {
                for item in operands.first().and_then(Object::array).unwrap_or_default() {
                    match item {
                        Object::Number(back) => {
                            self.advance(-back / 1000.0 * self.state.size * self.state.scale)
                        }
                        text => self.show(Some(text)),
                    }
                }
            }
            _ => {}
        }
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.line = joined(&[1.0, 0.0, 0.0, 1.0, x, y], &self.line);
        self.text = self.line;
    }

    fn advance(&mut self, by: f64) {
        self.text = joined(&[1.0, 0.0, 0.0, 1.0, by, 0.0], &self.text);
    }

    fn font(&mut self, operands: &[Object], names: &mut Names) {
        let (Some(Object::Name(name)), size) = (operands.first(), operands.get(1).and_then(Object::number))
        else {
            return;
        };
        self.state.size = size.unwrap_or(0.0);
        if let Some(font) = names.read.get(name) {
            self.state.font = font.clone();
            return;
        }
        self.state.font = match names.written.get(name) {
            Some(Object::Reference(number)) => match self.fonts.get(number) {
                Some(font) => Some(Rc::clone(font)),
                None => self
                    .store
                    .get(*number)
                    .as_ref()
                    .and_then(Object::dict)
                    .map(|dict| {
                        let font = Rc::new(Font::read(self.store, dict));
                        self.fonts.insert(*number, Rc::clone(&font));
                        font
                    }),
            },
            Some(Object::Dict(dict)) => Some(Rc::new(Font::read(self.store, dict))),
            _ => None,
        };
        names.read.insert(name.clone(), self.state.font.clone());
    }

    fn show(&mut self, text: Option<&Object>) {
        let (Some(Object::Text(bytes)), Some(font)) = (text, self.state.font.clone()) else {
            return;
        };
        for glyph in font.glyphs(bytes) {
            let characters = glyph.text.as_ref().map_or(1, |text| text.len().max(1));
            self.steps += characters;
            // Each character is kept with its width until the last page is read.
            if self.steps > STEPS || !self.store.spend(9 * characters) {
                self.content.is_cut = true;
                return;
            }
            let before = self.place();
            let gap = self.state.character_gap
                + if glyph.is_blank_byte {
                    self.state.word_gap
                } else {
                    0.0
                };
            let width = glyph.width / 1000.0 * self.state.size * self.state.scale;
            self.advance(width);
            let (after, _) = self.place();
            self.advance(gap * self.state.scale);
            match glyph.text {
                Some(text) if !text.is_empty() => self.put(text, before, after, font.is_bold),
                Some(_) => {}
                None => self.content.unread += 1,
            }
        }
    }

    /// Returns where the next glyph begins, along the line and how high the line stands. Text that is turned is read
    /// along its own direction.
    fn place(&self) -> (f64, f64) {
        let [a, b, _, _, x, y] = joined(&self.text, &self.state.page);
        let along = (a.hypot(b)).max(1e-6);
        if b.abs() < 0.01 * along && a > 0.0 {
            (x, y)
        } else {
            // The same, in a page that is turned until this text is level.
            ((a * x + b * y) / along, (a * y - b * x) / along)
        }
    }

    fn put(&mut self, text: String, (from, height): (f64, f64), to: f64, is_bold: bool) {
        let [_, _, c, d, _, _] = joined(&self.text, &self.state.page);
        let size = (self.state.size * c.hypot(d)).abs();
        self.content.pieces.push(Piece {
            text,
            from,
            to,
            height,
            size,
            is_bold,
        });
    }

    fn form(&mut self, operands: &[Object], names: &mut Names, depth: usize) {
        let name = operands.first().and_then(Object::name).unwrap_or_default();
        let Some(Object::Reference(number)) = names.forms.get(name) else {
            return;
        };
        if depth >= DEPTH {
            self.content.is_cut = true;
            return;
        }
        let is_form = self
            .store
            .get(*number)
            .as_ref()
            .and_then(Object::dict)
            .is_some_and(|dict| {
                self.store.field(dict, "Subtype").as_ref().and_then(Object::name) == Some("Form")
            });
        let Some((dict, bytes)) = is_form.then(|| self.store.stream(*number)).flatten() else {
            return;
        };
        let own = self.store.dict(&dict, "Resources");
        let moved = self
            .store
            .field(&dict, "Matrix")
            .and_then(|items| items.array().map(matrix));
        let (state, saved) = (self.state.clone(), std::mem::take(&mut self.saved));
        self.state.page = joined(&moved.unwrap_or(UNMOVED), &self.state.page);
        match own.map(|own| Names::of(self.store, &own)) {
            Some(mut own) => self.run(&bytes, &mut own, depth + 1),
            None => self.run(&bytes, names, depth + 1),
        }
        (self.state, self.saved) = (state, saved);
    }
}

fn matrix(items: &[Object]) -> Matrix {
    let mut matrix = UNMOVED;
    for (own, item) in matrix.iter_mut().zip(items) {
        *own = item.number().filter(|number| number.is_finite()).unwrap_or(0.0);
    }
    matrix
}

/// Returns what moves by the first and then by the second.
fn joined(first: &Matrix, second: &Matrix) -> Matrix {
    let [a, b, c, d, e, f] = *first;
    let [g, h, i, j, k, l] = *second;
    [
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + l,
    ]
}

/// Passes over an image within the content: up to an `EI` between blanks.
fn skip_image(lexer: &mut Lexer<'_>) {
    let rest = lexer.rest();
    let ends = |at: &usize| {
        let before = at
            .checked_sub(1)
            .and_then(|at| rest.get(at))
            .is_some_and(|b| super::object::is_blank(*b));
        before && rest.get(at + 2).is_none_or(|b| super::object::is_blank(*b))
    };
    let end = memchr::memmem::find_iter(rest, b"EI").find(ends);
    lexer.at += end.map_or(rest.len(), |end| end + 2);
}
