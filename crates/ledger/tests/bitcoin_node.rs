//! Blocks of a node's answers are the same as those of its files, and a follower ends where the node is, whatever it does meanwhile.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod blocks;

use blocks::{chain, framed, shared};
use proptest::prelude::*;
use std::fmt::Write;
use strongroom_ledger::{
    Ask, Block, Follow, FollowStep, Header, Id, NodeFault, Output, Owner, RawBlock, Told, node_result,
};
use strongroom_model::Moment;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// Writes an output as Bitcoin Core does. A key is paid by its hash: the owner is the same.
fn output(output: &Output, n: Option<usize>) -> String {
    let Owner::KeyHash(hash) = &output.owner else {
        panic!("{output:?}")
    };
    let (coins, rest) = (output.value / 100_000_000, output.value % 100_000_000);
    let n = n.map_or(String::new(), |n| format!("\"n\":{n},"));
    format!(
        "{{\"value\":{coins}.{rest:08},{n}\"scriptPubKey\":{{\"asm\":\"...\",\"hex\":\"76a914{}88ac\",\"type\":\"pubkeyhash\"}}}}",
        hex(hash)
    )
}

fn answer(header: &Header, block: &Block) -> String {
    let transactions: Vec<String> = block
        .transactions
        .iter()
        .map(|transaction| {
            let mut inputs: Vec<String> = transaction
                .inputs
                .iter()
                .map(|input| {
                    let known = input.known.as_ref().map_or(String::new(), |known| {
                        let known = output(known, None);
                        format!(",\"prevout\":{{\"generated\":false,\"height\":7,{}", &known[1..])
                    });
                    let (id, vout) = (input.spends.transaction, input.spends.vout);
                    format!("{{\"txid\":\"{id}\",\"vout\":{vout},\"scriptSig\":{{\"asm\":\"\",\"hex\":\"\"}}{known},\"sequence\":1}}")
                })
                .collect();
            if inputs.is_empty() {
                inputs.push("{\"coinbase\":\"04ffff001d0104\",\"sequence\":4294967295}".to_owned());
            }
            let outputs: Vec<String> = transaction
                .outputs
                .iter()
                .enumerate()
                .map(|(n, made)| output(made, Some(n)))
                .collect();
            format!(
                "{{\"txid\":\"{0}\",\"hash\":\"{0}\",\"version\":1,\"locktime\":0,\"vin\":[{1}],\"vout\":[{2}],\"fee\":0.00000000}}",
                transaction.id,
                inputs.join(","),
                outputs.join(",")
            )
        })
        .collect();
    let previous = match header.previous == Id::default() {
        true => String::new(),
        false => format!("\"previousblockhash\":\"{}\",", header.previous),
    };
    format!(
        "{{\"hash\":\"{}\",\"confirmations\":9,\"height\":{},\"version\":{},\"versionHex\":\"00000001\",\"merkleroot\":\"{}\",\
         \"time\":{},\"mediantime\":1,\"nonce\":{},\"bits\":\"{:08x}\",\"difficulty\":1,{previous}\"nTx\":1,\"tx\":[{}]}}",
        block.id,
        block.height,
        header.version,
        header.merkle_root,
        header.time,
        header.nonce,
        header.bits,
        transactions.join(",")
    )
}

fn first_blocks(test: &str) -> Option<Vec<(Header, Block)>> {
    let bytes = shared(test, "first-100k-blocks.dat")?;
    let read = |(height, bytes): (u32, &[u8])| {
        let raw = RawBlock::read(bytes, chain("bitcoin")).unwrap();
        (raw.header, raw.at(height))
    };
    Some((0..).zip(framed(&bytes)).map(read).collect())
}

#[test]
fn blocks_that_a_node_tells_are_those_of_its_files() {
    let Some(blocks) = first_blocks("blocks_that_a_node_tells_are_those_of_its_files") else {
        return;
    };
    for (header, block) in blocks {
        let told = answer(&header, &block);
        assert_eq!(Block::of_node(&told, chain("bitcoin")).unwrap(), block);
        let mut known = block;
        for input in known.transactions.iter_mut().flat_map(|tx| &mut tx.inputs) {
            let owner = Owner::KeyHash([7; 20]);
            input.known = Some(Output {
                value: 2_099_999_997_690_000,
                owner,
            });
        }
        let told = format!(
            "{{\"result\":{},\"error\":null,\"id\":1}}",
            answer(&header, &known)
        );
        let result = node_result(&told).unwrap();
        assert_eq!(Block::of_node(result, chain("bitcoin")).unwrap(), known);
    }
}

