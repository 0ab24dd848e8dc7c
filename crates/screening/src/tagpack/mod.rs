//! GraphSense TagPacks and actor packs, as they are published: YAML files whose header says what all tags share.
//!
//! What a tag does not say itself it has from the header (the TagPack schema calls that inheritance). Source, confidence and
//! date are kept in the pack's own words. An address in an address's shape whose checksum fails stays what it is
//! and is told: a tag that can never match is worth knowing of.

mod yaml;

use crate::{ListError, ListFile};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use strongroom_model::{Address, AddressError, Reading, Service};
use yaml::{Node, Value};

/// One tag of a pack: an address, and who is said to be behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackTag {
    /// The line on which it begins, counted from 1.
    pub line: u64,
    /// The address as it is spelt there.
    pub address: String,
    /// The chain or asset, in the pack's own code.
    pub currency: Option<Arc<str>>,
    /// The name of the party.
    pub label: Arc<str>,
    /// The id of the party in an actor pack.
    pub actor: Option<Arc<str>>,
    /// What kind of party, in the pack's words: category and concepts.
    pub concepts: Vec<Arc<str>>,
    /// What it is accused of.
    pub abuse: Option<Arc<str>>,
    /// How the tag was found, in GraphSense's words (`ownership`, `forensic`, `web_crawl`, …).
    pub confidence: Option<Arc<str>>,
    /// Where it was found.
    pub source: Option<Arc<str>>,
    /// The date of the last change.
    pub date: Option<Arc<str>>,
    /// Whether the tag is said of the whole cluster of the address.
    pub defines_cluster: bool,
    /// Why the address can be nobody's: the check that it fails.
    pub malformed: Option<String>,
}

/// A pack that was read whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagPack {
    /// Its title.
    pub title: String,
    /// Who made it.
    pub creator: String,
    /// Its tags, in the order of the file.
    pub tags: Vec<PackTag>,
}

/// A party that tags refer to by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The id.
    pub id: String,
    /// The name.
    pub label: String,
    /// What kind of party, in the pack's words.
    pub categories: Vec<String>,
}

/// An address to which tags give different names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict<'a> {
    /// The key that the address's spellings share.
    pub key: String,
    /// The tags, in the order in which the packs were given.
    pub tags: Vec<&'a PackTag>,
}

impl TagPack {
    /// Reads a pack.
    ///
    /// # Errors
    /// Refuses the whole pack for a tag without an address or a label, a key that stands twice, and text that is no YAML,
    /// naming file, line and cause.
    pub fn read(file: ListFile<'_>) -> Result<Self, ListError> {
        let root = yaml::read(file)?;
        let header = Header::of(file.name, &root)?;
        let Some(Value::List(nodes)) = root.get("tags").map(|node| &node.value) else {
            return Err(ListError::field(file.name, root.line, "a list of tags", ""));
        };
        let mut words = Words::default();
        let tags = nodes
            .iter()
            .map(|node| header.tag(file.name, node, &mut words))
            .collect::<Result<_, _>>()?;
        Ok(TagPack {
            title: header.need("title")?.to_owned(),
            creator: header.need("creator")?.to_owned(),
            tags,
        })
    }
}

/// Reads an actor pack: the parties that tags refer to.
///
/// # Errors
/// Refuses the whole pack for an actor without an id or a label, naming file, line and cause.
pub fn read_actors(file: ListFile<'_>) -> Result<Vec<Actor>, ListError> {
    let root = yaml::read(file)?;
    let Some(Value::List(nodes)) = root.get("actors").map(|node| &node.value) else {
        return Err(ListError::field(file.name, root.line, "a list of actors", ""));
    };
    let actor = |node: &Node| {
        let need = |key: &str, expected| {
            let text = node.get(key).and_then(Node::text);
            text.map(str::to_owned)
                .ok_or_else(|| ListError::field(file.name, node.line, expected, ""))
        };
        let categories = node.get("categories").map(Node::texts).unwrap_or_default();
        Ok(Actor {
            id: need("id", "an actor's id")?,
            label: need("label", "an actor's label")?,
            categories: categories.into_iter().map(str::to_owned).collect(),
        })
    };
    nodes.iter().map(actor).collect()
}

/// Returns whether a text begins as a TagPack: some KiB suffice.
pub(crate) fn is_pack(head: &str) -> bool {
    has_keys(head, &["title", "creator", "tags"])
}

/// Returns whether a text begins as an actor pack.
pub(crate) fn is_actor_pack(head: &str) -> bool {
    has_keys(head, &["title", "creator", "actors"])
}

fn has_keys(head: &str, keys: &[&str]) -> bool {
    let has = |key: &&str| {
        let begins = |line: &str| line.strip_prefix(*key).is_some_and(|rest| rest.starts_with(':'));
        head.lines().any(begins)
    };
    keys.iter().all(has)
}

