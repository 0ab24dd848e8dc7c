//! The walk: rows of tainted accounts in ledger order, from a queue of the next row of each.

use super::convert::Wrappers;
use super::history::{Histories, History};
use super::holding::Holding;
use super::parcel::{Origin, Parcel, Taint, append, tainted};
use super::policy::Policy;
use super::reading::Reading;
use super::result::{Direction, EndReason, Step, Trace};
use super::seed::{Seeded, beyond_256_bits};
use super::stops::Stops;
use crate::LedgerError;
use crate::store::{Entry, NOBODY, Place};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};
use std::rc::Rc;
use strongroom_model::{Amount, Gap, Limit, Limits, Tag};

/// An account and an asset, by their ids.
pub(super) type Key = (u32, u32);

/// A holding in which there is taint, with the history that its next row comes from.
struct Awake {
    holding: Holding,
    history: Rc<History>,
}

/// Tainted units on one edge of the graph of accounts.
pub(super) struct Edge {
    pub(super) amount: Amount,
    pub(super) transfers: u64,
    pub(super) first: Place,
}

/// An end whose names are still ids.
pub(super) struct Ending {
    pub(super) reason: EndReason,
    pub(super) key: Key,
    pub(super) tag: Option<Tag>,
    pub(super) place: Place,
    pub(super) parcels: Vec<Parcel>,
}

pub(super) struct Walk<'a, 'b> {
    pub(super) reading: Reading<'a>,
    pub(super) policy: Policy,
    stops: &'b Stops<'b>,
    limits: &'b Limits,
    histories: &'b mut Histories<'a>,
    /// Dust by asset id.
    dust: HashMap<u32, Amount>,
    tags: HashMap<u32, Option<Tag>>,
    wrappers: Wrappers,
    /// What went over into another asset and has not arrived there, by where it will.
    converting: BTreeMap<Place, Vec<Parcel>>,
    /// What arrived from another asset, by asset.
    pub(super) arrived: BTreeMap<u32, Amount>,
    awake: BTreeMap<Key, Awake>,
    queue: BinaryHeap<Reverse<Place>>,
    pub(super) steps: Vec<Step>,
    pub(super) seeds: Vec<(Place, Entry)>,
    pub(super) ends: Vec<Ending>,
    pub(super) flows: BTreeMap<(u32, u32, u32), Edge>,
    pub(super) openings: BTreeMap<Key, Amount>,
    pub(super) touched: BTreeSet<u32>,
    pub(super) gaps: Vec<Gap>,
}

impl<'a, 'b> Walk<'a, 'b> {
    pub(super) fn of(
        reading: Reading<'a>,
        policy: Policy,
        stops: &'b Stops<'b>,
        limits: &'b Limits,
        histories: &'b mut Histories<'a>,
    ) -> Self {
        Walk {
            reading,
            policy,
            stops,
            limits,
            histories,
            dust: HashMap::new(),
            tags: HashMap::new(),
            wrappers: Wrappers::default(),
            converting: BTreeMap::new(),
            arrived: BTreeMap::new(),
            awake: BTreeMap::new(),
            queue: BinaryHeap::new(),
            steps: Vec::new(),
            seeds: Vec::new(),
            ends: Vec::new(),
            flows: BTreeMap::new(),
            openings: BTreeMap::new(),
            touched: BTreeSet::new(),
            gaps: Vec::new(),
        }
    }

    pub(super) fn run(mut self, seeded: &Seeded) -> Result<Trace, LedgerError> {
        self.gaps.extend(seeded.gaps.iter().cloned());
        self.find_dust()?;
        self.wrappers = Wrappers::of(self.reading.ledger)?;
        let reading = self.reading;
        let places = seeded.rows.iter().map(|place| Reverse(reading.turned(*place)));
        self.queue.extend(places);
        let reason = self.walk(seeded)?;
        self.end_holders(reason);
        self.end_conversions(reason)?;
        self.finish()
    }

    fn find_dust(&mut self) -> Result<(), LedgerError> {
        for (asset, dust) in &self.stops.dust {
            if let Some(asset) = self.reading.ledger.asset_id(asset)? {
                self.dust.insert(asset, *dust);
            }
        }
        Ok(())
    }

