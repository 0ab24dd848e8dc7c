//! Where a trace stops.

use std::collections::BTreeMap;
use strongroom_model::{Amount, Moment, TagLookup};

/// Where a trace stops. Each stop is an end of the result, with its amount and reason.
pub struct Stops<'a> {
    /// Who is behind an account; a tag whose service stops traces ends them there.
    pub tags: &'a TagLookup<'a>,
    /// Ends traces at tagged persons and organisations too, and not only where the coins of many customers mix.
    pub parties: bool,
    /// By asset, the tainted units of one arrival below which they are not followed.
    pub dust: BTreeMap<String, Amount>,
    /// Transfers from the seed after which taint is not followed.
    pub hops: Option<u32>,
    /// The last moment that is looked at; backward the first.
    pub until: Option<Moment>,
}

impl Stops<'static> {
    /// Returns stops that stop nothing.
    pub fn none() -> Self {
        Stops {
            tags: &|_| None,
            parties: false,
            dust: BTreeMap::new(),
            hops: None,
            until: None,
        }
    }
}

impl std::fmt::Debug for Stops<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stops")
            .field("parties", &self.parties)
            .field("dust", &self.dust)
            .field("hops", &self.hops)
            .field("until", &self.until)
            .finish_non_exhaustive()
    }
}
