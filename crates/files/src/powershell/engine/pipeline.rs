//! Pipelines: what flows from one stage to the next, and redirections.

use super::super::ast::{Element, Expr, ExprKind, Redirection, SuffixKind, UnaryOp};
use super::super::value::Value;
use super::{Engine, Eval};
use crate::script::Action;

impl Engine<'_, '_> {
    pub(super) fn pipeline(&mut self, elements: &[Element], output: &mut Vec<Value>) -> Eval<()> {
        let mut flowing: Option<Vec<Value>> = None;
        for element in elements {
            flowing = Some(self.stage(element, flowing)?);
        }
        output.extend(flowing.unwrap_or_default());
        Ok(())
    }

    fn stage(&mut self, element: &Element, input: Option<Vec<Value>>) -> Eval<Vec<Value>> {
        let mut output = Vec::new();
        let redirections = match element {
            Element::Expression(expr, redirections) => {
                let value = self.expr(expr)?;
                if !is_silent(expr) {
                    self.enumerate(expr, value, &mut output);
                }
                redirections
            }
            Element::Command(command) => {
                self.at(command.place, |engine| {
                    engine.deeper(|engine| engine.command(command, input, &mut output))
                })?;
                &command.redirections
            }
        };
        for redirection in redirections {
            self.redirect(redirection, &mut output)?;
        }
        Ok(output)
    }

    /// Lists flow item by item; so does what a method gives, and nothing of a null from a call.
    fn enumerate(&mut self, expr: &Expr, value: Value, output: &mut Vec<Value>) {
        match value {
            Value::Null if matches!(expr.kind, ExprKind::Postfix(..) | ExprKind::SubExpression(_)) => {}
            Value::Null if matches!(expr.kind, ExprKind::Paren(_)) => {}
            list if list.is_list() => output.extend(list.items()),
            other => output.push(other),
        }
    }

    fn redirect(&mut self, redirection: &Redirection, output: &mut Vec<Value>) -> Eval<()> {
        let to = self.expr(&redirection.to)?;
        if matches!(to, Value::Null) {
            output.clear();
            return Ok(());
        }
        let content = lines(output);
        let path = to.to_text();
        self.effect(Action::Write { path, content });
        output.clear();
        Ok(())
    }
}

/// The values as lines of text, if all are known.
pub(in super::super) fn lines(values: &[Value]) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    for value in values {
        content.extend_from_slice(value.exact()?.as_bytes());
        content.extend_from_slice(b"\r\n");
    }
    Some(content)
}

/// Whether an expression that stands alone puts nothing out: `$i++`, `[void]$list.Add(1)`.
fn is_silent(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Postfix(_, suffixes) => {
            matches!(
                suffixes.last().map(|last| &last.kind),
                Some(SuffixKind::Increment(_))
            )
        }
        ExprKind::Cast(name, _) => name.eq_ignore_ascii_case("void"),
        ExprKind::Unary(operator, _) => matches!(operator, UnaryOp::Increment | UnaryOp::Decrement),
        _ => false,
    }
}
