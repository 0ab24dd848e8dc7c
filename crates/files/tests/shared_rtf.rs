//! The rich texts of `../shared/data` give the objects that are in them, byte for byte.

// The helpers of a test fail as the test does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod shared;

use sha2::{Digest, Sha256};
use shared::shared_data;
use strongroom_model::{Limits, Verdict};

type Object = (usize, usize, &'static str);

/// Place, length and the beginning of the hash of each object's data, as rtfobj 0.60.2 has them.
const OBJECTS: &[(&str, &[Object])] = &[
    ("rtfobj/issue_251.rtf", &[(903, 43, "659be6e72cbb808f")]),
    ("msodde/RTF-Spec-1.7.rtf", &[]),
];

#[test]
fn every_object_is_read_to_the_byte() {
    let Some(folder) = shared_data("office/oletools", "every_object_is_read_to_the_byte") else {
        return;
    };
    for (path, expected) in OBJECTS {
        let bytes = std::fs::read(folder.join(path)).unwrap();
        let objects = strongroom_files::rtf_objects(&bytes);
        assert_eq!(objects.len(), expected.len(), "{path}");
        for ((start, ways), (at, length, hash)) in objects.iter().zip(*expected) {
            let same = |way: &&Vec<u8>| way.len() == *length && hex(&Sha256::digest(way)).starts_with(hash);
            println!(
                "{path}: {start}: {:?}",
                ways.iter().map(Vec::len).collect::<Vec<_>>()
            );
            // A blank behind the control word belongs to the word.
            assert!((at - 1..=at + 1).contains(start), "{path}: {start} {at}");
            assert!(ways.iter().any(|way| same(&way)), "{path}: {ways:02x?}");
        }
    }
}

#[test]
fn a_long_benign_text_is_clean() {
    let Some(folder) = shared_data("office/oletools", "a_long_benign_text_is_clean") else {
        return;
    };
    let bytes = std::fs::read(folder.join("msodde/RTF-Spec-1.7.rtf")).unwrap();
    let report = strongroom_files::examine("spec.rtf", &bytes, &Limits::default());
    assert_eq!(report.verdict(), Verdict::Clean, "{}", report.because());
    assert!(report.gaps.is_empty(), "{:?}", report.gaps);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
