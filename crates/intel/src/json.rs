//! JSON of which each value knows where it stands.
//!
//! Values stay the text that they are: what is written out again is what was read, numbers and unknown fields too.

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// A value and the text that it is a part of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Located<'a> {
    whole: &'a str,
    raw: &'a RawValue,
}

impl<'a> Located<'a> {
    /// Reads a whole text; nothing where it is no JSON.
    pub(crate) fn root(bytes: &'a [u8]) -> Option<Self> {
        Self::read(bytes).ok()
    }

    /// Reads a whole text.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).map_err(|cause| cause.to_string())?;
        // A mark in front would be no JSON; places count it.
        let body = text.strip_prefix('\u{feff}').unwrap_or(text);
        let raw: &RawValue = serde_json::from_str(body).map_err(|cause| cause.to_string())?;
        Ok(Located { whole: text, raw })
    }

    fn at(&self, raw: &'a RawValue) -> Self {
        Located {
            whole: self.whole,
            raw,
        }
    }

    /// Returns the text of the value as it stands.
    pub(crate) fn raw(&self) -> &'a str {
        self.raw.get()
    }

    /// Returns the bytes of the value in the file.
    pub(crate) fn place(&self) -> (usize, usize) {
        // Both are parts of one text, so that their addresses tell the distance.
        let start = (self.raw().as_ptr() as usize).saturating_sub(self.whole.as_ptr() as usize);
        (start, start + self.raw().len())
    }

    /// Returns the fields of an object in their order; none of what is no object.
    pub(crate) fn fields(&self) -> Vec<(String, Located<'a>)> {
        let Ok(Fields(fields)) = serde_json::from_str::<Fields<'a>>(self.raw()) else {
            return Vec::new();
        };
        fields
            .into_iter()
            .map(|(name, raw)| (name, self.at(raw)))
            .collect()
    }

    /// Returns a field of an object; of two of one name the last, as most readers do.
    pub(crate) fn field(&self, name: &str) -> Option<Located<'a>> {
        let mut fields = self.fields().into_iter().rev();
        fields.find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// Returns the elements of an array; none of what is no array.
    pub(crate) fn items(&self) -> Vec<Located<'a>> {
        let items: Vec<&'a RawValue> = serde_json::from_str(self.raw()).unwrap_or_default();
        items.into_iter().map(|raw| self.at(raw)).collect()
    }

    /// Returns whether the value is an object.
    pub(crate) fn is_object(&self) -> bool {
        self.raw().starts_with('{')
    }

    /// Returns a text.
    pub(crate) fn text(&self) -> Option<String> {
        serde_json::from_str(self.raw()).ok()
    }

    /// Returns a truth value, `1` and `"1"` included.
    pub(crate) fn truth(&self) -> Option<bool> {
        match self.raw() {
            "true" | "1" | "\"1\"" | "\"true\"" => Some(true),
            "false" | "0" | "\"0\"" | "\"false\"" => Some(false),
            _ => None,
        }
    }
}

struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Fields(fields))
    }
}

/// Lines of a text, by their places.
pub(crate) struct Lines(Vec<usize>);

impl Lines {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Lines(memchr::memchr_iter(b'\n', bytes).collect())
    }

    /// Returns the line of a place, counted from 1.
    pub(crate) fn line(&self, at: usize) -> u64 {
        1 + self.0.partition_point(|newline| *newline < at) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_knows_its_place_and_keeps_its_text() {
        let text = "\u{feff} {\"a\": [1.50, {\"b\":\"x\\u0041\"}], \"a\" : {\"c\": 1e400}}";
        let root = Located::root(text.as_bytes()).unwrap();
        let fields = root.fields();
        assert_eq!(fields.len(), 2);
        let items = fields.first().unwrap().1.items();
        assert_eq!(items.first().unwrap().raw(), "1.50");
        let b = items.get(1).unwrap().field("b").unwrap();
        let (start, end) = b.place();
        assert_eq!(
            (text.get(start..end), b.text().as_deref()),
            (Some("\"x\\u0041\""), Some("xA"))
        );
        assert_eq!(root.field("a").unwrap().raw(), "{\"c\": 1e400}");
    }
}
