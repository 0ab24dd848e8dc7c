//! The seeds of the fuzzer `files_crypt`, through the same door, whole and cut.

// The helpers of a test fail as the test does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::Path;
use strongroom_files::unlock_streams;
use strongroom_model::{Limits, Report};

fn unlock(data: &[u8]) -> Option<Report> {
    let [which, low, high, rest @ ..] = data else {
        return None;
    };
    let length = usize::from(u16::from_le_bytes([*low, *high])).min(rest.len());
    let (first, second) = rest.split_at(length);
    let streams: &[(&str, &[u8])] = match which % 4 {
        0 => &[("/EncryptionInfo", first), ("/EncryptedPackage", second)],
        1 => &[("/Workbook", first), ("/encryption", second)],
        2 => &[
            ("/WordDocument", first),
            ("/0Table", second),
            ("/1Table", second),
            ("/Data", second),
        ],
        _ => &[
            ("/Current User", first),
            ("/PowerPoint Document", second),
            ("/Pictures", second),
        ],
    };
    let limits = Limits {
        steps: 20_000,
        unpacked_bytes: 16 << 20,
        ..Limits::default()
    };
    Some(unlock_streams(streams, &limits))
}

#[test]
fn every_seed_opens_and_every_cut_is_answered() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let mut opened = 0;
    for entry in std::fs::read_dir(root.join("fuzz/corpus/files_crypt")).unwrap() {
        let seed = std::fs::read(entry.unwrap().path()).unwrap();
        let report = unlock(&seed).unwrap();
        assert_eq!(unlock(&seed).unwrap(), report);
        opened += usize::from(
            report
                .findings
                .iter()
                .any(|finding| finding.code == "files.default-password"),
        );
        for end in (0..seed.len()).step_by(1 + seed.len() / 200) {
            unlock(&seed[..end]);
        }
    }
    assert!(opened >= 6, "{opened} seeds open");
}
