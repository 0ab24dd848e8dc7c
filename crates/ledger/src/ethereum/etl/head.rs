//! The head of an exported table: which table it is, and which column is what.
//!
//! Column names are compared without case and punctuation. Known are those of ethereum-etl and what loads it (BigQuery, GraphSense)
//! and those of cryo.

use std::collections::BTreeMap;

/// A table of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Headers of blocks.
    Blocks,
    /// Transactions, with or without what their receipts say.
    Transactions,
    /// Receipts.
    Receipts,
    /// Frames of calls, rewards and the beginning of the chain.
    Traces,
    /// Logs of contracts.
    Logs,
    /// Transfers of tokens, read out of logs by the exporter.
    TokenTransfers,
}

/// A field, and the names that columns have for it, folded.
type Names = (&'static str, &'static [&'static str]);

const BLOCK: Names = ("block", &["blocknumber", "blockid", "number"]);
const TRANSACTION: Names = ("transaction", &["transactionhash", "txhash", "hash"]);
const INDEX: Names = ("index", &["transactionindex", "transactionposition"]);
const TIME: Names = ("time", &["blocktimestamp", "timestamp"]);

const BLOCKS: &[Names] = &[
    ("block", &["number", "blocknumber", "blockid"]),
    ("id", &["hash", "blockhash"]),
    ("parent", &["parenthash"]),
    ("proposer", &["miner", "author", "feerecipient"]),
    ("time", &["timestamp", "blocktimestamp"]),
    ("base fee", &["basefeepergas"]),
    ("difficulty", &["difficulty"]),
    ("count", &["transactioncount"]),
    ("blob gas", &["excessblobgas"]),
    ("withdrawals", &["withdrawals"]),
];
const TRANSACTIONS: &[Names] = &[
    BLOCK,
    TRANSACTION,
    INDEX,
    TIME,
    ("from", &["fromaddress", "from"]),
    ("to", &["toaddress", "to"]),
    ("value", &["value", "valuestring", "valuebinary"]),
    (
        "price",
        &["receipteffectivegasprice", "effectivegasprice", "gasprice"],
    ),
    ("used", &["receiptgasused", "gasused"]),
    ("status", &["receiptstatus", "status", "success"]),
    ("created", &["receiptcontractaddress", "contractaddress"]),
    ("blobs used", &["receiptblobgasused", "blobgasused"]),
    ("blobs price", &["receiptblobgasprice", "blobgasprice"]),
];
const RECEIPTS: &[Names] = &[
    BLOCK,
    TRANSACTION,
    INDEX,
    ("used", &["gasused"]),
    ("price", &["effectivegasprice"]),
    ("status", &["status"]),
    ("created", &["contractaddress"]),
    ("blobs used", &["blobgasused"]),
    ("blobs price", &["blobgasprice"]),
];
const TRACES: &[Names] = &[
    BLOCK,
    TRANSACTION,
    INDEX,
    TIME,
    ("from", &["fromaddress", "actionfrom"]),
    ("to", &["toaddress", "actionto"]),
    ("result", &["resultaddress"]),
    ("value", &["value", "actionvalue"]),
    ("kind", &["tracetype", "actiontype"]),
    ("call", &["calltype", "actioncalltype"]),
    ("trace", &["traceid"]),
    ("order", &["traceindex"]),
    ("address", &["traceaddress"]),
    ("error", &["error"]),
    ("status", &["status"]),
];
const LOGS: &[Names] = &[
    BLOCK,
    TRANSACTION,
    INDEX,
    TIME,
    ("order", &["logindex"]),
    ("contract", &["address", "contractaddress"]),
    ("data", &["data"]),
    ("topics", &["topics"]),
    ("topic0", &["topic0"]),
    ("topic1", &["topic1"]),
    ("topic2", &["topic2"]),
    ("topic3", &["topic3"]),
];
const TOKEN_TRANSFERS: &[Names] = &[
    BLOCK,
    TRANSACTION,
    INDEX,
    TIME,
    ("order", &["logindex"]),
    ("contract", &["tokenaddress", "erc20", "contractaddress"]),
    ("from", &["fromaddress", "from"]),
    ("to", &["toaddress", "to"]),
    ("value", &["value", "valuestring", "valuebinary"]),
];

/// How a table is told.
struct Shape {
    kind: Kind,
    fields: &'static [Names],
    /// Fields that it must have.
    needed: &'static [&'static str],
    /// Fields of which it must have one; none where all is needed.
    one_of: &'static [&'static str],
}

