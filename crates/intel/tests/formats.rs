//! Each format by its content, and what is read out of it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test may fail

use proptest::prelude::{any, prop, prop_assert, proptest};
use strongroom_intel::{Format, Indicator, Tier, extract};
use strongroom_model::{Limits, Span};

fn read(text: &str) -> Vec<Indicator> {
    extract(text.as_bytes(), &Limits::default()).indicators
}

fn tiers(text: &str) -> Vec<(String, Tier)> {
    read(text)
        .into_iter()
        .map(|one| (one.observable.value().to_owned(), one.tier))
        .collect()
}

fn tier(text: &str, value: &str) -> Option<Tier> {
    tiers(text)
        .into_iter()
        .find(|(own, _)| own == value)
        .map(|(_, tier)| tier)
}

#[test]
fn content_tells_the_format() {
    for (text, format) in [
        ("# Report\n\ntext, with commas\nand lines\n", Format::Text),
        ("<!DOCTYPE html><p>x", Format::Html),
        ("\u{feff}  <html>", Format::Html),
        ("junk %PDF-1.4\n", Format::Pdf),
        ("{\"objects\": [], \"type\" : \"bundle\"}", Format::Stix),
        (
            "{\"response\":[{\"Event\":{\"info\":\"x\",\"Attribute\":[]}}]}",
            Format::Misp,
        ),
        ("{\"a\": 1}", Format::Text),
        ("[1, 2", Format::Text),
        ("type,value\ndomain,c2.example\n", Format::Csv),
        ("host;note\na.example;b\n", Format::Csv),
    ] {
        assert_eq!(Format::of(text.as_bytes()), format, "{text}");
    }
}

#[test]
fn a_page_is_read_as_its_readers_see_it() {
    let page = "<html><body><p>By <a href=\"https://vendor.example/blog\">us</a>.</p>\n<h2>Indicators</h2>\n<table>\n\
        <tr><td>c2<wbr>.ex&shy;ample</td><td>server</td></tr>\n<tr><td><code>203.0.113.9</code></td><td>x</td></tr></table>\n\
        <p style=\"display:none\">hidden.example</p><script>var a = \"script.example\";</script><h2>References</h2><p>https://blog.example/x</p>";
    for (value, expected) in [
        ("c2.example", Some(Tier::Listed)),
        ("203.0.113.9", Some(Tier::Listed)),
        ("https://vendor.example/blog", Some(Tier::Linked)),
        ("hidden.example", Some(Tier::Hidden)),
        ("https://blog.example/x", Some(Tier::Cited)),
        ("script.example", None),
    ] {
        assert_eq!(tier(page, value), expected, "{value}");
    }
    let one = read(page)
        .into_iter()
        .find(|one| one.observable.value() == "203.0.113.9")
        .unwrap();
    let Span::Bytes { start, end, .. } = one.at else {
        panic!("bytes")
    };
    assert_eq!(&page[start as usize..end as usize], "203.0.113.9");
    assert_eq!((one.line, one.section.as_deref()), (5, Some("Indicators")));
}

#[test]
fn a_page_in_another_encoding_keeps_its_places() {
    let mut page = b"<html><meta charset=windows-1251><p>\xcf\xf0\xe8 evil[.]example".to_vec();
    page.extend_from_slice(b" \xcf</p>");
    let one = extract(&page, &Limits::default()).indicators.remove(0);
    let Span::Bytes { start, end, .. } = one.at else {
        panic!("bytes")
    };
    assert_eq!(&page[start as usize..end as usize], b"evil[.]example");
}

