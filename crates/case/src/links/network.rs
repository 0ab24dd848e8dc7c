//! Rules between hosts and what evidence names.

use super::Draft;
use super::evidence::strength;
use super::seen::{Naming, Seen, Traffic};
use crate::money::Drain;
use std::collections::BTreeMap;
use strongroom_model::{Entity, Interval, Observable, Place, Role, Strength};

const DAY_MICROS: i64 = 86_400_000_000;

/// Before: `stage.ps1` takes orders from `https://c2.example/a`, host 192.0.2.17 asked for `c2.example`. After: host
/// 192.0.2.17 —contacted→ `https://c2.example/a`, derived through the URL's host.
pub(super) fn c2_contacted(seen: &Seen<'_>) -> Vec<Draft> {
    let contacts = seen.traffic.iter().filter(|one| !one.beacon);
    contacts.flat_map(|one| toward(seen, one, is_c2)).collect()
}

/// Before: `stage.ps1` takes orders from 198.51.100.7, host 192.0.2.17 calls it every 60 s. After: host 192.0.2.17
/// —contacted→ 198.51.100.7, exact.
pub(super) fn beacon_to_c2(seen: &Seen<'_>) -> Vec<Draft> {
    let beacons = seen.traffic.iter().filter(|one| one.beacon);
    beacons.flat_map(|one| toward(seen, one, is_c2)).collect()
}

/// Before: `report.html` lists `c2.example`, host 192.0.2.17 asked for it. After: host 192.0.2.17 —contacted→
/// `c2.example`, exact.
pub(super) fn indicator_contacted(seen: &Seen<'_>) -> Vec<Draft> {
    let all = seen.traffic.iter();
    all.flat_map(|one| toward(seen, one, |role| role == Role::Indicator))
        .collect()
}

const fn is_c2(role: Role) -> bool {
    matches!(role, Role::C2 | Role::Download)
}

/// Draws a link from the host to each named observable that its traffic reached.
fn toward(seen: &Seen<'_>, traffic: &Traffic<'_>, wanted: fn(Role) -> bool) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (named, form) in seen.alike(traffic.with) {
        // Through the host too: a C2 changes its paths and queries. What innocent things share a host is for the
        // safe list and the prevalence bound to say.
        let sighted = Naming::of(seen.sighted(named).iter().filter(|one| wanted(one.role)));
        drafts.extend(sighted.map(|sighted| contact(traffic, named, form.clone(), &sighted)));
    }
    drafts
}

fn contact(traffic: &Traffic<'_>, named: &Observable, form: Observable, naming: &Naming<'_>) -> Draft {
    let exact = named == traffic.with;
    let through = if exact {
        String::new()
    } else {
        format!(" through {form}")
    };
    let mut at = naming.places(named);
    at.push(traffic.at.clone());
    Draft {
        from: host(traffic.host),
        to: Entity::Observable(named.clone()),
        strength: strength(exact),
        at,
        why: format!(
            "{}; the host reached it{through}: {}",
            naming.says(),
            traffic.says
        ),
        on: vec![named.clone(), traffic.with.clone(), form],
    }
}

/// Before: host 192.0.2.17's traffic carried `sha256:ab…`, `tool.exe` has these bytes. After: host 192.0.2.17
/// —contacted→ tool.exe, exact.
pub(super) fn file_delivered(seen: &Seen<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for traffic in &seen.traffic {
        let Some(piece) = seen.piece_of_hash(traffic.with) else {
            continue;
        };
        drafts.push(Draft {
            from: host(traffic.host),
            to: seen.evidence(piece),
            strength: Strength::Exact,
            at: vec![traffic.at.clone()],
            why: format!("its traffic carried exactly these bytes: {}", traffic.says),
            on: vec![traffic.with.clone()],
        });
    }
    drafts
}

/// Before: host 192.0.2.17 called a C2 on Monday, the hot wallet was drained on Sunday. After: host 192.0.2.17
/// —preceded→ drain, circumstantial: nothing but time joins them.
///
/// The window is [`Grounds::window_days`](super::Grounds) from the last contact before the drain to its start.
pub(super) fn host_before_drain(seen: &Seen<'_>) -> Vec<Draft> {
    let mut last: BTreeMap<(&str, usize), Candidate<'_>> = BTreeMap::new();
    for traffic in &seen.traffic {
        for (named, form) in hostile(seen, traffic) {
            for (number, drain) in seen.facts.drains.iter().enumerate() {
                let Some(gap) = gap_before(seen, traffic.when, drain) else {
                    continue;
                };
                let candidate = Candidate {
                    gap,
                    named,
                    form: form.clone(),
                    at: traffic.at,
                };
                let kept = last
                    .entry((traffic.host, number))
                    .or_insert_with(|| candidate.clone());
                *kept = kept.clone().min(candidate);
            }
        }
    }
    let drains = &seen.facts.drains;
    let drafts = last
        .into_iter()
        .filter_map(|((host, number), found)| Some(before_drain(seen, host, drains.get(number)?, found)));
    drafts.collect()
}

/// The contact that stands closest before a drain.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate<'a> {
    gap: i64,
    named: &'a Observable,
    form: Observable,
    at: &'a Place,
}

/// Returns the hostile observables that the traffic reached and that may link.
fn hostile<'a>(seen: &Seen<'a>, traffic: &Traffic<'_>) -> Vec<(&'a Observable, Observable)> {
    let may_link = |one: &Observable| {
        seen.stands_apart(one).is_none() && seen.dismissed(&Entity::Observable(one.clone())).is_none()
    };
    let mut alike = seen.alike(traffic.with);
    alike.retain(|(named, form)| {
        seen.sighted(named).iter().any(|one| is_c2(one.role)) && may_link(named) && may_link(form)
    });
    alike
}

/// Returns the microseconds between the last contact before the drain and its start, inside the window.
fn gap_before(seen: &Seen<'_>, when: Interval, drain: &Drain) -> Option<i64> {
    if when.first > drain.when.first {
        return None;
    }
    let last = when.last.min(drain.when.first);
    let gap = drain.when.first.micros().checked_sub(last.micros())?;
    let window = seen.grounds.window_days.checked_mul(DAY_MICROS)?;
    (gap <= window).then_some(gap)
}

fn before_drain(seen: &Seen<'_>, name: &str, drain: &Drain, found: Candidate<'_>) -> Draft {
    // Traffic is known by its first and last contact: what spans the beginning has no distance to it.
    let until = match found.gap {
        0 => "until the drain had begun".to_owned(),
        gap => format!("until {} before the drain", span_of(gap / (DAY_MICROS / 24))),
    };
    let mut at = drain.at.clone();
    at.push(found.at.clone());
    Draft {
        from: host(name),
        to: Entity::Drain {
            account: drain.account.value().to_owned(),
            when: drain.when,
        },
        strength: Strength::Circumstantial,
        at,
        why: format!(
            "it talked to {} {until} (window: {} days); nothing but time joins them",
            found.named, seen.grounds.window_days
        ),
        on: vec![found.named.clone(), found.form],
    }
}

fn span_of(hours: i64) -> String {
    match (hours / 24, hours) {
        (_, 0) => "less than an hour".into(),
        (_, 1) => "1 hour".into(),
        (0 | 1, hours) => format!("{hours} hours"),
        (days, _) => format!("{days} days"),
    }
}

fn host(ip: &str) -> Entity {
    Entity::Host { ip: ip.to_owned() }
}
