//! Booking: a block becomes rows in ledger order.
//!
//! Gas is booked after the moves of its transaction: what is burnt goes to nobody, the rest to the proposer. Where a source
//! does not say who gets it, it is booked as the fee of a row of its own, which ends a trace as a fee.

use super::block::{Block, Gas, Move, MoveKind, Transaction};
use super::log::Said;
use super::merge::{Step, merged};
use super::{Account, Behaviour, Chain};
use crate::table::{Booked, Row};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeSet;
use strongroom_model::{Amount, Gap, Why};

/// The books of one chain: what it was told once is not said of every block again.
#[derive(Clone, Debug)]
pub struct Books {
    chain: Chain,
    told: BTreeSet<Told>,
}

/// What a source lacks, said once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Told {
    NoTraces,
    NoLogs,
    NoSuccess,
    NoGas,
    NoSender,
    NoProposer,
    NoBaseFee,
    NoReward,
    NoHeir,
    Loose,
    Unaccountable(Account),
}

impl Told {
    fn why(self) -> &'static str {
        match self {
            Told::NoTraces => {
                "the source has no traces: transfers inside transactions are not seen from here on, so accounts may pay what they \
                 were not seen to receive"
            }
            Told::NoLogs => "the source has no logs: transfers of tokens are not seen from here on",
            Told::NoSuccess => {
                "the source does not say whether a transaction succeeded: from here on, the value of one that failed counts as moved"
            }
            Told::NoGas => {
                "the source does not say what a transaction paid for gas: none is booked for such from here on"
            }
            Told::NoSender => {
                "a transaction is known by its traces or logs alone: from here on, no gas is booked for such"
            }
            Told::NoProposer => {
                "the source does not say who proposed the block: from here on, gas is a fee to nobody known"
            }
            Told::NoBaseFee => {
                "the source does not say the base fee: from here on, gas is a fee, and what of it was burnt is not known"
            }
            Told::NoReward => {
                "the block was mined and the source does not say the reward: none is booked from here on"
            }
            Told::NoHeir => {
                "a contract destroys itself in its own favour, and the source does not say by which rules: no ether of such is \
                 booked as burnt from here on"
            }
            Told::Loose => {
                "the source does not say in which transaction something moved: from here on, such stands before the transactions of \
                 its block"
            }
            Told::Unaccountable(_) => "",
        }
    }

    fn note(self) -> String {
        serde_json::to_string(&self).expect("names and numbers are JSON")
    }
}

impl Books {
    /// Opens the books of a chain.
    pub fn of(chain: Chain) -> Self {
        Books {
            chain,
            told: BTreeSet::new(),
        }
    }

    /// Opens the books of a chain again, with the notes that stand with its blocks.
    pub fn resumed<'n>(chain: Chain, notes: impl IntoIterator<Item = &'n str>) -> Self {
        // A note of another version costs no more than that something is said twice.
        let told = notes
            .into_iter()
            .filter_map(|note| serde_json::from_str(note).ok());
        Books {
            chain,
            told: told.collect(),
        }
    }

    /// Returns the chain.
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Books a block.
    pub fn book(&mut self, block: &Block) -> Booked {
        let mut page = Page {
            place: format!("{} block {}", self.chain.name(), block.number),
            books: self,
            block,
            rows: Vec::new(),
            gaps: block.gaps.clone(),
            notes: Vec::new(),
        };
        page.write();
        let (rows, gaps, notes) = (page.rows, page.gaps, page.notes);
        Booked {
            number: block.number,
            id: block.id.map(|id| id.to_string()).unwrap_or_default(),
            parent: block.parent.map(|id| id.to_string()).unwrap_or_default(),
            rows,
            gaps,
            notes,
        }
    }
}

/// One block being booked.
struct Page<'a> {
    books: &'a mut Books,
    block: &'a Block,
    place: String,
    rows: Vec<Row<'static>>,
    gaps: Vec<Gap>,
    notes: Vec<String>,
}

