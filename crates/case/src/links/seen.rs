//! What the rules look things up in: the facts, indexed by observable.

use super::Grounds;
use crate::facts::{Beacon, Contact, Facts, LeftOut};
use crate::human::Ruling;
use std::collections::{BTreeMap, BTreeSet};
use strongroom_model::{Entity, EvidenceId, Interval, Observable, ObservableType, Place, Report, Role, Span};

/// One place where evidence names an observable.
pub(super) struct Sighted<'a> {
    /// The piece of evidence.
    pub(super) piece: &'a Report,
    /// The input that holds the piece.
    pub(super) root: &'a EvidenceId,
    /// What part it plays there.
    pub(super) role: Role,
}

/// Sightings of one observable as one reason: the first is named, the others are counted, and a few give places.
pub(super) struct Naming<'a>(Vec<&'a Sighted<'a>>);

impl<'a> Naming<'a> {
    /// Pieces whose places a link gives.
    const PLACES: usize = 8;

    /// Returns the reason, or `None` without a sighting.
    pub(super) fn of(sighted: impl Iterator<Item = &'a Sighted<'a>>) -> Option<Self> {
        let mut sighted: Vec<_> = sighted.collect();
        sighted.sort_by_key(|one| (&one.piece.evidence.name, &one.piece.evidence.id, one.role));
        (!sighted.is_empty()).then_some(Naming(sighted))
    }

    /// Returns "a.ps1 names it as c2", and how many more do.
    pub(super) fn says(&self) -> String {
        let Some(first) = self.0.first() else {
            return String::new();
        };
        let (name, role) = (&first.piece.evidence.name, first.role.as_str());
        match self.0.len() - 1 {
            0 => format!("{name} names it as {role}"),
            more => format!("{name} names it as {role} (and {more} more)"),
        }
    }

    /// Returns the places of the first pieces.
    pub(super) fn places(&self, observable: &Observable) -> Vec<Place> {
        let first = self.0.iter().take(Self::PLACES);
        first.flat_map(|one| places(one.piece, observable)).collect()
    }
}

/// A host's traffic with something, a contact or a beacon.
pub(super) struct Traffic<'a> {
    pub(super) host: &'a str,
    pub(super) with: &'a Observable,
    pub(super) when: Interval,
    pub(super) at: &'a Place,
    pub(super) says: String,
    pub(super) beacon: bool,
}

/// The facts, indexed.
pub(super) struct Seen<'a> {
    pub(super) facts: &'a Facts,
    pub(super) grounds: &'a Grounds<'a>,
    /// Where evidence names an observable.
    pub(super) sightings: BTreeMap<&'a Observable, Vec<Sighted<'a>>>,
    /// All contacts and beacons.
    pub(super) traffic: Vec<Traffic<'a>>,
    /// Each piece of evidence with the least name it came under.
    pieces: BTreeMap<&'a str, (&'a EvidenceId, &'a str)>,
    /// Each way to write an observable's host, to those that sightings name.
    forms: BTreeMap<Observable, Vec<&'a Observable>>,
    /// Which hosts talk to it; a contact with a URL counts for its host too.
    hosts_of: BTreeMap<Observable, BTreeSet<&'a str>>,
    hosts: u64,
    /// What traffic shows, as it shows it.
    talked_with: BTreeSet<&'a Observable>,
    dismissed: BTreeMap<Entity, String>,
    /// Dismissed evidence, and why.
    silent: BTreeMap<&'a EvidenceId, String>,
}

impl<'a> Seen<'a> {
    pub(super) fn of(facts: &'a Facts, grounds: &'a Grounds<'a>) -> Self {
        let mut seen = Seen {
            facts,
            grounds,
            sightings: BTreeMap::new(),
            traffic: traffic(facts),
            pieces: BTreeMap::new(),
            forms: BTreeMap::new(),
            hosts_of: BTreeMap::new(),
            hosts: grounds.hosts,
            talked_with: BTreeSet::new(),
            dismissed: dismissed(facts),
            silent: BTreeMap::new(),
        };
        for root in &facts.reports {
            for piece in root.walk() {
                seen.take_piece(&root.evidence.id, piece);
            }
        }
        let named: Vec<&Observable> = seen.sightings.keys().copied().collect();
        for observable in named {
            for form in forms(observable) {
                seen.forms.entry(form).or_default().push(observable);
            }
        }
        seen.take_traffic();
        seen
    }

