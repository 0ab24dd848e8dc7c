//! What is read out of reports of our own making.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test may fail

use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};
use strongroom_intel::{examine, extract};
use strongroom_model::{Limits, Role, Span, Verdict};

fn read(text: &str) -> Vec<(String, Role)> {
    let named = extract(text.as_bytes(), &Limits::default()).indicators;
    named
        .into_iter()
        .map(|one| {
            (
                format!("{} {}", one.observable.kind().as_str(), one.observable),
                one.role(),
            )
        })
        .collect()
}

fn names(text: &str) -> Vec<String> {
    read(text).into_iter().map(|(name, _)| name).collect()
}

#[test]
fn each_type_is_read_in_its_canonical_form() {
    for (text, name) in [
        ("hxxps://C2[.]Example:443/A", "url https://c2.example/A"),
        ("FTP://files.example/x;", "url ftp://files.example/x"),
        ("`+http://c2[.]example/a.php+`", "url http://c2.example/a.php"),
        ("* `++hxxp://c2[.]example/a.php++`", "url http://c2.example/a.php"),
        ("(see http://c2.example/a_(b))", "url http://c2.example/a_(b)"),
        (
            "stratum+tcp://pool.example:3333",
            "url stratum+tcp://pool.example:3333",
        ),
        ("tcp://192.0.2.1:443.", "url tcp://192.0.2.1:443"),
        ("c2[.]example", "domain c2.example"),
        ("c2 [dot] example", "domain c2.example"),
        ("evil[.com", "domain evil.com"),
        ("203.0.113[.]9", "ip 203.0.113.9"),
        ("203[.]0[.]113[.]9:8443", "endpoint 203.0.113.9:8443"),
        ("c2.example:8443,", "endpoint c2.example:8443"),
        ("2001:db8::1", "ip 2001:db8::1"),
        ("[2001:db8::1]:443", "endpoint [2001:db8::1]:443"),
        ("bad.guy+x[at]mail[.]example", "email bad.guy+x@mail.example"),
        (
            "D41D8CD98F00B204E9800998ECF8427F",
            "hash md5:d41d8cd98f00b204e9800998ecf8427f",
        ),
        (
            "ab39a3ee5e6b4b0d3255bfef95601890afd80709.exe",
            "hash sha1:ab39a3ee5e6b4b0d3255bfef95601890afd80709",
        ),
        (
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "wallet 0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
        ),
        (
            "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a",
            "wallet 1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu",
        ),
        (
            "BTC:1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu.",
            "wallet 1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu",
        ),
    ] {
        assert_eq!(names(text), [name], "{text}");
    }
    let digits = "a1".repeat(32);
    for text in [
        format!("0x{digits}"),
        format!("TXID: {digits}"),
        format!("## Theft transactions\n\n- {digits}"),
    ] {
        assert_eq!(names(&text), [format!("transaction {digits}")]);
    }
    assert_eq!(names(&digits), [format!("hash sha256:{digits}")]);
}

