//! OFAC's plain XML (`sdn.xml`, `consolidated.xml`): an `sdnEntry` for each party (Treasury, `sdnList.xsd`).
//!
//! Wallet addresses stand among the papers, by the same words as in the remarks of the table. The file says how many entries
//! it has, and that is checked.

use super::{ADDRESS, aka_kind, known_as};
use crate::content::Content;
use crate::entry::{Alias, AliasStrength, Entry, ListedAddress, Place, joined};
use crate::table::text;
use crate::xml::{Elements, Node};
use crate::{ListError, ListFile};

pub(crate) fn read(file: ListFile<'_>) -> Result<Content, ListError> {
    let mut content = Content::default();
    let mut said = None;
    let mut elements = Elements::of(file.name, text(file.name, file.bytes)?);
    while let Some(node) = elements.next(&["sdnEntry", "publshInformation", "publishInformation"])? {
        if node.name == "sdnEntry" {
            let entry = entry(file.name, &node, &mut content)?;
            content.entries.push(entry);
        } else {
            content.date = node.words_of("Publish_Date");
            said = node.words_of("Record_Count");
        }
    }
    match said.filter(|said| said.parse() != Ok(content.entries.len())) {
        Some(said) => Err(ListError::Count {
            file: file.name.to_owned(),
            said,
            entries: content.entries.len(),
        }),
        None => content.checked(file.name),
    }
}

fn entry(file: &str, node: &Node, content: &mut Content) -> Result<Entry, ListError> {
    let party = known_as(node.words_of("lastName"), node.words_of("firstName"));
    let mut entry = Entry {
        id: node.need(file, "uid")?,
        line: node.line,
        party: Some(party.ok_or_else(|| ListError::field(file, node.line, "lastName", ""))?),
        kind: node.words_of("sdnType").map(|kind| kind.to_ascii_lowercase()),
        programs: words(node, &["programList", "program"]),
        aliases: node
            .all(&["akaList", "aka"])
            .into_iter()
            .filter_map(alias)
            .collect(),
        places: node
            .all(&["addressList", "address"])
            .into_iter()
            .filter_map(place)
            .collect(),
        countries: words(node, &["nationalityList", "nationality", "country"]),
        remarks: node.words_of("remarks").unwrap_or_default(),
        ..Entry::default()
    };
    entry
        .countries
        .extend(words(node, &["citizenshipList", "citizenship", "country"]));
    for born in node.all(&["dateOfBirthList", "dateOfBirthItem", "dateOfBirth"]) {
        let birth = born
            .words()
            .and_then(|text| content.birth(file, born.line, &text));
        entry.births.extend(birth);
    }
    for paper in node.all(&["idList", "id"]) {
        let kind = paper.words_of("idType").unwrap_or_default();
        match kind.strip_prefix(ADDRESS) {
            Some(asset) => {
                let text = paper.need(file, "idNumber")?;
                entry.addresses.push(address(file, paper.line, asset, &text)?);
            }
            None => {
                let parts = ["idType", "idNumber", "idCountry"]
                    .iter()
                    .filter_map(|name| paper.words_of(name));
                entry.documents.extend(joined(parts, " "));
            }
        }
    }
    Ok(entry)
}

fn words(node: &Node, way: &[&str]) -> Vec<String> {
    node.all(way).into_iter().filter_map(Node::words).collect()
}

/// Returns a wallet address under its asset's code; one that is no single word refuses the list.
pub(super) fn address(file: &str, line: u64, asset: &str, text: &str) -> Result<ListedAddress, ListError> {
    if text.contains(char::is_whitespace) || asset.trim().is_empty() {
        return Err(ListError::field(file, line, "an asset code and an address", text));
    }
    Ok(ListedAddress {
        asset: Some(asset.trim().to_owned()),
        text: text.to_owned(),
    })
}

fn alias(node: &Node) -> Option<Alias> {
    let weak = node.words_of("category").as_deref() == Some("weak");
    Some(Alias {
        name: known_as(node.words_of("lastName"), node.words_of("firstName"))?,
        kind: aka_kind(&node.words_of("type").unwrap_or_default()).to_owned(),
        strength: if weak {
            AliasStrength::Weak
        } else {
            AliasStrength::Strong
        },
    })
}

fn place(node: &Node) -> Option<Place> {
    let of = |names: &[&str]| joined(names.iter().filter_map(|name| node.words_of(name)), ", ");
    Place {
        street: of(&["address1", "address2", "address3"]),
        city: of(&["city", "stateOrProvince", "postalCode"]),
        country: of(&["country"]),
    }
    .known()
}
