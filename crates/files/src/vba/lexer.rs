//! Cuts a VBA text into tokens (MS-VBAL section 3): logical lines, names in any script, literals.
//!
//! It never fails: a string that is not closed ends with its line, as the Visual Basic editor closes it, and a
//! character without meaning becomes a stray token that the parser stumbles over.

use super::literal::{date, number};
use super::token::{Lexeme, Token};
use super::value::Value;
use std::rc::Rc;

/// The marks of the language, longer ones first.
const SYMBOLS: &[&str] = &[
    ":=", "<>", "><", "<=", "=<", ">=", "=>", "+", "-", "*", "/", "\\", "^", "&", "=", "<", ">", "(", ")",
    ",", ".", "!", ":", ";", "#", "@", "?",
];

/// Returns the tokens of a source text; a `LineEnd` closes each logical line.
pub(super) fn tokens(source: &str) -> Vec<Token> {
    let mut lexer = Lexer {
        source,
        at: 0,
        line: 1,
        spaced: false,
        tokens: Vec::new(),
    };
    while lexer.advance() {}
    lexer.push(Lexeme::LineEnd, lexer.at, None);
    lexer.tokens
}

struct Lexer<'s> {
    source: &'s str,
    at: usize,
    line: usize,
    spaced: bool,
    tokens: Vec<Token>,
}

impl<'s> Lexer<'s> {
    fn rest(&self) -> &'s str {
        self.source.get(self.at..).unwrap_or("")
    }

    fn push(&mut self, lexeme: Lexeme, start: usize, suffix: Option<char>) {
        self.tokens.push(Token {
            lexeme,
            start,
            end: self.at,
            line: self.line,
            spaced: self.spaced,
            suffix,
        });
        self.spaced = false;
    }

    /// Takes one token, or white space, or a comment. Returns false at the end of the text.
    fn advance(&mut self) -> bool {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return false;
        };
        match first {
            '\n' | '\r' => self.line_end(rest),
            '\'' => self.at += comment_length(rest),
            '"' => self.string(rest),
            '[' => self.bracketed(rest),
            '#' => self.hash(rest),
            '&' => self.ampersand(rest),
            '.' if starts_with_digit(rest.get(1..)) => self.number(rest),
            _ if first.is_ascii_digit() => self.number(rest),
            _ if first.is_whitespace() || first == '\u{feff}' || first == '\0' => self.skip(first.len_utf8()),
            '_' if continues(rest) => self.continuation(rest),
            _ if is_name_start(first) => self.word(rest),
            _ => self.symbol(rest, first),
        }
        true
    }

    fn skip(&mut self, bytes: usize) {
        self.at += bytes;
        self.spaced = true;
    }

    fn line_end(&mut self, rest: &str) {
        let start = self.at;
        self.at += break_length(rest);
        self.push(Lexeme::LineEnd, start, None);
        self.line += 1;
    }

    fn continuation(&mut self, rest: &str) {
        let to_break = rest.find(['\n', '\r']).unwrap_or(rest.len());
        self.at += to_break + break_length(rest.get(to_break..).unwrap_or(""));
        self.line += 1;
        self.spaced = true;
    }

    fn string(&mut self, rest: &str) {
        let start = self.at;
        let (text, length) = quoted(rest);
        self.at += length;
        self.push(Lexeme::Literal(Value::text(&text)), start, None);
    }

    fn bracketed(&mut self, rest: &str) {
        let line = rest.split(['\n', '\r']).next().unwrap_or("");
        let Some(close) = line.find(']') else {
            return self.symbol(rest, '[');
        };
        let start = self.at;
        self.at += close + 1;
        let name = line.get(1..close).unwrap_or("").to_lowercase();
        self.push(Lexeme::Bracketed(Rc::from(name)), start, None);
    }

    fn hash(&mut self, rest: &str) {
        match date(rest) {
            Some((value, length)) => self.literal(value, length),
            None => self.symbol(rest, '#'),
        }
    }

    fn ampersand(&mut self, rest: &str) {
        match number(rest) {
            Some((value, length)) => self.literal(value, length),
            None => self.symbol(rest, '&'),
        }
    }

    fn number(&mut self, rest: &str) {
        match number(rest) {
            Some((value, length)) => self.literal(value, length),
            None => self.symbol(rest, rest.chars().next().unwrap_or(' ')),
        }
    }

    fn literal(&mut self, value: Value, length: usize) {
        let start = self.at;
        self.at += length;
        self.push(Lexeme::Literal(value), start, None);
    }

    fn word(&mut self, rest: &str) {
        let length = rest.find(|c: char| !is_name_part(c)).unwrap_or(rest.len());
        let name = rest.get(..length).unwrap_or("").to_lowercase();
        if name == "rem" && self.opens_statement() {
            self.at += comment_length(rest);
            return;
        }
        let start = self.at;
        let suffix = type_character(rest.get(length..).unwrap_or(""));
        self.at += length + suffix.map_or(0, char::len_utf8);
        self.push(Lexeme::Word(Rc::from(name)), start, suffix);
    }

    fn opens_statement(&self) -> bool {
        self.tokens
            .last()
            .is_none_or(|last| last.lexeme == Lexeme::LineEnd || last.is_symbol(":") || last.is_word("then"))
    }

    fn symbol(&mut self, rest: &str, first: char) {
        let start = self.at;
        let found = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol));
        self.at += found.map_or(first.len_utf8(), |symbol| symbol.len());
        let lexeme = match found.copied() {
            Some("><") => Lexeme::Symbol("<>"),
            Some("=<") => Lexeme::Symbol("<="),
            Some("=>") => Lexeme::Symbol(">="),
            Some(symbol) => Lexeme::Symbol(symbol),
            None => Lexeme::Stray(first),
        };
        self.push(lexeme, start, None);
    }
}

