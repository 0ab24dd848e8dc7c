//! How the parameters were chosen: settings without a pattern are scored on the labelled pairs and on the aliases of lists; for
//! five folds the best setting and threshold of four are measured on the fifth.
//!
//! `cargo test --release -p strongroom-screening --lib tuning -- --nocapture`, over ../shared/data. Nothing is
//! written: the numbers were put into `parameters` by hand, once, and are frozen.

#[path = "../../tests/shared/names.rs"]
mod names;

use super::parameters::Parameters;
use super::party::PartyName;
use super::score;
use std::collections::BTreeMap;

/// A match to find or not to find: one name, and those of one entry.
struct Row {
    query: PartyName,
    listed: Vec<PartyName>,
    truth: bool,
    labelled: bool,
}

const SETTINGS: u64 = 160;
const FOLDS: usize = 5;

fn scattered(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn setting(seed: u64) -> Parameters {
    let mut draw = 0;
    let mut among = |values: &[f64]| {
        draw += 1;
        values[(scattered(seed * 64 + draw) % values.len() as u64) as usize]
    };
    Parameters {
        cut: among(&[0.27, 0.29, 0.31, 0.33, 0.35]),
        excess_person: among(&[0.15, 0.2, 0.25, 0.3]),
        excess_other: among(&[0.3, 0.4, 0.5, 0.6]),
        order: among(&[0.04, 0.08, 0.12]),
        crossed: among(&[0.3, 0.4, 0.5]),
        legal: among(&[0.75, 0.8, 0.85]),
        number: among(&[0.5, 0.6, 0.7]),
        number_extra: among(&[0.7, 0.75, 0.8, 0.85]),
        thin: among(&[0.6, 0.7, 0.8]),
    }
}

fn rows(data: &std::path::Path) -> Vec<Row> {
    let mut rows: Vec<Row> = names::checks(&data.join("names"))
        .iter()
        .map(|check| Row {
            query: check.query.party(check.nature()),
            listed: vec![check.candidate.party(check.nature())],
            truth: check.matches,
            labelled: true,
        })
        .collect();
    let listed = names::listed(&data.join("lists"));
    let mut by_word: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, entry) in listed.iter().enumerate() {
        for word in entry.names.iter().flat_map(|name| name.split_whitespace()) {
            by_word.entry(word.to_lowercase()).or_default().push(at);
        }
    }
    let ready = |names: &[String], nature| names.iter().map(|name| PartyName::new(name, nature)).collect();
    for (at, entry) in listed
        .iter()
        .enumerate()
        .filter(|(at, entry)| at % 3 == 0 && entry.names.len() > 1)
    {
        let chosen = scattered(at as u64) as usize % entry.names.len();
        let mut others = entry.names.clone();
        let name = others.remove(chosen);
        let query = PartyName::new(&name, None);
        rows.push(Row {
            query: query.clone(),
            listed: ready(&others, entry.nature),
            truth: true,
            labelled: false,
        });
        let words: Vec<&str> = name.split_whitespace().collect();
        let word = words[scattered(at as u64 + 7) as usize % words.len()].to_lowercase();
        let others = by_word[&word]
            .iter()
            .filter(|other| **other != at && listed[**other].list == entry.list);
        let others: Vec<usize> = others.copied().collect();
        if let Some(other) = others.get(scattered(at as u64 + 13) as usize % others.len().max(1)) {
            let listed = ready(&listed[*other].names, listed[*other].nature);
            rows.push(Row {
                query,
                listed,
                truth: false,
                labelled: false,
            });
        }
    }
    rows
}

fn f1(rows: &[Row], scores: &[f64], threshold: f64, keep: impl Fn(usize) -> bool, labelled: bool) -> f64 {
    let (mut hits, mut errors) = (0.0, 0.0);
    for (at, (row, score)) in rows.iter().zip(scores).enumerate() {
        if row.labelled == labelled && keep(at) {
            match (*score >= threshold, row.truth) {
                (true, true) => hits += 1.0,
                (true, false) | (false, true) => errors += 1.0,
                (false, false) => {}
            }
        }
    }
    2.0 * hits / f64::max(2.0 * hits + errors, 1.0)
}

/// What is sought: the labelled pairs count twice as much as the aliases, of which many are other names altogether.
fn worth(rows: &[Row], scores: &[f64], threshold: f64, keep: impl Fn(usize) -> bool + Copy) -> f64 {
    f1(rows, scores, threshold, keep, true) + 0.5 * f1(rows, scores, threshold, keep, false)
}

#[test]
fn parameters_are_chosen_and_measured_by_folds() {
    let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let rows = rows(&data);
    let thresholds: Vec<f64> = (60..90).map(|step| f64::from(step) / 100.0).collect();
    let settings: Vec<Parameters> = std::iter::once(Parameters::FROZEN)
        .chain((0..SETTINGS).map(setting))
        .collect();
    let scored: Vec<Vec<f64>> = settings
        .iter()
        .map(|setting| {
            let best = |row: &Row| {
                row.listed
                    .iter()
                    .map(|name| score::sum(&row.query, name, setting).score)
                    .fold(0.0, f64::max)
            };
            rows.iter().map(best).collect()
        })
        .collect();
    let best = |keep: &dyn Fn(usize) -> bool| -> Vec<(f64, usize, f64)> {
        let mut all = Vec::new();
        for (at, scores) in scored.iter().enumerate() {
            let of = |threshold: &f64| (worth(&rows, scores, *threshold, keep), at, *threshold);
            all.extend(thresholds.iter().map(of));
        }
        all.sort_by(|a, b| b.0.total_cmp(&a.0));
        all
    };
    let mut held = vec![0.0; rows.len()];
    for fold in 0..FOLDS {
        let (_, at, threshold) = best(&|row| row % FOLDS != fold)[0];
        for (row, slot) in held.iter_mut().enumerate().filter(|(row, _)| row % FOLDS == fold) {
            *slot = f64::from(u8::from(scored[at][row] >= threshold));
        }
    }
    println!(
        "by folds: labelled F1 {:.3}, aliases F1 {:.3}",
        f1(&rows, &held, 0.5, |_| true, true),
        f1(&rows, &held, 0.5, |_| true, false)
    );
    let tell = |(worth, at, threshold): &(f64, usize, f64)| {
        let f1 = |labelled| f1(&rows, &scored[*at], *threshold, |_| true, labelled);
        println!(
            "{worth:.4} at {threshold:.2}: labelled F1 {:.3}, aliases F1 {:.3}: {:?}",
            f1(true),
            f1(false),
            settings[*at]
        );
    };
    let all = best(&|_| true);
    all.iter().take(12).for_each(tell);
    println!("as frozen:");
    all.iter().filter(|(_, at, _)| *at == 0).take(3).for_each(tell);
}