    /// Returns why those who hold taint now still hold it.
    fn walk(&mut self, seeded: &Seeded) -> Result<EndReason, LedgerError> {
        let until = self
            .stops
            .until
            .map(|until| self.reading.turned_micros(until.micros()));
        let (mut last, mut rows) = (None, 0u64);
        while let Some(Reverse(place)) = self.queue.pop() {
            if until.is_some_and(|until| place.micros > until) {
                return Ok(EndReason::Until);
            }
            if last == Some(place) {
                continue;
            }
            last = Some(place);
            rows += 1;
            if let Some(gap) = self.limit_reached(rows) {
                self.gaps.push(gap);
                return Ok(EndReason::Limit);
            }
            let seed = seeded.rows.contains(&self.reading.turned(place));
            self.row(place, seed)?;
        }
        Ok(self.reading.at_the_end())
    }

    fn limit_reached(&self, rows: u64) -> Option<Gap> {
        let limits = self.limits;
        if rows > limits.steps {
            return Some(Gap::limit("trace", Limit::Steps, limits.steps));
        }
        let ways = (self.steps.len() as u64).max(self.awake.len() as u64);
        (ways > limits.keys).then(|| Gap::limit("trace", Limit::Keys, limits.keys))
    }

    fn row(&mut self, place: Place, seeded: bool) -> Result<(), LedgerError> {
        let entry = self.reading.entry(place)?;
        let (payer, payee) = ((entry.from, entry.asset), (entry.to, entry.asset));
        let backward = self.reading.direction == Direction::Backward;
        if backward {
            self.put(payee, &[Parcel::clean(entry.fee)], place)?;
        }
        // Backward a seed may end where it arrives: its receiver wakes when it does not, or where it is the payer too.
        let later = backward && payer != payee;
        let seeded = seeded && (later || self.wake(payee, place, entry.fee)?);
        let sent = self.take(payer, entry.amount, place)?;
        let sent = match self.converting.remove(&place) {
            Some(over) => self.come_over(place, &entry, over)?,
            None => sent,
        };
        let arriving = match (seeded, backward) {
            (true, false) => {
                let seed = self.seed(place, &entry, sent);
                self.seed_of_wrapper(place, &entry, seed)?
            }
            (true, true) => {
                let seed = self.seed(place, &entry, sent);
                self.arrive(place, &entry, seed)?
            }
            (false, _) => self.arrive(place, &entry, sent)?,
        };
        self.put(payee, &arriving, place)?;
        if !backward {
            let fee = self.take(payer, entry.fee, place)?;
            self.end(EndReason::Fee, payer, place, fee, None);
        }
        for key in BTreeSet::from([payer, payee]) {
            self.go_on(key, place);
        }
        Ok(())
    }

    /// Makes sure that the holding of a row's receiver is followed; backward the row's fee has come back to it. Returns false
    /// where it cannot be accounted.
    fn wake(&mut self, key: Key, place: Place, fee: Amount) -> Result<bool, LedgerError> {
        if self.awake.contains_key(&key) {
            return Ok(true);
        }
        let Some(history) = self.histories.get(key.0, key.1)? else {
            self.gaps.push(beyond_256_bits(self.reading.row(place)));
            return Ok(false);
        };
        let sum = || LedgerError::Sum(self.reading.row(place));
        let before = history.before(place).ok_or_else(sum)?;
        // Backward the reading begins with what is held now, and is left with what must have been there before.
        let (balance, assumed) = match self.reading.direction {
            Direction::Forward => (before, history.opening),
            Direction::Backward => (before.checked_add(fee).ok_or_else(sum)?, history.last),
        };
        if !assumed.is_zero() {
            self.openings.insert(key, assumed);
        }
        self.touched.insert(key.0);
        self.awake.insert(
            key,
            Awake {
                holding: Holding::clean(self.policy, balance),
                history,
            },
        );
        Ok(true)
    }

    /// Takes a payment from the payer; one who is not followed pays clean units.
    fn take(&mut self, payer: Key, amount: Amount, place: Place) -> Result<Vec<Parcel>, LedgerError> {
        match self.awake.get_mut(&payer) {
            Some(awake) => awake
                .holding
                .take(amount)
                .ok_or(LedgerError::Sum(self.reading.row(place))),
            None => Ok(vec![Parcel::clean(amount)]),
        }
    }

    fn put(&mut self, payee: Key, arriving: &[Parcel], place: Place) -> Result<(), LedgerError> {
        match self.awake.get_mut(&payee) {
            Some(awake) => awake
                .holding
                .put(arriving)
                .ok_or(LedgerError::Sum(self.reading.row(place))),
            None => Ok(()),
        }
    }

    fn step(&mut self, row: u64, before: Option<u32>) -> u32 {
        self.steps.push(Step {
            row,
            outpoint: None,
            height: None,
            before,
        });
        self.steps.len() as u32 - 1
    }

