//! Which word of one name answers to which of the other: words that were joined or split first, then the assignment
//! that gives the most.

use super::parameters::{ACRONYM, JOINED_LEAST, Parameters};
use super::party::{PartyName, Span, Word};
use super::similar::{self, Likeness, WordMatch};
use std::ops::Range;

/// Words of the one name that answer to words of the other.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pair {
    pub(super) one: Range<usize>,
    pub(super) other: Range<usize>,
    pub(super) likeness: Likeness,
}

impl Pair {
    pub(super) fn turned(self) -> Self {
        Pair {
            one: self.other,
            other: self.one,
            likeness: self.likeness,
        }
    }
}

/// Values of a table of words by words, row by row.
struct Table {
    width: usize,
    cells: Vec<Likeness>,
}

impl Table {
    fn of(one: &PartyName, other: &PartyName, parameters: &Parameters) -> Self {
        let pairs = one
            .words
            .iter()
            .flat_map(|a| other.words.iter().map(move |b| (a, b)));
        Table {
            width: other.words.len(),
            cells: pairs.map(|(a, b)| similar::words(a, b, parameters)).collect(),
        }
    }

    fn at(&self, row: usize, column: usize) -> Likeness {
        let cell = self.cells.get(row * self.width + column);
        cell.copied().unwrap_or(Likeness::NONE)
    }

    fn best_of_row(&self, row: usize) -> f64 {
        let cells = self.cells.iter().skip(row * self.width).take(self.width);
        cells.fold(0.0, |best, cell| best.max(cell.value))
    }

    fn best_of_column(&self, column: usize) -> f64 {
        let cells = self.cells.iter().skip(column).step_by(self.width.max(1));
        cells.fold(0.0, |best, cell| best.max(cell.value))
    }
}

/// Which words are taken.
struct Taken {
    one: u32,
    other: u32,
}

fn bits(range: &Range<usize>) -> u32 {
    range.clone().fold(0, |bits, at| bits | 1 << at)
}

/// Returns the pairs, those of joined words first, then in the order of the first name.
pub(super) fn align(one: &PartyName, other: &PartyName, parameters: &Parameters) -> Vec<Pair> {
    let table = Table::of(one, other, parameters);
    let mut pairs = Vec::new();
    let mut taken = Taken { one: 0, other: 0 };
    for pair in candidates(one, other, &table, parameters) {
        let (ones, others) = (bits(&pair.one), bits(&pair.other));
        if taken.one & ones == 0 && taken.other & others == 0 {
            taken.one |= ones;
            taken.other |= others;
            pairs.push(pair);
        }
    }
    pairs.extend(assign(one, other, &table, &taken));
    pairs
}

/// Returns the joins that are better than what their single word has elsewhere, the best first.
fn candidates(one: &PartyName, other: &PartyName, table: &Table, parameters: &Parameters) -> Vec<Pair> {
    let mut found = Vec::new();
    for (at, word) in other.words.iter().enumerate() {
        joins(
            one,
            word,
            table.best_of_column(at),
            parameters,
            |range, likeness| {
                found.push(Pair {
                    one: range,
                    other: at..at + 1,
                    likeness,
                });
            },
        );
    }
    for (at, word) in one.words.iter().enumerate() {
        joins(
            other,
            word,
            table.best_of_row(at),
            parameters,
            |range, likeness| {
                let pair = Pair {
                    one: range,
                    other: at..at + 1,
                    likeness,
                };
                found.push(pair.turned());
            },
        );
    }
    found.sort_by(|a, b| {
        let value = b.likeness.value.total_cmp(&a.likeness.value);
        let length = |pair: &Pair| pair.one.len() + pair.other.len();
        value
            .then_with(|| length(b).cmp(&length(a)))
            .then_with(|| (a.one.start, a.other.start).cmp(&(b.one.start, b.other.start)))
    });
    found
}

fn joins(
    name: &PartyName,
    word: &Word,
    alone: f64,
    parameters: &Parameters,
    mut found: impl FnMut(Range<usize>, Likeness),
) {
    if !word.kind.is_name() || alone >= 1.0 {
        return;
    }
    for span in &name.spans {
        let likeness = joined(span, word, parameters);
        if likeness.value > alone {
            found(span.start..span.start + span.count, likeness);
        }
    }
    if let Some(range) = acronym(name, word).filter(|_| ACRONYM > alone) {
        let likeness = Likeness {
            value: ACRONYM,
            how: WordMatch::Acronym,
        };
        found(range, likeness);
    }
}

