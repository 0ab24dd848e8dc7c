//! GraphSense's TagPacks, all of them, as they are published.

mod shared;

use flate2::read::GzDecoder;
use shared::folder;
use std::fs::File;
use std::io::Read;
use strongroom_model::{Address, Reading, Service};
use strongroom_screening::{List, ListFile, ListKind, Lists, TagPack, conflicts, read_actors, recognise};

fn files(test: &str) -> Option<Vec<(String, Vec<u8>)>> {
    let path = folder("tags", test)?.join("graphsense-tagpacks.tar.gz");
    let mut archive = tar::Archive::new(GzDecoder::new(File::open(path).expect("the archive opens")));
    let mut files = Vec::new();
    for entry in archive.entries().expect("an archive") {
        let mut entry = entry.expect("a whole entry");
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let (mut bytes, name) = (Vec::new(), entry.path().expect("a name").display().to_string());
        entry.read_to_end(&mut bytes).expect("a whole file");
        files.push((name, bytes));
    }
    Some(files)
}

fn file((name, bytes): &(String, Vec<u8>)) -> ListFile<'_> {
    ListFile { name, bytes }
}

fn kind((_, bytes): &(String, Vec<u8>)) -> Option<ListKind> {
    recognise(bytes.get(..1 << 16).unwrap_or(bytes))
}

fn packs(files: &[(String, Vec<u8>)]) -> Vec<TagPack> {
    let packs = files.iter().filter(|held| kind(held) == Some(ListKind::TagPack));
    packs
        .map(|held| TagPack::read(file(held)).expect("a pack loads"))
        .collect()
}

#[test]
fn every_pack_loads_and_every_damaged_address_is_told() {
    let Some(files) = files("every_pack_loads_and_every_damaged_address_is_told") else {
        return;
    };
    let packs = packs(&files);
    let tags = || packs.iter().flat_map(|pack| &pack.tags);
    let damaged: Vec<&str> = tags().filter_map(|tag| tag.malformed.as_deref()).collect();
    println!("{} packs, {} tags", packs.len(), tags().count());
    println!("{} damaged addresses: {damaged:#?}", damaged.len());
    // As many as there are lines that begin a tag.
    let begun: usize = files
        .iter()
        .filter(|held| kind(held) == Some(ListKind::TagPack))
        .map(|(_, bytes)| String::from_utf8_lossy(bytes).matches("address: ").count())
        .sum();
    assert_eq!((packs.len(), tags().count()), (86, begun));
    // Ten texts in the shape of Bitcoin's base58 addresses are none; one of them is an address of Waves, which has a
    // checksum of its own.
    let failing: Vec<(&str, Option<&str>)> = tags()
        .map(|tag| (tag.address.as_str(), tag.currency.as_deref()))
        .filter(|(address, _)| address.starts_with(['1', '3']) && (25..=36).contains(&address.len()))
        .filter(|(address, _)| address.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        .filter(|(address, _)| !matches!(Address::read(address), Reading::Address { .. }))
        .collect();
    println!("{} base58 addresses fail: {failing:#?}", failing.len());
    assert_eq!((failing.len(), damaged.len()), (10, 9));
    let waves = failing.iter().filter(|(_, currency)| *currency == Some("WAVES"));
    assert_eq!(waves.count(), 1);
    let unsaid = tags().filter(|tag| tag.source.is_none() || tag.date.is_none() || tag.confidence.is_none());
    println!("{} tags without source, date or confidence", unsaid.count());
}

#[test]
fn conflicts_are_shown_with_both_parties() {
    let Some(files) = files("conflicts_are_shown_with_both_parties") else {
        return;
    };
    let packs = packs(&files);
    let found = conflicts(&packs);
    println!("{} addresses with more than one party", found.len());
    for conflict in found.iter().take(5) {
        let labels: Vec<&str> = conflict.tags.iter().map(|tag| &*tag.label).collect();
        println!("  {}: {labels:?}", conflict.key);
    }
    for conflict in &found {
        let first = conflict.tags.first().expect("a conflict has tags");
        let differs =
            |tag: &&strongroom_screening::PackTag| tag.actor != first.actor || tag.label != first.label;
        assert!(conflict.tags.iter().any(differs), "{conflict:?}");
    }
}

#[test]
fn actors_and_tags_answer_who_is_behind_an_address() {
    let Some(files) = files("actors_and_tags_answer_who_is_behind_an_address") else {
        return;
    };
    let actors = files
        .iter()
        .filter(|held| kind(held) == Some(ListKind::ActorPack));
    let actors: Vec<_> = actors
        .flat_map(|held| read_actors(file(held)).expect("an actor pack loads"))
        .collect();
    println!("{} actors", actors.len());
    assert!(actors.iter().any(|actor| actor.id == "binance"));
    let pack = files
        .iter()
        .find(|(name, _)| name.ends_with("exchange-wallets-binance.yaml"));
    let list = List::tag_pack("binance", None, file(pack.expect("the pack is there"))).expect("a pack loads");
    let tag = Lists::new(vec![list]).tag("34xp4vRoCGJym3xR7yCVPFHoCNxv4Twseo");
    let tag = tag.expect("the address is tagged");
    assert_eq!(tag.service, Service::Exchange);
    assert_eq!(
        (tag.confidence.as_deref(), tag.date.as_deref()),
        (Some("service_data"), Some("2022-11-16"))
    );
}
