//! OpenSanctions' entities (FollowTheMoney): an object of JSON on each line, whole (`entities.ftm.json`) or with what
//! belongs to it nested inside (`targets.nested.json`).
//!
//! Parties become entries; wallets join the entry of their holder, or stand for themselves where the holder is not in the file.

use crate::content::Content;
use crate::entry::{Alias, AliasStrength, Entry, ListedAddress, Place, joined};
use crate::table::text;
use crate::{ListError, ListFile};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// Schemas of what is no party: they say something of others.
const ASIDE: [&str; 20] = [
    "Address",
    "Article",
    "CallForTenders",
    "Contract",
    "ContractAward",
    "CourtCase",
    "Documentation",
    "Employment",
    "Event",
    "Family",
    "Associate",
    "Directorship",
    "Identification",
    "Membership",
    "Occupancy",
    "Ownership",
    "Passport",
    "Payment",
    "Representation",
    "UnknownLink",
];
const WALLET: &str = "CryptoWallet";
const SANCTION: &str = "Sanction";

/// Wallets and sanctions by the id of the party that they belong to.
#[derive(Default)]
struct Aside {
    wallets: Vec<(Option<String>, u64, String, ListedAddress)>,
    programs: Vec<(String, String)>,
}

/// Returns whether a line is such an object.
pub(crate) fn is_line(line: &str) -> bool {
    line.starts_with('{')
        && ["\"schema\"", "\"properties\"", "\"id\""]
            .iter()
            .all(|key| line.contains(key))
}

pub(crate) fn read(file: ListFile<'_>) -> Result<Content, ListError> {
    let mut content = Content::default();
    let mut aside = Aside::default();
    for (line, text) in (1..).zip(text(file.name, file.bytes)?.lines()) {
        if text.trim().is_empty() {
            continue;
        }
        let object: Value = serde_json::from_str(text).map_err(|cause| ListError::Markup {
            file: file.name.to_owned(),
            line,
            cause: cause.to_string(),
        })?;
        let entity = Entity::of(file.name, line, &object)?;
        entity.take(&mut content, &mut aside)?;
    }
    aside.join(&mut content);
    content.checked(file.name)
}

/// One object.
struct Entity<'a> {
    file: &'a str,
    line: u64,
    id: &'a str,
    schema: &'a str,
    caption: Option<&'a str>,
    properties: &'a Map<String, Value>,
    object: &'a Map<String, Value>,
}

impl<'a> Entity<'a> {
    fn of(file: &'a str, line: u64, value: &'a Value) -> Result<Self, ListError> {
        let refuse = |expected| ListError::field(file, line, expected, &value.to_string());
        let object = value.as_object().ok_or_else(|| refuse("an entity"))?;
        let text = |key: &str| object.get(key).and_then(Value::as_str);
        let properties = object.get("properties").and_then(Value::as_object);
        Ok(Entity {
            file,
            line,
            id: text("id").ok_or_else(|| refuse("an id"))?,
            schema: text("schema").ok_or_else(|| refuse("a schema"))?,
            caption: text("caption"),
            properties: properties.ok_or_else(|| refuse("properties"))?,
            object,
        })
    }

    /// Returns the texts of a property.
    fn texts(&self, key: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let values = self.properties.get(key).and_then(Value::as_array);
        values.into_iter().flatten().filter_map(Value::as_str)
    }

    /// Returns the ids that a property names, nested or not.
    fn ids(&self, key: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let values = self.properties.get(key).and_then(Value::as_array);
        values
            .into_iter()
            .flatten()
            .filter_map(|value| value.as_str().or_else(|| value.get("id")?.as_str()))
    }

