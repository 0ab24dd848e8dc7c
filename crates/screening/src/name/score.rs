//! The score of two names: how much of the one is in the other, and what stands against it. Ranks; 1 is the same name and
//! nothing else.

use super::align::{self, Pair};
use super::parameters::{ENOUGH, NOT_THE_SAME, Parameters};
use super::party::{Nature, PartyName, Word, WordKind};
use super::similar::WordMatch;
use super::words::Legal;
use serde::Serialize;
use std::ops::Range;

/// What a word or words of the two names contribute.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NamePart {
    /// The words of the query, in Latin letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// The words of the listed name, in Latin letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listed: Option<String>,
    /// What the word is.
    pub kind: WordKind,
    /// Why they are taken for each other.
    pub how: WordMatch,
    /// How similar they are, from 0 to 1.
    pub similarity: f64,
    /// How much they say, from 0 to the number of words.
    pub weight: f64,
}

/// What a score is multiplied by.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct NameFactor {
    /// Why.
    pub why: FactorKind,
    /// From 0 to 1; evidence for a match raises instead, and says the share of what was missing that it gives.
    pub factor: f64,
}

/// Why a score is less, or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactorKind {
    /// The words stand in another order.
    Order,
    /// The legal forms are of different kinds.
    LegalForm,
    /// Numbers differ.
    Number,
    /// A number stands in one of them alone.
    NumberMissing,
    /// What is shared is what many names share.
    Common,
    /// The dates of birth agree.
    SameBirth,
    /// The dates of birth differ.
    OtherBirth,
    /// A country is the same.
    SameCountry,
    /// No country is the same.
    OtherCountry,
}

impl FactorKind {
    /// Returns the name as it stands in results.
    pub const fn as_str(self) -> &'static str {
        match self {
            FactorKind::Order => "order",
            FactorKind::LegalForm => "other legal form",
            FactorKind::Number => "other number",
            FactorKind::NumberMissing => "number missing",
            FactorKind::Common => "common words",
            FactorKind::SameBirth => "same birth",
            FactorKind::OtherBirth => "other birth",
            FactorKind::SameCountry => "same country",
            FactorKind::OtherCountry => "other country",
        }
    }
}

/// A score with all that it is made of.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NameScore {
    /// From 0 to 1, in steps of a ten-thousandth.
    pub score: f64,
    /// How much of the query's weight the listed name has, from 0 to 1.
    pub query_covered: f64,
    /// How much of the listed name's weight the query has, from 0 to 1.
    pub listed_covered: f64,
    /// The words, in the order of the query; then those that only the listed name has.
    pub parts: Vec<NamePart>,
    /// What it was multiplied by.
    pub factors: Vec<NameFactor>,
}

/// The sum of it, before words are told.
#[derive(Clone, Debug)]
pub(super) struct Sum {
    pub(super) score: f64,
    one: f64,
    other: f64,
    factors: [Option<NameFactor>; 5],
    pairs: Vec<Pair>,
}

/// Rounds to ten-thousandths, so that a score as printed is the score.
pub(super) fn rounded(score: f64) -> f64 {
    (score * 10_000.0).round() / 10_000.0
}

/// Returns whether the names are the same to the letter, after folding, or turned around a comma.
fn are_same(one: &PartyName, other: &PartyName) -> bool {
    one.forms.iter().any(|form| other.forms.contains(form))
}

/// Returns the score of two names; which of them is asked and which is listed makes no difference.
pub(super) fn sum(one: &PartyName, other: &PartyName, parameters: &Parameters) -> Sum {
    // Ties between pairs of words are settled the same way from both sides.
    if other.forms < one.forms {
        let sum = in_order(other, one, parameters);
        return Sum {
            one: sum.other,
            other: sum.one,
            pairs: sum.pairs.into_iter().map(Pair::turned).collect(),
            ..sum
        };
    }
    in_order(one, other, parameters)
}

