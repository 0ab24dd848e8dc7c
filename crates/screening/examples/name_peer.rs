//! Our side of `bench/names`: scores of the labelled pairs, times, and the names and queries that the peers get too, as JSON.
//! `cargo run --release -p strongroom-screening --example name_peer -- ../shared/data`.

#![allow(clippy::indexing_slicing)] // a measurement may fail

#[allow(dead_code)] // some of it is for other examples
#[path = "../tests/shared/names.rs"]
mod names;

use serde_json::json;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;
use strongroom_screening::{List, Lists, NAME_THRESHOLD, NameQuery, PartyName, ofac_score};

/// Runs of a search that are taken together.
const RUNS: u32 = 12;
const QUERIES: usize = 200;

/// Returns the seconds of the fastest of several runs: what else the machine does is not ours.
fn least(runs: u32, run: impl Fn()) -> f64 {
    let once = || {
        let begun = Instant::now();
        run();
        begun.elapsed().as_secs_f64()
    };
    (0..runs).map(|_| once()).fold(f64::INFINITY, f64::min)
}

/// Returns the seconds of processor time of this thread, as far as the system counts them: what others do is not in it.
fn processor() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split(' ').next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}

/// Returns the seconds of a run, of processor time where that is counted; it is counted in steps, so that many runs are
/// taken together.
fn mean(run: impl Fn()) -> f64 {
    let (wall, begun) = (Instant::now(), processor());
    for _ in 0..RUNS {
        run();
    }
    let spent = processor().zip(begun).map(|(end, begun)| end - begun);
    spent.unwrap_or_else(|| wall.elapsed().as_secs_f64()) / f64::from(RUNS)
}

/// Returns a name with a letter less, as somebody mistypes it.
fn mistyped(name: &str, at: usize) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    if letters.len() > 4 {
        letters.remove(1 + at % (letters.len() - 2));
    }
    letters.into_iter().collect()
}

fn main() {
    let data = PathBuf::from(std::env::args_os().nth(1).expect("the folder of the data"));
    let checks = names::checks(&data.join("names"));
    let pairs: Vec<(String, String)> = checks
        .iter()
        .map(|check| (check.query.text(), check.candidate.text()))
        .collect();
    let ready: Vec<(PartyName, PartyName)> = checks
        .iter()
        .map(|check| {
            (
                check.query.party(check.nature()),
                check.candidate.party(check.nature()),
            )
        })
        .collect();
    let per_pair = |run: &dyn Fn(usize)| {
        let all = || (0..pairs.len()).for_each(run);
        least(60, all) / pairs.len() as f64
    };
    let whole = per_pair(&|at| {
        let (one, other) = &pairs[at];
        black_box(PartyName::new(one, None).score(&PartyName::new(other, None)));
    });
    let scored = per_pair(&|at| {
        black_box(ready[at].0.score(&ready[at].1));
    });
    let explained = per_pair(&|at| {
        black_box(ready[at].0.explain(&ready[at].1));
    });
    let page = per_pair(&|at| {
        black_box(ofac_score(&pairs[at].0, &pairs[at].1));
    });

    let folder = data.join("lists");
    let mut lists = names::ofac_lists(&folder);
    lists.truncate(1);
    lists.push(names::un_list(&folder));
    let book: Vec<String> = lists
        .iter()
        .flat_map(List::entries)
        .flat_map(|entry| {
            entry
                .party
                .iter()
                .chain(entry.aliases.iter().map(|alias| &alias.name))
        })
        .cloned()
        .collect();
    let step = book.len() / QUERIES;
    let queries: Vec<String> = book
        .iter()
        .enumerate()
        .step_by(step)
        .map(|(at, name)| mistyped(name, at))
        .collect();
    let begun = Instant::now();
    let lists = Lists::new(lists);
    black_box(lists.candidates(&NameQuery::new("nobody")));
    let index = begun.elapsed().as_secs_f64();
    let mut found = Vec::new();
    let mut times = Vec::new();
    for query in &queries {
        let asked = NameQuery::new(query);
        found.push(lists.candidates(&asked).len());
        times.push(mean(|| drop(black_box(lists.candidates(&asked)))));
    }
    let checks: Vec<_> = checks
        .iter()
        .zip(&ready)
        .map(|(check, (one, other))| {
            json!({
                "match": check.matches, "schema": check.schema, "score": one.score(other),
                "query": side(&check.query), "candidate": side(&check.candidate),
            })
        })
        .collect();
    let told = json!({
        "threshold": NAME_THRESHOLD, "checks": checks,
        "seconds": {"text": whole, "ready": scored, "explained": explained, "ofac": page, "index": index},
        "book": book, "queries": queries, "found": found, "times": times,
    });
    println!("{told}");
}

fn side(side: &names::Side) -> serde_json::Value {
    json!({"name": side.name, "given": side.given, "middle": side.middle, "family": side.family, "text": side.text()})
}
