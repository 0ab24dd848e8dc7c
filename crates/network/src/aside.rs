//! On what a pair is judged beside its own calls, and what the safe list set aside: nothing is left out in silence.

use crate::census::Census;
use crate::config::Config;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use strongroom_model::{Observable, Rule};

/// How often an entry of the safe list set aside what a rule would have told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SafeCount {
    /// The entry, as the list writes it.
    pub entry: String,
    /// The code of the rule.
    pub rule: &'static str,
    /// Pairs, or hosts and domains, of which nothing was told.
    pub count: u64,
}

/// What pairs are judged on: all others, the choices of the reading, and what is known from elsewhere.
#[derive(Clone, Copy)]
pub(crate) struct Grounds<'g> {
    pub census: &'g Census,
    pub config: &'g Config,
    pub known: &'g BTreeSet<Observable>,
}

impl Grounds<'_> {
    /// Returns the entry of the safe list that a destination falls under, unless somebody knows the destination.
    ///
    /// An address falls under a name's entry where DNS gave it for that name.
    pub(crate) fn safe(&self, destination: &Observable) -> Option<String> {
        if self.known.contains(destination) {
            return None;
        }
        match destination.value().parse::<IpAddr>() {
            Ok(ip) => {
                let named = self.census.safe.get(&ip).map(ToString::to_string);
                named.or_else(|| self.config.safe.address(ip))
            }
            Err(_) => self.config.safe.name(destination.value()).map(str::to_owned),
        }
    }
}

/// What was set aside, counted by entry and rule.
#[derive(Debug, Default)]
pub(crate) struct Aside(BTreeMap<(String, &'static str), u64>);

impl Aside {
    pub(crate) fn count(&mut self, entry: String, rule: &Rule) {
        *self.0.entry((entry, rule.code)).or_default() += 1;
    }

    /// Returns the counts, by entry and rule.
    pub(crate) fn counts(self) -> Vec<SafeCount> {
        let count = |((entry, rule), count)| SafeCount { entry, rule, count };
        self.0.into_iter().map(count).collect()
    }
}
