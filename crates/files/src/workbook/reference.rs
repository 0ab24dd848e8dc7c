//! Cells named in texts: `A1` and `R1C1`.

/// Columns and rows of the largest sheet (ECMA-376 part 1, 18.3.1.73).
pub(crate) const COLUMNS: u32 = 16_384;
pub(crate) const ROWS: u32 = 1_048_576;

/// A row or column: counted from the sheet's edge, or from the cell that names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// From the edge, from zero; written with a `$` or without square brackets.
    Fixed(u32),
    /// From the edge, but moving with its cell when copied: `A1` without `$`.
    Free(u32),
    /// So far from the cell that names it.
    Offset(i32),
}

impl Place {
    /// Returns the number from the edge, seen from a cell's own row or column.
    pub fn from(self, base: u32, size: u32) -> u32 {
        match self {
            Place::Fixed(at) | Place::Free(at) => at,
            // Offsets run around the edge of the sheet.
            Place::Offset(offset) => {
                (i64::from(base) + i64::from(offset)).rem_euclid(i64::from(size.max(1))) as u32
            }
        }
    }
}

/// A corner of a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Corner {
    /// The row.
    pub row: Place,
    /// The column.
    pub column: Place,
}

/// Returns a column's letters, from zero: `A`, `Z`, `AA`.
pub(crate) fn column_letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column;
    loop {
        letters.push(char::from(b'A' + (rest % 26) as u8));
        if rest < 26 {
            break;
        }
        rest = rest / 26 - 1;
    }
    letters.iter().rev().collect()
}

/// Reads letters as a column from zero.
pub(crate) fn column_of(letters: &str) -> Option<u32> {
    if letters.is_empty() || letters.len() > 3 || !letters.bytes().all(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    let number = letters.bytes().fold(0, |sum, b| {
        sum * 26 + u32::from(b.to_ascii_uppercase() - b'A') + 1
    });
    (number <= COLUMNS).then(|| number - 1)
}

/// Reads `A1`, `$A$1` and the like, the whole text.
pub(crate) fn parse_a1(text: &str) -> Option<Corner> {
    let (column_fixed, rest) = strip(text, '$');
    let letters = rest.find(|c: char| !c.is_ascii_alphabetic())?;
    let column = column_of(rest.get(..letters)?)?;
    let (row_fixed, digits) = strip(rest.get(letters..)?, '$');
    let row = row_of(digits)?;
    let place = |fixed, at| if fixed { Place::Fixed(at) } else { Place::Free(at) };
    Some(Corner {
        row: place(row_fixed, row),
        column: place(column_fixed, column),
    })
}

/// Reads digits as a row from zero.
pub(crate) fn row_of(digits: &str) -> Option<u32> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let row: u32 = digits.parse().ok()?;
    (1..=ROWS).contains(&row).then(|| row - 1)
}

fn strip(text: &str, mark: char) -> (bool, &str) {
    text.strip_prefix(mark).map_or((false, text), |rest| (true, rest))
}

/// Reads `R1C1`, `R[-1]C`, `RC[2]` and the like, the whole text.
pub(crate) fn parse_r1c1(text: &str) -> Option<Corner> {
    let rest = text.strip_prefix(['R', 'r'])?;
    let (row, rest) = place(rest, ROWS)?;
    let rest = rest.strip_prefix(['C', 'c'])?;
    let (column, rest) = place(rest, COLUMNS)?;
    rest.is_empty().then_some(Corner { row, column })
}

/// Reads the number behind an `R` or a `C`: none, one, or an offset in brackets.
pub(crate) fn place(text: &str, most: u32) -> Option<(Place, &str)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (number, rest) = rest.split_once(']')?;
        return Some((Place::Offset(number.parse().ok()?), rest));
    }
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    if digits.is_empty() {
        return Some((Place::Offset(0), rest));
    }
    let number: u32 = digits.parse().ok()?;
    (1..=most)
        .contains(&number)
        .then(|| (Place::Fixed(number - 1), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_both_ways() {
        assert_eq!(column_letters(0), "A");
        assert_eq!(column_letters(25), "Z");
        assert_eq!(column_letters(26), "AA");
        assert_eq!(column_letters(COLUMNS - 1), "XFD");
        assert_eq!(column_of("xfd"), Some(COLUMNS - 1));
        assert_eq!(column_of("XFE"), None);
        let corner = parse_a1("$B3").unwrap();
        assert_eq!((corner.column, corner.row), (Place::Fixed(1), Place::Free(2)));
        assert!(parse_a1("B0").is_none() && parse_a1("B").is_none() && parse_a1("1").is_none());
        let corner = parse_r1c1("R[-1]C4").unwrap();
        assert_eq!((corner.row, corner.column), (Place::Offset(-1), Place::Fixed(3)));
        assert_eq!(parse_r1c1("RC").unwrap().row.from(7, ROWS), 7);
        assert_eq!(corner.row.from(0, 65_536), 65_535);
        assert!(parse_r1c1("RUN").is_none());
    }
}
