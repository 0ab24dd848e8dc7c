//! One block becomes rows: what it spends is found and checked, what it makes is added.

use super::draft::{Draft, NOBODY, OPENING};
use super::known::Known;
use super::live::Live;
use super::order::{Orderer, prefix};
use super::segment::CoinSegment;
use super::{Block, Id, Input, OutPoint, Output, Owner, Transaction};
use crate::LedgerError;
use crate::store::key_of;

/// Why a block is refused, or our own failure.
enum Fault {
    Refused(String),
    Own(LedgerError),
}

impl From<LedgerError> for Fault {
    fn from(error: LedgerError) -> Self {
        Fault::Own(error)
    }
}

fn refused<T>(why: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Refused(why.into()))
}

/// What a block is taken with. A block that is refused leaves the draft to be rewound, and `live` useless.
pub(crate) struct Taker<'a> {
    pub(crate) segments: &'a [CoinSegment],
    pub(crate) sealing: Option<&'a Draft>,
    pub(crate) draft: &'a mut Draft,
    pub(crate) live: &'a mut Live,
}

impl Taker<'_> {
    fn known(&self) -> Known<'_> {
        Known {
            segments: self.segments,
            sealing: self.sealing,
            draft: self.draft,
        }
    }

    pub(crate) fn block(mut self, block: &Block, orderer: &mut Orderer) -> Result<(), LedgerError> {
        let fault = |transaction: Option<&Transaction>, fault| match fault {
            Fault::Own(error) => error,
            Fault::Refused(why) => LedgerError::Block {
                height: block.height,
                transaction: transaction.map(|transaction| transaction.id.to_string()),
                why,
            },
        };
        self.follows(block).map_err(|why| fault(None, why))?;
        let order = orderer
            .order(block)
            .map_err(|(at, why)| fault(block.transactions.get(at), Fault::Refused(why)))?;
        self.draft.start_block(block.id, block.when.micros());
        for place in order {
            if let Some(transaction) = block.transactions.get(*place as usize) {
                self.transaction(transaction, *place)
                    .map_err(|why| fault(Some(transaction), why))?;
            }
        }
        Ok(())
    }

    /// Checks that a block follows the last one and begins with a coinbase.
    fn follows(&self, block: &Block) -> Result<(), Fault> {
        let next = self.draft.next().height;
        if block.height != next {
            return refused(format!("the next block has height {next}"));
        }
        if let Some(last) = self.last_block()?.filter(|last| *last != block.previous) {
            return refused(format!("it follows {}, the last block is {last}", block.previous));
        }
        match block.transactions.first() {
            None => refused("it has no transactions"),
            Some(first) if !first.inputs.is_empty() => refused("its first transaction is no coinbase"),
            Some(_) if block.height == u32::MAX => refused("heights are used up"),
            Some(_) => Ok(()),
        }
    }

    fn last_block(&self) -> Result<Option<Id>, Fault> {
        let drafts = [Some(&*self.draft), self.sealing];
        if let Some(id) = drafts.iter().flatten().find_map(|draft| draft.block_ids.last()) {
            return Ok(Some(Id(*id)));
        }
        match self.segments.last() {
            Some(last) => Ok(Some(
                last.block_id(u64::from(last.blocks()) - 1)
                    .map_err(LedgerError::from)?,
            )),
            None => Ok(None),
        }
    }

    fn transaction(&mut self, transaction: &Transaction, place: u32) -> Result<(), Fault> {
        let rows = self.draft.rows() + transaction.inputs.len() + transaction.outputs.len();
        if rows >= OPENING as usize {
            return refused("more coins than a segment can hold");
        }
        let id = self.draft.next().transaction;
        if id >= NOBODY - 1 {
            return refused("transaction ids are used up");
        }
        self.draft.start_transaction();
        let (mut paid, mut all) = (0u128, true);
        for input in &transaction.inputs {
            match self.spend(input)? {
                Some(value) => paid += u128::from(value),
                None => all = false,
            }
        }
        let made: u128 = transaction
            .outputs
            .iter()
            .map(|output| u128::from(output.value))
            .sum();
        // What a coinbase may make is for the chain's own rules to say.
        if place > 0 && all && made > paid {
            return refused(format!("its outputs hold {made}, its inputs {paid}"));
        }
        for (sum, whose) in [(paid, "inputs"), (made, "outputs")] {
            if u64::try_from(sum).is_err() {
                return refused(format!("its {whose} hold over 64 bits"));
            }
        }
        self.destroy_twin(&transaction.id, id)?;
        self.draft.start_outputs();
        let mut unspent = false;
        for output in &transaction.outputs {
            unspent |= self.make(output)?;
        }
        if unspent {
            self.live.transactions.add(prefix(&transaction.id), id);
        }
        self.draft.end_transaction(transaction.id, place);
        Ok(())
    }

    /// Books an input and returns the value that it spends, where that is known.
    fn spend(&mut self, input: &Input) -> Result<Option<u64>, Fault> {
        let OutPoint {
            transaction: id,
            vout,
        } = &input.spends;
        let Some(transaction) = self.live.find(id, self.known())? else {
            return self.spend_elsewhere(input);
        };
        let outputs = self.known().outputs(transaction)?;
        let output = outputs.start + u64::from(*vout);
        if !outputs.contains(&output) {
            return refused(format!(
                "it spends {}, which has {} outputs",
                input.spends,
                outputs.end - outputs.start
            ));
        }
        let (value, owner) = self.known().coin(output)?;
        if !self.live.unspent.get(output) {
            return self.refuse_spend(&input.spends, owner);
        }
        if let Some(said) = input.known.as_ref().filter(|said| said.value != value) {
            return refused(format!(
                "it says that {} holds {}, it holds {value}",
                input.spends, said.value
            ));
        }
        self.live.take(transaction, id, output, outputs);
        self.draft.push_input(output, owner, value);
        Ok(Some(value))
    }

    fn refuse_spend<T>(&self, outpoint: &OutPoint, owner: u32) -> Result<T, Fault> {
        if self.live.nobody == Some(owner) {
            return refused(format!("it spends {outpoint}, which nobody can spend"));
        }
        refused(format!("it spends {outpoint}, which is spent already"))
    }

    /// Books an input whose transaction has nothing to spend, or is older than the ledger.
    fn spend_elsewhere(&mut self, input: &Input) -> Result<Option<u64>, Fault> {
        let outpoint = &input.spends;
        if let Some(transaction) = self.known().find(&outpoint.transaction)? {
            let outputs = self.known().outputs(transaction)?;
            let output = outputs.start + u64::from(outpoint.vout);
            if !outputs.contains(&output) {
                return refused(format!("it spends {outpoint}, which is not there"));
            }
            let (_, owner) = self.known().coin(output)?;
            return self.refuse_spend(outpoint, owner);
        }
        let Some(output) = &input.known else {
            self.draft.push_unknown(*outpoint);
            return Ok(None);
        };
        if self.known().has_opening(outpoint)? {
            return refused(format!("it spends {outpoint}, which is spent already"));
        }
        let owner = self.owner(&output.owner)?;
        let opening = self.draft.push_opening(*outpoint, output.value, owner);
        self.live.unspent.push(false);
        self.draft.push_input(opening, owner, output.value);
        Ok(Some(output.value))
    }

    /// A transaction whose id is there already overwrites what that one has left (BIP 30).
    fn destroy_twin(&mut self, id: &Id, twin: u32) -> Result<(), Fault> {
        let Some(earlier) = self.live.find(id, self.known())? else {
            return Ok(());
        };
        let outputs = self.known().outputs(earlier)?;
        let lost: Vec<u64> = self.live.unspent.set_in(outputs.clone()).collect();
        for output in lost {
            self.live.take(earlier, id, output, outputs.clone());
            self.draft.lost.push((output, twin));
        }
        Ok(())
    }

    /// Books an output and returns whether anybody can spend it.
    fn make(&mut self, output: &Output) -> Result<bool, Fault> {
        let owner = self.owner(&output.owner)?;
        self.draft.push_output(output.value, owner);
        let unspent = self.live.nobody != Some(owner);
        self.live.unspent.push(unspent);
        Ok(unspent)
    }

    /// Returns an owner's id, a new one where it is met for the first time.
    fn owner(&mut self, owner: &Owner) -> Result<u32, Fault> {
        let Some(code) = owner.code() else {
            return refused("an owner is a witness program of no chain");
        };
        let (code, known) = (code.as_bytes(), self.known());
        let key = key_of(code);
        if let Some(id) = self
            .live
            .owners
            .find(key, |id| known.code(id).map(|found| found == code))?
        {
            return Ok(id);
        }
        let Some(id) = self.draft.push_owner(code) else {
            return refused("owner ids are used up");
        };
        self.live.owners.add(key, id);
        if *owner == Owner::Nobody {
            self.live.nobody = Some(id);
        }
        Ok(id)
    }
}
