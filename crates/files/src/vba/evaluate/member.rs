//! Members: of modules, of objects, of whatever the host application holds.

use super::Evaluator;
use crate::script::{Action, Text};
use crate::vba::ast::{Argument, Expr, Name, Node};
use crate::vba::convert::text;
use crate::vba::fault::{Eval, Stop};
use crate::vba::object::{Class, Object};
use crate::vba::value::Value;

/// Libraries whose members are the functions of the language.
const LIBRARIES: &[&str] = &[
    "vba",
    "strings",
    "interaction",
    "conversion",
    "information",
    "filesystem",
    "math",
    "datetime",
];

impl Evaluator<'_, '_> {
    /// A member of what an expression names, with arguments.
    pub(super) fn member(
        &mut self,
        object: &Expr,
        name: &Name,
        arguments: &[Argument],
        expr: &Expr,
    ) -> Eval<Value> {
        if let Some(unit) = self.module_of(object) {
            return self.member_of_module(unit, name, arguments, expr);
        }
        if self.is_application(object) && matches!(&**name, "range" | "cells" | "evaluate") {
            let values = self.values(arguments)?;
            if let Some(range) = self.active_cells(name, &values, expr)? {
                return Ok(range);
            }
        }
        if self.is_application(object)
            && let Some(value) = self.host_item(name, expr)?
        {
            let values = self.values(arguments)?;
            return match values.as_slice() {
                [] => Ok(value),
                values => self.invoke(value, "", values, expr),
            };
        }
        if self.is_library(object) {
            let callee = Expr {
                node: Node::Name(name.clone()),
                ..*expr
            };
            return self.call(&callee, arguments, expr);
        }
        let value = self.eval(object)?;
        self.member_of(value, name, arguments, expr)
    }

    fn is_library(&mut self, object: &Expr) -> bool {
        match &object.node {
            Node::Name(name) => LIBRARIES.contains(&&**name) && self.home(name).is_none(),
            Node::Member(outer, name) => LIBRARIES.contains(&&**name) && self.is_library(outer),
            _ => false,
        }
    }

    fn member_of_module(
        &mut self,
        unit: usize,
        name: &Name,
        arguments: &[Argument],
        expr: &Expr,
    ) -> Eval<Value> {
        if let Some(procedure) = self.own_procedure(unit, name) {
            return self.call_procedure(unit, procedure, arguments, expr);
        }
        let home = super::scope::Home::Global(unit);
        let held = self.slot(&home, name).map(|slot| slot.value.clone());
        let values = self.values(arguments)?;
        match (held, self.module_object(unit)) {
            (Some(value), _) => self.index(value, &values, expr),
            (None, Some(object)) => self.invoke(object, name, &values, expr),
            (None, None) => self.host_call(name, &values, expr),
        }
    }

    /// A member of a value, with arguments.
    pub(super) fn member_of(
        &mut self,
        value: Value,
        name: &Name,
        arguments: &[Argument],
        expr: &Expr,
    ) -> Eval<Value> {
        if let Value::Object(at) = value
            && let Some(Class::User(unit)) = self.state.object(at).map(|object| object.class.clone())
        {
            return self.member_of_class(unit, at, name, arguments, expr);
        }
        let values = self.values(arguments)?;
        match value {
            Value::Object(_) => self.invoke(value, name, &values, expr),
            Value::Record(record) => {
                let field = record.get(name).cloned().unwrap_or(Value::Empty);
                self.index(field, &values, expr)
            }
            _ => self.host_call(name, &values, expr),
        }
    }

    fn member_of_class(
        &mut self,
        unit: usize,
        at: usize,
        name: &Name,
        arguments: &[Argument],
        expr: &Expr,
    ) -> Eval<Value> {
        if let Some(procedure) = self.own_procedure(unit, name) {
            return self.call_on(unit, procedure, arguments, Some(at), expr);
        }
        let field = self.state.object(at).and_then(|object| object.fields.get(name));
        let value = field.map_or_else(|| self.unknown(expr), |slot| slot.value.clone());
        let values = self.values(arguments)?;
        self.index(value, &values, expr)
    }

    /// Makes an object of a class that the program or a library declares.
    pub(super) fn new_object(&mut self, class: &Name, expr: &Expr) -> Eval<Value> {
        if let Some(unit) = self.unit_named(class)
            && let Some(at) = self.instance_of(unit)
        {
            if let Some(procedure) = self.own_procedure(unit, "class_initialize") {
                self.run_procedure(unit, procedure, Vec::new(), Some(at))?;
            }
            return Ok(Value::Object(at));
        }
        if let Some(form) = self.document.form(class).cloned() {
            return Ok(self.new_item(&form));
        }
        Ok(self.create(&Class::of_type(class), class, expr))
    }

    /// Makes an object of a library; a class that reaches out of the script is recorded.
    pub(in crate::vba) fn create(&mut self, class: &Class, name: &str, expr: &Expr) -> Value {
        if class.reaches_out() {
            let class = Text::known(name);
            self.act(Action::CreateObject { class }, expr);
        }
        match class {
            Class::Other => Value::unknown(&format!("CreateObject(\"{name}\")")),
            class => self.state.allocate(Object::of(class.clone())),
        }
    }

