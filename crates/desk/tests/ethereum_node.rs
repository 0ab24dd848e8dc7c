//! A real node of an Ethereum chain on loopback (anvil), imported as the program does it.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "../../ledger/tests/node/mod.rs"]
mod node;
mod segments;
mod server;

use node::town::{FRIEND, HEIR, Town, amount, settle, word};
use node::{Node as Anvil, post};
use segments::same;
use serde_json::{Value, json};
use server::serve;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use strongroom_desk::{
    ChainSpan, ImportError, ImportedChain, Ledger, Node, NodeError, import_accounts_from_node, silent,
};
use strongroom_model::Amount;

const CHAIN: &str = "eip155-31337";

fn import(address: &str, folder: &Path, confirmations: u32) -> Result<ImportedChain, ImportError> {
    let node = Node::at(&format!("http://{address}"), None).unwrap();
    let span = ChainSpan {
        from: None,
        confirmations,
    };
    let imported = import_accounts_from_node(folder, &node, CHAIN, span, &silent);
    imported.map(|imported| imported.expect("the name is of a chain of accounts"))
}

/// Compares every balance with the node's: what a node does not say is to whom the chain gave its first coins, so that those
/// accounts have an opening balance, which is at most what they had.
fn compare(node: &Anvil, town: &Town, ledger: &Ledger) -> BTreeSet<String> {
    let token = format!("{CHAIN}/{}", town.token);
    let coin = "EIP155-31337/COIN";
    let mut accounts = BTreeSet::new();
    for transfer in ledger.transfers() {
        let transfer = transfer.unwrap();
        accounts.extend([transfer.from, transfer.to].map(str::to_owned));
    }
    accounts.remove("");
    let coins = |account: &str, block: &str| amount(&node.ask("eth_getBalance", json!([account, block])));
    for account in &accounts {
        let balances = ledger.balances(account).unwrap().into_iter();
        let balances: BTreeMap<String, _> = balances.map(|one| (one.asset.clone(), one)).collect();
        if let Some(balance) = balances.get(coin) {
            let before = coins(account, "0x0");
            assert!(balance.opening <= before, "{account} {balance:?}");
            assert_eq!(
                balance.now.checked_add(before),
                coins(account, "latest").checked_add(balance.opening),
                "{account}"
            );
        }
        if let Some(balance) = balances.get(&token) {
            let data = format!("0x70a08231{}", word(account));
            let said = node.ask("eth_call", json!([{"to": town.token, "data": data}, "latest"]));
            assert_eq!(
                (balance.opening, balance.now),
                (Amount::ZERO, amount(&said)),
                "{account}"
            );
        }
    }
    accounts
}

#[test]
fn every_balance_is_the_nodes_own_and_where_an_import_broke_off_changes_no_byte() {
    let Some(anvil) = Anvil::start("desk: every_balance_is_the_nodes_own", "prague") else {
        return;
    };
    let town = settle(&anvil);
    let undisturbed = tempfile::tempdir().unwrap();
    let imported = import(&anvil.address, undisturbed.path(), 1).unwrap();
    let whys: Vec<&str> = imported.gaps.iter().map(|gap| gap.why.as_str()).collect();
    assert!(
        matches!(whys[..], [why] if why.contains("gave its first coins")),
        "{whys:?}"
    );
    let truth = Ledger::open(undisturbed.path()).unwrap();
    let accounts = compare(&anvil, &town, &truth);
    for account in [FRIEND, HEIR, &town.wrapper] {
        assert!(accounts.contains(account), "{account}");
    }
    let tip = anvil.ask("eth_getBlockByNumber", json!(["latest", false]));
    assert_eq!(imported.tip.as_deref(), tip["hash"].as_str());
    assert_eq!(imported.blocks, amount(&tip["number"]).limbs()[0] + 1);

    // A node that hangs up after so many answers, then one that does not.
    for answers in [3, 6, 10, 19, 40] {
        let (address, asked) = (anvil.address.clone(), AtomicUsize::new(0));
        let broken = serve(move |_, body| {
            let alone = !body.starts_with('[');
            let within = asked.fetch_add(1, Ordering::Relaxed) < answers;
            // It takes one question at a time, so that it can break off anywhere.
            match (within, alone) {
                (false, _) => None,
                (true, true) => Some((200, post(&address, body))),
                (true, false) => Some((200, refusal(-32_600, "no batches"))),
            }
        });
        let folder = tempfile::tempdir().unwrap();
        let error = import(&broken, folder.path(), 1).unwrap_err();
        assert!(
            matches!(&error, ImportError::Node(NodeError::Unreachable { .. })),
            "{error}"
        );
        let before = Ledger::open(folder.path()).map_or(0, |ledger| ledger.rows());
        assert!(before < truth.rows());
        let rest = import(&anvil.address, folder.path(), 1).unwrap();
        assert_eq!(before + rest.rows, truth.rows());
        same(undisturbed.path(), folder.path());
    }

    // Block by block, as who follows a chain does.
    let folder = tempfile::tempdir().unwrap();
    for confirmations in (1..imported.blocks as u32).rev() {
        import(&anvil.address, folder.path(), confirmations).unwrap();
    }
    same(undisturbed.path(), folder.path());
    assert_eq!(import(&anvil.address, folder.path(), 1).unwrap().blocks, 0);
}

