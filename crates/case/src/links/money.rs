//! Rules over ledgers and lists. They join by rows and by exact wallets, so no prevalence applies to them.

use super::Draft;
use super::seen::{Seen, places};
use crate::facts::{Named, Naming};
use crate::money::{Drain, End, Trace};
use std::collections::BTreeSet;
use strongroom_model::{Entity, Observable, Role, Strength};

/// Before: rows show that the drained account paid wallet W. After: drain —drained-to→ W.
pub(super) fn drained_to(seen: &Seen<'_>) -> Vec<Draft> {
    let drains = seen.facts.drains.iter();
    let paid = drains.flat_map(|drain| drain.receivers.iter().map(move |receiver| (drain, receiver)));
    paid.map(|(drain, receiver)| Draft {
        from: drained(drain),
        to: Entity::Observable(receiver.wallet.clone()),
        strength: Strength::Exact,
        at: receiver.at.clone(),
        why: format!(
            "rows of the ledger pay it {} {}",
            receiver.amount.to_coins(receiver.asset.decimals),
            receiver.asset.name
        ),
        on: Vec::new(),
    })
    .collect()
}

/// Before: W received from the drain, a list of stolen funds names W. After: W —belongs-to→ the list's party.
pub(super) fn published_theft_wallet(seen: &Seen<'_>) -> Vec<Draft> {
    let receivers: BTreeSet<&Observable> = receivers(seen).collect();
    let stolen = |named: &&Named| named.how == Naming::Stolen && receivers.contains(&named.wallet);
    let mut drafts: Vec<Draft> = seen
        .facts
        .named
        .iter()
        .filter(stolen)
        .map(|named| {
            belongs(
                named,
                "a list of stolen funds names the wallet that received from the drain",
            )
        })
        .collect();
    for wallet in receivers {
        let published = seen.sighted(wallet).iter().filter(|one| one.role == Role::Theft);
        drafts.extend(published.map(|one| Draft {
            from: Entity::Observable(wallet.clone()),
            to: seen.evidence(&one.piece.evidence.id),
            strength: Strength::Exact,
            at: places(one.piece, wallet),
            why: "the evidence publishes the wallet that received from the drain as a receiver of stolen funds"
                .into(),
            on: Vec::new(),
        }));
    }
    drafts
}

/// Before: the fifo trace of W ends with 40 XEM at wallet E, which a tag names. After: W —paid→ E, derived: "fifo
/// ends 40 XEM there".
///
/// Ends that nobody names are rows of the trace and draw no link: there can be any number of them.
pub(super) fn traced_to(seen: &Seen<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for trace in &seen.facts.traces {
        for end in trace.ends.iter().filter(|end| end.party.is_some()) {
            let Some(account) = &end.account else {
                continue;
            };
            drafts.extend(seeds(trace, end).into_iter().map(|seed| Draft {
                from: Entity::Observable(seed.clone()),
                to: Entity::Observable(account.clone()),
                strength: Strength::Derived,
                at: vec![trace.at.clone()],
                why: sentence(trace, end),
                on: Vec::new(),
            }));
        }
    }
    drafts
}

/// Returns the seed that the end comes from, or all of them where the policy does not tell.
fn seeds<'a>(trace: &'a Trace, end: &'a End) -> BTreeSet<&'a Observable> {
    match &end.seed {
        Some(seed) => BTreeSet::from([seed]),
        None => trace.seeds.iter().map(|seed| &seed.account).collect(),
    }
}

fn sentence(trace: &Trace, end: &End) -> String {
    let amount = end.amount.to_coins(end.asset.decimals);
    let (policy, asset, reason) = (&trace.policy, &end.asset.name, end.reason.as_str());
    let most = if trace.upper_bound { "at most " } else { "" };
    format!("by {policy}, {most}{amount} {asset} ends there ({reason})")
}

/// Before: wallet E is an end of the trace, a tag says "Exchange A". After: E —belongs-to→ Exchange A.
pub(super) fn belongs_to(seen: &Seen<'_>) -> Vec<Draft> {
    let mut wallets: BTreeSet<&Observable> = receivers(seen).collect();
    let traces = seen.facts.traces.iter();
    wallets.extend(
        traces
            .clone()
            .flat_map(|t| t.seeds.iter().map(|seed| &seed.account)),
    );
    wallets.extend(
        traces
            .clone()
            .flat_map(|t| t.ends.iter().filter_map(|end| end.account.as_ref())),
    );
    let named = seen.facts.named.iter();
    let mut drafts: Vec<Draft> = named
        .filter(|named| named.how != Naming::Stolen && wallets.contains(&named.wallet))
        .map(|named| belongs(named, "the list names the party behind the wallet"))
        .collect();
    drafts.extend(traces.flat_map(|trace| trace.ends.iter().filter_map(|end| tagged(trace, end))));
    drafts
}

fn tagged(trace: &Trace, end: &End) -> Option<Draft> {
    let party = end.party.as_ref()?;
    Some(Draft {
        from: Entity::Observable(end.account.clone()?),
        to: Entity::Party {
            name: party.label.clone(),
            source: party.source.clone(),
        },
        strength: Strength::Exact,
        at: vec![trace.at.clone()],
        why: format!("a tag names it as {}", party.service.as_str()),
        on: Vec::new(),
    })
}

/// Before: `note.txt` names wallet L, a sanctions list names L. After: L —belongs-to→ the sanctioned party.
pub(super) fn listed_wallet(seen: &Seen<'_>) -> Vec<Draft> {
    let named = seen.facts.named.iter();
    let drafts = named.filter_map(|named| {
        let names = seen
            .sighted(&named.wallet)
            .iter()
            .map(|one| &one.piece.evidence.name);
        let mut draft = belongs(named, &format!("{} names the wallet", names.min()?));
        for one in seen.sighted(&named.wallet) {
            draft.at.extend(places(one.piece, &named.wallet));
        }
        Some(draft)
    });
    drafts.collect()
}

fn receivers<'a>(seen: &Seen<'a>) -> impl Iterator<Item = &'a Observable> + use<'a> {
    let drains = seen.facts.drains.iter();
    drains.flat_map(|drain| drain.receivers.iter().map(|receiver| &receiver.wallet))
}

fn drained(drain: &Drain) -> Entity {
    Entity::Drain {
        account: drain.account.value().to_owned(),
        when: drain.when,
    }
}

fn belongs(named: &Named, why: &str) -> Draft {
    Draft {
        from: Entity::Observable(named.wallet.clone()),
        to: Entity::Party {
            name: named.party.clone(),
            source: named.list.clone(),
        },
        strength: Strength::Exact,
        at: named.at.iter().cloned().collect(),
        why: format!("{why} ({}, {})", named.how.as_str(), named.service.as_str()),
        on: Vec::new(),
    }
}
