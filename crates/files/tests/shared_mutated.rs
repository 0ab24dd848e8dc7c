//! Damaged documents: whatever is done to a real one, its examination ends, and what was lost is said.
//!
//! Seeded, so that a failure comes again; `STRONGROOM_MUTATIONS` is the number of mutations of each file.

// The helpers of a test fail as the test does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod shared;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};
use strongroom_model::{Limits, Report, Verdict};

/// Mutations of each file where nothing else is said; a file of more bytes is left to longer runs.
const MUTATIONS: u64 = 1;
const BYTES: usize = 96 << 10;
/// What one mutated file may take. Debug builds on a busy machine are slow; a quadratic reader is slower.
const LONGEST: Duration = Duration::from_secs(20);

/// A small generator (xorshift64*), the same on every machine.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % most.max(1) as u64).unwrap()
    }
}

/// Damages a file in one of the ways in which files are damaged.
fn mutate(bytes: &mut Vec<u8>, dice: &mut Dice) -> &'static str {
    let length = bytes.len();
    match dice.below(7) {
        0 => {
            for _ in 0..=dice.below(16) {
                let at = dice.below(length);
                bytes[at] ^= 1 << dice.below(8);
            }
            "bits flipped"
        }
        1 => {
            bytes.truncate(dice.below(length));
            "cut"
        }
        2 => {
            let at = dice.below(length);
            let end = (at + 512).min(length);
            bytes[at..end].fill(0);
            "a sector zeroed"
        }
        3 => {
            let at = dice.below(length);
            let end = (at + dice.below(4096)).min(length);
            let to = dice.below(length);
            let part = bytes[at..end].to_vec();
            bytes.splice(to..to, part);
            "a part put in twice"
        }
        4 => {
            let at = dice.below(length);
            let end = (at + dice.below(4096)).min(length);
            bytes.drain(at..end);
            "a part taken out"
        }
        5 => {
            // The numbers that tables and headers are made of.
            let at = dice.below(length / 4) * 4;
            let value = [0, u32::MAX, 0xFFFF_FFFE, 0x7FFF_FFFF, 1][dice.below(5)];
            if let Some(place) = bytes.get_mut(at..at + 4) {
                place.copy_from_slice(&value.to_le_bytes());
            }
            "a number changed"
        }
        _ => {
            let at = dice.below(512.min(length));
            bytes[at] = dice.next().to_le_bytes()[0];
            "the header changed"
        }
    }
}

fn has_macros(report: &Report) -> bool {
    report.walk().iter().any(|report| {
        report
            .findings
            .iter()
            .any(|finding| finding.code.starts_with("files.macro"))
    })
}

fn hides(report: &Report) -> bool {
    report
        .walk()
        .iter()
        .any(|report| report.gaps.iter().any(|gap| gap.hides))
}

/// The bytes in which a compound file keeps the source of a macro, in one piece each.
fn sources(bytes: &[u8]) -> Vec<Vec<u8>> {
    const START: &[u8] = b"\0Attribut\0e";
    let starts = bytes
        .windows(START.len())
        .enumerate()
        .filter(|(_, window)| *window == START);
    starts
        .map(|(at, _)| bytes[at.saturating_sub(3)..(at + 64).min(bytes.len())].to_vec())
        .collect()
}

#[test]
fn mutated_documents_are_answered_and_what_is_lost_is_said() {
    let Some(folder) = shared::shared_data(
        "office",
        "mutated_documents_are_answered_and_what_is_lost_is_said",
    ) else {
        return;
    };
    let asked = std::env::var("STRONGROOM_MUTATIONS")
        .ok()
        .and_then(|number| number.parse().ok());
    let (mutations, most) = asked.map_or((MUTATIONS, BYTES), |asked: u64| (asked, usize::MAX));
    let limits = Limits {
        steps: 50_000,
        unpacked_bytes: 64 << 20,
        ..Limits::default()
    };
    let paths = shared::paths_below(&folder);
    let (mut files, mut runs, mut kept, mut slowest) = (0, 0, 0, Duration::ZERO);
    let mut verdicts = std::collections::BTreeMap::<&str, usize>::new();
    let mut silent: Vec<String> = Vec::new();
    for (number, path) in paths.iter().enumerate() {
        let original = std::fs::read(path).unwrap();
        if original.len() > most || original.is_empty() {
            continue;
        }
        files += 1;
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let whole = strongroom_files::examine(&name, &original, &limits);
        let pieces = if has_macros(&whole) {
            sources(&original)
        } else {
            Vec::new()
        };
        for run in 0..mutations {
            let mut dice = Dice(0x9E37_79B9_7F4A_7C15 ^ ((number as u64) << 20) ^ (run + 1));
            let mut bytes = original.clone();
            let how = mutate(&mut bytes, &mut dice);
            let before = Instant::now();
            let report = catch_unwind(AssertUnwindSafe(|| {
                strongroom_files::examine(&name, &bytes, &limits)
            }));
            let took = before.elapsed();
            let told = format!("{name}, run {run}: {how}");
            let Ok(report) = report else {
                panic!("{told}: panicked")
            };
            assert!(took < LONGEST, "{told}: took {took:?}");
            slowest = slowest.max(took);
            runs += 1;
            *verdicts.entry(report.verdict().as_str()).or_default() += 1;
            let found = sources(&bytes);
            if !pieces.is_empty() && pieces.iter().all(|piece| found.contains(piece)) {
                kept += 1;
                if !has_macros(&report) && !hides(&report) && report.verdict() == Verdict::Clean {
                    silent.push(told);
                }
            }
        }
    }
    println!(
        "mutated: {files} files, {runs} mutations, 0 panics, slowest {slowest:?}, verdicts {verdicts:?}"
    );
    println!(
        "mutated: in {kept} of them all sources of macros still stood; clean with none of them found: {}",
        silent.len()
    );
    assert!(silent.is_empty(), "{silent:?}");
}