fn refusal(code: i64, message: &str) -> String {
    json!({"jsonrpc": "2.0", "id": 1, "error": {"code": code, "message": message}}).to_string()
}

/// A node that lacks methods.
fn lacking(address: &str, lacks: &'static [&'static str]) -> String {
    let address = address.to_owned();
    serve(move |_, body| {
        let asked: Value = serde_json::from_str(body).unwrap();
        let one = |question: &Value| match lacks.contains(&question["method"].as_str().unwrap()) {
            true => {
                let mut refused: Value = serde_json::from_str(&refusal(-32_601, "no such method")).unwrap();
                refused["id"] = question["id"].clone();
                refused
            }
            false => serde_json::from_str(&post(&address, &question.to_string())).unwrap(),
        };
        let answer = match &asked {
            Value::Array(questions) => questions.iter().map(one).collect::<Value>(),
            question => one(question),
        };
        Some((200, answer.to_string()))
    })
}

#[test]
fn what_a_node_lacks_is_asked_for_otherwise_or_told() {
    let Some(anvil) = Anvil::start("desk: what_a_node_lacks", "prague") else {
        return;
    };
    let town = settle(&anvil);
    let undisturbed = tempfile::tempdir().unwrap();
    import(&anvil.address, undisturbed.path(), 1).unwrap();

    // The other traces and each receipt by itself say the same.
    let otherwise = tempfile::tempdir().unwrap();
    let node = lacking(&anvil.address, &["trace_block", "eth_getBlockReceipts"]);
    import(&node, otherwise.path(), 1).unwrap();
    compare(&anvil, &town, &Ledger::open(otherwise.path()).unwrap());
    same(undisturbed.path(), otherwise.path());

    let without = tempfile::tempdir().unwrap();
    let node = lacking(&anvil.address, &["trace_block", "debug_traceBlockByNumber"]);
    let imported = import(&node, without.path(), 1).unwrap();
    let told = |said: &str| {
        imported
            .gaps
            .iter()
            .any(|gap| gap.hides && gap.why.contains(said))
    };
    assert!(
        imported.gaps.len() == 2 && told("no traces"),
        "{:?}",
        imported.gaps
    );

    // Another chain than the node's is refused before anything is made.
    let folder = tempfile::tempdir().unwrap();
    let node = Node::at(&format!("http://{}", anvil.address), None).unwrap();
    let span = ChainSpan {
        from: None,
        confirmations: 1,
    };
    let ledger = folder.path().join("ledger");
    let refused = import_accounts_from_node(&ledger, &node, "ethereum", span, &silent).unwrap_err();
    assert!(matches!(refused, ImportError::OtherNode { .. }), "{refused}");
    assert!(!ledger.exists());
    let unknown = import_accounts_from_node(&ledger, &node, "bitcoin", span, &silent).unwrap();
    assert_eq!(unknown, None);
}

#[test]
fn a_reorganised_chain_is_followed_to_the_same_bytes() {
    let Some(anvil) = Anvil::start("desk: a_reorganised_chain_is_followed", "prague") else {
        return;
    };
    let town = settle(&anvil);
    let (alice, bob) = (town.people[0].as_str(), town.people[1].as_str());
    let folder = tempfile::tempdir().unwrap();
    import(&anvil.address, folder.path(), 1).unwrap();
    let snapshot = anvil.ask("evm_snapshot", json!([]));
    for value in [5, 6, 7] {
        anvil.send(alice, Some(bob), value, "0x");
    }
    assert_eq!(import(&anvil.address, folder.path(), 1).unwrap().blocks, 3);
    let left = Ledger::open(folder.path()).unwrap().rows();
    assert_eq!(anvil.ask("evm_revert", json!([snapshot])), json!(true));
    // A node that is behind is waited for.
    assert_eq!(import(&anvil.address, folder.path(), 1).unwrap().taken_back, 0);
    assert_eq!(Ledger::open(folder.path()).unwrap().rows(), left);
    for value in [50, 60, 70, 80, 90] {
        anvil.send(bob, Some(FRIEND), value, "0x");
    }
    let imported = import(&anvil.address, folder.path(), 1).unwrap();
    assert_eq!((imported.taken_back, imported.blocks), (3, 5));
    compare(&anvil, &town, &Ledger::open(folder.path()).unwrap());
    let fresh = tempfile::tempdir().unwrap();
    import(&anvil.address, fresh.path(), 1).unwrap();
    same(fresh.path(), folder.path());

    // Deeper, by the node's own hand.
    anvil.ask("anvil_reorg", json!([9, []]));
    let imported = import(&anvil.address, folder.path(), 1).unwrap();
    assert_eq!((imported.taken_back, imported.blocks), (9, 9));
    let fresh = tempfile::tempdir().unwrap();
    import(&anvil.address, fresh.path(), 1).unwrap();
    same(fresh.path(), folder.path());

    // A chain that has nothing in common is another chain.
    let other = Anvil::start("desk: a_reorganised_chain_is_followed", "london").unwrap();
    settle(&other);
    let refused = import(&other.address, folder.path(), 1).unwrap_err();
    assert!(matches!(refused, ImportError::NoCommonBlock), "{refused}");
}
