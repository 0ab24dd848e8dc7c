//! Declarations: variables, constants, types, enumerations, procedures of libraries.

use super::{Broken, Cursor, Parse};
use crate::vba::ast::{Bound, Constant, External, Node, Parameter, Record, Resize, Variable};
use crate::vba::convert::known;
use crate::vba::token::Lexeme;
use crate::vba::value::{Type, Value};

/// The most characters of a string with a fixed length (MS-VBAL 5.2.3.1.4).
const LONGEST_FIXED: i32 = 65_526;

impl Cursor<'_> {
    /// `name(bounds) As Type` between commas.
    pub(super) fn variables(&mut self) -> Parse<Vec<Variable>> {
        let mut variables = vec![self.variable()?];
        while self.take_symbol(",") {
            variables.push(self.variable()?);
        }
        Ok(variables)
    }

    pub(super) fn variable(&mut self) -> Parse<Variable> {
        self.take_word("withevents");
        let (name, suffix) = self.typed_name()?;
        let bounds = if self.take_symbol("(") {
            Some(self.bounds()?)
        } else {
            None
        };
        let (kind, new) = self.as_type()?;
        Ok(Variable {
            name,
            kind: kind.or(suffix).unwrap_or(Type::Variant),
            bounds,
            new,
        })
    }

    /// Bounds up to the closing parenthesis.
    fn bounds(&mut self) -> Parse<Vec<Bound>> {
        let mut bounds = Vec::new();
        while !self.take_symbol(")") {
            let first = self.expression()?;
            bounds.push(if self.take_word("to") {
                Bound {
                    lower: Some(first),
                    upper: self.expression()?,
                }
            } else {
                Bound {
                    lower: None,
                    upper: first,
                }
            });
            if !self.take_symbol(",") && !self.is_symbol(")") {
                return Err(Broken::Expected(")"));
            }
        }
        Ok(bounds)
    }

    /// `As New Type * length`, where it stands here.
    fn as_type(&mut self) -> Parse<(Option<Type>, bool)> {
        if !self.take_word("as") {
            return Ok((None, false));
        }
        let new = self.take_word("new");
        let name = self.dotted()?;
        let mut kind = Type::of_name(&name);
        if self.take_symbol("*") {
            let length = self.expression()?;
            let length = match length.node {
                Node::Literal(Value::Integer(length)) => Some(i32::from(length)),
                Node::Literal(Value::Long(length)) => Some(length),
                _ => None,
            };
            if let Some(length) = length.filter(|length| (1..=LONGEST_FIXED).contains(length)) {
                kind = Type::Fixed(usize::try_from(length).unwrap_or(0));
            }
        }
        if self.take_symbol("(") {
            // A function that gives an array: any value, so that it is not read as one element.
            self.expect_symbol(")")?;
            kind = Type::Variant;
        }
        Ok((Some(kind), new))
    }

    pub(super) fn resize(&mut self) -> Parse<Resize> {
        let start = self.start();
        let mut target = self.postfix()?;
        // The bounds were read as the arguments of a call; they are read again as bounds.
        let open = self.opening_of_last().ok_or(Broken::Expected("("))?;
        let end = self.position();
        if let Node::Call(callee, _) = target.node {
            target = *callee;
        }
        target.start = start;
        self.rewind(open + 1);
        let bounds = self.bounds()?;
        if self.position() != end {
            return Err(Broken::Expected(")"));
        }
        let (kind, _) = self.as_type()?;
        Ok(Resize { target, bounds, kind })
    }

    fn opening_of_last(&self) -> Option<usize> {
        let mut depth = 0usize;
        for position in (0..self.position()).rev() {
            let token = self.token(position)?;
            if token.is_symbol(")") {
                depth += 1;
            } else if token.is_symbol("(") {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(position);
                }
            } else if depth == 0 {
                return None;
            }
        }
        None
    }

    pub(super) fn constants(&mut self) -> Parse<Vec<Constant>> {
        let mut constants = Vec::new();
        loop {
            let (name, suffix) = self.typed_name()?;
            let (kind, _) = self.as_type()?;
            self.expect_symbol("=")?;
            constants.push(Constant {
                name,
                kind: kind.or(suffix).unwrap_or(Type::Variant),
                value: Some(self.expression()?),
                first: true,
            });
            if !self.take_symbol(",") {
                return Ok(constants);
            }
        }
    }

    /// The members of an `Enum`, as Long constants.
    pub(super) fn enumeration(&mut self) -> Parse<Vec<Constant>> {
        self.name()?;
        let mut members: Vec<Constant> = Vec::new();
        while !self.done() && !self.take_end("enum") {
            if self.take_line_end() || self.take_symbol(":") {
                continue;
            }
            let (name, _) = self.typed_name()?;
            let value = if self.take_symbol("=") {
                Some(self.expression()?)
            } else {
                None
            };
            members.push(Constant {
                name,
                kind: Type::Long,
                value,
                first: members.is_empty(),
            });
        }
        Ok(members)
    }

    /// A user-defined type.
    pub(super) fn record(&mut self) -> Parse<Record> {
        let name = self.name()?;
        let mut members = Vec::new();
        while !self.done() && !self.take_end("type") {
            if !self.take_line_end() && !self.take_symbol(":") {
                members.push(self.variable()?);
            }
        }
        Ok(Record { name, members })
    }

    /// `Declare`, of which the word was taken.
    pub(super) fn external(&mut self) -> Parse<External> {
        self.take_word("ptrsafe");
        if !self.take_word("function") && !self.take_word("sub") {
            return Err(Broken::Expected("function"));
        }
        let name = self.name()?;
        self.take_word("cdecl");
        self.expect_word("lib")?;
        let library = self.quoted()?;
        let entry = if self.take_word("alias") {
            self.quoted()?
        } else {
            name.to_string()
        };
        let parameters = if self.is_symbol("(") {
            self.parameters()?
        } else {
            Vec::new()
        };
        self.as_type()?;
        Ok(External {
            name,
            library,
            entry,
            parameters,
        })
    }

    fn quoted(&mut self) -> Parse<String> {
        match self.advance().map(|token| &token.lexeme) {
            Some(Lexeme::Literal(value @ Value::Text(_))) => Ok(known(value)
                .ok()
                .flatten()
                .map(|text| text.show())
                .unwrap_or_default()),
            _ => Err(Broken::Expected("a string")),
        }
    }

    /// Parameters in parentheses.
    pub(super) fn parameters(&mut self) -> Parse<Vec<Parameter>> {
        self.expect_symbol("(")?;
        let mut parameters = Vec::new();
        while !self.take_symbol(")") {
            parameters.push(self.parameter()?);
            if !self.take_symbol(",") && !self.is_symbol(")") {
                return Err(Broken::Expected(")"));
            }
        }
        Ok(parameters)
    }

    fn parameter(&mut self) -> Parse<Parameter> {
        let (mut by_value, mut rest) = (false, false);
        loop {
            if self.take_word("byval") {
                by_value = true;
            } else if self.take_word("paramarray") {
                rest = true;
            } else if !self.take_word("byref") && !self.take_word("optional") {
                break;
            }
        }
        let variable = self.variable()?;
        let default = if self.take_symbol("=") {
            Some(self.expression()?)
        } else {
            None
        };
        Ok(Parameter {
            variable,
            by_value,
            rest,
            default,
        })
    }

    /// The type of a function behind its parameters.
    pub(super) fn result_type(&mut self) -> Parse<Option<Type>> {
        self.as_type().map(|(kind, _)| kind)
    }
}
