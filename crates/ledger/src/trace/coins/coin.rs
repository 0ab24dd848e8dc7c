//! What a coin is made of while it waits for the transaction that spends it.

use super::super::parcel::Parcel;
use std::slice;

/// A coin's parcels in order. Most coins are one parcel, and one needs no memory of its own.
#[derive(Clone, Debug)]
pub(super) enum Coin {
    One(Parcel<u64>),
    Many(Box<[Parcel<u64>]>),
}

impl Coin {
    pub(super) fn of(parcels: &[Parcel<u64>]) -> Self {
        match parcels {
            [one] => Coin::One(*one),
            many => Coin::Many(many.into()),
        }
    }

    pub(super) fn parcels(&self) -> &[Parcel<u64>] {
        match self {
            Coin::One(one) => slice::from_ref(one),
            Coin::Many(many) => many,
        }
    }
}
