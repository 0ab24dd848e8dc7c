//! Which listed names are worth comparing: none is left out whose score would reach the threshold.
//!
//! A pair scores only if words that carry both names answer to each other, and those are all found here: by sound (a scan
//! of the distinct sounds, most of which a count of their consonants rules out), as joined words, as numbers, by what
//! people are called, by initials. For each name that is found so, what its score can be at most follows from the best that
//! each word has: if that is below the threshold, the name is left out; if not, it is scored. Words that are not looked
//! up (titles, particles, legal forms, initials) are taken for matched.

use super::parameters::{ACRONYM, CALLED, ENOUGH, INITIAL, JOINED_LEAST, LEAST, Parameters};
use super::party::{PartyName, WORDS, Word, WordKind};
use super::score;
use super::similar;
use super::sound::Sound;
use super::sounds::{Place, Table};
use std::collections::HashMap;

/// Names to be searched. Immutable once made.
#[derive(Clone, Debug)]
pub(crate) struct NameIndex {
    names: Vec<PartyName>,
    /// Words that are names; those of scripts that write no vowels; and words that are read as one.
    words: Table,
    abjads: Table,
    spans: Table,
    forms: HashMap<String, Vec<u32>>,
    /// Numbers, and words that may be initials, by their letters.
    texts: HashMap<String, Vec<Place>>,
    initials: HashMap<String, Vec<u32>>,
    called: HashMap<u32, Vec<Place>>,
    letters: Vec<u32>,
}

/// A name that was found, with its score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Found {
    /// The number of the name, in the order in which they were given.
    pub(crate) name: usize,
    pub(crate) score: f64,
}

/// Similarities in steps that are rounded up.
const STEPS: f64 = 250.0;

fn steps(value: f64) -> u8 {
    (value * STEPS).ceil() as u8
}

/// The best that the words of the query and of one name have.
struct Best {
    name: u32,
    query: [u8; WORDS],
    listed: [u8; WORDS],
}

/// What is found for one query.
struct Search<'a> {
    index: &'a NameIndex,
    query: &'a PartyName,
    slots: Vec<u32>,
    found: Vec<Best>,
}

impl NameIndex {
    pub(crate) fn new(names: Vec<PartyName>) -> Self {
        let words = |abjad: bool| {
            Table::new(
                places(&names)
                    .filter(move |(word, _)| word.abjad == abjad)
                    .map(|(word, place)| (word.sound, place)),
            )
        };
        let mut index = NameIndex {
            words: words(false),
            abjads: words(true),
            spans: Table::new(spans(&names)),
            letters: names.iter().map(letters).collect(),
            names: Vec::new(),
            forms: HashMap::new(),
            texts: HashMap::new(),
            initials: HashMap::new(),
            called: HashMap::new(),
        };
        for (at, name) in (0..).zip(&names) {
            index.add(at, name);
        }
        index.names = names;
        index
    }

    fn add(&mut self, at: u32, name: &PartyName) {
        for form in &name.forms {
            self.forms.entry(form.clone()).or_default().push(at);
        }
        for initials in &name.initials {
            self.initials.entry(initials.clone()).or_default().push(at);
        }
        for (start, word) in (0..).zip(&name.words) {
            let place = Place {
                name: at,
                start,
                count: 1,
            };
            let is_name = word.kind.is_name();
            if word.kind == WordKind::Number || (is_name && word.text.len() <= 6) {
                self.texts.entry(word.text.clone()).or_default().push(place);
            }
            for bit in (0..64).filter(|bit| word.called >> bit & 1 == 1) {
                self.called.entry(bit).or_default().push(place);
            }
        }
    }

