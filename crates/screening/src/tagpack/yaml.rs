//! YAML as TagPacks use it: mappings, sequences and texts. Anchors are refused, depth is bounded, and a key that stands
//! twice in one mapping is an error, since one of both would be lost.

use crate::{ListError, ListFile};
use saphyr_parser::{Event, Parser, Span, StrInput};

/// Mappings and sequences within each other.
const DEPTH: usize = 16;
/// Keys of one mapping: a pack's and a tag's are a dozen, and each is compared with those before it.
const KEYS: usize = 1024;

/// A value, with the line on which it begins, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) line: u64,
    pub(super) value: Value,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    /// Returns the value of a key of a mapping.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        let Value::Map(fields) = &self.value else {
            return None;
        };
        fields.iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// Returns a text that is not empty.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// Returns the elements of a sequence, or the one text that stands for a sequence of one.
    pub(super) fn texts(&self) -> Vec<&str> {
        match &self.value {
            Value::List(nodes) => nodes.iter().filter_map(Node::text).collect(),
            _ => self.text().into_iter().collect(),
        }
    }
}

/// The events of a text, with errors that name the file.
struct Reader<'a> {
    file: &'a str,
    events: Parser<'a, StrInput<'a>>,
}

/// Reads the one document of a file.
pub(super) fn read(file: ListFile<'_>) -> Result<Node, ListError> {
    let text = std::str::from_utf8(file.bytes).map_err(|error| ListError::Text {
        file: file.name.to_owned(),
        line: 1 + lines(file.bytes.get(..error.valid_up_to()).unwrap_or_default()),
    })?;
    let mut reader = Reader {
        file: file.name,
        events: Parser::new_from_str(text),
    };
    let node = loop {
        let (event, span) = reader.next()?;
        match event {
            Event::StreamStart | Event::DocumentStart(_) | Event::Nothing => {}
            Event::StreamEnd | Event::DocumentEnd => {
                return Err(ListError::Empty {
                    file: file.name.to_owned(),
                });
            }
            event => break reader.node(event, span, 0)?,
        }
    };
    loop {
        match reader.next()? {
            (Event::StreamEnd, _) => return Ok(node),
            (Event::DocumentEnd | Event::Nothing, _) => {}
            (_, span) => return Err(reader.broken(span, "the end of the file", "a second document")),
        }
    }
}

fn lines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), ListError> {
        match self.events.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(ListError::field(
                self.file,
                error.marker().line() as u64,
                "YAML",
                error.info(),
            )),
            None => Err(ListError::Empty {
                file: self.file.to_owned(),
            }),
        }
    }

    fn broken(&self, span: Span, expected: &'static str, found: &str) -> ListError {
        ListError::field(self.file, span.start.line() as u64, expected, found)
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, ListError> {
        let line = span.start.line() as u64;
        if depth > DEPTH {
            return Err(self.broken(span, "at most 16 levels", "more"));
        }
        let value = match event {
            Event::Scalar(text, ..) => Value::Text(text.into_owned()),
            Event::SequenceStart(..) => Value::List(self.list(depth)?),
            Event::MappingStart(..) => Value::Map(self.map(depth)?),
            _ => return Err(self.broken(span, "a value", "an alias")),
        };
        Ok(Node { line, value })
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Node>, ListError> {
        let mut nodes = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(nodes),
                (event, span) => nodes.push(self.node(event, span, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Vec<(String, Node)>, ListError> {
        let mut fields: Vec<(String, Node)> = Vec::new();
        loop {
            let key = match self.next()? {
                (Event::MappingEnd, _) => return Ok(fields),
                (_, span) if fields.len() >= KEYS => {
                    return Err(self.broken(span, "at most 1024 keys", "more"));
                }
                (Event::Scalar(key, ..), span) => {
                    if fields.iter().any(|(known, _)| **known == *key) {
                        return Err(self.broken(span, "each key once", &key));
                    }
                    key.into_owned()
                }
                (_, span) => return Err(self.broken(span, "a text as key", "something else")),
            };
            let (event, span) = self.next()?;
            fields.push((key, self.node(event, span, depth + 1)?));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Node, ListError> {
        read(ListFile {
            name: "t.yaml",
            bytes: text.as_bytes(),
        })
    }

    #[test]
    fn mappings_sequences_and_texts_are_read_with_their_lines() {
        let node = of("a: x\nb:\n- 1\n- '02'\nc: {d: e}\n").unwrap();
        assert_eq!(node.get("a").unwrap().text(), Some("x"));
        assert_eq!(node.get("b").unwrap().texts(), ["1", "02"]);
        let c = node.get("c").unwrap();
        assert_eq!((c.line, c.get("d").unwrap().text()), (5, Some("e")));
    }

    #[test]
    fn what_would_be_lost_or_unbounded_is_refused() {
        for (text, line) in [
            ("a: 1\na: 2\n", 2),
            ("a: &x 1\nb: *x\n", 2),
            ("a: 1\n---\nb: 2\n", 2),
            ("a: [\n", 2),
        ] {
            let error = of(text).unwrap_err().to_string();
            assert!(error.contains(&format!("line {line}")), "{text:?}: {error}");
        }
        assert!(of(&"[".repeat(1_000)).is_err());
        assert!(matches!(of("# nothing\n"), Err(ListError::Empty { .. })));
    }
}
