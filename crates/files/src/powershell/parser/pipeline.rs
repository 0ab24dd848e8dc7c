//! Pipelines and assignments.

use super::super::ast::{BinaryOp, Element, Expr, ExprKind, Redirection, StatementKind, SuffixKind};
use super::{Parse, Parser};

impl Parser<'_, '_, '_> {
    /// An assignment or a pipeline.
    pub(super) fn pipeline_statement(&mut self) -> Parse<StatementKind> {
        let first = self.element(true)?;
        if let Element::Expression(target, redirections) = first {
            self.scan.skip_blanks();
            if redirections.is_empty()
                && is_target(&target)
                && let Some(operator) = self.assignment_operator()
            {
                return self.assignment(target, operator);
            }
            return self.pipeline_from(Element::Expression(target, redirections));
        }
        self.pipeline_from(first)
    }

    fn assignment(&mut self, target: Expr, operator: Option<BinaryOp>) -> Parse<StatementKind> {
        self.scan.skip_lines();
        let value = Box::new(self.nested(Self::inner_statement)?);
        Ok(StatementKind::Assign {
            target,
            operator,
            value,
        })
    }

    fn assignment_operator(&mut self) -> Option<Option<BinaryOp>> {
        let table = [
            ("+=", Some(BinaryOp::Add)),
            ("-=", Some(BinaryOp::Subtract)),
            ("*=", Some(BinaryOp::Multiply)),
            ("/=", Some(BinaryOp::Divide)),
            ("%=", Some(BinaryOp::Remainder)),
            ("??=", Some(BinaryOp::Coalesce)),
            ("=", None),
        ];
        table
            .into_iter()
            .find_map(|(text, operator)| self.scan.eat(text).then_some(operator))
    }

    fn pipeline_from(&mut self, first: Element) -> Parse<StatementKind> {
        let mut elements = vec![first];
        loop {
            self.scan.skip_blanks();
            if !self.scan.rest().starts_with('|') || self.scan.rest().starts_with("||") {
                return Ok(StatementKind::Pipeline(elements));
            }
            self.scan.bump();
            self.scan.skip_lines();
            elements.push(self.element(false)?);
        }
    }

    fn element(&mut self, first: bool) -> Parse<Element> {
        let starts = first && self.starts_expression();
        if !starts {
            return self.command().map(Element::Command);
        }
        let expression = self.expression()?;
        let mut redirections: Vec<Redirection> = Vec::new();
        self.scan.skip_blanks();
        while let Some(redirection) = self.redirection()? {
            redirections.extend(redirection);
            self.scan.skip_blanks();
        }
        Ok(Element::Expression(expression, redirections))
    }
}

/// Whether the expression can be assigned to.
fn is_target(target: &Expr) -> bool {
    match &target.kind {
        ExprKind::Variable(_) => true,
        ExprKind::Cast(_, inner) => is_target(inner),
        ExprKind::Array(items) => items.iter().all(is_target),
        ExprKind::Postfix(_, suffixes) => matches!(
            suffixes.last().map(|suffix| &suffix.kind),
            Some(SuffixKind::Index(_) | SuffixKind::Member { .. })
        ),
        _ => false,
    }
}
