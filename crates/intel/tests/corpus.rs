//! The seeds of the fuzz target, through the same door.

use std::path::Path;
use strongroom_intel::{examine, extract};
use strongroom_model::{Limits, Span};

#[test]
fn seeds_are_read_and_each_place_is_inside_the_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/intel_text");
    let files = std::fs::read_dir(&folder).unwrap_or_else(|cause| panic!("{}: {cause}", folder.display()));
    let (mut seeds, mut found) = (0, 0);
    for file in files {
        let bytes = std::fs::read(file.expect("an entry").path()).expect("a readable seed");
        let limits = Limits::default();
        seeds += 1;
        for indicator in extract(&bytes, &limits).indicators {
            found += 1;
            let Span::Bytes { start, end, .. } = indicator.at else {
                panic!("a place in bytes: {:?}", indicator.at);
            };
            assert!(start < end && end <= bytes.len() as u64);
        }
        assert_eq!(examine("seed", &bytes, &limits), examine("seed", &bytes, &limits));
    }
    assert!(seeds > 3 && found > 5);
}
