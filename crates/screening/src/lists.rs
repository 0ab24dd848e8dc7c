//! The lists that are in force, indexed: an address is found by its key across chains, a name by its normal
//! form. Immutable once built, so one index serves many threads.

use crate::assets::{AssetScreening, BarredAssets};
use crate::list::{List, Purpose, Version};
use crate::name::exact::{self, is_invisible};
use crate::parties::Parties;
use crate::screening::{Hit, How, QueryForm, QueryKind, Screening};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use strongroom_model::{Address, EvidenceId, Reading, Service, Tag};

/// A set of lists, ready to be asked. Lists answer in the order in which they were given; tables of assets stand apart, for they
/// are asked about assets alone.
#[derive(Clone, Debug)]
pub struct Lists {
    pub(crate) lists: Vec<List>,
    versions: Arc<[Version]>,
    addresses: HashMap<String, Vec<Spot>>,
    names: HashMap<String, Vec<NameSpot>>,
    pub(crate) parties: OnceLock<Parties>,
    assets: Vec<BarredAssets>,
}

/// Where an address stands.
#[derive(Clone, Copy, Debug)]
enum Spot {
    Entry {
        list: usize,
        entry: usize,
        address: usize,
    },
    Tag {
        list: usize,
        row: usize,
    },
}

/// Where a name stands; no alias is the primary name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NameSpot {
    pub(crate) list: usize,
    pub(crate) entry: usize,
    pub(crate) alias: Option<usize>,
}

/// What a text is looked up by.
struct Sought {
    key: String,
    form: QueryForm,
    normalised: String,
}

impl Lists {
    /// Indexes the lists.
    pub fn new(lists: Vec<List>) -> Self {
        let (assets, lists): (Vec<List>, Vec<List>) =
            lists.into_iter().partition(|list| !list.assets.is_empty());
        let mut index = Lists {
            versions: lists.iter().map(|list| list.version.clone()).collect(),
            lists: Vec::new(),
            addresses: HashMap::new(),
            names: HashMap::new(),
            parties: OnceLock::new(),
            assets: assets.into_iter().map(BarredAssets::of).collect(),
        };
        for (at, list) in lists.iter().enumerate() {
            index.add_addresses(at, list);
            index.add_names(at, list);
        }
        index.lists = lists;
        index
    }

    fn add_addresses(&mut self, at: usize, list: &List) {
        let mut add = |text: &str, spot| {
            self.addresses.entry(Sought::of(text).key).or_default().push(spot);
        };
        for (entry, listed) in list.entries.iter().enumerate() {
            for (address, text) in listed.addresses.iter().enumerate() {
                let list = at;
                add(&text.text, Spot::Entry { list, entry, address });
            }
        }
        for (row, tagged) in list.tags.iter().enumerate() {
            add(&tagged.address, Spot::Tag { list: at, row });
        }
    }

    fn add_names(&mut self, list: usize, source: &List) {
        for (entry, listed) in source.entries.iter().enumerate() {
            let primary = listed.party.iter().map(|name| (None, name));
            let aliases = listed.aliases.iter().enumerate();
            let aliases = aliases.map(|(alias, name)| (Some(alias), &name.name));
            for (alias, name) in primary.chain(aliases) {
                for form in exact::forms(name) {
                    let spots = self.names.entry(form).or_default();
                    spots.push(NameSpot { list, entry, alias });
                }
            }
        }
    }

    /// Returns these lists with others behind them.
    pub fn with(self, others: Vec<List>) -> Self {
        let mut index = Lists::new(self.lists.into_iter().chain(others).collect());
        index.assets.splice(0..0, self.assets);
        index
    }

    /// Returns the tables of assets that are in force.
    pub fn assets(&self) -> &[BarredAssets] {
        &self.assets
    }

    /// Screens an asset: an answer of each table of assets.
    pub fn screen_asset(&self, text: &str) -> Vec<AssetScreening> {
        self.assets.iter().map(|assets| assets.screen(text)).collect()
    }

    /// Returns which lists of parties, wallets and tags are in force.
    pub fn versions(&self) -> &[Version] {
        &self.versions
    }

    /// Screens an address or account.
    pub fn screen_address(&self, text: &str) -> Screening {
        let sought = Sought::of(text);
        let mut screening = Screening::new(QueryKind::Address, text, sought.form, sought.normalised);
        for spot in self.addresses.get(&sought.key).into_iter().flatten() {
            match *spot {
                Spot::Entry { list, entry, address } => {
                    screening
                        .hits
                        .extend(self.address_hit(list, entry, address, &screening));
                }
                Spot::Tag { list, row } => screening.tags.extend(self.tag_at(list, row)),
            }
        }
        screening.lists = Arc::clone(&self.versions);
        screening.concluded()
    }

