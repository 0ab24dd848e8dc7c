//! Web clients and requests: what they fetch and send.

use super::super::engine::Engine;
use super::super::value::{Object, Value};
use super::object::Shared;
use crate::script::Action;

/// A web client.
pub(super) fn web(
    engine: &mut Engine<'_, '_>,
    base: Option<Value>,
    name: &str,
    arguments: &[Value],
) -> Option<Value> {
    let url = arguments.first().map(Value::to_text).unwrap_or_default();
    // A path alone stands behind the client's base address.
    let url = match base.map(|base| base.to_text()) {
        Some(base) if !base.is_empty() && !url.known_start().contains("://") => base.join(url),
        _ => url,
    };
    match name {
        "downloadstring"
        | "downloaddata"
        | "openread"
        | "getstringasync"
        | "getbytearrayasync"
        | "getasync"
        | "downloadstringtaskasync"
        | "downloaddatataskasync"
        | "downloadstringasync"
        | "downloaddataasync"
        | "getstreamasync" => {
            engine.effect(Action::Download { url, to: None });
            if name.contains("string") {
                return Some(engine.unknown_text());
            }
            None
        }
        "downloadfile" | "downloadfileasync" | "downloadfiletaskasync" => {
            let to = arguments.get(1).map(Value::to_text);
            engine.effect(Action::Download { url, to });
            Some(Value::Null)
        }
        "uploadstring" | "uploaddata" | "uploadfile" | "uploadvalues" | "openwrite" | "postasync"
        | "putasync" | "uploadstringasync" | "uploaddataasync" | "uploadfileasync" => {
            engine.effect(Action::Upload { url });
            None
        }
        _ => None,
    }
}

/// A web request: asking for the answer is the download, asking for the request's stream the upload.
pub(super) fn request(engine: &mut Engine<'_, '_>, object: &Shared, name: &str) -> Option<Value> {
    let held = object.borrow();
    let url = held
        .fields
        .get("requesturi")
        .map(Value::to_text)
        .unwrap_or_default();
    let sends = held
        .fields
        .get("method")
        .and_then(Value::exact)
        .is_some_and(|method| !method.eq_ignore_ascii_case("get"));
    drop(held);
    match name {
        "getresponse" | "begingetresponse" | "getresponseasync" => {
            engine.effect(if sends {
                Action::Upload { url }
            } else {
                Action::Download { url, to: None }
            });
            Some(Object::new("net.webresponse").value())
        }
        "getrequeststream" => {
            engine.effect(Action::Upload { url });
            None
        }
        _ => None,
    }
}
