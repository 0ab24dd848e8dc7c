//! Constructors: `New-Object`, `[X]::new()`, casts, COM classes.

use super::super::convert::cast;
use super::super::engine::{Engine, Eval};
use super::super::value::{Object, State, Table, Value};
use super::{encoding, statics, stream};
use crate::script::{Action, Text};

/// Classes that reach out of the script, besides those whose calls are recorded themselves.
const REACHING: &[&str] = &[
    "net.webclient",
    "net.sockets.tcpclient",
    "net.sockets.udpclient",
    "net.sockets.tcplistener",
    "net.sockets.socket",
    "net.http.httpclient",
    "diagnostics.process",
    "diagnostics.processstartinfo",
    "net.mail.smtpclient",
    "directoryservices.directorysearcher",
];

/// Makes an object of a class by its canonical name.
pub(in super::super) fn construct(
    engine: &mut Engine<'_, '_>,
    class: &str,
    arguments: Vec<Value>,
) -> Eval<Value> {
    if let Some(declared) = engine.class(class) {
        return engine.instantiate(&declared, arguments);
    }
    let first = arguments.first();
    if REACHING.contains(&class) {
        engine.effect(Action::CreateObject {
            class: Text::known(class),
        });
    }
    if let Some(com) = class.strip_prefix("com:") {
        return Ok(create_com(engine, Text::known(com)));
    }
    if let Some(item) = class.strip_suffix("[]") {
        return sized_array(engine, item, first);
    }
    Ok(match class {
        "io.memorystream" => statics::stream_of(first),
        "io.compression.gzipstream" | "io.compression.deflatestream" => {
            let by = if class.ends_with("gzipstream") {
                "gzip"
            } else {
                "deflate"
            };
            match first {
                Some(packed) => stream::unpacked(engine, by, &packed.clone())?,
                None => Value::Null,
            }
        }
        "security.cryptography.cryptostream" => super::cipher::stream(engine, &arguments)?,
        "io.streamreader" => match first {
            Some(source @ Value::Object(_)) => stream::reader(engine, &source.clone(), arguments.get(1))?,
            _ => Object::new(class).value(),
        },
        super::derive::CLASS => super::derive::made(&arguments),
        class if super::cipher::is_keyed_hash(class) => {
            let object = Object::new(class);
            match first {
                // `New-Object` spreads a list over the parameters.
                Some(_) => object.with("key", super::cipher::bytes_of(&arguments)).value(),
                None => object.value(),
            }
        }
        "io.binaryreader" | "io.binarywriter" => super::binary::over(class, &arguments),
        "io.stringwriter" => Object::holding(class, State::Builder(Text::default())).value(),
        "io.stringreader" => {
            let text = first.map(Value::to_text).unwrap_or_default();
            Object::holding(class, State::Reader { text, by: None }).value()
        }
        "text.stringbuilder" => {
            let text = match first {
                Some(text @ (Value::Str(_) | Value::Mixed(_))) => text.to_text(),
                _ => Text::default(),
            };
            Object::holding(class, State::Builder(text)).value()
        }
        "collections.arraylist" | "collections.queue" | "collections.stack" => {
            let items = first
                .filter(|list| list.is_list())
                .map(Value::items)
                .unwrap_or_default();
            Object::holding(class, State::List(items)).value()
        }
        _ if class.starts_with("collections.generic.list") => {
            let items = first
                .filter(|list| list.is_list())
                .map(Value::items)
                .unwrap_or_default();
            Object::holding("collections.generic.list", State::List(items)).value()
        }
        super::regex::CLASS => {
            let object = first.and_then(|pattern| super::regex::object(pattern, arguments.get(1)));
            match object {
                Some(object) => object,
                None => {
                    let place = engine.place();
                    engine.unknown(place)
                }
            }
        }
        "management.automation.psobject" | "management.automation.pscustomobject" => match first {
            Some(value) => value.clone(),
            None => Value::table(Table::custom()),
        },
        class if class == "exception" || class.ends_with("exception") => {
            let object = Object::new(class);
            match first {
                Some(message) => object.with("message", Value::of_text(message.to_text())).value(),
                None => object.value(),
            }
        }
        "string" => text_of(&arguments).unwrap_or_else(|| engine.unknown_text()),
        "text.asciiencoding" | "text.utf8encoding" | "text.unicodeencoding" | "text.utf32encoding" => {
            encoding::named(class.trim_start_matches("text.")).unwrap_or(Value::Null)
        }
        "net.sockets.tcpclient" | "net.sockets.udpclient" if arguments.len() >= 2 => {
            connect(engine, first, arguments.get(1));
            Object::new(class).value()
        }
        "io.streamwriter" => match first {
            Some(stream @ Value::Object(_)) => {
                // Only the default encoding is known to write no mark of its own.
                let known = arguments.len() == 1;
                let object = Object::new(class).with("basestream", stream.clone());
                object.with("plain", Value::Bool(known)).value()
            }
            _ => Object::new(class).value(),
        },
        "net.sockets.tcplistener" => {
            let port = arguments.last().map(Value::to_text).unwrap_or_default();
            engine.effect(Action::Listen {
                at: Text::known("port ").join(port),
            });
            Object::new(class).value()
        }
        "net.mail.smtpclient" if first.is_some() => {
            connect(engine, first, arguments.get(1));
            Object::new(class).value()
        }
        "uri" | "io.fileinfo" | "intptr" => match first {
            Some(value) => cast(value, class).unwrap_or_else(|| value.clone()),
            None => Value::Null,
        },
        "management.automation.pscredential" => match arguments.get(1) {
            Some(secret) => Object::new("credential").with("password", secret.clone()).value(),
            None => Object::new("credential").value(),
        },
        "diagnostics.processstartinfo" => {
            let mut object = Object::new(class);
            for (name, value) in ["filename", "arguments"].into_iter().zip(&arguments) {
                object = object.with(name, value.clone());
            }
            object.value()
        }
        _ => Object::new(class).value(),
    })
}

