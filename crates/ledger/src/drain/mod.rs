//! Drain detection: is somebody emptying this wallet?
//!
//! One pure function over transfers in ledger order. It keeps, for each watched account and asset, the
//! balance with its peak of a day, what went to strangers within an hour, the greatest such hour of the past,
//! and how large payments usually are. A **stranger** is a receiver that is not of the house and was not paid
//! amounts of that size on three days before. Payments to anybody else never alarm: sweeps to the own cold
//! wallet, the regular market maker.
//!
//! It alarms when, to strangers,
//! - **share**: within an hour an asset loses most of its day's peak, and twice what any past hour saw; or
//!   nearly all of it in several payments, and never such a share before;
//! - **assets**: within twelve hours several assets are emptied, each within an hour, far more than ever
//!   before;
//! - **burst**: within a quarter of an hour many payments leave that are large by the account's own measure,
//!   a multiple of any past quarter, and a good part of an asset with them.
//!
//! An alarm grows while payments to strangers go on, and ends after two quiet hours. Amounts of different
//! assets are never added: nothing here knows a price. Memory is bounded by [`DrainConfig`], each window is a
//! fixed number of slots, and what did not fit is a gap. Where most of a day's peak was never seen to arrive,
//! no share is known: the first two rules are silent, the third goes by counts alone, and for an account of the
//! house a gap tells it. [`DrainDetector::open`] gives the balances that a ledger begins with.

mod account;
mod acquaintance;
mod config;
mod result;
mod sizes;
mod stream;
mod window;

pub use config::{DrainConfig, Watch};
pub use result::{Drain, DrainedAsset, Drains, Receiver, Trigger};

use crate::Opening;
use account::{Account, Episode};
use std::collections::BTreeMap;
use strongroom_model::{Amount, Gap, Limit, Transfer};

/// Watches transfers one after the other.
pub struct DrainDetector<'a> {
    watch: Watch<'a>,
    config: DrainConfig,
    accounts: BTreeMap<String, Account>,
    not_watched: u64,
    /// Assets and receivers that may still be kept.
    room: usize,
    done: Vec<Drain>,
    gaps: Vec<Gap>,
}

impl std::fmt::Debug for DrainDetector<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DrainDetector")
            .field("accounts", &self.accounts.len())
            .finish_non_exhaustive()
    }
}

impl<'a> DrainDetector<'a> {
    /// Starts with nothing seen.
    pub fn new(watch: Watch<'a>, config: DrainConfig) -> Self {
        DrainDetector {
            watch,
            config,
            accounts: BTreeMap::new(),
            not_watched: 0,
            room: config.keys,
            done: Vec::new(),
            gaps: Vec::new(),
        }
    }

    /// Says what a watched account holds before the first transfer, as [`Ledger::openings`](crate::Ledger::openings)
    /// or a node knows it.
    pub fn open(&mut self, opening: &Opening) {
        let mut room = self.room;
        if self.is_watched(&opening.account)
            && let Some(account) = self.account(&opening.account)
        {
            account.open(&opening.asset, opening.amount, &mut room);
        }
        self.room = room;
    }

    /// Takes the next transfer. Returns the drain as it is known so far when this transfer raises the alarm;
    /// its final form comes from [`finish`](Self::finish).
    pub fn push(&mut self, transfer: &Transfer<'_>) -> Option<Drain> {
        let to_itself = Transfer {
            amount: Amount::ZERO,
            ..*transfer
        };
        // Who pays himself loses the fee and nothing else.
        let transfer = match transfer.to == transfer.from {
            true => &to_itself,
            false => transfer,
        };
        let alarm = if self.is_watched(transfer.from) {
            self.pay(transfer)
        } else {
            None
        };
        if transfer.to != transfer.from && self.is_watched(transfer.to) {
            let (config, mut room) = (self.config, self.room);
            if let Some(account) = self.account(transfer.to) {
                account.receive(transfer, &config, &mut room);
            }
            self.room = room;
        }
        alarm
    }

    fn is_watched(&self, account: &str) -> bool {
        !account.is_empty() && self.watch.watches(account)
    }

    fn account(&mut self, name: &str) -> Option<&mut Account> {
        if !self.accounts.contains_key(name) {
            if self.accounts.len() >= self.config.accounts {
                self.not_watched += 1;
                return None;
            }
            self.accounts.insert(name.to_owned(), Account::default());
        }
        self.accounts.get_mut(name)
    }

    fn pay(&mut self, transfer: &Transfer<'_>) -> Option<Drain> {
        let to_own = self.watch.is_own(transfer.to) || transfer.to == transfer.from;
        let (config, known_owner, mut room) = (self.config, self.watch.knows_owner(), self.room);
        let account = self.account(transfer.from)?;
        let paid = account.pay(transfer, to_own, known_owner, &config, &mut room);
        self.room = room;
        if let Some(episode) = paid.ended {
            self.end(&episode, transfer.from);
        }
        paid.alarm.map(|episode| episode.drain(transfer.from))
    }

    fn end(&mut self, episode: &Episode, account: &str) {
        self.gaps.extend(episode.gap(account, &self.config));
        self.done.push(episode.drain(account));
    }

    /// Returns all drains by their first row, and what was not watched.
    pub fn finish(mut self) -> Drains {
        for (name, account) in std::mem::take(&mut self.accounts) {
            let gaps = account.gaps(&name, self.watch.knows_owner(), &self.config);
            self.gaps.extend(gaps);
            if let Some(episode) = account.into_episode() {
                self.end(&episode, &name);
            }
        }
        self.done
            .sort_by(|a, b| (a.first_row, &a.account).cmp(&(b.first_row, &b.account)));
        if self.not_watched > 0 {
            let why = format!(
                "{} transfers of accounts beyond {}",
                self.not_watched, self.config.accounts
            );
            self.gaps.push(Gap::limit("watched accounts", Limit::Keys, why));
        }
        Drains {
            drains: self.done,
            gaps: self.gaps,
        }
    }
}

/// Finds drains among transfers that come in ledger order; `openings` are what accounts hold before the first.
pub fn detect<'t>(
    transfers: impl IntoIterator<Item = Transfer<'t>>,
    watch: Watch<'_>,
    openings: &[Opening],
    config: &DrainConfig,
) -> Drains {
    let mut detector = DrainDetector::new(watch, *config);
    openings.iter().for_each(|opening| detector.open(opening));
    for transfer in transfers {
        detector.push(&transfer);
    }
    detector.finish()
}