    /// A member of something that the evaluation does not know: whatever it belongs to, some names say what is
    /// done.
    pub(in crate::vba) fn host_call(&mut self, name: &str, values: &[Value], expr: &Expr) -> Eval<Value> {
        self.note_other_document(name, expr);
        let first = values.first().map(text);
        let place = |at: usize| values.get(at).map(text).unwrap_or_default();
        match (name, first) {
            ("run" | "ontime" | "onkey" | "setmacro", Some(_)) if self.runs_macro(values)? => {}
            ("executeexcel4macro", Some(_)) => {
                return Ok(self
                    .acting_function(name, values, expr)?
                    .unwrap_or_else(|| self.unknown(expr)));
            }
            ("run", Some(_)) if self.source(expr).to_lowercase().starts_with("application") => {
                if let Some(value) = self.run_excel4(values, expr)? {
                    return Ok(value);
                }
            }
            ("run", Some(command)) => {
                self.act(Action::Start { command }, expr);
            }
            ("exec", Some(command)) => self.act(Action::Start { command }, expr),
            ("create", Some(command)) if values.len() >= 3 => self.act(Action::Start { command }, expr),
            ("shellexecute", Some(_)) => self.shell_execute(values, expr),
            ("ddeinitiate", Some(_)) => {
                let command = join_words([place(0), place(1)]);
                self.act(Action::Start { command }, expr);
            }
            ("savetofile", Some(path)) => self.act(Action::Write { path, content: None }, expr),
            ("regwrite", Some(key)) => {
                let value = place(1);
                self.act(Action::SetRegistry { key, value }, expr);
            }
            ("navigate" | "navigate2" | "followhyperlink", Some(url)) => {
                self.act(Action::Download { url, to: None }, expr);
            }
            ("open" | "opentext" | "add" | "addfromfile" | "load" | "import", Some(url))
                if is_address(&url) =>
            {
                self.act(Action::Download { url, to: None }, expr);
            }
            ("saveas" | "saveas2" | "savecopyas" | "export", Some(path)) => {
                self.act(Action::Write { path, content: None }, expr);
            }
            ("addfromstring" | "insertlines" | "addcode" | "executestatement", Some(_)) => {
                self.load_code(name, values, expr);
            }
            ("createobject", Some(_)) => return self.create_object(values, expr),
            ("getobject", Some(_)) => return self.get_object(values, expr),
            _ => values.iter().for_each(|value| self.retire(value)),
        }
        Ok(self.unknown(expr))
    }

    pub(super) fn load_code(&mut self, name: &str, values: &[Value], expr: &Expr) {
        let code = values.last().map(text).unwrap_or_default();
        values.iter().for_each(|value| self.retire(value));
        let how = name.to_owned();
        let code = code.exact().map(|code| code.as_bytes().to_vec());
        self.act(Action::LoadCode { how, code }, expr);
    }

    /// `Application.Run "macro"` and `OnTime when, "macro"`: runs the procedure, if the program has it.
    fn runs_macro(&mut self, values: &[Value]) -> Eval<bool> {
        let names: Vec<String> = values
            .iter()
            .filter_map(|value| crate::vba::convert::known(value).ok().flatten())
            .map(|text| text.show().to_lowercase())
            .collect();
        for name in names {
            let plain = name
                .rsplit(['!', '.'])
                .next()
                .unwrap_or(&name)
                .trim_matches('\'')
                .to_owned();
            if let Some((unit, procedure)) = self.find_procedure(&plain, false) {
                let mut arguments: Vec<Value> = values.iter().skip(1).cloned().collect();
                arguments.resize(procedure.parameters.len(), Value::Missing);
                self.run_procedure(unit, procedure, arguments, None)?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Records `ShellExecute(file, arguments, …)`.
    pub(in crate::vba) fn shell_execute(&mut self, values: &[Value], expr: &Expr) {
        let part = |at: usize| values.get(at).map(text).unwrap_or_default();
        let command = join_words([part(0), part(1)]);
        self.act(Action::Start { command }, expr);
    }

    /// Sets a property.
    pub(super) fn put(
        &mut self,
        object: Value,
        name: &str,
        values: &[Value],
        value: Value,
        expr: &Expr,
    ) -> Eval<()> {
        match object {
            Value::Object(at) => self.put_on_object(at, name, values, value),
            Value::Nothing => Err(Stop::Fault(91)),
            _ => {
                self.put_on_host(name, &value, expr);
                Ok(())
            }
        }
    }

    fn put_on_host(&mut self, name: &str, value: &Value, expr: &Expr) {
        self.retire(value);
        if matches!(name, "automationsecurity" | "virusprotection" | "accessvbom") {
            let what = self.source(expr).to_string();
            self.act(Action::Disarm { what }, expr);
        }
    }

    fn put_on_object(&mut self, at: usize, name: &str, values: &[Value], value: Value) -> Eval<()> {
        let Some(class) = self.state.object(at).map(|object| object.class.clone()) else {
            return Ok(());
        };
        if let Class::User(unit) = class {
            let setter = self
                .units
                .get(unit)
                .and_then(|unit| unit.procedure(name, true).cloned());
            if let Some(procedure) = setter {
                let mut arguments = values.to_vec();
                arguments.push(value);
                return self.run_procedure(unit, procedure, arguments, Some(at)).map(drop);
            }
        }
        self.set_property(at, &class, name, values, value)
    }
}

/// Returns texts with a blank between them, empty ones left out.
pub(in crate::vba) fn join_words(words: impl IntoIterator<Item = Text>) -> Text {
    words
        .into_iter()
        .filter(|word| !word.parts().is_empty())
        .reduce(|line, word| line.join(Text::known(" ")).join(word))
        .unwrap_or_default()
}

/// Whether a text is an address in the network.
pub(in crate::vba) fn is_address(text: &Text) -> bool {
    let start = text.known_start().to_ascii_lowercase();
    ["http://", "https://", "ftp://", "\\\\"]
        .iter()
        .any(|scheme| start.starts_with(scheme))
}
