//! The planted truth of the demo against what `investigate` finds in its folder: every planted link with its
//! reason, nothing between innocent things, the trace's ends to the unit, the drain in its hour.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::OnceLock;
use strongroom_case::{Drain, EndReason, Entry, Screened, Trace};
use strongroom_desk::demo::{self, Fate, Truth};
use strongroom_desk::{Converged, InspectOptions, investigate, silent, verify_case};
use strongroom_model::{Amount, Entity, Link, Observable, Report, Role, Strength, Verdict};

const SEED: u64 = 7;

/// The demo of a seed that nobody sees otherwise, investigated once for all tests.
struct Investigation {
    truth: Truth,
    entries: Vec<Entry>,
    folder: tempfile::TempDir,
}

fn investigation() -> &'static Investigation {
    static ONCE: OnceLock<Investigation> = OnceLock::new();
    ONCE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let evidence = folder.path().join("evidence");
        let truth = demo::write(&evidence, SEED).unwrap();
        let done = investigate(
            &evidence,
            &folder.path().join("case"),
            &InspectOptions::default(),
            &silent,
        )
        .unwrap();
        assert!(done.errors.is_empty(), "{:?}", done.errors);
        assert!(matches!(done.converged, Converged::Added { .. }));
        let entries = done.entries.into_iter().map(|recorded| recorded.entry).collect();
        Investigation {
            truth,
            entries,
            folder,
        }
    })
}

impl Investigation {
    fn all<'a, T: 'a>(&'a self, pick: impl Fn(&'a Entry) -> Option<&'a T> + 'a) -> Vec<&'a T> {
        self.entries.iter().filter_map(pick).collect()
    }

    fn links(&self) -> Vec<&Link> {
        self.all(|entry| {
            if let Entry::Link(link) = entry {
                Some(link)
            } else {
                None
            }
        })
    }

    fn reports(&self) -> Vec<&Report> {
        self.all(|entry| {
            if let Entry::Examined(report) = entry {
                Some(report.as_ref())
            } else {
                None
            }
        })
    }

    fn drains(&self) -> Vec<&Drain> {
        self.all(|entry| {
            if let Entry::Drain(drain) = entry {
                Some(drain)
            } else {
                None
            }
        })
    }

    fn traces(&self) -> Vec<&Trace> {
        self.all(|entry| {
            if let Entry::Traced(trace) = entry {
                Some(trace)
            } else {
                None
            }
        })
    }

    fn screened(&self) -> Vec<&Screened> {
        self.all(|entry| {
            if let Entry::Screened(screened) = entry {
                Some(screened)
            } else {
                None
            }
        })
    }

    fn report(&self, name: &str) -> &Report {
        self.reports()
            .into_iter()
            .find(|report| report.evidence.name == name)
            .unwrap()
    }

    /// Returns the link of a rule between two things, told by a word that each holds.
    fn link(&self, rule: &str, from: &str, to: &str) -> &Link {
        let holds = |entity: &Entity, word: &str| entity.to_string().contains(word);
        let mut links = self.links().into_iter().filter(|link| link.rule == rule);
        let found = links.find(|link| holds(&link.from, from) && holds(&link.to, to));
        found.unwrap_or_else(|| panic!("no link {rule}: {from} → {to} among:\n{}", self.listed(rule)))
    }

    fn listed(&self, rule: &str) -> String {
        let links = self.links().into_iter().filter(|link| link.rule == rule);
        links
            .map(|link| format!("  {} → {}\n", link.from, link.to))
            .collect()
    }
}

fn wallet(account: &str) -> String {
    Observable::account(account).value().to_owned()
}

