//! Sentences: the headline, what is known and what is not.

use super::events::duration;
use super::{Sentence, Standing};
use crate::facts::Outcome;
use crate::money::{Drain, EndReason, Trace};
use crate::shown::grouped;
use crate::view::View;
use std::collections::{BTreeMap, BTreeSet};
use strongroom_model::{Amount, Asset, Entity, Link, Report, Role, Strength, Verdict};

/// Returns an amount with its unit.
pub(crate) fn coins(amount: Amount, asset: &Asset) -> String {
    format!("{} {}", grouped(&asset.number(amount)), asset.unit())
}

/// Returns up to four things as "a, b and c", and how many more there are.
pub(super) fn listed(things: impl IntoIterator<Item = String>) -> String {
    const SHOWN: usize = 4;
    let mut things: Vec<String> = things.into_iter().collect();
    if things.len() > SHOWN {
        let more = things.len() - (SHOWN - 1);
        things.truncate(SHOWN - 1);
        things.push(format!("{more} more"));
    }
    match things.split_last() {
        None => "nothing".into(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

pub(super) fn headline(view: &View<'_>, standing: Standing) -> String {
    match standing {
        Standing::Drained => drained(view),
        Standing::Reached => {
            let hosts = reached_hosts(view);
            format!(
                "{} talked to an address that hostile evidence names.",
                hosts_text(&hosts)
            )
        }
        Standing::Hostile => {
            let count = view
                .reports
                .iter()
                .filter(|(_, r)| r.verdict() == Verdict::Malicious);
            format!(
                "{} of {} pieces of evidence are malicious; nothing in the case shows that a host reached what they name.",
                count.count(),
                view.reports.len()
            )
        }
        Standing::Suspicious => {
            "Something in the case is rarely innocent, and nothing proves it hostile.".into()
        }
        Standing::NotCleared => {
            "Nothing hostile was found, but not all of it could be read: it is not cleared.".into()
        }
        Standing::Quiet => "All of it was read, and nothing speaks against it.".into(),
    }
}

fn drained(view: &View<'_>) -> String {
    let Some((_, drain)) = view.drains.first() else {
        return String::new();
    };
    let others = match view.drains.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more drains)"),
    };
    let before = hosts_of(view, &["host-before-drain"]);
    let came = if !before.is_empty() {
        format!(
            ", after {} had talked to an address that hostile evidence names",
            hosts_text(&before)
        )
    } else {
        String::new()
    };
    let parties = end_parties(view);
    let ends = match parties.len() {
        0 => String::new(),
        1 => "; part of it ends at one named party".into(),
        count => format!("; parts of it end at {count} named parties"),
    };
    format!(
        "{} left {} within {}{others}{came}{ends}.",
        moved(drain),
        drain.account,
        duration(drain.when)
    )
}

fn moved(drain: &Drain) -> String {
    let mut moved: Vec<_> = drain.moved.iter().collect();
    moved.sort_by_key(|moved| std::cmp::Reverse(moved.share_permille));
    listed(moved.into_iter().map(|moved| coins(moved.amount, &moved.asset)))
}

fn hosts_text(hosts: &BTreeSet<&str>) -> String {
    match hosts.len() {
        1 => "one host".into(),
        count => format!("{count} hosts"),
    }
}

fn reached_hosts<'a>(view: &View<'a>) -> BTreeSet<&'a str> {
    hosts_of(view, &["c2-contacted", "beacon-to-c2", "indicator-contacted"])
}

fn hosts_of<'a>(view: &View<'a>, rules: &[&str]) -> BTreeSet<&'a str> {
    let links = rules
        .iter()
        .flat_map(|rule| view.drawn_by(rule).collect::<Vec<_>>());
    links
        .filter_map(|(_, link)| match &link.from {
            Entity::Host { ip } => Some(ip.as_str()),
            _ => None,
        })
        .collect()
}

fn end_parties<'a>(view: &View<'a>) -> BTreeSet<&'a str> {
    let ends = view.traces.iter().flat_map(|(_, trace)| &trace.ends);
    ends.filter_map(|end| end.party.as_ref())
        .map(|party| party.label.as_str())
        .collect()
}

