//! One watched account: its assets, the rules that raise an alarm, and the alarm while it grows.

use super::config::DrainConfig;
use super::result::{Drain, DrainedAsset, Receiver, Trigger};
use super::stream::{Loss, Stream};
use super::window::{Past, Sum, permille};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use strongroom_model::{Amount, Gap, Interval, Limit, Moment, Transfer, Why};

/// A payment to a stranger that counts for something.
#[derive(Clone, Debug)]
struct Paid {
    micros: i64,
    row: u64,
    asset: String,
    to: String,
    amount: Amount,
    peak: Amount,
    notable: bool,
}

/// An alarm while it grows.
#[derive(Clone, Debug)]
pub(super) struct Episode {
    trigger: Trigger,
    why: String,
    paid: Vec<Paid>,
    last: i64,
    left_out: u64,
}

/// What a payment brought about.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) alarm: Option<Episode>,
    pub(super) ended: Option<Episode>,
}

/// The running state of one account.
#[derive(Clone, Debug, Default)]
pub(super) struct Account {
    first: Option<i64>,
    payments: u64,
    assets: BTreeMap<String, Stream>,
    assets_left_out: u64,
    /// Payments to strangers of the last half day.
    recent: VecDeque<Paid>,
    /// Those of them that found no room.
    crowded: Sum,
    large: Sum,
    past_large: Past<u64>,
    /// When each asset was emptied last.
    emptied: BTreeMap<String, i64>,
    past_emptied: Past<u64>,
    episode: Option<Episode>,
}

impl Account {
    fn stream(&mut self, asset: &str, room: &mut usize) -> Option<&mut Stream> {
        if !self.assets.contains_key(asset) {
            let Some(left) = room.checked_sub(1) else {
                self.assets_left_out += 1;
                return None;
            };
            *room = left;
            self.assets.insert(asset.to_owned(), Stream::default());
        }
        self.assets.get_mut(asset)
    }

    /// Says what is there of an asset before the first transfer.
    pub(super) fn open(&mut self, asset: &str, amount: Amount, room: &mut usize) {
        if let Some(stream) = self.stream(asset, room) {
            stream.open(amount);
        }
    }

    pub(super) fn receive(&mut self, transfer: &Transfer<'_>, config: &DrainConfig, room: &mut usize) {
        self.first.get_or_insert(transfer.when.micros());
        if let Some(stream) = self.stream(transfer.asset, room) {
            stream.receive(transfer, config);
        }
    }

    pub(super) fn pay(
        &mut self,
        transfer: &Transfer<'_>,
        own: bool,
        known_owner: bool,
        config: &DrainConfig,
        room: &mut usize,
    ) -> Outcome {
        let micros = transfer.when.micros();
        let age = micros.saturating_sub(*self.first.get_or_insert(micros));
        let old = age >= config.past && self.payments >= config.payments;
        self.payments += 1;
        let loss = self
            .stream(transfer.asset, room)
            .and_then(|stream| stream.pay(transfer, own, old, config, room));
        let ended = self
            .episode
            .take_if(|episode| micros.saturating_sub(episode.last) > config.quiet);
        let alarm = loss.and_then(|loss| self.lose(transfer, loss, old, known_owner, config));
        Outcome { alarm, ended }
    }

    /// Returns the alarm that this payment raises, if none stands already.
    fn lose(
        &mut self,
        transfer: &Transfer<'_>,
        loss: Loss,
        old: bool,
        known_owner: bool,
        config: &DrainConfig,
    ) -> Option<Episode> {
        let paid = Paid {
            micros: transfer.when.micros(),
            row: transfer.row,
            asset: transfer.asset.to_owned(),
            to: transfer.to.to_owned(),
            amount: transfer.amount,
            peak: loss.peak,
            notable: loss.large || permille(transfer.amount, loss.peak) >= config.notable,
        };
        let raised = self.judge(&paid, loss, old, known_owner, config);
        match &mut self.episode {
            Some(episode) => {
                episode.add(paid, config);
                None
            }
            None => {
                self.remember(paid, config);
                let (trigger, why) = raised?;
                let episode = self.begin(trigger, why, config);
                self.episode = Some(episode.clone());
                Some(episode)
            }
        }
    }