    /// A seeded arrival: tainted whole; the taint that was sent ends there.
    fn seed(&mut self, place: Place, entry: &Entry, sent: Vec<Parcel>) -> Vec<Parcel> {
        self.flow(place, entry, &sent);
        self.end(EndReason::Absorbed, (entry.to, entry.asset), place, sent, None);
        self.seeds.push((self.reading.turned(place), *entry));
        let row = self.reading.row(place);
        let step = self.step(row, None);
        let origin = Some(Origin {
            seed: row,
            offset: Amount::ZERO,
            down: false,
        });
        let taint = Some(Taint {
            origin,
            step,
            // Backward the seeded transfer itself has been followed, to its payer.
            hops: u32::from(self.reading.direction == Direction::Backward),
        });
        vec![Parcel {
            amount: entry.amount,
            taint,
        }]
    }

    /// Any other arrival: what goes on to the receiver, after the stops.
    fn arrive(&mut self, place: Place, entry: &Entry, sent: Vec<Parcel>) -> Result<Vec<Parcel>, LedgerError> {
        if sent.iter().all(|parcel| parcel.taint.is_none()) {
            return Ok(sent);
        }
        self.flow(place, entry, &sent);
        if let Some(other) = self.wrappers.other_half(self.reading, place, entry)? {
            let moved = self.moved(place, sent);
            return Ok(self.go_over(place, entry, moved, other));
        }
        if entry.to == NOBODY {
            self.end(
                self.reading.at_nobody(),
                (entry.from, entry.asset),
                place,
                sent,
                None,
            );
            return Ok(Vec::new());
        }
        let key = (entry.to, entry.asset);
        let moved = self.moved(place, sent);
        if let Some(tag) = self.stopping_tag(entry.to)? {
            self.end(EndReason::Service, key, place, moved.clone(), Some(tag));
            return Ok(cleaned(&moved, |_| true));
        }
        let far = |taint: &Taint| self.stops.hops.is_some_and(|hops| taint.hops > hops);
        let beyond: Vec<Parcel> = moved
            .iter()
            .copied()
            .filter(|p| p.taint.as_ref().is_some_and(far))
            .collect();
        let moved = cleaned(&moved, far);
        self.end(EndReason::Hops, key, place, beyond, None);
        let left = tainted(&moved).ok_or(LedgerError::Sum(self.reading.row(place)))?;
        let dust = self.dust.get(&entry.asset).copied().unwrap_or_default();
        let why = if left.is_zero() {
            return Ok(moved);
        } else if left < dust {
            EndReason::Dust
        } else if self.wrappers.holds(entry.to, entry.asset) {
            // What a wrapper holds is nobody's own.
            EndReason::NotAccountable
        } else if self.wake(key, place, entry.fee)? {
            return Ok(moved);
        } else {
            EndReason::NotAccountable
        };
        self.end(why, key, place, moved.clone(), None);
        Ok(cleaned(&moved, |_| true))
    }

    /// A seed that arrives at a wrapper goes over at once, or ends: what a wrapper holds is nobody's own.
    fn seed_of_wrapper(
        &mut self,
        place: Place,
        entry: &Entry,
        seed: Vec<Parcel>,
    ) -> Result<Vec<Parcel>, LedgerError> {
        if !self.wrappers.holds(entry.to, entry.asset) {
            return Ok(seed);
        }
        if let Some(other) = self.wrappers.other_half(self.reading, place, entry)? {
            return Ok(self.go_over(place, entry, seed, other));
        }
        let key = (entry.to, entry.asset);
        self.end(EndReason::NotAccountable, key, place, seed.clone(), None);
        Ok(cleaned(&seed, |_| true))
    }

    /// The first half of a conversion: taint ends in this asset, and waits for the other half. Returns what arrives here.
    fn go_over(&mut self, place: Place, entry: &Entry, moved: Vec<Parcel>, other: Place) -> Vec<Parcel> {
        let key = (entry.from, entry.asset);
        let arriving = cleaned(&moved, |_| true);
        self.end(EndReason::Converted, key, place, moved.clone(), None);
        self.converting.insert(other, moved);
        self.queue.push(Reverse(other));
        match entry.to {
            NOBODY => Vec::new(),
            _ => arriving,
        }
    }

    /// The other half: what went over arrives in place of what the wrapper pays.
    fn come_over(
        &mut self,
        place: Place,
        entry: &Entry,
        over: Vec<Parcel>,
    ) -> Result<Vec<Parcel>, LedgerError> {
        let amount = tainted(&over).ok_or(LedgerError::Sum(self.reading.row(place)))?;
        let sum = self.arrived.entry(entry.asset).or_default();
        // Under poison the same units pass again and again; a sum beyond 256 bits stays at the bound.
        *sum = sum.saturating_add(amount);
        Ok(over)
    }

