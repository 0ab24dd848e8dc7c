//! Calls: procedures of the program, functions of the language, and indexes, which look the same.

use super::Evaluator;
use super::jump::Flow;
use crate::vba::ast::{Argument, Expr, Name, Node, Parameter, Procedure, Purpose};
use crate::vba::convert::{integer, to_type};
use crate::vba::fault::{Eval, Stop};
use crate::vba::library;
use crate::vba::state::{Frame, Slot, Variables};
use crate::vba::value::{Array, Type, Value};
use std::rc::Rc;
use strongroom_model::Limit;

/// Calls of procedures inside each other.
const CALLS: usize = 48;

/// How often a procedure may be inside itself behind an unknown condition.
const UNSURE_RECURSION: usize = 2;

impl Evaluator<'_, '_> {
    /// A call whose result is dropped.
    pub(super) fn call_statement(&mut self, expr: &Expr) -> Eval<Value> {
        let value = self.eval(expr)?;
        self.retire(&value);
        Ok(value)
    }

    /// A call or an index.
    pub(super) fn call(&mut self, callee: &Expr, arguments: &[Argument], expr: &Expr) -> Eval<Value> {
        match &callee.node {
            Node::Name(name) => self.call_name(name, arguments, expr),
            Node::Member(object, name) => self.member(object, name, arguments, expr),
            Node::WithMember(name) => {
                let subject = self.with_subject();
                self.member_of(subject, name, arguments, expr)
            }
            _ => {
                let value = self.eval(callee)?;
                let values = self.values(arguments)?;
                self.index(value, &values, expr)
            }
        }
    }

    fn call_name(&mut self, name: &Name, arguments: &[Argument], expr: &Expr) -> Eval<Value> {
        if let Some(home) = self.home(name) {
            let held = self.slot(&home, name).map(|slot| slot.value.clone());
            let recursion =
                !matches!(held, Some(Value::Array(_) | Value::Object(_))) && self.called(name).is_some();
            if !recursion {
                let values = self.values(arguments)?;
                return self.index(held.unwrap_or(Value::Empty), &values, expr);
            }
        }
        let meaning = self.meaning(name);
        if let Some((unit, procedure)) = meaning.procedure {
            return self.call_procedure(unit, procedure, arguments, expr);
        }
        if meaning.external {
            return self.call_external(name, arguments, expr);
        }
        let values = self.values(arguments)?;
        if let Some(value) = self.own_member(name, &values, expr)? {
            return Ok(value);
        }
        if let Some(value) = self.built_in(meaning.group, name, &values, expr)? {
            return Ok(value);
        }
        if let Some(range) = self.active_cells(name, &values, expr)? {
            return Ok(range);
        }
        if let Some(object) = self.host_item(name, expr)? {
            return self.invoke(object, "", &values, expr);
        }
        for value in &values {
            self.retire(value);
        }
        Ok(self.unknown_call(name, &values, expr))
    }

    /// Returns the values of arguments in the order in which they are written.
    pub(super) fn values(&mut self, arguments: &[Argument]) -> Eval<Vec<Value>> {
        arguments
            .iter()
            .map(|argument| match &argument.value {
                Some(expr) => self.value(expr),
                None => Ok(Value::Missing),
            })
            .collect()
    }

    /// A function of the language; `None` where the name is none.
    pub(super) fn built_in(
        &mut self,
        group: Option<library::Group>,
        name: &str,
        values: &[Value],
        expr: &Expr,
    ) -> Eval<Option<Value>> {
        // What acts is none of the functions that only compute.
        let Some(group) = group else {
            return self.acting_function(name, values, expr);
        };
        let unit = self.unit().map(|unit| (unit.unit.text_compare, unit.unit.base));
        let (text_compare, base) = unit.unwrap_or_default();
        let completed = match (name, values) {
            // The functions that go by `Option Compare` where they are not told how to compare.
            ("instr", [text, part]) if text_compare => Some(vec![
                Value::Integer(1),
                text.clone(),
                part.clone(),
                Value::Integer(1),
            ]),
            ("instr", [_, _, _]) | ("strcomp", [_, _]) if text_compare => {
                Some([values, &[Value::Integer(1)]].concat())
            }
            _ => None,
        };
        let values = completed.as_deref().unwrap_or(values);
        let Some(result) = group.call(name, values, self.budget) else {
            return Ok(None);
        };
        if !library::looks_at_ends(name) {
            let long = values.iter().map(|value| match value {
                Value::Text(text) => text.len(),
                Value::Array(array) => array.items.len(),
                _ => 0,
            });
            self.toil(long.sum())?;
        }
        Ok(Some(match (name, result?) {
            ("array", Some(Value::Array(mut array))) if base != 0 => {
                Rc::make_mut(&mut array).bounds = vec![(base, array.items.len())];
                Value::Array(array)
            }
            (_, Some(value)) => value,
            (_, None) => self.unknown_call(name, values, expr),
        }))
    }

