//! The seeds of the fuzz targets, through the same doors.

use std::path::Path;
use strongroom_model::{Address, Reading};
use strongroom_screening::{List, ListFile, Lists, NAME_THRESHOLD, OfacFiles, PartyName, Purpose, recognise};

/// The seeds of a target; there must be some.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(target);
    let files = std::fs::read_dir(&folder).unwrap_or_else(|cause| panic!("{}: {cause}", folder.display()));
    let mut paths: Vec<_> = files.map(|file| file.expect("an entry").path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    let read = |path| std::fs::read(path).expect("a readable seed");
    paths.iter().map(read).collect()
}

#[test]
fn ofac_seeds_load_or_are_refused_with_file_and_line() {
    let (mut loaded, mut refused) = (0, 0);
    for bytes in seeds("screening_ofac") {
        let file = ListFile {
            name: "fuzz",
            bytes: &bytes,
        };
        let files = OfacFiles {
            sdn: file,
            alt: None,
            add: None,
            comments: None,
        };
        match List::ofac("fuzz", None, &files) {
            Ok(list) => {
                loaded += 1;
                assert!(!list.entries().is_empty());
            }
            Err(cause) => {
                refused += 1;
                assert!(cause.to_string().starts_with("fuzz, line 1: "), "{cause}");
            }
        }
    }
    assert!(loaded > 0 && refused > 0);
}

#[test]
fn seeds_of_ofacs_other_tables_load_beside_an_entry() {
    const ENTRY: &[u8] = b"1,\"AN AIRLINE\",-0- ,\"X\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n";
    let sdn = ListFile {
        name: "sdn",
        bytes: ENTRY,
    };
    let mut loaded = [0; 3];
    for bytes in seeds("screening_ofac") {
        let file = ListFile {
            name: "fuzz",
            bytes: &bytes,
        };
        let alone = OfacFiles {
            sdn,
            alt: None,
            add: None,
            comments: None,
        };
        let each = [
            OfacFiles {
                alt: Some(file),
                ..alone
            },
            OfacFiles {
                add: Some(file),
                ..alone
            },
            OfacFiles {
                comments: Some(file),
                ..alone
            },
        ];
        for (count, files) in loaded.iter_mut().zip(&each) {
            *count += usize::from(List::ofac("fuzz", None, files).is_ok());
        }
    }
    assert!(loaded.iter().all(|count| *count > 0), "{loaded:?}");
}

#[test]
fn address_seeds_are_screened() {
    let mut found = 0;
    for bytes in seeds("screening_addresses") {
        let file = ListFile {
            name: "fuzz",
            bytes: &bytes,
        };
        let read = [
            List::addresses("fuzz", None, Purpose::Watch, file),
            List::tags("fuzz", None, file),
        ];
        found += usize::from(recognise(&bytes).is_some());
        let lists = Lists::new(read.into_iter().flatten().collect());
        let text = String::from_utf8_lossy(&bytes);
        assert_eq!(lists.screen_address(&text).lists.len(), lists.versions().len());
        assert_eq!(lists.screen_name(&text).query, text);
    }
    assert!(found > 3);
}

#[test]
fn address_texts_have_a_canonical_spelling_that_is_their_own() {
    let mut valid = 0;
    for bytes in seeds("model_address") {
        let text = String::from_utf8_lossy(&bytes);
        if let Reading::Address { address, .. } = Address::read(&text) {
            valid += 1;
            let again = Address::read(address.as_str());
            assert!(matches!(again, Reading::Address { address: again, .. } if again == address));
        }
    }
    assert_eq!(valid, 7);
}

#[test]
fn seeds_of_every_layout_load_or_are_refused() {
    let mut loaded = 0;
    for target in [
        "screening_xml",
        "screening_tables",
        "screening_json",
        "screening_tagpack",
    ] {
        for bytes in seeds(target) {
            let Some(kind) = recognise(&bytes) else {
                continue;
            };
            let file = ListFile {
                name: "fuzz",
                bytes: &bytes,
            };
            let read = List::read(kind, "fuzz", None, Purpose::Sanctions, file);
            loaded +=
                usize::from(read.is_ok_and(|list| list.version().addresses + list.version().entries > 0));
        }
    }
    assert_eq!(loaded, 12);
}

#[test]
fn name_seeds_score_the_same_from_both_sides() {
    let mut above = 0;
    for bytes in seeds("screening_names") {
        let text = String::from_utf8(bytes).expect("a seed in UTF-8");
        let (one, other) = text.split_once('\n').unwrap_or((&text, "Jean-Claude Igor"));
        let (one, other) = (PartyName::new(one, None), PartyName::new(other, None));
        let score = one.score(&other);
        assert_eq!(score, other.score(&one), "{text}");
        above += usize::from(score >= NAME_THRESHOLD);
    }
    assert!(above > 2, "{above}");
}
