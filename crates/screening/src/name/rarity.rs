//! How much a word says. A name that hundreds bear says little, one that nobody else bears says all. The counts are frozen
//! with the algorithm: if they followed the lists, a score would change under a customer whenever a list does.
//!
//! `rarity.txt` holds a line for each sound that stands in many entries: its key and its weight in hundredths. It was
//! written by the example `name_rarity` from OFAC's lists of 2021 and the UN list of 2026.

use super::party::{PartyName, WordKind};
use super::sound::Sound;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

/// A word that every name may have.
const LIGHT: f64 = 0.1;
/// A word that stands before a name and is none of it.
const TITLE: f64 = 0.03;
const INITIAL: f64 = 0.5;
const NUMBER: f64 = 0.8;
/// Fewer entries than this are too few to say that a word is frequent.
const FREQUENT: u32 = 6;

static TABLE: &str = include_str!("rarity.txt");

/// Returns what a word weighs, from 0 to 1.
pub(super) fn weight(kind: WordKind, sound: &Sound) -> f64 {
    match kind {
        WordKind::Title => TITLE,
        WordKind::Particle | WordKind::LegalForm => LIGHT,
        WordKind::Initial => INITIAL,
        WordKind::Number => NUMBER,
        WordKind::Word | WordKind::Given | WordKind::Family | WordKind::Patronymic => {
            table().get(sound.key().as_str()).copied().unwrap_or(1.0)
        }
    }
}

fn table() -> &'static HashMap<&'static str, f64> {
    static READ: OnceLock<HashMap<&'static str, f64>> = OnceLock::new();
    READ.get_or_init(|| {
        let lines = TABLE.lines().filter_map(|line| line.split_once(' '));
        lines
            .filter_map(|(key, weight)| Some((key, weight.parse::<f64>().ok()? / 100.0)))
            .collect()
    })
}

/// Returns the table that the names of these entries give: the logarithm of how many entries there are for each that has the
/// word, as a share of what a word has that hardly any entry has.
pub fn rarity_table<'a>(entries: impl IntoIterator<Item = Vec<&'a str>>) -> String {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    let mut all = 0_u32;
    for names in entries {
        all += 1;
        let names = names.into_iter().map(|name| PartyName::new(name, None));
        let words = names.flat_map(|name| name.words);
        let keys: BTreeSet<String> = words
            .filter(|word| word.kind.is_name())
            .map(|word| word.sound.key())
            .collect();
        for key in keys {
            *counts.entry(key).or_default() += 1;
        }
    }
    let full = (f64::from(all) / f64::from(FREQUENT)).ln();
    let frequent = counts.into_iter().filter(|(_, count)| *count >= FREQUENT);
    frequent
        .map(|(key, count)| {
            let weight = (f64::from(all) / f64::from(count)).ln() / full;
            format!("{key} {:.0}\n", (100.0 * weight).max(100.0 * LIGHT))
        })
        .collect()
}