    /// Returns the entities that stand nested in it, those that stand in another entity's place included.
    fn nested(&self) -> Result<Vec<Entity<'a>>, ListError> {
        let values = self.properties.values().filter_map(Value::as_array).flatten();
        values
            .filter(|value| value.get("schema").is_some())
            .map(|value| Entity::of(self.file, self.line, value))
            .collect()
    }

    fn take(&self, content: &mut Content, aside: &mut Aside) -> Result<(), ListError> {
        match self.schema {
            WALLET => self.wallet(None, aside)?,
            SANCTION => self.sanction(None, aside),
            schema if ASIDE.contains(&schema) => {}
            _ => {
                let entry = self.entry(content, aside)?;
                content.entries.extend(entry);
            }
        }
        Ok(())
    }

    fn wallet(&self, holder: Option<&str>, aside: &mut Aside) -> Result<(), ListError> {
        let holder = self.ids("holder").next().or(holder);
        let asset = self.texts("currency").next();
        let mut keys = self.texts("publicKey").peekable();
        if keys.peek().is_none() {
            return Err(ListError::field(
                self.file,
                self.line,
                "a wallet's publicKey",
                self.id,
            ));
        }
        for key in keys {
            aside.wallets.push((
                holder.map(str::to_owned),
                self.line,
                self.id.to_owned(),
                ListedAddress {
                    asset: asset.map(str::to_owned),
                    text: key.to_owned(),
                },
            ));
        }
        Ok(())
    }

    fn sanction(&self, holder: Option<&str>, aside: &mut Aside) {
        let names = self.texts("programId").chain(self.texts("program"));
        let name = names.chain(self.texts("authority")).next();
        let holders = self.ids("entity").chain(holder);
        if let Some(name) = name {
            aside
                .programs
                .extend(holders.map(|holder| (holder.to_owned(), name.to_owned())));
        }
    }

    fn entry(&self, content: &mut Content, aside: &mut Aside) -> Result<Option<Entry>, ListError> {
        let mut names = self.texts("name");
        // The caption is one of the names, and the best of them.
        let Some(party) = self.caption.or_else(|| names.next()) else {
            return Ok(None);
        };
        let mut entry = Entry {
            id: self.id.to_owned(),
            line: self.line,
            party: Some(party.to_owned()),
            kind: Some(self.schema.to_ascii_lowercase()),
            programs: self
                .texts("programId")
                .chain(self.texts("topics"))
                .map(str::to_owned)
                .collect(),
            countries: ["nationality", "citizenship", "country", "jurisdiction"]
                .iter()
                .flat_map(|key| self.texts(key))
                .map(str::to_owned)
                .collect(),
            documents: [
                "passportNumber",
                "idNumber",
                "registrationNumber",
                "innCode",
                "leiCode",
                "imoNumber",
            ]
            .iter()
            .flat_map(|key| self.texts(key).map(move |number| format!("{key} {number}")))
            .collect(),
            remarks: joined(self.texts("notes").map(str::to_owned), " ").unwrap_or_default(),
            updated: self
                .object
                .get("last_change")
                .and_then(Value::as_str)
                .map(str::to_owned),
            ..Entry::default()
        };
        let spelt = [
            ("name", "aka", AliasStrength::Strong),
            ("alias", "aka", AliasStrength::Strong),
            ("previousName", "fka", AliasStrength::Strong),
            ("abbreviation", "aka", AliasStrength::Weak),
            ("weakAlias", "aka", AliasStrength::Weak),
        ];
        for (key, kind, strength) in spelt {
            let known = |entry: &Entry, name: &str| {
                entry.party.as_deref() == Some(name) || entry.aliases.iter().any(|alias| alias.name == name)
            };
            for name in self.texts(key) {
                if !known(&entry, name) {
                    entry.aliases.push(Alias {
                        name: name.to_owned(),
                        kind: kind.to_owned(),
                        strength,
                    });
                }
            }
        }
        for text in self.texts("birthDate") {
            entry.births.extend(content.birth(self.file, self.line, text));
        }
        entry.places = self.texts("address").map(whole_place).collect();
        for nested in self.nested()? {
            match nested.schema {
                WALLET => nested.wallet(Some(self.id), aside)?,
                SANCTION => nested.sanction(Some(self.id), aside),
                "Address" => entry.places.extend(nested.texts("full").map(whole_place)),
                _ => {}
            }
        }
        Ok(Some(entry))
    }
}

fn whole_place(text: &str) -> Place {
    Place {
        street: Some(text.to_owned()),
        ..Place::default()
    }
}

impl Aside {
    fn join(self, content: &mut Content) {
        let by_id: HashMap<String, usize> = content
            .entries
            .iter()
            .enumerate()
            .map(|(at, entry)| (entry.id.clone(), at))
            .collect();
        let mut alone: HashMap<String, usize> = HashMap::new();
        for (holder, line, id, address) in self.wallets {
            let at = holder.as_ref().and_then(|holder| by_id.get(holder).copied());
            let at = at.unwrap_or_else(|| {
                *alone.entry(id.clone()).or_insert_with(|| {
                    content.entries.push(Entry {
                        id,
                        line,
                        kind: Some("wallet".to_owned()),
                        ..Entry::default()
                    });
                    content.entries.len() - 1
                })
            });
            if let Some(entry) = content
                .entries
                .get_mut(at)
                .filter(|entry| !entry.addresses.contains(&address))
            {
                entry.addresses.push(address);
            }
        }
        for (holder, program) in self.programs {
            let entry = by_id.get(&holder).and_then(|at| content.entries.get_mut(*at));
            if let Some(entry) = entry.filter(|entry| !entry.programs.contains(&program)) {
                entry.programs.push(program);
            }
        }
    }
}
