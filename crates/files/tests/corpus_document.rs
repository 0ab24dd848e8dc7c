//! Replays the fuzzer's seeds for what a document holds: `files_forms`, `files_properties`, `files_shapes`.

use std::path::Path;
use strongroom_files::{form_strings, property_count, shape_count, variable_count};

fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(target);
    let mut seeds: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder)
        .expect("the corpus folder is part of the repository")
        .map(|entry| entry.expect("the folder can be listed"))
        .map(|entry| {
            (
                entry.file_name().to_string_lossy().into_owned(),
                std::fs::read(entry.path()).expect("a seed can be read"),
            )
        })
        .collect();
    seeds.sort();
    seeds
}

#[test]
fn every_form_is_read_however_it_is_cut() {
    let mut longest = 0;
    for (_, seed) in seeds("files_forms") {
        for end in 2..=seed.len() {
            let (length, rest) = seed[..end].split_first_chunk::<2>().unwrap();
            let (form, objects) = rest.split_at(usize::from(u16::from_le_bytes(*length)).min(rest.len()));
            longest = longest.max(form_strings(form, objects));
        }
    }
    // The names, tags and strings of a text box and a label, and the form's caption.
    assert_eq!(longest, "a formTextBox1tagLabel1inert texta label".len());
}

#[test]
fn every_property_set_is_read_however_it_is_cut() {
    let mut most = 0;
    for (name, seed) in seeds("files_properties") {
        for end in 0..=seed.len() {
            most = most.max(property_count(&seed[..end]));
            assert!(variable_count(&seed[..end]) <= 1);
        }
        assert_eq!(variable_count(&seed), usize::from(name == "variables"));
    }
    assert!(most >= 2);
}

#[test]
fn every_drawing_is_read_however_it_is_cut() {
    for (name, seed) in seeds("files_shapes") {
        let mut most = 0;
        for end in 2..=seed.len() {
            let (length, rest) = seed[..end].split_first_chunk::<2>().unwrap();
            let (stream, table) = rest.split_at(usize::from(u16::from_le_bytes(*length)).min(rest.len()));
            most = most.max(shape_count(stream, table));
        }
        assert_eq!(most, usize::from(name != "empty"), "{name}");
    }
}
