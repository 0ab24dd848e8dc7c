//! The values of PowerShell that the evaluator knows, and the ones that it knows it does not.

use super::ast::Block;
use super::dotnet::Node;
use super::engine::number_of;
use super::pattern::Found;
use crate::script::{Part, Text};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

/// Objects inside each other that a string form shows.
const DEPTH: u32 = 4;

/// A value. Arrays, tables and objects are shared by reference, as in PowerShell.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Null,
    Bool(bool),
    /// Every integer type but `ulong`, which stays unknown where it exceeds a long.
    Int(IntKind, i64),
    Double(f64),
    /// One UTF-16 unit.
    Char(u16),
    Str(Rc<Str>),
    /// A string of which some parts are not known.
    Mixed(Rc<Text>),
    /// The expression that gives the value.
    Unknown(Rc<String>),
    /// A `byte[]`.
    Bytes(Rc<RefCell<Vec<u8>>>),
    Array(Rc<RefCell<Items>>),
    Hash(Rc<RefCell<Table>>),
    Block(Rc<Closure>),
    /// A type by its canonical name.
    Type(Rc<String>),
    Object(Rc<RefCell<Object>>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IntKind {
    Byte,
    SByte,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    UInt64,
}

impl IntKind {
    /// Returns the least and greatest value that an evaluation holds exactly.
    pub(super) fn range(self) -> (i64, i64) {
        match self {
            IntKind::Byte => (0, 255),
            IntKind::SByte => (-128, 127),
            IntKind::Int16 => (-32_768, 32_767),
            IntKind::UInt16 => (0, 65_535),
            IntKind::Int32 => (i64::from(i32::MIN), i64::from(i32::MAX)),
            IntKind::UInt32 => (0, i64::from(u32::MAX)),
            IntKind::Int64 => (i64::MIN, i64::MAX),
            IntKind::UInt64 => (0, i64::MAX),
        }
    }

    pub(super) fn holds(self, n: i64) -> bool {
        let (least, greatest) = self.range();
        (least..=greatest).contains(&n)
    }
}

/// A known string; `ascii` makes lengths and indexes in UTF-16 units cheap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Str {
    text: String,
    ascii: bool,
}

impl Str {
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the length in UTF-16 units.
    pub(super) fn units(&self) -> usize {
        if self.ascii {
            self.text.len()
        } else {
            self.text.encode_utf16().count()
        }
    }

    pub(super) fn unit(&self, index: usize) -> Option<u16> {
        if self.ascii {
            self.text.as_bytes().get(index).map(|&byte| u16::from(byte))
        } else {
            self.text.encode_utf16().nth(index)
        }
    }

    pub(super) fn push_str(&mut self, more: &str) {
        self.ascii &= more.is_ascii();
        self.text.push_str(more);
    }
}

/// A hash table; keys are compared without regard to case.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// Made by `[ordered]`: only then the order of its entries is known.
    pub(super) ordered: bool,
    /// A `PSCustomObject`: the entries are properties, and nothing else is known by their names.
    pub(super) custom: bool,
    entries: Vec<(Value, Value)>,
    places: BTreeMap<String, usize>,
}

/// The items of an array.
#[derive(Clone, Debug, Default)]
pub(super) struct Items(Vec<Value>);

impl Deref for Items {
    type Target = Vec<Value>;

    fn deref(&self) -> &Vec<Value> {
        &self.0
    }
}

impl DerefMut for Items {
    fn deref_mut(&mut self) -> &mut Vec<Value> {
        &mut self.0
    }
}

impl Drop for Items {
    fn drop(&mut self) {
        let_go(std::mem::take(&mut self.0));
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        let_go(self.take_values());
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        let_go(self.take_values());
    }
}

/// Drops values one by one: a script may put a hundred thousand of them into each other, and the stack is not that deep.
fn let_go(mut values: Vec<Value>) {
    while let Some(value) = values.pop() {
        match value {
            Value::Array(items) => {
                values.extend(
                    Rc::into_inner(items)
                        .map(|mut items| std::mem::take(&mut items.get_mut().0))
                        .unwrap_or_default(),
                );
            }
            Value::Hash(table) => {
                values.extend(
                    Rc::into_inner(table)
                        .map(|mut table| table.get_mut().take_values())
                        .unwrap_or_default(),
                );
            }
            Value::Object(object) => {
                values.extend(
                    Rc::into_inner(object)
                        .map(|mut object| object.get_mut().take_values())
                        .unwrap_or_default(),
                );
            }
            _ => {}
        }
    }
}

