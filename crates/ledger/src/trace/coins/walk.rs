//! The frontier: tainted coins, and a queue of the transactions that they lead to.
//!
//! Forward a coin leads to the transaction that spends it, and transactions are worked by ascending number; backward
//! it leads to the transaction that made it, by descending number. Numbers are work order, so that every coin of a
//! transaction has arrived before the transaction's turn. Backward is the same walk through the ledger turned round in
//! time: what a transaction made goes in, what it spent comes out, and by FIFO and LIFO each unit takes the way back
//! that it came.

use super::super::coin::{CoinPolicy, Spending};
use super::super::parcel::{Parcel, tainted};
use super::super::result::{Direction, EndReason};
use super::chain::{Chain, Next, Party};
use super::coin::Coin;
use super::mix::{NumberMap, NumberSet};
use super::seed::SeededCoins;
use super::stops::{CoinStops, OwnerTag};
use super::turns::Turns;
use crate::LedgerError;
use crate::coins::absent;
use std::collections::BTreeSet;
use strongroom_model::{Gap, Limit, Limits, Why};

/// An output that carried taint, behind the step before it; the seeds have none.
#[derive(Clone, Copy, Debug)]
pub(super) struct RawStep {
    pub(super) output: u64,
    pub(super) before: Option<u32>,
}

/// Where taint ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Spot {
    Output(u64),
    /// What no output has: the fee of a transaction, or the rest of a reward.
    Fee(u32),
}

/// An end whose names are still numbers.
#[derive(Debug)]
pub(super) struct Ending {
    pub(super) reason: EndReason,
    pub(super) spot: Spot,
    /// An index into the walk's tags.
    pub(super) tag: Option<u32>,
    pub(super) coin: Coin,
}

/// How tainted units passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// From an output's owner to the transaction that spends it.
    Spent(u64),
    /// From the transaction that made an output to its owner.
    Made(u64),
    /// From a transaction to its block's coinbase.
    Fee { coinbase: u32 },
}

/// Tainted units that passed between a transaction and an output's owner, or as a fee between two transactions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Passage {
    pub(super) transaction: u32,
    pub(super) way: Way,
    pub(super) units: u64,
}

pub(super) struct Walk<'a> {
    pub(super) chain: Chain<'a>,
    pub(super) policy: CoinPolicy,
    pub(super) direction: Direction,
    pub(super) stops: &'a CoinStops<'a>,
    limits: &'a Limits,
    pub(super) seeds: &'a BTreeSet<u64>,
    /// The same, for asking each output that is reached.
    seeded: NumberSet<u64>,
    /// Tainted coins that lead to a transaction of the queue.
    coins: NumberMap<u64, Coin>,
    /// Tainted fees that wait for their block's coinbase, by the paying transaction.
    pub(super) fees: NumberMap<u32, Coin>,
    /// Transactions, by their number, or backward by how far they are from the last one.
    queue: Turns,
    pub(super) spending: Spending<u64>,
    /// The parcels that arrive at one output.
    moved: Vec<Parcel<u64>>,
    /// Steps taken at one output, by the step before.
    fresh: NumberMap<u32, u32>,
    /// Tags by owner: an index into `tags`.
    asked: NumberMap<u32, Option<u32>>,
    pub(super) tags: Vec<OwnerTag>,
    pub(super) steps: Vec<RawStep>,
    pub(super) ends: Vec<Ending>,
    pub(super) passages: Vec<Passage>,
    /// Outputs at which taint arrived.
    pub(super) arrivals: u64,
    /// The transaction in work.
    pub(super) at: u32,
    pub(super) gaps: Vec<Gap>,
}

