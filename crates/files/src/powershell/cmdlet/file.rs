//! Cmdlets on files and the registry.

use super::super::engine::{Engine, Eval, lines};
use super::super::value::Value;
use super::Invocation;
use crate::script::{Action, Text};

pub(super) fn run(
    engine: &mut Engine<'_, '_>,
    name: &str,
    call: Invocation,
    output: &mut Vec<Value>,
) -> Eval<()> {
    let path = call.bound.text("path").or_else(|| call.bound.text("literalpath"));
    match name {
        "set-content" | "add-content" | "export-csv" => {
            let value = call.value_or_input("value");
            write(engine, path, &value);
        }
        "out-file" => {
            let value = call.value_or_input("inputobject");
            let path = call.bound.text("filepath").or(path);
            write(engine, path, &value);
        }
        "new-item" => new_item(engine, &call, path, output),
        "set-itemproperty" | "new-itemproperty" => registry(engine, &call, path),
        "remove-item" => {
            for path in call.value_or_input("path").items() {
                engine.effect(Action::Delete { path: path.to_text() });
            }
        }
        "copy-item" | "move-item" => {
            if let Some(path) = call.bound.text("destination") {
                engine.effect(Action::Write { path, content: None });
            }
        }
        "rename-item" => {}
        "test-path" | "get-itemproperty" | "get-itempropertyvalue" => {
            let place = engine.place();
            output.push(engine.unknown(place));
        }
        "get-content" => {
            let path = call
                .bound
                .exact("path")
                .or_else(|| call.bound.exact("literalpath"));
            let held = path.and_then(|path| super::naming::content(engine, &path));
            let held = held.unwrap_or_else(|| engine.unknown_text());
            output.push(held);
        }
        _ => {
            let place = engine.place();
            output.push(engine.unknown(place));
        }
    }
    Ok(())
}

fn write(engine: &mut Engine<'_, '_>, path: Option<Text>, value: &Value) {
    let content = match value {
        Value::Bytes(bytes) => Some(bytes.borrow().clone()),
        other => lines(&other.items()),
    };
    engine.effect(Action::Write {
        path: path.unwrap_or_default(),
        content,
    });
}

/// `New-Item -ItemType File -Value …`; a folder is no effect worth recording.
fn new_item(engine: &mut Engine<'_, '_>, call: &Invocation, path: Option<Text>, output: &mut Vec<Value>) {
    if let Some(value) = call.bound.get("value") {
        let value = value.clone();
        let text = path.clone().unwrap_or_default();
        match registry_key(&text.to_string()) {
            Some(_) => set_registry(engine, text, value.to_text()),
            None => write(engine, path, &value),
        }
    }
    let place = engine.place();
    output.push(engine.unknown(place));
}

fn registry(engine: &mut Engine<'_, '_>, call: &Invocation, path: Option<Text>) {
    let path = path.unwrap_or_default();
    let name = call.bound.text("name").unwrap_or_default();
    let value = call.bound.text("value").unwrap_or_default();
    set_registry(engine, path.join(Text::known("\\")).join(name), value);
}

/// Records a registry value; one that starts programs is persistence, one that governs a defence disarms it.
fn set_registry(engine: &mut Engine<'_, '_>, key: Text, value: Text) {
    let written = key.to_string();
    let lower = written.to_lowercase();
    if let Some(how) = registry_key(&written)
        && !how.is_empty()
    {
        engine.effect(Action::Persist {
            how: how.to_owned(),
            command: value.clone(),
        });
    }
    if lower.contains("windows defender") || lower.contains("scriptblocklogging") || lower.contains("\\amsi")
    {
        engine.effect(Action::Disarm { what: written });
    }
    engine.effect(Action::SetRegistry { key, value });
}

/// Returns how a registry path persists, an empty text for any other registry path, nothing for files.
pub(in super::super) fn registry_key(path: &str) -> Option<&'static str> {
    let lower = path.to_lowercase();
    let registry = ["hkcu", "hklm", "hkey_", "registry::"]
        .iter()
        .any(|root| lower.starts_with(root));
    let starts = lower.contains("currentversion\\run")
        || lower.contains("winlogon\\shell")
        || lower.contains("userinit");
    registry.then_some(if starts { "Run key" } else { "" })
}
