//! Declarations: classes, enumerations, `using`, `data`.

use super::super::ast::{Block, Class, Enumeration, Expr, Method, Property, StatementKind};
use super::super::scanner::{is_blank, is_name};
use super::{Fault, Parse, Parser};
use std::rc::Rc;

/// What stands in front of a member.
#[derive(Default)]
struct Front {
    kind: Option<String>,
    fixed: bool,
}

impl Parser<'_, '_, '_> {
    /// A class or an enumeration; one that is not understood is skipped as text.
    pub(super) fn declaration(&mut self, word: &str) -> Parse<StatementKind> {
        let start = self.scan.at();
        let read = match word {
            "class" => self.nested(Self::class).map(StatementKind::Class),
            "enum" => self.nested(Self::enumeration).map(StatementKind::Enum),
            _ => Err(Fault::Syntax("a declaration that is not read")),
        };
        match read {
            Ok(kind) => Ok(kind),
            Err(Fault::Limit(limit)) => Err(Fault::Limit(limit)),
            Err(_) => {
                self.scan.go(start);
                self.skipped_declaration()
            }
        }
    }

    /// `Name : Base, Other {`; returns the name and what stands behind the colon.
    fn declared(&mut self) -> Parse<(String, Vec<String>)> {
        self.scan.skip_lines();
        let name = self.scan.take_while(is_name).to_owned();
        if name.is_empty() {
            return Err(Fault::Syntax("a declaration without a name"));
        }
        self.scan.skip_lines();
        let mut bases = Vec::new();
        if self.scan.eat(":") {
            loop {
                self.scan.skip_lines();
                let base = self
                    .scan
                    .take_while(|c| is_name(c) || matches!(c, '.' | '[' | ']'));
                bases.push(base.to_owned());
                self.scan.skip_lines();
                if !self.scan.eat(",") {
                    break;
                }
            }
        }
        if !self.scan.eat("{") {
            return Err(Fault::Syntax("a declaration without a body"));
        }
        Ok((name, bases))
    }

    fn class(&mut self) -> Parse<Rc<Class>> {
        let start = self.scan.at();
        let (name, bases) = self.declared()?;
        let mut class = Class {
            name,
            bases,
            properties: Vec::new(),
            methods: Vec::new(),
        };
        loop {
            self.scan.skip_separators();
            if matches!(self.scan.peek(), None | Some('}')) {
                break;
            }
            self.class_member(&mut class)?;
        }
        self.close("}", start)?;
        Ok(Rc::new(class))
    }

    /// Attributes, the type, `static` and `hidden` in any order.
    fn front(&mut self) -> Parse<Front> {
        let mut front = Front::default();
        loop {
            self.scan.skip_lines();
            if self.scan.peek() == Some('[') {
                front.kind = self.type_or_attribute()?.or(front.kind);
            } else if self.modifier("static") {
                front.fixed = true;
            } else if !self.modifier("hidden") {
                return Ok(front);
            }
        }
    }

    /// Takes a modifier; a method may have its name.
    fn modifier(&mut self, word: &str) -> bool {
        let start = self.scan.at();
        let stands = self.scan.eat_word(word)
            && self
                .scan
                .peek()
                .is_some_and(|c| is_blank(c) || matches!(c, '[' | '$' | '\n' | '\r'));
        if !stands {
            self.scan.go(start);
        }
        stands
    }

    fn class_member(&mut self, class: &mut Class) -> Parse<()> {
        let front = self.front()?;
        if self.scan.eat("$") {
            let property = self.property(front)?;
            class.properties.push(property);
            return Ok(());
        }
        let name = self.scan.take_while(is_name).to_owned();
        self.scan.skip_lines();
        if name.is_empty() || self.scan.peek() != Some('(') {
            return Err(Fault::Syntax("a class with something that is no member"));
        }
        let params = self.parameter_list()?;
        self.scan.skip_lines();
        let base = self.base_arguments()?;
        self.scan.skip_lines();
        let mut body: Box<Block> = self.braced_block()?;
        body.params = params;
        class.methods.push(Method {
            name,
            kind: front.kind,
            fixed: front.fixed,
            base,
            body: Rc::new(*body),
        });
        Ok(())
    }

    fn property(&mut self, front: Front) -> Parse<Property> {
        let name = self
            .scan
            .variable()
            .ok_or(Fault::Syntax("a property without a name"))?;
        self.scan.skip_blanks();
        let value = if self.scan.eat("=") {
            self.scan.skip_lines();
            Some(self.nested(Self::inner_statement)?)
        } else {
            None
        };
        Ok(Property {
            name,
            kind: front.kind,
            fixed: front.fixed,
            value,
        })
    }

    /// `: base(arguments)` behind a constructor's parameters.
    fn base_arguments(&mut self) -> Parse<Option<Vec<Expr>>> {
        if !self.scan.eat(":") {
            return Ok(None);
        }
        self.scan.skip_lines();
        if !self.scan.eat_word("base") {
            return Err(Fault::Syntax("a colon without base"));
        }
        self.scan.skip_lines();
        self.method_arguments().map(Some)
    }

    fn enumeration(&mut self) -> Parse<Rc<Enumeration>> {
        let start = self.scan.at();
        let (name, _) = self.declared()?;
        let mut values = Vec::new();
        loop {
            self.scan.skip_separators();
            if matches!(self.scan.peek(), None | Some('}')) {
                break;
            }
            let label = self.scan.take_while(is_name).to_owned();
            if label.is_empty() {
                return Err(Fault::Syntax("an enumeration with something that is no name"));
            }
            self.scan.skip_blanks();
            let value = if self.scan.eat("=") {
                self.scan.skip_lines();
                Some(self.nested(Self::expression_without_comma)?)
            } else {
                None
            };
            values.push((label, value));
        }
        self.close("}", start)?;
        Ok(Rc::new(Enumeration {
            name,
            flags: false,
            values,
        }))
    }

    /// `[Flags()] enum …`; says whether it stands here, and takes it.
    pub(super) fn flags(&mut self) -> bool {
        let start = self.scan.at();
        let begins = self
            .scan
            .rest()
            .get(..6)
            .is_some_and(|word| word.eq_ignore_ascii_case("[flags"));
        if begins && self.type_or_attribute().is_ok() {
            self.scan.skip_lines();
            if self.scan.peek_word() == "enum" {
                return true;
            }
        }
        self.scan.go(start);
        false
    }

    /// `using namespace System.Text`; modules and assemblies add nothing here.
    pub(super) fn using(&mut self) -> StatementKind {
        self.scan.skip_blanks();
        let namespace = self.scan.eat_word("namespace");
        self.scan.skip_blanks();
        let rest = self.scan.take_while(|c| !matches!(c, '\n' | ';' | '\r'));
        match namespace {
            true => StatementKind::Using(rest.trim().to_owned()),
            false => StatementKind::Text,
        }
    }

    /// `data Name -SupportedCommand X { … }`
    pub(super) fn data(&mut self) -> Parse<StatementKind> {
        self.scan.skip_lines();
        let name = Some(self.scan.take_while(is_name).to_owned()).filter(|name| !name.is_empty());
        self.scan.skip_lines();
        if self.scan.eat("-") {
            self.scan.take_while(is_name);
            self.scan
                .take_while(|c| is_name(c) || is_blank(c) || matches!(c, ',' | '-'));
            self.scan.skip_lines();
        }
        let body = self.braced_block()?;
        Ok(StatementKind::Data { name, body })
    }

    /// A declaration whose body is skipped as text.
    fn skipped_declaration(&mut self) -> Parse<StatementKind> {
        self.scan.skip_blanks();
        self.scan.take_while(|c| !matches!(c, '{' | ';' | '\n' | '='));
        self.scan.skip_lines();
        let mut open = 0_u32;
        if self.scan.peek() != Some('{') {
            return Err(Fault::Syntax("a declaration without a body"));
        }
        while let Some(c) = self.scan.bump() {
            match c {
                '{' => open += 1,
                '}' if open == 1 => break,
                '}' => open -= 1,
                _ => {}
            }
        }
        Ok(StatementKind::Text)
    }
}
