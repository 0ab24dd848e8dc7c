//! Procedures of libraries that a `Declare` names: what a call of each does to the world.

use super::Evaluator;
use crate::script::{Action, Text, native};
use crate::vba::ast::{Argument, Expr, Node};
use crate::vba::convert::{integer, text};
use crate::vba::fault::Eval;
use crate::vba::value::Value;
use std::rc::Rc;

impl Evaluator<'_, '_> {
    /// Returns the module and place of a `Declare` that a name stands for.
    pub(super) fn find_external(&self, name: &str) -> Option<(usize, usize)> {
        let here = self.unit_index();
        let in_unit = |index: usize| {
            let externals = &self.units.get(index)?.unit.externals;
            Some((
                index,
                externals.iter().position(|external| *external.name == *name)?,
            ))
        };
        in_unit(here).or_else(|| (0..self.units.len()).find_map(in_unit))
    }

    pub(super) fn search_external(&self, name: &str) -> bool {
        self.find_external(name).is_some()
    }

    /// Records what a call of a library's procedure does; its result is unknown.
    pub(super) fn call_external(&mut self, name: &str, arguments: &[Argument], expr: &Expr) -> Eval<Value> {
        let found = self.find_external(name);
        let unit = found.and_then(|(unit, at)| Some((self.units.get(unit)?.clone(), at)));
        let Some((unit, at)) = unit else {
            return Ok(self.unknown(expr));
        };
        let Some(external) = unit.unit.externals.get(at) else {
            return Ok(self.unknown(expr));
        };
        let values = self.pointed_at(arguments)?;
        for value in &values {
            self.retire(value);
        }
        let entry = native::plain_entry(&external.entry);
        self.copy_into_memory(&entry, &values)?;
        let copied = self.state.memory.as_ref().filter(|memory| memory.len() > 8);
        let copied = copied.filter(|_| !native::copies(&entry)).cloned();
        let texts: Vec<Text> = values.iter().map(text).collect();
        match native::action(&entry, &external.library, &texts) {
            Some(Action::LoadCode { how, .. }) => {
                let given = values.iter().find_map(code);
                let code = given.or_else(|| copied.map(|memory| memory.to_vec()));
                self.act(Action::LoadCode { how, code }, expr);
            }
            Some(action) => self.act(action, expr),
            None => {}
        }
        self.forget_targets(external, arguments)?;
        Ok(self.unknown(expr))
    }

    /// Collects what is copied into memory piece by piece: what runs it later runs these bytes.
    fn copy_into_memory(&mut self, entry: &str, values: &[Value]) -> Eval<()> {
        if entry.starts_with("virtualalloc") || entry == "heapalloc" || entry == "heapcreate" {
            self.state.memory = Some(Rc::default());
            return Ok(());
        }
        let (source, length) = match entry {
            "rtlmovememory" | "rtlcopymemory" => (values.get(1), values.get(2)),
            "writeprocessmemory" | "ntwritevirtualmemory" => (values.get(2), values.get(3)),
            _ => return Ok(()),
        };
        let length = length.map(integer).transpose().ok().flatten().flatten();
        let bytes = match (source, length) {
            (Some(Value::Array(array)), _) => array.as_bytes(),
            (Some(Value::Byte(byte)), _) => Some(vec![*byte]),
            (
                Some(value @ (Value::Integer(_) | Value::Long(_) | Value::LongLong(_))),
                Some(length @ 1..=8),
            ) => {
                let memory = integer(value)?.map(i64::to_le_bytes);
                memory.map(|memory| {
                    memory
                        .into_iter()
                        .take(usize::try_from(length).unwrap_or(0))
                        .collect()
                })
            }
            _ => None,
        };
        match (bytes, &mut self.state.memory) {
            (Some(bytes), Some(memory)) => {
                self.budget.build(bytes.len())?;
                Rc::make_mut(memory).extend(bytes);
            }
            (Some(bytes), memory) => *memory = Some(Rc::new(bytes)),
            (None, memory) => *memory = None,
        }
        Ok(())
    }

    /// The values of arguments; `StrPtr(x)` and `VarPtr(x)` count as `x`, since the library reads what they
    /// point at.
    fn pointed_at(&mut self, arguments: &[Argument]) -> Eval<Vec<Value>> {
        arguments
            .iter()
            .map(|argument| match &argument.value {
                Some(expr) => match self.pointed_array(pointee(expr)) {
                    Some(array) => Ok(array),
                    None => self.value(pointee(expr)),
                },
                None => Ok(Value::Missing),
            })
            .collect()
    }

    /// The first element of a byte array by reference is the whole array to a library.
    fn pointed_array(&mut self, expr: &Expr) -> Option<Value> {
        let Node::Call(callee, indexes) = &expr.node else {
            return None;
        };
        let (Node::Name(name), [index]) = (&callee.node, indexes.as_slice()) else {
            return None;
        };
        let home = self.home(name)?;
        let Value::Array(array) = self.slot(&home, name)?.value.clone() else {
            return None;
        };
        let index = self.value(index.value.as_ref()?).ok()?;
        let (lower, _) = array.bounds.first()?;
        let first = integer(&index).ok()?? == i64::from(*lower);
        (first && array.kind == crate::vba::value::Type::Byte).then_some(Value::Array(array))
    }

    /// A variable of a plain type that is passed by reference may hold anything afterwards.
    fn forget_targets(&mut self, external: &crate::vba::ast::External, arguments: &[Argument]) -> Eval<()> {
        for (parameter, argument) in external.parameters.iter().zip(arguments) {
            let Some(target) = argument.value.as_ref().filter(|_| !parameter.by_value) else {
                continue;
            };
            if let Node::Name(name) = &target.node
                && self.home(name).is_some()
                && !matches!(self.eval(target)?, Value::Array(_) | Value::Text(_))
            {
                let unknown = self.unknown(target);
                self.assign(target, unknown, false)?;
            }
        }
        Ok(())
    }
}

fn pointee(expr: &Expr) -> &Expr {
    match &expr.node {
        Node::Call(callee, arguments) => match (&callee.node, arguments.as_slice()) {
            (Node::Name(name), [only]) if matches!(&**name, "strptr" | "varptr" | "strconv_ptr") => {
                only.value.as_ref().unwrap_or(expr)
            }
            _ => expr,
        },
        _ => expr,
    }
}

fn code(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::Array(array) if array.items.len() > 8 => array.as_bytes(),
        _ => None,
    }
}
