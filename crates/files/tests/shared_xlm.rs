//! The workbooks of `../shared/data`: one macro in seven formats, and the cells of the benign ones.

// The helpers of a test fail as the test does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod shared;

use shared::{examine_all, shared_data};
use strongroom_files::cells_of;
use strongroom_model::Limits;

#[test]
fn one_macro_in_seven_formats_is_one_macro() {
    let Some(folder) = shared_data(
        "office/oletools/excel4-macros",
        "one_macro_in_seven_formats_is_one_macro",
    ) else {
        return;
    };
    let reports = examine_all(&folder);
    assert_eq!(reports.len(), 7);
    for (path, report) in &reports {
        let script = report.scripts.iter().find(|script| script.language == "xlm");
        let script = script.unwrap_or_else(|| panic!("{path} has no macros"));
        let done = script
            .layers
            .iter()
            .find(|layer| layer.by == "evaluated")
            .unwrap();
        assert!(
            done.text
                .ends_with("!A1: ALERT(\"This is a sample Excel 4 macro\")\n"),
            "{path}: {}",
            done.text
        );
        let codes: Vec<&str> = report
            .findings
            .iter()
            .map(|finding| finding.code.as_ref())
            .collect();
        assert!(
            codes.contains(&"files.macro-sheet") && codes.contains(&"macro.auto-run"),
            "{path}: {codes:?}"
        );
        assert!(report.gaps.is_empty(), "{path}: {:?}", report.gaps);
    }
    println!(
        "excel4-macros: {} of 7 files list, start and evaluate the macro, no gap",
        reports.len()
    );
}

#[test]
fn benign_workbooks_are_read_to_their_cells() {
    let Some(folder) = shared_data(
        "office/benign-poi/spreadsheet",
        "benign_workbooks_are_read_to_their_cells",
    ) else {
        return;
    };
    let mut paths: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let (mut books, mut cells, mut formulas, mut unread, mut gaps) = (0, 0, 0, 0, 0);
    for path in paths {
        let Some((rows, faults)) = cells_of(&std::fs::read(&path).unwrap(), &Limits::default()) else {
            continue;
        };
        books += 1;
        cells += rows.len();
        gaps += usize::from(!faults.is_empty());
        for formula in rows.iter().filter_map(|row| row.formula.as_ref()) {
            formulas += 1;
            unread += usize::from(formula.starts_with('⟨'));
        }
    }
    println!(
        "benign-poi workbooks: {books} read, {cells} cells, {formulas} formulas, {unread} unreadable, {gaps} with gaps"
    );
    assert!(books >= 190 && cells > 50_000, "{books} books, {cells} cells");
    assert!(
        unread * 100 <= formulas,
        "{unread} of {formulas} formulas cannot be read"
    );
}
