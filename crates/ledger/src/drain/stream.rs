//! One asset of one account: its balance, and what leaves to strangers.

use super::acquaintance::Acquaintances;
use super::config::DrainConfig;
use super::sizes::Sizes;
use super::window::{Past, Peak, Sum, permille};
use strongroom_model::{Amount, Transfer};

/// The running state of one asset.
#[derive(Clone, Debug, Default)]
pub(super) struct Stream {
    balance: Amount,
    /// What was spent within the day without having been seen to arrive.
    assumed: Sum,
    /// Payments of more than was known to be there.
    pub(super) unseen: u64,
    peak: Peak,
    out: Sum,
    /// Payments that each took a good part of the peak.
    parts: Sum,
    past: Past<Amount>,
    past_share: Past<u64>,
    /// When hours began to count as the past. Before that everybody was a stranger, the cold wallet too.
    counted_from: Option<i64>,
    sizes: Sizes,
    pub(super) receivers: Acquaintances,
}

/// What a payment to a stranger did to its asset.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loss {
    /// Of the peak, within the hour.
    pub(super) share: u64,
    /// The day's highest balance.
    pub(super) peak: Amount,
    /// Payments within the hour.
    pub(super) payments: u64,
    /// Those of them that each took a good part.
    pub(super) parts: u64,
    /// Whether the hour is so many times any past hour; `None` without a past.
    pub(super) beyond_past: Option<bool>,
    /// The greatest share of any past hour.
    pub(super) past_share: u64,
    /// Whether the peak was seen to arrive, for the most part.
    pub(super) seen: bool,
    /// Of the peak, left after it.
    pub(super) left: u64,
    /// Large by the account's own measure.
    pub(super) large: bool,
}

impl Stream {
    /// Says what is there before the first transfer.
    pub(super) fn open(&mut self, amount: Amount) {
        self.balance = self.balance.saturating_add(amount);
    }

    pub(super) fn receive(&mut self, transfer: &Transfer<'_>, config: &DrainConfig) {
        let micros = transfer.when.micros();
        // A balance beyond 256 bits stays at the bound: only shares are drawn from it.
        self.balance = self.balance.saturating_add(transfer.amount);
        self.peak.push(config.day, micros, self.balance);
    }

    /// Takes a payment; returns the loss where it went to a stranger. `old` says that the account has a past.
    pub(super) fn pay(
        &mut self,
        transfer: &Transfer<'_>,
        own: bool,
        old: bool,
        config: &DrainConfig,
        room: &mut usize,
    ) -> Option<Loss> {
        let micros = transfer.when.micros();
        self.debit(transfer, config);
        let stranger = !own && self.receivers.is_stranger(transfer.to, transfer.amount, micros);
        let loss = stranger.then(|| self.lose(transfer, old, config));
        if !stranger {
            self.peak.lower(transfer.amount);
        }
        if !own {
            self.sizes.push(transfer.amount);
            self.receivers.met(transfer.to, transfer.amount, micros, room);
        }
        loss
    }

    fn debit(&mut self, transfer: &Transfer<'_>, config: &DrainConfig) {
        let debit = transfer.amount.saturating_add(transfer.fee);
        let unseen = debit.saturating_sub(self.balance);
        self.assumed.push(config.day, transfer.when.micros(), unseen, 1);
        self.unseen += u64::from(!unseen.is_zero());
        self.peak.raise(unseen);
        let before = self.balance.max(debit);
        self.peak.push(config.day, transfer.when.micros(), before);
        self.balance = before.saturating_sub(debit);
    }

    fn lose(&mut self, transfer: &Transfer<'_>, old: bool, config: &DrainConfig) -> Loss {
        let micros = transfer.when.micros();
        let peak = self.peak.highest();
        self.out.push(config.hour, micros, transfer.amount, 1);
        let (hour, payments) = self.out.total();
        let part = permille(transfer.amount, peak) >= config.part;
        self.parts
            .push(config.hour, micros, transfer.amount, u64::from(part));
        let past = self.past.greatest(config.half_day, micros);
        let share = permille(hour, peak);
        let past_share = self.past_share.greatest(config.half_day, micros);
        if old {
            self.past.push(config.half_day, micros, hour);
            self.past_share.push(config.half_day, micros, share);
            self.counted_from.get_or_insert(micros);
        }
        let counted = self.counted_from.map_or(0, |from| micros.saturating_sub(from));
        let enough = self.sizes.payments() >= config.asset_payments;
        let habits = old && enough && counted >= config.past;
        Loss {
            share,
            past_share,
            peak,
            payments,
            parts: self.parts.total().1,
            beyond_past: habits.then(|| is_times(hour, past, config.times_past)),
            seen: permille(self.assumed.total().0, peak) < 500,
            left: permille(self.balance, peak),
            large: if habits {
                self.sizes.is_large(transfer.amount)
            } else {
                false
            },
        }
    }
}

fn is_times(now: Amount, past: Amount, times: u64) -> bool {
    past.mul_div(times.into(), 1u64.into())
        .is_some_and(|(past, _)| now >= past)
}
