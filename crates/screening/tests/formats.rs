//! Lists of every layout, small and of our own making: what each of them says, and that a broken one is refused whole. They are the
//! seeds of the fuzz targets too.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test may fail

use std::path::Path;
use strongroom_screening::{
    AliasStrength, Birth, Entry, How, List, ListFile, ListKind, Lists, Purpose, recognise,
};

fn seed(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(name);
    std::fs::read(&path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()))
}

/// Reads a seed as what its content says it is.
fn read(name: &str, kind: ListKind) -> List {
    let bytes = seed(name);
    assert_eq!(recognise(&bytes), Some(kind), "{name}");
    assert_eq!(
        recognise(&bytes[..bytes.len().min(900)]),
        Some(kind),
        "{name}, its head"
    );
    let file = ListFile { name, bytes: &bytes };
    List::read(kind, "test", None, Purpose::Sanctions, file).unwrap()
}

fn refused(kind: ListKind, bytes: &[u8]) -> String {
    let file = ListFile { name: "t", bytes };
    let read = List::read(kind, "t", None, Purpose::Sanctions, file);
    read.expect_err("a broken list").to_string()
}

/// Alice, who stands in all of them.
fn alice(list: &List) -> Entry {
    let is_she = |entry: &&Entry| {
        entry
            .party
            .as_ref()
            .is_some_and(|name| name.to_lowercase().contains("alice"))
    };
    list.entries().iter().find(is_she).unwrap().clone()
}

const ALL: [(&str, ListKind, &str, Option<&str>, usize); 10] = [
    (
        "screening_xml/ofac-plain.xml",
        ListKind::OfacXml,
        "7",
        Some("11/20/2026"),
        2,
    ),
    (
        "screening_xml/ofac-advanced.xml",
        ListKind::OfacAdvanced,
        "7",
        Some("2026-11-20"),
        1,
    ),
    (
        "screening_xml/un.xml",
        ListKind::Un,
        "TEi.001",
        Some("2026-11-20T00:00:00.000Z"),
        2,
    ),
    (
        "screening_xml/eu.xml",
        ListKind::EuXml,
        "EU.1.1",
        Some("2026-11-20T12:00:00.000+01:00"),
        2,
    ),
    (
        "screening_tables/eu.csv",
        ListKind::EuTable,
        "EU.1.1",
        Some("20/11/2026"),
        2,
    ),
    (
        "screening_tables/uk-conlist.csv",
        ListKind::Uk,
        "1",
        Some("20/11/2026"),
        2,
    ),
    (
        "screening_tables/uk-list.csv",
        ListKind::Uk,
        "TES0001",
        Some("20-Nov-2026"),
        1,
    ),
    ("screening_tables/own.csv", ListKind::Parties, "line 2", None, 2),
    ("screening_json/ftm.json", ListKind::Ftm, "NK-1", None, 2),
    ("screening_json/nested.json", ListKind::Ftm, "NK-1", None, 1),
];

#[test]
fn every_layout_gives_the_same_party() {
    for (name, kind, id, date, entries) in ALL {
        let list = read(name, kind);
        assert_eq!(list.version().date.as_deref(), date, "{name}");
        assert_eq!(list.entries().len(), entries, "{name}");
        assert_eq!(list.version().gaps, [], "{name}");
        let entry = alice(&list);
        assert_eq!(entry.id, id, "{name}");
        assert!(!entry.programs.is_empty(), "{name}");
        let lists = Lists::new(vec![list]);
        let hits = lists.screen_name("Alice Example").hits;
        assert_eq!(hits.len(), 1, "{name}");
        assert_eq!((hits[0].entry.as_str(), hits[0].how), (id, How::Name), "{name}");
        if name.ends_with("nested.json") {
            continue;
        }
        let hits = lists.screen_name("Hidden Snake").hits;
        let strength = if name.ends_with("eu.csv") {
            How::StrongAlias
        } else {
            How::WeakAlias
        };
        assert_eq!((hits[0].entry.as_str(), hits[0].how), (id, strength), "{name}");
    }
}

