//! Adding up a chain of coins, by the rules that every node checks: a transaction pays out no more than it spends, a coinbase no more
//! than subsidy and fees. Then every unit is unspent, burnt or overwritten.

use super::ledger::CoinLedger;
use super::{CoinInput, Fate, Owner};
use crate::issuance::{AssetIssuance, Issuance, IssueState, IssuedSums};
use crate::{Chain, LedgerError};
use strongroom_model::Amount;

/// Blocks between two words of progress.
const STEP: u32 = 1 << 8;

/// Sums over all blocks, in base units. A chain's supply has 64 bits; what is paid over and over has not.
#[derive(Debug, Default)]
struct Sums {
    inputs: u128,
    coinbases: u128,
    fees: u128,
    subsidies: u128,
}

/// What became of outputs, in base units.
#[derive(Debug, Default)]
struct Fates {
    all: u128,
    held: u128,
    burnt: u128,
    overwritten: u128,
}

impl CoinLedger {
    /// Adds up what the chain issued and where it is. `told` is called now and then with blocks so far and blocks in all.
    ///
    /// # Errors
    /// `Sums` for the first transaction or block that pays out more than it has; `Columns` where the ledger is damaged.
    pub fn issuance(&self, told: &mut dyn FnMut(u64, u64)) -> Result<Issuance, LedgerError> {
        let Some((first, last)) = self.heights() else {
            return Ok(Issuance::default());
        };
        let info = self.info()?;
        let rule = Chain::named(self.chain());
        let mut sums = Sums::default();
        for height in first..=last {
            self.add_block(height, rule, &mut sums)?;
            if height.is_multiple_of(STEP) || height == last {
                told(u64::from(height - first) + 1, info.blocks);
            }
        }
        let partial = match (first, info.unknown, info.openings) {
            (0, 0, 0) => None,
            (0, ..) => Some("it spends outputs that none of its blocks makes".to_owned()),
            (first, ..) => Some(format!("it begins with block {first}")),
        };
        let Fates {
            all,
            held,
            burnt,
            overwritten,
        } = self.fates()?;
        if all != sums.inputs + held + burnt + overwritten {
            let why = "what is unspent is not what its blocks make without what they spend";
            return Err(does_not(self.chain().to_owned(), why));
        }
        let amount = |sum: u128| Amount::from_limbs([sum as u64, (sum >> 64) as u64, 0, 0]);
        let asset = AssetIssuance {
            asset: rule.map_or_else(|| self.chain().to_owned(), |rule| rule.asset().to_owned()),
            state: match partial {
                None => IssueState::Balanced,
                Some(_) => IssueState::Partial,
            },
            sums: Some(IssuedSums {
                issued: amount(sums.coinbases.saturating_sub(sums.fees)),
                held: amount(held),
                burnt: amount(burnt),
                overwritten: Some(amount(overwritten)),
                unclaimed: rule
                    .filter(|_| partial.is_none())
                    .map(|_| amount((sums.subsidies + sums.fees).saturating_sub(sums.coinbases))),
                ..IssuedSums::default()
            }),
        };
        Ok(Issuance {
            partial,
            assets: vec![asset],
        })
    }

    /// Adds up a block; the coinbase is the last in work order.
    fn add_block(
        &self,
        height: u32,
        rule: Option<&'static Chain>,
        sums: &mut Sums,
    ) -> Result<(), LedgerError> {
        let place = |transaction: u32| -> Result<String, LedgerError> {
            Ok(format!(
                "block {height}, transaction {}",
                self.transaction(transaction)?.id
            ))
        };
        let (mut fees, mut known) = (0u128, true);
        let mut coinbase = None;
        for transaction in self.block(height)?.transactions {
            let pays = self.made(transaction)?;
            if self.transaction(transaction)?.coinbase {
                coinbase = Some((transaction, pays));
                continue;
            }
            let (takes, all) = self.taken(transaction)?;
            sums.inputs += takes;
            match takes.checked_sub(pays) {
                Some(fee) => fees += fee,
                None if all => {
                    return Err(does_not(place(transaction)?, "it pays out more than it spends"));
                }
                None => {}
            }
            known &= all;
        }
        let Some((coinbase, pays)) = coinbase else {
            return Err(does_not(format!("block {height}"), "it has no coinbase"));
        };
        sums.coinbases += pays;
        sums.fees += fees;
        let Some(rule) = rule.filter(|_| known) else {
            return Ok(());
        };
        let subsidy = u128::from(rule.subsidy(height));
        sums.subsidies += subsidy;
        match pays > subsidy + fees {
            true => {
                let why = format!(
                    "it pays out {pays}, more than the subsidy of {subsidy} and fees of {fees} are together"
                );
                Err(does_not(place(coinbase)?, &why))
            }
            false => Ok(()),
        }
    }

    /// Returns the value of the outputs that a transaction makes.
    fn made(&self, transaction: u32) -> Result<u128, LedgerError> {
        let mut sum = 0;
        for output in self.outputs_made(transaction)? {
            sum += u128::from(self.value(output)?);
        }
        Ok(sum)
    }

    /// Returns the value of what a transaction spends, and whether all of it is known.
    fn taken(&self, transaction: u32) -> Result<(u128, bool), LedgerError> {
        let (mut sum, mut known) = (0, true);
        for input in self.inputs(transaction)? {
            match input {
                CoinInput::Spent { output, .. } => sum += u128::from(self.value(output)?),
                CoinInput::Unknown(_) => known = false,
            }
        }
        Ok((sum, known))
    }

