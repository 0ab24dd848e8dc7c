//! The values of PowerShell that the evaluator knows, and the ones that it knows it does not.

mod object;
mod table;

use super::ast::Block;
use crate::script::{Part, Text};
use std::cell::RefCell;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

pub(super) use object::{Object, State};
pub(super) use table::Table;

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
    if n == 0.0 || (1e-4..1e15).contains(&size) || n.is_nan() {
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
