//! A walk over the whole tree of a text, with what each node stands in.
//!
//! It reads the tree as it is written; nothing is evaluated.

use super::ast::{
    Argument, Block, Class, Command, Element, Expr, ExprKind, Piece, Statement, StatementKind, SuffixKind,
};
use super::names::alias;
use super::value::Value;

/// What a node stands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// Inside the body of a loop, a pipeline's `ForEach-Object` among them.
    pub(super) looped: bool,
    /// The function, counted from 1 in the order of the text; 0 is the script itself.
    pub(super) function: usize,
}

/// What is told of each node, parents first.
pub(super) trait Visitor {
    /// A function of this name begins; its number is one more than the last one's.
    fn function(&mut self, _name: &str) {}
    /// A parameter of a function, a script block or the script.
    fn parameter(&mut self, _name: &str, _at: Standing) {}
    /// A statement.
    fn statement(&mut self, _statement: &Statement, _at: Standing) {}
    /// A command of a pipeline.
    fn command(&mut self, _command: &Command, _at: Standing) {}
    /// An expression.
    fn expression(&mut self, _expression: &Expr, _at: Standing) {}
}

/// Walks a block and all below it.
pub(super) fn walk(block: &Block, visitor: &mut impl Visitor) {
    let mut functions = 0;
    Walk {
        visitor,
        functions: &mut functions,
    }
    .block(block, Standing::default());
}

/// Walks an expression and all below it.
pub(super) fn walk_expression(expression: &Expr, visitor: &mut impl Visitor) {
    let mut functions = 0;
    Walk {
        visitor,
        functions: &mut functions,
    }
    .expression(expression, Standing::default());
}

/// Returns a command's full name in lower case, where it is written out.
pub(super) fn command_name(command: &Command) -> Option<String> {
    let written = match &command.name.kind {
        ExprKind::Literal(Value::Str(text)) => text.as_str(),
        ExprKind::Written(_, text) => text.as_str(),
        _ => return None,
    };
    Some(alias(written).unwrap_or(written).to_ascii_lowercase())
}

struct Walk<'a, V> {
    visitor: &'a mut V,
    functions: &'a mut usize,
}

