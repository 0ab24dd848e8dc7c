//! What an expression is by its text alone: whole numbers, strings, the ten digits; variables that are set once.

use super::ast::{BinaryOp, Block, Element, Expr, ExprKind, Piece, Statement, StatementKind, UnaryOp};
use super::value::Value;
use super::visit::{Standing, Visitor, walk};
use std::collections::{BTreeMap, BTreeSet};

/// Levels of parentheses, casts and variables that are looked through.
const DEPTH: u32 = 24;

/// Stands in a text for what is not known.
pub(super) const UNKNOWN: char = '\u{fffc}';

/// The variables that a text sets once, to something that is known by the text alone.
#[derive(Debug, Default)]
pub(super) struct Constants {
    numbers: BTreeMap<String, i64>,
    texts: BTreeMap<String, String>,
    digits: BTreeSet<String>,
}

/// Gathers what is assigned, and how often.
#[derive(Default)]
struct Assigned<'c> {
    times: BTreeMap<String, usize>,
    known: Constants,
    so_far: Option<&'c Constants>,
}

impl Visitor for Assigned<'_> {
    fn statement(&mut self, statement: &Statement, _: Standing) {
        let StatementKind::Assign {
            target,
            operator,
            value,
        } = &statement.kind
        else {
            return;
        };
        let Some(name) = variable(target) else { return };
        *self.times.entry(name.clone()).or_default() += 1;
        let (None, Some(value)) = (operator, sole(value)) else {
            return;
        };
        let none = Constants::default();
        let so_far = self.so_far.unwrap_or(&none);
        if let Some(number) = so_far.number(value) {
            self.known.numbers.insert(name, number);
        } else if so_far.is_digits(value) {
            self.known.digits.insert(name);
        } else if let Some(text) = so_far.text(value) {
            self.known.texts.insert(name, text);
        }
    }

    fn expression(&mut self, expression: &Expr, _: Standing) {
        if let ExprKind::Unary(UnaryOp::Increment | UnaryOp::Decrement, inner) = &expression.kind {
            variable(inner)
                .into_iter()
                .for_each(|name| *self.times.entry(name).or_default() += 1);
        }
    }
}

impl Constants {
    /// Returns the constants of a text.
    pub(super) fn of(block: &Block) -> Self {
        // A second look sees what is put together from the first one's.
        let first = Constants::gathered(block, None);
        Constants::gathered(block, Some(&first))
    }

    fn gathered(block: &Block, so_far: Option<&Constants>) -> Self {
        let mut assigned = Assigned {
            so_far,
            ..Assigned::default()
        };
        walk(block, &mut assigned);
        let (times, mut known) = (assigned.times, assigned.known);
        let once = |name: &String| times.get(name) == Some(&1);
        known.numbers.retain(|name, _| once(name));
        known.texts.retain(|name, _| once(name));
        known.digits.retain(once);
        known
    }

    /// Returns the whole number that an expression always is.
    pub(super) fn number(&self, expression: &Expr) -> Option<i64> {
        self.number_within(expression, DEPTH)
    }

    fn number_within(&self, expression: &Expr, depth: u32) -> Option<i64> {
        let depth = depth.checked_sub(1)?;
        match &expression.kind {
            ExprKind::Literal(value) | ExprKind::Written(value, _) => match value {
                Value::Int(_, number) => Some(*number),
                Value::Char(unit) => Some(i64::from(*unit)),
                Value::Str(text) => text.as_str().trim().parse().ok(),
                _ => None,
            },
            ExprKind::Variable(name) => self.numbers.get(&bare(name)).copied(),
            ExprKind::Cast(_, inner) => self.number_within(inner, depth),
            ExprKind::Paren(statement) => self.number_within(sole(statement)?, depth),
            ExprKind::Unary(UnaryOp::Minus, inner) => self.number_within(inner, depth)?.checked_neg(),
            ExprKind::Unary(UnaryOp::Plus, inner) => self.number_within(inner, depth),
            ExprKind::Chain(first, rest) => {
                let first = self.number_within(first, depth)?;
                rest.iter().try_fold(first, |left, (operator, right)| {
                    let right = self.number_within(right, depth)?;
                    match operator {
                        BinaryOp::Add => left.checked_add(right),
                        BinaryOp::Subtract => left.checked_sub(right),
                        BinaryOp::Multiply => left.checked_mul(right),
                        BinaryOp::BitXor => Some(left ^ right),
                        BinaryOp::BitOr => Some(left | right),
                        BinaryOp::BitAnd => Some(left & right),
                        _ => None,
                    }
                })
            }
            _ => None,
        }
    }