/// Records a connection to a host.
pub(super) fn connect(engine: &mut Engine<'_, '_>, host: Option<&Value>, port: Option<&Value>) {
    let port = port
        .and_then(Value::integer_value)
        .and_then(|port| u16::try_from(port).ok());
    let host = host.map(Value::to_text).unwrap_or_default();
    engine.effect(Action::Connect { host, port });
}

/// `New-Object byte[] 16`
fn sized_array(engine: &mut Engine<'_, '_>, item: &str, length: Option<&Value>) -> Eval<Value> {
    let Some(length) = length
        .and_then(Value::integer_value)
        .and_then(|n| usize::try_from(n).ok())
    else {
        let place = engine.place();
        return Ok(engine.unknown(place));
    };
    engine
        .budget
        .build(length.saturating_mul(super::super::operate::ITEM))?;
    Ok(match item {
        "byte" => Value::bytes(vec![0; length]),
        "char" => Value::array(vec![Value::Char(0); length]),
        "int32" => Value::array(vec![Value::int(0); length]),
        _ => Value::array(vec![Value::Null; length]),
    })
}

/// `New-Object String($characters, $start, $count)` and `('x', 5)`
fn text_of(arguments: &[Value]) -> Option<Value> {
    match arguments {
        [list] if list.is_list() => {
            let units: Option<Vec<u16>> = list.items().iter().map(Value::unit).collect();
            Value::of_units(&units?)
        }
        [list, start, count] if list.is_list() => {
            let units: Option<Vec<u16>> = list.items().iter().map(Value::unit).collect();
            let start = usize::try_from(start.integer_value()?).ok()?;
            let count = usize::try_from(count.integer_value()?).ok()?;
            Value::of_units(units?.get(start..start.checked_add(count)?)?)
        }
        [one, count] => {
            let count = usize::try_from(count.integer_value()?)
                .ok()
                .filter(|&count| count <= 1 << 20)?;
            Value::of_units(&vec![one.unit()?; count])
        }
        // A list that `New-Object` has spread over the parameters.
        many if many.iter().all(|item| matches!(item, Value::Char(_))) => {
            let units: Option<Vec<u16>> = many.iter().map(Value::unit).collect();
            Value::of_units(&units?)
        }
        [one] => one.exact().map(Value::text),
        _ => None,
    }
}

/// Makes a COM object; its creation is recorded.
pub(in super::super) fn create_com(engine: &mut Engine<'_, '_>, class: Text) -> Value {
    let name = class.to_string().to_lowercase();
    engine.effect(Action::CreateObject { class });
    Object::new(format!("com:{name}")).value()
}
