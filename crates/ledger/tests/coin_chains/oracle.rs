//! The oracle: every unit of every coin of a chain is a value of its own, and every transaction of the chain is played,
//! whether it has to do with a seed or not. It knows blocks and the text of TAINT.md, and shares no code with the ledger.

use super::SUBSIDY;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use strongroom_ledger::{Block, CoinPolicy, Id, OutPoint, Owner, Transaction};

/// An output, told apart from its twin by height.
pub type Spot = (OutPoint, u32);

/// A tainted unit: its seed, its number there, and transactions since. Where units are mixed, only the hops mean something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unit {
    pub seed: Spot,
    pub offset: u64,
    pub hops: u32,
}

type Coin = Vec<Option<Unit>>;

/// Where a trace stops.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    pub shop: Option<Owner>,
    pub dust: u64,
    pub hops: Option<u32>,
    pub until_height: Option<u32>,
    pub follow_fees: bool,
}

/// Why units ended, and in which output; of a fee in which transaction.
pub type Ends = BTreeMap<(&'static str, OutPoint, u32), Vec<Unit>>;

pub struct Oracle<'a> {
    policy: CoinPolicy,
    rules: &'a Rules,
    seeds: &'a BTreeSet<Spot>,
    /// Coins that can be spent, each with its twin's height.
    coins: BTreeMap<OutPoint, (u32, Owner, Coin)>,
    pub ends: Ends,
}

/// What of the chain is later than the trace looks: it is played all the same, since coins that nobody spends stay where they are.
pub fn play(policy: CoinPolicy, blocks: &[Block], seeds: &BTreeSet<Spot>, rules: &Rules) -> Ends {
    let mut oracle = Oracle {
        policy,
        rules,
        seeds,
        coins: BTreeMap::new(),
        ends: Ends::new(),
    };
    for block in blocks {
        oracle.block(block);
    }
    let coins = std::mem::take(&mut oracle.coins);
    for (outpoint, (height, _, coin)) in coins {
        oracle.end("unspent", outpoint, height, &coin);
    }
    oracle.ends
}

