//! The consolidated list of the United Nations Security Council: XML with an element for each individual and each entity.
//!
//! An entry's number is the permanent reference (`CDi.001`). Empty aliases stand in the file and are none.

use crate::content::Content;
use crate::entry::{Alias, AliasStrength, Entry, Place, joined};
use crate::table::text;
use crate::xml::{Elements, Node};
use crate::{Birth, ListError, ListFile};

/// Elements whose texts make a name.
const NAMES: [&str; 4] = ["FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME"];

pub(crate) fn read(file: ListFile<'_>) -> Result<Content, ListError> {
    let mut content = Content::default();
    let mut elements = Elements::of(file.name, text(file.name, file.bytes)?);
    while let Some(node) = elements.next(&["INDIVIDUAL", "ENTITY"])? {
        let entry = entry(file.name, &node, &mut content)?;
        content.entries.push(entry);
    }
    let root = elements.root();
    content.date = root.and_then(|root| root.attribute("dateGenerated"));
    content.checked(file.name)
}

fn entry(file: &str, node: &Node, content: &mut Content) -> Result<Entry, ListError> {
    let names = NAMES.iter().filter_map(|name| node.words_of(name));
    let party = joined(names, " ").ok_or_else(|| ListError::field(file, node.line, "a name", ""))?;
    let kind = node.name.as_str();
    let (alias, place, birth) = (
        format!("{kind}_ALIAS"),
        format!("{kind}_ADDRESS"),
        format!("{kind}_DATE_OF_BIRTH"),
    );
    let original = node.children("NAME_ORIGINAL_SCRIPT").filter_map(Node::words);
    let aliases = node.children(&alias).filter_map(self::alias);
    let births = node
        .children(&birth)
        .filter_map(|node| self::birth(file, node, content))
        .collect();
    let updated = node.all(&["LAST_DAY_UPDATED", "VALUE"]);
    Ok(Entry {
        id: match node.words_of("REFERENCE_NUMBER") {
            Some(reference) => reference,
            None => node.need(file, "DATAID")?,
        },
        line: node.line,
        party: Some(party),
        kind: Some(kind.to_ascii_lowercase()),
        programs: node.children("UN_LIST_TYPE").filter_map(Node::words).collect(),
        aliases: original.map(Alias::original_script).chain(aliases).collect(),
        births,
        countries: node
            .all(&["NATIONALITY", "VALUE"])
            .into_iter()
            .filter_map(Node::words)
            .collect(),
        documents: node
            .children("INDIVIDUAL_DOCUMENT")
            .filter_map(document)
            .collect(),
        updated: updated
            .into_iter()
            .filter_map(Node::words)
            .max()
            .or_else(|| node.words_of("LISTED_ON")),
        places: node.children(&place).filter_map(self::place).collect(),
        remarks: node.words_of("COMMENTS1").unwrap_or_default(),
        ..Entry::default()
    })
}

fn alias(node: &Node) -> Option<Alias> {
    let (kind, strength) = match node.words_of("QUALITY").as_deref() {
        Some("Low") => ("aka", AliasStrength::Weak),
        Some("f.k.a.") => ("fka", AliasStrength::Strong),
        _ => ("aka", AliasStrength::Strong),
    };
    Some(Alias {
        name: node.words_of("ALIAS_NAME")?,
        kind: kind.to_owned(),
        strength,
    })
}

/// Reads a date by its type (`EXACT`, `BETWEEN`, `APPROXIMATELY`); an element without a date is none.
fn birth(file: &str, node: &Node, content: &mut Content) -> Option<Birth> {
    let year = |name: &str| node.words_of(name);
    let text = match (year("FROM_YEAR"), year("TO_YEAR")) {
        (Some(from), Some(to)) => format!("{from} to {to}"),
        _ => node.words_of("DATE").or_else(|| year("YEAR"))?,
    };
    let birth = content.birth(file, node.line, &text)?;
    match node.words_of("TYPE_OF_DATE").as_deref() {
        Some("APPROXIMATELY") => Some(birth.about()),
        _ => Some(birth),
    }
}

fn document(node: &Node) -> Option<String> {
    let words = ["TYPE_OF_DOCUMENT", "NUMBER"].map(|name| node.words_of(name));
    node.words_of("NUMBER")?;
    joined(words.into_iter().flatten(), " ")
}

fn place(node: &Node) -> Option<Place> {
    let of = |names: &[&str]| joined(names.iter().filter_map(|name| node.words_of(name)), ", ");
    Place {
        street: of(&["STREET"]),
        city: of(&["CITY", "STATE_PROVINCE", "ZIP_CODE"]),
        country: of(&["COUNTRY"]),
    }
    .known()
}