    /// Returns the fingerprint of an entry of a list by both names; of the first, where a list has several of one number.
    pub fn fingerprint(&self, list: &str, entry: &str) -> Option<EvidenceId> {
        let list = self.lists.iter().find(|held| held.version.name == list)?;
        let entry = list.entries.iter().find(|held| held.id == entry)?;
        Some(entry.fingerprint())
    }

    /// Returns whether an address or account stands in the lists, in whatever spelling.
    pub(crate) fn holds_address(&self, text: &str) -> bool {
        self.addresses.contains_key(&Sought::of(text).key)
    }

    /// Screens a party's name.
    pub fn screen_name(&self, text: &str) -> Screening {
        let normalised = exact::normalise(text);
        let form = if normalised.is_empty() {
            QueryForm::Malformed("no letter and no digit stands in the name".to_owned())
        } else {
            QueryForm::Name
        };
        let spots = self.names.get(&normalised);
        let mut screening = Screening::new(QueryKind::Name, text, form, normalised);
        let mut last = None;
        for spot in spots.into_iter().flatten() {
            // An entry's forms stand together; its primary name comes first.
            if last != Some((spot.list, spot.entry)) {
                screening.hits.extend(self.name_hit(*spot));
            }
            last = Some((spot.list, spot.entry));
        }
        screening.lists = Arc::clone(&self.versions);
        screening.concluded()
    }

    /// Returns who is behind an account: the first sanctions list that has it, else the first tag table.
    pub fn tag(&self, account: &str) -> Option<Tag> {
        self.tag_of_key(&Sought::of(account).key)
    }

    /// Returns the keys of everything that a list or tag table names as an account, in order: those of addresses (see
    /// [`Address::key`]), and `text:` before what is no address.
    pub fn keys(&self) -> Vec<&str> {
        let mut keys: Vec<&str> = self.addresses.keys().map(String::as_str).collect();
        keys.sort_unstable();
        keys
    }

    /// Returns who is behind an account, by its key.
    pub fn tag_of_key(&self, key: &str) -> Option<Tag> {
        let spots = self.addresses.get(key)?;
        let sanctioned = spots.iter().find_map(|spot| match *spot {
            Spot::Entry { list, entry, .. } => self.sanctioned(list, entry),
            Spot::Tag { .. } => None,
        });
        sanctioned.or_else(|| {
            spots.iter().find_map(|spot| match *spot {
                Spot::Entry { .. } => None,
                Spot::Tag { list, row } => self.tag_at(list, row),
            })
        })
    }

    /// Returns who is behind an account, lists of stolen and watched wallets included: the first sanctions list that has it, else
    /// the first of those, else the first tag table.
    pub fn listed(&self, account: &str) -> Option<Tag> {
        let tag = self.tag(account);
        if tag.as_ref().is_some_and(|tag| tag.service == Service::Sanctioned) {
            return tag;
        }
        let spots = self.addresses.get(&Sought::of(account).key)?;
        let party = spots.iter().find_map(|spot| match *spot {
            Spot::Entry { list, entry, .. } => self.party(list, entry),
            Spot::Tag { .. } => None,
        });
        party.or(tag)
    }

    fn party(&self, list: usize, entry: usize) -> Option<Tag> {
        let list = self.lists.get(list)?;
        let entry = list.entries.get(entry)?;
        let label = entry.party.as_ref().unwrap_or(&entry.id);
        match list.version.purpose {
            Purpose::StolenFunds | Purpose::Watch => {
                Some(Tag::new(label, Service::Party, &list.version.name))
            }
            Purpose::Sanctions | Purpose::Tags | Purpose::Assets => None,
        }
    }

    fn sanctioned(&self, list: usize, entry: usize) -> Option<Tag> {
        let list = self.lists.get(list)?;
        let entry = list.entries.get(entry)?;
        (list.version.purpose == Purpose::Sanctions).then(|| {
            let label = entry.party.as_ref().unwrap_or(&entry.id);
            Tag::new(label, Service::Sanctioned, &list.version.name)
        })
    }

    fn tag_at(&self, list: usize, row: usize) -> Option<Tag> {
        Some(self.lists.get(list)?.tags.get(row)?.tag())
    }

    fn address_hit(&self, list: usize, entry: usize, address: usize, asked: &Screening) -> Option<Hit> {
        let listed = self.lists.get(list)?.entries.get(entry)?.addresses.get(address)?;
        let theirs = Sought::of(&listed.text);
        let how = match (&asked.form, &theirs.form) {
            (QueryForm::ChecksumMismatch, _) | (_, QueryForm::ChecksumMismatch) => How::ChecksumMismatch,
            (QueryForm::Address, _) if asked.normalised == theirs.normalised => How::SameAddress,
            (QueryForm::Address, _) => How::SameKey,
            _ => How::AsGiven,
        };
        let mut hit = self.hit(list, entry, listed.text.clone(), how)?;
        hit.asset.clone_from(&listed.asset);
        Some(hit)
    }

