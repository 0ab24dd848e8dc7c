//! Clusters over a ledger of coins: GraphSense's reference, coinjoins, unions taken back, change and peeling chains.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test may fail

mod chains;
#[allow(dead_code)] // this file uses its part
mod shared;

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use strongroom_ledger::{
    Block, Change, ClusterOptions, Clusters, CoinLayout, CoinLedger, Evidence, Id, Input, OutPoint, Output,
    Owner, Transaction,
};
use strongroom_model::Moment;

fn ledger(dir: &Path, chain: &str, blocks: &[Block]) -> CoinLedger {
    let mut ledger = CoinLedger::create(dir, chain, CoinLayout::default()).expect("a new ledger");
    ledger.append(blocks, &mut |_| ()).expect("good blocks");
    ledger
}

fn owner(number: u32) -> Owner {
    let mut hash = [0; 20];
    for (place, byte) in hash.iter_mut().zip(number.to_le_bytes()) {
        *place = byte;
    }
    Owner::KeyHash(hash)
}

/// Small chains by hand: `pay` spends outpoints and makes outputs `(owner, value)`.
#[derive(Default)]
struct Hand {
    blocks: Vec<Block>,
    made: u32,
}

impl Hand {
    fn id(&mut self) -> Id {
        self.made += 1;
        let mut id = [7; 32];
        for (place, byte) in id.iter_mut().zip(self.made.to_le_bytes()) {
            *place = byte;
        }
        Id(id)
    }

    fn transaction(&mut self, spends: &[OutPoint], outputs: &[(u32, u64)]) -> Transaction {
        Transaction {
            id: self.id(),
            inputs: spends
                .iter()
                .map(|spends| Input {
                    spends: *spends,
                    known: None,
                })
                .collect(),
            outputs: outputs
                .iter()
                .map(|(number, value)| Output {
                    value: *value,
                    owner: owner(*number),
                })
                .collect(),
        }
    }

    /// Mines a block whose coinbase makes the outputs; returns their outpoints.
    fn mine(&mut self, outputs: &[(u32, u64)]) -> Vec<OutPoint> {
        self.block(outputs, None)
    }

    /// Mines a block with one payment; returns the outpoints of the payment.
    fn pay(&mut self, spends: &[OutPoint], outputs: &[(u32, u64)]) -> Vec<OutPoint> {
        let payment = self.transaction(spends, outputs);
        self.block(&[(1_000_000 + self.made, 1)], Some(payment))
    }

    fn block(&mut self, coinbase: &[(u32, u64)], payment: Option<Transaction>) -> Vec<OutPoint> {
        let height = self.blocks.len() as u32;
        let mut transactions = vec![self.transaction(&[], coinbase)];
        transactions.extend(payment);
        let last = transactions.last().expect("there is a coinbase");
        let names = (0u32..).take(last.outputs.len()).map(|vout| OutPoint {
            transaction: last.id,
            vout,
        });
        let names = names.collect();
        let block = Block {
            id: self.id(),
            previous: self.blocks.last().map_or(Id::default(), |block| block.id),
            height,
            when: Moment::from_micros(i64::from(height) * 600_000_000),
            transactions,
        };
        self.blocks.push(block);
        names
    }
}

/// Returns the clusters of more than one owner, by the numbers that the owners were made of.
fn groups(ledger: &CoinLedger, clusters: &Clusters) -> Vec<Vec<u32>> {
    let mut groups: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for id in 0..clusters.unions.owners() {
        let Owner::KeyHash(hash) = ledger.owner(id).expect("the owner is there") else {
            continue;
        };
        let number = hash
            .iter()
            .take(4)
            .rev()
            .fold(0, |sum, byte| sum << 8 | u32::from(*byte));
        groups.entry(clusters.unions.leader(id)).or_default().push(number);
    }
    let mut groups: Vec<Vec<u32>> = groups.into_values().filter(|group| group.len() > 1).collect();
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups.sort();
    groups
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).expect("a reference file");
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect()
}

