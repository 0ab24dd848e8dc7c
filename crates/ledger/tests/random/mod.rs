//! Random tables of transfers, seeds and stops.

use proptest::prelude::*;
use std::collections::BTreeMap;
use strongroom_ledger::{Seed, Stops};
use strongroom_model::{Amount, Moment, Service, Tag};

const NAMES: [&str; 7] = ["", "a", "b", "c", "d", "e", "shop"];

fn row() -> impl Strategy<Value = String> {
    let names = (0usize..7, 0usize..7).prop_filter("somebody", |(from, to)| from + to > 0);
    (0u32..40, 0u32..30, names, 0u32..2, 0u64..60, 0u64..4).prop_map(
        |(time, tx, (from, to), asset, amount, fee)| {
            format!(
                "{time},t{tx},{},{},A{asset},{amount},{fee}\n",
                NAMES[from], NAMES[to]
            )
        },
    )
}

/// Tables with issues, burns, payments to oneself, fees, and two assets.
pub fn table() -> impl Strategy<Value = String> {
    prop::collection::vec(row(), 1..70).prop_map(|rows| {
        std::iter::once("time,tx,from,to,asset,amount,fee\n".to_owned())
            .chain(rows)
            .collect()
    })
}

fn seed() -> impl Strategy<Value = Seed> {
    prop_oneof![
        (0u64..40).prop_map(Seed::Transfer),
        (0u32..30).prop_map(|tx| Seed::Transaction(format!("t{tx}"))),
        (1usize..6, 0i64..40, any::<bool>()).prop_map(|(account, since, one)| Seed::Account {
            account: NAMES[account].to_owned(),
            asset: one.then(|| "A0".to_owned()),
            since: Moment::from_seconds(since),
        }),
    ]
}

/// A few seeds, some of which no ledger knows.
pub fn seeds() -> impl Strategy<Value = Vec<Seed>> {
    prop::collection::vec(seed(), 1..4)
}

fn shop(account: &str) -> Option<Tag> {
    let tag = Tag::new("Shop", Service::Other, "test");
    (account == "shop").then_some(tag)
}

/// Stops at the shop, and those asked for.
pub fn stops(hops: Option<u32>, dust: u64, until: Option<i64>) -> Stops<'static> {
    Stops {
        tags: &shop,
        parties: false,
        dust: BTreeMap::from([("A0".to_owned(), Amount::from(dust))]),
        hops,
        until: until.and_then(Moment::from_seconds),
    }
}
