//! Rewrites a layer with its constant expressions computed, so that a reader sees what it says.
//!
//! Only what is exact is rewritten: an expression of literals, operators and methods whose result no machine,
//! time or variable changes. Its value takes its place as a literal; all else stays byte for byte.

use super::ast::{
    Argument, BinaryOp, Block, Comparison, Element, Expr, ExprKind, Piece, Place, Statement, StatementKind,
    Suffix, SuffixKind, UnaryOp,
};
use super::convert::type_name;
use super::engine::Engine;
use super::known;
use super::value::Value;

/// Methods of strings that depend on nothing but their arguments.
const METHODS: &[&str] = &[
    "replace",
    "substring",
    "tolower",
    "toupper",
    "trim",
    "trimstart",
    "trimend",
    "split",
    "insert",
    "remove",
    "padleft",
    "padright",
    "tochararray",
    "tostring",
    "join",
    "concat",
    "format",
    "convertfromutf32",
    "toint32",
    "tochar",
    "tobyte",
    "toint16",
    "indexof",
];

/// Types whose static methods of these names are of that kind.
const TYPES: &[&str] = &["string", "char", "convert", "int32", "byte"];

/// Types a cast to which is computed.
const CASTS: &[&str] = &["string", "char", "int32", "byte", "char[]", "string[]", "int64"];

impl Engine<'_, '_> {
    /// Returns the text with its constant expressions computed; `None` where the budget ends before.
    pub(super) fn rewritten(&mut self, block: &Block, source: &str) -> Option<String> {
        let mut edits = Vec::new();
        self.block_edits(block, source, &mut edits);
        if edits.is_empty() {
            return None;
        }
        edits.sort_by_key(|(place, _)| *place);
        let mut text = String::new();
        let mut from = 0;
        for (place, literal) in edits {
            if place.start < from {
                continue;
            }
            text.push_str(source.get(from..place.start)?);
            text.push_str(&literal);
            from = place.end;
        }
        text.push_str(source.get(from..)?);
        Some(text)
    }

    fn block_edits(&mut self, block: &Block, source: &str, edits: &mut Vec<(Place, String)>) {
        for param in &block.params {
            if let Some(default) = &param.default {
                self.edits(default, source, edits);
            }
        }
        for statement in block.begin.iter().chain(&block.process).chain(&block.statements) {
            self.statement_edits(statement, source, edits);
        }
    }

    fn statement_edits(&mut self, statement: &Statement, source: &str, edits: &mut Vec<(Place, String)>) {
        if self.budget.step().is_err() {
            return;
        }
        match &statement.kind {
            StatementKind::Pipeline(elements) => {
                for element in elements {
                    self.element_edits(element, source, edits);
                }
            }
            StatementKind::Assign { target, value, .. } => {
                self.edits(target, source, edits);
                self.statement_edits(value, source, edits);
            }
            StatementKind::Function(function) => self.block_edits(&function.body, source, edits),
            StatementKind::If { arms, otherwise } => {
                for (condition, body) in arms {
                    self.statement_edits(condition, source, edits);
                    self.block_edits(body, source, edits);
                }
                otherwise
                    .iter()
                    .for_each(|body| self.block_edits(body, source, edits));
            }
            StatementKind::Switch(switch) => {
                self.statement_edits(&switch.over, source, edits);
                for (_, body) in &switch.arms {
                    self.block_edits(body, source, edits);
                }
                switch
                    .otherwise
                    .iter()
                    .for_each(|body| self.block_edits(body, source, edits));
            }
            StatementKind::While { condition, body } | StatementKind::Do { body, condition, .. } => {
                self.statement_edits(condition, source, edits);
                self.block_edits(body, source, edits);
            }
            StatementKind::For(lap) => {
                for part in [&lap.first, &lap.condition, &lap.step].into_iter().flatten() {
                    self.statement_edits(part, source, edits);
                }
                self.block_edits(&lap.body, source, edits);
            }
            StatementKind::Foreach { over, body, .. } => {
                self.statement_edits(over, source, edits);
                self.block_edits(body, source, edits);
            }
            StatementKind::Try {
                body,
                catches,
                finally,
            } => {
                self.block_edits(body, source, edits);
                catches
                    .iter()
                    .for_each(|body| self.block_edits(body, source, edits));
                finally
                    .iter()
                    .for_each(|body| self.block_edits(body, source, edits));
            }
            StatementKind::Trap(body) => self.block_edits(body, source, edits),
            StatementKind::Return(value) | StatementKind::Throw(value) => {
                value
                    .iter()
                    .for_each(|value| self.statement_edits(value, source, edits));
            }
            StatementKind::Class(class) => {
                let values = class
                    .properties
                    .iter()
                    .filter_map(|property| property.value.as_ref());
                values.for_each(|value| self.statement_edits(value, source, edits));
                let bodies = class.methods.iter().map(|method| &method.body);
                bodies.for_each(|body| self.block_edits(body, source, edits));
            }
            StatementKind::Data { body, .. } => self.block_edits(body, source, edits),
            StatementKind::Exit
            | StatementKind::Break
            | StatementKind::Continue
            | StatementKind::Enum(_)
            | StatementKind::Using(_)
            | StatementKind::Text => {}
        }
    }