/// Rules whose links are told as known, with the words before their count.
const TOLD: [(&str, &str); 9] = [
    ("c2-contacted", "A host reached what evidence names"),
    ("beacon-to-c2", "A host calls it at regular intervals"),
    ("indicator-contacted", "A host reached what a report lists"),
    ("file-delivered", "A host received the file itself"),
    ("intel-corroborates", "A report lists it too"),
    ("drained-to", "The drain paid it"),
    (
        "published-theft-wallet",
        "It is published as a receiver of stolen funds",
    ),
    ("belongs-to", "A list names who is behind it"),
    ("listed-wallet", "Evidence names a wallet that stands on a list"),
];

pub(super) fn known(view: &View<'_>) -> Vec<Sentence> {
    let mut known = Vec::new();
    for (rule, words) in TOLD {
        let links: Vec<(u64, &Link)> = view.drawn_by(rule).collect();
        if links.is_empty() {
            continue;
        }
        let pairs = links
            .iter()
            .map(|(_, link)| format!("{} → {}", link.from, link.to));
        let text = format!("{words}: {}.", listed(pairs));
        known.push(Sentence::new(text, links.iter().map(|(seq, _)| *seq)));
    }
    for (seq, trace) in view.traces.iter().filter(|(_, trace)| !trace.upper_bound) {
        let whole = trace.gaps.iter().all(|gap| !gap.hides);
        if whole && !trace.sheet.is_empty() && trace.sheet.iter().all(|row| row.balances()) {
            let text = format!(
                "By {}, every unit of what was traced is accounted for.",
                trace.policy
            );
            known.push(Sentence::new(text, [*seq]));
        }
    }
    known
}

pub(super) fn unknown(view: &View<'_>) -> Vec<Sentence> {
    let mut unknown = Vec::new();
    unknown.extend(on_time_alone(view));
    unknown.extend(no_way_in(view));
    unknown.extend(not_looked_for(view));
    unknown.extend(
        view.traces
            .iter()
            .flat_map(|(seq, trace)| about_trace(*seq, trace)),
    );
    unknown.extend(view.screened.iter().filter_map(|(seq, screened)| {
        let open = matches!(screened.outcome, Outcome::Review | Outcome::NotCleared);
        open.then(|| {
            let text = format!(
                "The screening of {} is {}.",
                screened.query,
                screened.outcome.as_str()
            );
            Sentence::new(text, [*seq])
        })
    }));
    unknown.extend(unread(view));
    unknown.extend(view.gaps.iter().map(|(seq, gap)| {
        let text = format!("{}, {}: {}.", gap.of, gap.gap.place, gap.gap.why);
        Sentence::new(text, [*seq])
    }));
    unknown
}

fn on_time_alone(view: &View<'_>) -> Option<Sentence> {
    let links: Vec<u64> = view
        .links
        .iter()
        .filter(|(_, link)| link.strength == Strength::Circumstantial)
        .map(|(seq, _)| *seq)
        .collect();
    let text =
        "That the host's traffic led to the drain rests on time alone; no value in the case joins the two.";
    (!links.is_empty()).then(|| Sentence::new(text, links))
}

fn no_way_in(view: &View<'_>) -> Option<Sentence> {
    let reached = view.drawn_by("host-before-drain").next().is_some();
    let drains = view.drains.iter().map(|(seq, _)| *seq);
    let text = "Nothing in the case shows how the drained account was reached.";
    (!reached && !view.drains.is_empty()).then(|| Sentence::new(text, drains))
}

