//! Zeek's JSON form: one object per line, unset fields left out, the stream in `_path` where a shipper adds
//! it, else told by keys that only one stream has.

use crate::log::LogPath;
use crate::row::{Cell, Column, Row};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// Keys that one stream has in every row and no other has.
const TELLING: [(&str, LogPath); 14] = [
    ("conn_state", LogPath::Conn),
    ("orig_pkts", LogPath::Conn),
    ("missed_bytes", LogPath::Conn),
    ("trans_id", LogPath::Dns),
    ("qtype", LogPath::Dns),
    ("query", LogPath::Dns),
    ("trans_depth", LogPath::Http),
    ("method", LogPath::Http),
    ("uri", LogPath::Http),
    ("ssl_history", LogPath::Ssl),
    ("cipher", LogPath::Ssl),
    ("established", LogPath::Ssl),
    ("auth_attempts", LogPath::Ssh),
    ("host_key_alg", LogPath::Ssh),
];

/// One object of a log.
#[derive(Debug)]
pub(crate) struct Object<'a> {
    /// The wanted cells.
    pub row: Row<'a>,
    /// The stream.
    pub path: LogPath,
    /// Whether it holds a key that Zeek writes.
    pub zeek: bool,
}

/// Reads one line; the error is the parser's sentence.
pub(crate) fn object(line: &[u8]) -> Result<Object<'_>, String> {
    serde_json::from_slice(line).map_err(|error| error.to_string())
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a Zeek log row")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut row = Row::new();
        let (mut stated, mut told) = (None, None);
        while let Some(Key(key)) = map.next_key()? {
            if told.is_none() {
                told = TELLING
                    .iter()
                    .find(|(name, _)| *name == key)
                    .map(|(_, path)| *path);
            }
            match Column::named(&key) {
                Some(column) => row.set(column, map.next_value_seed(CellSeed)?),
                None if key == "_path" => stated = path(&map.next_value_seed(CellSeed)?),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        let has = |column| row.get(column) != &Cell::Absent;
        let zeek = has(Column::Ts) && (stated.is_some() || has(Column::Uid) || has(Column::OrigH));
        let path = stated.or(told).unwrap_or(LogPath::Other);
        Ok(Object { row, path, zeek })
    }
}

fn path(cell: &Cell<'_>) -> Option<LogPath> {
    match cell {
        Cell::Text(name) => Some(LogPath::named(name)),
        _ => None,
    }
}

/// A key, borrowed where it holds no escape.
struct Key<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor).map(Key)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

/// Reads any value as a cell; the kind of value is judged later, field by field.
pub(crate) struct CellSeed;

impl<'de> DeserializeSeed<'de> for CellSeed {
    type Value = Cell<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cell<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for CellSeed {
    type Value = Cell<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cell<'de>, E> {
        Ok(Cell::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Cell<'de>, E> {
        Ok(Cell::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Cell<'de>, E> {
        Ok(Cell::Count(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Cell<'de>, E> {
        Ok(Cell::Real(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Cell<'de>, E> {
        Ok(Cell::Real(number))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Cell<'de>, E> {
        Ok(Cell::Odd)
    }

    fn visit_unit<E>(self) -> Result<Cell<'de>, E> {
        Ok(Cell::Absent)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Cell<'de>, A::Error> {
        let (mut texts, mut odd) = (Vec::new(), false);
        while let Some(cell) = seq.next_element_seed(CellSeed)? {
            match cell {
                Cell::Text(text) => texts.push(text),
                Cell::Absent => {}
                _ => odd = true,
            }
        }
        Ok(if odd { Cell::Odd } else { Cell::List(texts) })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cell<'de>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Cell::Odd)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tell_the_stream_and_path_overrules_them() {
        let read = |text: &str| object(text.as_bytes()).unwrap().path;
        assert_eq!(read(r#"{"ts":1.5,"uid":"C1","conn_state":"SF"}"#), LogPath::Conn);
        assert_eq!(read(r#"{"ts":1.5,"uid":"C1","query":"a.example"}"#), LogPath::Dns);
        assert_eq!(read(r#"{"_path":"weird","conn_state":"SF"}"#), LogPath::Other);
        assert_eq!(read(r#"{"ts":1.5}"#), LogPath::Other);
    }

    #[test]
    fn values_of_any_kind_are_cells() {
        let line = br#"{"ts":1.5,"id.resp_p":443,"host":"a\tb","answers":["x",null],"uid":null,"uri":{"a":[1]},"z":[[]]}"#;
        let row = object(line).unwrap().row;
        assert_eq!(row.get(Column::Ts), &Cell::Real(1.5));
        assert_eq!(row.get(Column::RespP), &Cell::Count(443));
        assert_eq!(row.get(Column::Host), &Cell::Text("a\tb".into()));
        assert_eq!(row.get(Column::Answers), &Cell::List(vec!["x".into()]));
        assert_eq!(row.get(Column::Uid), &Cell::Absent);
        assert_eq!(row.get(Column::Uri), &Cell::Odd);
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for line in ["", "[]", "1", "{", r#"{"ts":1} x"#, r#"{"ts":}"#] {
            assert!(object(line.as_bytes()).is_err(), "{line:?}");
        }
    }
}