impl<'a> Walk<'a> {
    pub(super) fn of(
        chain: Chain<'a>,
        policy: CoinPolicy,
        direction: Direction,
        seeded: &'a SeededCoins,
        stops: &'a CoinStops<'a>,
        limits: &'a Limits,
    ) -> Self {
        Walk {
            chain,
            policy,
            direction,
            stops,
            limits,
            seeds: &seeded.outputs,
            seeded: seeded.outputs.iter().copied().collect(),
            coins: NumberMap::default(),
            fees: NumberMap::default(),
            queue: Turns::of(chain.transactions()),
            spending: Spending::default(),
            moved: Vec::new(),
            fresh: NumberMap::default(),
            asked: NumberMap::default(),
            tags: Vec::new(),
            steps: Vec::new(),
            ends: Vec::new(),
            passages: Vec::new(),
            arrivals: 0,
            at: 0,
            gaps: seeded.gaps.clone(),
        }
    }

    /// Walks until nothing is left to work. Returns how many transactions were worked.
    pub(super) fn run(&mut self) -> Result<u64, LedgerError> {
        for output in self.seeds {
            self.seed(*output)?;
        }
        let mut worked = 0u64;
        while let Some(turn) = self.queue.pop() {
            worked += 1;
            if let Some(gap) = self.limit_reached(worked) {
                self.gaps.push(gap);
                break;
            }
            self.work(self.turn(turn))?;
        }
        self.end_the_rest();
        Ok(worked)
    }

    /// A transaction's turn, and back.
    fn turn(&self, transaction: u32) -> u32 {
        match self.direction {
            Direction::Forward => transaction,
            Direction::Backward => {
                let last = self.chain.transactions().saturating_sub(1);
                last.saturating_sub(transaction)
            }
        }
    }

    fn queue(&mut self, transaction: u32) -> Result<(), LedgerError> {
        if self.queue.push(self.turn(transaction)) {
            return Ok(());
        }
        Err(absent("transaction", transaction))
    }

    fn limit_reached(&self, worked: u64) -> Option<Gap> {
        let limits = self.limits;
        if worked > limits.steps {
            return Some(Gap::limit("trace", Limit::Steps, limits.steps));
        }
        // Steps are numbered by 32 bits.
        let keys = limits.keys.min(u64::from(u32::MAX) / 2);
        let kept = self.steps.len().max(self.ends.len()).max(self.coins.len());
        (kept as u64 > keys).then(|| Gap::limit("trace", Limit::Keys, keys))
    }

    fn work(&mut self, transaction: u32) -> Result<(), LedgerError> {
        self.at = transaction;
        match self.direction {
            Direction::Backward => self.unmake(transaction),
            Direction::Forward if self.is_minting(transaction)? => self.mint(transaction),
            Direction::Forward => self.spend(transaction),
        }
    }

    /// Only a fee that is followed leads to a coinbase.
    fn is_minting(&self, transaction: u32) -> Result<bool, LedgerError> {
        Ok(self.stops.follow_fees.is_some() && self.chain.is_coinbase(transaction)?)
    }

    fn seed(&mut self, output: u64) -> Result<(), LedgerError> {
        let step = self.step(output, None);
        let mut parcel = Parcel::seed(output, self.chain.value(output)?);
        if let Some(taint) = &mut parcel.taint {
            taint.step = step;
        }
        self.moved.clear();
        self.moved.push(parcel);
        // What lies where nobody sees or spends it goes nowhere, and came from somewhere.
        let lost = match (self.direction, self.chain.party(self.chain.owner(output)?)) {
            (Direction::Forward, Party::Nobody) => Some(EndReason::Burnt),
            (Direction::Forward, Party::Mweb) => Some(EndReason::Mweb),
            (Direction::Forward, Party::Somebody) | (Direction::Backward, _) => None,
        };
        match lost {
            Some(reason) => {
                self.end_moved(reason, output, None);
                Ok(())
            }
            None => self.lead_on(output),
        }
    }

    fn step(&mut self, output: u64, before: Option<u32>) -> u32 {
        self.steps.push(RawStep { output, before });
        self.steps.len() as u32 - 1
    }

