//! Expressions with the precedence of MS-VBAL 5.6.9.

use super::{Broken, Cursor, Parse};
use crate::vba::ast::{Argument, Expr, Name, Node};
use crate::vba::operate::Operator;
use crate::vba::token::{Lexeme, Token};
use crate::vba::value::Value;
use std::rc::Rc;

/// Members and indexes in a row.
const POSTFIX: usize = 64;

/// The level of the prefix `Not`; levels count from the loosest.
const NOT: usize = 5;
/// The level of the prefix `-`.
const NEGATE: usize = 11;

impl Cursor<'_> {
    /// Parses a whole expression.
    pub(super) fn expression(&mut self) -> Parse<Expr> {
        self.nested(|cursor| cursor.level(0))
    }

    /// Parses a text that is one expression and nothing else.
    pub(in crate::vba) fn whole_expression(&mut self) -> Option<Expr> {
        let expr = self.expression().ok()?;
        self.line_ends().then_some(expr)
    }

    fn level(&mut self, level: usize) -> Parse<Expr> {
        let start = self.start();
        let first = self.operand()?;
        let mut rest: Vec<(usize, Operator, Expr)> = Vec::new();
        while let Some((operator, at)) = self.operator().filter(|(_, at)| *at >= level) {
            self.advance();
            let right = self.level(at + 1)?;
            rest.push((at, operator, right));
        }
        Ok(fold(first, rest, start))
    }

    /// An operand whose prefix operators reach as far as their own level.
    fn operand(&mut self) -> Parse<Expr> {
        let start = self.start();
        let prefix = |node: Node, end: usize| Expr { node, start, end };
        if self.is_word("not") {
            self.advance();
            let inner = Box::new(self.nested(|cursor| cursor.level(NOT))?);
            let end = inner.end;
            return Ok(prefix(Node::Not(inner), end));
        }
        if self.is_symbol("-") || self.is_symbol("+") {
            let minus = self.is_symbol("-");
            self.advance();
            let inner = Box::new(self.nested(|cursor| cursor.level(NEGATE))?);
            let end = inner.end;
            let node = if minus {
                Node::Negate(inner)
            } else {
                Node::Plus(inner)
            };
            return Ok(prefix(node, end));
        }
        self.postfix()
    }

    fn operator(&self) -> Option<(Operator, usize)> {
        let token = self.peek()?;
        match &token.lexeme {
            Lexeme::Symbol(symbol) => symbol_operator(symbol),
            Lexeme::Word(word) => word_operator(word),
            _ => None,
        }
    }

    /// A primary expression with its members, indexes and calls.
    pub(super) fn postfix(&mut self) -> Parse<Expr> {
        let start = self.start();
        let mut expr = self.primary()?;
        for _ in 0..POSTFIX {
            let node = if self.is_symbol("(") {
                Node::Call(Box::new(expr), self.nested(Cursor::parenthesised)?)
            } else if self.is_symbol(".") && !self.stands_apart() && self.peek_at(1).is_some_and(is_name) {
                self.advance();
                Node::Member(Box::new(expr), self.name()?)
            } else if self.is_symbol("!") && self.peek_at(1).is_some_and(is_name) {
                self.advance();
                bang(expr, self.name()?)
            } else {
                return Ok(expr);
            };
            expr = Expr {
                node,
                start,
                end: self.end(),
            };
        }
        Err(Broken::Deep)
    }

    /// Whether a blank stands before the token on its line: `Shell .Text` gives `Shell` a member of the `With`, while
    /// a line that goes on may begin with the point.
    fn stands_apart(&self) -> bool {
        let before = self.position().checked_sub(1).and_then(|at| self.token(at));
        match (before, self.peek()) {
            (Some(before), Some(point)) => point.spaced && point.line == before.line,
            _ => false,
        }
    }

    fn primary(&mut self) -> Parse<Expr> {
        let start = self.start();
        let token = self.peek().ok_or(Broken::Expected("an expression"))?;
        let node = match &token.lexeme {
            Lexeme::Literal(value) => {
                self.advance();
                Node::Literal(value.clone())
            }
            Lexeme::Bracketed(name) => {
                let end = token.end;
                self.advance();
                if is_cell(name) && !self.is_symbol("(") && !self.is_symbol("=") {
                    evaluated(name, start, end)
                } else {
                    Node::Name(Rc::clone(name))
                }
            }
            Lexeme::Word(word) => self.word(word)?,
            Lexeme::Symbol("(") => {
                self.advance();
                let inner = self.expression()?;
                self.expect_symbol(")")?;
                Node::Group(Box::new(inner))
            }
            Lexeme::Symbol(".") => {
                self.advance();
                Node::WithMember(self.name()?)
            }
            Lexeme::Symbol("!") => {
                self.advance();
                let subject = Expr {
                    node: Node::WithSubject,
                    start,
                    end: start,
                };
                bang(subject, self.name()?)
            }
            Lexeme::Symbol("#") => {
                self.advance();
                return self.postfix_of_file_number();
            }
            _ => return Err(Broken::Expected("an expression")),
        };
        let end = self.end();
        Ok(Expr { node, start, end })
    }

    /// `#1` as an argument, such as in `Input(10, #1)`.
    fn postfix_of_file_number(&mut self) -> Parse<Expr> {
        self.nested(Cursor::postfix)
    }

    fn word(&mut self, word: &Rc<str>) -> Parse<Node> {
        if RESERVED.contains(&&**word) {
            return Err(Broken::Expected("an expression"));
        }
        self.advance();
        Ok(match &**word {
            "true" => Node::Literal(Value::Bool(true)),
            "false" => Node::Literal(Value::Bool(false)),
            "nothing" => Node::Literal(Value::Nothing),
            "empty" => Node::Literal(Value::Empty),
            "null" => Node::Literal(Value::Null),
            "new" => Node::New(self.dotted()?),
            "addressof" => {
                self.dotted()?;
                Node::AddressOf
            }
            "byval" | "byref" => return Ok(self.nested(Cursor::postfix)?.node),
            "typeof" => {
                let subject = self.nested(Cursor::postfix)?;
                self.expect_word("is")?;
                self.dotted()?;
                Node::TypeOf(Box::new(subject))
            }
            _ => Node::Name(Rc::clone(word)),
        })
    }

    /// A name with the library before it; the last part counts.
    pub(super) fn dotted(&mut self) -> Parse<Name> {
        let mut name = self.name()?;
        while self.is_symbol(".") && self.peek_at(1).is_some_and(is_name) {
            self.advance();
            name = self.name()?;
        }
        Ok(name)
    }

    fn parenthesised(&mut self) -> Parse<Vec<Argument>> {
        self.expect_symbol("(")?;
        let arguments = self.arguments(|cursor| cursor.is_symbol(")"))?;
        self.expect_symbol(")")?;
        Ok(arguments)
    }

    /// Arguments up to where `closes` says that they end.
    pub(super) fn arguments(&mut self, closes: impl Fn(&Self) -> bool) -> Parse<Vec<Argument>> {
        let mut arguments = Vec::new();
        if closes(self) {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.argument(&closes)?);
            if closes(self) {
                return Ok(arguments);
            }
            // Semicolons part what `Debug.Print` writes.
            if !self.take_symbol(",") && !self.take_symbol(";") && !self.print_item_follows() {
                return Err(Broken::Expected(","));
            }
            if closes(self) {
                return Ok(arguments);
            }
        }
    }

    fn print_item_follows(&self) -> bool {
        self.peek()
            .is_some_and(|token| matches!(token.lexeme, Lexeme::Literal(_)))
    }

    fn argument(&mut self, closes: &impl Fn(&Self) -> bool) -> Parse<Argument> {
        if closes(self) || self.is_symbol(",") || self.is_symbol(";") {
            return Ok(Argument {
                name: None,
                value: None,
            });
        }
        let named = self.peek_at(1).is_some_and(|token| token.is_symbol(":="));
        let name = if named { Some(self.name()?) } else { None };
        if named {
            self.advance();
        }
        let mut value = self.expression()?;
        // `(x To y)` stands in the bounds of arrays that a call is mistaken for.
        if self.take_word("to") {
            value = self.expression()?;
        }
        Ok(Argument {
            name,
            value: Some(value),
        })
    }
}

