//! Primary expressions and what follows them: members, calls, indexes.

use super::super::ast::{Block, Expr, ExprKind, Suffix, SuffixKind};
use super::super::scanner::{is_double_quote, is_name, is_single_quote};
use super::super::value::Value;
use super::{Fault, Parse, Parser};
use std::rc::Rc;

impl Parser<'_, '_, '_> {
    /// A primary expression with its suffixes. In a command's arguments (`tight`) a suffix must follow at once.
    pub(super) fn postfixed(&mut self, tight: bool) -> Parse<Expr> {
        let primary = self.primary()?;
        self.suffixes(primary, tight)
    }

    pub(super) fn primary(&mut self) -> Parse<Expr> {
        let start = self.scan.at();
        let kind = match self.scan.peek() {
            None => return Err(Fault::Ends("an expression")),
            Some('$') => self.dollar()?,
            Some('(') => self.paren()?,
            Some('{') => ExprKind::ScriptBlock(Rc::new(*self.braced_block()?)),
            Some('@') => self.at_sign()?,
            Some(c) if is_single_quote(c) || is_double_quote(c) => return self.quoted(),
            Some(_) => match self.scan.number() {
                Some(number) => ExprKind::Literal(number),
                None => return Err(Fault::Syntax("no expression begins so")),
            },
        };
        Ok(Expr {
            kind,
            place: self.place(start),
        })
    }

    /// `$name` or `$( … )`
    pub(super) fn dollar(&mut self) -> Parse<ExprKind> {
        let start = self.scan.at();
        self.scan.bump();
        if self.scan.peek() == Some('(') {
            return Ok(ExprKind::SubExpression(self.paren_block(start)?));
        }
        match self.scan.variable() {
            Some(name) => Ok(ExprKind::Variable(name)),
            None => Err(Fault::Syntax("a variable without a name")),
        }
    }

    /// The statements between `(` and `)`.
    fn paren_block(&mut self, start: usize) -> Parse<Box<Block>> {
        self.scan.eat("(");
        let block = self.nested(|parser| Ok(Box::new(parser.block_body(Some(')')))))?;
        self.close(")", start)?;
        Ok(block)
    }

    fn paren(&mut self) -> Parse<ExprKind> {
        let start = self.scan.at();
        self.scan.bump();
        self.scan.skip_lines();
        let statement = self.nested(Self::inner_statement)?;
        self.close(")", start)?;
        Ok(ExprKind::Paren(Box::new(statement)))
    }

    /// `@( … )`, `@{ … }`, here-strings, or `@name`.
    fn at_sign(&mut self) -> Parse<ExprKind> {
        let start = self.scan.at();
        match self.scan.ahead(1) {
            Some('(') => {
                self.scan.bump();
                Ok(ExprKind::ArrayOf(self.paren_block(start)?))
            }
            Some('{') => {
                self.scan.bump();
                self.hash()
            }
            Some(c) if is_single_quote(c) || is_double_quote(c) => self.here_string(),
            _ => Err(Fault::Syntax("an @ with nothing to begin")),
        }
    }

    fn hash(&mut self) -> Parse<ExprKind> {
        let start = self.scan.at();
        self.scan.eat("{");
        let mut entries = Vec::new();
        loop {
            self.scan.skip_separators();
            if matches!(self.scan.peek(), None | Some('}')) {
                break;
            }
            let key = self.hash_key()?;
            self.scan.skip_lines();
            if !self.scan.eat("=") {
                return Err(Fault::Syntax("a hash entry without a value"));
            }
            self.scan.skip_lines();
            entries.push((key, self.nested(Self::inner_statement)?));
        }
        self.close("}", start)?;
        Ok(ExprKind::Hash(entries))
    }

    fn hash_key(&mut self) -> Parse<Expr> {
        if self.scan.peek().is_some_and(is_name) && !self.scan.peek().is_some_and(|c| c.is_ascii_digit()) {
            let start = self.scan.at();
            let word = self.scan.take_while(|c| is_name(c) || c == '-' || c == '.');
            let kind = ExprKind::Literal(Value::text(word));
            return Ok(Expr {
                kind,
                place: self.place(start),
            });
        }
        self.nested(|parser| parser.expression_without_comma())
    }

    pub(super) fn suffixes(&mut self, base: Expr, tight: bool) -> Parse<Expr> {
        let start = base.place.start;
        let mut suffixes = Vec::new();
        while let Some(kind) = self.suffix(tight)? {
            let end = self.scan.at();
            suffixes.push(Suffix { kind, end });
        }
        if suffixes.is_empty() {
            return Ok(base);
        }
        Ok(Expr {
            kind: ExprKind::Postfix(Box::new(base), suffixes),
            place: self.place(start),
        })
    }

    fn suffix(&mut self, tight: bool) -> Parse<Option<SuffixKind>> {
        let before = self.scan.at();
        if !tight {
            self.scan.skip_blanks();
        }
        let kind = match (self.scan.peek(), self.scan.ahead(1)) {
            (Some('['), _) => Some(self.index()?),
            (Some(':'), Some(':')) => {
                self.scan.eat("::");
                Some(self.member(true)?)
            }
            (Some('.'), Some(next)) if starts_member(next, tight) => {
                self.scan.bump();
                Some(self.member(false)?)
            }
            (Some('+'), Some('+')) if !tight => {
                self.scan.eat("++");
                Some(SuffixKind::Increment(1))
            }
            (Some('-'), Some('-')) if !tight => {
                self.scan.eat("--");
                Some(SuffixKind::Increment(-1))
            }
            _ => None,
        };
        if kind.is_none() {
            self.scan.go(before);
        }
        Ok(kind)
    }

    fn index(&mut self) -> Parse<SuffixKind> {
        let start = self.scan.at();
        self.scan.bump();
        self.scan.skip_lines();
        let index = self.nested(Self::expression)?;
        self.close("]", start)?;
        Ok(SuffixKind::Index(index))
    }

    fn member(&mut self, fixed: bool) -> Parse<SuffixKind> {
        self.scan.skip_lines();
        let name = self.member_name()?;
        let before = self.scan.at();
        self.scan.skip_blanks();
        if self.scan.peek() != Some('(') {
            self.scan.go(before);
            return Ok(SuffixKind::Member { name, fixed });
        }
        let arguments = self.method_arguments()?;
        Ok(SuffixKind::Invoke {
            name,
            fixed,
            arguments,
        })
    }

    fn member_name(&mut self) -> Parse<Expr> {
        let start = self.scan.at();
        match self.scan.peek() {
            Some('$' | '(') => self.primary(),
            Some(c) if is_single_quote(c) || is_double_quote(c) => self.quoted(),
            Some(c) if is_name(c) || c == '`' => {
                let name = self.scan.take_while(|c| is_name(c) || c == '`').replace('`', "");
                Ok(Expr {
                    kind: ExprKind::Literal(Value::text(name)),
                    place: self.place(start),
                })
            }
            _ => Err(Fault::Syntax("a member without a name")),
        }
    }

    pub(super) fn method_arguments(&mut self) -> Parse<Vec<Expr>> {
        let start = self.scan.at();
        self.scan.eat("(");
        let mut arguments = Vec::new();
        loop {
            self.scan.skip_lines();
            match self.scan.peek() {
                None | Some(')') => break,
                Some(',') if !arguments.is_empty() => {
                    self.scan.bump();
                    self.scan.skip_lines();
                    arguments.push(self.nested(Self::expression_without_comma)?);
                }
                Some(_) if arguments.is_empty() => {
                    arguments.push(self.nested(Self::expression_without_comma)?);
                }
                Some(_) => return Err(Fault::Syntax("an argument list goes on where it should end")),
            }
        }
        self.close(")", start)?;
        Ok(arguments)
    }
}

/// Whether a member's name can begin so, behind the dot.
fn starts_member(next: char, tight: bool) -> bool {
    (is_name(next) && !(tight && next.is_ascii_digit()))
        || matches!(next, '$' | '(' | '`')
        || is_single_quote(next)
        || is_double_quote(next)
        || (!tight && next.is_whitespace())
}
