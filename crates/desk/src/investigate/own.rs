//! Cases of ours among the evidence: what our own journal and reports say of evidence is no evidence again.
//!
//! A file is left out where its very bytes are what we write: a journal whose chain and head hold, and the reports that it gives.
//! So nothing can be hidden in a folder that only looks like a case.

use crate::input::Input;
use crate::reports;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use strongroom_case::{self as case, CaseGap};
use strongroom_model::{Gap, Why};

/// Takes the files of whole cases out of the evidence; returns the rest, and a gap for each case, which hides nothing.
pub(super) fn without_cases(files: Vec<Input>) -> (Vec<Input>, Vec<CaseGap>) {
    let journals = files.iter().filter(|file| is_journal(file));
    let folders: BTreeSet<&Path> = journals.filter_map(|file| file.path.parent()).collect();
    let (mut own, mut gaps) = (BTreeSet::new(), Vec::new());
    for folder in folders {
        let written = written_in(folder);
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

/// Returns the files of a folder that are what its journal gives, the journal included; none where it is no whole case.
fn written_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = case::read(folder) else {
        return Vec::new();
    };
    let reports = reports::matching(folder, &entries);
    let names = [case::JOURNAL, case::HEAD].map(str::to_owned);
    names
        .into_iter()
        .chain(reports)
        .map(|name| folder.join(name))
        .collect()
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
    use std::fs;
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
            let (files, gaps) = without_cases(inputs.files);
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
}
