//! Assignments: variables, members, items, several targets at once.

use super::super::ast::{BinaryOp, Expr, ExprKind, Statement, Suffix, SuffixKind};
use super::super::dotnet;
use super::super::value::{IntKind, State, Value};
use super::{Engine, Eval};
use crate::script::Text;

impl Engine<'_, '_> {
    pub(super) fn assign(
        &mut self,
        target: &Expr,
        operator: Option<BinaryOp>,
        value: &Statement,
    ) -> Eval<()> {
        let Some(operator) = operator else {
            let value = self.assigned(value)?;
            return self.store_in(target, value);
        };
        let right = self.assigned(value)?;
        let left = match &target.kind {
            ExprKind::Variable(name) => match self.take_variable(name) {
                Some(value) => value,
                None => self.expr(target)?,
            },
            _ => self.expr(target)?,
        };
        let sum = match operator {
            BinaryOp::Add => self.append(left, &right, target.place)?,
            BinaryOp::Coalesce if !matches!(left, Value::Null) => left,
            other => {
                let result = self.binary(other, &left, &right)?;
                result.unwrap_or_else(|| self.unknown(target.place))
            }
        };
        self.store_in(target, sum)
    }

    /// The value of the right side: one expression keeps its shape, `,1` stays a list.
    fn assigned(&mut self, value: &Statement) -> Eval<Value> {
        use super::super::ast::{Element, StatementKind};
        match &value.kind {
            StatementKind::Pipeline(elements) => match elements.as_slice() {
                [Element::Expression(expr, redirections)] if redirections.is_empty() => {
                    self.at(value.place, |engine| engine.expr(expr))
                }
                _ => self.value_of(value),
            },
            StatementKind::Assign {
                target,
                operator,
                value,
            } => {
                self.assign(target, *operator, value)?;
                self.expr(target)
            }
            _ => self.value_of(value),
        }
    }

    fn store_in(&mut self, target: &Expr, value: Value) -> Eval<()> {
        match &target.kind {
            ExprKind::Variable(name) => self.set_variable(name, value),
            ExprKind::Cast(name, inner) => {
                let kind = self.type_of(name);
                let value = self.cast_value(&value, &kind, target.place)?;
                self.store_in(inner, value)?;
            }
            ExprKind::Array(targets) => self.store_each(targets, &value)?,
            ExprKind::Postfix(base, suffixes) => self.store_behind(base, suffixes, value)?,
            _ => {}
        }
        Ok(())
    }

    /// `$a, $b = …`: the last target takes what is left.
    fn store_each(&mut self, targets: &[Expr], value: &Value) -> Eval<()> {
        if let Value::Unknown(_) = value {
            return targets
                .iter()
                .try_for_each(|target| self.store_in(target, value.clone()));
        }
        let mut items = value.items().into_iter();
        for (index, target) in targets.iter().enumerate() {
            let item = if index + 1 == targets.len() {
                Value::collapse(items.by_ref().collect())
            } else {
                items.next().unwrap_or(Value::Null)
            };
            self.store_in(target, item)?;
        }
        Ok(())
    }

    fn store_behind(&mut self, base: &Expr, suffixes: &[Suffix], value: Value) -> Eval<()> {
        let Some((last, before)) = suffixes.split_last() else {
            return Ok(());
        };
        let holder = self.follow(base, before)?;
        match &last.kind {
            SuffixKind::Index(index) => {
                let index = self.expr(index)?;
                let Some(other) = self.store_item(&holder, &index, value) else {
                    return Ok(());
                };
                match (&base.kind, before) {
                    (ExprKind::Variable(name), []) => {
                        self.set_variable(name, other);
                        Ok(())
                    }
                    _ => self.store_behind(base, before, other),
                }
            }
            SuffixKind::Member { name, fixed } => {
                let name = self.expr(name)?.display();
                self.store_member(&holder, &name, *fixed, value)
            }
            SuffixKind::Invoke { .. } | SuffixKind::Increment(_) => Ok(()),
        }
    }

