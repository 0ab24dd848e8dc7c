//! Lists of addresses and nothing else: a line each, a JSON array, or a table of addresses with their assets.
//!
//! The layouts, told by the content alone:
//! - one address a line; empty lines and lines that begin with `#` are skipped; before the first address may
//!   stand the word `address`;
//! - a JSON array of texts;
//! - separated values under the header `asset,address` or `address,asset` (any case).
//!
//! What such a list means (sanctioned, stolen, watched) stands nowhere in it: who adds it says so with a
//! [`crate::Purpose`].

use crate::entry::{Entry, ListedAddress};
use crate::table::{rows, text};
use crate::{ListError, ListFile};

/// The header of a list in lines.
pub(crate) const HEADER: &str = "address";

pub(crate) fn read(file: ListFile<'_>) -> Result<Vec<Entry>, ListError> {
    let text = text(file.name, file.bytes)?;
    let entries = match header(text) {
        _ if text.trim_start().starts_with('[') => array(file, text)?,
        Some(_) => table(file)?,
        None => lines(file, text)?,
    };
    if entries.is_empty() {
        return Err(ListError::Empty {
            file: file.name.to_owned(),
        });
    }
    Ok(entries)
}

/// Returns where asset and address stand, if the first line is the header of a table of both.
pub(crate) fn header(text: &str) -> Option<(usize, usize)> {
    let line = text.lines().next()?.to_ascii_lowercase();
    let names: Vec<&str> = line
        .split(',')
        .map(|name| name.trim().trim_matches('"'))
        .collect();
    match names.as_slice() {
        ["asset", "address"] => Some((0, 1)),
        ["address", "asset"] => Some((1, 0)),
        _ => None,
    }
}

fn entry(line: u64, asset: Option<&str>, address: &str) -> Entry {
    Entry {
        id: format!("line {line}"),
        line,
        addresses: vec![ListedAddress {
            asset: asset.filter(|asset| !asset.is_empty()).map(str::to_owned),
            text: address.to_owned(),
        }],
        ..Entry::default()
    }
}

/// Refuses what cannot be an address on any chain: nothing, or words.
fn checked<'a>(file: &str, line: u64, address: &'a str) -> Result<&'a str, ListError> {
    let is_one = !address.is_empty() && !address.contains(|c: char| c.is_whitespace() || c == ',');
    is_one
        .then_some(address)
        .ok_or_else(|| ListError::field(file, line, "one address", address))
}

fn lines(file: ListFile<'_>, text: &str) -> Result<Vec<Entry>, ListError> {
    let mut entries = Vec::new();
    let lines = (1..).zip(text.lines().map(str::trim));
    let mut lines = lines
        .filter(|(_, address)| !address.is_empty() && !address.starts_with('#'))
        .peekable();
    lines.next_if(|(_, address)| address.eq_ignore_ascii_case(HEADER));
    for (line, address) in lines {
        entries.push(entry(line, None, checked(file.name, line, address)?));
    }
    Ok(entries)
}

fn table(file: ListFile<'_>) -> Result<Vec<Entry>, ListError> {
    let text = text(file.name, file.bytes)?;
    let Some((asset, address)) = header(text) else {
        return Err(ListError::Header {
            file: file.name.to_owned(),
            column: "address",
        });
    };
    rows(file.name, file.bytes, Some(2))?
        .iter()
        .skip(1)
        .map(|row| {
            let text = checked(file.name, row.line, row.field(address))?;
            Ok(entry(row.line, Some(row.field(asset)), text))
        })
        .collect()
}

fn array(file: ListFile<'_>, text: &str) -> Result<Vec<Entry>, ListError> {
    let texts: Vec<String> = serde_json::from_str(text).map_err(|cause| {
        ListError::field(
            file.name,
            cause.line() as u64,
            "a JSON array of texts",
            &cause.to_string(),
        )
    })?;
    (1..)
        .zip(&texts)
        .map(|(number, text)| {
            let mut entry = entry(number, None, checked(file.name, number, text.trim())?);
            entry.id = format!("element {number}");
            Ok(entry)
        })
        .collect()
}
