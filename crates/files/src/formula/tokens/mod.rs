//! Formulas as tokens in reverse Polish order (MS-XLS 2.5.198, MS-XLSB 2.5.97, and BIFF 2 to 5 as Excel 5 wrote them).

mod constant;
mod place;

use super::functions::{command, function};
use super::{Binary, Callee, Expr, Name, Reference, Site, Target};
use crate::workbook::{Book, Corner, Cursor, Dialect, ErrorCode, Source};

/// An operand and how deep it nests.
struct Item {
    expr: Expr,
    depth: u32,
}

struct Parser<'a, 's> {
    tokens: Cursor<'a>,
    extra: Cursor<'a>,
    site: &'s Site<'s>,
    stack: Vec<Item>,
}

/// Reads tokens and the data behind them.
pub(super) fn parse(tokens: &[u8], extra: &[u8], site: &Site<'_>) -> Result<Expr, String> {
    if let Some(at) = pointed_at(tokens, extra, site.book.dialect) {
        return shared(at, site);
    }
    let mut parser = Parser {
        tokens: Cursor::new(tokens),
        extra: Cursor::new(extra),
        site,
        stack: Vec::new(),
    };
    while let Some(token) = parser.tokens.u8() {
        match parser.token(token) {
            Some(()) => {}
            None if parser.stack.iter().any(|item| item.depth > site.nesting) => {
                return Err(format!("nests deeper than {} levels", site.nesting));
            }
            None => {
                let at = tokens.len() - parser.tokens.rest().len() - 1;
                return Err(format!("token {token:#04x} at {at}"));
            }
        }
    }
    match parser.stack.pop() {
        Some(item) if parser.stack.is_empty() => Ok(item.expr),
        Some(_) => Err("operands are left over".into()),
        None => Err("no tokens".into()),
    }
}

/// Returns the cell that `PtgExp` points to: it has the formula, which several share.
fn pointed_at(tokens: &[u8], extra: &[u8], dialect: Dialect) -> Option<(u32, u32)> {
    let mut tokens = Cursor::new(tokens);
    if tokens.u8()? != 0x01 {
        return None;
    }
    Some(match dialect {
        Dialect::Biff12 => (tokens.u32()?, Cursor::new(extra).u32()?),
        Dialect::Biff2 => (tokens.u16()?.into(), tokens.u8()?.into()),
        _ => (tokens.u16()?.into(), tokens.u16()?.into()),
    })
}

fn shared(at: (u32, u32), site: &Site<'_>) -> Result<Expr, String> {
    match site.sheet.and_then(|sheet| sheet.shared.get(&at)) {
        // A shared formula does not point on.
        Some(Source::Tokens { tokens, extra }) if pointed_at(tokens, extra, site.book.dialect).is_none() => {
            parse(tokens, extra, site)
        }
        _ => Err("the shared formula that it points to is missing".into()),
    }
}

impl Parser<'_, '_> {
    fn dialect(&self) -> Dialect {
        self.site.book.dialect
    }

    fn push(&mut self, expr: Expr) -> Option<()> {
        self.stack.push(Item { expr, depth: 1 });
        Some(())
    }

    /// Pushes what is made of operands that nest so deep; `None` where that is too deep.
    fn push_over(&mut self, expr: Expr, depth: u32) -> Option<()> {
        let depth = depth + 1;
        self.stack.push(Item { expr, depth });
        (depth <= self.site.nesting).then_some(())
    }

    fn token(&mut self, token: u8) -> Option<()> {
        match token {
            // A data table: what it comes to is in its cells (MS-XLS 2.5.198.92).
            0x02 => {
                self.tokens
                    .take(if self.dialect() == Dialect::Biff2 { 3 } else { 4 })?;
                self.push(Expr::Foreign("TABLE()".into()))
            }
            0x03..=0x11 => self.binary(token),
            0x12 | 0x13 => {
                let item = self.stack.pop()?;
                let sign = if token == 0x12 { '+' } else { '-' };
                self.push_over(Expr::Signed(sign, Box::new(item.expr)), item.depth)
            }
            0x14 => {
                let item = self.stack.pop()?;
                self.push_over(Expr::Percent(Box::new(item.expr)), item.depth)
            }
            0x15 => {
                let item = self.stack.pop()?;
                self.push_over(Expr::Paren(Box::new(item.expr)), item.depth)
            }
            0x16 => self.push(Expr::Missing),
            0x17 => {
                let text = self.string()?;
                self.push(Expr::Text(text.into()))
            }
            0x18 => self.extended(),
            0x19 => self.attribute(),
            0x1C => {
                let code = self.tokens.u8()?;
                self.push(Expr::Error(ErrorCode(code)))
            }
            0x1D => {
                let value = self.tokens.u8()?;
                self.push(Expr::Bool(value != 0))
            }
            0x1E => {
                let value = self.tokens.u16()?;
                self.push(Expr::Number(value.into()))
            }
            0x1F => {
                let value = self.tokens.f64()?;
                self.push(Expr::Number(value))
            }
            0x20..=0x7F => self.classed((token & 0x1F) | 0x20),
            _ => None,
        }
    }

