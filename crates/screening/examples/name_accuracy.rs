//! Measures `strongroom-name/1` on labelled pairs, on the aliases of lists, and against the scores of OFAC's page:
//! `cargo run --release -p strongroom-screening --example name_accuracy -- ../shared/data [--wrong]`.

#![allow(clippy::indexing_slicing)] // a measurement may fail

#[path = "../tests/shared/names.rs"]
mod names;

use names::{Check, Listed};
use std::path::{Path, PathBuf};
use strongroom_screening::{PartyName, ofac_score};

/// A score and whether it should be high.
type Scored = Vec<(f64, bool)>;

fn f1(scored: &Scored, threshold: f64) -> (f64, f64, f64) {
    let count = |hit: bool, matches: bool| {
        let those = scored
            .iter()
            .filter(|(score, truth)| (*score >= threshold) == hit && *truth == matches);
        those.count() as f64
    };
    let (hits, wrong, missed) = (count(true, true), count(true, false), count(false, true));
    let precision = hits / (hits + wrong).max(1.0);
    let recall = hits / (hits + missed).max(1.0);
    (
        2.0 * hits / (2.0 * hits + wrong + missed).max(1.0),
        precision,
        recall,
    )
}

/// The chance that a match scores above one that is none; a tie is half of it.
fn area(scored: &Scored) -> f64 {
    let of = |truth| {
        scored
            .iter()
            .filter(move |(_, matches)| *matches == truth)
            .map(|(score, _)| *score)
    };
    let (mut above, mut all) = (0.0, 0.0);
    for one in of(true) {
        for other in of(false) {
            all += 1.0;
            above += if one > other {
                1.0
            } else if one == other {
                0.5
            } else {
                0.0
            };
        }
    }
    above / all
}

/// The share of pairs of scores above the threshold that are equal.
fn ties(scored: &Scored, least: f64) -> f64 {
    let high: Vec<f64> = scored
        .iter()
        .map(|(score, _)| *score)
        .filter(|score| *score >= least)
        .collect();
    let (mut equal, mut all) = (0.0, 0.0);
    for (at, one) in high.iter().enumerate() {
        for other in high.iter().skip(at + 1) {
            all += 1.0;
            equal += f64::from(u8::from(one == other));
        }
    }
    equal / f64::max(all, 1.0)
}

fn best(scored: &Scored) -> f64 {
    let thresholds = (300..=990).map(|step| f64::from(step) / 1000.0);
    thresholds
        .max_by(|a, b| f1(scored, *a).0.total_cmp(&f1(scored, *b).0))
        .unwrap_or_default()
}

/// Five folds: the threshold is chosen on four and measured on the fifth.
fn folds(scored: &Scored) -> f64 {
    let mut held: Scored = Vec::new();
    for fold in 0..5 {
        let part = |inside: bool| -> Scored {
            let rows = scored.iter().enumerate();
            rows.filter(|(at, _)| (at % 5 == fold) == inside)
                .map(|(_, row)| *row)
                .collect()
        };
        let threshold = best(&part(false));
        held.extend(
            part(true)
                .iter()
                .map(|(score, truth)| (f64::from(u8::from(*score >= threshold)), *truth)),
        );
    }
    f1(&held, 0.5).0
}

fn report(name: &str, scored: &Scored, threshold: f64) {
    let (score, precision, recall) = f1(scored, threshold);
    println!(
        "{name}: {} pairs; F1 {score:.3} (precision {precision:.3}, recall {recall:.3}) at {threshold}; area under the curve {:.3}; \
         ties above the threshold {:.4}; best F1 {:.3} at {:.3}; threshold by five folds: F1 {:.3}",
        scored.len(),
        area(scored),
        ties(scored, threshold),
        f1(scored, best(scored)).0,
        best(scored),
        folds(scored),
    );
}

