//! `Rfc2898DeriveBytes`: keys out of passwords (PBKDF2, RFC 8018 5.2).

use super::super::engine::{Engine, Eval};
use super::super::value::{Object, Value};
use super::Given;
use crate::crypt::Hash;
use std::cell::RefCell;
use std::rc::Rc;

/// The class.
pub(super) const CLASS: &str = "security.cryptography.rfc2898derivebytes";

/// Rounds where no number is given.
const ROUNDS: i32 = 1_000;

/// Bytes that one password may give.
const MOST_BYTES: usize = 1 << 20;

/// What the budget is charged for one round, in bytes of reading.
const ROUND: usize = 1_024;

/// What keys are made of.
struct Source {
    password: Vec<u8>,
    salt: Vec<u8>,
    rounds: usize,
    hash: Hash,
}

/// `New-Object …Rfc2898DeriveBytes(password, salt, rounds, hash)`; a salt that is a number asks for a random one.
pub(super) fn made(arguments: &[Value]) -> Value {
    let mut object = Object::new(CLASS);
    for (name, value) in ["password", "salt", "iterationcount", "hash"]
        .into_iter()
        .zip(arguments)
    {
        object = object.with(name, value.clone());
    }
    if arguments.len() < 3 {
        object = object.with("iterationcount", Value::int(ROUNDS));
    }
    object.value()
}

impl Source {
    fn of(password: &Value, salt: &Value, rounds: &Value, hash: Option<&Value>) -> Option<Source> {
        let bytes = |value: &Value| match value {
            Value::Str(text) => Some(text.as_str().as_bytes().to_vec()),
            list if list.is_list() => list.byte_list(),
            _ => None,
        };
        Some(Source {
            password: bytes(password)?,
            salt: bytes(salt).filter(|_| salt.is_list())?,
            rounds: usize::try_from(rounds.integer_value()?)
                .ok()
                .filter(|rounds| *rounds > 0)?,
            hash: match hash {
                None => Hash::Sha1,
                Some(hash) => Hash::named(&hash.exact()?)?,
            },
        })
    }

    fn held(object: &Object) -> Option<Source> {
        let field = |name: &str| object.fields.get(name);
        Source::of(
            field("password")?,
            field("salt")?,
            field("iterationcount")?,
            field("hash"),
        )
    }

    /// Returns so many bytes from the beginning; the rounds are paid for.
    fn bytes(&self, engine: &mut Engine<'_, '_>, count: usize) -> Eval<Option<Vec<u8>>> {
        if count > MOST_BYTES {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        let mut block = 1_u32;
        while bytes.len() < count {
            engine.budget.work(self.rounds.saturating_mul(ROUND))?;
            let Some(part) = self.block(block) else {
                return Ok(None);
            };
            bytes.extend_from_slice(&part);
            block += 1;
        }
        bytes.truncate(count);
        Ok(Some(bytes))
    }

    fn block(&self, number: u32) -> Option<Vec<u8>> {
        let mut seed = self.salt.clone();
        seed.extend_from_slice(&number.to_be_bytes());
        let mut last = self.hash.mac(&self.password, &seed)?;
        let mut block = last.clone();
        for _ in 1..self.rounds {
            last = self.hash.mac(&self.password, &last)?;
            block.iter_mut().zip(&last).for_each(|(byte, more)| *byte ^= more);
        }
        Some(block)
    }
}

/// `GetBytes(count)`: each call goes on where the last one ended.
pub(super) fn invoke(
    engine: &mut Engine<'_, '_>,
    object: &Rc<RefCell<Object>>,
    name: &str,
    arguments: &[Value],
) -> Given {
    engine.save(&Value::Object(Rc::clone(object)));
    match (name, arguments) {
        ("getbytes", [count]) => {
            let count = count.integer_value().and_then(|n| usize::try_from(n).ok());
            let (source, taken) = {
                let held = object.borrow();
                let taken = match held.fields.get("taken") {
                    None => Some(0),
                    Some(taken) => taken.integer_value().and_then(|n| usize::try_from(n).ok()),
                };
                (Source::held(&held), taken)
            };
            let (Some(source), Some(count), Some(taken)) = (source, count, taken) else {
                object.borrow_mut().fields.remove("password");
                return Ok(None);
            };
            let end = taken.saturating_add(count);
            let bytes = source.bytes(engine, end)?;
            object
                .borrow_mut()
                .fields
                .insert("taken".to_owned(), Value::count(end));
            Ok(bytes
                .and_then(|bytes| bytes.get(taken..end).map(<[u8]>::to_vec))
                .map(Value::bytes))
        }
        ("reset", []) => {
            object.borrow_mut().fields.remove("taken");
            Ok(Some(Value::Null))
        }
        ("dispose", []) => Ok(Some(Value::Null)),
        _ => Ok(None),
    }
}

/// `[…Rfc2898DeriveBytes]::Pbkdf2(password, salt, rounds, hash, count)`
pub(super) fn at_once(engine: &mut Engine<'_, '_>, arguments: &[Value]) -> Given {
    let [password, salt, rounds, hash, count] = arguments else {
        return Ok(None);
    };
    let count = count.integer_value().and_then(|n| usize::try_from(n).ok());
    match (Source::of(password, salt, rounds, Some(hash)), count) {
        (Some(source), Some(count)) => Ok(source.bytes(engine, count)?.map(Value::bytes)),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::{Hash, Source};

    /// RFC 6070, and the same with SHA-256 (RFC 7914, 11).
    #[test]
    fn blocks_follow_the_published_vectors() {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let block = |password: &str, salt: &str, rounds: usize, hash: Hash| {
            let source = Source {
                password: password.into(),
                salt: salt.into(),
                rounds,
                hash,
            };
            hex(&source.block(1).unwrap())
        };
        assert_eq!(
            block("password", "salt", 2, Hash::Sha1),
            "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"
        );
        assert_eq!(
            block("passwd", "salt", 1, Hash::Sha256),
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
        );
    }
}
