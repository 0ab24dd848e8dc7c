//! Distinct sounds with the places where they stand, and a quick way to those that are similar to a sound: by length, then by the
//! counts of their consonants, and only what is left by the letters.

use super::edit;
use super::similar;
use super::sound::{LENGTH, Sound};
use std::collections::HashMap;
use std::ops::Range;

/// Where a word, or words that are read as one, stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) name: u32,
    pub(super) start: u8,
    pub(super) count: u8,
}

/// A distinct sound, and what a script without vowels has of it.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    pub(super) sound: Sound,
    pub(super) skeleton: Sound,
    pub(super) places: Vec<Place>,
}

/// Sounds of one length with the same counts of consonants: a range of the units.
#[derive(Clone, Debug)]
struct Group {
    counts: u64,
    units: Range<usize>,
}

/// Distinct sounds by length, then by counts.
#[derive(Clone, Debug)]
pub(super) struct Table {
    units: Vec<Unit>,
    lengths: Vec<Vec<Group>>,
}

impl Table {
    pub(super) fn new(places: impl Iterator<Item = (Sound, Place)>) -> Self {
        let mut known: HashMap<Sound, Vec<Place>> = HashMap::new();
        for (sound, place) in places {
            known.entry(sound).or_default().push(place);
        }
        let unit = |(sound, places): (Sound, Vec<Place>)| Unit {
            skeleton: sound.skeleton(),
            sound,
            places,
        };
        let mut units: Vec<Unit> = known.into_iter().map(unit).collect();
        units.sort_unstable_by_key(|unit| (unit.sound.len(), unit.sound.counts(), unit.sound));
        let mut lengths: Vec<Vec<Group>> = (0..=LENGTH).map(|_| Vec::new()).collect();
        for (at, unit) in units.iter().enumerate() {
            let counts = unit.sound.counts();
            let Some(groups) = lengths.get_mut(unit.sound.len()) else {
                continue;
            };
            match groups.last_mut().filter(|group| group.counts == counts) {
                Some(group) => group.units.end = at + 1,
                None => groups.push(Group {
                    counts,
                    units: at..at + 1,
                }),
            }
        }
        Table { units, lengths }
    }

    /// Passes on every unit that is at least so similar, with its similarity; the same sound has 1.
    pub(super) fn similar(&self, sound: &Sound, cut: f64, least: f64, mut found: impl FnMut(&Unit, f64)) {
        for (length, groups) in self.lengths.iter().enumerate() {
            let Some(bound) = similar::bound(sound.len(), length, cut, least) else {
                continue;
            };
            let near = groups
                .iter()
                .filter(|group| edit::least(sound.counts(), group.counts) <= bound);
            let units = near.flat_map(|group| self.units.get(group.units.clone()).unwrap_or_default());
            for unit in units {
                if unit.sound == *sound {
                    found(unit, 1.0);
                } else if edit::distance(sound, &unit.sound, bound).is_some() {
                    found(unit, similar::sounds(sound, &unit.sound, cut).value);
                }
            }
        }
    }

    pub(super) fn units(&self) -> &[Unit] {
        &self.units
    }
}
