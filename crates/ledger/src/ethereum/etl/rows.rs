//! The rows of an export's tables, each read into what a block is made of.

use super::super::block::{Gas, Log, Move, MoveKind, Reward};
use super::super::{Account, Hash};
use super::cell::{account, amount, bytes, hash, moment, number, path, truth, words};
use super::head::{Columns, Kind};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use strongroom_model::{Amount, Moment};

/// What a header says.
#[derive(Clone, Debug, Default)]
pub(super) struct Header {
    pub(super) id: Option<Hash>,
    pub(super) parent: Option<Hash>,
    pub(super) proposer: Option<Account>,
    pub(super) base_fee: Option<Amount>,
    pub(super) cancun: Option<bool>,
    pub(super) mined: Option<bool>,
    pub(super) count: Option<u64>,
    pub(super) withdrawals: Vec<Reward>,
}

/// What a transaction's own row says.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) index: u64,
    pub(super) from: Account,
    pub(super) to: Option<Account>,
    pub(super) value: Amount,
    pub(super) price: Option<Amount>,
    pub(super) receipt: Receipt,
}

/// What a receipt says, in a table of its own or beside its transaction.
#[derive(Clone, Debug, Default)]
pub(super) struct Receipt {
    pub(super) succeeded: Option<bool>,
    pub(super) created: Option<Account>,
    pub(super) used: Option<Amount>,
    pub(super) price: Option<Amount>,
    pub(super) blobs: Amount,
}

impl Receipt {
    /// Returns what was paid for gas, with the price that the transaction itself names where the receipt names none.
    pub(super) fn gas(&self, price: Option<Amount>) -> Option<Gas> {
        Some(Gas {
            used: self.used?,
            price: self.price.or(price)?,
            blobs: self.blobs,
        })
    }
}

/// A frame of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// Its place in the block, as far as the export says it.
    pub(super) order: u64,
    pub(super) path: Option<Vec<u64>>,
    /// Whether it failed, or is said to be undone with one above it.
    pub(super) undone: bool,
    /// What it moves, if it is of a kind that moves anything.
    pub(super) moves: Option<Move>,
}

/// A log, with its place in the block.
#[derive(Clone, Debug)]
pub(super) struct Logged {
    pub(super) order: u64,
    pub(super) log: Log,
}

/// What of a block was read.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    pub(super) header: Option<Header>,
    pub(super) when: Option<Moment>,
    pub(super) sent: BTreeMap<Hash, Sent>,
    pub(super) receipts: BTreeMap<Hash, Receipt>,
    pub(super) frames: BTreeMap<Hash, Vec<Frame>>,
    /// Frames whose transaction is not said: of the beginning of the chain, or of an export that leaves it away.
    pub(super) loose: Vec<Frame>,
    pub(super) rewards: Vec<(u64, Reward)>,
    /// Names of frames that belong to no transaction, where the export has names.
    pub(super) names: BTreeSet<String>,
    /// Rows that stand in two tables.
    pub(super) twice: u64,
    pub(super) logs: BTreeMap<Hash, Vec<Logged>>,
    pub(super) transfers: BTreeMap<Hash, Vec<Logged>>,
    pub(super) indexes: BTreeMap<Hash, u64>,
}

/// What was read of all tables.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts {
    pub(super) blocks: BTreeMap<u64, Part>,
    pub(super) kinds: BTreeSet<Kind>,
    /// Whether the traces say whose they are.
    pub(super) traces_name_transactions: bool,
}

impl Parts {
    /// Remembers that a table was given, even if it has no rows.
    pub(super) fn have(&mut self, columns: &Columns) {
        self.kinds.insert(columns.kind);
        self.traces_name_transactions |= columns.kind == Kind::Traces && columns.has("transaction");
    }

