//! A chain as large as asked for, in the shape of the real one, made on the way: counts of inputs and outputs, reuse of addresses
//! and ages of spent coins have heavy tails, values are log-normal. The same seed gives the same blocks; nothing in it is anybody's.

// Each user uses its part of it.
#![allow(dead_code)]

use strongroom_ledger::{Block, Id, Input, OutPoint, Output, Owner, Transaction};
use strongroom_model::Moment;

const REWARD: u64 = 5_000_000_000;
const GONE: u32 = u32::MAX;

fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Returns 32 bytes that stand for a number.
fn bytes(number: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (at, part) in (0u64..).zip(bytes.chunks_exact_mut(8)) {
        part.copy_from_slice(&mix(number.wrapping_mul(4).wrapping_add(at)).to_le_bytes());
    }
    bytes
}

#[derive(Clone, Copy)]
struct Coin {
    transaction: u32,
    vout: u32,
    value: u64,
}

/// Blocks of about 2000 transactions, until there are as many transactions as asked for.
pub struct Heavy {
    seed: u64,
    state: u64,
    left: u64,
    height: u32,
    transactions: u32,
    owners: u64,
    /// By age, spent ones marked.
    coins: Vec<Coin>,
    gone: usize,
}

impl Heavy {
    pub fn new(seed: u64, transactions: u64) -> Self {
        Heavy {
            seed: mix(seed),
            state: mix(seed ^ 0xc01c) | 1,
            left: transactions,
            height: 0,
            transactions: 0,
            owners: 0,
            coins: Vec::new(),
            gone: 0,
        }
    }

    /// Returns the bytes that the generator itself holds.
    pub fn bytes(&self) -> usize {
        self.coins.capacity() * size_of::<Coin>()
    }

    fn next_u64(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Uniform in (0, 1).
    fn uniform(&mut self) -> f64 {
        ((self.next_u64() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// One or two mostly; where not, Pareto.
    fn degree(&mut self, one: f64, two: f64, tail: f64, most: f64) -> usize {
        let uniform = self.uniform();
        if uniform < one {
            1
        } else if uniform < one + two {
            2
        } else {
            (3.0 * self.uniform().powf(-1.0 / tail)).min(most) as usize
        }
    }

    /// Log-uniform below a count, so that as many fall into 1 to 10 as into 10 to 100.
    fn near(&mut self, count: usize) -> usize {
        let far = (count as f64).powf(self.uniform()) as usize;
        far.min(count.saturating_sub(1))
    }

    /// Takes out a coin, mostly a young one.
    fn take(&mut self) -> Option<Coin> {
        if self.gone * 4 > self.coins.len() {
            self.coins.retain(|coin| coin.vout != GONE);
            self.gone = 0;
        }
        let count = self.coins.len();
        let from = count.checked_sub(1 + self.near(count))?;
        let place = self
            .coins
            .get_mut(..=from)?
            .iter_mut()
            .rev()
            .find(|coin| coin.vout != GONE)?;
        let coin = *place;
        place.vout = GONE;
        self.gone += 1;
        Some(coin)
    }

    fn owner(&mut self) -> Owner {
        let number = match self.next_u64() % 100 {
            0..2 => return Owner::Nobody,
            // Few are paid often, and early ones more.
            2..24 => (self.owners as f64 * self.uniform().powi(6)) as u64,
            24..56 => self
                .owners
                .saturating_sub(1 + self.near(self.owners as usize) as u64),
            _ => {
                self.owners += 1;
                self.owners - 1
            }
        };
        let bytes = bytes(self.seed ^ 0xacc0_0000_0000 ^ number);
        let hash = || bytes.first_chunk().copied().unwrap_or_default();
        let program = |version, length: usize| Owner::Witness {
            version,
            program: bytes.iter().take(length).copied().collect(),
        };
        match mix(self.seed ^ number) % 100 {
            0..36 => Owner::KeyHash(hash()),
            36..56 => Owner::ScriptHash(hash()),
            56..86 => program(0, 20),
            86..88 => program(0, 32),
            88..99 => program(1, 32),
            _ => Owner::Script(bytes),
        }
    }

    /// Splits a value into outputs of log-normal shares.
    fn split(&mut self, value: u64, count: usize) -> Vec<Output> {
        let mut rest = value;
        (0..count)
            .map(|at| {
                let owner = self.owner();
                let normal =
                    (-2.0 * self.uniform().ln()).sqrt() * (self.uniform() * std::f64::consts::TAU).cos();
                let share = 1.0 / (1.0 + (2.0 * normal).exp() * (count - at - 1) as f64);
                let value = if owner == Owner::Nobody {
                    0
                } else {
                    (rest as f64 * share) as u64
                };
                let value = value.min(rest);
                rest -= value;
                Output { value, owner }
            })
            .collect()
    }

    fn id(&self, transaction: u32) -> Id {
        Id(bytes(self.seed ^ u64::from(transaction)))
    }

    fn make(&mut self, inputs: Vec<Input>, outputs: Vec<Output>) -> Transaction {
        let transaction = self.transactions;
        self.transactions += 1;
        for (vout, output) in (0..)
            .zip(&outputs)
            .filter(|(_, output)| output.owner != Owner::Nobody)
        {
            self.coins.push(Coin {
                transaction,
                vout,
                value: output.value,
            });
        }
        Transaction {
            id: self.id(transaction),
            inputs,
            outputs,
        }
    }

    fn transaction(&mut self) -> Transaction {
        let (mut paid, mut inputs) = (0u64, Vec::new());
        for _ in 0..self.degree(0.66, 0.18, 1.4, 600.0) {
            let Some(coin) = self.take() else { break };
            paid += coin.value;
            inputs.push(Input {
                spends: OutPoint {
                    transaction: self.id(coin.transaction),
                    vout: coin.vout,
                },
                known: None,
            });
        }
        let count = self.degree(0.14, 0.72, 1.3, 2500.0);
        let fee = paid / 2000;
        let outputs = self.split(paid - fee, count);
        self.make(inputs, outputs)
    }
}

impl Iterator for Heavy {
    type Item = Block;

    fn next(&mut self) -> Option<Block> {
        if self.left == 0 {
            return None;
        }
        // A chain begins with coins alone.
        let count = if self.height < 100 {
            1
        } else {
            1500 + self.next_u64() % 1000
        };
        let count = count.min(self.left);
        self.left -= count;
        let mut transactions: Vec<Transaction> = (1..count).map(|_| self.transaction()).collect();
        let outputs = self.split(REWARD, 2);
        transactions.insert(0, self.make(Vec::new(), outputs));
        let block = |height: u32| Id(bytes(self.seed ^ 0xb10c_0000_0000 ^ u64::from(height)));
        let block = Block {
            id: block(self.height),
            previous: self.height.checked_sub(1).map_or(Id::default(), block),
            height: self.height,
            when: Moment::from_micros(1_231_006_505_000_000 + i64::from(self.height) * 600_000_000),
            transactions,
        };
        self.height += 1;
        Some(block)
    }
}
