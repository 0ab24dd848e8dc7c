//! Static members and methods of types.

use super::super::convert::{cast, int_kind, memory_stream, type_name};
use super::super::engine::Engine;
use super::super::strings;
use super::super::value::{IntKind, Object, Value};
use super::{Given, binary, cipher, construct, encoding, memory, reflection, regex};
use crate::script::Action;
use std::rc::Rc;

/// The integers' bounds, and fixed texts.
pub(super) fn member(engine: &mut Engine<'_, '_>, class: &str, name: &str) -> Option<Value> {
    if let Some(value) = engine
        .static_member(class, name)
        .or_else(|| engine.enumerator(class, name))
    {
        return Some(value);
    }
    if let (Some(kind), "maxvalue" | "minvalue") = (int_kind(class), name) {
        let (least, greatest) = kind.range();
        return Some(Value::Int(
            kind,
            if name == "maxvalue" { greatest } else { least },
        ));
    }
    match (class, name) {
        ("text.encoding", name) => encoding::named(name),
        ("string", "empty") => Some(Value::text("")),
        ("environment", "newline") => Some(Value::text("\r\n")),
        ("io.path", "directoryseparatorchar") => Some(Value::Char(u16::from(b'\\'))),
        ("appdomain", "currentdomain") => Some(Object::new("appdomain").value()),
        ("intptr", "zero") => Some(Value::int(0)),
        ("math", "pi") => Some(Value::Double(std::f64::consts::PI)),
        ("io.compression.compressionmode", _)
        | ("stringsplitoptions", _)
        | ("security.principal.windowsbuiltinrole", _)
        | ("net.securityprotocoltype", _)
        | ("reflection.bindingflags", _)
        | ("base64formattingoptions", _)
        | ("security.cryptography.ciphermode", _)
        | ("security.cryptography.paddingmode", _)
        | ("security.cryptography.cryptostreammode", _)
        | ("security.cryptography.hashalgorithmname", _)
        | ("io.seekorigin", _)
        | ("environment+specialfolder", _)
        | ("microsoft.win32.registryhive", _) => Some(Value::text(name)),
        _ => {
            engine.note();
            None
        }
    }
}

/// `[System.Net.ServicePointManager]::X = …`: what it switches off is recorded.
pub(in super::super) fn set_static(engine: &mut Engine<'_, '_>, class: &str, name: &str) {
    let certificate = class == "net.servicepointmanager"
        && name.eq_ignore_ascii_case("servercertificatevalidationcallback");
    if certificate {
        engine.effect(Action::Disarm {
            what: "TLS certificate validation".to_owned(),
        });
    }
}

