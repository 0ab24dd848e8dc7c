//! How similar two words are, from 0 to 1, and why.

use super::edit;
use super::parameters::{ANY_FORM, CALLED, INITIAL, LEAST, Parameters, SKELETON, SPELT};
use super::party::{Word, WordKind};
use super::sound::Sound;
use serde::Serialize;

/// Why two words, or words and one word, are taken for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WordMatch {
    /// The same letters.
    Same,
    /// Other letters, the same sound.
    Sound,
    /// A similar sound.
    Similar,
    /// Words that are written as one on the other side.
    Joined,
    /// A name and its first letter.
    Initial,
    /// Words and their first letters in one word.
    Acronym,
    /// A given name and what its bearers are called.
    Nickname,
    /// The same consonants, in a script that writes no vowels.
    Consonants,
    /// A legal form of the same kind.
    LegalForm,
    /// The other name has nothing for it.
    Missing,
}

impl WordMatch {
    /// Returns the name as it stands in results.
    pub const fn as_str(self) -> &'static str {
        match self {
            WordMatch::Same => "same",
            WordMatch::Sound => "same sound",
            WordMatch::Similar => "similar",
            WordMatch::Joined => "joined",
            WordMatch::Initial => "initial",
            WordMatch::Acronym => "acronym",
            WordMatch::Nickname => "nickname",
            WordMatch::Consonants => "same consonants",
            WordMatch::LegalForm => "legal form",
            WordMatch::Missing => "missing",
        }
    }
}

/// A similarity and its reason.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Likeness {
    pub(super) value: f64,
    pub(super) how: WordMatch,
}

impl Likeness {
    pub(super) const NONE: Likeness = Likeness {
        value: 0.0,
        how: WordMatch::Missing,
    };

    const fn of(value: f64, how: WordMatch) -> Self {
        Likeness { value, how }
    }
}

/// Returns the distance that two sounds of these lengths may have at most to be as similar as the least, or nothing if the lengths alone are too far apart.
pub(super) fn bound(one: usize, other: usize, cut: f64, least: f64) -> Option<u16> {
    let whole = cut * (one + other) as f64 / 2.0 * 100.0;
    // At the bound the similarity is the least that counts: 1 - (d / whole)² = least.
    let bound = (whole * (1.0 - least).sqrt()) as u16;
    let apart = u16::try_from(one.abs_diff(other)).unwrap_or(u16::MAX);
    (one + other > 1 && apart.saturating_mul(edit::ENDING) <= bound).then_some(bound)
}

/// Returns how similar two sounds are; of what is too far apart nothing is left.
pub(super) fn sounds(one: &Sound, other: &Sound, cut: f64) -> Likeness {
    let within = bound(one.len(), other.len(), cut, LEAST);
    let Some(distance) = within.and_then(|bound| edit::distance(one, other, bound)) else {
        return Likeness::NONE;
    };
    let whole = cut * (one.len() + other.len()) as f64 / 2.0 * 100.0;
    let share = f64::from(distance) / whole;
    let value = (1.0 - share * share).min(SPELT);
    let how = if distance == 0 {
        WordMatch::Sound
    } else {
        WordMatch::Similar
    };
    Likeness::of(value, how)
}

/// Returns how similar two words are.
pub(super) fn words(one: &Word, other: &Word, parameters: &Parameters) -> Likeness {
    match (one.kind, other.kind) {
        (WordKind::LegalForm, WordKind::LegalForm) => forms(one, other),
        (WordKind::Initial, kind) if kind.is_name() => initial(one, other),
        (kind, WordKind::Initial) if kind.is_name() => initial(other, one),
        (one_kind, other_kind) if one_kind.is_name() && other_kind.is_name() => {
            let mut likeness = names(one, other, parameters.cut);
            if are_crossed(one_kind, other_kind) {
                likeness.value *= parameters.crossed;
            }
            likeness
        }
        (one_kind, other_kind) if one_kind == other_kind && one.text == other.text => {
            Likeness::of(1.0, WordMatch::Same)
        }
        _ => Likeness::NONE,
    }
}

/// Returns whether a given name stands here for a father's or family name there.
fn are_crossed(one: WordKind, other: WordKind) -> bool {
    let of_others = |kind| matches!(kind, WordKind::Family | WordKind::Patronymic);
    (one == WordKind::Given && of_others(other)) || (other == WordKind::Given && of_others(one))
}

fn names(one: &Word, other: &Word, cut: f64) -> Likeness {
    if one.text == other.text {
        return Likeness::of(1.0, WordMatch::Same);
    }
    if one.abjad != other.abjad {
        return consonants(one, other, cut);
    }
    let spelt = sounds(&one.sound, &other.sound, cut);
    if one.called & other.called != 0 && spelt.value < CALLED {
        return Likeness::of(CALLED, WordMatch::Nickname);
    }
    spelt
}

/// Returns how similar the consonants are, of which there must be two.
fn consonants(one: &Word, other: &Word, cut: f64) -> Likeness {
    let (bare, full) = (one.sound.skeleton(), other.sound.skeleton());
    skeletons(&bare, &full, cut)
}

/// Returns how similar the consonants of two words are, one of which writes no vowels.
pub(super) fn skeletons(bare: &Sound, full: &Sound, cut: f64) -> Likeness {
    if bare.len() < 2 || full.len() < 2 {
        return Likeness::NONE;
    }
    let value = if bare == full {
        1.0
    } else {
        sounds(bare, full, cut).value
    };
    if value < LEAST {
        return Likeness::NONE;
    }
    Likeness::of(SKELETON * value, WordMatch::Consonants)
}

fn initial(letter: &Word, name: &Word) -> Likeness {
    if name.text.starts_with(letter.text.as_str()) {
        Likeness::of(INITIAL, WordMatch::Initial)
    } else {
        Likeness::NONE
    }
}

fn forms(one: &Word, other: &Word) -> Likeness {
    use super::words::Legal;
    match (one.legal, other.legal) {
        _ if one.text == other.text => Likeness::of(1.0, WordMatch::Same),
        (Some(one), Some(other)) if one == other => Likeness::of(SPELT, WordMatch::LegalForm),
        (Some(Legal::Any), Some(_)) | (Some(_), Some(Legal::Any)) => {
            Likeness::of(ANY_FORM, WordMatch::LegalForm)
        }
        _ => Likeness::NONE,
    }
}
