//! Assignments: to variables, to parts of arrays and types, to properties.

use super::Evaluator;
use super::scope::Home;
use crate::vba::ast::{Argument, Expr, Name, Node, Resize};
use crate::vba::convert::{integer, known, string, to_type};
use crate::vba::fault::{Eval, Stop};
use crate::vba::operate::Operator;
use crate::vba::state::Slot;
use crate::vba::value::{Array, Type, Value};
use std::rc::Rc;

/// A step from a variable to a part of it.
#[derive(Clone, Debug)]
enum Part {
    Index(Vec<i64>),
    Field(Name),
}

impl Evaluator<'_, '_> {
    /// `target = value`. Appending to a local string is done in place.
    pub(super) fn let_statement(&mut self, target: &Expr, value: &Expr) -> Eval<()> {
        if let Some(done) = self.append_in_place(target, value) {
            return done;
        }
        let value = self.value(value)?;
        self.assign(target, value, false)
    }

    /// `s = s & more`: the right side is evaluated first, then put behind the string without copying it.
    fn append_in_place(&mut self, target: &Expr, value: &Expr) -> Option<Eval<()>> {
        let (Node::Name(name), Node::Chain(first, rest)) = (&target.node, &value.node) else {
            return None;
        };
        let same = matches!(&first.node, Node::Name(first) if first == name);
        let joins = rest.iter().all(|(operator, _)| *operator == Operator::Concat);
        if !same || !joins || !rest.iter().all(|(_, right)| is_simple(right, name)) {
            return None;
        }
        let home = self.home(name)?;
        if !matches!(home, Home::Local) || !matches!(self.slot(&home, name)?.value, Value::Text(_)) {
            return None;
        }
        Some(self.append_all(&home, name, rest))
    }

    fn append_all(&mut self, home: &Home, name: &Name, rest: &[(Operator, Expr)]) -> Eval<()> {
        self.step()?;
        let mut pieces = Vec::with_capacity(rest.len());
        for (_, right) in rest {
            let value = match self.value(right)? {
                Value::Null => Value::text(""),
                value @ Value::Array(_) => value,
                value => string(&value)?,
            };
            pieces.push(value);
        }
        let held = self
            .slot_mut(home, name)
            .map(|slot| std::mem::replace(&mut slot.value, Value::Empty));
        let mut joined = held.unwrap_or_else(|| Value::text(""));
        for piece in pieces {
            joined = match (joined, piece) {
                (Value::Text(mut left), Value::Text(right)) => {
                    self.budget.build(right.len())?;
                    if (left.len() + right.len()) as u64 > self.budget.limits().value_bytes / 2 {
                        return Err(Stop::Limit(strongroom_model::Limit::ValueBytes));
                    }
                    let built = right.built.min(right.len() as u32);
                    left.push(right.units(), built);
                    Value::Text(left)
                }
                (left, right) => crate::vba::operate::concat(&left, &right)?,
            };
        }
        if let Some(slot) = self.slot_mut(home, name) {
            slot.value = joined;
        }
        Ok(())
    }

    /// Assigns a value to what an expression names.
    pub(super) fn assign(&mut self, target: &Expr, value: Value, set: bool) -> Eval<()> {
        match &target.node {
            Node::Name(name) => self.assign_name(name, value, set, target),
            Node::Call(callee, arguments) => self.assign_indexed(callee, arguments, value, target),
            Node::Member(object, name) => self.assign_member(object, name, &[], value, target),
            Node::WithMember(name) => {
                let subject = self.with_subject();
                self.put(subject, name, &[], value, target)
            }
            Node::Group(inner) => self.assign(inner, value, set),
            _ => Err(Stop::Fault(438)),
        }
    }

