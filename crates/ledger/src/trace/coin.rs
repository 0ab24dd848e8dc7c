//! Taint through one transaction of a ledger of coins (UTXO): inputs in order, outputs in order, the fee last.
//!
//! A pure function on parcels; which coins exist and in which order transactions come is a store's business.

use super::parcel::{Parcel, Taint, append, tainted};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::VecDeque;
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
}

/// What a transaction's outputs and fee are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spent {
    /// Per output its parcels; none for an output without value.
    pub outputs: Vec<Vec<Parcel>>,
    /// The fee's parcels.
    pub fee: Vec<Parcel>,
}

/// Outputs and fee are not what the inputs are, or a sum leaves 256 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("inputs do not equal outputs and fee")]
pub struct Unbalanced;

/// Carries taint through a transaction.
///
/// # Errors
/// [`Unbalanced`] where the inputs' units are not the outputs' and the fee's together.
pub fn spend(
    policy: CoinPolicy,
    inputs: &[Vec<Parcel>],
    outputs: &[Amount],
    fee: Amount,
) -> Result<Spent, Unbalanced> {
    let list: Vec<Parcel> = inputs.iter().flatten().copied().collect();
    let all = Amount::checked_sum(list.iter().map(|parcel| parcel.amount)).ok_or(Unbalanced)?;
    let values: Vec<Amount> = outputs.iter().copied().chain([fee]).collect();
    if Amount::checked_sum(values.iter().copied()) != Some(all) {
        return Err(Unbalanced);
    }
    let mut parts = match policy {
        CoinPolicy::Poison => poison(&list, &values),
        CoinPolicy::Haircut => haircut(&list, &values, all).ok_or(Unbalanced)?,
        CoinPolicy::Fifo => cut(list, &values),
        CoinPolicy::Lifo => lifo(list, &values),
        CoinPolicy::Tifo => cut(dirty_first(list), &values),
        CoinPolicy::Tiho => tiho(dirty_first(list), &values),
    };
    let fee = parts.pop().ok_or(Unbalanced)?;
    Ok(Spent { outputs: parts, fee })
}

fn first_taint(list: &[Parcel]) -> Option<Taint> {
    list.iter().find_map(|parcel| parcel.taint).map(|taint| Taint {
        origin: None,
        ..taint
    })
}

fn poison(list: &[Parcel], values: &[Amount]) -> Vec<Vec<Parcel>> {
    let taint = first_taint(list);
    let part = |amount: &Amount| {
        let mut part = Vec::new();
        append(
            &mut part,
            Parcel {
                amount: *amount,
                taint,
            },
        );
        part
    };
    values.iter().map(part).collect()
}

fn haircut(list: &[Parcel], values: &[Amount], all: Amount) -> Option<Vec<Vec<Parcel>>> {
    let shares = largest_remainder(values, tainted(list)?, all)?;
    let taint = first_taint(list);
    let part = |(value, share): (&Amount, Amount)| {
        let mut part = Vec::new();
        append(&mut part, Parcel { amount: share, taint });
        append(&mut part, Parcel::clean(value.checked_sub(share)?));
        Some(part)
    };
    values.iter().zip(shares).map(part).collect()
}

/// Returns value·taint/all for each value, rounded so that they sum to `taint`.
fn largest_remainder(values: &[Amount], taint: Amount, all: Amount) -> Option<Vec<Amount>> {
    if all.is_zero() {
        return Some(vec![Amount::ZERO; values.len()]);
    }
    let exact: Vec<(Amount, Amount)> = values
        .iter()
        .map(|value| value.mul_div(taint, all))
        .collect::<Option<_>>()?;
    let mut shares: Vec<Amount> = exact.iter().map(|(share, _)| *share).collect();
    let mut left = taint.checked_sub(Amount::checked_sum(shares.iter().copied())?)?;
    let mut by_rest: Vec<usize> = (0..exact.len()).collect();
    by_rest.sort_by_key(|at| Reverse(exact.get(*at).map(|(_, rest)| *rest)));
    for share in by_rest {
        if left.is_zero() {
            break;
        }
        left = left.checked_sub(1u64.into())?;
        let share = shares.get_mut(share)?;
        *share = share.checked_add(1u64.into())?;
    }
    Some(shares)
}

/// Cuts a list by the values in order.
fn cut(list: Vec<Parcel>, values: &[Amount]) -> Vec<Vec<Parcel>> {
    let mut list = VecDeque::from(list);
    values.iter().map(|value| cut_one(&mut list, *value)).collect()
}

fn cut_one(list: &mut VecDeque<Parcel>, value: Amount) -> Vec<Parcel> {
    let (mut part, mut wanted) = (Vec::new(), value);
    while !wanted.is_zero() {
        let Some(front) = list.front_mut() else { break };
        let taken = front.split_front(wanted);
        if front.amount.is_zero() {
            list.pop_front();
        }
        wanted = wanted.saturating_sub(taken.amount);
        append(&mut part, taken);
    }
    part
}

/// Units leave from the last backwards, inside a parcel too; the parcels of an output stand in that order.
fn lifo(mut list: Vec<Parcel>, values: &[Amount]) -> Vec<Vec<Parcel>> {
    let mut parts = Vec::with_capacity(values.len());
    for value in values {
        let (mut part, mut wanted) = (Vec::new(), *value);
        while !wanted.is_zero() {
            let Some(last) = list.last_mut() else { break };
            let taken = last.split_back(wanted);
            if last.amount.is_zero() {
                list.pop();
            }
            wanted = wanted.saturating_sub(taken.amount);
            append(&mut part, taken);
        }
        parts.push(part);
    }
    parts
}

fn dirty_first(list: Vec<Parcel>) -> Vec<Parcel> {
    let (mut dirty, clean): (Vec<_>, Vec<_>) = list.into_iter().partition(|parcel| parcel.taint.is_some());
    dirty.extend(clean);
    dirty
}

fn tiho(list: Vec<Parcel>, values: &[Amount]) -> Vec<Vec<Parcel>> {
    let mut list = VecDeque::from(list);
    let fee = values.len().saturating_sub(1);
    let mut order: Vec<(usize, Amount)> = values.iter().copied().enumerate().collect();
    order.sort_by_key(|(at, value)| (*at == fee, Reverse(*value)));
    let mut parts: Vec<(usize, Vec<Parcel>)> = order
        .into_iter()
        .map(|(at, value)| (at, cut_one(&mut list, value)))
        .collect();
    parts.sort_by_key(|(at, _)| *at);
    parts.into_iter().map(|(_, part)| part).collect()
}
