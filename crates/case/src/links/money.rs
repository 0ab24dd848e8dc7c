//! Rules over ledgers and lists. They join by rows and by exact wallets, so no prevalence applies to them.

use super::Draft;
use super::seen::{Seen, places};
use crate::facts::{Named, Naming};
use crate::money::{Drain, End, Trace};
use std::collections::{BTreeMap, BTreeSet};
use strongroom_model::{Amount, Asset, Entity, Observable, Place, Role, Strength};

/// Before: rows show that the drained account paid wallet W. After: drain —drained-to→ W, with all that it was paid.
pub(super) fn drained_to(seen: &Seen<'_>) -> Vec<Draft> {
    seen.facts.drains.iter().flat_map(paid_by).collect()
}

fn paid_by(drain: &Drain) -> Vec<Draft> {
    let mut paid: BTreeMap<&Observable, (Sums<'_>, Vec<Place>)> = BTreeMap::new();
    for receiver in &drain.receivers {
        let (sums, at) = paid.entry(&receiver.wallet).or_default();
        add(sums, ("", false, &receiver.asset), receiver.amount);
        at.extend(receiver.at.iter().cloned());
    }
    let drafts = paid.into_iter().map(|(wallet, (sums, at))| Draft {
        from: drained(drain),
        to: Entity::Observable(wallet.clone()),
        strength: Strength::Exact,
        at,
        why: format!("rows of the ledger pay it {}", listed(&sums)),
        on: Vec::new(),
    });
    drafts.collect()
}

/// Sums per policy (empty for what rows say themselves), whether it is an upper bound, and asset; `None` where 256
/// bits do not hold the sum.
type Sums<'a> = BTreeMap<(&'a str, bool, &'a Asset), Option<Amount>>;

fn add<'a>(sums: &mut Sums<'a>, key: (&'a str, bool, &'a Asset), amount: Amount) {
    let sum = sums.entry(key).or_insert(Some(Amount::ZERO));
    *sum = sum.and_then(|sum| sum.checked_add(amount));
}

fn listed(sums: &Sums<'_>) -> String {
    let sums = sums.iter().map(|((policy, upper_bound, asset), sum)| {
        let sum = sum.map_or_else(|| "over 256 bits of".to_owned(), |sum| asset.number(sum));
        let most = if *upper_bound { "at most " } else { "" };
        match *policy {
            "" => format!("{sum} {}", asset.unit()),
            policy => format!("{most}{sum} {} by {policy}", asset.unit()),
        }
    });
    sums.collect::<Vec<_>>().join(", ")
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

/// Before: the fifo trace of W ends with 40 XEM at wallet E, the haircut trace with 38; a tag or list names E. After:
/// W —paid→ E, derived: "40 XEM by fifo, 38 XEM by haircut end there". All policies stand in one reason, because
/// none of them is the truth alone.
///
/// Ends that nobody names are rows of the trace and draw no link: there can be any number of them.
pub(super) fn traced_to(seen: &Seen<'_>) -> Vec<Draft> {
    let named: BTreeSet<&Observable> = seen.facts.named.iter().map(|named| &named.wallet).collect();
    let mut ways: BTreeMap<(&Observable, &Observable), Way<'_>> = BTreeMap::new();
    for trace in &seen.facts.traces {
        for end in &trace.ends {
            let Some(account) = &end.account else {
                continue;
            };
            if end.party.is_none() && !named.contains(account) {
                continue;
            }
            let seeds = seeds(trace, end);
            for seed in seeds.iter().filter(|seed| **seed != account) {
                let way = ways.entry((seed, account)).or_default();
                add(
                    &mut way.sums,
                    (&trace.policy, trace.upper_bound, &end.asset),
                    end.amount,
                );
                way.at.push(trace.at.clone());
                way.shared |= seeds.len() > 1;
            }
        }
    }
    let drafts = ways.into_iter().map(|((seed, account), way)| Draft {
        from: Entity::Observable(seed.clone()),
        to: Entity::Observable(account.clone()),
        strength: Strength::Derived,
        why: way.says(),
        at: way.at,
        on: Vec::new(),
    });
    drafts.collect()
}

/// What all policies say of one seed and one end.
#[derive(Default)]
struct Way<'a> {
    sums: Sums<'a>,
    at: Vec<Place>,
    /// Whether a policy does not tell the seeds apart: its sum is of all of them.
    shared: bool,
}

impl Way<'_> {
    fn says(&self) -> String {
        let sums = listed(&self.sums);
        if self.shared {
            format!("{sums} end there, from all seeds together where the policy does not tell them apart")
        } else {
            format!("{sums} end there")
        }
    }
}

/// Returns the seed that the end comes from, or all of its asset where the policy does not tell.
fn seeds<'a>(trace: &'a Trace, end: &'a End) -> BTreeSet<&'a Observable> {
    match &end.seed {
        Some(seed) => BTreeSet::from([seed]),
        None => trace
            .seeds
            .iter()
            .filter(|seed| seed.asset == end.asset)
            .map(|seed| &seed.account)
            .collect(),
    }
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