    /// Takes the coin of an output, if there is taint in it.
    pub(super) fn take(&mut self, output: u64) -> Option<Coin> {
        let coin = self.coins.remove(&output)?;
        let units = tainted(coin.parcels()).unwrap_or_default();
        self.pass(self.at, self.way_in(output), units);
        Some(coin)
    }

    pub(super) fn pass(&mut self, transaction: u32, way: Way, units: u64) {
        self.passages.push(Passage {
            transaction,
            way,
            units,
        });
    }

    /// How units pass into the transaction in work; money always goes the way that it went.
    fn way_in(&self, output: u64) -> Way {
        match self.direction {
            Direction::Forward => Way::Spent(output),
            Direction::Backward => Way::Made(output),
        }
    }

    fn way_out(&self, output: u64) -> Way {
        match self.direction {
            Direction::Forward => Way::Made(output),
            Direction::Backward => Way::Spent(output),
        }
    }

    /// Lets a part of the transaction in work arrive at an output: the stops, then the queue.
    pub(super) fn arrive(&mut self, output: u64, part: usize) -> Result<(), LedgerError> {
        self.moved.clear();
        self.moved.extend_from_slice(self.spending.part(part));
        let units = tainted(&self.moved).unwrap_or_default();
        if units == 0 {
            return Ok(());
        }
        self.arrivals += 1;
        self.pass(self.at, self.way_out(output), units);
        if self.seeded.contains(&output) {
            self.end_moved(EndReason::Absorbed, output, None);
            return Ok(());
        }
        self.move_parcels(output);
        if let Some((reason, tag)) = self.stop_at(output)? {
            self.end_moved(reason, output, tag);
            return Ok(());
        }
        if self.beyond_hops(output) == 0 {
            return Ok(());
        }
        self.lead_on(output)
    }

    /// Writes the output into the way of each tainted parcel: one step for each way that leads here.
    fn move_parcels(&mut self, output: u64) {
        self.fresh.clear();
        for at in 0..self.moved.len() {
            let Some(before) = self.moved.get(at).and_then(|parcel| parcel.taint).map(|t| t.step) else {
                continue;
            };
            let known = self.fresh.get(&before).copied();
            let step = known.unwrap_or_else(|| self.step(output, Some(before)));
            if known.is_none() && self.moved.len() > 1 {
                self.fresh.insert(before, step);
            }
            if let Some(taint) = self.moved.get_mut(at).and_then(|parcel| parcel.taint.as_mut()) {
                taint.step = step;
                taint.hops = taint.hops.saturating_add(1);
            }
        }
    }

    /// Returns why all taint ends at an output, and the tag that says so.
    fn stop_at(&mut self, output: u64) -> Result<Option<(EndReason, Option<u32>)>, LedgerError> {
        let owner = self.chain.owner(output)?;
        Ok(match self.chain.party(owner) {
            Party::Nobody => Some((EndReason::Burnt, None)),
            Party::Mweb => Some((EndReason::Mweb, None)),
            Party::Somebody => self
                .stopping_tag(owner)?
                .map(|tag| (EndReason::Service, Some(tag))),
        })
    }

    fn stopping_tag(&mut self, owner: u32) -> Result<Option<u32>, LedgerError> {
        let Some(ask) = self.stops.tags else {
            return Ok(None);
        };
        if let Some(tag) = self.asked.get(&owner) {
            return Ok(*tag);
        }
        let tag = ask(owner)?.filter(|word| word.tag.service.ends_traces(self.stops.parties));
        let tag = tag.map(|tag| {
            self.tags.push(tag);
            self.tags.len() as u32 - 1
        });
        self.asked.insert(owner, tag);
        Ok(tag)
    }

    /// Ends what came too far or is dust, and cleans it. Returns the tainted units that are left.
    fn beyond_hops(&mut self, output: u64) -> u64 {
        if let Some(hops) = self.stops.hops {
            let far = |parcel: &Parcel<u64>| parcel.taint.is_some_and(|taint| taint.hops > hops);
            let beyond: Vec<_> = self.moved.iter().copied().filter(far).collect();
            self.end(EndReason::Hops, Spot::Output(output), None, &beyond);
            for parcel in self.moved.iter_mut().filter(|parcel| far(parcel)) {
                parcel.taint = None;
            }
        }
        let left = tainted(&self.moved).unwrap_or_default();
        if left > 0 && left < self.stops.dust {
            self.end_moved(EndReason::Dust, output, None);
            return 0;
        }
        left
    }

