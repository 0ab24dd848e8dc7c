//! XML lists, one entry at a time: the text is run through once, and of it only the element that is asked for is in memory.
//!
//! Not lenient: markup that is broken or not closed refuses the list, and so does an entity that the text would have to
//! define itself. Namespaces are left away.

use crate::ListError;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

/// Elements inside elements.
const DEPTH: usize = 64;

/// An element with all that stands in it.
#[derive(Debug, Default)]
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) line: u64,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Node>,
}

impl Node {
    pub(crate) fn children<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.children.iter().filter(move |child| child.name == name)
    }

    pub(crate) fn child<'a>(&'a self, name: &'a str) -> Option<&'a Node> {
        self.children(name).next()
    }

    /// Returns the elements behind a way of names.
    pub(crate) fn all<'a>(&'a self, way: &'a [&'a str]) -> Vec<&'a Node> {
        way.iter().fold(vec![self], |nodes, name| {
            nodes.into_iter().flat_map(|node| node.children(name)).collect()
        })
    }

    /// Returns the text of the element with single blanks; nothing where it is empty.
    pub(crate) fn words(&self) -> Option<String> {
        let words: Vec<&str> = self.text.split_whitespace().collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// Returns the text of the first child of a name that has some.
    pub(crate) fn words_of(&self, name: &str) -> Option<String> {
        self.children(name).find_map(Node::words)
    }

    /// Returns an attribute with single blanks; nothing where it is empty.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        let (_, value) = self.attributes.iter().find(|(key, _)| key == name)?;
        let words: Vec<&str> = value.split_whitespace().collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    pub(crate) fn need(&self, file: &str, name: &'static str) -> Result<String, ListError> {
        self.words_of(name)
            .ok_or_else(|| ListError::field(file, self.line, name, ""))
    }

    pub(crate) fn need_attribute(&self, file: &str, name: &'static str) -> Result<String, ListError> {
        self.attribute(name)
            .ok_or_else(|| ListError::field(file, self.line, name, ""))
    }
}

/// The elements of a text, in their order.
pub(crate) struct Elements<'a> {
    file: &'a str,
    text: &'a str,
    reader: Reader<&'a [u8]>,
    counted: usize,
    line: u64,
    /// Elements that are open outside the one that is read.
    open: usize,
    root: Option<Node>,
}

impl<'a> Elements<'a> {
    pub(crate) fn of(file: &'a str, text: &'a str) -> Self {
        let mut reader = Reader::from_reader(text.as_bytes());
        reader.config_mut().check_end_names = true;
        Elements {
            file,
            text,
            reader,
            counted: 0,
            line: 1,
            open: 0,
            root: None,
        }
    }

    /// Returns the root element, without what stands in it, once it was passed.
    pub(crate) fn root(&self) -> Option<&Node> {
        self.root.as_ref()
    }

    /// Returns the next element of one of the names; nothing at the end of a text that is whole.
    pub(crate) fn next(&mut self, wanted: &[&str]) -> Result<Option<Node>, ListError> {
        loop {
            let line = self.line();
            match self.event()? {
                Event::Start(tag) => {
                    let node = self.node(&tag, line)?;
                    if wanted.contains(&node.name.as_str()) {
                        return self.inside(node, 0).map(Some);
                    }
                    self.open += 1;
                    self.root.get_or_insert(node);
                }
                Event::Empty(tag) => {
                    let node = self.node(&tag, line)?;
                    if wanted.contains(&node.name.as_str()) {
                        return Ok(Some(node));
                    }
                }
                Event::End(_) => self.open = self.open.saturating_sub(1),
                Event::Eof if self.open == 0 && self.root.is_some() => return Ok(None),
                Event::Eof => return Err(self.broken("an element is never closed")),
                _ => {}
            }
        }
    }

