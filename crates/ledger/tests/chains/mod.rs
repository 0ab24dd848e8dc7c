//! Small chains of coins that are hard on a ledger, and a plain model that holds them whole.

// Each test file uses its part of it.
#![allow(dead_code, clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use strongroom_ledger::{
    Block, CoinInput, CoinLedger, Fate, Id, Input, OutPoint, Output, Owner, Transaction,
};
use strongroom_model::{Interval, Moment};

/// A small generator of numbers: the same seed, the same numbers.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % below.max(1)
    }

    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// A transaction by the height of its block and its id: twins differ in the height.
pub type Place = (u32, Id);

/// A coin: where it was made (nowhere for one from before the ledger), and its name.
pub type Coin = (Option<Place>, OutPoint);

/// A chain held whole.
#[derive(Clone, Default)]
pub struct Model {
    pub blocks: Vec<Block>,
    pub transactions: BTreeMap<Place, (u32, Transaction)>,
    /// What each input spends; `None` where that is not known.
    pub spends: BTreeMap<Place, Vec<Option<Coin>>>,
    pub coins: BTreeMap<Coin, (Output, ModelFate)>,
    /// The coins that can be spent, by name.
    pub unspent: BTreeMap<OutPoint, Coin>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelFate {
    Unspent,
    Spent(Place),
    Destroyed(Place),
}

fn outpoint(transaction: Id, vout: usize) -> OutPoint {
    OutPoint {
        transaction,
        vout: vout as u32,
    }
}

impl Model {
    pub fn of(blocks: &[Block]) -> Self {
        let mut model = Model::default();
        blocks.iter().for_each(|block| model.push(block));
        model
    }

    pub fn push(&mut self, block: &Block) {
        let (coinbase, others) = block.transactions.split_first().unwrap();
        others
            .iter()
            .for_each(|transaction| self.make(block.height, transaction));
        for transaction in others {
            self.spend(block.height, transaction);
        }
        let twin = (block.height, coinbase.id);
        let earlier = self
            .unspent
            .iter()
            .filter(|(name, _)| name.transaction == coinbase.id);
        for (name, coin) in earlier.map(|(name, coin)| (*name, *coin)).collect::<Vec<_>>() {
            self.unspent.remove(&name);
            self.coins.get_mut(&coin).unwrap().1 = ModelFate::Destroyed(twin);
        }
        self.make(block.height, coinbase);
        self.spends.insert(twin, Vec::new());
        for (position, transaction) in (0..).zip(&block.transactions) {
            let place = (block.height, transaction.id);
            self.transactions.insert(place, (position, transaction.clone()));
        }
        self.blocks.push(block.clone());
    }

    fn make(&mut self, height: u32, transaction: &Transaction) {
        let place = (height, transaction.id);
        for (vout, output) in transaction.outputs.iter().enumerate() {
            let name = outpoint(transaction.id, vout);
            let coin = (Some(place), name);
            self.coins.insert(coin, (output.clone(), ModelFate::Unspent));
            if output.owner != Owner::Nobody {
                self.unspent.insert(name, coin);
            }
        }
    }

    fn spend(&mut self, height: u32, transaction: &Transaction) {
        let place = (height, transaction.id);
        let mut spends = Vec::new();
        for input in &transaction.inputs {
            let coin = match (self.unspent.remove(&input.spends), &input.known) {
                (Some(coin), _) => Some(coin),
                (None, None) => None,
                (None, Some(output)) => {
                    let coin = (None, input.spends);
                    self.coins.insert(coin, (output.clone(), ModelFate::Unspent));
                    Some(coin)
                }
            };
            if let Some(coin) = coin {
                self.coins.get_mut(&coin).unwrap().1 = ModelFate::Spent(place);
            }
            spends.push(coin);
        }
        self.spends.insert(place, spends);
    }
}

fn owner(random: &mut Random) -> Owner {
    let number = random.below(9) as u8;
    match random.below(12) {
        0 => Owner::Nobody,
        1 => Owner::Mweb,
        2 => Owner::Script([number; 32]),
        3 | 4 => Owner::ScriptHash([number; 20]),
        5 | 6 => Owner::Witness {
            version: number % 2,
            program: vec![number; if number.is_multiple_of(2) { 20 } else { 32 }],
        },
        _ => Owner::KeyHash([number; 20]),
    }
}

fn split(total: u64, random: &mut Random) -> Vec<Output> {
    let mut rest = total;
    let mut outputs = Vec::new();
    for _ in 0..random.below(5) {
        let value = if random.chance(20) {
            0
        } else {
            random.below(rest + 1)
        };
        rest -= value;
        outputs.push(Output {
            value,
            owner: owner(random),
        });
    }
    outputs
}

/// Makes blocks that are hard to take: orders that are not topological, twins, zero values, outputs from before the chain.
pub struct Maker {
    pub random: Random,
    pub model: Model,
    seed: u64,
    ids: u64,
    first: u32,
}

impl Maker {
    pub fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let first = random.below(3) as u32 * 1000;
        Maker {
            random,
            model: Model::default(),
            seed,
            ids: 0,
            first,
        }
    }