    /// Tokens of which there are three, one for each class of operand.
    fn classed(&mut self, token: u8) -> Option<()> {
        match token {
            0x20 => self.array(),
            0x21 => {
                let number = self.function_number()?;
                let function = function(number)?;
                self.call(Callee::Function(function.name), function.arguments?)
            }
            0x22 => self.variable_call(),
            0x23 => self.name(),
            0x24 => {
                let first = self.corner(false)?;
                self.push_reference(Target::Here, first, None)
            }
            0x25 => {
                let (first, last) = self.corners(false)?;
                self.push_reference(Target::Here, first, Some(last))
            }
            0x26..=0x28 => {
                // The area that the tokens behind it come to.
                let size = if self.dialect() == Dialect::Biff2 { 4 } else { 6 };
                self.tokens.take(size)?;
                if token == 0x26 {
                    self.skip_areas()?;
                }
                Some(())
            }
            0x29 | 0x2E | 0x2F => {
                self.tokens
                    .take(if self.dialect() == Dialect::Biff2 { 1 } else { 2 })?;
                Some(())
            }
            0x2A => {
                self.corner(false)?;
                self.push(Expr::Error(ErrorCode::REF))
            }
            0x2B => {
                self.corners(false)?;
                self.push(Expr::Error(ErrorCode::REF))
            }
            0x2C => {
                let first = self.corner(true)?;
                self.push_reference(Target::Here, first, None)
            }
            0x2D => {
                let (first, last) = self.corners(true)?;
                self.push_reference(Target::Here, first, Some(last))
            }
            0x39 => self.external_name(),
            0x3A => {
                let target = self.target()?;
                let first = self.corner(false)?;
                self.push_reference(target, first, None)
            }
            0x3B => {
                let target = self.target()?;
                let (first, last) = self.corners(false)?;
                self.push_reference(target, first, Some(last))
            }
            0x3C => {
                self.target()?;
                self.corner(false)?;
                self.push(Expr::Error(ErrorCode::REF))
            }
            0x3D => {
                self.target()?;
                self.corners(false)?;
                self.push(Expr::Error(ErrorCode::REF))
            }
            _ => None,
        }
    }

    fn push_reference(&mut self, target: Target, first: Corner, last: Option<Corner>) -> Option<()> {
        self.push(Expr::Reference(Reference { target, first, last }))
    }

    fn binary(&mut self, token: u8) -> Option<()> {
        let (binary, _) = Binary::ALL.get(usize::from(token) - 3).copied()?;
        let right = self.stack.pop()?;
        let left = self.stack.pop()?;
        let depth = match left.expr {
            // Only what is new in a chain nests.
            Expr::Chain(..) => left.depth.max(right.depth + 1) - 1,
            _ => left.depth.max(right.depth),
        };
        self.push_over(Expr::joined(left.expr, binary, right.expr), depth)
    }

    fn string(&mut self) -> Option<String> {
        match self.dialect() {
            Dialect::Biff12 => {
                let count = self.tokens.u16()?;
                self.tokens.wide(count.into())
            }
            Dialect::Biff8 => {
                let count = self.tokens.u8()?;
                self.tokens.flagged(count.into())
            }
            _ => {
                let count = self.tokens.u8()?;
                let bytes = self.tokens.take(count.into())?;
                Some(
                    encoding_rs::WINDOWS_1252
                        .decode_without_bom_handling(bytes)
                        .0
                        .into_owned(),
                )
            }
        }
    }

    /// Tokens that later versions added (MS-XLS 2.5.198.26, MS-XLSB 2.5.97.44).
    fn extended(&mut self) -> Option<()> {
        let kind = self.tokens.u8()?;
        let size = match (self.dialect(), kind) {
            (Dialect::Biff12, 0x19) => 12,
            _ => 4,
        };
        self.tokens.take(size)?;
        self.push(Expr::Foreign("Table[]".into()))
    }

