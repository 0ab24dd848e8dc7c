//! What one statement or expression has in it: digits, chance, questions to a user, URLs.

use super::super::ast::{Argument, Command, Element, Expr, ExprKind, Statement, StatementKind, SuffixKind};
use super::super::constant::{Constants, bare, sole};
use super::super::visit::{Standing, Visitor, command_name, literal, walk_expression};
use std::collections::BTreeSet;

/// What one statement or expression has in it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    pub(super) digits: bool,
    /// Something random is made here.
    pub(super) random: bool,
    /// A variable is used that holds something random.
    pub(super) random_used: bool,
    pub(super) asks: bool,
    pub(super) urls: usize,
    pub(super) commands: usize,
}

/// The walk over it.
pub(super) struct Within<'a> {
    pub(super) constants: &'a Constants,
    pub(super) holders: &'a BTreeSet<String>,
    pub(super) seen: Seen,
}

impl Visitor for Within<'_> {
    fn command(&mut self, command: &Command, _: Standing) {
        self.seen.commands += 1;
        match command_name(command).as_deref() {
            Some("get-random") => self.seen.random = true,
            Some("read-host" | "get-credential" | "out-gridview") => self.seen.asks = true,
            _ => {}
        }
    }

    fn expression(&mut self, expression: &Expr, _: Standing) {
        self.seen.digits |= self.constants.is_digits(expression);
        match &expression.kind {
            ExprKind::Variable(name) => {
                let name = bare(name);
                self.seen.random_used |= self.holders.contains(&name);
                self.seen.asks |= name == "args";
            }
            ExprKind::Postfix(_, suffixes) => {
                self.seen.random |= suffixes.iter().any(|suffix| match &suffix.kind {
                    SuffixKind::Invoke { name, .. } => {
                        let name = literal(name).unwrap_or_default().to_ascii_lowercase();
                        matches!(name.as_str(), "next" | "newguid" | "nextbytes")
                    }
                    _ => false,
                });
            }
            ExprKind::Literal(_) | ExprKind::Expandable(_) => {
                let text = self.constants.text(expression).unwrap_or_default();
                let lower = text.get(..8).unwrap_or(&text).to_ascii_lowercase();
                self.seen.urls += usize::from(lower.starts_with("http://") || lower.starts_with("https://"));
            }
            _ => {}
        }
    }
}

pub(super) fn walk_statement(statement: &Statement, visitor: &mut impl Visitor) {
    if let Some(expression) = sole(statement) {
        walk_expression(expression, visitor);
        return;
    }
    if let StatementKind::Pipeline(elements) = &statement.kind {
        for element in elements {
            match element {
                Element::Expression(expression, _) => walk_expression(expression, visitor),
                Element::Command(command) => walk_command(command, visitor),
            }
        }
    }
}

pub(super) fn walk_command(command: &Command, visitor: &mut impl Visitor) {
    visitor.command(command, Standing::default());
    for argument in &command.arguments {
        match argument {
            Argument::Value(value)
            | Argument::Parameter {
                value: Some(value), ..
            } => {
                walk_expression(value, visitor);
            }
            _ => {}
        }
    }
}