    fn assign_name(&mut self, name: &Name, value: Value, set: bool, target: &Expr) -> Eval<()> {
        if let Some(slot) = self.plain_number(name, &value) {
            slot.value = to_type(value, &slot.kind)?;
            return Ok(());
        }
        let Some(home) = self.home(name) else {
            if let Some((unit, procedure)) = self.find_procedure(name, true) {
                return self.run_procedure(unit, procedure, vec![value], None).map(drop);
            }
            if let Some(own) = self.own_member(name, &[], target)? {
                return match own {
                    Value::Object(_) => self.put(own, "", &[], value, target),
                    _ => {
                        let unit = self.unit_index();
                        let object = self.module_object(unit).unwrap_or(Value::Nothing);
                        self.put(object, name, &[], value, target)
                    }
                };
            }
            self.declare(name, Slot::of(Type::Variant, value));
            return Ok(());
        };
        let slot = self.slot(&home, name);
        if let Some(Value::Object(_)) = slot.map(|slot| &slot.value)
            && !set
            && !matches!(value, Value::Object(_) | Value::Nothing | Value::Unknown(_))
        {
            let object = slot.map_or(Value::Nothing, |slot| slot.value.clone());
            return self.put(object, "", &[], value, target);
        }
        let kind = slot.map_or(Type::Variant, |slot| slot.kind.clone());
        let value = match (to_type(value, &kind), slot.map(|slot| &slot.value)) {
            (Ok(value), Some(Value::Array(array))) if array.kind == Type::Byte => bytes_of(value)?,
            (value, _) => value?,
        };
        self.store(&home, name, value)
    }

    /// Returns the local variable that a number replaces another plain value in: nothing takes its leave there.
    fn plain_number(&mut self, name: &Name, value: &Value) -> Option<&mut Slot> {
        if !value.is_number() {
            return None;
        }
        let frame = self.state.frames.last_mut()?;
        let held = frame.variables.get(name)?;
        let plain = held.value.is_number() || matches!(held.value, Value::Empty | Value::Bool(_));
        if held.kept.is_some() || !plain {
            return None;
        }
        Rc::make_mut(&mut frame.variables).get_mut(name)
    }

    /// Puts a value into a variable; the one that it replaces takes its leave.
    fn store(&mut self, home: &Home, name: &Name, value: Value) -> Eval<()> {
        if let (Value::Text(text), true) = (&value, value.built() > 1) {
            self.toil(text.len())?;
        }
        let Some(slot) = self.slot_mut(home, name) else {
            return Ok(());
        };
        let old = std::mem::replace(&mut slot.value, value.clone());
        if !grows(&old, &value) {
            self.retire(&old);
        }
        Ok(())
    }

    fn assign_indexed(
        &mut self,
        callee: &Expr,
        arguments: &[Argument],
        value: Value,
        target: &Expr,
    ) -> Eval<()> {
        if let Some((home, name, parts)) = self.path(target)? {
            return self.assign_part(&home, &name, parts, value, target);
        }
        match &callee.node {
            Node::Member(object, name) => self.assign_member(object, name, arguments, value, target),
            Node::WithMember(name) => {
                let subject = self.with_subject();
                let values = self.values(arguments)?;
                self.put(subject, name, &values, value, target)
            }
            _ => {
                let object = self.eval(callee)?;
                let values = self.values(arguments)?;
                self.put(object, "", &values, value, target)
            }
        }
    }

    fn assign_member(
        &mut self,
        object: &Expr,
        name: &Name,
        arguments: &[Argument],
        value: Value,
        target: &Expr,
    ) -> Eval<()> {
        if let Some(unit) = self.module_of(object) {
            return self.assign_in_module(unit, name, value, target);
        }
        let held = self.eval(object)?;
        if let Value::Record(_) = held
            && let Some((home, root, parts)) = self.path(target)?
        {
            return self.assign_part(&home, &root, parts, value, target);
        }
        let values = self.values(arguments)?;
        self.put(held, name, &values, value, target)
    }

    fn assign_in_module(&mut self, unit: usize, name: &Name, value: Value, target: &Expr) -> Eval<()> {
        let home = Home::Global(unit);
        if self.slot(&home, name).is_some() {
            return self.store(&home, name, value);
        }
        let found = self
            .units
            .get(unit)
            .and_then(|unit| unit.procedure(name, true).cloned());
        match found {
            Some(procedure) => self.run_procedure(unit, procedure, vec![value], None).map(drop),
            None => {
                let object = self.module_object(unit).unwrap_or_else(|| Value::unknown(name));
                self.put(object, name, &[], value, target)
            }
        }
    }

