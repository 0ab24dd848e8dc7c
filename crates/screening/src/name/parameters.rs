//! The numbers of `strongroom-name/1`. Few, so that little can be fitted; frozen, so that a score stays what it was. How they
//! were chosen stands in docs/accuracy.md.

/// What the scorer weighs with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Parameters {
    /// The share of a word's letters that may differ until nothing is left of its similarity.
    pub(super) cut: f64,
    /// What a person's name loses if the other has no counterpart for any of its words.
    pub(super) excess_person: f64,
    /// The same of companies and ships, where a word more is another company.
    pub(super) excess_other: f64,
    /// What is lost if all words stand in reverse order.
    pub(super) order: f64,
    /// What is left of a word that is a given name here and a father's or family name there.
    pub(super) crossed: f64,
    /// What is left if the legal forms are of different kinds.
    pub(super) legal: f64,
    /// What is left if numbers differ.
    pub(super) number: f64,
    /// What is left if a number stands in one name alone.
    pub(super) number_extra: f64,
    /// What is left if next to nothing that says something is shared.
    pub(super) thin: f64,
}

impl Parameters {
    pub(super) const FROZEN: Parameters = Parameters {
        cut: 0.35,
        excess_person: 0.25,
        excess_other: 0.3,
        order: 0.12,
        crossed: 0.3,
        legal: 0.75,
        number: 0.7,
        number_extra: 0.8,
        thin: 0.6,
    };
}

/// Below this two words have nothing to do with each other.
pub(super) const LEAST: f64 = 0.5;
/// Words that were joined or split must be this similar.
pub(super) const JOINED_LEAST: f64 = 0.75;
/// Words that sound the same and are spelt differently.
pub(super) const SPELT: f64 = 0.97;
/// A name and an initial that may be its.
pub(super) const INITIAL: f64 = 0.9;
/// A name and what its bearers are called.
pub(super) const CALLED: f64 = 0.85;
/// Words and the word of their initials.
pub(super) const ACRONYM: f64 = 0.9;
/// A word and what a script without vowels writes of it.
pub(super) const SKELETON: f64 = 0.9;
/// Company beside a form that says more.
pub(super) const ANY_FORM: f64 = 0.8;
/// The weight that names must share to say all that they can.
pub(super) const ENOUGH: f64 = 0.9;
/// What two names have at most that are not the same.
pub(super) const NOT_THE_SAME: f64 = 0.995;