    fn take_piece(&mut self, root: &'a EvidenceId, piece: &'a Report) {
        let (id, name) = (&piece.evidence.id, piece.evidence.name.as_str());
        let known = self.pieces.entry(id.as_str()).or_insert((id, name));
        known.1 = known.1.min(name);
        // What dismissed evidence names, nobody names.
        if let Some(why) = self.dismissed(&self.evidence(id)) {
            self.silent.insert(id, why);
            return;
        }
        for sighting in &piece.observables {
            let places = self.sightings.entry(&sighting.observable).or_default();
            places.push(Sighted {
                piece,
                root,
                role: sighting.role,
            });
        }
    }

    fn take_traffic(&mut self) {
        let mut hosts = BTreeSet::new();
        for one in &self.traffic {
            hosts.insert(one.host);
            self.talked_with.insert(one.with);
            for form in forms(one.with) {
                self.hosts_of.entry(form).or_default().insert(one.host);
            }
        }
        self.hosts = self.hosts.max(hosts.len() as u64);
    }

    /// Returns the evidence under its one name.
    pub(super) fn evidence(&self, id: &EvidenceId) -> Entity {
        Entity::Evidence {
            id: id.clone(),
            name: self
                .pieces
                .get(id.as_str())
                .map_or_else(String::new, |(_, name)| (*name).to_owned()),
        }
    }

    /// Returns the piece of evidence with exactly these bytes, by its hash as an observable.
    pub(super) fn piece_of_hash(&self, hash: &Observable) -> Option<&'a EvidenceId> {
        let known = self.pieces.get(hash.value());
        known
            .filter(|_| hash.kind() == ObservableType::Hash)
            .map(|(id, _)| *id)
    }

    /// Returns where evidence names the observable.
    pub(super) fn sighted(&self, observable: &Observable) -> &[Sighted<'a>] {
        self.sightings.get(observable).map_or(&[], Vec::as_slice)
    }

    /// Returns each named observable that shares a form with this one, and the form that is shared.
    pub(super) fn alike(&self, observable: &Observable) -> Vec<(&'a Observable, Observable)> {
        let mut found: BTreeMap<&Observable, Observable> = BTreeMap::new();
        for form in forms(observable) {
            for other in self.forms.get(&form).into_iter().flatten() {
                // The closest form wins: the value itself, then the endpoint, then the host.
                found.entry(other).or_insert_with(|| form.clone());
            }
        }
        found.into_iter().collect()
    }

    /// Returns whether traffic shows the observable, in whatever form.
    pub(super) fn has_traffic(&self, observable: &Observable) -> bool {
        forms(observable)
            .iter()
            .any(|form| self.hosts_of.contains_key(form))
    }

    /// Returns the evidence that was dismissed, and why: its observables are not looked at.
    pub(super) fn silenced(&self) -> Vec<(Entity, String)> {
        let silent = self.silent.iter();
        silent.map(|(id, why)| (self.evidence(id), why.clone())).collect()
    }

    /// Returns whether traffic shows exactly this value.
    pub(super) fn talks_with(&self, observable: &Observable) -> bool {
        self.talked_with.contains(observable)
    }

    /// Returns how many inputs name it otherwise than as a report's indicator.
    pub(super) fn inputs(&self, observable: &Observable) -> usize {
        let sighted = self.sighted(observable).iter();
        let counted = sighted.filter(|one| !matches!(one.role, Role::Indicator | Role::Listed | Role::Theft));
        counted.map(|one| one.root).collect::<BTreeSet<_>>().len()
    }

    /// Returns why the observable links to nothing, where it does.
    pub(super) fn stands_apart(&self, observable: &Observable) -> Option<(LeftOut, String)> {
        // A URL on a safe-listed host is safe-listed; one on a host that many talk to may still be rare.
        if forms(observable).iter().any(self.grounds.safe) {
            return Some((LeftOut::SafeListed, "it stands on a safe list".into()));
        }
        let inputs = self.inputs(observable);
        if inputs > self.grounds.most_evidence {
            let most = self.grounds.most_evidence;
            let why = format!("{inputs} unrelated pieces of evidence name it, more than {most}");
            return Some((LeftOut::Widespread, why));
        }
        let hosts = self.hosts_of.get(observable).map_or(0, BTreeSet::len);
        let share = (hosts as u64).saturating_mul(1000) / self.hosts.max(1);
        if hosts > self.grounds.few_hosts && share > self.grounds.most_hosts_permille {
            let why = format!("{hosts} of {} hosts talk to it", self.hosts);
            return Some((LeftOut::Widespread, why));
        }
        None
    }

    /// Returns who dismissed the thing and why, where somebody did.
    pub(super) fn dismissed(&self, entity: &Entity) -> Option<String> {
        self.dismissed.get(&nameless(entity)).cloned()
    }
}

