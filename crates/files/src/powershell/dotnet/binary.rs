//! `BinaryReader`, `BinaryWriter`, `StringWriter`: numbers and texts over streams, low byte first.

use super::super::engine::Engine;
use super::super::value::{IntKind, Object, State, Value};
use super::{Given, encoding, stream};
use crate::script::Text;
use std::cell::RefCell;
use std::rc::Rc;

type Shared = Rc<RefCell<Object>>;

/// Makes a reader or writer over a stream. Only UTF-8 reads and writes texts here.
pub(super) fn over(class: &str, arguments: &[Value]) -> Value {
    let mut object = Object::new(class);
    if let Some(stream) = arguments.first() {
        object = object.with("basestream", stream.clone());
    }
    let plain = match arguments.get(1) {
        None => true,
        Some(Value::Object(encoding)) => encoding.borrow().class == "encoding:utf8",
        Some(_) => false,
    };
    object.with("plain", Value::Bool(plain)).value()
}

/// A method of a reader or a writer; the outer `None` is "neither of them".
pub(super) fn invoke(
    engine: &mut Engine<'_, '_>,
    object: &Shared,
    name: &str,
    arguments: &[Value],
) -> Option<Given> {
    let class = object.borrow().class.clone();
    let (base, plain) = {
        let held = object.borrow();
        let plain = held.fields.get("plain").and_then(Value::truth);
        (held.fields.get("basestream").cloned(), plain == Some(true))
    };
    let base = match base {
        Some(Value::Object(base)) => Some(base),
        _ => None,
    };
    Some(match (class.as_str(), base) {
        ("io.binaryreader" | "io.binarywriter", _) if matches!(name, "close" | "dispose" | "flush") => {
            Ok(Some(Value::Null))
        }
        ("io.binaryreader", Some(base)) => read(engine, &base, plain, name, arguments),
        ("io.binarywriter", Some(base)) if name == "write" => write(engine, &base, plain, arguments),
        ("io.binarywriter", Some(base)) if name == "seek" => stream::invoke(engine, &base, "seek", arguments),
        ("io.binaryreader" | "io.binarywriter", _) => Ok(None),
        _ => return None,
    })
}

/// Takes bytes from a stream, fewer at its end; `None` where they are not known.
fn take(engine: &mut Engine<'_, '_>, base: &Shared, count: usize) -> super::Eval<Option<Vec<u8>>> {
    engine.save(&Value::Object(Rc::clone(base)));
    let mut held = base.borrow_mut();
    let State::Stream {
        bytes: Some(bytes),
        at,
        ..
    } = &mut held.state
    else {
        return Ok(None);
    };
    let rest = bytes.get(*at..).unwrap_or_default();
    let taken = rest.get(..count.min(rest.len())).unwrap_or_default().to_vec();
    *at += taken.len();
    drop(held);
    engine.budget.work(taken.len())?;
    engine.budget.build(taken.len())?;
    Ok(Some(taken))
}

/// Drops what is known of a stream whose place is not known any more.
fn lose(base: &Shared) {
    base.borrow_mut().forget();
}

fn read(engine: &mut Engine<'_, '_>, base: &Shared, plain: bool, name: &str, arguments: &[Value]) -> Given {
    let count = |index: usize| {
        let count = arguments.get(index).and_then(Value::integer_value);
        count.and_then(|n| usize::try_from(n).ok())
    };
    let size = match name {
        "readbyte" | "readsbyte" | "readboolean" => 1,
        "readint16" | "readuint16" => 2,
        "readint32" | "readuint32" => 4,
        "readint64" | "readuint64" => 8,
        "readbytes" | "readchars" => match count(0) {
            Some(count) => count,
            None => {
                lose(base);
                return Ok(None);
            }
        },
        "readstring" => return read_text(engine, base, plain),
        "read" if arguments.len() == 3 => return stream::invoke(engine, base, "read", arguments),
        "peekchar" => return Ok(peek(base)),
        _ => {
            lose(base);
            return Ok(None);
        }
    };
    let Some(bytes) = take(engine, base, size)? else {
        return Ok(None);
    };
    Ok(match name {
        "readbytes" => Some(Value::bytes(bytes)),
        "readchars" if plain && bytes.is_ascii() => Some(Value::array(
            bytes.iter().map(|&byte| Value::Char(u16::from(byte))).collect(),
        )),
        "readchars" => {
            lose(base);
            None
        }
        _ => number(name, &bytes),
    })
}