    /// Returns the string that an expression is; what of it is not known stands as [`UNKNOWN`].
    pub(super) fn text(&self, expression: &Expr) -> Option<String> {
        self.text_within(expression, DEPTH)
    }

    fn text_within(&self, expression: &Expr, depth: u32) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        match &expression.kind {
            ExprKind::Literal(Value::Str(text)) => Some(text.as_str().to_owned()),
            ExprKind::Written(_, text) => Some(text.clone()),
            ExprKind::Variable(name) => self.texts.get(&bare(name)).cloned(),
            ExprKind::Cast(_, inner) => self.text_within(inner, depth),
            ExprKind::Paren(statement) => self.text_within(sole(statement)?, depth),
            ExprKind::Expandable(pieces) => {
                let piece = |piece: &Piece| match piece {
                    Piece::Text(text) => text.clone(),
                    Piece::Expr(inner) => self
                        .text_within(inner, depth)
                        .unwrap_or_else(|| UNKNOWN.to_string()),
                };
                Some(pieces.iter().map(piece).collect())
            }
            ExprKind::Chain(first, rest) if rest.iter().all(|(op, _)| *op == BinaryOp::Add) => {
                let mut parts = std::iter::once(first.as_ref())
                    .chain(rest.iter().map(|(_, operand)| operand))
                    .map(|operand| self.text_within(operand, depth));
                // One known part at least, else it may as well be a sum.
                let parts: Vec<Option<String>> = parts.by_ref().collect();
                parts.iter().any(Option::is_some).then(|| {
                    parts
                        .into_iter()
                        .map(|part| part.unwrap_or_else(|| UNKNOWN.to_string()))
                        .collect()
                })
            }
            _ => None,
        }
    }

    /// Returns whether an expression is the ten digits and nothing else: as a range, a list, or a string.
    pub(super) fn is_digits(&self, expression: &Expr) -> bool {
        self.digits_within(expression, DEPTH).is_some()
    }

    fn digits_within(&self, expression: &Expr, depth: u32) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        let all = |mut numbers: Vec<i64>| {
            numbers.sort_unstable();
            let from = *numbers.first()?;
            let whole = numbers.iter().zip(from..).all(|(a, b)| *a == b);
            (whole && numbers.len() == 10 && (from == 0 || from == i64::from(b'0'))).then_some(())
        };
        match &expression.kind {
            ExprKind::Variable(name) => self.digits.contains(&bare(name)).then_some(()),
            ExprKind::Cast(_, inner) | ExprKind::Unary(UnaryOp::Comma | UnaryOp::Join, inner) => {
                self.digits_within(inner, depth)
            }
            ExprKind::Paren(statement) => self.digits_within(sole(statement)?, depth),
            ExprKind::ArrayOf(block) | ExprKind::SubExpression(block) => match block.statements.as_slice() {
                [one] => self.digits_within(sole(one)?, depth),
                _ => None,
            },
            ExprKind::Array(items) => all(items
                .iter()
                .map(|item| self.number(item))
                .collect::<Option<_>>()?),
            ExprKind::Literal(Value::Str(text)) => {
                let text = text.as_str();
                (text.len() == 10).then(|| all(text.bytes().map(i64::from).collect()))?
            }
            ExprKind::Chain(first, rest) => match rest.as_slice() {
                [(BinaryOp::Range, last)] => {
                    let (from, to) = (self.number(first)?, self.number(last)?);
                    let (from, to) = (from.min(to), from.max(to));
                    (to.checked_sub(from)? == 9).then(|| all((from..=to).collect()))?
                }
                _ => None,
            },
            // `'0123456789'.ToCharArray()`: what a method makes of the digits are the digits.
            ExprKind::Postfix(base, suffixes) if suffixes.len() == 1 => self.digits_within(base, depth),
            _ => None,
        }
    }
}

/// Returns the name of a variable in lower case, without its scope.
pub(super) fn variable(expression: &Expr) -> Option<String> {
    match &expression.kind {
        ExprKind::Variable(name) => Some(bare(name)),
        ExprKind::Cast(_, inner) => variable(inner),
        _ => None,
    }
}

/// Returns a variable's name in lower case, without its scope.
pub(super) fn bare(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    match lower.split_once(':') {
        Some(("script" | "global" | "local" | "private" | "variable", rest)) => rest.to_owned(),
        _ => lower,
    }
}

/// Returns the expression that a statement is, if it is one and nothing else.
pub(super) fn sole(statement: &Statement) -> Option<&Expr> {
    match &statement.kind {
        StatementKind::Pipeline(elements) => match elements.as_slice() {
            [Element::Expression(expression, _)] => Some(expression),
            _ => None,
        },
        _ => None,
    }
}