    fn name_hit(&self, spot: NameSpot) -> Option<Hit> {
        let entry = self.lists.get(spot.list)?.entries.get(spot.entry)?;
        let (matched, how) = match spot.alias {
            None => (entry.party.clone()?, How::Name),
            Some(alias) => {
                let alias = entry.aliases.get(alias)?;
                (alias.name.clone(), How::of_alias(alias.strength))
            }
        };
        self.hit(spot.list, spot.entry, matched, how)
    }

    fn hit(&self, list: usize, entry: usize, matched: String, how: How) -> Option<Hit> {
        let list = self.lists.get(list)?;
        let entry = list.entries.get(entry)?;
        Some(Hit {
            list: list.version.name.clone(),
            purpose: list.version.purpose,
            entry: entry.id.clone(),
            party: entry.party.clone(),
            programs: entry.programs.clone(),
            asset: None,
            matched,
            how,
            severity: Hit::rule(list.version.purpose, how).severity,
        })
    }
}

impl Sought {
    fn of(text: &str) -> Self {
        let visible: String = text.chars().filter(|c| !is_invisible(*c)).collect();
        let trimmed = visible.trim();
        match Address::read(trimmed) {
            Reading::Address {
                address,
                checksum_mismatch,
            } => Sought::address(&address, checksum_mismatch),
            Reading::Malformed(cause) => Sought::text(trimmed, QueryForm::Malformed(cause.to_string())),
            Reading::Opaque if trimmed.is_empty() => {
                Sought::text(trimmed, QueryForm::Malformed("the text is empty".to_owned()))
            }
            Reading::Opaque => Sought::within(trimmed)
                .or_else(|| Sought::joined(trimmed))
                .unwrap_or_else(|| Sought::text(trimmed, QueryForm::Opaque)),
        }
    }

    fn address(address: &Address, checksum_mismatch: bool) -> Self {
        Sought {
            key: address.key().to_owned(),
            normalised: address.as_str().to_owned(),
            form: if checksum_mismatch {
                QueryForm::ChecksumMismatch
            } else {
                QueryForm::Address
            },
        }
    }

    /// Reads an address in what is usually written around it: quotes, a payment URI (`bitcoin:…?amount=1`,
    /// BIP 21; `ethereum:0x…@1`, EIP 681), a chain's name (`eip155:1:0x…`, CAIP 10), a block explorer's URL.
    /// 40 hexadecimal digits by themselves are one without its `0x`. Two addresses, or one that is damaged, cannot
    /// be answered as one.
    fn within(trimmed: &str) -> Option<Self> {
        let words = trimmed.split(|c: char| !c.is_ascii_alphanumeric());
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        let (mut found, mut damaged): (Option<Self>, _) = (None, None);
        for word in &words {
            match read_word(word) {
                Reading::Address { .. } if words.len() > 1 && is_bare(word) => {
                    damaged = Some(format!("{word:?} lacks its 0x, and is not alone"));
                }
                Reading::Address {
                    address,
                    checksum_mismatch,
                } => {
                    let sought = Sought::address(&address, checksum_mismatch);
                    if found.as_ref().is_some_and(|known| known.key != sought.key) {
                        let why = "several addresses stand in it: each is to be asked for by itself";
                        return Some(Sought::text(trimmed, QueryForm::Malformed(why.to_owned())));
                    }
                    found = Some(sought);
                }
                Reading::Malformed(cause) => damaged = Some(cause.to_string()),
                Reading::Opaque => {}
            }
        }
        match damaged {
            Some(cause) => Some(Sought::text(trimmed, QueryForm::Malformed(cause))),
            None => found,
        }
    }

    /// Reads an address that is written in groups, as on paper.
    fn joined(trimmed: &str) -> Option<Self> {
        let letters: String = trimmed
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .collect();
        match read_word(&letters) {
            Reading::Address {
                address,
                checksum_mismatch,
            } => Some(Sought::address(&address, checksum_mismatch)),
            Reading::Malformed(_) | Reading::Opaque => None,
        }
    }

    /// No class of address keys is called `text`.
    fn text(trimmed: &str, form: QueryForm) -> Self {
        Sought {
            key: format!("text:{trimmed}"),
            form,
            normalised: trimmed.to_owned(),
        }
    }
}

/// Returns whether a word is the 20 bytes of an EVM address and no more.
fn is_bare(word: &str) -> bool {
    word.len() == 40 && word.bytes().all(|b| b.is_ascii_hexdigit())
}

fn read_word(word: &str) -> Reading {
    if is_bare(word) {
        Address::read(&format!("0x{word}"))
    } else {
        Address::read(word)
    }
}
