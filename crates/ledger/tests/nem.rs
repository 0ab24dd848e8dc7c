//! NEM blocks, made here in the form in which a node answers, and where their units go.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use serde_json::{Value, json};
use strongroom_ledger::nem::{Answers, Block, Books};
use strongroom_ledger::{Imported, Ledger};
use strongroom_model::Address;
use tempfile::TempDir;

fn key(seed: u8) -> String {
    format!("{seed:02x}").repeat(32)
}

fn account(seed: u8) -> String {
    Address::of_nem_key(0x68, &[seed; 32]).as_str().to_owned()
}

/// A transaction of the main network, of version 1 or 2.
fn transaction(signer: u8, kind: u64, fee: u64, more: Value) -> Value {
    let mut transaction = json!({
        "type": kind, "version": 1_744_830_466i64, "timeStamp": 5, "deadline": 99, "signer": key(signer), "fee": fee,
    });
    for (name, value) in more.as_object().unwrap() {
        transaction[name] = value.clone();
    }
    transaction
}

fn transfer(from: u8, to: u8, amount: u64, fee: u64) -> Value {
    transaction(
        from,
        0x101,
        fee,
        json!({"recipient": account(to), "amount": amount}),
    )
}

fn bag(from: u8, to: u8, times: u64, mosaics: &[(&str, u64)]) -> Value {
    let mosaic = |(name, quantity): &(&str, u64)| json!({"mosaicId": id(name), "quantity": quantity});
    let mosaics: Vec<Value> = mosaics.iter().map(mosaic).collect();
    let more = json!({"recipient": account(to), "amount": times, "mosaics": mosaics});
    transaction(from, 0x101, 1, more)
}

fn id(name: &str) -> Value {
    let (namespace, name) = name.split_once(':').unwrap();
    json!({"namespaceId": namespace, "name": name})
}

fn block(height: u64, harvester: u8, transactions: &[Value]) -> Value {
    json!({
        "type": 1, "version": 1_744_830_465i64, "timeStamp": height * 60, "height": height, "signer": key(harvester),
        "prevBlockHash": {"data": ""}, "transactions": transactions,
    })
}

fn imported(blocks: &[Value]) -> (TempDir, Ledger, Imported) {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::create(dir.path()).unwrap();
    let mut answers = Answers::new();
    for (at, block) in blocks.iter().enumerate() {
        answers
            .add(&format!("{at}.json"), block.to_string().as_bytes())
            .unwrap();
    }
    let imported = answers
        .import(&mut ledger, &mut Books::new(), &mut |_| ())
        .unwrap();
    (dir, ledger, imported)
}

/// Every row as "from>to asset amount", accounts by their seeds.
fn rows(ledger: &Ledger) -> Vec<String> {
    let name = |account: &str| match (0..=255).find(|seed| self::account(*seed) == account) {
        Some(seed) => seed.to_string(),
        None => account.to_owned(),
    };
    let row = |row: strongroom_model::Transfer<'_>| {
        let fee = if row.fee.is_zero() {
            String::new()
        } else {
            format!("+{}", row.fee)
        };
        format!(
            "{}>{} {} {}{fee}",
            name(row.from),
            name(row.to),
            row.asset,
            row.amount
        )
    };
    ledger.transfers().map(|found| row(found.unwrap())).collect()
}

#[test]
fn a_multisig_account_moves_what_its_inner_transaction_says_and_pays_all_fees() {
    let inner = transfer(1, 2, 1_000, 40);
    let signature = |signer: u8| {
        transaction(
            signer,
            0x1002,
            6,
            json!({"otherHash": {"data": ""}, "otherAccount": account(1)}),
        )
    };
    let multisig = transaction(
        3,
        0x1004,
        30,
        json!({"otherTrans": inner, "signatures": [signature(4), signature(5)]}),
    );
    let (_dir, ledger, imported) = imported(&[block(1, 9, &[multisig])]);
    assert_eq!(imported.gaps, []);
    assert_eq!(
        rows(&ledger),
        [
            "1>9 XEM 6",
            "1>9 XEM 6",
            "1>2 XEM 1000",
            "1>9 XEM 40",
            "1>9 XEM 30"
        ]
    );
}