impl Table {
    /// Returns an object without properties; those that are set keep their order.
    pub(super) fn custom() -> Self {
        let mut table = Table::default();
        table.ordered = true;
        table.custom = true;
        table
    }

    fn take_values(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.entries)
            .into_iter()
            .map(|(_, value)| value)
            .collect()
    }

    pub(super) fn get(&self, key: &Value) -> Option<&Value> {
        let place = *self.places.get(&table_key(key)?)?;
        self.entries.get(place).map(|(_, value)| value)
    }

    /// Sets an entry; an unknown key is dropped.
    pub(super) fn set(&mut self, key: Value, value: Value) {
        let Some(name) = table_key(&key) else { return };
        match self
            .places
            .get(&name)
            .and_then(|&place| self.entries.get_mut(place))
        {
            Some(entry) => entry.1 = value,
            None => {
                self.places.insert(name, self.entries.len());
                self.entries.push((key, value));
            }
        }
    }

    /// The string form: an object's shows its properties.
    fn to_text(&self) -> Text {
        if !self.custom {
            let class = if self.ordered {
                "System.Collections.Specialized.OrderedDictionary"
            } else {
                "System.Collections.Hashtable"
            };
            return Text::known(class);
        }
        let shown = |(name, value): &(Value, Value)| match value {
            Value::Str(_) | Value::Int(..) | Value::Bool(_) | Value::Null => {
                Text::known(format!("{}=", name.display())).join(value.to_text())
            }
            _ => Text::unknown(name.display()),
        };
        if !self.ordered && self.entries.len() > 1 {
            return Text::unknown("an object");
        }
        let mut text = Text::known("@{");
        for (place, entry) in self.entries.iter().enumerate() {
            let comma = if place > 0 { "; " } else { "" };
            text = text.then(Part::Known(comma.to_owned())).join(shown(entry));
        }
        text.then(Part::Known("}".to_owned()))
    }

    pub(super) fn entries(&self) -> &[(Value, Value)] {
        &self.entries
    }
}

fn table_key(key: &Value) -> Option<String> {
    match key {
        Value::Str(text) => Some(format!("s{}", text.as_str().to_lowercase())),
        Value::Char(unit) => Some(format!("c{unit}")),
        Value::Int(_, n) => Some(format!("i{n}")),
        Value::Bool(b) => Some(format!("b{b}")),
        Value::Object(_) => number_of(key).map(|(class, n)| format!("e{class} {n}")),
        _ => None,
    }
}

/// The text that a block or function was parsed from.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) text: String,
    /// The index of its layer.
    pub(super) layer: usize,
}

/// A script block with the text it stands in.
#[derive(Debug)]
pub(super) struct Closure {
    pub(super) block: Rc<Block>,
    pub(super) source: Rc<Source>,
}

/// A .NET or COM object that the evaluator knows by its class.
#[derive(Clone, Debug)]
pub(super) struct Object {
    /// The canonical name of its class, such as `net.webclient`; COM classes begin with `com:`.
    pub(super) class: String,
    /// Its properties by lower-case name.
    pub(super) fields: BTreeMap<String, Value>,
    pub(super) state: State,
}

/// What an object holds besides its properties.
#[derive(Clone, Debug)]
pub(super) enum State {
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

impl Object {
    fn take_values(&mut self) -> Vec<Value> {
        let mut values: Vec<Value> = std::mem::take(&mut self.fields).into_values().collect();
        if let State::List(items) = &mut self.state {
            values.append(items);
        }
        values
    }

    pub(super) fn new(class: impl Into<String>) -> Self {
        Object {
            class: class.into(),
            fields: BTreeMap::new(),
            state: State::Plain,
        }
    }

    pub(super) fn holding(class: impl Into<String>, state: State) -> Self {
        let mut object = Object::new(class);
        object.state = state;
        object
    }

    pub(super) fn with(mut self, field: &str, value: Value) -> Self {
        self.fields.insert(field.to_owned(), value);
        self
    }

