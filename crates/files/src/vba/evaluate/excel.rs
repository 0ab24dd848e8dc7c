//! What a macro hands to the evaluation of Excel 4.0 macros: commands, macros of macro sheets, formulas.

use super::Evaluator;
use crate::vba::ast::Expr;
use crate::vba::convert::{describe, known};
use crate::vba::fault::Eval;
use crate::vba::value::Value;
use crate::workbook::{Dialect, Workbook};
use crate::xlm::{self, Answer, Handed};
use std::rc::Rc;

/// Texts that one evaluation hands over, since each is evaluated for itself.
const HANDED: u32 = 4096;

impl Evaluator<'_, '_> {
    /// `ExecuteExcel4Macro(text)`: what the text would do is done where the call stands.
    pub(super) fn excel4_command(&mut self, text: &Value, expr: &Expr) -> Eval<Option<Value>> {
        let Some(text) = known(text)?.map(|text| text.show()) else {
            return Ok(None);
        };
        let book = self.workbook();
        self.handed(&text, expr, |text, this| xlm::command(&book, text, this.budget))
    }

    /// `Run` of a macro on a macro sheet, by its name or cell; `None` where the workbook has none of that name.
    pub(super) fn run_excel4(&mut self, values: &[Value], expr: &Expr) -> Eval<Option<Value>> {
        let Some((name, arguments)) = values.split_first() else {
            return Ok(None);
        };
        let Some(name) = known(name)?.map(|name| name.show()) else {
            return Ok(None);
        };
        let book = self.workbook();
        if !book.has_macros() {
            return Ok(None);
        }
        let arguments: Vec<String> = arguments.iter().map(describe).collect();
        let call = format!("{name}({})", arguments.join(","));
        self.handed(&call, expr, |text, this| xlm::command(&book, text, this.budget))
    }

    /// `Evaluate(text)` and `[text]`: the value of a formula.
    pub(super) fn formula_value(&mut self, text: &Value) -> Eval<Option<Value>> {
        let Some(text) = known(text)?.map(|text| text.show()) else {
            return Ok(None);
        };
        let book = match self.document.own.book.get() {
            Some(book) if !self.state.elsewhere => Rc::clone(book),
            _ => return Ok(None),
        };
        if !self.may_hand() {
            return Ok(None);
        }
        // What cannot be read here is no formula of this workbook, and stays unknown.
        let handed = xlm::formula(&book, &text, self.budget);
        Ok(handed.answer.map(value_of))
    }

    fn workbook(&self) -> Rc<Workbook> {
        match self.document.own.book.get() {
            Some(book) => Rc::clone(book),
            None => Rc::new(Workbook::new(Dialect::A1)),
        }
    }

    fn may_hand(&mut self) -> bool {
        self.handed += 1;
        self.handed <= HANDED
    }

    fn handed(
        &mut self,
        text: &str,
        expr: &Expr,
        evaluate: impl FnOnce(&str, &mut Self) -> Handed,
    ) -> Eval<Option<Value>> {
        if !self.may_hand() {
            self.record
                .limit(self.place(expr), strongroom_model::Limit::Layers);
            return Ok(None);
        }
        self.step()?;
        let handed = evaluate(text, self);
        for action in handed.actions {
            self.act(action, expr);
        }
        handed.gaps.into_iter().for_each(|gap| self.record.gap(gap));
        Ok(handed.answer.map(value_of))
    }
}

fn value_of(answer: Answer) -> Value {
    match answer {
        Answer::Text(text) => Value::units(text.encode_utf16().collect(), 3),
        Answer::Number(number) => Value::Double(number),
        Answer::Bool(yes) => Value::Bool(yes),
    }
}