    /// Reads a row; `at` is its number in the table.
    ///
    /// # Errors
    /// A sentence where it cannot be read.
    pub(super) fn row(&mut self, columns: &Columns, at: u64, row: &[String]) -> Result<(), String> {
        let read = Cells { columns, row };
        let block = read.need("block", number)?;
        let part = self.blocks.entry(block).or_default();
        if let Some(when) = read.get("time", moment)? {
            part.when = Some(when);
        }
        if columns.kind == Kind::Blocks {
            part.header = Some(read.header()?);
            return Ok(());
        }
        let id = read.get("transaction", hash)?;
        if let (Some(id), Some(index)) = (id, read.get("index", number)?) {
            part.indexes.insert(id, index);
        }
        match columns.kind {
            Kind::Traces => read.frame(part, id, at),
            kind => {
                let id = id.ok_or("it has no transaction")?;
                read.of_transaction(kind, part, id, at)
            }
        }
    }
}

struct Cells<'a> {
    columns: &'a Columns,
    row: &'a [String],
}

impl Cells<'_> {
    fn text(&self, field: &str) -> &str {
        self.columns.cell(self.row, field)
    }

    fn get<T>(
        &self,
        field: &str,
        read: fn(&str, &str) -> Result<Option<T>, String>,
    ) -> Result<Option<T>, String> {
        read(field, self.text(field))
    }

    fn need<T>(&self, field: &str, read: fn(&str, &str) -> Result<Option<T>, String>) -> Result<T, String> {
        self.get(field, read)?.ok_or_else(|| format!("it has no {field}"))
    }

    fn header(&self) -> Result<Header, String> {
        Ok(Header {
            id: self.get("id", hash)?,
            parent: self.get("parent", hash)?,
            proposer: self.get("proposer", account)?,
            base_fee: self.get("base fee", amount)?,
            cancun: self
                .columns
                .has("blob gas")
                .then(|| !self.text("blob gas").is_empty()),
            mined: self
                .get("difficulty", amount)?
                .map(|difficulty| !difficulty.is_zero()),
            count: self.get("count", number)?,
            withdrawals: withdrawals(self.text("withdrawals"))?,
        })
    }

    fn of_transaction(&self, kind: Kind, part: &mut Part, id: Hash, at: u64) -> Result<(), String> {
        match kind {
            Kind::Transactions => {
                part.sent.insert(id, self.sent()?);
            }
            Kind::Receipts => {
                part.receipts.insert(id, self.receipt()?);
            }
            Kind::Logs => part.logs.entry(id).or_default().push(self.log(at)?),
            Kind::TokenTransfers => part.transfers.entry(id).or_default().push(self.transfer(at)?),
            Kind::Blocks | Kind::Traces => {}
        }
        Ok(())
    }

    fn sent(&self) -> Result<Sent, String> {
        Ok(Sent {
            index: self.need("index", number)?,
            from: self.need("from", account)?,
            to: self.get("to", account)?,
            value: self.need("value", amount)?,
            price: self.get("price", amount)?,
            receipt: self.receipt()?,
        })
    }

    fn receipt(&self) -> Result<Receipt, String> {
        let blobs = (self.get("blobs used", amount)?, self.get("blobs price", amount)?);
        let blobs = match blobs {
            (Some(used), Some(price)) => {
                used.mul_div(price, Amount::from(1u64))
                    .ok_or("its blobs cost over 256 bits")?
                    .0
            }
            _ => Amount::ZERO,
        };
        Ok(Receipt {
            succeeded: self.get("status", truth)?,
            created: self.get("created", account)?,
            used: self.get("used", amount)?,
            price: self.get("price", amount)?,
            blobs,
        })
    }

    fn log(&self, at: u64) -> Result<Logged, String> {
        let index = self.get("order", number)?;
        let topics = match self.columns.has("topics") {
            true => words("topics", self.text("topics"))?,
            false => ["topic0", "topic1", "topic2", "topic3"]
                .iter()
                .filter_map(|field| hash(field, self.text(field)).transpose())
                .map(|topic| topic.map(|topic| topic.0))
                .collect::<Result<_, _>>()?,
        };
        let log = Log {
            index,
            contract: self.need("contract", account)?,
            topics,
            data: bytes("data", self.text("data"))?,
        };
        Ok(Logged {
            order: index.unwrap_or(at),
            log,
        })
    }

    /// A token transfer that the exporter read becomes the log that it was read from.
    fn transfer(&self, at: u64) -> Result<Logged, String> {
        let index = self.get("order", number)?;
        let (from, to) = (self.need("from", account)?, self.need("to", account)?);
        let log = Log::transfer_of(
            self.need("contract", account)?,
            from,
            to,
            self.need("value", amount)?,
        );
        Ok(Logged {
            order: index.unwrap_or(at),
            log: Log { index, ..log },
        })
    }

    fn frame(&self, part: &mut Part, id: Option<Hash>, at: u64) -> Result<(), String> {
        let order = self.get("order", number)?.unwrap_or(at);
        let value = self.get("value", amount)?.unwrap_or_default();
        let failed = self.get("status", truth)? == Some(false) || !self.text("error").is_empty();
        let kind = self.kind();
        let name = self.text("trace");
        if id.is_none() && !name.is_empty() && !part.names.insert(name.to_owned()) {
            part.twice += 1;
            return Ok(());
        }
        if kind == "reward" {
            // Cryo names who is rewarded as the one that acts.
            let to = self.get("to", account)?.or(self.get("from", account)?);
            let to = to.ok_or("a reward goes to nobody")?;
            let reward = Reward {
                to,
                value,
                withdrawal: false,
            };
            part.rewards.push((order, reward));
            return Ok(());
        }
        let frame = Frame {
            order,
            path: match self.columns.has("address") {
                true => Some(path("address", self.text("address"))?),
                false => None,
            },
            undone: failed,
            moves: if failed { None } else { self.moves(kind, value)? },
        };
        match id {
            Some(id) => part.frames.entry(id).or_default().push(frame),
            None => part.loose.push(frame),
        }
        Ok(())
    }

    /// Returns the kind of a frame: where no column says it, the trace's name does (`call_…`, `reward_…`).
    fn kind(&self) -> &str {
        let kind = self.text("kind");
        match kind.is_empty() {
            true => self.text("trace").split('_').next().unwrap_or_default(),
            false => kind,
        }
    }

    fn moves(&self, kind: &str, value: Amount) -> Result<Option<Move>, String> {
        let call = self.text("call");
        let kind = match kind {
            "call" if matches!(call, "" | "call") => MoveKind::Call,
            "call" => return Ok(None),
            "create" => MoveKind::Create,
            "suicide" | "selfdestruct" => MoveKind::Destroy,
            "genesis" => MoveKind::Issue,
            "daofork" => MoveKind::Call,
            other => return Err(format!("{other:?} is no known kind of trace")),
        };
        let (from, to) = (self.get("from", account)?, self.get("to", account)?);
        let to = match kind {
            MoveKind::Create => self.get("result", account)?.or(to),
            _ => to,
        };
        let complete = to.is_some() && (from.is_some() || kind == MoveKind::Issue);
        if !complete && !value.is_zero() {
            return Err("it moves value, and does not say from whom to whom".into());
        }
        Ok(complete.then_some(Move {
            kind,
            from,
            to,
            value,
        }))
    }
}

/// Reads the withdrawals of a block as ethereum-etl writes them: a list of objects, amounts in gwei.
fn withdrawals(cell: &str) -> Result<Vec<Reward>, String> {
    if cell.is_empty() {
        return Ok(Vec::new());
    }
    let fault = || "its withdrawals are no list of address and amount".to_owned();
    let list: Vec<Value> = serde_json::from_str(cell).map_err(|_| fault())?;
    let reward = |said: &Value| {
        let text = |name: &str| match said.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let gwei = amount("amount", &text("amount")?).ok()??;
        Some(Reward {
            to: Account::read(&text("address")?)?,
            value: gwei.mul_div(1_000_000_000u64.into(), 1u64.into())?.0,
            withdrawal: true,
        })
    };
    list.iter().map(reward).collect::<Option<_>>().ok_or_else(fault)
}