#[test]
fn what_speaks_for_or_against_a_namesake_is_kept() {
    for (name, kind, ..) in ALL {
        let entry = alice(&read(name, kind));
        if name.ends_with("nested.json") {
            assert_eq!(entry.places.len(), 1);
            continue;
        }
        let birth = &entry.births;
        assert_eq!(birth.len(), 1, "{name}: {birth:?}");
        assert_eq!(birth[0].from, 1970, "{name}");
        let countries: Vec<String> = entry
            .countries
            .iter()
            .map(|country| country.to_lowercase())
            .collect();
        assert!(
            matches!(countries.as_slice(), [one] if one == "atlantis" || one == "xa"),
            "{name}: {countries:?}"
        );
    }
    let un = alice(&read("screening_xml/un.xml", ListKind::Un));
    assert_eq!(un.births, [Birth::between(1970, 1975).unwrap()]);
    let advanced = alice(&read("screening_xml/ofac-advanced.xml", ListKind::OfacAdvanced));
    assert!(advanced.births[0].circa && advanced.births[0].to == 1970);
    assert_eq!(advanced.kind.as_deref(), Some("individual"));
    let own = alice(&read("screening_tables/own.csv", ListKind::Parties));
    assert_eq!(own.aliases.len(), 3);
    assert_eq!(own.aliases[2].strength, AliasStrength::Weak);
}

#[test]
fn names_in_their_own_script_are_found() {
    for (name, kind, ..) in ALL {
        let found = Lists::new(vec![read(name, kind)]).screen_name("алиса").hits.len();
        let has = String::from_utf8(seed(name)).unwrap().contains("Алиса");
        assert_eq!(found, usize::from(has), "{name}");
    }
}

#[test]
fn wallets_are_found_whatever_the_layout_and_the_asset() {
    for name in [
        "screening_xml/ofac-plain.xml",
        "screening_xml/ofac-advanced.xml",
        "screening_tables/own.csv",
        "screening_json/ftm.json",
        "screening_json/nested.json",
    ] {
        let (_, kind, id, ..) = ALL.into_iter().find(|(of, ..)| *of == name).unwrap();
        let lists = Lists::new(vec![read(name, kind)]);
        let hits = lists
            .screen_address("bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a")
            .hits;
        assert_eq!(hits.len(), 1, "{name}");
        assert_eq!(hits[0].entry, id, "{name}");
        let other = lists.screen_address("listed-as-is-1").hits;
        let discovered = String::from_utf8(seed(name)).unwrap().contains("NEWCOIN");
        assert_eq!(
            other.first().and_then(|hit| hit.asset.as_deref()),
            discovered.then_some("NEWCOIN"),
            "{name}"
        );
    }
    // A wallet whose holder is nowhere stands for itself.
    let lists = Lists::new(vec![read("screening_json/ftm.json", ListKind::Ftm)]);
    let hits = lists
        .screen_address("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed")
        .hits;
    assert_eq!(hits[0].entry, "NK-4");
}

#[test]
fn addresses_come_in_tables_and_json_of_every_exchange() {
    let text = "Chain,Address,Amount\nETH,0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed,1\n";
    for bytes in [text.as_bytes().to_vec(), seed("screening_json/objects.json")] {
        assert_eq!(recognise(&bytes), Some(ListKind::Addresses));
        let file = ListFile {
            name: "t",
            bytes: &bytes,
        };
        let list = List::read(ListKind::Addresses, "t", None, Purpose::StolenFunds, file).unwrap();
        assert_eq!(list.entries()[0].addresses[0].asset.as_deref(), Some("ETH"));
    }
    for other in [
        "address,customer\n",
        "{\"address\":\"Main Street 1\"}",
        "from,to,amount\n",
    ] {
        assert_eq!(recognise(other.as_bytes()), None, "{other}");
    }
}

#[test]
fn a_list_that_was_cut_anywhere_is_refused_or_says_less_of_nobody() {
    for (name, kind, .., entries) in ALL {
        let bytes = seed(name);
        for length in (0..bytes.len()).filter(|length| std::str::from_utf8(&bytes[..*length]).is_ok()) {
            let file = ListFile {
                name,
                bytes: &bytes[..length],
            };
            if let Ok(list) = List::read(kind, "t", None, Purpose::Sanctions, file) {
                // A table that ends between two rows cannot be told from a shorter one; no entry is made of half a row.
                let is_xml = name.ends_with(".xml");
                assert!(list.entries().len() <= entries, "{name} at {length}");
                assert!(!is_xml || length + 1 >= bytes.len(), "{name} at {length}");
            }
        }
    }
}

