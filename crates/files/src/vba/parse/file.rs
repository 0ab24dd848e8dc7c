//! The statements that work on files (MS-VBAL 5.4.5): their words are no keywords elsewhere.

use super::{Broken, Cursor, Parse};
use crate::vba::ast::{Expr, Kind};

impl Cursor<'_> {
    /// Parses the statement of a word that was just taken, where it is one of a file.
    pub(super) fn file_keyword(&mut self, word: &str) -> Option<Parse<Kind>> {
        let numbered = self.is_symbol("#");
        Some(match word {
            "open" if !self.is_symbol("(") || self.line_has("for") => self.open(),
            "print" if numbered => self.print(false),
            "write" if numbered => self.print(true),
            "put" => self.put(),
            "get" => self.get(),
            "input" if numbered => self.input(),
            "line" if self.take_word("input") => self.input(),
            "close" => self.close(),
            "name" if self.line_has("as") => self.rename(),
            _ => return None,
        })
    }

    fn line_has(&self, word: &str) -> bool {
        (0..200)
            .map_while(|ahead| self.peek_at(ahead))
            .take_while(|token| token.lexeme != crate::vba::token::Lexeme::LineEnd)
            .any(|token| token.is_word(word))
    }

    fn open(&mut self) -> Parse<Kind> {
        let path = self.expression()?;
        let mut write = true;
        if self.take_word("for") {
            let mode = self.name()?;
            write = !matches!(&*mode, "input");
        }
        while !self.is_word("as") && !self.line_ends() {
            self.advance();
        }
        self.expect_word("as")?;
        let number = self.file_number()?;
        if self.take_word("len") {
            self.expect_symbol("=")?;
            self.expression()?;
        }
        Ok(Kind::Open { path, write, number })
    }

    fn file_number(&mut self) -> Parse<Expr> {
        self.take_symbol("#");
        self.expression()
    }

    fn print(&mut self, quoted: bool) -> Parse<Kind> {
        let number = self.file_number()?;
        let mut items = Vec::new();
        let mut line = true;
        while !self.statement_ends() {
            if self.take_symbol(",") || self.take_symbol(";") {
                line = false;
                continue;
            }
            items.push(self.expression()?);
            line = true;
        }
        Ok(Kind::Print {
            number,
            line: line || items.is_empty(),
            items,
            quoted,
        })
    }

    fn put(&mut self) -> Parse<Kind> {
        let number = self.file_number()?;
        self.expect_symbol(",")?;
        let at = if self.is_symbol(",") {
            None
        } else {
            Some(self.expression()?)
        };
        self.expect_symbol(",")?;
        let value = self.expression()?;
        Ok(Kind::Put { number, at, value })
    }

    fn get(&mut self) -> Parse<Kind> {
        self.file_number()?;
        self.expect_symbol(",")?;
        if !self.is_symbol(",") {
            self.expression()?;
        }
        self.expect_symbol(",")?;
        Ok(Kind::Get(vec![self.expression()?]))
    }

    fn input(&mut self) -> Parse<Kind> {
        self.file_number()?;
        if !self.take_symbol(",") {
            return Err(Broken::Expected(","));
        }
        self.list().map(Kind::Get)
    }

    fn close(&mut self) -> Parse<Kind> {
        self.list().map(Kind::Close)
    }

    fn rename(&mut self) -> Parse<Kind> {
        let from = self.expression()?;
        self.expect_word("as")?;
        let to = self.expression()?;
        Ok(Kind::Rename { from, to })
    }
}
