//! Blocks as nodes tell them: the answer to `getblock` with verbosity 2, or 3, which says what the inputs spend.
//!
//! The node is believed for what a block's transactions hold; that the block is the one of its id, and the transactions those of the
//! block, is computed. Amounts are taken from the text of the answer, never through a float.
//!
//! Source: `rpc/blockchain.cpp` and `core_write.cpp` of Bitcoin Core; litecoind and Bitcoin Cash Node answer alike.

use super::chain::Chain;
use super::hash::merkle_root;
use super::header::Header;
use super::wire::RawBlock;
use crate::{Block, Id, Input, OutPoint, Output, Owner, Transaction};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Decimal places of a coin on all chains that are read.
const PLACES: i64 = 8;

/// Why a node's answer is no block.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NodeFault {
    /// The node says that it cannot answer.
    #[error("the node refuses: {message} (code {code})")]
    Refused {
        /// Its number: -5 for an unknown block, -8 for a height that it does not have, -28 while it starts.
        code: i64,
        /// Its words.
        message: String,
    },
    /// The answer is no JSON, or not of the shape of a block with its transactions.
    #[error("the node's answer is no block with its transactions")]
    Shape(#[from] serde_json::Error),
    /// A field is missing or holds something else.
    #[error("the node's answer has no right {0}")]
    Field(&'static str),
    /// A value that is no amount of whole base units.
    #[error("{0:?} is no amount with at most eight decimal places")]
    Amount(String),
    /// The header's fields do not hash to the id.
    #[error("the block's header does not hash to its id {0}")]
    Id(Id),
    /// The transactions are not those that the header stands for.
    #[error("the transactions are not those of block {0}: their merkle root differs")]
    MerkleRoot(Id),
    /// A transaction's outputs are over the chain's supply.
    #[error("transaction {0} has outputs over what the chain will ever have")]
    Money(Id),
    /// A coinbase where none may be, or none where one must be.
    #[error("transaction {0} is a coinbase and not the first, or the first and none")]
    Coinbase(Id),
    /// Another block than the one that was asked for.
    #[error("the node answers with block {answered} at height {height}, not with {asked}")]
    OtherBlock {
        /// The block that was asked for.
        asked: Id,
        /// The block that came.
        answered: Id,
        /// Its height.
        height: u32,
    },
}

#[derive(Deserialize)]
struct NodeBlock<'a> {
    hash: &'a str,
    height: u32,
    version: i32,
    previousblockhash: Option<&'a str>,
    merkleroot: &'a str,
    time: u32,
    bits: &'a str,
    nonce: u32,
    #[serde(borrow)]
    tx: Vec<NodeTransaction<'a>>,
}

#[derive(Deserialize)]
struct NodeTransaction<'a> {
    txid: &'a str,
    #[serde(borrow)]
    vin: Vec<NodeInput<'a>>,
    #[serde(borrow)]
    vout: Vec<NodeOutput<'a>>,
}

#[derive(Deserialize)]
struct NodeInput<'a> {
    coinbase: Option<&'a str>,
    txid: Option<&'a str>,
    vout: Option<u32>,
    #[serde(borrow)]
    prevout: Option<NodeOutput<'a>>,
    /// Litecoin: an input inside the extension block.
    #[serde(default)]
    ismweb: bool,
}

#[derive(Deserialize)]
struct NodeOutput<'a> {
    #[serde(borrow)]
    value: Option<&'a RawValue>,
    n: Option<u32>,
    #[serde(borrow, rename = "scriptPubKey")]
    script: Option<NodeScript<'a>>,
    #[serde(default)]
    ismweb: bool,
}

#[derive(Deserialize)]
struct NodeScript<'a> {
    #[serde(borrow)]
    hex: Cow<'a, str>,
}

impl Block {
    /// Reads the result of `getblock` with verbosity 2 or 3; with 3, inputs know what they spend.
    pub fn of_node(result: &str, chain: &Chain) -> Result<Self, NodeFault> {
        let block: NodeBlock<'_> = serde_json::from_str(result)?;
        let header = header(&block)?;
        let id = id(block.hash, "hash")?;
        if header.id() != id {
            return Err(NodeFault::Id(id));
        }
        let read = |(number, transaction)| read_transaction(number == 0, transaction, chain);
        let transactions: Vec<Transaction> = (0_u32..).zip(block.tx).map(read).collect::<Result<_, _>>()?;
        match merkle_root(transactions.iter().map(|transaction| transaction.id)) {
            (root, false) if root == header.merkle_root && !transactions.is_empty() => (),
            _ => return Err(NodeFault::MerkleRoot(id)),
        }
        let raw = RawBlock {
            id,
            header,
            transactions,
            said_height: None,
        };
        Ok(raw.at(block.height))
    }
}

fn header(block: &NodeBlock<'_>) -> Result<Header, NodeFault> {
    Ok(Header {
        version: block.version,
        // The first block has none before it.
        previous: block
            .previousblockhash
            .map_or(Ok(Id::default()), |text| id(text, "previousblockhash"))?,
        merkle_root: id(block.merkleroot, "merkleroot")?,
        time: block.time,
        bits: u32::from_str_radix(block.bits, 16).map_err(|_| NodeFault::Field("bits"))?,
        nonce: block.nonce,
    })
}