/// The reference's transactions as blocks, with an owner for each address: the place of its id.
struct Reference {
    blocks: Vec<Block>,
    ids: BTreeMap<String, u32>,
    coinjoins: BTreeSet<String>,
}

impl Reference {
    fn read(folder: &Path) -> Self {
        let ids = lines(&folder.join("reference/address_ids.json"));
        let ids = ids
            .iter()
            .filter_map(|line| {
                Some((
                    line["address"].as_str()?.to_owned(),
                    line["addressId"].as_u64()? as u32,
                ))
            })
            .collect();
        let mut reference = Reference {
            blocks: Vec::new(),
            ids,
            coinjoins: BTreeSet::new(),
        };
        let mut unspent: BTreeMap<Owner, Vec<(OutPoint, u64)>> = BTreeMap::new();
        for line in lines(&folder.join("test_txs.json")) {
            reference.take(&line, &mut unspent);
        }
        reference
    }

    /// An address alone, or a bare multisig of several.
    fn owner(&self, addresses: &Value) -> Owner {
        let addresses: Vec<&str> = addresses
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        match addresses.as_slice() {
            [one] => owner(*self.ids.get(*one).expect("every address has an id")),
            several => {
                let mut hash = [0; 32];
                for (place, byte) in hash.iter_mut().zip(several.concat().bytes()) {
                    *place = byte;
                }
                Owner::Script(hash)
            }
        }
    }

    fn take(&mut self, line: &Value, unspent: &mut BTreeMap<Owner, Vec<(OutPoint, u64)>>) {
        let hash = line["txHash"].as_str().expect("a transaction has an id");
        if line["coinjoin"].as_bool() == Some(true) {
            self.coinjoins.insert(hash.to_owned());
        }
        let (mut spent, mut inputs) = (0, Vec::new());
        for input in line["inputs"].as_array().into_iter().flatten() {
            let owner = self.owner(&input["address"]);
            let (spends, value) = unspent.get_mut(&owner).expect("somebody was paid").remove(0);
            spent += value;
            inputs.push(Input { spends, known: None });
        }
        let id = Id::read(hash).expect("64 digits");
        let mut outputs = Vec::new();
        for (vout, output) in (0u32..).zip(line["outputs"].as_array().into_iter().flatten()) {
            let mut value = output["value"].as_u64().expect("a value");
            if !inputs.is_empty() {
                // The reference's eighth transaction spends ten times what was made. A ledger of coins refuses money
                // from nothing, and who belongs together does not depend on values.
                value = value.min(spent);
                spent -= value;
            }
            let owner = self.owner(&output["address"]);
            let name = OutPoint {
                transaction: id,
                vout,
            };
            unspent.entry(owner.clone()).or_default().push((name, value));
            outputs.push(Output { value, owner });
        }
        let transaction = Transaction { id, inputs, outputs };
        let height = line["blockId"].as_u64().expect("a block") as u32 - 1;
        if self.blocks.len() as u32 == height {
            let previous = self.blocks.last().map_or(Id::default(), |block| block.id);
            self.blocks.push(Block {
                id: Id([height as u8 + 1; 32]),
                previous,
                height,
                when: Moment::from_micros(i64::from(height) * 600_000_000),
                transactions: Vec::new(),
            });
        }
        let block = self.blocks.last_mut().expect("a block was made");
        block.transactions.push(transaction);
    }
}

/// The partition that a reference file says, over addresses that are in the ledger.
fn expected(path: &Path) -> Vec<Vec<u32>> {
    let mut groups: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
    for line in lines(path) {
        let of = |key: &str| line[key].as_u64().expect("a number");
        if of("addressId") > 0 {
            groups
                .entry(of("clusterId"))
                .or_default()
                .push(of("addressId") as u32);
        }
    }
    let mut groups: Vec<Vec<u32>> = groups.into_values().filter(|group| group.len() > 1).collect();
    groups.sort();
    groups
}

