//! The score that OFAC's search page would give, for those who are asked about it: `ofac-search/1`. It is no good way to
//! tell names apart and is shown beside ours, never used.
//!
//! OFAC describes it in words (FAQ 249): candidates by first letter and edit distance, then the higher of two techniques,
//! whole names and name parts, by Jaro-Winkler and Soundex. What explains the 170 public scores best:
//! - whole names by Jaro-Winkler, if they begin with the same letter;
//! - for each part of the query the best part of the listed name by Jaro-Winkler, nothing under one half, and the mean over
//!   the query's parts; parts of one or two letters are left out unless there are no others;
//! - Jaro-Winkler as SimMetrics has it, with the reward of a common beginning given always;
//! - apostrophes, commas and full stops are no letters, and everything else parts words.
//!
//! Neither Soundex nor a gate of half the edit distance explains more of the scores, so neither is here.

use super::latin::LETTERS;

/// The page's score as it is computed here.
pub const OFAC_ALGORITHM: &str = "ofac-search/1";
/// Parts that are compared.
const PARTS: usize = 64;
/// Parts of more letters than this are compared.
const SHORT: usize = 2;
/// Parts that are less similar have nothing to do with each other.
const LEAST: f64 = 0.5;
/// Letters of a common beginning that are rewarded, and by how much each.
const BEGINNING: usize = 4;
const REWARD: f64 = 0.1;

/// Returns the score in points from 0 to 100. It is not symmetric.
pub fn ofac_score(query: &str, listed: &str) -> u8 {
    let (query, listed) = (parts(query), parts(listed));
    let score = whole(&query, &listed).max(by_parts(&query, &listed));
    (score * 100.0).round() as u8
}

fn parts(text: &str) -> Vec<Vec<char>> {
    let mut parts: Vec<Vec<char>> = vec![Vec::new()];
    for character in text.chars().take(LETTERS) {
        match character {
            '\'' | '’' | ',' | '.' => {}
            letter if letter.is_alphanumeric() => {
                parts
                    .last_mut()
                    .into_iter()
                    .for_each(|part| part.extend(letter.to_uppercase()));
            }
            _ => parts.push(Vec::new()),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.truncate(PARTS);
    parts
}

fn whole(query: &[Vec<char>], listed: &[Vec<char>]) -> f64 {
    let (query, listed) = (query.join(&' '), listed.join(&' '));
    if query.first() == listed.first() {
        jaro_winkler(&query, &listed)
    } else {
        0.0
    }
}

fn by_parts(query: &[Vec<char>], listed: &[Vec<char>]) -> f64 {
    let long: Vec<&Vec<char>> = query.iter().filter(|part| part.len() > SHORT).collect();
    let asked = if long.is_empty() {
        query.iter().collect()
    } else {
        long
    };
    let best = |part: &&Vec<char>| {
        let scores = listed.iter().map(|other| jaro_winkler(part, other));
        let best = scores.fold(0.0, f64::max);
        if best >= LEAST { best } else { 0.0 }
    };
    let sum: f64 = asked.iter().map(best).sum();
    sum / (asked.len().max(1)) as f64
}

fn jaro_winkler(one: &[char], other: &[char]) -> f64 {
    let jaro = jaro(one, other);
    let pairs = one.iter().zip(other).take(BEGINNING);
    let common = pairs.take_while(|(a, b)| a == b).count();
    jaro + common as f64 * REWARD * (1.0 - jaro)
}

fn jaro(one: &[char], other: &[char]) -> f64 {
    let reach = (one.len().max(other.len()) / 2).saturating_sub(1);
    let mut taken = vec![false; other.len()];
    let mut matched = Vec::new();
    for (at, letter) in one.iter().enumerate() {
        let window = other.iter().zip(taken.iter_mut()).skip(at.saturating_sub(reach));
        let mut window = window.take(reach + 1 + at.min(reach));
        if let Some((_, slot)) = window.find(|(other, taken)| !**taken && *other == letter) {
            *slot = true;
            matched.push(*letter);
        }
    }
    if matched.is_empty() {
        return 0.0;
    }
    let theirs = other.iter().zip(&taken).filter(|(_, taken)| **taken);
    let turned = theirs
        .zip(&matched)
        .filter(|((other, _), letter)| other != letter)
        .count();
    let count = matched.len() as f64;
    let kept = count - turned as f64 / 2.0;
    (count / one.len() as f64 + count / other.len() as f64 + kept / count) / 3.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quirks_of_the_page_are_kept() {
        assert_eq!(ofac_score("VLADIMIR PUTIN", "PUTIN, Vladimir Vladimirovich"), 100);
        // UN is too short to be asked for.
        assert_eq!(ofac_score("KIM JONG UN", "KIM, Jong Man"), 100);
        assert_eq!(ofac_score("GEORGE BUSH", "HASWANI, George"), 50);
        // The order of the query decides whether whole names are compared.
        assert!(ofac_score("GEORGE BUSH", "GEORGIOU, Georgios") >= 80);
        assert!(ofac_score("BUSH GEORGE", "GEORGIOU, Georgios") < 80);
        assert_eq!(ofac_score("", "X"), 0);
    }
}
