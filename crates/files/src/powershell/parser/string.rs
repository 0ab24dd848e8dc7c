//! Strings: single and double quotes, here-strings, expansion, backtick escapes.

use super::super::ast::{Expr, ExprKind, Piece, Place};
use super::super::scanner::{is_double_quote, is_name, is_single_quote};
use super::super::value::Value;
use super::{Fault, Parse, Parser};

impl Parser<'_, '_, '_> {
    pub(super) fn quoted(&mut self) -> Parse<Expr> {
        let start = self.scan.at();
        let kind = match self.scan.peek() {
            Some(c) if is_single_quote(c) => ExprKind::Literal(Value::text(self.single_quoted())),
            _ => self.double_quoted()?,
        };
        Ok(Expr {
            kind,
            place: self.place(start),
        })
    }

    /// `'it''s'`
    fn single_quoted(&mut self) -> String {
        let start = self.scan.at();
        self.scan.bump();
        let mut text = String::new();
        loop {
            text.push_str(self.scan.take_while(|c| !is_single_quote(c)));
            if self.scan.bump().is_none() {
                self.fault(start, Fault::Ends("'"));
                return text;
            }
            if !self.scan.peek().is_some_and(is_single_quote) {
                return text;
            }
            text.extend(self.scan.bump());
        }
    }

    fn double_quoted(&mut self) -> Parse<ExprKind> {
        let start = self.scan.at();
        self.scan.bump();
        let mut pieces = Pieces::default();
        loop {
            match self.scan.peek() {
                None => {
                    self.fault(start, Fault::Ends("\""));
                    break;
                }
                Some(c) if is_double_quote(c) => {
                    self.scan.bump();
                    if !self.scan.peek().is_some_and(is_double_quote) {
                        break;
                    }
                    self.scan.bump();
                    pieces.push(c);
                }
                Some(_) => self.expandable_piece(&mut pieces)?,
            }
        }
        Ok(pieces.kind())
    }

    /// Takes one escape, expansion or run of plain characters.
    pub(super) fn expandable_piece(&mut self, pieces: &mut Pieces) -> Parse<()> {
        match self.scan.peek() {
            Some('`') => {
                self.scan.bump();
                pieces.extend(self.escape());
            }
            Some('$') => match self.expansion()? {
                Some(expr) => pieces.expr(expr),
                None => pieces.extend(self.scan.bump()),
            },
            _ => {
                pieces.extend(self.scan.bump());
                let run = self.scan.take_while(|c| {
                    is_name(c) || matches!(c, ' ' | '.' | '/' | '\\' | ':' | '=' | '-' | '+' | '\n')
                });
                // A bare word ends at a blank; it never comes here with one ahead.
                pieces.text(run);
            }
        }
        Ok(())
    }

    /// The character that a backtick (already taken) and what follows it stand for.
    pub(super) fn escape(&mut self) -> Option<char> {
        Some(match self.scan.bump()? {
            '0' => '\0',
            'a' => '\u{7}',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            c => c,
        })
    }

    /// An expansion at a `$`, or nothing if the `$` stands for itself.
    pub(super) fn expansion(&mut self) -> Parse<Option<Expr>> {
        let start = self.scan.at();
        let expands = self
            .scan
            .ahead(1)
            .is_some_and(|c| is_name(c) || matches!(c, '(' | '{' | '$' | '?' | '^'));
        if !expands {
            return Ok(None);
        }
        let kind = self.dollar()?;
        Ok(Some(Expr {
            kind,
            place: self.place(start),
        }))
    }

    /// `@'` or `@"`, the end of the line, lines, and the same quote with `@` at a line's start.
    pub(super) fn here_string(&mut self) -> Parse<ExprKind> {
        let start = self.scan.at();
        self.scan.bump();
        let double = self.scan.bump().is_some_and(is_double_quote);
        self.scan.take_while(|c| c == ' ' || c == '\t');
        self.scan.eat("\r");
        if !self.scan.eat("\n") {
            return Err(Fault::Syntax("a here-string's text begins on its own line"));
        }
        let (length, closed) = here_end(self.scan.rest(), double);
        if !closed {
            self.fault(start, Fault::Ends("@"));
        }
        let end = self.scan.at() + length;
        let kind = if double {
            self.expand_until(end)?
        } else {
            let text = Place::new(self.scan.at(), end).of(self.scan.source());
            ExprKind::Literal(Value::text(text))
        };
        self.scan.go(end);
        if closed {
            self.scan.eat("\r");
            self.scan.eat("\n");
            self.scan.bump();
            self.scan.bump();
        }
        Ok(kind)
    }

    fn expand_until(&mut self, end: usize) -> Parse<ExprKind> {
        let mut pieces = Pieces::default();
        while self.scan.at() < end {
            match self.scan.peek() {
                Some('`' | '$') => self.expandable_piece(&mut pieces)?,
                _ => pieces.extend(self.scan.bump()),
            }
        }
        Ok(pieces.kind())
    }

    /// The whole text as the inside of a double-quoted string.
    pub(super) fn expandable_text(&mut self) -> Parse<Expr> {
        let start = self.scan.at();
        let kind = self.expand_until(self.scan.source().len())?;
        Ok(Expr {
            kind,
            place: self.place(start),
        })
    }
}

/// Returns how long a here-string's text is, and whether it is closed. The last line's end is not part of it.
fn here_end(rest: &str, double: bool) -> (usize, bool) {
    let closes = |line: &str| {
        let mut chars = line.chars();
        let quote = chars.next();
        let fits = quote.is_some_and(|c| {
            if double {
                is_double_quote(c)
            } else {
                is_single_quote(c)
            }
        });
        fits && chars.next() == Some('@')
    };
    if closes(rest) {
        return (0, true);
    }
    for (at, _) in rest.match_indices('\n') {
        if closes(rest.get(at + 1..).unwrap_or_default()) {
            let text = rest.get(..at).unwrap_or_default();
            return (text.strip_suffix('\r').unwrap_or(text).len(), true);
        }
    }
    (rest.len(), false)
}

/// The pieces of an expandable string while they are gathered.
#[derive(Default)]
pub(super) struct Pieces {
    done: Vec<Piece>,
    text: String,
}

impl Pieces {
    pub(super) fn push(&mut self, c: char) {
        self.text.push(c);
    }

    pub(super) fn extend(&mut self, c: Option<char>) {
        self.text.extend(c);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(super) fn expr(&mut self, expr: Expr) {
        if !self.text.is_empty() {
            self.done.push(Piece::Text(std::mem::take(&mut self.text)));
        }
        self.done.push(Piece::Expr(expr));
    }

    /// Returns a literal if nothing is to be expanded.
    pub(super) fn kind(mut self) -> ExprKind {
        if self.done.is_empty() {
            return ExprKind::Literal(Value::text(self.text));
        }
        if !self.text.is_empty() {
            self.done.push(Piece::Text(self.text));
        }
        ExprKind::Expandable(self.done)
    }
}