#[test]
fn a_bundle_blames_by_its_indicators_alone() {
    let bundle = r#"{"type":"bundle","id":"bundle--1","spec_version":"2.0","objects":[
        {"type":"indicator","pattern":"[domain-name:value = 'c2.example']","labels":["malicious-activity"]},
        {"type":"indicator","pattern":"[domain-name:value = 'good.example']","labels":["benign"]},
        {"type":"indicator","pattern":"[domain-name:value = 'old.example']","revoked":true},
        {"type":"indicator","pattern":"rule x { condition: true }","pattern_type":"yara"},
        {"type":"domain-name","value":"seen.example"},
        {"type":"malware","description":"It calls prose.example","external_references":[{"url":"https://cited.example/"}]}]}"#;
    for (value, expected) in [
        ("c2.example", Tier::Stated),
        ("good.example", Tier::Context),
        ("old.example", Tier::Context),
        ("seen.example", Tier::Context),
        ("prose.example", Tier::Context),
        ("https://cited.example/", Tier::Cited),
    ] {
        assert_eq!(tier(bundle, value), Some(expected), "{value}");
    }
    let line = read(bundle)
        .into_iter()
        .find(|one| one.observable.value() == "seen.example")
        .unwrap()
        .line;
    assert_eq!(line, 6);
}

#[test]
fn a_feed_of_addresses_that_nobody_outside_has_blames_none() {
    for address in [
        "0.0.0.0",
        "100.64.0.1",
        "10.0.0.1",
        "::",
        "fd00::1",
        "::ffff:192.168.0.1",
        "fe80::1",
    ] {
        let bundle = format!(
            r#"{{"type":"bundle","objects":[{{"type":"indicator","pattern":"[ipv4-addr:value = '{address}']"}}]}}"#
        );
        let told: Vec<Tier> = tiers(&bundle).into_iter().map(|(_, tier)| tier).collect();
        assert_eq!(told, [Tier::Unroutable], "{address}");
    }
    // However long the pattern is.
    let pattern = format!(
        "[{}ipv4-addr:value = '100.128.0.1']",
        "x:y = 'é' OR ".repeat(10_000)
    );
    let bundle = format!(r#"{{"type":"bundle","objects":[{{"type":"indicator","pattern":"{pattern}"}}]}}"#);
    assert_eq!(tiers(&bundle), [("100.128.0.1".to_owned(), Tier::Stated)]);
}

#[test]
fn an_event_blames_what_is_for_detection() {
    let event = r#"{"Event":{"info":"x","Attribute":[
        {"type":"domain|ip","value":"c2.example|203.0.113.9","to_ids":true},
        {"type":"sha1","value":"0123456789abcdef0123456789abcdef01234567","to_ids":false},
        {"type":"link","value":"https://blog.example/","to_ids":false},
        {"type":"url","value":"http://gone.example/","to_ids":true,"deleted":true}],
        "Object":[{"Attribute":[{"type":"btc","value":"1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu","to_ids":true}]}]}}"#;
    let names = |wanted: Tier| {
        let all = tiers(event).into_iter().filter(|(_, tier)| *tier == wanted);
        all.map(|(value, _)| value).collect::<Vec<_>>()
    };
    assert_eq!(
        names(Tier::Stated),
        ["c2.example", "203.0.113.9", "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu"]
    );
    assert_eq!(
        names(Tier::Context),
        ["sha1:0123456789abcdef0123456789abcdef01234567"]
    );
    assert_eq!(names(Tier::Cited), ["https://blog.example/"]);
}

#[test]
fn tables_are_read_by_their_columns() {
    let feed = "type,value,comment\ndomain,c2.example,see https://blog.example/ for more\nmd5,none,\n";
    assert_eq!(tiers(feed)[0], ("c2.example".to_owned(), Tier::Stated));
    let table = "host,reference\nc2.example,https://blog.example/x\n\"a.example\nb.example\",\n";
    assert_eq!(tier(table, "c2.example"), Some(Tier::Bare));
    assert_eq!(tier(table, "https://blog.example/x"), Some(Tier::Cited));
    assert_eq!(read(table).last().unwrap().line, 4);
}

/// A document whose one page holds this content; `font` is object 5 and what it needs.
fn document(content: &str, font: &str) -> String {
    format!(
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
         3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n\
         4 0 obj<</Length {}>>stream\n{content}\nendstream endobj\n{font}\ntrailer<</Root 1 0 R>>\n",
        content.len()
    )
}