    fn judge(
        &mut self,
        paid: &Paid,
        loss: Loss,
        old: bool,
        known_owner: bool,
        config: &DrainConfig,
    ) -> Option<(Trigger, String)> {
        let emptied = self.emptied_assets(paid, loss, config);
        let past_emptied = self.past_emptied.greatest(config.half_day, paid.micros);
        self.past_emptied.push(config.half_day, paid.micros, emptied);
        let large = self.large_payments(paid, loss, config);
        let past_large = self.past_large.greatest(config.half_day, paid.micros);
        self.past_large.push(config.half_day, paid.micros, large);
        if !old && !known_owner {
            return None;
        }
        let Loss { share, payments, .. } = loss;
        let nearly_all = share >= config.share_nearly_all && loss.parts >= config.parts;
        let share_rule = loss.seen
            && match loss.beyond_past {
                Some(beyond) => {
                    beyond && share >= config.share || nearly_all && loss.past_share < config.share
                }
                None => known_owner && nearly_all,
            };
        if share_rule {
            let past = match loss.beyond_past {
                Some(true) => "at least twice any past hour".to_owned(),
                Some(false) => format!("at most {} in any past hour", loss.past_share),
                None => "with no past to compare".to_owned(),
            };
            let asset = &paid.asset;
            let why =
                format!("{share} of 1000 of {asset} left within an hour in {payments} payments, {past}");
            Some((Trigger::Share, why))
        } else if emptied >= config.assets.max(past_emptied.saturating_mul(2) + 2) {
            let why = format!(
                "{emptied} assets were emptied within twelve hours, at most {past_emptied} ever before"
            );
            Some((Trigger::Assets, why))
        } else if old
            && large >= config.large.max(past_large.saturating_mul(config.times_large))
            && (share >= config.share_of_burst || !loss.seen)
        {
            let why = format!(
                "{large} large payments within a quarter of an hour, at most {past_large} ever before, with {share} \
                 of 1000 of {}",
                paid.asset
            );
            Some((Trigger::Burst, why))
        } else {
            None
        }
    }

    /// Returns how many assets were emptied within the half day, this one included if it is.
    fn emptied_assets(&mut self, paid: &Paid, loss: Loss, config: &DrainConfig) -> u64 {
        let empty = loss.left <= config.left && loss.share >= config.share;
        if empty && loss.seen {
            self.emptied.insert(paid.asset.clone(), paid.micros);
        }
        self.emptied
            .retain(|_, when| paid.micros.saturating_sub(*when) <= config.half_day);
        self.emptied.len() as u64
    }

    fn large_payments(&mut self, paid: &Paid, loss: Loss, config: &DrainConfig) -> u64 {
        if loss.large {
            self.large.push(config.quarter, paid.micros, Amount::ZERO, 1);
            return self.large.total().1;
        }
        0
    }

    fn remember(&mut self, paid: Paid, config: &DrainConfig) {
        let now = paid.micros;
        self.recent.push_back(paid);
        let old = |paid: &Paid| now.saturating_sub(paid.micros) > config.half_day;
        while self.recent.front().is_some_and(old) {
            self.recent.pop_front();
        }
        while self.recent.len() > config.rows {
            let crowded = self.recent.pop_front().map_or(now, |paid| paid.micros);
            self.crowded.push(config.half_day, crowded, Amount::ZERO, 1);
        }
    }

    /// An alarm begins with the payments that led to it: those of the rule's window, and those that emptied
    /// other assets within the half day.
    fn begin(&mut self, trigger: Trigger, why: String, config: &DrainConfig) -> Episode {
        let span = match trigger {
            Trigger::Share | Trigger::Assets => config.hour,
            Trigger::Burst => config.quarter,
        };
        let now = self.recent.back().map_or(0, |paid| paid.micros);
        let within = |from: i64, to: i64, span: i64| (0..=span).contains(&to.saturating_sub(from));
        let emptied = |paid: &Paid| {
            let when = self.emptied.get(&paid.asset);
            when.is_some_and(|when| within(paid.micros, *when, config.hour))
        };
        let led = |paid: &&Paid| within(paid.micros, now, span) || emptied(paid);
        let paid: Vec<Paid> = self.recent.iter().filter(led).cloned().collect();
        self.recent.clear();
        let crowded = match trigger {
            Trigger::Assets => config.half_day,
            Trigger::Share | Trigger::Burst => span,
        };
        let from = now.saturating_sub(crowded);
        Episode {
            trigger,
            why,
            paid,
            last: now,
            left_out: std::mem::take(&mut self.crowded).count_since(config.half_day, from),
        }
    }