/// Texts that many tags share, each once in memory.
#[derive(Default)]
struct Words(HashMap<String, Arc<str>>);

impl Words {
    fn of(&mut self, text: &str) -> Arc<str> {
        match self.0.get(text) {
            Some(word) => Arc::clone(word),
            None => {
                let word: Arc<str> = text.into();
                self.0.insert(text.to_owned(), Arc::clone(&word));
                word
            }
        }
    }
}

/// What all tags of a pack share.
struct Header<'a> {
    file: &'a str,
    root: &'a Node,
}

impl<'a> Header<'a> {
    fn of(file: &'a str, root: &'a Node) -> Result<Self, ListError> {
        let header = Header { file, root };
        header.need("title")?;
        header.need("creator")?;
        Ok(header)
    }

    fn need(&self, key: &'static str) -> Result<&'a str, ListError> {
        let text = self.root.get(key).and_then(Node::text);
        text.ok_or_else(|| ListError::field(self.file, self.root.line, key, ""))
    }

    fn tag(&self, file: &str, node: &Node, words: &mut Words) -> Result<PackTag, ListError> {
        let field = |key: &str| node.get(key).or_else(|| self.root.get(key));
        let text = |key: &str| field(key).and_then(Node::text);
        let need = |key: &'static str| text(key).ok_or_else(|| ListError::field(file, node.line, key, ""));
        let (address, label) = (need("address")?.to_owned(), need("label")?);
        let concepts: Vec<&str> = [field("category"), field("concepts")]
            .into_iter()
            .flatten()
            .flat_map(Node::texts)
            .collect();
        let mut word = |key: &str| text(key).map(|text| words.of(text));
        let currency = word("currency").or_else(|| word("network"));
        Ok(PackTag {
            line: node.line,
            malformed: malformed(&address, currency.as_deref()),
            address,
            currency,
            actor: word("actor"),
            abuse: word("abuse"),
            confidence: word("confidence"),
            source: word("source"),
            date: word("lastmod"),
            defines_cluster: text("is_cluster_definer").is_some_and(|text| text.eq_ignore_ascii_case("true")),
            label: words.of(label),
            concepts: concepts.into_iter().map(|concept| words.of(concept)).collect(),
        })
    }
}

impl PackTag {
    /// Returns what kind of party the pack's words say: a service that stops traces, or a party that does not.
    pub fn service(&self) -> Service {
        let of = |concept: &Arc<str>| match &**concept {
            "exchange" => Some(Service::Exchange),
            "mixing_service" | "coinjoin" => Some(Service::Mixer),
            "defi_bridge" => Some(Service::Bridge),
            "hosted_wallet" | "wallet_service" | "custodian" => Some(Service::Custodian),
            "user" | "organization" | "donation" | "black_list" => Some(Service::Party),
            _ => None,
        };
        if self.abuse.as_deref() == Some("sanction") {
            return Service::Sanctioned;
        }
        let said = self.concepts.iter().find_map(of);
        match (said, &self.abuse) {
            (Some(service), _) => service,
            // The wallet of whoever is accused is one that a trace goes on through.
            (None, Some(_)) => Service::Party,
            (None, None) if self.concepts.is_empty() => Service::Party,
            (None, None) => Service::Other,
        }
    }

    /// Returns the text under which spellings of one address are equal.
    fn key(&self) -> String {
        match Address::read(&self.address) {
            Reading::Address { address, .. } => address.key().to_owned(),
            Reading::Malformed(_) | Reading::Opaque => format!("text:{}", self.address),
        }
    }

    /// Returns the name under which the party counts as one: its actor, else its label without case.
    fn party(&self) -> String {
        match &self.actor {
            Some(actor) => actor.to_string(),
            None => self.label.to_lowercase(),
        }
    }
}

/// Chains whose every address is base58check, bech32 or cashaddr, by the codes that packs have for them.
const KNOWN_CHAINS: [&str; 8] = ["BTC", "BCH", "BSV", "BTG", "LTC", "DOGE", "DASH", "TRX"];

/// Returns which check an address fails. On a chain that is known, a text in no address's shape fails too; the
/// addresses of other chains can look like base58check and have a checksum of another kind (Decred, Waves).
fn malformed(address: &str, currency: Option<&str>) -> Option<String> {
    let known = currency.is_none_or(|code| KNOWN_CHAINS.contains(&code.to_ascii_uppercase().as_str()));
    match Address::read(address) {
        Reading::Malformed(AddressError::Base58Checksum(_) | AddressError::Base58Character { .. })
            if !known =>
        {
            None
        }
        Reading::Malformed(error) => Some(error.to_string()),
        Reading::Opaque if known && currency.is_some() => Some(format!(
            "{address:?} has not the shape of an address of {}",
            currency.unwrap_or_default()
        )),
        Reading::Address { .. } | Reading::Opaque => None,
    }
}

/// Returns the addresses to which tags give different parties, by key.
pub fn conflicts(packs: &[TagPack]) -> Vec<Conflict<'_>> {
    let mut by_key: BTreeMap<String, Vec<&PackTag>> = BTreeMap::new();
    for tag in packs.iter().flat_map(|pack| &pack.tags) {
        by_key.entry(tag.key()).or_default().push(tag);
    }
    let differ = |tags: &[&PackTag]| {
        let mut parties = tags.iter().map(|tag| tag.party());
        let first = parties.next();
        parties.any(|party| Some(party) != first)
    };
    by_key
        .into_iter()
        .filter(|(_, tags)| differ(tags))
        .map(|(key, tags)| Conflict { key, tags })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACK: &str = "title: T\ncreator: C\nlabel: Alpha\ncurrency: BTC\nconfidence: forensic\nlastmod: 2022-04-15\n\
        source: https://list.example\ncategory: exchange\ntags:\n\
        - address: 1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu\n\
        - address: 1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggv\n  label: Beta\n  currency: LTC\n  is_cluster_definer: true\n\
        - {address: 'bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a', label: Gamma, category: user}\n";

