//! `[xml]`: documents and their nodes, walked by the names of elements and attributes.
//!
//! A document that a script changes is not known any more. Paths of XPath and what is written back as text are outside the
//! known part.

use super::super::engine::Engine;
use super::super::value::{Object, State, Value};
use super::Given;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use std::cell::Cell;
use std::rc::Rc;

/// Elements inside each other.
const MOST_DEPTH: usize = 64;

/// The class of documents and nodes.
const NODE: &str = "xml.xmlnode";

/// A part of a document.
#[derive(Debug)]
enum Part {
    Element(Element),
    Text(String),
    /// Blanks alone between tags.
    Blank(String),
    Data(String),
    Comment,
}

#[derive(Debug, Default)]
struct Element {
    /// The name with its prefix; the document's own is `#document`.
    name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Rc<Part>>,
}

/// An element of a document, or the document.
#[derive(Clone, Debug)]
pub(in super::super) struct Node {
    part: Rc<Part>,
    /// The document was changed, or handed to what may change it.
    changed: Rc<Cell<bool>>,
}

impl Node {
    /// Forgets what is known of the whole document.
    pub(in super::super) fn spoil(&self) {
        self.changed.set(true);
    }

    fn of(&self, part: &Rc<Part>) -> Value {
        let node = Node {
            part: Rc::clone(part),
            changed: Rc::clone(&self.changed),
        };
        Object::holding(NODE, State::Xml(node)).value()
    }

    fn element(&self) -> Option<&Element> {
        match &*self.part {
            Part::Element(element) if !self.changed.get() => Some(element),
            _ => None,
        }
    }
}

/// Charges what the nodes of a document take, which is a multiple of its text.
pub(in super::super) fn charge(engine: &mut Engine<'_, '_>, text: &str) -> super::Eval<()> {
    engine.budget.work(text.len())?;
    (0..8).try_for_each(|_| engine.budget.build(text.len()).map_err(Into::into))
}

/// Reads a document; `None` where it is not well-formed, or uses what is outside the known part.
pub(in super::super) fn document(text: &str) -> Option<Value> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut open = vec![Element {
        name: "#document".to_owned(),
        ..Element::default()
    }];
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) => {
                if open.len() > MOST_DEPTH {
                    return None;
                }
                open.push(element(&tag)?);
            }
            Event::Empty(tag) => add(&mut open, Part::Element(element(&tag)?))?,
            Event::End(_) => {
                let done = open.pop()?;
                add(&mut open, Part::Element(done))?;
            }
            Event::Text(text) => {
                let text = normalised(&text);
                add(&mut open, Part::Text(text))?;
            }
            Event::GeneralRef(entity) => {
                let text = match entity.resolve_char_ref().ok()? {
                    Some(c) => c.to_string(),
                    None => resolve_xml_entity(&entity)?.to_owned(),
                };
                add(&mut open, Part::Text(text))?;
            }
            Event::CData(data) => add(&mut open, Part::Data(normalised(&data)))?,
            Event::Decl(_) => {}
            Event::Eof => break,
            Event::Comment(_) => add(&mut open, Part::Comment)?,
            Event::PI(_) | Event::DocType(_) => return None,
        }
    }
    let mut document = open.pop().filter(|_| open.is_empty())?;
    let is_element = |part: &Rc<Part>| matches!(&**part, Part::Element(_));
    let is_text = |part: &Rc<Part>| matches!(&**part, Part::Text(_) | Part::Data(_));
    let roots = document.children.iter().filter(|part| is_element(part)).count();
    if roots != 1 || document.children.iter().any(is_text) {
        return None;
    }
    document.children.retain(is_element);
    let node = Node {
        part: Rc::new(Part::Element(document)),
        changed: Rc::default(),
    };
    Some(Object::holding("xml.xmldocument", State::Xml(node)).value())
}

/// Line ends as a reader hands them on.
fn normalised(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Puts a part behind the others; texts that follow each other are one.
fn add(open: &mut [Element], part: Part) -> Option<()> {
    let children = &mut open.last_mut()?.children;
    let last = children.last_mut().and_then(Rc::get_mut);
    match (last, part) {
        (Some(Part::Text(text) | Part::Blank(text)), Part::Text(more)) => {
            text.push_str(&more);
            let joined = std::mem::take(text);
            children.pop();
            children.push(Rc::new(text_part(joined)));
        }
        (_, Part::Text(text)) if text.is_empty() => {}
        (_, Part::Text(text)) => children.push(Rc::new(text_part(text))),
        (_, part) => children.push(Rc::new(part)),
    }
    Some(())
}

fn text_part(text: String) -> Part {
    if text.chars().all(|c| matches!(c, ' ' | '\t' | '\n' | '\r')) {
        Part::Blank(text)
    } else {
        Part::Text(text)
    }
}

fn element(tag: &BytesStart<'_>) -> Option<Element> {
    let name = tag.name().as_ref().to_owned();
    let mut attributes = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.ok()?;
        let name = attribute.key.as_ref().to_owned();
        let raw = &*attribute.value;
        let value = quick_xml::escape::unescape(raw).ok()?;
        // Blanks of an attribute are made plain, those written as references are not.
        if raw.contains(['\n', '\t', '\r']) {
            return None;
        }
        attributes.push((name, value.into_owned()));
    }
    Some(Element {
        name,
        attributes,
        children: Vec::new(),
    })
}

impl Element {
    fn inner_text(&self, text: &mut String) {
        for child in &self.children {
            match &**child {
                Part::Element(element) => element.inner_text(text),
                Part::Text(own) | Part::Blank(own) | Part::Data(own) => text.push_str(own),
                Part::Comment => {}
            }
        }
    }

