//! STIX 2.1: an observable for each value that has a type there, an indicator for each that is blamed, a report that
//! holds them together.

use super::uuid::{self, v5};
use super::{Source, place};
use crate::extract::Indicator;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use strongroom_model::{Moment, Observable, ObservableType, Role};

/// The definition of wallets as observables that others use (github.com/muchdogesec/stix2extensions).
const WALLETS: &str = "extension-definition--be78509e-6958-51b1-8b26-d17ee0eba2d7";

/// Writes a bundle. Objects of bundles that were read go out byte for byte.
pub fn stix(sources: &[Source]) -> String {
    let mut bundle = Bundle::default();
    for source in sources {
        if source.objects.is_empty() {
            bundle.add(source);
        } else {
            for object in &source.objects {
                bundle.keep(&object.id, object.text.clone());
            }
        }
    }
    bundle.text()
}

#[derive(Default)]
struct Bundle {
    objects: Vec<String>,
    seen: BTreeSet<String>,
}

impl Bundle {
    /// Keeps an object, once; of an id that comes with other content both stay, as versions do.
    fn keep(&mut self, id: &str, text: String) {
        if self
            .seen
            .insert(format!("{id} {}", v5(&uuid::OWN, text.as_bytes())))
        {
            self.objects.push(text);
        }
    }

    fn put(&mut self, object: Value) -> Option<String> {
        let id = object.get("id")?.as_str()?.to_owned();
        // What two reports name is one object: the first says where.
        if self.seen.insert(id.clone()) {
            self.objects.push(object.to_string());
        }
        Some(id)
    }

    fn add(&mut self, source: &Source) {
        let mut named = Vec::new();
        for one in &source.indicators {
            named.extend(observable(&one.observable).and_then(|object| self.put(object)));
            if one.role() == Role::Indicator {
                named.extend(indicator(source, one).and_then(|object| self.put(object)));
            }
        }
        let mut known = BTreeSet::new();
        named.retain(|id| known.insert(id.clone()));
        if !named.is_empty() {
            self.put(report(source, &named));
        }
    }

    fn text(self) -> String {
        let objects = self.objects.join(",\n");
        let id = v5(&uuid::OWN, objects.as_bytes());
        if objects.is_empty() {
            return format!("{{\"type\":\"bundle\",\"id\":\"bundle--{id}\"}}\n");
        }
        format!("{{\"type\":\"bundle\",\"id\":\"bundle--{id}\",\"objects\":[\n{objects}\n]}}\n")
    }
}

/// Returns a moment as STIX has them: to the millisecond.
fn stamp(when: Moment) -> String {
    let text = Moment::from_micros(when.micros() - when.micros().rem_euclid(1_000_000)).to_string();
    let millis = when.micros().rem_euclid(1_000_000) / 1_000;
    format!("{}.{millis:03}Z", text.trim_end_matches('Z'))
}

fn report(source: &Source, named: &[String]) -> Value {
    let when = stamp(source.when);
    let id = v5(&uuid::OWN, format!("report {} {when}", source.id).as_bytes());
    json!({
        "type": "report",
        "spec_version": "2.1",
        "id": format!("report--{id}"),
        "created": when,
        "modified": when,
        "published": when,
        "name": source.name,
        // Not in a sentence: whoever reads it would take the report's own hash for one that it names.
        "external_references": [{ "source_name": source.name, "external_id": source.id.as_str() }],
        "report_types": ["indicator"],
        "object_refs": named,
    })
}

fn indicator(source: &Source, one: &Indicator) -> Option<Value> {
    let pattern = pattern(&one.observable)?;
    let when = stamp(source.when);
    let id = v5(&uuid::OWN, format!("indicator {pattern} {when}").as_bytes());
    Some(json!({
        "type": "indicator",
        "spec_version": "2.1",
        "id": format!("indicator--{id}"),
        "created": when,
        "modified": when,
        "valid_from": when,
        "name": one.observable.value(),
        "description": place(source, one),
        "indicator_types": ["malicious-activity"],
        "pattern": pattern,
        "pattern_type": "stix",
        "pattern_version": "2.1",
    }))
}

