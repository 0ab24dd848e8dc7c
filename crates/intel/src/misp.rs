//! MISP events in JSON: the attributes of an event and of its objects, by their types.
//!
//! What is marked for detection (`to_ids`) is an indicator, anything else context; deleted attributes are passed over.

use crate::feed::Feed;
use crate::gather::Gathering;
use crate::json::Located;
use crate::tier::Tier;
use crate::typed;
use strongroom_model::{Gap, Why};

/// Types whose values are sentences.
const TEXTS: [&str; 3] = ["comment", "other", "text"];

/// Returns whether JSON is an event, or several in one of the ways in which MISP gives them.
pub(crate) fn is_event(root: &Located<'_>) -> bool {
    !events(root).is_empty()
}

fn events<'a>(root: &Located<'a>) -> Vec<Located<'a>> {
    let inner = |one: &Located<'a>| {
        let event = one.field("Event").filter(Located::is_object).unwrap_or(*one);
        let fields = event.fields();
        let has = |name: &str| fields.iter().any(|(own, _)| own == name);
        (has("info") && (has("Attribute") || has("Object"))).then_some(event)
    };
    let response = root.field("response");
    let list = response.as_ref().unwrap_or(root);
    if list.is_object() {
        inner(list).into_iter().collect()
    } else {
        list.items().iter().filter_map(inner).collect()
    }
}

/// Reads events.
pub(crate) fn read(bytes: &[u8], gathering: &mut Gathering) {
    let root = match Located::read(bytes) {
        Ok(root) => root,
        Err(cause) => return gathering.gap(Gap::new("content", Why::Damaged, cause)),
    };
    let mut feed = Feed::new(bytes, gathering);
    for event in events(&root) {
        attributes(&event, &mut feed);
        for object in event.field("Object").map(|list| list.items()).unwrap_or_default() {
            if !is_deleted(&object) {
                attributes(&object, &mut feed);
            }
        }
        for report in event
            .field("EventReport")
            .map(|list| list.items())
            .unwrap_or_default()
        {
            if let Some(content) = report.field("content").filter(|_| !is_deleted(&report)) {
                feed.text(&content);
            }
        }
    }
}

fn is_deleted(entry: &Located<'_>) -> bool {
    entry
        .field("deleted")
        .and_then(|value| value.truth())
        .unwrap_or_default()
}

fn attributes(holder: &Located<'_>, feed: &mut Feed<'_>) {
    for attribute in holder
        .field("Attribute")
        .map(|list| list.items())
        .unwrap_or_default()
    {
        self::attribute(&attribute, feed);
    }
}

fn attribute(attribute: &Located<'_>, feed: &mut Feed<'_>) {
    let fields = attribute.fields();
    let get = |name: &str| {
        fields
            .iter()
            .rev()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value)
    };
    let truth = |name: &str| get(name).and_then(Located::truth).unwrap_or_default();
    let (Some(kind), Some(value)) = (get("type").and_then(Located::text), get("value")) else {
        return;
    };
    if truth("deleted") {
        return;
    }
    if TEXTS.contains(&kind.as_str()) {
        return feed.text(value);
    }
    for observable in typed::read(&kind, &value.text().unwrap_or_default()) {
        let tier = match Tier::of_feed(&observable, truth("to_ids")) {
            Tier::Context if kind == "link" => Tier::Cited,
            tier => tier,
        };
        feed.take(observable, tier, value);
    }
}