impl<V: Visitor> Walk<'_, V> {
    fn block(&mut self, block: &Block, at: Standing) {
        for param in &block.params {
            self.visitor.parameter(&param.name, at);
            param.default.iter().for_each(|expr| self.expression(expr, at));
        }
        for statement in block.begin.iter().chain(&block.process).chain(&block.statements) {
            self.statement(statement, at);
        }
    }

    fn statement(&mut self, statement: &Statement, at: Standing) {
        self.visitor.statement(statement, at);
        let inside = Standing { looped: true, ..at };
        match &statement.kind {
            StatementKind::Pipeline(elements) => elements.iter().for_each(|one| self.element(one, at)),
            StatementKind::Assign { target, value, .. } => {
                self.expression(target, at);
                self.statement(value, at);
            }
            StatementKind::Function(function) => {
                *self.functions += 1;
                let within = Standing {
                    looped: false,
                    function: *self.functions,
                };
                self.visitor.function(&function.name);
                self.block(&function.body, within);
            }
            StatementKind::If { arms, otherwise } => {
                for (condition, body) in arms {
                    self.statement(condition, at);
                    self.block(body, at);
                }
                otherwise.iter().for_each(|body| self.block(body, at));
            }
            StatementKind::Switch(switch) => {
                self.statement(&switch.over, at);
                for (case, body) in &switch.arms {
                    self.expression(case, at);
                    self.block(body, at);
                }
                switch.otherwise.iter().for_each(|body| self.block(body, at));
            }
            StatementKind::While { condition, body } | StatementKind::Do { body, condition, .. } => {
                self.statement(condition, inside);
                self.block(body, inside);
            }
            StatementKind::For(lap) => {
                lap.first.iter().for_each(|part| self.statement(part, at));
                let each = lap.condition.iter().chain(&lap.step);
                each.for_each(|part| self.statement(part, inside));
                self.block(&lap.body, inside);
            }
            StatementKind::Foreach { over, body, .. } => {
                self.statement(over, at);
                self.block(body, inside);
            }
            StatementKind::Try {
                body,
                catches,
                finally,
            } => {
                self.block(body, at);
                catches
                    .iter()
                    .chain(finally.as_deref())
                    .for_each(|body| self.block(body, at));
            }
            StatementKind::Trap(body) => self.block(body, at),
            StatementKind::Return(value) | StatementKind::Throw(value) => {
                value.iter().for_each(|value| self.statement(value, at));
            }
            StatementKind::Class(class) => self.class(class, at),
            StatementKind::Enum(values) => {
                let given = values.values.iter().filter_map(|(_, value)| value.as_ref());
                given.for_each(|value| self.expression(value, at));
            }
            StatementKind::Data { body, .. } => self.block(body, at),
            StatementKind::Exit
            | StatementKind::Break
            | StatementKind::Continue
            | StatementKind::Using(_)
            | StatementKind::Text => {}
        }
    }

    /// The methods of a class are functions.
    fn class(&mut self, class: &Class, at: Standing) {
        let values = class
            .properties
            .iter()
            .filter_map(|property| property.value.as_ref());
        values.for_each(|value| self.statement(value, at));
        for method in &class.methods {
            *self.functions += 1;
            let within = Standing {
                looped: false,
                function: *self.functions,
            };
            self.visitor.function(&method.name);
            let base = method.base.iter().flatten();
            base.for_each(|argument| self.expression(argument, within));
            self.block(&method.body, within);
        }
    }

    fn element(&mut self, element: &Element, at: Standing) {
        let (redirections, command) = match element {
            Element::Expression(expression, redirections) => {
                self.expression(expression, at);
                (redirections, None)
            }
            Element::Command(command) => (&command.redirections, Some(command)),
        };
        redirections.iter().for_each(|one| self.expression(&one.to, at));
        let Some(command) = command else { return };
        self.visitor.command(command, at);
        self.expression(&command.name, at);
        let repeats = command_name(command).is_some_and(|name| name == "foreach-object");
        let within = Standing {
            looped: at.looped || repeats,
            ..at
        };
        for argument in &command.arguments {
            match argument {
                Argument::Value(value) => self.expression(value, within),
                Argument::Parameter { value, .. } => {
                    value.iter().for_each(|value| self.expression(value, within));
                }
                Argument::Splat(_) => {}
            }
        }
    }

    fn expression(&mut self, expression: &Expr, at: Standing) {
        self.visitor.expression(expression, at);
        match &expression.kind {
            ExprKind::Literal(_) | ExprKind::Written(..) | ExprKind::Variable(_) | ExprKind::Type(_) => {}
            ExprKind::Expandable(pieces) => {
                for piece in pieces {
                    if let Piece::Expr(inner) = piece {
                        self.expression(inner, at);
                    }
                }
            }
            ExprKind::Ternary(parts) => parts.iter().for_each(|part| self.expression(part, at)),
            ExprKind::Array(items) => items.iter().for_each(|item| self.expression(item, at)),
            ExprKind::ArrayOf(block) | ExprKind::SubExpression(block) => self.block(block, at),
            ExprKind::ScriptBlock(block) => self.block(block, at),
            ExprKind::Paren(statement) => self.statement(statement, at),
            ExprKind::Hash(pairs) => {
                for (key, value) in pairs {
                    self.expression(key, at);
                    self.statement(value, at);
                }
            }
            ExprKind::Cast(_, inner) | ExprKind::Unary(_, inner) => self.expression(inner, at),
            ExprKind::Chain(first, rest) => {
                self.expression(first, at);
                rest.iter().for_each(|(_, operand)| self.expression(operand, at));
            }
            ExprKind::Postfix(base, suffixes) => {
                self.expression(base, at);
                suffixes.iter().for_each(|suffix| self.suffix(&suffix.kind, at));
            }
        }
    }

    fn suffix(&mut self, suffix: &SuffixKind, at: Standing) {
        match suffix {
            SuffixKind::Index(index) => self.expression(index, at),
            SuffixKind::Member { name, .. } => self.expression(name, at),
            SuffixKind::Invoke { name, arguments, .. } => {
                self.expression(name, at);
                let looped =
                    at.looped || matches!(literal(name), Some(name) if name.eq_ignore_ascii_case("foreach"));
                let within = Standing { looped, ..at };
                arguments
                    .iter()
                    .for_each(|argument| self.expression(argument, within));
            }
            SuffixKind::Increment(_) => {}
        }
    }
}

/// Returns the text of a literal string.
pub(super) fn literal(expression: &Expr) -> Option<&str> {
    match &expression.kind {
        ExprKind::Literal(Value::Str(text)) => Some(text.as_str()),
        _ => None,
    }
}
