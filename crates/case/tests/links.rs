//! Links: what each rule joins, what it leaves apart, and the laws that hold for all of them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that fails says where"
)]

use proptest::prelude::*;
use strongroom_case::{
    Contact, Decision, Facts, Grounds, LINK_RULES, LeftOut, Linked, Ruling, link, record, run,
};
use strongroom_model::{
    Entity, Evidence, EvidenceId, Interval, Kind, Link, Moment, Observable, Place, Report, Role, Span,
    Strength,
};

mod fixture;

fn drawn(facts: &Facts) -> Linked {
    link(facts, &Grounds::new(&|_| false))
}

/// Returns "from → to" of each link that a rule drew.
fn by(linked: &Linked, rule: &str) -> Vec<String> {
    let links = linked.links.iter().filter(|link| link.rule == rule);
    links.map(|link| format!("{} → {}", link.from, link.to)).collect()
}

fn script(name: &str, observables: &[(&str, Role)]) -> Report {
    let mut report = Report::new(Evidence::of_bytes(name, Kind::PowerShell, name.as_bytes()));
    for (text, role) in observables {
        report.sight(observable(text), *role);
    }
    report
}

fn observable(text: &str) -> Observable {
    Observable::url(text)
        .or_else(|_| Observable::ip(text))
        .or_else(|_| Observable::hash(text))
        .or_else(|_| Observable::domain(text))
        .unwrap()
}

fn contact(host: &str, with: &str, micros: i64) -> Contact {
    Contact {
        host: host.into(),
        observable: observable(with),
        when: Interval::at(Moment::from_micros(micros)),
        count: 1,
        why: "a log line".into(),
        at: Place {
            evidence: EvidenceId::of(b"log"),
            span: Span::line(micros.unsigned_abs() + 1),
        },
    }
}

#[test]
fn every_rule_draws_in_the_made_up_case_and_under_its_own_words() {
    let mut facts = fixture::facts();
    let script = facts.reports[0].children[0].children[0].evidence.id.clone();
    facts.contacts.push(contact("10.20.0.17", script.as_str(), 7));
    let hash = Observable::hash(script.as_str()).unwrap();
    facts.reports[2].sight(hash, Role::Indicator);
    facts.reports[1].sight(observable("c2.example"), Role::Mentioned);
    let linked = drawn(&facts);
    for rule in LINK_RULES {
        let links: Vec<&Link> = linked
            .links
            .iter()
            .filter(|link| link.rule == rule.name)
            .collect();
        assert!(!links.is_empty(), "{} draws nothing", rule.name);
        for link in links {
            assert_eq!(link.kind, rule.kind, "{}", rule.name);
            assert!(link.strength <= rule.strength, "{}", rule.name);
            assert!(!link.why.is_empty() && link.from != link.to, "{}", rule.name);
        }
    }
    let names: Vec<&str> = LINK_RULES.iter().map(|rule| rule.name).collect();
    assert!(
        linked
            .links
            .iter()
            .all(|link| names.contains(&link.rule.as_str()))
    );
}

#[test]
fn the_campaign_is_one_line_from_the_mail_to_the_exchange() {
    let linked = drawn(&fixture::facts());
    assert_eq!(
        by(&linked, "contains"),
        [
            "Investment_Proposal.doc → tmpqlzw.ps1",
            "mail/offer.eml → Investment_Proposal.doc"
        ]
    );
    let one = |rule: &str, pair: &str| {
        assert!(
            by(&linked, rule).iter().any(|drawn| drawn == pair),
            "{rule}: {:?}",
            by(&linked, rule)
        );
    };
    one(
        "names",
        "tmpqlzw.ps1 → url https://c2.example/wp-includes/common.php",
    );
    one(
        "c2-contacted",
        "host 10.20.0.17 → url https://c2.example/wp-includes/common.php",
    );
    one(
        "beacon-to-c2",
        "host 10.20.0.17 → url https://c2.example/wp-includes/common.php",
    );
    one(
        "host-before-drain",
        "host 10.20.0.17 → drain of NHARBOUR-HOT-0001 at 2019-03-24T01:02:00Z",
    );
    one(
        "drained-to",
        "drain of NHARBOUR-HOT-0001 at 2019-03-24T01:02:00Z → wallet NTHEFT-XEM-0001",
    );
    one("traced-to", "wallet NTHEFT-XEM-0001 → wallet NLIGHTHOUSE-IN-0001");
    one(
        "belongs-to",
        "wallet NLIGHTHOUSE-IN-0001 → Lighthouse Exchange (tagpack-exchanges)",
    );
    one(
        "belongs-to",
        "wallet NFOG-0003 → FOG MIXING GROUP (sanctions-test-list)",
    );
}

