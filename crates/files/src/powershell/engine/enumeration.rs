//! Enumerations: those that a script declares, and those of the framework whose values are known.

use super::super::ast::{Case, Enumeration};
use super::super::compare;
use super::super::convert::type_name;
use super::super::value::{Object, Value};
use super::{Engine, Eval};
use std::rc::Rc;

/// What the class of an enumeration's value begins with.
const SIGN: &str = "enum:";

/// Names that may stand in one text of an enumeration.
const MOST_NAMES: usize = 64;

/// The names of an enumeration and their values, where these are known.
#[derive(Debug)]
pub(in super::super) struct Values {
    flags: bool,
    values: Vec<(String, Option<i64>)>,
}

/// An enumeration of the framework.
struct Framework {
    name: &'static str,
    flags: bool,
    members: &'static [(&'static str, i64)],
}

/// Enumerations whose values are known (learn.microsoft.com/dotnet/api).
const FRAMEWORK: &[Framework] = &[Framework {
    name: "text.regularexpressions.regexoptions",
    flags: true,
    members: &[
        ("None", 0),
        ("IgnoreCase", 1),
        ("Multiline", 2),
        ("ExplicitCapture", 4),
        ("Compiled", 8),
        ("Singleline", 16),
        ("IgnorePatternWhitespace", 32),
        ("RightToLeft", 64),
        ("ECMAScript", 256),
        ("CultureInvariant", 512),
    ],
}];

impl Values {
    fn value(&self, name: &str) -> Option<i64> {
        let mut named = self.values.iter();
        named
            .find(|(own, _)| compare::same(own, name, Case::Insensitive))?
            .1
    }

    /// Whether a number may be one of its values: a member, or where there are flags some of their bits. `None` where a
    /// member is not known.
    fn admits(&self, n: i64) -> Option<bool> {
        let known: Option<Vec<i64>> = self.values.iter().map(|(_, value)| *value).collect();
        let known = known?;
        let bits = known.iter().fold(0, |bits, value| bits | value);
        Some(known.contains(&n) || (self.flags && n & !bits == 0))
    }

    /// The names of a value: one, or those of its flags; the number where there are none.
    fn text(&self, n: i64) -> Option<String> {
        let known: Option<Vec<(&str, i64)>> = self
            .values
            .iter()
            .map(|(name, value)| Some((name.as_str(), (*value)?)))
            .collect();
        let known = known?;
        let mut same = known.iter().filter(|(_, value)| *value == n);
        if let Some((name, _)) = same.next() {
            // Of two names for one value either may be shown.
            return same.next().is_none().then(|| (*name).to_owned());
        }
        if !self.flags || n == 0 {
            return Some(n.to_string());
        }
        let mut parts: Vec<&(&str, i64)> = known.iter().filter(|(_, value)| *value != 0).collect();
        parts.sort_by_key(|(_, value)| *value);
        let (mut rest, mut names) = (n, Vec::new());
        for (name, value) in parts.into_iter().rev() {
            if rest & value == *value {
                rest &= !value;
                names.push(*name);
            }
        }
        if rest != 0 {
            return Some(n.to_string());
        }
        names.reverse();
        Some(names.join(", "))
    }
}

impl Engine<'_, '_> {
    pub(super) fn declare_enum(&mut self, written: &Rc<Enumeration>) -> Eval<()> {
        let mut values = Vec::new();
        let mut next = Some(0_i64);
        for (name, value) in &written.values {
            let value = match value {
                Some(value) => self.expr(value)?.integer_value(),
                None => next,
            };
            next = value.and_then(|value| value.checked_add(1));
            values.push((name.clone(), value));
        }
        let values = Values {
            flags: written.flags,
            values,
        };
        self.enums.insert(type_name(&written.name), Rc::new(values));
        Ok(())
    }

    fn enumeration(&self, class: &str) -> Option<Rc<Values>> {
        if let Some(values) = self.enums.get(class) {
            return Some(Rc::clone(values));
        }
        let known = FRAMEWORK.iter().find(|known| known.name == class)?;
        let members = known.members.iter();
        let values = members.map(|(name, n)| ((*name).to_owned(), Some(*n)));
        Some(Rc::new(Values {
            flags: known.flags,
            values: values.collect(),
        }))
    }

