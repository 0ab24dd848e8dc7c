//! Distinct sounds with the places where they stand, and a quick way to those that are similar to a sound: by length, then by the
//! counts of their consonants, and only what is left by the letters.

use super::edit;
use super::similar;
use super::sound::{LENGTH, Sound};
use std::collections::HashMap;

/// Where a word, or words that are read as one, stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) name: u32,
    pub(super) start: u8,
    pub(super) count: u8,
}

/// A distinct sound.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    pub(super) sound: Sound,
    pub(super) places: Vec<Place>,
}

/// Sounds of one length with the same counts.
#[derive(Clone, Debug)]
struct Group {
    counts: u64,
    units: Vec<Unit>,
}

/// Distinct sounds by length.
#[derive(Clone, Debug)]
pub(super) struct Table {
    lengths: Vec<Vec<Group>>,
}

impl Table {
    pub(super) fn new(places: impl Iterator<Item = (Sound, Place)>) -> Self {
        let mut units: HashMap<Sound, Vec<Place>> = HashMap::new();
        for (sound, place) in places {
            units.entry(sound).or_default().push(place);
        }
        let mut units: Vec<Unit> = units
            .into_iter()
            .map(|(sound, places)| Unit { sound, places })
            .collect();
        units.sort_unstable_by_key(|unit| (unit.sound.counts(), unit.sound));
        let mut lengths: Vec<Vec<Group>> = (0..=LENGTH).map(|_| Vec::new()).collect();
        for unit in units {
            let counts = unit.sound.counts();
            let Some(groups) = lengths.get_mut(unit.sound.len()) else {
                continue;
            };
            match groups.last_mut().filter(|group| group.counts == counts) {
                Some(group) => group.units.push(unit),
                None => groups.push(Group {
                    counts,
                    units: vec![unit],
                }),
            }
        }
        Table { lengths }
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
            for unit in near.flat_map(|group| &group.units) {
                if unit.sound == *sound {
                    found(unit, 1.0);
                } else if edit::distance(sound, &unit.sound, bound).is_some() {
                    found(unit, similar::sounds(sound, &unit.sound, cut).value);
                }
            }
        }
    }

    pub(super) fn units(&self) -> impl Iterator<Item = &Unit> {
        self.lengths.iter().flatten().flat_map(|group| &group.units)
    }
}
