//! What holds for every pair of names, and that the index leaves nobody out.

use super::index::NameIndex;
use super::party::{Nature, PartyName};
use proptest::prelude::*;

/// Words of every kind that the scorer treats in a way of its own.
const WORDS: [&str; 44] = [
    "mohammed",
    "muhammad",
    "mohamed",
    "ali",
    "hassan",
    "hasan",
    "vladimir",
    "wladimir",
    "putin",
    "putina",
    "kim",
    "jong",
    "un",
    "lavrov",
    "lavrovs",
    "benjamin",
    "bibi",
    "jean",
    "claude",
    "jc",
    "juncker",
    "abd",
    "abdul",
    "abdulaziz",
    "aziz",
    "bank",
    "trading",
    "trade",
    "bin",
    "al",
    "de",
    "dr",
    "ltd",
    "gmbh",
    "company",
    "j",
    "c",
    "44",
    "forty",
    "iii",
    "محمد",
    "القاعدة",
    "Путин",
    "ivanovich",
];

fn name() -> impl Strategy<Value = String> {
    let word =
        (0..WORDS.len(), 0..12_usize, proptest::char::range('a', 'z')).prop_map(|(at, change, letter)| {
            let mut letters: Vec<char> = WORDS[at].chars().collect();
            match change {
                0 if letters.len() > 3 => drop(letters.remove(1)),
                1 if letters.len() > 3 => letters.insert(2, letter),
                2 if letters.len() > 3 => letters.swap(1, 2),
                3 => letters.push(letter),
                _ => {}
            }
            letters.into_iter().collect::<String>()
        });
    let joint = proptest::sample::select(vec![" ", " ", " ", "-", "", ", "]);
    proptest::collection::vec((word, joint), 1..6)
        .prop_map(|words| words.into_iter().map(|(word, joint)| word + joint).collect())
}

fn nature() -> impl Strategy<Value = Option<Nature>> {
    proptest::sample::select(vec![None, None, Some(Nature::Person), Some(Nature::Organisation)])
}

proptest! {
    #[test]
    fn a_score_is_the_same_from_both_sides(one in name(), other in name(), of_one in nature(), of_other in nature()) {
        let (one, other) = (PartyName::new(&one, of_one), PartyName::new(&other, of_other));
        let score = one.score(&other);
        prop_assert_eq!(score, other.score(&one));
        prop_assert!((0.0..=1.0).contains(&score));
        let (there, back) = (one.explain(&other), other.explain(&one));
        prop_assert_eq!(there.score, score);
        prop_assert_eq!(there.query_covered, back.listed_covered);
        prop_assert_eq!(there.parts.len(), back.parts.len());
    }

    #[test]
    fn the_same_name_is_the_top(one in name(), other in name(), nature in nature()) {
        let name = PartyName::new(&one, nature);
        if !name.is_empty() {
            prop_assert_eq!(name.score(&PartyName::new(&one.to_uppercase(), nature)), 1.0);
        }
        let other = PartyName::new(&other, nature);
        prop_assert!(name.score(&other) < 1.0 || name.forms.iter().any(|form| other.forms.contains(form)));
    }

    #[test]
    fn no_text_is_too_much(one in "\\PC{0,60}", other in any::<String>()) {
        let (one, other) = (PartyName::new(&one, None), PartyName::new(&other, None));
        prop_assert_eq!(one.score(&other), other.score(&one));
        let _ = super::ofac_score(&one.forms.join(" "), "x");
    }

    #[test]
    fn the_index_finds_what_a_scan_finds(
        names in proptest::collection::vec((name(), nature()), 1..40), query in name(), of_query in nature(), least in 0.3_f64..0.95,
    ) {
        let names: Vec<PartyName> = names.iter().map(|(name, nature)| PartyName::new(name, *nature)).collect();
        let index = NameIndex::new(names);
        let query = PartyName::new(&query, of_query);
        prop_assert_eq!(index.search(&query, least), index.scan(&query, least));
    }
}

#[test]
fn a_very_long_name_is_bounded_and_never_the_same_as_its_beginning() {
    let long = PartyName::new(&"Abdullah bin Mohammed ".repeat(5_000), None);
    let longer = PartyName::new(&("Abdullah bin Mohammed ".repeat(5_000) + "x"), None);
    assert!(long.words.len() <= super::party::WORDS);
    assert!(long.score(&longer) < 1.0);
    let word = PartyName::new(&"a".repeat(100_000), None);
    assert_eq!(word.score(&word), 1.0);
}
