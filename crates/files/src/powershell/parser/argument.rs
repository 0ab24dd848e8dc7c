//! Commands: names, arguments, parameters, redirections, bare words.

use super::super::ast::{Argument, Call, Command, Expr, ExprKind, Redirection};
use super::super::scanner::{is_dash, is_double_quote, is_name, is_single_quote};
use super::super::value::Value;
use super::string::Pieces;
use super::{Fault, Parse, Parser};

impl Parser<'_, '_, '_> {
    pub(super) fn command(&mut self) -> Parse<Command> {
        let start = self.scan.at();
        let call = self.call_operator();
        self.scan.skip_blanks();
        let name = self.command_name(call.is_some())?;
        let mut command = Command {
            call,
            name,
            arguments: Vec::new(),
            redirections: Vec::new(),
            place: self.place(start),
        };
        while self.argument_into(&mut command)? {
            command.place = self.place(start);
        }
        Ok(command)
    }

    fn call_operator(&mut self) -> Option<Call> {
        match (self.scan.peek(), self.scan.ahead(1)) {
            (Some('&'), next) if next != Some('&') => {
                self.scan.bump();
                Some(Call::Ampersand)
            }
            (Some('.'), Some(next)) if begins_dot_sourced(next) => {
                self.scan.bump();
                Some(Call::Dot)
            }
            _ => None,
        }
    }

    fn command_name(&mut self, called: bool) -> Parse<Expr> {
        match self.scan.peek() {
            Some('$' | '(' | '{' | '@') if called => self.postfixed(true),
            Some(c) if is_single_quote(c) || is_double_quote(c) => self.postfixed(true),
            _ => self.bare_word(false),
        }
    }

    /// Reads one argument, parameter or redirection; says whether there was one.
    fn argument_into(&mut self, command: &mut Command) -> Parse<bool> {
        self.scan.skip_blanks();
        if let Some(redirection) = self.redirection()? {
            command.redirections.extend(redirection);
            return Ok(true);
        }
        match self.scan.peek() {
            None | Some('\n' | '\r' | ';' | '|' | ')' | '}' | '&') => return Ok(false),
            Some('@') if self.scan.ahead(1).is_some_and(is_name) => {
                self.scan.bump();
                let name = self.scan.take_while(is_name).to_owned();
                command.arguments.push(Argument::Splat(name));
            }
            Some(c) if is_dash(c) => self.dash_argument(command)?,
            Some(_) => {
                let value = self.argument_list()?;
                command.arguments.push(Argument::Value(value));
            }
        }
        Ok(true)
    }

    fn dash_argument(&mut self, command: &mut Command) -> Parse<()> {
        if self.scan.rest().starts_with("--%") {
            return self.verbatim(command);
        }
        let named = self
            .scan
            .ahead(1)
            .is_some_and(|c| c.is_alphabetic() || matches!(c, '_' | '?'));
        if !named {
            let value = self.argument_list()?;
            command.arguments.push(Argument::Value(value));
            return Ok(());
        }
        self.scan.bump();
        let name = self
            .scan
            .take_while(|c| {
                !c.is_whitespace()
                    && !matches!(
                        c,
                        '{' | '}'
                            | '('
                            | ')'
                            | ';'
                            | ','
                            | '|'
                            | '&'
                            | '.'
                            | '['
                            | ':'
                            | '"'
                            | '\''
                            | '$'
                            | '='
                    )
            })
            .to_owned();
        let mut value = None;
        if self.scan.eat(":") {
            self.scan.skip_blanks();
            value = Some(self.argument_list()?);
        }
        command.arguments.push(Argument::Parameter { name, value });
        Ok(())
    }

    /// `--%`: the rest of the line as it stands.
    fn verbatim(&mut self, command: &mut Command) -> Parse<()> {
        self.scan.eat("--%");
        let start = self.scan.at();
        let text = self.scan.take_while(|c| !matches!(c, '\n' | '\r' | '|'));
        let value = Value::text(text.trim());
        command.arguments.push(Argument::Value(Expr {
            kind: ExprKind::Literal(value),
            place: self.place(start),
        }));
        Ok(())
    }

    /// Arguments with commas between them are one array.
    fn argument_list(&mut self) -> Parse<Expr> {
        let start = self.scan.at();
        let mut items = vec![self.command_argument()?];
        loop {
            let before = self.scan.at();
            self.scan.skip_blanks();
            if !self.scan.eat(",") {
                self.scan.go(before);
                break;
            }
            self.scan.skip_lines();
            items.push(self.command_argument()?);
        }
        if items.len() == 1 {
            return items.pop().ok_or(Fault::Syntax("an empty list"));
        }
        Ok(Expr {
            kind: ExprKind::Array(items),
            place: self.place(start),
        })
    }

    pub(super) fn command_argument(&mut self) -> Parse<Expr> {
        let start = self.scan.at();
        match self.scan.peek() {
            Some('(' | '{' | '@') => self.postfixed(true),
            Some('$') => self.dollar_argument(),
            Some(c) if is_single_quote(c) || is_double_quote(c) => self.postfixed(true),
            Some(c) if c.is_ascii_digit() || is_dash(c) || c == '.' => match self.written_number() {
                Some(kind) => Ok(Expr {
                    kind,
                    place: self.place(start),
                }),
                None => self.bare_word(true),
            },
            // An array's first item may be left out: `-Argument ,$x`.
            Some(',') => {
                self.scan.bump();
                let item = self.nested(Self::command_argument)?;
                Ok(Expr {
                    kind: ExprKind::Array(vec![item]),
                    place: self.place(start),
                })
            }
            Some(_) => self.bare_word(true),
            None => Err(Fault::Ends("an argument")),
        }
    }

    /// A number argument, with its text for native programs.
    fn written_number(&mut self) -> Option<ExprKind> {
        let start = self.scan.at();
        let negative = self.scan.peek().is_some_and(is_dash);
        if negative {
            self.scan.bump();
        }
        let number = self.scan.number().filter(|_| ends_argument(self.scan.peek()));
        let Some(number) = number else {
            self.scan.go(start);
            return None;
        };
        let number = match (negative, number) {
            (true, Value::Int(kind, n)) => Value::Int(kind, n.checked_neg()?),
            (true, Value::Double(n)) => Value::Double(-n),
            (_, number) => number,
        };
        let text = self.place(start).of(self.scan.source()).to_owned();
        Some(ExprKind::Written(number, text))
    }

    /// `$x`, `$x.Member`, `$x[0]`, or a bare word that only begins with a variable: `$x\file`.
    fn dollar_argument(&mut self) -> Parse<Expr> {
        let start = self.scan.at();
        let value = self.postfixed(true)?;
        if ends_argument(self.scan.peek()) {
            return Ok(value);
        }
        let simple = matches!(value.kind, ExprKind::Variable(_) | ExprKind::SubExpression(_));
        if !simple {
            return Ok(value);
        }
        self.scan.go(start);
        self.bare_word(true)
    }

    /// A bare word: its variables, sub-expressions, quotes and backticks are expanded. In `arguments`, a word
    /// that is empty is a fault.
    pub(super) fn bare_word(&mut self, arguments: bool) -> Parse<Expr> {
        let start = self.scan.at();
        let mut pieces = Pieces::default();
        loop {
            match self.scan.peek() {
                None => break,
                Some(c) if ends_word(c) => break,
                Some('>') if arguments => break,
                Some('$') => match self.expansion()? {
                    Some(expr) => pieces.expr(expr),
                    None => pieces.extend(self.scan.bump()),
                },
                Some('`') => {
                    self.scan.bump();
                    pieces.extend(self.escape());
                }
                Some(c) if is_single_quote(c) || is_double_quote(c) => self.quoted_part(&mut pieces)?,
                Some(c) => {
                    self.scan.bump();
                    pieces.push(c);
                }
            }
        }
        if self.scan.at() == start {
            return Err(Fault::Syntax("no command or argument begins so"));
        }
        Ok(Expr {
            kind: pieces.kind(),
            place: self.place(start),
        })
    }

    /// A quoted part inside a bare word loses its quotes.
    fn quoted_part(&mut self, pieces: &mut Pieces) -> Parse<()> {
        let quoted = self.quoted()?;
        match quoted.kind {
            ExprKind::Literal(value) => pieces.text(&value.display()),
            _ => pieces.expr(quoted),
        }
        Ok(())
    }

    /// Takes a redirection if one stands next; the inner value is nothing where one stream goes to another.
    pub(super) fn redirection(&mut self) -> Parse<Option<Option<Redirection>>> {
        let before = self.scan.at();
        if self.scan.peek().is_some_and(|c| c.is_ascii_digit() || c == '*') {
            self.scan.bump();
        }
        if !self.scan.eat(">") {
            self.scan.go(before);
            return Ok(None);
        }
        self.scan.eat(">");
        if self.scan.eat("&") {
            self.scan.take_while(|c| c.is_ascii_digit());
            return Ok(Some(None));
        }
        self.scan.skip_blanks();
        let to = self.command_argument()?;
        Ok(Some(Some(Redirection { to })))
    }
}

/// Whether `.` before this character calls a command in the present scope.
fn begins_dot_sourced(next: char) -> bool {
    next.is_whitespace()
        || matches!(next, '(' | '$' | '{' | '&')
        || is_single_quote(next)
        || is_double_quote(next)
}

/// Whether a bare word ends before this character.
fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '&' | '(' | ')' | ',' | ';' | '{' | '|' | '}')
}

fn ends_argument(next: Option<char>) -> bool {
    next.is_none_or(|c| ends_word(c) || c == '>')
}
