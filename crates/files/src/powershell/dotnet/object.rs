//! Properties and methods of objects: web clients, sockets, processes, COM.

use super::super::cmdlet;
use super::super::engine::{Engine, class_of, number_of};
use super::super::value::{Object, State, Value};
use super::{Given, cipher, com, construct, encoding, list, psobject, reflection, regex, stream, web, xml};
use crate::script::{Action, Part, Text};
use std::cell::RefCell;
use std::rc::Rc;

pub(super) type Shared = Rc<RefCell<Object>>;

pub(super) fn member(engine: &mut Engine<'_, '_>, object: &Shared, name: &str) -> Given {
    let held = object.borrow();
    if let State::Match(found, group) = &held.state {
        return regex::member(engine, &found.clone(), *group, name);
    }
    if let State::Xml(node) = &held.state {
        return xml::member(engine, &node.clone(), name);
    }
    if let Some(value) = stream::member(&held, name).or_else(|| held.fields.get(name).cloned()) {
        return Ok(Some(value));
    }
    if class_of(&Value::Object(Rc::clone(object))).is_some() {
        let held = held.clone();
        return engine.foreign_member(&held, name);
    }
    let class = held.class.clone();
    drop(held);
    Ok(match (class.as_str(), name) {
        (psobject::CLASS, _) => psobject::member(object, &class, name),
        ("executioncontext", "invokecommand") => Some(Object::new("invokecommand").value()),
        ("executioncontext", "sessionstate") => Some(Object::new("sessionstate").value()),
        ("sessionstate", "invokecommand") => Some(Object::new("invokecommand").value()),
        ("credential", "username") => None,
        ("uri" | "version", name) => part(object, &class, name),
        // A part of an object that a script fills in: headers, settings, tasks.
        _ if Value::Object(Rc::clone(object)).is_list() => {
            super::each_member(engine, &Value::Object(Rc::clone(object)), name)?
        }
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

/// A part of an address or a version whose text is known and plain.
fn part(object: &Shared, class: &str, name: &str) -> Option<Value> {
    let text = object.borrow().fields.get("tostring")?.exact()?;
    if class == "version" {
        let numbers: Option<Vec<i32>> = text.split('.').map(|number| number.parse().ok()).collect();
        let numbers = numbers.filter(|numbers| (2..=4).contains(&numbers.len()))?;
        let place = ["major", "minor", "build", "revision"]
            .iter()
            .position(|own| *own == name)?;
        return Some(Value::int(numbers.get(place).copied().unwrap_or(-1)));
    }
    let (scheme, rest) = text.split_once("://")?;
    let (host, path) = rest.split_once('/')?;
    let plain = |text: &str, more: &[u8]| {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || more.contains(&byte);
        text.bytes().all(fits)
    };
    // `127.1` is an address in a short form, which the class writes out.
    let last = host.rsplit('.').next().unwrap_or_default();
    let named = last.starts_with(|c: char| c.is_ascii_lowercase());
    let known = matches!(scheme, "http" | "https") && (named || host.parse::<std::net::Ipv4Addr>().is_ok());
    if !known || !plain(host, b"-.") || !plain(path, b"-_/") {
        return None;
    }
    Some(match name {
        "host" | "dnssafehost" | "authority" => Value::text(host),
        "scheme" => Value::text(scheme),
        "absoluteuri" | "originalstring" => Value::text(text.as_str()),
        "absolutepath" | "localpath" | "pathandquery" => Value::text(format!("/{path}")),
        _ => return None,
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
    if let State::Match(found, group) = &object.borrow().state {
        return regex::called(engine, &found.clone(), *group, name, &arguments);
    }
    if let State::Xml(node) = &object.borrow().state {
        return xml::invoke(engine, &node.clone(), name, &arguments);
    }
    let class = object.borrow().class.clone();
    if let Some(given) = psobject::invoke(engine, object, name, &arguments) {
        return given;
    }
    if class == "io.stringwriter" {
        engine.save(&Value::Object(Rc::clone(object)));
        return super::binary::gather(engine, object, name, &arguments);
    }
    let stateful = !matches!(object.borrow().state, State::Plain);
    if stateful {
        if let Some(value) = stateful_call(engine, object, name, &arguments)? {
            return Ok(Some(value));
        }
        return stream::invoke(engine, object, name, &arguments);
    }
    if let Some(given) = super::binary::invoke(engine, object, name, &arguments) {
        return given;
    }
    if let Some(given) = cipher::invoke(engine, object, name, &arguments) {
        return given;
    }
    if let Some(encoding) = class.strip_prefix("encoding:") {
        return encoding::invoke(engine, encoding, name, &arguments);
    }
    if let Some(com) = class.strip_prefix("com:") {
        return com::call(engine, object, com, name, &arguments);
    }
    if let Some(member) = class.strip_prefix("reflection.member:") {
        return Ok(reflection::member_call(engine, member, name));
    }
    match class.as_str() {
        _ if name == "hasflag" => {
            let own = number_of(&Value::Object(Rc::clone(object)));
            let flag = arguments.first().and_then(Value::integer_value);
            Ok(own.zip(flag).map(|((_, n), flag)| Value::Bool(n & flag == flag)))
        }
        super::derive::CLASS => super::derive::invoke(engine, object, name, &arguments),
        regex::CLASS => regex::invoke(engine, object, name, &arguments),
        "net.webclient" | "net.http.httpclient" => {
            let base = object.borrow().fields.get("baseaddress").cloned();
            Ok(web::web(engine, base, name, &arguments))
        }
        "net.webrequest" => Ok(web::request(engine, object, name)),
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
        "appdomain" if name == "load" => Ok(reflection::load(engine, "appdomain", name, &arguments)),
        "powershell" => powershell(engine, object, name, &arguments),
        "io.streamwriter" if matches!(name, "write" | "writeline") => {
            writer(engine, object, name, &arguments)
        }
        "io.streamwriter" if matches!(name, "flush" | "close" | "dispose") => Ok(Some(Value::Null)),
        "xml.xmldocument" if name == "loadxml" => {
            engine.save(&Value::Object(Rc::clone(object)));
            let text = arguments.first().and_then(Value::exact);
            xml::charge(engine, text.as_deref().unwrap_or_default())?;
            let loaded = text.and_then(|text| xml::document(&text));
            if let Some(Value::Object(loaded)) = loaded {
                object.borrow_mut().state = loaded.borrow().state.clone();
            }
            Ok(Some(Value::Null))
        }
        "xml.xmldocument" | "xml.linq.xdocument" if name == "load" => {
            if let Some(url) = arguments.first() {
                engine.effect(Action::Download {
                    url: url.to_text(),
                    to: None,
                });
            }
            Ok(Some(Value::Null))
        }
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

/// A writer over a stream: text goes there in UTF-8, and what is not known makes the stream unknown.
fn writer(engine: &mut Engine<'_, '_>, object: &Shared, name: &str, arguments: &[Value]) -> Given {
    let (base, plain) = {
        let held = object.borrow();
        (
            held.fields.get("basestream").cloned(),
            held.fields.get("plain").and_then(Value::truth),
        )
    };
    let Some(Value::Object(base)) = base else {
        return Ok(None);
    };
    let text = match arguments {
        [] => Some(String::new()),
        [one] if !one.is_list() => one.exact(),
        _ => None,
    };
    let end = if name == "writeline" { "\r\n" } else { "" };
    let bytes = text
        .filter(|_| plain == Some(true))
        .map(|text| (text + end).into_bytes());
    let bytes = bytes.map_or_else(|| Value::unknown("a text that is written"), Value::bytes);
    stream::invoke(engine, &base, "write", &[bytes])
}

/// `[PowerShell]::Create()`: scripts and commands are gathered and run by `Invoke`.
fn powershell(engine: &mut Engine<'_, '_>, object: &Shared, name: &str, arguments: &[Value]) -> Given {
    let first = arguments.first().cloned().unwrap_or(Value::Null);
    let field = |field: &str| object.borrow().fields.get(field).cloned();
    match name {
        "addscript" | "addcommand" => {
            let (kept, dropped) = if name == "addscript" {
                ("script", "command")
            } else {
                ("command", "script")
            };
            let mut held = object.borrow_mut();
            held.fields.insert(kept.to_owned(), first);
            held.fields.remove(dropped);
            held.fields.remove("arguments");
        }
        "addargument" | "addparameter" => {
            let mut all = field("arguments").map(|list| list.items()).unwrap_or_default();
            all.push(arguments.last().cloned().unwrap_or(Value::Null));
            object
                .borrow_mut()
                .fields
                .insert("arguments".to_owned(), Value::array(all));
        }
        "invoke" | "begininvoke" => {
            let mut output = Vec::new();
            if let Some(script) = field("script") {
                engine.evaluate_value("addscript", &script, &mut output)?;
            } else if let Some(command) = field("command") {
                let given = field("arguments").map(|list| list.items()).unwrap_or_default();
                let given = given
                    .into_iter()
                    .map(|value| super::super::engine::Given::Value(value, None))
                    .collect();
                engine.call_named(&command, given, None, &mut output)?;
            }
            return Ok(Some(Value::array(output)));
        }
        "dispose" => return Ok(Some(Value::Null)),
        _ => {
            engine.note();
            return Ok(None);
        }
    }
    Ok(Some(Value::Object(Rc::clone(object))))
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
    let class = object.borrow().class.clone();
    // What is given may be the object itself: it is read before the object is changed.
    let more = match name {
        "append" => appended(engine, arguments)?,
        "appendline" => first.to_text(),
        "appendformat" => {
            let rest = arguments.get(1..).unwrap_or_default();
            let text = super::super::strings::format(&first, rest, engine.budget)?;
            text.map_or_else(|| Text::unknown("text.stringbuilder"), |text| text.to_text())
        }
        _ => Text::default(),
    };
    let replaced = match (name, arguments) {
        ("replace", [from, to]) => from.exact().zip(to.exact()),
        _ => None,
    };
    let items_more = if name == "addrange" {
        first.items()
    } else {
        Vec::new()
    };
    let mut held = object.borrow_mut();
    Ok(match (&mut held.state, name) {
        (State::Builder(text), "append" | "appendline") => {
            engine.budget.build(more.len())?;
            *text = std::mem::take(text).join(more);
            if name == "appendline" {
                *text = std::mem::take(text).then(Part::Known("\r\n".to_owned()));
            }
            drop(held);
            Some(Value::Object(Rc::clone(object)))
        }
        (State::Builder(text), "replace") if arguments.len() == 2 => {
            *text = match (text.exact(), replaced) {
                (Some(held), Some((from, to))) if !from.is_empty() => Text::known(held.replace(&from, &to)),
                _ => Text::unknown("text.stringbuilder"),
            };
            drop(held);
            Some(Value::Object(Rc::clone(object)))
        }
        (State::Builder(text), "appendformat") => {
            *text = std::mem::take(text).join(more);
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
            // It says where the item stands, which a list of one type does not.
            Some(match class.as_str() {
                "collections.arraylist" => Value::count(items.len() - 1),
                _ => Value::Null,
            })
        }
        (State::List(items), "insert") => {
            engine
                .budget
                .build((items.len() + 1) * super::super::operate::ITEM)?;
            match (
                arguments,
                index_of(arguments).filter(|place| *place <= items.len()),
            ) {
                ([_, item], Some(place)) => items.insert(place, item.clone()),
                _ => held.forget(),
            }
            Some(Value::Null)
        }
        (State::List(items), "removeat") => {
            engine.budget.work(items.len())?;
            match index_of(arguments).filter(|place| *place < items.len()) {
                Some(place) => drop(items.remove(place)),
                None => held.forget(),
            }
            Some(Value::Null)
        }
        (State::List(items), "enqueue") if class == "collections.queue" => {
            engine.budget.build(super::super::operate::ITEM)?;
            items.push(first);
            Some(Value::Null)
        }
        // The top of a stack is its first item, as its enumeration gives it.
        (State::List(items), "push") if class == "collections.stack" => {
            engine
                .budget
                .build((items.len() + 1) * super::super::operate::ITEM)?;
            items.insert(0, first);
            Some(Value::Null)
        }
        (State::List(items), "dequeue" | "pop")
            if matches!(class.as_str(), "collections.queue" | "collections.stack") =>
        {
            engine.budget.work(items.len())?;
            (!items.is_empty()).then(|| items.remove(0))
        }
        (State::List(items), "peek") => items.first().cloned(),
        (State::List(items), "addrange") => {
            items.extend(items_more);
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
        (State::List(items), "contains" | "indexof") => {
            let place = arguments.first().and_then(|wanted| list::place_of(items, wanted));
            place.filter(|_| arguments.len() == 1).map(|place| match name {
                "contains" => Value::Bool(place.is_some()),
                _ => place.map_or(Value::int(-1), Value::count),
            })
        }
        // What is not known here may put the items in another order, or take some away.
        (State::List(_), name) if !ASKING.contains(&name) => {
            held.forget();
            None
        }
        _ => None,
    })
}

/// Methods of lists that change nothing.
const ASKING: &[&str] = &[
    "getenumerator",
    "getrange",
    "gettype",
    "lastindexof",
    "binarysearch",
    "copyto",
    "clone",
    "tostring",
    "equals",
    "gethashcode",
    "item",
    "get_item",
    "foreach",
    "find",
    "findall",
    "exists",
    "trimtosize",
];

/// The place that the first argument names.
fn index_of(arguments: &[Value]) -> Option<usize> {
    arguments
        .first()
        .and_then(Value::integer_value)
        .and_then(|n| usize::try_from(n).ok())
}

/// What `Append(value)` and `Append(character, count)` put behind a text.
fn appended(engine: &mut Engine<'_, '_>, arguments: &[Value]) -> super::Eval<Text> {
    Ok(match arguments {
        [list] if list.is_list() => {
            let units: Option<Vec<u16>> = match list {
                // Only an array of characters is put behind it character by character.
                Value::Array(items) => {
                    let unit = |item: &Value| match item {
                        Value::Char(unit) => Some(*unit),
                        _ => None,
                    };
                    items.borrow().iter().map(unit).collect()
                }
                _ => None,
            };
            let text = units.and_then(|units| String::from_utf16(&units).ok());
            text.map_or_else(|| Text::unknown("text.stringbuilder"), Text::known)
        }
        [one] => one.to_text(),
        [one, count] => {
            let count = count.integer_value().and_then(|n| usize::try_from(n).ok());
            match one.unit().zip(count).filter(|_| !matches!(one, Value::Int(..))) {
                Some((unit, count)) => {
                    engine.budget.build(count)?;
                    let text = String::from_utf16(&vec![unit; count]).ok();
                    text.map_or_else(|| Text::unknown("text.stringbuilder"), Text::known)
                }
                None => Text::unknown("text.stringbuilder"),
            }
        }
        _ => Text::unknown("text.stringbuilder"),
    })
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

pub(super) fn spaced(file: Text, arguments: Text) -> Text {
    if arguments.is_empty() {
        return file;
    }
    file.then(Part::Known(" ".to_owned())).join(arguments)
}