    /// Returns the element of an array, or what the default member of an object gives.
    pub(super) fn index(&mut self, value: Value, indexes: &[Value], expr: &Expr) -> Eval<Value> {
        match value {
            Value::Array(array) => self.element(&array, indexes, expr),
            Value::Object(_) => self.invoke(value, "", indexes, expr),
            Value::Unknown(_) => Ok(self.unknown(expr)),
            other if indexes.is_empty() => Ok(other),
            _ => Ok(self.unknown(expr)),
        }
    }

    fn element(&mut self, array: &Rc<Array>, indexes: &[Value], expr: &Expr) -> Eval<Value> {
        if indexes.is_empty() {
            return Ok(Value::Array(Rc::clone(array)));
        }
        if let [index] = indexes {
            return match integer(index)? {
                Some(index) => {
                    let position = array.position(&[index]).ok_or(Stop::RANGE)?;
                    array.items.get(position).cloned().ok_or(Stop::RANGE)
                }
                None => Ok(self.unknown(expr)),
            };
        }
        let mut known = Vec::with_capacity(indexes.len());
        for index in indexes {
            match integer(index)? {
                Some(index) => known.push(index),
                None => return Ok(self.unknown(expr)),
            }
        }
        let position = array.position(&known).ok_or(Stop::RANGE)?;
        array.items.get(position).cloned().ok_or(Stop::RANGE)
    }

    /// Calls a procedure of the program; what it changes of arguments by reference goes back to them.
    pub(super) fn call_procedure(
        &mut self,
        unit: usize,
        procedure: Rc<Procedure>,
        arguments: &[Argument],
        expr: &Expr,
    ) -> Eval<Value> {
        self.call_on(unit, procedure, arguments, None, expr)
    }

    /// Calls a procedure of a class on an object.
    pub(super) fn call_on(
        &mut self,
        unit: usize,
        procedure: Rc<Procedure>,
        arguments: &[Argument],
        me: Option<usize>,
        expr: &Expr,
    ) -> Eval<Value> {
        // A function without parameters that gives an array: the arguments are indexes.
        if procedure.parameters.is_empty() && !arguments.is_empty() {
            let value = self.run_procedure(unit, procedure, Vec::new(), me)?.0;
            let values = self.values(arguments)?;
            return self.index(value, &values, expr);
        }
        let values = self.bound(&procedure, arguments)?;
        let before = values.clone();
        let kept = Rc::clone(&procedure);
        let (result, after) = self.run_procedure(unit, procedure, values, me)?;
        for (at, (old, new)) in before.iter().zip(&after).enumerate() {
            let by_value = kept
                .parameters
                .get(at)
                .is_none_or(|parameter| parameter.by_value || parameter.rest);
            if !by_value && !crate::vba::state::same(old, new) {
                self.give_back(&kept, at, arguments, new)?;
            }
        }
        Ok(result)
    }

    /// Returns the argument of each parameter.
    fn bound(&mut self, procedure: &Procedure, arguments: &[Argument]) -> Eval<Vec<Value>> {
        let mut values = vec![Value::Missing; procedure.parameters.len()];
        let mut rest = Vec::new();
        for (at, argument) in arguments.iter().enumerate() {
            let value = match &argument.value {
                Some(expr) => self.eval(expr)?,
                None => Value::Missing,
            };
            let at = parameter_of(procedure, at, argument);
            match procedure.parameters.get(at) {
                Some(parameter) if !parameter.rest => {
                    if let Some(slot) = values.get_mut(at) {
                        *slot = value;
                    }
                }
                _ => rest.push(value),
            }
        }
        if let Some(last) = values.last_mut()
            && procedure
                .parameters
                .last()
                .is_some_and(|parameter| parameter.rest)
        {
            *last = Value::Array(Rc::new(Array::of(rest, 0)));
        }
        Ok(values)
    }

    fn give_back(
        &mut self,
        procedure: &Procedure,
        at: usize,
        arguments: &[Argument],
        new: &Value,
    ) -> Eval<()> {
        let given = arguments
            .iter()
            .enumerate()
            .find(|(index, argument)| parameter_of(procedure, *index, argument) == at);
        match given.and_then(|(_, argument)| argument.value.as_ref()) {
            Some(target) if self.is_place(target) => self.assign(target, new.clone(), false),
            _ => Ok(()),
        }
    }

