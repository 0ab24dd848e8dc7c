//! The hashes of MS-OFFCRYPTO, and the stretching of a password with them.

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::digest::Output;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// A hash that is computed here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    Md5,
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

macro_rules! with {
    ($hash:expr, $type:ident, $body:expr) => {
        match $hash {
            Hash::Md5 => {
                type $type = Md5;
                $body
            }
            Hash::Sha1 => {
                type $type = Sha1;
                $body
            }
            Hash::Sha256 => {
                type $type = Sha256;
                $body
            }
            Hash::Sha384 => {
                type $type = Sha384;
                $body
            }
            Hash::Sha512 => {
                type $type = Sha512;
                $body
            }
        }
    };
}

impl Hash {
    /// Returns the hash of a name as descriptors spell it (MS-OFFCRYPTO 2.3.4.10, `ST_HashAlgorithm`).
    pub fn named(name: &str) -> Option<Hash> {
        match name.to_ascii_uppercase().as_str() {
            "MD5" => Some(Hash::Md5),
            "SHA1" | "SHA-1" => Some(Hash::Sha1),
            "SHA256" | "SHA-256" => Some(Hash::Sha256),
            "SHA384" | "SHA-384" => Some(Hash::Sha384),
            "SHA512" | "SHA-512" => Some(Hash::Sha512),
            _ => None,
        }
    }

    /// Returns the name as it stands in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Hash::Md5 => "MD5",
            Hash::Sha1 => "SHA-1",
            Hash::Sha256 => "SHA-256",
            Hash::Sha384 => "SHA-384",
            Hash::Sha512 => "SHA-512",
        }
    }

    /// Hashes the parts in a row.
    pub fn of(self, parts: &[&[u8]]) -> Vec<u8> {
        with!(self, D, once::<D>(parts).to_vec())
    }

    /// Hashes the parts, then `rounds` times the round's number and the last hash (MS-OFFCRYPTO 2.3.4.11).
    pub fn stretch(self, parts: &[&[u8]], rounds: u32) -> Vec<u8> {
        with!(self, D, stretch::<D>(parts, rounds).to_vec())
    }

    /// Returns the HMAC (RFC 2104) of the bytes.
    pub fn mac(self, key: &[u8], bytes: &[u8]) -> Option<Vec<u8>> {
        with!(self, D, {
            let mut mac = Hmac::<D>::new_from_slice(key).ok()?;
            mac.update(bytes);
            Some(mac.finalize().into_bytes().to_vec())
        })
    }
}

fn once<D: Digest>(parts: &[&[u8]]) -> Output<D> {
    let mut digest = D::new();
    parts.iter().for_each(|part| digest.update(part));
    digest.finalize()
}

fn stretch<D: Digest>(parts: &[&[u8]], rounds: u32) -> Output<D> {
    let mut last = once::<D>(parts);
    for round in 0..rounds {
        let mut digest = D::new();
        digest.update(round.to_le_bytes());
        digest.update(&last);
        last = digest.finalize();
    }
    last
}

/// Returns a password in the form in which all but XOR hash it.
pub(super) fn wide(password: &str) -> Vec<u8> {
    password.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::Hash;

    #[test]
    fn stretching_hashes_the_number_of_the_round_first() {
        let twice = Hash::Sha1.of(&[
            &1u32.to_le_bytes(),
            &Hash::Sha1.of(&[&[0; 4], &Hash::Sha1.of(&[b"ab"])]),
        ]);
        assert_eq!(Hash::Sha1.stretch(&[b"a", b"b"], 2), twice);
    }

    #[test]
    fn names_are_those_of_the_descriptors() {
        assert_eq!(Hash::named("SHA-1"), Some(Hash::Sha1));
        assert_eq!(Hash::named("sha512"), Some(Hash::Sha512));
        assert_eq!(Hash::named("WHIRLPOOL"), None);
    }
}
