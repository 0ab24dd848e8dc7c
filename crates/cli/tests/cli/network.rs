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

#[test]
fn each_beacon_has_its_timeline() {
    let folder = logs();
    let (log, plots) = (folder.path().join("conn.log"), folder.path().join("a/plots"));
    let ran = strongroom(["network", "--plots", arg(&plots), arg(&log)]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let names: Vec<_> = fs::read_dir(&plots)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["10.0.0.5_203.0.113.7.svg"]);
    let plot = fs::read_to_string(plots.join("10.0.0.5_203.0.113.7.svg")).unwrap();
    assert!(plot.starts_with("<svg") && plot.contains("every 60 s"), "{plot}");
}

#[test]
fn timelines_that_cannot_be_written_are_an_error() {
    let folder = logs();
    let log = folder.path().join("conn.log");
    let ran = strongroom(["network", "--plots", arg(&log), arg(&log)]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    assert!(ran.err.contains("cannot write timelines to"), "{}", ran.err);
    // A folder stands where a timeline would go: what was found is told nevertheless.
    let plots = folder.path().join("plots");
    fs::create_dir_all(plots.join("10.0.0.5_203.0.113.7.svg")).unwrap();
    let ran = strongroom(["network", "--plots", arg(&plots), arg(&log)]);
    assert_eq!(ran.code, 2);
    assert!(ran.out.contains("beacon  10.0.0.5 → 203.0.113.7"), "{}", ran.out);
    assert!(ran.err.contains("cannot write"), "{}", ran.err);
}

#[test]
fn the_safe_list_is_printed_edited_and_read_back() {
    let folder = logs();
    let (log, safe) = (folder.path().join("conn.log"), folder.path().join("safe.txt"));
    let printed = strongroom(["network", "--show-safe"]);
    assert_eq!(printed.code, 0);
    assert!(printed.out.contains("\ntime.windows.com\n"), "{}", printed.out);

    fs::write(&safe, &printed.out).unwrap();
    let ran = strongroom(["network", "--json", "--safe", arg(&safe), arg(&log)]);
    assert_eq!(ran.out, strongroom(["network", "--json", arg(&log)]).out);
    assert_eq!(
        (ran.code, ran.json()[0]["beacons"].as_array().unwrap().len()),
        (1, 1)
    );

    fs::write(&safe, printed.out + "203.0.113.0/24 # ours\n").unwrap();
    let ran = strongroom(["network", "--json", "--safe", arg(&safe), arg(&log)]);
    let line = &ran.json()[0];
    assert_eq!(
        (ran.code, line["set_aside"][0]["standing"].as_str()),
        (0, Some("safe")),
        "{line}"
    );
    let counted = serde_json::json!([{"entry": "203.0.113.0/24", "rule": "network.beacon", "count": 1}]);
    assert_eq!(line["safe"], counted);
    let ran = strongroom(["network", "--safe", arg(&safe), arg(&log)]);
    assert!(
        ran.out.contains("1 set aside by the safe list: 203.0.113.0/24 1"),
        "{}",
        ran.out
    );
}

#[test]
fn a_broken_safe_list_names_its_line() {
    let folder = logs();
    let (log, safe) = (folder.path().join("conn.log"), folder.path().join("safe.txt"));
    fs::write(&safe, "pool.ntp.org\n\nevery host\n").unwrap();
    let ran = strongroom(["network", "--safe", arg(&safe), arg(&log)]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(
        ran.err
            .contains("safe.txt: line 3: \"every host\" is more than one entry"),
        "{}",
        ran.err
    );
}

#[test]
fn a_tunnel_alone_is_told_and_counts() {
    let folder = tempdir().unwrap();
    let log = folder.path().join("dns.log");
    let mut text =
        "#separator \\x09\n#path\tdns\n#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\tquery\tqtype_name\n"
            .to_owned();
    for number in 0..200u64 {
        let data = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        writeln!(
            text,
            "{number}.0\t10.0.0.5\t10.0.0.2\t53\t{data:016x}{:08x}.tunnel.example\tTXT",
            data >> 7
        )
        .unwrap();
    }
    fs::write(&log, text).unwrap();
    let ran = strongroom(["network", arg(&log)]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(
        ran.out
            .contains("10.0.0.5 asked for 200 names under tunnel.example"),
        "{}",
        ran.out
    );
}
