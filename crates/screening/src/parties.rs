//! Parties by similar names: the names of all lists behind one index, and the best name of each entry that reaches the
//! threshold, with what its dates and countries say.

use crate::entry::Entry;
use crate::list::List;
use crate::lists::{Lists, NameSpot};
use crate::name::{Candidate, NameIndex, NameQuery, NameSearch, Particulars, PartyName, ofac_score, weighed};
use crate::{How, Screening};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// The names of all lists, made when a name is first asked for: who screens wallets alone does not pay for it.
#[derive(Clone, Debug)]
pub(crate) struct Parties {
    spots: Vec<NameSpot>,
    index: NameIndex,
}

impl Parties {
    fn new(lists: &[List]) -> Self {
        let mut spots = Vec::new();
        let mut names = Vec::new();
        for (list, source) in lists.iter().enumerate() {
            for (entry, listed) in source.entries.iter().enumerate() {
                let aliases = listed.aliases.iter().enumerate();
                let aliases = aliases.map(|(at, alias)| (Some(at), alias.name.as_str()));
                let primary = listed.party.iter().map(|name| (None, name.as_str()));
                for (alias, name) in primary.chain(aliases) {
                    spots.push(NameSpot { list, entry, alias });
                    names.push(PartyName::new(name, listed.nature()));
                }
            }
        }
        Parties {
            spots,
            index: NameIndex::new(names),
        }
    }
}

/// The best name of an entry so far.
struct Best {
    spot: NameSpot,
    name: usize,
    score: f64,
}

impl Lists {
    /// Screens a party's name, exactly as [`Lists::screen_name`] does, and besides for names that are similar. The best
    /// candidates come first; of equal ones, those of the first list and entry.
    pub fn screen_party(&self, query: &NameQuery) -> Screening {
        let mut screening = self.screen_name(&query.name);
        screening.search = Some(NameSearch::of(query));
        screening.candidates = self.candidates(query);
        screening.concluded()
    }

    /// Returns the listed parties whose score reaches the query's threshold, the best first.
    pub fn candidates(&self, query: &NameQuery) -> Vec<Candidate> {
        let asked = PartyName::new(&query.name, query.nature);
        let parties = self.parties.get_or_init(|| Parties::new(&self.lists));
        let least = query.particulars.least(query.threshold);
        let mut best: BTreeMap<(usize, usize), Best> = BTreeMap::new();
        for found in parties.index.search(&asked, least) {
            let Some(spot) = parties.spots.get(found.name) else {
                continue;
            };
            let entry = best.entry((spot.list, spot.entry)).or_insert(Best {
                spot: *spot,
                name: found.name,
                score: found.score,
            });
            // Of names with the same score the first stands: the primary one.
            if found.score > entry.score {
                (entry.spot, entry.name, entry.score) = (*spot, found.name, found.score);
            }
        }
        let candidates = best.into_values();
        let candidates = candidates.filter_map(|best| {
            let listed = parties.index.name(best.name)?;
            self.candidate(query, &asked, best.spot, listed)
        });
        let mut candidates: Vec<Candidate> = candidates
            .filter(|candidate| candidate.score >= query.threshold)
            .collect();
        candidates.sort_by(|one, other| other.score.partial_cmp(&one.score).unwrap_or(Ordering::Equal));
        candidates
    }

    fn candidate(
        &self,
        query: &NameQuery,
        asked: &PartyName,
        spot: NameSpot,
        listed: &PartyName,
    ) -> Option<Candidate> {
        let list = self.lists.get(spot.list)?;
        let entry = list.entries.get(spot.entry)?;
        let (matched, how) = name_at(entry, spot)?;
        let mut explained = asked.explain(listed);
        let evidence = query.particulars.factors(&Particulars::of(entry));
        explained.factors.extend_from_slice(&evidence);
        Some(Candidate {
            list: list.version.name.clone(),
            purpose: list.version.purpose,
            entry: entry.id.clone(),
            party: entry.party.clone(),
            programs: entry.programs.clone(),
            matched: matched.to_owned(),
            how,
            score: weighed(explained.score, &evidence),
            ofac: best_of_page(query, entry),
            query_covered: explained.query_covered,
            listed_covered: explained.listed_covered,
            parts: explained.parts,
            factors: explained.factors,
        })
    }
}

fn name_at(entry: &Entry, spot: NameSpot) -> Option<(&str, How)> {
    match spot.alias {
        None => Some((entry.party.as_deref()?, How::Name)),
        Some(alias) => {
            let alias = entry.aliases.get(alias)?;
            Some((&alias.name, How::of_alias(alias.strength)))
        }
    }
}

/// The page looks at all names of an entry.
fn best_of_page(query: &NameQuery, entry: &Entry) -> u8 {
    let aliases = entry.aliases.iter().map(|alias| &alias.name);
    let names = entry.party.iter().chain(aliases);
    names.map(|name| ofac_score(&query.name, name)).max().unwrap_or(0)
}
