//! `intel`, as a user sees it.

use crate::run::{arg, strongroom};
use serde_json::Value;
use std::fs;
use std::process::Command;
use tempfile::tempdir;

const REPORT: &str = "# Indicators\n\n- hxxp://c2[.]example/common.php\n- 203.0.113[.]7:8080\n- 1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu\n\
    - ab39a3ee5e6b4b0d3255bfef95601890afd80709\n- bad[at]mail[.]example\n\n# References\n\nhttps://blog.example/post\n";

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
    let first = &report["named"][0];
    assert_eq!(
        (&first["tier"], &first["line"]),
        (&Value::from("defanged"), &Value::from(3))
    );
    assert_eq!(ran.code, 0);
}

#[test]
fn each_form_for_other_programs_is_read_back_and_the_same_each_time() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("report.md");
    fs::write(&path, REPORT).unwrap();
    let blamed = |path: &std::path::Path| {
        let ran = strongroom(["intel", "--json", arg(path)]);
        let mut values: Vec<String> = ran.json()[0]["named"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["role"] == "indicator")
            .map(|one| one["value"].as_str().unwrap().to_owned())
            .collect();
        values.sort();
        values
    };
    let original = blamed(&path);
    assert_eq!(original.len(), 5);
    for (format, name) in [("stix", "b.json"), ("misp", "e.json"), ("csv", "t.csv")] {
        let write = || strongroom(["intel", "--format", format, "--when", "2019-03-25", arg(&path)]);
        let ran = write();
        assert_eq!((ran.code, &ran.out), (0, &write().out), "{format}: {}", ran.err);
        let out = folder.path().join(name);
        fs::write(&out, &ran.out).unwrap();
        let mut back = blamed(&out);
        // An endpoint's pattern names its address too.
        back.retain(|value| value != "203.0.113.7");
        assert_eq!(back, original, "{format}");
    }
    let pack = strongroom(["intel", "--format", "tagpack", "--when", "2019-03-25", arg(&path)]);
    let out = folder.path().join("pack.yaml");
    fs::write(&out, &pack.out).unwrap();
    let ran = strongroom([
        "screen",
        "--list",
        arg(&out),
        "--json",
        "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu",
    ]);
    assert_eq!(
        ran.json()[0]["tags"][0]["label"],
        "named in report.md".replace("report.md", arg(&path))
    );
}

/// Set `STIX2_VALIDATOR` to the official validator (PyPI) to have it judge what is written.
#[test]
fn the_official_validator_accepts_the_bundle() {
    let Some(program) = std::env::var_os("STIX2_VALIDATOR") else {
        eprintln!("SKIPPED: the_official_validator_accepts_the_bundle: STIX2_VALIDATOR names no program");
        return;
    };
    let folder = tempdir().unwrap();
    let path = folder.path().join("report.md");
    fs::write(&path, REPORT).unwrap();
    let ran = strongroom([
        "intel",
        "--format",
        "stix",
        "--when",
        "2019-03-25T01:02:03.456Z",
        arg(&path),
    ]);
    let out = folder.path().join("bundle.json");
    fs::write(&out, &ran.out).unwrap();
    let judged = Command::new(program)
        .arg("--version")
        .arg("2.1")
        .arg(&out)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&judged.stdout);
    assert!(
        judged.status.success() && said.contains("STIX JSON: Valid"),
        "{said}"
    );
}

#[test]
fn a_bundle_goes_out_with_every_field_that_came_in() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("attack.json");
    let object = "{\"x_mitre_version\": 1.10, \"type\":\"attack-pattern\",\"id\":\"attack-pattern--0042a9f5-f053-4769-b3ef-9ad018dfa298\",\
        \"spec_version\":\"2.1\",\"created\":\"2020-01-14T17:18:32.126Z\",\"modified\":\"2020-01-14T17:18:32.126Z\",\"name\":\"X\",\
        \"x_unknown\":{\"deep\":[1e3,null,\"\\u00e9\"]}}";
    fs::write(
        &path,
        format!("{{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[{object}]}}"),
    )
    .unwrap();
    let ran = strongroom(["intel", "--format", "stix", arg(&path)]);
    assert!(
        ran.code == 0 && ran.out.contains(object),
        "{}{}",
        ran.out,
        ran.err
    );
}

#[test]
fn a_watch_list_takes_nothing_before_it_is_told_to() {
    let folder = tempdir().unwrap();
    let (path, list) = (folder.path().join("report.md"), folder.path().join("watch.csv"));
    fs::write(&path, REPORT).unwrap();
    let ran = strongroom(["intel", "--watch", arg(&list), arg(&path)]);
    assert!(
        ran.out.contains("new      indicator  defanged") && !list.exists(),
        "{}",
        ran.out
    );
    let ran = strongroom(["intel", "--watch", arg(&list), "--add", arg(&path)]);
    assert!(ran.err.contains("5 added"), "{}", ran.err);
    let ran = strongroom(["intel", "--watch", arg(&list), arg(&path)]);
    assert!(
        ran.out.contains("watched  indicator") && !ran.out.contains("new      "),
        "{}",
        ran.out
    );
    let ran = strongroom(["intel", "--add", arg(&path)]);
    assert_eq!(ran.code, 2, "{}", ran.err);
}

/// A document of one page, in the plainest form that there is.
fn pdf(text: &str) -> String {
    let lines: String = text.lines().map(|line| format!("({line}) Tj T* ")).collect();
    let content = format!("BT /F1 12 Tf 14 TL 72 720 Td {lines}ET");
    format!(
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
         3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n\
         4 0 obj<</Length {}>>stream\n{content}\nendstream endobj\n\
         5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>endobj\ntrailer<</Root 1 0 R>>\n",
        content.len()
    )
}

#[test]
fn a_document_is_read_in_a_process_of_its_own_and_says_its_pages() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("report");
    fs::write(&path, pdf("Indicators:\nc2[.]example\n")).unwrap();
    let ran = strongroom(["intel", "--json", arg(&path)]);
    let named = &ran.json()[0]["named"][0];
    assert_eq!(
        (&named["value"], &named["page"]),
        (&Value::from("c2.example"), &Value::from(1)),
        "{}",
        ran.out
    );
    assert_eq!(ran.code, 0);
    fs::write(&path, "%PDF-1.7\nnothing else\n").unwrap();
    let ran = strongroom(["intel", arg(&path)]);
    assert!(
        ran.code == 3 && ran.out.contains("no page was found"),
        "{}",
        ran.out
    );
}
