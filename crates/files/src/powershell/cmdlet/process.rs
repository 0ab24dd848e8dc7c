//! Cmdlets that start processes, arrange to be started again, or switch defences off.

use super::super::engine::{Engine, Eval};
use super::super::value::{Object, Value};
use super::{Invocation, started};
use crate::script::{Action, Part, Text};

pub(super) fn run(
    engine: &mut Engine<'_, '_>,
    name: &str,
    call: &Invocation,
    output: &mut Vec<Value>,
) -> Eval<()> {
    match name {
        "start-process" => start(engine, call, output),
        "invoke-item" => {
            if let Some(path) = call.bound.text("path").or_else(|| call.bound.text("literalpath")) {
                started(engine, &path);
            }
        }
        "invoke-wmimethod" | "invoke-cimmethod" => wmi(engine, call, output),
        "start-sleep" => engine.note(),
        "set-mppreference" | "add-mppreference" => engine.effect(Action::Disarm {
            what: "Defender preferences".to_owned(),
        }),
        "new-scheduledtaskaction" => {
            let line = process_line(call.bound.text("execute"), call.bound.get("argument"));
            output.push(
                Object::new("taskaction")
                    .with("command", Value::of_text(line))
                    .value(),
            );
        }
        "register-scheduledtask" => {
            let command = match call.bound.get("action") {
                Some(Value::Object(action)) => action.borrow().fields.get("command").map(Value::to_text),
                other => other.map(Value::to_text),
            };
            let command = command.or_else(|| call.bound.text("xml")).unwrap_or_default();
            engine.effect(Action::Persist {
                how: "scheduled task".to_owned(),
                command,
            });
        }
        "new-service" => {
            let command = call.bound.text("binarypathname").unwrap_or_default();
            engine.effect(Action::Persist {
                how: "service".to_owned(),
                command,
            });
        }
        "set-executionpolicy" => {
            let what = format!(
                "execution policy: {}",
                call.bound.text("executionpolicy").unwrap_or_default()
            );
            engine.effect(Action::Disarm { what });
        }
        "stop-service" | "set-service" => {
            let service = call.bound.text("name").unwrap_or_default().to_string();
            if is_defence(&service) {
                engine.effect(Action::Disarm {
                    what: format!("service {service}"),
                });
            }
        }
        _ => subscription(engine, call),
    }
    Ok(())
}

/// The command line of a program and its arguments.
fn process_line(file: Option<Text>, arguments: Option<&Value>) -> Text {
    let mut line = file.unwrap_or_default();
    for argument in arguments.map(Value::items).unwrap_or_default() {
        line = line.then(Part::Known(" ".to_owned())).join(argument.to_text());
    }
    line
}

fn start(engine: &mut Engine<'_, '_>, call: &Invocation, output: &mut Vec<Value>) {
    let arguments = call.bound.get("argumentlist").or_else(|| call.bound.get("args"));
    let line = process_line(call.bound.text("filepath"), arguments);
    started(engine, &line);
    if call.bound.has("passthru") {
        let place = engine.place();
        output.push(engine.unknown(place));
    }
}

/// `Invoke-WmiMethod Win32_Process Create 'command'`
fn wmi(engine: &mut Engine<'_, '_>, call: &Invocation, output: &mut Vec<Value>) {
    let class = call
        .bound
        .exact("class")
        .or_else(|| call.bound.exact("classname"))
        .or_else(|| call.bound.exact("path"));
    let creates = class.is_some_and(|class| class.to_lowercase().contains("win32_process"));
    let command = match call.bound.get("arguments") {
        Some(Value::Hash(table)) => table.borrow().get(&Value::text("CommandLine")).cloned(),
        _ => call
            .bound
            .get("argumentlist")
            .and_then(|list| list.items().first().cloned()),
    };
    if let (true, Some(command)) = (creates, command) {
        started(engine, &command.to_text());
    }
    let place = engine.place();
    output.push(engine.unknown(place));
}

/// A WMI event subscription that starts a command line.
fn subscription(engine: &mut Engine<'_, '_>, call: &Invocation) {
    let arguments = call.bound.get("arguments").or_else(|| call.bound.get("argument"));
    let Some(Value::Hash(table)) = arguments else {
        return;
    };
    let table = table.borrow();
    let template = table
        .get(&Value::text("CommandLineTemplate"))
        .or_else(|| table.get(&Value::text("ScriptText")));
    if let Some(command) = template {
        let command = command.to_text();
        engine.effect(Action::Persist {
            how: "WMI event subscription".to_owned(),
            command,
        });
    }
}

/// How a command line arranges to be started again.
pub(super) fn persistence(line: &str) -> Option<String> {
    let lower = line.to_lowercase().replace('"', "");
    let how = if lower.contains("schtasks") && lower.contains("/create") {
        "scheduled task"
    } else if lower.contains("reg") && lower.contains(" add ") && lower.contains("currentversion\\run") {
        "Run key"
    } else if lower.contains("sc") && lower.contains(" create ") && lower.contains("binpath") {
        "service"
    } else {
        return None;
    };
    Some(how.to_owned())
}

/// Which defence a command line switches off.
pub(super) fn disarming(line: &str) -> Option<String> {
    let lower = line.to_lowercase();
    let stops = lower.contains(" stop ")
        || lower.contains("delete")
        || lower.contains("disabled")
        || lower.contains("taskkill");
    if stops && is_defence(&lower) {
        return Some(line.to_owned());
    }
    let firewall = lower.contains("netsh")
        && lower.contains("firewall")
        && (lower.contains(" off") || lower.contains("disable"));
    firewall.then(|| "firewall".to_owned())
}

fn is_defence(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["windefend", "wscsvc", "mpssvc", "sense", "msmpeng", "wdnissvc"]
        .iter()
        .any(|name| lower.contains(name))
}
