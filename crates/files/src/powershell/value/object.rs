//! Objects of .NET, COM and the script's own classes.

use super::super::dotnet::Node;
use super::super::pattern::Found;
use super::{Value, joined_within, let_go};
use crate::script::Text;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A .NET or COM object that the evaluator knows by its class.
#[derive(Clone, Debug)]
pub(in super::super) struct Object {
    /// The canonical name of its class, such as `net.webclient`; COM classes begin with `com:`.
    pub(in super::super) class: String,
    /// Its properties by lower-case name.
    pub(in super::super) fields: BTreeMap<String, Value>,
    pub(in super::super) state: State,
}

/// What an object holds besides its properties.
#[derive(Clone, Debug)]
pub(in super::super) enum State {
    Plain,
    /// A stream of bytes, `None` where they are not known.
    Stream {
        bytes: Option<Vec<u8>>,
        at: usize,
        /// The rule that made the bytes, where they were unpacked.
        by: Option<&'static str>,
    },
    /// A reader over text.
    Reader {
        text: Text,
        by: Option<&'static str>,
    },
    Builder(Text),
    List(Vec<Value>),
    /// A match of a pattern, or one of its groups by number.
    Match(Found, usize),
    /// A document, or a node of it.
    Xml(Node),
}

impl Drop for Object {
    fn drop(&mut self) {
        let_go(self.take_values());
    }
}

impl Object {
    pub(super) fn take_values(&mut self) -> Vec<Value> {
        let mut values: Vec<Value> = std::mem::take(&mut self.fields).into_values().collect();
        if let State::List(items) = &mut self.state {
            values.append(items);
        }
        values
    }

    pub(in super::super) fn new(class: impl Into<String>) -> Self {
        Object {
            class: class.into(),
            fields: BTreeMap::new(),
            state: State::Plain,
        }
    }

    pub(in super::super) fn holding(class: impl Into<String>, state: State) -> Self {
        let mut object = Object::new(class);
        object.state = state;
        object
    }

    pub(in super::super) fn with(mut self, field: &str, value: Value) -> Self {
        self.fields.insert(field.to_owned(), value);
        self
    }

    pub(in super::super) fn value(self) -> Value {
        Value::Object(Rc::new(RefCell::new(self)))
    }
}

impl Object {
    /// Drops what is known of its content.
    pub(in super::super) fn forget(&mut self) {
        self.state = match &self.state {
            State::Plain => State::Plain,
            State::Stream { by, .. } => State::Stream {
                bytes: None,
                at: 0,
                by: *by,
            },
            State::Reader { by, .. } => State::Reader {
                text: Text::unknown(self.class.as_str()),
                by: *by,
            },
            State::Builder(_) => State::Builder(Text::unknown(self.class.as_str())),
            State::List(_) => State::List(vec![Value::unknown(self.class.as_str())]),
            State::Match(found, group) => State::Match(found.clone(), *group),
            State::Xml(node) => {
                node.spoil();
                State::Xml(node.clone())
            }
        };
    }

    pub(super) fn text_within(&self, depth: u32) -> Text {
        let Some(depth) = depth.checked_sub(1) else {
            return Text::unknown(format!("[{}]", self.class));
        };
        match &self.state {
            State::Builder(text) => text.clone(),
            State::Match(found, group) => Text::known(found.value(*group)),
            State::Xml(_) => Text::unknown(format!("[{}]", self.class)),
            State::List(_) if depth == 0 => Text::unknown(format!("[{}]", self.class)),
            State::List(items) => joined_within(items, &Text::known(" "), depth),
            State::Plain | State::Stream { .. } | State::Reader { .. } => match self.fields.get("tostring") {
                Some(value) => value.text_within(depth),
                None => Text::unknown(format!("[{}]", self.class)),
            },
        }
    }
}