    /// Ids of few distinct prefixes, so that keys are shared.
    pub fn id(&mut self) -> Id {
        self.ids += 1;
        let mut bytes = [7; 32];
        bytes[0] = self.random.below(3) as u8;
        bytes[10..18].copy_from_slice(&self.seed.to_le_bytes());
        bytes[20..28].copy_from_slice(&self.ids.to_le_bytes());
        Id(bytes)
    }

    fn coinbase_id(&mut self) -> Id {
        let earlier = self.model.blocks.len() as u64;
        if earlier > 0 && self.random.chance(15) {
            let at = self.random.below(earlier) as usize;
            return self.model.blocks[at].transactions[0].id;
        }
        self.id()
    }

    pub fn block(&mut self) -> Block {
        let height = self.first + self.model.blocks.len() as u32;
        let coinbase = Transaction {
            id: self.coinbase_id(),
            inputs: Vec::new(),
            outputs: split(5_000_000_000, &mut self.random),
        };
        let mut open: Vec<(OutPoint, Output)> = self
            .model
            .unspent
            .iter()
            .filter(|(name, _)| name.transaction != coinbase.id)
            .map(|(name, coin)| (*name, self.model.coins[coin].0.clone()))
            .collect();
        let mut others = Vec::new();
        for _ in 0..self.random.below(7) {
            let transaction = self.transaction(&mut open);
            others.push(transaction);
        }
        if self.random.chance(60) {
            for at in (1..others.len()).rev() {
                others.swap(at, self.random.below(at as u64 + 1) as usize);
            }
        }
        let block = Block {
            id: self.id(),
            previous: self.model.blocks.last().map_or(Id::default(), |last| last.id),
            height,
            when: Moment::from_micros(i64::from(height) * 600 + self.random.below(4000) as i64),
            transactions: std::iter::once(coinbase).chain(others).collect(),
        };
        self.model.push(&block);
        block
    }

    fn transaction(&mut self, open: &mut Vec<(OutPoint, Output)>) -> Transaction {
        let id = self.id();
        let (mut inputs, mut total, mut known) = (Vec::new(), 0, true);
        for _ in 0..self.random.below(4) {
            let old = outpoint(self.id(), self.random.below(3) as usize);
            match self.random.below(10) {
                0 => {
                    known = false;
                    inputs.push(Input {
                        spends: old,
                        known: None,
                    });
                }
                1 => {
                    let output = Output {
                        value: self.random.below(1000),
                        owner: owner(&mut self.random),
                    };
                    total += output.value;
                    inputs.push(Input {
                        spends: old,
                        known: Some(output),
                    });
                }
                _ if !open.is_empty() => {
                    let (spends, output) = open.swap_remove(self.random.below(open.len() as u64) as usize);
                    total += output.value;
                    let known = self.random.chance(30).then_some(output);
                    inputs.push(Input { spends, known });
                }
                _ => {}
            }
        }
        let outputs = split(if known { total } else { total + 500 }, &mut self.random);
        let spendable = outputs
            .iter()
            .enumerate()
            .filter(|(_, output)| output.owner != Owner::Nobody);
        open.extend(spendable.map(|(vout, output)| (outpoint(id, vout), output.clone())));
        Transaction { id, inputs, outputs }
    }
}

