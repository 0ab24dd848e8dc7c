//! What cannot be read is a gap that names its place, and never more.

use flate2::{Compression, write::GzEncoder};
use std::io::Write;
use strongroom_model::{Evidence, Gap, Kind, Limit, Limits, Verdict, Why};
use strongroom_network::{Network, Reader};

const HEAD: &str = "#separator \\x09\n#path\tconn\n#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\tduration\n";

fn read(limits: &Limits, bytes: &[u8]) -> Network {
    let mut reader = Reader::new(limits);
    reader.read("conn.log", bytes);
    reader.finish(Evidence::of_bytes("conn.log", Kind::ZeekLog, bytes), &|_| {
        Vec::new()
    })
}

fn gaps(text: &str) -> Vec<(String, Why, bool)> {
    let network = read(&Limits::default(), format!("{HEAD}{text}").as_bytes());
    let gap = |gap: &Gap| (gap.place.clone(), gap.cause.clone(), gap.hides);
    network.report.gaps.iter().map(gap).collect()
}

fn at(line: u64, cause: Why, hides: bool) -> (String, Why, bool) {
    (format!("conn.log:{line}"), cause, hides)
}

#[test]
fn a_whole_log_leaves_no_gap() {
    assert_eq!(gaps("1.0\t192.0.2.1\t198.51.100.7\t443\t-\n#close\tx\n"), []);
}

#[test]
fn a_bad_line_or_field_names_its_line() {
    assert_eq!(
        gaps("1.0\t192.0.2.1\n"),
        [at(4, Why::Damaged, true)],
        "too few fields"
    );
    assert_eq!(
        gaps("soon\t192.0.2.1\t198.51.100.7\t443\tx\n"),
        [at(4, Why::Damaged, true), at(4, Why::Damaged, false)],
        "a time hides, a duration does not"
    );
    assert_eq!(gaps("\0\0\0\0\n"), [at(4, Why::Damaged, true)], "zeros");
    assert_eq!(
        gaps("1.0\t192.0.2.1\t198.51"),
        [at(4, Why::Truncated, true)],
        "cut short"
    );
}

#[test]
fn a_missing_column_is_told_once() {
    let log = "#separator \\x09\n#path\tconn\n#fields\tts\tid.orig_h\n1.0\t192.0.2.1\n2.0\t192.0.2.1\n";
    let network = read(&Limits::default(), log.as_bytes());
    let whys: Vec<_> = network.report.gaps.iter().map(|gap| gap.why.as_str()).collect();
    assert_eq!(whys, ["not supported: no column id.resp_h"]);
    assert_eq!(network.read[0].rows_read(), 2);
}

#[test]
fn a_log_that_does_not_say_what_it_is_is_not_cleared() {
    let log = "#separator \\x09\n#fields\tts\tid.orig_h\tid.resp_h\n1.0\t192.0.2.1\t198.51.100.7\n";
    let network = read(&Limits::default(), log.as_bytes());
    let whys: Vec<_> = network.report.gaps.iter().map(|gap| gap.why.as_str()).collect();
    assert_eq!(
        whys,
        ["not supported: no #path before #fields: read for its addresses alone"]
    );
    assert_eq!(network.report.verdict(), Verdict::NotCleared);
}

#[test]
fn a_row_without_its_time_or_addresses_is_a_gap_in_both_forms() {
    assert_eq!(
        gaps("-\t192.0.2.1\t198.51.100.7\t443\t-\n"),
        [at(4, Why::Damaged, true)]
    );
    let network = read(
        &Limits::default(),
        b"{\"ts\":1.5,\"uid\":\"C1\",\"conn_state\":\"SF\"}\n",
    );
    let whys: Vec<_> = network.report.gaps.iter().map(|gap| gap.why.as_str()).collect();
    assert_eq!(
        whys,
        [
            "damaged: id.orig_h holds nothing",
            "damaged: id.resp_h holds nothing"
        ]
    );
}

#[test]
fn what_is_no_log_is_not_cleared() {
    for bytes in [&b"just text\n"[..], b"\x28\xb5\x2f\xfd rest", b"{\"a\": }\n"] {
        let network = read(&Limits::default(), bytes);
        assert_eq!(network.report.verdict(), Verdict::NotCleared, "{bytes:?}");
    }
}

