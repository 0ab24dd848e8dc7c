//! Look-ups by name: commands, aliases, variables, and the drives that hold them.

use super::super::ast::Case;
use super::super::compare::wildcard;
use super::super::engine::{Engine, Eval};
use super::super::known;
use super::super::names;
use super::super::value::{Object, Value};
use super::Invocation;

pub(super) fn run(
    engine: &mut Engine<'_, '_>,
    name: &str,
    call: Invocation,
    output: &mut Vec<Value>,
) -> Eval<()> {
    match name {
        "get-command" => commands(engine, &call, output),
        "get-alias" => aliases(engine, &call, output),
        "set-alias" | "new-alias" => {
            if let (Some(alias), Some(target)) = (call.bound.exact("name"), call.bound.exact("value")) {
                engine.set_alias(&alias, &target);
            }
        }
        "get-variable" => variables(engine, &call, output),
        "set-variable" | "new-variable" => {
            if let Some(name) = call.bound.exact("name") {
                let value = call.value_or_input("value");
                engine.set_variable(&name, value);
            }
        }
        "remove-variable" => {
            if let Some(name) = call.bound.exact("name") {
                engine.remove_variable(&name);
            }
        }
        "set-item" => set_item(engine, &call),
        _ => items(engine, &call, output),
    }
    Ok(())
}

fn command_object(name: &str) -> Value {
    Object::new("command")
        .with("name", Value::text(name))
        .with("definition", Value::text(name))
        .with("tostring", Value::text(name))
        .value()
}

fn alias_object(alias: &str, target: &str) -> Value {
    Object::new("command")
        .with("name", Value::text(alias))
        .with("definition", Value::text(target))
        .with("tostring", Value::text(alias))
        .value()
}

/// `Get-Command i*x*press*`
fn commands(engine: &mut Engine<'_, '_>, call: &Invocation, output: &mut Vec<Value>) {
    let before = output.len();
    for pattern in call.value_or_input("name").items() {
        let Some(pattern) = pattern.exact() else { continue };
        if !is_wild(&pattern) {
            let resolved = engine.resolve(&pattern);
            let known = names::cmdlets().find(|name| name.to_lowercase() == resolved);
            output.push(command_object(known.unwrap_or(&pattern)));
            continue;
        }
        let fits = |name: &&str| wildcard(&pattern, name, Case::Insensitive) == Some(true);
        output.extend(names::cmdlets().filter(fits).map(command_object));
    }
    if output.len() == before {
        let place = engine.place();
        output.push(engine.unknown(place));
    }
}

fn aliases(engine: &mut Engine<'_, '_>, call: &Invocation, output: &mut Vec<Value>) {
    let name = call.bound.exact("name");
    let definition = call.bound.exact("definition");
    let fits = |pattern: &Option<String>, text: &str| match pattern {
        Some(pattern) => wildcard(pattern, text, Case::Insensitive) == Some(true),
        None => true,
    };
    let before = output.len();
    for (alias, target) in names::aliases() {
        if fits(&name, alias) && fits(&definition, target) {
            output.push(alias_object(alias, target));
        }
    }
    if output.len() == before {
        let place = engine.place();
        output.push(engine.unknown(place));
    }
}

fn variable_object(name: &str, value: Value) -> Value {
    Object::new("variable")
        .with("name", Value::text(name))
        .with("value", value)
        .value()
}

fn variables(engine: &mut Engine<'_, '_>, call: &Invocation, output: &mut Vec<Value>) {
    let only = call.bound.has("valueonly");
    for pattern in call.value_or_input("name").items() {
        let Some(pattern) = pattern.exact() else { continue };
        for name in matching_variables(engine, &pattern) {
            let value = engine
                .variable(&name)
                .unwrap_or_else(|| Value::unknown(format!("${name}")));
            output.push(if only {
                value
            } else {
                variable_object(&name, value)
            });
        }
    }
}

/// The variables that a pattern names, in alphabetical order as PowerShell gives them.
fn matching_variables(engine: &Engine<'_, '_>, pattern: &str) -> Vec<String> {
    if !is_wild(pattern) {
        let written = known::NAMES
            .iter()
            .find(|name| name.eq_ignore_ascii_case(pattern));
        return vec![written.map_or_else(|| pattern.to_owned(), |name| (*name).to_owned())];
    }
    let mut names: Vec<String> = known::NAMES.iter().map(|name| (*name).to_owned()).collect();
    for own in engine.variable_names() {
        if !names.iter().any(|name| name.eq_ignore_ascii_case(&own)) {
            names.push(own);
        }
    }
    names.retain(|name| wildcard(pattern, name, Case::Insensitive) == Some(true));
    names.sort_by_key(|name| name.to_lowercase());
    names
}

fn is_wild(pattern: &str) -> bool {
    pattern.contains(['*', '?', '['])
}

/// Splits `variable:name`, `env:name`, `alias:name`.
fn drive(path: &str) -> Option<(String, String)> {
    let (drive, name) = path.split_once(':')?;
    let name = name.trim_start_matches(['\\', '/']);
    Some((drive.to_lowercase(), name.to_owned()))
}

/// `Get-Content env:x`: what a drive of the language holds; `None` for files.
pub(super) fn content(engine: &mut Engine<'_, '_>, path: &str) -> Option<Value> {
    let (drive, name) = drive(path)?;
    match drive.as_str() {
        "env" => Some(engine.environment(&name.to_lowercase())),
        "variable" => engine.variable(&name),
        "function" => engine.variable(&format!("function:{name}")),
        _ => None,
    }
}

/// `Get-Item variable:x`, `dir env:comspec`, `gci alias:i*x`; files are not known.
fn items(engine: &mut Engine<'_, '_>, call: &Invocation, output: &mut Vec<Value>) {
    let path = call.value_or_input("path").exact().and_then(|path| drive(&path));
    match path {
        Some((drive, name)) if drive == "variable" => {
            for name in matching_variables(engine, &name) {
                let value = engine
                    .variable(&name)
                    .unwrap_or_else(|| Value::unknown(format!("${name}")));
                output.push(variable_object(&name, value));
            }
        }
        Some((drive, name)) if drive == "env" && !is_wild(&name) && !name.is_empty() => {
            let value = engine.environment(&name.to_lowercase());
            output.push(variable_object(&name, value));
        }
        Some((drive, name)) if drive == "alias" && !name.is_empty() => {
            let fits = |alias: &str| wildcard(&name, alias, Case::Insensitive) == Some(true);
            let found = names::aliases().filter(|(alias, _)| fits(alias));
            output.extend(found.map(|(alias, target)| alias_object(alias, target)));
        }
        _ => {
            let place = engine.place();
            output.push(engine.unknown(place));
        }
    }
}

fn set_item(engine: &mut Engine<'_, '_>, call: &Invocation) {
    let Some((drive, name)) = call.bound.exact("path").and_then(|path| drive(&path)) else {
        return;
    };
    let value = call.value_or_input("value");
    match drive.as_str() {
        "variable" => engine.set_variable(&name, value),
        "env" => engine.set_variable(&format!("env:{name}"), value),
        "function" => engine.set_variable(&format!("function:{name}"), value),
        "alias" => {
            if let Some(target) = value.exact() {
                engine.set_alias(&name, &target);
            }
        }
        _ => {}
    }
}
