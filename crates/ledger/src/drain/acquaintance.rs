//! Whom an account has paid before, how often and how much.

use crate::store::{ByKey, key};
use strongroom_model::Amount;

const DAY: i64 = 24 * 3_600_000_000;
/// Days on which a receiver must have been paid before it is no stranger.
const DAYS: u8 = 3;

#[derive(Clone, Copy, Debug, Default)]
struct Acquaintance {
    last_day: i64,
    days: u8,
    bits: u16,
}

/// The receivers of one account in one asset, known by the key of their name. `room` is how many more the
/// whole detector may keep.
#[derive(Clone, Debug, Default)]
pub(super) struct Acquaintances {
    known: ByKey<Acquaintance>,
    /// Receivers that found no room.
    pub(super) left_out: u64,
}

fn bits(amount: Amount) -> u16 {
    let mut wide = amount
        .limbs()
        .into_iter()
        .zip([0, 64, 128, 192])
        .filter(|(limb, _)| *limb != 0);
    wide.next_back()
        .map_or(0, |(limb, below)| below + 64 - limb.leading_zeros() as u16)
}

impl Acquaintances {
    /// Returns whether such a payment to such a receiver is something new.
    pub(super) fn is_stranger(&self, receiver: &str, amount: Amount, micros: i64) -> bool {
        let Some(known) = self.known.get(&key(receiver)) else {
            return true;
        };
        let today = u8::from(known.last_day == micros.div_euclid(DAY));
        let days = known.days.saturating_sub(today);
        // Trust doubles with each day: who was paid on three may get eight times as much as ever before.
        days < DAYS || bits(amount) > known.bits + u16::from(days)
    }

    pub(super) fn met(&mut self, receiver: &str, amount: Amount, micros: i64, room: &mut usize) {
        let key = key(receiver);
        if !self.known.contains_key(&key) {
            let Some(left) = room.checked_sub(1) else {
                self.left_out += 1;
                return;
            };
            *room = left;
        }
        let known = self.known.entry(key).or_default();
        let day = micros.div_euclid(DAY);
        if known.days == 0 || known.last_day != day {
            known.days = known.days.saturating_add(1);
            known.last_day = day;
        }
        known.bits = known.bits.max(bits(amount));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_payment_makes_no_acquaintance() {
        let (mut known, mut room) = (Acquaintances::default(), 1);
        for day in 0..5 {
            assert_eq!(known.is_stranger("a", 10u64.into(), day * DAY), day < 3);
            known.met("a", 10u64.into(), day * DAY, &mut room);
        }
        assert!(
            known.is_stranger("a", 1_000u64.into(), 5 * DAY),
            "never paid so much before"
        );
        known.met("b", 10u64.into(), DAY, &mut room);
        assert_eq!(known.left_out, 1);
    }
}
