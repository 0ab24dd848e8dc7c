//! STIX 2.0 and 2.1 bundles: indicators by their patterns, observables by their types, texts and sources by their
//! fields.
//!
//! Not a store of objects: relations are not followed, and what an object says beyond that is kept as its text
//! ([`StixObject`]), so that a bundle that is written again has every field that was read.

mod pattern;

use crate::feed::Feed;
use crate::gather::Gathering;
use crate::json::Located;
use crate::tier::Tier;
use crate::typed;
use strongroom_model::{Gap, Observable, ObservableType, Why};

/// Kinds of indicators that blame nobody.
const INNOCENT: [&str; 1] = ["benign"];

/// An object of a bundle as its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StixObject {
    /// Its id; empty where it has none.
    pub id: String,
    /// When it was last changed, as it says; two versions of one object differ in that.
    pub modified: Option<String>,
    /// The object, byte for byte.
    pub text: String,
}

/// Returns the objects of a bundle in their order; none of what is no bundle.
pub fn stix_objects(bytes: &[u8]) -> Vec<StixObject> {
    let Some(objects) = Located::root(bytes).and_then(|root| root.field("objects")) else {
        return Vec::new();
    };
    let object = |one: Located<'_>| {
        let fields = one.fields();
        let text = |name: &str| {
            fields
                .iter()
                .find(|(own, _)| own == name)
                .and_then(|(_, value)| value.text())
        };
        StixObject {
            id: text("id").unwrap_or_default(),
            modified: text("modified"),
            text: one.raw().to_owned(),
        }
    };
    let objects = objects.items().into_iter();
    objects.filter(Located::is_object).map(object).collect()
}

/// Reads a bundle.
pub(crate) fn read(bytes: &[u8], gathering: &mut Gathering) {
    let root = match Located::read(bytes) {
        Ok(root) => root,
        Err(cause) => return gathering.gap(Gap::new("content", Why::Damaged, cause)),
    };
    let mut feed = Feed::new(bytes, gathering);
    let Some(objects) = root.field("objects") else {
        return;
    };
    for (number, object) in objects.items().iter().enumerate() {
        if object.is_object() {
            Object::of(object).read(&mut feed);
        } else {
            let gap = Gap::new(format!("object {number}"), Why::Damaged, "no object");
            feed.gathering.gap(gap);
        }
    }
}

struct Object<'a> {
    fields: Vec<(String, Located<'a>)>,
}

impl<'a> Object<'a> {
    fn of(value: &Located<'a>) -> Self {
        Object {
            fields: value.fields(),
        }
    }

    fn get(&self, name: &str) -> Option<&Located<'a>> {
        let mut fields = self.fields.iter().rev();
        fields.find(|(own, _)| own == name).map(|(_, value)| value)
    }

    fn text(&self, name: &str) -> Option<String> {
        self.get(name).and_then(Located::text)
    }

    fn texts(&self, name: &str) -> Vec<String> {
        let items = self.get(name).map(Located::items).unwrap_or_default();
        items.iter().filter_map(Located::text).collect()
    }

    fn read(&self, feed: &mut Feed<'_>) {
        let kind = self.text("type").unwrap_or_default();
        match kind.as_str() {
            "indicator" => self.indicator(feed),
            "observed-data" => {
                let objects = self.get("objects").map(Located::fields).unwrap_or_default();
                for (_, object) in &objects {
                    let object = Object::of(object);
                    let kind = object.text("type").unwrap_or_default();
                    object.observable(&kind, feed);
                }
            }
            kind => self.observable(kind, feed),
        }
        if let Some(description) = self.get("description") {
            feed.text(description);
        }
        let references = self
            .get("external_references")
            .map(Located::items)
            .unwrap_or_default();
        for reference in &references {
            if let Some(url) = reference.field("url") {
                feed.cite(&url);
            }
        }
    }

    fn indicator(&self, feed: &mut Feed<'_>) {
        let Some(value) = self.get("pattern") else { return };
        if self.text("pattern_type").is_some_and(|kind| kind != "stix") {
            return;
        }
        let says = |word: &str| {
            let kinds = self
                .texts("indicator_types")
                .into_iter()
                .chain(self.texts("labels"));
            kinds.into_iter().any(|kind| kind == word)
        };
        let revoked = self.get("revoked").and_then(Located::truth).unwrap_or_default();
        let blames = !revoked && !INNOCENT.iter().any(|word| says(word));
        for observable in pattern::observables(&value.text().unwrap_or_default()) {
            let tier = Tier::of_feed(&observable, blames);
            feed.take(observable, tier, value);
        }
    }

    /// Reads an observable by its own type: it was seen, and nobody says that it is bad.
    fn observable(&self, kind: &str, feed: &mut Feed<'_>) {
        let mut take = |field: &str, kind: ObservableType| {
            if let Some(value) = self.get(field)
                && let Some(observable) = value.text().and_then(|text| typed::plain(kind, &text))
            {
                let tier = Tier::of_feed(&observable, false);
                feed.take(observable, tier, value);
            }
        };
        match kind {
            "url" => take("value", ObservableType::Url),
            "domain-name" => take("value", ObservableType::Domain),
            "ipv4-addr" | "ipv6-addr" => take("value", ObservableType::Ip),
            "email-addr" => take("value", ObservableType::Email),
            "mutex" => take("name", ObservableType::Mutex),
            "windows-registry-key" => take("key", ObservableType::Registry),
            "directory" => take("path", ObservableType::Path),
            "user-agent" => take("string", ObservableType::UserAgent),
            "cryptocurrency-wallet" => {
                take("value", ObservableType::Wallet);
                take("address", ObservableType::Wallet);
            }
            "cryptocurrency-transaction" => take("value", ObservableType::Transaction),
            "file" | "artifact" => {
                let hashes = self.get("hashes").map(Located::fields).unwrap_or_default();
                for (_, value) in &hashes {
                    if let Some(hash) = value.text().and_then(|text| Observable::hash(&text).ok()) {
                        let tier = Tier::of_feed(&hash, false);
                        feed.take(hash, tier, value);
                    }
                }
            }
            _ => {}
        }
    }
}
