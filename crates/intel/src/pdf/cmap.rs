//! Character maps (ISO 32000-1, section 9.10.3; Adobe technical note 5014): codes of a font to text, or to glyphs.

use super::object::{Lexer, Object};
use std::collections::BTreeMap;

/// Codes that one map may name.
const MOST: usize = 1 << 17;

/// A map from codes to text.
#[derive(Clone, Debug, Default)]
pub(super) struct CMap {
    /// Length of codes in bytes, lowest and highest.
    spaces: Vec<(usize, u32, u32)>,
    texts: BTreeMap<u32, String>,
    /// Codes to numbers of glyphs, `from`, `to` and the first number.
    glyphs: Vec<(u32, u32, u32)>,
}

impl CMap {
    /// Reads a map; what is no map gives an empty one.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut map = CMap::default();
        let mut lexer = Lexer::new(bytes, 0);
        let mut operands: Vec<Object> = Vec::new();
        while let Some(object) = lexer.next() {
            let Object::Word(word) = object else {
                operands.push(object);
                continue;
            };
            match word.as_slice() {
                b"endcodespacerange" => map.spaces(&operands),
                b"endbfchar" => map.chars(&operands),
                b"endbfrange" => map.ranges(&operands),
                b"endcidrange" => map.cid_ranges(&operands),
                _ => {}
            }
            operands.clear();
        }
        map
    }

    /// The map of two bytes each that are glyphs themselves (`Identity-H`).
    pub(super) fn identity() -> Self {
        CMap {
            spaces: vec![(2, 0, 0xffff)],
            glyphs: vec![(0, 0xffff, 0)],
            texts: BTreeMap::new(),
        }
    }

    pub(super) fn has_texts(&self) -> bool {
        !self.texts.is_empty()
    }

    /// Returns the text of a code.
    pub(super) fn text(&self, code: u32) -> Option<&str> {
        self.texts.get(&code).map(String::as_str)
    }

    /// Returns the number of a code's glyph.
    pub(super) fn glyph(&self, code: u32) -> Option<u32> {
        let (from, _, first) = self
            .glyphs
            .iter()
            .find(|(from, to, _)| (from..=to).contains(&&code))?;
        Some(first + (code - from))
    }

    /// Splits a string into codes, each with its length in bytes; where no range fits, the shortest counts.
    pub(super) fn codes(&self, text: &[u8]) -> Vec<(u32, usize)> {
        let mut codes = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let fits = |length: &usize| {
                let code = number(rest.get(..*length)?);
                let mut spaces = self.spaces.iter();
                spaces
                    .any(|(own, low, high)| own == length && (low..=high).contains(&&code))
                    .then_some((code, *length))
            };
            let shortest = self
                .spaces
                .iter()
                .map(|(length, _, _)| *length)
                .min()
                .unwrap_or(1);
            let length = shortest.clamp(1, rest.len());
            let fallback = || (number(rest.get(..length).unwrap_or(rest)), length);
            let (code, length) = [1, 2, 3, 4].iter().find_map(fits).unwrap_or_else(fallback);
            codes.push((code, length));
            rest = rest.get(length..).unwrap_or_default();
        }
        codes
    }

    fn spaces(&mut self, operands: &[Object]) {
        for pair in operands.chunks_exact(2) {
            if let [Object::Text(low), Object::Text(high)] = pair
                && (1..=4).contains(&low.len())
                && self.spaces.len() < 100
            {
                self.spaces.push((low.len(), number(low), number(high)));
            }
        }
    }

    fn put(&mut self, code: u32, text: String) {
        if self.texts.len() < MOST {
            self.texts.insert(code, text);
        }
    }

    fn chars(&mut self, operands: &[Object]) {
        for pair in operands.chunks_exact(2) {
            if let [Object::Text(code), Object::Text(text)] = pair {
                self.put(number(code), wide(text));
            }
        }
    }

    fn ranges(&mut self, operands: &[Object]) {
        for three in operands.chunks_exact(3) {
            let [Object::Text(from), Object::Text(to), target] = three else {
                continue;
            };
            let (from, to) = (number(from), number(to));
            let codes = (from..=to).take(0x10000);
            match target {
                Object::Text(first) => {
                    for (step, code) in (0..).zip(codes) {
                        self.put(code, wide(&raised(first, step)));
                    }
                }
                Object::Array(texts) => {
                    for (code, text) in codes.zip(texts) {
                        if let Object::Text(text) = text {
                            self.put(code, wide(text));
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn cid_ranges(&mut self, operands: &[Object]) {
        for three in operands.chunks_exact(3) {
            if let [Object::Text(from), Object::Text(to), Object::Number(first)] = three
                && self.glyphs.len() < MOST
            {
                self.glyphs.push((number(from), number(to), *first as u32));
            }
        }
    }
}

/// Returns a code with a number added to its last two bytes.
fn raised(code: &[u8], by: u32) -> Vec<u8> {
    let (head, tail) = code.split_at(code.len().saturating_sub(2));
    let value = number(tail).wrapping_add(by);
    let bytes = value.to_be_bytes();
    let mut raised = head.to_vec();
    raised.extend(bytes.get(4 - tail.len()..).unwrap_or_default());
    raised
}

fn number(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .take(4)
        .fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// Reads UTF-16, big end first.
fn wide(bytes: &[u8]) -> String {
    if let [one] = bytes {
        return char::from(*one).to_string();
    }
    let units = bytes.chunks_exact(2).map(|pair| number(pair) as u16);
    char::decode_utf16(units)
        .map(|read| read.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_text() {
        let map = CMap::read(
            b"begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange 2 beginbfchar <0003> <0020> <0004> <00660069>\
              endbfchar 2 beginbfrange <0010> <0012> <0061> <0020> <0021> [<0078> <0079>] endbfrange",
        );
        let text: Vec<&str> = map
            .codes(&[0, 3, 0, 4, 0, 0x11, 0, 0x21])
            .iter()
            .filter_map(|(code, _)| map.text(*code))
            .collect();
        assert_eq!(text, [" ", "fi", "b", "y"]);
        assert_eq!(map.codes(&[7]), [(7, 1)]);
    }
}
