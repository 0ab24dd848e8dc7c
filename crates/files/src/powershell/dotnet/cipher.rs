//! Hashes and block ciphers of `System.Security.Cryptography`: what they make of bytes that are known.
//!
//! A key or vector that the script does not set is random, and so is one that a change of the sizes makes anew; what is
//! decrypted with it is not known.

use super::super::engine::Engine;
use super::super::value::{Object, State, Value};
use super::{Given, stream_rest};
use crate::crypt::{Chaining, Cipher, Hash};
use std::cell::RefCell;
use std::rc::Rc;

/// What the names of the classes begin with.
const SPACE: &str = "security.cryptography.";

type Shared = Rc<RefCell<Object>>;

/// Whether a class is one of those that this file knows.
pub(super) fn is_known(class: &str) -> bool {
    hash(class).is_some() || cipher(class).is_some()
}

/// Whether a class is another of that name space that is known.
pub(super) fn is_of_space(class: &str) -> bool {
    let others = [
        "cryptostream",
        "cryptostreammode",
        "ciphermode",
        "paddingmode",
        "rfc2898derivebytes",
    ];
    class
        .strip_prefix(SPACE)
        .is_some_and(|name| others.contains(&name))
}

/// `MD5`, `SHA256Managed`, `SHA1CryptoServiceProvider`, …
fn hash(class: &str) -> Option<Hash> {
    Hash::named(implemented(class)?)
}

/// `HMACSHA256` and its like.
fn keyed_hash(class: &str) -> Option<Hash> {
    Hash::named(class.strip_prefix(SPACE)?.strip_prefix("hmac")?)
}

/// Whether a class is a hash with a key.
pub(super) fn is_keyed_hash(class: &str) -> bool {
    keyed_hash(class).is_some()
}

/// The bytes that a constructor is given: as one list, or spread over its parameters.
pub(super) fn bytes_of(arguments: &[Value]) -> Value {
    let bytes = match arguments {
        [one] => one.byte_list(),
        many => Value::array(many.to_vec()).byte_list(),
    };
    bytes.map_or_else(|| Value::unknown("a key"), Value::bytes)
}

/// `Aes`, `RijndaelManaged`, `TripleDESCryptoServiceProvider`, …
fn cipher(class: &str) -> Option<Cipher> {
    match implemented(class)? {
        "aes" | "rijndael" => Some(Cipher::Aes),
        "tripledes" => Some(Cipher::TripleDes),
        "des" => Some(Cipher::Des),
        _ => None,
    }
}

/// The algorithm of a class, without the word for who implements it.
fn implemented(class: &str) -> Option<&str> {
    let name = class.strip_prefix(SPACE)?;
    let ends = ["managed", "cryptoserviceprovider", "cng"];
    Some(ends.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name))
}

/// `[…Aes]::Create()`, `[…SHA256]::HashData(bytes)`
pub(super) fn fixed(engine: &mut Engine<'_, '_>, class: &str, name: &str, arguments: &[Value]) -> Given {
    match (name, arguments) {
        ("create", []) => Ok(is_known(class).then(|| Object::new(class).value())),
        ("create", [of]) => {
            let of = of.exact().map(|of| format!("{SPACE}{}", of.to_lowercase()));
            Ok(of
                .filter(|class| is_known(class))
                .map(|class| Object::new(class).value()))
        }
        ("hashdata", [bytes]) => hashed(engine, class, bytes),
        _ => Ok(None),
    }
}

/// A method of a cipher, a hash, a transformation or a stream over one; the outer `None` is "none of those".
pub(super) fn invoke(
    engine: &mut Engine<'_, '_>,
    object: &Shared,
    name: &str,
    arguments: &[Value],
) -> Option<Given> {
    let class = object.borrow().class.clone();
    let name_in_space = class.strip_prefix(SPACE)?;
    Some(match (name_in_space, name) {
        ("decryptor", "transformfinalblock") => transformed(engine, object, arguments),
        ("decryptor", "dispose") => Ok(Some(Value::Null)),
        ("cryptostream", "write" | "flushfinalblock" | "close" | "dispose" | "flush") => {
            written(engine, object, name, arguments)
        }
        (_, "createdecryptor") => Ok(decryptor(&object.borrow(), arguments)),
        (_, "computehash") => computed(engine, object, &class, arguments),
        (_, "generatekey") => forget(engine, object, "key"),
        (_, "generateiv") => forget(engine, object, "iv"),
        (_, "dispose" | "clear") => Ok(Some(Value::Null)),
        _ => return None,
    })
}

fn forget(engine: &mut Engine<'_, '_>, object: &Shared, field: &str) -> Given {
    engine.save(&Value::Object(Rc::clone(object)));
    object.borrow_mut().fields.remove(field);
    Ok(Some(Value::Null))
}

