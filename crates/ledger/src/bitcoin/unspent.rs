//! Sets of unspent outputs: what is known of the time before a ledger begins.
//!
//! Three files are read: Bitcoin Core's `dumptxoutset` in the form of version 28 and later (a magic, the network, outputs
//! grouped by transaction) and in the one before (no magic, each output with its transaction), and the plain rows of btcd's tests. No
//! checksum stands in any of them: the count of outputs is what can be held against the file.
//!
//! Sources: `node/utxo_snapshot.h` and `rpc/blockchain.cpp` of Bitcoin Core; `blockchain/utxoviewpoint.go` of btcd.

use super::chain::Chain;
use super::compressed::{Coin, array, wrong};
use crate::{Block, Id, OutPoint, Output};
use std::collections::{HashMap, HashSet};
use std::io::{self, Read};

const MAGIC: [u8; 5] = *b"utxo\xff";
const VERSION: u16 = 2;

/// An output that nobody had spent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unspent {
    /// Where it was made.
    pub place: OutPoint,
    /// The height of the block that made it.
    pub height: u32,
    /// Whether a coinbase made it.
    pub coinbase: bool,
    /// The output.
    pub output: Output,
}

/// Why a file is no set of unspent outputs.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnspentFault {
    /// The form is newer than what is read.
    #[error("version {0} of a set of unspent outputs is not known")]
    Version(u16),
    /// The set is another network's.
    #[error("the set of unspent outputs is not one of {0}")]
    OtherChain(&'static str),
    /// An output cannot be read.
    #[error("unspent output {number} cannot be read")]
    Output {
        /// Which one, counted from 0.
        number: u64,
        /// What is wrong.
        source: io::Error,
    },
    /// The head cannot be read.
    #[error("the head of the set of unspent outputs cannot be read")]
    Head(#[source] io::Error),
    /// The file goes on behind the last output that its head counts.
    #[error("the set of unspent outputs goes on behind its {0} outputs")]
    Longer(u64),
}

/// How the outputs of a set follow on each other.
enum Form {
    /// Each with its transaction.
    Single,
    /// Grouped by transaction; how many are left of the group.
    Grouped { transaction: Id, left: u64 },
    /// Rows with their length.
    Rows,
}

/// A set of unspent outputs, read one by one.
pub struct UnspentOutputs<R> {
    reader: R,
    chain: &'static Chain,
    form: Form,
    block: Option<Id>,
    /// How many there are, where the head says so.
    count: Option<u64>,
    read: u64,
    ended: bool,
}

impl<R: Read> UnspentOutputs<R> {
    /// Reads a set that `dumptxoutset` wrote, of either form.
    pub fn of_core(mut reader: R, chain: &'static Chain) -> Result<Self, UnspentFault> {
        let head: [u8; 5] = array(&mut reader).map_err(UnspentFault::Head)?;
        let (form, block) = match head == MAGIC {
            true => (
                Form::Grouped {
                    transaction: Id::default(),
                    left: 0,
                },
                new_head(&mut reader, chain)?,
            ),
            false => {
                // What was read is the beginning of the block's id.
                let rest: [u8; 27] = array(&mut reader).map_err(UnspentFault::Head)?;
                let mut id = [0; 32];
                id.iter_mut()
                    .zip(head.iter().chain(&rest))
                    .for_each(|(to, from)| *to = *from);
                (Form::Single, Id(id))
            }
        };
        let count = array(&mut reader)
            .map(u64::from_le_bytes)
            .map_err(UnspentFault::Head)?;
        Ok(UnspentOutputs {
            reader,
            chain,
            form,
            block: Some(block),
            count: Some(count),
            read: 0,
            ended: false,
        })
    }

    /// Reads rows of transaction, output number, length, and as many bytes of the short form; they end with the file.
    pub fn of_rows(reader: R, chain: &'static Chain) -> Self {
        UnspentOutputs {
            reader,
            chain,
            form: Form::Rows,
            block: None,
            count: None,
            read: 0,
            ended: false,
        }
    }

    /// Returns the last block that the set knows of, where it says so.
    pub fn block(&self) -> Option<Id> {
        self.block
    }

    /// Returns how many outputs its head counts.
    pub fn outputs(&self) -> Option<u64> {
        self.count
    }

    fn one(&mut self) -> io::Result<Option<Unspent>> {
        let chain = self.chain;
        let reader = &mut self.reader;
        let (place, coin) = match &mut self.form {
            Form::Single => {
                let transaction = Id(array(reader)?);
                let vout = u32::from_le_bytes(array(reader)?);
                (OutPoint { transaction, vout }, Coin::read(reader, chain)?)
            }
            Form::Grouped { transaction, left } => {
                if *left == 0 {
                    *transaction = Id(array(reader)?);
                    *left = compact(reader)?;
                }
                *left = left
                    .checked_sub(1)
                    .ok_or_else(|| wrong("its transaction has none"))?;
                let vout =
                    u32::try_from(compact(reader)?).map_err(|_| wrong("its number is over 32 bits"))?;
                let transaction = *transaction;
                (OutPoint { transaction, vout }, Coin::read(reader, chain)?)
            }
            Form::Rows => {
                let Some(first) = first_byte(reader)? else {
                    return Ok(None);
                };
                let rest: [u8; 31] = array(reader)?;
                let mut id = [first; 32];
                id.iter_mut().skip(1).zip(rest).for_each(|(to, from)| *to = from);
                let vout = u32::from_le_bytes(array(reader)?);
                let length = u64::from(u32::from_le_bytes(array(reader)?));
                let mut row = reader.take(length);
                let coin = Coin::read(&mut row, chain)?;
                if row.limit() != 0 {
                    return Err(wrong("its row is longer than the output"));
                }
                let transaction = Id(id);
                (OutPoint { transaction, vout }, coin)
            }
        };
        Ok(Some(Unspent {
            place,
            height: coin.height,
            coinbase: coin.coinbase,
            output: coin.output,
        }))
    }

    fn end(&mut self) -> Option<Result<Unspent, UnspentFault>> {
        self.ended = true;
        let output = |source| UnspentFault::Output {
            number: self.read,
            source,
        };
        if matches!(self.form, Form::Grouped { left: 1.., .. }) {
            return Some(Err(output(wrong(
                "its transaction has it, and the head counts none",
            ))));
        }
        match first_byte(&mut self.reader) {
            Ok(None) => None,
            Ok(Some(_)) => Some(Err(UnspentFault::Longer(self.read))),
            Err(source) => Some(Err(output(source))),
        }
    }
}

impl<R: Read> Iterator for UnspentOutputs<R> {
    type Item = Result<Unspent, UnspentFault>;

    /// Returns the next output. The first fault is the last item.
    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        if self.count == Some(self.read) {
            return self.end();
        }
        let number = self.read;
        self.read += 1;
        match self.one() {
            Ok(Some(unspent)) => Some(Ok(unspent)),
            Ok(None) => {
                self.ended = true;
                None
            }
            Err(source) => {
                self.ended = true;
                Some(Err(UnspentFault::Output { number, source }))
            }
        }
    }
}

