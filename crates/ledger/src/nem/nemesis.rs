//! The nemesis block, as releases of the node ship it: the binary form in which the chain signs and hashes, every number
//! little-endian, every run of bytes behind its length.

use super::block::{Block, Kind, Transaction, moment, network};
use sha3::{Digest, Keccak256};
use strongroom_model::{Address, Gap, Reading, Why};

/// The type of the nemesis block, −1.
const NEMESIS: u32 = u32::MAX;
/// Bytes of what stands before the signature of a block or transaction: type, version, time, and the key with its length.
const HEAD: usize = 48;
/// Bytes of a signature with its length.
const SIGNATURE: usize = 68;
/// The fewest bytes that a transaction can have, its length included.
const LEAST: usize = 132;

/// Returns whether bytes begin as the nemesis block does.
pub(super) fn is(bytes: &[u8]) -> bool {
    bytes.starts_with(&NEMESIS.to_le_bytes())
        && bytes.get(12..16) == Some(&[32, 0, 0, 0])
        && bytes.len() > HEAD + SIGNATURE
}

impl Block {
    /// Reads the nemesis block from its binary form. A transaction that cannot be read is a gap.
    ///
    /// # Errors
    /// A sentence where this is no nemesis block.
    pub fn of_nemesis(bytes: &[u8]) -> Result<Block, String> {
        if !is(bytes) {
            return Err("it is no nemesis block".into());
        }
        let ends = || "it ends within its head".to_owned();
        let mut reader = Reader { rest: bytes };
        let (_, version) = (
            reader.number().ok_or_else(ends)?,
            reader.number().ok_or_else(ends)?,
        );
        let seconds = reader.number().ok_or_else(ends)?;
        let network = network(i64::from(version));
        let key = reader.key().ok_or("its signer is no public key")?;
        reader.run().ok_or_else(ends)?;
        let parent = reader.run().ok_or_else(ends)?;
        let height = reader.long().ok_or_else(ends)?;
        let count = reader.number().ok_or_else(ends)?;
        let mut block = Block {
            height,
            order: 0,
            id: hash(bytes).ok_or_else(ends)?,
            // The hash stands behind its own length.
            parent: hex(parent.get(4..).unwrap_or_default()),
            when: moment(i64::from(seconds)).ok_or("its time is beyond any calendar")?,
            network,
            harvester: Some(Address::of_nem_key(network, &key).as_str().to_owned()),
            transactions: Vec::new(),
            gaps: Vec::new(),
        };
        block.read_transactions(&mut reader, count);
        Ok(block)
    }

    fn read_transactions(&mut self, reader: &mut Reader<'_>, count: u32) {
        let place = |at: u32| format!("block {} transaction {at}", self.height);
        let fits = reader.rest.len() / LEAST;
        if count as usize > fits {
            let why = format!("it says {count} transactions, and has room for {fits}");
            self.gaps.push(Gap::new("nemesis", Why::Truncated, why));
        }
        let mut gaps = Vec::new();
        for at in 0..count {
            let Some(bytes) = reader.run() else {
                gaps.push(Gap::new(place(at), Why::Truncated, "the block ends"));
                break;
            };
            match transaction(bytes) {
                Ok(transaction) => self.transactions.push(transaction),
                Err(why) => gaps.push(Gap::new(place(at), Why::Damaged, why)),
            }
        }
        self.gaps.extend(gaps);
    }
}

/// Returns the hash of a block or transaction: of all of it but its signature.
fn hash(bytes: &[u8]) -> Option<String> {
    let (head, rest) = bytes.split_at_checked(HEAD)?;
    let mut hasher = Keccak256::new();
    hasher.update(head);
    hasher.update(rest.get(SIGNATURE..)?);
    Some(hex(&hasher.finalize()))
}

fn transaction(bytes: &[u8]) -> Result<Transaction, String> {
    let ends = || "it ends early".to_owned();
    let mut reader = Reader { rest: bytes };
    let (kind, version) = (
        reader.number().ok_or_else(ends)?,
        reader.number().ok_or_else(ends)?,
    );
    let network = network(i64::from(version));
    reader.number().ok_or_else(ends)?;
    let key = reader.key().ok_or("its signer is no public key")?;
    reader.run().ok_or_else(ends)?;
    let fee = reader.long().ok_or_else(ends)?;
    reader.number().ok_or_else(ends)?;
    let kind = match kind {
        0x101 => transfer(&mut reader)?,
        0x1001 => Kind::Modification,
        other => {
            return Err(format!(
                "a transaction of type {other:#x} stands in no nemesis block"
            ));
        }
    };
    Ok(Transaction {
        id: hash(bytes).ok_or_else(ends)?,
        signer: Address::of_nem_key(network, &key).as_str().to_owned(),
        fee,
        kind,
    })
}

fn transfer(reader: &mut Reader<'_>) -> Result<Kind, String> {
    let recipient = reader.run().and_then(|bytes| std::str::from_utf8(bytes).ok());
    let recipient = recipient.ok_or("its recipient is no text")?;
    let amount = reader.long().ok_or("it ends before its amount")?;
    match Address::read(recipient) {
        Reading::Opaque => Err(format!("its recipient {recipient:?} is no address")),
        Reading::Address { .. } | Reading::Malformed(_) => Ok(Kind::Transfer {
            recipient: recipient.to_owned(),
            amount,
            mosaics: Vec::new(),
        }),
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        Some(*bytes)
    }

    fn number(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn long(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }

    /// Reads a run of bytes behind its length.
    fn run(&mut self) -> Option<&'a [u8]> {
        let length = self.number()? as usize;
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }

    fn key(&mut self) -> Option<[u8; 32]> {
        self.run()?.try_into().ok()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
