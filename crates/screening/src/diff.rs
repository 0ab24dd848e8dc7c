//! What changed between two versions of a list, entry by entry and field by field.
//!
//! Entries are told apart by the list's own numbers; where a list has none (an address on each line), by what they say, so that a
//! line put in above moves nothing. The fingerprint of an entry is the hash of all its fields, and of nothing else.

use crate::assets::BarredAsset;
use crate::entry::{AliasStrength, Entry};
use crate::list::List;
use crate::tags::TagRow;
use serde::Serialize;
use std::collections::BTreeMap;
use strongroom_model::EvidenceId;

/// The schema of a [`ListDiff`] as it goes out.
pub const LIST_DIFF_SCHEMA: &str = "strongroom.list-diff/1";

/// The values of an entry by field, in one order.
type Fields = Vec<(&'static str, Vec<String>)>;

/// An entry that stands in one version alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EntryName {
    /// The list's number of the entry, or what it says where it has none.
    pub entry: String,
    /// The party's primary name, where the list has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party: Option<String>,
}

/// A field of an entry that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// The field.
    pub field: &'static str,
    /// Values that the older version has and the newer has not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<String>,
    /// Values that the newer version has and the older had not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub added: Vec<String>,
}

/// An entry of both versions that is not the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EntryChange {
    /// The list's number of the entry.
    pub entry: String,
    /// The party's primary name in the newer version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party: Option<String>,
    /// What changed.
    pub fields: Vec<FieldChange>,
}

/// What changed between two versions of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListDiff {
    /// Always [`LIST_DIFF_SCHEMA`].
    pub schema: &'static str,
    /// The list's name.
    pub list: String,
    /// The hash of the older version.
    pub from: EvidenceId,
    /// The hash of the newer version.
    pub to: EvidenceId,
    /// Entries of the newer version alone.
    pub added: Vec<EntryName>,
    /// Entries of the older version alone.
    pub removed: Vec<EntryName>,
    /// Entries of both that are not the same.
    pub changed: Vec<EntryChange>,
    /// How many entries are the same in both.
    pub unchanged: u64,
    /// The hash over the fingerprints of the entries that are the same, in their order: computed from the older version.
    pub unchanged_before: EvidenceId,
    /// The same, computed from the newer version.
    pub unchanged_after: EvidenceId,
}

/// What is compared: an entry, or a row of a table of tags or of assets.
struct Item<'a> {
    name: EntryName,
    fields: Fields,
    fingerprint: EvidenceId,
    source: Source<'a>,
}