/// Returns how similar words are that are read as one.
pub(super) fn joined(span: &Span, word: &Word, parameters: &Parameters) -> Likeness {
    if span.text == word.text {
        return Likeness {
            value: 1.0,
            how: WordMatch::Joined,
        };
    }
    let likeness = similar::sounds(&span.sound, &word.sound, parameters.cut);
    if likeness.value < JOINED_LEAST {
        return Likeness::NONE;
    }
    Likeness {
        how: WordMatch::Joined,
        ..likeness
    }
}

/// Returns the words whose first letters the word is made of: all that carry a company's name, or some neighbours in a
/// person's.
fn acronym(name: &PartyName, word: &Word) -> Option<Range<usize>> {
    let letters = word.text.len();
    if !(2..=6).contains(&letters) {
        return None;
    }
    if is_whole_acronym(name, word) {
        let first = name.words.iter().position(|word| word.kind.carries())?;
        let last = name.words.iter().rposition(|word| word.kind.carries())?;
        return Some(first..last + 1);
    }
    (letters == 2).then(|| initials(name, word)).flatten()
}

/// Returns whether the word is made of the first letters of all words that carry a company's name.
pub(super) fn is_whole_acronym(name: &PartyName, word: &Word) -> bool {
    name.nature != Some(super::Nature::Person) && word.text.len() > 2 && name.initials.contains(&word.text)
}

/// JC, before Juncker.
fn initials(name: &PartyName, word: &Word) -> Option<Range<usize>> {
    let firsts = |pair: &[Word]| -> bool {
        let mut letters = word.text.chars();
        pair.iter().all(|part| {
            part.kind.is_name() && part.text.len() > 2 && part.text.chars().next() == letters.next()
        })
    };
    let at = name.words.windows(2).position(firsts)?;
    // Somebody must be left whose initials they are.
    (name.words.len() > 2).then_some(at..at + 2)
}

/// Returns the assignment of the words that are left: each to one at most, for the most of similarity and weight.
fn assign(one: &PartyName, other: &PartyName, table: &Table, taken: &Taken) -> Vec<Pair> {
    let free =
        |count: usize, taken: u32| -> Vec<usize> { (0..count).filter(|at| taken >> at & 1 == 0).collect() };
    let rows = free(one.words.len(), taken.one);
    let columns = free(other.words.len(), taken.other);
    let value = |row: usize, column: usize| -> i64 {
        let likeness = table.at(row, column).value;
        let weight = |name: &PartyName, at: usize| name.words.get(at).map_or(0.0, |word| word.weight);
        let straight = f64::from(u8::from(row == column));
        // Of two ways that give the same the straight one is taken.
        (likeness * (weight(one, row) + weight(other, column)) * 1e6 + likeness * straight) as i64
    };
    let costs: Vec<Vec<i64>> = rows
        .iter()
        .map(|row| columns.iter().map(|column| value(*row, *column)).collect())
        .collect();
    let chosen =
        simple(&costs, columns.len()).unwrap_or_else(|| super::hungarian::most(&costs, columns.len()));
    rows.iter()
        .zip(chosen)
        .filter_map(|(row, column)| {
            let column = *columns.get(column?)?;
            let likeness = table.at(*row, column);
            (likeness.value > 0.0).then(|| Pair {
                one: *row..row + 1,
                other: column..column + 1,
                likeness,
            })
        })
        .collect()
}

/// Returns the assignment where there is nothing to choose: no word answers to two.
fn simple(values: &[Vec<i64>], columns: usize) -> Option<Vec<Option<usize>>> {
    let mut used = vec![false; columns];
    let mut chosen = Vec::with_capacity(values.len());
    for row in values {
        let mut filled = row.iter().enumerate().filter(|(_, value)| **value > 0);
        let first = filled.next().map(|(column, _)| column);
        if filled.next().is_some() {
            return None;
        }
        if let Some(slot) = first.and_then(|column| used.get_mut(column)) {
            if *slot {
                return None;
            }
            *slot = true;
        }
        chosen.push(first);
    }
    Some(chosen)
}

/// Returns whether a name can be told by this pair.
pub(super) fn carries(pair: &Pair, one: &PartyName, other: &PartyName) -> bool {
    let all = |name: &PartyName, range: &Range<usize>| {
        let words = name.words.get(range.clone()).unwrap_or_default();
        words.iter().any(|word| word.kind.carries())
    };
    match pair.likeness.how {
        WordMatch::Initial | WordMatch::Missing | WordMatch::LegalForm => false,
        WordMatch::Acronym => pair.one.len() + pair.other.len() > 3,
        WordMatch::Same
        | WordMatch::Sound
        | WordMatch::Similar
        | WordMatch::Joined
        | WordMatch::Nickname
        | WordMatch::Consonants => all(one, &pair.one) && all(other, &pair.other),
    }
}
