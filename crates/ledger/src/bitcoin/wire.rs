//! A block as nodes send and store it: header, transactions with or without witnesses, and on Litecoin the mark of the
//! transaction that binds the extension block.
//!
//! Everything that the ledger needs is checked: ids are computed, transactions are held against the header's merkle root,
//! values against the chain's supply. Scripts are not run and signatures not verified.
//!
//! Sources: `primitives/transaction.h` and `primitives/block.h` of Bitcoin Core and Litecoin; BIP 34, BIP 141, BIP 144;
//! LIP 2 and 3.

use super::bytes::Bytes;
use super::chain::Chain;
use super::fault::{BlockFault, Fault};
use super::hash::{merkle_root, twice};
use super::header::Header;
use crate::{Block, Id, Input, OutPoint, Output, Owner, Transaction};
use strongroom_model::Moment;

/// Bytes of the least input (its script empty), output and transaction.
const LEAST_INPUT: usize = 41;
const LEAST_OUTPUT: usize = 9;
const LEAST_TRANSACTION: usize = 4 + 1 + LEAST_INPUT + 1 + LEAST_OUTPUT + 4;
/// Bytes of the least block.
pub(super) const LEAST_BLOCK: usize = Header::BYTES + 1 + LEAST_TRANSACTION;
/// What an input of a coinbase spends.
const NOTHING: OutPoint = OutPoint {
    transaction: Id([0; 32]),
    vout: u32::MAX,
};
const WITNESS: u8 = 1;
const EXTENSION: u8 = 8;

/// A block whose place in its chain is not known yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawBlock {
    /// Its id.
    pub id: Id,
    /// Its header.
    pub header: Header,
    /// Its transactions in block order.
    pub transactions: Vec<Transaction>,
    /// The height that its coinbase says (BIP 34), if it begins with one. Before the rule held, miners put other numbers there.
    pub said_height: Option<u32>,
}

impl RawBlock {
    /// Reads the bytes of one block. Its proof of work is not looked at.
    pub fn read(bytes: &[u8], chain: &Chain) -> Result<Self, BlockFault> {
        let mut bytes = Bytes::new(bytes);
        let header = Header::read(&mut bytes)?;
        let count = bytes.count(LEAST_TRANSACTION)?;
        let mut transactions = Vec::with_capacity(count);
        let (mut said_height, mut binds) = (None, false);
        for number in 0..count {
            let start = bytes;
            let read = transaction(&mut bytes, chain)?;
            if read.coinbase.is_some() != (number == 0) {
                return Err(start.fault(Fault::Coinbase));
            }
            said_height = said_height.or(read.coinbase.and_then(height));
            binds = read.binds;
            transactions.push(read.transaction);
        }
        check_end(&bytes, binds, transactions.len())?;
        let (root, twins) = merkle_root(transactions.iter().map(|transaction| transaction.id));
        let fault = match (root == header.merkle_root, twins) {
            (true, false) => None,
            (true, true) => Some(Fault::MerkleTwins),
            (false, _) => Some(Fault::MerkleRoot),
        };
        match fault {
            Some(fault) => Err(BlockFault { at: 0, fault }),
            None => Ok(RawBlock {
                id: header.id(),
                header,
                transactions,
                said_height,
            }),
        }
    }

    /// Returns the block at its place in its chain.
    pub fn at(self, height: u32) -> Block {
        Block {
            id: self.id,
            previous: self.header.previous,
            height,
            when: Moment::from_micros(i64::from(self.header.time) * 1_000_000),
            transactions: self.transactions,
        }
    }
}

/// The extension block stands behind the transaction that binds it, and is left alone; on every other block nothing follows.
fn check_end(bytes: &Bytes<'_>, binds: bool, transactions: usize) -> Result<(), BlockFault> {
    let trailing = bytes.rest().len() as u64;
    if transactions == 0 {
        return Err(bytes.fault(Fault::NoTransaction));
    }
    if trailing > 0 && !(binds && transactions > 1) {
        return Err(bytes.fault(Fault::Trailing(trailing)));
    }
    Ok(())
}

struct Read<'a> {
    transaction: Transaction,
    /// The script of a coinbase's input.
    coinbase: Option<&'a [u8]>,
    /// Whether it binds the extension block to the chain.
    binds: bool,
}