#[test]
fn a_contact_is_exact_where_the_value_is_equal_and_derived_through_a_host() {
    let facts = Facts {
        reports: vec![script(
            "a.ps1",
            &[("https://c2.example/a", Role::C2), ("198.51.100.7", Role::C2)],
        )],
        contacts: vec![
            contact("192.0.2.1", "c2.example", 1),
            contact("192.0.2.2", "198.51.100.7", 2),
        ],
        ..Facts::default()
    };
    let linked = drawn(&facts);
    let strengths: Vec<(String, Strength)> = linked
        .links
        .iter()
        .filter(|link| link.rule == "c2-contacted")
        .map(|link| (link.from.to_string(), link.strength))
        .collect();
    assert_eq!(
        strengths,
        [
            ("host 192.0.2.1".into(), Strength::Derived),
            ("host 192.0.2.2".into(), Strength::Exact)
        ]
    );
}

/// Returns the reason of the one link that a rule drew to a thing.
fn why(linked: &Linked, rule: &str, to: &str) -> String {
    let mut links = linked
        .links
        .iter()
        .filter(|link| link.rule == rule && link.to.to_string() == to);
    let link = links.next().unwrap();
    assert!(links.next().is_none(), "{rule} → {to} is drawn twice");
    link.why.clone()
}

#[test]
fn a_traced_way_tells_what_every_policy_says() {
    let linked = drawn(&fixture::facts());
    assert_eq!(
        why(&linked, "traced-to", "wallet NFOG-0003"),
        "60000 XEM by fifo, 48750 XEM by haircut, at most 120000 XEM by poison end there"
    );
    let mut facts = fixture::facts();
    for trace in &mut facts.traces {
        let mut other = trace.seeds[0].clone();
        other.account = Observable::account("NTHEFT-XEM-0002");
        trace.seeds.push(other);
    }
    let linked = drawn(&facts);
    let from_other = |link: &&Link| link.rule == "traced-to" && link.from.to_string().ends_with("-0002");
    let link = linked.links.iter().find(from_other).unwrap();
    assert!(
        !link.why.contains("fifo") && link.why.contains("from all seeds together"),
        "{}",
        link.why
    );
}

#[test]
fn a_wallet_that_was_paid_twice_is_told_both() {
    let mut facts = fixture::facts();
    let mut again = facts.drains[0].receivers[1].clone();
    again.wallet = facts.drains[0].receivers[0].wallet.clone();
    facts.drains[0].receivers.extend([again.clone(), again]);
    let linked = drawn(&facts);
    assert_eq!(
        why(&linked, "drained-to", "wallet NTHEFT-XEM-0001"),
        "rows of the ledger pay it 852630 EOS, 400000 XEM"
    );
}

#[test]
fn what_is_only_mentioned_links_to_no_host() {
    let facts = Facts {
        reports: vec![script("a.ps1", &[("https://docs.example/a", Role::Mentioned)])],
        contacts: vec![contact("192.0.2.1", "docs.example", 1)],
        ..Facts::default()
    };
    let linked = drawn(&facts);
    assert!(by(&linked, "c2-contacted").is_empty() && by(&linked, "indicator-contacted").is_empty());
}

#[test]
fn a_contact_long_before_or_after_a_drain_speaks_for_nothing() {
    let day = 86_400_000_000;
    let drain = fixture::facts().drains.remove(0);
    let start = drain.when.first.micros();
    for (moment, joined) in [(start - day, true), (start - 31 * day, false), (start + 1, false)] {
        let facts = Facts {
            reports: vec![script("a.ps1", &[("c2.example", Role::C2)])],
            contacts: vec![contact("192.0.2.1", "c2.example", moment)],
            drains: vec![drain.clone()],
            ..Facts::default()
        };
        let linked = drawn(&facts);
        let links = by(&linked, "host-before-drain");
        assert_eq!(!links.is_empty(), joined, "{}", moment - start);
        let found = linked
            .links
            .iter()
            .filter(|link| link.rule == "host-before-drain");
        assert!(
            found
                .clone()
                .all(|link| link.strength == Strength::Circumstantial)
        );
        assert!(
            found
                .clone()
                .all(|link| link.why.contains("nothing but time joins them"))
        );
    }
}