    fn element_edits(&mut self, element: &Element, source: &str, edits: &mut Vec<(Place, String)>) {
        let command = match element {
            Element::Expression(expr, _) => return self.edits(expr, source, edits),
            Element::Command(command) => command,
        };
        word_edit(&command.name, source, edits);
        self.edits(&command.name, source, edits);
        for argument in &command.arguments {
            match argument {
                Argument::Value(expr)
                | Argument::Parameter {
                    value: Some(expr), ..
                } => self.edits(expr, source, edits),
                Argument::Parameter { value: None, .. } | Argument::Splat(_) => {}
            }
        }
    }

    /// Rewrites the expression if it is constant, or else its parts.
    fn edits(&mut self, expr: &Expr, source: &str, edits: &mut Vec<(Place, String)>) {
        if self.budget.step().is_err() {
            return;
        }
        if is_computed(expr)
            && self.is_constant(expr)
            && let Some(literal) = self.expr(expr).ok().as_ref().and_then(literal)
        {
            edits.push((expr.place, literal));
            return;
        }
        match &expr.kind {
            ExprKind::Literal(_) | ExprKind::Written(..) | ExprKind::Variable(_) | ExprKind::Type(_) => {}
            ExprKind::Expandable(_) => {}
            ExprKind::Ternary(parts) => parts.iter().for_each(|part| self.edits(part, source, edits)),
            ExprKind::Array(items) => items.iter().for_each(|item| self.edits(item, source, edits)),
            ExprKind::ArrayOf(block) | ExprKind::SubExpression(block) => {
                self.block_edits(block, source, edits)
            }
            ExprKind::ScriptBlock(block) => self.block_edits(block, source, edits),
            ExprKind::Paren(statement) => self.statement_edits(statement, source, edits),
            ExprKind::Hash(entries) => entries
                .iter()
                .for_each(|(_, value)| self.statement_edits(value, source, edits)),
            ExprKind::Cast(_, inner) | ExprKind::Unary(_, inner) => self.edits(inner, source, edits),
            ExprKind::Chain(first, links) => self.chain_edits(first, links, source, edits),
            ExprKind::Postfix(base, suffixes) => self.suffix_edits(base, suffixes, source, edits),
        }
    }

    /// A chain is computed from its start as far as it is constant.
    fn chain_edits(
        &mut self,
        first: &Expr,
        links: &[(BinaryOp, Expr)],
        source: &str,
        edits: &mut Vec<(Place, String)>,
    ) {
        self.edits(first, source, edits);
        links
            .iter()
            .for_each(|(_, operand)| self.edits(operand, source, edits));
    }

    fn suffix_edits(
        &mut self,
        base: &Expr,
        suffixes: &[Suffix],
        source: &str,
        edits: &mut Vec<(Place, String)>,
    ) {
        self.edits(base, source, edits);
        for suffix in suffixes {
            match &suffix.kind {
                SuffixKind::Index(index) => self.edits(index, source, edits),
                SuffixKind::Member { name, .. } => self.edits(name, source, edits),
                SuffixKind::Invoke { name, arguments, .. } => {
                    self.edits(name, source, edits);
                    arguments
                        .iter()
                        .for_each(|argument| self.edits(argument, source, edits));
                }
                SuffixKind::Increment(_) => {}
            }
        }
    }