#[test]
fn the_reference_clusters_with_and_without_coinjoin() {
    let test = "the_reference_clusters_with_and_without_coinjoin";
    let Some(folder) = shared::path(test, "ledger/utxo-clusters") else {
        return;
    };
    let reference = Reference::read(&folder);
    let dir = tempfile::tempdir().expect("a temporary folder");
    let ledger = ledger(dir.path(), "bitcoin", &reference.blocks);
    let declared = reference.coinjoins.iter().flat_map(|hash| {
        let id = Id::read(hash).expect("64 digits");
        ledger.find(&id).expect("a readable ledger")
    });
    let apart = ClusterOptions {
        declared: declared.collect(),
        ..ClusterOptions::default()
    };
    let together = ClusterOptions {
        coinjoins: None,
        ..ClusterOptions::default()
    };
    for (options, file) in [
        (apart, "address_cluster.json"),
        (together, "address_cluster_with_coinjoin.json"),
    ] {
        let clusters = ledger.clusters(&options).expect("a readable ledger");
        let expected = expected(&folder.join("reference").join(file));
        assert!(!expected.is_empty());
        println!("{file}: {expected:?}");
        assert_eq!(groups(&ledger, &clusters), expected, "{file}");
    }
}

#[test]
fn a_coinjoin_keeps_its_inputs_apart_and_a_union_can_be_taken_back() {
    let mut hand = Hand::default();
    let coins = hand.mine(&[
        (1, 5_000_000),
        (2, 5_000_000),
        (3, 5_000_000),
        (4, 5_010_000),
        (5, 5_010_000),
    ]);
    hand.pay(&coins, &[11, 12, 13, 14, 15].map(|number| (number, 5_000_000)));
    let coins = hand.mine(&[(2, 700), (6, 800), (7, 900)]);
    hand.pay(&coins[..2], &[(20, 1_400)]);
    let coins = [coins[2], hand.mine(&[(6, 300)])[0]];
    hand.pay(&coins, &[(21, 1_100)]);
    let dir = tempfile::tempdir().expect("a temporary folder");
    let ledger = ledger(dir.path(), "bitcoin", &hand.blocks);
    let clusters = ledger
        .clusters(&ClusterOptions::default())
        .expect("a readable ledger");
    assert_eq!(groups(&ledger, &clusters), [[2, 6, 7]]);
    assert_eq!(clusters.coinjoins.len(), 1);
    // Why are 2 and 7 together? Because of two payments, in each of which both owners signed.
    let id = |number| {
        ledger
            .owner_id(&owner(number))
            .expect("a readable ledger")
            .expect("an owner")
    };
    let why = clusters.unions.why(id(2), id(7)).expect("they are together");
    assert_eq!(why.len(), 2);
    assert!(why.iter().all(|edge| edge.evidence == Evidence::MultiInput));
    let without = ClusterOptions {
        without: BTreeSet::from([why[1].transaction]),
        ..ClusterOptions::default()
    };
    let clusters = ledger.clusters(&without).expect("a readable ledger");
    assert_eq!(groups(&ledger, &clusters), [[2, 6]]);
}

#[test]
fn change_joins_only_where_it_is_asked_for() {
    let mut hand = Hand::default();
    let known = hand.mine(&[(50, 10)])[0];
    let coin = hand.mine(&[(1, 1_000_000)])[0];
    // The payment goes to 50, who was paid before; the rest to somebody new.
    let made = hand.pay(&[coin], &[(50, 700_000), (2, 299_000)]);
    hand.pay(&[made[1], known], &[(51, 299_000)]);
    let dir = tempfile::tempdir().expect("a temporary folder");
    let ledger = ledger(dir.path(), "bitcoin", &hand.blocks);
    let clusters = ledger
        .clusters(&ClusterOptions::default())
        .expect("a readable ledger");
    assert_eq!(groups(&ledger, &clusters), [[2, 50]]);
    let guessing = ClusterOptions {
        change: vec![Change::OneTime],
        ..ClusterOptions::default()
    };
    let clusters = ledger.clusters(&guessing).expect("a readable ledger");
    assert_eq!(groups(&ledger, &clusters), [[1, 2, 50]]);
    let evidence: Vec<Evidence> = clusters.unions.edges().iter().map(|edge| edge.evidence).collect();
    assert_eq!(
        evidence,
        [Evidence::Change(Change::OneTime), Evidence::MultiInput]
    );
}