impl Oracle<'_> {
    fn block(&mut self, block: &Block) {
        let mut fees: Vec<Option<Coin>> = vec![None; block.transactions.len()];
        let mut open: Vec<usize> = (1..block.transactions.len()).collect();
        while !open.is_empty() {
            // Any transaction whose inputs are there: their order makes no difference.
            let made: Vec<Id> = open.iter().map(|at| block.transactions[*at].id).collect();
            let ready = |at: &&usize| {
                let inputs = &block.transactions[**at].inputs;
                inputs
                    .iter()
                    .all(|input| !made.contains(&input.spends.transaction))
            };
            let at = *open.iter().rev().find(ready).unwrap();
            open.retain(|other| *other != at);
            fees[at] = self.transaction(block, &block.transactions[at]);
        }
        self.coinbase(block, &fees);
    }

    /// Returns the fee's units, or `None` where they are not known.
    fn transaction(&mut self, block: &Block, transaction: &Transaction) -> Option<Coin> {
        let late = self.rules.until_height.is_some_and(|until| block.height > until);
        let (mut units, mut known) = (Vec::new(), true);
        let mut coins = Vec::new();
        for input in &transaction.inputs {
            match (self.coins.remove(&input.spends), &input.known) {
                (Some((height, _, mut coin)), _) => {
                    if late {
                        self.end("until", input.spends, height, &coin);
                        coin.fill(None);
                    }
                    units.extend(coin.iter().copied());
                    coins.push((input.spends, height, coin));
                }
                (None, Some(output)) => units.extend(vec![None; output.value as usize]),
                (None, None) => known = false,
            }
        }
        let values: Vec<u64> = transaction.outputs.iter().map(|o| o.value).collect();
        let all = units.len() as u64;
        if !known {
            for (outpoint, height, coin) in coins {
                self.end("not_accountable", outpoint, height, &coin);
            }
            for (vout, value) in (0..).zip(&values) {
                self.arrive(block, transaction, vout, vec![None; *value as usize]);
            }
            return None;
        }
        let fee = all - values.iter().sum::<u64>();
        let mut parts = share(self.policy, units, &values, fee);
        let fee = parts.pop().unwrap();
        for (vout, part) in (0..).zip(parts) {
            self.arrive(block, transaction, vout, part);
        }
        if !self.rules.follow_fees {
            self.end("fee", nowhere(transaction), block.height, &fee);
        }
        Some(fee)
    }

    fn coinbase(&mut self, block: &Block, fees: &[Option<Coin>]) {
        let coinbase = &block.transactions[0];
        // A transaction's id that is there already: all that is left of the earlier one is lost (BIP 30).
        let twin = |outpoint: &OutPoint| outpoint.transaction == coinbase.id;
        let lost: Vec<OutPoint> = self.coins.keys().copied().filter(twin).collect();
        for outpoint in lost {
            let (height, _, coin) = self.coins.remove(&outpoint).unwrap();
            self.end("overwritten", outpoint, height, &coin);
        }
        let values: Vec<u64> = coinbase.outputs.iter().map(|o| o.value).collect();
        let known: Option<Vec<&Coin>> = fees[1..].iter().map(Option::as_ref).collect();
        let mut units = vec![None; SUBSIDY as usize];
        if let Some(known) = &known {
            known.iter().for_each(|fee| units.extend(fee.iter().copied()));
        }
        let made = values.iter().sum::<u64>();
        let rest = (units.len() as u64).checked_sub(made).filter(|_| known.is_some());
        match rest.filter(|_| self.rules.follow_fees) {
            Some(rest) => {
                let mut parts = share(self.policy, units, &values, rest);
                let rest = parts.pop().unwrap();
                for (vout, part) in (0..).zip(parts) {
                    self.arrive(block, coinbase, vout, part);
                }
                self.end("unclaimed", nowhere(coinbase), block.height, &rest);
            }
            None => {
                for (vout, value) in (0..).zip(values) {
                    self.arrive(block, coinbase, vout, vec![None; value as usize]);
                }
                for (payer, fee) in block.transactions.iter().zip(fees) {
                    let fee = fee.as_ref().filter(|_| self.rules.follow_fees);
                    fee.into_iter()
                        .for_each(|fee| self.end("fee", nowhere(payer), block.height, fee));
                }
            }
        }
    }

    fn arrive(&mut self, block: &Block, transaction: &Transaction, vout: u32, mut coin: Coin) {
        let outpoint = OutPoint {
            transaction: transaction.id,
            vout,
        };
        let owner = transaction.outputs[vout as usize].owner.clone();
        coin.iter_mut().flatten().for_each(|unit| unit.hops += 1);
        let spot = (outpoint, block.height);
        if self.seeds.contains(&spot) {
            self.end("absorbed", outpoint, block.height, &coin);
            for (offset, unit) in (0..).zip(coin.iter_mut()) {
                *unit = Some(Unit {
                    seed: spot,
                    offset,
                    hops: 0,
                });
            }
            let ended = match owner {
                Owner::Nobody => Some("burnt"),
                Owner::Mweb => Some("mweb"),
                _ => None,
            };
            if let Some(reason) = ended {
                self.end(reason, outpoint, block.height, &coin);
                coin.fill(None);
            }
        } else {
            self.stop(&owner, outpoint, block.height, &mut coin);
        }
        self.coins.insert(outpoint, (block.height, owner, coin));
    }

    fn stop(&mut self, owner: &Owner, outpoint: OutPoint, height: u32, coin: &mut Coin) {
        let whole = match owner {
            Owner::Nobody => Some("burnt"),
            Owner::Mweb => Some("mweb"),
            owner if self.rules.shop.as_ref() == Some(owner) => Some("service"),
            _ => None,
        };
        if let Some(reason) = whole {
            self.end(reason, outpoint, height, coin);
            coin.fill(None);
        }
        let far = |unit: &Unit| self.rules.hops.is_some_and(|hops| unit.hops > hops);
        let beyond: Coin = coin.iter().map(|unit| unit.filter(far)).collect();
        coin.iter_mut()
            .for_each(|unit| *unit = unit.filter(|unit| !far(unit)));
        self.end("hops", outpoint, height, &beyond);
        if (coin.iter().flatten().count() as u64) < self.rules.dust {
            self.end("dust", outpoint, height, coin);
            coin.fill(None);
        }
    }

    fn end(&mut self, reason: &'static str, outpoint: OutPoint, height: u32, coin: &Coin) {
        let units: Vec<Unit> = coin.iter().flatten().copied().collect();
        if !units.is_empty() {
            self.ends
                .entry((reason, outpoint, height))
                .or_default()
                .extend(units);
        }
    }
}

