//! `screen --ledger`: what a wallet has to do with listed and tagged parties, as a user sees it.

use crate::ledger::coins;
use crate::run::{arg, strongroom};
use serde_json::{Value, json};
use std::fs;
use tempfile::tempdir;

/// A listed party and a shop pay a man in the middle, who pays the wallet; the wallet pays an exchange.
const TABLE: &str = "time,tx,from,to,asset,amount\n\
    2019-03-24T01:00:00Z,t1,listed,middle,XEM,100\n\
    2019-03-24T02:00:00Z,t2,shop,middle,XEM,100\n\
    2019-03-24T03:00:00Z,t3,middle,wallet,XEM,120\n\
    2019-03-24T04:00:00Z,t4,wallet,deposit,XEM,50\n";

const TAGS: &str = "address,label,service\n\
    listed,Example Regime,sanctioned\n\
    shop,Example Shop,other\n\
    deposit,Example Exchange,exchange\n";

#[test]
fn a_wallet_is_exposed_to_whom_its_money_came_from_and_went_to() {
    let folder = tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("transfers.csv"), TABLE).unwrap();
    fs::write(at("tags.csv"), TAGS).unwrap();
    strongroom(["ledger", "import", arg(&at("ledger")), arg(&at("transfers.csv"))]);
    let asked = |flags: &[&str]| {
        let (tags, ledger) = (at("tags.csv"), at("ledger"));
        let mut args = vec!["screen", "--list", arg(&tags), "--ledger", arg(&ledger), "wallet"];
        args.extend(flags);
        strongroom(args)
    };
    let ran = asked(&["--json"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let exposure = &ran.json()[1];
    let received = &exposure["received"][0];
    let parts: Vec<Value> = received["parts"].as_array().unwrap().clone();
    let told: Vec<_> = parts
        .iter()
        .map(|part| json!([part["tag"]["label"], part["amount"], part["direct"], part["hops"]]))
        .collect();
    // Who stood in the middle had 200 and has 80 left: what it was paid is shared out over both payers alike.
    assert_eq!(
        told,
        [
            json!(["Example Regime", "60", "0", 2]),
            json!(["Example Shop", "60", "0", 2])
        ]
    );
    assert_eq!(
        (&received["followed"], &received["rest"]),
        (&json!("120"), &json!({})),
        "every unit is somebody's"
    );
    let way: Vec<&Value> = parts[0]["path"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hop| &hop["by"])
        .collect();
    assert_eq!(way, ["t3", "t1"]);
    let sent = &exposure["sent"][0];
    assert_eq!(
        (&sent["parts"][0]["direct"], &sent["rest"]),
        (&json!("50"), &json!({"unspent": "70"}))
    );
    // By FIFO what came last came from whom paid last.
    let ran = asked(&["--json", "--policy", "fifo"]);
    assert_eq!(
        ran.json()[1]["received"][0]["parts"][0]["amount"],
        "100",
        "{}",
        ran.out
    );
    let near = asked(&["--json", "--hops", "1"]);
    assert_eq!(
        near.json()[1]["received"][0]["rest"]["hops"],
        "120",
        "{}",
        near.out
    );
    assert_eq!(near.code, 0, "an exchange is no hit");
    let further = asked(&["--json", "--hops", "2"]);
    assert_eq!(further.json()[1]["received"], exposure["received"]);
    let text = asked(&[]).out;
    assert!(text.contains("60 (50.0 %) sanctioned Example Regime"), "{text}");
}

#[test]
fn coins_are_followed_back_to_whose_they_were() {
    let (folder, ledger) = coins();
    let first = format!("{}:0", "01".repeat(32));
    let traced = strongroom([
        "trace",
        "--json",
        arg(&ledger),
        "--from",
        &first,
        "--policy",
        "fifo",
    ]);
    let traced = traced.json();
    let listed = traced[0]["seeds"][0]["account"].as_str().unwrap().to_owned();
    let ends = traced[0]["ends"].as_array().unwrap();
    let wallet = ends.iter().find(|end| end["amount"] == "3000000000").unwrap()["account"]
        .as_str()
        .unwrap();
    let tags = folder.path().join("tags.csv");
    fs::write(
        &tags,
        format!("address,label,service\n{listed},Example Regime,sanctioned\n"),
    )
    .unwrap();
    let asked = |wallet: &str| {
        strongroom([
            "screen",
            "--json",
            "--list",
            arg(&tags),
            "--ledger",
            arg(&ledger),
            wallet,
        ])
    };
    let ran = asked(wallet);
    let part = &ran.json()[1]["received"][0]["parts"][0];
    assert_eq!(
        (&part["amount"], &part["direct"], &part["account"]),
        (&json!("3000000000"), &json!("3000000000"), &json!(listed)),
        "{}",
        ran.out
    );
    let stranger = asked("0x8576acc5c05d6ce88f4e49bf65bdf0c62f91353c");
    let gap = &stranger.json()[1]["gaps"][0];
    assert!(
        gap["why"].as_str().unwrap().contains("no address of BTC"),
        "{gap}"
    );
    assert_eq!(stranger.code, 3, "what was not asked is not cleared");
}