    /// Books what was on its way between two assets when the walk ended.
    fn end_conversions(&mut self, reason: EndReason) -> Result<(), LedgerError> {
        for (place, over) in std::mem::take(&mut self.converting) {
            let entry = self.reading.entry(place)?;
            let over = self.come_over(place, &entry, over)?;
            self.end(reason, (entry.to, entry.asset), place, over, None);
        }
        Ok(())
    }

    /// Writes the transfer into the way of each tainted parcel: one step for each way that leads here.
    fn moved(&mut self, place: Place, mut parcels: Vec<Parcel>) -> Vec<Parcel> {
        let row = self.reading.row(place);
        let mut steps: BTreeMap<u32, u32> = BTreeMap::new();
        for taint in parcels.iter_mut().filter_map(|parcel| parcel.taint.as_mut()) {
            let before = taint.step;
            // A seed that is followed backward begins with this row.
            if self
                .steps
                .get(before as usize)
                .is_some_and(|step| step.row == row)
            {
                continue;
            }
            taint.step = match steps.get(&before) {
                Some(step) => *step,
                None => self.step(row, Some(before)),
            };
            steps.insert(before, taint.step);
            taint.hops = taint.hops.saturating_add(1);
        }
        parcels
    }

    fn stopping_tag(&mut self, account: u32) -> Result<Option<Tag>, LedgerError> {
        if let Some(tag) = self.tags.get(&account) {
            return Ok(tag.clone());
        }
        let tag = (self.stops.tags)(self.reading.ledger.account(account)?);
        let tag = tag.filter(|tag| tag.service.ends_traces(self.stops.parties));
        self.tags.insert(account, tag.clone());
        Ok(tag)
    }

    fn flow(&mut self, place: Place, entry: &Entry, sent: &[Parcel]) {
        let Some(amount) = tainted(sent).filter(|amount| !amount.is_zero()) else {
            return;
        };
        let place = self.reading.turned(place);
        let first = Edge {
            amount: Amount::ZERO,
            transfers: 0,
            first: place,
        };
        let (from, to) = match self.reading.direction {
            Direction::Forward => (entry.from, entry.to),
            Direction::Backward => (entry.to, entry.from),
        };
        let edge = self.flows.entry((entry.asset, from, to)).or_insert(first);
        edge.first = edge.first.min(place);
        // Under poison the same units pass again and again; a sum beyond 256 bits stays at the bound.
        edge.amount = edge.amount.saturating_add(amount);
        edge.transfers += 1;
    }

    /// Books the tainted among parcels as ended.
    fn end(&mut self, reason: EndReason, key: Key, place: Place, parcels: Vec<Parcel>, tag: Option<Tag>) {
        let parcels: Vec<Parcel> = parcels
            .into_iter()
            .filter(|parcel| parcel.taint.is_some())
            .collect();
        if !parcels.is_empty() {
            self.ends.push(Ending {
                reason,
                key,
                tag,
                place: self.reading.turned(place),
                parcels,
            });
        }
    }

    /// Queues the next row of a holding, or lets it sleep where no taint is left.
    fn go_on(&mut self, key: Key, place: Place) {
        let Some(awake) = self.awake.get(&key) else { return };
        if awake.holding.is_clean() {
            self.awake.remove(&key);
        } else if let Some(next) = awake.history.after(place) {
            self.queue.push(Reverse(next));
        }
    }

    fn end_holders(&mut self, reason: EndReason) {
        for (key, awake) in std::mem::take(&mut self.awake) {
            let parcels = awake.holding.parcels();
            let first = parcels.iter().find_map(|parcel| parcel.taint);
            let row = first
                .and_then(|taint| self.steps.get(taint.step as usize))
                .map(|step| step.row);
            // The place's time is looked up by its row when names are.
            let place = self.reading.turned(Place {
                micros: 0,
                row: row.unwrap_or_default(),
            });
            self.end(reason, key, place, parcels, None);
        }
    }
}

/// Returns the parcels, those whose taint is told by `which` clean.
fn cleaned(parcels: &[Parcel], which: impl Fn(&Taint) -> bool) -> Vec<Parcel> {
    let mut out = Vec::new();
    for parcel in parcels {
        append(
            &mut out,
            Parcel {
                taint: parcel.taint.filter(|taint| !which(taint)),
                ..*parcel
            },
        );
    }
    out
}
