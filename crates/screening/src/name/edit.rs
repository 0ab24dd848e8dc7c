//! The distance of two sounds: the least cost of turning one into the other, in hundredths of a letter. A vowel for a vowel,
//! and a consonant for one of its group, cost less than a letter for any other.

use super::sound::{Group, LENGTH, Sound, group};

const WHOLE: u16 = 100;
/// A vowel for a vowel, a consonant for another of its group.
const KIN: u16 = 40;
/// A vowel more or less.
const VOWEL: u16 = 60;
/// A letter that may be an ending.
pub(super) const ENDING: u16 = 40;
/// An h more or less.
const ASPIRATE: u16 = 50;
/// Two letters that changed places.
const SWAP: u16 = 70;
/// The first letter is seldom wrong: another group there costs this besides.
const FIRST: u16 = 50;

fn change(one: u8, other: u8) -> u16 {
    if one == other {
        0
    } else if group(one) == group(other) && group(one) != Group::Other {
        KIN
    } else {
        WHOLE
    }
}

/// What a letter costs that only one has. At the end of a word other languages put endings: Lavrovs, Putina, Jinping.
fn absence(letter: u8, before: Option<u8>, last: bool) -> u16 {
    let ending = last && before.is_some();
    match group(letter) {
        Group::Vowel | Group::Hiss if ending && letter != b'C' && letter != b'j' => ENDING,
        Group::Throat if ending && before == Some(b'n') => ENDING,
        Group::Vowel => VOWEL,
        Group::Aspirate => ASPIRATE,
        _ => WHOLE,
    }
}

/// Returns what the absence of each letter costs.
fn absences(letters: &[u8]) -> [u16; LENGTH] {
    let mut costs = [0; LENGTH];
    let mut before = None;
    for (at, (cost, letter)) in costs.iter_mut().zip(letters).enumerate() {
        *cost = absence(*letter, before, at + 1 == letters.len());
        before = Some(*letter);
    }
    costs
}

/// A row of the table, a cell for each prefix of the second sound.
type Row = [u16; LENGTH + 1];

/// Returns the distance, or nothing if it is over the bound.
pub(super) fn distance(one: &Sound, other: &Sound, bound: u16) -> Option<u16> {
    if finer(one, other) > bound {
        return None;
    }
    let (a, b) = (one.letters(), other.letters());
    let mut before: Row = [0; LENGTH + 1];
    let mut above: Row = [0; LENGTH + 1];
    let mut row: Row = [0; LENGTH + 1];
    let (gone_a, gone_b) = (absences(a), absences(b));
    let mut sum = 0;
    for (cell, gone) in above.iter_mut().skip(1).zip(gone_b).take(b.len()) {
        sum += gone;
        *cell = sum;
    }
    let mut last = None;
    for (letter, gone) in a.iter().zip(gone_a) {
        let step = Step {
            letter: *letter,
            gone,
            last,
        };
        let low = step.fill(&mut row, &above, &before, b, &gone_b);
        // A swap may still come from the row before, for less than a letter.
        if low > bound.saturating_add(WHOLE) {
            return None;
        }
        before = above;
        above = row;
        last = Some(*letter);
    }
    let first = match (a.first(), b.first()) {
        (Some(a), Some(b)) if group(*a) != group(*b) && !is_soft(*a) && !is_soft(*b) => FIRST,
        _ => 0,
    };
    let cost = above
        .get(b.len())
        .copied()
        .unwrap_or(u16::MAX)
        .saturating_add(first);
    (cost <= bound).then_some(cost)
}

/// Returns whether a word that begins with it may be spelt without it.
fn is_soft(letter: u8) -> bool {
    matches!(group(letter), Group::Vowel | Group::Aspirate)
}

/// One letter of the first sound.
struct Step {
    letter: u8,
    gone: u16,
    last: Option<u8>,
}

impl Step {
    /// Fills the row of the letter; returns its least cell.
    fn fill(&self, row: &mut Row, above: &Row, before: &Row, b: &[u8], gone_b: &[u16; LENGTH]) -> u16 {
        let &Step { letter, gone, last } = self;
        let mut left = above.first().copied().unwrap_or_default() + gone;
        let mut low = left;
        if let Some(cell) = row.first_mut() {
            *cell = left;
        }
        let mut other_before = None;
        let cells = row.iter_mut().skip(1).zip(above.windows(2));
        let swaps = std::iter::once(&u16::MAX).chain(before.iter());
        for (((cell, up), swap), (other, gone_other)) in cells.zip(swaps).zip(b.iter().zip(gone_b)) {
            let &[diagonal, up] = up else { continue };
            let mut cost = (diagonal + change(letter, *other))
                .min(up + gone)
                .min(left + gone_other);
            if last == Some(*other) && other_before == Some(letter) {
                cost = cost.min(swap.saturating_add(SWAP));
            }
            *cell = cost;
            low = low.min(cost);
            left = cost;
            other_before = Some(*other);
        }
        low
    }
}

