//! A node of NEM that answers on loopback with the transactions and blocks that the documentation of its interface has.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "../../ledger/tests/shared/samples.rs"]
mod samples;
mod segments;
mod server;
#[path = "../../ledger/tests/shared/mod.rs"]
mod shared;

use segments::same;
use serde_json::{Value, json};
use server::serve;
use std::path::Path;
use std::sync::{Arc, Mutex};
use strongroom_desk::{
    ChainSpan, ImportError, ImportedChain, Ledger, Node, import_accounts_from_node, silent,
};
use strongroom_ledger::nem::{Answers, Books};

const TEST_NETWORK: i64 = -1_744_830_463;
const CHAIN: &str = "nem-98";

/// What the documentation shows: every transaction of the test network, and its block.
fn documented(test: &str) -> Option<(Vec<Value>, Value)> {
    let page = shared::bytes(test, "ledger/nem/nis-api.txt")?;
    let (mut transactions, mut block) = (Vec::new(), None);
    for text in samples::objects(&String::from_utf8_lossy(&page)) {
        let Ok(sample) = serde_json::from_str::<Value>(&text) else {
            continue;
        };
        if sample.get("prevBlockHash").is_some() && sample["version"] == TEST_NETWORK {
            block = Some(sample);
            continue;
        }
        let listed = sample.get("data").and_then(Value::as_array);
        let entries = listed.into_iter().flatten().chain([&sample]);
        let found = entries
            .filter_map(|entry| entry.get("transaction"))
            .filter(|found| {
                let version = found["version"].as_i64().unwrap_or_default();
                version >> 24 == TEST_NETWORK >> 24 && found.get("signer").is_some()
            });
        transactions.extend(found.cloned());
    }
    assert!(transactions.len() >= 5, "{}", transactions.len());
    Some((transactions, block.expect("the documentation shows a block")))
}

/// A chain whose blocks have those transactions, one after the other. From a height on it is another branch.
#[derive(Clone)]
struct Town {
    transactions: Vec<Value>,
    tip: u64,
    left: u64,
    /// Whether it answers as to its own machine.
    local: bool,
}

impl Town {
    fn id(&self, height: u64) -> String {
        format!("{:064x}", height + u64::from(height >= self.left) * 1_000_000)
    }

    fn transactions(&self, height: u64) -> Vec<Value> {
        let shift = usize::from(height >= self.left);
        let take = (height % 4) as usize;
        let all = self.transactions.iter().cycle();
        all.skip(height as usize + shift).take(take).cloned().collect()
    }

    fn block(&self, height: u64) -> Value {
        json!({
            "type": 1, "version": TEST_NETWORK, "timeStamp": height * 60, "height": height,
            "signer": "78e121cc1cf63424651ec64251e78efda81386c9f5e9eb4cb08b2a2192c9dce5",
            "prevBlockHash": {"data": self.id(height - 1)}, "transactions": self.transactions(height),
        })
    }

    fn with_ids(&self, height: u64) -> Value {
        let named = |(at, tx): (usize, Value)| json!({"tx": tx, "hash": format!("{:064x}", height * 100 + at as u64)});
        let listed = self.transactions(height).into_iter().enumerate().map(named);
        json!({"txes": listed.collect::<Value>(), "block": self.block(height), "hash": self.id(height), "difficulty": 1})
    }

    fn after(&self, height: u64) -> Value {
        let heights = height + 1..=self.tip.min(height + 10);
        json!({"data": heights.map(|height| self.with_ids(height)).collect::<Value>()})
    }

    fn answer(&self, path: &str, body: &str) -> (u16, String) {
        let height = || {
            serde_json::from_str::<Value>(body).unwrap()["height"]
                .as_u64()
                .unwrap()
        };
        match path {
            "/chain/height" => (200, json!({"height": self.tip}).to_string()),
            "/block/at/public" if height() <= self.tip => (200, self.block(height()).to_string()),
            "/local/chain/blocks-after" if self.local => (200, self.after(height()).to_string()),
            // Who serves a node to strangers answers so.
            "/local/chain/blocks-after" => (200, json!({"status_code": 405}).to_string()),
            _ => {
                let complaint = json!({"timeStamp": 1, "error": "Not Found", "message": "no", "status": 404});
                (404, complaint.to_string())
            }
        }
    }
}

/// Starts a node; what it is can be changed while it runs.
fn start(town: &Town) -> (String, Arc<Mutex<Town>>) {
    let town = Arc::new(Mutex::new(town.clone()));
    let state = town.clone();
    let address = serve(move |path, body| Some(state.lock().unwrap().answer(path, body)));
    (address, town)
}

fn import(address: &str, folder: &Path, from: Option<u64>) -> Result<ImportedChain, ImportError> {
    let node = Node::at(&format!("http://{address}"), None).unwrap();
    let span = ChainSpan {
        from,
        confirmations: 1,
    };
    let imported = import_accounts_from_node(folder, &node, CHAIN, span, &silent);
    imported.map(|imported| imported.expect("the name is of a chain of accounts"))
}

