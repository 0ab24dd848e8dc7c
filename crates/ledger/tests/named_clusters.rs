//! A trace of coins ends at the cluster of a tagged address, and says that it is the cluster's tag.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod coin_chains;

use coin_chains::{block, id, input, ledger, output, owner, transaction};
use std::collections::BTreeMap;
use strongroom_ledger::{
    Block, ClusterOptions, CoinPolicy, CoinSeed, CoinStops, Direction, End, EndReason, NamedClusters,
    OutPoint, Trace, ends_csv, graphml, trace_coins,
};
use strongroom_model::{Limits, Service, Tag};

/// Owners 1 and 2 sign together, and so do 2 and 3; the coin of transaction 4 goes to 3, to 5 and to 1.
fn blocks() -> Vec<Block> {
    let mined = |number, to| transaction(number, Vec::new(), vec![output(24, to), output(24, to)]);
    let together = |number, a, b| transaction(number, vec![a, b], vec![output(48, 9)]);
    let stolen = transaction(
        12,
        vec![input(4, 0)],
        vec![output(10, 3), output(10, 5), output(4, 1)],
    );
    vec![
        block(0, vec![mined(1, 1)]),
        block(1, vec![mined(2, 2)]),
        block(2, vec![mined(3, 3), together(10, input(1, 0), input(2, 0))]),
        block(3, vec![mined(4, 7), together(11, input(2, 1), input(3, 0))]),
        block(4, vec![mined(5, 8), stolen]),
    ]
}

fn traced(tagged: &[(u8, &str)]) -> Trace<CoinPolicy> {
    let (_dir, ledger) = ledger(&blocks(), 64);
    let number = |name: u8| ledger.owner_id(&owner(name)).unwrap().unwrap();
    let tag = |label: &str| Tag::new(label, Service::Exchange, "list");
    let tags: BTreeMap<u32, Tag> = tagged
        .iter()
        .map(|(name, label)| (number(*name), tag(label)))
        .collect();
    let unions = ledger.clusters(&ClusterOptions::default()).unwrap().unions;
    let named = NamedClusters::of(&unions, tags);
    let ask = |owner| named.tag_of(&ledger, owner);
    let stops = CoinStops {
        tags: Some(&ask),
        ..CoinStops::default()
    };
    let seed = CoinSeed::Output {
        outpoint: OutPoint {
            transaction: id(4),
            vout: 0,
        },
        height: None,
    };
    let (policies, limits) = ([CoinPolicy::Fifo], Limits::default());
    let traces = trace_coins(&ledger, Direction::Forward, &[seed], &policies, &stops, &limits);
    traces.unwrap().swap_remove(0)
}

fn at(trace: &Trace<CoinPolicy>, vout: u32) -> &End {
    let here = |end: &&End| end.outpoint.is_some_and(|outpoint| outpoint.vout == vout);
    trace.ends.iter().find(here).unwrap()
}

#[test]
fn an_end_is_named_by_the_tag_of_its_cluster_with_the_reason() {
    let trace = traced(&[(1, "Kiosk")]);
    let cluster = at(&trace, 0);
    assert_eq!(
        (cluster.reason, cluster.tag.as_ref().unwrap().label.as_str()),
        (EndReason::Service, "Kiosk")
    );
    let word = cluster.cluster.as_ref().unwrap();
    let own = at(&trace, 2);
    assert_eq!(word.member, own.account);
    let shown: Vec<&str> = word.why.iter().map(|union| union.transaction.as_str()).collect();
    assert_eq!(shown, [id(11).to_string(), id(10).to_string()]);
    assert!(
        word.why
            .iter()
            .all(|union| union.evidence == "multi-input" && union.confidence == 95)
    );
    assert_eq!(
        (word.why[0].between.contains(&cluster.account), word.left_out),
        (true, 0)
    );
    // Whom the list names itself has no reason, and whom nothing joins has no name.
    assert_eq!((own.reason, &own.cluster), (EndReason::Service, &None));
    assert_eq!(
        (at(&trace, 1).reason, &at(&trace, 1).tag),
        (EndReason::Unspent, &None)
    );
    assert!(trace.sheet.conserved());
    let json = serde_json::to_string(&trace).unwrap();
    assert_eq!(serde_json::from_str::<Trace<CoinPolicy>>(&json).unwrap(), trace);
    let mut out = Vec::new();
    ends_csv(std::slice::from_ref(&trace), &mut out).unwrap();
    graphml(std::slice::from_ref(&trace), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(
        text.contains(&format!("Kiosk,exchange,list,{},", word.member)),
        "{text}"
    );
    let data = format!("<data key=\"tagged_member_of_cluster\">{}</data>", word.member);
    assert!(text.contains(&data), "{text}");
}

#[test]
fn a_cluster_of_two_parties_has_no_name_and_its_members_keep_theirs() {
    let trace = traced(&[(1, "Kiosk"), (2, "Bazaar")]);
    assert_eq!(
        (at(&trace, 0).reason, &at(&trace, 0).tag),
        (EndReason::Unspent, &None)
    );
    assert_eq!(at(&trace, 2).tag.as_ref().unwrap().label, "Kiosk");
}
