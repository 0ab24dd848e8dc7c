//! The confusion table of docs/verdicts.md: what each kind of evidence comes to.
//!
//! `cargo test -p strongroom-files --test shared_verdicts -- --show-output` prints it.

// The helpers of a test fail as the test does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod campaign;
mod seed;
mod shared;

use campaign::{ALL, DOCUMENTS, document, look_alike};
use flate2::read::GzDecoder;
use shared::{Tally, examine_all, shared_data};
use std::io::Read;
use strongroom_model::{Limits, Report, Verdict};

fn print(what: &str, wanted: &str, tally: &Tally) {
    let all = tally.clean + tally.not_cleared + tally.suspicious + tally.malicious;
    println!(
        "| {what} | {wanted} | {all} | {} | {} | {} | {} |",
        tally.clean, tally.not_cleared, tally.suspicious, tally.malicious
    );
}

fn head() {
    println!("| evidence | should be | files | clean | not cleared | suspicious | malicious |");
}

fn examined(name: &str, bytes: &[u8]) -> (String, Report) {
    let report = strongroom_files::examine(name, bytes, &Limits::default());
    (name.to_owned(), report)
}

/// Returns what a sample's name says that it should be, for those whose name says it.
fn wanted(path: &str) -> Option<&'static str> {
    let file = path.rsplit('/').next().unwrap();
    let hostile = ["dde-", "autostart-", "calc", "lnk", "external_link"];
    if file.starts_with("harmless-") || file.starts_with("embedded-") || path.starts_with("other/") {
        Some("clean")
    } else if file.ends_with(".zip") || file.starts_with("encrypted.") {
        Some("not cleared")
    } else if hostile.iter().any(|mark| path.contains(mark)) {
        Some("at least suspicious")
    } else {
        None
    }
}

#[test]
fn office_documents() {
    let Some(benign) = shared_data("office/benign-poi", "office_documents") else {
        return;
    };
    head();
    let tally = Tally::of(&examine_all(&benign));
    print("benign-poi", "clean", &tally);
    assert_eq!(tally.malicious, 0);
    assert!(tally.suspicious <= 1);
    let Some(samples) = shared_data("office/oletools", "office_documents") else {
        return;
    };
    let all = examine_all(&samples);
    for class in ["clean", "not cleared", "at least suspicious"] {
        let of: Vec<_> = all
            .iter()
            .filter(|(path, _)| wanted(path) == Some(class))
            .cloned()
            .collect();
        print("oletools samples", class, &Tally::of(&of));
        for (path, report) in &of {
            let verdict = report.verdict();
            let right = match class {
                "clean" => verdict == Verdict::Clean,
                "not cleared" => verdict != Verdict::Clean,
                _ => verdict >= Verdict::Suspicious,
            };
            if !right {
                println!("  {path}: {}: {}", verdict.as_str(), report.because());
            }
            assert!(
                class != "clean" || verdict < Verdict::Suspicious,
                "{path}: {}",
                report.because()
            );
        }
    }
}

#[test]
fn real_command_lines() {
    let Some(folder) = shared_data("powershell", "real_command_lines") else {
        return;
    };
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(folder.join("encoded-commands-dev.jsonl.gz")).unwrap())
        .read_to_string(&mut text)
        .unwrap();
    let reports: Vec<_> = text
        .lines()
        .map(|line| {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let raw = row["command"].as_str().unwrap();
            let command: String =
                serde_json::from_str(raw.trim_end_matches(',')).unwrap_or_else(|_| raw.to_owned());
            examined("run.bat", command.as_bytes())
        })
        .collect();
    let tally = Tally::of(&reports);
    head();
    print("real encoded PowerShell commands", "at least suspicious", &tally);
    let mut missed: Vec<String> = reports
        .iter()
        .filter(|(_, report)| report.verdict() < Verdict::Suspicious)
        .map(|(_, report)| {
            let codes: Vec<&str> = report
                .findings
                .iter()
                .map(|finding| finding.code.as_ref())
                .collect();
            format!("{} {} {codes:?}", report.evidence.kind, report.verdict().as_str())
        })
        .collect();
    missed.sort();
    for group in missed.chunk_by(|a, b| a == b).filter(|group| group.len() > 2) {
        println!("  missed {}: {}", group.len(), group[0]);
    }
    let told = tally.suspicious + tally.malicious;
    assert!(told * 100 >= reports.len() * 75, "{told} of {}", reports.len());
}

#[test]
fn generated_look_alikes() {
    head();
    for kind in DOCUMENTS {
        let reports: Vec<_> = (100..160)
            .map(|seed| examined("offer.docm", &document(kind, seed)))
            .collect();
        let tally = Tally::of(&reports);
        print(kind, "at least suspicious", &tally);
        assert_eq!(tally.suspicious + tally.malicious, 60, "{kind}");
    }
    let whole: Vec<_> = (500..600)
        .map(|seed| examined("a.ps1", look_alike(seed, &[]).as_bytes()))
        .collect();
    print("implant look-alikes", "malicious", &Tally::of(&whole));
    let bare: Vec<_> = (500..600)
        .map(|seed| examined("a.ps1", look_alike(seed, &ALL).as_bytes()))
        .collect();
    let tally = Tally::of(&bare);
    print("the same without the traits", "not suspicious", &tally);
    assert_eq!(
        (Tally::of(&whole).malicious, tally.suspicious + tally.malicious),
        (100, 0)
    );
}
