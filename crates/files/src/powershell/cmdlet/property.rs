//! What a `-Property` argument asks of each item: a property by name, a computed value, the item itself.

use super::super::dotnet;
use super::super::engine::{Engine, Eval, Stop};
use super::super::value::{Closure, Value};
use std::rc::Rc;

/// One property that items are ordered, grouped or selected by.
pub(super) struct Property {
    what: What,
    /// The name that a selected property gets.
    pub(super) label: String,
    /// `Descending` of a table, where it is given.
    pub(super) descending: Option<bool>,
}

enum What {
    Itself,
    Named(String),
    Computed(Rc<Closure>),
}

impl Property {
    /// Reads the properties that an argument lists; the item itself where it is not given, `None` where one is not known.
    pub(super) fn list(argument: Option<&Value>) -> Option<Vec<Property>> {
        match argument {
            Some(argument) => argument.items().iter().map(Property::read).collect(),
            None => Some(vec![Property::of(What::Itself, String::new())]),
        }
    }

    fn of(what: What, label: String) -> Property {
        Property {
            what,
            label,
            descending: None,
        }
    }

    /// Reads `Name`, `{ … }`, or a table with `Expression`, `Name` and `Descending`.
    fn read(value: &Value) -> Option<Property> {
        match value {
            Value::Block(closure) => {
                let label = value.display().trim().to_owned();
                Some(Property::of(What::Computed(Rc::clone(closure)), label))
            }
            Value::Hash(table) => {
                let table = table.borrow();
                // The keys may be cut: `e`, `expr`, `n`, `l`.
                let entry = |names: &[&str]| {
                    let fits = |key: &str| names.iter().any(|name| !key.is_empty() && name.starts_with(key));
                    let entries = table.entries().iter();
                    let mut found = entries.filter(|(key, _)| fits(&key.display().to_lowercase()));
                    found.next().map(|(_, value)| value.clone())
                };
                let mut property = match entry(&["expression"])? {
                    Value::Hash(_) => return None,
                    inner => Property::read(&inner)?,
                };
                if let Some(label) = entry(&["name", "label"]) {
                    property.label = label.exact()?;
                }
                property.descending = match (entry(&["descending"]), entry(&["ascending"])) {
                    (Some(down), _) => Some(down.truth()?),
                    (None, Some(up)) => Some(!up.truth()?),
                    (None, None) => None,
                };
                Some(property)
            }
            other => {
                let name = other.exact()?;
                let wild = name.contains(['*', '?', '[']);
                (!wild).then(|| Property::of(What::Named(name.clone()), name))
            }
        }
    }

    /// Whether it is the item itself.
    pub(super) fn is_item(&self) -> bool {
        matches!(self.what, What::Itself)
    }

    /// Asks an item.
    pub(super) fn value(&self, engine: &mut Engine<'_, '_>, item: &Value) -> Eval<Value> {
        match &self.what {
            What::Itself => Ok(item.clone()),
            // Only later versions take the keys of a table for properties.
            What::Named(_) if matches!(item, Value::Hash(table) if !table.borrow().custom) => {
                let place = engine.place();
                Ok(engine.unknown(place))
            }
            What::Named(name) => dotnet::member(engine, item, name, false),
            What::Computed(closure) => {
                let outer = engine.variable("_").unwrap_or(Value::Null);
                engine.set_variable("_", item.clone());
                let mut output = Vec::new();
                let result = engine.call_block_here(closure, &mut output);
                engine.set_variable("_", outer);
                match result {
                    Ok(()) | Err(Stop::Return) => Ok(Value::collapse(output)),
                    Err(other) => Err(other),
                }
            }
        }
    }
}
