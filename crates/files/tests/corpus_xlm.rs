//! Replays the fuzzers' seeds through the same doors.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::path::Path;
use strongroom_files::{cells_of, unfold_workbook};
use strongroom_model::Limits;

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(target);
    let seeds: Vec<Vec<u8>> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
        .collect();
    assert!(!seeds.is_empty(), "no seeds in {folder:?}");
    seeds
}

#[test]
fn seeds_of_macro_sheets_unfold() {
    let lead = b"ID;P\nO;E\nNN;NAuto_Open;ER1C1\n";
    for seed in seeds("files_xlm") {
        let sheet = [&lead[..], &seed].concat();
        let unfolded = unfold_workbook(&sheet, &Limits::default()).unwrap();
        assert!(
            unfolded.gaps.is_empty() && unfolded.layers.len() > 1,
            "{unfolded:?}"
        );
    }
}

#[test]
fn seeds_of_workbooks_are_read_and_so_is_every_cut_and_flip() {
    let limits = Limits {
        steps: 20_000,
        ..Limits::default()
    };
    for seed in seeds("files_workbook") {
        let (cells, gaps) = cells_of(&seed, &limits).unwrap();
        assert!(cells.len() >= 3 && gaps.is_empty(), "{cells:?} {gaps:?}");
        for at in 0..seed.len() {
            let mut flipped = seed.clone();
            flipped[at] ^= 0xFF;
            for bytes in [&seed[..at], &flipped] {
                cells_of(bytes, &limits);
                unfold_workbook(bytes, &limits);
            }
        }
    }
}

#[test]
fn the_seed_of_biff_8_has_every_kind_of_cell() {
    let seed = seeds("files_workbook")
        .into_iter()
        .find(|seed| seed.starts_with(&[9, 8]))
        .unwrap();
    let (cells, _) = cells_of(&seed, &Limits::default()).unwrap();
    let shown: Vec<String> = cells
        .iter()
        .map(|cell| {
            format!(
                "{}!{}={} {}",
                cell.sheet,
                cell.at,
                cell.value,
                cell.formula.as_deref().unwrap_or("")
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "Data1!A1=z\u{fc} ",
            "Data1!A2=2.5 ",
            "Data1!A3=7 ",
            "Data1!B3=0.08 ",
            "Data1!A4=TRUE ",
            "Xlm!A1=0 ALERT(\"a\"&\"b\")",
            "Xlm!A2=0 HALT()",
        ]
    );
    let unfolded = unfold_workbook(&seed, &Limits::default()).unwrap();
    assert_eq!(unfolded.layers[1].text, "Xlm!A1: ALERT(\"ab\")\n");
}