fn on_checks(checks: &[Check], wrong: bool, threshold: f64) -> Scored {
    let mut scored = Vec::new();
    for check in checks {
        let (query, candidate) = (
            check.query.party(check.nature()),
            check.candidate.party(check.nature()),
        );
        let score = query.score(&candidate);
        scored.push((score, check.matches));
        if wrong && (score >= threshold) != check.matches {
            println!(
                "{} {score:.3} {:?} / {:?}",
                check.matches,
                check.query.text(),
                check.candidate.text()
            );
        }
    }
    scored
}

/// Numbers without a pattern (splitmix64), the same in each run.
fn scattered(seed: u64) -> usize {
    let mut z = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (z ^ (z >> 27)) as usize
}

/// One of an entry's names, left out of it, against its others is a match; against another entry of the list that has one of its words, none. The best
/// of an entry's names is its score.
fn on_aliases(listed: &[Listed], wrong: bool, threshold: f64) -> Scored {
    let mut by_word: std::collections::BTreeMap<String, Vec<usize>> = std::collections::BTreeMap::new();
    for (at, entry) in listed.iter().enumerate() {
        for word in entry.names.iter().flat_map(|name| name.split_whitespace()) {
            by_word.entry(word.to_lowercase()).or_default().push(at);
        }
    }
    let mut scored = Vec::new();
    for (at, entry) in listed.iter().enumerate() {
        if entry.names.len() < 2 {
            continue;
        }
        let chosen = scattered(at as u64) % entry.names.len();
        let first = &entry.names[chosen];
        let query = PartyName::new(first, None);
        let mut add = |names: Vec<&String>, nature, truth| {
            let scores = names
                .iter()
                .map(|name| query.score(&PartyName::new(name, nature)));
            let score = scores.fold(0.0, f64::max);
            scored.push((score, truth));
            if wrong && at % 47 == 0 && (score >= threshold) != truth {
                println!("{truth} {score:.3} {first:?} / {names:?}");
            }
        };
        let mut others = entry.names.clone();
        others.remove(chosen);
        add(others.iter().collect(), entry.nature, true);
        let words: Vec<&str> = first.split_whitespace().collect();
        let word = words[scattered(at as u64 + 7) % words.len()].to_lowercase();
        // The next list may have the same party under a number of its own.
        let others = by_word[&word].iter().copied();
        let others: Vec<usize> = others
            .filter(|other| *other != at && listed[*other].list == entry.list)
            .collect();
        if let Some(other) = others.get(scattered(at as u64 + 13) % others.len().max(1)) {
            let other = &listed[*other];
            add(other.names.iter().collect(), other.nature, false);
        }
    }
    scored
}

/// How far our score of OFAC's page is from the page's; where it gave none, ours must be under the 80 that it showed from.
fn on_page(rows: &[(String, String, i32)]) {
    let ours = |query: &str, listed: &str| i32::from(ofac_score(query, listed));
    let near = rows.iter().filter(|(query, listed, score)| {
        let ours = ours(query, listed);
        if *score < 0 {
            ours < 80
        } else {
            (ours - score).abs() <= 5
        }
    });
    let apart = rows.iter().filter(|(_, _, score)| *score >= 0);
    let apart: i32 = apart
        .map(|(query, listed, score)| (ours(query, listed) - score).abs())
        .sum();
    let scored = rows.iter().filter(|(_, _, score)| *score >= 0).count();
    println!(
        "OFAC's page: {} of {} scores within 5 points, {:.2} points apart on average",
        near.count(),
        rows.len(),
        f64::from(apart) / scored as f64,
    );
}

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let data = PathBuf::from(arguments.next().expect("the folder of the data"));
    let wrong = arguments.next().is_some();
    let threshold = strongroom_screening::NAME_THRESHOLD;
    let checks = names::checks(&data.join("names"));
    report("checks.yml", &on_checks(&checks, wrong, threshold), threshold);
    on_page(&names::ofac_scores(&data.join("names")));
    let listed = names::listed(Path::new(&data.join("lists")));
    report("aliases", &on_aliases(&listed, wrong, threshold), threshold);
}
