//! Cmdlets that the evaluator knows: what they give, and what they would do.

mod data;
mod file;
mod json;
mod lines;
mod measure;
mod naming;
mod order;
mod pipe;
mod process;
mod property;
mod secure;
mod select;
mod table;
mod web;

use super::dotnet;
use super::engine::Given;
use super::engine::{Bound, Engine, Eval, Stop, command_line};
use super::launcher;
use super::value::Value;
use crate::script::{Action, Part, Text};
use std::rc::Rc;

pub(super) use data::method_key;
pub(super) use file::registry_key;
pub(super) use pipe::Kept;

/// What a cmdlet is called with.
struct Invocation {
    bound: Bound,
    input: Option<Vec<Value>>,
}

impl Invocation {
    /// Returns the value of a parameter, or what flows in.
    fn value_or_input(&self, name: &str) -> Value {
        match self.bound.get(name) {
            Some(value) => value.clone(),
            None => Value::collapse(self.input.clone().unwrap_or_default()),
        }
    }

    /// Returns the items that flow in, for a cmdlet to which their order is nothing.
    fn items_in_any_order(&mut self, name: &str) -> Vec<Value> {
        let items = self.items(name);
        match items.as_slice() {
            [only] => dotnet::unordered(only).unwrap_or(items),
            _ => items,
        }
    }

    fn items(&mut self, name: &str) -> Vec<Value> {
        match (self.input.take(), self.bound.get(name)) {
            (Some(input), _) => input,
            (None, Some(value)) => value.items(),
            (None, None) => Vec::new(),
        }
    }
}

/// Runs a command by its resolved lower-case name.
pub(super) fn run(
    engine: &mut Engine<'_, '_>,
    name: &str,
    written: &str,
    given: Vec<Given>,
    input: Option<Vec<Value>>,
    output: &mut Vec<Value>,
) -> Eval<()> {
    let Some(parameters) = table::parameters(name) else {
        return run_other(engine, name, written, given, input, output);
    };
    let mut call = Invocation {
        bound: Bound::of(parameters, given),
        input,
    };
    match name {
        "invoke-expression" => {
            let code = match call.bound.get("command") {
                Some(code) => code.clone(),
                None => script_of(call.input.take().unwrap_or_default()),
            };
            engine.evaluate_value("iex", &code, output)
        }
        "invoke-command" | "start-job" | "measure-command" => invoke_command(engine, &call, output),
        "foreach-object" => pipe::foreach(engine, call, output),
        "where-object" => pipe::filter(engine, call, output),
        "select-object" => select::select(engine, call, output),
        "get-unique" => select::adjacent(engine, call, output),
        "sort-object" => order::sort(engine, call, output),
        "group-object" => order::group(engine, call, output),
        "compare-object" => order::compare(engine, call, output),
        "measure-object" => measure::measure(engine, call, output),
        "out-string" => pipe::out_string(engine, call, output),
        "out-null" => Ok(()),
        "out-default" | "out-host" | "tee-object" | "format-list" | "format-table" => {
            let items = call.items("inputobject");
            if let Some(name) = call.bound.exact("variable") {
                engine.set_variable(&name, Value::collapse(items.clone()));
            }
            output.extend(items);
            Ok(())
        }
        "write-output" => {
            let items = call.items("inputobject");
            output.extend(items);
            output.extend(std::mem::take(&mut call.bound.rest));
            Ok(())
        }
        "write-host" | "write-verbose" | "write-debug" | "write-warning" | "write-error"
        | "write-progress" | "write-information" | "set-strictmode" | "set-location" | "push-location"
        | "pop-location" | "import-module" | "clear-host" => Ok(()),
        "new-object" => data::new_object(engine, &call, output),
        "add-member" => data::add_member(engine, &mut call, output),
        "add-type" => data::add_type(engine, &call, output),
        "get-random" | "get-date" | "read-host" => data::from_machine(engine, output),
        "convertto-securestring" | "convertfrom-securestring" => {
            data::secure_string(engine, name, call, output)
        }
        "convertfrom-json" => json::read(engine, call, output),
        "convertto-json" => json::write(engine, call, output),
        "convertfrom-csv" => lines::csv(engine, call, output),
        "convertfrom-stringdata" => lines::string_data(engine, call, output),
        "join-path" => data::join_path(&call, output),
        "split-path" => data::split_path(engine, &call, output),
        "get-variable" | "set-variable" | "new-variable" | "get-command" | "get-alias" | "set-alias"
        | "new-alias" | "get-item" | "set-item" | "get-childitem" | "remove-variable" => {
            naming::run(engine, name, call, output)
        }
        "invoke-webrequest" | "invoke-restmethod" | "start-bitstransfer" => {
            web::run(engine, name, &call, output)
        }
        "start-process"
        | "invoke-item"
        | "invoke-wmimethod"
        | "invoke-cimmethod"
        | "start-sleep"
        | "set-mppreference"
        | "add-mppreference"
        | "register-scheduledtask"
        | "new-scheduledtaskaction"
        | "new-service"
        | "set-executionpolicy"
        | "stop-service"
        | "set-service"
        | "set-wmiinstance" => process::run(engine, name, &call, output),
        _ => file::run(engine, name, call, output),
    }
}

