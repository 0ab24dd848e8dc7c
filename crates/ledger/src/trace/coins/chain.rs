//! What a walk asks of the ledger, one question a function.

use crate::bitcoin;
use crate::coins::{CoinLedger, Fate, Id, OutPoint, Owner, UNKNOWN};
use crate::error::LedgerError;
use std::fmt::Write;
use std::ops::Range;
use strongroom_model::Moment;

/// Whether somebody can spend an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Party {
    Somebody,
    Nobody,
    Mweb,
}

/// What follows on an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Transaction(u32),
    Nothing,
    /// A later coinbase of the same id took its place.
    Overwritten,
}

/// An output and its value.
pub(super) type Valued = (u64, u64);

/// A block, as far as a trace asks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Where {
    pub(super) height: u32,
    pub(super) when: Moment,
}

/// A ledger of coins, by numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chain<'a> {
    ledger: &'a CoinLedger,
    /// The chain's rules; none where it is no chain that is known here.
    rules: Option<&'static bitcoin::Chain>,
    /// The numbers of nobody and of the extension block, where coins are theirs.
    nobody: Option<u32>,
    mweb: Option<u32>,
}

impl CoinLedger {
    /// Returns the rules of the ledger's chain; none where it is no chain that is known here.
    pub fn rules(&self) -> Option<&'static bitcoin::Chain> {
        bitcoin::Chain::named(&self.manifest.head.chain)
    }

    /// Returns the name of the ledger's asset; the chain's where that is no chain that is known here.
    pub fn asset(&self) -> &str {
        match self.rules() {
            Some(rules) => rules.asset(),
            None => &self.manifest.head.chain,
        }
    }

    /// Returns how an owner is spelled: as the chain spells its addresses; what has no address there by class and hash
    /// (`script:` and hexadecimal digits), `nobody` and `mweb`.
    ///
    /// # Errors
    /// Where the ledger cannot be read or has no such owner.
    pub fn account(&self, owner: u32) -> Result<String, LedgerError> {
        Ok(spelled(&self.owner(owner)?, self.rules()))
    }
}

impl<'a> Chain<'a> {
    pub(super) fn of(ledger: &'a CoinLedger) -> Result<Self, LedgerError> {
        Ok(Chain {
            ledger,
            rules: ledger.rules(),
            nobody: ledger.owner_id(&Owner::Nobody)?,
            mweb: ledger.owner_id(&Owner::Mweb)?,
        })
    }

    /// What a transaction spends, in order, each output with its value; `None` is an output that the ledger does not know.
    pub(super) fn inputs(&self, transaction: u32) -> Result<Vec<Option<Valued>>, LedgerError> {
        let segment = self.ledger.with_transaction(transaction)?;
        let inputs = segment.inputs(transaction)?;
        let known = |input| {
            let (output, _) = segment.spent(input)?;
            let value = segment.paid(input)?;
            Ok((output & UNKNOWN == 0).then_some((output, value)))
        };
        inputs.map(known).collect()
    }

    /// How many transactions there are.
    pub(super) fn transactions(&self) -> u32 {
        self.ledger.transactions()
    }

    /// What a transaction makes, in order.
    pub(super) fn outputs(&self, transaction: u32) -> Result<Range<u64>, LedgerError> {
        self.ledger.outputs_made(transaction)
    }

    pub(super) fn id(&self, transaction: u32) -> Result<Id, LedgerError> {
        Ok(self.ledger.with_transaction(transaction)?.id(transaction)?)
    }

    pub(super) fn block_of(&self, transaction: u32) -> Result<Where, LedgerError> {
        let segment = self.ledger.with_transaction(transaction)?;
        let block = segment.block_of(transaction)?;
        Ok(Where {
            height: segment.first.height + block as u32,
            when: Moment::from_micros(segment.block_times.i64(block)?),
        })
    }

    /// The transactions of the block of a transaction, the coinbase last.
    fn neighbours(&self, transaction: u32) -> Result<Range<u32>, LedgerError> {
        let segment = self.ledger.with_transaction(transaction)?;
        Ok(segment.transactions_of(segment.block_of(transaction)?)?)
    }

    /// The coinbase of a transaction's block.
    pub(super) fn coinbase_of(&self, transaction: u32) -> Result<u32, LedgerError> {
        Ok(self.neighbours(transaction)?.end.saturating_sub(1))
    }

