//! The same rows mean the same in every form, order, packing and on any number of threads.

mod town;

use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use std::io::Write;
use strongroom_model::{Evidence, Kind, Limits, Observable};
use strongroom_network::{LogKind, LogPath, Network, Reader, recognise};
use town::{Call, DAY, Line, Lot, MINUTE, MONDAY, Rhythm, outside};

fn reader(files: &[(&str, &[u8])]) -> Reader {
    let mut reader = Reader::new(&Limits::default());
    for (name, bytes) in files {
        reader.read(name, *bytes);
    }
    reader
}

fn finish(reader: Reader) -> Network {
    let known = |asked: &Observable| match asked.value() {
        "c2.example" | "198.51.100.7" => vec!["C2 of invoice.doc".to_owned()],
        _ => Vec::new(),
    };
    reader.finish(Evidence::of_bytes("logs", Kind::Folder, b""), &known)
}

fn text(network: &Network) -> String {
    serde_json::to_string(network).expect("a network is JSON")
}

fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).expect("memory takes all");
    packed.finish().expect("memory takes all")
}

/// What a network says apart from the places and forms it was read from.
fn essence(mut network: Network) -> String {
    network.read.clear();
    network.beacons.iter_mut().for_each(|beacon| beacon.at.clear());
    network.set_aside.iter_mut().for_each(|beacon| beacon.at.clear());
    let spans = network.report.findings.iter_mut().map(|finding| &mut finding.at);
    let contacts = network.contacts.iter_mut().map(|contact| &mut contact.at);
    spans
        .chain(contacts)
        .for_each(|at| *at = strongroom_model::Span::whole());
    text(&network)
}

fn some_town() -> Vec<Call> {
    let mut lot = Lot::new(3);
    let mut calls = town::background(&mut lot, 3);
    let beacon = Line::new(1, "198.51.100.7", 443).named("c2.example");
    let rhythm = Rhythm {
        period: 10 * MINUTE,
        jitter: 0.2,
        missed: 0.1,
    };
    let times = rhythm.calls(&mut lot, MONDAY, MONDAY + DAY);
    calls.extend(times.into_iter().map(|micros| beacon.at(micros, 400)));
    calls
}

