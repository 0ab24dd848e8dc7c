//! Bundles that are read and written again: each object and each of its fields, those that nobody here knows too.
//!
//! `bundles/` holds one of our own in the fashion of ATT&CK; where `../shared/data` has bundles, they are compared as well.

#![allow(clippy::unwrap_used)] // a test may fail

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use strongroom_intel::{Format, Source, extract, stix_objects, to_stix};
use strongroom_model::{EvidenceId, Limits, Moment};

/// Returns the JSON files in a folder and those below it; none where there is no folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    let below = |path: PathBuf| if path.is_dir() { files(&path) } else { vec![path] };
    let all = paths.into_iter().flat_map(below);
    all.filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect()
}

fn source(bytes: &[u8]) -> Source {
    Source {
        name: "bundle.json".into(),
        id: EvidenceId::of(bytes),
        when: Moment::from_micros(0),
        indicators: extract(bytes, &Limits::default()).indicators,
        objects: stix_objects(bytes),
    }
}

/// Returns how many values a value holds, itself included.
fn values(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(values).sum(),
        Value::Object(fields) => fields.values().map(values).sum::<usize>(),
        _ => 0,
    }
}

#[test]
fn each_object_and_field_goes_out_as_it_came() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [
        "tests/bundles",
        "../../../shared/data/intel",
        "../../../shared/data/attack",
    ];
    let (mut bundles, mut objects, mut fields, mut held) = (0, 0, 0, 0);
    for path in folders.iter().flat_map(|folder| files(&root.join(folder))) {
        let bytes = fs::read(&path).unwrap();
        if Format::of(&bytes) != Format::Stix {
            continue;
        }
        let written = to_stix(&[source(&bytes)]);
        // Numbers are compared as they are spelt, which a value does not keep.
        let texts: Vec<String> = stix_objects(&bytes).into_iter().map(|one| one.text).collect();
        let again: Vec<String> = stix_objects(written.as_bytes())
            .into_iter()
            .map(|one| one.text)
            .collect();
        assert_eq!(texts, again, "{}", path.display());
        assert_eq!(
            to_stix(&[source(written.as_bytes())]),
            written,
            "{}",
            path.display()
        );
        let text = String::from_utf8(bytes).unwrap();
        for object in &texts {
            assert!(text.contains(object.as_str()) && written.contains(object.as_str()));
            // A number that no float holds is kept as text and read by no comparison of values.
            let value: Value = serde_json::from_str(&object.replace("1e400", "1e40")).unwrap();
            fields += value.as_object().unwrap().len();
            held += values(&value);
        }
        let read: Value = serde_json::from_str(&text.replace("1e400", "1e40")).unwrap();
        let back: Value = serde_json::from_str(&written.replace("1e400", "1e40")).unwrap();
        assert_eq!(read.get("objects"), back.get("objects"), "{}", path.display());
        bundles += 1;
        objects += texts.len();
    }
    println!("{bundles} bundles, {objects} objects, {fields} fields, {held} values: all as they came");
    assert!(
        bundles > 0 && objects >= 8 && fields > 50,
        "{bundles} bundles, {objects} objects, {fields} fields"
    );
}

#[test]
fn an_object_that_stands_in_two_bundles_goes_out_once() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bundles/attack.json");
    let one = source(&fs::read(path).unwrap());
    assert_eq!(to_stix(&[one.clone(), one.clone()]), to_stix(&[one]));
}