    fn elements(&self) -> impl Iterator<Item = (&Rc<Part>, &Element)> {
        self.children.iter().filter_map(|part| match &**part {
            Part::Element(element) => Some((part, element)),
            _ => None,
        })
    }

    /// Whether blanks stand among the children, which only some ways to load a document keep.
    fn has_blanks(&self) -> bool {
        self.children.iter().any(|part| matches!(&**part, Part::Blank(_)))
    }

    /// An element without attributes that holds nothing but text is that text.
    fn is_plain(&self) -> bool {
        let only_text = match self.children.as_slice() {
            [] => true,
            [only] => matches!(&**only, Part::Text(_)),
            _ => false,
        };
        self.attributes.is_empty() && only_text
    }
}

/// A property: attributes and elements of that name come before what nodes have themselves.
pub(super) fn member(engine: &mut Engine<'_, '_>, node: &Node, name: &str) -> Given {
    let Some(element) = node.element() else {
        return Ok(None);
    };
    engine.budget.work(element.children.len().saturating_mul(32))?;
    let mut found = Vec::new();
    for (key, value) in &element.attributes {
        if key.to_lowercase() == name {
            found.push(Value::text(value.as_str()));
        }
    }
    for (part, child) in element.elements() {
        if child.name.to_lowercase() == name {
            found.push(simplified(node, part, child));
        }
    }
    for part in &element.children {
        match (&**part, name) {
            (Part::Text(text), "#text") | (Part::Data(text), "#cdata-section") => {
                found.push(Value::text(text.as_str()));
            }
            _ => {}
        }
    }
    if !found.is_empty() {
        return Ok(Some(Value::collapse(found)));
    }
    Ok(own_member(node, element, name))
}

fn simplified(node: &Node, part: &Rc<Part>, child: &Element) -> Value {
    if child.is_plain() {
        let mut text = String::new();
        child.inner_text(&mut text);
        return Value::text(text);
    }
    // An element with nothing but blanks in it is a text only where they are dropped.
    if child.attributes.is_empty() && child.has_blanks() && child.children.len() == 1 {
        return Value::unknown(child.name.as_str());
    }
    node.of(part)
}

fn own_member(node: &Node, element: &Element, name: &str) -> Option<Value> {
    let elements = || -> Vec<Value> { element.elements().map(|(part, _)| node.of(part)).collect() };
    let local = || element.name.rsplit(':').next().unwrap_or_default();
    match name {
        "innertext" => {
            let mut text = String::new();
            element.inner_text(&mut text);
            (!deep_blanks(element)).then(|| Value::text(text))
        }
        "name" => Some(Value::text(element.name.as_str())),
        "localname" => Some(Value::text(local())),
        "documentelement" if element.name == "#document" => elements().into_iter().next(),
        "haschildnodes" if !element.has_blanks() => Some(Value::Bool(!element.children.is_empty())),
        "childnodes" | "firstchild" | "lastchild" if !element.has_blanks() => {
            let all = elements();
            // Texts are nodes of their own, which nothing here stands for.
            if all.len() != element.children.len() {
                return None;
            }
            match name {
                "firstchild" => Some(all.into_iter().next().unwrap_or(Value::Null)),
                "lastchild" => Some(all.into_iter().last().unwrap_or(Value::Null)),
                _ => Some(Value::array(all)),
            }
        }
        _ => {
            const OWN: &[&str] = &[
                "childnodes",
                "firstchild",
                "lastchild",
                "haschildnodes",
                "outerxml",
                "innerxml",
                "attributes",
                "parentnode",
                "nextsibling",
                "previoussibling",
                "ownerdocument",
                "value",
                "nodetype",
                "prefix",
                "namespaceuri",
                "isempty",
                "documentelement",
                "hasattributes",
                "schemainfo",
                "baseuri",
                "isreadonly",
                "item",
                "documenttype",
                "implementation",
                "nametable",
                "preservewhitespace",
                "schemas",
                "xmlresolver",
                "#comment",
                "#whitespace",
                "#significant-whitespace",
                "psobject",
                "psbase",
                "psadapted",
                "psextended",
                "pstypenames",
                "count",
                "length",
            ];
            (!OWN.contains(&name)).then_some(Value::Null)
        }
    }
}

fn deep_blanks(element: &Element) -> bool {
    element.has_blanks() || element.elements().any(|(_, child)| deep_blanks(child))
}

/// A method of a node. What is not known here may change the document.
pub(super) fn invoke(engine: &mut Engine<'_, '_>, node: &Node, name: &str, arguments: &[Value]) -> Given {
    let known = match (node.element(), name, arguments) {
        (Some(element), "getattribute", [key]) => key.exact().map(|key| {
            let found = element.attributes.iter().find(|(name, _)| *name == key);
            Value::text(found.map(|(_, value)| value.as_str()).unwrap_or_default())
        }),
        (Some(element), "hasattribute", [key]) => key
            .exact()
            .map(|key| Value::Bool(element.attributes.iter().any(|(name, _)| *name == key))),
        (Some(element), "getelementsbytagname", [name]) => match name.exact() {
            Some(name) => {
                let mut found = Vec::new();
                named(node, element, &name, &mut found);
                engine.budget.build(found.len().saturating_mul(64))?;
                Some(Value::array(found))
            }
            None => None,
        },
        (_, "selectsinglenode" | "selectnodes" | "tostring" | "gettype" | "clone", _) => return Ok(None),
        _ => {
            node.spoil();
            None
        }
    };
    Ok(known)
}

/// The elements of a name below an element, in the order of the document.
fn named(node: &Node, element: &Element, name: &str, found: &mut Vec<Value>) {
    for (part, child) in element.elements() {
        if child.name == name || name == "*" {
            found.push(node.of(part));
        }
        named(node, child, name, found);
    }
}
