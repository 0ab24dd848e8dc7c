//! Constants of arrays, and the areas among them, which stand behind the tokens.

use super::super::Expr;
use super::Parser;
use crate::workbook::{Dialect, ErrorCode};

/// Constants of one array; a sheet's row has as many columns.
const CONSTANTS: usize = 1 << 16;

impl Parser<'_, '_> {
    /// The constants of an array stand behind the tokens.
    pub(super) fn array(&mut self) -> Option<()> {
        let unused = match self.dialect() {
            Dialect::Biff12 => 14,
            Dialect::Biff2 => 6,
            _ => 7,
        };
        self.tokens.take(unused)?;
        let (rows, columns) = match self.dialect() {
            Dialect::Biff12 => {
                let columns = self.extra.u32()?;
                (self.extra.u32()? as usize, columns as usize)
            }
            _ => {
                let columns = usize::from(self.extra.u8()?);
                let rows = usize::from(self.extra.u16()?);
                match self.dialect() {
                    Dialect::Biff8 => (rows + 1, columns + 1),
                    _ => (rows, if columns == 0 { 256 } else { columns }),
                }
            }
        };
        // Rows of nothing count too.
        if rows.checked_mul(columns.max(1))? > CONSTANTS {
            return None;
        }
        let mut array = Vec::new();
        for _ in 0..rows {
            let mut row = Vec::new();
            for _ in 0..columns {
                row.push(self.constant()?);
            }
            array.push(row);
        }
        self.push(Expr::Array(array))
    }

    fn constant(&mut self) -> Option<Expr> {
        let kind = self.extra.u8()?;
        if self.dialect() == Dialect::Biff12 {
            return Some(match kind {
                0 => Expr::Number(self.extra.f64()?),
                1 => {
                    let count = self.extra.u16()?;
                    Expr::Text(self.extra.wide(count.into())?.into())
                }
                2 => Expr::Bool(self.extra.u8()? != 0),
                _ => {
                    let [code, ..] = self.extra.array::<4>()?;
                    Expr::Error(ErrorCode(code))
                }
            });
        }
        if kind == 2 {
            return self.constant_text();
        }
        let data = self.extra.array::<8>()?;
        let [first, ..] = data;
        Some(match kind {
            1 => Expr::Number(f64::from_le_bytes(data)),
            4 => Expr::Bool(first != 0),
            16 => Expr::Error(ErrorCode(first)),
            _ => Expr::Missing,
        })
    }

    fn constant_text(&mut self) -> Option<Expr> {
        let text = if self.dialect() == Dialect::Biff8 {
            let count = self.extra.u16()?;
            self.extra.flagged(count.into())?
        } else {
            let count = self.extra.u8()?;
            let bytes = self.extra.take(count.into())?;
            encoding_rs::WINDOWS_1252
                .decode_without_bom_handling(bytes)
                .0
                .into_owned()
        };
        Some(Expr::Text(text.into()))
    }

    /// The areas of `PtgMemArea` stand among the constants.
    pub(super) fn skip_areas(&mut self) -> Option<()> {
        let (count, size) = match self.dialect() {
            Dialect::Biff12 => (self.extra.u32()? as usize, 16),
            Dialect::Biff8 => (usize::from(self.extra.u16()?), 8),
            _ => (usize::from(self.extra.u16()?), 6),
        };
        self.extra.take(count.checked_mul(size)?).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::formula::Site;
    use crate::workbook::{Dialect, Extern, Workbook};

    /// An array whose rows have no columns is bounded by its rows.
    #[test]
    fn rows_of_nothing_have_a_bound() {
        let book = Workbook {
            sheets: Vec::new(),
            names: Vec::new(),
            links: Extern::default(),
            dialect: Dialect::Biff12,
            gaps: Vec::new(),
        };
        let site = Site {
            book: &book,
            sheet: None,
            nesting: 8,
        };
        let tokens = [&[0x20][..], &[0; 14]].concat();
        let array = |columns: u32, rows: u32| [columns.to_le_bytes(), rows.to_le_bytes()].concat();
        assert!(parse(&tokens, &array(0, 3_000_000), &site).is_err());
        assert!(parse(&tokens, &array(0, 3), &site).is_ok());
    }
}