fn any_call() -> impl Strategy<Value = Call> {
    let micros = 1_500_000_000_000_000i64..1_500_000_900_000_000;
    let name = prop_oneof![
        Just(None),
        Just(Some("c2.example".to_owned())),
        "[a-zé]{1,8}\\.example".prop_map(Some),
        "[ -\\[\\]-~]{1,12}"
            .prop_filter("JSON quotes", |text| !text.contains('"') && text != "-")
            .prop_map(Some),
    ];
    let line = (
        0usize..3,
        prop_oneof![
            Just("198.51.100.7".to_owned()),
            (0usize..3).prop_map(|n| outside(1, n))
        ],
    );
    (micros, line, any::<u16>(), 0u64..5000, name).prop_map(
        |(micros, (source, target), port, bytes, name)| Call {
            name,
            ..Line::new(source, target, port).at(micros, bytes)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn tsv_and_json_of_the_same_rows_are_the_same_network(calls in prop::collection::vec(any_call(), 0..60)) {
        let (conn, ssl) = town::tsv(&calls);
        let json = town::json(&calls);
        let from_tsv = finish(reader(&[("conn.log", conn.as_bytes()), ("ssl.log", ssl.as_bytes())]));
        let from_json = finish(reader(&[("all.json", json.as_bytes())]));
        let rows = |network: &Network, path| network.read.iter().filter_map(|log| log.rows.get(&path)).sum::<u64>();
        for path in [LogPath::Conn, LogPath::Ssl] {
            prop_assert_eq!(rows(&from_tsv, path), rows(&from_json, path));
        }
        prop_assert_eq!(essence(from_tsv), essence(from_json));
    }

    #[test]
    fn no_bytes_panic_and_no_line_is_lost(text in "[ -~\t\n#{}\":\\\\]{0,400}", cut in 0usize..400) {
        let (conn, _) = town::tsv(&[Line::new(0, "198.51.100.7", 443).at(MONDAY, 5)]);
        let mut bytes = conn.into_bytes();
        bytes.truncate(cut.min(bytes.len()));
        bytes.extend_from_slice(text.as_bytes());
        let _ = recognise(&bytes);
        let network = finish(reader(&[("conn.log", &bytes)]));
        let log = &network.read[0];
        prop_assert_eq!(log.rows_read() + log.skipped, log.lines);
    }
}

#[test]
fn a_beacon_with_a_known_name_is_told_in_both_forms() {
    let calls = some_town();
    let (conn, ssl) = town::tsv(&calls);
    let json = town::json(&calls);
    assert_eq!(recognise(conn.as_bytes()), Some(LogKind::ZeekTsv));
    assert_eq!(recognise(json.as_bytes()), Some(LogKind::ZeekJson));
    let one = finish(reader(&[
        ("conn.log", conn.as_bytes()),
        ("ssl.log", ssl.as_bytes()),
    ]));
    let two = finish(reader(&[("all.json", json.as_bytes())]));
    let c2 = Observable::domain("c2.example").unwrap();
    let beacon = one
        .beacons
        .iter()
        .find(|beacon| beacon.destination == c2)
        .expect("the beacon");
    assert!(
        beacon.rita.unwrap().sizes.is_some(),
        "the name's sizes come from its connections"
    );
    let codes: Vec<_> = one
        .report
        .findings
        .iter()
        .filter(|finding| finding.observables.contains(&c2))
        .map(|finding| finding.code.as_ref())
        .collect();
    assert_eq!(codes, ["network.contact", "network.beacon"]);
    assert_eq!(essence(one), essence(two));
}

#[test]
fn order_packing_and_threads_change_no_byte() {
    let calls = some_town();
    let half = calls.len() / 2;
    let (conn1, ssl1) = town::tsv(&calls[..half]);
    let (conn2, ssl2) = town::tsv(&calls[half..]);
    let (conn2, broken) = (pack(conn2.as_bytes()), format!("{ssl2}cut\tshort"));
    let files: [(&str, &[u8]); 4] = [
        ("a/conn.log", conn1.as_bytes()),
        ("b/conn.log", &conn2),
        ("a/ssl.log", ssl1.as_bytes()),
        ("b/ssl.log", broken.as_bytes()),
    ];
    let once = text(&finish(reader(&files)));
    let mut backwards = files;
    backwards.reverse();
    assert_eq!(once, text(&finish(reader(&backwards))));
    let on_two_threads = std::thread::scope(|scope| {
        let one = scope.spawn(|| reader(&[files[3], files[0]]));
        let two = scope.spawn(|| reader(&[files[2], files[1]]));
        let mut whole = one.join().unwrap();
        whole.merge(two.join().unwrap());
        text(&finish(whole))
    });
    assert_eq!(once, on_two_threads);
}

#[test]
fn the_lookup_is_asked_once_for_each_thing() {
    let dns = "#separator \\x09\n#path\tdns\n#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\tquery\n\
               1.0\t192.0.2.1\t192.0.2.53\t53\tC2.Example\n2.0\t192.0.2.2\t192.0.2.53\t53\tc2.example.\n";
    let http = "#separator \\x09\n#path\thttp\n#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\tmethod\thost\turi\n\
                3.0\t192.0.2.1\t198.51.100.7\t8080\tPOST\tc2.example:8080\t/wp-includes/common.php?v=1\n";
    let asked = std::sync::Mutex::new(Vec::new());
    let all = reader(&[("dns.log", dns.as_bytes()), ("http.log", http.as_bytes())]);
    let network = all.finish(Evidence::of_bytes("logs", Kind::Folder, b""), &|observable| {
        asked.lock().unwrap().push(observable.value().to_owned());
        if observable.value().starts_with("http:") {
            vec!["a list".into()]
        } else {
            Vec::new()
        }
    });
    let mut asked = asked.into_inner().unwrap();
    asked.sort();
    assert_eq!(
        asked,
        [
            "192.0.2.53",
            "192.0.2.53:53",
            "198.51.100.7",
            "198.51.100.7:8080",
            "c2.example",
            "http://c2.example:8080/wp-includes/common.php?v=1",
        ]
    );
    assert_eq!(network.contacts.len(), 1);
    assert_eq!(network.contacts[0].at.to_string(), "http.log:4");
    assert_eq!(network.report.findings[0].techniques, ["T1071.001"]);
}