/// Words that start no expression.
const RESERVED: &[&str] = &[
    "then", "else", "elseif", "to", "step", "goto", "gosub", "and", "or", "xor", "mod", "eqv", "imp", "like",
    "is", "end", "loop", "wend", "dim", "redim",
];

fn is_name(token: &Token) -> bool {
    matches!(token.lexeme, Lexeme::Word(_) | Lexeme::Bracketed(_))
}

/// Whether a name in brackets is the reference of a cell or of several.
fn is_cell(name: &str) -> bool {
    name.split(':').all(|corner| {
        let digits = corner.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let letters = corner.len() - digits.len();
        (1..=3).contains(&letters) && !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit())
    })
}

/// `[A1]` is `Evaluate("A1")`.
fn evaluated(name: &Name, start: usize, end: usize) -> Node {
    let part = |node: Node| Expr { node, start, end };
    let argument = Argument {
        name: None,
        value: Some(part(Node::Literal(Value::text(name)))),
    };
    Node::Call(Box::new(part(Node::Name(Rc::from("evaluate")))), vec![argument])
}

/// `a!b` is `a("b")`.
fn bang(subject: Expr, name: Name) -> Node {
    let (start, end) = (subject.start, subject.end);
    let key = Expr {
        node: Node::Literal(Value::text(&name)),
        start,
        end,
    };
    let argument = Argument {
        name: None,
        value: Some(key),
    };
    Node::Call(Box::new(subject), vec![argument])
}

