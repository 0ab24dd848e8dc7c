//! Who can spend a coin, as its script says: a class and a payload, whatever the chain.

/// Who can spend an output. Equality is the chain-independent equality of addresses (see `strongroom_model::Address::key`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Owner {
    /// The hash of a public key: P2PKH, and P2PK by the hash of its key, since the same key spends both.
    KeyHash([u8; 20]),
    /// The hash of a script (BIP 16).
    ScriptHash([u8; 20]),
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