/// What stands for a transaction's fee, which has no output.
pub fn nowhere(transaction: &Transaction) -> OutPoint {
    OutPoint {
        transaction: transaction.id,
        vout: u32::MAX,
    }
}

/// Shares units out over outputs and the fee, which is the last.
fn share(policy: CoinPolicy, units: Coin, values: &[u64], fee: u64) -> Vec<Coin> {
    let values: Vec<u64> = values.iter().copied().chain([fee]).collect();
    let dirty_first = |units: Coin| {
        let (dirty, clean): (Coin, Coin) = units.into_iter().partition(Option::is_some);
        [dirty, clean].concat()
    };
    match policy {
        CoinPolicy::Fifo => deal(units, &values, (0..values.len()).collect()),
        CoinPolicy::Lifo => deal(
            units.into_iter().rev().collect(),
            &values,
            (0..values.len()).collect(),
        ),
        CoinPolicy::Tifo => deal(dirty_first(units), &values, (0..values.len()).collect()),
        CoinPolicy::Tiho => {
            let mut order: Vec<usize> = (0..values.len() - 1).collect();
            order.sort_by_key(|at| Reverse(values[*at]));
            order.push(values.len() - 1);
            deal(dirty_first(units), &values, order)
        }
        CoinPolicy::Poison => {
            let nearest = units.iter().flatten().min_by_key(|unit| unit.hops).copied();
            values
                .iter()
                .map(|value| vec![nearest; *value as usize])
                .collect()
        }
        CoinPolicy::Haircut => haircut(&units, &values),
    }
}

fn deal(units: Coin, values: &[u64], order: Vec<usize>) -> Vec<Coin> {
    let mut units = units.into_iter();
    let mut parts = vec![Coin::new(); values.len()];
    for at in order {
        parts[at] = units.by_ref().take(values[at] as usize).collect();
    }
    parts
}

/// Every unit that must still be given goes to whoever is furthest below its exact share: largest remainder.
fn haircut(units: &Coin, values: &[u64]) -> Vec<Coin> {
    let nearest = units.iter().flatten().min_by_key(|unit| unit.hops).copied();
    let (taint, all) = (units.iter().flatten().count() as u64, units.len() as u64);
    let mut shares: Vec<u64> = values
        .iter()
        .map(|value| (value * taint).checked_div(all).unwrap_or(0))
        .collect();
    let floors = shares.clone();
    while shares.iter().sum::<u64>() < taint {
        let short = |at: &usize| values[*at] * taint - floors[*at] * all;
        let next = (0..values.len()).filter(|at| shares[*at] == floors[*at]);
        let next = next
            .max_by(|a, b| short(a).cmp(&short(b)).then(b.cmp(a)))
            .unwrap();
        shares[next] += 1;
    }
    let part = |(value, share): (&u64, &u64)| {
        let dirty = vec![nearest; *share as usize];
        let clean = vec![None; (value - share) as usize];
        [dirty, clean].concat()
    };
    values.iter().zip(&shares).map(part).collect()
}
