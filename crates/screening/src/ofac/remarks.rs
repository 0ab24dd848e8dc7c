//! What OFAC writes into remarks for want of a column: `; `-separated phrases, among them weak aliases in quotes
//! and wallet addresses under whatever asset code comes.

use super::ADDRESS;
use crate::entry::{Alias, AliasStrength, Entry, ListedAddress};
use crate::{Birth, ListError};

/// Before a date of birth, a country and a paper.
const BIRTH: &str = "DOB ";
const COUNTRIES: [&str; 2] = ["nationality ", "citizen "];
const PASSPORT: &str = "Passport ";
/// How a weak alias begins, and its kind as `alt.csv` writes it.
const ALIASES: [(&str, &str); 3] = [("a.k.a. '", "aka"), ("f.k.a. '", "fka"), ("n.k.a. '", "nka")];

/// Adds what the entry's complete remarks say. An address phrase that cannot be read refuses the list.
pub(super) fn read(file: &str, entry: &mut Entry) -> Result<(), ListError> {
    let remarks = std::mem::take(&mut entry.remarks);
    for phrase in remarks.split(';').map(str::trim) {
        let phrase = phrase.strip_prefix("alt. ").unwrap_or(phrase);
        entry.aliases.extend(weak_alias(phrase));
        evidence(phrase, entry);
    }
    for rest in remarks.split(ADDRESS).skip(1) {
        let phrase = rest.split(';').next().unwrap_or_default();
        let phrase = phrase.trim().trim_end_matches('.');
        let address = address(phrase)
            .ok_or_else(|| ListError::field(file, entry.line, "an asset code and an address", phrase))?;
        entry.addresses.push(address);
    }
    entry.remarks = remarks;
    Ok(())
}

/// Adds what speaks for or against a namesake. A date in other words stays in the remarks alone.
fn evidence(phrase: &str, entry: &mut Entry) {
    let phrase = phrase.trim_end_matches('.');
    if let Some(birth) = phrase.strip_prefix(BIRTH).and_then(Birth::read) {
        entry.births.push(birth);
    }
    let country = COUNTRIES.iter().find_map(|begin| phrase.strip_prefix(begin));
    entry.countries.extend(country.map(str::to_owned));
    if phrase.starts_with(PASSPORT) {
        entry.documents.push(phrase.to_owned());
    }
}

fn weak_alias(phrase: &str) -> Option<Alias> {
    let (kind, rest) = ALIASES
        .iter()
        .find_map(|(begin, kind)| Some((kind, phrase.strip_prefix(begin)?)))?;
    let name = rest.strip_suffix('.').unwrap_or(rest);
    Some(Alias {
        name: name.strip_suffix('\'').unwrap_or(name).to_owned(),
        kind: (*kind).to_owned(),
        strength: AliasStrength::Weak,
    })
}

fn address(phrase: &str) -> Option<ListedAddress> {
    let (asset, text) = phrase.split_once(char::is_whitespace)?;
    let text = text.trim();
    let whole = !asset.is_empty() && !text.is_empty() && !text.contains(char::is_whitespace);
    whole.then(|| ListedAddress {
        asset: Some(asset.to_owned()),
        text: text.to_owned(),
    })
}