    /// Adds up what became of all outputs, those that are older than the ledger among them.
    fn fates(&self) -> Result<Fates, LedgerError> {
        let nobody = self.owner_id(&Owner::Nobody)?;
        let mut fates = Fates::default();
        for output in 0..self.outputs() {
            let value = u128::from(self.value(output)?);
            fates.all += value;
            match self.fate(output)? {
                Fate::Spent(_) => {}
                Fate::Destroyed(_) => fates.overwritten += value,
                Fate::Unspent if Some(self.owner_of(output)?) == nobody => fates.burnt += value,
                Fate::Unspent => fates.held += value,
            }
        }
        Ok(fates)
    }
}

fn does_not(place: String, why: &str) -> LedgerError {
    LedgerError::Sums {
        place,
        why: why.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::commit::Commit;
    use super::super::draft::Draft;
    use super::*;
    use crate::{Block, CoinLayout, Id, Input, OutPoint, Output, Transaction};
    use std::path::Path;
    use strongroom_model::Moment;

    const SUBSIDY: u64 = 5_000_000_000;

    fn transaction(id: u8, spends: &[(u8, u32)], outputs: Vec<(u64, Owner)>) -> Transaction {
        let input = |(transaction, vout): &(u8, u32)| Input {
            spends: OutPoint {
                transaction: Id([*transaction; 32]),
                vout: *vout,
            },
            known: None,
        };
        Transaction {
            id: Id([id; 32]),
            inputs: spends.iter().map(input).collect(),
            outputs: outputs
                .into_iter()
                .map(|(value, owner)| Output { value, owner })
                .collect(),
        }
    }

    /// Three blocks: a payment with a fee, a burnt output, one unit that a coinbase left.
    fn filled(dir: &Path, from: u32) -> CoinLedger {
        let key = |key: u8| Owner::KeyHash([key; 20]);
        let blocks = [
            vec![transaction(1, &[], vec![(SUBSIDY, key(1))])],
            vec![
                transaction(2, &[], vec![(SUBSIDY + 9, key(2))]),
                transaction(3, &[(1, 0)], vec![(SUBSIDY - 109, key(3)), (100, Owner::Nobody)]),
            ],
            vec![
                transaction(4, &[], vec![(SUBSIDY - 1, key(4))]),
                transaction(5, &[(3, 0), (2, 0)], vec![(2 * SUBSIDY - 100, key(5))]),
            ],
        ];
        let blocks = (0u8..).zip(blocks).map(|(at, transactions)| Block {
            id: Id([at + 101; 32]),
            previous: Id([at + 100; 32]),
            height: from + u32::from(at),
            when: Moment::from_micros(0),
            transactions,
        });
        let mut ledger = CoinLedger::create(dir, "bitcoin-regtest", CoinLayout::default()).unwrap();
        ledger.append(blocks, &mut |_| ()).unwrap();
        ledger
    }

    /// Changes the value of an output where it lies, checksums and manifest with it.
    fn tamper(ledger: &mut CoinLedger, output: usize, change: impl Fn(u64) -> u64) {
        let mut draft = Draft::of(&ledger.segments[0]).unwrap();
        draft.values[output] = change(draft.values[output]);
        let sealed = draft
            .seal(&ledger.dir, "coins-000000-tampered.columns".to_owned())
            .unwrap();
        let commit = Commit {
            keep: 0,
            segments: vec![sealed],
            spenders: None,
        };
        ledger.commit(commit).unwrap();
    }

    fn sums(ledger: &CoinLedger) -> Result<IssuedSums, LedgerError> {
        let issuance = ledger.issuance(&mut |_, _| ())?;
        Ok(issuance.assets[0].sums.unwrap())
    }

    #[test]
    fn what_was_issued_is_held_or_burnt_and_what_was_not_claimed_stands_apart() {
        let dir = tempfile::tempdir().unwrap();
        let ledger = filled(dir.path(), 0);
        let issuance = ledger.issuance(&mut |_, _| ()).unwrap();
        assert_eq!(issuance.partial, None);
        assert_eq!(issuance.assets[0].state, IssueState::Balanced);
        let wanted = IssuedSums {
            issued: (3 * SUBSIDY - 1).into(),
            held: (3 * SUBSIDY - 101).into(),
            burnt: 100u64.into(),
            unclaimed: Some(1u64.into()),
            overwritten: Some(Amount::ZERO),
            ..IssuedSums::default()
        };
        assert_eq!(sums(&ledger).unwrap(), wanted);
        // Without the beginning nothing is claimed.
        let dir = tempfile::tempdir().unwrap();
        let partial = filled(dir.path(), 7).issuance(&mut |_, _| ()).unwrap();
        assert_eq!(partial.partial.as_deref(), Some("it begins with block 7"));
        assert_eq!(partial.assets[0].state, IssueState::Partial);
    }

    #[test]
    fn no_amount_changes_unnoticed() {
        let whole = tempfile::tempdir().unwrap();
        let whole = sums(&filled(whole.path(), 0)).unwrap();
        let (mut refused, mut told) = (0, 0);
        for output in 0..6 {
            for more in [true, false] {
                let dir = tempfile::tempdir().unwrap();
                let mut ledger = filled(dir.path(), 0);
                tamper(
                    &mut ledger,
                    output,
                    |value| if more { value + 2 } else { value - 2 },
                );
                // Every checksum holds.
                ledger.verify(&mut |_, _| ()).unwrap();
                let ledger = CoinLedger::open(dir.path()).unwrap();
                match sums(&ledger) {
                    Err(LedgerError::Sums { .. }) => refused += 1,
                    Err(other) => panic!("{other}"),
                    Ok(sums) => {
                        // One that was not spent yet may be less: its block left the rest.
                        assert!(!more && sums.unclaimed != whole.unclaimed, "{output} {sums:?}");
                        told += 1;
                    }
                }
            }
        }
        assert_eq!((refused, told), (9, 3));
    }
}
