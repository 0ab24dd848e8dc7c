//! A block, as every source can say it. What a source did not say is `None`, never a default.

use super::{Account, Hash};
use strongroom_model::{Amount, Gap, Moment};

/// A block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its number.
    pub number: u64,
    /// Its id.
    pub id: Option<Hash>,
    /// The id of the block before it.
    pub parent: Option<Hash>,
    /// The time that its header says.
    pub when: Moment,
    /// Who gets what of gas is not burnt: miner, or fee recipient.
    pub proposer: Option<Account>,
    /// What of the price of a unit of gas is burnt (EIP-1559); none before London.
    pub base_fee: Option<Amount>,
    /// Whether its rules are Cancun's or later: a contract that destroys itself keeps its code, and burns its ether only in
    /// the transaction that made it (EIP-6780).
    pub cancun: Option<bool>,
    /// Whether it was mined by work, so that somebody was rewarded.
    pub mined: Option<bool>,
    /// How many transactions it says that it has.
    pub count: Option<u64>,
    /// What moves before its transactions, or in such as the source does not name: coins that the chain begins with, a change
    /// of its rules by hand.
    pub loose: Vec<Move>,
    /// Its transactions, in order.
    pub transactions: Vec<Transaction>,
    /// What is issued to whom after them: rewards of blocks and uncles, withdrawals (EIP-4895).
    pub rewards: Vec<Reward>,
    /// What of it could not be read.
    pub gaps: Vec<Gap>,
}

/// A transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// Its id.
    pub id: Hash,
    /// Who signed it and pays for it. None where only its traces or logs are known.
    pub from: Option<Account>,
    /// Whom it calls; none where it makes a contract.
    pub to: Option<Account>,
    /// The contract that it makes.
    pub created: Option<Account>,
    /// What it carries.
    pub value: Amount,
    /// Whether it succeeded; none before Byzantium, or where the source does not say it.
    pub succeeded: Option<bool>,
    /// What it pays for gas; none where the source does not say it.
    pub gas: Option<Gas>,
    /// What moves in its calls, its own value the first; none where the source has no traces of it.
    pub moves: Option<Vec<Move>>,
    /// What its contracts log; none where the source has no logs of it.
    pub logs: Option<Vec<Log>>,
}

/// What a transaction pays for being run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gas {
    /// Units used.
    pub used: Amount,
    /// What each of them costs, base fee and tip together.
    pub price: Amount,
    /// What its blobs cost, all of it burnt (EIP-4844).
    pub blobs: Amount,
}

/// A move of the chain's coin inside a transaction. Frames that were reverted have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Move {
    /// What moves it.
    pub kind: MoveKind,
    /// Who pays; none where it is issued.
    pub from: Option<Account>,
    /// Who receives; none where it is burnt.
    pub to: Option<Account>,
    /// How much.
    pub value: Amount,
}

/// What moves the chain's coin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MoveKind {
    /// A call that carries value.
    Call,
    /// A contract is made with an endowment.
    Create,
    /// A contract destroys itself, all it has goes to its heir.
    Destroy,
    /// Issued at the beginning of the chain, or by a change of its rules.
    Issue,
}

/// What a contract logged.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Log {
    /// Its number in the block; none where the source does not say it.
    pub index: Option<u64>,
    /// The contract.
    pub contract: Account,
    /// The words that can be searched for, at most four.
    pub topics: Vec<[u8; 32]>,
    /// All else.
    pub data: Vec<u8>,
}

/// Coins that the protocol issues to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reward {
    /// Who receives.
    pub to: Account,
    /// How much.
    pub value: Amount,
    /// Whether this is a withdrawal from the beacon chain; else the reward of a block or uncle.
    pub withdrawal: bool,
}
