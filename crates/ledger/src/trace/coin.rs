//! Taint through one transaction of a ledger of coins (UTXO): inputs in order, outputs in order, the fee last.
//!
//! A pure function on parcels; which coins exist and in which order transactions come is a store's business.

use super::parcel::{Parcel, Taint, append, append_from, tainted};
use super::unit::Unit;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::ops::Range;
use strongroom_model::Amount;

/// A taint policy for ledgers of coins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CoinPolicy {
    /// One tainted input taints every output and the fee whole. An upper bound.
    Poison,
    /// Each output gets its share of the taint, rounded by largest remainder.
    Haircut,
    /// The inputs' parcels in order are cut by the outputs in order.
    Fifo,
    /// The same with the whole list of parcels reversed.
    Lifo,
    /// Tainted parcels first.
    Tifo,
    /// Tainted parcels first, outputs by value descending.
    Tiho,
}

impl CoinPolicy {
    /// All policies, in the order in which results stand side by side.
    pub const ALL: [CoinPolicy; 6] = [
        CoinPolicy::Poison,
        CoinPolicy::Haircut,
        CoinPolicy::Fifo,
        CoinPolicy::Lifo,
        CoinPolicy::Tifo,
        CoinPolicy::Tiho,
    ];

    /// Returns the name as it stands in results.
    pub const fn as_str(self) -> &'static str {
        match self {
            CoinPolicy::Poison => "poison",
            CoinPolicy::Haircut => "haircut",
            CoinPolicy::Fifo => "fifo",
            CoinPolicy::Lifo => "lifo",
            CoinPolicy::Tifo => "tifo",
            CoinPolicy::Tiho => "tiho",
        }
    }

    /// Returns the policy of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        CoinPolicy::ALL.into_iter().find(|policy| policy.as_str() == name)
    }

    /// Returns whether no unit of taint appears or vanishes: all but poison.
    pub const fn conserves(self) -> bool {
        !matches!(self, CoinPolicy::Poison)
    }
}

/// What a transaction's outputs and fee are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spent<U = Amount> {
    /// Per output its parcels; none for an output without value.
    pub outputs: Vec<Vec<Parcel<U>>>,
    /// The fee's parcels.
    pub fee: Vec<Parcel<U>>,
}

/// Outputs and fee are not what the inputs are, or a sum leaves its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("inputs do not equal outputs and fee")]
pub struct Unbalanced;

/// Carries taint through a transaction.
///
/// # Errors
/// [`Unbalanced`] where the inputs' units are not the outputs' and the fee's together.
pub fn spend<U: Unit>(
    policy: CoinPolicy,
    inputs: &[Vec<Parcel<U>>],
    outputs: &[U],
    fee: U,
) -> Result<Spent<U>, Unbalanced> {
    let mut spending = Spending::default();
    inputs.iter().for_each(|input| spending.input(input));
    outputs
        .iter()
        .chain([&fee])
        .for_each(|value| spending.value(*value));
    spending.run(policy)?;
    let part = |at| spending.part(at).to_vec();
    Ok(Spent {
        outputs: (0..outputs.len()).map(part).collect(),
        fee: part(outputs.len()),
    })
}

/// One transaction at a time, in memory that the next one uses again: inputs and values in, parts out.
#[derive(Debug)]
pub(super) struct Spending<U> {
    /// The inputs' parcels in order; in the order in which they leave, once the policy has its say.
    list: Vec<Parcel<U>>,
    /// The outputs' values in order, the fee's last.
    values: Vec<U>,
    /// The parts of all values, one behind the other, and where each lies.
    parts: Vec<Parcel<U>>,
    places: Vec<Range<usize>>,
    /// Numbers of values, in the order in which they are served.
    order: Vec<usize>,
    shares: Vec<(U, U)>,
    clean: Vec<Parcel<U>>,
}

impl<U> Default for Spending<U> {
    fn default() -> Self {
        Spending {
            list: Vec::new(),
            values: Vec::new(),
            parts: Vec::new(),
            places: Vec::new(),
            order: Vec::new(),
            shares: Vec::new(),
            clean: Vec::new(),
        }
    }
}

impl<U: Unit> Spending<U> {
    /// Forgets the transaction before.
    pub(super) fn clear(&mut self) {
        self.list.clear();
        self.values.clear();
    }

    /// Adds an input's parcels.
    pub(super) fn input(&mut self, parcels: &[Parcel<U>]) {
        for parcel in parcels {
            append(&mut self.list, *parcel);
        }
    }

    /// Adds an output's value; the fee is the last.
    pub(super) fn value(&mut self, value: U) {
        self.values.push(value);
    }

    /// Returns the parcels of a value, after [`Spending::run`].
    pub(super) fn part(&self, at: usize) -> &[Parcel<U>] {
        let place = self.places.get(at).cloned();
        place.and_then(|place| self.parts.get(place)).unwrap_or_default()
    }

