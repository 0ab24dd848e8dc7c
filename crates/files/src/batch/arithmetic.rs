//! `set /a`: 32-bit arithmetic over numbers and names.

use super::expand::{Found, Variables};

/// Brackets and signs inside each other.
const MOST_DEPTH: u32 = 32;

struct Reader<'t, 'v> {
    rest: &'t str,
    variables: &'v mut Variables,
    depth: u32,
}

/// Evaluates `n=(2+3)*4,m=n<<1`; returns the last value. What is not known or no expression is `None`, and a name that it
/// should have set is not known.
pub(super) fn evaluate(text: &str, variables: &mut Variables) -> Option<i32> {
    let mut last = None;
    for part in text.split(',') {
        last = assignment(part.trim(), variables);
    }
    last
}

fn assignment(text: &str, variables: &mut Variables) -> Option<i32> {
    let Some(at) = text.find('=') else {
        return value_of(text, variables);
    };
    let (left, right) = (text.get(..at)?, text.get(at + 1..)?);
    let name = left
        .trim_end_matches(['+', '-', '*', '/', '%', '&', '|', '^', '<', '>', ' '])
        .trim();
    let operator = left.get(name.len()..).unwrap_or_default().trim();
    let value = if operator.is_empty() {
        value_of(right, variables)
    } else {
        value_of(&format!("{name}{operator}({right})"), variables)
    };
    variables.set(name, value.map(|value| value.to_string()));
    value
}

fn value_of(text: &str, variables: &mut Variables) -> Option<i32> {
    let mut reader = Reader {
        rest: text,
        variables,
        depth: 0,
    };
    let value = reader.binary(0)?;
    reader.rest.trim().is_empty().then_some(value)
}

/// Operators from the loosest to the tightest.
const LEVELS: [&[&str]; 6] = [
    &["|"],
    &["^"],
    &["&"],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
];

impl Reader<'_, '_> {
    fn eat(&mut self, text: &str) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn binary(&mut self, level: usize) -> Option<i32> {
        let Some(operators) = LEVELS.get(level) else {
            return self.unary();
        };
        let mut value = self.binary(level + 1)?;
        while let Some(operator) = operators.iter().find(|operator| self.eat(operator)) {
            let other = self.binary(level + 1)?;
            value = match *operator {
                "|" => value | other,
                "^" => value ^ other,
                "&" => value & other,
                "<<" => value.checked_shl(u32::try_from(other).ok()?).unwrap_or(0),
                ">>" => value >> u32::try_from(other).ok()?.min(31),
                "+" => value.wrapping_add(other),
                "-" => value.wrapping_sub(other),
                "*" => value.wrapping_mul(other),
                "/" => value.checked_div(other)?,
                _ => value.checked_rem(other)?,
            };
        }
        Some(value)
    }

    fn unary(&mut self) -> Option<i32> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return None;
        }
        let value = if self.eat("-") {
            self.unary()?.wrapping_neg()
        } else if self.eat("+") {
            self.unary()?
        } else if self.eat("~") {
            !self.unary()?
        } else if self.eat("!") {
            i32::from(self.unary()? == 0)
        } else if self.eat("(") {
            let value = self.binary(0)?;
            if !self.eat(")") {
                return None;
            }
            value
        } else {
            self.operand()?
        };
        self.depth -= 1;
        Some(value)
    }

    fn operand(&mut self) -> Option<i32> {
        self.rest = self.rest.trim_start();
        let end = self
            .rest
            .find(|c: char| !(c.is_alphanumeric() || "_$#@.".contains(c)))
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        if word.is_empty() {
            return None;
        }
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            return number(word);
        }
        match self.variables.find(word) {
            Found::Known(value) => number(value.trim()),
            Found::Unset => Some(0),
            Found::Unknown => None,
        }
    }
}

/// Decimal, `0x…` or octal.
pub(super) fn number(text: &str) -> Option<i32> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let lower = digits.to_ascii_lowercase();
    let value = if let Some(hex) = lower.strip_prefix("0x") {
        i64::from(u32::from_str_radix(hex, 16).ok()? as i32)
    } else if lower.len() > 1 && lower.starts_with('0') {
        i64::from_str_radix(&lower, 8).ok()?
    } else {
        lower.parse::<i64>().ok()?
    };
    i32::try_from(if negative { -value } else { value }).ok()
}
