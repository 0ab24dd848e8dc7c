//! All addresses that OFAC listed until September 2024, in every spelling that is the same address, and one
//! character off.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test may fail

mod shared;

use std::collections::BTreeMap;
use std::path::PathBuf;
use strongroom_model::{Address, Limits, Reading, Service};
use strongroom_screening::{
    How, List, ListFile, ListKind, Lists, Purpose, QueryForm, ScreeningVerdict, recognise,
};

/// The lists, and each address with the assets that it stands under.
fn load(test: &str, ending: &str) -> Option<(Lists, BTreeMap<String, Vec<String>>)> {
    let mut lists = Vec::new();
    let mut addresses: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut paths: Vec<PathBuf> = std::fs::read_dir(shared::folder("lists/ofac-addresses", test)?)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == ending))
        .collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap().to_str().unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(recognise(&bytes), Some(ListKind::Addresses), "{name}");
        assert_eq!(
            recognise(&bytes[..bytes.len().min(2_000)]),
            Some(ListKind::Addresses),
            "{name}"
        );
        let file = ListFile { name, bytes: &bytes };
        let list = List::addresses(name, Some("2024-09"), Purpose::Sanctions, file).unwrap();
        assert!(!list.report(file, &Limits::default()).observables.is_empty());
        for address in list.entries().iter().flat_map(|entry| &entry.addresses) {
            let assets = addresses.entry(address.text.clone()).or_default();
            assets.push(name.to_owned());
        }
        lists.push(list);
    }
    Some((Lists::new(lists), addresses))
}

fn hit(lists: &Lists, text: &str) -> Vec<How> {
    let answer = lists.screen_address(text);
    assert_eq!(answer.verdict, ScreeningVerdict::Hit, "{text}: {:?}", answer.form);
    answer.hits.iter().map(|hit| hit.how).collect()
}

#[test]
fn all_are_found_as_given() {
    for ending in ["txt", "json"] {
        let Some((lists, addresses)) = load("all_are_found_as_given", ending) else {
            return;
        };
        let rows: usize = addresses.values().map(Vec::len).sum();
        let mut forms: BTreeMap<String, usize> = BTreeMap::new();
        for text in addresses.keys() {
            let answer = lists.screen_address(text);
            assert!(
                !hit(&lists, text).contains(&How::SameKey) || answer.hits.len() > 1,
                "{text}"
            );
            *forms.entry(format!("{:?}", answer.form)).or_default() += 1;
            assert_eq!(lists.tag(text).unwrap().service, Service::Sanctioned);
        }
        println!("{ending}: {rows} rows, {} unique, {forms:?}", addresses.len());
        assert_eq!((rows, addresses.len()), (654, 641));
        // The hexadecimal row under XMR is no address; all others are, and none fails its checksum.
        assert_eq!(forms.get("Opaque"), Some(&1));
        assert!(
            !forms.keys().any(|form| form.starts_with("Malformed")),
            "{forms:?}"
        );
    }
}

#[test]
fn all_are_found_in_their_other_spellings() {
    let Some((lists, addresses)) = load("all_are_found_in_their_other_spellings", "txt") else {
        return;
    };
    let (mut spellings, mut unread) = (0, 0);
    for text in addresses.keys() {
        let Reading::Address { address, .. } = Address::read(text) else {
            unread += 1;
            hit(&lists, text);
            continue;
        };
        for spelling in address.spellings() {
            spellings += 1;
            let how = hit(&lists, &spelling);
            assert!(!how.contains(&How::ChecksumMismatch), "{spelling}: {how:?}");
        }
        if let Some(digits) = text.strip_prefix("0x") {
            spellings += 1;
            let wrong: String = digits.chars().map(swapped).collect();
            let listed_lower = digits.to_lowercase() == digits;
            let how = hit(&lists, &format!("0x{wrong}"));
            assert!(listed_lower || how.contains(&How::ChecksumMismatch), "{text}");
        }
    }
    println!("{spellings} spellings of {} addresses", addresses.len());
    // The hexadecimal row under XMR.
    assert_eq!(unread, 1);
    assert!(spellings > 10_000);
}

fn swapped(c: char) -> char {
    if c.is_ascii_lowercase() {
        c.to_ascii_uppercase()
    } else {
        c.to_ascii_lowercase()
    }
}

/// Every other printable character at every place.
fn mutants(text: &str) -> impl Iterator<Item = String> + '_ {
    (0..text.len()).flat_map(move |at| {
        (0x21u8..0x7f).filter_map(move |byte| {
            let mut bytes = text.as_bytes().to_vec();
            let place = bytes.get_mut(at)?;
            (*place != byte).then(|| *place = byte)?;
            String::from_utf8(bytes).ok()
        })
    })
}

#[test]
fn one_wrong_character_is_malformed_and_never_a_hit() {
    let Some((lists, addresses)) = load("one_wrong_character_is_malformed_and_never_a_hit", "txt") else {
        return;
    };
    let (mut tried, mut evm) = (0u64, 0u64);
    let checksummed = |text: &str| !text.starts_with("0x") && !text.bytes().all(|b| b.is_ascii_hexdigit());
    for text in addresses.keys().filter(|text| checksummed(text)) {
        for mutant in mutants(text) {
            tried += 1;
            let answer = lists.screen_address(&mutant);
            assert!(
                matches!(answer.form, QueryForm::Malformed(_))
                    && answer.verdict == ScreeningVerdict::Malformed,
                "{text} -> {mutant}: {:?}",
                answer.form
            );
        }
    }
    // EVM has no checksum but the case: another digit is another address, another letter none at all.
    for text in addresses.keys().filter(|text| text.starts_with("0x")).step_by(8) {
        for mutant in mutants(text) {
            evm += 1;
            let answer = lists.screen_address(&mutant);
            let same_bytes = mutant.eq_ignore_ascii_case(text);
            assert_eq!(
                answer.verdict == ScreeningVerdict::Hit,
                same_bytes,
                "{text} -> {mutant}"
            );
        }
    }
    println!("{tried} mutants malformed, {evm} EVM mutants checked");
    assert!(tried > 1_000_000);
}
