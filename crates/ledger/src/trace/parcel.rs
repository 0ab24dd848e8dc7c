//! Parcels: runs of units that share one history. A coin or an account's balance is an ordered list of them.

use serde::{Deserialize, Serialize};
use strongroom_model::Amount;

/// Which units of a seed a parcel holds: those from `offset` on, as many as the parcel has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Origin {
    /// The seeded row, or the number that a caller gave its seed coin.
    pub seed: u64,
    /// The first unit, counted from 0 within the seed.
    pub offset: Amount,
}

/// How a parcel came to be tainted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Taint {
    /// The seed's units, under the policies that keep units apart; poison and haircut mix them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// The step that brought it where it is: an index into the steps of the trace.
    pub step: u32,
    /// Transfers since the seed.
    pub hops: u32,
}

/// Units in a row, all tainted alike or all clean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Parcel {
    /// How many units.
    pub amount: Amount,
    /// How they are tainted, if they are.
    pub taint: Option<Taint>,
}

impl Parcel {
    /// Returns clean units.
    pub fn clean(amount: Amount) -> Self {
        Parcel { amount, taint: None }
    }

    /// Returns all units of a seed, at step 0.
    pub fn seed(seed: u64, amount: Amount) -> Self {
        let origin = Some(Origin {
            seed,
            offset: Amount::ZERO,
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
    pub(crate) fn split_front(&mut self, amount: Amount) -> Parcel {
        let mut front = *self;
        front.amount = amount.min(self.amount);
        self.amount = self.amount.saturating_sub(front.amount);
        self.taint = self.taint.map(|taint| taint.advanced(front.amount));
        front
    }

    /// Splits the last `amount` units off; the parcel keeps the rest.
    pub(crate) fn split_back(&mut self, amount: Amount) -> Parcel {
        let kept = self.amount.saturating_sub(amount);
        let front = self.split_front(kept);
        std::mem::replace(self, front)
    }

    /// Returns both as one where `next` continues `self`.
    fn joined(self, next: Parcel) -> Option<Parcel> {
        let amount = self.amount.checked_add(next.amount)?;
        let continues = match (self.taint, next.taint) {
            (None, None) => true,
            (Some(a), Some(b)) => a.advanced(self.amount) == b,
            _ => false,
        };
        continues.then_some(Parcel { amount, ..self })
    }
}

impl Taint {
    fn advanced(mut self, by: Amount) -> Taint {
        if let Some(origin) = &mut self.origin {
            // A seed has at most 2²⁵⁶−1 units: an offset inside it cannot leave the range.
            origin.offset = origin.offset.checked_add(by).unwrap_or(origin.offset);
        }
        self
    }
}

/// Adds a parcel behind the others, joined to the last where it continues it; an empty one is left away.
pub(crate) fn append(parcels: &mut Vec<Parcel>, parcel: Parcel) {
    if parcel.amount.is_zero() {
        return;
    }
    match parcels.last().and_then(|last| last.joined(parcel)) {
        Some(joined) => {
            parcels.pop();
            parcels.push(joined);
        }
        None => parcels.push(parcel),
    }
}

/// Returns the tainted units among parcels, or `None` above 256 bits.
pub(crate) fn tainted(parcels: &[Parcel]) -> Option<Amount> {
    Amount::checked_sum(
        parcels
            .iter()
            .filter(|parcel| parcel.taint.is_some())
            .map(|parcel| parcel.amount),
    )
}
