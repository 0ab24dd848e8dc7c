//! Detection by number of calls and jitter at one false alarm in a thousand pairs.

use crate::plan::{Planted, Shape};
use std::collections::BTreeMap;
use std::net::IpAddr;

type Key = (IpAddr, String);

/// Found and planted.
type Share = (usize, usize);

const CALLS: [(usize, usize); 7] = [
    (4, 5),
    (6, 11),
    (12, 23),
    (24, 47),
    (48, 99),
    (100, 999),
    (1_000, usize::MAX),
];
const JITTERS: [(f64, f64); 4] = [(0.0, 0.2), (0.3, 0.5), (0.6, 0.7), (0.8, 0.8)];

/// What one score finds.
pub struct Curve {
    name: &'static str,
    thresholds: Vec<u32>,
    alarms: (usize, usize),
    cells: BTreeMap<(usize, usize), Share>,
    shapes: BTreeMap<Shape, Share>,
    owed: [Share; 2],
}

impl Curve {
    pub fn new(name: &'static str) -> Self {
        Curve {
            name,
            thresholds: Vec::new(),
            alarms: (0, 0),
            cells: BTreeMap::new(),
            shapes: BTreeMap::new(),
            owed: [(0, 0); 2],
        }
    }

    /// Returns the threshold of the last town.
    pub fn threshold(&self) -> u32 {
        self.thresholds.last().copied().unwrap_or(0)
    }

    /// Takes in one town with its own threshold.
    pub fn town(&mut self, truth: &BTreeMap<Key, &Planted>, scores: &BTreeMap<Key, u32>, pairs: usize) {
        let innocent = scores.iter().filter(|(key, _)| !truth.contains_key(*key));
        let mut innocent: Vec<u32> = innocent.map(|(_, score)| *score).collect();
        innocent.sort_unstable_by(|a, b| b.cmp(a));
        let allowed = pairs / 1_000;
        // The first that may not alarm: whatever is above it may.
        let threshold = innocent.get(allowed).map_or(1, |score| score + 1).max(1);
        self.thresholds.push(threshold);
        self.alarms.0 += innocent.iter().filter(|score| **score >= threshold).count();
        self.alarms.1 += pairs;
        for (key, plant) in truth {
            let found = scores.get(key).is_some_and(|score| *score >= threshold);
            self.count(plant, found);
        }
    }

    fn count(&mut self, plant: &Planted, found: bool) {
        let add = |share: &mut Share| {
            share.0 += usize::from(found);
            share.1 += 1;
        };
        add(self.shapes.entry(plant.shape).or_default());
        if plant.shape != Shape::Jitter {
            return;
        }
        let calls = CALLS
            .iter()
            .position(|(from, to)| (*from..=*to).contains(&plant.calls));
        let jitter = JITTERS
            .iter()
            .position(|(from, to)| (*from - 0.01..=*to + 0.01).contains(&plant.jitter));
        if let (Some(calls), Some(jitter)) = (calls, jitter) {
            add(self.cells.entry((calls, jitter)).or_default());
        }
        let [all, most] = &mut self.owed;
        if plant.is_owed() {
            add(all);
        }
        if plant.calls >= 48 {
            add(most);
        }
    }

    pub fn print(&self) {
        println!(
            "\n{}: thresholds {:?}; {} alarms on {} pairs with at least 4 connections that are not planted",
            self.name, self.thresholds, self.alarms.0, self.alarms.1
        );
        println!("| calls | jitter 0–20 % | 30–50 % | 60–70 % | 80 % |\n|---|---|---|---|---|");
        for (row, (from, to)) in CALLS.iter().enumerate() {
            let cells = (0..JITTERS.len()).map(|column| text(self.cells.get(&(row, column))));
            let to = if *to == usize::MAX {
                String::new()
            } else {
                to.to_string()
            };
            println!("| {from}–{to} | {} |", cells.collect::<Vec<_>>().join(" | "));
        }
        println!(
            "at least 24 calls and 50 %: {}; at least 48 calls and 80 %: {}",
            text(self.owed.first()),
            text(self.owed.last())
        );
        for (shape, share) in &self.shapes {
            println!("{shape:?}: {}", text(Some(share)));
        }
    }
}

fn text(share: Option<&Share>) -> String {
    share.map_or("–".to_owned(), |(found, all)| {
        format!("{found} of {all} ({:.1} %)", 100.0 * *found as f64 / *all as f64)
    })
}
