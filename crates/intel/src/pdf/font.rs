//! Fonts: which text the codes of a string stand for, and how wide they are.

use super::cmap::CMap;
use super::glyphs;
use super::object::{Dict, Object};
use super::store::Store;
use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1252};
use std::collections::BTreeMap;

/// Widths that one font may state, those of a code stated twice counted twice.
const WIDTHS: usize = 1 << 17;
/// Bytes that a code takes in memory, with its width or besides its text.
const CODE: usize = 64;
/// Width of a glyph that nothing tells, in thousandths.
const UNKNOWN_WIDTH: f64 = 500.0;

/// A code of a string: its text, where the font says it, and its width in thousandths of the size.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Glyph {
    pub(super) text: Option<String>,
    pub(super) width: f64,
    /// Whether word spacing counts for it.
    pub(super) is_blank_byte: bool,
}

/// A font as far as text needs it.
#[derive(Debug)]
pub(super) struct Font {
    /// The codes of a composite font; nothing for a font of single bytes.
    codes: Option<CMap>,
    to_text: CMap,
    simple: BTreeMap<u32, String>,
    widths: BTreeMap<u32, f64>,
    default_width: f64,
    stated: usize,
    pub(super) is_bold: bool,
}

impl Font {
    pub(super) fn read(store: &Store<'_>, dict: &Dict) -> Self {
        let to_text = match dict.get("ToUnicode") {
            Some(Object::Reference(number)) => store
                .stream(*number)
                .map(|(_, bytes)| CMap::read(&bytes))
                .unwrap_or_default(),
            _ => CMap::default(),
        };
        let name = store
            .field(dict, "BaseFont")
            .and_then(|name| name.name().map(str::to_lowercase))
            .unwrap_or_default();
        let mut font = Font {
            codes: None,
            to_text,
            simple: BTreeMap::new(),
            widths: BTreeMap::new(),
            default_width: UNKNOWN_WIDTH,
            stated: 0,
            is_bold: ["bold", "black", "heavy"].iter().any(|word| name.contains(word)),
        };
        if store.field(dict, "Subtype").as_ref().and_then(Object::name) == Some("Type0") {
            font.composite(store, dict);
        } else {
            font.single(store, dict);
        }
        // Few bytes can make a large font: what it takes counts like what was unpacked.
        let maps = [Some(&font.to_text), font.codes.as_ref()].into_iter().flatten();
        let maps: usize = maps.map(|map| map.size(CODE)).sum();
        store.spend(maps + CODE * (font.simple.len() + font.widths.len()));
        font
    }

    fn composite(&mut self, store: &Store<'_>, dict: &Dict) {
        self.codes = Some(match dict.get("Encoding") {
            Some(Object::Reference(number)) => match store.stream(*number) {
                Some((_, bytes)) => CMap::read(&bytes),
                None => CMap::identity(),
            },
            _ => CMap::identity(),
        });
        self.default_width = 1000.0;
        let descendants = store.field(dict, "DescendantFonts");
        let first = descendants
            .as_ref()
            .and_then(Object::array)
            .and_then(<[Object]>::first);
        let Some(Object::Dict(below)) = first.and_then(|first| store.resolve(first)) else {
            return;
        };
        if let Some(width) = store.field(&below, "DW").and_then(|width| width.number()) {
            self.default_width = width;
        }
        let widths = store.field(&below, "W");
        self.composite_widths(store, widths.as_ref().and_then(Object::array).unwrap_or_default());
    }

    /// Reads `first [w w …]` and `first last w`.
    fn composite_widths(&mut self, store: &Store<'_>, items: &[Object]) {
        let mut rest = items.iter();
        while let Some(first) = rest.next().and_then(Object::count) {
            let Some(second) = rest.next().and_then(|second| store.resolve(second)) else {
                break;
            };
            match (&second, second.count()) {
                (Object::Array(widths), _) => {
                    for (at, width) in widths.iter().enumerate() {
                        self.width(first + at, width.number());
                    }
                }
                (_, Some(last)) => {
                    let width = rest.next().and_then(Object::number);
                    for code in (first..=last).take(WIDTHS - self.stated.min(WIDTHS)) {
                        self.width(code, width);
                    }
                }
                _ => break,
            }
        }
    }

