//! Nodes that are of another chain, or say what cannot be.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod server;

use serde_json::{Value, json};
use server::serve;
use sha2::{Digest, Sha256};
use strongroom_desk::{
    BlockSource, Chain, ChainSpan, ImportError, Node, NodeSource, import_accounts_from_node, import_blocks,
    import_from_node, silent,
};

/// The node of a server that answers each method with what `said` has for it, or for its first parameter, and any other with an
/// error.
fn node(said: Value) -> Node {
    let address = serve(move |_, body| {
        let asked: Value = serde_json::from_str(body).ok()?;
        let answer = |one: &Value| match said.get(one["method"].as_str().unwrap_or_default()) {
            Some(Value::Object(of)) => {
                json!({"id": one["id"], "result": of.get(&one["params"][0].to_string())})
            }
            Some(result) => json!({"id": one["id"], "result": result}),
            None => json!({"id": one["id"], "error": {"code": -32601, "message": "no such method"}}),
        };
        let text = match &asked {
            Value::Array(many) => Value::Array(many.iter().map(answer).collect()),
            one => answer(one),
        };
        Some((200, text.to_string()))
    });
    Node::at(&format!("http://{address}"), None).unwrap()
}

#[test]
fn a_node_of_another_chain_of_coins_is_refused_and_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = folder.path().join("ledger");
    // Bitcoin Cash begins as Bitcoin does.
    for (other, apart) in [("litecoin", 0), ("bitcoin-cash", 478_559)] {
        let ids = Chain::named(other).unwrap().marks();
        let ids: serde_json::Map<_, _> = ids
            .map(|(height, id)| (height.to_string(), id.to_string().into()))
            .collect();
        let source = NodeSource {
            node: node(json!({"getblockcount": 500_000, "getblockhash": ids})),
            chain: Chain::named("bitcoin").unwrap(),
            from: 0,
            confirmations: 1,
        };
        let refused = import_from_node(&ledger, &source, &silent).unwrap_err();
        let ImportError::OtherBlock { height, .. } = refused else {
            panic!("{refused}")
        };
        assert_eq!((height, ledger.exists()), (apart, false));
    }
}

/// A block of the least difficulty, as Bitcoin's files hold it, that says its height.
fn block(height: u32) -> Vec<u8> {
    let twice = |bytes: &[u8]| Sha256::digest(Sha256::digest(bytes));
    let height = height.to_le_bytes();
    let coinbase = [
        &[1, 0, 0, 0, 1][..],
        &[0; 32],
        &[0xff; 4],
        &[4, 3],
        &height[..3],
        &[0xff; 4],
    ]
    .concat();
    let coinbase = [&coinbase[..], &[1], &[0; 8], &[1, 0x51], &[0; 4]].concat();
    let header = [
        &[2, 0, 0, 0][..],
        &[1; 32],
        &twice(&coinbase)[..],
        &[0; 4],
        &0x207f_ffff_u32.to_le_bytes(),
    ]
    .concat();
    let mut mined = (0_u32..).map(|nonce| [&header[..], &nonce.to_le_bytes()].concat());
    let header = mined.find(|header| twice(header)[31] < 0x7f).unwrap();
    let length = u32::try_from(header.len() + 1 + coinbase.len()).unwrap();
    [
        &[0xf9, 0xbe, 0xb4, 0xd9][..],
        &length.to_le_bytes(),
        &header,
        &[1],
        &coinbase,
    ]
    .concat()
}

#[test]
fn files_of_a_chain_that_parted_from_another_are_told_by_its_first_own_block() {
    for (name, height, other) in [
        ("bitcoin", 478_559, true),
        ("bitcoin-cash", 478_559, true),
        ("bitcoin", 478_558, false),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (file, ledger) = (folder.path().join("blk00000.dat"), folder.path().join("ledger"));
        std::fs::write(&file, block(height)).unwrap();
        let source = BlockSource {
            chain: Chain::named(name).unwrap(),
            paths: vec![file],
            first_height: None,
        };
        let imported = import_blocks(&ledger, &source, &silent);
        let is_other = matches!(imported, Err(ImportError::OtherBlock { height: 478_559, .. }));
        assert_eq!(
            (is_other, ledger.exists()),
            (other, !other),
            "{name} {height}: {imported:?}"
        );
    }
}

#[test]
fn a_node_that_says_a_number_beyond_all_blocks_is_asked_for_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let said =
        json!({"eth_chainId": "0x1", "eth_blockNumber": "0xffffffffffffffff", "eth_getBlockByNumber": null});
    let span = ChainSpan {
        from: None,
        confirmations: 1,
    };
    let refused =
        import_accounts_from_node(folder.path(), &node(said), "ethereum", span, &silent).unwrap_err();
    let ImportError::NoAnswer { why, .. } = &refused else {
        panic!("{refused}")
    };
    assert_eq!(why, "it has no block 0 any more");
}
