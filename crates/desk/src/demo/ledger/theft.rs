//! The thief's timetable: for each coin a small test transfer, then the rest in a few large ones.

use super::coins::COINS;
use super::month::Loot;
use crate::demo::cast::{THEFT_BEGINS, THEFT_ENDS};
use crate::demo::stream::Stream;

/// Returns when the thief takes what of which coin, all inside the hours of the theft.
pub(super) fn timetable(seed: u64) -> Vec<(i64, usize, Loot)> {
    let mut draw = Stream::of(seed, "ledger/theft");
    let step = (THEFT_ENDS - THEFT_BEGINS - 1_800) / COINS.len() as i64;
    let mut visits = Vec::new();
    for coin in 0..COINS.len() {
        let test = THEFT_BEGINS + coin as i64 * step + draw.between(60, 240) as i64;
        visits.push((test, coin, Loot::Test));
        let mut at = test + draw.between(240, 480) as i64;
        for share in [380, 520, 700, 990] {
            visits.push((at, coin, Loot::Share(share)));
            at += draw.between(45, 150) as i64;
        }
    }
    visits
}
