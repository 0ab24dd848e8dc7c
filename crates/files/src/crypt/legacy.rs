//! What Office 97 to 2003 encrypt with: XOR, RC4 (MS-OFFCRYPTO 2.3.6) and RC4 CryptoAPI (2.3.5), behind one face.

use super::digest::{Hash, wide};
use super::header::{Header, half};
use super::lock::Lock;
use super::rc4::Rc4;
use super::tell_scheme;
use super::xor::{self, Verifier};
use strongroom_model::{Gap, Report, Why};

/// An encryption of a legacy document whose parameters are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Legacy {
    Xor(Verifier),
    Rc4 {
        salt: [u8; 16],
        verifier: [u8; 16],
        verifier_hash: [u8; 16],
    },
    CryptoApi {
        header: Header,
        key_bytes: usize,
    },
}

/// What a right password gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// The array of XOR obfuscation.
    Xor([u8; 16]),
    /// What RC4 derives the key of each block from.
    Rc4([u8; 5]),
    /// The same of RC4 CryptoAPI, with the bytes of a key.
    CryptoApi { hash: Vec<u8>, key_bytes: usize },
}

/// Why no encryption could be read.
pub(super) enum Fault {
    /// It breaks off or contradicts itself.
    Damaged,
    /// It names what is not read here.
    Unsupported(String),
}

impl Fault {
    /// Tells an encryption of which nothing is known, and returns the gap that it leaves.
    pub(super) fn told(self, place: &str, damaged: &str, report: &mut Report) -> Gap {
        tell_scheme(place, "unknown", report);
        match self {
            Fault::Damaged => Gap::new(place, Why::Damaged, damaged),
            Fault::Unsupported(what) => Gap::new(place, Why::Encrypted, format!("{what} is not read")),
        }
    }
}

impl Legacy {
    /// Reads a header that begins with its version.
    pub fn read(bytes: &[u8]) -> Result<Legacy, Fault> {
        let body = bytes.get(4..).ok_or(Fault::Damaged)?;
        match (half(bytes, 0), half(bytes, 2)) {
            (Some(1), Some(1)) => Legacy::read_rc4(body).ok_or(Fault::Damaged),
            (Some(2..=4), Some(2)) => Legacy::new(Header::read(body).ok_or(Fault::Damaged)?),
            (Some(major), Some(minor)) => Err(Fault::Unsupported(format!(
                "an encryption of version {major}.{minor}"
            ))),
            _ => Err(Fault::Damaged),
        }
    }

    fn read_rc4(body: &[u8]) -> Option<Legacy> {
        Some(Legacy::Rc4 {
            salt: *body.first_chunk()?,
            verifier: *body.get(16..)?.first_chunk()?,
            verifier_hash: *body.get(32..)?.first_chunk()?,
        })
    }

    fn new(header: Header) -> Result<Legacy, Fault> {
        let bits = if header.key_bits == 0 { 40 } else { header.key_bits };
        let known = matches!(header.cipher, 0x6801 | 0) && matches!(header.hash, 0x8004 | 0);
        if header.external || !known || !(40..=128).contains(&bits) || bits % 8 != 0 {
            return Err(Fault::Unsupported(format!(
                "cipher {:#06x} with {bits} bits and hash {:#06x}",
                header.cipher, header.hash
            )));
        }
        let key_bytes = bits as usize / 8;
        Ok(Legacy::CryptoApi { header, key_bytes })
    }
}

impl Lock for Legacy {
    type Key = Key;

    fn scheme(&self) -> String {
        match self {
            Legacy::Xor(_) => "XOR obfuscation".to_owned(),
            Legacy::Rc4 { .. } => "RC4 with 40 bits".to_owned(),
            Legacy::CryptoApi { key_bytes, .. } => format!("RC4 CryptoAPI with {} bits", key_bytes * 8),
        }
    }

    fn rounds(&self) -> u64 {
        8
    }

    fn key(&self, password: &str) -> Option<Key> {
        let (key, verifier, told, hash) = match self {
            Legacy::Xor(verifier) => return xor::array(*verifier, password).map(Key::Xor),
            Legacy::Rc4 {
                salt,
                verifier,
                verifier_hash,
            } => (rc4_key(salt, password)?, verifier, &verifier_hash[..], Hash::Md5),
            Legacy::CryptoApi { header, key_bytes } => {
                let hash = Hash::Sha1.of(&[&header.salt, &wide(password)]);
                let key_bytes = *key_bytes;
                let key = Key::CryptoApi { hash, key_bytes };
                (key, &header.verifier, &header.verifier_hash[..], Hash::Sha1)
            }
        };
        let mut stream = key.cipher(0)?;
        let mut verifier = *verifier;
        stream.apply(&mut verifier);
        let mut told = told.to_vec();
        stream.apply(&mut told);
        let own = hash.of(&[&verifier]);
        (told.get(..own.len()) == Some(&own[..])).then_some(key)
    }
}

/// 2.3.6.2: five bytes of the password's hash and the salt, sixteen times.
fn rc4_key(salt: &[u8; 16], password: &str) -> Option<Key> {
    let hash = Hash::Md5.of(&[&wide(password)]);
    let short = hash.get(..5)?;
    let many: Vec<u8> = [short, &salt[..]].concat().repeat(16);
    Some(Key::Rc4(*Hash::Md5.of(&[&many]).first_chunk()?))
}

impl Key {
    /// Returns the stream cipher of a block; `None` for XOR, which has none.
    pub fn cipher(&self, block: u32) -> Option<Rc4> {
        match self {
            Key::Xor(_) => None,
            Key::Rc4(hash) => Some(Rc4::new(&Hash::Md5.of(&[hash, &block.to_le_bytes()]))),
            Key::CryptoApi { hash, key_bytes } => {
                let mut key = Hash::Sha1.of(&[hash, &block.to_le_bytes()]);
                key.truncate(*key_bytes);
                // A key of 40 bits is filled up with zeros to 128 (2.3.5.2).
                if *key_bytes == 5 {
                    key.resize(16, 0);
                }
                Some(Rc4::new(&key))
            }
        }
    }

    /// Decrypts a stream from its beginning in blocks of a size, each with a key of its own.
    pub fn decrypt_blocks(&self, size: usize, bytes: &mut [u8]) {
        for (number, block) in bytes.chunks_mut(size).enumerate() {
            let cipher = u32::try_from(number).ok().and_then(|number| self.cipher(number));
            if let Some(mut cipher) = cipher {
                cipher.apply(block);
            }
        }
    }
}
