//! Objects of PDF (ISO 32000-1, section 7.3) and the words between them.

use std::collections::BTreeMap;

/// Arrays and dictionaries within each other.
const DEPTH: usize = 64;
/// Values in one object, those of what stands in it included.
const VALUES: usize = 1 << 20;
/// Bytes of a name or word.
const LONGEST_WORD: usize = 256;

/// An object, or a word that is none: an operator, `obj`, `stream`.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Object {
    Null,
    Bool(bool),
    Number(f64),
    Name(String),
    Text(Vec<u8>),
    Array(Vec<Object>),
    Dict(Dict),
    /// An indirect object by its number; generations do not matter to who reads the last of each.
    Reference(u32),
    Word(Vec<u8>),
}

/// A dictionary as it is written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Dict(Vec<(String, Object)>);

impl Dict {
    /// Returns the value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Object> {
        self.0.iter().find(|(own, _)| own == key).map(|(_, value)| value)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Object)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// Returns the values by their keys, for those who ask for many; of two of one key the first, as [`get`](Self::get) does.
    pub(super) fn into_map(self) -> BTreeMap<String, Object> {
        let mut map = BTreeMap::new();
        for (key, value) in self.0.into_iter().rev() {
            map.insert(key, value);
        }
        map
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut Object> {
        self.0.iter_mut().map(|(_, value)| value)
    }
}

impl Object {
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Object::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// Returns a number that counts something.
    pub(super) fn count(&self) -> Option<usize> {
        let number = self.number().filter(|number| (0.0..=4e9).contains(number))?;
        Some(number as usize)
    }

    /// Returns how many values it is: those in it too, and eight bytes of a text for one.
    pub(super) fn values(&self) -> usize {
        1 + match self {
            Object::Text(text) => text.len() / 8,
            Object::Array(items) => items.iter().map(Object::values).sum(),
            Object::Dict(dict) => dict.iter().map(|(_, value)| value.values()).sum(),
            _ => 0,
        }
    }

    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Object::Name(name) => Some(name),
            _ => None,
        }
    }

    pub(super) fn dict(&self) -> Option<&Dict> {
        match self {
            Object::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    pub(super) fn array(&self) -> Option<&[Object]> {
        match self {
            Object::Array(items) => Some(items),
            _ => None,
        }
    }
}

/// Reads objects one after the other.
#[derive(Clone, Debug)]
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
    /// Values that the object at hand may still have.
    left: usize,
    /// Whether an object had more values, or deeper ones.
    pub(super) is_cut: bool,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Lexer {
            bytes,
            at,
            left: VALUES,
            is_cut: false,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn skip_blanks(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                let rest = self.rest();
                self.at += rest
                    .iter()
                    .position(|b| matches!(b, b'\n' | b'\r'))
                    .unwrap_or(rest.len());
            } else if is_blank(byte) {
                self.at += 1;
            } else {
                break;
            }
        }
    }

    /// Reads the next object or word; nothing at the end.
    pub(super) fn next(&mut self) -> Option<Object> {
        self.left = VALUES;
        self.object(0)
    }

    fn object(&mut self, depth: usize) -> Option<Object> {
        self.skip_blanks();
        let byte = self.peek()?;
        match byte {
            b'/' => {
                self.at += 1;
                Some(Object::Name(self.name()))
            }
            b'(' => Some(Object::Text(self.literal())),
            b'<' if self.rest().starts_with(b"<<") => {
                self.at += 2;
                Some(self.dict(depth))
            }
            b'<' => Some(Object::Text(self.hex())),
            b'[' => {
                self.at += 1;
                Some(self.array(depth))
            }
            b'>' if self.rest().starts_with(b">>") => {
                self.at += 2;
                Some(Object::Word(b">>".to_vec()))
            }
            b']' | b'{' | b'}' | b')' | b'>' => {
                self.at += 1;
                Some(Object::Word(vec![byte]))
            }
            _ => Some(self.word()),
        }
    }

    /// Returns whether one more value may stand at a depth.
    fn has_room(&mut self, depth: usize) -> bool {
        let room = depth < DEPTH && self.left > 0;
        self.left = self.left.saturating_sub(1);
        self.is_cut |= !room;
        room
    }

    fn array(&mut self, depth: usize) -> Object {
        let mut items = Vec::new();
        while self.has_room(depth) {
            match self.object(depth + 1) {
                None => break,
                Some(Object::Word(word)) if word == b"]" => break,
                Some(Object::Word(word)) if word == b"R" => refer(&mut items),
                // An array that nothing ends stops where its object does.
                Some(Object::Word(word)) if word == b"endobj" || word == b">>" => break,
                Some(item) => items.push(item),
            }
        }
        Object::Array(items)
    }

    fn dict(&mut self, depth: usize) -> Object {
        let mut items = Vec::new();
        while self.has_room(depth) {
            match self.object(depth + 1) {
                None => break,
                Some(Object::Word(word)) if word == b">>" || word == b"endobj" => break,
                Some(Object::Word(word)) if word == b"R" => refer(&mut items),
                Some(item) => items.push(item),
            }
        }
        let mut fields: Vec<(String, Object)> = Vec::new();
        let mut key = None;
        for item in items {
            match (key.take(), item) {
                (None, Object::Name(name)) => key = Some(name),
                (None, _) => {}
                (Some(name), value) => fields.push((name, value)),
            }
        }
        Object::Dict(Dict(fields))
    }

    fn name(&mut self) -> String {
        let raw = self.regular();
        let mut name = Vec::with_capacity(raw.len());
        let mut rest = raw;
        while let [first, tail @ ..] = rest {
            let escaped = match (first, tail) {
                (b'#', [high, low, ..]) => digit(*high).zip(digit(*low)).map(|(high, low)| high * 16 + low),
                _ => None,
            };
            name.push(escaped.unwrap_or(*first));
            rest = tail
                .get(if escaped.is_some() { 2 } else { 0 }..)
                .unwrap_or_default();
        }
        String::from_utf8_lossy(&name).into_owned()
    }

    /// Takes the run of regular characters; the part that is longer than a word is passed over.
    fn regular(&mut self) -> &'a [u8] {
        let rest = self.rest();
        let length = rest.iter().take_while(|b| is_regular(**b)).count();
        self.at += length;
        rest.get(..length.min(LONGEST_WORD)).unwrap_or_default()
    }

    fn word(&mut self) -> Object {
        let begin = self.at;
        let word = self.regular();
        if self.at == begin {
            self.at += 1;
            return Object::Word(Vec::new());
        }
        match word {
            b"true" => Object::Bool(true),
            b"false" => Object::Bool(false),
            b"null" => Object::Null,
            _ => number(word).map_or_else(|| Object::Word(word.to_vec()), Object::Number),
        }
    }

    fn literal(&mut self) -> Vec<u8> {
        self.at += 1;
        let (mut text, mut depth) = (Vec::new(), 1);
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'(' => depth += 1,
                b')' => depth -= 1,
                b'\\' => {
                    self.escape(&mut text);
                    continue;
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
            text.push(byte);
        }
        text
    }

    fn escape(&mut self, text: &mut Vec<u8>) {
        let Some(byte) = self.peek() else { return };
        self.at += 1;
        match byte {
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'\r' => self.at += usize::from(self.peek() == Some(b'\n')),
            b'\n' => {}
            b'0'..=b'7' => {
                let mut value = u32::from(byte - b'0');
                for _ in 0..2 {
                    let Some(next @ b'0'..=b'7') = self.peek() else {
                        break;
                    };
                    value = value * 8 + u32::from(next - b'0');
                    self.at += 1;
                }
                text.push(value as u8);
            }
            other => text.push(other),
        }
    }

    fn hex(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut digits = Vec::new();
        while let Some(byte) = self.peek() {
            self.at += 1;
            if byte == b'>' {
                break;
            }
            digits.extend(digit(byte));
        }
        digits
            .chunks(2)
            .map(|pair| pair.first().unwrap_or(&0) * 16 + pair.get(1).unwrap_or(&0))
            .collect()
    }
}

