//! Streams and readers: memory, gzip, deflate, text.

use super::super::engine::{Engine, Eval, Stop};
use super::super::value::{Object, State, Value};
use super::{Given, encoding, stream_rest};
use crate::script::Text;
use flate2::read::{DeflateDecoder, MultiGzDecoder};
use std::cell::RefCell;
use std::io::Read;
use std::rc::Rc;
use strongroom_model::{Limit, Why};

/// Bytes that a stream which a script writes may hold; past them its content is not known.
const MOST_HELD: usize = 16 << 20;

/// Unpacks what a stream holds; a damaged end leaves what came before it, and a gap.
pub(super) fn unpacked(engine: &mut Engine<'_, '_>, by: &'static str, packed: &Value) -> Eval<Value> {
    let bytes = match stream_rest(packed) {
        Some(bytes) => Some(inflate(engine, by, &bytes)?),
        None => None,
    };
    let state = State::Stream {
        bytes,
        at: 0,
        by: Some(by),
    };
    Ok(Object::holding("io.compression", state).value())
}

fn inflate(engine: &mut Engine<'_, '_>, by: &str, bytes: &[u8]) -> Eval<Vec<u8>> {
    let most = engine.budget.limits().value_bytes;
    let mut unpacked = Vec::new();
    let result = if by == "gzip" {
        MultiGzDecoder::new(bytes)
            .take(most + 1)
            .read_to_end(&mut unpacked)
    } else {
        DeflateDecoder::new(bytes)
            .take(most + 1)
            .read_to_end(&mut unpacked)
    };
    if unpacked.len() as u64 > most {
        return Err(Stop::Limit(Limit::ValueBytes));
    }
    engine.budget.build(unpacked.len())?;
    if result.is_err() {
        engine.gap_here(Why::Damaged, &format!("the {by} stream breaks off"));
    }
    Ok(unpacked)
}

/// A reader over a stream, with an encoding (UTF-8 by default, or what a byte order mark says).
pub(super) fn reader(engine: &mut Engine<'_, '_>, stream: &Value, given: Option<&Value>) -> Eval<Value> {
    let by = match stream {
        Value::Object(object) => match &object.borrow().state {
            State::Stream { by, .. } => *by,
            _ => None,
        },
        _ => None,
    };
    let name = match given {
        Some(Value::Object(object)) => object
            .borrow()
            .class
            .strip_prefix("encoding:")
            .unwrap_or("utf8")
            .to_owned(),
        _ => "utf8".to_owned(),
    };
    let text = stream_rest(stream).and_then(|bytes| marked(&name, &bytes));
    let text = match text {
        Some(text) => Text::known(text),
        None => engine.unknown_text().to_text(),
    };
    Ok(Object::holding("io.streamreader", State::Reader { text, by }).value())
}

/// Decodes, letting a byte order mark overrule the encoding.
fn marked(name: &str, bytes: &[u8]) -> Option<String> {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => encoding::decode("utf8", rest),
        [0xff, 0xfe, rest @ ..] => encoding::decode("unicode", rest),
        [0xfe, 0xff, rest @ ..] => encoding::decode("bigendianunicode", rest),
        _ => encoding::decode(name, bytes),
    }
}

pub(super) fn invoke(
    engine: &mut Engine<'_, '_>,
    object: &Rc<RefCell<Object>>,
    name: &str,
    arguments: &[Value],
) -> Given {
    engine.save(&Value::Object(Rc::clone(object)));
    let taken = {
        let mut object = object.borrow_mut();
        match &mut object.state {
            State::Reader { text, by } => match name {
                "readtoend" => Some((std::mem::take(text), *by)),
                // At the end there is no line more.
                "readline" if text.is_empty() => return Ok(Some(Value::Null)),
                "readline" => Some((take_line(text), None)),
                "peek" | "read" if arguments.is_empty() => return Ok(next_unit(text, name == "read")),
                "read" | "readblock" => {
                    *text = Text::unknown("a text of which a part was read");
                    None
                }
                _ => None,
            },
            _ => None,
        }
    };
    if let Some((text, by)) = taken {
        if let (Some(by), Some(known)) = (by, text.exact())
            && encoding::is_worth_reading(known)
        {
            engine.read_layer(by, known);
        }
        return Ok(Some(Value::of_text(text)));
    }
    Ok(match name {
        "close" | "dispose" | "flush" => Some(Value::Null),
        "setlength" => return set_length(engine, object, arguments),
        "toarray" | "getbuffer" => all_bytes(object),
        "write" => return write(engine, object, arguments),
        "writebyte" => return write_byte(engine, object, arguments),
        "readbyte" => read_byte(object),
        "read" => return read(engine, object, arguments),
        "seek" => seek(object, arguments),
        "copyto" => return copy(engine, object, arguments),
        _ => None,
    })
}

