//! MISP events: one for each report, with an attribute for each value.

use super::uuid::{self, v5};
use super::{Source, currency, place};
use crate::extract::Indicator;
use serde_json::{Value, json};
use strongroom_model::{Observable, ObservableType, Role};

/// Writes one event, or the list of several. What a report blames is marked for detection.
pub fn misp(sources: &[Source]) -> String {
    let mut events: Vec<Value> = sources.iter().map(event).collect();
    let text = match events.pop() {
        Some(only) if events.is_empty() => only,
        last => {
            events.extend(last);
            json!({ "response": events })
        }
    };
    format!("{text}\n")
}

fn event(source: &Source) -> Value {
    let event = v5(&uuid::OWN, format!("event {}", source.id).as_bytes());
    let attribute = |one: &Indicator| {
        let (kind, category, value) = typed(&one.observable);
        json!({
            "uuid": v5(&uuid::OWN, format!("attribute {event} {kind} {value}").as_bytes()),
            "type": kind,
            "category": category,
            "value": value,
            "to_ids": one.role() == Role::Indicator,
            "comment": place(source, one),
            "timestamp": source.when.seconds().to_string(),
            "distribution": "5",
            "disable_correlation": false,
            "deleted": false,
        })
    };
    let date = source.when.to_string();
    json!({ "Event": {
        "uuid": event,
        "info": format!("What was read in {}", source.name),
        "date": date.get(..10).unwrap_or(&date),
        "timestamp": source.when.seconds().to_string(),
        "published": false,
        // "Undefined", "initial", "your organisation only": nothing that a reader of a report could know better.
        "threat_level_id": "4",
        "analysis": "0",
        "distribution": "0",
        "Attribute": source.indicators.iter().map(attribute).collect::<Vec<_>>(),
    }})
}

/// Returns MISP's type and category of a value, and the value as that type has it.
fn typed(one: &Observable) -> (&'static str, &'static str, String) {
    let value = one.value().to_owned();
    match one.kind() {
        ObservableType::Url => ("url", "Network activity", value),
        ObservableType::Domain => ("domain", "Network activity", value),
        ObservableType::Ip => ("ip-dst", "Network activity", value),
        ObservableType::Endpoint => {
            let (host, port) = value.rsplit_once(':').unwrap_or((&value, ""));
            let bare = host.trim_start_matches('[').trim_end_matches(']');
            let is_ip = bare.parse::<std::net::IpAddr>().is_ok();
            let kind = if is_ip { "ip-dst|port" } else { "hostname|port" };
            (kind, "Network activity", format!("{bare}|{port}"))
        }
        ObservableType::Email => ("email", "Payload delivery", value),
        ObservableType::Hash => {
            let (kind, digits) = value.split_once(':').unwrap_or(("", &value));
            let kind = match kind {
                "md5" => "md5",
                "sha1" => "sha1",
                "sha512" => "sha512",
                _ => "sha256",
            };
            (kind, "Payload delivery", digits.to_owned())
        }
        ObservableType::Wallet => match currency(one) {
            Some("BTC") => ("btc", "Financial fraud", value),
            Some("DASH") => ("dash", "Financial fraud", value),
            Some("XMR") => ("xmr", "Financial fraud", value),
            _ => ("other", "Financial fraud", value),
        },
        ObservableType::Transaction => ("text", "Financial fraud", format!("transaction {value}")),
        ObservableType::Path => ("filename", "Artifacts dropped", value),
        ObservableType::Registry => ("regkey", "Artifacts dropped", value),
        ObservableType::Mutex => ("mutex", "Artifacts dropped", value),
        ObservableType::UserAgent => ("user-agent", "Network activity", value),
        ObservableType::Name | ObservableType::Asset => ("text", "Other", value),
    }
}