#[test]
fn the_lure_opens_down_to_the_stage_and_is_malicious() {
    let case = investigation();
    let lure = &case.truth.lure;
    let mail = case.report(&lure.mail);
    assert_eq!(mail.verdict(), Verdict::Malicious);
    let parts = mail.walk();
    let document = parts
        .iter()
        .find(|part| part.evidence.id == lure.document_id)
        .unwrap();
    let layers: Vec<&str> = document
        .scripts
        .iter()
        .flat_map(|script| &script.layers)
        .map(|layer| layer.text.as_str())
        .collect();
    assert!(layers.contains(&lure.stage.as_str()), "{layers:#?}");
    assert!(
        document
            .observables
            .iter()
            .any(|sighting| sighting.observable.value() == lure.mac_url)
    );
    for url in &case.truth.c2.urls {
        let sighted = document
            .observables
            .iter()
            .find(|sighting| sighting.observable.value() == url);
        let role = sighted
            .unwrap_or_else(|| panic!("{url} is not among {:#?}", document.observables))
            .role;
        assert!(matches!(role, Role::C2 | Role::Download), "{url}: {role:?}");
    }
}

#[test]
fn every_planted_link_stands_with_its_reason() {
    let case = investigation();
    let truth = &case.truth;
    let (lure, host) = (&truth.lure, truth.infection.host.as_str());
    case.link("contains", &lure.mail, &lure.archive);
    case.link("contains", &lure.archive, &lure.document);
    case.link("same-hash", lure.document_id.as_str(), &lure.document);
    for (url, name) in truth.c2.urls.iter().zip(&truth.c2.hosts) {
        case.link("names", &lure.document, url);
        case.link("intel-corroborates", "intel/report.txt", url);
        case.link("c2-contacted", host, url);
        case.link("beacon-to-c2", host, url);
        assert!(
            case.reports()
                .iter()
                .any(|report| report.observables.iter().any(|s| s.observable.value() == name))
        );
    }
    for stolen in &truth.theft.stolen {
        let (from, to) = (wallet(&stolen.from), wallet(&stolen.wallet));
        assert_eq!(case.link("drained-to", &from, &to).strength, Strength::Exact);
        case.link("published-theft-wallet", &to, "published-wallets.csv");
        case.link("host-before-drain", host, &from);
    }
    for end in truth.ends.iter().filter(|end| end.fate == Fate::Stopped) {
        let account = wallet(end.account.as_ref().unwrap());
        let stolen = truth
            .theft
            .stolen
            .iter()
            .find(|stolen| stolen.asset == end.asset)
            .unwrap();
        case.link("traced-to", &wallet(&stolen.wallet), &account);
    }
    let listed = wallet(&truth.listed.wallet);
    case.link("belongs-to", &listed, &truth.listed.party);
    for exchange in &truth.exchanges {
        case.link("belongs-to", "wallet", exchange);
    }
    for link in case.links() {
        assert!(!link.why.is_empty() && !link.at.is_empty(), "{link:?}");
    }
}

#[test]
fn nothing_innocent_is_linked() {
    let case = investigation();
    let innocent = &case.truth.innocent;
    let names: Vec<String> = [
        &innocent.mails,
        &innocent.widespread,
        &innocent.polled,
        &innocent.parties,
    ]
    .into_iter()
    .flatten()
    .cloned()
    .chain(innocent.accounts.iter().map(|account| wallet(account)))
    .collect();
    assert!(names.len() > 10);
    for link in case.links().into_iter().filter(|link| link.rule != "contains") {
        for name in &names {
            let ends = format!("{} → {}", link.from, link.to);
            assert!(!ends.contains(name.as_str()), "{name} in {}: {ends}", link.rule);
        }
    }
    let host = &case.truth.infection.host;
    let hosts: BTreeSet<String> = case
        .links()
        .into_iter()
        .flat_map(|link| [&link.from, &link.to])
        .filter_map(|entity| {
            if let Entity::Host { ip } = entity {
                Some(ip.clone())
            } else {
                None
            }
        })
        .collect();
    assert_eq!(hosts, BTreeSet::from([host.clone()]));
    for mail in &innocent.mails {
        assert_eq!(case.report(mail).verdict(), Verdict::Clean, "{mail}");
    }
}