    /// Sets an item; returns what must stand in the holder's place where it cannot hold the item.
    fn store_item(&mut self, holder: &Value, index: &Value, value: Value) -> Option<Value> {
        self.save(holder);
        match holder {
            Value::Array(items) => {
                let mut items = items.borrow_mut();
                let length = items.len();
                match place_of(index, length) {
                    Some(place) => {
                        if let Some(item) = items.get_mut(place) {
                            *item = value;
                        }
                    }
                    None if index.is_known() => {}
                    None => items
                        .iter_mut()
                        .for_each(|item| *item = Value::unknown("an item set at an unknown index")),
                }
            }
            Value::Bytes(bytes) => {
                let place = place_of(index, bytes.borrow().len());
                let byte = value.integer_value().and_then(|n| u8::try_from(n).ok());
                match (place, byte) {
                    (Some(place), Some(byte)) if !self.is_uncertain() => {
                        if let Some(old) = bytes.borrow_mut().get_mut(place) {
                            *old = byte;
                        }
                    }
                    _ => return Some(spoiled_bytes(holder, place)),
                }
            }
            Value::Hash(table) if index.is_known() => table.borrow_mut().set(index.clone(), value),
            // Any entry may be another one now, and there may be one more.
            Value::Hash(_) => {
                self.forget_buffer(holder);
                return Some(Value::unknown("a table with an entry that is not known"));
            }
            Value::Object(object) => {
                let mut object = object.borrow_mut();
                if let State::List(items) = &mut object.state {
                    match place_of(index, items.len()).and_then(|place| items.get_mut(place)) {
                        Some(item) => *item = value,
                        None if index.is_known() => {}
                        None => object.forget(),
                    }
                }
            }
            _ => {}
        }
        None
    }

    fn store_member(&mut self, holder: &Value, name: &str, fixed: bool, value: Value) -> Eval<()> {
        if let Some((base, property)) = dotnet::property_of(holder)
            && name.eq_ignore_ascii_case("value")
        {
            return self.deeper(|engine| engine.store_member(&base, &property, false, value));
        }
        self.save(holder);
        let value = self.for_property(holder, name, value)?;
        match holder {
            Value::Hash(table) => table.borrow_mut().set(Value::text(name), value),
            Value::Object(object) => {
                let mut object = object.borrow_mut();
                super::super::dotnet::resized(&mut object, &name.to_lowercase());
                let position = value.integer_value().and_then(|n| usize::try_from(n).ok());
                match (&mut object.state, position) {
                    (State::Xml(node), _) => node.spoil(),
                    (State::Stream { at, .. }, Some(position)) if name.eq_ignore_ascii_case("position") => {
                        *at = position
                    }
                    (State::Builder(text), length) if name.eq_ignore_ascii_case("length") => {
                        match text
                            .exact()
                            .zip(length)
                            .and_then(|(text, length)| cut(text, length))
                        {
                            Some(cut) => *text = Text::known(cut),
                            None => object.forget(),
                        }
                    }
                    _ => drop(object.fields.insert(name.to_lowercase(), value)),
                }
            }
            Value::Type(class) if fixed && self.store_static(class, name, &value)? => {}
            Value::Type(class) if fixed => super::super::dotnet::set_static(self, &class.clone(), name),
            _ => {}
        }
        Ok(())
    }

    /// `$x++`, `$a[0]--`
    pub(super) fn increment(&mut self, target: &Expr, by: i32) -> Eval<()> {
        let old = self.expr(target)?;
        let new = self.binary(BinaryOp::Add, &old, &Value::int(by))?;
        let new = new.unwrap_or_else(|| self.unknown(target.place));
        self.store_in(target, new)
    }

    /// `$x…++` as a suffix; gives the value from before.
    pub(super) fn increment_suffix(&mut self, base: &Expr, before: &[Suffix], by: i32) -> Eval<Value> {
        let old = self.follow(base, before)?;
        let start = if matches!(old, Value::Null) {
            Value::int(0)
        } else {
            old.clone()
        };
        let new = self.binary(BinaryOp::Add, &start, &Value::int(by))?;
        let new = new.unwrap_or_else(|| Value::unknown("a counter"));
        match &base.kind {
            ExprKind::Variable(name) if before.is_empty() => self.set_variable(name, new),
            _ => self.store_behind(base, before, new)?,
        }
        Ok(old)
    }
}

/// The beginning of a text, by its length in UTF-16 units; `None` where it is not that long, or ends inside of a pair.
fn cut(text: &str, length: usize) -> Option<String> {
    let units: Vec<u16> = text.encode_utf16().collect();
    String::from_utf16(units.get(..length)?).ok()
}

/// The items of bytes of which one, or any, is not known.
fn spoiled_bytes(holder: &Value, place: Option<usize>) -> Value {
    let mut items = holder.items();
    match place.and_then(|place| items.get_mut(place)) {
        Some(item) => *item = Value::unknown("a byte that is not known"),
        None => return Value::unknown("bytes of which one is not known"),
    }
    Value::array(items)
}

/// Returns the place that an index names in a list; negative ones count from the end.
pub(super) fn place_of(index: &Value, length: usize) -> Option<usize> {
    let n = match index {
        Value::Int(IntKind::Int32, n) => *n,
        other => other.integer_value()?,
    };
    let length = i64::try_from(length).ok()?;
    let place = if n < 0 { n + length } else { n };
    (0..length)
        .contains(&place)
        .then(|| usize::try_from(place).ok())
        .flatten()
}
