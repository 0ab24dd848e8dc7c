//! Who can spend a coin, as its script says: a class and a payload, whatever the chain.

/// Who can spend an output. Equality is the chain-independent equality of addresses (see `strongroom_model::Address::key`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Owner {
    /// The hash of a public key: P2PKH, and P2PK by the hash of its key, since the same key spends both.
    KeyHash([u8; 20]),
    /// The hash of a script (BIP 16).
    ScriptHash([u8; 20]),
    /// The double SHA-256 of a script, on Bitcoin Cash (CHIP-2022-05).
    ScriptHash32([u8; 32]),
    /// A witness program of version 0 to 16 (BIP 141), 2 to 40 bytes: version 0 of 20 bytes is P2WPKH, of 32 bytes
    /// P2WSH, version 1 of 32 bytes P2TR (BIP 341).
    Witness {
        /// The version.
        version: u8,
        /// The program.
        program: Vec<u8>,
    },
    /// Any other script, by its SHA-256: bare multisig and what no class knows.
    Script([u8; 32]),
    /// Nobody: the script begins with OP_RETURN, or is longer than a script may be.
    Nobody,
    /// Litecoin's extension blocks: the coin went into MWEB and is seen no more.
    Mweb,
}

/// An owner as the ledger stores it: a byte for the class, then the payload.
///
/// `0` key hash, `1` script hash, `2` script, `3` nobody, `4` MWEB, `5` script hash of 32 bytes,
/// `16 + v` witness program of version v.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Code {
    bytes: [u8; 41],
    len: usize,
}

impl Code {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl Owner {
    /// Returns the stored form, or `None` for a witness program that no chain allows.
    pub(crate) fn code(&self) -> Option<Code> {
        let (class, payload): (u8, &[u8]) = match self {
            Owner::KeyHash(hash) => (0, hash),
            Owner::ScriptHash(hash) => (1, hash),
            Owner::Script(hash) => (2, hash),
            Owner::Nobody => (3, &[]),
            Owner::Mweb => (4, &[]),
            Owner::ScriptHash32(hash) => (5, hash),
            Owner::Witness { version, program } if *version <= 16 && (2..=40).contains(&program.len()) => {
                (16 + version, program)
            }
            Owner::Witness { .. } => return None,
        };
        let (mut bytes, len) = ([0; 41], 1 + payload.len());
        let (head, rest) = bytes.split_first_mut()?;
        *head = class;
        rest.get_mut(..payload.len())?.copy_from_slice(payload);
        Some(Code { bytes, len })
    }

    /// Returns the owner of a stored form, or `None` for bytes that are none.
    pub(crate) fn decode(code: &[u8]) -> Option<Owner> {
        let (class, payload) = code.split_first()?;
        Some(match class {
            0 => Owner::KeyHash(payload.try_into().ok()?),
            1 => Owner::ScriptHash(payload.try_into().ok()?),
            2 => Owner::Script(payload.try_into().ok()?),
            3 if payload.is_empty() => Owner::Nobody,
            4 if payload.is_empty() => Owner::Mweb,
            5 => Owner::ScriptHash32(payload.try_into().ok()?),
            16..=32 if (2..=40).contains(&payload.len()) => Owner::Witness {
                version: class - 16,
                program: payload.to_vec(),
            },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_is_stored_and_read_back() {
        let witness = |version, length| Owner::Witness {
            version,
            program: vec![7; length],
        };
        let owners = [
            Owner::KeyHash([1; 20]),
            Owner::ScriptHash([1; 20]),
            Owner::Script([2; 32]),
            Owner::Nobody,
            Owner::Mweb,
            Owner::ScriptHash32([3; 32]),
            witness(0, 20),
            witness(1, 32),
            witness(16, 2),
            witness(16, 40),
        ];
        for owner in owners {
            let code = owner.code().unwrap();
            assert_eq!(Owner::decode(code.as_bytes()), Some(owner));
        }
        assert!(witness(17, 20).code().is_none() && witness(0, 41).code().is_none());
        assert_eq!(Owner::decode(&[3, 0]), None);
        assert_eq!(Owner::decode(&[]), None);
    }
}