    /// Whether the expression's value depends on nothing outside it.
    fn is_constant(&mut self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Literal(_) | ExprKind::Written(..) => true,
            ExprKind::Expandable(pieces) => pieces.iter().all(|piece| match piece {
                Piece::Text(_) => true,
                Piece::Expr(expr) => self.is_constant(expr),
            }),
            ExprKind::Ternary(_) => false,
            ExprKind::Variable(name) => self.is_fixed(name),
            ExprKind::Array(items) => items.iter().all(|item| self.is_constant(item)),
            ExprKind::ArrayOf(block) | ExprKind::SubExpression(block) => match block.statements.as_slice() {
                [only] => self.is_constant_statement(only),
                _ => false,
            },
            ExprKind::Paren(statement) => self.is_constant_statement(statement),
            ExprKind::Cast(name, inner) => {
                CASTS.contains(&type_name(name).as_str()) && self.is_constant(inner)
            }
            ExprKind::Unary(operator, inner) => {
                !matches!(operator, UnaryOp::Increment | UnaryOp::Decrement) && self.is_constant(inner)
            }
            ExprKind::Chain(first, links) => {
                self.is_constant(first)
                    && links
                        .iter()
                        .all(|(operator, operand)| !remembers(*operator) && self.is_constant(operand))
            }
            ExprKind::Postfix(base, suffixes) => self.is_constant_postfix(base, suffixes),
            ExprKind::Hash(_) | ExprKind::ScriptBlock(_) | ExprKind::Type(_) => false,
        }
    }

    fn is_constant_statement(&mut self, statement: &Statement) -> bool {
        match &statement.kind {
            StatementKind::Pipeline(elements) => match elements.as_slice() {
                [Element::Expression(expr, redirections)] => {
                    redirections.is_empty() && self.is_constant(expr)
                }
                _ => false,
            },
            _ => false,
        }
    }

    fn is_constant_postfix(&mut self, base: &Expr, suffixes: &[Suffix]) -> bool {
        let typed = matches!(&base.kind, ExprKind::Type(name) if TYPES.contains(&type_name(name).as_str()));
        if !typed && !self.is_constant(base) {
            return false;
        }
        suffixes.iter().all(|suffix| match &suffix.kind {
            SuffixKind::Index(index) => self.is_constant(index),
            SuffixKind::Member { name, fixed } => !fixed && known_name(name, &["length", "count"]),
            SuffixKind::Invoke {
                name,
                fixed,
                arguments,
            } => {
                *fixed == typed
                    && known_name(name, METHODS)
                    && arguments.iter().all(|argument| self.is_constant(argument))
            }
            SuffixKind::Increment(_) => false,
        })
    }

    /// Whether a variable is the same on every default installation, and the script never set it.
    fn is_fixed(&mut self, name: &str) -> bool {
        let lower = name.to_lowercase();
        let fixed = match lower.strip_prefix("env:") {
            Some(name) => known::environment(name),
            None => known::automatic(&lower).filter(|value| matches!(value, Value::Str(_))),
        };
        match (fixed, self.variable(name)) {
            (Some(fixed), Some(now)) => fixed.exact() == now.exact() && now.is_known(),
            _ => false,
        }
    }
}

/// Whether there is anything to compute.
fn is_computed(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Chain(..)
        | ExprKind::Postfix(..)
        | ExprKind::Unary(..)
        | ExprKind::Expandable(_)
        | ExprKind::Cast(..) => true,
        ExprKind::Paren(statement) => match &statement.kind {
            StatementKind::Pipeline(elements) => match elements.as_slice() {
                [Element::Expression(inner, _)] => {
                    is_computed(inner) || matches!(inner.kind, ExprKind::Literal(Value::Str(_)))
                }
                _ => false,
            },
            _ => false,
        },
        ExprKind::SubExpression(block) => block.statements.len() == 1,
        _ => false,
    }
}

/// Whether an operator leaves more than its value behind.
fn remembers(operator: BinaryOp) -> bool {
    matches!(
        operator,
        BinaryOp::Compare(Comparison::Match | Comparison::NotMatch, _)
            | BinaryOp::Is
            | BinaryOp::IsNot
            | BinaryOp::As
    )
}

fn known_name(name: &Expr, names: &[&str]) -> bool {
    match &name.kind {
        ExprKind::Literal(value) => value
            .as_str()
            .is_some_and(|name| names.contains(&name.to_lowercase().as_str())),
        _ => false,
    }
}

/// A bare command name without its backticks and inner quotes.
fn word_edit(name: &Expr, source: &str, edits: &mut Vec<(Place, String)>) {
    let written = name.place.of(source);
    let ExprKind::Literal(Value::Str(word)) = &name.kind else {
        return;
    };
    let plain = word
        .as_str()
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    let bare = written.starts_with(|c: char| c.is_ascii_alphabetic() || c == '`');
    if plain && bare && written != word.as_str() && !word.as_str().is_empty() {
        edits.push((name.place, word.as_str().to_owned()));
    }
}

/// The literal that stands for a value, for strings and ints.
fn literal(value: &Value) -> Option<String> {
    match value {
        Value::Str(text) if !text.as_str().contains('\0') => {
            let mut literal = String::from("'");
            for c in text.as_str().chars() {
                if super::scanner::is_single_quote(c) {
                    literal.push(c);
                }
                literal.push(c);
            }
            literal.push('\'');
            Some(literal)
        }
        Value::Int(super::value::IntKind::Int32, n) if *n >= 0 => Some(n.to_string()),
        _ => None,
    }
}