pub(super) fn invoke(engine: &mut Engine<'_, '_>, class: &str, name: &str, arguments: Vec<Value>) -> Given {
    if name == "new" {
        return construct::construct(engine, class, arguments).map(Some);
    }
    if let Some(result) = engine.static_call(class, name, &arguments) {
        return result.map(Some);
    }
    match class {
        "enum" => match arguments.as_slice() {
            [Value::Type(of), rest @ ..] => Ok(engine.enumeration_call(&of.clone(), name, rest)),
            _ => Ok(None),
        },
        "convert" => convert(engine, name, &arguments),
        "powershell" | "management.automation.powershell" if name == "create" => {
            Ok(Some(Object::new("powershell").value()))
        }
        "microsoft.visualbasic.interaction" if name == "shell" => {
            if let Some(line) = arguments.first() {
                super::super::cmdlet::started(engine, &line.to_text());
            }
            Ok(None)
        }
        "xml.linq.xdocument" | "xml.linq.xelement" if name == "load" => {
            if let Some(url) = arguments.first() {
                engine.effect(Action::Download {
                    url: url.to_text(),
                    to: None,
                });
            }
            Ok(None)
        }
        "uri" | "net.webutility" | "web.httputility" => {
            Ok(arguments.first().and_then(Value::exact).and_then(|text| {
                match name {
                    "unescapedatastring" => strings::percent_decoded(&text, false),
                    "urldecode" => strings::percent_decoded(&text, true),
                    "htmldecode" => strings::entities_decoded(&text),
                    _ => None,
                }
                .map(Value::text)
            }))
        }
        "text.encoding" => Ok(match (name, arguments.as_slice()) {
            ("getencoding", [which]) => which
                .exact()
                .and_then(|which| encoding::named(&which.to_lowercase())),
            _ => None,
        }),
        "string" => string(engine, name, &arguments),
        "char" => Ok(match (name, arguments.as_slice()) {
            ("convertfromutf32", [code]) => code
                .integer_value()
                .and_then(|n| char::from_u32(u32::try_from(n).ok()?))
                .map(|c| Value::text(c.to_string())),
            ("tostring", [one]) => one.unit().and_then(|unit| Value::of_units(&[unit])),
            ("parse", [one]) => one.unit().map(Value::Char),
            ("toupper", [one]) => one
                .unit()
                .and_then(|unit| u8::try_from(unit).ok())
                .map(|b| Value::Char(u16::from(b.to_ascii_uppercase()))),
            ("tolower", [one]) => one
                .unit()
                .and_then(|unit| u8::try_from(unit).ok())
                .map(|b| Value::Char(u16::from(b.to_ascii_lowercase()))),
            _ => None,
        }),
        "array" => Ok(array(engine, name, &arguments)),
        "math" => Ok(math(name, &arguments)),
        "management.automation.scriptblock" if name == "create" => {
            Ok(Some(script_block(engine, arguments.first())?))
        }
        regex::CLASS => regex::fixed(engine, name, &arguments),
        "bitconverter" => Ok(bit_converter(name, &arguments)),
        "io.path" => Ok(path(engine, name, &arguments)),
        "io.file" => Ok(file(engine, name, &arguments)),
        "environment" => Ok(environment(engine, name, &arguments)),
        "net.webrequest" | "net.httpwebrequest" if name == "create" || name == "createhttp" => {
            let url = arguments.first().map(Value::to_text).unwrap_or_default();
            Ok(Some(
                Object::new("net.webrequest")
                    .with("requesturi", Value::of_text(url))
                    .value(),
            ))
        }
        super::derive::CLASS if name == "pbkdf2" => super::derive::at_once(engine, &arguments),
        _ if cipher::is_known(class) => cipher::fixed(engine, class, name, &arguments),
        "net.dns" => {
            if let Some(host) = arguments.first() {
                engine.effect(Action::Connect {
                    host: host.to_text(),
                    port: None,
                });
            }
            Ok(None)
        }
        "diagnostics.process" if name == "start" => {
            super::object::start(engine, &arguments);
            Ok(None)
        }
        "runtime.interopservices.marshal" => memory::marshal(engine, name, &arguments),
        "reflection.assembly" | "appdomain" => Ok(reflection::load(engine, class, name, &arguments)),
        "activator" if name == "createinstance" => match arguments.first() {
            Some(Value::Type(class)) => {
                let rest = arguments.get(1..).unwrap_or_default().to_vec();
                construct::construct(engine, &class.clone(), rest).map(Some)
            }
            _ => Ok(None),
        },
        "type" if name == "gettype" => Ok(arguments
            .first()
            .and_then(Value::exact)
            .map(|name| Value::Type(Rc::new(type_name(&name))))),
        "type" if name == "gettypefromprogid" => {
            let class = arguments.first().map(Value::to_text).unwrap_or_default();
            Ok(Some(Value::Type(Rc::new(format!(
                "com:{}",
                class.to_string().to_lowercase()
            )))))
        }
        "management.automation.wildcardpattern" | "gc" | "guid" | "threading.thread" => Ok(None),
        _ if int_kind(class).is_some() && name == "parse" => Ok(parse_int(class, &arguments)),
        _ => Ok(memory::native(engine, class, name, &arguments)),
    }
}