#[test]
fn a_coin_that_pays_a_little_away_again_and_again_is_a_peeling_chain() {
    let mut hand = Hand::default();
    let mut coin = hand.mine(&[(1, 10_000)])[0];
    let mut names = Vec::new();
    for number in 0..6u32 {
        let value = 10_000 - 100 * u64::from(number + 1);
        // The smaller output stands now first, now last.
        let mut outputs = [(100 + number, 100), (200 + number, value)];
        if number % 2 == 0 {
            outputs.reverse();
        }
        let made = hand.pay(&[coin], &outputs);
        names.push(made[0].transaction);
        coin = made[usize::from(number % 2 == 1)];
    }
    hand.pay(&[coin], &[(300, 9_400)]);
    let dir = tempfile::tempdir().expect("a temporary folder");
    let ledger = ledger(dir.path(), "bitcoin", &hand.blocks);
    let ids: Vec<u32> = names.iter().map(|id| ledger.find(id).unwrap()[0]).collect();
    for start in &ids {
        let chain = ledger.peeling_chain(*start, 100).unwrap().unwrap();
        assert_eq!(chain.transactions, ids);
        let values = chain.peeled.iter().map(|output| ledger.value(*output).unwrap());
        assert!(values.eq([100; 6]));
        assert_eq!(ledger.value(chain.rest).expect("a value"), 9_400);
        assert!(!chain.cut);
    }
    let cut = ledger.peeling_chain(ids[0], 3).unwrap().unwrap();
    assert_eq!((cut.transactions.len(), cut.cut), (4, true));
    // The last transaction only moves the coin on.
    let last = ledger.transactions() - 2;
    assert_eq!(ledger.peeling_chain(last, 100).expect("a readable ledger"), None);
}

#[test]
fn clusters_of_random_chains_are_those_of_a_plain_walk() {
    for seed in 0..40 {
        let blocks = chains::chain(seed, 30);
        let dir = tempfile::tempdir().expect("a temporary folder");
        let mut ledger = CoinLedger::create(
            dir.path(),
            "litecoin",
            CoinLayout {
                rows_per_segment: 1 + (seed as u32 % 5) * 20,
            },
        )
        .expect("a new ledger");
        ledger.append(&blocks, &mut |_| ()).expect("good blocks");
        let options = ClusterOptions {
            coinjoins: None,
            ..ClusterOptions::default()
        };
        let clusters = ledger.clusters(&options).expect("a readable ledger");
        let model = chains::Model::of(&blocks);
        let unknown = model.spends.values().flatten().filter(|coin| coin.is_none());
        assert_eq!(clusters.unknown, unknown.count() as u64, "seed {seed}");
        let mut sets: Vec<BTreeSet<Owner>> = Vec::new();
        for spends in model.spends.values() {
            let owners = spends
                .iter()
                .flatten()
                .map(|coin| model.coins[coin].0.owner.clone());
            let single = |owner: &Owner| !matches!(owner, Owner::Script(_) | Owner::Nobody | Owner::Mweb);
            let mut set: BTreeSet<Owner> = owners.filter(single).collect();
            let (touching, others) = sets
                .into_iter()
                .partition(|other: &BTreeSet<Owner>| !other.is_disjoint(&set));
            sets = others;
            let touching: Vec<BTreeSet<Owner>> = touching;
            touching.into_iter().for_each(|other| set.extend(other));
            sets.push(set);
        }
        let together = |a: &Owner, b: &Owner| sets.iter().any(|set| set.contains(a) && set.contains(b));
        let owners: Vec<Owner> = (0..clusters.unions.owners())
            .map(|id| ledger.owner(id).expect("an owner"))
            .collect();
        for (a, one) in (0u32..).zip(&owners) {
            for (b, other) in (0u32..).zip(&owners).skip(a as usize + 1) {
                let same = clusters.unions.leader(a) == clusters.unions.leader(b);
                assert_eq!(same, together(one, other), "seed {seed}: {one:?} {other:?}");
            }
        }
    }
}