const HELVETICA: &str = "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Courier/FirstChar 0/Widths[]/Encoding/WinAnsiEncoding>>endobj";

#[test]
fn a_document_is_read_by_page_and_line() {
    let content = "BT /F1 24 Tf 72 720 Td (Indicators) Tj ET BT /F1 10 Tf 72 690 Td 12 TL (c2.example) Tj T* [(203.0) -10 (.113.9)] TJ \
        T* (a long sentence of many words that speaks of prose.example and of more besides) Tj ET";
    let text = document(content, HELVETICA);
    let named = read(&text);
    let told: Vec<(&str, Tier, Option<u32>)> = named
        .iter()
        .map(|one| (one.observable.value(), one.tier, one.page))
        .collect();
    assert_eq!(
        told,
        [
            ("c2.example", Tier::Listed, Some(1)),
            ("203.0.113.9", Tier::Listed, Some(1)),
            ("prose.example", Tier::Prose, Some(1)),
        ]
    );
}

#[test]
fn a_value_that_the_page_breaks_is_whole_again() {
    // A hash over two lines of a cell; a URL that reaches the edge of the page, where each character is 6 points wide.
    let url = format!("hxxp://c2[.]example/{}", "a".repeat(58));
    let content = format!(
        "BT /F1 12 Tf 14 TL 72 720 Td (0123456789abcdef01234567) Tj T* (89abcdef01234567) Tj ET \
         BT /F1 12 Tf 14 TL 72 600 Td ({url}) Tj T* (bbb/c.php and) Tj T* (end) Tj ET"
    );
    let named = read(&document(&content, HELVETICA));
    let values: Vec<&str> = named.iter().map(|one| one.observable.value()).collect();
    let whole = format!("http://c2.example/{}bbb/c.php", "a".repeat(58));
    assert_eq!(
        values,
        ["sha1:0123456789abcdef0123456789abcdef01234567", whole.as_str()]
    );
    // A narrow cell, behind marks of the text's own.
    let content = "BT /F1 12 Tf 14 TL 72 720 Td (x|`0123456789ab) Tj T* (cdef0123456789a) Tj T* (bcdef01234567`) Tj ET BT /F1 12 Tf \
        300 720 Td (beside) Tj ET";
    let named = read(&document(content, HELVETICA));
    assert_eq!(named.len(), 1);
    assert_eq!(
        named[0].observable.value(),
        "sha1:0123456789abcdef0123456789abcdef01234567"
    );
    // Two hashes below each other stay two, and a short line is not broken.
    let content = "BT /F1 12 Tf 14 TL 72 720 Td (0123456789abcdef0123456789abcdef) Tj T* (abcdef0123456789abcdef0123456789) Tj \
        T* (http://c2.example/a) Tj T* (next) Tj ET";
    let named = read(&document(content, HELVETICA));
    assert_eq!(named.len(), 3);
    assert_eq!(named[2].observable.value(), "http://c2.example/a");
}

/// Returns what a page names that has these lines, and whether it says that lines were not joined.
fn lines(lines: &[&str]) -> (Vec<String>, bool) {
    let shown: Vec<String> = lines.iter().map(|line| format!("({line}) Tj T*")).collect();
    let content = format!("BT /F1 12 Tf 14 TL 72 720 Td {} ET", shown.join(" "));
    let extraction = extract(document(&content, HELVETICA).as_bytes(), &Limits::default());
    let unclear = extraction.gaps.iter().any(|gap| gap.why.contains("not joined"));
    let named = extraction.indicators.iter();
    (
        named.map(|one| one.observable.value().to_owned()).collect(),
        unclear,
    )
}