fn in_order(one: &PartyName, other: &PartyName, parameters: &Parameters) -> Sum {
    let pairs = align::align(one, other, parameters);
    let covered_one = covered(one, pairs.iter().map(|pair| (&pair.one, pair.likeness.value)));
    let covered_other = covered(other, pairs.iter().map(|pair| (&pair.other, pair.likeness.value)));
    let mut sum = Sum {
        score: 0.0,
        one: share(covered_one, one.weight),
        other: share(covered_other, other.weight),
        factors: [None; 5],
        pairs,
    };
    if are_same(one, other) {
        sum.score = 1.0;
        return sum;
    }
    if !sum.pairs.iter().any(|pair| align::carries(pair, one, other)) {
        return sum;
    }
    let shared = (covered_one + covered_other) / 2.0;
    sum.factors = [
        order(&sum.pairs, one, other, parameters),
        legal(one, other, parameters),
        number(&sum.pairs, one, other, parameters),
        number_missing(&sum.pairs, one, other, parameters),
        common(shared, parameters),
    ];
    let factor: f64 = sum.factors.iter().flatten().map(|factor| factor.factor).product();
    let score = base(sum.one, sum.other, excess(one, other, parameters)) * factor;
    sum.score = rounded(score.min(NOT_THE_SAME));
    sum
}

/// Returns the score before anything is held against it: what is covered of the name that is covered best, less a share of
/// what the other has besides.
pub(super) fn base(one: f64, other: f64, excess: f64) -> f64 {
    one.max(other) * (1.0 - excess * (1.0 - one.min(other)))
}

fn covered<'a>(name: &PartyName, pairs: impl Iterator<Item = (&'a Range<usize>, f64)>) -> f64 {
    pairs
        .map(|(range, value)| value * words(name, range).iter().map(|word| word.weight).sum::<f64>())
        .sum()
}

fn words<'a>(name: &'a PartyName, range: &Range<usize>) -> &'a [Word] {
    name.words.get(range.clone()).unwrap_or_default()
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { (part / whole).min(1.0) } else { 0.0 }
}

/// What both are decides how much a word more means; a list that says "individual" goes before a query's legal form.
pub(super) fn excess(one: &PartyName, other: &PartyName, parameters: &Parameters) -> f64 {
    match (one.nature, other.nature) {
        (Some(Nature::Person), _) | (_, Some(Nature::Person)) => parameters.excess_person,
        (Some(_), _) | (_, Some(_)) => parameters.excess_other,
        (None, None) => (parameters.excess_person + parameters.excess_other) / 2.0,
    }
}

fn lowers(why: FactorKind, factor: f64) -> Option<NameFactor> {
    (factor < 1.0).then_some(NameFactor { why, factor })
}

/// The share of pairs of words that stand in another order.
fn order(pairs: &[Pair], one: &PartyName, other: &PartyName, parameters: &Parameters) -> Option<NameFactor> {
    let carrying = pairs.iter().filter(|pair| {
        let carries = |word: &Word| word.kind.carries() || word.kind == WordKind::Initial;
        words(one, &pair.one).iter().any(carries) && words(other, &pair.other).iter().any(carries)
    });
    let starts: Vec<(usize, usize)> = carrying.map(|pair| (pair.one.start, pair.other.start)).collect();
    let (mut all, mut turned) = (0_u32, 0_u32);
    for (at, first) in starts.iter().enumerate() {
        for second in starts.iter().skip(at + 1) {
            all += 1;
            turned += u32::from((first.0 < second.0) != (first.1 < second.1));
        }
    }
    let share = f64::from(turned) / f64::from(all.max(1));
    lowers(FactorKind::Order, 1.0 - parameters.order * share)
}

fn legal(one: &PartyName, other: &PartyName, parameters: &Parameters) -> Option<NameFactor> {
    match (one.legal, other.legal) {
        (Some(Legal::Any), _) | (_, Some(Legal::Any)) | (None, _) | (_, None) => None,
        (Some(one), Some(other)) if one == other => None,
        (Some(_), Some(_)) => lowers(FactorKind::LegalForm, parameters.legal),
    }
}

