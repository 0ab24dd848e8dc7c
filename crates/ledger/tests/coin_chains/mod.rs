//! Small random chains of coins, and an oracle that plays them unit by unit.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, dead_code)]

pub mod oracle;

use std::collections::BTreeMap;
use strongroom_ledger::{Block, CoinLayout, CoinLedger, Id, Input, OutPoint, Output, Owner, Transaction};
use strongroom_model::Moment;

pub const SUBSIDY: u64 = 24;
/// The owner that the tests tag as a shop.
pub const SHOP: u8 = 3;

/// A number that looks random, the next from the one before (splitmix64).
#[derive(Clone, Debug)]
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }
}

pub fn id(number: u64) -> Id {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_le_bytes());
    Id(bytes)
}

pub fn owner(number: u8) -> Owner {
    Owner::KeyHash([number; 20])
}

pub fn output(value: u64, to: u8) -> Output {
    Output {
        value,
        owner: owner(to),
    }
}

pub fn input(transaction: u64, vout: u32) -> Input {
    Input {
        spends: OutPoint {
            transaction: id(transaction),
            vout,
        },
        known: None,
    }
}

pub fn transaction(number: u64, inputs: Vec<Input>, outputs: Vec<Output>) -> Transaction {
    Transaction {
        id: id(number),
        inputs,
        outputs,
    }
}

/// A block whose id and time follow from its height; the times go back at every third.
pub fn block(height: u32, transactions: Vec<Transaction>) -> Block {
    let name = |height: u32| id(0xb10c_0000 + u64::from(height));
    Block {
        id: name(height),
        previous: if height == 0 {
            Id::default()
        } else {
            name(height - 1)
        },
        height,
        when: Moment::from_seconds(time_of(height)).unwrap(),
        transactions,
    }
}

pub fn time_of(height: u32) -> i64 {
    i64::from(height) * 600 - i64::from(height % 3 == 2) * 900 + 1_000_000
}

/// A chain that is being made up.
#[derive(Debug)]
struct Making {
    dice: Dice,
    /// Coins that can still be spent.
    live: BTreeMap<OutPoint, Output>,
    numbers: u64,
    /// Whether transactions may spend what the chain does not have.
    partial: bool,
}

/// Makes up a chain of at most `blocks` blocks.
pub fn chain(seed: u64, blocks: u32, partial: bool) -> Vec<Block> {
    let mut making = Making {
        dice: Dice(seed),
        live: BTreeMap::new(),
        numbers: 1,
        partial,
    };
    (0..blocks).map(|height| making.block(height)).collect()
}

impl Making {
    fn block(&mut self, height: u32) -> Block {
        let mut fees = Some(0);
        let mut rest = Vec::new();
        for _ in 0..self.dice.roll(5) {
            if let Some((transaction, fee)) = self.transaction() {
                fees = fees.zip(fee).map(|(all, fee)| all + fee);
                rest.push(transaction);
            }
        }
        // A block's order need not be that of spending.
        if self.dice.roll(2) == 0 {
            for at in (1..rest.len()).rev() {
                let other = self.dice.roll(at as u64 + 1) as usize;
                rest.swap(at, other);
            }
        }
        let mut transactions = vec![self.coinbase(height, fees.unwrap_or(0), &rest)];
        transactions.extend(rest);
        block(height, transactions)
    }

    fn coinbase(&mut self, height: u32, fees: u64, rest: &[Transaction]) -> Transaction {
        let all = SUBSIDY + fees;
        let unclaimed = if self.dice.roll(4) == 0 {
            self.dice.roll(all)
        } else {
            0
        };
        // A coinbase of an id that is there already takes its coins' place (BIP 30).
        let twin = 0xc0_0000 + self.dice.roll(u64::from(height) + 1);
        let spends = |transaction: &Transaction| {
            let mut inputs = transaction.inputs.iter();
            inputs.any(|input| input.spends.transaction == id(twin))
        };
        // A ledger refuses a block that spends a coin of the id that its coinbase has.
        let number = if self.dice.roll(6) == 0 && !rest.iter().any(spends) {
            twin
        } else {
            0xc0_0000 + u64::from(height)
        };
        let outputs = self.outputs(all - unclaimed);
        let transaction = transaction(number, Vec::new(), outputs);
        self.add(&transaction);
        transaction
    }

    /// Returns a transaction and its fee, which is not known where it spends what is not known.
    fn transaction(&mut self) -> Option<(Transaction, Option<u64>)> {
        let (mut inputs, mut all, mut known) = (Vec::new(), 0, true);
        for _ in 0..1 + self.dice.roll(3) {
            if self.partial && self.dice.roll(12) == 0 {
                let output = (self.dice.roll(2) == 0).then(|| self.output(10));
                known &= output.is_some();
                all += output.as_ref().map_or(7, |output| output.value);
                self.numbers += 1;
                let spends = input(0xfade_0000 + self.numbers, 0).spends;
                inputs.push(Input {
                    spends,
                    known: output,
                });
            } else if !self.live.is_empty() {
                let at = self.dice.roll(self.live.len() as u64) as usize;
                let (spends, output) = self.live.iter().nth(at).map(|(at, o)| (*at, o.clone()))?;
                self.live.remove(&spends);
                all += output.value;
                inputs.push(Input { spends, known: None });
            }
        }
        if inputs.is_empty() {
            return None;
        }
        let fee = self.dice.roll(4).min(all);
        self.numbers += 1;
        let number = self.numbers;
        let outputs = self.outputs(all - fee);
        let transaction = transaction(number, inputs, outputs);
        self.add(&transaction);
        Some((transaction, known.then_some(fee)))
    }

    /// Makes outputs that sum to exactly `all`; some of them without value.
    fn outputs(&mut self, all: u64) -> Vec<Output> {
        let mut left = all;
        let mut outputs = Vec::new();
        for _ in 0..self.dice.roll(4) {
            let value = self.dice.roll(left + 1);
            left -= value;
            outputs.push(self.output(value));
        }
        outputs.push(self.output(left));
        outputs
    }

    fn output(&mut self, value: u64) -> Output {
        let owner = match self.dice.roll(16) {
            0 => Owner::Nobody,
            1 => Owner::Mweb,
            number => owner((number % 5) as u8),
        };
        Output { value, owner }
    }

    fn add(&mut self, transaction: &Transaction) {
        self.live.retain(|at, _| at.transaction != transaction.id);
        for (vout, output) in (0..).zip(&transaction.outputs) {
            let at = OutPoint {
                transaction: transaction.id,
                vout,
            };
            // Nobody's coins cannot be spent; what an extension block holds comes out of it again.
            if output.owner != Owner::Nobody {
                self.live.insert(at, output.clone());
            }
        }
    }
}

/// Puts blocks into a ledger of small segments.
pub fn ledger(blocks: &[Block], rows_per_segment: u32) -> (tempfile::TempDir, CoinLedger) {
    let dir = tempfile::tempdir().unwrap();
    let layout = CoinLayout { rows_per_segment };
    let mut ledger = CoinLedger::create(dir.path(), "bitcoin", layout).unwrap();
    ledger.append(blocks, &mut |_| ()).unwrap();
    (dir, ledger)
}
