//! References in texts: cells, whole rows and columns, the sheets and workbooks before them, links and names.

use super::super::functions::named;
use super::super::{Expr, Name, Reference, Target};
use super::{Parser, is_word};
use crate::workbook::{Corner, Place, column_of, parse_a1, parse_r1c1, place, row_of};
use std::sync::Arc;

/// The last row and column of the largest sheet.
const LAST: (u32, u32) = (1_048_575, 16_383);

impl Parser<'_> {
    pub(super) fn rows(&mut self, start: usize) -> Option<Expr> {
        let before = self.at;
        let first = edge(self.text.get(start..self.at)?, row_of)?;
        let found = self.eat(":").then(|| edge(self.take_while(is_word), row_of));
        let Some(Some(last)) = found else {
            self.at = before;
            return None;
        };
        Some(self.lines(Target::Here, first, last, true))
    }

    /// A word: a name, a cell, a truth value, or the sheet before one of these.
    pub(super) fn word(&mut self) -> Option<Expr> {
        if self.r1c1
            && let Some(reference) = self.cell_by_number(Target::Here)
        {
            return Some(reference);
        }
        let start = self.at;
        // The workbook before the sheet: `[1]Sheet1!A1`.
        if self.eat("[") {
            self.take_while(|c| c != ']');
            if !self.eat("]") {
                return None;
            }
        }
        let word = self.take_while(is_word);
        let whole = self.text.get(start..self.at)?;
        if whole.is_empty() {
            return None;
        }
        match self.peek() {
            Some('!') => {
                self.at += 1;
                self.on(target_of(whole))
            }
            Some('|') => self.link(start),
            Some('[') if !word.is_empty() => self.column_of_table(start),
            Some(':') if self.span_of_sheets(start) => {
                let whole = self.text.get(start..self.at)?.to_owned();
                self.at += 1;
                self.on(Target::Elsewhere(whole.into()))
            }
            _ => self.plain(word, Target::Here),
        }
    }

    /// Passes over `:Sheet3` where an exclamation mark stands behind it.
    fn span_of_sheets(&mut self, start: usize) -> bool {
        let before = self.at;
        self.at += 1;
        let second = self.take_while(is_word);
        let is = !second.is_empty() && self.peek() == Some('!') && self.text.get(start..before).is_some();
        if !is {
            self.at = before;
        }
        is
    }

    /// What stands behind a sheet.
    pub(super) fn on(&mut self, target: Target) -> Option<Expr> {
        if self.peek() == Some('#') {
            return self.error();
        }
        if self.r1c1
            && let Some(reference) = self.cell_by_number(target.clone())
        {
            return Some(reference);
        }
        let word = self.take_while(is_word);
        if word.is_empty() {
            return None;
        }
        self.plain(word, target)
    }

    fn plain(&mut self, word: &str, target: Target) -> Option<Expr> {
        if !self.r1c1 {
            if let Some(corner) = parse_a1(word)
                && self.peek() != Some('(')
            {
                let first = self.shifted(corner);
                return Some(Expr::Reference(Reference {
                    target,
                    first,
                    last: None,
                }));
            }
            // A cell may be called, unless a function has its name: `LOG10(`.
            if let Some(corner) = parse_a1(word)
                && named(word).is_none()
            {
                let first = self.shifted(corner);
                return Some(Expr::Reference(Reference {
                    target,
                    first,
                    last: None,
                }));
            }
            if let Some(columns) = self.columns(word, &target) {
                return Some(columns);
            }
        }
        let here = target == Target::Here;
        if here && self.peek() != Some('(') {
            if word.eq_ignore_ascii_case("TRUE") {
                return Some(Expr::Bool(true));
            }
            if word.eq_ignore_ascii_case("FALSE") {
                return Some(Expr::Bool(false));
            }
        }
        Some(Expr::Name(Name {
            index: None,
            target,
            name: word.into(),
        }))
    }

    /// Whole columns: `A:C`; and rows with a `$`.
    fn columns(&mut self, word: &str, target: &Target) -> Option<Expr> {
        let (row, column) = (edge(word, row_of), edge(word, column_of));
        if (row.is_none() && column.is_none()) || !self.rest().starts_with(':') {
            return None;
        }
        let before = self.at;
        self.at += 1;
        let second = self.take_while(is_word);
        let found = match (row, column) {
            (Some(first), _) => edge(second, row_of).map(|last| (first, last, true)),
            (_, Some(first)) => edge(second, column_of).map(|last| (first, last, false)),
            _ => None,
        };
        if found.is_none() {
            self.at = before;
        }
        let (first, last, rows) = found?;
        Some(self.lines(target.clone(), first, last, rows))
    }

    /// Returns all cells from one row or column to another.
    fn lines(&self, target: Target, first: Place, last: Place, rows: bool) -> Expr {
        let corner = |at, other| match rows {
            true => Corner {
                row: at,
                column: Place::Fixed(other),
            },
            false => Corner {
                row: Place::Fixed(other),
                column: at,
            },
        };
        Expr::Reference(Reference {
            target,
            first: self.shifted(corner(first, 0)),
            last: Some(self.shifted(corner(last, if rows { LAST.1 } else { LAST.0 }))),
        })
    }

    /// `R1C1`, `R[-1]C`, and whole rows and columns.
    fn cell_by_number(&mut self, target: Target) -> Option<Expr> {
        let rest = self.rest();
        if !rest.starts_with(['R', 'r', 'C', 'c']) {
            return None;
        }
        let end = end_of_cell(rest);
        let word = rest.get(..end)?;
        let behind = rest.get(end..).and_then(|rest| rest.chars().next());
        if behind.is_some_and(|c| is_word(c) || matches!(c, '!' | '|')) {
            return None;
        }
        let found = if let Some(first) = parse_r1c1(word) {
            Expr::Reference(Reference {
                target,
                first,
                last: None,
            })
        } else if behind == Some('(') || word.len() < 2 {
            return None;
        } else {
            let rows = word.starts_with(['R', 'r']);
            let (at, rest) = place(word.get(1..)?, if rows { LAST.0 + 1 } else { LAST.1 + 1 })?;
            if !rest.is_empty() {
                return None;
            }
            self.lines(target, at, at, rows)
        };
        self.at += end;
        Some(found)
    }

    /// A link to a program: `program|topic!item`, the topic perhaps in quotes.
    fn link(&mut self, start: usize) -> Option<Expr> {
        self.at += 1;
        if self.peek() == Some('\'') {
            self.quoted('\'')?;
        } else {
            self.take_while(|c| c != '!');
        }
        if !self.eat("!") {
            return None;
        }
        if self.peek() == Some('\'') {
            self.quoted('\'')?;
        } else {
            self.take_while(is_word);
        }
        Some(Expr::Foreign(self.text.get(start..self.at)?.into()))
    }

    /// A table's column: `Table[[#This Row],[a]]`.
    fn column_of_table(&mut self, start: usize) -> Option<Expr> {
        let mut open = 0_u32;
        loop {
            match self.peek()? {
                '[' => open += 1,
                ']' => open -= 1,
                _ => {}
            }
            self.at += self.peek().map_or(1, char::len_utf8);
            if open == 0 {
                return Some(Expr::Foreign(self.text.get(start..self.at)?.into()));
            }
        }
    }

    fn shifted(&self, corner: Corner) -> Corner {
        let by = |place: Place, by: i32, size: u32| match place {
            Place::Free(at) => {
                Place::Free((i64::from(at) + i64::from(by)).rem_euclid(i64::from(size)) as u32)
            }
            place => place,
        };
        Corner {
            row: by(corner.row, self.moved.0, LAST.0 + 1),
            column: by(corner.column, self.moved.1, LAST.1 + 1),
        }
    }
}