/// The tables, those that are told by more first.
const SHAPES: &[Shape] = &[
    Shape {
        kind: Kind::Traces,
        fields: TRACES,
        needed: &["block", "from", "to", "value", "call"],
        one_of: &[],
    },
    Shape {
        kind: Kind::Logs,
        fields: LOGS,
        needed: &["block", "transaction", "order", "contract", "data"],
        one_of: &["topics", "topic0"],
    },
    Shape {
        kind: Kind::TokenTransfers,
        fields: TOKEN_TRANSFERS,
        needed: &["block", "transaction", "order", "contract", "from", "to", "value"],
        one_of: &[],
    },
    Shape {
        kind: Kind::Transactions,
        fields: TRANSACTIONS,
        needed: &["block", "transaction", "index", "from", "to", "value"],
        one_of: &[],
    },
    Shape {
        kind: Kind::Receipts,
        fields: RECEIPTS,
        needed: &["block", "transaction", "used"],
        one_of: &["status", "price"],
    },
    Shape {
        kind: Kind::Blocks,
        fields: BLOCKS,
        needed: &["block", "id", "time"],
        one_of: &["parent", "proposer", "base fee"],
    },
];

/// The columns of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) kind: Kind,
    at: BTreeMap<&'static str, usize>,
}

impl Columns {
    /// Finds out which table has these columns; `None` where none does.
    pub(super) fn of(names: &[impl AsRef<str>]) -> Option<Self> {
        let folded: Vec<String> = names.iter().map(|name| fold(name.as_ref())).collect();
        SHAPES.iter().find_map(|shape| {
            let found = |(field, synonyms): &Names| {
                let at = synonyms
                    .iter()
                    .find_map(|name| folded.iter().position(|column| column == name));
                Some((*field, at?))
            };
            let at: BTreeMap<&'static str, usize> = shape.fields.iter().filter_map(found).collect();
            let has = |field: &&str| at.contains_key(*field);
            let one = shape.one_of.is_empty() || shape.one_of.iter().any(has);
            let is = shape.needed.iter().all(has) && one;
            is.then_some(Columns { kind: shape.kind, at })
        })
    }

    /// Returns whether the table has a column for a field.
    pub(super) fn has(&self, field: &str) -> bool {
        self.at.contains_key(field)
    }

    /// Returns what a row says in a field: the empty text where it says nothing.
    pub(super) fn cell<'a>(&self, row: &'a [String], field: &str) -> &'a str {
        self.at
            .get(field)
            .and_then(|at| row.get(*at))
            .map_or("", |cell| cell.trim())
    }
}

fn fold(name: &str) -> String {
    let kept = name.chars().filter(|c| c.is_alphanumeric());
    kept.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(header: &str) -> Option<Kind> {
        let names: Vec<&str> = header.split(',').collect();
        Columns::of(&names).map(|columns| columns.kind)
    }

    #[test]
    fn tables_are_known_by_their_headers() {
        for (header, is) in [
            (
                "number,hash,parent_hash,miner,difficulty,timestamp,transaction_count",
                Some(Kind::Blocks),
            ),
            (
                "block_hash,author,block_number,gas_used,extra_data,timestamp,base_fee_per_gas,chain_id",
                Some(Kind::Blocks),
            ),
            (
                "hash,nonce,block_hash,block_number,transaction_index,from_address,to_address,value,gas,gas_price,input,block_timestamp",
                Some(Kind::Transactions),
            ),
            (
                "block_number,transaction_index,transaction_hash,nonce,from_address,to_address,value_binary,value_string,value_f64,input,gas_limit,gas_used,gas_price,success",
                Some(Kind::Transactions),
            ),
            (
                "transaction_hash,transaction_index,block_hash,block_number,cumulative_gas_used,gas_used,contract_address,root,status,effective_gas_price",
                Some(Kind::Receipts),
            ),
            (
                "block_number,transaction_hash,transaction_index,from_address,to_address,value,input,output,trace_type,call_type,reward_type,gas,gas_used,subtraces,trace_address,error,status,trace_id,trace_index",
                Some(Kind::Traces),
            ),
            (
                "action_from,action_to,action_value,action_gas,action_input,action_call_type,action_init,action_reward_type,action_type,result_gas_used,result_output,result_code,result_address,trace_address,subtraces,transaction_index,transaction_hash,block_number,block_hash,error",
                Some(Kind::Traces),
            ),
            (
                "log_index,transaction_hash,transaction_index,block_hash,block_number,address,data,topics",
                Some(Kind::Logs),
            ),
            (
                "block_number,transaction_index,log_index,transaction_hash,address,topic0,topic1,topic2,topic3,data",
                Some(Kind::Logs),
            ),
            (
                "token_address,from_address,to_address,value,transaction_hash,log_index,block_number",
                Some(Kind::TokenTransfers),
            ),
            ("time,tx,from,to,asset,amount", None),
            ("hash,from,to,value,timestamp", None),
        ] {
            assert_eq!(kind(header), is, "{header}");
        }
    }
}
