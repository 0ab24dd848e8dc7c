//! One transaction's turn: what goes in, by the policy, and what comes out.

use super::super::parcel::{Parcel, tainted};
use super::super::result::EndReason;
use super::chain::Valued;
use super::coin::Coin;
use super::walk::{Spot, Walk, Way};
use crate::LedgerError;

/// A transaction's coins that hold taint, by output.
type Taken = Vec<(u64, Coin)>;

impl Walk<'_> {
    /// Forward: a transaction spends coins and makes others.
    pub(super) fn spend(&mut self, transaction: u32) -> Result<(), LedgerError> {
        self.spending.clear();
        let inputs = self.chain.inputs(transaction)?;
        let (taken, all) = self.put_in(inputs.iter().copied().map(Ok))?;
        let Some(all) = all else {
            return self.give_up(transaction, taken, UNKNOWN);
        };
        let (chain, outputs) = (self.chain, self.chain.outputs(transaction)?);
        let made = self.ask_for(outputs.clone().map(|output| chain.value(output).map(Some)))?;
        let Some(fee) = made.and_then(|made| all.checked_sub(made)) else {
            return self.give_up(transaction, taken, UNBALANCED);
        };
        self.spending.value(fee);
        if self.spending.run(self.policy).is_err() {
            return self.give_up(transaction, taken, UNBALANCED);
        }
        let mut part = 0;
        for output in outputs {
            self.arrive(output, part)?;
            part += 1;
        }
        self.pay_fee(transaction, part)
    }

    /// Backward: what a transaction made goes in, and the fee clean behind it; what it spent comes out.
    pub(super) fn unmake(&mut self, transaction: u32) -> Result<(), LedgerError> {
        self.spending.clear();
        let (chain, outputs) = (self.chain, self.chain.outputs(transaction)?);
        let valued = |output| chain.value(output).map(|value| Some((output, value)));
        let (taken, made) = self.put_in(outputs.map(valued))?;
        let inputs = self.chain.inputs(transaction)?;
        let values = inputs.iter().map(|input| Ok(input.map(|(_, value)| value)));
        let Some(all) = self.ask_for(values)? else {
            return self.give_up(transaction, taken, UNKNOWN);
        };
        let Some(fee) = made.and_then(|made| all.checked_sub(made)) else {
            return self.give_up(transaction, taken, UNBALANCED);
        };
        self.spending.input(&[Parcel::clean(fee)]);
        self.spending.value(0);
        if self.spending.run(self.policy).is_err() {
            return self.give_up(transaction, taken, UNBALANCED);
        }
        for (part, (output, _)) in inputs.iter().flatten().enumerate() {
            self.arrive(*output, part)?;
        }
        Ok(())
    }

    /// Forward, where fees are followed: a block's coinbase takes the subsidy and the fees, in block order.
    pub(super) fn mint(&mut self, coinbase: u32) -> Result<(), LedgerError> {
        self.spending.clear();
        let payers = self.chain.payers(coinbase)?;
        let (mut taken, mut all) = (Vec::new(), self.subsidy(coinbase)?);
        self.spending.input(&[Parcel::clean(all.unwrap_or_default())]);
        for payer in payers {
            let fee = self.chain.fee(payer)?;
            all = all.zip(fee).and_then(|(all, fee)| all.checked_add(fee));
            match self.fees.remove(&payer) {
                Some(coin) => {
                    self.spending.input(coin.parcels());
                    taken.push((payer, coin));
                }
                None => self.spending.input(&[Parcel::clean(fee.unwrap_or_default())]),
            }
        }
        let (chain, outputs) = (self.chain, self.chain.outputs(coinbase)?);
        let made = self.ask_for(outputs.clone().map(|output| chain.value(output).map(Some)))?;
        let rest = all.zip(made).and_then(|(all, made)| all.checked_sub(made));
        self.spending.value(rest.unwrap_or_default());
        if rest.is_none() || self.spending.run(self.policy).is_err() {
            return self.keep_fees(coinbase, taken);
        }
        for (payer, coin) in &taken {
            let units = tainted(coin.parcels()).unwrap_or_default();
            let payer = *payer;
            self.pass(payer, Way::Fee { coinbase }, units);
        }
        let mut part = 0;
        for output in outputs {
            self.arrive(output, part)?;
            part += 1;
        }
        let rest = self.spending.part(part).to_vec();
        self.end(EndReason::Unclaimed, Spot::Fee(coinbase), None, &rest);
        Ok(())
    }

    fn subsidy(&self, coinbase: u32) -> Result<Option<u64>, LedgerError> {
        let Some(subsidy) = self.stops.follow_fees else {
            return Ok(None);
        };
        Ok(Some(subsidy(self.chain.block_of(coinbase)?.height)))
    }

    /// Puts coins in, tainted or clean. Returns the tainted ones, and all units unless one is unknown.
    fn put_in(
        &mut self,
        coins: impl Iterator<Item = Result<Option<Valued>, LedgerError>>,
    ) -> Result<(Taken, Option<u64>), LedgerError> {
        let (mut taken, mut all) = (Vec::new(), Some(0u64));
        for coin in coins {
            let Some((output, value)) = coin? else {
                all = None;
                continue;
            };
            all = all.and_then(|all| all.checked_add(value));
            match self.take(output) {
                Some(coin) => {
                    self.spending.input(coin.parcels());
                    taken.push((output, coin));
                }
                None => self.spending.input(&[Parcel::clean(value)]),
            }
        }
        Ok((taken, all))
    }

    /// Asks for coins of these values. Returns their sum unless one is unknown.
    fn ask_for(
        &mut self,
        values: impl Iterator<Item = Result<Option<u64>, LedgerError>>,
    ) -> Result<Option<u64>, LedgerError> {
        let mut sum = Some(0u64);
        for value in values {
            let Some(value) = value? else {
                sum = None;
                continue;
            };
            self.spending.value(value);
            sum = sum.and_then(|sum| sum.checked_add(value));
        }
        Ok(sum)
    }

    /// The fee is an end, or waits for the coinbase.
    fn pay_fee(&mut self, transaction: u32, part: usize) -> Result<(), LedgerError> {
        let fee = self.spending.part(part);
        if fee.iter().all(|parcel| parcel.taint.is_none()) {
            return Ok(());
        }
        let fee = Coin::of(fee);
        if self.stops.follow_fees.is_none() {
            self.end(EndReason::Fee, Spot::Fee(transaction), None, fee.parcels());
            return Ok(());
        }
        self.fees.insert(transaction, fee);
        let coinbase = self.chain.coinbase_of(transaction)?;
        self.queue_coinbase(coinbase)
    }

    /// Fees whose way cannot be told stay ends.
    fn keep_fees(&mut self, coinbase: u32, fees: Vec<(u32, Coin)>) -> Result<(), LedgerError> {
        self.give_up(coinbase, Vec::new(), UNMINTED)?;
        for (payer, coin) in fees {
            self.end(EndReason::Fee, Spot::Fee(payer), None, coin.parcels());
        }
        Ok(())
    }
}

const UNKNOWN: &str = "it spends an output that the ledger does not know: taint in it ends there";
const UNBALANCED: &str = "it makes more than it spends: taint in it ends there";
const UNMINTED: &str = "the fees and the subsidy do not make up its outputs, or a fee is not known: tainted fees end where they were paid";