#[derive(Clone, Copy)]
enum Source<'a> {
    Entry(&'a Entry),
    Tag(&'a TagRow),
    Asset(&'a BarredAsset),
}

impl Entry {
    /// Returns the hash of all that the entry says; the line on which it stands is none of it.
    pub fn fingerprint(&self) -> EvidenceId {
        fingerprint(&self.id_of_its_own().unwrap_or_default(), &self.fields())
    }

    /// Returns the number that the list gives; a place in a file is none.
    fn id_of_its_own(&self) -> Option<String> {
        let is_place = self.id.starts_with("line ") || self.id.starts_with("element ");
        (!is_place).then(|| self.id.clone())
    }

    fn fields(&self) -> Fields {
        let alias = |alias: &crate::Alias| {
            let weak = match alias.strength {
                AliasStrength::Strong => "",
                AliasStrength::Weak => "weak ",
            };
            format!("{weak}{} {}", alias.kind, alias.name)
        };
        let address = |address: &crate::ListedAddress| match &address.asset {
            Some(asset) => format!("{asset} {}", address.text),
            None => address.text.clone(),
        };
        let birth = |birth: &crate::Birth| {
            let mut text = if birth.circa {
                "circa ".to_owned()
            } else {
                String::new()
            };
            text += &birth.from.to_string();
            text.extend(birth.month.map(|month| format!("-{month:02}")));
            text.extend(birth.day.map(|day| format!("-{day:02}")));
            if birth.to != birth.from {
                text += &format!(" to {}", birth.to);
            }
            text
        };
        let place = |place: &crate::Place| {
            let parts = [&place.street, &place.city, &place.country];
            let parts: Vec<&str> = parts.iter().filter_map(|part| part.as_deref()).collect();
            parts.join(", ")
        };
        let one = |text: &Option<String>| text.iter().cloned().collect();
        vec![
            ("name", one(&self.party)),
            ("kind", one(&self.kind)),
            ("program", self.programs.clone()),
            ("alias", self.aliases.iter().map(alias).collect()),
            ("address", self.addresses.iter().map(address).collect()),
            ("birth", self.births.iter().map(birth).collect()),
            ("country", self.countries.clone()),
            ("document", self.documents.clone()),
            ("place", self.places.iter().map(place).collect()),
            ("updated", one(&self.updated)),
            (
                "remarks",
                Some(self.remarks.clone())
                    .filter(|text| !text.is_empty())
                    .into_iter()
                    .collect(),
            ),
        ]
    }
}

fn fingerprint(key: &str, fields: &Fields) -> EvidenceId {
    let json = serde_json::to_vec(&(key, fields)).expect("texts have a JSON form");
    EvidenceId::of(&json)
}

impl<'a> Item<'a> {
    fn of_entry(entry: &'a Entry) -> Self {
        let fields = entry.fields();
        Item {
            name: EntryName {
                entry: entry.id_of_its_own().unwrap_or_else(|| said(entry)),
                party: entry.party.clone(),
            },
            fingerprint: entry.fingerprint(),
            fields,
            source: Source::Entry(entry),
        }
    }

    fn of_asset(asset: &'a BarredAsset) -> Self {
        let optional = |text: &Option<String>| text.iter().cloned().collect();
        let fields = vec![
            ("chain", optional(&asset.chain)),
            ("contract", optional(&asset.contract)),
            ("symbol", optional(&asset.symbol)),
            ("issuer", vec![asset.issuer.clone()]),
            ("reason", vec![asset.reason.clone()]),
            ("source", vec![asset.source.clone()]),
            ("date", vec![asset.date.clone()]),
        ];
        let identified = [&asset.chain, &asset.contract, &asset.symbol];
        let identified: Vec<&str> = identified.iter().filter_map(|part| part.as_deref()).collect();
        let name = identified.join(" ");
        Item {
            fingerprint: fingerprint(&name, &fields),
            name: EntryName {
                entry: name,
                party: Some(asset.issuer.clone()),
            },
            fields,
            source: Source::Asset(asset),
        }
    }

    fn of_tag(row: &'a TagRow) -> Self {
        let optional =
            |text: &Option<std::sync::Arc<str>>| text.iter().map(|text| text.to_string()).collect();
        let fields = vec![
            ("label", vec![row.label.to_string()]),
            ("service", vec![row.service.as_str().to_owned()]),
            ("source", vec![row.source.to_string()]),
            ("confidence", optional(&row.confidence)),
            ("updated", optional(&row.date)),
        ];
        Item {
            name: EntryName {
                entry: row.address.clone(),
                party: Some(row.label.to_string()),
            },
            fingerprint: fingerprint(&row.address, &fields),
            fields,
            source: Source::Tag(row),
        }
    }
}

/// Returns what an entry without a number of its own is known by.
fn said(entry: &Entry) -> String {
    match (&entry.party, entry.addresses.first()) {
        (Some(party), _) => party.clone(),
        (None, Some(address)) => address.text.clone(),
        (None, None) => entry.id.clone(),
    }
}

fn items(list: &List) -> Vec<Item<'_>> {
    let entries = list.entries.iter().map(Item::of_entry);
    let tags = list.tags.iter().map(Item::of_tag);
    let assets = list.assets.iter().map(Item::of_asset);
    entries.chain(tags).chain(assets).collect()
}

/// The items of both versions under each name; where several share one, those that are the same are paired first.
struct Pairs<'a> {
    added: Vec<Item<'a>>,
    removed: Vec<Item<'a>>,
    changed: Vec<(Item<'a>, Item<'a>)>,
    before: Vec<EvidenceId>,
    after: Vec<EvidenceId>,
}

