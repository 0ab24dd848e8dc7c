//! Answers of a node, made here, and what is booked of them.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use serde_json::{Value, json};
use strongroom_ledger::ethereum::{Block, BlockParts, Books, Chain, Traces};
use strongroom_ledger::{Booked, Row};
use strongroom_model::Gap;

const TRANSFER: &str = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";

fn account(seed: u8) -> String {
    format!("0x{}", format!("{seed:02x}").repeat(20))
}

fn id(seed: u8) -> String {
    format!("0x{}", format!("{seed:02x}").repeat(32))
}

fn word(account: &str) -> String {
    format!("0x{:0>64}", account.trim_start_matches("0x"))
}

/// A block whose proposer is 99, with transactions of which the first is called 1.
fn block(more: Value, transactions: &[Value]) -> Value {
    let mut block = json!({
        "number": "0x10", "hash": id(0xbb), "parentHash": id(0xaa), "timestamp": "0x5", "miner": account(99),
        "transactions": transactions,
    });
    for (name, value) in more.as_object().unwrap() {
        block[name] = value.clone();
    }
    block
}

fn transaction(seed: u8, from: u8, to: u8, value: u64) -> Value {
    json!({"hash": id(seed), "from": account(from), "to": account(to), "value": format!("{value:#x}")})
}

fn receipt(seed: u8, more: Value) -> Value {
    let mut receipt = json!({
        "transactionHash": id(seed), "status": "0x1", "gasUsed": "0x64", "effectiveGasPrice": "0x7", "logs": [],
    });
    for (name, value) in more.as_object().unwrap() {
        receipt[name] = value.clone();
    }
    receipt
}

fn booked(block: &Value, receipts: &[Value], traces: Traces<'_>) -> Booked {
    let receipts = json!({"jsonrpc": "2.0", "id": 1, "result": receipts});
    let parts = BlockParts {
        block,
        receipts: Some(&receipts),
        traces,
    };
    Books::of(Chain::ethereum()).book(&Block::of_rpc(&parts).unwrap())
}

/// Every row as "from>to asset amount", accounts by their seeds.
fn rows(rows: &[Row<'_>]) -> Vec<String> {
    let name = |account: &str| match account.get(2..4) {
        Some(seed) => u8::from_str_radix(seed, 16).unwrap().to_string(),
        None => String::new(),
    };
    let row = |row: &Row<'_>| {
        let fee = if row.fee.is_zero() {
            String::new()
        } else {
            format!("+{}", row.fee)
        };
        format!(
            "{}>{} {} {}{fee}",
            name(&row.from),
            name(&row.to),
            row.asset,
            row.amount
        )
    };
    rows.iter().map(row).collect()
}

fn told(gaps: &[Gap], word: &str) -> bool {
    gaps.iter().any(|gap| gap.hides && gap.why.contains(word))
}

#[test]
fn gas_is_burnt_and_tipped_after_what_the_transaction_moves() {
    let london = block(json!({"baseFeePerGas": "0x5"}), &[transaction(1, 1, 2, 50)]);
    let page = booked(&london, &[receipt(1, json!({}))], Traces::None);
    assert_eq!(rows(&page.rows), ["1>2 ETH 50", "1> ETH 500", "1>99 ETH 200"]);
    assert!(told(&page.gaps, "no traces"));
    // A plain payment runs no code: nothing can have moved inside it.
    let page = booked(&london, &[receipt(1, json!({"gasUsed": "0x5208"}))], Traces::None);
    assert_eq!(page.gaps, []);
    // What failed pays for its gas and moves nothing.
    let page = booked(&london, &[receipt(1, json!({"status": "0x0"}))], Traces::None);
    assert_eq!(rows(&page.rows), ["1> ETH 500", "1>99 ETH 200"]);
    // Blobs are burnt whole.
    let blobs = json!({"gasUsed": "0x5208", "effectiveGasPrice": "0x5", "blobGasUsed": "0x20000", "blobGasPrice": "0x3"});
    let page = booked(&london, &[receipt(1, blobs)], Traces::None);
    assert_eq!(rows(&page.rows), ["1>2 ETH 50", "1> ETH 498216"]);
    // Before London all of it is the miner's.
    let old = block(json!({}), &[transaction(1, 1, 2, 50)]);
    let page = booked(&old, &[receipt(1, json!({"gasUsed": "0x5208"}))], Traces::None);
    assert_eq!(rows(&page.rows), ["1>2 ETH 50", "1>99 ETH 147000"]);
    // Less than the base fee cannot be.
    let page = booked(
        &london,
        &[receipt(1, json!({"effectiveGasPrice": "0x4"}))],
        Traces::None,
    );
    assert!(told(&page.gaps, "less for gas than the base fee"));
}