pub fn chain(seed: u64, blocks: usize) -> Vec<Block> {
    let mut maker = Maker::new(seed);
    (0..blocks).map(|_| maker.block()).collect()
}

/// Compares every answer of a ledger with the model's.
pub fn compare(ledger: &CoinLedger, model: &Model) {
    assert_eq!(ledger.transactions() as usize, model.transactions.len());
    assert_eq!(ledger.outputs() as usize, model.coins.len());
    let places = transactions(ledger, model);
    let coins = coins(ledger, model, &places);
    inputs(ledger, model, &places, &coins);
    owners(ledger, model, &coins);
    blocks(ledger, model);
    runs(ledger);
}

fn transactions(ledger: &CoinLedger, model: &Model) -> Vec<Place> {
    let mut places = Vec::new();
    for at in 0..ledger.transactions() {
        let read = ledger.transaction(at).unwrap();
        let place = (read.height, read.id);
        let (position, transaction) = &model.transactions[&place];
        assert_eq!((read.position, read.coinbase), (*position, *position == 0));
        assert_eq!(read.outputs.clone().count(), transaction.outputs.len());
        let outputs = read.outputs.clone().map(|output| Output {
            value: ledger.value(output).unwrap(),
            owner: ledger.owner(ledger.owner_of(output).unwrap()).unwrap(),
        });
        assert!(outputs.eq(transaction.outputs.iter().cloned()));
        for (vout, output) in read.outputs.clone().enumerate() {
            assert_eq!(ledger.transaction_of(output).unwrap(), Some(at));
            assert_eq!(ledger.outpoint(output).unwrap(), outpoint(read.id, vout));
        }
        let block = model
            .blocks
            .iter()
            .find(|block| block.height == read.height)
            .unwrap();
        assert_eq!((read.block, read.when), (block.id, block.when));
        assert!(ledger.find(&read.id).unwrap().contains(&at));
        places.push(place);
    }
    let distinct: BTreeSet<&Place> = places.iter().collect();
    assert_eq!(distinct.len(), places.len());
    for (_, id) in &places {
        let found: Vec<u32> = (0..ledger.transactions())
            .filter(|at| places[*at as usize].1 == *id)
            .collect();
        assert_eq!(ledger.find(id).unwrap(), found);
    }
    assert!(ledger.find(&Id([255; 32])).unwrap().is_empty());
    places
}

fn coins(ledger: &CoinLedger, model: &Model, places: &[Place]) -> Vec<Coin> {
    let coins: Vec<Coin> = (0..ledger.outputs())
        .map(|output| {
            let maker = ledger.transaction_of(output).unwrap();
            (
                maker.map(|at| places[at as usize]),
                ledger.outpoint(output).unwrap(),
            )
        })
        .collect();
    for (output, coin) in (0..).zip(&coins) {
        let (truth, fate) = &model.coins[coin];
        assert_eq!(ledger.value(output).unwrap(), truth.value);
        let read = match ledger.fate(output).unwrap() {
            Fate::Unspent => ModelFate::Unspent,
            Fate::Spent(at) => ModelFate::Spent(places[at as usize]),
            Fate::Destroyed(at) => ModelFate::Destroyed(places[at as usize]),
        };
        assert_eq!(read, *fate);
        let spender = ledger.spender(output).unwrap().map(|at| places[at as usize]);
        assert_eq!(
            spender.map_or(ModelFate::Unspent, ModelFate::Spent) == *fate,
            !matches!(fate, ModelFate::Destroyed(_))
        );
        let named: Vec<u64> = (0..)
            .zip(&coins)
            .filter(|(_, c)| c.1 == coin.1)
            .map(|(at, _)| at)
            .collect();
        assert_eq!(ledger.find_output(&coin.1).unwrap(), named);
    }
    coins
}

