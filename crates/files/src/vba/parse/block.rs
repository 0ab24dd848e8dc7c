//! Statements in a row, and the ones that hold others.

use super::{Broken, Cursor, Parse};
use crate::vba::ast::{Block, Condition, Expr, Kind, Statement, Test};
use crate::vba::operate::Operator;
use crate::vba::token::Lexeme;

/// The words that close some block, wherever they stand at the start of a statement.
const CLOSERS: &[&str] = &["loop", "wend", "next", "elseif", "else", "case"];

/// The words behind `End` that close something.
const ENDS: &[&str] = &[
    "if", "select", "with", "sub", "function", "property", "type", "enum", "class",
];

impl Cursor<'_> {
    /// Whether a statement starts here that closes a block.
    pub(super) fn closes_block(&self) -> bool {
        self.owes_next() || self.is_any(CLOSERS) || self.ends_something().is_some()
    }

    /// Returns what `End X` closes here.
    pub(super) fn ends_something(&self) -> Option<&'static str> {
        if self.is_word("endif") {
            return Some("if");
        }
        let behind = self.peek_at(1).filter(|_| self.is_word("end"))?;
        ENDS.iter().find(|word| behind.is_word(word)).copied()
    }

    /// Takes `End X` where that stands here.
    pub(super) fn take_end(&mut self, what: &str) -> bool {
        let found = self.ends_something() == Some(what);
        if found {
            let one_word = self.is_word("endif");
            self.advance();
            if !one_word {
                self.advance();
            }
        }
        found
    }

    /// Parses statements up to one that closes a block, or a procedure begins.
    pub(super) fn block(&mut self) -> Parse<Block> {
        self.nested(|cursor| {
            let mut block = Block::new();
            while !cursor.done() && !cursor.closes_block() && !cursor.declares_procedure() {
                cursor.statement_into(&mut block);
            }
            Ok(block)
        })
    }

    /// Takes one statement, or one line that cannot be parsed.
    pub(super) fn statement_into(&mut self, block: &mut Block) {
        if self.take_symbol(":") || self.take_line_end() {
            return;
        }
        let from = self.position();
        let start = self.start();
        self.label_into(block);
        if self.statement_ends() {
            return;
        }
        match self.statement() {
            Ok(kind) => {
                let end = self.end();
                block.push(Statement { kind, start, end });
                if !self.statement_ends() && !self.is_word("end") {
                    let at = self.position();
                    self.skip_line(at, &Broken::Expected("the end of the statement"));
                }
            }
            Err(broken) => self.skip_line(from, &broken),
        }
    }

    pub(super) fn take_line_end(&mut self) -> bool {
        let found = self.peek().is_some_and(|token| token.lexeme == Lexeme::LineEnd);
        if found {
            self.advance();
        }
        found
    }

    /// Parses a block and the words that close it; a missing end leaves a gap and the block stands.
    fn closed_block(&mut self, what: &'static str) -> Parse<Block> {
        let block = self.block()?;
        if !self.take_end(what) {
            self.miss(what);
        }
        Ok(block)
    }

    pub(super) fn if_statement(&mut self) -> Parse<Kind> {
        let test = self.expression()?;
        if !self.take_word("then") && !self.is_word("goto") {
            return Err(Broken::Expected("then"));
        }
        if !self.line_ends() {
            return self.if_line(test);
        }
        let mut arms = vec![(test, self.block()?)];
        let mut otherwise = Block::new();
        loop {
            if self.take_word("elseif") {
                let test = self.expression()?;
                self.take_word("then");
                arms.push((test, self.block()?));
            } else if self.take_word("else") {
                otherwise = self.block()?;
            } else {
                break;
            }
        }
        if !self.take_end("if") {
            self.miss("end if");
        }
        Ok(Kind::If { arms, otherwise })
    }

    /// `If test Then statements Else statements`, all on one line.
    fn if_line(&mut self, test: Expr) -> Parse<Kind> {
        let first = self.nested(Cursor::line_block)?;
        let otherwise = if self.take_word("else") {
            self.nested(Cursor::line_block)?
        } else {
            Block::new()
        };
        // `If a Then b : End If` on one line.
        self.take_symbol(":");
        self.take_end("if");
        Ok(Kind::If {
            arms: vec![(test, first)],
            otherwise,
        })
    }

    fn line_block(&mut self) -> Parse<Block> {
        let mut block = Block::new();
        if let Some(label) = self.line_number() {
            let (start, end) = (self.start(), self.end());
            block.push(Statement {
                kind: Kind::GoTo(label),
                start,
                end,
            });
        }
        while !self.line_ends() && !self.is_word("else") && self.ends_something() != Some("if") {
            if self.take_symbol(":") {
                continue;
            }
            let start = self.start();
            let kind = self.statement()?;
            let end = self.end();
            block.push(Statement { kind, start, end });
            if !self.statement_ends() {
                return Err(Broken::Expected("the end of the statement"));
            }
        }
        Ok(block)
    }

    pub(super) fn select_statement(&mut self) -> Parse<Kind> {
        self.expect_word("case")?;
        let subject = self.expression()?;
        let (mut cases, mut otherwise) = (Vec::new(), Block::new());
        let stray = self.block()?;
        otherwise.extend(stray);
        while self.take_word("case") {
            if self.take_word("else") {
                otherwise.extend(self.block()?);
            } else {
                let tests = self.tests()?;
                cases.push((tests, self.block()?));
            }
        }
        if !self.take_end("select") {
            self.miss("end select");
        }
        Ok(Kind::Select {
            subject,
            cases,
            otherwise,
        })
    }

    fn tests(&mut self) -> Parse<Vec<Test>> {
        let mut tests = vec![self.test()?];
        while self.take_symbol(",") {
            tests.push(self.test()?);
        }
        Ok(tests)
    }

    fn test(&mut self) -> Parse<Test> {
        self.take_word("is");
        let comparisons = [
            ("=", Operator::Equal),
            ("<>", Operator::NotEqual),
            ("<=", Operator::LessEqual),
            (">=", Operator::GreaterEqual),
            ("<", Operator::Less),
            (">", Operator::Greater),
        ];
        for (symbol, operator) in comparisons {
            if self.take_symbol(symbol) {
                return Ok(Test::Compare(operator, self.expression()?));
            }
        }
        let first = self.expression()?;
        Ok(if self.take_word("to") {
            Test::Range(first, self.expression()?)
        } else {
            Test::Equal(first)
        })
    }

    pub(super) fn for_statement(&mut self) -> Parse<Kind> {
        if self.take_word("each") {
            let item = self.postfix()?;
            self.expect_word("in")?;
            let of = self.expression()?;
            let body = self.loop_body()?;
            return Ok(Kind::ForEach { item, of, body });
        }
        let counter = self.postfix()?;
        self.expect_symbol("=")?;
        let from = self.expression()?;
        self.expect_word("to")?;
        let to = self.expression()?;
        let step = if self.take_word("step") {
            Some(self.expression()?)
        } else {
            None
        };
        let body = self.loop_body()?;
        Ok(Kind::For {
            counter,
            from,
            to,
            step,
            body,
        })
    }

    /// The body of `For` with its `Next`. `Next j, i` closes the loop around as well.
    fn loop_body(&mut self) -> Parse<Block> {
        let body = self.block()?;
        if self.take_owed_next() {
            return Ok(body);
        }
        if !self.take_word("next") {
            self.miss("next");
            return Ok(body);
        }
        if !self.statement_ends() {
            self.postfix()?;
        }
        while self.take_symbol(",") {
            self.postfix()?;
            self.owe_next();
        }
        Ok(body)
    }

    pub(super) fn do_statement(&mut self) -> Parse<Kind> {
        let before = self.condition()?;
        let body = self.block()?;
        if !self.take_word("loop") {
            self.miss("loop");
        }
        let after = self.condition()?;
        Ok(Kind::Loop { before, after, body })
    }

    fn condition(&mut self) -> Parse<Option<Condition>> {
        let until = self.is_word("until");
        if !until && !self.is_word("while") {
            return Ok(None);
        }
        self.advance();
        let test = self.expression()?;
        Ok(Some(Condition { until, test }))
    }

    pub(super) fn while_statement(&mut self) -> Parse<Kind> {
        let test = self.expression()?;
        let body = self.block()?;
        if !self.take_word("wend") && !self.take_word("loop") {
            self.miss("wend");
        }
        Ok(Kind::Loop {
            before: Some(Condition { until: false, test }),
            after: None,
            body,
        })
    }

    pub(super) fn with_statement(&mut self) -> Parse<Kind> {
        let subject = self.expression()?;
        let body = self.closed_block("with")?;
        Ok(Kind::With { subject, body })
    }
}
