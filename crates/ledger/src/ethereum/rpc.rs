//! Blocks from what a node answers over JSON-RPC: `eth_getBlockByNumber` with full transactions, `eth_getBlockReceipts` (or a list
//! of `eth_getTransactionReceipt`), and traces where the node has them. This room opens no socket: whoever asks hands the
//! answers in, with or without their envelope (`result`).

use super::block::{Block, Gas, Log, Reward, Transaction};
use super::trace::Traced;
use super::{Account, Hash, hex};
use serde_json::Value;
use std::collections::BTreeMap;
use strongroom_model::{Amount, Gap, Moment, Why};

/// Gwei, in which the beacon chain counts withdrawals.
const GWEI: Amount = Amount::from_limbs([1_000_000_000, 0, 0, 0]);

/// What a node answered about one block.
#[derive(Clone, Copy, Debug)]
pub struct BlockParts<'a> {
    /// The answer of `eth_getBlockByNumber` with full transactions.
    pub block: &'a Value,
    /// The receipts of its transactions, where the node gave them.
    pub receipts: Option<&'a Value>,
    /// Its traces.
    pub traces: Traces<'a>,
}

/// The traces of a block.
#[derive(Clone, Copy, Debug)]
pub enum Traces<'a> {
    /// The node has none.
    None,
    /// The answer of `trace_block`.
    Parity(&'a Value),
    /// The answer of `debug_traceBlockByNumber` with callTracer.
    Calls(&'a Value),
}

impl Block {
    /// Reads a block. What of it cannot be read is a gap of the block.
    ///
    /// # Errors
    /// A sentence where there is no block in it: neither number nor time can be absent.
    pub fn of_rpc(parts: &BlockParts<'_>) -> Result<Block, String> {
        let said = answer(parts.block).ok_or("the node answered with no block")?;
        let mut reader = Reader::of(said)?;
        reader.transactions();
        reader.withdrawals();
        if let Some(receipts) = parts.receipts {
            reader.receipts(receipts);
        }
        let ids: Vec<Hash> = reader
            .block
            .transactions
            .iter()
            .map(|transaction| transaction.id)
            .collect();
        match parts.traces {
            Traces::None => {}
            Traces::Parity(traces) => reader.traced(traces, Traced::parity),
            Traces::Calls(traces) => reader.traced(traces, |traces| Traced::calls(traces, &ids)),
        }
        Ok(reader.block)
    }
}

struct Reader<'a> {
    said: &'a Value,
    block: Block,
}

impl<'a> Reader<'a> {
    fn of(said: &'a Value) -> Result<Self, String> {
        let number = number(said, "number")?;
        let seconds = i64::try_from(self::number(said, "timestamp")?).ok();
        let when = seconds
            .and_then(Moment::from_seconds)
            .ok_or("its time is beyond any calendar")?;
        let has = |name: &str| said.get(name).is_some_and(|value| !value.is_null());
        let listed = said.get("transactions").and_then(Value::as_array);
        let block = Block {
            number,
            id: said.get("hash").and_then(hash),
            parent: said.get("parentHash").and_then(hash),
            when,
            proposer: account(said, "miner").ok(),
            base_fee: has("baseFeePerGas")
                .then(|| amount(said, "baseFeePerGas"))
                .transpose()?,
            cancun: Some(has("excessBlobGas")),
            mined: amount(said, "difficulty")
                .ok()
                .map(|difficulty| !difficulty.is_zero()),
            count: listed.map(|listed| listed.len() as u64),
            loose: Vec::new(),
            transactions: Vec::new(),
            rewards: Vec::new(),
            gaps: Vec::new(),
        };
        Ok(Reader { said, block })
    }

    fn gap(&mut self, detail: impl std::fmt::Display) {
        let place = format!("block {}", self.block.number);
        self.block.gaps.push(Gap::new(place, Why::Damaged, detail));
    }

    fn list(&self, name: &str) -> &'a [Value] {
        self.said
            .get(name)
            .and_then(Value::as_array)
            .map_or(&[], Vec::as_slice)
    }

    fn transactions(&mut self) {
        if self.said.get("transactions").and_then(Value::as_array).is_none() {
            self.gap("it has no list of transactions");
        }
        for (at, said) in self.list("transactions").iter().enumerate() {
            match transaction(said) {
                Ok(transaction) => self.block.transactions.push(transaction),
                Err(why) => self.gap(format!("transaction {at}: {why}")),
            }
        }
    }

    fn withdrawals(&mut self) {
        for (at, said) in self.list("withdrawals").iter().enumerate() {
            match withdrawal(said) {
                Ok(reward) => self.block.rewards.push(reward),
                Err(why) => self.gap(format!("withdrawal {at}: {why}")),
            }
        }
    }

    fn receipts(&mut self, receipts: &Value) {
        let Some(receipts) = answer(receipts).and_then(Value::as_array) else {
            return self.gap("the node answered with no receipts");
        };
        let mut by_id = BTreeMap::new();
        for receipt in receipts {
            // A receipt that was asked for by itself may stand in its own envelope.
            let receipt = answer(receipt).unwrap_or(receipt);
            if let Some(id) = receipt.get("transactionHash").and_then(hash) {
                by_id.insert(id, receipt);
            }
        }
        let mut faults = Vec::new();
        for transaction in &mut self.block.transactions {
            let read = match by_id.get(&transaction.id) {
                Some(receipt) => read_receipt(receipt, transaction),
                None => Err("it has no receipt".into()),
            };
            faults.extend(
                read.err()
                    .map(|why| format!("transaction {}: {why}", transaction.id)),
            );
        }
        faults.into_iter().for_each(|fault| self.gap(fault));
    }

    fn traced(&mut self, traces: &Value, read: impl FnOnce(&[Value]) -> Traced) {
        let Some(traces) = answer(traces).and_then(Value::as_array) else {
            return self.gap("the node answered with no traces");
        };
        let mut traced = read(traces);
        let mut faults = std::mem::take(&mut traced.faults);
        for transaction in &mut self.block.transactions {
            transaction.moves = traced.moves.remove(&transaction.id);
            if transaction.moves.is_none() {
                faults.push(format!("transaction {} has no trace", transaction.id));
            }
        }
        if let Some(stranger) = traced.moves.keys().next() {
            faults.push(format!("transaction {stranger} is traced and not in the block"));
        }
        // Rewards come before withdrawals: no block has both.
        self.block.rewards.splice(0..0, traced.rewards);
        faults.into_iter().for_each(|fault| self.gap(fault));
    }
}

