//! The standard security handler (ISO 32000-1, section 7.6; ISO 32000-2 for AES-256): documents that anybody may open and not
//! everybody may change are encrypted under the empty password, and that one is tried.
//!
//! Nothing is guessed: a document that asks its readers for a password stays shut, and so does one with a handler of
//! another kind.

use super::object::{Dict, Object};
use super::store::Store;
use aes::{Aes128, Aes256};
use cipher::{Array, BlockCipherDecrypt, BlockCipherEncrypt, BlockSizeUser, KeyInit};
use md5::{Digest, Md5};
use sha2::{Sha256, Sha384, Sha512};

/// What stands for the password's missing characters.
const PADDING: [u8; 32] = [
    0x28, 0xbf, 0x4e, 0x5e, 0x4e, 0x75, 0x8a, 0x41, 0x64, 0x00, 0x4e, 0x56, 0xff, 0xfa, 0x01, 0x08, 0x2e,
    0x2e, 0x00, 0xb6, 0xd0, 0x68, 0x3e, 0x80, 0x2f, 0x0c, 0xa9, 0xfe, 0x64, 0x53, 0x69, 0x7a,
];
/// Rounds of the hash of revision 6: it ends by chance from the 64th on, and hardly ever after the 100th.
const ROUNDS: u8 = 250;
const BLOCK: usize = 16;
/// Bytes of an object's number and generation, by which its key is longer than the document's.
const NUMBER: usize = 5;

/// How strings or streams are encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Plain,
    Rc4,
    /// AES-128 in CBC, a key for each object.
    Aes128,
    /// AES-256 in CBC, one key.
    Aes256,
}

impl Method {
    /// Returns whether a document's key is long enough for it: with another nothing would be decrypted.
    fn fits(self, key: &[u8]) -> bool {
        match self {
            Method::Plain | Method::Rc4 => true,
            Method::Aes128 => key.len() + NUMBER >= 16,
            Method::Aes256 => key.len() == 32,
        }
    }
}

/// The key of a document.
#[derive(Clone, Debug)]
pub(super) struct Key {
    key: Vec<u8>,
    strings: Method,
    streams: Method,
}

/// Why a document stays shut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shut {
    /// The empty password is not its.
    Password,
    /// Its handler or revision is another.
    Handler(String),
}

impl Key {
    /// Opens a document by its encryption dictionary and the first part of its id.
    pub(super) fn open(store: &Store<'_>, dict: &Dict, id: &[u8]) -> Result<Self, Shut> {
        let number = |key: &str| store.field(dict, key).and_then(|number| number.count());
        let (version, revision) = (number("V").unwrap_or(0), number("R").unwrap_or(0));
        let filter = store.field(dict, "Filter");
        let filter = filter.as_ref().and_then(Object::name).unwrap_or_default();
        let other = || Shut::Handler(format!("{filter:?}, version {version}, revision {revision}"));
        if filter != "Standard" {
            return Err(other());
        }
        let (strings, streams) = match version {
            1 | 2 => (Method::Rc4, Method::Rc4),
            4 | 5 => (
                method(store, dict, "StrF").ok_or_else(other)?,
                method(store, dict, "StmF").ok_or_else(other)?,
            ),
            _ => return Err(other()),
        };
        let secret = Secret::of(store, dict, id).ok_or_else(other)?;
        let key = match revision {
            2..=4 => secret.key(revision, number("Length").unwrap_or(40)),
            5 | 6 => secret.wide_key(revision),
            _ => return Err(other()),
        };
        let key = key.ok_or(Shut::Password)?;
        if !(strings.fits(&key) && streams.fits(&key)) {
            return Err(other());
        }
        Ok(Key {
            key,
            strings,
            streams,
        })
    }

    /// Decrypts a stream of an object.
    pub(super) fn stream(&self, object: (u32, u16), bytes: &[u8]) -> Vec<u8> {
        self.decrypt(self.streams, object, bytes)
    }

    /// Decrypts the strings that stand in an object; returns how many there are.
    pub(super) fn strings(&self, number: (u32, u16), object: &mut Object) -> usize {
        match object {
            Object::Text(text) => {
                *text = self.decrypt(self.strings, number, text);
                1
            }
            Object::Array(items) => items.iter_mut().map(|item| self.strings(number, item)).sum(),
            Object::Dict(dict) => dict.values_mut().map(|value| self.strings(number, value)).sum(),
            _ => 0,
        }
    }

    fn decrypt(&self, method: Method, object: (u32, u16), bytes: &[u8]) -> Vec<u8> {
        match method {
            Method::Plain => bytes.to_vec(),
            Method::Rc4 => rc4(&self.of_object(object, b""), bytes),
            Method::Aes128 => {
                let key = self.of_object(object, b"sAlT");
                unpadded(cbc::<Aes128>(&key, bytes))
            }
            Method::Aes256 => unpadded(cbc::<Aes256>(&self.key, bytes)),
        }
    }