#[test]
fn what_too_much_unrelated_evidence_names_links_to_nothing_and_is_told() {
    let named = |count: usize| Facts {
        reports: (0..count)
            .map(|number| script(&format!("{number}.ps1"), &[("c2.example", Role::C2)]))
            .collect(),
        contacts: vec![contact("192.0.2.1", "c2.example", 1)],
        ..Facts::default()
    };
    assert!(!by(&drawn(&named(20)), "c2-contacted").is_empty());
    let linked = drawn(&named(21));
    assert!(linked.links.is_empty());
    assert_eq!(linked.unlinked.len(), 1);
    assert_eq!(linked.unlinked[0].ground, LeftOut::Widespread);
    assert_eq!(linked.unlinked[0].links, 22);
    assert_eq!(
        linked.unlinked[0].why,
        "21 unrelated pieces of evidence name it, more than 20"
    );
}

#[test]
fn one_container_with_many_children_counts_once_and_reports_do_not_count() {
    let mut archive = script("all.zip", &[]);
    archive.children = (0..30)
        .map(|number| script(&format!("{number}.ps1"), &[("c2.example", Role::C2)]))
        .collect();
    let mut reports = vec![archive];
    reports
        .extend((0..30).map(|number| script(&format!("{number}.html"), &[("c2.example", Role::Indicator)])));
    let facts = Facts {
        reports,
        contacts: vec![contact("192.0.2.1", "c2.example", 1)],
        ..Facts::default()
    };
    let linked = drawn(&facts);
    assert!(linked.unlinked.is_empty());
    assert_eq!(by(&linked, "c2-contacted").len(), 1);
}

#[test]
fn what_a_quarter_of_the_hosts_talk_to_links_to_nothing() {
    let talked = |hosts: u64| {
        let facts = Facts {
            reports: vec![script("a.ps1", &[("cdn.example", Role::Download)])],
            contacts: (0..11)
                .map(|host| contact(&format!("192.0.2.{host}"), "cdn.example", host))
                .collect(),
            ..Facts::default()
        };
        let mut grounds = Grounds::new(&|_| false);
        grounds.hosts = hosts;
        link(&facts, &grounds)
    };
    assert!(by(&talked(40), "c2-contacted").is_empty());
    assert_eq!(talked(40).unlinked[0].why, "11 of 40 hosts talk to it");
    assert_eq!(by(&talked(1000), "c2-contacted").len(), 11);
}

#[test]
fn what_was_dismissed_links_to_nothing_until_it_is_confirmed() {
    let mut facts = fixture::facts();
    let (_, dismissed) = fixture::human();
    facts.decisions.push(dismissed.clone());
    let linked = drawn(&facts);
    let host = "host 10.20.0.99";
    assert!(linked.links.iter().all(|link| link.from.to_string() != host));
    assert_eq!(linked.unlinked[0].what.to_string(), host);
    assert_eq!(linked.unlinked[0].ground, LeftOut::Dismissed);
    assert!(linked.unlinked[0].why.contains("J. Lind"));
    facts.decisions.push(Decision {
        at: Moment::from_micros(dismissed.at.micros() + 1),
        ruling: Ruling::Confirmed,
        ..dismissed
    });
    let linked = drawn(&facts);
    assert!(linked.links.iter().any(|link| link.from.to_string() == host));
    assert!(linked.unlinked.is_empty());
}

#[test]
fn evidence_is_dismissed_by_its_bytes_under_whatever_name() {
    let mut facts = fixture::facts();
    let (_, mut decision) = fixture::human();
    decision.about = Entity::Evidence {
        id: facts.reports[0].children[0].children[0].evidence.id.clone(),
        name: "another name".into(),
    };
    facts.decisions.push(decision);
    let linked = drawn(&facts);
    assert!(by(&linked, "c2-contacted").is_empty() && by(&linked, "host-before-drain").is_empty());
    assert!(
        by(&linked, "names")
            .iter()
            .all(|pair| !pair.starts_with("tmpqlzw.ps1"))
    );
    assert!(
        linked
            .unlinked
            .iter()
            .any(|one| one.what.to_string() == "tmpqlzw.ps1")
    );
}

#[test]
fn dismissed_evidence_is_told_even_where_it_would_have_linked_to_nothing() {
    let report = script("a.ps1", &[("c2.example", Role::C2)]);
    let (_, mut decision) = fixture::human();
    decision.about = Entity::Evidence {
        id: report.evidence.id.clone(),
        name: String::new(),
    };
    let linked = drawn(&Facts {
        reports: vec![report],
        decisions: vec![decision],
        ..Facts::default()
    });
    assert!(linked.links.is_empty());
    assert_eq!(linked.unlinked[0].what.to_string(), "a.ps1");
    assert_eq!(linked.unlinked[0].links, 0);
}

