//! The United Kingdom's lists: OFSI's consolidated list (`ConList.csv`) and the UK Sanctions List, each a line about its own date and
//! then a table with a row for each name of a party.
//!
//! A row belongs to a party by its `Group ID`, or in the newer list by its `Unique ID`. `Name 6` is the family name, or the whole
//! name of what is no person.

use crate::content::Content;
use crate::entry::{Alias, AliasStrength, Entry, Place, joined};
use crate::table::{Header, Row, names, rows_of, text};
use crate::{ListError, ListFile};
use std::collections::{HashMap, HashSet};

const GIVEN: [&str; 5] = ["Name 1", "Name 2", "Name 3", "Name 4", "Name 5"];
const LINES: [&str; 6] = [
    "Address 1",
    "Address 2",
    "Address 3",
    "Address 4",
    "Address 5",
    "Address 6",
];
const NEW_LINES: [&str; 6] = [
    "Address Line 1",
    "Address Line 2",
    "Address Line 3",
    "Address Line 4",
    "Address Line 5",
    "Address Line 6",
];

/// Returns whether one of the first lines is the header of such a list.
pub(crate) fn is_header(line: &str) -> bool {
    let has = |column: &str| names(line, column);
    has("Name 6") && has("Name 1") && (has("Group ID") || has("Unique ID"))
}

pub(crate) fn read(file: ListFile<'_>) -> Result<Content, ListError> {
    let text = text(file.name, file.bytes)?;
    let (above, rest) = match text.split_once('\n') {
        Some((first, rest)) if !is_header(first) => (Some(first), rest),
        _ => (None, text),
    };
    let all = rows_of(file.name, rest, u64::from(above.is_some()), b',')?;
    let header = Header::of(file.name, &all)?;
    header.need("Name 6")?;
    let group = if header.has("Unique ID") {
        "Unique ID"
    } else {
        "Group ID"
    };
    header.need(group)?;
    let mut content = Content {
        date: above.and_then(date),
        ..Content::default()
    };
    let mut by_id: HashMap<String, usize> = HashMap::new();
    for row in all.iter().skip(1) {
        let id = header
            .cell(row, group)
            .ok_or_else(|| ListError::field(file.name, row.line, "a number of the party", ""))?;
        let at = *by_id.entry(id.clone()).or_insert_with(|| {
            content.entries.push(Entry {
                id,
                line: row.line,
                ..Entry::default()
            });
            content.entries.len() - 1
        });
        let mut entry = content
            .entries
            .get_mut(at)
            .map(std::mem::take)
            .unwrap_or_default();
        take_row(&mut entry, &header, row, file.name, &mut content)?;
        if let Some(place) = content.entries.get_mut(at) {
            *place = entry;
        }
    }
    for entry in &mut content.entries {
        finish(file.name, entry)?;
    }
    content.checked(file.name)
}

/// Reads `Last Updated,03/06/2026` and `Report Date: 24-Jun-2026`.
fn date(line: &str) -> Option<String> {
    let (_, date) = line.split_once([',', ':'])?;
    let date = date.trim().trim_matches([',', '"', ' ']);
    (!date.is_empty()).then(|| date.to_owned())
}

fn take_row(
    entry: &mut Entry,
    header: &Header<'_>,
    row: &Row,
    file: &str,
    content: &mut Content,
) -> Result<(), ListError> {
    let cell = |columns: &[&str]| columns.iter().find_map(|column| header.cell(row, column));
    let cells = |columns: &[&str], between| {
        joined(
            columns.iter().filter_map(|column| header.cell(row, column)),
            between,
        )
    };
    let given = cells(&GIVEN, " ");
    let name = match (header.cell(row, "Name 6"), given) {
        (Some(last), Some(given)) => format!("{last}, {given}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => return Err(ListError::field(file, row.line, "a name", "")),
    };
    let kind = cell(&["Alias Type", "Name type"])
        .unwrap_or_default()
        .to_ascii_lowercase();
    let weak = cell(&["Alias Quality", "Alias strength"])
        .is_some_and(|text| text.to_ascii_lowercase().starts_with("low"));
    if kind == "primary name" && entry.party.is_none() {
        entry.party = Some(name);
    } else {
        entry.aliases.push(Alias {
            name,
            kind: if kind.starts_with("fka") { "fka" } else { "aka" }.to_owned(),
            strength: if weak {
                AliasStrength::Weak
            } else {
                AliasStrength::Strong
            },
        });
    }
    let original = cell(&["Name Non-Latin Script", "Name non-latin script"]);
    entry.aliases.extend(original.map(Alias::original_script));
    entry.kind = entry
        .kind
        .take()
        .or_else(|| cell(&["Group Type", "Designation Type"]));
    entry.programs.extend(cell(&["Regime", "Regime Name"]));
    entry
        .countries
        .extend(cell(&["Nationality", "Nationality(/ies)"]));
    if let Some(text) = cell(&["DOB", "D.O.B"]) {
        let birth = content.birth(file, row.line, &text);
        let new = birth.filter(|birth| !entry.births.contains(birth));
        entry.births.extend(new);
    }
    let paper = |kind: &str, columns: &[&str]| Some(format!("{kind} {}", cell(columns)?));
    entry
        .documents
        .extend(paper("passport", &["Passport Number", "Passport number"]));
    entry.documents.extend(paper(
        "national identification",
        &["National Identification Number", "National Identifier number"],
    ));
    let lines = if header.has("Address Line 1") {
        NEW_LINES
    } else {
        LINES
    };
    let place = Place {
        street: cells(&lines, ", "),
        city: cell(&["Post/Zip Code", "Address Postal Code"]),
        country: cell(&["Country", "Address Country"]),
    };
    entry.places.extend(place.known());
    entry.updated = cell(&["Last Updated", "Listed On", "Date Designated"]).or_else(|| entry.updated.take());
    if entry.remarks.is_empty() {
        entry.remarks = cell(&["Other Information"]).unwrap_or_default();
    }
    Ok(())
}

/// Repeats in the rows of a party are said once; a party without a primary name has its first.
fn finish(file: &str, entry: &mut Entry) -> Result<(), ListError> {
    if entry.party.is_none() {
        let first = entry
            .aliases
            .iter()
            .position(|alias| alias.kind != Alias::ORIGINAL_SCRIPT);
        entry.party = first.map(|at| entry.aliases.remove(at).name);
    }
    let mut seen: HashSet<String> = entry.party.iter().cloned().collect();
    entry.aliases.retain(|alias| seen.insert(alias.name.clone()));
    for list in [&mut entry.programs, &mut entry.countries, &mut entry.documents] {
        let mut seen = HashSet::new();
        list.retain(|text| seen.insert(text.clone()));
    }
    entry.places.dedup();
    match entry.party {
        Some(_) => Ok(()),
        None => Err(ListError::field(file, entry.line, "a name", &entry.id)),
    }
}
