//! The rooms find in the demo folder what was planted there: the ledger's trace agrees with the demo's own
//! simulation to the unit, the network room finds the beacon alone, the lists name who they should.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use strongroom_desk::demo::{self, Fate, Truth};
use strongroom_ledger::{Direction, EndReason, Ledger, Mapping, Policy, Seed, Stops, trace};
use strongroom_model::{Amount, Evidence, Kind, Limits, Service, Verdict};
use strongroom_screening::{List, ListFile, Lists, OfacFiles, Purpose};

const SEED: u64 = 7;

/// Tainted units by policy, coin, account and what became of them; fees have no account.
type Ends = BTreeMap<(String, String, Option<String>, Fate), Amount>;

fn add(ends: &mut Ends, key: (String, String, Option<String>, Fate), amount: Amount) {
    let sum = ends.entry(key).or_default();
    *sum = sum.checked_add(amount).unwrap();
}

fn planted(truth: &Truth) -> Ends {
    let mut ends = Ends::new();
    for end in &truth.ends {
        let policy = serde_json::to_value(end.policy)
            .unwrap()
            .as_str()
            .unwrap()
            .replace('-', "_");
        add(
            &mut ends,
            (policy, end.asset.clone(), end.account.clone(), end.fate),
            end.amount,
        );
    }
    ends
}

fn lists(folder: &Path) -> Lists {
    let read = |name: &str| fs::read(folder.join("lists").join(name)).unwrap();
    let (sdn, alt, add) = (read("sdn.csv"), read("alt.csv"), read("add.csv"));
    let (comments, tags) = (read("sdn_comments.csv"), read("tags.csv"));
    let published = read("published-wallets.csv");
    let file = |name, bytes| ListFile { name, bytes };
    let ofac = OfacFiles {
        sdn: file("sdn.csv", &sdn),
        alt: Some(file("alt.csv", &alt)),
        add: Some(file("add.csv", &add)),
        comments: Some(file("sdn_comments.csv", &comments)),
    };
    let stolen = file("published-wallets.csv", &published);
    Lists::new(vec![
        List::ofac("sdn", None, &ofac).unwrap(),
        List::tags("tags", None, file("tags.csv", &tags)).unwrap(),
        List::addresses("stolen", None, Purpose::StolenFunds, stolen).unwrap(),
    ])
}

#[test]
fn the_trace_agrees_with_the_planted_ends_to_the_unit() {
    let (evidence, store) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let truth = demo::write(evidence.path(), SEED).unwrap();
    let mut ledger = Ledger::create(store.path()).unwrap();
    let csv = File::open(evidence.path().join("ledger/transfers.csv")).unwrap();
    let imported = ledger
        .import_csv("transfers.csv", csv, &Mapping::default(), &mut |_| {})
        .unwrap();
    assert!(imported.gaps.is_empty(), "{:?}", imported.gaps);
    let seeds: Vec<Seed> = truth
        .theft
        .stolen
        .iter()
        .map(|stolen| Seed::Account {
            account: stolen.wallet.clone(),
            asset: Some(stolen.asset.clone()),
            since: None,
        })
        .collect();
    let lists = lists(evidence.path());
    let tags = |account: &str| lists.tag(account);
    let stops = Stops {
        tags: &tags,
        ..Stops::none()
    };
    let mut found = Ends::new();
    for trace in trace(
        &ledger,
        Direction::Forward,
        &seeds,
        &Policy::ALL,
        &stops,
        &Limits::default(),
    )
    .unwrap()
    {
        assert!(trace.gaps.is_empty(), "{:?}", trace.gaps);
        for end in trace.ends {
            let (account, fate) = match end.reason {
                EndReason::Unspent => (Some(end.account), Fate::Unspent),
                EndReason::Service => (Some(end.account), Fate::Stopped),
                EndReason::Fee => (None, Fate::Fee),
                other => panic!("nothing was planted for {other:?}"),
            };
            add(
                &mut found,
                (trace.policy.as_str().to_owned(), end.asset, account, fate),
                end.amount,
            );
        }
    }
    let planted = planted(&truth);
    for (key, amount) in &planted {
        assert_eq!(found.get(key), Some(amount), "{key:?}");
    }
    assert_eq!(found.len(), planted.len());
}