    /// Returns the key of an object (algorithm 1).
    fn of_object(&self, (number, generation): (u32, u16), salt: &[u8]) -> Vec<u8> {
        let number = number.to_le_bytes();
        let digest = Md5::new()
            .chain_update(&self.key)
            .chain_update(number.get(..3).unwrap_or_default())
            .chain_update(generation.to_le_bytes())
            .chain_update(salt)
            .finalize();
        let length = (self.key.len() + NUMBER).min(16);
        digest.iter().take(length).copied().collect()
    }
}

/// Returns the method of a crypt filter that the dictionary names under a key.
fn method(store: &Store<'_>, dict: &Dict, key: &str) -> Option<Method> {
    let name = store.field(dict, key);
    let name = name.as_ref().and_then(Object::name).unwrap_or("Identity");
    if name == "Identity" {
        return Some(Method::Plain);
    }
    let filter = store.dict(&store.dict(dict, "CF")?, name)?;
    match store.field(&filter, "CFM")?.name()? {
        "None" => Some(Method::Plain),
        "V2" => Some(Method::Rc4),
        "AESV2" => Some(Method::Aes128),
        "AESV3" => Some(Method::Aes256),
        _ => None,
    }
}

/// What the dictionary holds to tell the right password by.
struct Secret {
    owner: Vec<u8>,
    user: Vec<u8>,
    /// The key of AES-256, itself encrypted.
    user_key: Vec<u8>,
    permissions: [u8; 4],
    id: Vec<u8>,
    is_metadata_plain: bool,
}

impl Secret {
    fn of(store: &Store<'_>, dict: &Dict, id: &[u8]) -> Option<Self> {
        let text = |key: &str| match store.field(dict, key) {
            Some(Object::Text(text)) => Some(text),
            _ => None,
        };
        let permissions = store.field(dict, "P")?.number()?;
        Some(Secret {
            owner: text("O")?,
            user: text("U")?,
            user_key: text("UE").unwrap_or_default(),
            // Written with a sign or without one.
            permissions: (permissions as i64 as u32).to_le_bytes(),
            id: id.to_vec(),
            is_metadata_plain: store.field(dict, "EncryptMetadata") == Some(Object::Bool(false)),
        })
    }

    /// Returns the key under the empty password of revisions 2 to 4 (algorithms 2, 4 and 5); writers do not agree on where
    /// its length stands.
    fn key(&self, revision: usize, claimed: usize) -> Option<Vec<u8>> {
        let lengths = if revision == 2 { [5, 5] } else { [claimed / 8, 16] };
        let mut keys = lengths
            .into_iter()
            .filter(|length| (5..=16).contains(length))
            .map(|length| self.key_of_length(revision, length));
        keys.find(|key| self.opens(revision, key))
    }

    fn key_of_length(&self, revision: usize, length: usize) -> Vec<u8> {
        let mut digest = Md5::new()
            .chain_update(PADDING)
            .chain_update(self.owner.get(..32).unwrap_or(&self.owner))
            .chain_update(self.permissions)
            .chain_update(&self.id);
        if revision >= 4 && self.is_metadata_plain {
            digest.update([0xff; 4]);
        }
        let mut key = digest.finalize().to_vec();
        key.truncate(length);
        if revision >= 3 {
            for _ in 0..50 {
                key = Md5::digest(&key).to_vec();
                key.truncate(length);
            }
        }
        key
    }

    fn opens(&self, revision: usize, key: &[u8]) -> bool {
        if revision == 2 {
            return self.user.get(..32) == Some(&rc4(key, &PADDING));
        }
        let digest = Md5::new().chain_update(PADDING).chain_update(&self.id).finalize();
        let expected = (0..20u8).fold(digest.to_vec(), |bytes, round| {
            let key: Vec<u8> = key.iter().map(|byte| byte ^ round).collect();
            rc4(&key, &bytes)
        });
        self.user.get(..16) == Some(&expected)
    }

    /// Returns the key under the empty password of revisions 5 and 6 (algorithm 2.A).
    fn wide_key(&self, revision: usize) -> Option<Vec<u8>> {
        let hash = |salt: &[u8]| match revision {
            5 => Sha256::digest(salt).to_vec(),
            _ => hardened(salt),
        };
        let (expected, salts) = self.user.get(..48)?.split_at_checked(32)?;
        let (validation, key) = salts.split_at_checked(8)?;
        if hash(validation) != expected {
            return None;
        }
        let sealed = self.user_key.get(..32)?;
        Some(cbc::<Aes256>(&hash(key), &[&[0; BLOCK], sealed].concat()))
    }
}