#[test]
fn what_the_protocol_issues_comes_last() {
    let withdrawals =
        json!([{"index": "0x1", "validatorIndex": "0x2", "address": account(7), "amount": "0x3"}]);
    let page = booked(
        &block(json!({"withdrawals": withdrawals}), &[]),
        &[],
        Traces::None,
    );
    assert_eq!(rows(&page.rows), [">7 ETH 3000000000"]);
    let reward = |author: u8, value: &str, kind: &str| json!({"type": "reward", "action": {"author": account(author), "value": value, "rewardType": kind}});
    let traces = json!([reward(99, "0x20", "block"), reward(98, "0x10", "uncle")]);
    let mined = block(json!({"difficulty": "0x400"}), &[]);
    let page = booked(&mined, &[], Traces::Parity(&traces));
    assert_eq!(rows(&page.rows), [">99 ETH 32", ">98 ETH 16"]);
    let page = booked(&mined, &[], Traces::None);
    assert!(told(&page.gaps, "does not say the reward"));
}

fn frame(path: &[u64], from: u8, to: u8, value: u64, more: Value) -> Value {
    let action =
        json!({"callType": "call", "from": account(from), "to": account(to), "value": format!("{value:#x}")});
    let mut frame = json!({"type": "call", "action": action, "traceAddress": path, "transactionHash": id(1)});
    for (name, value) in more.as_object().unwrap() {
        frame[name] = value.clone();
    }
    frame
}

#[test]
fn a_frame_that_failed_undoes_all_below_it_in_either_form_of_trace() {
    let called = block(json!({"baseFeePerGas": "0x0"}), &[transaction(1, 1, 2, 50)]);
    let receipts = [receipt(1, json!({"effectiveGasPrice": "0x0"}))];
    let parity = json!([
        frame(&[], 1, 2, 50, json!({})),
        frame(&[0], 2, 3, 10, json!({"error": "Reverted"})),
        frame(&[0, 0], 3, 4, 10, json!({})),
        frame(&[0, 0, 2], 4, 5, 10, json!({})),
        frame(&[1], 2, 6, 7, json!({})),
        frame(
            &[1, 0],
            6,
            8,
            7,
            json!({"action": {"callType": "delegatecall", "from": account(6), "to": account(8), "value": "0x7"}})
        ),
    ]);
    let call = |kind: &str, from: u8, to: u8, value: u64, calls: Vec<Value>| json!({"type": kind, "from": account(from), "to": account(to), "value": format!("{value:#x}"), "calls": calls});
    let mut failed = call(
        "CALL",
        2,
        3,
        10,
        vec![call("CALL", 3, 4, 10, vec![call("CALL", 4, 5, 10, vec![])])],
    );
    failed["error"] = "execution reverted".into();
    let second = call("CALL", 2, 6, 7, vec![call("DELEGATECALL", 6, 8, 7, vec![])]);
    let calls = json!([{"txHash": id(1), "result": call("CALL", 1, 2, 50, vec![failed, second])}]);
    for traces in [Traces::Parity(&parity), Traces::Calls(&calls)] {
        let page = booked(&called, &receipts, traces);
        assert_eq!(rows(&page.rows), ["1>2 ETH 50", "2>6 ETH 7"]);
        assert_eq!(page.gaps, []);
    }
}

