//! Replays the fuzzing corpus through the door that the fuzzer uses.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::Path;
use strongroom_columns::{Builder, ColumnFile};

fn open(bytes: &[u8]) -> Result<usize, strongroom_columns::ColumnsError> {
    let file = ColumnFile::from_bytes("corpus", bytes.to_vec())?;
    file.verify()?;
    let names: Vec<String> = file.columns().map(|(name, ..)| name.to_owned()).collect();
    let mut bytes = 0;
    for name in &names {
        for block in file.column(name)?.blocks() {
            bytes += block?.len();
        }
    }
    Ok(bytes)
}

fn sample() -> Vec<u8> {
    let mut builder = Builder::new();
    builder
        .u64s("time", [1, 2, 3])
        .strings("name", ["a", "", "bc"])
        .unwrap();
    builder.to_bytes()
}

#[test]
fn every_seed_input_is_read_or_refused() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/columns_open");
    if std::env::var_os("BLESS").is_some() {
        let mut damaged = sample();
        damaged.reverse();
        std::fs::write(folder.join("sound.columns"), sample()).unwrap();
        std::fs::write(folder.join("cut.columns"), &sample()[..50]).unwrap();
        std::fs::write(folder.join("reversed.columns"), damaged).unwrap();
    }
    let mut read = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let opened = open(&std::fs::read(&path).unwrap());
        read.extend(
            opened
                .ok()
                .map(|bytes| (path.file_name().unwrap().to_owned(), bytes)),
        );
    }
    assert_eq!(
        read,
        [("sound.columns".into(), 24 + 16 + 3)],
        "the sound one alone is read"
    );
}

#[test]
fn the_format_is_what_it_was() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/columns_open/sound.columns");
    assert_eq!(
        std::fs::read(path).unwrap(),
        sample(),
        "a change of format needs a new version"
    );
}
