//! The European Union's financial sanctions file (FSF), in its XML and in its table of values separated by semicolons, where
//! an entity has a row for each of its names, addresses, dates of birth and papers.
//!
//! An entry's number is the reference (`EU.27.28`) where there is one, else the file's own.

use crate::content::Content;
use crate::entry::{Alias, AliasStrength, Entry, Place, joined};
use crate::table::{Header, Row, rows_of, text};
use crate::xml::{Elements, Node};
use crate::{ListError, ListFile};

pub(crate) fn read_xml(file: ListFile<'_>) -> Result<Content, ListError> {
    let mut content = Content::default();
    let mut elements = Elements::of(file.name, text(file.name, file.bytes)?);
    while let Some(node) = elements.next(&["sanctionEntity"])? {
        let entry = entry(file.name, &node, &mut content)?;
        content.entries.push(entry);
    }
    let root = elements.root();
    content.date = root.and_then(|root| root.attribute("generationDate"));
    content.checked(file.name)
}

fn entry(file: &str, node: &Node, content: &mut Content) -> Result<Entry, ListError> {
    let id = match node.attribute("euReferenceNumber") {
        Some(reference) => reference,
        None => node.need_attribute(file, "logicalId")?,
    };
    let mut entry = Entry {
        id,
        line: node.line,
        kind: node.child("subjectType").and_then(|node| node.attribute("code")),
        remarks: node.words_of("remark").unwrap_or_default(),
        ..Entry::default()
    };
    for alias in node.children("nameAlias") {
        let part = |name: &str| alias.attribute(name);
        let parts = || {
            joined(
                ["firstName", "middleName", "lastName"]
                    .iter()
                    .filter_map(|name| part(name)),
                " ",
            )
        };
        let weak = part("strong").as_deref() == Some("false");
        name(&mut entry, part("wholeName").or_else(parts), weak);
    }
    for birth in node.children("birthdate") {
        let Some(text) = birth.attribute("birthdate").or_else(|| birth.attribute("year")) else {
            continue;
        };
        let read = content.birth(file, birth.line, &text);
        let circa = birth.attribute("circa").as_deref() == Some("true");
        entry
            .births
            .extend(read.map(|read| if circa { read.about() } else { read }));
    }
    let country = |node: &Node| {
        node.attribute("countryDescription")
            .or_else(|| node.attribute("countryIso2Code"))
    };
    entry.countries = node.children("citizenship").filter_map(country).collect();
    entry.programs = node
        .children("regulation")
        .filter_map(|node| node.attribute("programme"))
        .collect();
    entry.updated = node
        .children("regulation")
        .filter_map(|node| node.attribute("publicationDate"))
        .max();
    entry.documents = node.children("identification").filter_map(document).collect();
    let places = node.children("address").filter_map(|node| {
        let of = |names: &[&str]| joined(names.iter().filter_map(|name| node.attribute(name)), ", ");
        Place {
            street: of(&["street", "poBox"]),
            city: of(&["city", "region", "zipCode"]),
            country: country(node),
        }
        .known()
    });
    entry.places = places.collect();
    finished(file, entry)
}

fn document(node: &Node) -> Option<String> {
    let number = node
        .attribute("number")
        .or_else(|| node.attribute("latinNumber"))?;
    let kind = node.attribute("identificationTypeCode");
    joined(kind.into_iter().chain([number]), " ")
}

/// Takes a name: the first is the party's, each further one another.
fn name(entry: &mut Entry, name: Option<String>, weak: bool) {
    let Some(name) = name else { return };
    let known = entry.party.as_ref() == Some(&name) || entry.aliases.iter().any(|alias| alias.name == name);
    match (&entry.party, known) {
        (_, true) => {}
        (None, false) => entry.party = Some(name),
        (Some(_), false) => entry.aliases.push(Alias {
            name,
            kind: "aka".to_owned(),
            strength: if weak {
                AliasStrength::Weak
            } else {
                AliasStrength::Strong
            },
        }),
    }
}

