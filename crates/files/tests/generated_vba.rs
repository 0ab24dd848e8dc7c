//! A generator hides known commands in stacked obfuscations; the evaluation finds nearly all, and what it says it
//! knows is true to the letter.

mod obfuscation;

use obfuscation::hidden;
use std::collections::BTreeMap;
use strongroom_files::script::{Action, Budget};
use strongroom_files::vba::unfold_in;
use strongroom_model::Limits;

/// What a range of seeds came to.
#[derive(Default)]
struct Figures {
    macros: usize,
    recovered: usize,
    claimed: usize,
    wrong: Vec<String>,
    missed: BTreeMap<&'static str, usize>,
    first_missed: Option<String>,
}

fn run(seeds: std::ops::Range<u64>) -> Figures {
    let limits = Limits::default();
    let mut figures = Figures::default();
    for number in seeds {
        let hidden = hidden(number);
        let unfolded = unfold_in(&hidden.modules, &hidden.document, &mut Budget::new(&limits));
        let starts: Vec<Option<&str>> = unfolded
            .effects
            .iter()
            .filter_map(|effect| match &effect.action {
                Action::Start { command } => Some(command.exact()),
                _ => None,
            })
            .collect();
        figures.macros += 1;
        let found = starts.contains(&Some(hidden.started.as_str()));
        figures.recovered += usize::from(found);
        for start in starts.iter().flatten() {
            figures.claimed += 1;
            // Code behind a condition that never holds is no claim: it must not be there.
            if *start != hidden.started {
                figures
                    .wrong
                    .push(format!("seed {number}: {start:?} is not {:?}", hidden.started));
            }
        }
        if !found {
            for kind in &hidden.kinds {
                *figures.missed.entry(kind).or_default() += 1;
            }
            let sources: Vec<&str> = hidden
                .modules
                .iter()
                .map(|module| module.source.as_str())
                .collect();
            let told = format!(
                "seed {number}: {:?} not in {starts:?}\ngaps {:?}\n{}",
                hidden.started,
                unfolded.gaps,
                sources.join("\n---\n")
            );
            figures.first_missed.get_or_insert(told);
        }
    }
    figures
}

fn holds(name: &str, seeds: std::ops::Range<u64>) {
    let figures = run(seeds.clone());
    println!(
        "vba obfuscations, {name} (seeds {seeds:?}): {} of {} recovered exactly ({:.2} %), {} of {} exact claims true",
        figures.recovered,
        figures.macros,
        100.0 * figures.recovered as f64 / figures.macros as f64,
        figures.claimed - figures.wrong.len(),
        figures.claimed
    );
    if !figures.missed.is_empty() {
        println!(
            "missed with: {:?}\n{}",
            figures.missed,
            figures.first_missed.unwrap_or_default()
        );
    }
    assert!(figures.wrong.is_empty(), "{:?}", figures.wrong.first());
    assert!(figures.recovered * 100 >= figures.macros * 95);
}

#[test]
fn commands_hidden_by_the_first_seeds_are_found() {
    holds("first range", 1..1500);
}

#[test]
fn commands_hidden_by_far_seeds_are_found() {
    holds("second range", 1_000_000..1_001_500);
}