#[test]
fn gzip_that_is_cut_or_followed_by_rubbish_keeps_what_came_before() {
    let rows: String = (0..2000)
        .map(|n| format!("{n}.0\t192.0.2.1\t198.51.100.{}\t443\t-\n", n % 250))
        .collect();
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(format!("{HEAD}{rows}").as_bytes()).unwrap();
    let whole = packed.finish().unwrap();
    assert!(read(&Limits::default(), &whole).report.gaps.is_empty());

    let cut = read(&Limits::default(), &whole[..whole.len() / 2]);
    let read_rows = cut.read[0].rows_read();
    assert!((1..2000).contains(&read_rows), "{read_rows}");
    assert_eq!(cut.report.gaps[0].cause, Why::Truncated);
    assert!(cut.read[0].gzip);

    let tail = read(
        &Limits::default(),
        &[&whole[..], b"rubbish where a member should be"].concat(),
    );
    assert_eq!(tail.read[0].rows_read(), 2000);
    assert_eq!(
        (&tail.report.gaps[0].cause, tail.report.gaps.len()),
        (&Why::Damaged, 1)
    );
}

#[test]
fn every_limit_leaves_a_gap() {
    let rows: String = (0..50)
        .map(|n| format!("{n}.0\t192.0.2.1\t198.51.100.{n}\t443\t-\n"))
        .collect();
    let log = format!("{HEAD}{rows}{}\n", "x".repeat(500));
    let limit_of = |limits: &Limits, bytes: &[u8]| {
        let network = read(limits, bytes);
        let causes = network.report.gaps.iter().map(|gap| gap.cause.clone());
        (causes.collect::<Vec<_>>(), network.read[0].rows_read())
    };
    let lines = Limits {
        line_bytes: 200,
        ..Limits::default()
    };
    assert_eq!(
        limit_of(&lines, log.as_bytes()),
        (vec![Why::Limit(Limit::LineBytes)], 50)
    );
    let keys = Limits {
        keys: 20,
        ..Limits::default()
    };
    assert_eq!(
        limit_of(&keys, format!("{HEAD}{rows}").as_bytes()),
        (vec![Why::Limit(Limit::Keys)], 50)
    );
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(log.as_bytes()).unwrap();
    let unpacked = Limits {
        unpacked_bytes: 1000,
        ..Limits::default()
    };
    let (causes, rows) = limit_of(&unpacked, &packed.finish().unwrap());
    assert_eq!(causes, [Why::Limit(Limit::UnpackedBytes)]);
    assert!(rows < 50);
}

#[test]
fn strobes_and_long_connections_are_told_apart_from_beacons() {
    let mut log = HEAD.to_owned();
    for call in 0..90_000 {
        log += &format!(
            "{}.{}\t192.0.2.1\t198.51.100.7\t443\t0.1\n",
            call / 2,
            call % 2 * 5
        );
    }
    log += "5.0\t192.0.2.2\t198.51.100.8\t22\t15000.0\n";
    let network = read(&Limits::default(), log.as_bytes());
    let codes: Vec<_> = network
        .report
        .findings
        .iter()
        .map(|finding| finding.code.as_ref())
        .collect();
    assert_eq!(codes, ["network.strobe", "network.long-connection"]);
    assert_eq!(
        network.report.findings[0].title,
        "192.0.2.1 opens 90000 connections to 198.51.100.7 within 24 hours"
    );
    assert!(network.report.findings[1].title.ends_with("for 4 h 10 min"));
    assert_eq!(network.beacons.len(), 0);
}

#[test]
fn readings_that_are_joined_keep_no_more_than_one_may() {
    let limits = Limits {
        keys: 1_000,
        ..Limits::default()
    };
    let mut all = Reader::new(&limits);
    for file in 0..5 {
        let mut log =
            "#separator \\x09\n#path\tconn\n#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\n".to_owned();
        for row in 0..200 {
            log += &format!("{row}.0\t10.0.{file}.{row}\t198.51.100.7\t443\n");
        }
        let mut one = Reader::new(&limits);
        one.read(&format!("{file}.log"), log.as_bytes());
        all.merge(one);
    }
    let network = all.finish(Evidence::of_bytes("logs", Kind::Folder, b""), &|_| Vec::new());
    let gaps: Vec<(&str, bool)> = network
        .report
        .gaps
        .iter()
        .map(|gap| (gap.place.as_str(), gap.hides))
        .collect();
    // A row weighs its host, its pair, what it says of the address, its call and its port.
    assert_eq!(
        gaps,
        [("1.log", true), ("2.log", true), ("3.log", true), ("4.log", true)]
    );
    assert!(
        network.report.gaps[0].why.contains("200 rows not kept"),
        "{:?}",
        network.report.gaps[0]
    );
}
