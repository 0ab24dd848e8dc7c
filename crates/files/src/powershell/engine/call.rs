//! Calls: what a command's name means, functions, script blocks.

use super::super::ast::{Block, Call, Command, ExprKind, Function};
use super::super::cmdlet;
use super::super::names;
use super::super::value::{Closure, Source, Value};
use super::bind::{Bound, Given};
use super::{Engine, Eval, Stop};
use std::rc::Rc;

impl Engine<'_, '_> {
    /// Runs one command of a pipeline with what flows into it.
    pub(super) fn command(
        &mut self,
        command: &Command,
        input: Option<Vec<Value>>,
        output: &mut Vec<Value>,
    ) -> Eval<()> {
        let name = match &command.name.kind {
            ExprKind::Literal(value) => value.clone(),
            _ => self.expr(&command.name)?,
        };
        let given = self.arguments(&command.arguments)?;
        match &name {
            Value::Block(closure) => {
                let closure = Rc::clone(closure);
                self.call_value_block(&closure, command.call, given, input, output)
            }
            Value::Object(object) => {
                let called = object.borrow().fields.get("name").cloned().unwrap_or(Value::Null);
                self.call_named(&called, given, input, output)
            }
            Value::Array(items) if items.borrow().len() == 1 => {
                let only = items.borrow().first().cloned().unwrap_or(Value::Null);
                let only = match &only {
                    Value::Object(object) => {
                        object.borrow().fields.get("name").cloned().unwrap_or(Value::Null)
                    }
                    _ => only,
                };
                self.call_named(&only, given, input, output)
            }
            other => self.call_named(other, given, input, output),
        }
    }

    fn call_value_block(
        &mut self,
        closure: &Rc<Closure>,
        call: Option<Call>,
        given: Vec<Given>,
        input: Option<Vec<Value>>,
        output: &mut Vec<Value>,
    ) -> Eval<()> {
        if call == Some(Call::Dot) && given.is_empty() && input.is_none() {
            return match self.call_block_here(closure, output) {
                Err(Stop::Return) => Ok(()),
                other => other,
            };
        }
        self.run_body(&closure.block, &closure.source, given, input, false, output)
    }

    /// Calls what a name means: an alias, a function, a cmdlet, or a program.
    pub(in super::super) fn call_named(
        &mut self,
        name: &Value,
        given: Vec<Given>,
        input: Option<Vec<Value>>,
        output: &mut Vec<Value>,
    ) -> Eval<()> {
        let Some(written) = name.exact() else {
            return cmdlet::run_program(self, &name.to_text(), given, input, output);
        };
        let resolved = self.resolve(&written);
        if let Some((function, source)) = self.function(&resolved) {
            return self.call_function(&function, &source, given, input, output);
        }
        match self.variable(&format!("function:{resolved}")) {
            Some(Value::Block(closure)) => {
                return self.call_value_block(&closure, None, given, input, output);
            }
            Some(text @ Value::Str(_)) => return self.evaluate_value("scriptblock", &text, output),
            _ => {}
        }
        cmdlet::run(self, &resolved, &written, given, input, output)
    }

    /// Follows aliases: the script's own, then those of the language. The result is in lower case, without a
    /// module's name.
    pub(in super::super) fn resolve(&self, written: &str) -> String {
        let mut name = written.trim().to_lowercase();
        if let Some((module, rest)) = name.rsplit_once('\\')
            && module.starts_with("microsoft.powershell")
        {
            name = rest.to_owned();
        }
        for _ in 0..8 {
            match self.alias(&name) {
                Some(target) => name = target.to_lowercase(),
                None if self.function(&name).is_some() => break,
                None => match names::alias(&name) {
                    Some(target) => name = target.to_lowercase(),
                    None => break,
                },
            }
        }
        name
    }

    fn call_function(
        &mut self,
        function: &Function,
        source: &Rc<Source>,
        given: Vec<Given>,
        input: Option<Vec<Value>>,
        output: &mut Vec<Value>,
    ) -> Eval<()> {
        self.run_body(&function.body, source, given, input, function.filter, output)
    }

    /// Calls a script block with values for its parameters.
    pub(in super::super) fn call_block(
        &mut self,
        closure: &Rc<Closure>,
        arguments: Vec<Value>,
        output: &mut Vec<Value>,
    ) -> Eval<()> {
        let given = arguments
            .into_iter()
            .map(|value| Given::Value(value, None))
            .collect();
        self.run_body(&closure.block, &closure.source, given, None, false, output)
    }