/// Replaces a number and a generation by the reference that they are.
fn refer(items: &mut Vec<Object>) {
    let generation = items.pop();
    let number = items.pop();
    let reference = match (
        number.as_ref().and_then(Object::count),
        generation.and_then(|one| one.count()),
    ) {
        (Some(number), Some(_)) => u32::try_from(number).map_or(Object::Null, Object::Reference),
        _ => Object::Null,
    };
    items.push(reference);
}

fn number(word: &[u8]) -> Option<f64> {
    let plain = word
        .iter()
        .all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.'));
    let text = std::str::from_utf8(word).ok().filter(|_| plain)?;
    // Some writers put a second sign, or a sign in the middle: what is before it counts.
    let cut = text
        .get(1..)
        .and_then(|rest| rest.find('-'))
        .map_or(text.len(), |at| at + 1);
    text.get(..cut)?.parse().ok()
}

pub(super) fn digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

fn is_regular(byte: u8) -> bool {
    !is_blank(byte)
        && !matches!(
            byte,
            b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_read() {
        let text = b"<</A#42 [1 -.5 (a\\(b\\051\\n) <4 1>] /B 12 0 R /C true>> % x\nBT";
        let mut lexer = Lexer::new(text, 0);
        let object = lexer.next().unwrap();
        let dict = object.dict().unwrap();
        assert_eq!(
            dict.get("AB").unwrap().array().unwrap(),
            [
                Object::Number(1.0),
                Object::Number(-0.5),
                Object::Text(b"a(b)\n".to_vec()),
                Object::Text(b"A".to_vec())
            ]
        );
        assert_eq!(dict.get("B"), Some(&Object::Reference(12)));
        assert_eq!(lexer.next(), Some(Object::Word(b"BT".to_vec())));
        assert_eq!(lexer.next(), None);
        assert!(Lexer::new(&[b'['; 1000], 0).next().is_some());
    }
}
