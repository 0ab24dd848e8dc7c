//! Functions and statements that reach out of the script, and texts that VBScript runs as code.

use super::Evaluator;
use crate::script::Action;
use crate::vba::Module;
use crate::vba::ast::Expr;
use crate::vba::convert::{known, text};
use crate::vba::fault::Eval;
use crate::vba::lexer::tokens;
use crate::vba::object::Class;
use crate::vba::parse::Cursor;
use crate::vba::program::Loaded;
use crate::vba::value::Value;
use strongroom_model::{Gap, Limit};

impl Evaluator<'_, '_> {
    /// A function that does something to the world; `None` where the name is none.
    pub(super) fn acting_function(
        &mut self,
        name: &str,
        values: &[Value],
        expr: &Expr,
    ) -> Eval<Option<Value>> {
        // Only where it is needed: a long string is costly to copy.
        let first = || values.first().map(text).unwrap_or_default();
        match name {
            "shell" if !values.is_empty() => self.act(Action::Start { command: first() }, expr),
            "macscript" if !values.is_empty() => self.act(Action::Start { command: first() }, expr),
            "applescripttask" if !values.is_empty() => {
                let command = super::member::join_words(values.iter().map(text));
                self.act(Action::Start { command }, expr);
            }
            "createobject" if !values.is_empty() => return self.create_object(values, expr).map(Some),
            "getobject" if !values.is_empty() => return self.get_object(values, expr).map(Some),
            "kill" | "rmdir" if !values.is_empty() => self.act(Action::Delete { path: first() }, expr),
            "filecopy" if values.len() > 1 => {
                let path = text(values.get(1).unwrap_or(&Value::Empty));
                self.act(Action::Write { path, content: None }, expr);
            }
            "savesetting" if values.len() > 3 => {
                let key = super::member::join_words(values.iter().take(3).map(text));
                let value = values.get(3).map(text).unwrap_or_default();
                self.act(Action::SetRegistry { key, value }, expr);
            }
            "executeexcel4macro" if !values.is_empty() => {
                self.load_code(name, values, expr);
                let value = self.excel4_command(values.first().unwrap_or(&Value::Empty), expr)?;
                return Ok(Some(
                    value.unwrap_or_else(|| self.unknown_call(name, values, expr)),
                ));
            }
            "callbyname" if values.len() > 1 => return self.call_by_name(values, expr).map(Some),
            "execute" | "executeglobal" if values.len() == 1 => self.execute(values, expr)?,
            "eval" if values.len() == 1 => return self.eval_text(values, expr).map(Some),
            "msgbox" | "inputbox" => values.iter().for_each(|value| self.retire(value)),
            _ => return Ok(None),
        }
        Ok(Some(self.unknown_call(name, values, expr)))
    }

    /// `CreateObject(class)`.
    pub(in crate::vba) fn create_object(&mut self, values: &[Value], expr: &Expr) -> Eval<Value> {
        let class = values.first().unwrap_or(&Value::Empty);
        match known(class)? {
            Some(name) => {
                let name = name.show();
                Ok(self.create(&Class::of_program(&name), &name, expr))
            }
            None => {
                let class = text(class);
                self.act(Action::CreateObject { class }, expr);
                Ok(self.unknown(expr))
            }
        }
    }

    /// `GetObject(path, class)`: a moniker, a file, or a running program.
    pub(in crate::vba) fn get_object(&mut self, values: &[Value], expr: &Expr) -> Eval<Value> {
        let path = values.first().unwrap_or(&Value::Empty);
        let Some(name) = known(path).ok().flatten().filter(|name| name.len() > 0) else {
            return match values.get(1) {
                Some(_) => self.create_object(values.get(1..).unwrap_or(&[]), expr),
                None => Ok(self.unknown(expr)),
            };
        };
        let name = name.show();
        let lower = name.to_lowercase();
        if let Some(class) = lower.strip_prefix("new:") {
            return Ok(self.create(&Class::of_program(class), &name, expr));
        }
        if lower.starts_with("winmgmts:") {
            let class = Class::of_moniker(&lower);
            return Ok(self.create(&class, &name, expr));
        }
        if let Some(address) = lower.strip_prefix("script:") {
            let url = name.get(name.len() - address.len()..).unwrap_or(address);
            let url = crate::script::Text::known(url);
            self.act(Action::Download { url, to: None }, expr);
            let how = "scriptlet".to_owned();
            self.act(Action::LoadCode { how, code: None }, expr);
        }
        Ok(self.unknown(expr))
    }