#[test]
fn digits_that_may_be_two_values_are_not_joined() {
    let whole = |lines: &[&str]| self::lines(lines) == (vec![format!("sha1:{}", lines.concat())], false);
    assert!(whole(&["0123456789abcdef01234567", "89abcdef01234567"]));
    assert!(whole(&["0123456789abcde", "f0123456789abcd", "ef01234567"]));
    // A value of its own, which is shorter, is no part of it.
    let (named, unclear) = lines(&[
        "0123456789abcdef0123456789abcdef012345",
        "67",
        "d41d8cd98f00b204e9800998ecf8427e",
    ]);
    assert_eq!((named.len(), unclear), (2, false));
    for unclear in [
        // Two values that an edge cut off in the middle.
        &["0123456789abcdef0123", "456789abcdef01234567"][..],
        // One that goes on, or two; three of which any two make a hash.
        &["0123456789abcdef01234567", "89abcdef01234567", "89abcdef01234567"],
        &[
            "0123456789abcdef0123",
            "456789abcdef01234567",
            "89abcdef012345678901",
        ],
        // A line that is not full between two that are, and a last one that is longer.
        &["0123456789abcde", "f0123456789ab", "cdef01234567"],
        &["89abcdef01234567", "0123456789abcdef01234567"],
        // The end of it alone is one.
        &[
            "0123456789abcdef89abcdef",
            "0123456789abcdef01234567",
            "89abcdef01234567",
        ],
        // What stands above may begin it, what stands below may end it.
        &[
            "0123456789abcdef0123",
            "0123456789abcdef01234567",
            "89abcdef01234567",
        ],
        &[
            "0123456789abcdef01234567",
            "89abcdef01234567",
            "0123456789abcdef01234567",
            "89abcdef01234567",
        ],
        // Room for a whole value was left.
        &[
            "d41d8cd98f00b204e9800998ecf8427e",
            "0123456789abcdef01234567",
            "89abcdef01234567",
        ],
        // Capitals and small letters.
        &["0123456789ABCDEF01234567", "89abcdef01234567"],
        // A date below; lines that go further, or a sentence that had room.
        &["0123456789abcdef01234567", "20261126"],
        &["0123456789abcdef01234567", "89abcdef and much more besides"],
        &[
            "What stands in a column of this width",
            "0123456789abcdef01234567",
            "89abcdef",
        ],
        &["see 0123456789abcdef01234567", "89abcdef"],
    ] {
        let (named, told) = lines(unclear);
        assert!(
            told && named.iter().all(|one| one.starts_with("md5:d41d")),
            "{unclear:?}: {named:?}"
        );
    }
    // What can be no hash is nothing to tell.
    assert_eq!(lines(&["0123456789abcdef0123", "0123"]), (Vec::new(), false));
    assert_eq!(
        lines(&["0123456789abcdef01234567", "of 2021"]),
        (Vec::new(), false)
    );
    // A host below, and a path that ends where its line does.
    let host = "89abcdef01234567.example";
    assert_eq!(
        lines(&["0123456789abcdef01234567", host]),
        (vec![host.to_owned()], false)
    );
    let url = "http://c2.example/0123456789abcdef01234567";
    assert_eq!(lines(&[url, "89abcdef01234567"]), (vec![url.to_owned()], false));
}

#[test]
fn two_values_of_one_length_in_letters_of_different_widths_are_not_joined() {
    // An `f` is half as wide as the other digits.
    let widths: Vec<&str> = (b'0'..=b'f')
        .map(|code| if code == b'f' { "300" } else { "600" })
        .collect();
    let font = HELVETICA.replace(
        "/FirstChar 0/Widths[]",
        &format!("/FirstChar 48/Widths[{}]", widths.join(" ")),
    );
    let content = "BT /F1 12 Tf 14 TL 72 720 Td (0123456789abcde0) Tj T* (fffffff890abcdef) Tj ET";
    let extraction = extract(document(content, &font).as_bytes(), &Limits::default());
    assert!(extraction.indicators.is_empty(), "{:?}", extraction.indicators);
    assert_eq!(extraction.gaps.len(), 1, "{:?}", extraction.gaps);
}