    pub(super) fn run(&mut self, policy: CoinPolicy) -> Result<(), Unbalanced> {
        let all = U::checked_sum(self.list.iter().map(|parcel| parcel.amount)).ok_or(Unbalanced)?;
        if U::checked_sum(self.values.iter().copied()) != Some(all) {
            return Err(Unbalanced);
        }
        self.parts.clear();
        self.places.clear();
        self.places.resize(self.values.len(), 0..0);
        self.order.clear();
        self.order.extend(0..self.values.len());
        match policy {
            CoinPolicy::Poison => self.mix(all, |_, value| value),
            CoinPolicy::Haircut => self.haircut(all).ok_or(Unbalanced)?,
            CoinPolicy::Fifo => self.cut(),
            CoinPolicy::Lifo => {
                self.list.reverse();
                self.list.iter_mut().for_each(|parcel| *parcel = parcel.turned());
                self.cut();
            }
            CoinPolicy::Tifo => {
                self.dirty_first();
                self.cut();
            }
            CoinPolicy::Tiho => {
                self.dirty_first();
                self.highest_first();
                self.cut();
            }
        }
        Ok(())
    }

    /// Gives every value its share of taint and, behind it, clean units.
    fn mix(&mut self, all: U, share: impl Fn(usize, U) -> U) {
        let taint = nearest_taint(&self.list);
        for (at, value) in self.values.iter().enumerate() {
            let from = self.parts.len();
            let dirty = taint.map_or(U::default(), |_| share(at, *value).min(all));
            append_from(&mut self.parts, from, Parcel { amount: dirty, taint });
            let rest = Parcel::clean(value.saturating_sub(dirty));
            append_from(&mut self.parts, from, rest);
            if let Some(place) = self.places.get_mut(at) {
                *place = from..self.parts.len();
            }
        }
    }

    fn haircut(&mut self, all: U) -> Option<()> {
        let taint = tainted(&self.list)?;
        self.largest_remainder(taint, all)?;
        let shares = std::mem::take(&mut self.shares);
        let share = |at| shares.get(at).map_or(U::default(), |(share, _)| *share);
        self.mix(all, |at, _| share(at));
        self.shares = shares;
        Some(())
    }

    /// Sets the shares to value·taint/all for each value, rounded so that they sum to `taint`.
    fn largest_remainder(&mut self, taint: U, all: U) -> Option<()> {
        self.shares.clear();
        if all.is_zero() {
            return Some(());
        }
        let mut left = taint;
        for value in &self.values {
            let exact = value.mul_div(taint, all)?;
            left = left.checked_sub(exact.0)?;
            self.shares.push(exact);
        }
        if left.is_zero() {
            return Some(());
        }
        let shares = &mut self.shares;
        let rest = |at: &usize| (Reverse(shares.get(*at).map(|(_, rest)| *rest)), *at);
        self.order.sort_unstable_by_key(rest);
        for at in &self.order {
            if left.is_zero() {
                break;
            }
            left = left.checked_sub(1u64.into())?;
            let share = shares.get_mut(*at)?;
            share.0 = share.0.checked_add(1u64.into())?;
        }
        Some(())
    }

    /// Cuts the list by the values, in the order in which they are served.
    fn cut(&mut self) {
        let mut list = self.list.iter_mut().peekable();
        for at in &self.order {
            let from = self.parts.len();
            let mut wanted = self.values.get(*at).copied().unwrap_or_default();
            while !wanted.is_zero() {
                let Some(front) = list.peek_mut() else { break };
                let taken = front.split_front(wanted);
                if front.amount.is_zero() {
                    list.next();
                }
                wanted = wanted.saturating_sub(taken.amount);
                append_from(&mut self.parts, from, taken);
            }
            if let Some(place) = self.places.get_mut(*at) {
                *place = from..self.parts.len();
            }
        }
    }

    fn dirty_first(&mut self) {
        let clean = &mut self.clean;
        clean.clear();
        self.list.retain(|parcel| {
            if parcel.taint.is_none() {
                clean.push(*parcel);
            }
            parcel.taint.is_some()
        });
        self.list.append(clean);
    }

    /// Serves values in descending order, ties to the lower number, the fee last.
    fn highest_first(&mut self) {
        let (values, fee) = (&self.values, self.values.len().saturating_sub(1));
        let key = |at: &usize| (*at == fee, Reverse(values.get(*at).copied()), *at);
        self.order.sort_unstable_by_key(key);
    }
}

/// Returns how mixed units came: on the shortest way, since no other policy may reach further within the same hops.
fn nearest_taint<U: Unit>(list: &[Parcel<U>]) -> Option<Taint<U>> {
    let taints = list.iter().filter_map(|parcel| parcel.taint);
    let nearest = taints.reduce(|a, b| if b.hops < a.hops { b } else { a })?;
    Some(Taint {
        origin: None,
        ..nearest
    })
}