fn read_transaction(
    first: bool,
    transaction: NodeTransaction<'_>,
    chain: &Chain,
) -> Result<Transaction, NodeFault> {
    let id = id(transaction.txid, "txid")?;
    let coinbase = matches!(transaction.vin.as_slice(), [input] if input.coinbase.is_some());
    let stray = transaction.vin.iter().any(|input| input.coinbase.is_some()) != coinbase;
    if coinbase != first || stray {
        return Err(NodeFault::Coinbase(id));
    }
    let inputs = transaction
        .vin
        .into_iter()
        .filter(|input| input.coinbase.is_none() && !input.ismweb)
        .map(|input| read_input(input, chain))
        .collect::<Result<_, _>>()?;
    let mut outputs = Vec::with_capacity(transaction.vout.len());
    let mut sum = 0_u64;
    for (place, output) in (0..).zip(transaction.vout.into_iter().filter(|output| !output.ismweb)) {
        if output.n.is_some_and(|n| n != place) {
            return Err(NodeFault::Field("order of outputs"));
        }
        let output = read_output(&output, chain)?;
        sum = sum.saturating_add(output.value);
        outputs.push(output);
    }
    match sum > chain.supply {
        true => Err(NodeFault::Money(id)),
        false => Ok(Transaction { id, inputs, outputs }),
    }
}

fn read_input(input: NodeInput<'_>, chain: &Chain) -> Result<Input, NodeFault> {
    let spends = OutPoint {
        transaction: id(
            input.txid.ok_or(NodeFault::Field("txid of an input"))?,
            "txid of an input",
        )?,
        vout: input.vout.ok_or(NodeFault::Field("vout of an input"))?,
    };
    let known = input.prevout.map(|output| read_output(&output, chain));
    Ok(Input {
        spends,
        known: known.transpose()?,
    })
}

fn read_output(output: &NodeOutput<'_>, chain: &Chain) -> Result<Output, NodeFault> {
    let text = output.value.ok_or(NodeFault::Field("value of an output"))?.get();
    let script = output.script.as_ref().and_then(|script| bytes(&script.hex));
    let script = script.ok_or(NodeFault::Field("script of an output"))?;
    Ok(Output {
        value: amount(text).ok_or_else(|| NodeFault::Amount(text.to_owned()))?,
        owner: Owner::of_script(&script, chain),
    })
}

fn id(text: &str, field: &'static str) -> Result<Id, NodeFault> {
    Id::read(text).ok_or(NodeFault::Field(field))
}

/// Returns the bytes that hexadecimal digits spell.
pub(super) fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pair = |pair: &[u8]| match pair {
        [high, low] => u8::try_from(digit(*high)? << 4 | digit(*low)?).ok(),
        _ => None,
    };
    hex.as_bytes().chunks(2).map(pair).collect()
}

/// Returns the base units of a decimal number as JSON has it, exponents and quotes included ("0.00012", "1.2e-4"). What is left
/// below a base unit makes it none.
fn amount(text: &str) -> Option<u64> {
    let bare = text.trim().trim_matches('"');
    let (number, exponent) = match bare.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.parse::<i16>().ok()?),
        None => (bare, 0),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = [whole, fraction].concat();
    if whole.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = digits.trim_start_matches('0');
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return Some(0);
    }
    // The place of the last significant digit, in powers of ten of a base unit.
    let trimmed = i64::try_from(digits.len() - significant.len()).ok()?;
    let shift = PLACES + i64::from(exponent) - i64::try_from(fraction.len()).ok()? + trimmed;
    let factor = 10_u64.checked_pow(u32::try_from(shift).ok()?)?;
    significant.parse::<u64>().ok()?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    #[test]
    fn an_amount_is_read_to_the_base_unit_or_not_at_all() {
        for (text, units) in [
            ("0.00000001", 1),
            ("50.00000000", 5_000_000_000),
            ("50", 5_000_000_000),
            ("0.0", 0),
            ("20999999.97690000", 2_099_999_997_690_000),
            ("\"0.5\"", 50_000_000),
            ("1e-8", 1),
            ("1.25E-6", 125),
            ("12.5e1", 12_500_000_000),
            ("0.100000000000", 10_000_000),
            ("90071992.54740993", 9_007_199_254_740_993),
        ] {
            assert_eq!(amount(text), Some(units), "{text}");
        }
        for none in [
            "",
            ".5",
            "-1",
            "1e-9",
            "0.000000001",
            "1e400",
            "1e99999",
            "0x1",
            "1.2.3",
            "nan",
            "1e12",
        ] {
            assert_eq!(amount(none), None, "{none}");
        }
    }

    proptest! {
        #[test]
        fn every_amount_is_read_back(units in any::<u64>()) {
            let text = format!("{}.{:08}", units / 100_000_000, units % 100_000_000);
            prop_assert_eq!(amount(&text), Some(units));
            prop_assert_eq!(amount(&format!("{units}e-8")), Some(units));
        }

        #[test]
        fn no_text_is_an_accident(text in "\\PC{0,30}") {
            let _: Option<u64> = amount(&text);
        }
    }
}
