//! OFAC's advanced XML (`sdn_advanced.xml`, about 118 MB): parties, places and measures in sections of their own, tied by numbers,
//! and the words for the numbers in the reference values at its beginning (the Advanced Sanctions Data Model).
//!
//! Which features are wallet addresses the reference values say, by the words `Digital Currency Address - ` before an asset's
//! code: no number of a type is known here. A number that no reference value explains refuses the list.

use super::plain::address;
use super::{ADDRESS, aka_kind, known_as};
use crate::content::Content;
use crate::entry::{Alias, AliasStrength, Entry, Place, joined};
use crate::table::text;
use crate::xml::{Elements, Node};
use crate::{ListError, ListFile};
use std::collections::HashMap;

/// Reference values that are needed, by the element that names one.
const REFERENCES: [&str; 10] = [
    "AliasType",
    "AreaCode",
    "Country",
    "FeatureType",
    "NamePartType",
    "PartySubType",
    "PartyType",
    "SanctionsType",
    "Script",
    "LocPartType",
];
const SECTIONS: [&str; 4] = ["DateOfIssue", "Location", "DistinctParty", "SanctionsEntry"];

/// The words of the reference values and the places, by their numbers.
#[derive(Default)]
struct Words {
    values: HashMap<(String, String), String>,
    party_types: HashMap<String, String>,
    places: HashMap<String, (Place, Option<String>)>,
}

pub(crate) fn read(file: ListFile<'_>) -> Result<Content, ListError> {
    let wanted: Vec<&str> = REFERENCES.into_iter().chain(SECTIONS).collect();
    let mut content = Content::default();
    let mut words = Words::default();
    let mut programs: HashMap<String, Vec<String>> = HashMap::new();
    let mut elements = Elements::of(file.name, text(file.name, file.bytes)?);
    while let Some(node) = elements.next(&wanted)? {
        match node.name.as_str() {
            "DateOfIssue" => content.date = day(&node),
            "Location" => words.place(file.name, &node)?,
            "DistinctParty" => {
                for profile in node.children("Profile") {
                    let entry = words.entry(file.name, &node, profile, &mut content)?;
                    content.entries.push(entry);
                }
            }
            "SanctionsEntry" => words.programs(file.name, &node, &mut programs)?,
            _ => words.value(file.name, &node)?,
        }
    }
    for entry in &mut content.entries {
        entry.programs = programs.remove(&entry.id).unwrap_or_default();
    }
    content.checked(file.name)
}

/// Returns a date as `2026-05-21`, as far as it is said.
fn day(node: &Node) -> Option<String> {
    let number = |name: &str| node.words_of(name).and_then(|text| text.parse::<u16>().ok());
    let (year, month, day) = (number("Year")?, number("Month"), number("Day"));
    Some(match (month, day) {
        (Some(month), Some(day)) => format!("{year:04}-{month:02}-{day:02}"),
        (Some(month), None) => format!("{year:04}-{month:02}"),
        (None, _) => format!("{year:04}"),
    })
}

impl Words {
    fn value(&mut self, file: &str, node: &Node) -> Result<(), ListError> {
        let id = node.need_attribute(file, "ID")?;
        if node.name == "PartySubType"
            && let Some(party_type) = node.attribute("PartyTypeID")
        {
            self.party_types.insert(id.clone(), party_type);
        }
        // A country may have no words but its code.
        let text = node.attribute("Description").filter(|_| node.name == "AreaCode");
        let text = text.or_else(|| node.words()).or_else(|| node.attribute("ISO2"));
        self.values
            .insert((node.name.clone(), id), text.unwrap_or_default());
        Ok(())
    }

    /// Returns the words for the number in an attribute.
    fn of(
        &self,
        file: &str,
        node: &Node,
        kind: &'static str,
        attribute: &'static str,
    ) -> Result<String, ListError> {
        let id = node.need_attribute(file, attribute)?;
        let known = self.values.get(&(kind.to_owned(), id.clone())).cloned();
        known.ok_or_else(|| ListError::field(file, node.line, attribute, &id))
    }

