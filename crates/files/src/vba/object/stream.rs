//! `ADODB.Stream`: bytes in memory that become a file.

use super::invoke::Call;
use crate::script::Action;
use crate::vba::convert::{ansi, bytes_of_units, integer, known, string, text, unit_of_ansi};
use crate::vba::evaluate::Evaluator;
use crate::vba::fault::Eval;
use crate::vba::operate::concat;
use crate::vba::value::{Array, Type, Value};
use std::rc::Rc;

/// The property that holds what was written: a byte array, a string, or unknown.
const CONTENT: &str = " content";

impl Evaluator<'_, '_> {
    pub(super) fn stream_method(&mut self, call: &Call<'_>) -> Eval<Option<Value>> {
        Ok(Some(match call.member {
            "open" | "flush" | "cancel" | "seteos" => Value::Empty,
            "close" => {
                self.set_field(call.object, CONTENT, Value::Empty);
                Value::Empty
            }
            "write" => {
                self.set_field(call.object, CONTENT, call.value(0));
                Value::Empty
            }
            "writetext" => {
                self.write_text(call)?;
                Value::Empty
            }
            "savetofile" => {
                self.save(call);
                Value::Empty
            }
            "loadfromfile" => {
                let held = Value::unknown(&format!("content of {}", call.text(0)));
                self.set_field(call.object, CONTENT, held);
                Value::Empty
            }
            "read" => self.bytes(call.object)?,
            "readtext" => self.read_text(call)?,
            "copyto" => {
                if let (Value::Object(to), Some(held)) = (call.value(0), self.field(call.object, CONTENT)) {
                    self.set_field(to, CONTENT, held);
                }
                Value::Empty
            }
            "size" => match self.bytes(call.object)? {
                Value::Array(array) => Value::count(array.items.len()),
                _ => self.unknown_member(call),
            },
            _ => return Ok(None),
        }))
    }

    fn write_text(&mut self, call: &Call<'_>) -> Eval<()> {
        let held = match self.field(call.object, CONTENT) {
            None | Some(Value::Empty) => Value::units(Vec::new(), 0),
            Some(held) => held,
        };
        let more = string(&call.value(0))?;
        let line = integer(&call.value(1)).ok().flatten() == Some(1);
        let mut joined = concat(&held, &more).unwrap_or_else(|_| Value::unknown("text"));
        if line {
            joined = concat(&joined, &Value::text("\r\n"))?;
        }
        if let Value::Text(text) = &joined {
            self.budget.build(text.len())?;
        }
        self.set_field(call.object, CONTENT, joined);
        Ok(())
    }

    /// The character set, in lower case; UTF-16 where none is set.
    fn charset(&self, object: usize) -> String {
        let set = self
            .field(object, "charset")
            .and_then(|set| known(&set).ok().flatten());
        set.map_or_else(|| "unicode".to_owned(), |set| set.show().to_lowercase())
    }

    /// Returns the content as a byte array, or unknown.
    fn bytes(&self, object: usize) -> Eval<Value> {
        let bytes = match self.field(object, CONTENT) {
            Some(Value::Array(array)) => array.as_bytes(),
            Some(Value::Text(text)) => encode(&self.charset(object), text.units()),
            Some(Value::Empty) | None => Some(Vec::new()),
            _ => None,
        };
        Ok(match bytes {
            Some(bytes) => Value::Array(Rc::new(Array::bytes(&bytes))),
            None => self.field(object, CONTENT).unwrap_or(Value::Empty),
        })
    }

    fn read_text(&mut self, call: &Call<'_>) -> Eval<Value> {
        let units = match self.field(call.object, CONTENT) {
            Some(Value::Text(text)) => Some(text.units().to_vec()),
            Some(Value::Array(array)) => array
                .as_bytes()
                .and_then(|bytes| decode(&self.charset(call.object), &bytes)),
            _ => None,
        };
        match units {
            Some(units) => {
                self.budget.build(units.len())?;
                Ok(Value::units(units, 3))
            }
            None => Ok(self.unknown_member(call)),
        }
    }

    fn save(&mut self, call: &Call<'_>) {
        let content = match self.bytes(call.object) {
            Ok(Value::Array(array)) if array.kind == Type::Byte => array.as_bytes(),
            _ => None,
        };
        if let Some(held) = self.field(call.object, CONTENT) {
            self.retire(&held);
            if let Value::Unknown(from) = &held
                && let Some((_, url)) = from.split_once(" of http")
            {
                let url = crate::script::Text::known(format!("http{url}"));
                let to = Some(call.text(0));
                self.act(Action::Download { url, to }, call.at);
            }
        }
        let path = text(&call.value(0));
        self.act(Action::Write { path, content }, call.at);
    }
}

fn encode(charset: &str, units: &[u16]) -> Option<Vec<u8>> {
    match charset {
        "unicode" | "utf-16" | "utf-16le" => {
            let mut bytes = vec![0xff, 0xfe];
            bytes.extend(bytes_of_units(units));
            Some(bytes)
        }
        "utf-8" => {
            let mut bytes = vec![0xef, 0xbb, 0xbf];
            bytes.extend(String::from_utf16_lossy(units).into_bytes());
            Some(bytes)
        }
        "us-ascii" | "ascii" | "windows-1252" | "iso-8859-1" | "x-ansi" => Some(ansi(units)),
        _ => None,
    }
}

fn decode(charset: &str, bytes: &[u8]) -> Option<Vec<u16>> {
    match charset {
        "unicode" | "utf-16" | "utf-16le" => Some(crate::vba::convert::units_of_bytes(bytes)),
        "utf-8" => Some(String::from_utf8_lossy(bytes).encode_utf16().collect()),
        "us-ascii" | "ascii" => Some(bytes.iter().map(|byte| u16::from(byte & 0x7f)).collect()),
        "windows-1252" | "x-ansi" => Some(bytes.iter().map(|byte| unit_of_ansi(*byte)).collect()),
        "iso-8859-1" => Some(bytes.iter().map(|byte| u16::from(*byte)).collect()),
        _ => None,
    }
}
