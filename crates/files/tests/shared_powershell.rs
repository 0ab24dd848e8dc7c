//! Real encoded command lines: the text that was hidden must be among the layers.
//!
//! The texts are malicious and are only ever read.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod shared;

use shared::{Encoded, encoded_commands, shared_data};
use std::time::{Duration, Instant};
use strongroom_files::powershell::unfold_command;
use strongroom_files::script::{Action, Budget, Unfolded};
use strongroom_model::Limits;

/// Trailing NULs and white space are the only difference allowed.
fn trimmed(text: &str) -> &str {
    text.trim_end_matches(|c: char| c == '\0' || c.is_whitespace())
}

fn holds(unfolded: &Unfolded, wanted: &str) -> bool {
    unfolded
        .layers
        .iter()
        .any(|layer| trimmed(&layer.text) == trimmed(wanted))
}

/// The URLs that stand in a text, up to the first character that cannot be part of one.
fn urls(text: &str) -> Vec<String> {
    let lower = text.to_ascii_lowercase();
    let starts = lower
        .match_indices("http")
        .filter(|(at, _)| lower[*at..].starts_with("http://") || lower[*at..].starts_with("https://"));
    starts
        .map(|(at, _)| {
            let rest = &text[at..];
            let end = rest
                .find(|c: char| c.is_whitespace() || "'\"`,;)<>|’”‘“$\\".contains(c))
                .unwrap_or(rest.len());
            rest[..end].to_owned()
        })
        .filter(|url| url.len() > 10)
        .collect()
}

fn effect_texts(unfolded: &Unfolded) -> Vec<String> {
    let text = |action: &Action| match action {
        Action::Download { url, .. } | Action::Upload { url } => Some(url.to_string()),
        Action::Connect { host, .. } => Some(host.to_string()),
        Action::Start { command } => Some(command.to_string()),
        _ => None,
    };
    unfolded
        .effects
        .iter()
        .filter_map(|effect| text(&effect.action))
        .collect()
}

#[test]
fn real_encoded_commands_unfold_to_their_labelled_text() {
    let test = "real_encoded_commands_unfold_to_their_labelled_text";
    let Some(folder) = shared_data("powershell", test) else {
        return;
    };
    let labelled = |row: Encoded| Some((row.decoded.clone()?, row));
    let rows: Vec<(String, Encoded)> = encoded_commands(&folder)
        .into_iter()
        .filter_map(labelled)
        .collect();
    let limits = Limits::default();
    let (mut right, mut raw_right, mut with_url, mut effects_name, mut layers_name) = (0, 0, 0, 0, 0);
    let (mut gaps, mut effects) = (0, 0);
    let mut times: Vec<Duration> = Vec::new();
    for (index, (hidden, row)) in rows.iter().enumerate() {
        let start = Instant::now();
        let unfolded = unfold_command(&row.command, &mut Budget::new(&limits));
        times.push(start.elapsed());
        let raw = unfold_command(&row.raw, &mut Budget::new(&limits));
        raw_right += usize::from(raw.is_some_and(|unfolded| holds(&unfolded, hidden)));
        let Some(unfolded) = unfolded else {
            println!("row {index}: starts no PowerShell: {:.120}", row.command);
            continue;
        };
        gaps += usize::from(!unfolded.gaps.is_empty());
        if std::env::var_os("GAPS").is_some() {
            unfolded
                .gaps
                .iter()
                .for_each(|gap| println!("row {index}: {} {}", gap.place, gap.why));
        }
        effects += usize::from(!unfolded.effects.is_empty());
        if holds(&unfolded, hidden) {
            right += 1;
        } else {
            println!("row {index}: not among the layers: {:.120}", hidden);
        }
        let urls = urls(hidden);
        if !urls.is_empty() {
            with_url += 1;
            let texts = effect_texts(&unfolded);
            let named = urls
                .iter()
                .all(|url| texts.iter().any(|text| text.contains(url.as_str())));
            effects_name += usize::from(named);
            let layered = urls.iter().all(|url| {
                unfolded
                    .layers
                    .iter()
                    .any(|layer| layer.text.contains(url.as_str()))
            });
            layers_name += usize::from(named || layered);
            if !named && std::env::var_os("URLS").is_some() {
                println!("row {index}: {urls:?} not all in {texts:?}");
            }
        }
    }
    times.sort();
    let median = times[times.len() / 2];
    let slowest = *times.last().unwrap();
    println!(
        "{right} of {} rows hold the labelled text ({raw_right} from the raw field); {gaps} with gaps, {effects} with effects",
        rows.len()
    );
    println!(
        "{with_url} rows with a URL: effects name all of them in {effects_name}, effects or layers in {layers_name}"
    );
    println!("median {median:?}, slowest {slowest:?}");
    assert!(
        right * 1000 >= rows.len() * 995,
        "fewer than 99.5 % of the texts were recovered"
    );
    assert!(slowest < Duration::from_secs(1), "a row took {slowest:?}");
    assert!(
        effects_name * 100 >= with_url * 90,
        "too few rows whose effects name the URL"
    );
}