    /// Returns the variable and the steps to the part that an expression names; `None` where it is a property.
    fn path(&mut self, expr: &Expr) -> Eval<Option<(Home, Name, Vec<Part>)>> {
        match &expr.node {
            Node::Name(name) => {
                let home = self.home(name);
                let holds_object = home
                    .as_ref()
                    .and_then(|home| self.slot(home, name))
                    .is_some_and(|slot| matches!(slot.value, Value::Object(_)));
                Ok(home
                    .filter(|_| !holds_object)
                    .map(|home| (home, Rc::clone(name), Vec::new())))
            }
            Node::Call(callee, arguments) => {
                let Some((home, name, mut parts)) = self.path(callee)? else {
                    return Ok(None);
                };
                let values = self.values(arguments)?;
                let indexes: Option<Vec<i64>> = values.iter().map(integer).collect::<Eval<_>>()?;
                match indexes {
                    Some(indexes) => parts.push(Part::Index(indexes)),
                    // Which element is unknown, so each may be another now.
                    None => return self.forget(home, name),
                }
                Ok(Some((home, name, parts)))
            }
            Node::Member(object, field) => Ok(self.path(object)?.map(|(home, name, mut parts)| {
                parts.push(Part::Field(Rc::clone(field)));
                (home, name, parts)
            })),
            _ => Ok(None),
        }
    }

    fn forget<T>(&mut self, home: Home, name: Name) -> Eval<T> {
        self.store(&home, &name, Value::unknown(&name))?;
        Err(Stop::MISMATCH)
    }