#[test]
fn a_coinjoin_of_which_the_ledger_knows_some_inputs_joins_none_of_them() {
    let mut hand = Hand::default();
    let coins = hand.mine(&[(1, 1_200_000), (2, 1_300_000)]);
    let unknown = |number: u8| OutPoint {
        transaction: Id([number; 32]),
        vout: 0,
    };
    let spends = [coins[0], unknown(200), unknown(201), coins[1], unknown(202)];
    hand.pay(&spends, &[11, 12, 13, 14, 15].map(|number| (number, 1_000_000)));
    let dir = tempfile::tempdir().expect("a temporary folder");
    let ledger = ledger(dir.path(), "bitcoin", &hand.blocks);
    let clusters = ledger
        .clusters(&ClusterOptions::default())
        .expect("a readable ledger");
    assert_eq!((groups(&ledger, &clusters), clusters.unknown), (Vec::new(), 3));
}

#[test]
fn a_transaction_that_is_declared_a_coinjoin_joins_nobody_whatever_else_is_asked() {
    let mut hand = Hand::default();
    let coins = hand.mine(&[(1, 500), (2, 500)]);
    let both = hand.pay(&coins, &[(3, 900)]);
    // One owner alone, and what looks like change.
    let alone = hand.pay(&both, &[(1, 300), (4, 590)]);
    let dir = tempfile::tempdir().expect("a temporary folder");
    let ledger = ledger(dir.path(), "bitcoin", &hand.blocks);
    let declared =
        [&both, &alone].map(|made| ledger.find(&made[0].transaction).expect("a readable ledger")[0]);
    for coinjoins in [None, Some(40)] {
        let mut options = ClusterOptions {
            coinjoins,
            change: vec![Change::OneTime],
            ..ClusterOptions::default()
        };
        let clusters = ledger.clusters(&options).expect("a readable ledger");
        assert_eq!(groups(&ledger, &clusters), [vec![1, 2], vec![3, 4]]);
        options.declared = BTreeSet::from(declared);
        let clusters = ledger.clusters(&options).expect("a readable ledger");
        assert_eq!(groups(&ledger, &clusters), [[0; 0]; 0], "{coinjoins:?}");
    }
}

#[test]
fn what_nobody_can_spend_is_not_peeled_off() {
    let nobody = Output {
        value: 0,
        owner: Owner::Nobody,
    };
    let chain = |peeled: bool| {
        let mut hand = Hand::default();
        let mut coin = hand.mine(&[(1, 10_000)])[0];
        for number in 0..4u32 {
            let rest = (200 + number, 9_000 - u64::from(number));
            let outputs = [rest, (100 + number, 1)];
            let mut payment = hand.transaction(&[coin], &outputs[..1 + usize::from(peeled)]);
            payment.outputs.push(nobody.clone());
            coin = hand.block(&[(1_000 + number, 1)], Some(payment))[0];
        }
        let dir = tempfile::tempdir().expect("a temporary folder");
        let ledger = ledger(dir.path(), "bitcoin", &hand.blocks);
        let last = ledger.find(&coin.transaction).expect("a readable ledger")[0];
        let found = ledger.peeling_chain(last, 9).expect("a readable ledger");
        found.map(|chain| chain.transactions.len())
    };
    assert_eq!(chain(true), Some(4), "a note beside the payment changes nothing");
    assert_eq!(chain(false), None, "a note alone is no payment");
}
