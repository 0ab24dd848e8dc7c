//! Properties and methods of objects: web clients, sockets, processes, COM.

use super::super::cmdlet;
use super::super::engine::Engine;
use super::super::value::{Object, State, Value};
use super::{Given, construct, encoding, reflection, stream};
use crate::script::{Action, Part, Text};
use std::cell::RefCell;
use std::rc::Rc;

type Shared = Rc<RefCell<Object>>;

pub(super) fn member(engine: &mut Engine<'_, '_>, object: &Shared, name: &str) -> Given {
    let held = object.borrow();
    if let Some(value) = stream::member(&held, name).or_else(|| held.fields.get(name).cloned()) {
        return Ok(Some(value));
    }
    let class = held.class.clone();
    drop(held);
    Ok(match (class.as_str(), name) {
        ("executioncontext", "invokecommand") => Some(Object::new("invokecommand").value()),
        ("executioncontext", "sessionstate") => Some(Object::new("sessionstate").value()),
        ("sessionstate", "invokecommand") => Some(Object::new("invokecommand").value()),
        ("credential", "username") => None,
        // A part of an object that a script fills in: headers, settings, tasks.
        (class, name) if is_builder(class) => {
            let part = Object::new(format!("{class}.{name}")).value();
            object.borrow_mut().fields.insert(name.to_owned(), part.clone());
            Some(part)
        }
        _ => {
            engine.note();
            None
        }
    })
}

/// Classes whose properties are objects that the script fills in.
fn is_builder(class: &str) -> bool {
    class.starts_with("com:")
        || class.starts_with("net.webclient")
        || class.starts_with("diagnostics.process")
}

pub(super) fn invoke(
    engine: &mut Engine<'_, '_>,
    object: &Shared,
    name: &str,
    arguments: Vec<Value>,
) -> Given {
    let class = object.borrow().class.clone();
    let stateful = !matches!(object.borrow().state, State::Plain);
    if stateful {
        if let Some(value) = stateful_call(engine, object, name, &arguments)? {
            return Ok(Some(value));
        }
        return stream::invoke(engine, object, name, &arguments);
    }
    if let Some(encoding) = class.strip_prefix("encoding:") {
        return encoding::invoke(engine, encoding, name, &arguments);
    }
    if let Some(com) = class.strip_prefix("com:") {
        return com_call(engine, object, com, name, &arguments);
    }
    if let Some(member) = class.strip_prefix("reflection.member:") {
        return Ok(reflection::member_call(engine, member, name));
    }
    match class.as_str() {
        "net.webclient" | "net.http.httpclient" => Ok(web(engine, name, &arguments)),
        "net.webrequest" => Ok(request(engine, object, name)),
        "net.webresponse" => Ok(Some(engine.unknown_text())),
        "net.sockets.tcpclient" | "net.sockets.socket" | "net.sockets.udpclient" => {
            if name == "connect" || name == "beginconnect" || name == "connectasync" {
                construct::connect(engine, arguments.first(), arguments.get(1));
            }
            Ok(None)
        }
        "diagnostics.process" if name == "start" => {
            let info = object.borrow().fields.get("startinfo").cloned();
            start(engine, &info.into_iter().collect::<Vec<_>>());
            Ok(None)
        }
        "reflection.assembly" => Ok(reflection::assembly(name, &arguments)),
        "invokecommand" => invoke_command(engine, name, &arguments),
        "command" | "variable" if name == "tostring" => Ok(object.borrow().fields.get("tostring").cloned()),
        "credential" if name == "getnetworkcredential" => {
            let secret = object.borrow().fields.get("password").cloned();
            let plain = match secret {
                Some(Value::Object(secret)) => secret.borrow().fields.get("plain").cloned(),
                _ => None,
            };
            Ok(plain.map(|plain| Object::new("networkcredential").with("password", plain).value()))
        }
        _ if name == "tostring" => Ok(Some(Value::of_text(Value::Object(Rc::clone(object)).to_text()))),
        _ => {
            super::memory::fill(engine, name, &arguments);
            engine.note();
            Ok(None)
        }
    }
}