fn inputs(ledger: &CoinLedger, model: &Model, places: &[Place], coins: &[Coin]) {
    for (at, place) in (0..).zip(places) {
        let (position, transaction) = &model.transactions[place];
        let truth = &model.spends[place];
        let read = ledger.inputs(at).unwrap();
        assert_eq!(read.len(), truth.len());
        for ((read, truth), input) in read.iter().zip(truth).zip(&transaction.inputs) {
            match read {
                CoinInput::Unknown(name) => assert_eq!((None, input.spends), (*truth, *name)),
                CoinInput::Spent { output, owner, value } => {
                    assert_eq!(Some(coins[*output as usize]), *truth);
                    assert_eq!(ledger.owner_of(*output).unwrap(), *owner);
                    assert_eq!(ledger.value(*output).unwrap(), *value);
                    let maker = ledger.transaction_of(*output).unwrap();
                    assert!(
                        maker.is_none_or(|maker| maker < at),
                        "work order is broken at {at}"
                    );
                }
            }
        }
        let values = truth
            .iter()
            .map(|coin| coin.map(|coin| model.coins[&coin].0.value));
        let paid: Option<u64> = values.sum();
        let made: u64 = transaction.outputs.iter().map(|output| output.value).sum();
        let fee = paid.filter(|_| *position > 0).map(|paid| paid - made);
        assert_eq!(ledger.fee(at).unwrap(), fee);
        let lost: Vec<u64> = (0..)
            .zip(coins)
            .filter(|(_, coin)| model.coins[coin].1 == ModelFate::Destroyed(*place))
            .map(|(output, _)| output)
            .collect();
        assert_eq!(ledger.destroyed_by(at).unwrap(), lost);
    }
}

fn owners(ledger: &CoinLedger, model: &Model, coins: &[Coin]) {
    let mut truth: BTreeMap<&Owner, Vec<u64>> = BTreeMap::new();
    for (output, coin) in (0..).zip(coins) {
        truth.entry(&model.coins[coin].0.owner).or_default().push(output);
    }
    assert_eq!(ledger.owners() as usize, truth.len());
    for (owner, outputs) in truth {
        let id = ledger.owner_id(owner).unwrap().unwrap();
        assert_eq!(ledger.owner(id).unwrap(), *owner);
        let read: Vec<u64> = ledger.outputs_of(id).map(Result::unwrap).collect();
        assert_eq!(read, outputs);
    }
    assert_eq!(ledger.owner_id(&Owner::KeyHash([99; 20])).unwrap(), None);
    assert!(ledger.owner(ledger.owners()).is_err() && ledger.outputs_of(ledger.owners()).next().is_none());
}

fn blocks(ledger: &CoinLedger, model: &Model) {
    let ends = model.blocks.first().zip(model.blocks.last());
    assert_eq!(
        ledger.heights(),
        ends.map(|(first, last)| (first.height, last.height))
    );
    assert_eq!(ledger.tip().unwrap(), ends.map(|(_, last)| last.id));
    let mut next = 0;
    for block in &model.blocks {
        let read = ledger.block(block.height).unwrap();
        assert_eq!((read.id, read.when), (block.id, block.when));
        assert_eq!(read.transactions.start, next);
        assert_eq!(read.transactions.len(), block.transactions.len());
        next = read.transactions.end;
        assert!(ledger.transaction(next - 1).unwrap().coinbase);
        let when = Interval::between(block.when, Moment::from_micros(block.when.micros() + 900));
        let truth = model
            .blocks
            .iter()
            .filter(|b| when.first <= b.when && b.when <= when.last);
        let truth: Vec<u32> = truth.map(|block| block.height).collect();
        assert_eq!(ledger.heights_within(when).unwrap(), truth);
    }
    if let Some((_, last)) = ledger.heights() {
        assert!(ledger.block(last + 1).is_err());
    }
}

fn runs(ledger: &CoinLedger) {
    let (mut values, mut owners, mut outputs) = (Vec::new(), Vec::new(), 0);
    for run in ledger.runs() {
        assert_eq!(run.outputs().start, outputs);
        outputs = run.outputs().end;
        run.values()
            .for_each(|block| values.extend(block.unwrap().iter().map(|v| u64::from_le_bytes(*v))));
        run.owners()
            .for_each(|block| owners.extend(block.unwrap().iter().map(|v| u32::from_le_bytes(*v))));
    }
    let truth = (0..ledger.outputs()).map(|o| (ledger.value(o).unwrap(), ledger.owner_of(o).unwrap()));
    assert!(values.into_iter().zip(owners).eq(truth));
}
