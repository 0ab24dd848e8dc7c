//! The logs that Zeek itself writes in its tests: every line is a row or a gap.

mod shared;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use strongroom_model::{Evidence, Kind, Limits};
use strongroom_network::{LogPath, Reader, recognise};

fn logs(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            found.extend(logs(&path));
        } else if path.extension().is_some_and(|extension| extension == "log") {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn every_line_of_zeeks_own_logs_is_a_row_or_a_gap() {
    let Some(data) = shared::folder("every_line_of_zeeks_own_logs_is_a_row_or_a_gap") else {
        return;
    };
    let folder = data.join("zeek-logs");
    let (mut recognised, mut data_lines) = (0, 0);
    let mut reader = Reader::new(&Limits::default());
    let all = logs(&folder);
    for path in &all {
        let bytes = std::fs::read(path).unwrap();
        let name = path.strip_prefix(&folder).unwrap().to_string_lossy().into_owned();
        let kind = recognise(&bytes);
        let has_header = bytes.windows(8).any(|window| window == b"#fields\t");
        assert_eq!(kind.is_some(), has_header, "{name}");
        recognised += u64::from(kind.is_some());
        let lines = bytes.split(|byte| *byte == b'\n');
        data_lines += lines
            .filter(|line| !line.is_empty() && !line.starts_with(b"#"))
            .count() as u64;
        reader.read(&name, bytes.as_slice());
    }
    let network = reader.finish(Evidence::of_bytes("zeek-logs", Kind::Folder, b""), &|_| {
        Vec::new()
    });

    let mut rows: BTreeMap<LogPath, u64> = BTreeMap::new();
    for log in &network.read {
        for (path, count) in &log.rows {
            *rows.entry(*path).or_default() += count;
        }
        assert_eq!(log.rows_read() + log.skipped, log.lines, "{}", log.file);
    }
    let total = |of: fn(&strongroom_network::LogSummary) -> u64| network.read.iter().map(of).sum::<u64>();
    let (lines, skipped, fields) = (
        total(|log| log.lines),
        total(|log| log.skipped),
        total(|log| log.fields),
    );
    eprintln!(
        "{} logs, {recognised} recognised; {lines} lines, rows {rows:?}, {skipped} lines and {fields} fields gapped",
        all.len()
    );
    let mut whys: BTreeMap<String, u64> = BTreeMap::new();
    for gap in &network.report.gaps {
        let kind: String = gap
            .why
            .chars()
            .take_while(|c| !c.is_ascii_digit() && *c != '"')
            .collect();
        *whys.entry(kind).or_default() += 1;
    }
    for (why, count) in &whys {
        eprintln!("{count:>6} {why}");
    }
    assert_eq!(lines, data_lines);
    assert_eq!(rows.values().sum::<u64>(), data_lines - skipped);
    // What is not read is what Zeek did not write: these files were cut to a few columns without a header.
    let headless: u64 = network
        .read
        .iter()
        .filter(|log| log.kind.is_none())
        .map(|log| log.lines)
        .sum();
    assert_eq!(skipped, headless);
}