/// `$ExecutionContext.InvokeCommand`: another way to evaluate and to look up.
fn invoke_command(engine: &mut Engine<'_, '_>, name: &str, arguments: &[Value]) -> Given {
    let first = arguments.first().cloned().unwrap_or(Value::Null);
    match name {
        "invokescript" => {
            let mut output = Vec::new();
            engine.evaluate_value("invokescript", &first, &mut output)?;
            Ok(Some(Value::collapse(output)))
        }
        "newscriptblock" => match first.exact() {
            Some(text) => engine.block_of("scriptblock", &text).map(Some),
            None => Ok(Some(first)),
        },
        "expandstring" => match first.exact() {
            Some(text) => engine.expand_text(&text),
            None => Ok(None),
        },
        "getcommand" | "getcmdlet" | "getcommandname" | "getcmdlets" => Ok(Some(first)),
        _ => Ok(None),
    }
}

fn stateful_call(engine: &mut Engine<'_, '_>, object: &Shared, name: &str, arguments: &[Value]) -> Given {
    engine.save(&Value::Object(Rc::clone(object)));
    let first = arguments.first().cloned().unwrap_or(Value::Null);
    let mut held = object.borrow_mut();
    Ok(match (&mut held.state, name) {
        (State::Builder(text), "append" | "appendline") => {
            let more = first.to_text();
            engine.budget.build(more.len())?;
            *text = std::mem::take(text).join(more);
            if name == "appendline" {
                *text = std::mem::take(text).then(Part::Known("\r\n".to_owned()));
            }
            drop(held);
            Some(Value::Object(Rc::clone(object)))
        }
        (State::Builder(text), "tostring") => Some(Value::of_text(text.clone())),
        (State::Builder(_), _) => {
            held.forget();
            None
        }
        (State::List(items), "add") => {
            engine.budget.build(super::super::operate::ITEM)?;
            items.push(first);
            Some(Value::Null)
        }
        (State::List(items), "addrange") => {
            items.extend(first.items());
            engine.budget.build(items.len() * super::super::operate::ITEM)?;
            Some(Value::Null)
        }
        (State::List(items), "toarray") => Some(Value::array(items.clone())),
        (State::List(items), "reverse") if arguments.is_empty() => {
            items.reverse();
            Some(Value::Null)
        }
        (State::List(items), "clear") => {
            items.clear();
            Some(Value::Null)
        }
        _ => None,
    })
}

/// A web client.
fn web(engine: &mut Engine<'_, '_>, name: &str, arguments: &[Value]) -> Option<Value> {
    let url = arguments.first().map(Value::to_text).unwrap_or_default();
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
fn request(engine: &mut Engine<'_, '_>, object: &Shared, name: &str) -> Option<Value> {
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

/// `[Diagnostics.Process]::Start(…)` with a start-info object, or a file and its arguments.
pub(super) fn start(engine: &mut Engine<'_, '_>, arguments: &[Value]) {
    let line = match arguments {
        [Value::Object(info), ..] => {
            let info = info.borrow();
            let field = |name: &str| info.fields.get(name).map(Value::to_text).unwrap_or_default();
            spaced(field("filename"), field("arguments"))
        }
        [file, rest @ ..] => spaced(
            file.to_text(),
            rest.first().map(Value::to_text).unwrap_or_default(),
        ),
        [] => return,
    };
    cmdlet::started(engine, &line);
}

fn spaced(file: Text, arguments: Text) -> Text {
    if arguments.is_empty() {
        return file;
    }
    file.then(Part::Known(" ".to_owned())).join(arguments)
}

/// COM objects.
fn com_call(
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
        (_, "navigate" | "navigate2") => {
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
