//! The words of a VBA text, each with the bytes it stands on.

use super::value::Value;
use std::rc::Rc;

/// What a token is. Names are lower-case, since the language does not tell cases apart.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Lexeme {
    /// A name or keyword, without its type character.
    Word(Rc<str>),
    /// A name in brackets, which is never a keyword.
    Bracketed(Rc<str>),
    /// A number, string or date.
    Literal(Value),
    /// An operator or mark.
    Symbol(&'static str),
    /// The end of a logical line.
    LineEnd,
    /// A character that the language has no use for.
    Stray(char),
}

/// A token with its place.
#[derive(Clone, Debug)]
pub(super) struct Token {
    /// What it is.
    pub lexeme: Lexeme,
    /// Its first byte in the source.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// The physical line that it starts on, counted from 1.
    pub line: usize,
    /// Whether white space stands before it.
    pub spaced: bool,
    /// The type character behind a name (`%`, `&`, `$`, …).
    pub suffix: Option<char>,
}

impl Token {
    /// Returns whether it is this keyword (given in lower case).
    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(&self.lexeme, Lexeme::Word(text) if &**text == word)
    }

    /// Returns whether it is this operator or mark.
    pub(super) fn is_symbol(&self, symbol: &str) -> bool {
        matches!(self.lexeme, Lexeme::Symbol(text) if text == symbol)
    }
}
