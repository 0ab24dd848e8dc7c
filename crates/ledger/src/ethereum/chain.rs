//! Which chain a block is of, and how its assets are named.
//!
//! Ether is `ETH`; every other chain's coin stands with its chain, so that two chains in one ledger never share an asset.
//! A token is `CHAIN/CONTRACT`, a thing that exists once (ERC-721) `CHAIN/CONTRACT/ID`. The contract decides, never the symbol:
//! anybody may call a token USDT.

use super::{Account, Tokens};
use strongroom_model::{Amount, Moment};

/// A chain: its name, its coin, and what is declared of its tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    name: String,
    coin: String,
    /// The first block of which a part of the gas is burnt (London), where it is known.
    london: Option<u64>,
    /// The time that the header of block 0 says, where it is known.
    genesis: Option<Moment>,
    /// What is declared of tokens.
    pub tokens: Tokens,
}

impl Chain {
    /// Returns the main network of Ethereum, with the tokens that are declared here.
    pub fn ethereum() -> Self {
        Chain {
            name: "ethereum".into(),
            coin: "ETH".into(),
            london: Some(12_965_000),
            // Its header says 0: the chain began in 2015 and counts from block 1 on.
            genesis: Some(Moment::from_micros(0)),
            tokens: Tokens::ethereum(),
        }
    }

    /// Returns the chain of an id (EIP-155): `ethereum` for 1, `eip155-ID` with the coin `EIP155-ID/COIN` for any other.
    pub fn of_id(id: u64) -> Self {
        match id {
            1 => Self::ethereum(),
            _ => Chain {
                name: format!("eip155-{id}"),
                coin: format!("EIP155-{id}/COIN"),
                london: None,
                genesis: None,
                tokens: Tokens::none(),
            },
        }
    }

    /// Returns the chain of a name, `ethereum` or `eip155-ID`, and its id.
    pub fn named(name: &str) -> Option<(Self, u64)> {
        let id = match name {
            "ethereum" => 1,
            _ => name.strip_prefix("eip155-")?.parse().ok()?,
        };
        Some((Self::of_id(id), id))
    }

    /// Returns the name of the chain, as it stands before the slash of its assets.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the asset that gas is paid in.
    pub fn coin(&self) -> &str {
        &self.coin
    }

    /// Returns whether a block is known to burn a part of its gas.
    pub(super) fn burns(&self, number: u64) -> bool {
        self.london.is_some_and(|london| number >= london)
    }

    /// Returns the time of a block that is known without its header.
    pub(super) fn time_of(&self, number: u64) -> Option<Moment> {
        self.genesis.filter(|_| number == 0)
    }

    /// Returns the asset of a token contract.
    pub fn token(&self, contract: &Account) -> String {
        format!("{}/{contract}", self.name)
    }

    /// Returns the asset of one thing of a contract of things that exist once each.
    pub fn thing(&self, contract: &Account, id: Amount) -> String {
        format!("{}/{contract}/{id}", self.name)
    }
}
