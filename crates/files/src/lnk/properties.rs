//! The property store of a shortcut (MS-PROPSTORE): values under the GUID of their set and a number or name.
//!
//! Texts are kept, since a text may name a target; of the other types only the size matters.

use super::bytes::{Cursor, spell};
use crate::text::{decode_text, of_units, units};

/// Properties that are kept.
const PROPERTIES: usize = 1 << 12;
/// Bytes of a value that is no text, behind which nothing of ours can stand.
const SMALL: usize = 1024;
/// The set whose properties have names instead of numbers.
const NAMED: &str = "d5cdd505-2e9c-101b-9397-08002b2cf9ae";

/// A text of a property store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// The GUID of its set.
    pub set: String,
    /// Its number in the set, or its name.
    pub name: String,
    /// Its value.
    pub text: String,
}

/// All that is read of a property store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Properties {
    /// The texts in their order.
    pub texts: Vec<Property>,
    /// What was not read, in words.
    pub left: Option<String>,
}

impl Properties {
    /// Reads a store.
    pub(super) fn read(bytes: &[u8]) -> Properties {
        let mut found = Properties::default();
        if found.store(bytes).is_none() {
            found.left = Some("the property store cannot be read to its end".to_owned());
        }
        found
    }

    /// Returns a text by its set and number.
    pub fn text(&self, set: &str, name: &str) -> Option<&str> {
        let own = self.texts.iter().find(|own| own.set == set && own.name == name);
        own.map(|own| own.text.as_str())
    }

    /// Storages (2.2) up to one of no size; some writers put the length of all of them in front (2.1).
    fn store(&mut self, bytes: &[u8]) -> Option<()> {
        const VERSION: &[u8] = b"1SPS";
        let begins = |at: usize| bytes.get(at..).is_some_and(|rest| rest.starts_with(VERSION));
        let mut cursor = Cursor::new(bytes);
        if !begins(4) && begins(8) {
            cursor.word()?;
        }
        loop {
            let size = cursor.word()? as usize;
            if size == 0 {
                return Some(());
            }
            let mut storage = Cursor::new(cursor.take(size.checked_sub(4)?)?);
            if storage.take(4)? != VERSION {
                return None;
            }
            let set = spell(&storage.guid()?);
            self.storage(&set, storage)?;
        }
    }

    /// The values of one set (2.3).
    fn storage(&mut self, set: &str, mut storage: Cursor<'_>) -> Option<()> {
        loop {
            let size = storage.word()? as usize;
            if size == 0 {
                return Some(());
            }
            let mut value = Cursor::new(storage.take(size.checked_sub(4)?)?);
            let number = value.word()?;
            value.take(1)?;
            let name = if set == NAMED {
                wide(value.take(number as usize)?)
            } else {
                number.to_string()
            };
            if self.texts.len() >= PROPERTIES {
                return None;
            }
            self.value(set, name, value)?;
        }
    }

    /// A typed value (MS-OLEPS 2.15).
    fn value(&mut self, set: &str, name: String, mut value: Cursor<'_>) -> Option<()> {
        let kind = value.half()?;
        value.half()?;
        let texts = match kind {
            0x001F => vec![wide_text(&mut value)?],
            0x001E | 0x0008 => vec![narrow_text(&mut value)?],
            0x101F => vector(&mut value, wide_text)?,
            0x101E => vector(&mut value, narrow_text)?,
            _ => {
                if value.rest.len() > SMALL {
                    let length = value.rest.len();
                    self.left = Some(format!(
                        "a property of {length} bytes is of a type that is not read"
                    ));
                }
                return Some(());
            }
        };
        self.texts.extend(texts.into_iter().map(|text| Property {
            set: set.to_owned(),
            name: name.clone(),
            text,
        }));
        Some(())
    }
}

/// The texts of a vector; each takes four bytes at least, so that there are never more than the value holds.
fn vector(value: &mut Cursor<'_>, text: impl Fn(&mut Cursor<'_>) -> Option<String>) -> Option<Vec<String>> {
    let count = value.word()?;
    (0..count).map(|_| text(value)).collect()
}

/// A count of units and as many of them, filled up to four bytes.
fn wide_text(value: &mut Cursor<'_>) -> Option<String> {
    let length = (value.word()? as usize).checked_mul(2)?;
    let text = wide(value.take(length)?);
    value.take((length.wrapping_neg() % 4).min(value.rest.len()))?;
    Some(text)
}

/// A count of bytes and as many of them, filled up to four.
fn narrow_text(value: &mut Cursor<'_>) -> Option<String> {
    let length = value.word()? as usize;
    let bytes = value.take(length)?;
    value.take((length.wrapping_neg() % 4).min(value.rest.len()))?;
    let bytes = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    Some(decode_text(bytes))
}

fn wide(bytes: &[u8]) -> String {
    of_units(units(bytes).take_while(|unit| *unit != 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(number: u32, typed: &[u8]) -> Vec<u8> {
        let mut bytes = (typed.len() as u32 + 9).to_le_bytes().to_vec();
        bytes.extend(number.to_le_bytes());
        bytes.push(0);
        bytes.extend(typed);
        bytes
    }

    fn store(values: &[u8]) -> Vec<u8> {
        let mut bytes = (values.len() as u32 + 28).to_le_bytes().to_vec();
        bytes.extend(b"1SPS");
        bytes.extend([0x11; 16]);
        bytes.extend(values);
        bytes.extend([0; 8]);
        bytes
    }

    #[test]
    fn texts_of_every_type_are_kept() {
        let wide = value(2, b"\x1F\0\0\0\x02\0\0\0a\0\0\0");
        let narrow = value(3, b"\x1E\0\0\0\x03\0\0\0bc\0\0");
        let vector = value(4, b"\x1F\x10\0\0\x02\0\0\0\x01\0\0\0d\0\0\0\x02\0\0\0e\0\0\0");
        let number = value(5, b"\x13\0\0\0\x01\0\0\0");
        let bytes = store(&[wide, narrow, vector, number].concat());
        let found = Properties::read(&bytes);
        let texts: Vec<(&str, &str)> = found
            .texts
            .iter()
            .map(|own| (own.name.as_str(), own.text.as_str()))
            .collect();
        assert_eq!(texts, [("2", "a"), ("3", "bc"), ("4", "d"), ("4", "e")]);
        assert_eq!(found.left, None);
        let prefixed = [&(bytes.len() as u32).to_le_bytes()[..], &bytes].concat();
        assert_eq!(Properties::read(&prefixed), found);
        for end in 1..bytes.len() - 4 {
            assert!(Properties::read(&bytes[..end]).left.is_some(), "{end}");
        }
    }

    #[test]
    fn a_large_value_of_another_type_is_told() {
        let blob = value(2, &[&b"\x41\0\0\0\0\x08\0\0"[..], &[7; 2048]].concat());
        assert!(Properties::read(&store(&blob)).left.is_some());
    }
}