    pub(super) fn is_coinbase(&self, transaction: u32) -> Result<bool, LedgerError> {
        Ok(self.coinbase_of(transaction)? == transaction)
    }

    /// The other transactions of a coinbase's block, in block order.
    pub(super) fn payers(&self, coinbase: u32) -> Result<Vec<u32>, LedgerError> {
        let segment = self.ledger.with_transaction(coinbase)?;
        let block = self.neighbours(coinbase)?;
        let mut payers = Vec::with_capacity(block.len());
        for transaction in block.clone().filter(|transaction| *transaction != coinbase) {
            payers.push((segment.place(transaction, &block)?, transaction));
        }
        payers.sort_unstable();
        Ok(payers.into_iter().map(|(_, transaction)| transaction).collect())
    }

    /// What a transaction pays as a fee; `None` where an output that it spends is not known.
    pub(super) fn fee(&self, transaction: u32) -> Result<Option<u64>, LedgerError> {
        self.ledger.fee(transaction)
    }

    pub(super) fn value(&self, output: u64) -> Result<u64, LedgerError> {
        self.ledger.value(output)
    }

    pub(super) fn owner(&self, output: u64) -> Result<u32, LedgerError> {
        self.ledger.owner_of(output)
    }

    pub(super) fn party(&self, owner: u32) -> Party {
        if self.nobody == Some(owner) {
            Party::Nobody
        } else if self.mweb == Some(owner) {
            Party::Mweb
        } else {
            Party::Somebody
        }
    }

    /// What becomes of an output.
    pub(super) fn next(&self, output: u64) -> Result<Next, LedgerError> {
        Ok(match self.ledger.fate(output)? {
            Fate::Spent(spender) => Next::Transaction(spender),
            Fate::Unspent => Next::Nothing,
            Fate::Destroyed(_) => Next::Overwritten,
        })
    }

    /// The transaction that made an output; `None` where that was before the ledger begins.
    pub(super) fn maker(&self, output: u64) -> Result<Option<u32>, LedgerError> {
        self.ledger.transaction_of(output)
    }

    pub(super) fn spender(&self, output: u64) -> Result<Option<u32>, LedgerError> {
        self.ledger.spender(output)
    }

    pub(super) fn outpoint(&self, output: u64) -> Result<OutPoint, LedgerError> {
        self.ledger.outpoint(output)
    }

    /// The outputs of an outpoint: several only of twins.
    pub(super) fn find_output(&self, outpoint: &OutPoint) -> Result<Vec<u64>, LedgerError> {
        self.ledger.find_output(outpoint)
    }

    /// The transactions of an id: several only of twins.
    pub(super) fn find(&self, id: &Id) -> Result<Vec<u32>, LedgerError> {
        self.ledger.find(id)
    }

    /// All outputs of an owner; `None` where the ledger does not know the owner.
    pub(super) fn outputs_of(&self, owner: &Owner) -> Result<Option<Vec<u64>>, LedgerError> {
        let number = self.ledger.owner_id(owner)?;
        let outputs = number.map(|number| self.ledger.outputs_of(number).collect());
        outputs.transpose()
    }

    pub(super) fn account(&self, owner: u32) -> Result<String, LedgerError> {
        self.ledger.account(owner)
    }

    pub(super) fn spelled(&self, owner: &Owner) -> String {
        spelled(owner, self.rules)
    }

    pub(super) fn asset(&self) -> &'a str {
        self.ledger.asset()
    }

    pub(super) fn gaps(&self) -> Vec<strongroom_model::Gap> {
        self.ledger.gaps()
    }
}

fn spelled(owner: &Owner, rules: Option<&bitcoin::Chain>) -> String {
    let address = rules.and_then(|rules| owner.address(rules));
    match (address, owner) {
        (Some(address), _) => address.to_string(),
        (None, Owner::KeyHash(hash)) => hashed("p2pkh", hash),
        (None, Owner::ScriptHash(hash)) => hashed("p2sh", hash),
        (None, Owner::ScriptHash32(hash)) => hashed("p2sh32", hash),
        (None, Owner::Witness { version, program }) => hashed(&format!("witness-v{version}"), program),
        (None, Owner::Script(hash)) => hashed("script", hash),
        (None, Owner::Nobody) => "nobody".to_owned(),
        (None, Owner::Mweb) => "mweb".to_owned(),
    }
}

fn hashed(class: &str, hash: &[u8]) -> String {
    let mut text = format!("{class}:");
    for byte in hash {
        // Writing into a text cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
