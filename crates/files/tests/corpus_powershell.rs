//! Replays the fuzzers' seed inputs through the same doors.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::path::Path;
use strongroom_files::powershell::{unfold, unfold_command};
use strongroom_files::script::Budget;
use strongroom_model::Limits;

fn replay(name: &str, door: impl Fn(&str)) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(name);
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        door(&String::from_utf8_lossy(&bytes));
        count += 1;
    }
    assert!(count > 0, "no seeds in {folder:?}");
}

#[test]
fn seeds_of_scripts_unfold() {
    let limits = Limits::default();
    replay("files_powershell", |text| {
        let unfolded = unfold(text, &mut Budget::new(&limits));
        assert_eq!(unfolded.layers[0].text, text);
    });
}

#[test]
fn seeds_of_command_lines_unfold() {
    let limits = Limits::default();
    replay("files_powershell_command", |text| {
        assert!(
            unfold_command(text, &mut Budget::new(&limits)).is_some(),
            "{text}"
        );
    });
}

#[test]
fn seeds_of_batch_texts_are_read() {
    replay("files_batch", |text| {
        let text = format!("@echo off\r\n{text}");
        let report = strongroom_files::examine("a.cmd", text.as_bytes(), &Limits::default());
        assert_eq!(report.scripts[0].language, "batch");
    });
}

#[test]
fn seeds_of_patterns_are_searched_within_the_budget() {
    let limits = Limits {
        steps: 20_000,
        ..Limits::default()
    };
    replay("files_pattern", |text| {
        let (pattern, text) = text.split_once('\n').unwrap_or((text, ""));
        let _ = strongroom_files::powershell::search_pattern(pattern, text, &mut Budget::new(&limits));
    });
}

#[test]
fn seeds_of_machine_code_are_run_within_the_budget() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/files_shellcode");
    let limits = Limits::default();
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let reading = strongroom_files::shellcode::read(&bytes, &mut Budget::new(&limits));
        assert!(reading.calls.len() <= 256);
    }
}