#[test]
fn the_lists_name_the_exchanges_the_house_and_the_listed_party() {
    let evidence = tempfile::tempdir().unwrap();
    let truth = demo::write(evidence.path(), SEED).unwrap();
    let lists = lists(evidence.path());
    let tag = lists.tag(&truth.listed.wallet).unwrap();
    assert_eq!(
        (tag.label.as_str(), tag.service),
        (truth.listed.party.as_str(), Service::Sanctioned)
    );
    for stolen in &truth.theft.stolen {
        assert_eq!(
            lists.tag(&stolen.from).unwrap().service,
            Service::Own,
            "{}",
            stolen.asset
        );
    }
    for end in truth.ends.iter().filter(|end| end.fate == Fate::Stopped) {
        let label = lists.tag(end.account.as_ref().unwrap()).unwrap().label;
        assert!(
            truth.exchanges.contains(&label) || label == truth.listed.party,
            "{label}"
        );
    }
    assert!(
        truth
            .innocent
            .accounts
            .iter()
            .all(|account| lists.tag(account).is_none())
    );
}

#[test]
fn the_beacon_alone_is_an_alarm() {
    let evidence = tempfile::tempdir().unwrap();
    let truth = demo::write(evidence.path(), SEED).unwrap();
    let mut reader = strongroom_network::Reader::new(&Limits::default());
    for file in truth.files.iter().filter(|file| file.starts_with("network/")) {
        reader.read(file, File::open(evidence.path().join(file)).unwrap());
    }
    let network = reader.finish(Evidence::of_bytes("network", Kind::ZeekLog, b""), &|_| Vec::new());
    assert!(network.report.gaps.is_empty(), "{:?}", network.report.gaps);
    // A pair is told once, by name where the log gives one.
    let mut named: Vec<&str> = network
        .beacons
        .iter()
        .map(|beacon| beacon.destination.value())
        .collect();
    let mut planted: Vec<&str> = truth.c2.hosts.iter().map(String::as_str).collect();
    named.sort_unstable();
    planted.sort_unstable();
    assert_eq!(named, planted);
}

#[test]
fn the_report_names_the_c2_and_the_document() {
    let evidence = tempfile::tempdir().unwrap();
    let truth = demo::write(evidence.path(), SEED).unwrap();
    let text = fs::read(evidence.path().join("intel/report.txt")).unwrap();
    let report = strongroom_intel::examine("report.txt", &text, &Limits::default());
    let named: Vec<&str> = report
        .observables
        .iter()
        .map(|seen| seen.observable.value())
        .collect();
    for url in &truth.c2.urls {
        assert!(named.contains(&url.as_str()), "{url}");
    }
    assert!(named.contains(&truth.lure.document_id.as_str()));
    assert!(named.contains(&truth.c2.ips[0].as_str()));
}

#[test]
fn the_mail_opens_down_to_the_macro_and_the_others_are_clean() {
    let evidence = tempfile::tempdir().unwrap();
    let truth = demo::write(evidence.path(), SEED).unwrap();
    let mail = fs::read(evidence.path().join(&truth.lure.mail)).unwrap();
    let report = strongroom_files::examine("mail.eml", &mail, &Limits::default());
    let json = serde_json::to_string_pretty(&report).unwrap();
    assert!(json.contains(truth.lure.document_id.as_str()), "{json}");
    assert!(json.contains("AutoOpen"), "{json}");
    for mail in &truth.innocent.mails {
        let bytes = fs::read(evidence.path().join(mail)).unwrap();
        let verdict = strongroom_files::examine(mail, &bytes, &Limits::default()).verdict();
        assert_eq!(verdict, Verdict::Clean, "{mail}");
    }
}
