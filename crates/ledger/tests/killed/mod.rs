//! Writers that are killed: a child process that runs one test of this file, and the files that it leaves.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Starts a child that finds `dir` in a variable, kills it `micros` after its `words`-th line `committed N`, and returns its last N.
pub fn killed(test: &str, (variable, dir): (&str, &Path), words: u64, micros: u64) -> Option<u64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(variable, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .filter_map(|line| Some(line.strip_prefix("committed ")?.parse().unwrap()));
    let mut told = None;
    for _ in 0..words {
        let Some(committed) = said.next() else { break };
        told = Some(committed);
    }
    std::thread::sleep(Duration::from_micros(micros));
    child.kill().unwrap();
    told = said.last().or(told);
    child.wait().unwrap();
    told
}

/// Returns the files of the ledger in a folder, by their names.
pub fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(dir.join("ledger")).unwrap().map(Result::unwrap);
    entries
        .map(|entry| {
            (
                entry.file_name().into_string().unwrap(),
                fs::read(entry.path()).unwrap(),
            )
        })
        .collect()
}
