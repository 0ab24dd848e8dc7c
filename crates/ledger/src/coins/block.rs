//! A block of a chain of coins, as every such chain can say it: what a decoder yields and the ledger takes.

use super::Owner;
use std::fmt;
use strongroom_model::Moment;

/// The 32 bytes that a block or a transaction is known by, in the order in which they are hashed.
///
/// Written out, their order is turned round, as every explorer and node does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub [u8; 32]);

impl Id {
    /// Returns the id that a text of 64 hexadecimal digits spells.
    pub fn read(text: &str) -> Option<Self> {
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, at) in bytes.iter_mut().rev().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
        }
        text.bytes()
            .all(|digit| digit.is_ascii_hexdigit())
            .then_some(Id(bytes))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().rev().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// One output of one transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutPoint {
    /// The transaction.
    pub transaction: Id,
    /// The output's number in it, counted from 0.
    pub vout: u32,
}

impl fmt::Display for OutPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.transaction, self.vout)
    }
}

/// A coin: its value and whoever can spend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Base units.
    pub value: u64,
    /// Who can spend it, as its script says.
    pub owner: Owner,
}

/// What a transaction spends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The output that is spent.
    pub spends: OutPoint,
    /// That output itself, where the source says it along: what a ledger that begins in the middle of a chain knows of
    /// the time before.
    pub known: Option<Output>,
}

/// A transaction. A coinbase has no inputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// Its id.
    pub id: Id,
    /// What it spends, in order; none in a coinbase.
    pub inputs: Vec<Input>,
    /// What it makes, in order.
    pub outputs: Vec<Output>,
}

/// A block, its transactions in block order, the coinbase first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its id.
    pub id: Id,
    /// The block before it; zeros for the first of a chain.
    pub previous: Id,
    /// Blocks before it in its chain.
    pub height: u32,
    /// The time that its header says.
    pub when: Moment,
    /// Its transactions.
    pub transactions: Vec<Transaction>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_written_in_the_order_of_explorers() {
        let genesis = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f";
        let id = Id::read(genesis).unwrap();
        assert_eq!((id.0[0], id.0[31]), (0x6f, 0));
        assert_eq!(id.to_string(), genesis);
        assert_eq!(Id::read(&genesis[1..]), None);
        assert_eq!(Id::read(&format!("+{}", &genesis[1..])), None);
    }
}
