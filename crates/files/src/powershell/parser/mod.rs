//! Reads PowerShell text into a tree.
//!
//! What cannot be parsed is kept as text with a fault, and reading goes on at the next statement, so one
//! damaged line never hides the rest. (PowerShell itself runs nothing of a text with a syntax error; evidence
//! is often cut, and its whole part still tells something.)

mod argument;
mod declaration;
mod expression;
mod pipeline;
mod primary;
mod statement;
mod string;

use super::ast::{Block, Place, Statement, StatementKind};
use super::scanner::Scanner;
use crate::script::Budget;
use strongroom_model::Limit;

/// Why a statement could not be parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Limit(Limit),
    Syntax(&'static str),
    /// The text ends before something is closed.
    Ends(&'static str),
}

impl From<Limit> for Fault {
    fn from(limit: Limit) -> Self {
        Fault::Limit(limit)
    }
}

type Parse<T> = Result<T, Fault>;

/// A parsed text and what of it could not be parsed.
pub(super) struct Parsed {
    pub(super) block: Block,
    pub(super) faults: Vec<(Place, Fault)>,
}

/// Parses a script.
pub(super) fn parse(source: &str, budget: &mut Budget<'_>) -> Parsed {
    let mut parser = Parser {
        scan: Scanner::new(source),
        budget,
        depth: 0,
        faults: Vec::new(),
        spent: false,
    };
    parser.scan.eat("\u{feff}");
    let mut block = parser.block_body(None);
    while !parser.scan.at_end() && !parser.spent {
        let start = parser.scan.at();
        parser.scan.bump();
        parser.fault(start, Fault::Syntax("a closing bracket with nothing to close"));
        let rest = parser.block_body(None);
        block.statements.extend(rest.statements);
    }
    block.place = Place::new(0, source.len());
    Parsed {
        block,
        faults: parser.faults,
    }
}

/// Reads the inside of a double-quoted string as expandable text.
pub(super) fn parse_expandable(source: &str, budget: &mut Budget<'_>) -> Option<super::ast::Expr> {
    let mut parser = Parser {
        scan: Scanner::new(source),
        budget,
        depth: 0,
        faults: Vec::new(),
        spent: false,
    };
    parser.expandable_text().ok()
}

struct Parser<'s, 'b, 'l> {
    scan: Scanner<'s>,
    budget: &'b mut Budget<'l>,
    depth: u32,
    faults: Vec<(Place, Fault)>,
    /// The steps are used up; everything returns.
    spent: bool,
}

impl Parser<'_, '_, '_> {
    /// Runs `read` one level deeper.
    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        if self.depth >= self.budget.limits().nesting {
            return Err(Fault::Limit(Limit::Nesting));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn place(&self, start: usize) -> Place {
        Place::new(start, self.scan.at())
    }

    fn fault(&mut self, start: usize, fault: Fault) {
        self.spent |= fault == Fault::Limit(Limit::Steps);
        let room = (self.budget.limits().rows as usize).min(256);
        let known = self
            .faults
            .last()
            .is_some_and(|(place, last)| place.start == start && *last == fault);
        if self.faults.len() < room && !known {
            let place = self.place(start);
            self.faults.push((place, fault));
        }
    }

    /// Takes the closing text; a text that ends before it is closed there, with a fault.
    fn close(&mut self, text: &'static str, start: usize) -> Parse<()> {
        self.scan.skip_lines();
        if self.scan.eat(text) {
            return Ok(());
        }
        if !self.scan.at_end() {
            return Err(Fault::Syntax("something else stands where a bracket must close"));
        }
        self.fault(start, Fault::Ends(text));
        Ok(())
    }

    /// Reads statements up to the closing character (not taken) or the end of the text.
    fn block_body(&mut self, close: Option<char>) -> Block {
        let start = self.scan.at();
        let mut block = Block::default();
        loop {
            self.scan.skip_separators();
            match self.scan.peek() {
                None => break,
                c if c == close => break,
                Some('}' | ')') => break,
                Some(_) if self.spent => break,
                Some(_) => self.read_into(&mut block),
            }
        }
        block.place = self.place(start);
        block
    }

    /// Reads one statement or named part (`param`, `begin`, `process`, `end`) into the block.
    fn read_into(&mut self, block: &mut Block) {
        let start = self.scan.at();
        // `[CmdletBinding()]` and its like stand in front of `param`.
        if block.statements.is_empty() && self.scan.peek() == Some('[') && !self.skip_attributes() {
            self.scan.go(start);
        }
        let read = match self.scan.peek_word().as_str() {
            "param" => self.params(block),
            "begin" => self.named_part("begin").map(|part| block.begin.extend(part)),
            "process" => self.named_part("process").map(|part| block.process.extend(part)),
            "end" => self.named_part("end").map(|part| block.statements.extend(part)),
            "dynamicparam" | "clean" => self.skipped_part(),
            _ => Err(Fault::Syntax("")),
        };
        if read.is_ok() {
            return;
        }
        self.scan.go(start);
        let statement = self.statement_or_text();
        block.statements.push(statement);
    }

    /// Skips attributes in front of `param`; says whether it follows.
    fn skip_attributes(&mut self) -> bool {
        while self.scan.peek() == Some('[') {
            if self.type_or_attribute().is_err() {
                return false;
            }
            self.scan.skip_lines();
        }
        self.scan.peek_word() == "param"
    }

    fn params(&mut self, block: &mut Block) -> Parse<()> {
        self.scan.eat_word("param");
        self.scan.skip_lines();
        if self.scan.peek() != Some('(') {
            return Err(Fault::Syntax("param without a list"));
        }
        block.params = self.parameter_list()?;
        Ok(())
    }

    fn named_part(&mut self, word: &str) -> Parse<Vec<Statement>> {
        self.scan.eat_word(word);
        self.scan.skip_lines();
        Ok(self.braced_block()?.statements)
    }

    fn skipped_part(&mut self) -> Parse<()> {
        let word = self.scan.peek_word();
        self.named_part(&word).map(drop)
    }

    /// Reads one statement; what cannot be read becomes text with a fault.
    fn statement_or_text(&mut self) -> Statement {
        let start = self.scan.at();
        let read = self.statement();
        let cost = self.scan.at().saturating_sub(start);
        if let Err(limit) = self.budget.work(cost) {
            self.fault(start, Fault::Limit(limit));
        }
        match read {
            Ok(statement) => statement,
            Err(fault) => self.recover(start, fault),
        }
    }

    /// Goes on at the next line or statement behind the fault.
    fn recover(&mut self, start: usize, fault: Fault) -> Statement {
        if self.scan.at() == start {
            self.scan.bump();
        }
        self.scan.take_while(|c| !matches!(c, '\n' | ';' | '}'));
        self.fault(start, fault);
        Statement {
            kind: StatementKind::Text,
            place: self.place(start),
        }
    }
}
