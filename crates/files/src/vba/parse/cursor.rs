//! A place in the tokens of one module.

use super::{Broken, Parse};
use crate::vba::ast::Name;
use crate::vba::token::{Lexeme, Token};
use crate::vba::value::Type;
use std::rc::Rc;
use strongroom_model::{Gap, Limit, Why};

/// Gaps of one module that are told one by one; more are counted in one.
const GAPS: usize = 32;

/// Walks over tokens and keeps what could not be parsed.
#[derive(Debug)]
pub(in crate::vba) struct Cursor<'t> {
    tokens: &'t [Token],
    at: usize,
    module: &'t str,
    depth: u32,
    nesting: u32,
    skipped: usize,
    /// Loops that a `Next j, i` further in has closed already.
    owed: usize,
    gaps: Vec<Gap>,
}

impl<'t> Cursor<'t> {
    /// Starts at the first token.
    pub(in crate::vba) fn new(tokens: &'t [Token], module: &'t str, nesting: u32) -> Self {
        Cursor {
            tokens,
            at: 0,
            module,
            depth: 0,
            nesting,
            skipped: 0,
            owed: 0,
            gaps: Vec::new(),
        }
    }

    /// Returns the gaps, the uncounted rest in the last one.
    pub(in crate::vba) fn into_gaps(mut self) -> Vec<Gap> {
        if self.skipped > GAPS {
            let rest = self.skipped - GAPS;
            self.gaps.push(Gap::new(
                self.module,
                Why::Unsupported,
                format!("{rest} more lines are not VBA that can be parsed"),
            ));
        }
        self.gaps
    }

    pub(super) fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.at)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<&'t Token> {
        self.tokens.get(self.at + ahead)
    }

    pub(super) fn token(&self, position: usize) -> Option<&'t Token> {
        self.tokens.get(position)
    }

    /// Runs a parser that sees the tokens before a position only.
    pub(super) fn before<T>(
        &mut self,
        position: usize,
        parse: impl FnOnce(&mut Self) -> Parse<T>,
    ) -> Parse<T> {
        let all = self.tokens;
        self.tokens = all.get(..position).unwrap_or(all);
        let result = parse(self);
        self.tokens = all;
        result
    }

    pub(super) fn advance(&mut self) -> Option<&'t Token> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        Some(token)
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    pub(super) fn rewind(&mut self, position: usize) {
        self.at = position;
    }

    pub(super) fn done(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// The first byte of the next token.
    pub(super) fn start(&self) -> usize {
        self.peek().map_or_else(|| self.end(), |token| token.start)
    }

    /// The byte after the last token that was taken.
    pub(super) fn end(&self) -> usize {
        self.at
            .checked_sub(1)
            .and_then(|last| self.tokens.get(last))
            .map_or(0, |token| token.end)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.is_word(word))
    }

    pub(super) fn is_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is_word(word))
    }

    pub(super) fn is_symbol(&self, symbol: &str) -> bool {
        self.peek().is_some_and(|token| token.is_symbol(symbol))
    }

    pub(super) fn line_ends(&self) -> bool {
        self.peek().is_none_or(|token| token.lexeme == Lexeme::LineEnd)
    }

    /// Whether the statement ends here: the line ends, a colon follows, or the `Else` of a single-line `If`.
    pub(super) fn statement_ends(&self) -> bool {
        self.line_ends() || self.is_symbol(":") || self.is_word("else")
    }

    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.at += usize::from(found);
        found
    }

    pub(super) fn take_symbol(&mut self, symbol: &str) -> bool {
        let found = self.is_symbol(symbol);
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect_word(&mut self, word: &'static str) -> Parse<()> {
        self.take_word(word).then_some(()).ok_or(Broken::Expected(word))
    }

    pub(super) fn expect_symbol(&mut self, symbol: &'static str) -> Parse<()> {
        self.take_symbol(symbol)
            .then_some(())
            .ok_or(Broken::Expected(symbol))
    }

    /// Takes a name; keywords are taken too, since members may be called like them.
    pub(super) fn name(&mut self) -> Parse<Name> {
        self.typed_name().map(|(name, _)| name)
    }

    /// Takes a name with the type that its type character says.
    pub(super) fn typed_name(&mut self) -> Parse<(Name, Option<Type>)> {
        let token = self.advance().ok_or(Broken::Expected("a name"))?;
        match &token.lexeme {
            Lexeme::Word(name) | Lexeme::Bracketed(name) => {
                Ok((Rc::clone(name), token.suffix.map(Type::of_suffix)))
            }
            _ => Err(Broken::Expected("a name")),
        }
    }

    pub(super) fn owe_next(&mut self) {
        self.owed += 1;
    }

    pub(super) fn owes_next(&self) -> bool {
        self.owed > 0
    }

    pub(super) fn take_owed_next(&mut self) -> bool {
        let owed = self.owed > 0;
        self.owed = self.owed.saturating_sub(1);
        owed
    }

    /// Runs a parser one level deeper.
    pub(super) fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        if self.depth >= self.nesting {
            return Err(Broken::Deep);
        }
        self.depth += 1;
        let result = parse(self);
        self.depth -= 1;
        result
    }

    /// Says that something is missing before the next token, and leaves nothing out.
    pub(super) fn miss(&mut self, what: &'static str) {
        let line = self
            .peek()
            .or_else(|| self.tokens.last())
            .map_or(0, |token| token.line);
        self.report(line, &Broken::Expected(what));
    }

    /// Leaves the line that is being parsed out, with a gap.
    pub(super) fn skip_line(&mut self, from: usize, broken: &Broken) {
        let line = self.tokens.get(from).map_or(0, |token| token.line);
        self.report(line, broken);
        self.rewind(from);
        while !self.line_ends() {
            self.at += 1;
        }
    }

    fn report(&mut self, line: usize, broken: &Broken) {
        self.skipped += 1;
        let place = format!("{} line {line}", self.module);
        match broken {
            Broken::Deep => self.gaps.push(Gap::limit(place, Limit::Nesting, self.nesting)),
            Broken::Expected(what) if self.skipped <= GAPS => self.gaps.push(Gap::new(
                place,
                Why::Unsupported,
                format!("the line is not VBA that can be parsed: expected {what}"),
            )),
            Broken::Expected(_) => {}
        }
    }
}