    pub(super) fn value(self) -> Value {
        Value::Object(Rc::new(RefCell::new(self)))
    }
}

impl Value {
    pub(super) fn text(text: impl Into<String>) -> Value {
        let text = text.into();
        let ascii = text.is_ascii();
        Value::Str(Rc::new(Str { text, ascii }))
    }

    pub(super) fn int(n: i32) -> Value {
        Value::Int(IntKind::Int32, i64::from(n))
    }

    /// Returns a count as an int.
    pub(super) fn count(n: usize) -> Value {
        Value::integer(i64::try_from(n).unwrap_or(i64::MAX))
    }

    /// Returns an int, or a long where an int is too small.
    pub(super) fn integer(n: i64) -> Value {
        let kind = if IntKind::Int32.holds(n) {
            IntKind::Int32
        } else {
            IntKind::Int64
        };
        Value::Int(kind, n)
    }

    pub(super) fn byte(byte: u8) -> Value {
        Value::Int(IntKind::Byte, i64::from(byte))
    }

    pub(super) fn bytes(bytes: Vec<u8>) -> Value {
        Value::Bytes(Rc::new(RefCell::new(bytes)))
    }

    pub(super) fn table(table: Table) -> Value {
        Value::Hash(Rc::new(RefCell::new(table)))
    }

    pub(super) fn array(items: Vec<Value>) -> Value {
        Value::Array(Rc::new(RefCell::new(Items(items))))
    }

    pub(super) fn unknown(expression: impl Into<String>) -> Value {
        Value::Unknown(Rc::new(expression.into()))
    }

    /// Returns a string of which only the expression is known.
    pub(super) fn unknown_text(expression: impl Into<String>) -> Value {
        Value::Mixed(Rc::new(Text::unknown(expression)))
    }

    /// Returns a string value; one that is wholly known is a plain string.
    pub(super) fn of_text(text: Text) -> Value {
        match text.exact() {
            Some(exact) => Value::text(exact),
            None => Value::Mixed(Rc::new(text)),
        }
    }

    /// Returns the string of UTF-16 units, if they are valid UTF-16.
    pub(super) fn of_units(units: &[u16]) -> Option<Value> {
        String::from_utf16(units).ok().map(Value::text)
    }

    /// Returns what an output of several values collapses to.
    pub(super) fn collapse(mut items: Vec<Value>) -> Value {
        match items.len() {
            0 => Value::Null,
            1 => items.pop().unwrap_or(Value::Null),
            _ => Value::array(items),
        }
    }

    /// Returns whether nothing of the value is unknown on its own level.
    pub(super) fn is_known(&self) -> bool {
        !matches!(self, Value::Unknown(_) | Value::Mixed(_))
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(text) => Some(text.as_str()),
            _ => None,
        }
    }

    /// Returns the items that a pipeline or `foreach` takes one by one.
    pub(super) fn items(&self) -> Vec<Value> {
        match self {
            Value::Array(items) => items.borrow().to_vec(),
            Value::Bytes(bytes) => bytes.borrow().iter().map(|&byte| Value::byte(byte)).collect(),
            Value::Object(object) => match &object.borrow().state {
                State::List(items) => items.clone(),
                _ => vec![self.clone()],
            },
            other => vec![other.clone()],
        }
    }

    /// Returns roughly how many bytes reading the whole value touches.
    pub(super) fn weight(&self) -> usize {
        match self {
            Value::Str(text) => text.text.len(),
            Value::Array(items) => items.borrow().len().saturating_mul(16),
            Value::Bytes(bytes) => bytes.borrow().len(),
            Value::Object(object) => match &object.borrow().state {
                State::List(items) => items.len().saturating_mul(16),
                State::Stream { bytes, .. } => bytes.as_ref().map_or(0, Vec::len),
                State::Builder(text) | State::Reader { text, .. } => text.len(),
                State::Plain | State::Match(..) | State::Xml(_) => 0,
            },
            _ => 0,
        }
    }

    pub(super) fn is_list(&self) -> bool {
        match self {
            Value::Array(_) | Value::Bytes(_) => true,
            Value::Object(object) => matches!(object.borrow().state, State::List(_)),
            _ => false,
        }
    }

    /// Returns the known characters of the string form, for messages and names.
    pub(super) fn display(&self) -> String {
        self.to_text().to_string()
    }