fn starts_with_digit(text: Option<&str>) -> bool {
    text.is_some_and(|text| text.starts_with(|c: char| c.is_ascii_digit()))
}

fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

/// Returns whether a character may stand inside a name.
pub(super) fn is_name_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn break_length(rest: &str) -> usize {
    if rest.starts_with("\r\n") {
        2
    } else {
        usize::from(!rest.is_empty())
    }
}

/// Returns whether ` _` ends the line here, so that the next one belongs to it.
fn continues(rest: &str) -> bool {
    rest.get(1..)
        .map(|behind| behind.trim_start_matches([' ', '\t']))
        .is_some_and(|behind| behind.is_empty() || behind.starts_with(['\n', '\r']))
}

/// Returns the length of a comment, with the lines that ` _` adds to it.
fn comment_length(rest: &str) -> usize {
    let mut length = 0;
    loop {
        let line = rest.get(length..).unwrap_or("");
        let to_break = line.find(['\n', '\r']).unwrap_or(line.len());
        length += to_break;
        let continued = line.get(..to_break).is_some_and(|text| text.ends_with(" _"));
        if !continued || to_break == line.len() {
            return length;
        }
        length += break_length(line.get(to_break..).unwrap_or(""));
    }
}

/// Returns the text of a string literal and the bytes it stands on.
fn quoted(rest: &str) -> (String, usize) {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' if chars.next_if(|(_, next)| *next == '"').is_some() => text.push('"'),
            '"' => return (text, at + 1),
            '\n' | '\r' => return (text, at),
            c => text.push(c),
        }
    }
    (text, rest.len())
}

/// Returns the type character that closes a name, where it is one and not an operator.
fn type_character(behind: &str) -> Option<char> {
    let first = behind.chars().next()?;
    let next = behind.get(first.len_utf8()..).unwrap_or("");
    let closes = |text: &str| {
        let behind = text.trim_start_matches([' ', '\t']);
        let joined = behind.len() < text.len() && behind.starts_with('&');
        joined
            || behind.is_empty()
            || behind.starts_with(['=', ',', ')', '(', '+', '\n', '\r', ':', '<', '>', '*', '/', '\''])
    };
    let is_type = match first {
        '%' | '$' | '@' => true,
        '&' | '^' => closes(next) || next.to_lowercase().starts_with(" as "),
        '!' => !next.starts_with(|c: char| is_name_start(c) || c == '['),
        '#' => !next.starts_with(|c: char| is_name_part(c)),
        _ => false,
    };
    is_type.then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexemes(source: &str) -> Vec<Lexeme> {
        tokens(source).into_iter().map(|token| token.lexeme).collect()
    }

    #[test]
    fn a_line_goes_on_behind_an_underscore() {
        let all = tokens("a = _ \r\n  1\r\nb");
        let ends = all.iter().filter(|t| t.lexeme == Lexeme::LineEnd).count();
        assert_eq!(ends, 2);
        assert_eq!(all.iter().find(|t| t.is_word("b")).unwrap().line, 3);
    }

    #[test]
    fn comments_are_gone_and_quotes_are_halved() {
        assert_eq!(
            lexemes("x = \"a\"\"b\" ' \"no\"\nRem nothing: y\n"),
            lexemes("x = \"a\"\"b\"\n\n")
        );
        assert!(lexemes("x = \"a\"\"b\"").contains(&Lexeme::Literal(Value::text("a\"b"))));
    }

    #[test]
    fn a_type_character_is_not_an_operator() {
        let suffixes = |source: &str| tokens(source).iter().filter_map(|t| t.suffix).collect::<String>();
        assert_eq!(suffixes("a$ = Chr$(1) & b& & c%"), "$$&%");
        assert_eq!(suffixes("a = b&c & rs!Field"), "");
    }

    #[test]
    fn names_of_any_script_and_in_brackets() {
        assert_eq!(
            lexemes("Größe [Not A Keyword]"),
            [
                Lexeme::Word("größe".into()),
                Lexeme::Bracketed("not a keyword".into()),
                Lexeme::LineEnd
            ]
        );
    }

    #[test]
    fn file_numbers_are_not_dates() {
        assert!(lexemes("Print #1, \"#\"").contains(&Lexeme::Symbol("#")));
        assert!(matches!(
            lexemes("#1/2/2020#").first(),
            Some(Lexeme::Literal(Value::Date(_)))
        ));
    }
}
