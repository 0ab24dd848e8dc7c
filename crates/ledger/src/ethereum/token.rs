//! What is declared of tokens: symbol, places, and whether transfers tell their balances. Nothing of it is guessed from what a
//! contract calls itself; a token that is not declared here is known by its contract alone.

use super::Account;
use std::collections::BTreeMap;

/// Whether the transfers of a token add up to its balances.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Behaviour {
    /// They do.
    Plain,
    /// They do, and each unit stands for one unit of the chain's coin that the contract holds: its events `Deposit` and
    /// `Withdrawal` issue and burn units, and no `Transfer` stands beside them.
    WrapsCoin,
    /// They do not: balances change without transfers.
    Rebasing,
    /// They do not: less arrives than a transfer says.
    FeeOnTransfer,
}

impl Behaviour {
    /// Returns what keeps the transfers of such a token from adding up to its balances, or `None` where they do.
    pub const fn unaccountable(self) -> Option<&'static str> {
        match self {
            Behaviour::Plain | Behaviour::WrapsCoin => None,
            Behaviour::Rebasing => Some("its balances change without transfers (rebasing)"),
            Behaviour::FeeOnTransfer => Some("less arrives than its transfers say (fee on transfer)"),
        }
    }
}

/// What is declared of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its symbol.
    pub symbol: String,
    /// Decimal places.
    pub decimals: u8,
    /// Whether its transfers add up.
    pub behaviour: Behaviour,
}

/// The tokens of one chain that something is declared of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens(BTreeMap<Account, Token>);

/// Contracts of Ethereum's main network, as their issuers publish them.
const ETHEREUM: &[(&str, &str, u8, Behaviour)] = &[
    (
        "0xdac17f958d2ee523a2206206994597c13d831ec7",
        "USDT",
        6,
        Behaviour::Plain,
    ),
    (
        "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48",
        "USDC",
        6,
        Behaviour::Plain,
    ),
    (
        "0x6b175474e89094c44da98b954eedeac495271d0f",
        "DAI",
        18,
        Behaviour::Plain,
    ),
    (
        "0x4fabb145d64652a948d72533023f6e7a623c7c53",
        "BUSD",
        18,
        Behaviour::Plain,
    ),
    (
        "0x6c3ea9036406852006290770bedfcaba0e23a0e8",
        "PYUSD",
        6,
        Behaviour::Plain,
    ),
    (
        "0x2260fac5e5542a773aa44fbcfedf7c193bc2c599",
        "WBTC",
        8,
        Behaviour::Plain,
    ),
    (
        "0x514910771af9ca656af840dff83e8364ecf986ca",
        "LINK",
        18,
        Behaviour::Plain,
    ),
    (
        "0x1f9840a85d5af5bf1d1762f925bdaddc4201f984",
        "UNI",
        18,
        Behaviour::Plain,
    ),
    (
        "0x7f39c581f595b53c5cb19bd0b3f8da6c935e2ca0",
        "wstETH",
        18,
        Behaviour::Plain,
    ),
    (
        "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2",
        "WETH",
        18,
        Behaviour::WrapsCoin,
    ),
    (
        "0xae7ab96520de3a18e5e111b5eaab095312d7fe84",
        "stETH",
        18,
        Behaviour::Rebasing,
    ),
    (
        "0xd46ba6d942050d489dbd938a2c909a5d5039a161",
        "AMPL",
        9,
        Behaviour::Rebasing,
    ),
    (
        "0xbcca60bb61934080951369a648fb03df4f96263c",
        "aUSDC",
        6,
        Behaviour::Rebasing,
    ),
    (
        "0x3ed3b47dd13ec9a98b44e6204a523e766b225811",
        "aUSDT",
        6,
        Behaviour::Rebasing,
    ),
    (
        "0x030ba81f1c18d280636f32af80b9aad02cf0854e",
        "aWETH",
        18,
        Behaviour::Rebasing,
    ),
];

impl Tokens {
    /// Returns a table in which nothing is declared.
    pub fn none() -> Self {
        Tokens::default()
    }

    /// Returns what is declared of tokens of Ethereum's main network.
    pub fn ethereum() -> Self {
        let mut tokens = Tokens::none();
        for (contract, symbol, decimals, behaviour) in ETHEREUM {
            let token = Token {
                symbol: (*symbol).to_owned(),
                decimals: *decimals,
                behaviour: *behaviour,
            };
            // The table's own test reads every contract.
            if let Some(contract) = Account::read(contract) {
                tokens.declare(contract, token);
            }
        }
        tokens
    }

    /// Declares a token; what was declared of it before is forgotten.
    pub fn declare(&mut self, contract: Account, token: Token) {
        self.0.insert(contract, token);
    }

    /// Returns what is declared of a contract.
    pub fn of(&self, contract: &Account) -> Option<&Token> {
        self.0.get(contract)
    }

    /// Returns the contracts that wrap the chain's coin.
    pub(crate) fn wrappers(&self) -> impl Iterator<Item = &Account> {
        let wraps = |(_, token): &(&Account, &Token)| token.behaviour == Behaviour::WrapsCoin;
        self.0.iter().filter(wraps).map(|(contract, _)| contract)
    }

    pub(super) fn behaviour(&self, contract: &Account) -> Behaviour {
        self.of(contract)
            .map_or(Behaviour::Plain, |token| token.behaviour)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_contract_of_the_table_is_an_account_of_its_own() {
        assert_eq!(Tokens::ethereum().0.len(), ETHEREUM.len());
    }
}
