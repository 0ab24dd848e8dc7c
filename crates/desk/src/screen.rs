//! `screen`: wallets and names against lists.

use crate::outcome::Outcome;
use rayon::prelude::*;
use strongroom_screening::{AssetScreening, Lists, NameQuery, Screening, ScreeningVerdict};

/// What is screened.
#[derive(Clone, Debug, PartialEq)]
pub enum Query {
    /// A wallet address or ledger account.
    Wallet(String),
    /// A person or company, by exact and by similar names.
    Name(NameQuery),
}

/// Screens each query; the answers come in the order of the queries.
pub fn screen(lists: &Lists, queries: &[Query]) -> Vec<Screening> {
    queries.par_iter().map(|query| ask(lists, query)).collect()
}

/// Screens one query.
pub(crate) fn ask(lists: &Lists, query: &Query) -> Screening {
    match query {
        Query::Wallet(text) => lists.screen_address(text),
        Query::Name(query) => lists.screen_party(query),
    }
}

impl Outcome {
    /// Returns the outcome of a screening: a query that is damaged is not cleared, nor is one whose name is similar to
    /// a listed one, until somebody has looked.
    pub const fn of_screening(screening: &Screening) -> Self {
        match screening.verdict {
            ScreeningVerdict::Hit => Outcome::Found,
            ScreeningVerdict::Possible | ScreeningVerdict::Malformed => Outcome::NotCleared,
            ScreeningVerdict::NoHit => Outcome::Nothing,
        }
    }

    /// Returns the outcome of a screening whose hits were all cleared, or were not; what the lists lack nobody can clear.
    pub fn of_decision(screening: &Screening, cleared: bool) -> Self {
        let outcome = if cleared {
            Outcome::Nothing
        } else {
            Outcome::of_screening(screening)
        };
        match screening.lacks().next() {
            Some(_) => outcome.and(Outcome::NotCleared),
            None => outcome,
        }
    }

    /// Returns the outcome of an asset's screening.
    pub const fn of_asset(screening: &AssetScreening) -> Self {
        match (screening.hits.is_empty(), &screening.malformed) {
            (false, _) => Outcome::Found,
            (true, Some(_)) => Outcome::NotCleared,
            (true, None) => Outcome::Nothing,
        }
    }
}
