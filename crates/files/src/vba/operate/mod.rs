//! The operators (MS-VBAL 5.6.9): what they give for each pair of types.

mod arithmetic;
mod bits;
mod compare;
mod join;
mod like;

use super::fault::Eval;
use super::value::Value;
pub(super) use arithmetic::{negate, plus};
pub(super) use bits::not;
pub(super) use compare::strings;
pub(super) use join::concat;

/// An operator between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Power,
    Multiply,
    Divide,
    WholeDivide,
    Modulo,
    Add,
    Subtract,
    Concat,
    Equal,
    NotEqual,
    Less,
    Greater,
    LessEqual,
    GreaterEqual,
    Like,
    Is,
    And,
    Or,
    Xor,
    Eqv,
    Imp,
}

impl Operator {
    /// Whether it compares.
    pub(super) fn compares(self) -> bool {
        matches!(
            self,
            Operator::Equal
                | Operator::NotEqual
                | Operator::Less
                | Operator::Greater
                | Operator::LessEqual
                | Operator::GreaterEqual
        )
    }
}

/// How an operation reads its operands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mode {
    /// A result that leaves its type goes on in the next wider one: an operand is declared Variant.
    pub wide: bool,
    /// Strings compare without case (`Option Compare Text`).
    pub text_compare: bool,
    /// Both operands are declared Variant: a number is less than any string.
    pub variants: bool,
}

/// Returns what the operator gives; `None` where that is unknown.
pub(super) fn binary(operator: Operator, left: &Value, right: &Value, mode: Mode) -> Eval<Option<Value>> {
    let null = |value: &Value| matches!(value, Value::Null);
    if (null(left) || null(right)) && !matches!(operator, Operator::Concat | Operator::Is) {
        return Ok(with_null(operator, left, right));
    }
    match operator {
        Operator::Concat => concat(left, right).map(Some),
        Operator::Add => arithmetic::add(left, right, mode),
        Operator::Subtract | Operator::Multiply | Operator::Divide => {
            arithmetic::arithmetic(operator, left, right, mode)
        }
        Operator::Power => arithmetic::power(left, right),
        Operator::WholeDivide | Operator::Modulo => arithmetic::whole(operator, left, right),
        Operator::And | Operator::Or | Operator::Xor | Operator::Eqv | Operator::Imp => {
            bits::bits(operator, left, right)
        }
        Operator::Like => like::like(left, right, mode.text_compare),
        Operator::Is => Ok(compare::is(left, right)),
        Operator::Equal
        | Operator::NotEqual
        | Operator::Less
        | Operator::Greater
        | Operator::LessEqual
        | Operator::GreaterEqual => compare::compare(operator, left, right, mode),
    }
}

/// Null makes everything Null, but for what the other side of a logical operator settles alone (MS-VBAL 5.6.9.8).
fn with_null(operator: Operator, left: &Value, right: &Value) -> Option<Value> {
    let other = if matches!(left, Value::Null) { right } else { left };
    let settled = match (operator, other) {
        (Operator::And, Value::Bool(false)) | (Operator::Or, Value::Bool(true)) => true,
        (Operator::Imp, Value::Bool(yes)) => {
            // False before, or True behind it.
            return Some(match (*yes, matches!(right, Value::Null)) {
                (false, true) | (true, false) => Value::Bool(true),
                _ => Value::Null,
            });
        }
        (_, Value::Unknown(_) | Value::Mixed(_)) => return None,
        _ => false,
    };
    Some(if settled { other.clone() } else { Value::Null })
}