/// A property is set: other sizes than those of the key and vector at hand make new ones.
pub(in super::super) fn resized(object: &mut Object, name: &str) {
    if cipher(&object.class).is_some() {
        match name {
            "keysize" => drop(object.fields.remove("key")),
            "blocksize" => drop(object.fields.remove("iv")),
            _ => {}
        }
    }
}

/// `ComputeHash(bytes)`, `ComputeHash(bytes, start, count)`, `ComputeHash(stream)`
fn computed(engine: &mut Engine<'_, '_>, object: &Shared, class: &str, arguments: &[Value]) -> Given {
    let number = |value: &Value| value.integer_value().and_then(|n| usize::try_from(n).ok());
    let bytes = match arguments {
        [stream @ Value::Object(_)] if !stream.is_list() => stream_rest(stream),
        [bytes] if bytes.is_list() => bytes.byte_list(),
        [bytes, start, count] if bytes.is_list() => bytes
            .byte_list()
            .zip(number(start).zip(number(count)))
            .and_then(|(bytes, (start, count))| {
                bytes.get(start..start.checked_add(count)?).map(<[u8]>::to_vec)
            }),
        _ => None,
    };
    let Some(bytes) = bytes else { return Ok(None) };
    engine.budget.work(bytes.len())?;
    let Some(keyed) = keyed_hash(class) else {
        return hashed(engine, class, &Value::bytes(bytes));
    };
    let key = object.borrow().fields.get("key").and_then(Value::byte_list);
    Ok(key.and_then(|key| keyed.mac(&key, &bytes)).map(Value::bytes))
}

fn hashed(engine: &mut Engine<'_, '_>, class: &str, bytes: &Value) -> Given {
    let (Some(hash), true, Some(bytes)) = (hash(class), bytes.is_list(), bytes.byte_list()) else {
        return Ok(None);
    };
    engine.budget.work(bytes.len())?;
    Ok(Some(Value::bytes(hash.of(&[&bytes]))))
}

/// `CreateDecryptor()` and `CreateDecryptor(key, iv)`: the settings of now.
fn decryptor(held: &Object, arguments: &[Value]) -> Option<Value> {
    cipher(&held.class)?;
    let mut object = Object::new(format!("{SPACE}decryptor"));
    object.fields = held.fields.clone();
    object = object.with("cipher", Value::text(held.class.as_str()));
    match arguments {
        [] => {}
        [key, iv] => object = object.with("key", key.clone()).with("iv", iv.clone()),
        _ => return None,
    }
    // The bytes are those of now, whatever the script does to its arrays.
    for field in ["key", "iv"] {
        let bytes = object.fields.remove(field).and_then(|value| value.byte_list());
        object
            .fields
            .extend(bytes.map(|bytes| (field.to_owned(), Value::bytes(bytes))));
    }
    Some(object.value())
}

/// `TransformFinalBlock(bytes, start, count)`
fn transformed(engine: &mut Engine<'_, '_>, object: &Shared, arguments: &[Value]) -> Given {
    let [bytes, start, count] = arguments else {
        return Ok(None);
    };
    let number = |value: &Value| value.integer_value().and_then(|n| usize::try_from(n).ok());
    let (Some(bytes), Some(start), Some(count)) = (bytes.byte_list(), number(start), number(count)) else {
        return Ok(None);
    };
    match bytes.get(start..start.saturating_add(count)) {
        Some(sealed) => Ok(decrypted(engine, &object.borrow(), sealed)?.map(Value::bytes)),
        None => Ok(None),
    }
}

/// What a transformation makes of all the bytes; `None` where a setting is not known, or the padding is not right.
fn decrypted(
    engine: &mut Engine<'_, '_>,
    transformation: &Object,
    sealed: &[u8],
) -> super::Eval<Option<Vec<u8>>> {
    engine.budget.work(sealed.len())?;
    engine.budget.build(sealed.len())?;
    Ok(clear(transformation, sealed))
}

fn clear(transformation: &Object, sealed: &[u8]) -> Option<Vec<u8>> {
    let field = |name: &str| transformation.fields.get(name);
    let chosen = |name: &str, default: &str| match field(name) {
        None => Some(default.to_owned()),
        Some(value) => value.exact().map(|text| text.to_lowercase()),
    };
    let cipher = cipher(&field("cipher")?.exact()?)?;
    let key = field("key")?.byte_list()?;
    let cipher = match (cipher, key.len()) {
        (Cipher::TripleDes, 16) => Cipher::TripleDes112,
        (cipher, _) => cipher,
    };
    let block = cipher.keyed(&key)?;
    let size = cipher.block();
    if let Some(bits) = field("blocksize")
        && bits.integer_value() != i64::try_from(size * 8).ok()
    {
        return None;
    }
    if !sealed.len().is_multiple_of(size) {
        return None;
    }
    let mut bytes = sealed.to_vec();
    match chosen("mode", "cbc")?.as_str() {
        "cbc" | "1" => {
            let vector = field("iv")?.byte_list().filter(|iv| iv.len() == size)?;
            Chaining::Cbc.decrypt(&*block, &vector, &mut bytes);
        }
        "ecb" | "2" => block.decrypt(&mut bytes),
        _ => return None,
    }
    match chosen("padding", "pkcs7")?.as_str() {
        "pkcs7" | "2" => unpadded(bytes, size),
        // Zeros are not told from the text's own, and stay.
        "none" | "1" | "zeros" | "3" => Some(bytes),
        _ => None,
    }
}

