//! What the safe list sets aside is counted by entry and rule, and what is known is not set aside.

use strongroom_model::{Evidence, Kind, Limits, Observable};
use strongroom_network::{Config, Network, Reader, SafeList, Standing};

const HEAD: &str = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n";

/// A beacon, a long connection and an upload to one network, and names that carry data under two domains.
fn logs() -> [(&'static str, String); 2] {
    let mut conn =
        format!("{HEAD}#path\tconn\n#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\tduration\torig_bytes\n");
    for call in 0..120 {
        conn += &format!(
            "{}.0\t10.1.0.7\t203.0.113.7\t443\t1.5\t700\n",
            1_553_389_200 + call * 60
        );
    }
    conn += "1553389300.0\t10.1.0.8\t203.0.113.8\t443\t40000.0\t80000000\n";
    let mut dns =
        format!("{HEAD}#path\tdns\n#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\tquery\tqtype_name\n");
    for number in 0..200u64 {
        let data = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for domain in ["t.update.example", "t.cloud.example"] {
            dns += &format!(
                "{number}.0\t10.1.0.9\t10.0.0.2\t53\t{data:016x}{:08x}.{domain}\tTXT\n",
                data >> 7
            );
        }
    }
    [("conn.log", conn), ("dns.log", dns)]
}

fn read(safe: &str, known: &str) -> Network {
    let config = Config {
        safe: SafeList::read(safe.as_bytes()).expect("the list is whole"),
        ..Config::default()
    };
    let mut reader = Reader::with_config(&Limits::default(), config);
    for (name, text) in logs() {
        reader.read(name, text.as_bytes());
    }
    let known = Observable::ip(known).expect("an address");
    reader.finish(Evidence::of_bytes("logs", Kind::Folder, b""), &|asked| {
        if *asked == known {
            vec!["a report".into()]
        } else {
            Vec::new()
        }
    })
}

fn codes(network: &Network) -> Vec<&str> {
    network
        .report
        .findings
        .iter()
        .map(|finding| finding.code.as_ref())
        .collect()
}

const ALL: [&str; 5] = [
    "network.beacon",
    "network.dns-tunnel",
    "network.dns-tunnel",
    "network.long-connection",
    "network.upload",
];

#[test]
fn without_entries_all_is_told() {
    let network = read("", "192.0.2.1");
    assert_eq!(codes(&network), ALL);
    assert_eq!(network.safe, []);
}

#[test]
fn what_each_entry_set_aside_is_counted() {
    let safe = "203.0.113.0/24\nt.update.example\nmany-names cloud.example\n";
    let network = read(safe, "192.0.2.1");
    assert_eq!(codes(&network), [] as [&str; 0]);
    assert_eq!(network.set_aside[0].standing, Standing::Safe);
    let counts: Vec<(&str, &str, u64)> = network
        .safe
        .iter()
        .map(|one| (one.entry.as_str(), one.rule, one.count))
        .collect();
    assert_eq!(
        counts,
        [
            ("203.0.113.0/24", "network.beacon", 1),
            ("203.0.113.0/24", "network.long-connection", 1),
            ("203.0.113.0/24", "network.upload", 1),
            ("cloud.example", "network.dns-tunnel", 1),
            ("t.update.example", "network.dns-tunnel", 1),
        ]
    );
}

#[test]
fn what_is_known_is_told_whatever_the_list_says() {
    let network = read("203.0.113.0/24\n", "203.0.113.7");
    assert!(codes(&network).starts_with(&["network.contact", "network.beacon"]));
    assert_eq!(network.beacons.len(), 1);
    assert!(network.safe.iter().all(|one| one.rule != "network.beacon"));
}

#[test]
fn an_address_that_is_known_is_told_whatever_name_is_claimed_for_it() {
    let fields = "ts\tuid\tid.orig_h\tid.resp_h\tid.resp_p";
    let mut conn = format!("{HEAD}#path\tconn\n#fields\t{fields}\tservice\torig_bytes\n");
    let mut ssl = format!("{HEAD}#path\tssl\n#fields\t{fields}\tserver_name\n");
    for call in 0..120 {
        let second = 1_553_389_200 + call * 60;
        conn += &format!("{second}.0\tC{call}\t10.1.0.7\t203.0.113.7\t443\tssl\t700\n");
        ssl += &format!("{second}.1\tC{call}\t10.1.0.7\t203.0.113.7\t443\tt.update.example\n");
    }
    let config = Config {
        safe: SafeList::read(b"update.example").expect("the list is whole"),
        ..Config::default()
    };
    let told = |known: &str| {
        let mut reader = Reader::with_config(&Limits::default(), config.clone());
        reader.read("conn.log", conn.as_bytes());
        reader.read("ssl.log", ssl.as_bytes());
        let known = Observable::ip(known).expect("an address");
        let why = |asked: &Observable| match *asked == known {
            true => vec!["a report".to_owned()],
            false => Vec::new(),
        };
        let network = reader.finish(Evidence::of_bytes("logs", Kind::Folder, b""), &why);
        let beacons = network.beacons.into_iter();
        beacons
            .map(|one| one.destination.value().to_owned())
            .collect::<Vec<String>>()
    };
    assert_eq!(
        told("192.0.2.1"),
        [] as [&str; 0],
        "no DNS log was read: the name is believed"
    );
    assert_eq!(told("203.0.113.7"), ["203.0.113.7"]);
}
