//! Measures the scorer and the search of similar names:
//! `cargo run --release -p strongroom-screening --example name_speed -- ../shared/data [book.txt]`.
//! With a book, a name a line, it prints how long the book takes against all listed names besides.

#![allow(clippy::indexing_slicing)] // a measurement may fail

#[allow(dead_code)] // some of it is for other examples
#[path = "../tests/shared/names.rs"]
mod names;

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;
use strongroom_screening::{List, Lists, NAME_THRESHOLD, NameQuery, PartyName, ofac_score};

/// Runs of each query, of which the fastest counts.
const RUNS: u32 = 5;

/// Returns a name with a letter less, as somebody mistypes it.
fn mistyped(name: &str, at: usize) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    if letters.len() > 4 {
        letters.remove(1 + at % (letters.len() - 2));
    }
    letters.into_iter().collect()
}

fn percentile(sorted: &[f64], share: f64) -> f64 {
    let at = (sorted.len() as f64 * share) as usize;
    sorted.get(at.min(sorted.len() - 1)).copied().unwrap_or_default()
}

/// Returns the seconds of the fastest of several runs: what else the machine does is not ours.
fn least(runs: u32, run: impl Fn()) -> f64 {
    let once = || {
        let begun = Instant::now();
        run();
        begun.elapsed().as_secs_f64()
    };
    (0..runs).map(|_| once()).fold(f64::INFINITY, f64::min)
}

fn pairs(data: &std::path::Path) {
    let checks = names::checks(&data.join("names"));
    let texts: Vec<(String, String)> = checks
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
    let per = |what: &str, round: &dyn Fn()| {
        println!(
            "{what}: {:.2} µs a pair",
            least(200, round) * 1e6 / texts.len() as f64
        );
    };
    per("from text to score", &|| {
        for (one, other) in &texts {
            black_box(PartyName::new(one, None).score(&PartyName::new(other, None)));
        }
    });
    per("score of names that are ready", &|| {
        for (one, other) in &ready {
            black_box(one.score(other));
        }
    });
    per("score with its parts", &|| {
        for (one, other) in &ready {
            black_box(one.explain(other));
        }
    });
    per("score of OFAC's page", &|| {
        for (one, other) in &texts {
            black_box(ofac_score(one, other));
        }
    });
}

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let data = PathBuf::from(arguments.next().expect("the folder of the data"));
    pairs(&data);
    let mut lists = names::ofac_lists(&data.join("lists"));
    lists.push(names::un_list(&data.join("lists")));
    lists.retain(|list| list.version().name != "ofac-nonsdn");
    let listed: Vec<String> = lists
        .iter()
        .flat_map(List::entries)
        .flat_map(|entry| entry.party.clone())
        .collect();
    let begun = Instant::now();
    let lists = Lists::new(lists);
    black_box(lists.candidates(&NameQuery::new("nobody")));
    println!(
        "index of all names: {:.0} ms",
        begun.elapsed().as_secs_f64() * 1e3
    );
    let queries: Vec<String> = match arguments.next() {
        Some(path) => std::fs::read_to_string(path)
            .expect("a book")
            .lines()
            .map(str::to_owned)
            .collect(),
        None => listed
            .iter()
            .enumerate()
            .step_by(40)
            .map(|(at, name)| mistyped(name, at))
            .collect(),
    };
    let mut times = Vec::new();
    let mut found = 0;
    for query in &queries {
        let asked = NameQuery::new(query);
        found += lists.candidates(&asked).len();
        times.push(1e3 * least(RUNS, || drop(black_box(lists.candidates(&asked)))));
    }
    let mut slowest: Vec<(f64, &String)> = times.iter().copied().zip(&queries).collect();
    slowest.sort_by(|a, b| b.0.total_cmp(&a.0));
    times.sort_by(f64::total_cmp);
    println!(
        "{} queries against SDN and UN at {NAME_THRESHOLD}: p50 {:.2} ms, p90 {:.2} ms, p99 {:.2} ms, most {:.2} ms; {:.2} candidates each",
        queries.len(),
        percentile(&times, 0.5),
        percentile(&times, 0.9),
        percentile(&times, 0.99),
        percentile(&times, 1.0),
        f64::from(found as u32) / queries.len() as f64,
    );
    for (time, query) in slowest.iter().take(5) {
        println!("  {time:.2} ms: {query}");
    }
}