fn transaction<'a>(bytes: &mut Bytes<'a>, chain: &Chain) -> Result<Read<'a>, BlockFault> {
    let start = bytes.at();
    let version: [u8; 4] = bytes.array()?;
    let flags = flags(bytes, chain)?;
    let body = bytes.at();
    let (inputs, coinbase) = inputs(bytes)?;
    let outputs = outputs(bytes, chain)?;
    let body = bytes.since(body);
    if flags & WITNESS != 0 {
        let count = inputs.len().max(usize::from(coinbase.is_some()));
        witnesses(bytes, count)?;
    }
    let binds = flags & EXTENSION != 0;
    if binds && bytes.byte()? != 0 {
        return Err(bytes.fault(Fault::ExtensionData));
    }
    let lock_time: [u8; 4] = bytes.array()?;
    let id = match flags {
        0 => twice(&[bytes.since(start)]),
        _ => twice(&[&version, body, &lock_time]),
    };
    Ok(Read {
        transaction: Transaction { id, inputs, outputs },
        coinbase,
        binds,
    })
}

/// Reads the marker and flags of the extended form; zero is the plain one.
fn flags(bytes: &mut Bytes<'_>, chain: &Chain) -> Result<u8, BlockFault> {
    if chain.part.is_none() || bytes.rest().first() != Some(&0) {
        return Ok(0);
    }
    bytes.take(1)?;
    let known = WITNESS | if chain.extension_blocks { EXTENSION } else { 0 };
    match bytes.byte()? {
        0 => Err(bytes.fault(Fault::Empty("input"))),
        flags if flags & !known == 0 => Ok(flags),
        flags => Err(bytes.fault(Fault::Flag(flags))),
    }
}

type Inputs<'a> = (Vec<Input>, Option<&'a [u8]>);

/// Reads the inputs; those of a coinbase are none, and its script is returned instead.
fn inputs<'a>(bytes: &mut Bytes<'a>) -> Result<Inputs<'a>, BlockFault> {
    let count = bytes.count(LEAST_INPUT)?;
    if count == 0 {
        return Err(bytes.fault(Fault::Empty("input")));
    }
    let mut inputs = Vec::with_capacity(count);
    let mut coinbase = None;
    for _ in 0..count {
        let spends = OutPoint {
            transaction: Id(bytes.array()?),
            vout: bytes.u32()?,
        };
        let script = bytes.sized()?;
        bytes.take(4)?;
        match spends == NOTHING {
            true if count == 1 => coinbase = Some(script),
            true => return Err(bytes.fault(Fault::Coinbase)),
            false => inputs.push(Input { spends, known: None }),
        }
    }
    Ok((inputs, coinbase))
}

fn outputs(bytes: &mut Bytes<'_>, chain: &Chain) -> Result<Vec<Output>, BlockFault> {
    let count = bytes.count(LEAST_OUTPUT)?;
    if count == 0 {
        return Err(bytes.fault(Fault::Empty("output")));
    }
    let mut outputs = Vec::with_capacity(count);
    let mut sum = 0_u64;
    for _ in 0..count {
        let start = *bytes;
        let value = bytes.u64()?;
        sum = sum.saturating_add(value);
        if sum > chain.supply {
            return Err(start.fault(Fault::Money(sum)));
        }
        let owner = Owner::of_script(bytes.sized()?, chain);
        outputs.push(Output { value, owner });
    }
    Ok(outputs)
}

fn witnesses(bytes: &mut Bytes<'_>, inputs: usize) -> Result<(), BlockFault> {
    let mut items = 0;
    for _ in 0..inputs {
        let count = bytes.count(1)?;
        items += count;
        for _ in 0..count {
            bytes.sized()?;
        }
    }
    match items {
        0 => Err(bytes.fault(Fault::NoWitness)),
        _ => Ok(()),
    }
}

/// Returns the height that a coinbase's script begins with: a small number's opcode, or a push of a positive number.
fn height(script: &[u8]) -> Option<u32> {
    match script {
        [0, ..] => Some(0),
        [opcode @ 0x51..=0x60, ..] => Some(u32::from(opcode - 0x50)),
        [length @ 1..=4, rest @ ..] => {
            let number = rest.get(..usize::from(*length))?;
            let shortest = match number {
                [.., before, 0] => before & 0x80 != 0,
                [.., last] => *last != 0,
                [] => false,
            };
            let positive = number.last()? & 0x80 == 0;
            let value = number
                .iter()
                .rev()
                .fold(0, |value, byte| value << 8 | u32::from(*byte));
            (shortest && positive).then_some(value)
        }
        _ => None,
    }
}
