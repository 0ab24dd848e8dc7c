//! The journal on disk: what is acknowledged stays, what is altered is found.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that fails says where"
)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use strongroom_case::{
    Case, CaseError, Converged, Entry, Grounds, HeadDamage, Note, last_run, read, record, run, verify,
};
use strongroom_model::Moment;

mod fixture;

fn note(number: u64) -> Entry {
    Entry::Note(Note {
        by: "an analyst".into(),
        at: Moment::from_micros(number as i64),
        text: format!("note {number}"),
    })
}

fn whole_run() -> Vec<Entry> {
    run(fixture::opened(), &fixture::facts(), &Grounds::new(&|_| false))
}

#[test]
fn what_is_appended_is_there_at_the_next_opening() {
    let dir = tempfile::tempdir().unwrap();
    let mut case = Case::create(dir.path()).unwrap();
    case.append_all(&whole_run()).unwrap();
    let id = case.append(&note(1)).unwrap();
    assert_eq!(id.hash, case.head());
    let before = case.entries().to_vec();
    drop(case);
    assert_eq!(Case::open(dir.path()).unwrap().entries(), before);
    assert_eq!(read(dir.path()).unwrap(), before);
    let verified = verify(dir.path()).unwrap();
    assert_eq!((verified.entries, verified.head), (before.len() as u64, id.hash));
    assert_eq!((verified.unacknowledged, verified.torn), (0, 0));
}

#[test]
fn the_same_entries_are_the_same_bytes_in_any_case() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    Case::create(one.path())
        .unwrap()
        .append_all(&whole_run())
        .unwrap();
    let mut case = Case::create(two.path()).unwrap();
    for entry in whole_run() {
        case.append(&entry).unwrap();
    }
    for name in ["journal", "head"] {
        assert_eq!(
            fs::read(one.path().join(name)).unwrap(),
            fs::read(two.path().join(name)).unwrap(),
            "{name}"
        );
    }
    assert_eq!(record(&whole_run()).unwrap(), case.entries());
}

#[test]
fn a_second_writer_is_refused_and_a_reader_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let case = Case::create(dir.path()).unwrap();
    assert!(matches!(Case::open(dir.path()), Err(CaseError::Locked(_))));
    assert!(matches!(
        Case::open_or_create(dir.path()),
        Err(CaseError::Locked(_))
    ));
    assert!(read(dir.path()).unwrap().is_empty());
    drop(case);
    assert!(Case::open(dir.path()).is_ok());
    assert!(matches!(
        Case::create(dir.path()),
        Err(CaseError::AlreadyACase(_))
    ));
}

#[test]
fn where_there_is_no_case_none_is_read_and_none_is_opened() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(Case::open(dir.path()), Err(CaseError::NotACase(_))));
    assert!(matches!(verify(dir.path()), Err(CaseError::NotACase(_))));
    assert!(!dir.path().join("lock").exists());
    assert!(Case::open_or_create(&dir.path().join("a/b")).is_ok());
}

#[test]
fn a_lost_journal_or_head_is_damage_and_not_a_new_case() {
    let dir = tempfile::tempdir().unwrap();
    Case::create(dir.path()).unwrap().append(&note(1)).unwrap();
    fs::rename(dir.path().join("head"), dir.path().join("aside")).unwrap();
    let missing = |error| matches!(error, Err(CaseError::HeadDamaged(HeadDamage::Missing)));
    assert!(missing(Case::open_or_create(dir.path()).map(drop)));
    fs::rename(dir.path().join("aside"), dir.path().join("head")).unwrap();
    fs::remove_file(dir.path().join("journal")).unwrap();
    let orphan = |error| matches!(error, Err(CaseError::HeadDamaged(HeadDamage::Orphan)));
    assert!(orphan(Case::open_or_create(dir.path()).map(drop)));
    assert!(orphan(verify(dir.path()).map(drop)));
}

#[test]
fn a_tail_cut_at_a_line_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let mut case = Case::create(dir.path()).unwrap();
    case.append(&note(1)).unwrap();
    let shorter = fs::read(dir.path().join("journal")).unwrap();
    case.append(&note(2)).unwrap();
    drop(case);
    fs::write(dir.path().join("journal"), shorter).unwrap();
    let error = verify(dir.path()).unwrap_err().to_string();
    assert_eq!(error, "head: 2 entries were acknowledged, the journal has 1");
    assert!(Case::open(dir.path()).is_err());
}