/// A number of a method's size; `None` where the stream ends before, which throws.
pub(super) fn number(name: &str, bytes: &[u8]) -> Option<Value> {
    let wide = bytes
        .iter()
        .rev()
        .fold(0_u64, |number, &byte| (number << 8) | u64::from(byte));
    let (kind, n, size) = match name {
        "readbyte" => (IntKind::Byte, wide as i64, 1),
        "readsbyte" => (IntKind::SByte, i64::from(wide as u8 as i8), 1),
        "readboolean" => return (bytes.len() == 1).then_some(Value::Bool(wide != 0)),
        "readint16" => (IntKind::Int16, i64::from(wide as u16 as i16), 2),
        "readuint16" => (IntKind::UInt16, wide as i64, 2),
        "readint32" => (IntKind::Int32, i64::from(wide as u32 as i32), 4),
        "readuint32" => (IntKind::UInt32, wide as i64, 4),
        "readint64" => (IntKind::Int64, wide as i64, 8),
        "readuint64" => (IntKind::UInt64, i64::try_from(wide).ok()?, 8),
        _ => return None,
    };
    (bytes.len() == size).then_some(Value::Int(kind, n))
}

/// A text behind its length, seven bits of it in each byte, the lowest first.
fn read_text(engine: &mut Engine<'_, '_>, base: &Shared, plain: bool) -> Given {
    let mut length = 0_usize;
    for shift in [0, 7, 14, 21] {
        let Some(byte) = take(engine, base, 1)? else {
            return Ok(None);
        };
        let Some(&byte) = byte.first() else {
            return Ok(None);
        };
        length |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            let bytes = take(engine, base, length)?.filter(|bytes| bytes.len() == length);
            let text = bytes
                .filter(|_| plain)
                .and_then(|bytes| encoding::decode("utf8", &bytes));
            return Ok(text.map(Value::text));
        }
    }
    lose(base);
    Ok(None)
}

fn peek(base: &Shared) -> Option<Value> {
    let held = base.borrow();
    let State::Stream {
        bytes: Some(bytes),
        at,
        ..
    } = &held.state
    else {
        return None;
    };
    match bytes.get(*at) {
        None => Some(Value::int(-1)),
        Some(byte) => byte.is_ascii().then(|| Value::int(i32::from(*byte))),
    }
}

/// `Write(value)`: what is written goes by the value's type.
fn write(engine: &mut Engine<'_, '_>, base: &Shared, plain: bool, arguments: &[Value]) -> Given {
    let bytes = match arguments {
        [value] => written(value, plain),
        [bytes, start, count] => {
            let number = |value: &Value| value.integer_value().and_then(|n| usize::try_from(n).ok());
            bytes
                .byte_list()
                .zip(number(start).zip(number(count)))
                .and_then(|(bytes, (start, count))| {
                    bytes.get(start..start.checked_add(count)?).map(<[u8]>::to_vec)
                })
        }
        _ => None,
    };
    let bytes = bytes.map_or_else(|| Value::unknown("what is written"), Value::bytes);
    stream::invoke(engine, base, "write", &[bytes])
}

fn written(value: &Value, plain: bool) -> Option<Vec<u8>> {
    match value {
        Value::Bytes(bytes) => Some(bytes.borrow().clone()),
        Value::Bool(value) => Some(vec![u8::from(*value)]),
        Value::Int(kind, n) => {
            let size = match kind {
                IntKind::Byte | IntKind::SByte => 1,
                IntKind::Int16 | IntKind::UInt16 => 2,
                IntKind::Int32 | IntKind::UInt32 => 4,
                IntKind::Int64 | IntKind::UInt64 => 8,
            };
            n.to_le_bytes().get(..size).map(<[u8]>::to_vec)
        }
        Value::Char(unit) => u8::try_from(*unit)
            .ok()
            .filter(|byte| plain && byte.is_ascii())
            .map(|byte| vec![byte]),
        Value::Str(text) if plain => {
            let mut bytes = Vec::new();
            let mut length = text.as_str().len();
            while length >= 0x80 {
                bytes.push(u8::try_from(length & 0x7f).ok()? | 0x80);
                length >>= 7;
            }
            bytes.push(u8::try_from(length).ok()?);
            bytes.extend_from_slice(text.as_str().as_bytes());
            Some(bytes)
        }
        _ => None,
    }
}

/// `StringWriter`: texts are gathered, as a builder does.
pub(super) fn gather(engine: &mut Engine<'_, '_>, object: &Shared, name: &str, arguments: &[Value]) -> Given {
    let more = match (name, arguments) {
        ("write", [value]) if !value.is_list() => value.to_text(),
        ("writeline", []) => Text::known("\r\n"),
        ("writeline", [value]) if !value.is_list() => value.to_text().join(Text::known("\r\n")),
        ("flush" | "close" | "dispose", []) => return Ok(Some(Value::Null)),
        ("tostring", []) => return Ok(Some(Value::of_text(Value::Object(Rc::clone(object)).to_text()))),
        _ => {
            lose(object);
            return Ok(None);
        }
    };
    engine.budget.build(more.len())?;
    if let State::Builder(text) = &mut object.borrow_mut().state {
        *text = std::mem::take(text).join(more);
    }
    Ok(Some(Value::Null))
}