/// Returns an answer without its envelope; `None` where it is null or an error.
fn answer(value: &Value) -> Option<&Value> {
    let inner = match value.get("jsonrpc") {
        Some(_) => value.get("result")?,
        None => value,
    };
    (!inner.is_null()).then_some(inner)
}

fn transaction(said: &Value) -> Result<Transaction, String> {
    if said.is_string() {
        return Err("it is an id alone: the block was asked for without its transactions".into());
    }
    let optional = |name: &str| match said.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(_) => account(said, name).map(Some),
    };
    Ok(Transaction {
        id: said.get("hash").and_then(hash).ok_or("it has no hash")?,
        from: Some(account(said, "from")?),
        to: optional("to")?,
        created: optional("creates")?,
        value: amount(said, "value")?,
        succeeded: None,
        gas: None,
        moves: None,
        logs: None,
    })
}

fn withdrawal(said: &Value) -> Result<Reward, String> {
    let (value, _) = amount(said, "amount")?
        .mul_div(GWEI, Amount::from(1u64))
        .ok_or("over 256 bits")?;
    Ok(Reward {
        to: account(said, "address")?,
        value,
        withdrawal: true,
    })
}

fn read_receipt(receipt: &Value, transaction: &mut Transaction) -> Result<(), String> {
    let has = |name: &str| receipt.get(name).is_some_and(|value| !value.is_null());
    if has("status") {
        transaction.succeeded = Some(number(receipt, "status")? != 0);
    }
    if has("contractAddress") {
        transaction.created = Some(account(receipt, "contractAddress")?);
    }
    let blobs = match has("blobGasUsed") && has("blobGasPrice") {
        true => {
            let (used, price) = (amount(receipt, "blobGasUsed")?, amount(receipt, "blobGasPrice")?);
            used.mul_div(price, Amount::from(1u64))
                .ok_or("its blobs cost over 256 bits")?
                .0
        }
        false => Amount::ZERO,
    };
    transaction.gas = Some(Gas {
        used: amount(receipt, "gasUsed")?,
        price: amount(receipt, "effectiveGasPrice")?,
        blobs,
    });
    let logs = receipt
        .get("logs")
        .and_then(Value::as_array)
        .ok_or("its receipt has no logs")?;
    transaction.logs = Some(logs.iter().map(log).collect::<Result<_, _>>()?);
    if has("l1Fee") {
        return Err("it pays a fee for another chain (l1Fee), which is not booked".into());
    }
    Ok(())
}

fn log(said: &Value) -> Result<Log, String> {
    let topics = said
        .get("topics")
        .and_then(Value::as_array)
        .ok_or("a log has no topics")?;
    let topics = topics.iter().map(|topic| hash(topic).map(|topic| topic.0));
    Ok(Log {
        index: number(said, "logIndex").ok(),
        contract: account(said, "address")?,
        topics: topics.collect::<Option<_>>().ok_or("a topic of a log is none")?,
        data: hex::bytes(text(said, "data")?).ok_or("the data of a log are none")?,
    })
}

pub(super) fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str, String> {
    let text = value.get(name).and_then(Value::as_str);
    text.ok_or_else(|| format!("it has no {name}"))
}

pub(super) fn hash(value: &Value) -> Option<Hash> {
    value.as_str().and_then(Hash::read)
}

pub(super) fn account(value: &Value, name: &str) -> Result<Account, String> {
    let text = text(value, name)?;
    Account::read(text).ok_or_else(|| format!("its {name} {text:?} is no address"))
}

pub(super) fn amount(value: &Value, name: &str) -> Result<Amount, String> {
    let text = text(value, name)?;
    hex::amount(text).ok_or_else(|| format!("its {name} {text:?} is no quantity"))
}

fn number(value: &Value, name: &str) -> Result<u64, String> {
    let text = text(value, name)?;
    hex::number(text).ok_or_else(|| format!("its {name} {text:?} is no number"))
}