/// Returns the ways to write what an observable is reached by: itself, its endpoint, its host.
pub(super) fn forms(observable: &Observable) -> Vec<Observable> {
    let mut forms = vec![observable.clone()];
    // A mail address is not reached by its domain: whole providers would be one thing.
    if observable.kind() != ObservableType::Email {
        forms.extend(observable.url_endpoint());
        forms.extend(observable.host());
    }
    forms
}

/// Returns the places where a piece shows an observable: the findings that speak of it, else the whole.
pub(super) fn places(piece: &Report, observable: &Observable) -> Vec<Place> {
    let findings = piece.findings.iter();
    let spans = findings
        .filter(|finding| finding.observables.contains(observable))
        .map(|finding| finding.at.clone());
    let mut spans: Vec<Span> = spans.collect();
    if spans.is_empty() {
        spans.push(Span::whole());
    }
    let place = |span| Place {
        evidence: piece.evidence.id.clone(),
        span,
    };
    spans.into_iter().map(place).collect()
}

fn traffic(facts: &Facts) -> Vec<Traffic<'_>> {
    let contacts = facts.contacts.iter().map(of_contact);
    contacts.chain(facts.beacons.iter().map(of_beacon)).collect()
}

fn of_contact(contact: &Contact) -> Traffic<'_> {
    Traffic {
        host: &contact.host,
        with: &contact.observable,
        when: contact.when,
        at: &contact.at,
        says: format!(
            "{} {} from {} to {} ({})",
            contact.count,
            if contact.count == 1 { "contact" } else { "contacts" },
            contact.when.first,
            contact.when.last,
            contact.why
        ),
        beacon: false,
    }
}

fn of_beacon(beacon: &Beacon) -> Traffic<'_> {
    Traffic {
        host: &beacon.host,
        with: &beacon.destination,
        when: beacon.when,
        at: &beacon.at,
        says: format!(
            "{} calls every {}.{:03} s from {} to {}",
            beacon.calls,
            beacon.period_ms / 1000,
            beacon.period_ms % 1000,
            beacon.when.first,
            beacon.when.last
        ),
        beacon: true,
    }
}

/// Returns the entity as decisions know it: evidence is its bytes, under whatever name it came.
fn nameless(entity: &Entity) -> Entity {
    match entity {
        Entity::Evidence { id, .. } => Entity::Evidence {
            id: id.clone(),
            name: String::new(),
        },
        other => other.clone(),
    }
}

/// Returns what was dismissed by the last decision about it.
fn dismissed(facts: &Facts) -> BTreeMap<Entity, String> {
    let mut decisions: Vec<_> = facts.decisions.iter().collect();
    decisions.sort_by_key(|decision| (decision.at, *decision));
    let mut dismissed = BTreeMap::new();
    for decision in decisions {
        match decision.ruling {
            Ruling::Dismissed => {
                let why = format!(
                    "dismissed by {} on {}: {}",
                    decision.by, decision.at, decision.reason
                );
                dismissed.insert(nameless(&decision.about), why);
            }
            Ruling::Confirmed => {
                dismissed.remove(&nameless(&decision.about));
            }
        }
    }
    dismissed
}