    pub(in super::super) fn is_enumeration(&self, class: &str) -> bool {
        self.enums.contains_key(class) || FRAMEWORK.iter().any(|known| known.name == class)
    }

    /// The value of an enumeration for a number.
    pub(in super::super) fn enumerated(&self, class: &str, n: i64) -> Value {
        let text = self.enumeration(class).and_then(|values| values.text(n));
        let mut object = Object::new(format!("{SIGN}{class}")).with("value__", Value::integer(n));
        if let Some(text) = text {
            object = object.with("tostring", Value::text(text));
        }
        object.value()
    }

    /// `[E]::Name`; `None` where the enumeration is not known, or has no such name.
    pub(in super::super) fn enumerator(&self, class: &str, name: &str) -> Option<Value> {
        let n = self.enumeration(class)?.value(name)?;
        Some(self.enumerated(class, n))
    }

    /// A text, number or other value as a value of an enumeration; `None` where that fails or is not known.
    pub(in super::super) fn as_enumerated(&self, class: &str, value: &Value) -> Option<Value> {
        let values = self.enumeration(class)?;
        match value {
            Value::Str(text) => {
                let mut all = 0;
                for name in text.as_str().split(',').take(MOST_NAMES) {
                    let name = name.trim();
                    let n = match name.parse::<i64>() {
                        Ok(n) => n,
                        Err(_) => values.value(name)?,
                    };
                    all |= n;
                }
                values.admits(all)?.then(|| self.enumerated(class, all))
            }
            Value::Int(_, n) => values.admits(*n)?.then(|| self.enumerated(class, *n)),
            other => {
                let (own, n) = number_of(other)?;
                (own == class).then(|| self.enumerated(class, n))
            }
        }
    }

    /// What bits of two values of an enumeration come to: a value of it again.
    pub(super) fn of_same_enumeration(&self, left: &Value, result: Value) -> Value {
        match (number_of(left), result.integer_value()) {
            (Some((class, _)), Some(n)) => self.enumerated(&class, n),
            _ => result,
        }
    }

    /// `[E].GetEnumNames()`, `[Enum]::GetNames([E])`, `[Enum]::Parse([E], 'X')`
    pub(in super::super) fn enumeration_call(
        &mut self,
        class: &str,
        name: &str,
        arguments: &[Value],
    ) -> Option<Value> {
        let values = self.enumeration(class)?;
        // Both come in the order of the values without a sign.
        let mut members: Vec<(u64, &str)> = Vec::new();
        for (name, value) in &values.values {
            members.push(((*value)? as u64, name.as_str()));
        }
        members.sort_by_key(|(value, _)| *value);
        match (name, arguments) {
            ("getenumnames" | "getnames", []) => Some(Value::array(
                members.iter().map(|(_, name)| Value::text(*name)).collect(),
            )),
            ("getenumvalues" | "getvalues", []) => Some(Value::array(
                members
                    .iter()
                    .map(|(value, _)| self.enumerated(class, *value as i64))
                    .collect(),
            )),
            ("parse", [text]) => {
                let exact = text.exact()?;
                let plain = members.iter().any(|(_, name)| *name == exact);
                plain.then(|| self.as_enumerated(class, text)).flatten()
            }
            ("parse", [text, _]) => self.as_enumerated(class, text),
            ("isdefined", [Value::Str(text)]) => {
                let defined = members.iter().any(|(_, name)| *name == text.as_str());
                Some(Value::Bool(defined))
            }
            _ => None,
        }
    }
}

/// The enumeration and the number of one of its values.
pub(in super::super) fn number_of(value: &Value) -> Option<(String, i64)> {
    let Value::Object(object) = value else { return None };
    // What is being changed right now, while its index or value is read, is no enumerator.
    let object = object.try_borrow().ok()?;
    let class = object.class.strip_prefix(SIGN)?.to_owned();
    match object.fields.get("value__")? {
        Value::Int(_, n) => Some((class, *n)),
        _ => None,
    }
}