#[test]
fn tokens_are_told_apart_and_what_is_malformed_is_a_gap() {
    let log = |index: u64, topics: Vec<String>, data: String| json!({"address": account(0xcc), "logIndex": format!("{index:#x}"), "topics": topics, "data": data});
    let (from, to) = (word(&account(1)), word(&account(2)));
    let amount = format!("0x{:064x}", 17);
    let nobody = word("0x0");
    let logs = json!([
        log(0, vec![TRANSFER.into(), from.clone(), to.clone()], amount.clone()),
        log(1, vec![TRANSFER.into(), nobody, to.clone()], amount.clone()),
        log(
            2,
            vec![TRANSFER.into(), from.clone(), to.clone(), amount.clone()],
            "0x".into()
        ),
        log(3, vec![TRANSFER.into(), from, to], "0x11".into()),
        log(4, vec![id(5)], "0x".into()),
    ]);
    let called = block(json!({"baseFeePerGas": "0x0"}), &[transaction(1, 1, 2, 0)]);
    let traces = json!([frame(&[], 1, 2, 0, json!({}))]);
    let receipts = [receipt(1, json!({"logs": logs, "effectiveGasPrice": "0x0"}))];
    let page = booked(&called, &receipts, Traces::Parity(&traces));
    let asset = format!("ethereum/{}", account(0xcc));
    let wanted = [
        format!("1>2 {asset} 17"),
        format!(">2 {asset} 17"),
        format!("1>2 {asset}/17 1"),
    ];
    assert_eq!(rows(&page.rows), wanted);
    assert_eq!(page.gaps.len(), 1);
    assert!(told(&page.gaps, "log 3") && told(&page.gaps, "32 bytes"));
}

#[test]
fn a_token_that_rebases_is_told_once() {
    let steth = "0xae7ab96520de3a18e5e111b5eaab095312d7fe84";
    let topics = [TRANSFER.to_owned(), word(&account(1)), word(&account(2))];
    let log = json!({"address": steth, "topics": topics, "data": format!("0x{:064x}", 1)});
    let called = block(json!({"baseFeePerGas": "0x0"}), &[transaction(1, 1, 2, 0)]);
    let traces = json!([frame(&[], 1, 2, 0, json!({}))]);
    let receipts = [receipt(
        1,
        json!({"logs": [log.clone(), log], "effectiveGasPrice": "0x0"}),
    )];
    let page = booked(&called, &receipts, Traces::Parity(&traces));
    assert_eq!((page.rows.len(), page.gaps.len()), (2, 1));
    assert!(told(&page.gaps, "(stETH) is not accountable"));
}

#[test]
fn what_a_node_does_not_say_is_a_gap() {
    let called = block(
        json!({}),
        &[transaction(1, 1, 2, 5), json!({"hash": "0x1"}), json!(id(3))],
    );
    let parts = BlockParts {
        block: &called,
        receipts: None,
        traces: Traces::None,
    };
    let page = Books::of(Chain::of_id(5)).book(&Block::of_rpc(&parts).unwrap());
    assert_eq!(rows(&page.rows), ["1>2 EIP155-5/COIN 5"]);
    for word in [
        "transaction 1",
        "an id alone",
        "whether a transaction succeeded",
        "no traces",
        "no logs",
        "paid for gas",
        "3 transactions",
    ] {
        assert!(told(&page.gaps, word), "{word}: {:?}", page.gaps);
    }
    let receipts = [receipt(9, json!({}))];
    let page = booked(
        &block(json!({}), &[transaction(1, 1, 2, 5)]),
        &receipts,
        Traces::Parity(&json!(null)),
    );
    assert!(
        told(&page.gaps, "has no receipt") && told(&page.gaps, "no traces"),
        "{:?}",
        page.gaps
    );
    for nothing in [
        json!(null),
        json!({"jsonrpc": "2.0", "error": {"code": 1}}),
        json!({"number": "0x1"}),
        json!({"number": 1, "timestamp": 2}),
    ] {
        let parts = BlockParts {
            block: &nothing,
            receipts: None,
            traces: Traces::None,
        };
        assert!(Block::of_rpc(&parts).is_err(), "{nothing}");
    }
}