    pub(super) fn into_episode(self) -> Option<Episode> {
        self.episode
    }

    /// Returns what of the account was not watched.
    pub(super) fn gaps(&self, name: &str, known_owner: bool, config: &DrainConfig) -> Vec<Gap> {
        let receivers: u64 = self.assets.values().map(|stream| stream.receivers.left_out).sum();
        let gap = |count: u64, what: &str, limit, bound: usize| {
            (count > 0).then(|| {
                Gap::limit(
                    format!("account {name}"),
                    limit,
                    format!("{count} {what} beyond {bound}"),
                )
            })
        };
        let unseen: u64 = self.assets.values().map(|stream| stream.unseen).sum();
        let unseen = (unseen > 0).then(|| {
            let why = format!("{unseen} payments of more than was seen to arrive: its shares are not known");
            Gap::new(format!("account {name}"), Why::Truncated, why)
        });
        [
            unseen.filter(|_| known_owner),
            gap(receivers, "payments to receivers", Limit::Keys, config.keys),
            gap(
                self.assets_left_out,
                "openings and transfers of assets",
                Limit::Keys,
                config.keys,
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl Episode {
    fn add(&mut self, paid: Paid, config: &DrainConfig) {
        if paid.notable {
            self.last = paid.micros;
        }
        if self.paid.len() < config.rows {
            self.paid.push(paid);
        } else {
            self.left_out += 1;
        }
    }

    /// Returns the gap of payments that found no room.
    pub(super) fn gap(&self, account: &str, config: &DrainConfig) -> Option<Gap> {
        let why = format!(
            "{} payments of a drain or just before it beyond {}",
            self.left_out, config.rows
        );
        (self.left_out > 0).then(|| Gap::limit(format!("account {account}"), Limit::Rows, why))
    }

    /// Returns the drain: the payments that count for something, and all others to the same receivers.
    pub(super) fn drain(&self, account: &str) -> Drain {
        let takers: BTreeSet<&str> = self
            .paid
            .iter()
            .filter(|p| p.notable)
            .map(|p| p.to.as_str())
            .collect();
        let taken: Vec<&Paid> = self
            .paid
            .iter()
            .filter(|paid| takers.contains(paid.to.as_str()))
            .collect();
        let moments = taken
            .iter()
            .map(|paid| Interval::at(Moment::from_micros(paid.micros)));
        let when = moments
            .reduce(Interval::join)
            .unwrap_or(Interval::at(Moment::from_micros(self.last)));
        let assets = sum_assets(&taken);
        Drain {
            account: account.to_owned(),
            when,
            first_row: taken.first().map_or(0, |paid| paid.row),
            rows: taken.iter().map(|paid| paid.row).collect(),
            share: assets.iter().map(|asset| asset.share).max().unwrap_or_default(),
            assets,
            receivers: count_receivers(&taken),
            trigger: self.trigger,
            why: self.why.clone(),
        }
    }
}

fn sum_assets(taken: &[&Paid]) -> Vec<DrainedAsset> {
    let mut assets: BTreeMap<&str, DrainedAsset> = BTreeMap::new();
    let mut peaks: BTreeMap<&str, Amount> = BTreeMap::new();
    for paid in taken {
        let peak = peaks.entry(&paid.asset).or_default();
        *peak = paid.peak.max(*peak);
        let asset = assets.entry(&paid.asset).or_insert_with(|| DrainedAsset {
            asset: paid.asset.clone(),
            amount: Amount::ZERO,
            payments: 0,
            share: 0,
        });
        asset.amount = asset.amount.saturating_add(paid.amount);
        asset.payments += 1;
        asset.share = permille(asset.amount, *peak);
    }
    assets.into_values().collect()
}

fn count_receivers(taken: &[&Paid]) -> Vec<Receiver> {
    let mut receivers: BTreeMap<&str, u64> = BTreeMap::new();
    taken
        .iter()
        .for_each(|paid| *receivers.entry(&paid.to).or_default() += 1);
    let receiver = |(account, payments): (&str, u64)| Receiver {
        account: account.to_owned(),
        payments,
    };
    receivers.into_iter().map(receiver).collect()
}