fn word_operator(word: &str) -> Option<(Operator, usize)> {
    Some(match word {
        "imp" => (Operator::Imp, 0),
        "eqv" => (Operator::Eqv, 1),
        "xor" => (Operator::Xor, 2),
        "or" => (Operator::Or, 3),
        "and" => (Operator::And, 4),
        "like" => (Operator::Like, 5),
        "is" => (Operator::Is, 5),
        "mod" => (Operator::Modulo, 8),
        _ => return None,
    })
}

fn symbol_operator(symbol: &str) -> Option<(Operator, usize)> {
    Some(match symbol {
        "=" => (Operator::Equal, 5),
        "<>" => (Operator::NotEqual, 5),
        "<" => (Operator::Less, 5),
        ">" => (Operator::Greater, 5),
        "<=" => (Operator::LessEqual, 5),
        ">=" => (Operator::GreaterEqual, 5),
        "&" => (Operator::Concat, 6),
        "+" => (Operator::Add, 7),
        "-" => (Operator::Subtract, 7),
        "\\" => (Operator::WholeDivide, 9),
        "*" => (Operator::Multiply, 10),
        "/" => (Operator::Divide, 10),
        "^" => (Operator::Power, 11),
        _ => return None,
    })
}

/// Folds operands that were read in one go. Each operand behind an operator was parsed at the next tighter level,
/// so the levels only fall; operands at one level become one flat chain, however many they are.
fn fold(first: Expr, rest: Vec<(usize, Operator, Expr)>, start: usize) -> Expr {
    let mut expr = first;
    let mut chain: Vec<(Operator, Expr)> = Vec::new();
    let mut at = usize::MAX;
    for (level, operator, right) in rest {
        if level != at {
            expr = closed(expr, &mut chain, start);
            at = level;
        }
        chain.push((operator, right));
    }
    closed(expr, &mut chain, start)
}

fn closed(first: Expr, chain: &mut Vec<(Operator, Expr)>, start: usize) -> Expr {
    let Some((_, last)) = chain.last() else {
        return first;
    };
    let end = last.end;
    Expr {
        node: Node::Chain(Box::new(first), std::mem::take(chain)),
        start,
        end,
    }
}
