//! The real files of `../shared/data`, which stay outside the repository.

// Each test takes its own part of this.
#![allow(dead_code)]

use std::fmt;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use strongroom_model::{Evidence, Gap, Kind, Limits, Report, Verdict, Why};

/// Returns a folder of the shared data; says so and returns `None` where it is absent, fails on CI.
pub fn shared_data(folder: &str, test: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2)?;
    let path = root.join("../shared/data").join(folder);
    if path.is_dir() {
        return Some(path);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "../shared/data/{folder} is absent"
    );
    eprintln!("SKIPPED: {test}: ../shared/data is absent");
    None
}

/// One real encoded command line of `powershell/encoded-commands-dev.jsonl.gz`.
pub struct Encoded {
    /// The field as it stands: a line of a JSON file, maybe with its quotes and a comma behind it.
    pub raw: String,
    /// The command line.
    pub command: String,
    pub family: String,
    /// The text that was hidden, where somebody has decoded it.
    pub decoded: Option<String>,
}

/// Reads the real encoded command lines from their folder. The texts are malicious and are only ever read.
pub fn encoded_commands(folder: &Path) -> Vec<Encoded> {
    let mut text = String::new();
    let file = std::fs::File::open(folder.join("encoded-commands-dev.jsonl.gz")).unwrap();
    flate2::read::GzDecoder::new(file)
        .read_to_string(&mut text)
        .unwrap();
    let value = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap();
    text.lines()
        .map(value)
        .map(|row| {
            let raw = row["command"].as_str().unwrap().to_owned();
            Encoded {
                command: serde_json::from_str(raw.trim_end_matches(',')).unwrap_or_else(|_| raw.clone()),
                raw,
                family: row["family"].as_str().unwrap_or("").to_owned(),
                decoded: row["decoded"].as_str().map(str::to_owned),
            }
        })
        .collect()
}

/// Examines every file under a folder, in the order of the paths. A panic is kept as a report of its own.
pub fn examine_all(folder: &Path) -> Vec<(String, Report)> {
    let paths = paths_below(folder);
    let limits = Limits::default();
    paths
        .into_iter()
        .map(|path| {
            let bytes = std::fs::read(&path).unwrap();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let report = catch_unwind(AssertUnwindSafe(|| {
                strongroom_files::examine(&name, &bytes, &limits)
            }));
            let short = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
            (short, report.unwrap_or_else(|_| panicked(&name)))
        })
        .collect()
}

/// Returns the files under a folder, sorted.
pub fn paths_below(folder: &Path) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    gather(folder, &mut paths);
    paths.sort();
    paths
}

fn panicked(name: &str) -> Report {
    let mut report = Report::new(Evidence::of_bytes(name, Kind::Unknown, b""));
    report.gap(Gap::new("PANIC", Why::Damaged, "the examination panicked"));
    report
}

fn gather(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, paths)
        } else {
            paths.push(path)
        }
    }
}

/// How many reports came to which verdict.
#[derive(Default)]
pub struct Tally {
    pub clean: usize,
    pub not_cleared: usize,
    pub suspicious: usize,
    pub malicious: usize,
    pub panics: usize,
}

impl Tally {
    pub fn of(reports: &[(String, Report)]) -> Self {
        let mut tally = Tally::default();
        for (_, report) in reports {
            match report.verdict() {
                Verdict::Clean => tally.clean += 1,
                Verdict::NotCleared => tally.not_cleared += 1,
                Verdict::Suspicious => tally.suspicious += 1,
                Verdict::Malicious => tally.malicious += 1,
            }
            tally.panics += usize::from(report.gaps.iter().any(|gap| gap.place == "PANIC"));
        }
        tally
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.clean + self.not_cleared + self.suspicious + self.malicious;
        write!(
            f,
            "{all} files: {} clean, {} not cleared, {} suspicious, {} malicious, {} panics",
            self.clean, self.not_cleared, self.suspicious, self.malicious, self.panics
        )
    }
}
