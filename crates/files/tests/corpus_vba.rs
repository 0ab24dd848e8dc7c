//! Replays the fuzzer's seeds through the public door.

use std::path::Path;
use strongroom_files::script::Budget;
use strongroom_files::vba::{Module, entry_points, unfold};
use strongroom_model::Limits;

#[test]
fn every_seed_is_read_without_panic_and_twice_alike() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/files_vba");
    let mut seeds = 0;
    for entry in std::fs::read_dir(folder).expect("the corpus folder is part of the repository") {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let module = Module {
            name: "M".into(),
            source: String::from_utf8_lossy(&bytes).into_owned(),
        };
        let limits = Limits {
            steps: 100_000,
            value_bytes: 1 << 20,
            ..Limits::default()
        };
        entry_points(std::slice::from_ref(&module));
        let modules = [module];
        let first = unfold(&modules, &mut Budget::new(&limits));
        assert_eq!(first, unfold(&modules, &mut Budget::new(&limits)));
        seeds += 1;
    }
    assert!(seeds >= 4, "{seeds} seeds");
}
