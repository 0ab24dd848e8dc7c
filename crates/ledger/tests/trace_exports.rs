//! Traces in the forms of other programs, with names that mean something to those.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod coin_chains;

use coin_chains::{block, id, input, ledger, output, transaction};
use std::io::Cursor;
use strongroom_ledger::{
    CoinPolicy, CoinSeed, CoinStops, Direction, Ledger, Mapping, Policy, Seed, Stops, Trace, ends_csv,
    flows_csv, graphml, trace, trace_coins,
};
use strongroom_model::{Limits, Service, Tag};

/// A name that is a formula to a spreadsheet, and markup and a field's end to careless writers.
const EVIL: &str = "=1+1,\"<b>&'\u{1}";

fn accounts() -> Vec<Trace> {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::create(dir.path()).unwrap();
    let table = "time,tx,from,to,asset,amount\n1,t1,hot,thief,XEM,900\n2,t2,thief,shop,XEM,300\n";
    ledger
        .import_csv("t.csv", Cursor::new(table), &Mapping::default(), &mut |_| ())
        .unwrap();
    let tags = |account: &str| (account == "shop").then(|| Tag::new(EVIL, Service::Exchange, "a list"));
    let stops = Stops {
        tags: &tags,
        ..Stops::none()
    };
    trace(
        &ledger,
        Direction::Forward,
        &[Seed::Transfer(0)],
        &[Policy::Fifo, Policy::Tifo],
        &stops,
        &Limits::default(),
    )
    .unwrap()
}

fn coins() -> Vec<Trace<CoinPolicy>> {
    let blocks = [
        block(0, vec![transaction(1, Vec::new(), vec![output(24, 9)])]),
        block(
            1,
            vec![
                transaction(2, Vec::new(), vec![output(24, 9)]),
                transaction(3, vec![input(1, 0)], vec![output(20, 1), output(3, 1)]),
            ],
        ),
    ];
    let (_dir, ledger) = ledger(&blocks, 64);
    let seeds = [CoinSeed::Transaction {
        id: id(1),
        height: None,
    }];
    let (stops, limits) = (CoinStops::default(), Limits::default());
    trace_coins(
        &ledger,
        Direction::Forward,
        &seeds,
        &[CoinPolicy::Fifo],
        &stops,
        &limits,
    )
    .unwrap()
}

fn written(write: impl Fn(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Reads comma-separated values by the letter of RFC 4180.
fn cells(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut cell, mut quoted) = (vec![Vec::new()], String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.push(chars.next().unwrap()),
            '"' => quoted = !quoted,
            ',' if !quoted => rows.last_mut().unwrap().push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                rows.last_mut().unwrap().push(std::mem::take(&mut cell));
                rows.push(Vec::new());
            }
            '\r' if !quoted => {}
            other => cell.push(other),
        }
    }
    assert!(rows.pop().unwrap().is_empty() && !quoted);
    rows
}

#[test]
fn ends_are_a_table_with_a_row_for_each_and_no_formula() {
    let rows = cells(&written(|out| ends_csv(&accounts(), out)));
    assert!(rows.iter().all(|row| row.len() == rows[0].len()));
    let column = |name: &str| rows[0].iter().position(|cell| cell == name).unwrap();
    let shop: Vec<_> = rows
        .iter()
        .filter(|row| row[column("account")] == "shop")
        .collect();
    assert_eq!(
        shop.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(),
        ["fifo", "tifo"]
    );
    assert_eq!(shop[0][column("party")], format!("'{EVIL}"));
    assert_eq!(shop[0][column("amount_base_units")], "300");
    assert_eq!(shop[0][column("time_utc")], "1970-01-01T00:00:02Z");
    let rows = cells(&written(|out| ends_csv(&coins(), out)));
    let end = &rows[1];
    assert_eq!(end[column("outpoint")], format!("{}:0", id(3)));
    assert_eq!(
        (end[column("height")].as_str(), end[column("reason")].as_str()),
        ("1", "unspent")
    );
}

#[test]
fn flows_of_coins_lead_through_transactions_and_sum_what_one_owner_gets() {
    let rows = cells(&written(|out| flows_csv(&coins(), out)));
    let flows: Vec<_> = rows[1..]
        .iter()
        .map(|row| (row[1].as_str(), row[5].as_str(), row[6].as_str()))
        .collect();
    assert_eq!(flows, [("spend", "24", "1"), ("receipt", "23", "2")]);
    assert_eq!(
        (&rows[1][3], &rows[2][2]),
        (&id(3).to_string(), &id(3).to_string())
    );
}

#[test]
fn the_graph_is_well_formed_whatever_names_hold() {
    let text = written(|out| graphml(&accounts(), out));
    assert!(
        text.contains("=1+1,&quot;&lt;b&gt;&amp;&apos;\u{fffd}") && !text.contains("<b>"),
        "{text}"
    );
    for (tag, count) in [
        ("<node ", 2),
        ("</node>", 2),
        ("<edge ", 2),
        ("</edge>", 2),
        ("<graph ", 1),
    ] {
        assert_eq!(text.matches(tag).count(), count, "{tag}");
    }
    let text = written(|out| graphml(&coins(), out));
    assert_eq!(text.matches("<data key=\"kind\">transaction</data>").count(), 1);
    assert_eq!(text.matches("<data key=\"seed\">true</data>").count(), 1);
    assert!(text.contains("<data key=\"amount\">23</data>"));
}

#[test]
fn what_goes_out_as_json_is_read_back() {
    for trace in coins() {
        let text = serde_json::to_string(&trace).unwrap();
        assert_eq!(serde_json::from_str::<Trace<CoinPolicy>>(&text).unwrap(), trace);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (&value["schema"], &value["ledger"]),
            (&"strongroom.trace/1".into(), &"coins".into())
        );
        assert_eq!(value["steps"][0]["outpoint"], format!("{}:0", id(1)));
        assert_eq!(value["seeds"][0].get("from"), None);
    }
    let text = serde_json::to_string(&accounts()).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Trace>>(&text).unwrap(), accounts());
}