    fn assign_part(
        &mut self,
        home: &Home,
        name: &Name,
        parts: Vec<Part>,
        value: Value,
        target: &Expr,
    ) -> Eval<()> {
        // An array that somebody else holds as well is copied before it is written to.
        let copied = match self.slot(home, name).map(|slot| &slot.value) {
            Some(Value::Array(array)) if Rc::strong_count(array) > 1 => array.items.len(),
            _ => 0,
        };
        self.toil(copied)?;
        let Some(slot) = self.slot_mut(home, name) else {
            return Ok(());
        };
        match part_of(&mut slot.value, &parts)? {
            Some((place, kind)) => {
                if let Value::Object(_) = place {
                    let object = place.clone();
                    if !matches!(value, Value::Object(_) | Value::Nothing) {
                        return self.put(object, "", &[], value, target);
                    }
                }
                *place = to_type(value, &kind)?;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// `Mid(target, start, length) = value`: characters are replaced, the length stays.
    pub(super) fn mid_statement(
        &mut self,
        target: &Expr,
        start: &Expr,
        length: Option<&Expr>,
        value: &Expr,
    ) -> Eval<()> {
        let (old, start, value) = (self.value(target)?, self.value(start)?, self.value(value)?);
        let length = length.map(|length| self.eval(length)).transpose()?;
        let (Some(old), Some(value)) = (known(&old)?, known(&value)?) else {
            let unknown = self.unknown(target);
            return self.assign(target, unknown, false);
        };
        let limit = match &length {
            Some(length) => integer(length)?,
            None => Some(i64::MAX),
        };
        let (Some(start), Some(limit)) = (integer(&start)?, limit) else {
            let unknown = self.unknown(target);
            return self.assign(target, unknown, false);
        };
        let from = usize::try_from(start - 1).map_err(|_| Stop::INVALID)?;
        let limit = usize::try_from(limit).map_err(|_| Stop::INVALID)?;
        if from >= old.len() {
            return Err(Stop::INVALID);
        }
        self.budget.build(old.len())?;
        let mut units = old.units().to_vec();
        for (place, unit) in units.iter_mut().skip(from).zip(value.units().iter().take(limit)) {
            *place = *unit;
        }
        self.assign(target, Value::units(units, old.built.saturating_add(1)), false)
    }

    /// `LSet target = value`, `RSet`: as long as the target was, blanks where nothing stands. Of user-defined types
    /// the memory is copied, which is not done here.
    pub(super) fn align(&mut self, target: &Expr, value: &Expr, right: bool) -> Eval<()> {
        let (old, value) = (self.value(target)?, self.value(value)?);
        if let Value::Record(_) = old {
            return self.assign(target, value, false);
        }
        let (Some(old), Some(value)) = (known(&old)?, known(&value)?) else {
            let unknown = self.unknown(target);
            return self.assign(target, unknown, false);
        };
        let mut units = value.units().to_vec();
        units.truncate(old.len());
        let blanks = vec![u16::from(b' '); old.len() - units.len()];
        let units = if right {
            [blanks, units].concat()
        } else {
            [units, blanks].concat()
        };
        self.budget.build(units.len())?;
        self.assign(target, Value::units(units, value.built), false)
    }

    pub(super) fn resize_all(&mut self, arrays: &[Resize], preserve: bool) -> Eval<()> {
        arrays.iter().try_for_each(|array| self.resize(array, preserve))
    }

    fn resize(&mut self, resize: &Resize, preserve: bool) -> Eval<()> {
        let old = match &resize.target.node {
            Node::Name(name) => {
                let home = self.home(name);
                home.and_then(|home| self.slot(&home, name))
                    .map(|slot| slot.value.clone())
            }
            _ => Some(self.eval(&resize.target)?),
        };
        let held_kind = match &old {
            Some(Value::Array(array)) => array.kind.clone(),
            _ => Type::Variant,
        };
        let kind = resize.kind.clone().unwrap_or(held_kind);
        let mut new = self.new_array(&resize.bounds, &kind)?;
        if let (true, Some(Value::Array(old)), Value::Array(new)) = (preserve, &old, &mut new) {
            let count = old.items.len();
            for (place, item) in Rc::make_mut(new)
                .items
                .iter_mut()
                .zip(old.items.iter().take(count))
            {
                *place = item.clone();
            }
        } else if preserve && matches!(old, Some(Value::Unknown(_))) {
            new = old.unwrap_or(Value::Empty);
        }
        match &resize.target.node {
            Node::Name(name) => match self.home(name) {
                Some(home) => self.store(&home, name, new)?,
                None => self.declare(name, Slot::of(Type::Variant, new)),
            },
            _ => self.assign(&resize.target, new, true)?,
        }
        Ok(())
    }

    /// `Erase`: the elements are as at first.
    pub(super) fn erase(&mut self, arrays: &[Expr]) -> Eval<()> {
        for expr in arrays {
            if let Value::Array(array) = self.eval(expr)? {
                let erased = Array {
                    items: vec![array.kind.initial(); array.items.len()],
                    ..(*array).clone()
                };
                self.assign(expr, Value::Array(Rc::new(erased)), true)?;
            }
        }
        Ok(())
    }
}

/// Whether an expression has no part that could change the variable.
fn is_simple(expr: &Expr, name: &Name) -> bool {
    match &expr.node {
        Node::Literal(_) => true,
        Node::Name(other) => other != name,
        Node::Group(inner) => is_simple(inner, name),
        Node::Call(callee, arguments) => {
            is_simple(callee, name)
                && arguments
                    .iter()
                    .all(|argument| argument.value.as_ref().is_none_or(|value| is_simple(value, name)))
        }
        Node::Chain(first, rest) => {
            is_simple(first, name) && rest.iter().all(|(_, right)| is_simple(right, name))
        }
        _ => false,
    }
}

/// A string assigned to a byte array gives its memory.
fn bytes_of(value: Value) -> Eval<Value> {
    Ok(match value {
        Value::Text(text) => {
            let bytes = crate::vba::convert::bytes_of_units(text.units());
            Value::Array(Rc::new(Array::bytes(&bytes)))
        }
        other => other,
    })
}

/// Whether one of two strings is the other with more in front or behind: the same one, still being built.
fn grows(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Text(old), Value::Text(new)) if old.built > 1 && new.built > 1 => {
            let (short, long) = if old.len() < new.len() {
                (old, new)
            } else {
                (new, old)
            };
            long.units().starts_with(short.units()) || long.units().ends_with(short.units())
        }
        _ => false,
    }
}

/// Returns the part of a value with its declared type; `None` where the value is unknown.
fn part_of<'v>(value: &'v mut Value, parts: &[Part]) -> Eval<Option<(&'v mut Value, Type)>> {
    let Some((part, rest)) = parts.split_first() else {
        return Ok(Some((value, Type::Variant)));
    };
    match (part, value) {
        (_, Value::Unknown(_)) => Ok(None),
        (Part::Index(indexes), Value::Array(array)) => {
            let position = array.position(indexes).ok_or(Stop::RANGE)?;
            let array = Rc::make_mut(array);
            let kind = array.kind.clone();
            let item = array.items.get_mut(position).ok_or(Stop::RANGE)?;
            let found = part_of(item, rest)?;
            Ok(found.map(|(place, inner)| (place, if rest.is_empty() { kind } else { inner })))
        }
        (Part::Field(name), Value::Record(record)) => {
            let fields = Rc::make_mut(record);
            part_of(fields.entry(Rc::clone(name)).or_insert(Value::Empty), rest)
        }
        _ => Err(Stop::MISMATCH),
    }
}
