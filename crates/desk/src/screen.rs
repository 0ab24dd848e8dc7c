//! `screen`: wallets and names against lists.

use crate::outcome::Outcome;
use rayon::prelude::*;
use strongroom_screening::{Lists, Screening, ScreeningVerdict};

/// What is screened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// A wallet address or ledger account.
    Wallet(String),
    /// A person or company.
    Name(String),
}

/// Screens each query; the answers come in the order of the queries.
pub fn screen(lists: &Lists, queries: &[Query]) -> Vec<Screening> {
    let ask = |query: &Query| match query {
        Query::Wallet(text) => lists.screen_address(text),
        Query::Name(text) => lists.screen_name(text),
    };
    queries.par_iter().map(ask).collect()
}

impl Outcome {
    /// Returns the outcome of a screening: a query that is damaged is not cleared.
    pub const fn of_screening(screening: &Screening) -> Self {
        match screening.verdict {
            ScreeningVerdict::Hit => Outcome::Found,
            ScreeningVerdict::Malformed => Outcome::NotCleared,
            ScreeningVerdict::NoHit => Outcome::Nothing,
        }
    }
}
