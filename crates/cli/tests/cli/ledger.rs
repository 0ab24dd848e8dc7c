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

fn ledger() -> (TempDir, PathBuf) {
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

/// A file of `../shared/data`, or nothing where that is absent.
fn shared(test: &str, name: &str) -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/ledger");
    let path = root.join(name);
    if path.exists() {
        return Some(path);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is absent", path.display());
    eprintln!("SKIPPED: {test}: ../shared/data is absent");
    None
}

#[test]
fn an_export_is_one_import_whatever_the_order_of_its_tables() {
    let test = "an_export_is_one_import_whatever_the_order_of_its_tables";
    let Some(folder) = shared(test, "ethereum/tokens") else {
        return;
    };
    let mut tables =
        ["blocks.csv", "transactions.csv", "traces.csv", "logs.json"].map(|name| folder.join(name));
    let import = |tables: &[PathBuf; 4], ledger: &std::path::Path| {
        let [a, b, c, d] = tables;
        let ran = strongroom([
            "ledger",
            "import",
            "--json",
            arg(ledger),
            arg(a),
            arg(b),
            arg(c),
            arg(d),
        ]);
        assert_eq!(ran.json().len(), 1, "{}", ran.err);
        (ran.code, ran.json()[0]["rows"].as_u64().unwrap())
    };
    let work = tempdir().unwrap();
    let (one, other) = (work.path().join("one"), work.path().join("other"));
    let (code, taken) = import(&tables, &one);
    // What the sample does not say is told, so not everything was cleared.
    assert_eq!((code, taken > 0), (3, true));
    tables.reverse();
    assert_eq!(import(&tables, &other), (3, taken));
    assert_eq!(import(&tables, &one), (0, 0), "an export is not taken twice");
    let info = strongroom(["ledger", "info", "--json", arg(&one)]);
    assert_eq!(info.json()[0]["rows"].as_u64(), Some(taken));
}

#[test]
fn a_nodes_block_files_become_a_ledger_that_says_who_belongs_together() {
    let test = "a_nodes_block_files_become_a_ledger_that_says_who_belongs_together";
    let Some(blocks) = shared(test, "bitcoin/first-100k-blocks.dat") else {
        return;
    };
    let folder = tempdir().unwrap();
    let ledger = folder.path().join("btc");
    let import = [
        "ledger",
        "import",
        "--json",
        arg(&ledger),
        "--chain",
        "bitcoin",
        arg(&blocks),
    ];
    let ran = strongroom(import);
    let line = &ran.json()[0];
    assert_eq!(
        (ran.code, &line["blocks"], &line["taken_back"]),
        (0, &439.into(), &0.into()),
        "{}",
        ran.err
    );
    let again = strongroom(import);
    assert_eq!(
        (again.code, &again.json()[0]["blocks"]),
        (0, &0.into()),
        "{}",
        again.err
    );
    let info = strongroom(["ledger", "info", "--json", arg(&ledger)]);
    assert_eq!(info.json()[0]["heights"], serde_json::json!([0, 438]));
    let verified = strongroom(["ledger", "verify", "--json", arg(&ledger)]);
    let (issued, none) = ("2195000000000", "0");
    let asset = serde_json::json!({
        "asset": "BTC", "state": "balanced", "issued": issued, "held": issued, "burnt": none, "unclaimed": none,
        "overwritten": none,
    });
    assert_eq!(verified.code, 0);
    assert_eq!(
        verified.json()[0]["issuance"],
        serde_json::json!({"assets": [asset]})
    );
    // Chains of accounts come from nodes.
    let ethereum = [
        "ledger",
        "import",
        arg(&ledger),
        "--chain",
        "ethereum",
        arg(&blocks),
    ];
    assert!(strongroom(ethereum).err.contains("--node"));

    let cluster = |address: &str| strongroom(["ledger", "cluster", "--json", arg(&ledger), address]);
    let known = cluster("12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S");
    assert_eq!(
        (known.code, &known.json()[0]["holds"]),
        (0, &1_800_000_000u64.into()),
        "{}",
        known.err
    );
    let typo = cluster("12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3T");
    assert_eq!(typo.code, 2);
    assert!(typo.err.contains("checksum"), "{}", typo.err);
    let litecoin = strongroom([
        "ledger",
        "import",
        arg(&ledger),
        "--chain",
        "litecoin",
        arg(&blocks),
    ]);
    assert_eq!(litecoin.code, 2);
    assert!(
        litecoin.err.contains("holds a ledger of bitcoin"),
        "{}",
        litecoin.err
    );
    let nowhere = strongroom([
        "ledger",
        "import",
        arg(&ledger),
        "--chain",
        "bitcoin",
        "--node",
        "nonsense",
    ]);
    assert_eq!(nowhere.code, 2);
    assert!(nowhere.err.contains("no address of a node"), "{}", nowhere.err);
}

#[test]
fn a_ledger_is_exported_for_other_programs_and_comes_back_as_it_was() {
    let (folder, accounts) = ledger();
    let into = folder.path().join("parquet");
    let ran = strongroom(["ledger", "export", arg(&accounts), arg(&into)]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("transfers.parquet  5 rows"), "{}", ran.out);
    let table = into.join("transfers.parquet");
    let again = folder.path().join("again");
    let ran = strongroom(["ledger", "import", "--json", arg(&again), arg(&table)]);
    assert_eq!((ran.code, &ran.json()[0]["rows"]), (0, &5.into()), "{}", ran.err);
    let traced =
        |ledger: &std::path::Path| strongroom(["trace", "--json", arg(ledger), "--from", "thief"]).json();
    assert_eq!(traced(&again), traced(&accounts));
    // Written again, it is the same; what is something else is left alone.
    let bytes = fs::read(&table).unwrap();
    let ran = strongroom(["ledger", "export", "--json", arg(&accounts), arg(&into)]);
    assert_eq!(
        (ran.code, &ran.json()[0]["kind"]),
        (0, &"accounts".into()),
        "{}",
        ran.err
    );
    assert!(fs::read(&table).unwrap() == bytes);
    for other in [folder.path(), &accounts] {
        let ran = strongroom(["ledger", "export", arg(&accounts), arg(other)]);
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains("something else than an export"), "{}", ran.err);
    }
    let nothing = folder.path().join("nothing");
    let ran = strongroom(["ledger", "export", arg(&nothing), arg(&into)]);
    assert!(
        ran.code == 2 && ran.err.contains("holds no ledger"),
        "{}",
        ran.err
    );
}

#[test]
fn a_chain_of_coins_is_exported_as_tables_that_refer_to_each_other() {
    let (folder, coins) = coins();
    let into = folder.path().join("parquet");
    let ran = strongroom(["ledger", "export", "--json", arg(&coins), arg(&into)]);
    let line = &ran.json()[0];
    assert_eq!((ran.code, &line["kind"]), (0, &"coins".into()), "{}", ran.err);
    let tables = line["tables"].as_array().unwrap();
    let rows: Vec<_> = tables
        .iter()
        .map(|table| (table["file"].as_str().unwrap(), table["rows"].as_u64().unwrap()))
        .collect();
    assert_eq!(
        rows,
        [
            ("blocks.parquet", 2),
            ("transactions.parquet", 3),
            ("outputs.parquet", 4),
            ("inputs.parquet", 1)
        ]
    );
    for table in tables {
        let file = fs::read(into.join(table["file"].as_str().unwrap())).unwrap();
        assert_eq!(table["bytes"], file.len() as u64);
    }
}