fn script_block(engine: &mut Engine<'_, '_>, code: Option<&Value>) -> super::Eval<Value> {
    match code.and_then(Value::exact) {
        Some(text) => engine.block_of("scriptblock", &text),
        None => Ok(code.cloned().unwrap_or(Value::Null)),
    }
}

fn parse_int(class: &str, arguments: &[Value]) -> Option<Value> {
    let text = arguments.first()?.exact()?;
    match arguments.get(1).and_then(Value::exact) {
        None => {
            let n = text.trim().parse::<i64>().ok()?;
            cast(&Value::integer(n), class)
        }
        Some(style) if style.to_lowercase().contains("hex") => {
            let n = i64::from_str_radix(text.trim(), 16).ok()?;
            cast(&Value::integer(n), class)
        }
        Some(_) => None,
    }
}

fn convert(engine: &mut Engine<'_, '_>, name: &str, arguments: &[Value]) -> Given {
    let first = arguments.first().cloned().unwrap_or(Value::Null);
    match (name, arguments) {
        ("frombase64string", [text]) => {
            let Some(text) = text.exact() else { return Ok(None) };
            engine.budget.build(text.len())?;
            engine.set_decoded();
            Ok(encoding::base64(&text).map(Value::bytes))
        }
        ("tobase64string", [bytes]) => {
            use base64::Engine as _;
            Ok(bytes
                .byte_list()
                .map(|bytes| Value::text(base64::engine::general_purpose::STANDARD.encode(bytes))))
        }
        ("fromhexstring", [text]) => Ok(text.exact().and_then(|text| hex(&text)).map(Value::bytes)),
        ("tochar", _) => Ok(cast(&first, "char")),
        ("tostring", [number, base]) if !matches!(base, Value::Object(_)) => {
            Ok(in_base(number, base).map(Value::text))
        }
        ("tostring", [_]) => Ok(Some(Value::of_text(first.to_text()))),
        ("toint16" | "toint32" | "toint64" | "tobyte" | "touint32" | "touint16", [digits, base]) => {
            let class = name.trim_start_matches("to");
            Ok(from_base(class, digits, base))
        }
        // Texts are read more strictly than a cast reads them.
        ("toboolean", [Value::Str(text)]) => Ok(match text.as_str().trim().to_ascii_lowercase().as_str() {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => None,
        }),
        (_, [Value::Str(text)]) if !is_plain_number(text.as_str()) => Ok(None),
        (_, [_]) => Ok(name.strip_prefix("to").and_then(|class| cast(&first, class))),
        _ => Ok(None),
    }
}

/// Whether a text is a whole number in decimal digits.
fn is_plain_number(text: &str) -> bool {
    let digits = text.trim().trim_start_matches(['-', '+']);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c.to_digit(16)?).ok()).collect();
    digits?
        .chunks(2)
        .map(|pair| Some(pair.first()? * 16 + pair.get(1)?))
        .collect()
}

/// `[Convert]::ToInt32('41', 16)`
fn from_base(class: &str, digits: &Value, base: &Value) -> Option<Value> {
    let base = u32::try_from(base.integer_value()?)
        .ok()
        .filter(|base| [2, 8, 10, 16].contains(base))?;
    let text = digits.exact()?;
    let text = if base == 16 {
        text.trim_start_matches("0x").trim_start_matches("0X")
    } else {
        &text
    };
    let bits = i64::from_str_radix(text, base).ok()?;
    let n = match class {
        "int32" if base != 10 => i64::from(u32::try_from(bits).ok()? as i32),
        "int16" if base != 10 => i64::from(u16::try_from(bits).ok()? as i16),
        _ => bits,
    };
    cast(&Value::integer(n), class)
}

/// `[Convert]::ToString(65, 16)`
fn in_base(number: &Value, base: &Value) -> Option<String> {
    let n = number.integer_value()?;
    // A negative number shows the bits of its type.
    let bits = match number {
        Value::Int(IntKind::Int16, _) => u64::from(n as u16),
        Value::Int(IntKind::Int64, _) => n as u64,
        _ if n < 0 => u64::from(i32::try_from(n).ok()? as u32),
        _ => n as u64,
    };
    Some(match base.integer_value()? {
        2 => format!("{bits:b}"),
        8 => format!("{bits:o}"),
        10 => n.to_string(),
        16 => format!("{bits:x}"),
        _ => return None,
    })
}