/// A line ends at `\n`, `\r`, or both.
fn take_line(text: &mut Text) -> Text {
    let Some(exact) = text.exact().map(str::to_owned) else {
        return text.clone();
    };
    match exact.split_once(['\n', '\r']) {
        Some((line, rest)) => {
            let both = exact.get(line.len()..).and_then(|end| end.strip_prefix("\r\n"));
            let rest = both.unwrap_or(rest);
            *text = Text::known(rest);
            Text::known(line)
        }
        None => std::mem::take(text),
    }
}

/// The next UTF-16 unit as a number, -1 at the end; `None` where it is not known, or half a pair.
fn next_unit(text: &mut Text, takes: bool) -> Option<Value> {
    let exact = text.exact()?.to_owned();
    let Some(c) = exact.chars().next() else {
        return Some(Value::int(-1));
    };
    let unit = u16::try_from(u32::from(c)).ok();
    if takes {
        *text = match unit {
            Some(_) => Text::known(exact.get(c.len_utf8()..).unwrap_or_default()),
            None => Text::unknown("a text of which half a pair was read"),
        };
    }
    unit.map(|unit| Value::int(i32::from(unit)))
}

fn all_bytes(object: &Rc<RefCell<Object>>) -> Option<Value> {
    match &object.borrow().state {
        State::Stream { bytes, .. } => bytes.clone().map(Value::bytes),
        _ => None,
    }
}

/// Writes at the stream's place; bytes that are not known make all of it unknown.
fn write(engine: &mut Engine<'_, '_>, object: &Rc<RefCell<Object>>, arguments: &[Value]) -> Given {
    let new = arguments.first().and_then(Value::byte_list);
    let number = |index: usize| {
        arguments
            .get(index)
            .and_then(Value::integer_value)
            .and_then(|n| usize::try_from(n).ok())
    };
    let new = match (new, arguments.len()) {
        (new, 1) => new,
        (Some(new), 3) => number(1)
            .zip(number(2))
            .and_then(|(start, count)| new.get(start..start.checked_add(count)?).map(<[u8]>::to_vec)),
        _ => None,
    };
    put(engine, object, new.as_deref())
}

fn write_byte(engine: &mut Engine<'_, '_>, object: &Rc<RefCell<Object>>, arguments: &[Value]) -> Given {
    let byte = arguments
        .first()
        .and_then(Value::integer_value)
        .and_then(|n| u8::try_from(n).ok());
    put(engine, object, byte.map(|byte| vec![byte]).as_deref())
}

fn put(engine: &mut Engine<'_, '_>, object: &Rc<RefCell<Object>>, new: Option<&[u8]>) -> Given {
    let mut object = object.borrow_mut();
    let State::Stream { bytes, at, .. } = &mut object.state else {
        return Ok(None);
    };
    match (bytes.as_mut(), new) {
        (Some(held), Some(new)) => {
            let end = at.saturating_add(new.len());
            if end > MOST_HELD {
                *bytes = None;
                return Ok(Some(Value::Null));
            }
            if held.len() < end {
                engine.budget.build(end - held.len())?;
                held.resize(end, 0);
            }
            if let Some(room) = held.get_mut(*at..end) {
                room.copy_from_slice(new);
            }
            *at = end;
        }
        _ => *bytes = None,
    }
    Ok(Some(Value::Null))
}

fn read_byte(object: &Rc<RefCell<Object>>) -> Option<Value> {
    let mut object = object.borrow_mut();
    let State::Stream { bytes, at, .. } = &mut object.state else {
        return None;
    };
    let byte = bytes.as_ref()?.get(*at).copied();
    *at += usize::from(byte.is_some());
    Some(byte.map_or(Value::int(-1), |byte| Value::int(i32::from(byte))))
}