fn new_head(reader: &mut impl Read, chain: &'static Chain) -> Result<Id, UnspentFault> {
    let version = array(reader)
        .map(u16::from_le_bytes)
        .map_err(UnspentFault::Head)?;
    if version != VERSION {
        return Err(UnspentFault::Version(version));
    }
    let magic: [u8; 4] = array(reader).map_err(UnspentFault::Head)?;
    if !chain.magics.contains(&magic) {
        return Err(UnspentFault::OtherChain(chain.name));
    }
    array(reader).map(Id).map_err(UnspentFault::Head)
}

fn compact(reader: &mut impl Read) -> io::Result<u64> {
    let [first] = array(reader)?;
    Ok(match first {
        0xfd => u64::from(u16::from_le_bytes(array(reader)?)),
        0xfe => u64::from(u32::from_le_bytes(array(reader)?)),
        0xff => u64::from_le_bytes(array(reader)?),
        small => u64::from(small),
    })
}

/// Returns the next byte, or nothing at the end.
fn first_byte(reader: &mut impl Read) -> io::Result<Option<u8>> {
    let mut byte = Vec::with_capacity(1);
    reader.take(1).read_to_end(&mut byte)?;
    Ok(byte.first().copied())
}

/// Outputs of the time before a ledger, kept for the blocks that spend them.
///
/// A whole set does not fit into memory (some 180 million outputs), but what a range of blocks spends does: [`want`](Self::want) of each block
/// first, then [`keep`](Self::keep) of the set, then [`fill`](Self::fill) each block as it is handed to the ledger.
#[derive(Clone, Debug, Default)]
pub struct KnownOutputs {
    wanted: HashSet<OutPoint>,
    known: HashMap<OutPoint, Output>,
}

impl KnownOutputs {
    /// Notes what a block spends.
    pub fn want(&mut self, block: &Block) {
        for input in block
            .transactions
            .iter()
            .flat_map(|transaction| &transaction.inputs)
        {
            self.wanted.insert(input.spends);
        }
    }

    /// Keeps an output, if a block that was noted spends it.
    pub fn keep(&mut self, unspent: Unspent) {
        if self.wanted.contains(&unspent.place) {
            self.known.insert(unspent.place, unspent.output);
        }
    }

    /// Gives a block's inputs the outputs that are known for them, and forgets those; returns how many inputs got one.
    pub fn fill(&mut self, block: &mut Block) -> usize {
        let mut filled = 0;
        for input in block
            .transactions
            .iter_mut()
            .flat_map(|transaction| &mut transaction.inputs)
        {
            if let Some(known) = self.known.remove(&input.spends) {
                input.known = Some(known);
                filled += 1;
            }
        }
        filled
    }
}
