//! What the cells of an exported table say: numbers in decimal or behind `0x`, accounts and ids behind `0x`. An empty cell
//! says nothing.

use super::super::{Account, Hash, hex};
use strongroom_model::{Amount, Moment};

/// Returns what a cell says, `None` where it says nothing.
///
/// # Errors
/// A sentence that names the field and the text.
fn read<T>(field: &str, cell: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, String> {
    if cell.is_empty() {
        return Ok(None);
    }
    let shown = || cell.chars().take(80).collect::<String>();
    read(cell)
        .map(Some)
        .ok_or_else(|| format!("its {field} {:?} is none", shown()))
}

pub(super) fn account(field: &str, cell: &str) -> Result<Option<Account>, String> {
    read(field, cell, Account::read)
}

pub(super) fn hash(field: &str, cell: &str) -> Result<Option<Hash>, String> {
    read(field, cell, Hash::read)
}

pub(super) fn amount(field: &str, cell: &str) -> Result<Option<Amount>, String> {
    read(field, cell, |text| match text.starts_with("0x") {
        true => hex::amount(text),
        false => match text.split_once(['e', 'E']) {
            Some((digits, zeros)) => shifted(digits, zeros),
            None => text.parse().ok(),
        },
    })
}

/// Returns digits with zeros behind them, as decimal numbers are written short (`199e17`): exact, since neither has a point.
fn shifted(digits: &str, zeros: &str) -> Option<Amount> {
    let zeros: u8 = zeros.strip_prefix('+').unwrap_or(zeros).parse().ok()?;
    let digits: Amount = digits.parse().ok()?;
    let ten = Amount::from(10u64);
    (0..zeros).try_fold(digits, |amount, _| {
        Some(amount.mul_div(ten, Amount::from(1u64))?.0)
    })
}

pub(super) fn number(field: &str, cell: &str) -> Result<Option<u64>, String> {
    let amount = amount(field, cell)?;
    match amount.map(Amount::limbs) {
        None => Ok(None),
        Some([number, 0, 0, 0]) => Ok(Some(number)),
        Some(_) => Err(format!("its {field} {cell:?} is beyond 64 bits")),
    }
}

/// Reads seconds since 1970, or a date.
pub(super) fn moment(field: &str, cell: &str) -> Result<Option<Moment>, String> {
    read(field, cell, |text| {
        text.strip_suffix("UTC").map_or(text, str::trim_end).parse().ok()
    })
}

pub(super) fn truth(field: &str, cell: &str) -> Result<Option<bool>, String> {
    read(field, cell, |text| match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "0x1" => Some(true),
        "0" | "false" | "0x0" => Some(false),
        _ => None,
    })
}

/// Returns the bytes of `0x…`; an empty cell has none.
pub(super) fn bytes(field: &str, cell: &str) -> Result<Vec<u8>, String> {
    Ok(read(field, cell, hex::bytes)?.unwrap_or_default())
}

/// Reads a list of words as exporters write one: with commas or bars, with or without brackets and quotes.
pub(super) fn words(field: &str, cell: &str) -> Result<Vec<[u8; 32]>, String> {
    let bare = cell.trim_matches(['[', ']', '{', '}', '(', ')', ' ']);
    let parts = bare
        .split([',', '|', ' ', '\n'])
        .map(|part| part.trim_matches(['"', '\'', ' ']));
    let words = parts
        .filter(|part| !part.is_empty())
        .map(|part| hash(field, part));
    words
        .map(|word| word.map(|word| word.map(|word| word.0).unwrap_or_default()))
        .collect()
}

/// Reads the place of a frame in its tree: numbers with commas or underscores between them.
pub(super) fn path(field: &str, cell: &str) -> Result<Vec<u64>, String> {
    let bare = cell.trim_matches(['[', ']', '{', '}', ' ']);
    let parts = bare.split([',', '_', ' ']).filter(|part| !part.is_empty());
    parts
        .map(|part| number(field, part).map(Option::unwrap_or_default))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_or_refused() {
        assert_eq!(amount("value", ""), Ok(None));
        assert_eq!(amount("value", "0x10"), Ok(Some(16u64.into())));
        assert_eq!(
            amount("value", "199e17"),
            Ok(Some(19_900_000_000_000_000_000u128.into()))
        );
        for text in ["1.5e18", "1e99", "-1", "1,000", "2e18 floating", "0x"] {
            assert!(amount("value", text).is_err(), "{text}");
        }
    }

    #[test]
    fn lists_are_read_however_they_are_written() {
        let word = format!("0x{:064x}", 7);
        for list in [
            format!("{word},{word}"),
            format!("[\"{word}\", \"{word}\"]"),
            format!("['{word}' '{word}']"),
        ] {
            assert_eq!(words("topics", &list).map(|words| words.len()), Ok(2), "{list}");
        }
        assert_eq!(path("address", "0_1"), Ok(vec![0, 1]));
        assert_eq!(path("address", "[]"), Ok(vec![]));
    }
}
