//! COM objects: shells, requests, schedulers, by the names of their classes.

use super::super::cmdlet;
use super::super::engine::Engine;
use super::super::value::{Object, Value};
use super::Given;
use super::object::{Shared, spaced};
use crate::script::Action;

/// COM objects.
pub(super) fn call(
    engine: &mut Engine<'_, '_>,
    object: &Shared,
    class: &str,
    name: &str,
    arguments: &[Value],
) -> Given {
    let text = |index: usize| arguments.get(index).map(Value::to_text).unwrap_or_default();
    match (class, name) {
        ("wscript.shell", "run" | "exec") => {
            cmdlet::started(engine, &text(0));
            Ok(None)
        }
        ("wscript.shell", "regwrite") => {
            if cmdlet::registry_key(&text(0).to_string()).is_some_and(|how| !how.is_empty()) {
                engine.effect(Action::Persist {
                    how: "Run key".to_owned(),
                    command: text(1),
                });
            }
            engine.effect(Action::SetRegistry {
                key: text(0),
                value: text(1),
            });
            Ok(Some(Value::Null))
        }
        ("shell.application", "shellexecute") => {
            cmdlet::started(engine, &spaced(text(0), text(1)));
            Ok(None)
        }
        (class, "open") if class.contains("xmlhttp") || class.contains("winhttp") => {
            let mut held = object.borrow_mut();
            held.fields
                .insert("requestmethod".to_owned(), Value::of_text(text(0)));
            held.fields
                .insert("requesturl".to_owned(), Value::of_text(text(1)));
            Ok(Some(Value::Null))
        }
        (class, "send") if class.contains("xmlhttp") || class.contains("winhttp") => {
            send(engine, object, !arguments.is_empty());
            Ok(Some(Value::Null))
        }
        ("adodb.stream", "savetofile") => {
            engine.effect(Action::Write {
                path: text(0),
                content: None,
            });
            Ok(Some(Value::Null))
        }
        (_, "navigate" | "navigate2" | "open" | "openasync" | "getfile")
            if text(0)
                .known_start()
                .get(..4)
                .is_some_and(|start| start.eq_ignore_ascii_case("http")) =>
        {
            engine.effect(Action::Download {
                url: text(0),
                to: None,
            });
            Ok(Some(Value::Null))
        }
        (class, "registertaskdefinition") if class.starts_with("schedule.service") => {
            engine.effect(Action::Persist {
                how: "scheduled task".to_owned(),
                command: text(0),
            });
            Ok(None)
        }
        _ => {
            let part = Object::new(format!("com:{class}.{name}")).value();
            engine.note();
            Ok(Some(part))
        }
    }
}

fn send(engine: &mut Engine<'_, '_>, object: &Shared, body: bool) {
    let held = object.borrow();
    let url = held
        .fields
        .get("requesturl")
        .map(Value::to_text)
        .unwrap_or_default();
    let posts = held
        .fields
        .get("requestmethod")
        .and_then(Value::exact)
        .is_some_and(|method| method.eq_ignore_ascii_case("post"));
    drop(held);
    engine.effect(if posts && body {
        Action::Upload { url }
    } else {
        Action::Download { url, to: None }
    });
}