/// `Read(buffer, start, count)`: fills the buffer and gives how many bytes came.
fn read(engine: &mut Engine<'_, '_>, object: &Rc<RefCell<Object>>, arguments: &[Value]) -> Given {
    let number = |value: &Value| value.integer_value().and_then(|n| usize::try_from(n).ok());
    let known = match arguments {
        [Value::Bytes(buffer), start, count] => number(start).zip(number(count)).map(|range| (buffer, range)),
        _ => None,
    };
    let mut object = object.borrow_mut();
    let (
        Some((buffer, (start, count))),
        State::Stream {
            bytes: Some(bytes),
            at,
            ..
        },
    ) = (known, &mut object.state)
    else {
        // Neither where the stream stands behind this, nor what the buffer holds.
        object.forget();
        drop(object);
        super::memory::fill(engine, "read", arguments);
        return Ok(None);
    };
    let rest = bytes.get(*at..).unwrap_or_default();
    let taken = rest.get(..count.min(rest.len())).unwrap_or_default();
    engine.budget.work(taken.len())?;
    if let Some(room) = buffer
        .borrow_mut()
        .get_mut(start..start.saturating_add(taken.len()))
    {
        room.copy_from_slice(taken);
    }
    *at += taken.len();
    Ok(Some(Value::count(taken.len())))
}

/// `Seek(by, from)`; where that is not known, nothing of the stream is.
fn seek(object: &Rc<RefCell<Object>>, arguments: &[Value]) -> Option<Value> {
    let by = arguments.first().and_then(Value::integer_value);
    let from = match arguments.get(1) {
        None => Some("begin".to_owned()),
        Some(origin) => origin.exact().map(|origin| origin.to_lowercase()),
    };
    let mut object = object.borrow_mut();
    let State::Stream { bytes, at, .. } = &mut object.state else {
        return None;
    };
    let length = bytes.as_ref().map(Vec::len);
    let base = match from.as_deref() {
        Some("begin" | "0") => Some(0),
        Some("current" | "1") => Some(*at),
        Some("end" | "2") => length,
        _ => None,
    };
    let to = base
        .and_then(|base| i64::try_from(base).ok()?.checked_add(by?))
        .and_then(|to| usize::try_from(to).ok());
    match to {
        Some(to) => {
            *at = to;
            Some(Value::count(to))
        }
        None => {
            *bytes = None;
            None
        }
    }
}

/// `SetLength(length)`: cuts, or fills up with zeros.
fn set_length(engine: &mut Engine<'_, '_>, object: &Rc<RefCell<Object>>, arguments: &[Value]) -> Given {
    let length = arguments.first().and_then(Value::integer_value);
    let length = length
        .and_then(|length| usize::try_from(length).ok())
        .filter(|length| *length <= MOST_HELD);
    let mut object = object.borrow_mut();
    let State::Stream { bytes, at, .. } = &mut object.state else {
        return Ok(None);
    };
    match (length, bytes.as_mut()) {
        (Some(length), Some(held)) => {
            engine.budget.build(length.saturating_sub(held.len()))?;
            held.resize(length, 0);
            *at = (*at).min(length);
        }
        _ => *bytes = None,
    }
    Ok(Some(Value::Null))
}

/// `CopyTo(stream)`: what the one still holds goes to the other.
fn copy(engine: &mut Engine<'_, '_>, object: &Rc<RefCell<Object>>, arguments: &[Value]) -> Given {
    let rest = stream_rest(&Value::Object(Rc::clone(object)));
    let Some(Value::Object(to)) = arguments.first() else {
        return Ok(None);
    };
    engine.save(&Value::Object(Rc::clone(to)));
    let from = match &object.borrow().state {
        State::Stream { by, .. } => Some(*by),
        _ => None,
    };
    let mut to_state = to.borrow_mut();
    let State::Stream { by, .. } = &mut to_state.state else {
        return Ok(None);
    };
    *by = from.unwrap_or(*by);
    drop(to_state);
    put(engine, to, rest.as_deref())
}

/// Reads or sets a stream's properties.
pub(super) fn member(object: &Object, name: &str) -> Option<Value> {
    match (&object.state, name) {
        (State::Stream { bytes, .. }, "length") => bytes.as_ref().map(|bytes| Value::count(bytes.len())),
        (State::Stream { at, .. }, "position") => Some(Value::count(*at)),
        (State::Reader { text, .. }, "endofstream") => text.exact().map(|text| Value::Bool(text.is_empty())),
        (State::Builder(text), "length") => {
            text.exact().map(|text| Value::count(text.encode_utf16().count()))
        }
        (State::List(items), "count" | "length") => Some(Value::count(items.len())),
        _ => None,
    }
}
