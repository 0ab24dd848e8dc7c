//! `ledger` and `trace`, as a user sees them.

use crate::run::{arg, strongroom};
use std::fs;
use std::path::PathBuf;
use strongroom_desk::coins::{
    Block, CoinLayout, CoinLedger, Id, Input, OutPoint, Output, Owner, Transaction,
};
use strongroom_model::Moment;
use tempfile::{TempDir, tempdir};

/// 100 stolen units meet 50 clean ones at `peel`, which pays 90 to an exchange and keeps 60.
const TABLE: &str = "time,tx,from,to,asset,amount,fee\n\
    2019-03-24T00:00:00Z,t0,,hot,ETH,1000,0\n\
    2019-03-24T01:00:00Z,t1,hot,thief,ETH,100,0\n\
    2019-03-24T02:00:00Z,t2,hot,peel,ETH,50,0\n\
    2019-03-24T03:00:00Z,t3,thief,peel,ETH,100,0\n\
    2019-03-24T04:00:00Z,t4,peel,deposit,ETH,90,0\n";

/// The ledger of a table, with tags beside it that name an exchange.
pub fn ledger() -> (TempDir, PathBuf) {
    let folder = tempdir().unwrap();
    let (table, ledger) = (folder.path().join("transfers.csv"), folder.path().join("ledger"));
    fs::write(&table, TABLE).unwrap();
    fs::write(
        folder.path().join("tags.csv"),
        "address,label,service,source\ndeposit,Example Exchange,exchange,test\n",
    )
    .unwrap();
    let ran = strongroom(["ledger", "import", "--json", arg(&ledger), arg(&table)]);
    assert_eq!((ran.code, &ran.json()[0]["rows"]), (0, &5.into()), "{}", ran.err);
    (folder, ledger)
}

#[test]
fn a_table_is_imported_once_and_the_ledger_says_what_it_holds() {
    let (folder, ledger) = ledger();
    let again = strongroom([
        "ledger",
        "import",
        "--json",
        arg(&ledger),
        arg(&folder.path().join("transfers.csv")),
    ]);
    assert_eq!((again.code, &again.json()[0]["rows"]), (0, &0.into()));
    let info = strongroom(["ledger", "info", "--json", arg(&ledger)]);
    assert_eq!(info.json()[0]["rows"], 5);
    let verified = strongroom(["ledger", "verify", arg(&ledger)]);
    assert_eq!(verified.code, 0);
    // A table claims no balance.
    assert!(verified.out.contains("cannot be added up"), "{}", verified.out);
}

#[test]
fn a_flipped_byte_is_named_and_never_answers() {
    let (_folder, ledger) = ledger();
    let segment = fs::read_dir(&ledger)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .max_by_key(|path| fs::metadata(path).unwrap().len())
        .unwrap();
    let mut bytes = fs::read(&segment).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&segment, bytes).unwrap();
    let ran = strongroom(["ledger", "verify", arg(&ledger)]);
    assert_eq!(ran.code, 2);
    let name = segment.file_name().unwrap().to_str().unwrap();
    assert!(ran.err.contains(name), "{} in {}", name, ran.err);
}

