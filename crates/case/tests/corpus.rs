//! The seeds of the fuzz target, through the same public door.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that fails says where"
)]

use std::fs;
use std::path::Path;
use strongroom_case::verify_bytes;

/// A seed is a journal and, behind a zero byte, its head.
#[test]
fn every_seed_of_case_journal_is_judged_without_a_panic() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/case_journal");
    let mut seeds: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|seed| seed.unwrap().path())
        .collect();
    seeds.sort();
    assert!(seeds.len() >= 4, "the corpus is not there");
    let mut whole = 0;
    for seed in seeds {
        let data = fs::read(&seed).unwrap();
        let cut = data.iter().position(|byte| *byte == 0).unwrap_or(data.len());
        let (journal, head) = data.split_at(cut);
        let verified = verify_bytes(journal, Some(head.get(1..).unwrap_or_default()));
        whole += usize::from(verified.is_ok());
        assert!(verify_bytes(&data, None).is_err(), "{}", seed.display());
    }
    assert_eq!(whole, 2, "the sound seed and the torn one are sound, no other");
}
