//! Cmdlets that fetch or send.

use super::super::engine::{Engine, Eval};
use super::super::value::Value;
use super::Invocation;
use crate::script::Action;

pub(super) fn run(
    engine: &mut Engine<'_, '_>,
    name: &str,
    call: &Invocation,
    output: &mut Vec<Value>,
) -> Eval<()> {
    if name == "start-bitstransfer" {
        bits(engine, call);
        return Ok(());
    }
    let Some(url) = call.bound.text("uri") else {
        return Ok(());
    };
    let method = call.bound.exact("method").unwrap_or_default().to_lowercase();
    let sends = ["post", "put"].contains(&method.as_str())
        || (call.bound.get("body").is_some() && method != "get")
        || call.bound.get("infile").is_some();
    let to = call.bound.text("outfile");
    if sends {
        engine.effect(Action::Upload { url });
    } else {
        engine.effect(Action::Download { url, to: to.clone() });
    }
    if to.is_none() {
        let answer = if name == "invoke-restmethod" {
            engine.unknown_text()
        } else {
            let content = engine.unknown_text();
            super::super::value::Object::new("webresponse")
                .with("content", content.clone())
                .with("tostring", content)
                .value()
        };
        output.push(answer);
    }
    Ok(())
}

/// `Start-BitsTransfer`: each source has its destination.
fn bits(engine: &mut Engine<'_, '_>, call: &Invocation) {
    let sources = call.bound.get("source").map(Value::items).unwrap_or_default();
    let destinations = call
        .bound
        .get("destination")
        .map(Value::items)
        .unwrap_or_default();
    let upload = call
        .bound
        .exact("transfertype")
        .is_some_and(|kind| kind.to_lowercase().starts_with("upload"));
    for (place, source) in sources.iter().enumerate() {
        let to = destinations
            .get(place)
            .or(destinations.first())
            .map(Value::to_text);
        if upload {
            engine.effect(Action::Upload {
                url: to.unwrap_or_default(),
            });
        } else {
            engine.effect(Action::Download {
                url: source.to_text(),
                to,
            });
        }
    }
}
