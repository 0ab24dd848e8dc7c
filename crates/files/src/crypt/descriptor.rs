//! The descriptor of agile encryption, an XML text (MS-OFFCRYPTO 2.3.4.10).

use super::block::{Chaining, Cipher};
use super::digest::Hash;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use std::collections::HashMap;

/// Rounds that a password may cost; the schema allows no more (`ST_SpinCount`).
const MOST_ROUNDS: u32 = 10_000_000;
/// Elements that are looked at; real descriptors have about ten.
const MOST_ELEMENTS: usize = 1000;
/// Bytes of a salt (`ST_SaltSize`).
const MOST_SALT: usize = 65_536;

/// How keys and vectors are made: one set for the content, one for each key that is wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parameters {
    pub salt: Vec<u8>,
    pub cipher: Cipher,
    pub chaining: Chaining,
    pub key_bytes: usize,
    pub hash: Hash,
}

/// The integrity code of the whole stream, both parts encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Integrity {
    pub key: Vec<u8>,
    pub value: Vec<u8>,
}

/// A content key wrapped by a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrapped {
    pub parameters: Parameters,
    pub rounds: u32,
    pub verifier: Vec<u8>,
    pub verifier_hash: Vec<u8>,
    pub key: Vec<u8>,
}

/// The whole descriptor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Descriptor {
    pub content: Parameters,
    pub integrity: Option<Integrity>,
    pub wrapped: Wrapped,
}

/// Why a descriptor opens nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It contradicts its format.
    Damaged(&'static str),
    /// It lacks what no program can do without.
    Lost(&'static str),
    /// It names what is not read here.
    Unsupported(String),
}

type Attributes = HashMap<String, String>;

impl Descriptor {
    /// Reads the XML.
    pub fn read(xml: &[u8]) -> Result<Descriptor, Fault> {
        let elements = elements(xml)?;
        let first = |name: &str| {
            elements
                .iter()
                .find(|(own, _)| own == name)
                .map(|(_, attributes)| attributes)
        };
        let content = parameters(first("keyData").ok_or(Fault::Damaged("it has no keyData"))?)?;
        let integrity = first("dataIntegrity").map(integrity).transpose()?;
        // A certificate's encryptedKey has no rounds: it needs the private key.
        let by_password = elements
            .iter()
            .find(|(name, attributes)| name == "encryptedKey" && attributes.contains_key("spinCount"));
        let (_, wrapped) = by_password
            .ok_or_else(|| Fault::Unsupported("its key is wrapped for certificates alone".to_owned()))?;
        Ok(Descriptor {
            content,
            integrity,
            wrapped: self::wrapped(wrapped)?,
        })
    }
}

/// Lists the elements by their local names, in order.
fn elements(xml: &[u8]) -> Result<Vec<(String, Attributes)>, Fault> {
    let mut reader = Reader::from_reader(xml);
    let mut found = Vec::new();
    loop {
        match reader.read_event() {
            Ok(Event::Start(element) | Event::Empty(element)) if found.len() < MOST_ELEMENTS => {
                let name = element.local_name().as_ref().to_owned();
                found.push((name, attributes(&element)));
            }
            Ok(Event::Eof) => return Ok(found),
            Ok(_) => {}
            Err(_) => return Err(Fault::Damaged("its XML is broken")),
        }
    }
}

fn attributes(element: &BytesStart<'_>) -> Attributes {
    let read = element.attributes().flatten().map(|attribute| {
        let name = attribute.key.local_name().as_ref().to_owned();
        (name, attribute.value.into_owned())
    });
    read.collect()
}

fn parameters(attributes: &Attributes) -> Result<Parameters, Fault> {
    let unknown = |what: &str, name: &str| Fault::Unsupported(format!("{what} {name}"));
    let named = |name| attributes.get(name).map_or("", String::as_str);
    let cipher = named("cipherAlgorithm");
    let cipher = Cipher::named(cipher).ok_or_else(|| unknown("cipher", cipher))?;
    let chaining = named("cipherChaining");
    let chaining = Chaining::named(chaining).ok_or_else(|| unknown("chaining", chaining))?;
    let hash = named("hashAlgorithm");
    let hash = Hash::named(hash).ok_or_else(|| unknown("hash", hash))?;
    let bits = number(attributes, "keyBits")? as usize;
    let key_bytes = bits / 8;
    if cipher.keyed(&vec![0; key_bytes.min(256)]).is_none() {
        return Err(unknown(cipher.as_str(), &format!("with {bits} bits")));
    }
    let salt = bytes(attributes, "saltValue")?;
    if salt.is_empty() || salt.len() > MOST_SALT {
        return Err(Fault::Damaged("its salt has an impossible length"));
    }
    Ok(Parameters {
        salt,
        cipher,
        chaining,
        key_bytes,
        hash,
    })
}

fn integrity(attributes: &Attributes) -> Result<Integrity, Fault> {
    Ok(Integrity {
        key: bytes(attributes, "encryptedHmacKey")?,
        value: bytes(attributes, "encryptedHmacValue")?,
    })
}

fn wrapped(attributes: &Attributes) -> Result<Wrapped, Fault> {
    let rounds = number(attributes, "spinCount")?;
    if rounds > MOST_ROUNDS {
        return Err(Fault::Damaged(
            "it asks for more rounds than the format allows (10,000,000)",
        ));
    }
    let key = bytes(attributes, "encryptedKeyValue");
    let key = key.map_err(|_| Fault::Lost("it has no key: no program opens it"))?;
    Ok(Wrapped {
        parameters: parameters(attributes)?,
        rounds,
        verifier: bytes(attributes, "encryptedVerifierHashInput")?,
        verifier_hash: bytes(attributes, "encryptedVerifierHashValue")?,
        key,
    })
}

fn number(attributes: &Attributes, name: &str) -> Result<u32, Fault> {
    let number = attributes.get(name).and_then(|text| text.trim().parse().ok());
    number.ok_or(Fault::Damaged("a number is missing"))
}

fn bytes(attributes: &Attributes, name: &str) -> Result<Vec<u8>, Fault> {
    let text = attributes.get(name).ok_or(Fault::Damaged("a value is missing"))?;
    let dense: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD
        .decode(dense)
        .map_err(|_| Fault::Damaged("a value is no base64"))
}
