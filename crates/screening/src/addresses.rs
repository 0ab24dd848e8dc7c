//! Lists of addresses and nothing else: a line each, a JSON array, or a table of addresses with their assets.
//!
//! The layouts, told by the content alone:
//! - one address a line; empty lines and lines that begin with `#` are skipped; before the first address may
//!   stand the word `address`;
//! - JSON: an array of texts, or of objects with an `address`, alone or as the one array inside an object;
//! - separated values with a header that has `address` and of the other words that such lists use (asset, chain, amount, transaction,
//!   note, …) at least one and nothing else, in any order and case.
//!
//! What such a list means (sanctioned, stolen, watched) stands nowhere in it: who adds it says so with a
//! [`crate::Purpose`].

use crate::entry::{Entry, ListedAddress};
use crate::table::{rows, text};
use crate::{ListError, ListFile};
use serde_json::Value;

/// The header of a list in lines.
pub(crate) const HEADER: &str = "address";
/// Columns and keys that name the asset or the chain, the best first.
const ASSETS: [&str; 8] = [
    "asset",
    "currency",
    "coin",
    "token",
    "symbol",
    "chain",
    "network",
    "blockchain",
];
/// Other columns that such lists have.
const OTHERS: [&str; 15] = [
    "amount",
    "balance",
    "value",
    "tx",
    "txid",
    "tx_hash",
    "transaction",
    "hash",
    "date",
    "time",
    "timestamp",
    "note",
    "notes",
    "comment",
    "added",
];
/// Levels of JSON objects around the array.
const LEVELS: usize = 4;

pub(crate) fn read(file: ListFile<'_>) -> Result<Vec<Entry>, ListError> {
    let text = text(file.name, file.bytes)?;
    let entries = match header(text) {
        _ if text.trim_start().starts_with(['[', '{']) => json(file, text)?,
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

/// Returns where the asset, if it is named, and the address stand, if the first line is the header of such a table.
pub(crate) fn header(text: &str) -> Option<(Option<usize>, usize)> {
    let line = text.lines().next()?.to_ascii_lowercase();
    let names: Vec<&str> = line
        .split(',')
        .map(|name| name.trim().trim_matches('"'))
        .collect();
    let known = |name: &&str| *name == HEADER || ASSETS.contains(name) || OTHERS.contains(name);
    let address = names.iter().position(|name| *name == HEADER)?;
    let asset = ASSETS
        .iter()
        .find_map(|asset| names.iter().position(|name| name == asset));
    (names.len() > 1 && names.iter().all(known)).then_some((asset, address))
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
    rows(file.name, file.bytes, None)?
        .iter()
        .skip(1)
        .map(|row| {
            let text = checked(file.name, row.line, row.field(address))?;
            Ok(entry(row.line, asset.map(|at| row.field(at)), text))
        })
        .collect()
}

fn json(file: ListFile<'_>, text: &str) -> Result<Vec<Entry>, ListError> {
    let value: Value = serde_json::from_str(text).map_err(|cause| ListError::Markup {
        file: file.name.to_owned(),
        line: cause.line() as u64,
        cause: cause.to_string(),
    })?;
    let elements = array(&value, 0)
        .ok_or_else(|| ListError::field(file.name, 1, "one array of addresses", &value.to_string()))?;
    let mut lines = lines_of_elements(text).into_iter();
    let mut entries = Vec::new();
    for (number, element) in (1_u64..).zip(elements) {
        let line = lines.next().unwrap_or_default();
        let key = |name: &str| element.get(name).and_then(Value::as_str);
        let text = element.as_str().or_else(|| key(HEADER));
        let text =
            text.ok_or_else(|| ListError::field(file.name, line, "an address", &element.to_string()))?;
        let asset = ASSETS.iter().find_map(|name| key(name));
        let mut entry = entry(line, asset, checked(file.name, line, text.trim())?);
        // Many elements may stand on one line.
        entry.id = format!("element {number}");
        entries.push(entry);
    }
    Ok(entries)
}

/// Returns the line on which each element begins of the first array that no more than [`LEVELS`] objects hold: the one that [`array`]
/// finds in valid JSON.
fn lines_of_elements(text: &str) -> Vec<u64> {
    let (mut lines, mut line) = (Vec::new(), 1);
    let (mut depth, mut inside, mut awaited) = (0_usize, None, false);
    let (mut quoted, mut escaped) = (false, false);
    for byte in text.bytes() {
        line += u64::from(byte == b'\n');
        if quoted {
            quoted = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            continue;
        }
        if byte.is_ascii_whitespace() {
            continue;
        }
        if awaited && byte != b']' {
            lines.push(line);
        }
        awaited = false;
        match byte {
            b'"' => quoted = true,
            b'[' if inside.is_none() && depth <= LEVELS => {
                depth += 1;
                (inside, awaited) = (Some(depth), true);
            }
            b'[' | b'{' => depth += 1,
            b']' if inside == Some(depth) => return lines,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' => awaited = inside == Some(depth),
            _ => {}
        }
    }
    lines
}

/// Returns the array that a value is, or the only one inside it.
fn array(value: &Value, level: usize) -> Option<&Vec<Value>> {
    let object = match value {
        Value::Array(elements) => return Some(elements),
        Value::Object(object) if level < LEVELS => object,
        _ => return None,
    };
    let mut arrays = object.values().filter_map(|value| array(value, level + 1));
    match (arrays.next(), arrays.next()) {
        (Some(elements), None) => Some(elements),
        _ => None,
    }
}
