//! What logs say about tokens: transfers by the letter of ERC-20 and ERC-721, and the two events of wrapped ether.

use super::{Account, Log, hex};
use strongroom_model::Amount;

/// Keccak-256 of `Transfer(address,address,uint256)`, which ERC-20 and ERC-721 share.
const TRANSFER: [u8; 32] = [
    0xdd, 0xf2, 0x52, 0xad, 0x1b, 0xe2, 0xc8, 0x9b, 0x69, 0xc2, 0xb0, 0x68, 0xfc, 0x37, 0x8d, 0xaa, 0x95,
    0x2b, 0xa7, 0xf1, 0x63, 0xc4, 0xa1, 0x16, 0x28, 0xf5, 0x5a, 0x4d, 0xf5, 0x23, 0xb3, 0xef,
];
/// Keccak-256 of `Deposit(address,uint256)`.
const DEPOSIT: [u8; 32] = [
    0xe1, 0xff, 0xfc, 0xc4, 0x92, 0x3d, 0x04, 0xb5, 0x59, 0xf4, 0xd2, 0x9a, 0x8b, 0xfc, 0x6c, 0xda, 0x04,
    0xeb, 0x5b, 0x0d, 0x3c, 0x46, 0x07, 0x51, 0xc2, 0x40, 0x2c, 0x5c, 0x5c, 0xc9, 0x10, 0x9c,
];
/// Keccak-256 of `Withdrawal(address,uint256)`.
const WITHDRAWAL: [u8; 32] = [
    0x7f, 0xcf, 0x53, 0x2c, 0x15, 0xf0, 0xa6, 0xdb, 0x0b, 0xd6, 0xd0, 0xe0, 0x38, 0xbe, 0xa7, 0x1d, 0x30,
    0xd8, 0x08, 0xc7, 0xd9, 0x8c, 0xb3, 0xbf, 0x72, 0x68, 0xa9, 0x5b, 0xf5, 0x08, 0x1b, 0x65,
];

/// What a log says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Units of a token go from one account to another (ERC-20).
    Transfer {
        from: Account,
        to: Account,
        amount: Amount,
    },
    /// A thing that exists once goes from one account to another (ERC-721).
    Thing { from: Account, to: Account, id: Amount },
    /// The chain's coin was wrapped for an account.
    Deposit { to: Account, amount: Amount },
    /// The chain's coin was unwrapped for an account.
    Withdrawal { from: Account, amount: Amount },
}

impl Log {
    /// Returns the log of an ERC-20 transfer.
    pub(super) fn transfer_of(contract: Account, from: Account, to: Account, amount: Amount) -> Log {
        let word = |account: Account| {
            let mut word = [0; 32];
            word.iter_mut()
                .rev()
                .zip(account.0.iter().rev())
                .for_each(|(to, from)| *to = *from);
            word
        };
        let mut data = amount.to_le_bytes();
        data.reverse();
        Log {
            index: None,
            contract,
            topics: vec![TRANSFER, word(from), word(to)],
            data: data.to_vec(),
        }
    }

    /// Returns what a log says of tokens; `None` where it is about something else. `wrapper` says whether the contract is
    /// declared to wrap the chain's coin: any other contract's deposits are its own affair.
    ///
    /// # Errors
    /// A sentence where the log begins as a transfer and is none by the letter.
    pub(super) fn said(&self, wrapper: bool) -> Result<Option<Said>, &'static str> {
        match self.topics.as_slice() {
            [TRANSFER, topics @ ..] => self.transfer(topics).map(Some),
            [DEPOSIT, to] if wrapper => {
                let (to, amount) = self.account_and_amount(to)?;
                Ok(Some(Said::Deposit { to, amount }))
            }
            [WITHDRAWAL, from] if wrapper => {
                let (from, amount) = self.account_and_amount(from)?;
                Ok(Some(Said::Withdrawal { from, amount }))
            }
            _ => Ok(None),
        }
    }

    fn transfer(&self, topics: &[[u8; 32]]) -> Result<Said, &'static str> {
        match (topics, self.data.as_slice()) {
            ([from, to], data) => {
                let word = data
                    .try_into()
                    .map_err(|_| "a transfer's data is not 32 bytes long")?;
                let (from, to) = (account(from)?, account(to)?);
                let amount = hex::amount_of_word(word);
                Ok(Said::Transfer { from, to, amount })
            }
            ([from, to, id], []) => {
                let (from, to) = (account(from)?, account(to)?);
                let id = hex::amount_of_word(id);
                Ok(Said::Thing { from, to, id })
            }
            ([_, _, _], _) => Err("a transfer has four topics and data as well"),
            _ => Err("a transfer has neither three topics (ERC-20) nor four (ERC-721)"),
        }
    }

    fn account_and_amount(&self, topic: &[u8; 32]) -> Result<(Account, Amount), &'static str> {
        let data = self.data.as_slice();
        let word = data
            .try_into()
            .map_err(|_| "a wrapper's data is not 32 bytes long")?;
        Ok((account(topic)?, hex::amount_of_word(word)))
    }
}

fn account(topic: &[u8; 32]) -> Result<Account, &'static str> {
    Account::of_word(topic).ok_or("a transfer's topic is no account")
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha3::{Digest, Keccak256};

    fn word(last: u8) -> [u8; 32] {
        let mut word = [0; 32];
        word[31] = last;
        word
    }

    fn log(topics: &[[u8; 32]], data: &[u8]) -> Log {
        Log {
            index: None,
            contract: Account([9; 20]),
            topics: topics.to_vec(),
            data: data.to_vec(),
        }
    }

    #[test]
    fn topics_are_the_hashes_of_their_events() {
        for (topic, event) in [
            (TRANSFER, "Transfer(address,address,uint256)"),
            (DEPOSIT, "Deposit(address,uint256)"),
            (WITHDRAWAL, "Withdrawal(address,uint256)"),
        ] {
            assert_eq!(Keccak256::digest(event)[..], topic);
        }
    }

    #[test]
    fn a_transfer_is_read_by_the_letter() {
        let units = log(&[TRANSFER, word(1), word(2)], &word(7)).said(false).unwrap();
        assert!(matches!(units, Some(Said::Transfer { amount, .. }) if amount == 7u64.into()));
        let thing = log(&[TRANSFER, word(1), word(2), word(7)], &[])
            .said(false)
            .unwrap();
        assert!(matches!(thing, Some(Said::Thing { id, .. }) if id == 7u64.into()));
        for bad in [
            log(&[TRANSFER], &[0; 96]),
            log(&[TRANSFER, word(1), word(2)], &[]),
            log(&[TRANSFER, word(1), word(2)], &[0; 64]),
            log(&[TRANSFER, [1; 32], word(2)], &word(7)),
            log(&[TRANSFER, word(1), word(2), word(3)], &word(7)),
        ] {
            assert!(bad.said(false).is_err(), "{bad:?}");
        }
        assert_eq!(log(&[word(1)], &[]).said(false), Ok(None));
    }

    #[test]
    fn only_a_declared_wrapper_wraps() {
        let deposit = log(&[DEPOSIT, word(1)], &word(5));
        assert_eq!(deposit.said(false), Ok(None));
        assert!(matches!(deposit.said(true), Ok(Some(Said::Deposit { .. }))));
    }
}
