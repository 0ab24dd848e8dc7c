//! Character maps (ISO 32000-1, section 9.10.3; Adobe technical note 5014): codes of a font to text, or to glyphs.

use super::object::{Lexer, Object};
use std::collections::BTreeMap;

/// Codes that one map may name, one that is named twice counted twice.
const MOST: usize = 1 << 17;
/// Ranges of codes of one length.
const SPACES: usize = 32;
/// Bytes of one code's text (Adobe technical note 5014 has no more).
const LONGEST: usize = 512;

/// A map from codes to text.
#[derive(Clone, Debug, Default)]
pub(super) struct CMap {
    /// Length of codes in bytes, lowest and highest.
    spaces: Vec<(usize, u32, u32)>,
    texts: BTreeMap<u32, String>,
    /// Codes to numbers of glyphs: from the first of a range to its last and the first number.
    glyphs: BTreeMap<u32, (u32, u32)>,
    named: usize,
    /// Bytes of all texts.
    length: usize,
}

impl CMap {
    /// Reads a map; what is no map gives an empty one.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut map = CMap::default();
        let mut lexer = Lexer::new(bytes, 0);
        let mut operands: Vec<Object> = Vec::new();
        while let Some(object) = lexer.next() {
            let Object::Word(word) = object else {
                if operands.len() < 3 * MOST {
                    operands.push(object);
                }
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
            glyphs: BTreeMap::from([(0, (0xffff, 0))]),
            ..CMap::default()
        }
    }

    pub(super) fn has_texts(&self) -> bool {
        !self.texts.is_empty()
    }

    /// Returns about how many bytes it takes, where each code takes as many besides its text.
    pub(super) fn size(&self, code: usize) -> usize {
        code * (self.texts.len() + self.glyphs.len()) + self.length
    }

    /// Returns the text of a code.
    pub(super) fn text(&self, code: u32) -> Option<&str> {
        self.texts.get(&code).map(String::as_str)
    }

    /// Returns the number of a code's glyph.
    pub(super) fn glyph(&self, code: u32) -> Option<u32> {
        let (from, (to, first)) = self.glyphs.range(..=code).next_back()?;
        (code <= *to).then(|| first.wrapping_add(code - from))
    }

    /// Returns the first code of a string with its length in bytes; where no range fits, the shortest counts.
    pub(super) fn code(&self, text: &[u8]) -> Option<(u32, usize)> {
        let fits = |length: &usize| {
            let code = number(text.get(..*length)?);
            let mut spaces = self.spaces.iter();
            spaces
                .any(|(own, low, high)| own == length && (low..=high).contains(&&code))
                .then_some((code, *length))
        };
        let shortest = || {
            let lengths = self.spaces.iter().map(|(length, _, _)| *length);
            let length = lengths.min().unwrap_or(1).min(text.len());
            (length > 0).then(|| (number(text.get(..length).unwrap_or(text)), length))
        };
        [1, 2, 3, 4].iter().find_map(fits).or_else(shortest)
    }

    fn spaces(&mut self, operands: &[Object]) {
        for pair in operands.chunks_exact(2) {
            if let [Object::Text(low), Object::Text(high)] = pair
                && (1..=4).contains(&low.len())
                && self.spaces.len() < SPACES
            {
                self.spaces.push((low.len(), number(low), number(high)));
            }
        }
    }

    /// Takes the text of a code, as it stands in the map; returns whether there is room for more.
    fn put(&mut self, code: u32, text: &[u8]) -> bool {
        self.named += 1;
        let room = self.named <= MOST;
        if room && text.len() <= LONGEST {
            let text = wide(text);
            self.length += text.len();
            self.texts.insert(code, text);
        }
        room
    }

    fn chars(&mut self, operands: &[Object]) {
        for pair in operands.chunks_exact(2) {
            if let [Object::Text(code), Object::Text(text)] = pair {
                self.put(number(code), text);
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
                        if first.len() > LONGEST || !self.put(code, &raised(first, step)) {
                            break;
                        }
                    }
                }
                Object::Array(texts) => {
                    for (code, text) in codes.zip(texts) {
                        if let Object::Text(text) = text {
                            self.put(code, text);
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
                self.glyphs.insert(number(from), (number(to), *first as u32));
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
        for (code, text) in [([0, 3], " "), ([0, 4], "fi"), ([0, 0x11], "b"), ([0, 0x21], "y")] {
            let (code, length) = map.code(&code).unwrap();
            assert_eq!((map.text(code), length), (Some(text), 2));
        }
        assert_eq!((map.code(&[7]), map.code(&[])), (Some((7, 1)), None));
    }
}