    fn pack(text: &str) -> Result<TagPack, ListError> {
        TagPack::read(ListFile {
            name: "p.yaml",
            bytes: text.as_bytes(),
        })
    }

    #[test]
    fn a_tag_has_from_the_header_what_it_does_not_say() {
        let pack = pack(PACK).unwrap();
        let [first, second, third] = pack.tags.as_slice() else {
            panic!("{pack:?}")
        };
        assert_eq!(
            (first.line, &*first.label, first.currency.as_deref()),
            (10, "Alpha", Some("BTC"))
        );
        assert_eq!(first.confidence.as_deref(), Some("forensic"));
        assert_eq!(first.date.as_deref(), Some("2022-04-15"));
        assert_eq!(
            (first.service(), first.defines_cluster),
            (Service::Exchange, false)
        );
        assert_eq!(
            (&*second.label, second.currency.as_deref()),
            ("Beta", Some("LTC"))
        );
        assert!(second.defines_cluster);
        assert!(
            second
                .malformed
                .as_ref()
                .is_some_and(|why| why.contains("base58check checksum"))
        );
        assert_eq!(third.service(), Service::Party);
    }

    #[test]
    fn an_address_is_checked_by_the_rules_of_its_chain() {
        let waves = "3PKVM8fRTDav64MSMHEMbA9rXvo1bUc1hyS";
        assert!(malformed(waves, Some("BTC")).is_some());
        assert_eq!(malformed(waves, Some("WAVES")), None);
        // Capitals alone: no shape of an address, but said to be one of Bitcoin.
        assert!(malformed("3CD19JE8F4C48L43E3A5TH8XD45JLRXUL", Some("btc")).is_some());
        assert_eq!(malformed("huobideposit", Some("EOS")), None);
        assert!(malformed("0x12", Some("ETH")).is_none_or(|why| why.contains("0x12")));
    }

    #[test]
    fn spellings_of_one_address_with_different_parties_are_a_conflict() {
        let packs = [pack(PACK).unwrap()];
        let found = conflicts(&packs);
        let [conflict] = found.as_slice() else {
            panic!("{found:?}")
        };
        let labels: Vec<&str> = conflict.tags.iter().map(|tag| &*tag.label).collect();
        assert_eq!(labels, ["Alpha", "Gamma"]);
        // The same party in other letters is none.
        let same = pack(&PACK.replace("Gamma", "ALPHA")).unwrap();
        assert_eq!(conflicts(&[same]), []);
    }

    #[test]
    fn a_pack_with_a_broken_tag_is_refused_whole() {
        let cases = [
            (
                PACK.replace("- address: 1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu", "- label: x"),
                "line 10: address",
            ),
            (PACK.replace("label: Alpha\n", ""), "line 9: label"),
            (PACK.replace("creator: C\n", ""), "line 1: creator"),
            (PACK.replace("tags:", "tagz:"), "line 1: a list of tags"),
        ];
        for (text, expected) in cases {
            let error = pack(&text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn actors_have_ids() {
        let text =
            "title: A\ncreator: C\nactors:\n- id: alpha\n  label: Alpha\n  categories:\n  - exchange\n";
        let read = |text: &str| {
            read_actors(ListFile {
                name: "a.yaml",
                bytes: text.as_bytes(),
            })
        };
        let actors = read(text).unwrap();
        assert_eq!((actors[0].id.as_str(), actors[0].categories.len()), ("alpha", 1));
        assert!(read(&text.replace("id: alpha", "name: alpha")).is_err());
        assert!(is_actor_pack(text) && !is_pack(text) && is_pack(PACK) && !is_actor_pack(PACK));
    }
}