#[test]
fn a_document_that_is_read_again_and_again_is_cut() {
    let limits = Limits {
        unpacked_bytes: 1 << 20,
        ..Limits::default()
    };
    // Each object holds all that follow; each code of a few bytes stands for a long text.
    let nested = format!("%PDF-1.4\n{}", "1 0 obj<<".repeat(50_000));
    let font = format!(
        "5 0 obj<</Type/Font/Subtype/Type1/ToUnicode 6 0 R>>endobj 6 0 obj<<>>stream\n1 begincodespacerange <00> <FF> \
         endcodespacerange 1 beginbfchar <41> <{}> endbfchar\nendstream endobj",
        "0041".repeat(256)
    );
    let long = document(
        &format!("BT /F1 12 Tf 72 720 Td ({}) Tj ET", "A".repeat(10_000)),
        &font,
    );
    // Texts of a font, and names that each page inherits.
    let texts = font
        .replace("beginbfchar <41> <", "beginbfrange <0000> <0FFF> <")
        .replace("endbfchar", "endbfrange");
    let fonts = document("BT /F1 12 Tf (A) Tj ET", &texts);
    let (pages, names) = ("<<>>".repeat(20), "/X 1".repeat(20_000));
    let pages = format!("/Kids[{pages}]/Resources<</Font<<{names}>>>>");
    let inherited = document("", HELVETICA).replace("/Kids[3 0 R]", &pages);
    for text in [nested, long, fonts, inherited] {
        let extraction = extract(text.as_bytes(), &limits);
        assert!(
            extraction
                .gaps
                .iter()
                .any(|gap| gap.why.contains("unpacked bytes")),
            "{:?}",
            extraction.gaps
        );
    }
    // More objects than are read, and deeper ones.
    for pages in ["[".repeat(100), format!("[{}]", "0 ".repeat(1 << 20))] {
        let text = document("", HELVETICA).replace("/Kids[3 0 R]", &format!("/Kids[3 0 R]/X {pages}"));
        let extraction = extract(text.as_bytes(), &Limits::default());
        assert!(
            extraction.gaps.iter().any(|gap| gap.place == "objects"),
            "{:?}",
            extraction.gaps
        );
    }
}

#[test]
fn a_font_that_says_nothing_leaves_a_gap() {
    let font = "5 0 obj<</Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts[<<>>]>>endobj";
    let text = document("BT /F1 12 Tf 72 720 Td <00410042> Tj ET", font);
    let extraction = extract(text.as_bytes(), &Limits::default());
    assert!(
        extraction.gaps[0].why.contains("2 characters"),
        "{:?}",
        extraction.gaps
    );
    let map = "5 0 obj<</Type/Font/Subtype/Type0/Encoding/Identity-H/ToUnicode 6 0 R/DescendantFonts[<<>>]>>endobj\n\
        6 0 obj<</Length 200>>stream\n1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfchar <0041>\
        <006300320065002E006500780061006D0070006C0065> endbfchar\nendstream endobj";
    let text = document("BT /F1 12 Tf 72 720 Td <0041> Tj ET", map);
    assert_eq!(read(&text)[0].observable.value(), "c2e.example");
}

proptest! {
    #[test]
    fn no_bytes_panic_in_any_format(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        text in "[ -~\n]{0,300}",
        at in 0usize..1000, replaced in any::<u8>(),
    ) {
        let whole = document("BT /F1 12 Tf 14 TL 72 720 Td (c2.example) Tj T* <41> ' [(a) -10 (b)] TJ ET", HELVETICA).into_bytes();
        let mut damaged = whole.clone();
        let place = at % damaged.len();
        damaged[place] = replaced;
        let inputs = [
            [b"<html>".as_slice(), &bytes].concat(),
            [b"<html>".as_slice(), text.as_bytes()].concat(),
            [b"%PDF-1.4\n".as_slice(), &bytes].concat(),
            [b"type,value\n".as_slice(), &bytes].concat(),
            [b"{\"type\":\"bundle\",\"objects\":[".as_slice(), text.as_bytes(), b"]}"].concat(),
            damaged,
        ];
        for input in inputs {
            for one in extract(&input, &Limits::default()).indicators {
                let Span::Bytes { layer, start, end } = one.at else { panic!("a place in bytes") };
                prop_assert!(start < end && (layer != "content" || end <= input.len() as u64));
            }
        }
    }
}
