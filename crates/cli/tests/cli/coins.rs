//! Clusters and peeling chains of coins, and deposit addresses of accounts, as a user sees them.

use crate::run::{arg, strongroom};
use std::fs;
use std::path::PathBuf;
use strongroom_desk::Chain;
use strongroom_desk::coins::{
    Block, CoinLayout, CoinLedger, Id, Input, OutPoint, Output, Owner, Transaction,
};
use strongroom_model::Moment;
use tempfile::{TempDir, tempdir};

pub fn address(key: u8) -> String {
    let chain = Chain::named("bitcoin").unwrap();
    Owner::KeyHash([key; 20]).address(chain).unwrap().to_string()
}

fn transaction(number: u8, spends: &[(u8, u32)], outputs: &[(u64, u8)]) -> Transaction {
    let input = |(id, vout): &(u8, u32)| Input {
        spends: OutPoint {
            transaction: Id([*id; 32]),
            vout: *vout,
        },
        known: None,
    };
    let output = |(value, key): &(u64, u8)| Output {
        value: *value,
        owner: Owner::KeyHash([*key; 20]),
    };
    Transaction {
        id: Id([number; 32]),
        inputs: spends.iter().map(input).collect(),
        outputs: outputs.iter().map(output).collect(),
    }
}

/// A ledger in which 1 and 2 sign together, and the coin 01…:2 is peeled in four links, once to 2; and tags that name 1.
pub fn peeled() -> (TempDir, PathBuf, PathBuf) {
    let folder = tempdir().unwrap();
    let (ledger, tags) = (folder.path().join("coins"), folder.path().join("tags.csv"));
    let row = format!("address,label,service\n{},Example,exchange\n", address(1));
    fs::write(&tags, row).unwrap();
    let transactions = [
        transaction(10, &[(1, 0), (1, 1)], &[(200, 5)]),
        transaction(20, &[(1, 2)], &[(1_000, 30), (9_000, 31)]),
        transaction(21, &[(20, 1)], &[(2_000, 2), (7_000, 32)]),
        transaction(22, &[(21, 1)], &[(6_500, 34), (500, 33)]),
        transaction(23, &[(22, 0)], &[(400, 35), (6_100, 36)]),
    ];
    let first = transaction(1, &[], &[(100, 1), (100, 2), (10_000, 9)]);
    let mut blocks = vec![vec![first]];
    for (number, transaction) in (100..).zip(transactions) {
        blocks.push(vec![self::transaction(number, &[], &[(50, 50)]), transaction]);
    }
    let id = |height: u8| Id([200 + height; 32]);
    let blocks = (0u8..).zip(blocks).map(|(height, transactions)| Block {
        id: id(height),
        previous: height.checked_sub(1).map_or(Id::default(), id),
        height: u32::from(height),
        when: Moment::from_seconds(1_231_006_505 + i64::from(height) * 600).unwrap(),
        transactions,
    });
    let mut made = CoinLedger::create(&ledger, "bitcoin", CoinLayout::default()).unwrap();
    made.append(blocks, &mut |_| ()).unwrap();
    (folder, ledger, tags)
}

