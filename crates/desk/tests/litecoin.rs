//! A real node: `litecoind` on a chain of its own (regtest), on loopback. Its chain is imported over JSON-RPC and from its block
//! files, through a reorganisation, and every unspent coin of the ledger is one that the node has.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test may fail

use serde_json::Value;
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use strongroom_desk::{
    BlockSource, Chain, CoinLedger, Node, NodeSource, import_blocks, import_from_node, open_or_create_coins,
    silent,
};
use strongroom_ledger::Fate;

/// One node at a time: two that start together can meet on a port.
static ALONE: Mutex<()> = Mutex::new(());

/// A node that ends with the test.
struct Daemon {
    child: Child,
    folder: tempfile::TempDir,
    port: u16,
    _alone: MutexGuard<'static, ()>,
}

impl Daemon {
    fn start() -> Option<Self> {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let child = Command::new("litecoind")
            .arg(format!("-datadir={}", folder.path().display()))
            .arg(format!("-rpcport={port}"))
            .args([
                "-regtest",
                "-server",
                "-listen=0",
                "-connect=0",
                "-dnsseed=0",
                "-upnp=0",
                "-txindex=1",
            ])
            .args([
                "-rpcbind=127.0.0.1",
                "-rpcallowip=127.0.0.1",
                "-fallbackfee=0.0001",
                "-printtoconsole=0",
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(child) = child else {
            assert!(std::env::var_os("CI").is_none(), "litecoind is absent");
            eprintln!("SKIPPED: litecoin: litecoind is absent");
            return None;
        };
        let mut daemon = Daemon {
            child,
            folder,
            port,
            _alone: alone,
        };
        let started = Instant::now();
        while daemon.answer("getblockcount", "[]").is_none() {
            let ended = daemon.child.try_wait().unwrap();
            let late = started.elapsed() > Duration::from_secs(120);
            assert!(
                !late && ended.is_none(),
                "it does not start, {ended:?}:\n{}",
                daemon.log()
            );
            std::thread::sleep(Duration::from_millis(200));
        }
        Some(daemon)
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("regtest/debug.log")).unwrap_or_default()
    }

    fn cookie(&self) -> PathBuf {
        self.folder.path().join("regtest/.cookie")
    }

    fn node(&self) -> Option<Node> {
        Node::at(&format!("http://127.0.0.1:{}", self.port), Some(&self.cookie())).ok()
    }

    fn answer(&self, method: &str, params: &str) -> Option<Value> {
        let answer = self.node()?.call(method, params).ok()?;
        serde_json::from_str(&answer).ok()
    }

    fn ask(&self, method: &str, params: &str) -> Value {
        let answer = self
            .node()
            .unwrap()
            .call(method, params)
            .unwrap_or_else(|error| panic!("{error}"));
        serde_json::from_str(&answer).unwrap()
    }

    fn text(&self, method: &str, params: &str) -> String {
        self.ask(method, params).as_str().unwrap().to_owned()
    }

    fn mine(&self, blocks: u32, address: &str) {
        self.ask("generatetoaddress", &format!("[{blocks},\"{address}\"]"));
    }

    fn source(&self) -> NodeSource {
        NodeSource {
            node: self.node().unwrap(),
            chain: Chain::named("litecoin-regtest").unwrap(),
            from: 0,
            confirmations: 1,
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.answer("stop", "[]");
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(30) {
            if let Ok(Some(_)) = self.child.try_wait() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the unspent outputs of a ledger, by name, with their values; those that nobody can spend are left away.
fn unspent(ledger: &CoinLedger) -> BTreeMap<String, u64> {
    let mut unspent = BTreeMap::new();
    for output in 0..ledger.outputs() {
        let owner = ledger.owner(ledger.owner_of(output).unwrap()).unwrap();
        if ledger.fate(output).unwrap() == Fate::Unspent && owner != strongroom_ledger::Owner::Nobody {
            let name = ledger.outpoint(output).unwrap().to_string();
            unspent.insert(name, ledger.value(output).unwrap());
        }
    }
    unspent
}

/// Base units of an amount that the node writes as a decimal number.
fn units(amount: &Value) -> u64 {
    let text = format!("{:.8}", amount.as_f64().unwrap());
    text.replace('.', "").parse().unwrap()
}

/// Every coin of the ledger is one that the node can spend, with the same value, and the sum over all is the node's.
fn same_coins(daemon: &Daemon, ledger: &CoinLedger) {
    let ours = unspent(ledger);
    let theirs = daemon.ask("gettxoutsetinfo", "[]");
    // The node does not count the first block's coinbase, which can never be spent.
    let genesis = ledger.block(0).unwrap().transactions.start;
    let genesis = ledger.outputs_made(genesis).unwrap();
    let lost: u64 = genesis.map(|output| ledger.value(output).unwrap()).sum();
    assert_eq!(ours.values().sum::<u64>() - lost, units(&theirs["total_amount"]));
    assert_eq!(ours.len() as u64 - 1, theirs["txouts"].as_u64().unwrap());
    for entry in daemon.ask("listunspent", "[0]").as_array().unwrap() {
        let name = format!("{}:{}", entry["txid"].as_str().unwrap(), entry["vout"]);
        if entry["confirmations"].as_u64() > Some(0) && name.len() > 60 {
            assert_eq!(ours.get(&name), Some(&units(&entry["amount"])), "{name}");
        }
    }
}

fn files(daemon: &Daemon, folder: &Path) -> CoinLedger {
    let chain = Chain::named("litecoin-regtest").unwrap();
    let source = BlockSource {
        chain,
        paths: vec![daemon.folder.path().join("regtest/blocks")],
        first_height: None,
    };
    let imported = import_blocks(folder, &source, &silent).unwrap();
    println!("from files: {imported:?}");
    CoinLedger::open(folder).unwrap()
}

#[test]
fn a_nodes_chain_comes_over_rpc_and_from_files_through_a_reorganisation() {
    let Some(daemon) = Daemon::start() else { return };
    daemon.ask("createwallet", "[\"w\"]");
    let mine = daemon.text("getnewaddress", "[\"\",\"bech32\"]");
    daemon.mine(110, &mine);
    for (kind, amount) in [
        ("legacy", "1.5"),
        ("p2sh-segwit", "2.25"),
        ("bech32", "0.00100001"),
    ] {
        let to = daemon.text("getnewaddress", &format!("[\"\",\"{kind}\"]"));
        daemon.ask("sendtoaddress", &format!("[\"{to}\",{amount}]"));
    }
    daemon.mine(3, &mine);

    let (rpc, raw) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let imported = import_from_node(rpc.path(), &daemon.source(), &silent).unwrap();
    assert_eq!((imported.appended.blocks, imported.taken_back), (114, 0));
    let ledger = CoinLedger::open(rpc.path()).unwrap();
    assert_eq!(imported.tip, Some(daemon.text("getbestblockhash", "[]")));
    same_coins(&daemon, &ledger);
    assert_eq!(unspent(&files(&daemon, raw.path())), unspent(&ledger));

    // Five blocks lose the race against seven others.
    let fork = daemon.text("getblockhash", "[109]");
    daemon.ask("invalidateblock", &format!("[\"{fork}\"]"));
    let other = daemon.text("getnewaddress", "[\"\",\"legacy\"]");
    daemon.mine(7, &other);
    let imported = import_from_node(rpc.path(), &daemon.source(), &silent).unwrap();
    assert_eq!((imported.appended.blocks, imported.taken_back), (7, 5));
    let ledger = CoinLedger::open(rpc.path()).unwrap();
    assert_eq!(imported.tip, Some(daemon.text("getbestblockhash", "[]")));
    same_coins(&daemon, &ledger);
    let from_files = files(&daemon, raw.path());
    assert_eq!(unspent(&from_files), unspent(&ledger));
    assert_eq!(from_files.info().unwrap().tip, ledger.info().unwrap().tip);
    ledger.verify(&mut |_, _| ()).unwrap();

    // Nothing new is nothing done; another chain's ledger is refused.
    let again = import_from_node(rpc.path(), &daemon.source(), &silent).unwrap();
    assert_eq!((again.appended.blocks, again.taken_back), (0, 0));
    assert!(open_or_create_coins(rpc.path(), Chain::named("litecoin").unwrap()).is_err());
}

#[test]
fn value_that_enters_the_extension_blocks_is_seen_entering() {
    let Some(daemon) = Daemon::start() else { return };
    daemon.ask("createwallet", "[\"w\"]");
    let mine = daemon.text("getnewaddress", "[\"\",\"bech32\"]");
    // MWEB is active from height 432 on; its first pegin makes the first extension block.
    daemon.mine(431, &mine);
    let hidden = daemon.text("getnewaddress", "[\"\",\"mweb\"]");
    daemon.ask("sendtoaddress", &format!("[\"{hidden}\",10]"));
    daemon.mine(3, &mine);
    let folder = tempfile::tempdir().unwrap();
    let imported = import_from_node(folder.path(), &daemon.source(), &silent).unwrap();
    assert_eq!(imported.appended.blocks, 435);
    let ledger = CoinLedger::open(folder.path()).unwrap();
    let mweb = ledger.owner_id(&strongroom_ledger::Owner::Mweb).unwrap();
    let mut ours: Vec<u64> = ledger
        .outputs_of(mweb.expect("coins went in"))
        .map(|output| ledger.value(output.unwrap()).unwrap())
        .collect();
    // The same outputs, as the node names their scripts.
    let mut theirs = Vec::new();
    for height in 0..=434 {
        let id = daemon.text("getblockhash", &format!("[{height}]"));
        let block = daemon.ask("getblock", &format!("[\"{id}\",2]"));
        let outputs = block["tx"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|one| one["vout"].as_array().unwrap());
        let hidden = |output: &&Value| {
            let kind = output["scriptPubKey"]["type"].as_str().unwrap_or_default();
            kind.starts_with("witness_mweb")
        };
        theirs.extend(outputs.filter(hidden).map(|output| units(&output["value"])));
    }
    println!("coins of the extension blocks: {ours:?}");
    assert!(ours.iter().any(|value| *value >= 1_000_000_000), "{ours:?}");
    ours.sort_unstable();
    theirs.sort_unstable();
    assert_eq!(ours, theirs);
    let raw = tempfile::tempdir().unwrap();
    assert_eq!(unspent(&files(&daemon, raw.path())), unspent(&ledger));
}