#[test]
fn a_levy_is_a_transfer_of_its_own() {
    let define = |name: &str, kind: u64, fee: u64| {
        let levy = json!({"type": kind, "recipient": account(7), "mosaicId": id("nem:xem"), "fee": fee});
        let properties =
            json!([{"name": "divisibility", "value": "2"}, {"name": "initialSupply", "value": "500"}]);
        let definition = json!({"creator": key(1), "id": id(name), "properties": properties, "levy": levy});
        let more = json!({"creationFee": 10, "creationFeeSink": account(8), "mosaicDefinition": definition});
        transaction(1, 0x4001, 1, more)
    };
    let transactions = [
        define("shop:coin", 1, 3),
        define("shop:bond", 2, 250),
        // One and a half times the bag.
        bag(
            1,
            2,
            1_500_000,
            &[("shop:coin", 5), ("shop:bond", 400), ("nem:xem", 20)],
        ),
        bag(2, 3, 1_000_000, &[("other:thing", 1)]),
    ];
    let (_dir, ledger, imported) = imported(&[block(1, 9, &transactions)]);
    let wanted = [
        "1>8 XEM 10",
        ">1 nem/shop:coin 50000",
        "1>9 XEM 1",
        "1>8 XEM 10",
        ">1 nem/shop:bond 50000",
        "1>9 XEM 1",
        "1>2 nem/shop:coin 7",
        "1>7 XEM 3",
        "1>2 nem/shop:bond 600",
        "1>7 XEM 15",
        "1>2 XEM 30",
        "1>9 XEM 1",
        "2>3 nem/other:thing 1",
        "2>9 XEM 1",
    ];
    assert_eq!(rows(&ledger), wanted);
    assert_eq!(imported.gaps.len(), 1);
    assert!(
        imported.gaps[0].why.contains("other:thing"),
        "{:?}",
        imported.gaps
    );
}

#[test]
fn supplies_are_issued_changed_and_replaced() {
    let define = |supply: &str, description: &str| {
        let properties = json!([{"name": "initialSupply", "value": supply}]);
        let definition =
            json!({"id": id("a:b"), "description": description, "properties": properties, "levy": {}});
        let more = json!({"creationFee": 0, "creationFeeSink": account(8), "mosaicDefinition": definition});
        transaction(1, 0x4001, 0, more)
    };
    let change = |kind: u64, delta: u64| {
        let more = json!({"mosaicId": id("a:b"), "supplyType": kind, "delta": delta});
        transaction(1, 0x4002, 0, more)
    };
    let transactions = [
        define("100", "x"),
        change(1, 20),
        change(2, 5),
        define("115", "y"),
        define("7", "y"),
    ];
    let (_dir, ledger, _) = imported(&[block(1, 9, &transactions)]);
    let wanted = [
        ">1 nem/a:b 100",
        ">1 nem/a:b 20",
        "1> nem/a:b 5",
        "1> nem/a:b 115",
        ">1 nem/a:b 7",
    ];
    assert_eq!(rows(&ledger), wanted);
}

#[test]
fn a_key_that_harvests_for_another_account_earns_for_it_from_when_the_link_counts() {
    let link = |mode: u64| transaction(1, 0x801, 5, json!({"mode": mode, "remoteAccount": key(6)}));
    let pay = || [transfer(2, 3, 10, 1)];
    let mut blocks = vec![block(1, 9, &[link(1)])];
    blocks.extend((2..=1000).map(|height| match height {
        360 | 361 | 859 | 860 => block(height, 6, &pay()),
        500 => block(height, 9, &[link(2)]),
        _ => block(height, 9, &[]),
    }));
    let (_dir, ledger, imported) = imported(&blocks);
    assert_eq!(imported.gaps, []);
    let fees: Vec<String> = rows(&ledger)
        .into_iter()
        .filter(|row| row.starts_with("2>") && row.ends_with(" 1"))
        .collect();
    assert_eq!(fees, ["2>6 XEM 1", "2>1 XEM 1", "2>1 XEM 1", "2>6 XEM 1"]);
}

#[test]
fn what_is_not_seen_is_told() {
    // A ledger that begins in the middle does not know who harvests for whom.
    let (_dir, _, in_the_middle) = imported(&[block(77, 9, &[transfer(1, 2, 3, 1)])]);
    assert!(
        in_the_middle.gaps[0]
            .why
            .contains("not every block before was seen")
    );
    // A transaction without its block has no harvester.
    let entry = |id: u64, hash: u8, tx: Value| json!({"meta": {"id": id, "height": 8, "hash": {"data": key(hash)}}, "transaction": tx});
    let answer = |entries: &[Value]| json!({"data": entries});
    let both = entry(4, 1, transfer(1, 2, 3, 1));
    // Newest first, and one of them in the answers for both accounts.
    let files = [
        answer(&[entry(5, 0, transfer(2, 1, 9, 1)), both.clone()]),
        answer(&[both]),
    ];
    let (_dir, ledger, without) = imported(&files);
    assert_eq!(
        rows(&ledger),
        ["1>2 XEM 3", "1> XEM 0+1", "2>1 XEM 9", "2> XEM 0+1"]
    );
    assert_eq!(without.gaps.len(), 2, "{:?}", without.gaps);
    // An address whose checksum fails stands as given, and an unknown type is no transaction.
    let mut damaged = transfer(1, 2, 3, 0);
    let mut address = account(2);
    address.replace_range(39.., if address.ends_with('A') { "B" } else { "A" });
    damaged["recipient"] = address.clone().into();
    let unknown = transaction(1, 0x9999, 0, json!({}));
    let (_dir, ledger, imported) = imported(&[block(1, 9, &[damaged, unknown])]);
    assert_eq!(rows(&ledger), [format!("1>{address} XEM 3")]);
    let whys: Vec<&str> = imported.gaps.iter().map(|gap| gap.why.as_str()).collect();
    assert!(
        whys.iter().any(|why| why.contains("NEM checksum")) && whys.iter().any(|why| why.contains("0x9999")),
        "{whys:?}"
    );
}