fn string(engine: &mut Engine<'_, '_>, name: &str, arguments: &[Value]) -> Given {
    match (name, arguments) {
        ("join", [separator, items]) => {
            let joined = strings::join(items, separator, engine.budget)?;
            Ok(joined.map(|text| engine.made_of_characters(text)))
        }
        ("join", [separator, items @ ..]) => {
            let joined = strings::join(&Value::array(items.to_vec()), separator, engine.budget)?;
            Ok(joined.map(|text| engine.made_of_characters(text)))
        }
        ("concat", [items]) if items.is_list() => Ok(strings::join(items, &Value::text(""), engine.budget)?),
        ("concat", items) => Ok(strings::join(
            &Value::array(items.to_vec()),
            &Value::text(""),
            engine.budget,
        )?),
        ("format", [format, only]) if only.is_list() => {
            Ok(strings::format(format, &only.items(), engine.budget)?)
        }
        ("format", [format, rest @ ..]) => Ok(strings::format(format, rest, engine.budget)?),
        ("isnullorempty", [one]) => Ok(one.exact().map(|text| Value::Bool(text.is_empty()))),
        ("isnullorwhitespace", [one]) => Ok(one.exact().map(|text| Value::Bool(text.trim().is_empty()))),
        _ => Ok(None),
    }
}

fn array(engine: &mut Engine<'_, '_>, name: &str, arguments: &[Value]) -> Option<Value> {
    let list = arguments.first()?;
    engine.save(list);
    match (name, list, arguments.len()) {
        ("reverse", Value::Array(items), 1) => items.borrow_mut().reverse(),
        ("reverse", Value::Bytes(bytes), 1) => bytes.borrow_mut().reverse(),
        ("indexof", _, 2) => {
            let place = super::list::place_of(&list.items(), arguments.get(1)?)?;
            return Some(place.map_or(Value::int(-1), Value::count));
        }
        _ => {
            if let Value::Array(items) = list {
                items
                    .borrow_mut()
                    .iter_mut()
                    .for_each(|item| *item = Value::unknown("an item that a method moved"));
            }
            return None;
        }
    }
    Some(Value::Null)
}

fn math(name: &str, arguments: &[Value]) -> Option<Value> {
    let integer = |index: usize| match arguments.get(index)? {
        Value::Int(_, n) => Some(*n),
        _ => None,
    };
    let double = |index: usize| arguments.get(index)?.number().map(|n| n.double());
    match name {
        "abs" => integer(0).and_then(i64::checked_abs).map(Value::integer),
        "max" => Some(Value::integer(integer(0)?.max(integer(1)?))),
        "min" => Some(Value::integer(integer(0)?.min(integer(1)?))),
        "floor" => Some(Value::Double(double(0)?.floor())),
        "ceiling" => Some(Value::Double(double(0)?.ceil())),
        "truncate" => Some(Value::Double(double(0)?.trunc())),
        "round" if arguments.len() == 1 => Some(Value::Double(double(0)?.round_ties_even())),
        "pow" => Some(Value::Double(double(0)?.powf(double(1)?))),
        "sqrt" => Some(Value::Double(double(0)?.sqrt())),
        _ => None,
    }
}