/// Takes the padding of PKCS #7 off.
pub(in super::super) fn unpadded(mut bytes: Vec<u8>, size: usize) -> Option<Vec<u8>> {
    let padding = usize::from(*bytes.last()?);
    let kept = bytes.len().checked_sub(padding)?;
    let right = (1..=size).contains(&padding)
        && bytes
            .get(kept..)?
            .iter()
            .all(|&byte| usize::from(byte) == padding);
    bytes.truncate(kept);
    right.then_some(bytes)
}

/// `New-Object …CryptoStream($stream, $transformation, 'Read')`: what is read is what the stream holds, decrypted; what is
/// written goes to the stream when it is flushed or closed.
pub(super) fn stream(engine: &mut Engine<'_, '_>, arguments: &[Value]) -> super::Eval<Value> {
    let class = format!("{SPACE}cryptostream");
    let (base, transformation, mode) = match arguments {
        [base, transformation, mode, ..] => (base, transformation, mode.exact()),
        _ => return Ok(Object::new(class).value()),
    };
    let mode = mode.unwrap_or_default().to_lowercase();
    if matches!(mode.as_str(), "write" | "1") {
        let object = Object::new(class).with("basestream", base.clone());
        return Ok(object.with("transformation", transformation.clone()).value());
    }
    let bytes = match (transformation, stream_rest(base)) {
        (Value::Object(transformation), Some(sealed)) if matches!(mode.as_str(), "read" | "0") => {
            decrypted(engine, &transformation.borrow(), &sealed)?
        }
        _ => None,
    };
    let state = State::Stream {
        bytes,
        at: 0,
        by: Some("decrypted"),
    };
    Ok(Object::holding(class, state).value())
}

fn written(engine: &mut Engine<'_, '_>, object: &Shared, name: &str, arguments: &[Value]) -> Given {
    let field = |name: &str| object.borrow().fields.get(name).cloned();
    let (Some(Value::Object(base)), Some(Value::Object(transformation))) =
        (field("basestream"), field("transformation"))
    else {
        return Ok(None);
    };
    engine.save(&Value::Object(Rc::clone(object)));
    if name == "write" {
        let new = match arguments {
            [bytes, start, count] => {
                let start = start.integer_value().and_then(|n| usize::try_from(n).ok());
                let count = count.integer_value().and_then(|n| usize::try_from(n).ok());
                bytes
                    .byte_list()
                    .zip(start.zip(count))
                    .and_then(|(bytes, (start, count))| {
                        bytes.get(start..start.checked_add(count)?).map(<[u8]>::to_vec)
                    })
            }
            _ => None,
        };
        // Until the flush nobody knows which blocks have come through: the stream's bytes are put aside. A second write, or
        // one that is not known, leaves the whole unknown.
        let before = put_aside(engine, &base);
        let mut held = object.borrow_mut();
        let first = !held.fields.contains_key("sealed");
        let sealed = match new {
            Some(new) if first => Value::bytes(new),
            _ => Value::unknown("what is written to a cipher's stream"),
        };
        held.fields.insert("sealed".to_owned(), sealed);
        if let Some(before) = before {
            held.fields.insert("before".to_owned(), Value::bytes(before));
        }
        return Ok(Some(Value::Null));
    }
    if name == "flush" || field("flushed").is_some() {
        return Ok(Some(Value::Null));
    }
    object
        .borrow_mut()
        .fields
        .insert("flushed".to_owned(), Value::Bool(true));
    let sealed = field("sealed").and_then(|sealed| sealed.byte_list());
    let bytes = match sealed {
        Some(sealed) => decrypted(engine, &transformation.borrow(), &sealed)?,
        None => None,
    };
    let bytes = bytes.map_or_else(|| Value::unknown("what a cipher's stream gives"), Value::bytes);
    engine.save(&Value::Object(Rc::clone(&base)));
    let before = field("before").and_then(|before| before.byte_list());
    if let State::Stream { bytes, .. } = &mut base.borrow_mut().state
        && before.is_some()
    {
        *bytes = before;
    }
    super::stream::invoke(engine, &base, "write", &[bytes])?;
    Ok(Some(Value::Null))
}

/// Takes the bytes out of a stream that something is on its way to.
fn put_aside(engine: &mut Engine<'_, '_>, stream: &Shared) -> Option<Vec<u8>> {
    engine.save(&Value::Object(Rc::clone(stream)));
    match &mut stream.borrow_mut().state {
        State::Stream { bytes, .. } => bytes.take(),
        _ => None,
    }
}