fn finished(file: &str, mut entry: Entry) -> Result<Entry, ListError> {
    if entry.party.is_none() {
        return Err(ListError::field(file, entry.line, "a name", &entry.id));
    }
    entry.programs.sort();
    entry.programs.dedup();
    Ok(entry)
}

/// Returns whether a line is the header of the table.
pub(crate) fn is_header(line: &str) -> bool {
    line.contains("Entity_LogicalId") && line.contains("NameAlias_WholeName") && line.contains(';')
}

pub(crate) fn read_table(file: ListFile<'_>) -> Result<Content, ListError> {
    let text = text(file.name, file.bytes)?;
    let all = rows_of(file.name, text, 0, b';')?;
    let header = Header::of(file.name, &all)?;
    let columns = ["Entity_LogicalId", "NameAlias_WholeName"];
    for column in columns {
        header.need(column)?;
    }
    let mut content = Content::default();
    let mut open: Option<(String, Entry)> = None;
    for row in all.iter().skip(1) {
        let cell = |column: &str| header.cell(row, column);
        let id = cell("Entity_LogicalId")
            .ok_or_else(|| ListError::field(file.name, row.line, "Entity_LogicalId", ""))?;
        content.date = content.date.or_else(|| cell("fileGenerationDate"));
        let mut entry = match open.take() {
            Some((last, entry)) if last == id => entry,
            other => {
                if let Some((_, entry)) = other {
                    content.entries.push(finished(file.name, entry)?);
                }
                Entry {
                    id: cell("Entity_EU_ReferenceNumber").unwrap_or_else(|| id.clone()),
                    line: row.line,
                    kind: cell("Entity_SubjectType"),
                    remarks: cell("Entity_Remark").unwrap_or_default(),
                    ..Entry::default()
                }
            }
        };
        take_row(&mut entry, &header, row, file.name, &mut content);
        open = Some((id, entry));
    }
    if let Some((_, entry)) = open {
        content.entries.push(finished(file.name, entry)?);
    }
    content.checked(file.name)
}

/// Takes what a row says of an entity: a name, an address, a date of birth, a paper, a citizenship.
fn take_row(entry: &mut Entry, header: &Header<'_>, row: &Row, file: &str, content: &mut Content) {
    let cell = |column: &str| header.cell(row, column);
    let cells = |columns: &[&str], between| joined(columns.iter().filter_map(|column| cell(column)), between);
    let parts = || {
        cells(
            &[
                "NameAlias_FirstName",
                "NameAlias_MiddleName",
                "NameAlias_LastName",
            ],
            " ",
        )
    };
    name(entry, cell("NameAlias_WholeName").or_else(parts), false);
    entry.programs.extend(cell("Entity_Regulation_Programme"));
    let once = |list: &mut Vec<String>, value: Option<String>| {
        let new = value.filter(|value| !list.contains(value));
        list.extend(new);
    };
    let published = cell("Entity_Regulation_PublicationDate");
    entry.updated = entry.updated.take().max(published);
    let country = |begin: &str| {
        cell(&format!("{begin}_CountryDescription")).or_else(|| cell(&format!("{begin}_CountryIso2Code")))
    };
    once(&mut entry.countries, country("Citizenship"));
    let number = cell("Identification_Number");
    let paper =
        number.and_then(|number| joined(cell("Identification_TypeCode").into_iter().chain([number]), " "));
    once(&mut entry.documents, paper);
    if let Some(text) = cell("BirthDate_BirthDate").or_else(|| cell("BirthDate_Year")) {
        let birth = content.birth(file, row.line, &text);
        let new = birth.filter(|birth| !entry.births.contains(birth));
        entry.births.extend(new);
    }
    let place = Place {
        street: cells(&["Address_Street", "Address_PoBox"], ", "),
        city: cells(&["Address_City", "Address_Region", "Address_ZipCode"], ", "),
        country: country("Address"),
    };
    let new = place.known().filter(|place| !entry.places.contains(place));
    entry.places.extend(new);
}
