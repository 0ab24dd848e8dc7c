//! Rules over evidence alone: what holds what, who names what.

use super::Draft;
use super::seen::{Naming, Seen, forms, places};
use std::collections::BTreeSet;
use strongroom_model::{Entity, Observable, ObservableType, Place, Report, Role, Span, Strength};

/// Before: `mail.eml` with the child `offer.doc`. After: mail.eml —contains→ offer.doc.
pub(super) fn contains(seen: &Seen<'_>) -> Vec<Draft> {
    let pieces = seen.facts.reports.iter().flat_map(Report::walk);
    let pairs = pieces.flat_map(|parent| parent.children.iter().map(move |child| (parent, child)));
    pairs
        // A file that unpacks to itself would be linked to itself.
        .filter(|(parent, child)| parent.evidence.id != child.evidence.id)
        .map(|(parent, child)| Draft {
            from: seen.evidence(&parent.evidence.id),
            to: seen.evidence(&child.evidence.id),
            strength: Strength::Exact,
            at: vec![Place {
                evidence: parent.evidence.id.clone(),
                span: Span::whole(),
            }],
            why: format!("it was unpacked from it as {}", child.evidence.name),
            on: Vec::new(),
        })
        .collect()
}

/// Before: `stage.ps1` sights `https://c2.example/` as C2. After: stage.ps1 —names→ `https://c2.example/`.
///
/// What evidence only mentions is named where something else shows it too: other evidence, traffic, a list, a
/// ledger. Recipients are not: every mail to one desk would be one thing; nor is what a log shows, which is traffic.
pub(super) fn names(seen: &Seen<'_>) -> Vec<Draft> {
    let known = money_wallets(seen);
    let mut drafts = Vec::new();
    for (observable, sighted) in &seen.sightings {
        let inputs: BTreeSet<_> = sighted.iter().map(|one| one.root).collect();
        let shown_elsewhere = inputs.len() > 1 || seen.has_traffic(observable) || known.contains(observable);
        for one in sighted {
            let wanted = match one.role {
                Role::C2 | Role::Download | Role::Theft => true,
                Role::Recipient | Role::Beacon => false,
                _ => shown_elsewhere,
            };
            if wanted {
                drafts.push(Draft {
                    from: seen.evidence(&one.piece.evidence.id),
                    to: Entity::Observable((*observable).clone()),
                    strength: Strength::Exact,
                    at: places(one.piece, observable),
                    why: format!("it names it as {}", one.role.as_str()),
                    on: vec![(*observable).clone()],
                });
            }
        }
    }
    drafts
}

/// Returns the wallets that a ledger or a list speaks of.
fn money_wallets<'a>(seen: &Seen<'a>) -> BTreeSet<&'a Observable> {
    let facts = seen.facts;
    let named = facts.named.iter().map(|named| &named.wallet);
    let drains = facts.drains.iter().flat_map(|drain| {
        let receivers = drain.receivers.iter().map(|receiver| &receiver.wallet);
        receivers.chain([&drain.account])
    });
    let traces = facts.traces.iter().flat_map(|trace| {
        let seeds = trace.seeds.iter().map(|seed| &seed.account);
        seeds.chain(trace.ends.iter().filter_map(|end| end.account.as_ref()))
    });
    named.chain(drains).chain(traces).collect()
}

/// Before: a report lists `sha256:ab…`, and `tool.exe` has these bytes. After: `sha256:ab…` —same-as→ tool.exe.
pub(super) fn same_hash(seen: &Seen<'_>) -> Vec<Draft> {
    let hashes = seen
        .sightings
        .iter()
        .filter(|(observable, _)| observable.kind() == ObservableType::Hash);
    let mut drafts = Vec::new();
    for (hash, sighted) in hashes {
        let Some(piece) = seen.piece_of_hash(hash) else {
            continue;
        };
        drafts.push(Draft {
            from: Entity::Observable((*hash).clone()),
            to: seen.evidence(piece),
            strength: Strength::Exact,
            at: sighted.iter().flat_map(|one| places(one.piece, hash)).collect(),
            why: "the evidence has exactly these bytes".into(),
            on: vec![(*hash).clone()],
        });
    }
    drafts
}

/// Before: `report.html` lists `c2.example` as indicator, `stage.ps1` takes orders from it. After: report.html
/// —names→ `c2.example`, with the reason that stage.ps1 names it too.
pub(super) fn intel_corroborates(seen: &Seen<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (indicator, sighted) in &seen.sightings {
        let reports = sighted.iter().filter(|one| one.role == Role::Indicator);
        for report in reports {
            for (other, form) in seen.alike(indicator) {
                let unrelated = seen.sighted(other).iter().filter(|one| {
                    one.role != Role::Indicator && one.root != report.root && has_part(one.role)
                });
                let Some(naming) = Naming::of(unrelated) else {
                    continue;
                };
                let both = places(report.piece, indicator).into_iter();
                drafts.push(Draft {
                    from: seen.evidence(&report.piece.evidence.id),
                    to: Entity::Observable(other.clone()),
                    strength: strength(*indicator == other),
                    at: both.chain(naming.places(other)).collect(),
                    why: corroboration(indicator, other, &naming.says()),
                    on: vec![(*indicator).clone(), other.clone(), form],
                });
            }
        }
    }
    drafts
}

fn corroboration(indicator: &Observable, other: &Observable, naming: &str) -> String {
    if indicator == other {
        format!("the report lists it as an indicator, and {naming}")
    } else {
        format!("the report lists {indicator} as an indicator, and {naming}")
    }
}

/// A mention, a recipient, or traffic that a rule of its own joins, corroborates nothing.
fn has_part(role: Role) -> bool {
    !matches!(role, Role::Mentioned | Role::Recipient | Role::Beacon)
}

/// Before: `stage.ps1` names `https://c2.example/a`, the logs show `c2.example`. After: `https://c2.example/a`
/// —same-as→ `c2.example`, derived.
pub(super) fn url_host(seen: &Seen<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (observable, sighted) in &seen.sightings {
        let part = sighted.iter().filter(|one| has_part(one.role));
        let at: Vec<Place> = part.flat_map(|one| places(one.piece, observable)).collect();
        let shown = |form: &Observable| seen.talks_with(form) || !seen.sighted(form).is_empty();
        for form in forms(observable).into_iter().skip(1).filter(shown) {
            if at.is_empty() {
                continue;
            }
            drafts.push(Draft {
                from: Entity::Observable((*observable).clone()),
                to: Entity::Observable(form.clone()),
                strength: Strength::Derived,
                at: at.clone(),
                why: format!("the {} is reached there", observable.kind().as_str()),
                on: vec![(*observable).clone(), form],
            });
        }
    }
    drafts
}

/// Returns exact for the same value, derived for a shared form.
pub(super) const fn strength(same: bool) -> Strength {
    if same { Strength::Exact } else { Strength::Derived }
}
