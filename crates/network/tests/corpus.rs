//! The seeds of the fuzz targets, through the same doors.

use std::path::Path;
use strongroom_model::{Evidence, Kind, Limits};
use strongroom_network::{Reader, recognise};

#[test]
fn every_seed_is_read_without_panic_and_without_losing_a_line() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    let mut seeds = 0;
    for target in [
        "network_zeek_tsv",
        "network_zeek_json",
        "network_gz",
        "network_capture",
        "network_eve",
    ] {
        for entry in std::fs::read_dir(corpus.join(target)).expect("the corpus stands in the repository") {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            let _ = recognise(&bytes);
            let mut reader = Reader::new(&Limits::default());
            reader.read("seed", bytes.as_slice());
            let network = reader.finish(Evidence::of_bytes("seed", Kind::Unknown, &bytes), &|_| Vec::new());
            let log = &network.read[0];
            assert_eq!(log.rows_read() + log.skipped, log.lines);
            seeds += 1;
        }
    }
    assert!(seeds >= 15, "{seeds} seeds");
}