/// `Invoke-Command` on this machine, `Start-Job`: the block runs.
fn invoke_command(engine: &mut Engine<'_, '_>, call: &Invocation, output: &mut Vec<Value>) -> Eval<()> {
    let block = call
        .bound
        .get("scriptblock")
        .or_else(|| call.bound.get("expression"))
        .cloned();
    let arguments = call
        .bound
        .get("argumentlist")
        .map(Value::items)
        .unwrap_or_default();
    match block {
        Some(Value::Block(closure)) => engine.call_block(&Rc::clone(&closure), arguments, output),
        Some(other) => engine.evaluate_value("iex", &other, output),
        None => Ok(()),
    }
}

/// Several values that flow into `iex` are one script each; as a text they are lines.
fn script_of(mut input: Vec<Value>) -> Value {
    if input.len() == 1 {
        return input.pop().unwrap_or(Value::Null);
    }
    let mut text = Text::default();
    for (place, item) in input.iter().enumerate() {
        if place > 0 {
            text = text.join(Text::known("\n"));
        }
        text = text.join(item.to_text());
    }
    Value::of_text(text)
}

/// A name that is no known cmdlet: another cmdlet's result is unknown, all else is a program.
fn run_other(
    engine: &mut Engine<'_, '_>,
    name: &str,
    written: &str,
    given: Vec<Given>,
    input: Option<Vec<Value>>,
    output: &mut Vec<Value>,
) -> Eval<()> {
    let verb_noun = name.split_once('-').is_some_and(|(verb, noun)| {
        let letters = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric());
        letters(verb) && letters(noun)
    });
    if let Some((host, port)) = reached(name, &given) {
        engine.effect(Action::Connect { host, port });
    }
    let wanted = ["mkdir", "help", "prompt"].contains(&name);
    if verb_noun || wanted {
        let place = engine.place();
        let unknown = engine.unknown(place);
        output.push(unknown);
        return Ok(());
    }
    run_program(engine, &Text::known(written), given, input, output)
}

/// Whom a cmdlet that is not evaluated asks over the network.
fn reached(name: &str, given: &[Given]) -> Option<(Text, Option<u16>)> {
    let parameters: &[&str] = match name {
        "resolve-dnsname" => &["name"],
        "test-netconnection" | "test-connection" => &["computername", "targetname"],
        "send-mailmessage" => &["smtpserver"],
        _ => return None,
    };
    let mut named = None;
    let (mut host, mut port) = (None, None);
    for argument in given {
        match argument {
            Given::Named(parameter, value) => {
                let parameter = parameter
                    .trim_start_matches('-')
                    .trim_end_matches(':')
                    .to_lowercase();
                match value {
                    Some(value) if parameters.contains(&parameter.as_str()) => host = Some(value.to_text()),
                    Some(value) if parameter == "port" => port = value.integer_value(),
                    Some(_) => {}
                    None => named = Some(parameter),
                }
            }
            Given::Value(value, _) => match named.take() {
                Some(parameter) if parameter == "port" => port = value.integer_value(),
                Some(parameter) if parameters.contains(&parameter.as_str()) => host = Some(value.to_text()),
                Some(_) => {}
                None if host.is_none() && name != "send-mailmessage" => host = Some(value.to_text()),
                None => {}
            },
        }
    }
    Some((host?, port.and_then(|port| u16::try_from(port).ok())))
}

