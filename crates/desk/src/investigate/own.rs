//! Cases of ours among the evidence: what our own journal and reports say of evidence is no evidence again.
//!
//! A file is left out where its very bytes are what we write: a journal whose chain and head hold and behind whose last entry nothing
//! stands, and the reports that it gives. So nothing can be hidden in a folder that only looks like a case. Nothing else is opened: a
//! link or a pipe is no evidence, whatever it is called.

use crate::input::Input;
use crate::reports;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use strongroom_case::{self as case, CaseGap};
use strongroom_model::{Gap, Limits, Why};

/// Takes the files of whole cases out of the evidence; returns the rest, and a gap for each case, which hides nothing.
pub(super) fn without_cases(files: Vec<Input>, limits: &Limits) -> (Vec<Input>, Vec<CaseGap>) {
    let listed: BTreeSet<&Path> = files.iter().map(|file| file.path.as_path()).collect();
    let journals = files.iter().filter(|file| is_journal(file));
    let folders: BTreeSet<&Path> = journals.filter_map(|file| file.path.parent()).collect();
    let (mut own, mut gaps) = (BTreeSet::new(), Vec::new());
    for folder in folders {
        let written = written_in(folder, &listed, limits);
        if !written.is_empty() {
            gaps.push(left_out(folder, &files));
            own.extend(written);
        }
    }
    let rest = files.into_iter().filter(|file| !own.contains(&file.path));
    (rest.collect(), gaps)
}

/// Returns whether a file begins as a journal of ours; anything else of that name may be of any length.
fn is_journal(file: &Input) -> bool {
    let head = || file.head(case::OPENING.len()).unwrap_or_default();
    file.path.ends_with(case::JOURNAL) && head() == case::OPENING
}

/// Returns those of the listed files of a folder that are what its journal gives, the journal included; none where it is no whole
/// case, or one that is too long to be read.
fn written_in(folder: &Path, listed: &BTreeSet<&Path>, limits: &Limits) -> Vec<PathBuf> {
    let mut written = [case::JOURNAL, case::HEAD].map(|name| folder.join(name)).to_vec();
    let fits = |path: &PathBuf| {
        let there = fs::metadata(path);
        listed.contains(path.as_path()) && there.is_ok_and(|there| there.len() <= limits.input_bytes)
    };
    // What a crash cut short is bytes of any kind.
    let is_whole = || case::verify(folder).is_ok_and(|journal| journal.torn == 0);
    if !(written.iter().all(fits) && is_whole()) {
        return Vec::new();
    }
    let Ok(entries) = case::read(folder) else {
        return Vec::new();
    };
    written.extend(reports::matching(folder, &entries, listed));
    written
}

fn left_out(folder: &Path, files: &[Input]) -> CaseGap {
    let journal = files.iter().find(|file| file.path == folder.join(case::JOURNAL));
    let name = journal.map_or("", |file| file.name.as_str());
    let why = "a case of Strongroom: its journal and the reports that it gives are not examined as evidence";
    CaseGap {
        of: name.to_owned(),
        gap: Gap::new("content", Why::Unsupported, why).harmless(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Inputs;
    use crate::watch_list::WATCH_LIST;
    use strongroom_case::{Case, Entry, Note};
    use strongroom_model::Moment;

    #[test]
    fn what_a_case_writes_is_no_evidence_and_nothing_else_hides_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let old = folder.path().join("old");
        let mut written = Case::create(&old).unwrap();
        let note = Note {
            by: "an analyst".into(),
            at: Moment::from_micros(0),
            text: "powershell -enc".into(),
        };
        written.append(&Entry::Note(note)).unwrap();
        reports::write(&old, written.entries()).unwrap();
        fs::write(old.join(WATCH_LIST), strongroom_intel::CSV_HEADING).unwrap();
        fs::write(old.join("invoice.doc"), "x").unwrap();
        let names = || {
            let inputs = Inputs::inside(folder.path(), None);
            let (files, gaps) = without_cases(inputs.files, &Limits::default());
            let names: Vec<String> = files.into_iter().map(|file| file.name).collect();
            (names, gaps.len())
        };
        let beside = ["old/invoice.doc", "old/lock", "old/watch.csv"].map(str::to_owned);
        assert_eq!(names(), (beside.to_vec(), 1));
        fs::write(old.join(crate::reports::REPORT_HTML), "<script>").unwrap();
        assert!(names().0.contains(&"old/report.html".to_owned()));
        fs::write(old.join("head"), "x").unwrap();
        assert_eq!(
            names(),
            (
                Inputs::inside(folder.path(), None)
                    .files
                    .into_iter()
                    .map(|file| file.name)
                    .collect(),
                0
            )
        );
    }

    fn case_with(bytes_behind: &[u8]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let written = Case::create(folder.path()).unwrap();
        reports::write(folder.path(), written.entries()).unwrap();
        drop(written);
        let journal = folder.path().join("journal");
        let bytes = [fs::read(&journal).unwrap().as_slice(), bytes_behind].concat();
        fs::write(&journal, bytes).unwrap();
        folder
    }

    fn left(folder: &Path, limits: &Limits) -> Vec<String> {
        let inputs = Inputs::inside(folder, None);
        let (files, _) = without_cases(inputs.files, limits);
        files.into_iter().map(|file| file.name).collect()
    }

    const ALL: [&str; 5] = ["head", "journal", "lock", "report.html", "report.json"];

    #[test]
    fn what_stands_behind_the_last_entry_is_evidence() {
        assert_eq!(left(case_with(b"").path(), &Limits::default()), ["lock"]);
        let torn = case_with(b"powershell -enc SQBFAFgA\n");
        assert_eq!(left(torn.path(), &Limits::default()), ALL);
    }

    #[test]
    fn a_journal_that_is_longer_than_an_input_may_be_is_evidence() {
        let limits = Limits {
            input_bytes: 20,
            ..Limits::default()
        };
        assert_eq!(left(case_with(b"").path(), &limits), ALL);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_never_followed() {
        let folder = case_with(b"");
        let report = folder.path().join("report.html");
        fs::remove_file(&report).unwrap();
        // Whoever reads it to its end never ends.
        std::os::unix::fs::symlink("/dev/zero", &report).unwrap();
        assert_eq!(left(folder.path(), &Limits::default()), ["lock"]);
        let head = folder.path().join("head");
        fs::remove_file(&head).unwrap();
        std::os::unix::fs::symlink("/dev/zero", &head).unwrap();
        assert_eq!(
            left(folder.path(), &Limits::default()),
            ["journal", "lock", "report.json"]
        );
    }
}
