//! Hash tables, and the objects that are made of them.

use super::super::engine::number_of;
use super::{Value, let_go};
use crate::script::{Part, Text};
use std::collections::BTreeMap;

/// A hash table; keys are compared without regard to case.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Table {
    /// Made by `[ordered]`: only then the order of its entries is known.
    pub(in super::super) ordered: bool,
    /// A `PSCustomObject`: the entries are properties, and nothing else is known by their names.
    pub(in super::super) custom: bool,
    entries: Vec<(Value, Value)>,
    places: BTreeMap<String, usize>,
}

impl Drop for Table {
    fn drop(&mut self) {
        let_go(self.take_values());
    }
}

impl Table {
    /// Returns an object without properties; those that are set keep their order.
    pub(in super::super) fn custom() -> Self {
        let mut table = Table::default();
        table.ordered = true;
        table.custom = true;
        table
    }

    pub(super) fn take_values(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.entries)
            .into_iter()
            .map(|(_, value)| value)
            .collect()
    }

    pub(in super::super) fn get(&self, key: &Value) -> Option<&Value> {
        let place = *self.places.get(&table_key(key)?)?;
        self.entries.get(place).map(|(_, value)| value)
    }

    /// Sets an entry; an unknown key is dropped.
    pub(in super::super) fn set(&mut self, key: Value, value: Value) {
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
    pub(super) fn to_text(&self) -> Text {
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

    pub(in super::super) fn entries(&self) -> &[(Value, Value)] {
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