    /// MS-XLS 2.5.198.27: how to calculate and to print, nothing that changes the result but a sum.
    fn attribute(&mut self) -> Option<()> {
        let flags = self.tokens.u8()?;
        let old = self.dialect() == Dialect::Biff2;
        let data = if old {
            self.tokens.u8()?.into()
        } else {
            self.tokens.u16()?
        };
        if flags & 0x04 != 0 {
            let width = if old { 1 } else { 2 };
            self.tokens.take((usize::from(data) + 1) * width)?;
        }
        if flags & 0x10 != 0 {
            return self.call(Callee::Function("SUM"), 1);
        }
        Some(())
    }

    fn function_number(&mut self) -> Option<u16> {
        if self.dialect() <= Dialect::Biff3 {
            self.tokens.u8().map(u16::from)
        } else {
            self.tokens.u16()
        }
    }

    fn variable_call(&mut self) -> Option<()> {
        let count = usize::from(self.tokens.u8()? & 0x7F);
        let number = self.function_number()?;
        if number & 0x8000 != 0 {
            let command = command(number & 0x7FFF)?;
            return self.call(Callee::Function(command.name), count);
        }
        // 255 calls what the first operand names.
        if number & 0x7FFF == 255 {
            return self.other_call(count.checked_sub(1)?);
        }
        self.call(Callee::Function(function(number)?.name), count)
    }

    fn arguments(&mut self, count: usize) -> Option<(Vec<Expr>, u32)> {
        let from = self.stack.len().checked_sub(count)?;
        let items = self.stack.split_off(from);
        let depth = items.iter().map(|item| item.depth).max().unwrap_or(0);
        Some((items.into_iter().map(|item| item.expr).collect(), depth))
    }

    fn call(&mut self, callee: Callee, count: usize) -> Option<()> {
        let (arguments, depth) = self.arguments(count)?;
        self.push_over(Expr::Call(callee, arguments), depth)
    }

    fn other_call(&mut self, count: usize) -> Option<()> {
        let (arguments, depth) = self.arguments(count)?;
        let callee = self.stack.pop()?;
        let depth = depth.max(callee.depth);
        let call = Expr::Call(Callee::Other(Box::new(callee.expr)), arguments);
        self.push_over(call, depth)
    }

    fn name(&mut self) -> Option<()> {
        let number = match self.dialect() {
            Dialect::Biff12 => self.tokens.u32()? as usize,
            Dialect::Biff8 => self.padded(2)?,
            Dialect::Biff5 => self.padded(12)?,
            Dialect::Biff2 => self.padded(5)?,
            _ => self.padded(8)?,
        };
        let index = number.checked_sub(1)?;
        let known = self.site.book.names.get(index);
        let name = known.map_or_else(|| format!("#NAME{number}"), |name| name.name.clone());
        self.push(Expr::Name(Name {
            index: Some(index),
            target: Target::Here,
            name: name.into(),
        }))
    }

    /// Takes a number of two bytes and what stands unused behind it.
    fn padded(&mut self, unused: usize) -> Option<usize> {
        let number = self.tokens.u16()?;
        self.tokens.take(unused)?;
        Some(number.into())
    }

    fn external_name(&mut self) -> Option<()> {
        let links = &self.site.book.links;
        let (range, name) = match self.dialect() {
            Dialect::Biff12 | Dialect::Biff8 => (self.tokens.u16()?.into(), self.tokens.u32()? as usize),
            _ => {
                let range = i16::from_le_bytes(self.tokens.array()?);
                self.tokens.take(8)?;
                let name = self.padded(12)?;
                (usize::from(range.unsigned_abs()).saturating_sub(1), name)
            }
        };
        let expr = match links.name(range, name) {
            Some((Book::Program { program, topic }, item)) => {
                Expr::Foreign(format!("{program}|'{topic}'!{}", item.unwrap_or("?")).into())
            }
            Some((Book::File { path, .. }, item)) if !path.is_empty() => {
                Expr::Foreign(format!("'{path}'!{}", item.unwrap_or("?")).into())
            }
            Some((Book::Own, None)) => {
                let index = name.checked_sub(1)?;
                let own = self.site.book.names.get(index)?;
                Expr::Name(Name {
                    index: Some(index),
                    target: Target::Here,
                    name: own.name.as_str().into(),
                })
            }
            found => Expr::Name(Name {
                index: None,
                target: Target::Here,
                name: found.and_then(|(_, name)| name).unwrap_or("#NAME?").into(),
            }),
        };
        self.push(expr)
    }
}