/// Returns a value as an observable of STIX: its id is made of what identifies it (section 2.9).
fn observable(one: &Observable) -> Option<Value> {
    let value = one.value();
    let (kind, property, held) = match one.kind() {
        ObservableType::Url => ("url", "value", json!(value)),
        ObservableType::Domain => ("domain-name", "value", json!(value)),
        ObservableType::Ip if value.contains(':') => ("ipv6-addr", "value", json!(value)),
        ObservableType::Ip => ("ipv4-addr", "value", json!(value)),
        ObservableType::Email => ("email-addr", "value", json!(value)),
        ObservableType::Hash => {
            let (name, digits) = hash(value)?;
            ("file", "hashes", json!({ name: digits }))
        }
        ObservableType::Registry => ("windows-registry-key", "key", json!(value)),
        ObservableType::Mutex => ("mutex", "name", json!(value)),
        ObservableType::Wallet => ("cryptocurrency-wallet", "value", json!(value)),
        ObservableType::Endpoint
        | ObservableType::Transaction
        | ObservableType::Path
        | ObservableType::UserAgent
        | ObservableType::Name
        | ObservableType::Asset => return None,
    };
    // Sorted names, no blanks: RFC 8785 for what stands here.
    let identity = json!({ property: held }).to_string();
    let id = format!("{kind}--{}", v5(&uuid::STIX, identity.as_bytes()));
    let mut fields: BTreeMap<&str, Value> = BTreeMap::from([
        ("type", json!(kind)),
        ("spec_version", json!("2.1")),
        ("id", json!(id)),
        (property, held),
    ]);
    if one.kind() == ObservableType::Wallet {
        fields.insert("extensions", json!({ WALLETS: { "extension_type": "new-sco" } }));
    }
    serde_json::to_value(fields).ok()
}

/// Returns the pattern that asks for a value.
fn pattern(one: &Observable) -> Option<String> {
    let value = one.value();
    let compare = |path: &str, value: &str| format!("{path} = '{}'", escaped(value));
    let asked = match one.kind() {
        ObservableType::Url => compare("url:value", value),
        ObservableType::Domain => compare("domain-name:value", value),
        ObservableType::Ip if value.contains(':') => compare("ipv6-addr:value", value),
        ObservableType::Ip => compare("ipv4-addr:value", value),
        ObservableType::Endpoint => {
            let (host, port) = value.rsplit_once(':')?;
            let host = host.trim_start_matches('[').trim_end_matches(']');
            let host = compare("network-traffic:dst_ref.value", host);
            format!("{host} AND network-traffic:dst_port = {port}")
        }
        ObservableType::Email => compare("email-addr:value", value),
        ObservableType::Hash => {
            let (name, digits) = hash(value)?;
            compare(&format!("file:hashes.'{name}'"), digits)
        }
        ObservableType::Wallet => compare("cryptocurrency-wallet:value", value),
        ObservableType::Transaction => compare("cryptocurrency-transaction:value", value),
        ObservableType::Path => {
            let (folder, name) = value.rsplit_once(['\\', '/'])?;
            let name = compare("file:name", name);
            format!("{} AND {name}", compare("file:parent_directory_ref.path", folder))
        }
        ObservableType::Registry => compare("windows-registry-key:key", value),
        ObservableType::Mutex => compare("mutex:name", value),
        ObservableType::UserAgent => compare(
            "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'",
            value,
        ),
        ObservableType::Name | ObservableType::Asset => return None,
    };
    Some(format!("[{asked}]"))
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\'', "\\'")
}

fn hash(value: &str) -> Option<(&'static str, &str)> {
    let (kind, digits) = value.split_once(':')?;
    let name = match kind {
        "md5" => "MD5",
        "sha1" => "SHA-1",
        "sha256" => "SHA-256",
        "sha512" => "SHA-512",
        _ => return None,
    };
    Some((name, digits))
}