    fn inside(&mut self, mut node: Node, depth: usize) -> Result<Node, ListError> {
        if depth == DEPTH {
            return Err(self.broken("elements stand too deep in elements"));
        }
        loop {
            let line = self.line();
            match self.event()? {
                Event::Start(tag) => {
                    let child = self.node(&tag, line)?;
                    node.children.push(self.inside(child, depth + 1)?);
                }
                Event::Empty(tag) => node.children.push(self.node(&tag, line)?),
                Event::Text(text) => node.text.push_str(&text.xml10_content()),
                Event::CData(text) => node.text.push_str(&text.xml10_content()),
                Event::GeneralRef(entity) => node.text.push(self.character(&entity)?),
                Event::End(_) => return Ok(node),
                Event::Eof => return Err(self.broken("an element is never closed")),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
    }

    fn event(&mut self) -> Result<Event<'a>, ListError> {
        self.reader.read_event().map_err(|cause| {
            let at = usize::try_from(self.reader.error_position()).unwrap_or(usize::MAX);
            self.count_to(at);
            self.broken(&cause.to_string())
        })
    }

    fn node(&self, tag: &BytesStart<'_>, line: u64) -> Result<Node, ListError> {
        let mut attributes = Vec::new();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|cause| self.broken(&cause.to_string()))?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_err(|cause| self.broken(&cause.to_string()))?;
            attributes.push((attribute.key.local_name().as_ref().to_owned(), value.into_owned()));
        }
        Ok(Node {
            name: tag.local_name().as_ref().to_owned(),
            line,
            attributes,
            ..Node::default()
        })
    }

    fn character(&self, entity: &BytesRef<'_>) -> Result<char, ListError> {
        let number = entity.resolve_char_ref();
        match (number, entity.xml10_content().as_ref()) {
            (Ok(Some(character)), _) => Ok(character),
            (Ok(None), "amp") => Ok('&'),
            (Ok(None), "lt") => Ok('<'),
            (Ok(None), "gt") => Ok('>'),
            (Ok(None), "quot") => Ok('"'),
            (Ok(None), "apos") => Ok('\''),
            (_, name) => Err(self.broken(&format!("no such entity: {name:?}"))),
        }
    }

    fn line(&mut self) -> u64 {
        let at = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        self.count_to(at);
        self.line
    }

    fn count_to(&mut self, at: usize) {
        let passed = self.text.as_bytes().get(self.counted..at).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.counted = self.counted.max(at);
    }

    fn broken(&self, cause: &str) -> ListError {
        ListError::Markup {
            file: self.file.to_owned(),
            line: self.line,
            cause: cause.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Result<Vec<(u64, String)>, ListError> {
        let mut elements = Elements::of("t", text);
        let mut names = Vec::new();
        while let Some(node) = elements.next(&["b"])? {
            names.push((node.line, node.words().unwrap_or_default()));
        }
        Ok(names)
    }

    #[test]
    fn elements_are_found_with_their_lines() {
        let text = "<?xml version=\"1.0\"?>\n<x:a xmlns:x=\"y\">\n<b>1 &amp;&#50;</b>\n<c><b> 2\n 3</b></c><b/></x:a>\n";
        let found = names(text).unwrap();
        assert_eq!(found, [(3, "1 &2".into()), (4, "2 3".into()), (5, String::new())]);
    }

    #[test]
    fn what_is_broken_is_named_with_its_line() {
        for (text, line, cause) in [
            ("<a>\n<b>1", 2, "never closed"),
            ("<a>\n<b>1</b>", 2, "never closed"),
            ("<a>\n<b>1</c></a>", 2, "expected `</b>`"),
            ("<a>\n<b>&evil;</b></a>", 2, "no such entity"),
            ("", 1, "never closed"),
        ] {
            let error = names(text).unwrap_err().to_string();
            assert!(
                error.contains(&format!("line {line}")) && error.contains(cause),
                "{error}"
            );
        }
        let deep = format!("<b>{}", "<d>".repeat(100));
        assert!(names(&deep).unwrap_err().to_string().contains("too deep"));
    }
}
