//! A block and its transactions, as every source can say them. Accounts are addresses: canonical where their checksum holds.

use super::mosaic::{Definition, Mosaic};
use strongroom_model::{Address, Gap, Moment};

/// Seconds from 1970 to the nemesis block, 2015-03-29T00:06:25Z, from which the chain counts its time.
const NEMESIS: i64 = 1_427_587_585;

/// A block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its height; the nemesis block has height 1.
    pub height: u64,
    /// Its place among blocks of one height: of transactions without their blocks, the number that the node keeps them
    /// under.
    pub order: u64,
    /// Its id, 64 hexadecimal digits; empty where the source does not say it.
    pub id: String,
    /// The id of the block before it.
    pub parent: String,
    /// When it was made.
    pub when: Moment,
    /// Its network's byte: 0x68 is the main network.
    pub network: u8,
    /// The address of the key that signed it; none where the source has transactions without their blocks.
    pub harvester: Option<String>,
    /// Its transactions, in order.
    pub transactions: Vec<Transaction>,
    /// What of it could not be read.
    pub gaps: Vec<Gap>,
}

/// A transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// Its id, 64 hexadecimal digits; empty where the source does not say it.
    pub id: String,
    /// Who made it.
    pub signer: String,
    /// Its fee, in micro XEM.
    pub fee: u64,
    /// What it does.
    pub kind: Kind,
}

/// What a transaction does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// XEM, or so many times a bag of mosaics, goes to an account.
    Transfer {
        /// Who receives.
        recipient: String,
        /// Micro XEM; with mosaics, millionths of how often the bag goes.
        amount: u64,
        /// The bag, in smallest units.
        mosaics: Vec<(Mosaic, u64)>,
    },
    /// A key begins or ceases to harvest for the signer.
    Importance {
        /// The address of the key.
        remote: String,
        /// Whether it begins.
        begins: bool,
    },
    /// Cosignatories change.
    Modification,
    /// Another account's transaction, made by one of its cosignatories.
    Multisig {
        /// What the multisig account does.
        inner: Box<Transaction>,
        /// The fees of the other cosignatories' signatures.
        signatures: Vec<u64>,
    },
    /// A namespace is rented.
    Namespace {
        /// Who receives the rent.
        sink: String,
        /// Micro XEM.
        rent: u64,
    },
    /// A mosaic is defined, or defined anew.
    Definition {
        /// Who receives the price of it.
        sink: String,
        /// Micro XEM.
        price: u64,
        /// What is defined.
        definition: Definition,
    },
    /// The supply of a mosaic changes.
    Supply {
        /// The mosaic.
        mosaic: Mosaic,
        /// Whether there is more of it.
        more: bool,
        /// Whole units.
        delta: u64,
    },
}

/// The byte of the main network.
const MAIN: u8 = 0x68;

/// Returns the name of a network's chain: `nem`, or for others than the main network `nem-` and its byte in hexadecimal digits.
pub fn chain_name(network: u8) -> String {
    match network {
        MAIN => "nem".into(),
        network => format!("nem-{network:x}"),
    }
}

/// Returns the moment of a time of the chain.
pub(super) fn moment(seconds: i64) -> Option<Moment> {
    Moment::from_seconds(seconds.checked_add(NEMESIS)?)
}

/// Returns the network's byte of a version.
pub(super) fn network(version: i64) -> u8 {
    ((version >> 24) & 0xff) as u8
}

/// Returns the address of a public key in hexadecimal digits.
pub(super) fn address_of_key(network: u8, digits: &str) -> Option<String> {
    let bytes = key(digits)?;
    Some(Address::of_nem_key(network, &bytes).as_str().to_owned())
}

fn key(digits: &str) -> Option<[u8; 32]> {
    if digits.len() != 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()?;
    }
    Some(bytes)
}