/// Starts a program: its command line is recorded, and unfolded if it starts PowerShell.
pub(super) fn run_program(
    engine: &mut Engine<'_, '_>,
    name: &Text,
    given: Vec<Given>,
    input: Option<Vec<Value>>,
    output: &mut Vec<Value>,
) -> Eval<()> {
    let line = command_line(name, &given);
    started(engine, &line);
    let encoded = given.iter().rev().find_map(|argument| match argument {
        Given::Value(Value::Block(closure), _) => Some(Rc::clone(closure)),
        _ => None,
    });
    if let (Some(closure), true) = (encoded, name.exact().is_some_and(launcher::names_powershell)) {
        engine.call_block(&closure, Vec::new(), output)?;
        return Ok(());
    }
    read_arguments(engine, &given);
    feed(engine, name, &given, input);
    let place = engine.place();
    let unknown = engine.unknown(place);
    output.push(unknown);
    Ok(())
}

/// An argument that is base64 of UTF-16 text, whole and readable, is a layer worth reading; it is not evaluated.
fn read_arguments(engine: &mut Engine<'_, '_>, given: &[Given]) {
    for argument in given {
        let Given::Value(Value::Str(text), _) = argument else {
            continue;
        };
        let decoded = (text.units() >= 40)
            .then(|| dotnet::base64_text(text.as_str()))
            .flatten();
        if let Some((decoded, true)) = decoded
            && dotnet::is_worth_reading(&decoded)
            && decoded.chars().filter(char::is_ascii).count() * 10 >= decoded.chars().count() * 9
        {
            engine.read_layer("base64", &decoded);
        }
    }
}

/// Text that flows into a PowerShell that reads its commands from there.
fn feed(engine: &mut Engine<'_, '_>, name: &Text, given: &[Given], input: Option<Vec<Value>>) {
    let reads = given
        .iter()
        .any(|argument| matches!(argument, Given::Value(value, _) if value.exact().as_deref() == Some("-")));
    if !(reads && name.exact().is_some_and(launcher::names_powershell)) {
        return;
    }
    if let Some(text) = input.map(script_of).and_then(|script| script.exact()) {
        engine.enqueue("stdin", text);
    }
}

/// Returns the name that `nslookup` asks for: the first word that is no option.
fn asked_name(line: &Text) -> Option<String> {
    let line = line.exact()?;
    let mut words = launcher::split(line).into_iter();
    let program = words.next()?.to_lowercase();
    let program = program.rsplit(['\\', '/']).next()?;
    if program.strip_suffix(".exe").unwrap_or(program) != "nslookup" {
        return None;
    }
    // `-q =txt` is `-q=txt`, as PowerShell hands it on.
    words
        .find(|word| !word.starts_with(['-', '=']))
        .map(|name| name.trim_end_matches('.').to_owned())
}

/// Records the start of a process. A known command line that starts PowerShell is unfolded in turn; one that
/// arranges to be started again is told so.
pub(super) fn started(engine: &mut Engine<'_, '_>, line: &Text) {
    engine.effect(Action::Start {
        command: line.clone(),
    });
    if let Some(how) = process::persistence(line.known_start()) {
        engine.effect(Action::Persist {
            how,
            command: line.clone(),
        });
    }
    if let Some(what) = process::disarming(&line.to_string()) {
        engine.effect(Action::Disarm { what });
    }
    if let Some((url, to)) = line.exact().and_then(crate::unfold::fetched_by_program) {
        engine.effect(Action::Download {
            url: Text::known(url),
            to: to.map(Text::known),
        });
    }
    if let Some(host) = asked_name(line) {
        engine.effect(Action::Connect {
            host: Text::known(host),
            port: None,
        });
    }
    // The path is chosen by what the machine is; what follows can be meant for PowerShell alone.
    let guessed = match line.parts() {
        [Part::Unknown(_), Part::Known(rest)] if launcher::only_powershell_takes(rest) => {
            Some(format!("powershell{rest}"))
        }
        _ => None,
    };
    if let Some(exact) = guessed.as_deref().or(line.exact()) {
        for script in launcher::scripts(exact, engine.budget) {
            if let Err(Stop::Limit(limit)) = script.into_queue(engine) {
                engine.limit_gap(limit);
            }
        }
    }
}
