//! Links: why two things in a case belong together.
//!
//! Pure: facts in, links out, sorted, each once. A rule is one line of [`LINK_RULES`] and one function that draws
//! candidates; the candidates of all rules pass one gate, where what is safe-listed, widespread or dismissed is
//! left out and counted, never silently. No rule knows a value: two things are joined by canonical equality, by a
//! derivation that the rule names, or (marked circumstantial) by time.

mod evidence;
mod gate;
mod money;
mod network;
mod seen;

use crate::facts::{Facts, Unlinked};
use gate::Gate;
use seen::Seen;
use std::collections::BTreeMap;
use strongroom_model::{Entity, Link, LinkKind, Observable, Place, Strength};

/// The bounds under which links are drawn; the defaults stand in [`Grounds::new`].
#[derive(Clone, Copy)]
pub struct Grounds<'a> {
    /// Answers whether an observable stands on a safe list.
    pub safe: &'a (dyn Fn(&Observable) -> bool + 'a),
    /// An observable in more unrelated pieces of evidence than this links to nothing; a report that lists it as an
    /// indicator does not count, a container and what it contains count once.
    pub most_evidence: usize,
    /// An observable that at most so many hosts talk to is never widespread.
    pub few_hosts: usize,
    /// Above that, the share of hosts in thousandths that makes it widespread.
    pub most_hosts_permille: u64,
    /// How many hosts the logs show; where it is below what the facts name, those count.
    pub hosts: u64,
    /// How many days before a drain a contact still speaks for one operation.
    pub window_days: i64,
}

impl<'a> Grounds<'a> {
    /// Returns the default bounds: 20 pieces of evidence; 10 hosts, then a quarter of all; 30 days.
    pub fn new(safe: &'a (dyn Fn(&Observable) -> bool + 'a)) -> Self {
        Grounds {
            safe,
            most_evidence: 20,
            few_hosts: 10,
            most_hosts_permille: 250,
            hosts: 0,
            window_days: 30,
        }
    }
}