#[test]
fn a_torn_tail_is_cut_and_a_whole_line_behind_the_head_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, head) = (dir.path().join("journal"), dir.path().join("head"));
    let mut case = Case::create(dir.path()).unwrap();
    case.append(&note(1)).unwrap();
    let old_head = fs::read(&head).unwrap();
    case.append(&note(2)).unwrap();
    drop(case);
    let mut bytes = fs::read(&journal).unwrap();
    bytes.extend(b"{\"seq\":3,\"prev\":\"0");
    fs::write(&journal, bytes).unwrap();
    fs::write(&head, old_head).unwrap();
    let verified = verify(dir.path()).unwrap();
    assert_eq!(
        (verified.entries, verified.unacknowledged, verified.torn),
        (2, 1, 18)
    );
    let mut case = Case::open(dir.path()).unwrap();
    assert_eq!(case.append(&note(3)).unwrap().seq, 3);
    let verified = verify(dir.path()).unwrap();
    assert_eq!(
        (verified.entries, verified.unacknowledged, verified.torn),
        (3, 0, 0)
    );
}

#[test]
fn a_run_made_again_adds_nothing_and_one_cut_short_is_finished() {
    let dir = tempfile::tempdir().unwrap();
    let run = whole_run();
    let mut case = Case::create(dir.path()).unwrap();
    case.append_all(&run[..5]).unwrap();
    case.append(&note(1)).unwrap();
    let appended = run.len() - 5;
    assert_eq!(case.converge(&run).unwrap(), Converged::Resumed { appended });
    assert_eq!(case.converge(&run).unwrap(), Converged::Unchanged);
    case.append(&note(2)).unwrap();
    assert_eq!(case.converge(&run).unwrap(), Converged::Unchanged);
    let standing: Vec<&Entry> = last_run(case.entries())
        .into_iter()
        .map(|one| &one.entry)
        .collect();
    assert!(standing.into_iter().eq(&run));
    assert_eq!(case.entries().len(), run.len() + 2);
}

#[test]
fn a_run_that_differs_becomes_a_section_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let first = whole_run();
    let mut case = Case::create(dir.path()).unwrap();
    let appended = first.len();
    assert_eq!(case.converge(&first).unwrap(), Converged::Added { appended });
    let mut facts = fixture::facts();
    facts.decisions.push(fixture::human().1);
    let second = run(fixture::opened(), &facts, &Grounds::new(&|_| false));
    let appended = second.len();
    assert_eq!(case.converge(&second).unwrap(), Converged::Added { appended });
    assert_eq!(case.entries().len(), first.len() + second.len());
    // A run that lost its end is another run too: evidence was taken away.
    assert!(matches!(
        case.converge(&second[..second.len() - 1]).unwrap(),
        Converged::Added { .. }
    ));
}

const CHILD: &str = "STRONGROOM_CASE_TEST_CHILD";

/// Not a test by itself: the process that the test below kills. It appends and tells what was acknowledged.
#[test]
fn child_that_appends_until_it_is_killed() {
    let Some(dir) = std::env::var_os(CHILD) else {
        return;
    };
    let mut case = Case::open_or_create(Path::new(&dir)).unwrap();
    let mut out = std::io::stdout();
    loop {
        let next = case.entries().len() as u64 + 1;
        let batch: Vec<Entry> = (next..next + next % 4 + 1).map(note).collect();
        let ids = case.append_all(&batch).unwrap();
        writeln!(out, "acknowledged {}", ids.last().unwrap().seq).unwrap();
        out.flush().unwrap();
    }
}

#[test]
fn killed_at_twenty_moments_a_case_loses_nothing_that_was_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged = 0;
    let mut moment = 0x9e37_79b9_u64;
    for round in 0..20 {
        moment ^= moment << 13;
        moment ^= moment >> 7;
        moment ^= moment << 17;
        acknowledged = acknowledged.max(killed_after(dir.path(), Duration::from_micros(moment % 20_000)));
        let case = Case::open(dir.path()).unwrap();
        assert!(case.entries().len() as u64 >= acknowledged, "round {round}");
        for (place, recorded) in case.entries().iter().enumerate() {
            assert_eq!(recorded.entry, note(place as u64 + 1), "round {round}");
        }
        let verified = verify(dir.path()).unwrap();
        assert_eq!((verified.unacknowledged, verified.torn), (0, 0), "round {round}");
    }
    assert!(acknowledged >= 20, "the child appended next to nothing");
}

/// Starts the child, kills it some time after its first acknowledgement, returns the last number it told.
fn killed_after(dir: &Path, wait: Duration) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_that_appends_until_it_is_killed", "--nocapture"])
        .env(CHILD, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let number = |line: &str| Some(line.rsplit_once("acknowledged ")?.1.parse::<u64>().unwrap());
    let mut last = loop {
        if let Some(first) = number(&lines.next().unwrap().unwrap()) {
            break first;
        }
    };
    std::thread::sleep(wait);
    child.kill().unwrap();
    child.wait().unwrap();
    // A line that was cut short by the kill tells nothing.
    for line in lines.map_while(Result::ok) {
        let whole = line
            .strip_prefix("acknowledged ")
            .and_then(|digits| digits.parse().ok());
        last = whole.map_or(last, |number: u64| number.max(last));
    }
    last
}