impl<'a> Pairs<'a> {
    fn of(old: &'a List, new: &'a List) -> Self {
        let mut named: BTreeMap<String, (Vec<Item<'a>>, Vec<Item<'a>>)> = BTreeMap::new();
        for item in items(old) {
            named.entry(item.name.entry.clone()).or_default().0.push(item);
        }
        for item in items(new) {
            named.entry(item.name.entry.clone()).or_default().1.push(item);
        }
        let mut pairs = Pairs {
            added: Vec::new(),
            removed: Vec::new(),
            changed: Vec::new(),
            before: Vec::new(),
            after: Vec::new(),
        };
        for (old, new) in named.into_values() {
            pairs.take(old, new);
        }
        pairs
    }

    fn take(&mut self, old: Vec<Item<'a>>, mut new: Vec<Item<'a>>) {
        let mut left = Vec::new();
        for item in old {
            match new.iter().position(|other| other.fingerprint == item.fingerprint) {
                Some(at) => {
                    self.after.push(new.remove(at).fingerprint);
                    self.before.push(item.fingerprint);
                }
                None => left.push(item),
            }
        }
        let mut new = new.into_iter();
        for item in left {
            match new.next() {
                Some(other) => self.changed.push((item, other)),
                None => self.removed.push(item),
            }
        }
        self.added.extend(new);
    }
}

/// Returns what changed between two versions of a list. The same versions give the same bytes.
pub fn diff(old: &List, new: &List) -> ListDiff {
    let pairs = Pairs::of(old, new);
    let names = |items: Vec<Item<'_>>| items.into_iter().map(|item| item.name).collect();
    ListDiff {
        schema: LIST_DIFF_SCHEMA,
        list: new.version.name.clone(),
        from: old.version.sha256.clone(),
        to: new.version.sha256.clone(),
        unchanged: pairs.after.len() as u64,
        unchanged_before: digest(&pairs.before),
        unchanged_after: digest(&pairs.after),
        changed: pairs.changed.iter().map(|(old, new)| change(old, new)).collect(),
        added: names(pairs.added),
        removed: names(pairs.removed),
    }
}

fn digest(fingerprints: &[EvidenceId]) -> EvidenceId {
    let lines: String = fingerprints.iter().map(|one| format!("{one}\n")).collect();
    EvidenceId::of(lines.as_bytes())
}

fn change(old: &Item<'_>, new: &Item<'_>) -> EntryChange {
    let fields = old
        .fields
        .iter()
        .zip(&new.fields)
        .filter_map(|((field, old), (_, new))| {
            let without = |values: &[String], others: &[String]| -> Vec<String> {
                values
                    .iter()
                    .filter(|value| !others.contains(value))
                    .cloned()
                    .collect()
            };
            let (removed, added) = (without(old, new), without(new, old));
            // Values in another order, or one that stands twice: the whole field is shown.
            let reordered = old != new && removed.is_empty() && added.is_empty();
            match reordered {
                true => Some((field, old.clone(), new.clone())),
                false => (old != new).then_some((field, removed, added)),
            }
        });
    EntryChange {
        entry: new.name.entry.clone(),
        party: new.name.party.clone(),
        fields: fields
            .map(|(field, removed, added)| FieldChange {
                field,
                removed,
                added,
            })
            .collect(),
    }
}

/// Returns both versions with nothing in them but the entries that are not the same in both.
pub(crate) fn touched(old: &List, new: &List) -> (List, List) {
    let pairs = Pairs::of(old, new);
    let (was, is): (Vec<_>, Vec<_>) = pairs
        .changed
        .iter()
        .map(|(old, new)| (old.source, new.source))
        .unzip();
    let removed = pairs.removed.iter().map(|item| item.source);
    let added = pairs.added.iter().map(|item| item.source);
    (
        only(old, was.into_iter().chain(removed)),
        only(new, is.into_iter().chain(added)),
    )
}

fn only<'a>(list: &List, sources: impl Iterator<Item = Source<'a>>) -> List {
    let mut only = List {
        version: list.version.clone(),
        entries: Vec::new(),
        tags: Vec::new(),
        assets: Vec::new(),
    };
    for source in sources {
        match source {
            Source::Entry(entry) => only.entries.push(entry.clone()),
            Source::Tag(row) => only.tags.push(row.clone()),
            Source::Asset(asset) => only.assets.push(asset.clone()),
        }
    }
    only
}
