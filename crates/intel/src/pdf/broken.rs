//! Hashes that a narrow column breaks over several lines, put together where they can be nothing but one.
//!
//! Two values below each other that an edge cut off look much like one that is broken, and a hash that nobody wrote must not
//! come out of them. So a hash is joined where each of its lines but the last is full, which no line beside them belies, where
//! the last is not full and no number, where no part of them is a hash by itself, and where no line above or below has digits
//! that could belong to it. Anything else is told and left as it stands.

use super::layout::Segment;
use super::wrap::{holds, is_below, is_whole};

/// Lines of one hash: those of the longest in a column of eight digits.
const PIECES: usize = 16;
/// Digits on its first line, and of a number that the last one could be.
const FEWEST: usize = 4;
/// Digits of the longest hash, `0x` before it.
const MOST: usize = 130;

/// What the lines of a page begin and end with, before anything is joined.
pub(super) struct Edges(Vec<Edge>);

#[derive(Default)]
struct Edge {
    /// The digits that the line begins with.
    first: String,
    /// What goes on behind them without a blank.
    tail: String,
    /// The digits that it ends with.
    last: String,
    /// Its characters.
    length: usize,
    /// Whether the line is one run of digits.
    is_alone: bool,
}

/// What stands where a line ends in digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// No hash that goes on.
    No,
    /// A hash that goes on over so many lines.
    Over(usize),
    /// One hash or several values: the page does not say.
    Unclear,
}

impl Edges {
    pub(super) fn of(segments: &[Segment]) -> Self {
        let edge = |segment: &Segment| {
            let text = segment.text.trim_end();
            let (first, last) = (run_at_start(text), run_at_end(text));
            let word = text.split_whitespace().next().unwrap_or_default();
            Edge {
                first: first.to_owned(),
                tail: word.strip_prefix(first).unwrap_or_default().to_owned(),
                last: last.to_owned(),
                length: text.chars().count(),
                is_alone: !first.is_empty() && first.len() == text.len(),
            }
        };
        Edges(segments.iter().map(edge).collect())
    }

    /// Says whether the word `begun` at the end of a line is the beginning of a hash; `is_full` whether the line reaches the edge
    /// of its column or page.
    pub(super) fn broken(&self, segments: &[Segment], line: usize, begun: &str, is_full: bool) -> Broken {
        let mut joined = run_at_end(begun).to_owned();
        if joined.len() < FEWEST || is_whole(&joined) {
            return Broken::No;
        }
        let before = begun.strip_suffix(joined.as_str()).unwrap_or_default();
        let begins_inside = !before.is_empty() || !self.0.get(line).is_some_and(|edge| edge.is_alone);
        let mut found = Broken::No;
        let mut ends: Vec<String> = Vec::new();
        for last in line + 1..line + PIECES {
            let below = segments.get(last - 1).zip(segments.get(last));
            let Some(edge) = self.0.get(last).filter(|edge| !edge.first.is_empty()) else {
                break;
            };
            if !below.is_some_and(|(above, below)| is_below(above, below)) || is_whole(&edge.first) {
                break;
            }
            joined.push_str(&edge.first);
            if joined.len() > MOST {
                break;
            }
            // What ends here and began on each line below the first.
            ends.push(String::new());
            ends.iter_mut().for_each(|end| end.push_str(&edge.first));
            let whole = before.len()..before.len() + joined.len();
            // In a URL, or before what makes a host of them, digits are no hash.
            if is_whole(&joined) && holds(&format!("{before}{joined}{}", edge.tail), &whole) {
                let one = found == Broken::No
                    && self.is_filled(segments, line, last)
                    && is_one_case(&joined)
                    && !is_number(&edge.first)
                    && !ends.iter().any(|end| is_whole(end))
                    && !has_room(segments, line, last)
                    && (is_full || !begins_inside)
                    && (begins_inside || !self.is_near(segments, line, line, true))
                    && (!edge.is_alone || !self.is_near(segments, line, last, false));
                found = if one {
                    Broken::Over(last - line)
                } else {
                    Broken::Unclear
                };
            }
            if !edge.is_alone {
                break;
            }
        }
        found
    }

    /// Returns whether the lines from one to another end at the same place, but for the last, which ends before it.
    fn is_filled(&self, segments: &[Segment], line: usize, last: usize) -> bool {
        let (Some(full), Some(end)) = (segments.get(line..last), segments.get(last)) else {
            return false;
        };
        let (Some(above), Some(edge)) = (self.0.get(line..last), self.0.get(last)) else {
            return false;
        };
        let digits = edge.first.len();
        let width = end.widths.iter().take(digits).sum::<f64>();
        let character = width / digits.max(1) as f64;
        let right = full.iter().map(|one| one.to).fold(f64::MIN, f64::max);
        let left = full.iter().map(|one| one.to).fold(f64::MAX, f64::min);
        // As many narrow digits may be a value of the same length.
        above.iter().all(|edge| digits < edge.length)
            && right - left < 0.9 * character
            && end.from + width + 0.9 * character < left
    }

    /// Returns whether digits stand right above or below a line that may belong to what is broken there: those of a value by
    /// itself do not, unless the line that is `full` had room for them.
    fn is_near(&self, segments: &[Segment], full: usize, line: usize, above: bool) -> bool {
        let (Some(full), Some(own)) = (segments.get(full), segments.get(line)) else {
            return false;
        };
        segments.iter().zip(&self.0).any(|(other, edge)| {
            let (near, digits) = if above {
                (is_below(other, own), &edge.last)
            } else {
                (is_below(own, other), &edge.first)
            };
            let own_value = || is_whole(digits) && other.to + 0.5 * other.size < full.to;
            near && digits.len() >= FEWEST && !own_value()
        })
    }
}

/// Returns whether the last line, or the one above the first or below the last, goes on where the first one ends.
fn has_room(segments: &[Segment], line: usize, last: usize) -> bool {
    let (Some(first), Some(end)) = (segments.get(line), segments.get(last)) else {
        return false;
    };
    let beside = |other: &Segment| is_below(other, first) || is_below(end, other);
    let further = |other: &Segment| other.to > first.to + other.size;
    further(end) || segments.iter().any(|other| further(other) && beside(other))
}

/// Returns whether digits may be a number or a date by themselves.
fn is_number(digits: &str) -> bool {
    digits.len() >= FEWEST && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Returns whether the letters among digits are all small or all capital; wallets after `0x` mix them.
fn is_one_case(digits: &str) -> bool {
    let has = |is: fn(&u8) -> bool| digits.as_bytes().iter().any(is);
    digits.starts_with("0x") || !(has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase))
}

/// Returns the hexadecimal digits that a text ends with, where nothing else belongs to the same word.
fn run_at_end(text: &str) -> &str {
    digits(text.rsplit(|c: char| !c.is_alphanumeric()).next())
}

/// The same at the beginning.
fn run_at_start(text: &str) -> &str {
    digits(text.split(|c: char| !c.is_alphanumeric()).next())
}

fn digits(word: Option<&str>) -> &str {
    word.filter(|word| is_digits(word)).unwrap_or_default()
}

/// Returns whether a word is hexadecimal, `0x` before it or not.
pub(super) fn is_digits(word: &str) -> bool {
    let bare = word.strip_prefix("0x").unwrap_or(word);
    bare.bytes().all(|b| b.is_ascii_hexdigit())
}
