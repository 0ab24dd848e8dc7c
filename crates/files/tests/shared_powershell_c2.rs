//! Real encoded command lines: whom the hidden text and its machine code call must be among the report's observables.
//!
//! What is expected is found by a reader of its own that shares nothing with the engine: every long run of base64
//! is decoded and unpacked, URLs, addresses and hosts are cut out of the texts by their looks, and machine code is
//! searched for the instructions that hold an endpoint. The texts are malicious and are only ever read.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod oracle;
mod shared;

use oracle::{Endpoint, expected};
use shared::{encoded_commands, shared_data};
use std::collections::BTreeMap;
use strongroom_files::powershell::unfold_command;
use strongroom_files::script::{Action, Budget, Unfolded};
use strongroom_model::{Limits, Report};

fn reported(report: &Report, all: &mut Vec<String>) {
    all.extend(
        report
            .observables
            .iter()
            .map(|seen| seen.observable.value().to_owned()),
    );
    report.children.iter().for_each(|child| reported(child, all));
}

fn effected(unfolded: &Unfolded) -> Vec<String> {
    let text = |action: &Action| match action {
        Action::Download { url, .. } | Action::Upload { url } => Some(url.to_string()),
        Action::Connect {
            host,
            port: Some(port),
        } => Some(format!("{host}:{port}")),
        Action::Connect { host, port: None } => Some(host.to_string()),
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
fn whom_real_commands_call_is_reported() {
    let Some(folder) = shared_data("powershell", "whom_real_commands_call_is_reported") else {
        return;
    };
    let limits = Limits::default();
    let rows = encoded_commands(&folder);
    let (mut with, mut found, mut effects, mut coded, mut coded_found) = (0, 0, 0, 0, 0);
    let (mut expected_values, mut found_values) = (0, 0);
    let mut without: BTreeMap<String, usize> = BTreeMap::new();
    let mut missed: BTreeMap<String, usize> = BTreeMap::new();
    let tells = std::env::var_os("TELL").is_some();
    for (index, row) in rows.iter().enumerate() {
        let hidden = row.decoded.as_deref().unwrap_or("");
        let wanted = expected(hidden);
        let report = strongroom_files::examine("line.cmd", row.command.as_bytes(), &limits);
        let mut seen = Vec::new();
        reported(&report, &mut seen);
        let has = |wanted: &Endpoint, values: &[String]| values.iter().any(|value| wanted.is(value));
        coded += usize::from(wanted.undecoded);
        if wanted.endpoints.is_empty() {
            let why = if wanted.undecoded {
                "encoded machine code"
            } else {
                "none"
            };
            *without.entry(format!("{why}: {}", row.family)).or_default() += 1;
            let c2 = report
                .findings
                .iter()
                .any(|finding| finding.code == "script.code-calls");
            coded_found += usize::from(wanted.undecoded && c2);
            if tells && !(wanted.undecoded && c2) {
                println!(
                    "row {index} without [{}] undecoded {} {}: {:?}",
                    row.family,
                    wanted.undecoded,
                    seen.join(" "),
                    hidden.chars().take(400).collect::<String>()
                );
            }
            continue;
        }
        with += 1;
        expected_values += wanted.endpoints.len();
        found_values += wanted
            .endpoints
            .iter()
            .filter(|wanted| has(wanted, &seen))
            .count();
        let all = wanted.endpoints.iter().all(|wanted| has(wanted, &seen));
        found += usize::from(all);
        let unfolded = unfold_command(&row.command, &mut Budget::new(&limits)).unwrap_or_default();
        let by_effect = effected(&unfolded);
        let acts = wanted.endpoints.iter().any(|wanted| {
            by_effect
                .iter()
                .any(|text| wanted.is(text) || text.contains(&wanted.text()))
        });
        effects += usize::from(acts);
        if !all {
            *missed.entry(row.family.clone()).or_default() += 1;
        }
        if tells && (!all || !acts) {
            println!(
                "row {index} [{}] wanted {:?} seen {seen:?} effects {:.300}: {:?}",
                row.family,
                wanted.endpoints,
                format!("{by_effect:?}"),
                hidden.chars().take(300).collect::<String>()
            );
        }
    }
    println!(
        "{} rows; {with} hold a C2 that the test's own reader finds; all of a row's are reported in {found}, {found_values} of {expected_values} values; effects name one in {effects}",
        rows.len()
    );
    println!(
        "{coded} rows with encoded machine code, {coded_found} of them with a C2 reported that the test's own reader cannot see"
    );
    println!("missed by family: {missed:?}");
    println!("no C2 by family: {without:?}");
    assert!(
        (found + coded_found) * 100 >= rows.len() * 85,
        "C2 for too few rows"
    );
    assert!(found * 1000 >= with * 990, "too few of the C2 that are there");
}