/// Few values, so that things meet.
fn any_observable() -> impl Strategy<Value = String> {
    prop_oneof![
        (0..4u8).prop_map(|n| format!("https://h{n}.example/a")),
        (0..4u8).prop_map(|n| format!("h{n}.example")),
        (0..4u8).prop_map(|n| format!("198.51.100.{n}")),
    ]
}

fn any_role() -> impl Strategy<Value = Role> {
    prop::sample::select(vec![
        Role::Mentioned,
        Role::C2,
        Role::Download,
        Role::Indicator,
        Role::Sender,
        Role::Theft,
    ])
}

fn any_report() -> impl Strategy<Value = Report> {
    let named = prop::collection::vec((any_observable(), any_role()), 0..4);
    (0..9u8, named).prop_map(|(name, named)| {
        let named: Vec<(&str, Role)> = named.iter().map(|(text, role)| (text.as_str(), *role)).collect();
        script(&format!("{name}.ps1"), &named)
    })
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let reports = prop::collection::vec((any_report(), prop::collection::vec(any_report(), 0..2)), 0..6);
    let contacts = prop::collection::vec((0..4u8, any_observable(), 0..9i64), 0..6);
    let micros = 1_553_000_000_000_000;
    (reports, contacts, any::<bool>()).prop_map(move |(reports, contacts, drained)| Facts {
        reports: reports
            .into_iter()
            .map(|(mut report, children)| {
                report.children = children;
                report
            })
            .collect(),
        contacts: contacts
            .into_iter()
            .map(|(host, with, at)| contact(&format!("192.0.2.{host}"), &with, micros + at))
            .collect(),
        drains: if drained {
            fixture::facts().drains
        } else {
            Vec::new()
        },
        ..Facts::default()
    })
}

fn shuffled(mut facts: Facts, turn: usize) -> Facts {
    let turned = |length: usize| if length == 0 { 0 } else { turn % length };
    let (reports, contacts) = (facts.reports.len(), facts.contacts.len());
    facts.reports.rotate_left(turned(reports));
    facts.contacts.rotate_left(turned(contacts));
    facts.contacts.reverse();
    facts.named.reverse();
    facts.traces.reverse();
    facts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_order_of_the_facts_does_not_matter(facts in any_facts(), turn in 0..9usize) {
        prop_assert_eq!(drawn(&facts), drawn(&shuffled(facts, turn)));
    }

    #[test]
    fn links_are_sorted_and_each_stands_once(facts in any_facts()) {
        let linked = drawn(&facts);
        prop_assert!(linked.links.is_sorted());
        let mut keys: Vec<_> = linked.links.iter().map(|l| (&l.from, &l.to, &l.rule)).collect();
        let all = keys.len();
        keys.sort();
        keys.dedup();
        prop_assert_eq!(keys.len(), all);
        for link in &linked.links {
            prop_assert!(link.at.is_sorted() && !link.at.is_empty());
        }
    }

    /// Evidence and traffic are given values that cannot be equal: the only links are inside each.
    #[test]
    fn things_that_share_nothing_are_not_joined(facts in any_facts()) {
        let mut facts = facts;
        for contact in &mut facts.contacts {
            contact.observable = observable(&format!("x{}.invalid", contact.observable.value().len()));
        }
        let linked = drawn(&facts);
        for link in &linked.links {
            let hosts = [&link.from, &link.to].iter().any(|end| matches!(end, Entity::Host { .. }));
            prop_assert!(!hosts, "{:?}", link);
        }
    }

    #[test]
    fn what_is_safe_listed_stands_in_no_link_that_rests_on_it(facts in any_facts()) {
        let safe = |one: &Observable| one.value() == "h1.example";
        let linked = link(&facts, &Grounds::new(&safe));
        for link in &linked.links {
            for end in [&link.from, &link.to] {
                if let Entity::Observable(one) = end {
                    prop_assert!(!safe(one) && !one.host().is_some_and(|host| safe(&host)), "{:?}", link);
                }
            }
        }
    }

    #[test]
    fn a_run_of_any_facts_can_be_kept(facts in any_facts()) {
        let entries = run(fixture::opened(), &facts, &Grounds::new(&|_| false));
        prop_assert_eq!(record(&entries).unwrap().len(), entries.len());
    }
}