    fn width(&mut self, code: usize, width: Option<f64>) {
        self.stated += 1;
        if let (Ok(code), Some(width), ..=WIDTHS) = (u32::try_from(code), width, self.stated) {
            self.widths.insert(code, width);
        }
    }

    fn single(&mut self, store: &Store<'_>, dict: &Dict) {
        let first = store
            .field(dict, "FirstChar")
            .and_then(|first| first.count())
            .unwrap_or(0);
        let widths = store.field(dict, "Widths");
        for (at, width) in widths
            .as_ref()
            .and_then(Object::array)
            .unwrap_or_default()
            .iter()
            .take(256)
            .enumerate()
        {
            self.width(first + at, store.resolve(width).and_then(|width| width.number()));
        }
        // Glyphs of a Type 3 font have a unit of their own.
        let matrix = store.field(dict, "FontMatrix");
        let unit = matrix
            .as_ref()
            .and_then(Object::array)
            .and_then(<[Object]>::first)
            .and_then(Object::number);
        if let Some(unit) = unit.filter(|unit| *unit > 0.0) {
            self.widths.values_mut().for_each(|width| *width *= unit * 1000.0);
        }
        let encoding = store.field(dict, "Encoding");
        let (base, differences) = match &encoding {
            Some(Object::Name(name)) => (Some(name.clone()), None),
            Some(Object::Dict(encoding)) => (
                store
                    .field(encoding, "BaseEncoding")
                    .and_then(|name| name.name().map(str::to_owned)),
                store.field(encoding, "Differences"),
            ),
            _ => (None, None),
        };
        for code in 0..=255u8 {
            if let Some(text) = character(base.as_deref(), code) {
                self.simple.insert(code.into(), text);
            }
        }
        let mut code = 0u32;
        for item in differences.as_ref().and_then(Object::array).unwrap_or_default() {
            match item {
                Object::Number(number) => code = *number as u32,
                Object::Name(name) => {
                    match glyphs::text(name) {
                        Some(text) if code < 256 => self.simple.insert(code, text),
                        _ => self.simple.remove(&code),
                    };
                    code = code.wrapping_add(1);
                }
                _ => {}
            }
        }
    }

    /// Reads a string.
    pub(super) fn glyphs<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = Glyph> + 'a {
        let mut rest = text;
        std::iter::from_fn(move || {
            let (code, length) = match &self.codes {
                Some(codes) => codes.code(rest)?,
                None => (u32::from(*rest.first()?), 1),
            };
            rest = rest.get(length..).unwrap_or_default();
            let id = self.codes.as_ref().and_then(|codes| codes.glyph(code));
            Some(Glyph {
                text: self.text(code),
                width: (self.widths.get(&id.unwrap_or(code)).copied()).unwrap_or(self.default_width),
                is_blank_byte: length == 1 && code == 32,
            })
        })
    }

    fn text(&self, code: u32) -> Option<String> {
        let mapped = self
            .to_text
            .text(code)
            .filter(|text| !text.contains(['\0', char::REPLACEMENT_CHARACTER]));
        match (mapped, &self.codes) {
            (Some(text), _) => Some(text.to_owned()),
            (None, None) => self.simple.get(&code).cloned(),
            // Without a map, a composite font numbers its glyphs, and no number is a letter.
            (None, Some(_)) => self.to_text.has_texts().then(String::new),
        }
    }
}

/// Returns the text of a code in a base encoding.
fn character(base: Option<&str>, code: u8) -> Option<String> {
    let table: &'static Encoding = match base {
        Some("MacRomanEncoding") => MACINTOSH,
        Some("WinAnsiEncoding") => WINDOWS_1252,
        _ => {
            return match glyphs::standard(code) {
                Some("") => None,
                Some(text) => Some(text.to_owned()),
                None => Some(char::from(code).to_string()),
            };
        }
    };
    let bytes = [code];
    let (text, _) = table.decode_without_bom_handling(&bytes);
    (code >= 0x20 && code != 0x7f).then(|| text.into_owned())
}