/// Reads one edge of a whole row or column, with or without its `$`.
fn edge(word: &str, read: impl Fn(&str) -> Option<u32>) -> Option<Place> {
    match word.strip_prefix('$') {
        Some(rest) => read(rest).map(Place::Fixed),
        None => read(word).map(Place::Free),
    }
}

/// Returns the bytes of the longest beginning that may be a cell by numbers: letters `R` and `C`, each with digits or
/// brackets behind it.
fn end_of_cell(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut letters = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'R' | b'r' if letters == 0 => letters += 1,
            b'C' | b'c' if letters < 2 => letters = 2,
            b'0'..=b'9' => {}
            b'[' => {
                let inner = bytes.get(at + 1..).unwrap_or_default();
                let digits = inner
                    .iter()
                    .take_while(|b| matches!(b, b'0'..=b'9' | b'-'))
                    .count();
                if digits == 0 || digits > 9 || inner.get(digits) != Some(&b']') {
                    break;
                }
                at += digits + 1;
            }
            _ => break,
        }
        at += 1;
    }
    at
}

/// A sheet of this workbook, or of another: `[1]Sheet1`, `C:\[a.xls]Sheet1`. The own workbook has the number 0.
pub(super) fn target_of(sheet: &str) -> Target {
    let sheet = sheet.strip_prefix("[0]").unwrap_or(sheet);
    if sheet.is_empty() {
        Target::Here
    } else if sheet.contains('[') {
        Target::Elsewhere(sheet.into())
    } else {
        Target::Sheet(Arc::from(sheet))
    }
}