    fn place(&mut self, file: &str, node: &Node) -> Result<(), ListError> {
        let id = node.need_attribute(file, "ID")?;
        let country = match node.child("LocationCountry") {
            Some(country) => Some(self.of(file, country, "Country", "CountryID")?),
            None => None,
        };
        let mut place = Place {
            country: country.clone(),
            ..Place::default()
        };
        let (mut street, mut city) = (Vec::new(), Vec::new());
        for part in node.children("LocationPart") {
            let kind = self.of(file, part, "LocPartType", "LocPartTypeID")?;
            let values = part
                .all(&["LocationPartValue", "Value"])
                .into_iter()
                .filter_map(Node::words);
            if kind.starts_with("ADDRESS") {
                street.extend(values);
            } else {
                city.extend(values);
            }
        }
        place.street = joined(street.into_iter(), ", ");
        place.city = joined(city.into_iter(), ", ");
        self.places.insert(id, (place, country));
        Ok(())
    }

    fn programs(
        &self,
        file: &str,
        node: &Node,
        programs: &mut HashMap<String, Vec<String>>,
    ) -> Result<(), ListError> {
        let profile = node.need_attribute(file, "ProfileID")?;
        let held = programs.entry(profile).or_default();
        for measure in node.children("SanctionsMeasure") {
            if self.of(file, measure, "SanctionsType", "SanctionsTypeID")? == "Program" {
                held.extend(measure.words_of("Comment"));
            }
        }
        Ok(())
    }

    fn entry(
        &self,
        file: &str,
        party: &Node,
        profile: &Node,
        content: &mut Content,
    ) -> Result<Entry, ListError> {
        let mut entry = Entry {
            id: profile.need_attribute(file, "ID")?,
            line: profile.line,
            kind: self.kind(file, profile)?,
            remarks: party.words_of("Comment").unwrap_or_default(),
            ..Entry::default()
        };
        for identity in profile.children("Identity") {
            self.names(file, identity, &mut entry)?;
        }
        for feature in profile.children("Feature") {
            self.feature(file, feature, &mut entry, content)?;
        }
        match entry.party {
            Some(_) => Ok(entry),
            None => Err(ListError::field(file, profile.line, "a primary name", &entry.id)),
        }
    }

    /// Returns vessel or aircraft, else what the party's type is called; `Unknown` tells nothing.
    fn kind(&self, file: &str, profile: &Node) -> Result<Option<String>, ListError> {
        let subtype = self.of(file, profile, "PartySubType", "PartySubTypeID")?;
        let id = profile.attribute("PartySubTypeID").unwrap_or_default();
        let party_type = self.party_types.get(&id);
        let of_type = party_type.and_then(|id| self.values.get(&("PartyType".to_owned(), id.clone())));
        let kind = if subtype == "Unknown" {
            of_type.cloned()
        } else {
            Some(subtype)
        };
        Ok(kind.map(|kind| kind.to_ascii_lowercase()))
    }

    fn names(&self, file: &str, identity: &Node, entry: &mut Entry) -> Result<(), ListError> {
        let mut parts: HashMap<String, String> = HashMap::new();
        for group in identity.all(&["NamePartGroups", "MasterNamePartGroup", "NamePartGroup"]) {
            let kind = self.of(file, group, "NamePartType", "NamePartTypeID")?;
            parts.insert(group.need_attribute(file, "ID")?, kind);
        }
        for alias in identity.children("Alias") {
            let kind = self.of(file, alias, "AliasType", "AliasTypeID")?;
            let primary = alias.attribute("Primary").as_deref() == Some("true");
            let weak = alias.attribute("LowQuality").as_deref() == Some("true");
            for documented in alias.children("DocumentedName") {
                let (name, latin) = self.name(file, documented, &parts)?;
                if primary && latin && entry.party.is_none() {
                    entry.party = Some(name);
                } else if latin {
                    entry.aliases.push(Alias {
                        name,
                        kind: aka_kind(&kind).to_owned(),
                        strength: if weak {
                            AliasStrength::Weak
                        } else {
                            AliasStrength::Strong
                        },
                    });
                } else {
                    entry.aliases.push(Alias::original_script(name));
                }
            }
        }
        Ok(())
    }

