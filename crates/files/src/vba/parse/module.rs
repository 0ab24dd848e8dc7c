//! A module: its options, declarations and procedures in any order.

use super::{Broken, Cursor, Parse};
use crate::vba::ast::{Procedure, Purpose, Statement, Unit};
use crate::vba::token::{Lexeme, Token};
use crate::vba::value::{Type, Value};
use std::rc::Rc;
use strongroom_model::Gap;

/// Returns the tree of a module's tokens, and what could not be parsed.
pub(in crate::vba) fn unit(tokens: &[Token], module: &str, nesting: u32) -> (Unit, Vec<Gap>) {
    let mut cursor = Cursor::new(tokens, module, nesting);
    let mut unit = Unit::default();
    cursor.unit_into(&mut unit, false);
    (unit, cursor.into_gaps())
}

impl Cursor<'_> {
    fn unit_into(&mut self, unit: &mut Unit, inside: bool) {
        while !(self.done() || inside && self.take_end("class")) {
            if self.take_line_end() || self.take_symbol(":") {
                continue;
            }
            let from = self.position();
            match self.declaration(unit) {
                Ok(true) => {}
                Ok(false) => self.top_statement(unit),
                Err(broken) => self.skip_line(from, &broken),
            }
        }
    }

    /// A statement outside of procedures. What closes no block here is odd.
    fn top_statement(&mut self, unit: &mut Unit) {
        if self.closes_block() {
            let at = self.position();
            self.take_owed_next();
            return self.skip_line(at, &Broken::Expected("a declaration"));
        }
        self.statement_into(&mut unit.top);
    }

    /// Parses a declaration; false where none stands here.
    fn declaration(&mut self, unit: &mut Unit) -> Parse<bool> {
        if self.header_line() || self.option(unit) || self.attribute(unit) {
            return Ok(true);
        }
        if self.declares_procedure() {
            let procedure = self.procedure()?;
            unit.procedures.push(Rc::new(procedure));
            return Ok(true);
        }
        let from = self.position();
        let mut scoped = false;
        while self.is_any(&["public", "private", "global", "friend"]) {
            self.advance();
            scoped = true;
        }
        if self.take_word("declare") {
            unit.externals.push(self.external()?);
        } else if self.take_word("enum") {
            unit.constants.extend(self.enumeration()?);
        } else if self.is_word("type") && self.named_block_follows() {
            self.advance();
            unit.records.push(self.record()?);
        } else if self.is_word("class") && self.named_block_follows() {
            self.class(unit)?;
        } else if self.take_word("event") || self.take_word("implements") {
            self.rest_of_line();
        } else if scoped && self.take_word("const") {
            unit.constants.extend(self.constants()?);
        } else if scoped {
            self.take_word("dim");
            unit.variables.extend(self.variables()?);
        } else {
            self.rewind(from);
            return self.unscoped(unit);
        }
        Ok(true)
    }

    /// `Const` and `Dim` at module level hold for the module; in VBScript it makes no difference.
    fn unscoped(&mut self, unit: &mut Unit) -> Parse<bool> {
        if self.take_word("const") {
            unit.constants.extend(self.constants()?);
        } else if self.take_word("dim") {
            unit.variables.extend(self.variables()?);
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn named_block_follows(&self) -> bool {
        self.peek_at(1)
            .is_some_and(|token| matches!(token.lexeme, Lexeme::Word(_)))
            && self
                .peek_at(2)
                .is_none_or(|token| token.lexeme == Lexeme::LineEnd || token.is_symbol(":"))
    }

    fn class(&mut self, unit: &mut Unit) -> Parse<()> {
        self.advance();
        let name = self.name()?;
        let mut class = Unit {
            class: true,
            ..Unit::default()
        };
        self.nested(|cursor| {
            cursor.unit_into(&mut class, true);
            Ok(())
        })?;
        unit.classes.push((name, class));
        Ok(())
    }

    /// The header of an exported class or form: `VERSION 1.0 CLASS`, `BEGIN … END`. Without both its ends it is none: what runs
    /// must not pass as one.
    fn header_line(&mut self) -> bool {
        let version = self.is_word("version")
            && self
                .peek_at(1)
                .is_some_and(|token| matches!(token.lexeme, Lexeme::Literal(_)));
        if version {
            self.rest_of_line();
            return true;
        }
        let headed = self.token(0).is_some_and(|token| token.is_word("version"));
        if !headed || !self.is_word("begin") {
            return false;
        }
        let from = self.position();
        let mut depth = 0usize;
        while !self.done() {
            let bare = self
                .peek_at(1)
                .is_none_or(|token| token.lexeme == Lexeme::LineEnd);
            if self.is_any(&["begin", "beginproperty"]) {
                depth += 1;
            } else if bare && self.is_any(&["end", "endproperty"]) {
                depth -= 1;
            }
            self.rest_of_line();
            if depth == 0 {
                return true;
            }
            if !self.take_line_end() {
                self.take_symbol(":");
            }
        }
        self.rewind(from);
        false
    }

    fn option(&mut self, unit: &mut Unit) -> bool {
        if !self.take_word("option") {
            return false;
        }
        if self.take_word("explicit") {
            unit.explicit = true;
        } else if self.take_word("compare") {
            unit.text_compare = self.is_word("text");
        } else if self.take_word("base") {
            unit.base = i32::from(!self.literal_is_zero());
        }
        self.rest_of_line();
        true
    }

    fn literal_is_zero(&self) -> bool {
        self.peek()
            .is_some_and(|token| token.lexeme == Lexeme::Literal(Value::Integer(0)))
    }

    /// `Attribute VB_Base = "…"` says that the module belongs to a document or form.
    fn attribute(&mut self, unit: &mut Unit) -> bool {
        if !self.is_word("attribute") {
            return false;
        }
        self.advance();
        if self.is_word("vb_base") {
            unit.hosted = true;
            if let Some(Lexeme::Literal(Value::Text(base))) = self.peek_at(2).map(|token| &token.lexeme) {
                unit.host_class = Some(Rc::from(base.show()));
            }
        }
        unit.class |= self.is_any(&["vb_base", "vb_creatable", "vb_predeclaredid"]);
        self.rest_of_line();
        true
    }

    fn rest_of_line(&mut self) {
        while !self.line_ends() && !self.is_symbol(":") {
            self.advance();
        }
    }

    /// Whether the head of a procedure stands here.
    pub(super) fn declares_procedure(&self) -> bool {
        let mut ahead = 0;
        while ["public", "private", "friend", "static", "global", "default"]
            .iter()
            .any(|word| self.peek_at(ahead).is_some_and(|token| token.is_word(word)))
        {
            ahead += 1;
        }
        let head = self.peek_at(ahead);
        let named = self
            .peek_at(ahead + 1)
            .is_some_and(|token| matches!(token.lexeme, Lexeme::Word(_) | Lexeme::Bracketed(_)));
        named
            && ["sub", "function", "property"]
                .iter()
                .any(|word| head.is_some_and(|token| token.is_word(word)))
    }

    fn procedure(&mut self) -> Parse<Procedure> {
        let start = self.start();
        let mut private = false;
        while self.is_any(&["public", "private", "friend", "static", "global", "default"]) {
            private |= self.is_word("private");
            self.advance();
        }
        let (purpose, closes) = self.purpose()?;
        let (name, suffix) = self.typed_name()?;
        let parameters = if self.is_symbol("(") {
            self.parameters()?
        } else {
            Vec::new()
        };
        let kind = self.result_type()?.or(suffix).unwrap_or(Type::Variant);
        if !self.statement_ends() {
            return Err(Broken::Expected("the end of the line"));
        }
        let body = self.procedure_body(closes)?;
        Ok(Procedure {
            name,
            purpose,
            kind,
            private,
            parameters,
            body,
            start,
            end: self.end(),
        })
    }

    fn purpose(&mut self) -> Parse<(Purpose, &'static str)> {
        Ok(match &*self.name()? {
            "sub" => (Purpose::Sub, "sub"),
            "function" => (Purpose::Function, "function"),
            _ => match &*self.name()? {
                "get" => (Purpose::Get, "property"),
                _ => (Purpose::Put, "property"),
            },
        })
    }

    /// Statements up to `End Sub`. What closes a block that is not open is left out, and the body goes on.
    fn procedure_body(&mut self, closes: &'static str) -> Parse<Vec<Statement>> {
        let mut body = Vec::new();
        loop {
            body.extend(self.block()?);
            if self.take_end(closes) {
                return Ok(body);
            }
            let at = self.position();
            let other_end = matches!(
                self.ends_something(),
                Some("sub" | "function" | "property" | "class")
            );
            if self.done() || self.declares_procedure() {
                self.miss("the end of the procedure");
                return Ok(body);
            }
            if other_end {
                self.skip_line(at, &Broken::Expected("the end of the procedure"));
                return Ok(body);
            }
            self.take_owed_next();
            self.skip_line(at, &Broken::Expected("an open block"));
        }
    }
}