    /// Returns the names whose score reaches the least, in the order in which they were given.
    pub(crate) fn search(&self, query: &PartyName, least: f64) -> Vec<Found> {
        let mut search = Search {
            index: self,
            query,
            slots: vec![0; self.names.len()],
            found: Vec::new(),
        };
        search.collect();
        let mut found: Vec<Found> = Vec::new();
        for best in &search.found {
            let Some(name) = self.names.get(best.name as usize) else {
                continue;
            };
            if search.most(best, name) < least {
                continue;
            }
            let score = score::sum(query, name, &Parameters::FROZEN).score;
            if score >= least && score > 0.0 {
                let name = best.name as usize;
                found.push(Found { name, score });
            }
        }
        found.sort_by_key(|found| found.name);
        found
    }

    /// Returns what [`NameIndex::search`] must return, by comparing every name.
    #[cfg(test)]
    pub(crate) fn scan(&self, query: &PartyName, least: f64) -> Vec<Found> {
        let scores = self.names.iter().map(|name| query.score(name)).enumerate();
        let found = scores.map(|(name, score)| Found { name, score });
        found
            .filter(|found| found.score >= least && found.score > 0.0)
            .collect()
    }

    pub(crate) fn name(&self, at: usize) -> Option<&PartyName> {
        self.names.get(at)
    }
}

/// Returns every word that is a name, with its place.
fn places(names: &[PartyName]) -> impl Iterator<Item = (&Word, Place)> {
    (0..).zip(names).flat_map(|(name, party)| {
        let words = (0..).zip(&party.words).filter(|(_, word)| word.kind.is_name());
        words.map(move |(start, word)| {
            (
                word,
                Place {
                    name,
                    start,
                    count: 1,
                },
            )
        })
    })
}

fn spans(names: &[PartyName]) -> impl Iterator<Item = (Sound, Place)> {
    (0..).zip(names).flat_map(|(name, party)| {
        party.spans.iter().map(move |span| {
            let (start, count) = (span.start as u8, span.count as u8);
            (span.sound, Place { name, start, count })
        })
    })
}

fn bit(letter: u8) -> u32 {
    1 << (letter % 32)
}

/// The letters that may stand for a whole word: initials, and those of words of two letters.
fn letters(name: &PartyName) -> u32 {
    let short =
        |word: &&Word| word.kind == WordKind::Initial || (word.kind.is_name() && word.text.len() == 2);
    let words = name.words.iter().filter(short);
    words
        .flat_map(|word| word.text.bytes())
        .fold(0, |mask, letter| mask | bit(letter))
}

/// Returns what a word may have although nothing was looked up for it.
fn assumed(word: &Word, letters: u32) -> f64 {
    if !word.kind.carries() {
        return 1.0;
    }
    let first = word.text.bytes().next().map_or(0, bit);
    match word.kind.is_name() {
        true if word.text.len() == 2 => ACRONYM.max(INITIAL),
        true if first & letters != 0 => ACRONYM.max(INITIAL),
        _ => 0.0,
    }
}