    /// Queues what the coin leads to, or ends its taint where it leads to nothing.
    fn lead_on(&mut self, output: u64) -> Result<(), LedgerError> {
        let next = match self.next(output)? {
            Ok(next) => next,
            Err(reason) => {
                self.end_moved(reason, output, None);
                return Ok(());
            }
        };
        if self.stops.shut_out(self.chain, self.direction, next)? {
            self.end_moved(EndReason::Until, output, None);
            return Ok(());
        }
        self.coins.insert(output, Coin::of(&self.moved));
        self.queue(next)
    }

    /// The transaction that a coin leads to, or why there is none.
    fn next(&self, output: u64) -> Result<Result<u32, EndReason>, LedgerError> {
        Ok(match self.direction {
            Direction::Forward => match self.chain.next(output)? {
                Next::Transaction(spender) => Ok(spender),
                Next::Nothing => Err(EndReason::Unspent),
                Next::Overwritten => Err(EndReason::Overwritten),
            },
            Direction::Backward => match self.chain.maker(output)? {
                Some(maker) if self.chain.is_coinbase(maker)? => Err(EndReason::Mined),
                Some(maker) => Ok(maker),
                None => Err(EndReason::Opening),
            },
        })
    }

    /// Queues a block's coinbase, which a fee leads to.
    pub(super) fn queue_coinbase(&mut self, coinbase: u32) -> Result<(), LedgerError> {
        self.queue(coinbase)
    }

    /// Says what of a transaction could not be accounted, and ends the taint of the coins in it.
    pub(super) fn give_up(
        &mut self,
        transaction: u32,
        coins: Vec<(u64, Coin)>,
        why: &str,
    ) -> Result<(), LedgerError> {
        let place = format!("transaction {}", self.chain.id(transaction)?);
        self.gaps.push(Gap::new(place, Why::Truncated, why));
        for (output, coin) in coins {
            self.end(
                EndReason::NotAccountable,
                Spot::Output(output),
                None,
                coin.parcels(),
            );
        }
        Ok(())
    }

    fn end_moved(&mut self, reason: EndReason, output: u64, tag: Option<u32>) {
        let moved = std::mem::take(&mut self.moved);
        self.end(reason, Spot::Output(output), tag, &moved);
        self.moved = moved;
    }

    /// Books the tainted among parcels as ended.
    pub(super) fn end(&mut self, reason: EndReason, spot: Spot, tag: Option<u32>, parcels: &[Parcel<u64>]) {
        let coin = match parcels {
            [one] => one.taint.map(|_| Coin::One(*one)),
            many => {
                let dirty = many.iter().copied().filter(|parcel| parcel.taint.is_some());
                let dirty: Vec<_> = dirty.collect();
                (!dirty.is_empty()).then(|| Coin::of(&dirty))
            }
        };
        if let Some(coin) = coin {
            self.ends.push(Ending {
                reason,
                spot,
                tag,
                coin,
            });
        }
    }

    /// Ends the coins and fees that were still to be worked when a limit was reached.
    fn end_the_rest(&mut self) {
        let mut coins: Vec<_> = self.coins.drain().collect();
        coins.sort_unstable_by_key(|(output, _)| *output);
        for (output, coin) in coins {
            self.end(EndReason::Limit, Spot::Output(output), None, coin.parcels());
        }
        let mut fees: Vec<_> = self.fees.drain().collect();
        fees.sort_unstable_by_key(|(payer, _)| *payer);
        for (payer, coin) in fees {
            self.end(EndReason::Fee, Spot::Fee(payer), None, coin.parcels());
        }
    }
}
