//! Formulas as text, as Excel shows them with `A1` references.

use super::{Callee, Expr, Name, Reference, Target};
use crate::workbook::{Corner, Place, column_letters, general};
use std::fmt::Write;

/// Rows and columns that an offset runs around.
const EDGE: (u32, u32) = (1_048_576, 16_384);

/// Returns a formula without its equals sign, seen from its cell.
pub(crate) fn print(expr: &Expr, row: u32, column: u32) -> String {
    print_short(expr, row, column, usize::MAX)
}

/// Returns the beginning of a formula, of about so many bytes: what stands behind costs nothing.
pub(crate) fn print_short(expr: &Expr, row: u32, column: u32, limit: usize) -> String {
    let mut text = String::new();
    Printer { row, column, limit }.expr(expr, &mut text);
    text
}

struct Printer {
    row: u32,
    column: u32,
    limit: usize,
}

impl Printer {
    fn expr(&self, expr: &Expr, out: &mut String) {
        if out.len() >= self.limit {
            return;
        }
        match expr {
            Expr::Missing => {}
            Expr::Number(number) => out.push_str(&general(*number)),
            Expr::Text(text) => quoted(text, '"', self.limit, out),
            Expr::Bool(value) => out.push_str(if *value { "TRUE" } else { "FALSE" }),
            Expr::Error(error) => out.push_str(error.as_str()),
            Expr::Array(rows) => self.array(rows, out),
            Expr::Reference(reference) => self.reference(reference, out),
            Expr::Name(name) => named(name, out),
            Expr::Foreign(text) => out.push_str(text),
            Expr::Chain(first, rest) => {
                self.expr(first, out);
                for (binary, operand) in rest {
                    if out.len() >= self.limit {
                        return;
                    }
                    out.push_str(binary.as_str());
                    self.expr(operand, out);
                }
            }
            Expr::Signed(sign, operand) => {
                out.push(*sign);
                self.expr(operand, out);
            }
            Expr::Percent(operand) => {
                self.expr(operand, out);
                out.push('%');
            }
            Expr::Paren(inner) => {
                out.push('(');
                self.expr(inner, out);
                out.push(')');
            }
            Expr::Call(callee, arguments) => {
                match callee {
                    Callee::Function(name) => out.push_str(name),
                    Callee::Other(expr) => self.expr(expr, out),
                }
                out.push('(');
                self.list(arguments, out);
                out.push(')');
            }
        }
    }

    fn list(&self, exprs: &[Expr], out: &mut String) {
        for (number, expr) in exprs.iter().enumerate() {
            if out.len() >= self.limit {
                return;
            }
            if number > 0 {
                out.push(',');
            }
            self.expr(expr, out);
        }
    }

    fn array(&self, rows: &[Vec<Expr>], out: &mut String) {
        out.push('{');
        for (number, row) in rows.iter().enumerate() {
            if out.len() >= self.limit {
                return;
            }
            if number > 0 {
                out.push(';');
            }
            self.list(row, out);
        }
        out.push('}');
    }

    fn reference(&self, reference: &Reference, out: &mut String) {
        prefix(&reference.target, out);
        match reference.last {
            Some(last) if spans(reference.first.row, last.row, 0xFFFF) => {
                self.column(reference.first, out);
                out.push(':');
                self.column(last, out);
            }
            Some(last) if spans(reference.first.column, last.column, 0xFF) => {
                self.row(reference.first, out);
                out.push(':');
                self.row(last, out);
            }
            last => {
                self.corner(reference.first, out);
                if let Some(last) = last {
                    out.push(':');
                    self.corner(last, out);
                }
            }
        }
    }

    fn corner(&self, corner: Corner, out: &mut String) {
        self.column(corner, out);
        self.row(corner, out);
    }

    fn column(&self, corner: Corner, out: &mut String) {
        if matches!(corner.column, Place::Fixed(_)) {
            out.push('$');
        }
        out.push_str(&column_letters(corner.column.from(self.column, EDGE.1)));
    }

    fn row(&self, corner: Corner, out: &mut String) {
        if matches!(corner.row, Place::Fixed(_)) {
            out.push('$');
        }
        let row = corner.row.from(self.row, EDGE.0);
        // Writing to a text cannot fail.
        let _ = write!(out, "{}", u64::from(row) + 1);
    }
}

/// Returns whether an area takes all rows or columns, of an old sheet or of a new one.
fn spans(first: Place, last: Place, old: u32) -> bool {
    let at = |place: Place| match place {
        Place::Fixed(at) | Place::Free(at) => Some(at),
        Place::Offset(_) => None,
    };
    let new = if old == 0xFF { EDGE.1 - 1 } else { EDGE.0 - 1 };
    at(first) == Some(0) && at(last).is_some_and(|last| last == old || last == new)
}

fn named(name: &Name, out: &mut String) {
    prefix(&name.target, out);
    out.push_str(&name.name);
}

fn prefix(target: &Target, out: &mut String) {
    match target {
        Target::Here => {}
        Target::Active => out.push('!'),
        Target::Sheet(name) | Target::Elsewhere(name) => {
            if plain(name) {
                out.push_str(name);
            } else {
                quoted(name, '\'', usize::MAX, out);
            }
            out.push('!');
        }
    }
}

/// Returns whether a sheet's name needs no quotes.
fn plain(name: &str) -> bool {
    let begins = name
        .chars()
        .next()
        .is_some_and(|c| c.is_alphabetic() || c == '_' || c == '[');
    begins
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | '[' | ']'))
}

fn quoted(text: &str, quote: char, limit: usize, out: &mut String) {
    out.push(quote);
    for c in text.chars().take(limit) {
        if c == quote {
            out.push(quote);
        }
        out.push(c);
    }
    out.push(quote);
}