    /// Whether something can be assigned to the expression: it names a variable or a part of one.
    fn is_place(&mut self, expr: &Expr) -> bool {
        match &expr.node {
            Node::Name(name) => {
                self.home(name).is_some()
                    || (self.find_procedure(name, false).is_none() && !library::knows(name))
            }
            Node::Call(callee, _) => match &callee.node {
                Node::Name(name) => self.home(name).is_some(),
                _ => false,
            },
            Node::Member(object, _) => match &object.node {
                Node::Name(name) => self.home(name).is_some(),
                _ => false,
            },
            _ => false,
        }
    }

    /// Runs a procedure. Returns its result and what its parameters hold at its end.
    pub(super) fn run_procedure(
        &mut self,
        unit: usize,
        procedure: Rc<Procedure>,
        values: Vec<Value>,
        me: Option<usize>,
    ) -> Eval<(Value, Vec<Value>)> {
        self.step()?;
        if self.too_often(&procedure) {
            return Ok((Value::unknown(&procedure.name), values));
        }
        self.reached.insert((unit, procedure.start));
        let mut frame = Frame::new(unit, Some(Rc::clone(&procedure)));
        frame.me = me;
        self.state.frames.push(frame);
        self.pending.push(Vec::new());
        let bound = self.bind(&procedure, values);
        let outer = std::mem::take(&mut self.left_loop);
        let ended = bound.and_then(|()| self.body(&procedure));
        self.left_loop = outer;
        self.pending.pop();
        let frame = self.state.frames.pop();
        ended?;
        let variables = frame.map(|frame| frame.variables).unwrap_or_default();
        Ok(self.results(&procedure, &variables))
    }

    fn body(&mut self, procedure: &Procedure) -> Eval<()> {
        if procedure.purpose != Purpose::Sub {
            let value = procedure.kind.initial();
            self.declare(&procedure.name, Slot::of(procedure.kind.clone(), value));
        }
        if let Flow::GoTo(label) = self.nested_block(&procedure.body)? {
            self.body_from(&label)?;
        }
        self.run_pending()
    }

    /// Bounds recursion: deep calls are unknown and leave a gap, repeated ones behind an unknown condition are
    /// as one turn of an unknown loop.
    fn too_often(&mut self, procedure: &Rc<Procedure>) -> bool {
        let inside = self
            .state
            .frames
            .iter()
            .filter(|frame| {
                frame
                    .procedure
                    .as_ref()
                    .is_some_and(|running| Rc::ptr_eq(running, procedure))
            })
            .count();
        if self.unsure > 0 && inside >= UNSURE_RECURSION {
            return true;
        }
        let deep = self.state.frames.len() >= CALLS;
        if deep {
            let layer = self.unit().map_or(0, |unit| unit.layer);
            let place = crate::vba::state::Place {
                layer,
                start: procedure.start,
                end: procedure.end,
            };
            self.record.limit(place, Limit::Nesting);
        }
        deep
    }

    fn bind(&mut self, procedure: &Procedure, values: Vec<Value>) -> Eval<()> {
        for (parameter, value) in procedure.parameters.iter().zip(values) {
            let value = match value {
                Value::Missing => self.left_out(parameter)?,
                value => value,
            };
            let kind = match (&parameter.variable.bounds, &value) {
                (Some(_), _) | (_, Value::Array(_)) => Type::Variant,
                _ => parameter.variable.kind.clone(),
            };
            let value = match to_type(value, &kind) {
                // A call that VBA refuses leaves the parameter unknown here.
                Err(Stop::Fault(_)) => Value::unknown(&parameter.variable.name),
                other => other?,
            };
            self.declare(&parameter.variable.name, Slot::of(kind, value));
        }
        Ok(())
    }

    fn left_out(&mut self, parameter: &Parameter) -> Eval<Value> {
        match &parameter.default {
            Some(default) => self.eval(default),
            None if parameter.variable.kind == Type::Variant => Ok(Value::Missing),
            None => Ok(parameter.variable.kind.initial()),
        }
    }

    fn results(&mut self, procedure: &Procedure, variables: &Variables) -> (Value, Vec<Value>) {
        let held = |name: &Name| {
            variables
                .get(name)
                .map_or(Value::Empty, |slot| slot.value.clone())
        };
        let result = match procedure.purpose {
            Purpose::Sub | Purpose::Put => Value::Empty,
            Purpose::Function | Purpose::Get => held(&procedure.name),
        };
        let after = procedure
            .parameters
            .iter()
            .map(|parameter| held(&parameter.variable.name))
            .collect();
        for (name, slot) in variables {
            if *name != procedure.name {
                self.retire(&slot.value);
            }
        }
        (result, after)
    }
}

/// Returns the position of the parameter that an argument is for.
fn parameter_of(procedure: &Procedure, at: usize, argument: &Argument) -> usize {
    let named = argument.name.as_ref().and_then(|name| {
        procedure
            .parameters
            .iter()
            .position(|parameter| parameter.variable.name == *name)
    });
    named.unwrap_or(at)
}