#[test]
fn a_peeling_chain_is_named_from_any_of_its_parts() {
    let (_folder, ledger, _) = peeled();
    let output = format!("{}:1", "15".repeat(32));
    let account = address(33);
    for from in ["16".repeat(32).as_str(), &output, &account] {
        let ran = strongroom(["ledger", "peels", "--json", arg(&ledger), from]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let line = &ran.json()[0];
        let chain = &line["peels"][0];
        let links = chain["links"].as_array().unwrap();
        let peeled: Vec<u64> = links.iter().map(|link| link["value"].as_u64().unwrap()).collect();
        assert_eq!(peeled, [1_000, 2_000, 500, 400], "{from}: {line}");
        assert_eq!(
            (
                &chain["begins"]["account"],
                &chain["rest"]["value"],
                &chain["spent"]
            ),
            (&address(9).into(), &6_100.into(), &false.into())
        );
        assert_eq!(line["peels"].as_array().unwrap().len(), 1);
    }
    let ran = strongroom(["ledger", "peels", arg(&ledger), &address(9)]);
    for said in [
        "peeling chain of 4 links, 10000 satoshi of",
        "2000 satoshi to",
        "left: 6100 satoshi",
        "unspent",
    ] {
        assert!(ran.out.contains(said), "{said}: {}", ran.out);
    }
    let ran = strongroom(["ledger", "peels", arg(&ledger), &address(1)]);
    assert!(
        ran.code == 0 && ran.out.contains("no coin pays itself away"),
        "{}{}",
        ran.out,
        ran.err
    );
    let ran = strongroom(["ledger", "peels", arg(&ledger), &"99".repeat(32)]);
    assert!(
        ran.code == 2 && ran.err.contains("has no transaction"),
        "{}",
        ran.err
    );
}

#[test]
fn a_trace_stops_at_the_cluster_of_a_tagged_address_and_says_why() {
    let (_folder, ledger, tags) = peeled();
    let stolen = format!("{}:2", "01".repeat(32));
    let common = [
        "trace",
        arg(&ledger),
        "--from",
        &stolen,
        "--policy",
        "fifo",
        "--tags",
        arg(&tags),
    ];
    let ran = strongroom(common);
    assert!(!ran.out.contains("Example"), "{}", ran.out);
    let ran = strongroom(common.iter().chain(&["--clusters"]));
    let said = format!("Example (by its cluster) {} service", address(2));
    assert!(ran.code == 1 && ran.out.contains(&said), "{}{}", ran.out, ran.err);
    let ran = strongroom(common.iter().chain(&["--clusters", "--way", &address(2)]));
    let why = format!(
        "{} and {}: multi-input (95 %) in {}",
        address(1),
        address(2),
        "0a".repeat(32)
    );
    let why_turned = format!(
        "{} and {}: multi-input (95 %) in {}",
        address(2),
        address(1),
        "0a".repeat(32)
    );
    assert!(
        ran.out.contains(&why) || ran.out.contains(&why_turned),
        "{}",
        ran.out
    );
    let ran = strongroom(common.iter().chain(&["--clusters", "--json"]));
    let line = &ran.json()[0];
    let ends = line["ends"].as_array().unwrap();
    let named: Vec<_> = ends.iter().filter(|end| end["tag"].is_object()).collect();
    assert_eq!((named.len(), &named[0]["amount"]), (1, &"2000".into()));
    assert_eq!(named[0]["cluster"]["member"], address(1));
}

#[test]
fn deposit_addresses_are_found_by_the_wallets_of_the_exchange() {
    let folder = tempdir().unwrap();
    let (table, ledger, tags) = deposits(&folder);
    let ran = strongroom(["ledger", "import", arg(&ledger), arg(&table)]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let ran = strongroom(["ledger", "deposits", "--json", arg(&ledger), "--tags", arg(&tags)]);
    let found = ran.json()[0]["deposits"].as_array().unwrap().clone();
    assert_eq!((ran.code, found.len()), (0, 1), "{}{}", ran.out, ran.err);
    assert_eq!(
        (&found[0]["account"], &found[0]["payers"]),
        (&"customer".into(), &2.into())
    );
    let ran = strongroom(["ledger", "deposits", arg(&ledger), "--tags", arg(&tags)]);
    for said in [
        "customer",
        "Example: 2 sweeps of 149 base units of ETH out of 150, from 2 payers",
    ] {
        assert!(ran.out.contains(said), "{said}: {}", ran.out);
    }
    let ran = strongroom(["ledger", "deposits", arg(&ledger)]);
    assert!(ran.code == 2 && ran.err.contains("--tags"), "{}", ran.err);
}

/// A table in which one account sweeps to an exchange, a ledger for it, and tags that name the exchange.
pub fn deposits(folder: &TempDir) -> (PathBuf, PathBuf, PathBuf) {
    let [table, ledger, tags] =
        ["sweeps.csv", "sweeps", "exchanges.csv"].map(|name| folder.path().join(name));
    let rows = "time,tx,from,to,asset,amount\n\
                2019-03-24T01:00:00Z,t1,alice,customer,ETH,100\n2019-03-24T02:00:00Z,t2,customer,hot,ETH,99\n\
                2019-03-24T03:00:00Z,t3,bob,customer,ETH,50\n2019-03-24T04:00:00Z,t4,customer,hot,ETH,50\n";
    fs::write(&table, rows).unwrap();
    fs::write(&tags, "address,label,service\nhot,Example,exchange\n").unwrap();
    (table, ledger, tags)
}