    /// Returns the string form if all of it is known.
    pub(super) fn exact(&self) -> Option<String> {
        match self {
            Value::Str(text) => Some(text.as_str().to_owned()),
            other => other.to_text().exact().map(str::to_owned),
        }
    }

    /// Returns the string form: arrays are joined by blanks.
    pub(super) fn to_text(&self) -> Text {
        self.text_within(DEPTH)
    }

    /// An object may hold itself: below some levels its text is not known.
    fn text_within(&self, depth: u32) -> Text {
        match self {
            Value::Null => Text::default(),
            Value::Bool(true) => Text::known("True"),
            Value::Bool(false) => Text::known("False"),
            Value::Int(_, n) => Text::known(n.to_string()),
            Value::Double(n) => {
                let text = double_text(*n);
                // Beyond 15 digits Windows PowerShell rounds and later versions do not.
                let digits = text.split('E').next().unwrap_or_default();
                let digits = digits.trim_start_matches(['-', '0', '.']);
                match digits.bytes().filter(u8::is_ascii_digit).count() {
                    ..=15 => Text::known(text),
                    _ => Text::unknown(text),
                }
            }
            Value::Char(unit) => match String::from_utf16(&[*unit]) {
                Ok(text) => Text::known(text),
                Err(_) => Text::unknown(format!("[char]{unit}")),
            },
            Value::Str(text) => Text::known(text.as_str()),
            Value::Mixed(text) => text.as_ref().clone(),
            Value::Unknown(expression) => Text::unknown(expression.as_str()),
            Value::Array(_) if depth == 0 => Text::unknown("a list inside a list"),
            Value::Bytes(_) | Value::Array(_) => joined_within(&self.items(), &Text::known(" "), depth),
            Value::Hash(table) => table.borrow().to_text(),
            Value::Block(closure) => Text::known(closure.block.place.of(&closure.source.text)),
            Value::Type(name) => Text::unknown(format!("[{name}]")),
            Value::Object(object) => object.borrow().text_within(depth),
        }
    }
}

impl Object {
    /// Drops what is known of its content.
    pub(super) fn forget(&mut self) {
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

    fn text_within(&self, depth: u32) -> Text {
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

/// Returns the string forms with a separator between them; an array inside is joined by blanks in turn, one
/// level deep.
pub(super) fn join_text(items: &[Value], separator: &Text) -> Text {
    joined_within(items, separator, DEPTH)
}

fn joined_within(items: &[Value], separator: &Text, depth: u32) -> Text {
    let mut units: Vec<u16> = Vec::new();
    let mut text = Text::default();
    for (place, item) in items.iter().enumerate() {
        if place > 0 && !separator.parts().is_empty() {
            text = flush(text, &mut units).join(separator.clone());
        }
        match item {
            Value::Char(unit) => units.push(*unit),
            Value::Array(_) => text = flush(text, &mut units).then(Part::Known("System.Object[]".to_owned())),
            Value::Bytes(_) => text = flush(text, &mut units).then(Part::Known("System.Byte[]".to_owned())),
            // A list may hold itself a thousand times: its items show one level, and no list.
            other => text = flush(text, &mut units).join(other.text_within(depth.min(1))),
        }
    }
    flush(text, &mut units)
}

/// Puts gathered UTF-16 units behind the text; half a pair is not known as text.
fn flush(text: Text, units: &mut Vec<u16>) -> Text {
    if units.is_empty() {
        return text;
    }
    let part = match String::from_utf16(units) {
        Ok(known) => Part::Known(known),
        Err(_) => Part::Unknown("half a surrogate pair".to_owned()),
    };
    units.clear();
    text.then(part)
}

/// The string form of a double in the invariant culture.
fn double_text(n: f64) -> String {
    if n == f64::INFINITY {
        return "Infinity".to_owned();
    }
    if n == f64::NEG_INFINITY {
        return "-Infinity".to_owned();
    }
    let size = n.abs();
    if n == 0.0 || (1e-5..1e15).contains(&size) || n.is_nan() {
        return format!("{n}");
    }
    let text = format!("{n:E}");
    match text.split_once('E') {
        Some((mantissa, exponent)) => {
            let (sign, digits) = match exponent.strip_prefix('-') {
                Some(digits) => ('-', digits),
                None => ('+', exponent),
            };
            format!("{mantissa}E{sign}{digits:0>2}")
        }
        None => text,
    }
}
