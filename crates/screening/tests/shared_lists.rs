//! The complete OFAC list of July 2021.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test may fail

mod shared;

use shared::folder;
use strongroom_screening::{
    Alias, How, List, ListFile, ListKind, Lists, OfacFiles, Purpose, ScreeningVerdict, recognise,
};

struct Set {
    sdn: Vec<u8>,
    alt: Vec<u8>,
    add: Vec<u8>,
    comments: Vec<u8>,
}

impl Set {
    fn read(folder: &std::path::Path, names: [&str; 4]) -> Self {
        let [sdn, alt, add, comments] = names.map(|name| std::fs::read(folder.join(name)).unwrap());
        Set {
            sdn,
            alt,
            add,
            comments,
        }
    }

    fn files(&self) -> OfacFiles<'_> {
        let file = |name, bytes| ListFile { name, bytes };
        OfacFiles {
            sdn: file("sdn.csv", &self.sdn),
            alt: Some(file("alt.csv", &self.alt)),
            add: Some(file("add.csv", &self.add)),
            comments: Some(file("sdn_comments.csv", &self.comments)),
        }
    }

    fn load(&self) -> List {
        List::ofac("ofac-sdn", Some("2021-07"), &self.files()).unwrap()
    }
}

const NAMES: [&str; 4] = ["sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv"];

fn sdn(test: &str) -> Option<Set> {
    Some(Set::read(&folder("lists/ofac-sdn-2021", test)?, NAMES))
}

#[test]
fn the_whole_list_loads() {
    let Some(set) = sdn("the_whole_list_loads") else {
        return;
    };
    let list = set.load();
    let aliases: usize = list.entries().iter().map(|entry| entry.aliases.len()).sum();
    let places: usize = list.entries().iter().map(|entry| entry.places.len()).sum();
    println!(
        "{} entries, {} address mentions, {aliases} aliases, {places} places",
        list.version().entries,
        list.version().addresses
    );
    assert_eq!(list.version().entries, 8_976);
    // 96 whole in one file each, and one whose phrase is cut between two.
    assert_eq!(list.version().addresses, 97);
    // 11,910 rows of alt.csv, 2,439 quoted phrases in sdn.csv, two in sdn_comments.csv.
    assert_eq!(aliases, 11_910 + 2_441);
    assert!(list.version().gaps.is_empty());
}

#[test]
fn every_listed_address_is_found_by_its_party() {
    let Some(set) = sdn("every_listed_address_is_found_by_its_party") else {
        return;
    };
    let list = set.load();
    let entries = list.entries().to_vec();
    let lists = Lists::new(vec![list]);
    for entry in &entries {
        for address in &entry.addresses {
            let answer = lists.screen_address(&address.text);
            assert_eq!(answer.verdict, ScreeningVerdict::Hit, "{}", address.text);
            assert!(answer.hits.iter().any(|hit| hit.entry == entry.id));
        }
    }
    // The one whose text is cut in the middle of the address.
    let cut = lists.screen_address("1GqChmWqGtsaLrGbHfgdrV5Nkvahtjjuxr");
    assert_eq!(cut.hits.first().map(|hit| hit.entry.as_str()), Some("30518"));
    // The one whose phrase is cut.
    let phrase = lists.screen_address("0x8576ACC5C05D6CE88F4E49BF65BDF0C62F91353C");
    assert_eq!(phrase.hits.first().map(|hit| hit.entry.as_str()), Some("29703"));
}

#[test]
fn lazarus_is_found_by_a_weak_alias() {
    let Some(set) = sdn("lazarus_is_found_by_a_weak_alias") else {
        return;
    };
    let lists = Lists::new(vec![set.load()]);
    let answer = lists.screen_name("Hidden Cobra");
    let found: Vec<_> = answer
        .hits
        .iter()
        .map(|hit| (hit.entry.as_str(), hit.party.as_deref(), hit.how))
        .collect();
    assert_eq!(found, [("27307", Some("LAZARUS GROUP"), How::WeakAlias)]);
    assert_eq!(lists.screen_name("  lazarus   group.").hits[0].how, How::Name);
    assert_eq!(lists.screen_name("Fujing Zheng").hits[0].entry, "26236");
    assert_eq!(lists.screen_name("snowsjohn").hits[0].entry, "28263");
    let nobody = lists.screen_name("Alice Example");
    assert_eq!(nobody.verdict, ScreeningVerdict::NoHit);
}

#[test]
fn every_primary_name_finds_its_entry() {
    let Some(set) = sdn("every_primary_name_finds_its_entry") else {
        return;
    };
    let list = set.load();
    let entries = list.entries().to_vec();
    let lists = Lists::new(vec![list]);
    for entry in &entries {
        let name = entry.party.as_deref().unwrap();
        let answer = lists.screen_name(&name.to_lowercase());
        assert!(
            answer.hits.iter().any(|hit| hit.entry == entry.id),
            "{name} does not find {}",
            entry.id
        );
    }
}

#[test]
fn without_the_comments_the_list_says_what_it_lacks() {
    let Some(set) = sdn("without_the_comments_the_list_says_what_it_lacks") else {
        return;
    };
    let files = OfacFiles {
        comments: None,
        ..set.files()
    };
    let list = List::ofac("ofac-sdn", None, &files).unwrap();
    assert!(
        list.version().gaps[0].why.contains("5 entries"),
        "{:?}",
        list.version().gaps
    );
    // Half an address is not taken for one.
    let whole = set.load();
    let texts = |list: &List| -> Vec<String> {
        let addresses = list.entries().iter().flat_map(|entry| entry.addresses.clone());
        addresses.map(|address| address.text).collect()
    };
    let (some, all) = (texts(&list), texts(&whole));
    assert!(some.len() < all.len() && some.iter().all(|text| all.contains(text)));
}