impl Page<'_> {
    fn write(&mut self) {
        let block = self.block;
        let has = block.transactions.len() as u64;
        if let Some(says) = block.count.filter(|count| *count != has) {
            self.gap(
                Why::Truncated,
                format!("it says {says} transactions, and {has} of it are here"),
            );
        }
        if block.loose.iter().any(|step| step.kind != MoveKind::Issue) {
            self.tell(Told::Loose);
        }
        for step in &block.loose {
            self.step("", step, &block.loose);
        }
        for transaction in &block.transactions {
            self.transaction(transaction);
        }
        let rewarded = block.rewards.iter().any(|reward| !reward.withdrawal);
        if block.mined == Some(true) && block.number > 0 && !rewarded {
            self.tell(Told::NoReward);
        }
        for reward in &block.rewards {
            self.coin("", None, Some(reward.to), reward.value);
        }
    }

    fn gap(&mut self, why: Why, detail: impl std::fmt::Display) {
        self.gaps.push(Gap::new(self.place.clone(), why, detail));
    }

    fn tell(&mut self, told: Told) {
        if self.books.told.insert(told) {
            self.gap(Why::Unsupported, told.why());
            self.notes.push(told.note());
        }
    }

    fn row(&mut self, id: &str, from: Option<Account>, to: Option<Account>, asset: String, amount: Amount) {
        let name = |account: Option<Account>| account.map(|account| account.to_string()).unwrap_or_default();
        self.rows.push(Row {
            when: self.block.when,
            transaction: Cow::Owned(id.to_owned()),
            from: Cow::Owned(name(from)),
            to: Cow::Owned(name(to)),
            asset: Cow::Owned(asset),
            amount,
            fee: Amount::ZERO,
        });
    }

    /// A move of the chain's coin; one of nothing, or from nobody to nobody, is none.
    fn coin(&mut self, id: &str, from: Option<Account>, to: Option<Account>, value: Amount) {
        if !value.is_zero() && (from.is_some() || to.is_some()) {
            let coin = self.books.chain.coin().to_owned();
            self.row(id, from, to, coin, value);
        }
    }

    fn transaction(&mut self, transaction: &Transaction) {
        let id = transaction.id.to_string();
        let moves = self.moves(transaction);
        let logs = self.said(transaction);
        for step in merged(&moves, &logs) {
            match step {
                Step::Move(at) => {
                    if let Some(step) = moves.get(at) {
                        self.step(&id, step, &moves);
                    }
                }
                Step::Log(at) => {
                    if let Some(Some((contract, said))) = logs.get(at) {
                        self.token(&id, contract, said);
                    }
                }
            }
        }
        self.gas(&id, transaction);
    }

    /// Returns what moves in a transaction: nothing where it failed, what its traces say, or else its own value.
    fn moves<'t>(&mut self, transaction: &'t Transaction) -> Cow<'t, [Move]> {
        if transaction.succeeded == Some(false) {
            return Cow::Borrowed(&[]);
        }
        if let Some(moves) = &transaction.moves {
            return Cow::Borrowed(moves);
        }
        if transaction.succeeded.is_none() {
            self.tell(Told::NoSuccess);
        }
        // A transaction of exactly the basic gas runs no code, so that nothing moves inside it.
        let plain = transaction.gas.is_some_and(|gas| gas.used == BASIC_GAS);
        if !plain {
            self.tell(Told::NoTraces);
        }
        if transaction.value.is_zero() {
            return Cow::Borrowed(&[]);
        }
        let to = transaction.to.or(transaction.created);
        let (Some(from), Some(to)) = (transaction.from, to) else {
            let detail = format!(
                "transaction {} carries value, and who gets it is not said",
                transaction.id
            );
            self.gap(Why::Truncated, detail);
            return Cow::Borrowed(&[]);
        };
        Cow::Owned(vec![Move {
            kind: MoveKind::Call,
            from: Some(from),
            to: Some(to),
            value: transaction.value,
        }])
    }

    /// Reads a transaction's logs; what begins as a transfer and is none is a gap.
    fn said(&mut self, transaction: &Transaction) -> Vec<Option<(Account, Said)>> {
        let Some(logs) = &transaction.logs else {
            let plain = transaction.gas.is_some_and(|gas| gas.used == BASIC_GAS);
            if !plain && transaction.succeeded != Some(false) {
                self.tell(Told::NoLogs);
            }
            return Vec::new();
        };
        let mut all = Vec::with_capacity(logs.len());
        for log in logs {
            let behaviour = self.books.chain.tokens.behaviour(&log.contract);
            let said = log.said(behaviour == Behaviour::WrapsCoin).unwrap_or_else(|why| {
                let index = log.index.map(|index| format!("log {index} ")).unwrap_or_default();
                let detail = format!(
                    "{index}of {} in transaction {}: {why}",
                    log.contract, transaction.id
                );
                self.gap(Why::Damaged, detail);
                None
            });
            if said.is_some()
                && let Some(why) = behaviour.unaccountable()
            {
                self.unaccountable(log.contract, why);
            }
            all.push(said.map(|said| (log.contract, said)));
        }
        all
    }

    fn unaccountable(&mut self, contract: Account, why: &str) {
        let told = Told::Unaccountable(contract);
        if self.books.told.insert(told) {
            self.notes.push(told.note());
            let asset = self.books.chain.token(&contract);
            let symbol = self.books.chain.tokens.of(&contract);
            let symbol = symbol.map(|token| token.symbol.clone()).unwrap_or_default();
            self.gap(
                Why::Unsupported,
                format!("{asset} ({symbol}) is not accountable: {why}"),
            );
        }
    }

    fn step(&mut self, id: &str, step: &Move, all: &[Move]) {
        let to_itself = step.kind == MoveKind::Destroy && step.from == step.to;
        if !to_itself {
            self.coin(id, step.from, step.to, step.value);
            return;
        }
        let new = all
            .iter()
            .any(|other| other.kind == MoveKind::Create && other.to == step.from);
        match self.block.cancun {
            _ if step.value.is_zero() => {}
            Some(cancun) if cancun && !new => {}
            None if !new => self.tell(Told::NoHeir),
            _ => self.coin(id, step.from, None, step.value),
        }
    }

    fn token(&mut self, id: &str, contract: &Account, said: &Said) {
        let somebody = |account: Account| (!account.is_zero()).then_some(account);
        let chain = &self.books.chain;
        let (from, to, asset, amount) = match *said {
            Said::Transfer { from, to, amount } => {
                (somebody(from), somebody(to), chain.token(contract), amount)
            }
            Said::Thing { from, to, id } => (
                somebody(from),
                somebody(to),
                chain.thing(contract, id),
                Amount::from(1u64),
            ),
            Said::Deposit { to, amount } => (None, Some(to), chain.token(contract), amount),
            Said::Withdrawal { from, amount } => (Some(from), None, chain.token(contract), amount),
        };
        if from.is_some() || to.is_some() {
            self.row(id, from, to, asset, amount);
        }
    }

    fn gas(&mut self, id: &str, transaction: &Transaction) {
        let Some(from) = transaction.from else {
            return self.tell(Told::NoSender);
        };
        let Some(gas) = transaction.gas else {
            return self.tell(Told::NoGas);
        };
        let Some((burnt, tip)) = shares(&gas, self.block.base_fee) else {
            let detail = format!(
                "transaction {id} pays less for gas than the base fee, or over 256 bits: none is booked"
            );
            return self.gap(Why::Damaged, detail);
        };
        let known = self.block.base_fee.is_some() || !self.books.chain.burns(self.block.number);
        if !known {
            self.tell(Told::NoBaseFee);
        } else if self.block.proposer.is_none() && !tip.is_zero() {
            self.tell(Told::NoProposer);
        }
        self.coin(id, Some(from), None, burnt);
        match self.block.proposer.filter(|_| known) {
            Some(proposer) => self.coin(id, Some(from), Some(proposer), tip),
            None if tip.is_zero() => {}
            None => {
                let coin = self.books.chain.coin().to_owned();
                self.row(id, Some(from), None, coin, Amount::ZERO);
                if let Some(row) = self.rows.last_mut() {
                    row.fee = tip;
                }
            }
        }
    }
}

/// Gas that a transaction costs before it runs any code.
const BASIC_GAS: Amount = Amount::from_limbs([21_000, 0, 0, 0]);

/// Returns what of a transaction's gas is burnt and what the proposer gets, or `None` where that is less than nothing.
fn shares(gas: &Gas, base_fee: Option<Amount>) -> Option<(Amount, Amount)> {
    let times = |price: Amount| gas.used.mul_div(price, Amount::from(1u64)).map(|(cost, _)| cost);
    let base = times(base_fee.unwrap_or_default())?;
    let tip = times(gas.price)?.checked_sub(base)?;
    Some((base.checked_add(gas.blobs)?, tip))
}
