//! `intel`, as a user sees it.

use crate::run::{arg, strongroom};
use std::fs;
use tempfile::tempdir;

#[test]
fn defanged_forms_are_read_as_what_they_mean() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("report.txt");
    fs::write(
        &path,
        "Indicators\n\nThe stage calls hxxp://c2[.]example/common.php at 203.0.113[.]7.\n",
    )
    .unwrap();
    let ran = strongroom(["intel", "--json", arg(&path)]);
    let report = &ran.json()[0];
    let values: Vec<&str> = report["observables"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["value"].as_str())
        .collect();
    assert!(
        values.contains(&"http://c2.example/common.php") && values.contains(&"203.0.113.7"),
        "{values:?}"
    );
    assert_eq!(ran.code, 0);
}