#[test]
fn what_only_looks_like_one_is_not_read() {
    for text in [
        "It drops invoice.doc and update.exe into C:\\Users\\x.com\\run.top",
        "Detected as Trojan.Win32.Agent and Win32/Agent.TK, HEUR:Trojan.AI",
        "version 10.2.3.4, Chrome/99.0.1.2 and FileVersion: 1.2.3.4",
        "System.Net.WebClient, os.name(), std::a::b, 12:34:56, 00:11:22:33:44:55",
        "the network 192.0.2.0/24",
        "3.2.1.4 Persistence",
        "window.name, this.id and tool-v1.7.3.zip",
        "https://<c2>/x and http://localhost/ and http://%s/",
        "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggv",
        "12345678901234567890123456789012",
        "e.g. i.e. etc.In @ home, [1]. Then",
        "user@",
    ] {
        assert_eq!(names(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn blame_is_told_from_citation() {
    let text = "= Group X Indicators of Compromise\n\n\
        The full story is at\nhttps://www.welivesecurity.com/x and https://story.example/y[here].\n\n\
        == Network\n\n* c2.example\n* 203.0.113.9\n* 10.0.0.1\n* github[.]com\n* hxxp://github[.]com/evil/x\n\n\
        == References\n\n* https://other.example/post\n";
    let read = read(text);
    let role = |name: &str| read.iter().find(|(one, _)| one == name).map(|(_, role)| *role);
    for name in [
        "domain c2.example",
        "ip 203.0.113.9",
        "url http://github.com/evil/x",
    ] {
        assert_eq!(role(name), Some(Role::Indicator), "{name}");
    }
    for name in [
        "url https://www.welivesecurity.com/x",
        "url https://story.example/y",
        "url https://other.example/post",
        "ip 10.0.0.1",
        "domain github.com",
    ] {
        assert_eq!(role(name), Some(Role::Mentioned), "{name}");
    }
}

#[test]
fn hostile_lines_cost_no_more_than_their_length() {
    // Each of these would take minutes if a part of the line were read again for each thing in it.
    for part in [
        "a.example ",
        "http://%",
        "http://a.example:99999/",
        "::::",
        "a@",
        "[.",
        "h**p",
        "| a.example ",
    ] {
        let text = part.repeat((1 << 20) / part.len());
        let extraction = extract(text.as_bytes(), &Limits::default());
        assert!(extraction.indicators.len() <= 1, "{part}");
    }
}

#[test]
fn places_are_lines_and_bytes_of_the_file() {
    let text = "first\r\nsecond hxxp://c2[.]example/a end\r\n";
    let one = extract(text.as_bytes(), &Limits::default()).indicators.remove(0);
    let start = text.find("hxxp").unwrap();
    assert_eq!(one.line, 2);
    assert_eq!(one.at, Span::bytes("content", start, text.find(" end").unwrap()));
    assert!(one.defanged);
}

#[test]
fn the_report_counts_its_indicators_and_tells_its_gaps() {
    let report = examine("r", b"c2[.]example \xff 203.0.113[.]9", &Limits::default());
    assert_eq!(
        report.findings[0].title,
        "the report gives 2 indicators: domain 1, ip 1"
    );
    assert_eq!(report.verdict(), Verdict::NotCleared);
    let limits = Limits {
        rows: 1,
        ..Limits::default()
    };
    let cut = examine("r", b"a.example b.example c.example", &limits);
    assert_eq!((cut.observables.len(), cut.gaps.len()), (1, 1));
    let limits = Limits {
        input_bytes: 9,
        ..Limits::default()
    };
    let cut = examine("r", b"a.example b.example", &limits);
    assert_eq!((cut.observables.len(), cut.gaps.len()), (1, 1));
}

/// A way to break a dot.
fn dot() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("[.]"),
        Just("(.)"),
        Just("{.}"),
        Just("[dot]"),
        Just("(dot)"),
        Just("\\."),
        Just(" [.] "),
        Just("[."),
    ]
}

proptest! {
    #[test]
    fn however_a_host_is_broken_it_is_the_same(
        label in "[a-z][a-z0-9]{0,10}", first in dot(), second in dot(), scheme in "h(tt|xx|XX|\\*\\*)p",
        colon in prop_oneof![Just("://"), Just("[:]//"), Just("[://]")],
    ) {
        let plain = format!("c2.{label}.example");
        prop_assert_eq!(names(&format!("c2{first}{label}{second}example")), [format!("domain {plain}")]);
        let url = format!("{scheme}{colon}c2{first}{label}{second}example/a");
        prop_assert_eq!(names(&url), [format!("url http://{plain}/a")]);
    }

    #[test]
    fn no_bytes_panic_and_places_stay_inside(
        bytes in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(b"[.]:/@ hxp0a\n=-".to_vec())], 0..400),
    ) {
        for one in extract(&bytes, &Limits::default()).indicators {
            let Span::Bytes { start, end, .. } = one.at else { panic!("a place in bytes") };
            prop_assert!(start < end && end <= bytes.len() as u64);
        }
    }
}

#[test]
fn wide_text_without_its_mark_is_not_cleared() {
    let wide: Vec<u8> = "The C2 is c2[.]example\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let report = examine("report.txt", &wide, &Limits::default());
    assert_eq!(report.verdict(), Verdict::NotCleared);
    assert!(report.gaps[0].why.contains("byte 1 is zero"), "{:?}", report.gaps);
}