#[test]
fn an_answer_that_does_not_hold_together_is_told() {
    let Some(blocks) = first_blocks("an_answer_that_does_not_hold_together_is_told") else {
        return;
    };
    let (header, block) = &blocks[170];
    let told = answer(header, block);
    let read = |told: &str| Block::of_node(told, chain("bitcoin")).unwrap_err();
    let time = format!("\"time\":{}", header.time);
    assert!(matches!(
        read(&told.replace(&time, "\"time\":1")),
        NodeFault::Id(_)
    ));
    // The transactions of another block.
    let other = Block {
        transactions: blocks[171].1.transactions.clone(),
        ..block.clone()
    };
    assert!(matches!(read(&answer(header, &other)), NodeFault::MerkleRoot(_)));
    let value = told.replacen("50.00000000", "50.000000001", 1);
    assert!(matches!(read(&value), NodeFault::Amount(text) if text == "50.000000001"));
    let money = told.replacen("50.00000000", "21000001", 1);
    assert!(matches!(read(&money), NodeFault::Money(_)));
    let swapped = told.replace("\"n\":1", "\"n\":5");
    assert!(matches!(read(&swapped), NodeFault::Field("order of outputs")));
    let coinbase = told.replace("\"coinbase\"", "\"base\"");
    assert!(matches!(read(&coinbase), NodeFault::Coinbase(_)));
    // With verbosity 1 there are ids where transactions should be.
    let ids = "\"tx\":[\"00\"]}";
    let verbosity = format!("{}{ids}", told.split("\"tx\"").next().unwrap());
    assert!(matches!(read(&verbosity), NodeFault::Shape(_)));
    let refused =
        "{\"result\":null,\"error\":{\"code\":-8,\"message\":\"Block height out of range\"},\"id\":1}";
    let refused = node_result(refused).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the node refuses: Block height out of range (code -8)"
    );
    assert!(matches!(
        node_result("{\"id\":1}"),
        Err(NodeFault::Field("result"))
    ));
}

fn bare(id: u16, previous: Id, height: u32) -> Block {
    let mut bytes = [0; 32];
    bytes[..2].copy_from_slice(&id.to_le_bytes());
    Block {
        id: Id(bytes),
        previous,
        height,
        when: Moment::from_micros(0),
        transactions: Vec::new(),
    }
}

/// A node whose chain is replaced from a height on.
#[derive(Default)]
struct Node {
    chain: Vec<Block>,
    made: u16,
}

impl Node {
    fn replace(&mut self, from: usize, blocks: usize) {
        self.chain.truncate(from);
        for _ in 0..blocks {
            self.made += 1;
            let previous = self.chain.last().map_or(Id([0xff; 32]), |block| block.id);
            let height = u32::try_from(self.chain.len()).unwrap();
            self.chain.push(bare(self.made, previous, height));
        }
    }

    fn answer(&self, ask: Ask) -> Told {
        match ask {
            Ask::Tip => Told::Tip(u32::try_from(self.chain.len() - 1).unwrap()),
            Ask::IdAt(height) => match self.chain.get(height as usize) {
                Some(block) => Told::Id(block.id),
                None => Told::Nothing,
            },
            Ask::Block(id) => match self.chain.iter().find(|block| block.id == id) {
                Some(block) => Told::Block(Box::new(block.clone())),
                None => Told::Nothing,
            },
        }
    }
}

/// Our blocks, of which the first stands at a height.
struct Ours {
    first: u32,
    blocks: Vec<Block>,
    follow: Follow,
    asked: usize,
}

impl Ours {
    fn new(first: u32, confirmations: u32) -> Self {
        Ours {
            first,
            blocks: Vec::new(),
            follow: Follow::new(first, first, confirmations),
            asked: 0,
        }
    }

    /// Works until the follower rests; `meanwhile` may change the node before each answer.
    fn catch_up(&mut self, node: &mut Node, meanwhile: &mut dyn FnMut(&mut Node)) {
        let mut step = self.follow.step();
        loop {
            step = match step {
                FollowStep::Rest => return,
                FollowStep::Ask(ask) => {
                    self.asked += 1;
                    assert!(self.asked < 10_000, "the follower goes round in circles");
                    meanwhile(node);
                    let (first, blocks) = (self.first, &self.blocks);
                    let own = |height: u32| Some(blocks.get(height.checked_sub(first)? as usize)?.id);
                    self.follow.told(node.answer(ask), &own).unwrap()
                }
                FollowStep::Take(block) => {
                    let end = self.blocks.last();
                    assert!(end.is_none_or(|end| (end.id, end.height + 1) == (block.previous, block.height)));
                    self.blocks.push(*block);
                    self.follow.step()
                }
                FollowStep::GoBack(common) => {
                    let kept = common.map_or(0, |common| common + 1 - self.first);
                    self.blocks.truncate(kept as usize);
                    self.follow.step()
                }
            };
        }
    }
}

