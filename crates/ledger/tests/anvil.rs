//! A chain that a real node runs, imported from the node's answers: every balance is the node's own, to the wei.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod node;

use node::Node;
use node::town::{FRIEND, HEIR, PROPOSER, Town, amount, settle, word};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use strongroom_ledger::ethereum::{Account, Behaviour, Block, BlockParts, Books, Chain, Token, Traces};
use strongroom_ledger::{Booked, Imported, Ledger, LedgerError, Row};
use strongroom_model::{Amount, Moment};
use tempfile::TempDir;

enum Asked {
    Parity,
    Calls,
    Nothing,
}

fn books(town: &Town) -> Books {
    let mut chain = Chain::of_id(31_337);
    let token = Token {
        symbol: "W".into(),
        decimals: 18,
        behaviour: Behaviour::WrapsCoin,
    };
    chain.tokens.declare(Account::read(&town.wrapper).unwrap(), token);
    Books::of(chain)
}

/// Reads the whole chain and books it; before its first block stands what the node gave its accounts.
fn booked(node: &Node, town: &Town, traces: &Asked) -> Vec<Booked> {
    let mut books = books(town);
    let last = amount(&node.ask("eth_blockNumber", json!([]))).limbs()[0];
    let mut blocks = vec![genesis(node, town, books.chain())];
    for number in 1..=last {
        let at = format!("0x{number:x}");
        let block = node.answer("eth_getBlockByNumber", json!([at, true]));
        let receipts = node.answer("eth_getBlockReceipts", json!([at]));
        let answer = match traces {
            Asked::Parity => node.answer("trace_block", json!([at])),
            Asked::Calls => node.answer("debug_traceBlockByNumber", json!([at, {"tracer": "callTracer"}])),
            Asked::Nothing => Value::Null,
        };
        let parts = BlockParts {
            block: &block,
            receipts: Some(&receipts),
            traces: match traces {
                Asked::Parity => Traces::Parity(&answer),
                Asked::Calls => Traces::Calls(&answer),
                Asked::Nothing => Traces::None,
            },
        };
        blocks.push(books.book(&Block::of_rpc(&parts).unwrap()));
    }
    blocks
}

fn genesis(node: &Node, town: &Town, chain: &Chain) -> Booked {
    let block = node.ask("eth_getBlockByNumber", json!(["0x0", false]));
    let row = |account: &String| Row {
        when: Moment::from_seconds(amount(&block["timestamp"]).limbs()[0] as i64).unwrap(),
        transaction: Cow::Borrowed(""),
        from: Cow::Borrowed(""),
        to: Cow::Owned(account.clone()),
        asset: Cow::Owned(chain.coin().to_owned()),
        amount: amount(&node.ask("eth_getBalance", json!([account, "0x0"]))),
        fee: Amount::ZERO,
    };
    Booked {
        number: 0,
        id: block["hash"].as_str().unwrap().to_owned(),
        rows: town.people.iter().map(row).collect(),
        ..Booked::default()
    }
}

fn imported(blocks: Vec<Booked>) -> (TempDir, Ledger, Imported) {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::create(dir.path()).unwrap();
    let imported = ledger.import_blocks("eip155-31337", blocks, &mut |_| ()).unwrap();
    (dir, ledger, imported)
}

/// Every account that a row names, and its balance in each asset that it ever had.
fn balances(ledger: &Ledger) -> BTreeMap<(String, String), Amount> {
    let mut accounts = BTreeSet::new();
    for transfer in ledger.transfers() {
        let transfer = transfer.unwrap();
        accounts.extend([transfer.from, transfer.to].map(str::to_owned));
    }
    accounts.remove("");
    let mut balances = BTreeMap::new();
    for account in accounts {
        for balance in ledger.balances(&account).unwrap() {
            assert!(balance.opening.is_zero(), "{account} {balance:?}");
            balances.insert((account.clone(), balance.asset), balance.now);
        }
    }
    balances
}

/// What the node says of the same accounts and assets.
fn node_balances(
    node: &Node,
    chain: &Chain,
    of: &BTreeMap<(String, String), Amount>,
) -> BTreeMap<(String, String), Amount> {
    let balance = |account: &str, asset: &str| match asset.strip_prefix(&format!("{}/0x", chain.name())) {
        Some(contract) => {
            let data = format!("0x70a08231{}", word(account));
            amount(&node.ask(
                "eth_call",
                json!([{"to": format!("0x{contract}"), "data": data}, "latest"]),
            ))
        }
        None => amount(&node.ask("eth_getBalance", json!([account, "latest"]))),
    };
    of.keys()
        .map(|key| (key.clone(), balance(&key.0, &key.1)))
        .collect()
}

