//! One statement.

use super::{Broken, Cursor, Parse};
use crate::vba::ast::{Argument, Block, Exit, Expr, Handler, Kind, Name, Node, Resume, Statement};
use crate::vba::token::Lexeme;
use crate::vba::value::Value;
use std::rc::Rc;

/// Words that are a statement of their own and so no label before a colon.
const NO_LABEL: &[&str] = &[
    "else",
    "end",
    "stop",
    "return",
    "close",
    "beep",
    "doevents",
    "randomize",
    "reset",
    "do",
    "loop",
    "wend",
    "next",
    "exit",
    "resume",
];

/// Statements that change nothing that is evaluated.
const IGNORED: &[&str] = &[
    "attribute",
    "beep",
    "doevents",
    "randomize",
    "stop",
    "option",
    "defbool",
    "defbyte",
    "defint",
    "deflng",
    "defcur",
    "defsng",
    "defdbl",
    "defdate",
    "defstr",
    "defobj",
    "defvar",
    "event",
    "implements",
    "reset",
    "seek",
    "lock",
    "unlock",
    "width",
];

impl Cursor<'_> {
    /// Takes a line number or `name:` at the start of a line.
    pub(super) fn label_into(&mut self, block: &mut Block) {
        let start = self.start();
        let label = match self.line_number() {
            Some(number) => Some(number),
            None => self.named_label(),
        };
        if let Some(label) = label {
            self.take_symbol(":");
            block.push(Statement {
                kind: Kind::Label(label),
                start,
                end: self.end(),
            });
        }
    }

    pub(super) fn line_number(&mut self) -> Option<Name> {
        let token = self.peek()?;
        let number = match &token.lexeme {
            Lexeme::Literal(Value::Integer(number)) => i32::from(*number),
            Lexeme::Literal(Value::Long(number)) => *number,
            _ => return None,
        };
        self.advance();
        Some(Rc::from(number.to_string()))
    }

    fn named_label(&mut self) -> Option<Name> {
        let opens = self
            .position()
            .checked_sub(1)
            .and_then(|before| self.token(before))
            .is_none_or(|before| before.lexeme == Lexeme::LineEnd);
        let colon = self.peek_at(1)?.is_symbol(":");
        let Lexeme::Word(name) = &self.peek()?.lexeme else {
            return None;
        };
        if !opens || !colon || NO_LABEL.contains(&&**name) {
            return None;
        }
        self.advance();
        Some(Rc::clone(name))
    }

    /// Parses one statement; the cursor stands on its first word.
    pub(super) fn statement(&mut self) -> Parse<Kind> {
        let Some(Lexeme::Word(word)) = self.peek().map(|token| &token.lexeme) else {
            return self.assignment_or_call();
        };
        let assigned = self
            .peek_at(1)
            .is_some_and(|token| token.is_symbol("=") || (token.is_symbol(".") && !token.spaced));
        if assigned {
            return self.assignment_or_call();
        }
        if IGNORED.contains(&&**word) {
            return Ok(self.ignored());
        }
        let from = self.position();
        self.advance();
        match self.keyword(word) {
            Some(parsed) => parsed,
            None => {
                self.rewind(from);
                self.assignment_or_call()
            }
        }
    }

    /// Parses the statement of a keyword that was just taken; `None` where the word is no keyword.
    fn keyword(&mut self, word: &str) -> Option<Parse<Kind>> {
        Some(match word {
            "let" => self.assignment(false),
            "lset" | "rset" => self.aligned(word == "rset"),
            "set" => self.assignment(true),
            "call" => self.call(),
            "if" => self.nested(Cursor::if_statement),
            "select" => self.nested(Cursor::select_statement),
            "for" => self.nested(Cursor::for_statement),
            "do" => self.nested(Cursor::do_statement),
            "while" => self.nested(Cursor::while_statement),
            "with" => self.nested(Cursor::with_statement),
            "dim" => self.dim(false),
            "static" => self.dim(true),
            "const" => self.constants().map(Kind::Const),
            "private" | "public" | "global" => self.late_declaration(),
            "redim" => self.redim(),
            "erase" => self.list().map(Kind::Erase),
            "goto" => self.label_name().map(Kind::GoTo),
            "gosub" => self.label_name().map(Kind::GoSub),
            "return" => Ok(Kind::Return),
            "on" => self.on(),
            "resume" => self.resume(),
            "exit" => self.exit(),
            "end" => Ok(Kind::End),
            "mid" | "midb" if self.is_symbol("(") => return self.mid(),
            "raiseevent" => self.assignment_or_call(),
            _ => return self.file_keyword(word),
        })
    }

    fn ignored(&mut self) -> Kind {
        while !self.line_ends() && !self.is_symbol(":") {
            self.advance();
        }
        Kind::Nothing
    }

    /// `Public x` inside of a procedure is VBScript's `Dim`.
    fn late_declaration(&mut self) -> Parse<Kind> {
        if self.take_word("const") {
            return self.constants().map(Kind::Const);
        }
        self.dim(false)
    }

    fn dim(&mut self, kept: bool) -> Parse<Kind> {
        let variables = self.variables()?;
        Ok(Kind::Dim { variables, kept })
    }

    fn assignment(&mut self, set: bool) -> Parse<Kind> {
        let target = self.postfix()?;
        self.expect_symbol("=")?;
        let value = self.expression()?;
        Ok(if set {
            Kind::Set { target, value }
        } else {
            Kind::Let { target, value }
        })
    }

    fn aligned(&mut self, right: bool) -> Parse<Kind> {
        let target = self.postfix()?;
        self.expect_symbol("=")?;
        let value = self.expression()?;
        Ok(Kind::Align { target, value, right })
    }

    fn call(&mut self) -> Parse<Kind> {
        self.postfix().map(Kind::Call)
    }

    fn mid(&mut self) -> Option<Parse<Kind>> {
        let from = self.position();
        let parsed = self.mid_arguments();
        if matches!(parsed, Ok(None)) {
            self.rewind(from);
            return None;
        }
        Some(parsed.and_then(|kind| kind.ok_or(Broken::Expected("="))))
    }

    /// `Mid(target, start, length) = value`; `None` where no assignment follows.
    fn mid_arguments(&mut self) -> Parse<Option<Kind>> {
        self.expect_symbol("(")?;
        let target = self.expression()?;
        self.expect_symbol(",")?;
        let start = self.expression()?;
        let length = if self.take_symbol(",") {
            Some(self.expression()?)
        } else {
            None
        };
        self.expect_symbol(")")?;
        if !self.take_symbol("=") {
            return Ok(None);
        }
        let value = self.expression()?;
        Ok(Some(Kind::Mid {
            target,
            start,
            length,
            value,
        }))
    }

    fn redim(&mut self) -> Parse<Kind> {
        let preserve = self.take_word("preserve");
        let mut arrays = vec![self.resize()?];
        while self.take_symbol(",") {
            arrays.push(self.resize()?);
        }
        Ok(Kind::ReDim { preserve, arrays })
    }

    /// Expressions between commas up to the end of the statement.
    pub(super) fn list(&mut self) -> Parse<Vec<Expr>> {
        let mut items = Vec::new();
        while !self.statement_ends() {
            self.take_symbol("#");
            items.push(self.expression()?);
            if !self.take_symbol(",") && !self.take_symbol(";") {
                break;
            }
        }
        Ok(items)
    }

    fn label_name(&mut self) -> Parse<Name> {
        match self.line_number() {
            Some(number) => Ok(number),
            None => self.name(),
        }
    }

    fn on(&mut self) -> Parse<Kind> {
        if self.take_word("local") || self.is_word("error") {
            self.expect_word("error")?;
            return self.on_error();
        }
        let selector = self.expression()?;
        let sub = self.is_word("gosub");
        if !sub && !self.is_word("goto") {
            return Err(Broken::Expected("goto"));
        }
        self.advance();
        let mut labels = vec![self.label_name()?];
        while self.take_symbol(",") {
            labels.push(self.label_name()?);
        }
        Ok(Kind::Switch {
            selector,
            labels,
            sub,
        })
    }

    fn on_error(&mut self) -> Parse<Kind> {
        if self.take_word("resume") {
            self.expect_word("next")?;
            return Ok(Kind::OnError(Handler::Next));
        }
        self.expect_word("goto")?;
        self.take_symbol("-");
        let label = self.label_name()?;
        Ok(Kind::OnError(match &*label {
            "0" | "1" => Handler::None,
            _ => Handler::Label(label),
        }))
    }

    fn resume(&mut self) -> Parse<Kind> {
        if self.statement_ends() {
            return Ok(Kind::Resume(Resume::Same));
        }
        if self.take_word("next") {
            return Ok(Kind::Resume(Resume::Next));
        }
        let label = self.label_name()?;
        Ok(Kind::Resume(match &*label {
            "0" => Resume::Same,
            _ => Resume::Label(label),
        }))
    }

    fn exit(&mut self) -> Parse<Kind> {
        let what = self.name()?;
        Ok(Kind::Exit(match &*what {
            "sub" | "function" | "property" => Exit::Procedure,
            "for" => Exit::For,
            "do" | "while" => Exit::Do,
            _ => return Err(Broken::Expected("sub")),
        }))
    }

    /// `target = value`, or a call with its arguments in parentheses or behind a blank.
    fn assignment_or_call(&mut self) -> Parse<Kind> {
        let from = self.position();
        let target = self.postfix()?;
        if self.take_symbol("=") {
            let value = self.expression()?;
            return Ok(Kind::Let { target, value });
        }
        if self.statement_ends() {
            return Ok(Kind::Call(target));
        }
        // `Run (a) & b, c`: what looked like an index was the start of the first argument.
        let callee = match (&target.node, self.last_open(from)) {
            (Node::Call(..), Some(open)) => self.callee_again(from, open)?,
            _ => target,
        };
        self.call_with_blank(callee)
    }

    fn call_with_blank(&mut self, callee: Expr) -> Parse<Kind> {
        let arguments = self.arguments(Cursor::statement_ends)?;
        Ok(Kind::Call(with_arguments(callee, arguments, self.end())))
    }

    /// Returns the position of the parenthesis that closes at the end of the target, if a blank stands before it.
    fn last_open(&self, from: usize) -> Option<usize> {
        let mut depth = 0usize;
        for position in (from..self.position()).rev() {
            let token = self.token(position)?;
            if token.is_symbol(")") {
                depth += 1;
            } else if token.is_symbol("(") {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return (token.spaced && position > from).then_some(position);
                }
            }
        }
        None
    }

    fn callee_again(&mut self, from: usize, open: usize) -> Parse<Expr> {
        self.rewind(from);
        let callee = self.before(open, Cursor::postfix)?;
        if self.position() != open {
            return Err(Broken::Expected("an argument"));
        }
        Ok(callee)
    }
}

fn with_arguments(callee: Expr, arguments: Vec<Argument>, end: usize) -> Expr {
    let start = callee.start;
    Expr {
        node: Node::Call(Box::new(callee), arguments),
        start,
        end,
    }
}