#[test]
fn a_broken_list_is_refused_with_file_line_and_cause() {
    let of = |name: &str, from: &str, to: &str| {
        let text = String::from_utf8(seed(name)).unwrap();
        assert!(text.contains(from), "{name}: {from}");
        text.replacen(from, to, 1).into_bytes()
    };
    let plain = |from, to| refused(ListKind::OfacXml, &of("screening_xml/ofac-plain.xml", from, to));
    assert_eq!(
        plain("<Record_Count>2", "<Record_Count>3"),
        "t: the list says that it has 3 entries, and has 2"
    );
    assert_eq!(plain("<uid>8</uid>", ""), "t, line 26: uid expected, found \"\"");
    assert_eq!(
        plain("<uid>8</uid>", "<uid>7</uid>"),
        "t, line 26: an entry number of its own expected, found \"7\""
    );
    assert_eq!(
        plain("oaVggu<", "oaVggu or another<"),
        "t, line 15: an asset code and an address expected, found \"1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu or another\""
    );
    let advanced = |from, to| {
        refused(
            ListKind::OfacAdvanced,
            &of("screening_xml/ofac-advanced.xml", from, to),
        )
    };
    // A type that no reference value explains could be a wallet's.
    assert_eq!(
        advanced("FeatureTypeID=\"9001\"", "FeatureTypeID=\"9002\""),
        "t, line 55: FeatureTypeID expected, found \"9002\""
    );
    assert!(
        advanced(
            "<VersionDetail DetailTypeID=\"1432\">1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu</VersionDetail>",
            ""
        )
        .contains("VersionDetail expected")
    );
    assert!(advanced("SanctionsTypeID=\"1\"", "SanctionsTypeID=\"2\"").contains("SanctionsTypeID"));
    let un = of(
        "screening_xml/un.xml",
        "<FIRST_NAME>EXAMPLE TRADING</FIRST_NAME>",
        "<FIRST_NAME/>",
    );
    assert!(refused(ListKind::Un, &un).contains("a name expected"));
    let uk = of(
        "screening_tables/uk-conlist.csv",
        ",Test,01/01/2026,01/01/2026,02/01/2026,2",
        ",Test",
    );
    assert_eq!(
        refused(ListKind::Uk, &uk),
        "t, line 5: 32 columns, the layout has 36"
    );
    let own = of("screening_tables/own.csv", "a chargeback in 2025", "");
    assert_eq!(
        refused(ListKind::Parties, &own),
        "t, line 2: a reason expected, found \"\""
    );
    assert!(refused(ListKind::Ftm, &seed("screening_json/cut.json")).starts_with("t, line 2: EOF"));
    assert!(refused(ListKind::OfacXml, &seed("screening_xml/cut.xml")).contains("never closed"));
}

#[test]
fn a_date_of_birth_in_other_words_is_a_gap_and_no_refusal() {
    let text = String::from_utf8(seed("screening_tables/own.csv"))
        .unwrap()
        .replacen(",1970,", ",long ago,", 1);
    let file = ListFile {
        name: "own.csv",
        bytes: text.as_bytes(),
    };
    let list = List::read(ListKind::Parties, "own", None, Purpose::Watch, file).unwrap();
    let gap = &list.version().gaps[0];
    assert_eq!(gap.place, "own.csv, line 2");
    assert!(gap.why.contains("long ago") && !gap.hides);
}

#[test]
fn elements_of_json_have_the_lines_on_which_they_stand() {
    let read = |text: &str| {
        let file = ListFile {
            name: "stolen.json",
            bytes: text.as_bytes(),
        };
        List::addresses("stolen", None, Purpose::StolenFunds, file)
    };
    let places = |text: &str| -> Vec<(String, u64)> {
        let list = read(text).unwrap();
        list.entries()
            .iter()
            .map(|entry| (entry.id.clone(), entry.line))
            .collect()
    };
    let element = |number: u64, line: u64| (format!("element {number}"), line);
    assert_eq!(
        places("[\"a\", \"b\",\n\n\"c\"]"),
        [element(1, 1), element(2, 1), element(3, 3)]
    );
    let objects = "{\"note\": \"[\\\",\",\n\"all\": {\"x\": [\n {\"address\": \"a\",\n \"asset\": \"X\"},\n {\"address\": \"b\"} ]}}\n";
    assert_eq!(places(objects), [element(1, 3), element(2, 5)]);
    let broken = read("[\"a\",\n \"b\",\n 7\n]").unwrap_err().to_string();
    assert_eq!(broken, "stolen.json, line 3: an address expected, found \"7\"");
}
