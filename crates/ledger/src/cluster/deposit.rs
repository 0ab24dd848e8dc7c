//! Deposit addresses of exchanges on account chains: accounts whose whole income is swept to a wallet that a tag names.
//!
//! An exchange gives each customer an address and forwards what arrives there to its own wallet (Victor, "Address Clustering
//! Heuristics for Ethereum", 2020). Who pays such an account pays the exchange, so a trace can stop there with the
//! exchange's name. On chains where exchanges tell customers apart by a message instead (NEM, XRP), a customer who sends
//! all he has to the exchange looks the same: the row says what was seen, not who owns the account.

use crate::{Ledger, LedgerError};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use strongroom_model::{Amount, Interval, Moment, Service, Tag, TagLookup};

/// An account that sweeps one asset to one exchange.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Deposit {
    /// The account.
    pub account: String,
    /// The asset.
    pub asset: String,
    /// The exchange, as the tag of its wallet says.
    pub exchange: Tag,
    /// The wallet that was paid first.
    pub wallet: String,
    /// Base units that arrived.
    pub received: Amount,
    /// Base units that went to the exchange's wallets.
    pub swept: Amount,
    /// Payments to the exchange's wallets.
    pub sweeps: u64,
    /// Who paid the account, not counting the exchange itself.
    pub payers: u64,
    /// The first and the last sweep.
    pub when: Interval,
    /// How sure that is, in per cent: a rank, not a probability.
    pub confidence: u8,
}

/// What one account did in one asset.
#[derive(Default)]
struct Conduct {
    received: Amount,
    swept: Amount,
    sweeps: u64,
    wallet: String,
    exchange: Option<Tag>,
    payers: BTreeSet<String>,
    when: Option<Interval>,
    /// Paid somebody else too, or two exchanges, or its sums leave 256 bits.
    other: bool,
}

impl Ledger {
    /// Returns the accounts whose income is swept to a tagged exchange, by account and asset.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub fn deposits(&self, tags: &TagLookup<'_>) -> Result<Vec<Deposit>, LedgerError> {
        let mut deposits = Vec::new();
        for account in self.payers_of_exchanges(tags)? {
            for (asset, conduct) in self.conduct(&account, tags)? {
                deposits.extend(conduct.deposit(&account, asset));
            }
        }
        Ok(deposits)
    }

    fn payers_of_exchanges(&self, tags: &TagLookup<'_>) -> Result<BTreeSet<String>, LedgerError> {
        let mut payers = BTreeSet::new();
        for id in 0..self.accounts() {
            let wallet = self.account(id)?;
            if exchange(tags, wallet).is_none() {
                continue;
            }
            for transfer in self.transfers_of(wallet) {
                let transfer = transfer?;
                if transfer.to == wallet && !transfer.from.is_empty() && !payers.contains(transfer.from) {
                    payers.insert(transfer.from.to_owned());
                }
            }
        }
        payers.retain(|payer| tags(payer).is_none());
        Ok(payers)
    }

    fn conduct(&self, account: &str, tags: &TagLookup<'_>) -> Result<BTreeMap<String, Conduct>, LedgerError> {
        let sweeping = self.sweeping(account, tags)?;
        let mut conducts: BTreeMap<String, Conduct> = BTreeMap::new();
        for transfer in self.transfers_of(account) {
            let transfer = transfer?;
            if transfer.from == transfer.to || transfer.amount.is_zero() {
                continue;
            }
            let conduct = conducts.entry(transfer.asset.to_owned()).or_default();
            if transfer.to == account {
                // What is issued to it, to a miner above all, nobody pays.
                let from =
                    Some(transfer.from).filter(|from| !from.is_empty() && exchange(tags, from).is_none());
                conduct.receive(from, transfer.amount);
            } else if let Some(exchange) = exchange(tags, transfer.to) {
                conduct.pay(exchange, transfer.to, transfer.amount, transfer.when);
            } else {
                // What a sweep itself costs, gas above all, is no payment to somebody else.
                conduct.other |= !sweeping.contains(transfer.transaction);
            }
        }
        Ok(conducts)
    }

    /// Returns the transactions in which an account pays an exchange, in whatever asset.
    fn sweeping(&self, account: &str, tags: &TagLookup<'_>) -> Result<BTreeSet<String>, LedgerError> {
        let mut sweeping = BTreeSet::new();
        for transfer in self.transfers_of(account) {
            let transfer = transfer?;
            let named = !transfer.transaction.is_empty() && !transfer.amount.is_zero();
            if named && transfer.from == account && exchange(tags, transfer.to).is_some() {
                sweeping.insert(transfer.transaction.to_owned());
            }
        }
        Ok(sweeping)
    }
}

fn exchange(tags: &TagLookup<'_>, account: &str) -> Option<Tag> {
    tags(account).filter(|tag| tag.service == Service::Exchange)
}

impl Conduct {
    fn receive(&mut self, payer: Option<&str>, amount: Amount) {
        self.payers.extend(payer.map(str::to_owned));
        match self.received.checked_add(amount) {
            Some(sum) => self.received = sum,
            None => self.other = true,
        }
    }

    fn pay(&mut self, exchange: Tag, to: &str, amount: Amount, when: Moment) {
        let Some(sum) = self.swept.checked_add(amount) else {
            self.other = true;
            return;
        };
        match &self.exchange {
            None => (self.exchange, self.wallet) = (Some(exchange), to.to_owned()),
            Some(known) => self.other |= known.label != exchange.label,
        }
        self.swept = sum;
        self.sweeps += 1;
        let when = Interval::at(when);
        self.when = Some(self.when.map_or(when, |known| known.join(when)));
    }

    fn deposit(self, account: &str, asset: String) -> Option<Deposit> {
        let (exchange, when) = (self.exchange?, self.when?);
        // A tenth may stay behind: dust, what the sweeps cost, or what came in since the last one.
        let (most, _) = self.received.mul_div(9u64.into(), 10u64.into())?;
        if self.other || self.payers.is_empty() || self.swept < most || self.swept > self.received {
            return None;
        }
        let confidence = match (self.sweeps, self.payers.len()) {
            (1, _) => 50,
            (_, 1) => 70,
            _ => 85,
        };
        Some(Deposit {
            account: account.to_owned(),
            asset,
            exchange,
            wallet: self.wallet,
            received: self.received,
            swept: self.swept,
            sweeps: self.sweeps,
            payers: self.payers.len() as u64,
            when,
            confidence,
        })
    }
}