    /// `CallByName(object, member, kind, arguments…)`.
    fn call_by_name(&mut self, values: &[Value], expr: &Expr) -> Eval<Value> {
        let object = values.first().cloned().unwrap_or(Value::Nothing);
        let arguments = values.get(3..).unwrap_or(&[]);
        let member = values.get(1).unwrap_or(&Value::Empty);
        let Some(name) = known(member)? else {
            arguments.iter().for_each(|value| self.retire(value));
            return Ok(self.unknown(expr));
        };
        let name = name.show().to_lowercase();
        match object {
            Value::Object(_) => self.invoke(object, &name, arguments, expr),
            _ => self.host_call(&name, arguments, expr),
        }
    }

    /// VBScript's `Execute`: the text becomes a layer and runs where the call stands.
    fn execute(&mut self, values: &[Value], expr: &Expr) -> Eval<()> {
        let Some(code) = values.first().map(known).transpose()?.flatten() else {
            let how = "Execute".to_owned();
            self.act(Action::LoadCode { how, code: None }, expr);
            return Ok(());
        };
        if !self.record.has_room() || self.units.len() as u64 > u64::from(self.budget.limits().layers) {
            self.record.limit(self.place(expr), Limit::Layers);
            return Ok(());
        }
        let code = code.show();
        let layer = self.record.source("execute", &code);
        let module = Module {
            name: format!("layer {layer}"),
            source: code,
        };
        let nesting = self.budget.limits().nesting;
        let (loaded, gaps) = Loaded::new(&module, &tokens(&module.source), layer, self.platform, nesting);
        gaps.into_iter().for_each(|gap| self.record.gap(gap));
        for unit in loaded {
            self.units.push(std::rc::Rc::new(unit));
            self.names.clear();
            self.state.globals.push(std::rc::Rc::default());
            self.run_new_unit(self.units.len() - 1)?;
        }
        Ok(())
    }

    fn run_new_unit(&mut self, unit: usize) -> Eval<()> {
        let Some(loaded) = self.units.get(unit).cloned() else {
            return Ok(());
        };
        if self.state.frames.len() > 16 {
            self.record.gap(Gap::limit(
                "vba",
                Limit::Nesting,
                "a text that runs a text that runs …",
            ));
            return Ok(());
        }
        let depth = self.depth;
        self.depth = (depth + 8).min(super::DEPTH);
        self.enter_unit(unit);
        let flow = self.block(&loaded.unit.top);
        self.state.frames.pop();
        self.depth = depth;
        flow.map(drop)
    }

    /// Runs the statements that stand outside of procedures.
    pub(super) fn top_level(&mut self, unit: usize) -> Eval<()> {
        self.run_new_unit(unit)
    }

    /// VBScript's `Eval`: an expression in a text.
    fn eval_text(&mut self, values: &[Value], expr: &Expr) -> Eval<Value> {
        let Some(code) = values.first().map(known).transpose()?.flatten() else {
            return Ok(self.unknown(expr));
        };
        if !self.record.has_room() {
            self.record.limit(self.place(expr), Limit::Layers);
            return Ok(self.unknown(expr));
        }
        let code = code.show();
        let tokens = tokens(&code);
        let nesting = self.budget.limits().nesting;
        let Some(inner) = Cursor::new(&tokens, "", nesting).whole_expression() else {
            return Ok(self.unknown(expr));
        };
        let layer = self.record.source("eval", &code);
        self.units.push(std::rc::Rc::new(Loaded::empty(layer, &code)));
        self.names.clear();
        self.state.globals.push(std::rc::Rc::default());
        self.enter_unit(self.units.len() - 1);
        let value = self.deeper(&inner, |this| this.eval(&inner));
        self.state.frames.pop();
        value
    }
}