#[test]
fn one_broken_line_refuses_the_list() {
    let Some(mut set) = sdn("one_broken_line_refuses_the_list") else {
        return;
    };
    let text = String::from_utf8(set.sdn.clone()).unwrap();
    set.sdn = text
        .replacen("173,\"ANGLO-CARIBBEAN CO., LTD.\",", "173,", 1)
        .into_bytes();
    let refused = List::ofac("ofac-sdn", None, &set.files()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "sdn.csv, line 2: 11 columns, the layout has 12"
    );
    set.sdn = text.into_bytes();
    set.sdn.truncate(1_000_000);
    assert!(List::ofac("ofac-sdn", None, &set.files()).is_err());
}

#[test]
fn each_file_is_recognised_by_its_content() {
    for (name, names) in [
        ("lists/ofac-sdn-2021", NAMES),
        (
            "lists/ofac-nonsdn",
            [
                "cons_prim.csv",
                "cons_alt.csv",
                "cons_add.csv",
                "cons_comments.csv",
            ],
        ),
    ] {
        let Some(path) = folder(name, "each_file_is_recognised_by_its_content") else {
            return;
        };
        let kinds = [
            ListKind::OfacSdn,
            ListKind::OfacAlt,
            ListKind::OfacAdd,
            ListKind::OfacComments,
        ];
        for (file, kind) in names.into_iter().zip(kinds) {
            let bytes = std::fs::read(path.join(file)).unwrap();
            assert_eq!(recognise(&bytes), Some(kind), "{file} whole");
            assert_eq!(
                recognise(&bytes[..bytes.len().min(4096)]),
                Some(kind),
                "{file} head"
            );
        }
        let set = Set::read(&path, names);
        set.load();
    }
}

#[test]
fn dates_of_birth_and_countries_are_taken_from_the_remarks() {
    let Some(set) = sdn("dates_of_birth_and_countries_are_taken_from_the_remarks") else {
        return;
    };
    let list = set.load();
    let entries = list.entries();
    // As many as there are phrases of dates, in the words that are documented.
    let phrases = entries
        .iter()
        .flat_map(|entry| entry.remarks.split(';').map(str::trim));
    let dates = phrases
        .filter(|phrase| phrase.starts_with("DOB ") || phrase.starts_with("alt. DOB "))
        .count();
    let births: usize = entries.iter().map(|entry| entry.births.len()).sum();
    let countries: usize = entries.iter().map(|entry| entry.countries.len()).sum();
    println!("{births} of {dates} dates of birth, {countries} countries");
    assert!(births * 1000 >= dates * 999, "{births} of {dates}");
    assert!(countries > 3_000);
}

#[test]
fn the_list_of_the_united_nations_loads_whole() {
    let Some(folder) = folder("lists/un", "the_list_of_the_united_nations_loads_whole") else {
        return;
    };
    let bytes = std::fs::read(folder.join("UN_consolidated.xml")).unwrap();
    assert_eq!(recognise(&bytes[..4096]), Some(ListKind::Un));
    let file = ListFile {
        name: "UN_consolidated.xml",
        bytes: &bytes,
    };
    let list = List::read(ListKind::Un, "un", None, Purpose::Sanctions, file).unwrap();
    assert_eq!(list.version().date.as_deref(), Some("2026-02-27T00:00:09.554Z"));
    let count = |kind: &str| {
        list.entries()
            .iter()
            .filter(|entry| entry.kind.as_deref() == Some(kind))
            .count()
    };
    assert_eq!((count("individual"), count("entity")), (730, 273));
    assert_eq!(list.version().gaps, []);
    let text = String::from_utf8_lossy(&bytes);
    let filled = |tag: &str| text.matches(&format!("<{tag}>")).count();
    let aliases = || list.entries().iter().flat_map(|entry| &entry.aliases);
    let original = aliases()
        .filter(|alias| alias.kind == Alias::ORIGINAL_SCRIPT)
        .count();
    assert_eq!(original, filled("NAME_ORIGINAL_SCRIPT"));
    assert_eq!(aliases().count(), original + filled("ALIAS_NAME"));
    let births: usize = list.entries().iter().map(|entry| entry.births.len()).sum();
    println!(
        "{original} names in original script, {} aliases, {births} dates of birth",
        aliases().count()
    );
    let lists = Lists::new(vec![list]);
    for (name, entry) in [
        ("eric badege", "CDi.001"),
        ("نضال الربيعي", "IQi.070"),
        ("Adnan S. Hasan Ahmed", "IQi.073"),
    ] {
        let hits = lists.screen_name(name).hits;
        assert!(hits.iter().any(|hit| hit.entry == entry), "{name}: {hits:?}");
    }
    // Cut short, it is refused.
    let file = ListFile {
        bytes: &bytes[..1_000_000],
        ..file
    };
    let refused = List::read(ListKind::Un, "un", None, Purpose::Sanctions, file).unwrap_err();
    assert!(
        refused
            .to_string()
            .starts_with("UN_consolidated.xml, line 26079: "),
        "{refused}"
    );
}

#[test]
fn what_is_no_list_is_not_recognised() {
    for name in [
        "names",
        "network/zeek-logs",
        "intel/volexity-2022-12-01-applejeus",
    ] {
        let Some(path) = folder(name, "what_is_no_list_is_not_recognised") else {
            return;
        };
        for file in std::fs::read_dir(path).unwrap().take(50) {
            let file = file.unwrap().path();
            if file.is_file() {
                let bytes = std::fs::read(&file).unwrap();
                assert_eq!(recognise(&bytes), None, "{}", file.display());
            }
        }
    }
}