/// Returns what the distance is at least, from the counts of consonants alone: a change cures one too many here and one too
/// few there, and costs a whole letter if their groups differ. Only one letter can be an ending.
pub(super) fn least(one: u64, other: u64) -> u16 {
    let (more, less) = (surplus(one, other), surplus(other, one));
    let letters = sum(more).max(sum(less));
    let ending = (more | less) & ENDINGS != 0;
    letters * WHOLE - if ending { WHOLE - ENDING } else { 0 }
}

/// Returns what the distance is at least, from the counts of letters too: each letter too many costs a change within its group, if not
/// a whole letter that is counted already.
pub(super) fn finer(one: &Sound, other: &Sound) -> u16 {
    let letters = |one, other| half_sum(half_surplus(one, other));
    let (one_letters, other_letters) = (one.histogram(), other.histogram());
    let most = letters(one_letters, other_letters).max(letters(other_letters, one_letters));
    let (more, less) = (
        surplus(one.counts(), other.counts()),
        surplus(other.counts(), one.counts()),
    );
    let whole = sum(more).max(sum(less));
    least(one.counts(), other.counts()) + KIN * most.saturating_sub(whole)
}

const HALF_HIGH: u128 = 0x8888_8888_8888_8888_8888_8888_8888_8888;

/// Subtracts half byte by half byte, down to nothing; none is over seven.
const fn half_surplus(one: u128, other: u128) -> u128 {
    let apart = (one | HALF_HIGH) - other;
    let not_less = (apart & HALF_HIGH) >> 3;
    apart & !HALF_HIGH & (not_less * 0xf)
}

/// Adds the half bytes.
const fn half_sum(counts: u128) -> u16 {
    const LOW: u128 = 0x0f0f_0f0f_0f0f_0f0f_0f0f_0f0f_0f0f_0f0f;
    let bytes = (counts & LOW) + (counts >> 4 & LOW);
    let folded = (bytes as u64) + ((bytes >> 64) as u64);
    (folded.wrapping_mul(ONES) >> 56) as u16
}

/// The counts of the groups that have endings.
const ENDINGS: u64 = 0xffff;
const HIGH: u64 = 0x8080_8080_8080_8080;
const ONES: u64 = 0x0101_0101_0101_0101;

/// Subtracts byte by byte, down to nothing; no byte is over 127.
const fn surplus(one: u64, other: u64) -> u64 {
    let apart = (one | HIGH) - other;
    let not_less = (apart & HIGH) >> 7;
    apart & !HIGH & (not_less * 0xff)
}

/// Adds the bytes.
const fn sum(counts: u64) -> u16 {
    (counts.wrapping_mul(ONES) >> 56) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(one: &str, other: &str) -> u16 {
        distance(&Sound::of(one), &Sound::of(other), u16::MAX - 200).unwrap_or(u16::MAX)
    }

    #[test]
    fn cheap_steps_are_those_that_people_make() {
        assert_eq!(cost("laden", "ladin"), KIN);
        assert_eq!(cost("vladimr", "vladimir"), VOWEL);
        assert_eq!(cost("putni", "putin"), SWAP);
        assert_eq!(cost("ahmed", "amed"), ASPIRATE);
        assert_eq!(cost("troost", "rost"), WHOLE + FIRST + KIN);
        assert_eq!(cost("", "ab"), VOWEL + WHOLE);
    }

    proptest::proptest! {
        #[test]
        fn the_bound_by_counts_never_lies(one in "[a-z]{0,12}", other in "[a-z]{0,12}") {
            let (one, other) = (Sound::of(&one), Sound::of(&other));
            let whole = distance(&one, &other, u16::MAX - 200).unwrap_or(u16::MAX);
            proptest::prop_assert!(least(one.counts(), other.counts()) <= whole);
            proptest::prop_assert!(finer(&one, &other) <= whole);
            proptest::prop_assert_eq!(distance(&other, &one, u16::MAX - 200), Some(whole));
            for bound in [50, 120, 200] {
                proptest::prop_assert_eq!(distance(&one, &other, bound), (whole <= bound).then_some(whole));
            }
        }
    }
}