/// Rows without the names of transactions, which a node does not tell everybody.
fn rows(ledger: &Ledger) -> Vec<String> {
    let row = |row: strongroom_model::Transfer<'_>| {
        format!(
            "{} {}>{} {} {}",
            row.when, row.from, row.to, row.asset, row.amount
        )
    };
    ledger.transfers().map(|found| row(found.unwrap())).collect()
}

#[test]
fn the_documented_transactions_come_in_as_from_files_wherever_an_import_broke_off() {
    let Some((transactions, _)) = documented("the_documented_transactions_come_in") else {
        return;
    };
    let town = Town {
        transactions,
        tip: 61,
        left: u64::MAX,
        local: true,
    };
    // The same answers as files: the truth.
    let files = tempfile::tempdir().unwrap();
    let mut truth = Ledger::create(files.path()).unwrap();
    let mut answers = Answers::new();
    answers.add("1", town.block(1).to_string().as_bytes()).unwrap();
    for height in (1..61).step_by(10) {
        let answer = town.after(height).to_string();
        answers
            .add(&format!("after {height}"), answer.as_bytes())
            .unwrap();
    }
    answers
        .import(&mut truth, &mut Books::new(), &mut |_| ())
        .unwrap();
    assert!(truth.rows() > 50, "{}", truth.rows());

    for local in [true, false] {
        let (node, state) = start(&Town {
            local,
            ..town.clone()
        });
        let whole = tempfile::tempdir().unwrap();
        let imported = import(&node, whole.path(), None).unwrap();
        let ledger = Ledger::open(whole.path()).unwrap();
        // The id of the last block is what the next one will name.
        let last = if local { 61 } else { 60 };
        assert_eq!((imported.blocks, imported.tip), (last, Some(town.id(last))));
        let all = rows(&truth);
        assert_eq!(rows(&ledger)[..], all[..ledger.rows() as usize]);
        assert_eq!(ledger.rows() == truth.rows(), local);
        let of_id = |height: u64| {
            ledger
                .rows_of_transaction(&format!("{:064x}", height * 100))
                .unwrap()
        };
        assert_eq!(!of_id(2).is_empty(), local);

        let folder = tempfile::tempdir().unwrap();
        for tip in [2, 3, 12, 13, 40, 61] {
            state.lock().unwrap().tip = tip;
            import(&node, folder.path(), None).unwrap();
        }
        same(whole.path(), folder.path());
    }
}

#[test]
fn a_reorganised_chain_of_nem_is_followed() {
    let Some((transactions, _)) = documented("a_reorganised_chain_of_nem") else {
        return;
    };
    for local in [true, false] {
        let (node, state) = start(&Town {
            transactions: transactions.clone(),
            tip: 50,
            left: u64::MAX,
            local,
        });
        let folder = tempfile::tempdir().unwrap();
        let blocks = import(&node, folder.path(), None).unwrap().blocks;
        {
            let mut town = state.lock().unwrap();
            (town.left, town.tip) = (31, 55);
        }
        let imported = import(&node, folder.path(), None).unwrap();
        assert_eq!(
            (imported.taken_back, imported.blocks),
            (blocks - 30, blocks - 30 + 5)
        );
        let fresh = tempfile::tempdir().unwrap();
        import(&node, fresh.path(), None).unwrap();
        same(fresh.path(), folder.path());
    }
}

#[test]
fn the_documented_block_is_taken_once_the_next_one_names_it() {
    let Some((_, block)) = documented("the_documented_block_is_taken") else {
        return;
    };
    let height = block["height"].as_u64().unwrap();
    let id = "00".repeat(31) + "07";
    let mut next = block.clone();
    next["height"] = (height + 1).into();
    next["prevBlockHash"]["data"] = id.clone().into();
    let node = serve(move |path, body| {
        let asked = serde_json::from_str::<Value>(body).unwrap_or_default();
        Some(match (path, asked["height"].as_u64()) {
            ("/chain/height", _) => (200, json!({"height": height + 1}).to_string()),
            ("/block/at/public", Some(at)) if at == height => (200, block.to_string()),
            ("/block/at/public", Some(at)) if at == height + 1 => (200, next.to_string()),
            _ => (404, "{}".to_owned()),
        })
    });
    let folder = tempfile::tempdir().unwrap();
    let imported = import(&node, folder.path(), Some(height)).unwrap();
    assert_eq!((imported.blocks, imported.tip), (1, Some(id)));
    assert_eq!(import(&node, folder.path(), None).unwrap().blocks, 0);
    // The main network is another chain.
    let other = Node::at(&format!("http://{node}"), None).unwrap();
    let span = ChainSpan {
        from: None,
        confirmations: 1,
    };
    let refused = import_accounts_from_node(folder.path(), &other, "nem", span, &silent).unwrap_err();
    assert!(matches!(refused, ImportError::OtherNode { .. }), "{refused}");
}