/// Numbers of each name that no pair has.
fn lone_numbers(pairs: &[Pair], one: &PartyName, other: &PartyName) -> (usize, usize) {
    let lone = |name: &PartyName, taken: &dyn Fn(usize) -> bool| {
        let numbers = name.words.iter().enumerate();
        numbers
            .filter(|(at, word)| word.kind == WordKind::Number && !taken(*at))
            .count()
    };
    (
        lone(one, &|at| pairs.iter().any(|pair| pair.one.contains(&at))),
        lone(other, &|at| pairs.iter().any(|pair| pair.other.contains(&at))),
    )
}

fn number(pairs: &[Pair], one: &PartyName, other: &PartyName, parameters: &Parameters) -> Option<NameFactor> {
    let (one, other) = lone_numbers(pairs, one, other);
    lowers(
        FactorKind::Number,
        if one.min(other) > 0 {
            parameters.number
        } else {
            1.0
        },
    )
}

fn number_missing(
    pairs: &[Pair],
    one: &PartyName,
    other: &PartyName,
    parameters: &Parameters,
) -> Option<NameFactor> {
    let (one, other) = lone_numbers(pairs, one, other);
    let missing = one.max(other) > 0 && one.min(other) == 0;
    lowers(
        FactorKind::NumberMissing,
        if missing { parameters.number_extra } else { 1.0 },
    )
}

/// Sharing a name that hundreds bear says little.
fn common(shared: f64, parameters: &Parameters) -> Option<NameFactor> {
    let share = (shared / ENOUGH).min(1.0);
    lowers(
        FactorKind::Common,
        parameters.thin + (1.0 - parameters.thin) * share,
    )
}

/// Returns the score with its words, `one` being what was asked for.
pub(super) fn explained(one: &PartyName, other: &PartyName, sum: Sum) -> NameScore {
    let text = |words: &[Word]| {
        let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        texts.join(" ")
    };
    let mut parts: Vec<(usize, NamePart)> = Vec::new();
    for pair in &sum.pairs {
        let (asked, listed) = (words(one, &pair.one), words(other, &pair.other));
        let weight = |words: &[Word]| words.iter().map(|word| word.weight).sum::<f64>();
        let part = NamePart {
            query: Some(text(asked)),
            listed: Some(text(listed)),
            kind: kind(asked, listed),
            how: pair.likeness.how,
            similarity: rounded(pair.likeness.value),
            weight: rounded((weight(asked) + weight(listed)) / 2.0),
        };
        parts.push((pair.one.start, part));
    }
    let lone = |word: &Word, query: bool| NamePart {
        query: query.then(|| word.text.clone()),
        listed: (!query).then(|| word.text.clone()),
        kind: word.kind,
        how: WordMatch::Missing,
        similarity: 0.0,
        weight: rounded(word.weight),
    };
    for (at, word) in one.words.iter().enumerate() {
        if !sum.pairs.iter().any(|pair| pair.one.contains(&at)) {
            parts.push((at, lone(word, true)));
        }
    }
    for (at, word) in other.words.iter().enumerate() {
        if !sum.pairs.iter().any(|pair| pair.other.contains(&at)) {
            parts.push((one.words.len() + at, lone(word, false)));
        }
    }
    parts.sort_by_key(|(at, _)| *at);
    NameScore {
        score: sum.score,
        query_covered: rounded(sum.one),
        listed_covered: rounded(sum.other),
        parts: parts.into_iter().map(|(_, part)| part).collect(),
        factors: sum.factors.into_iter().flatten().collect(),
    }
}

/// What is known of one side is known of the pair.
fn kind(asked: &[Word], listed: &[Word]) -> WordKind {
    let first = |words: &[Word]| words.first().map_or(WordKind::Word, |word| word.kind);
    match (first(asked), first(listed)) {
        (WordKind::Word, listed) => listed,
        (asked, _) => asked,
    }
}