    /// Returns a name as the table of the same list writes it (`LAST, First`), and whether it is in Latin letters.
    fn name(
        &self,
        file: &str,
        node: &Node,
        parts: &HashMap<String, String>,
    ) -> Result<(String, bool), ListError> {
        let (mut last, mut others, mut latin) = (Vec::new(), Vec::new(), true);
        for value in node.all(&["DocumentedNamePart", "NamePartValue"]) {
            let words = value
                .words()
                .ok_or_else(|| ListError::field(file, value.line, "NamePartValue", ""))?;
            if value.attribute("ScriptID").is_some() {
                latin &= self.of(file, value, "Script", "ScriptID")? == "Latin";
            }
            let kind = value
                .attribute("NamePartGroupID")
                .and_then(|group| parts.get(&group));
            match kind.map(String::as_str) {
                Some("Last Name") => last.push(words),
                _ => others.push(words),
            }
        }
        let name = known_as(joined(last.into_iter(), " "), joined(others.into_iter(), " "));
        let name = name.ok_or_else(|| ListError::field(file, node.line, "a name", ""))?;
        Ok((name, latin))
    }

    fn feature(
        &self,
        file: &str,
        feature: &Node,
        entry: &mut Entry,
        content: &mut Content,
    ) -> Result<(), ListError> {
        let kind = self.of(file, feature, "FeatureType", "FeatureTypeID")?;
        for version in feature.children("FeatureVersion") {
            if let Some(asset) = kind.strip_prefix(ADDRESS) {
                let text = version.need(file, "VersionDetail")?;
                entry.addresses.push(address(file, version.line, asset, &text)?);
                continue;
            }
            match kind.as_str() {
                "Birthdate" => {
                    for period in version.children("DatePeriod") {
                        let birth = span(period).and_then(|text| content.birth(file, period.line, &text));
                        entry.births.extend(birth);
                    }
                }
                "Location" => entry
                    .places
                    .extend(self.located(file, version)?.map(|(place, _)| place)),
                "Nationality Country" | "Citizenship Country" | "Nationality of Registration" => {
                    entry
                        .countries
                        .extend(self.located(file, version)?.and_then(|(_, country)| country));
                }
                _ => {
                    let detail = version.words_of("VersionDetail");
                    entry
                        .documents
                        .extend(detail.map(|detail| format!("{kind} {detail}")));
                }
            }
        }
        Ok(())
    }

    fn located(&self, file: &str, version: &Node) -> Result<Option<(Place, Option<String>)>, ListError> {
        let Some(location) = version.child("VersionLocation") else {
            return Ok(None);
        };
        let id = location.need_attribute(file, "LocationID")?;
        let known = self.places.get(&id).cloned();
        known
            .map(Some)
            .ok_or_else(|| ListError::field(file, location.line, "LocationID", &id))
    }
}

/// Returns the dates between which a period begins and ends, as text: one date where both are one.
fn span(period: &Node) -> Option<String> {
    let from = period
        .all(&["Start", "From"])
        .first()
        .and_then(|node| day(node))?;
    let to = period.all(&["End", "To"]).first().and_then(|node| day(node));
    let circa = period
        .child("Start")
        .and_then(|start| start.attribute("Approximate"))
        .as_deref()
        == Some("true");
    let text = match to {
        // A whole year is written as its first and its last day.
        Some(to)
            if to != from
                && from.ends_with("-01-01")
                && to.ends_with("-12-31")
                && from.get(..4) == to.get(..4) =>
        {
            from.get(..4)?.to_owned()
        }
        Some(to) if to != from => format!("{from} to {to}"),
        _ => from,
    };
    Some(if circa { format!("circa {text}") } else { text })
}