#[test]
fn books_that_were_closed_go_on_with_what_they_knew() {
    let levy = json!({"type": 1, "recipient": account(7), "mosaicId": id("nem:xem"), "fee": 3});
    let properties =
        json!([{"name": "divisibility", "value": "1"}, {"name": "initialSupply", "value": "500"}]);
    let definition =
        json!({"creator": key(1), "id": id("shop:coin"), "properties": properties, "levy": levy});
    let more = json!({"creationFee": 10, "creationFeeSink": account(8), "mosaicDefinition": definition});
    let change = |kind: u64| json!({"mosaicId": id("shop:coin"), "supplyType": kind, "delta": 7});
    let mut blocks = vec![block(
        1,
        9,
        &[
            transaction(1, 0x4001, 1, more),
            transaction(1, 0x801, 5, json!({"mode": 1, "remoteAccount": key(6)})),
        ],
    )];
    blocks.extend((2..=400).map(|height| match height {
        100 => block(height, 9, &[transaction(1, 0x4002, 1, change(1))]),
        // Of a mosaic that nobody defined: told once, whenever the books were opened again.
        150 | 360 => block(height, 9, &[bag(1, 2, 1_000_000, &[("other:thing", 5)])]),
        399 => block(
            height,
            6,
            &[transaction(1, 0x4002, 1, change(2)), transfer(2, 3, 10, 1)],
        ),
        400 => block(height, 6, &[bag(1, 2, 1_000_000, &[("shop:coin", 5)])]),
        _ => block(height, 9, &[]),
    }));
    let blocks: Vec<Block> = blocks
        .iter()
        .flat_map(|block| Block::of_answer(&block.to_string()).unwrap())
        .collect();
    let booked = |books: &mut Books, blocks: &[Block]| -> Vec<_> {
        blocks.iter().map(|block| books.book(block)).collect()
    };
    let dir = tempfile::tempdir().unwrap();
    let mut whole = Ledger::create(dir.path()).unwrap();
    let all = booked(&mut Books::new(), &blocks);
    whole.import_blocks("nem", all.clone(), &mut |_| ()).unwrap();
    let other = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::create(other.path()).unwrap();
    for until in [1, 120, 200, 399, 400] {
        let mut books = Books::resumed(ledger.next_block("nem"), ledger.notes("nem").unwrap()).unwrap();
        let from = ledger.next_block("nem").map_or(0, |next| next as usize - 1);
        let part = booked(&mut books, &blocks[from..until]);
        assert_eq!(part, all[from..until]);
        ledger.import_blocks("nem", part, &mut |_| ()).unwrap();
    }
    assert_eq!(ledger.gaps(), whole.gaps());
    assert_eq!(ledger.gaps().len(), 1, "{:?}", ledger.gaps());
    assert_eq!(rows(&ledger), rows(&whole));
    let last = [
        ">1 nem/shop:coin 5000",
        "1> nem/shop:coin 70",
        "2>1 XEM 1",
        "1>7 XEM 3",
    ];
    let all = rows(&ledger);
    assert!(
        last.iter().all(|row| all.iter().any(|other| other == row)),
        "{all:?}"
    );
    assert!(Books::resumed(None, ["what?"]).is_err());
}

#[test]
fn a_block_that_answers_contradict_each_other_about_is_a_gap_and_the_first_stands() {
    let one = block(1, 9, &[transfer(1, 2, 100, 1)]);
    let other = block(1, 8, &[transfer(1, 3, 700, 1)]);
    let (_dir, ledger, imported) = imported(&[one.clone(), other]);
    assert_eq!(rows(&ledger), ["1>2 XEM 100", "1>9 XEM 1"]);
    let gap = &imported.gaps[0];
    assert!(
        gap.hides && gap.place == "1.json" && gap.why.contains("another block of height 1"),
        "{gap:?}"
    );
}

#[test]
fn a_block_has_the_ids_that_one_of_its_forms_says_whichever_comes_first() {
    let bare = block(1, 9, &[transfer(1, 2, 100, 1)]);
    let named = json!({"data": [{
        "block": bare, "hash": "ab".repeat(32), "txes": [{"tx": transfer(1, 2, 100, 1), "hash": "cd".repeat(32)}],
    }]});
    for order in [[&bare, &named], [&named, &bare]] {
        let (_dir, ledger, imported) = imported(&order.map(Value::clone));
        assert_eq!(imported.gaps, []);
        assert_eq!(ledger.transfer(0).unwrap().transaction, "cd".repeat(32));
    }
}

#[test]
fn an_answer_of_more_entries_than_any_node_gives_is_refused_whole() {
    let entry = json!({"block": block(1, 9, &[]), "hash": ""});
    let answer = json!({"data": vec![entry; 10_001]});
    let error = Answers::new()
        .add("a.json", answer.to_string().as_bytes())
        .unwrap_err();
    assert!(error.to_string().contains("over 10000 entries"), "{error}");
}
