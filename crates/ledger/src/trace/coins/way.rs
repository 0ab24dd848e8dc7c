//! The way of one unit, without any taint: by FIFO and LIFO the units of what a transaction spends and those of what it
//! makes stand in one order, so that each unit has one place before and one after, and walking back is exact.
//!
//! Reads nothing but values, and shares no code with the walk: so either can be checked by the other.

use super::chain::Chain;
use crate::LedgerError;
use crate::coins::CoinLedger;
use crate::trace::CoinPolicy;

/// Where one unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnitPlace {
    /// In an output: the output's number and the unit's, counted from 0 within it.
    Output {
        /// The output's number in the ledger.
        output: u64,
        /// The unit's number in the output.
        offset: u64,
    },
    /// In the fee of a transaction: the transaction's number and the unit's within the fee.
    Fee {
        /// The transaction's number in the ledger.
        transaction: u32,
        /// The unit's number in the fee.
        offset: u64,
    },
}

/// A way there and back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitWay {
    /// The places from the first to the last, one for each transaction between them.
    pub places: Vec<UnitPlace>,
    /// Whether walking back from the last place leads through the same places to the first (TAINT.md, law 3).
    pub returns: bool,
}

impl CoinLedger {
    /// Walks one unit forward for at most `hops` transactions, and from where it came to back again.
    ///
    /// `None` where the policy does not tell units apart without knowing what is tainted: all but FIFO and LIFO. The way
    /// ends early where nothing spends the unit, where it becomes a fee, and where a transaction's sums cannot be told.
    ///
    /// # Errors
    /// Where the ledger cannot be read or has no such unit.
    pub fn unit_way(
        &self,
        policy: CoinPolicy,
        from: UnitPlace,
        hops: usize,
    ) -> Result<Option<UnitWay>, LedgerError> {
        let Some(order) = Order::of(policy) else {
            return Ok(None);
        };
        let chain = Chain::of(self)?;
        let mut places = vec![from];
        let mut at = from;
        while places.len() <= hops {
            let Some(next) = after(chain, order, at)? else {
                break;
            };
            places.push(next);
            at = next;
        }
        let mut returns = true;
        for place in places.iter().rev().skip(1) {
            returns &= before(chain, order, at)? == Some(*place);
            at = *place;
        }
        Ok(Some(UnitWay { places, returns }))
    }

    /// Returns where a unit was before the transaction that made its output or pays its fee.
    ///
    /// `None` by any policy but FIFO and LIFO, where the unit was mined or was there before the ledger begins, and where
    /// the transaction's sums cannot be told.
    ///
    /// # Errors
    /// Where the ledger cannot be read or has no such unit.
    pub fn unit_before(&self, policy: CoinPolicy, at: UnitPlace) -> Result<Option<UnitPlace>, LedgerError> {
        match Order::of(policy) {
            Some(order) => before(Chain::of(self)?, order, at),
            None => Ok(None),
        }
    }
}

fn no_unit(output: u64) -> LedgerError {
    LedgerError::Absent {
        what: "such unit of output",
        id: output,
    }
}

/// The order in which the units that go in come out.
#[derive(Clone, Copy, Debug)]
enum Order {
    Same,
    Reversed,
}

impl Order {
    fn of(policy: CoinPolicy) -> Option<Self> {
        match policy {
            CoinPolicy::Fifo => Some(Order::Same),
            CoinPolicy::Lifo => Some(Order::Reversed),
            _ => None,
        }
    }

    /// Turns a place among all units that go in into that among all that come out, and back.
    fn across(self, place: u64, all: u64) -> Option<u64> {
        match self {
            Order::Same => (place < all).then_some(place),
            Order::Reversed => all.checked_sub(1)?.checked_sub(place),
        }
    }
}

/// The coins on one side of a transaction, in order, with their values.
struct Side(Vec<(u64, u64)>);

impl Side {
    fn made(chain: Chain<'_>, transaction: u32) -> Result<Self, LedgerError> {
        let value = |output| Ok((output, chain.value(output)?));
        let outputs = chain.outputs(transaction)?.map(value);
        outputs.collect::<Result<_, LedgerError>>().map(Side)
    }

    /// `None` where the ledger does not know one of them.
    fn spent(chain: Chain<'_>, transaction: u32) -> Result<Option<Self>, LedgerError> {
        let inputs = chain.inputs(transaction)?;
        Ok(inputs.into_iter().collect::<Option<_>>().map(Side))
    }

    fn sum(&self) -> Option<u64> {
        self.0
            .iter()
            .try_fold(0u64, |sum, (_, value)| sum.checked_add(*value))
    }

    /// The place of a coin's unit among all units of the side.
    fn place(&self, output: u64, offset: u64) -> Option<u64> {
        let before = self.0.iter().take_while(|(other, _)| *other != output);
        let before = before.map(|(_, value)| *value).try_fold(0u64, u64::checked_add)?;
        let (_, value) = self.0.iter().find(|(other, _)| *other == output)?;
        (offset < *value).then(|| before.checked_add(offset)).flatten()
    }

    /// The unit at a place, or how far behind the last it lies.
    fn unit(&self, place: u64) -> Result<UnitPlace, u64> {
        let mut offset = place;
        for (output, value) in &self.0 {
            match offset.checked_sub(*value) {
                Some(behind) => offset = behind,
                None => {
                    return Ok(UnitPlace::Output {
                        output: *output,
                        offset,
                    });
                }
            }
        }
        Err(offset)
    }
}

fn after(chain: Chain<'_>, order: Order, at: UnitPlace) -> Result<Option<UnitPlace>, LedgerError> {
    let UnitPlace::Output { output, offset } = at else {
        return Ok(None);
    };
    let Some(transaction) = chain.spender(output)? else {
        return Ok(None);
    };
    let Some(spent) = Side::spent(chain, transaction)? else {
        return Ok(None);
    };
    let place = spent.place(output, offset).ok_or_else(|| no_unit(output))?;
    let Some(place) = spent.sum().and_then(|all| order.across(place, all)) else {
        return Ok(None);
    };
    let made = Side::made(chain, transaction)?;
    let fee = |offset| UnitPlace::Fee { transaction, offset };
    Ok(Some(made.unit(place).unwrap_or_else(fee)))
}

fn before(chain: Chain<'_>, order: Order, at: UnitPlace) -> Result<Option<UnitPlace>, LedgerError> {
    let transaction = match at {
        UnitPlace::Output { output, .. } => chain.maker(output)?,
        UnitPlace::Fee { transaction, .. } => Some(transaction),
    };
    let Some(transaction) = transaction else {
        return Ok(None);
    };
    if chain.is_coinbase(transaction)? {
        return Ok(None);
    }
    let made = Side::made(chain, transaction)?;
    let place = match at {
        UnitPlace::Output { output, offset } => {
            Some(made.place(output, offset).ok_or_else(|| no_unit(output))?)
        }
        UnitPlace::Fee { offset, .. } => made.sum().and_then(|sum| sum.checked_add(offset)),
    };
    let Some(spent) = Side::spent(chain, transaction)? else {
        return Ok(None);
    };
    let across = place.zip(spent.sum());
    let place = across.and_then(|(place, all)| order.across(place, all));
    Ok(place.and_then(|place| spent.unit(place).ok()))
}