    /// Calls a block as a method: `$this` is the object.
    pub(in super::super) fn call_method(
        &mut self,
        object: &Value,
        method: &Rc<Closure>,
        arguments: Vec<Value>,
    ) -> Eval<Value> {
        let mut output = Vec::new();
        self.scoped(|engine| {
            engine.set_variable("this", object.clone());
            engine.call_block(method, arguments, &mut output)
        })?;
        Ok(Value::collapse(output))
    }

    /// Runs a block's statements in the present scope.
    pub(in super::super) fn call_block_here(
        &mut self,
        closure: &Rc<Closure>,
        output: &mut Vec<Value>,
    ) -> Eval<()> {
        self.inside(&closure.source, |engine| {
            engine.deeper(|engine| engine.block(&closure.block, output))
        })
    }

    /// Runs a block that may run or not, in the present scope.
    pub(in super::super) fn perhaps_block(
        &mut self,
        closure: &Rc<Closure>,
        output: &mut Vec<Value>,
    ) -> Eval<()> {
        self.inside(&closure.source, |engine| {
            engine.deeper(|engine| engine.perhaps(&closure.block, output))
        })
    }

    pub(super) fn inside<T>(&mut self, source: &Rc<Source>, work: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.source, Rc::clone(source));
        let place = self.place;
        let result = work(self);
        self.source = outer;
        self.place = place;
        result
    }

    fn run_body(
        &mut self,
        body: &Rc<Block>,
        source: &Rc<Source>,
        given: Vec<Given>,
        input: Option<Vec<Value>>,
        filter: bool,
        output: &mut Vec<Value>,
    ) -> Eval<()> {
        let outer_left = std::mem::replace(&mut self.maybe_left, false);
        let outer_returned = self.returned.take();
        let result = self.inside(source, |engine| {
            engine.scoped(|engine| {
                engine.deeper(|engine| {
                    engine.bind_params(body, given)?;
                    engine.run_parts(body, input, filter, output)
                })
            })
        });
        self.maybe_left = outer_left;
        self.returned = outer_returned;
        match result {
            Err(Stop::Return) => Ok(()),
            other => other,
        }
    }

    fn run_parts(
        &mut self,
        body: &Block,
        input: Option<Vec<Value>>,
        filter: bool,
        output: &mut Vec<Value>,
    ) -> Eval<()> {
        let piped = input.is_some();
        let items = input.unwrap_or_default();
        self.set_variable("input", Value::array(items.clone()));
        if !piped || (body.process.is_empty() && !filter) {
            return self.block(body, output);
        }
        for statement in &body.begin {
            self.statement(statement, output)?;
        }
        let each = if filter { &body.statements } else { &body.process };
        for item in items {
            self.set_variable("_", item);
            for statement in each {
                self.statement(statement, output)?;
            }
        }
        if !filter {
            for statement in &body.statements {
                self.statement(statement, output)?;
            }
        }
        Ok(())
    }

    pub(super) fn bind_params(&mut self, body: &Block, given: Vec<Given>) -> Eval<()> {
        let table: Vec<String> = body
            .params
            .iter()
            .map(|param| {
                let switch = param
                    .kind
                    .as_deref()
                    .is_some_and(|kind| kind.to_lowercase().contains("switch"));
                format!("{}{}", param.name.to_lowercase(), if switch { '!' } else { '@' })
            })
            .collect();
        let entries: Vec<&str> = table.iter().map(String::as_str).collect();
        let mut bound = Bound::of(&entries, given);
        for param in &body.params {
            let value = match (bound.get(&param.name.to_lowercase()), &param.default) {
                (Some(value), _) => value.clone(),
                (None, Some(default)) => self.expr(default)?,
                (None, None) => Value::Null,
            };
            let value = match &param.kind {
                Some(kind) if !matches!(value, Value::Null) => {
                    let place = self.place;
                    self.cast_param(&value, kind, place)?
                }
                _ => value,
            };
            self.set_variable(&param.name, value);
        }
        self.set_variable("args", Value::array(std::mem::take(&mut bound.rest)));
        Ok(())
    }

    /// A parameter's type that the evaluator does not know leaves the value as it is.
    pub(super) fn cast_param(
        &mut self,
        value: &Value,
        kind: &str,
        place: super::super::ast::Place,
    ) -> Eval<Value> {
        let name = self.type_of(kind);
        match super::super::convert::cast(value, &name) {
            Some(value) => Ok(value),
            None if !value.is_known() => Ok(value.clone()),
            None if matches!(name.as_str(), "type" | "type[]" | "switchparameter") => Ok(value.clone()),
            None => self.cast_value(value, &name, place),
        }
    }
}
