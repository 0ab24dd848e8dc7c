//! `investigate`, `case` and `demo`, as a user sees them.

use crate::run::{arg, strongroom};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use strongroom_desk::demo;
use tempfile::tempdir;

const KILLS: u32 = 20;

fn bytes_below(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let (path, name) = (entry.path(), entry.file_name().into_string().unwrap());
        if path.is_dir() {
            files.extend(
                bytes_below(&path)
                    .into_iter()
                    .map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)),
            );
        } else {
            files.insert(name, fs::read(&path).unwrap());
        }
    }
    files
}

/// Writes the demo's evidence with one day of its logs: less to read twenty times.
fn evidence(folder: &Path) {
    demo::write(folder, 11).unwrap();
    let mut days: Vec<_> = fs::read_dir(folder.join("network"))
        .unwrap()
        .map(|day| day.unwrap().path())
        .collect();
    days.sort();
    days.pop();
    days.iter().for_each(|day| fs::remove_dir_all(day).unwrap());
}

#[test]
fn a_killed_investigation_is_completed_by_the_next_run() {
    let folder = tempdir().unwrap();
    let (evidence_folder, whole) = (folder.path().join("evidence"), folder.path().join("whole"));
    evidence(&evidence_folder);
    let begun = Instant::now();
    assert_eq!(
        strongroom(["investigate", arg(&evidence_folder), "--case", arg(&whole)]).code,
        1
    );
    let took = begun.elapsed();
    let undisturbed = bytes_below(&whole);
    let mut broken_off = 0;
    for kill in 0..KILLS {
        let case = folder.path().join(format!("case-{kill}"));
        let mut child = Command::new(env!("CARGO_BIN_EXE_strongroom"))
            .args(["investigate", arg(&evidence_folder), "--case", arg(&case)])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Spread over the whole run, at moments that no step of ours is aligned to.
        std::thread::sleep(
            took.mul_f64((f64::from(kill) + 0.37) / f64::from(KILLS))
                .max(Duration::from_millis(1)),
        );
        broken_off += u32::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(
            strongroom(["investigate", arg(&evidence_folder), "--case", arg(&case)]).code,
            1,
            "kill {kill}"
        );
        let verified = strongroom(["case", "verify", arg(&case)]);
        assert_eq!(verified.code, 0, "kill {kill}: {}", verified.err);
        assert!(
            bytes_below(&case) == undisturbed,
            "kill {kill}: other bytes than an undisturbed run"
        );
        fs::remove_dir_all(&case).unwrap();
    }
    assert!(
        broken_off >= KILLS / 2,
        "only {broken_off} of {KILLS} kills met a run under way"
    );
}

#[test]
fn a_case_tells_its_story_and_a_flipped_byte_is_found_wherever_it_lies() {
    let folder = tempdir().unwrap();
    let (evidence_folder, case) = (folder.path().join("evidence"), folder.path().join("case"));
    evidence(&evidence_folder);
    let ran = strongroom([
        "investigate",
        "--json",
        arg(&evidence_folder),
        "--case",
        arg(&case),
    ]);
    assert_eq!(
        (ran.code, &ran.json()[0]["schema"]),
        (1, &"strongroom.case/1".into()),
        "{}",
        ran.err
    );
    let shown = strongroom(["case", "show", arg(&case)]);
    assert_eq!(shown.code, 1);
    assert!(
        shown.out.contains("What happened") && shown.out.contains("What it does not know"),
        "{}",
        shown.out
    );
    assert_eq!(strongroom(["case", "verify", arg(&case)]).code, 0);
    for (name, bytes) in bytes_below(&case)
        .into_iter()
        .filter(|(_, bytes)| !bytes.is_empty())
    {
        for place in [0, bytes.len() / 3, bytes.len() / 2, bytes.len() - 1] {
            let mut changed = bytes.clone();
            changed[place] ^= 0x10;
            fs::write(case.join(&name), &changed).unwrap();
            let ran = strongroom(["case", "verify", arg(&case)]);
            assert_eq!(ran.code, 2, "{name}: byte {place} flipped, and {}", ran.out);
        }
        fs::write(case.join(&name), &bytes).unwrap();
    }
    assert_eq!(strongroom(["case", "verify", arg(&case)]).code, 0);
}

#[test]
fn threads_change_no_byte() {
    let folder = tempdir().unwrap();
    let evidence_folder = folder.path().join("evidence");
    evidence(&evidence_folder);
    let cases = ["1", "2"].map(|threads| {
        let case = folder.path().join(threads);
        let ran = strongroom([
            "--threads",
            threads,
            "investigate",
            arg(&evidence_folder),
            "--case",
            arg(&case),
        ]);
        assert_eq!(ran.code, 1, "{}", ran.err);
        bytes_below(&case)
    });
    assert!(cases[0] == cases[1]);
}

#[test]
fn the_demo_does_not_write_over_what_is_not_its_own() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("mine.txt"), "keep").unwrap();
    let ran = strongroom(["demo", "--into", arg(folder.path())]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("something else than an earlier demo"),
        "{}",
        ran.err
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn what_is_no_case_is_said_to_be_none() {
    let folder = tempdir().unwrap();
    for verb in ["show", "verify"] {
        let ran = strongroom(["case", verb, arg(folder.path())]);
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains("no case in"), "{}", ran.err);
    }
}

#[test]
fn a_cases_own_safe_list_sets_aside_and_a_broken_one_is_refused() {
    let folder = tempdir().unwrap();
    let (evidence, case) = (folder.path().join("evidence"), folder.path().join("case"));
    fs::create_dir(&evidence).unwrap();
    let mut log = "#separator \\x09\n#path\tconn\n#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\n".to_owned();
    for call in 0..240 {
        log += &format!("{}.25\t10.0.0.5\t203.0.113.7\t443\n", 1_553_389_200 + call * 60);
    }
    fs::write(evidence.join("conn.log"), log).unwrap();
    let beacons = || {
        let ran = strongroom(["investigate", "--json", arg(&evidence), "--case", arg(&case)]);
        assert!(ran.code < 2, "{}", ran.err);
        ran.json()[0]["beacons"].as_array().unwrap().len()
    };
    assert_eq!(beacons(), 1);
    fs::write(case.join("safe.txt"), "203.0.113.0/24\n").unwrap();
    assert_eq!(beacons(), 0);
    fs::write(case.join("safe.txt"), "203.0.113.0/24\nall\n").unwrap();
    let ran = strongroom(["investigate", arg(&evidence), "--case", arg(&case)]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("safe.txt: line 2: \"all\""), "{}", ran.err);
}