/// Returns the hash of revision 6 (algorithm 2.B) of the empty password and a salt.
fn hardened(salt: &[u8]) -> Vec<u8> {
    let mut key = Sha256::digest(salt).to_vec();
    for round in 0..ROUNDS {
        let (Some((aes_key, rest)), repeated) = (key.split_at_checked(BLOCK), key.repeat(64)) else {
            break;
        };
        let vector = rest.get(..BLOCK).unwrap_or_default();
        let sealed = cbc_sealed(aes_key, vector, &repeated);
        // 256 leaves a rest of one, so the sum of the digits has that of the number.
        let rest = sealed
            .iter()
            .take(BLOCK)
            .map(|byte| u32::from(*byte))
            .sum::<u32>()
            % 3;
        key = match rest {
            0 => Sha256::digest(&sealed).to_vec(),
            1 => Sha384::digest(&sealed).to_vec(),
            _ => Sha512::digest(&sealed).to_vec(),
        };
        if round >= 63 && sealed.last().is_none_or(|last| *last <= round - 31) {
            break;
        }
    }
    key.truncate(32);
    key
}

/// Decrypts blocks that are chained, of which the first is what the chain begins with; a rest of a block is left away.
fn cbc<C: KeyInit + BlockCipherDecrypt + BlockSizeUser>(key: &[u8], bytes: &[u8]) -> Vec<u8> {
    let Ok(cipher) = C::new_from_slice(key) else {
        return Vec::new();
    };
    let Some(body) = bytes.get(BLOCK..) else {
        return Vec::new();
    };
    let mut plain = body
        .get(..body.len() / BLOCK * BLOCK)
        .unwrap_or_default()
        .to_vec();
    cipher.decrypt_blocks(Array::slice_as_chunks_mut(&mut plain).0);
    for (byte, before) in plain.iter_mut().zip(bytes) {
        *byte ^= before;
    }
    plain
}

/// Encrypts whole blocks with AES-128 in a chain.
fn cbc_sealed(key: &[u8], vector: &[u8], bytes: &[u8]) -> Vec<u8> {
    let Ok(cipher) = Aes128::new_from_slice(key) else {
        return Vec::new();
    };
    let mut sealed = Vec::with_capacity(bytes.len());
    let mut before = vector.to_vec();
    for block in bytes.chunks_exact(BLOCK) {
        let mut mixed: Vec<u8> = block
            .iter()
            .zip(&before)
            .map(|(one, other)| one ^ other)
            .collect();
        cipher.encrypt_blocks(Array::slice_as_chunks_mut(&mut mixed).0);
        sealed.extend_from_slice(&mixed);
        before = mixed;
    }
    sealed
}

/// Returns bytes without the padding that says its own length; what is damaged stays as it is.
fn unpadded(mut bytes: Vec<u8>) -> Vec<u8> {
    if let Some(padding @ 1..=16) = bytes.last() {
        bytes.truncate(bytes.len() - usize::from(*padding));
    }
    bytes
}

fn rc4(key: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mut state: [u8; 256] = std::array::from_fn(|place| place as u8);
    let at = |state: &[u8; 256], place: u8| state.get(usize::from(place)).copied().unwrap_or_default();
    let mut other = 0u8;
    for (place, byte) in (0..=255u8).zip(key.iter().cycle()) {
        other = other.wrapping_add(at(&state, place)).wrapping_add(*byte);
        state.swap(place.into(), other.into());
    }
    let (mut place, mut other) = (0u8, 0u8);
    let mut next = |byte: &u8| {
        place = place.wrapping_add(1);
        let one = at(&state, place);
        other = other.wrapping_add(one);
        let two = at(&state, other);
        state.swap(place.into(), other.into());
        byte ^ at(&state, one.wrapping_add(two))
    };
    bytes.iter().map(&mut next).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ciphers_give_what_their_standards_show() {
        assert_eq!(rc4(b"Wiki", b"pedia"), [0x10, 0x21, 0xbf, 0x04, 0x20]);
        // FIPS 197, appendix C.1, with a chain that begins with zeros.
        let key: Vec<u8> = (0..16).collect();
        let plain: Vec<u8> = (0..16u8).map(|n| n * 17).collect();
        let sealed = cbc_sealed(&key, &[0; 16], &plain);
        assert_eq!(sealed.get(..4), Some(&[0x69, 0xc4, 0xe0, 0xd8][..]));
        assert_eq!(cbc::<Aes128>(&key, &[vec![0; 16], sealed].concat()), plain);
        assert_eq!(unpadded(vec![1, 2, 2, 2]), [1, 2]);
        assert_eq!(unpadded(vec![3, 17]), [3, 17]);
    }
}
