//! Measures detection: planted schedules among a week of 2,000 hosts, our score and RITA's on the same rows.
//!
//! `detect tune` runs the seeds that a score may be tuned on, `detect sealed` those that are run once, for the
//! published figure; `detect write SEED FOLDER` writes one town's conn.log and its truth, to measure other
//! programs with.
//!
//! A score's threshold is the lowest at which it alarms on at most one pair in a thousand that is not planted,
//! among all pairs with at least four connections; innocent regulars count as false alarms.

#[path = "../../tests/town/mod.rs"]
mod town;

mod background;
mod curve;
mod plan;
mod rows;

use crate::curve::Curve;
use crate::plan::Planted;
use crate::rows::Rows;
use std::collections::BTreeMap;
use std::io::Write;
use std::net::IpAddr;
use strongroom_model::{Evidence, Kind, Limits};
use strongroom_network::{Beacon, Config, Reader, Standing};
use town::Lot;

/// Seeds to tune on.
const TUNING: std::ops::RangeInclusive<u64> = 101..=106;
/// Seeds for the published figure, run once when the score is frozen.
const SEALED: std::ops::RangeInclusive<u64> = 7_001..=7_010;
/// Hosts of a town.
const HOSTS: usize = 2_000;
/// Beacons planted in each town.
const PLANTED: usize = 300;

/// One town: its rows and what was planted.
pub fn town_of(seed: u64) -> (Rows, Vec<Planted>) {
    let mut lot = Lot::new(seed.wrapping_mul(0x9e37_79b9));
    let mut rows = Rows::default();
    background::week(&mut lot, HOSTS, &mut rows);
    let planted = plan::plant(&mut lot, HOSTS, PLANTED, &mut rows);
    rows.sort();
    (rows, planted)
}

fn pairs(rows: &Rows) -> Vec<Beacon> {
    // Every pair is listed, however low its score.
    let config = Config {
        alarm_permille: 0,
        ..Config::default()
    };
    let limits = Limits {
        rows: u32::MAX,
        ..Limits::default()
    };
    let mut reader = Reader::with_config(&limits, config);
    reader.read("conn.log", rows.log());
    let network = reader.finish(Evidence::of_bytes("logs", Kind::Folder, b""), &|_| Vec::new());
    network.beacons.into_iter().chain(network.set_aside).collect()
}

fn ours(beacon: &Beacon) -> u32 {
    match beacon.standing {
        Standing::Safe | Standing::Inside => 0,
        Standing::Alarm | Standing::Common => beacon.score,
    }
}

fn rita(beacon: &Beacon) -> u32 {
    beacon.rita.map_or(0, |rita| rita.total)
}

/// RITA's score, destinations left out that more hosts call than a tool of a few.
fn rita_of_few(beacon: &Beacon) -> u32 {
    if beacon.prevalence <= 8 { rita(beacon) } else { 0 }
}

fn measure(seeds: impl Iterator<Item = u64>, verbose: bool) {
    let mut curves = [
        Curve::new("ours"),
        Curve::new("RITA"),
        Curve::new("RITA, destinations of at most 8 hosts"),
    ];
    for seed in seeds {
        let (rows, planted) = town_of(seed);
        let truth: BTreeMap<(IpAddr, String), &Planted> =
            planted.iter().map(|plant| (plant.key(), plant)).collect();
        let listed = pairs(&rows);
        let key = |beacon: &Beacon| (beacon.source, beacon.destination.value().to_owned());
        let innocent = listed.iter().filter(|beacon| !truth.contains_key(&key(beacon)));
        let pairs = innocent.clone().filter(|beacon| beacon.connections >= 4).count();
        println!(
            "seed {seed}: {} rows, {pairs} pairs with at least 4 connections",
            rows.len()
        );
        for (curve, score) in curves
            .iter_mut()
            .zip([ours as fn(&Beacon) -> u32, rita, rita_of_few])
        {
            let scores = listed.iter().map(|beacon| (key(beacon), score(beacon))).collect();
            curve.town(&truth, &scores, pairs);
        }
        if verbose {
            let threshold = curves.first().map_or(0, Curve::threshold);
            told(&listed, &truth, threshold);
        }
    }
    for curve in &curves {
        curve.print();
    }
}

/// Prints what was missed although it should not be, and what the alarms on innocents are.
fn told(listed: &[Beacon], truth: &BTreeMap<(IpAddr, String), &Planted>, threshold: u32) {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for beacon in listed {
        let key = (beacon.source, beacon.destination.value().to_owned());
        match truth.get(&key) {
            Some(plant) if ours(beacon) < threshold && plant.is_owed() => {
                println!("  missed {plant:?} score {}: {}", beacon.score, beacon.why);
            }
            Some(_) => {}
            None if ours(beacon) >= threshold => {
                let kind = background::kind_of(beacon.destination.value());
                *kinds.entry(kind.to_owned()).or_default() += 1;
                if kind == "site" || kind == "chance" {
                    println!("  {} {} {kind}: {}", beacon.source, beacon.score, beacon.why);
                }
            }
            None => {}
        }
    }
    println!("  innocents at or over {threshold}: {kinds:?}");
}

fn write(seed: u64, folder: &str) -> std::io::Result<()> {
    let (rows, planted) = town_of(seed);
    std::io::copy(
        &mut rows.log(),
        &mut std::fs::File::create(format!("{folder}/conn.log"))?,
    )?;
    let mut truth = std::fs::File::create(format!("{folder}/truth.csv"))?;
    writeln!(truth, "source,destination,calls,jitter,shape")?;
    for plant in planted {
        let (source, target) = plant.key();
        writeln!(
            truth,
            "{source},{target},{},{},{:?}",
            plant.calls, plant.jitter, plant.shape
        )?;
    }
    Ok(())
}

fn main() -> std::io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["tune"] => measure(TUNING, true),
        ["tune", seed] => measure(
            seed.parse().ok().into_iter().filter(|seed| TUNING.contains(seed)),
            true,
        ),
        ["sealed"] => measure(SEALED, false),
        ["write", seed, folder] => return write(seed.parse().unwrap_or(*TUNING.start()), folder),
        _ => eprintln!("usage: detect tune [SEED] | sealed | write SEED FOLDER"),
    }
    Ok(())
}