#[test]
fn every_policy_says_where_the_stolen_units_are() {
    let (folder, ledger) = ledger();
    let tags = folder.path().join("tags.csv");
    let ran = strongroom([
        "trace",
        "--json",
        arg(&ledger),
        "--from",
        "thief",
        "--tags",
        arg(&tags),
    ]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let at_exchange = |policy: &str| {
        let traces = ran.json();
        let trace = traces
            .iter()
            .find(|trace| trace["policy"] == policy)
            .unwrap()
            .clone();
        let ends = trace["ends"].as_array().unwrap().clone();
        let end = ends.iter().find(|end| end["account"] == "deposit").cloned();
        end.map(|end| {
            (
                end["amount"].as_str().unwrap().to_owned(),
                end["tag"]["label"].as_str().unwrap().to_owned(),
            )
        })
    };
    for (policy, amount) in [
        ("haircut", "60"),
        ("fifo", "40"),
        ("lifo", "90"),
        ("tifo", "90"),
        ("clean_first", "40"),
    ] {
        assert_eq!(
            at_exchange(policy),
            Some((amount.to_owned(), "Example Exchange".to_owned())),
            "{policy}"
        );
    }
    let table = strongroom(["trace", arg(&ledger), "--from", "thief", "--tags", arg(&tags)]);
    assert!(
        table.out.contains("to the unit") && table.out.contains("Example Exchange"),
        "{}",
        table.out
    );
}

#[test]
fn what_is_not_a_table_or_not_a_policy_is_refused_with_its_cause() {
    let (folder, ledger) = ledger();
    let table = folder.path().join("note.csv");
    fs::write(&table, "Dear all\n").unwrap();
    let ran = strongroom(["ledger", "import", arg(&ledger), arg(&table)]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("note.csv") && ran.err.contains("no transfer table"),
        "{}",
        ran.err
    );
    let ran = strongroom(["trace", arg(&ledger), "--from", "thief", "--policy", "guess"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("haircut"), "{}", ran.err);
}

#[test]
fn a_bad_row_is_told_and_the_others_are_kept() {
    let folder = tempdir().unwrap();
    let (table, ledger) = (folder.path().join("transfers.csv"), folder.path().join("ledger"));
    fs::write(
        &table,
        format!("{TABLE}2019-03-24T05:00:00Z,t5,peel,x,ETH,lots,0\n"),
    )
    .unwrap();
    let ran = strongroom(["ledger", "import", "--json", arg(&ledger), arg(&table)]);
    let line = &ran.json()[0];
    assert_eq!((ran.code, &line["rows"]), (3, &5.into()), "{line}");
    assert!(
        line["gaps"][0]["why"].as_str().unwrap().contains("lots"),
        "{line}"
    );
    // Whoever looks at the ledger, or takes it elsewhere, is told as well.
    let into = folder.path().join("parquet");
    let info = strongroom(["ledger", "info", arg(&ledger)]);
    let exported = strongroom(["ledger", "export", arg(&ledger), arg(&into)]);
    assert_eq!((info.code, exported.code), (0, 3));
    for said in [info.out, exported.out] {
        assert!(said.contains("not read") && said.contains("lots"), "{said}");
    }
    // What every policy met stands once.
    let traced = strongroom(["trace", arg(&ledger), "--from", "nowhere"]);
    assert_eq!(
        (traced.code, traced.out.matches("nowhere").count()),
        (3, 1),
        "{}",
        traced.out
    );
    assert!(traced.out.contains("no taint began"), "{}", traced.out);
}

#[test]
fn what_a_head_says_and_nobody_reads_is_told() {
    let folder = tempdir().unwrap();
    let (table, ledger) = (folder.path().join("transfers.csv"), folder.path().join("ledger"));
    let row = "2019-03-24T01:00:00Z,t1,a,b,TOK,5,7,failed\n";
    fs::write(
        &table,
        format!("#decimals TOK=x\ntime,tx,from,to,asset,amount,gasfee,status\n{row}"),
    )
    .unwrap();
    let ran = strongroom(["ledger", "import", "--json", arg(&ledger), arg(&table)]);
    let line = &ran.json()[0];
    assert_eq!((ran.code, &line["rows"]), (3, &1.into()), "{line}");
    let gaps = line["gaps"].to_string();
    for word in ["gasfee", "status", "#decimals"] {
        assert!(gaps.contains(word), "{word} in {gaps}");
    }
}

#[test]
fn seeds_are_accounts_and_transactions_and_may_stand_in_a_file() {
    let (folder, ledger) = ledger();
    let file = folder.path().join("seeds.txt");
    fs::write(&file, "# the theft\n\nt1\n").unwrap();
    let seeds = |flag, what: &str| {
        let ran = strongroom(["trace", "--json", arg(&ledger), flag, what, "--policy", "fifo"]);
        assert_eq!(ran.code, 1, "{}", ran.err);
        ran.json()[0]["seeds"].clone()
    };
    let by_transaction = seeds("--from", "t1");
    assert_eq!(by_transaction[0]["transaction"], "t1");
    assert_eq!(seeds("--from-file", arg(&file)), by_transaction);
    let none = strongroom([
        "trace",
        arg(&ledger),
        "--from-file",
        arg(&folder.path().join("none")),
    ]);
    assert!(none.code == 2 && none.err.contains("none"), "{}", none.err);
}

/// A ledger of coins: one is mined, split, and partly sent on.
pub fn coins() -> (TempDir, PathBuf) {
    let folder = tempdir().unwrap();
    let ledger = folder.path().join("coins");
    let layout = CoinLayout::default();
    let mut made = CoinLedger::create(&ledger, "bitcoin", layout).unwrap();
    let output = |value, key| Output {
        value,
        owner: Owner::KeyHash([key; 20]),
    };
    let transaction = |number, from: Option<(u8, u32)>, outputs| Transaction {
        id: Id([number; 32]),
        inputs: from.into_iter().map(|(id, vout)| spends(id, vout)).collect(),
        outputs,
    };
    let block = |height: u32, transactions| Block {
        id: Id([100 + height as u8; 32]),
        previous: if height == 0 {
            Id::default()
        } else {
            Id([99 + height as u8; 32])
        },
        height,
        when: Moment::from_seconds(1_231_006_505 + i64::from(height) * 600).unwrap(),
        transactions,
    };
    let blocks = [
        block(0, vec![transaction(1, None, vec![output(5_000_000_000, 1)])]),
        block(
            1,
            vec![
                transaction(2, None, vec![output(5_000_000_000, 2)]),
                transaction(
                    3,
                    Some((1, 0)),
                    vec![output(3_000_000_000, 3), output(1_999_990_000, 4)],
                ),
            ],
        ),
    ];
    made.append(&blocks, &mut |_| ()).unwrap();
    (folder, ledger)
}

fn spends(id: u8, vout: u32) -> Input {
    Input {
        spends: OutPoint {
            transaction: Id([id; 32]),
            vout,
        },
        known: None,
    }
}

#[test]
fn a_ledger_of_coins_is_traced_by_the_same_verb() {
    let (_folder, ledger) = coins();
    let first = format!("{}:0", "01".repeat(32));
    let ran = strongroom(["trace", arg(&ledger), "--from", &first]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    for said in [
        "BTC  5000000000 base units stolen",
        "last, UTC",
        "2009-01-03T18:25:05Z",
        "3000000000",
        "tiho",
        "to the unit",
    ] {
        assert!(ran.out.contains(said), "{said}: {}", ran.out);
    }
    let ran = strongroom([
        "trace",
        "--json",
        arg(&ledger),
        "--from",
        &first,
        "--policy",
        "fifo",
        "--fees",
        "follow",
    ]);
    let trace = &ran.json()[0];
    assert_eq!(
        (&trace["ledger"], &trace["ends"][0]["height"]),
        (&"coins".into(), &1.into())
    );
    // The coinbase claims the subsidy alone: the fee is nobody's.
    let ends = trace["ends"].as_array().unwrap();
    let unclaimed: Vec<_> = ends.iter().filter(|end| end["reason"] == "unclaimed").collect();
    assert_eq!((unclaimed.len(), &unclaimed[0]["amount"]), (1, &"10000".into()));
    let last = format!("{}:1", "03".repeat(32));
    let ran = strongroom([
        "trace",
        arg(&ledger),
        "--back",
        "--from",
        &last,
        "--policy",
        "lifo",
        "--way",
        &first,
    ]);
    assert!(
        ran.out.contains("mined") && ran.out.contains("height 1") && ran.out.contains("height 0"),
        "{}",
        ran.out
    );
    let ran = strongroom(["trace", arg(&ledger), "--from", &first, "--format", "graphml"]);
    assert!(
        ran.out.starts_with("<?xml") && ran.out.contains("\"double\""),
        "{}",
        ran.out
    );
    let address = ends[0]["account"].as_str().unwrap();
    assert!(address.starts_with('1'), "{address}");
    let ran = strongroom([
        "trace",
        arg(&ledger),
        "--from",
        address,
        "--since",
        "1",
        "--format",
        "ends-csv",
    ]);
    assert!(
        ran.out.starts_with("policy,direction,") && ran.out.contains(address),
        "{}",
        ran.out
    );
}

#[test]
fn what_one_kind_of_ledger_does_not_have_is_refused_with_its_cause() {
    let (_one, coins) = coins();
    let (_two, accounts) = ledger();
    let first = format!("{}:0", "01".repeat(32));
    for (said, flags) in [
        (
            "--row is for ledgers of accounts",
            vec!["trace", arg(&coins), "--row", "1"],
        ),
        (
            "tiho",
            vec!["trace", arg(&coins), "--from", &first, "--policy", "clean_first"],
        ),
        (
            "asset of this ledger is BTC",
            vec!["trace", arg(&coins), "--from", &first, "--dust", "ETH=5"],
        ),
        ("address", vec!["trace", arg(&coins), "--from", "thief"]),
        (
            "has no asset XMR",
            vec!["trace", arg(&accounts), "--from", "thief", "--dust", "XMR=5"],
        ),
        (
            "holds a ledger of coins, and one of accounts is needed",
            vec!["ledger", "deposits", arg(&coins), "--tags", arg(&coins)],
        ),
        (
            "holds a ledger of accounts, and one of coins is needed",
            vec!["ledger", "peels", arg(&accounts), &first],
        ),
        (
            "--fees follow",
            vec!["trace", arg(&accounts), "--from", "thief", "--fees", "follow"],
        ),
        (
            "one of them at a time",
            vec![
                "trace",
                "--json",
                arg(&coins),
                "--from",
                &first,
                "--format",
                "graphml",
            ],
        ),
    ] {
        let ran = strongroom(flags);
        assert_eq!(ran.code, 2, "{said}");
        assert!(ran.err.contains(said), "{said}: {}", ran.err);
    }
}
