//! Parcels: runs of units that share one history. A coin or an account's balance is an ordered list of them.

use super::unit::Unit;
use serde::{Deserialize, Serialize};
use strongroom_model::Amount;

/// Which units of a seed a parcel holds, as many as the parcel has: those from `offset` on, or downwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Origin<U = Amount> {
    /// The seeded row or output, or the number that a caller gave its seed coin.
    pub seed: u64,
    /// The first unit, counted from 0 within the seed.
    pub offset: U,
    /// Whether the units go downwards from there: LIFO turns a coin round. Results are written upwards.
    #[serde(default, skip_serializing_if = "is_upwards")]
    pub down: bool,
}

// The shape that serde asks for.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_upwards(down: &bool) -> bool {
    !*down
}

/// How a parcel came to be tainted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Taint<U = Amount> {
    /// The seed's units, under the policies that keep units apart; poison and haircut mix them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin<U>>,
    /// The step that brought it where it is: an index into the steps of the trace.
    pub step: u32,
    /// Transfers since the seed.
    pub hops: u32,
}

/// Units in a row, all tainted alike or all clean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Parcel<U = Amount> {
    /// How many units.
    pub amount: U,
    /// How they are tainted, if they are.
    pub taint: Option<Taint<U>>,
}

impl<U: Unit> Parcel<U> {
    /// Returns clean units.
    pub fn clean(amount: U) -> Self {
        Parcel { amount, taint: None }
    }

    /// Returns all units of a seed, at step 0.
    pub fn seed(seed: u64, amount: U) -> Self {
        let origin = Some(Origin {
            seed,
            offset: U::default(),
            down: false,
        });
        Parcel {
            amount,
            taint: Some(Taint {
                origin,
                step: 0,
                hops: 0,
            }),
        }
    }

    /// Splits the first `amount` units off; the parcel keeps the rest.
    pub(crate) fn split_front(&mut self, amount: U) -> Parcel<U> {
        let mut front = *self;
        front.amount = amount.min(self.amount);
        self.amount = self.amount.saturating_sub(front.amount);
        self.taint = self.taint.map(|taint| taint.advanced(front.amount));
        front
    }

    /// Splits the last `amount` units off; the parcel keeps the rest.
    pub(crate) fn split_back(&mut self, amount: U) -> Parcel<U> {
        let kept = self.amount.saturating_sub(amount);
        let front = self.split_front(kept);
        std::mem::replace(self, front)
    }

    /// Returns the same units, the last one first.
    pub(crate) fn turned(mut self) -> Self {
        let last = self.amount.saturating_sub(1u64.into());
        if let Some(taint) = &mut self.taint {
            *taint = taint.advanced(last);
            if let Some(origin) = &mut taint.origin {
                origin.down = !origin.down;
            }
        }
        self
    }

    /// Returns both as one where `next` continues `self`.
    fn joined(self, next: Parcel<U>) -> Option<Parcel<U>> {
        let amount = self.amount.checked_add(next.amount)?;
        let continues = match (self.taint, next.taint) {
            (None, None) => true,
            (Some(a), Some(b)) => a.advanced(self.amount) == b,
            _ => false,
        };
        continues.then_some(Parcel { amount, ..self })
    }
}

impl<U: Unit> Taint<U> {
    fn advanced(mut self, by: U) -> Self {
        if let Some(origin) = &mut self.origin {
            // Offsets stay inside their seed, whose units fit the range; one before its first unit is never used.
            origin.offset = if origin.down {
                origin.offset.saturating_sub(by)
            } else {
                origin.offset.checked_add(by).unwrap_or(origin.offset)
            };
        }
        self
    }
}

/// Adds a parcel behind the others, joined to the last where it continues it; an empty one is left away.
pub(crate) fn append<U: Unit>(parcels: &mut Vec<Parcel<U>>, parcel: Parcel<U>) {
    append_from(parcels, 0, parcel);
}

/// The same, where the parcels before `from` are another coin's.
pub(crate) fn append_from<U: Unit>(parcels: &mut Vec<Parcel<U>>, from: usize, parcel: Parcel<U>) {
    if parcel.amount.is_zero() {
        return;
    }
    let own = parcels.len() > from;
    match parcels.last_mut().filter(|_| own) {
        Some(last) => match last.joined(parcel) {
            Some(joined) => *last = joined,
            None => parcels.push(parcel),
        },
        None => parcels.push(parcel),
    }
}

/// Returns the tainted units among parcels, or `None` above the range.
pub(crate) fn tainted<U: Unit>(parcels: &[Parcel<U>]) -> Option<U> {
    U::checked_sum(
        parcels
            .iter()
            .filter(|parcel| parcel.taint.is_some())
            .map(|parcel| parcel.amount),
    )
}