impl Search<'_> {
    fn collect(&mut self) {
        let (index, query) = (self.index, self.query);
        for name in query
            .forms
            .iter()
            .filter_map(|form| index.forms.get(form))
            .flatten()
        {
            let best = self.best(*name);
            best.query = [u8::MAX; WORDS];
            best.listed = [u8::MAX; WORDS];
        }
        for (at, word) in query.words.iter().enumerate() {
            if word.kind.is_name() {
                self.sounds(at, word);
                self.acronym(at, word);
                for bit in (0..64).filter(|bit| word.called >> bit & 1 == 1) {
                    self.all(index.called.get(&bit), at..at + 1, CALLED);
                }
            } else if word.kind == WordKind::Number {
                self.all(index.texts.get(&word.text), at..at + 1, 1.0);
            }
        }
        for span in &query.spans {
            self.joined(&span.sound, span.start..span.start + span.count);
        }
        for initials in &query.initials {
            self.all(index.texts.get(initials), 0..query.words.len(), ACRONYM);
        }
    }

    /// Words, and words read as one, that sound like a word.
    fn sounds(&mut self, at: usize, word: &Word) {
        let (index, cut) = (self.index, Parameters::FROZEN.cut);
        let (same, other) = if word.abjad {
            (&index.abjads, &index.words)
        } else {
            (&index.words, &index.abjads)
        };
        let range = at..at + 1;
        same.similar(&word.sound, cut, LEAST, |unit, value| {
            self.mark(&unit.places, range.clone(), value)
        });
        index
            .spans
            .similar(&word.sound, cut, JOINED_LEAST, |unit, value| {
                self.mark(&unit.places, range.clone(), value)
            });
        let skeleton = word.sound.skeleton();
        for unit in other.units() {
            let value = similar::skeletons(&skeleton, &unit.skeleton, cut).value;
            if value > 0.0 {
                self.mark(&unit.places, range.clone(), value);
            }
        }
    }

    /// Words that sound like several of the query, read as one.
    fn joined(&mut self, sound: &Sound, range: std::ops::Range<usize>) {
        let (index, cut) = (self.index, Parameters::FROZEN.cut);
        for table in [&index.words, &index.abjads] {
            table.similar(sound, cut, JOINED_LEAST, |unit, value| {
                self.mark(&unit.places, range.clone(), value)
            });
        }
    }

    /// Names whose initials the word is.
    fn acronym(&mut self, at: usize, word: &Word) {
        for name in self.index.initials.get(&word.text).into_iter().flatten() {
            let best = self.best(*name);
            raise(&mut best.query, at..at + 1, ACRONYM);
            raise(&mut best.listed, 0..WORDS, ACRONYM);
        }
    }

    fn all(&mut self, places: Option<&Vec<Place>>, range: std::ops::Range<usize>, value: f64) {
        if let Some(places) = places {
            self.mark(places, range, value);
        }
    }

    fn mark(&mut self, places: &[Place], range: std::ops::Range<usize>, value: f64) {
        for place in places {
            let best = self.best(place.name);
            raise(&mut best.query, range.clone(), value);
            let start = usize::from(place.start);
            raise(&mut best.listed, start..start + usize::from(place.count), value);
        }
    }

    fn best(&mut self, name: u32) -> &mut Best {
        let slot = self.slots.get_mut(name as usize).expect("a place has its name");
        if *slot == 0 {
            self.found.push(Best {
                name,
                query: [0; WORDS],
                listed: [0; WORDS],
            });
            *slot = self.found.len() as u32;
        }
        let at = *slot as usize - 1;
        self.found.get_mut(at).expect("a slot has its best")
    }

    /// Returns what the score is at most.
    fn most(&self, best: &Best, name: &PartyName) -> f64 {
        let listed_letters = self
            .index
            .letters
            .get(best.name as usize)
            .copied()
            .unwrap_or(u32::MAX);
        let asked = most_covered(self.query, &best.query, listed_letters);
        let listed = most_covered(name, &best.listed, letters(self.query));
        if best.query == [u8::MAX; WORDS] {
            return 1.0;
        }
        let parameters = &Parameters::FROZEN;
        let share = |part: f64, whole: f64| if whole > 0.0 { (part / whole).min(1.0) } else { 0.0 };
        let excess = score::excess(self.query, name, parameters);
        let base = score::base(
            share(asked, self.query.weight),
            share(listed, name.weight),
            excess,
        );
        let common = ((asked + listed) / 2.0 / ENOUGH).min(1.0);
        // The score is rounded, up by half a step at most.
        base * (parameters.thin + (1.0 - parameters.thin) * common) + 0.0001
    }
}

fn raise(best: &mut [u8; WORDS], range: std::ops::Range<usize>, value: f64) {
    let value = steps(value);
    for slot in best.get_mut(range).into_iter().flatten() {
        *slot = (*slot).max(value);
    }
}

fn most_covered(name: &PartyName, best: &[u8; WORDS], letters: u32) -> f64 {
    let words = name.words.iter().zip(best);
    words
        .map(|(word, best)| word.weight * (f64::from(*best) / STEPS).max(assumed(word, letters)))
        .sum()
}