/// One rule that draws links.
#[derive(Debug)]
pub struct LinkRule {
    /// The stable name.
    pub name: &'static str,
    /// What its links say.
    pub kind: LinkKind,
    /// How far its links can be leant on, at best.
    pub strength: Strength,
    /// What it joins, in one sentence.
    pub joins: &'static str,
    draw: fn(&Seen<'_>) -> Vec<Draft>,
}

const fn rule(
    name: &'static str,
    kind: LinkKind,
    strength: Strength,
    joins: &'static str,
    draw: fn(&Seen<'_>) -> Vec<Draft>,
) -> LinkRule {
    LinkRule {
        name,
        kind,
        strength,
        joins,
        draw,
    }
}

use LinkKind::{BelongsTo, Contacted, Contains, DrainedTo, Names, Paid, Preceded, SameAs};
use Strength::{Circumstantial, Derived, Exact};

/// All rules, from the first file to the last deposit.
#[rustfmt::skip]
pub static LINK_RULES: &[LinkRule] = &[
    rule("contains", Contains, Exact, "a container and what was unpacked from it", evidence::contains),
    rule("names", Names, Exact, "evidence and an observable that it names and something else shows", evidence::names),
    rule("same-hash", SameAs, Exact, "a hash and the evidence whose bytes it is", evidence::same_hash),
    rule("intel-corroborates", Names, Exact, "a report's indicator and evidence that names the same", evidence::intel_corroborates),
    rule("url-host", SameAs, Derived, "an address and its host, where something else shows the host", evidence::url_host),
    rule("c2-contacted", Contacted, Exact, "a host and the C2 or download address of evidence that it talked to", network::c2_contacted),
    rule("beacon-to-c2", Contacted, Exact, "a host and the C2 of evidence that it calls at regular intervals", network::beacon_to_c2),
    rule("indicator-contacted", Contacted, Exact, "a host and a report's indicator that it talked to", network::indicator_contacted),
    rule("file-delivered", Contacted, Exact, "a host and the evidence whose bytes its traffic carried", network::file_delivered),
    rule("host-before-drain", Preceded, Circumstantial, "a host that talked to a C2 and a drain soon after", network::host_before_drain),
    rule("drained-to", DrainedTo, Exact, "a drain and a wallet that received from it", money::drained_to),
    rule("published-theft-wallet", BelongsTo, Exact, "a wallet that received from a drain and the list of stolen funds that names it", money::published_theft_wallet),
    rule("traced-to", Paid, Derived, "a theft wallet and a named wallet where a policy ends", money::traced_to),
    rule("belongs-to", BelongsTo, Exact, "a wallet of the drain or trace and the party that a list names behind it", money::belongs_to),
    rule("listed-wallet", BelongsTo, Exact, "a wallet that evidence names and the party that a list names behind it", money::listed_wallet),
];

/// What the rules joined, and what was left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Linked {
    /// The links, sorted, each once.
    pub links: Vec<Link>,
    /// What links to nothing, and why, sorted.
    pub unlinked: Vec<Unlinked>,
}

/// Draws all links between the facts. The order of the facts does not matter.
///
/// ```
/// use strongroom_case::{Contact, Facts, Grounds, link};
/// use strongroom_model::{Evidence, EvidenceId, Interval, Kind, Moment, Observable, Place, Report, Role, Span};
///
/// let c2 = Observable::url("https://c2.example/wp-includes/common.php").unwrap();
/// let mut report = Report::new(Evidence::of_bytes("stage.ps1", Kind::PowerShell, b"..."));
/// report.sight(c2.clone(), Role::C2);
/// let contact = Contact {
///     host: "192.0.2.17".into(),
///     observable: Observable::domain("c2.example").unwrap(),
///     when: Interval::at(Moment::from_micros(0)),
///     count: 3,
///     why: "TLS server name".into(),
///     at: Place { evidence: EvidenceId::of(b"ssl.log"), span: Span::line(12) },
/// };
/// let facts = Facts { reports: vec![report], contacts: vec![contact], ..Facts::default() };
/// let linked = link(&facts, &Grounds::new(&|_| false));
/// let contacted = linked.links.iter().find(|link| link.rule == "c2-contacted").unwrap();
/// assert_eq!(contacted.from.to_string(), "host 192.0.2.17");
/// assert_eq!(contacted.strength.as_str(), "derived"); // the URL's host was contacted, not the URL
///
/// let safe = link(&facts, &Grounds::new(&|one| one.value() == "c2.example"));
/// assert!(safe.links.is_empty());
/// assert_eq!(safe.unlinked[0].ground.as_str(), "safe-listed");
/// ```
pub fn link(facts: &Facts, grounds: &Grounds<'_>) -> Linked {
    let seen = Seen::of(facts, grounds);
    let mut gate = Gate::default();
    let mut links: BTreeMap<Joined, Link> = BTreeMap::new();
    for rule in LINK_RULES {
        for draft in (rule.draw)(&seen) {
            if gate.passes(&seen, rule.name, &draft) {
                keep(&mut links, rule, draft);
            }
        }
    }
    let mut links: Vec<Link> = links.into_values().collect();
    links.sort();
    Linked {
        links,
        unlinked: gate.left_out(&seen),
    }
}

/// What makes two links the same one.
type Joined = (Entity, Entity, &'static str);

/// A link that a rule proposes, with the observables that it joined on.
struct Draft {
    from: Entity,
    to: Entity,
    strength: Strength,
    at: Vec<Place>,
    why: String,
    on: Vec<Observable>,
}

/// Keeps a link; one that is drawn twice keeps the places of both and the stronger reason.
fn keep(links: &mut BTreeMap<Joined, Link>, rule: &'static LinkRule, draft: Draft) {
    let key = (draft.from.clone(), draft.to.clone(), rule.name);
    let mut link = Link {
        from: draft.from,
        to: draft.to,
        kind: rule.kind,
        rule: rule.name.to_owned(),
        strength: draft.strength,
        at: draft.at,
        why: draft.why,
    };
    if let Some(before) = links.remove(&key) {
        link.at.extend(before.at.iter().cloned());
        if (before.strength, std::cmp::Reverse(&before.why)) > (link.strength, std::cmp::Reverse(&link.why)) {
            (link.strength, link.why) = (before.strength, before.why);
        }
    }
    link.at.sort();
    link.at.dedup();
    links.insert(key, link);
}