#[test]
fn a_follower_takes_what_is_new_and_goes_back_where_the_chain_left() {
    let mut node = Node::default();
    node.replace(0, 100);
    let mut ours = Ours::new(10, 1);
    ours.catch_up(&mut node, &mut |_| ());
    assert_eq!(ours.blocks, node.chain[10..]);
    let asked = ours.asked;
    ours.catch_up(&mut node, &mut |_| ());
    // The tip, and whether our last block is still the node's.
    assert_eq!(ours.asked, asked + 2);
    node.replace(97, 5);
    ours.catch_up(&mut node, &mut |_| ());
    assert_eq!(ours.blocks, node.chain[10..]);
    assert!(ours.asked < asked + 40, "{}", ours.asked - asked);
    // A node that lost blocks and is on our chain is waited for; one whose chain shares nothing with ours is taken whole.
    let before = ours.blocks.clone();
    node.chain.truncate(50);
    ours.catch_up(&mut node, &mut |_| ());
    assert_eq!(ours.blocks, before);
    node.replace(0, 60);
    ours.catch_up(&mut node, &mut |_| ());
    assert_eq!(ours.blocks, node.chain[10..]);
    node.chain.truncate(5);
    ours.catch_up(&mut node, &mut |_| ());
    assert_eq!(ours.blocks.len(), 50);
}

#[test]
fn blocks_with_too_few_confirmations_are_left() {
    let mut node = Node::default();
    node.replace(0, 20);
    let mut ours = Ours::new(0, 6);
    ours.catch_up(&mut node, &mut |_| ());
    assert_eq!(ours.blocks, node.chain[..15]);
    node.replace(17, 4);
    ours.catch_up(&mut node, &mut |_| ());
    assert_eq!(ours.blocks, node.chain[..16]);
    node.chain.truncate(3);
    let mut ours = Ours::new(0, 6);
    ours.catch_up(&mut node, &mut |_| ());
    assert_eq!(ours.blocks, []);
}

#[test]
fn another_block_than_the_one_asked_for_is_refused_and_asked_for_again() {
    let mut node = Node::default();
    node.replace(0, 3);
    let mut follow = Follow::new(0, 0, 1);
    let own = |_: u32| None;
    assert_eq!(follow.step(), FollowStep::Ask(Ask::Tip));
    let step = follow.told(Told::Tip(2), &own).unwrap();
    assert_eq!(step, FollowStep::Ask(Ask::IdAt(0)));
    let wanted = node.chain[0].id;
    let step = follow.told(Told::Id(wanted), &own).unwrap();
    assert_eq!(step, FollowStep::Ask(Ask::Block(wanted)));
    let error = follow
        .told(Told::Block(Box::new(node.chain[1].clone())), &own)
        .unwrap_err();
    assert!(matches!(error, NodeFault::OtherBlock { height: 1, .. }));
    assert_eq!(follow.step(), FollowStep::Ask(Ask::IdAt(0)));
    assert_eq!(
        (Ask::IdAt(7).method(), Ask::IdAt(7).parameters()),
        ("getblockhash", "[7]".to_owned())
    );
    assert_eq!(Ask::Block(wanted).parameters(), format!("[\"{wanted}\",3]"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_follower_ends_where_the_node_is(
        first in 0..4_u32,
        changes in prop::collection::vec((0..40_usize, 0..30_usize, 1..12_usize), 1..12),
    ) {
        let mut node = Node::default();
        node.replace(0, 30);
        let mut ours = Ours::new(first, 1);
        let mut changes = changes.into_iter();
        let mut next = changes.next();
        let mut meanwhile = |node: &mut Node| {
            match next {
                Some((0, back, blocks)) => {
                    let from = node.chain.len().saturating_sub(back);
                    node.replace(from, back + blocks);
                    next = changes.next();
                }
                Some((wait, back, blocks)) => next = Some((wait - 1, back, blocks)),
                None => (),
            }
        };
        for _ in 0..600 {
            ours.catch_up(&mut node, &mut meanwhile);
        }
        prop_assert_eq!(&ours.blocks, &node.chain[first as usize..]);
    }
}
