//! `ledger import` of what other programs wrote, and `ledger export` for them.

use crate::ledger::{coins, ledger};
use crate::run::{arg, strongroom};
use std::fs;
use std::path::PathBuf;
use tempfile::tempdir;

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
    // The folder as a whole is the same table, and nothing else to import.
    let ran = strongroom(["ledger", "import", "--json", arg(&again), arg(&into)]);
    assert_eq!((ran.code, &ran.json()[0]["rows"]), (0, &0.into()), "{}", ran.err);
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

#[test]
fn what_is_not_there_makes_no_ledger() {
    let folder = tempdir().unwrap();
    let (ledger, nothing) = (folder.path().join("ledger"), folder.path().join("nothing"));
    let empty = tempdir().unwrap();
    for flags in [
        vec!["ledger", "import", arg(&ledger), arg(&nothing)],
        vec![
            "ledger",
            "import",
            arg(&ledger),
            "--chain",
            "bitcoin",
            arg(&nothing),
        ],
        vec![
            "ledger",
            "import",
            arg(&ledger),
            "--chain",
            "bitcoin",
            arg(empty.path()),
        ],
        vec![
            "ledger",
            "import",
            arg(&ledger),
            "--chain",
            "bitcoin",
            "--node",
            "http://127.0.0.1:9",
        ],
    ] {
        let ran = strongroom(flags);
        assert_eq!((ran.code, ledger.exists()), (2, false), "{}", ran.err);
    }
}
