//! `network`, as a user sees it.

use crate::run::{arg, strongroom};
use std::fmt::Write;
use std::fs;
use tempfile::{TempDir, tempdir};

fn logs() -> TempDir {
    let folder = tempdir().unwrap();
    let mut log = "#separator \\x09\n#path\tconn\n#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\torig_bytes\n"
        .to_owned();
    for call in 0..240 {
        writeln!(
            log,
            "{}.25\t10.0.0.5\t203.0.113.7\t443\t512",
            1_553_389_200 + call * 60
        )
        .unwrap();
    }
    fs::write(folder.path().join("conn.log"), log).unwrap();
    fs::write(
        folder.path().join("report.txt"),
        "Indicators: 203.0.113[.]7 is the C2.\n",
    )
    .unwrap();
    folder
}

#[test]
fn a_beacon_is_found_and_what_is_known_of_it_is_told() {
    let folder = logs();
    let (log, report) = (folder.path().join("conn.log"), folder.path().join("report.txt"));
    let ran = strongroom(["network", "--json", "--known", arg(&report), arg(&log)]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let line = &ran.json()[0];
    assert_eq!(line["schema"], "strongroom.network/1");
    assert_eq!(line["beacons"][0]["destination"]["value"], "203.0.113.7");
    assert_eq!(line["beacons"][0]["period_micros"], 60_000_000);
    assert!(
        line["contacts"][0]["why"][0]
            .as_str()
            .unwrap()
            .contains("report.txt"),
        "{line}"
    );
}

#[test]
fn a_damaged_log_is_read_as_far_as_it_goes() {
    let folder = logs();
    let log = folder.path().join("conn.log");
    let mut text = fs::read_to_string(&log).unwrap();
    text.push_str("soon\t10.0.0.5\tnowhere\tx\t1\n");
    fs::write(&log, text).unwrap();
    let ran = strongroom(["network", "--json", arg(&log)]);
    let line = &ran.json()[0];
    assert!(!line["report"]["gaps"].as_array().unwrap().is_empty());
    assert_eq!(line["beacons"].as_array().unwrap().len(), 1);
}

#[test]
fn where_no_log_was_read_nothing_is_called_clean() {
    let folder = tempdir().unwrap();
    for path in [folder.path().to_owned(), folder.path().join("missing.log")] {
        let ran = strongroom(["network", arg(&path)]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
        assert!(ran.err.contains("no log was read"), "{}", ran.err);
    }
}

#[test]
fn a_file_name_cannot_pass_for_a_line_of_ours() {
    let folder = logs();
    let log = folder.path().join("conn.log\nclean  network logs\u{1b}[2J");
    fs::write(&log, "no log\n").unwrap();
    let ran = strongroom(["network", arg(&log)]);
    assert_eq!(ran.code, 3);
    assert!(
        !ran.out.contains("\nclean") && !ran.out.contains('\u{1b}'),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("⏎clean"), "{}", ran.out);
}
