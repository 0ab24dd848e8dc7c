//! Every file of `../shared/data/office` is answered; benign documents raise no alarm.

// The helpers of a test fail as the test does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod shared;

use shared::{Tally, examine_all, shared_data};
use strongroom_model::{Report, Verdict};

/// Of 408 benign documents this many may stay uncleared: those that are encrypted or damaged on purpose.
const UNCLEARED: usize = 8;

#[test]
fn benign_documents_raise_no_alarm_and_are_cleared() {
    let Some(folder) = shared_data(
        "office/benign-poi",
        "benign_documents_raise_no_alarm_and_are_cleared",
    ) else {
        return;
    };
    let reports = examine_all(&folder);
    let tally = Tally::of(&reports);
    println!("benign-poi: {tally}");
    for (path, report) in reports
        .iter()
        .filter(|(_, report)| report.verdict() != Verdict::Clean)
    {
        println!(
            "  {:<12} {path} ({}): {}",
            report.verdict().as_str(),
            report.evidence.kind,
            report.because()
        );
    }
    assert_eq!(tally.panics, 0);
    assert_eq!(tally.malicious, 0, "no benign document is malicious");
    assert!(
        tally.suspicious <= 1,
        "{} benign documents are suspicious",
        tally.suspicious
    );
    assert!(
        tally.not_cleared <= UNCLEARED,
        "{} benign documents are not cleared",
        tally.not_cleared
    );
}

#[test]
fn feature_samples_are_answered_and_what_hides_is_not_cleared() {
    let Some(folder) = shared_data(
        "office/oletools",
        "feature_samples_are_answered_and_what_hides_is_not_cleared",
    ) else {
        return;
    };
    let reports = examine_all(&folder);
    println!("oletools: {}", Tally::of(&reports));
    for category in [
        "encrypted",
        "excel4-macros",
        "msodde",
        "oleform",
        "oleobj",
        "olevba",
        "ooxml",
        "other",
        "rtfobj",
    ] {
        let of: Vec<_> = reports
            .iter()
            .filter(|(path, _)| path.starts_with(&format!("{category}/")))
            .cloned()
            .collect();
        println!("  {category}: {}", Tally::of(&of));
        for (path, report) in &of {
            println!(
                "    {:<12} {path} ({}): {}",
                report.verdict().as_str(),
                report.evidence.kind,
                report.because()
            );
        }
        if category == "encrypted" {
            let clean: Vec<&String> = of
                .iter()
                .filter(|(_, report)| report.verdict() == Verdict::Clean && !is_opened(report))
                .map(|(path, _)| path)
                .collect();
            assert!(
                clean.is_empty(),
                "{clean:?} hide their content and are not cleared"
            );
        }
    }
    assert_eq!(Tally::of(&reports).panics, 0);
}

/// Returns whether a password opened the file: then what it holds decides.
fn is_opened(report: &Report) -> bool {
    report
        .findings
        .iter()
        .any(|finding| finding.code == "files.default-password")
}