#[test]
fn every_balance_is_the_nodes_own_whichever_way_it_traces_and_under_the_rules_of_every_age() {
    // Gas all to the miner; a base fee burnt; contracts that vanish; blobs and contracts that stay.
    for fork in ["berlin", "london", "shanghai", "cancun", "prague"] {
        let Some(node) = Node::start("every_balance_is_the_nodes_own", fork) else {
            return;
        };
        let town = settle(&node);
        for traces in [Asked::Parity, Asked::Calls] {
            let (_dir, ledger, imported) = imported(booked(&node, &town, &traces));
            assert_eq!(imported.gaps, [], "{fork}");
            let ours = balances(&ledger);
            assert_eq!(ours, node_balances(&node, books(&town).chain(), &ours), "{fork}");
            let assets: BTreeSet<&str> = ours.keys().map(|(_, asset)| asset.as_str()).collect();
            assert_eq!(assets.len(), 3, "{assets:?}");
            let accounts: BTreeSet<&str> = ours.keys().map(|(account, _)| account.as_str()).collect();
            for account in [PROPOSER, HEIR, FRIEND, &town.token, &town.wrapper] {
                // The token itself never had anything.
                assert_eq!(accounts.contains(account), account != town.token, "{account}");
            }
        }
    }
}

#[test]
fn a_node_without_traces_leaves_a_gap_and_openings_stand_for_what_was_not_seen() {
    let Some(node) = Node::start("a_node_without_traces_leaves_a_gap", "prague") else {
        return;
    };
    let town = settle(&node);
    let (_dir, ledger, imported) = imported(booked(&node, &town, &Asked::Nothing));
    assert_eq!(imported.gaps.len(), 1, "{:?}", imported.gaps);
    assert!(imported.gaps[0].why.contains("no traces") && imported.gaps[0].hides);
    // What the forwarder passed on is not seen to leave it; the friend has the token alone.
    let assets: Vec<String> = ledger
        .balances(FRIEND)
        .unwrap()
        .into_iter()
        .map(|b| b.asset)
        .collect();
    assert_eq!(
        assets,
        [books(&town).chain().token(&Account::read(&town.token).unwrap())]
    );
}

#[test]
fn a_chain_goes_on_where_it_was_left_and_a_reorganisation_is_noticed() {
    let Some(node) = Node::start("a_chain_goes_on_where_it_was_left", "prague") else {
        return;
    };
    let town = settle(&node);
    let all = booked(&node, &town, &Asked::Parity);
    let (_whole_dir, whole, _) = imported(all.clone());
    let (_dir, mut ledger, first) = imported(all[..5].to_vec());
    let chain = "eip155-31337";
    assert_eq!(ledger.next_block(chain), Some(5));
    // Blocks that were taken are not taken twice.
    let rest = ledger
        .import_blocks(chain, all[3..].to_vec(), &mut |_| ())
        .unwrap();
    assert_eq!(
        (first.rows + rest.rows, rest.resumed_after),
        (whole.rows(), first.rows)
    );
    assert_eq!(balances(&ledger), balances(&whole));
    let (last, next) = (ledger.last_block(chain).unwrap().to_owned(), all.len() as u64);
    assert_eq!(last, all.last().unwrap().id);
    let mut other = Booked {
        number: next,
        id: "0x02".into(),
        parent: "0x01".into(),
        ..Booked::default()
    };
    let refused = ledger.import_blocks(chain, [other.clone()], &mut |_| ());
    assert!(matches!(refused, Err(LedgerError::Reorganised { .. })));
    (other.number, other.parent) = (next + 1, last);
    let refused = ledger.import_blocks(chain, [other], &mut |_| ());
    assert!(matches!(refused, Err(LedgerError::NotNext { wanted, .. }) if wanted == next));
    assert_eq!(ledger.rows(), whole.rows());
}

#[test]
fn a_ledger_that_begins_after_the_beginning_assumes_no_more_than_was_there() {
    let Some(node) = Node::start("a_ledger_that_begins_after_the_beginning", "prague") else {
        return;
    };
    let town = settle(&node);
    let (_dir, ledger, _) = imported(booked(&node, &town, &Asked::Parity)[1..].to_vec());
    let coin = books(&town).chain().coin().to_owned();
    let mut assumed = 0;
    for account in &town.people {
        let at = |block: &str| amount(&node.ask("eth_getBalance", json!([account, block])));
        let balances = ledger.balances(account).unwrap();
        let Some(balance) = balances.iter().find(|balance| balance.asset == coin) else {
            continue;
        };
        // The deepest deficit is at most what the account had, and what it has now beyond it is exact.
        assert!(balance.opening <= at("0x0"), "{account} {balance:?}");
        let (now, before) = (at("latest"), at("0x0"));
        assert_eq!(
            balance.now.checked_add(before),
            now.checked_add(balance.opening),
            "{account}"
        );
        assumed += usize::from(!balance.opening.is_zero());
    }
    assert!(assumed >= 2, "those who paid had something before");
}
