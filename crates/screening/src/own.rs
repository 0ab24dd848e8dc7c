//! The business's own list: a table with a header that has `reason` and at least one of `name` and `address`, in any order.
//!
//! Further columns that are read: `id`, `kind`, `alias`, `weak alias`, `asset`, `birth`, `country`, `program`, `document`, `date`.
//! Several values in one cell stand between semicolons. Other columns are let be.

use crate::content::Content;
use crate::entry::{Alias, AliasStrength, Entry, ListedAddress};
use crate::table::{Header, Row, names, rows_of, text};
use crate::{ListError, ListFile};

/// Returns whether a line is the header of such a list.
pub(crate) fn is_header(line: &str) -> bool {
    names(line, "reason") && (names(line, "name") || names(line, "address"))
}

pub(crate) fn read(file: ListFile<'_>) -> Result<Content, ListError> {
    let all = rows_of(file.name, text(file.name, file.bytes)?, 0, b',')?;
    let header = Header::of(file.name, &all)?;
    header.need("reason")?;
    let mut content = Content::default();
    for row in all.iter().skip(1) {
        let entry = entry(file.name, &header, row, &mut content)?;
        content.entries.push(entry);
    }
    content.checked(file.name)
}

fn entry(file: &str, header: &Header<'_>, row: &Row, content: &mut Content) -> Result<Entry, ListError> {
    let cell = |column: &str| header.cell(row, column);
    let several = |column: &str| -> Vec<String> {
        let cell = cell(column).unwrap_or_default();
        let values = cell.split(';').map(str::trim).filter(|value| !value.is_empty());
        values.map(str::to_owned).collect()
    };
    let alias = |name: String, strength| Alias {
        name,
        kind: "aka".to_owned(),
        strength,
    };
    let (party, addresses) = (cell("name"), several("address"));
    if party.is_none() && addresses.is_empty() {
        return Err(ListError::field(file, row.line, "a name or an address", ""));
    }
    if let Some(wrong) = addresses.iter().find(|text| text.contains(char::is_whitespace)) {
        return Err(ListError::field(file, row.line, "one address", wrong));
    }
    let aliases = several("alias")
        .into_iter()
        .map(|name| alias(name, AliasStrength::Strong));
    let weak = several("weak alias")
        .into_iter()
        .map(|name| alias(name, AliasStrength::Weak));
    let births = several("birth")
        .iter()
        .filter_map(|text| content.birth(file, row.line, text))
        .collect();
    let asset = cell("asset");
    let address = |text: String| ListedAddress {
        asset: asset.clone(),
        text,
    };
    Ok(Entry {
        id: cell("id").unwrap_or_else(|| format!("line {}", row.line)),
        line: row.line,
        party,
        kind: cell("kind"),
        programs: several("program"),
        aliases: aliases.chain(weak).collect(),
        addresses: addresses.into_iter().map(address).collect(),
        births,
        countries: several("country"),
        documents: several("document"),
        updated: cell("date"),
        remarks: cell("reason").ok_or_else(|| ListError::field(file, row.line, "a reason", ""))?,
        ..Entry::default()
    })
}