fn bit_converter(name: &str, arguments: &[Value]) -> Option<Value> {
    match (name, arguments) {
        ("tostring", [bytes, range @ ..]) => {
            let bytes = bytes.byte_list()?;
            let number = |value: &Value| value.integer_value().and_then(|n| usize::try_from(n).ok());
            let bytes = match range {
                [] => bytes.as_slice(),
                [start] => bytes.get(number(start)?..)?,
                [start, count] => bytes.get(number(start)?..number(start)?.checked_add(number(count)?)?)?,
                _ => return None,
            };
            let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
            Some(Value::text(pairs.join("-")))
        }
        (_, [bytes, start]) => {
            let size = match name {
                "toint16" | "touint16" => 2,
                "toint32" | "touint32" => 4,
                "toint64" | "touint64" => 8,
                _ => return None,
            };
            let bytes = bytes.byte_list()?;
            let start = usize::try_from(start.integer_value()?).ok()?;
            let part = bytes.get(start..start.checked_add(size)?)?;
            binary::number(&name.replacen("to", "read", 1), part)
        }
        // A byte is taken for a short.
        ("getbytes", [Value::Int(kind, n)]) => {
            let size = match kind {
                IntKind::Byte | IntKind::SByte | IntKind::Int16 | IntKind::UInt16 => 2,
                IntKind::Int32 | IntKind::UInt32 => 4,
                IntKind::Int64 | IntKind::UInt64 => 8,
            };
            n.to_le_bytes()
                .get(..size)
                .map(|bytes| Value::bytes(bytes.to_vec()))
        }
        ("getbytes", [Value::Bool(value)]) => Some(Value::bytes(vec![u8::from(*value)])),
        ("getbytes", [Value::Char(unit)]) => Some(Value::bytes(unit.to_le_bytes().to_vec())),
        _ => None,
    }
}

fn path(engine: &mut Engine<'_, '_>, name: &str, arguments: &[Value]) -> Option<Value> {
    match (name, arguments) {
        ("combine", [first, rest @ ..]) => {
            let joined = rest.iter().fold(first.to_text(), |path, child| {
                super::joined_path(path, &child.to_text())
            });
            Some(Value::of_text(joined))
        }
        ("gettemppath" | "getrandomfilename" | "gettempfilename", []) => Some(engine.unknown_text()),
        ("getfilename", [path]) => {
            let path = path.exact()?;
            Some(Value::text(path.rsplit(['\\', '/']).next().unwrap_or_default()))
        }
        _ => None,
    }
}

fn file(engine: &mut Engine<'_, '_>, name: &str, arguments: &[Value]) -> Option<Value> {
    let path = arguments.first().map(Value::to_text).unwrap_or_default();
    match name {
        "writeallbytes" => {
            let content = arguments.get(1).and_then(Value::byte_list);
            engine.effect(Action::Write { path, content });
        }
        "writealltext" | "appendalltext" | "writealllines" => {
            let content = arguments.get(1).and_then(Value::exact).map(String::into_bytes);
            engine.effect(Action::Write { path, content });
        }
        "delete" => engine.effect(Action::Delete { path }),
        "copy" | "move" => {
            let path = arguments.get(1).map(Value::to_text).unwrap_or_default();
            engine.effect(Action::Write { path, content: None });
        }
        "readalltext" => return Some(engine.unknown_text()),
        "create" | "openwrite" => engine.effect(Action::Write { path, content: None }),
        _ => return None,
    }
    Some(Value::Null)
}

fn environment(engine: &mut Engine<'_, '_>, name: &str, arguments: &[Value]) -> Option<Value> {
    match (name, arguments) {
        ("getfolderpath" | "expandenvironmentvariables", [_]) => Some(engine.unknown_text()),
        ("getenvironmentvariable", [name, ..]) => {
            let name = name.exact()?.to_lowercase();
            Some(engine.environment(&name))
        }
        ("setenvironmentvariable", [name, value, ..]) => {
            let name = name.exact()?;
            engine.set_variable(&format!("env:{name}"), value.clone());
            Some(Value::Null)
        }
        ("exit", _) => Some(Value::Null),
        _ => None,
    }
}

/// The text of a stream over bytes, for constructors that take either.
pub(super) fn stream_of(value: Option<&Value>) -> Value {
    match value {
        None => memory_stream(Some(Vec::new())),
        Some(bytes) => memory_stream(match bytes {
            Value::Int(..) => Some(Vec::new()),
            other => other.byte_list(),
        }),
    }
}
