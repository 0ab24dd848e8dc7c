//! What is written comes back; what was changed never does.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;
use strongroom_columns::{Builder, ColumnFile, ColumnsError};

fn sample() -> Builder {
    let mut builder = Builder::with_block(4096);
    builder.u64s("time", (0..3_000).map(|n| n * 7));
    builder.u32s("none", []);
    builder.u32s("account", (0..3_000).map(|n| n / 3));
    builder.column("wide", 32, vec![9; 320]);
    builder.strings("name", (0..40).map(|n| "x".repeat(n))).unwrap();
    builder
}

type All = (Vec<u64>, Vec<u32>, Vec<String>);

fn read_all(file: &ColumnFile) -> Result<All, ColumnsError> {
    let (time, account, name) = (
        file.column("time")?,
        file.column("account")?,
        file.strings("name")?,
    );
    Ok((
        (0..time.len()).map(|at| time.u64(at)).collect::<Result<_, _>>()?,
        (0..account.len())
            .map(|at| account.u32(at))
            .collect::<Result<_, _>>()?,
        name.iter()
            .map(|name| name.map(str::to_owned))
            .collect::<Result<_, _>>()?,
    ))
}

#[test]
fn what_is_written_comes_back() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sample.columns");
    let mut seen = Vec::new();
    let written = sample()
        .write_aside(&path, &mut |part| seen.extend_from_slice(part))
        .unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), seen);
    assert_eq!(seen, sample().to_bytes());
    assert_eq!(written, seen.len() as u64);
    assert_eq!(
        std::fs::read_dir(dir.path()).unwrap().count(),
        1,
        "nothing is left aside"
    );
    let file = ColumnFile::open(&path).unwrap();
    file.verify().unwrap();
    let (time, account, name) = read_all(&file).unwrap();
    assert_eq!(time, (0..3_000).map(|n| n * 7).collect::<Vec<u64>>());
    assert_eq!(account, (0..3_000).map(|n| n / 3).collect::<Vec<u32>>());
    assert_eq!(name[39].len(), 39);
    assert_eq!(file.column("wide").unwrap().array::<32>(9).unwrap(), [9; 32]);
    assert_eq!(file.column("none").unwrap().block_count(), 0);
}

#[test]
fn blocks_give_whole_values_in_order() {
    let file = ColumnFile::from_bytes("sample", sample().to_bytes()).unwrap();
    let time = file.column_of("time", 8).unwrap();
    let all: Vec<u64> = time
        .blocks()
        .flat_map(|block| {
            block
                .unwrap()
                .chunks_exact(8)
                .map(|v| u64::from_le_bytes(v.try_into().unwrap()))
        })
        .collect();
    assert_eq!(all.len(), 3_000);
    assert_eq!(all[2_999], 2_999 * 7);
    assert_eq!(time.lower_bound_u64(71).unwrap(), 11);
    assert_eq!(file.column("account").unwrap().lower_bound_u32(5).unwrap(), 15);
    assert_eq!(time.lower_bound_u64(u64::MAX).unwrap(), 3_000);
}

proptest! {
    #[test]
    fn a_guessed_bound_is_the_bound(
        mut values in prop::collection::vec(prop_oneof![any::<u64>(), 0u64..9, (u64::MAX - 9)..=u64::MAX], 0..400),
        mut keys in prop::collection::vec(any::<u64>(), 8),
    ) {
        keys.extend([0, 1, 5, u64::MAX - 1, u64::MAX]);
        keys.extend(&values);
        values.sort_unstable();
        let mut builder = Builder::new();
        builder.u64s("key", values.iter().copied());
        let file = ColumnFile::from_bytes("keys", builder.to_bytes()).unwrap();
        let column = file.column_of("key", 8).unwrap();
        for key in keys {
            prop_assert_eq!(column.lower_bound_hash(key).unwrap(), values.partition_point(|value| *value < key) as u64);
        }
    }
}

#[test]
fn what_is_not_there_is_an_error() {
    let file = ColumnFile::from_bytes("sample", sample().to_bytes()).unwrap();
    assert!(matches!(file.column("fee"), Err(ColumnsError::NoColumn { .. })));
    assert!(matches!(
        file.column_of("time", 4),
        Err(ColumnsError::NoColumn { .. })
    ));
    let time = file.column("time").unwrap();
    assert!(matches!(
        time.u64(3_000),
        Err(ColumnsError::OutOfRange { index: 3_000, .. })
    ));
    assert!(time.u32(0).is_err(), "a width is never reinterpreted");
    assert!(time.slice(u64::MAX, 2).is_err());
    assert!(time.block(99).is_err());
}

#[test]
fn a_flipped_byte_is_named_and_never_answers() {
    let sound = sample().to_bytes();
    let truth = read_all(&ColumnFile::from_bytes("sample", sound.clone()).unwrap()).unwrap();
    for at in 0..sound.len() {
        let mut bytes = sound.clone();
        bytes[at] ^= 0x10;
        let Ok(file) = ColumnFile::from_bytes("sample", bytes) else {
            continue;
        };
        let error = file.verify().expect_err("a flipped byte is found");
        assert!(
            matches!(&error, ColumnsError::Damaged { file, .. } if file == "sample"),
            "{error}"
        );
        if let Ok(read) = read_all(&file) {
            assert_eq!(read, truth, "byte {at} answered as data");
        }
    }
}

#[test]
fn only_the_damaged_block_refuses() {
    let mut bytes = sample().to_bytes();
    let last_of_time = bytes.len() - (0..40).sum::<usize>() - 41 * 4 - 320 - 12_000 - 1;
    bytes[last_of_time] ^= 1;
    let file = ColumnFile::from_bytes("sample", bytes).unwrap();
    let time = file.column("time").unwrap();
    assert_eq!(time.u64(0).unwrap(), 0);
    let error = time.u64(2_999).unwrap_err().to_string();
    assert!(error.contains("\"time\", block 5"), "{error}");
}

#[test]
fn a_block_in_anothers_place_is_damage() {
    let mut builder = Builder::with_block(4096);
    builder.column("a", 1, [vec![1; 4096], vec![2; 4096]].concat());
    let mut bytes = builder.to_bytes();
    let data = bytes.len() - 8192;
    bytes[data..].rotate_left(4096);
    assert!(
        ColumnFile::from_bytes("swapped", bytes)
            .unwrap()
            .verify()
            .is_err()
    );
}

proptest! {
    #[test]
    fn any_bytes_are_refused_or_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(ColumnFile::from_bytes("any", bytes).is_err());
    }

    #[test]
    fn a_cut_or_lengthened_file_is_refused(cut in 1usize..20_000, more in any::<bool>()) {
        let mut bytes = sample().to_bytes();
        if more { bytes.push(0) } else { bytes.truncate(bytes.len().saturating_sub(cut)) }
        prop_assert!(ColumnFile::from_bytes("cut", bytes).is_err());
    }
}