#[test]
fn the_ends_are_the_planted_ones_to_the_unit_under_every_policy() {
    let case = investigation();
    let mut planted: BTreeMap<(String, String, String, Fate), Amount> = BTreeMap::new();
    for end in &case.truth.ends {
        let policy = serde_json::to_value(end.policy)
            .unwrap()
            .as_str()
            .unwrap()
            .replace('-', "_");
        let account = end.account.as_deref().map(wallet).unwrap_or_default();
        let sum = planted
            .entry((policy, end.asset.clone(), account, end.fate))
            .or_default();
        *sum = sum.checked_add(end.amount).unwrap();
    }
    let mut found: BTreeMap<(String, String, String, Fate), Amount> = BTreeMap::new();
    for trace in case.traces() {
        assert!(trace.gaps.is_empty());
        assert!(
            trace.upper_bound || trace.sheet.iter().all(|row| row.balances()),
            "{}",
            trace.policy
        );
        for end in &trace.ends {
            let account = end
                .account
                .as_ref()
                .map(|account| account.value().to_owned())
                .unwrap_or_default();
            let (account, fate) = match end.reason {
                EndReason::Unspent => (account, Fate::Unspent),
                EndReason::Service => (account, Fate::Stopped),
                EndReason::Fee => (String::new(), Fate::Fee),
                other => panic!("nothing was planted for {other:?}"),
            };
            let sum = found
                .entry((trace.policy.clone(), end.asset.name.clone(), account, fate))
                .or_default();
            *sum = sum.checked_add(end.amount).unwrap();
        }
    }
    assert_eq!(case.traces().len(), 6);
    assert!(planted.len() > 100);
    assert_eq!(found, planted);
}

#[test]
fn the_drain_is_told_in_its_hour_and_no_other_time() {
    let case = investigation();
    let theft = &case.truth.theft;
    let drains = case.drains();
    let hour = 3_600_000_000;
    let first = drains.iter().map(|drain| drain.when.first).min().unwrap();
    assert_eq!(
        first.micros().div_euclid(hour) * hour,
        theft.drain_hour.micros(),
        "{first}"
    );
    for drain in &drains {
        assert!(
            theft.when.first <= drain.when.first && drain.when.last <= theft.when.last,
            "{drain:?}"
        );
    }
    for stolen in &theft.stolen {
        let from = wallet(&stolen.from);
        let told = drains.iter().filter(|drain| drain.account.value() == from);
        let assets: Vec<&str> = told
            .flat_map(|drain| &drain.moved)
            .map(|moved| moved.asset.name.as_str())
            .collect();
        assert!(
            assets.contains(&stolen.asset.as_str()),
            "{} of {from}",
            stolen.asset
        );
    }
}

#[test]
fn the_listed_wallet_is_named() {
    let case = investigation();
    let listed = wallet(&case.truth.listed.wallet);
    let screened = case.screened();
    let hit = screened
        .iter()
        .find(|one| one.subject.as_ref().is_some_and(|s| s.value() == listed))
        .unwrap();
    assert_eq!(hit.hits[0].party, case.truth.listed.party);
}

#[test]
fn a_second_run_changes_nothing_and_the_case_verifies() {
    let case = investigation();
    let (evidence, folder) = (
        case.folder.path().join("evidence"),
        case.folder.path().join("case"),
    );
    let before = bytes_below(&folder);
    let again = investigate(&evidence, &folder, &InspectOptions::default(), &silent).unwrap();
    assert_eq!(again.converged, Converged::Unchanged);
    assert!(before == bytes_below(&folder), "the case's bytes changed");
    let verified = verify_case(&folder).unwrap();
    // The two reports, and the pages of the files that have something to tell.
    let pages = strongroom_case::file_pages(&again.entries).len();
    assert!(pages > 0);
    assert_eq!(
        (
            verified.entries as usize,
            verified.ledgers,
            verified.reports as usize
        ),
        (case.entries.len(), 1, 2 + pages)
    );
}

fn bytes_below(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let (path, name) = (entry.path(), entry.file_name().into_string().unwrap());
        if path.is_dir() {
            let below = bytes_below(&path).into_iter();
            files.extend(below.map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)));
        } else {
            files.insert(name, fs::read(&path).unwrap());
        }
    }
    files
}