fn not_looked_for(view: &View<'_>) -> Vec<Sentence> {
    let mut said = Vec::new();
    let named: Vec<u64> = view
        .reports
        .iter()
        .filter(|(_, report)| names_c2(report))
        .map(|(seq, _)| *seq)
        .collect();
    if !named.is_empty() && view.contacts.is_empty() && view.beacons.is_empty() {
        let text = "Evidence names C2 addresses, and the case holds no traffic: whether a host reached them is not known.";
        said.push(Sentence::new(text, named));
    }
    if !view.drains.is_empty() && view.traces.is_empty() {
        let text = "What was drained was not traced.";
        said.push(Sentence::new(text, view.drains.iter().map(|(seq, _)| *seq)));
    }
    if view.lists.is_empty() && view.named.is_empty() && !view.traces.is_empty() {
        let text = "No list was asked who is behind the wallets.";
        said.push(Sentence::new(text, view.traces.iter().map(|(seq, _)| *seq)));
    }
    said
}

fn names_c2(report: &Report) -> bool {
    let roles = report.walk().into_iter().flat_map(|piece| &piece.observables);
    roles
        .map(|sighting| sighting.role)
        .any(|role| matches!(role, Role::C2 | Role::Download))
}

/// What one policy leaves open: unnamed wallets, unfollowed paths, a sheet that does not balance, gaps.
fn about_trace(seq: u64, trace: &Trace) -> Vec<Sentence> {
    let mut said = Vec::new();
    let mut open: BTreeMap<(&Asset, EndReason), (BTreeSet<_>, Option<Amount>)> = BTreeMap::new();
    for end in trace.ends.iter().filter(|end| end.party.is_none()) {
        let stays = matches!(
            end.reason,
            EndReason::Unspent | EndReason::Hops | EndReason::Time | EndReason::Unknown
        );
        if stays {
            let row = open
                .entry((&end.asset, end.reason))
                .or_insert((BTreeSet::new(), Some(Amount::ZERO)));
            row.0.insert(&end.account);
            row.1 = row.1.and_then(|sum| sum.checked_add(end.amount));
        }
    }
    for ((asset, reason), (wallets, sum)) in open {
        let count = wallets.len();
        let most = if trace.upper_bound { "at most " } else { "" };
        let sum = sum.map_or_else(|| "more than 256 bits".into(), |sum| coins(sum, asset));
        let wallets = if count == 1 {
            "wallet that nobody names"
        } else {
            "wallets that nobody names"
        };
        let text = format!(
            "By {}, {most}{sum} stand at {count} {wallets} ({}).",
            trace.policy,
            reason.as_str()
        );
        said.push(Sentence::new(text, [seq]));
    }
    for row in trace
        .sheet
        .iter()
        .filter(|row| !trace.upper_bound && !row.balances())
    {
        let text = format!(
            "By {}, the balance sheet of {} does not balance.",
            trace.policy, row.asset.name
        );
        said.push(Sentence::new(text, [seq]));
    }
    said.extend(trace.gaps.iter().map(|gap| {
        let text = format!("The {} trace, {}: {}.", trace.policy, gap.place, gap.why);
        Sentence::new(text, [seq])
    }));
    said
}

/// Gaps of the evidence behind which something may stand, each with its place.
fn unread(view: &View<'_>) -> Vec<Sentence> {
    let mut said = Vec::new();
    for (seq, report) in &view.reports {
        for piece in report.walk() {
            said.extend(piece.gaps.iter().filter(|gap| gap.hides).map(|gap| {
                let text = format!("{}, {}: {}.", piece.evidence.name, gap.place, gap.why);
                Sentence::new(text, [*seq])
            }));
        }
    }
    said
}

pub(super) fn hides(view: &View<'_>) -> bool {
    let reports = view
        .reports
        .iter()
        .any(|(_, report)| report.verdict() == Verdict::NotCleared);
    let screened = view
        .screened
        .iter()
        .any(|(_, one)| one.outcome == Outcome::NotCleared);
    let traces = view.traces.iter().flat_map(|(_, trace)| &trace.gaps);
    reports
        || screened
        || traces.into_iter().any(|gap| gap.hides)
        || view.gaps.iter().any(|(_, gap)| gap.gap.hides)
}

pub(super) fn has_hits(view: &View<'_>) -> bool {
    let hits = |outcome| matches!(outcome, Outcome::Hit | Outcome::Review);
    !view.beacons.is_empty() || view.screened.iter().any(|(_, one)| hits(one.outcome))
}
