//! Expressions: operators by precedence, unary operators, casts.

use super::super::ast::{BinaryOp, Expr, ExprKind, Place, UnaryOp};
use super::super::scanner::{is_dash, is_double_quote, is_name, is_single_quote};
use super::{Fault, Parse, Parser};

/// Operators of one precedence, with the last one's right operand still to come.
struct OpenChain {
    first: Expr,
    links: Vec<(BinaryOp, Expr)>,
    operator: BinaryOp,
}

impl OpenChain {
    fn closed(mut self, last: Expr, end: usize) -> Expr {
        let place = Place::new(self.first.place.start, end);
        self.links.push((self.operator, last));
        Expr {
            kind: ExprKind::Chain(Box::new(self.first), self.links),
            place,
        }
    }
}

impl Parser<'_, '_, '_> {
    /// Whether what stands next begins an expression and not a command.
    pub(super) fn starts_expression(&mut self) -> bool {
        let mut ahead = self.scan;
        match self.scan.peek() {
            Some('$' | '(' | '[' | '{' | '@' | '!' | ',' | '+') => true,
            Some(c) if is_single_quote(c) || is_double_quote(c) => true,
            Some(c) if is_dash(c) => self.starts_unary(),
            Some(c) if c.is_ascii_digit() || c == '.' => ahead.number().is_some(),
            _ => false,
        }
    }

    fn starts_unary(&self) -> bool {
        match self.scan.ahead(1) {
            Some(c) if c.is_ascii_alphabetic() => self.unary_word().is_some(),
            Some(c) => c.is_ascii_digit() || matches!(c, '(' | '$' | '-' | '.') || c.is_whitespace(),
            None => false,
        }
    }

    fn unary_word(&self) -> Option<(UnaryOp, usize)> {
        let mut ahead = self.scan;
        ahead.bump();
        let word = ahead.peek_word();
        let operator = match word.as_str() {
            "not" => UnaryOp::Not,
            "bnot" => UnaryOp::BitNot,
            "join" => UnaryOp::Join,
            "split" | "isplit" | "csplit" => UnaryOp::Split,
            _ => return None,
        };
        Some((operator, ahead.at() + word.len()))
    }

    pub(super) fn expression(&mut self) -> Parse<Expr> {
        let condition = self.binary(true)?;
        let before = self.scan.at();
        self.scan.skip_blanks();
        if !self.scan.eat("?") {
            self.scan.go(before);
            return Ok(condition);
        }
        self.ternary(condition)
    }

    /// What stands behind the `?`.
    fn ternary(&mut self, condition: Expr) -> Parse<Expr> {
        let start = condition.place.start;
        self.scan.skip_lines();
        let one = self.nested(Self::expression)?;
        self.scan.skip_lines();
        if !self.scan.eat(":") {
            return Err(Fault::Syntax("a ? without its :"));
        }
        self.scan.skip_lines();
        let other = self.nested(Self::expression)?;
        Ok(Expr {
            kind: ExprKind::Ternary(Box::new([condition, one, other])),
            place: self.place(start),
        })
    }

    /// An expression in which a comma ends (a parameter's default, a method's argument).
    pub(super) fn expression_without_comma(&mut self) -> Parse<Expr> {
        self.binary(false)
    }

    /// Operands with operators between them. The chains that are not closed yet stand in a list and not on the stack, which
    /// a script's parentheses fill.
    fn binary(&mut self, comma: bool) -> Parse<Expr> {
        let mut open: Vec<OpenChain> = Vec::new();
        let mut operand = self.operand(comma)?;
        loop {
            let before = self.scan.at();
            self.scan.skip_blanks();
            let Some(operator) = self.any_operator() else {
                self.scan.go(before);
                break;
            };
            while let Some(chain) = open.pop_if(|chain| chain.operator.binding() > operator.binding()) {
                operand = chain.closed(operand, before);
            }
            match open.last_mut() {
                Some(chain) if chain.operator.binding() == operator.binding() => {
                    let link = std::mem::replace(&mut chain.operator, operator);
                    chain.links.push((link, operand));
                }
                _ => open.push(OpenChain {
                    first: operand,
                    links: Vec::new(),
                    operator,
                }),
            }
            self.scan.skip_lines();
            operand = self.operand(comma)?;
        }
        let end = self.scan.at();
        while let Some(chain) = open.pop() {
            operand = chain.closed(operand, end);
        }
        Ok(operand)
    }

    fn operand(&mut self, comma: bool) -> Parse<Expr> {
        if comma { self.array() } else { self.unary() }
    }

    fn any_operator(&mut self) -> Option<BinaryOp> {
        let first = self.scan.peek()?;
        let second = self.scan.ahead(1);
        let operator = match (first, second) {
            ('+', Some('=' | '+')) | ('*' | '/' | '%', Some('=')) => return None,
            ('+', _) => BinaryOp::Add,
            ('*', _) => BinaryOp::Multiply,
            ('/', _) => BinaryOp::Divide,
            ('%', _) => BinaryOp::Remainder,
            ('.', Some('.')) => {
                self.scan.bump();
                BinaryOp::Range
            }
            ('?', Some('?')) if self.scan.ahead(2) != Some('=') => {
                self.scan.bump();
                BinaryOp::Coalesce
            }
            (c, next) if is_dash(c) => return self.dash_operator(next),
            _ => return None,
        };
        self.scan.bump();
        Some(operator)
    }

    fn dash_operator(&mut self, next: Option<char>) -> Option<BinaryOp> {
        match next {
            Some(c) if c == '=' || is_dash(c) => None,
            Some(c) if is_name(c) && !c.is_ascii_digit() => {
                self.scan.bump();
                let word = self.scan.take_while(is_name).to_ascii_lowercase();
                BinaryOp::of_word(&word)
            }
            _ => {
                self.scan.bump();
                Some(BinaryOp::Subtract)
            }
        }
    }

    fn array(&mut self) -> Parse<Expr> {
        let start = self.scan.at();
        let first = self.unary()?;
        let mut items = vec![first];
        loop {
            let before = self.scan.at();
            self.scan.skip_blanks();
            if !self.scan.eat(",") {
                self.scan.go(before);
                break;
            }
            self.scan.skip_lines();
            items.push(self.unary()?);
        }
        if items.len() == 1 {
            return items.pop().ok_or(Fault::Syntax("an empty list"));
        }
        Ok(Expr {
            kind: ExprKind::Array(items),
            place: self.place(start),
        })
    }

    fn unary(&mut self) -> Parse<Expr> {
        let start = self.scan.at();
        match self.unary_operator() {
            Some(operator) => {
                self.scan.skip_lines();
                let operand = self.nested(Self::unary)?;
                Ok(Expr {
                    kind: ExprKind::Unary(operator, Box::new(operand)),
                    place: self.place(start),
                })
            }
            None if self.scan.peek() == Some('[') => self.bracketed(),
            None => self.postfixed(false),
        }
    }

    fn unary_operator(&mut self) -> Option<UnaryOp> {
        let (first, second) = (self.scan.peek()?, self.scan.ahead(1));
        let operator = match (first, second) {
            ('!', _) => UnaryOp::Not,
            (',', _) => UnaryOp::Comma,
            ('+', Some('+')) => {
                self.scan.bump();
                UnaryOp::Increment
            }
            ('+', _) => UnaryOp::Plus,
            (c, Some(next)) if is_dash(c) && is_dash(next) => {
                self.scan.bump();
                UnaryOp::Decrement
            }
            (c, Some(next)) if is_dash(c) && next.is_alphabetic() => {
                let (operator, end) = self.unary_word()?;
                self.scan.go(end);
                return Some(operator);
            }
            (c, _) if is_dash(c) => UnaryOp::Minus,
            _ => return None,
        };
        self.scan.bump();
        Some(operator)
    }

    /// A type literal, a cast, or an attribute that is skipped.
    fn bracketed(&mut self) -> Parse<Expr> {
        let start = self.scan.at();
        let Some(name) = self.type_or_attribute()? else {
            self.scan.skip_lines();
            return self.nested(Self::unary);
        };
        let literal = Expr {
            kind: ExprKind::Type(name.clone()),
            place: self.place(start),
        };
        let before = self.scan.at();
        self.scan.skip_blanks();
        if matches!(self.scan.peek(), Some('.' | ':')) && self.scan.ahead(1) != Some('.') {
            return self.suffixes(literal, false);
        }
        if !self.starts_operand() {
            self.scan.go(before);
            return Ok(literal);
        }
        let operand = self.nested(Self::unary)?;
        Ok(Expr {
            kind: ExprKind::Cast(name, Box::new(operand)),
            place: self.place(start),
        })
    }

    /// Whether an operand of a cast stands next.
    fn starts_operand(&self) -> bool {
        match self.scan.peek() {
            Some('$' | '(' | '[' | '{' | '@' | '!') => true,
            Some(c) if is_single_quote(c) || is_double_quote(c) || c.is_ascii_digit() => true,
            Some('.') => self.scan.ahead(1).is_some_and(|c| c.is_ascii_digit()),
            Some('+') => self.scan.ahead(1) == Some('+'),
            Some(c) if is_dash(c) => match self.scan.ahead(1) {
                Some(next) if next.is_alphabetic() => self.unary_word().is_some(),
                Some(_) => true,
                None => false,
            },
            _ => false,
        }
    }

    /// Reads `[…]`: a type's name without blanks, or nothing for an attribute.
    pub(super) fn type_or_attribute(&mut self) -> Parse<Option<String>> {
        self.scan.eat("[");
        let mut name = String::new();
        let (mut open, mut attribute) = (1_u32, false);
        let mut quoted: Option<char> = None;
        while let Some(c) = self.scan.bump() {
            match (quoted, c) {
                (Some(quote), c) if c == quote => quoted = None,
                (Some(_), _) => {}
                (None, '\'' | '"') => quoted = Some(c),
                (None, '(') => attribute = true,
                (None, '[') => open += 1,
                (None, ']') if open == 1 => {
                    let known = !attribute && !name.is_empty() && !is_bare_attribute(&name);
                    return Ok(known.then_some(name));
                }
                (None, ']') => open -= 1,
                (None, _) => {}
            }
            if !c.is_whitespace() && c != '`' {
                name.push(c);
            }
        }
        Err(Fault::Ends("]"))
    }
}

/// An attribute that may be written without its list.
fn is_bare_attribute(name: &str) -> bool {
    [
        "cmdletbinding",
        "parameter",
        "allownull",
        "allowemptystring",
        "outputtype",
    ]
    .contains(&name.to_ascii_lowercase().as_str())
}
