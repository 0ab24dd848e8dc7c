//! Values that a page breaks at the end of a line, put together again where nothing else can be meant.
//!
//! A wallet that is one only together with the start of the next line is one: its checksum says so. Of hashes
//! [`super::broken`] says it. A URL or host goes on where its line ends without a blank at the edge of its column, and what
//! follows had no room there.

use super::broken::{Broken, Edges, is_digits};
use super::layout::Segment;
use crate::refang::Refanged;
use crate::scan::{self, Found};
use std::collections::BTreeMap;
use std::ops::Range;
use strongroom_model::ObservableType;

/// Characters after which a line may be broken inside a word.
const BREAKS: [char; 3] = ['/', '-', '?'];
/// Characters that stand in addresses and hardly in words.
const MARKS: [char; 9] = ['/', '-', '?', '&', '=', '.', '_', '%', '+'];
/// Points at the upper and lower edge of a page: half an inch.
const BORDER: f64 = 36.0;
/// Lines of one paragraph.
const LINES: usize = 256;
/// Bytes of a word that may go on: no value is longer.
const LONGEST: usize = 8_192;

/// Runs of text on one page; of more nobody reads the lines.
const MOST: usize = 20_000;

/// What is known of the page or document as a whole.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paper {
    /// The edge up to which text may reach.
    edge: f64,
    /// Whether lines that are broken at a blank keep it, so that a line without one was broken inside a word.
    keeps_blanks: bool,
}

impl Paper {
    /// Looks at a document's text, page by page, each with its width and height.
    pub(super) fn of(pages: &[((f64, f64), Vec<Segment>)]) -> Self {
        // What a page has at its upper and lower edge is the writer's program's.
        let inside = |height: f64, one: &Segment| one.height > BORDER && one.height < height - BORDER;
        let mut all = Vec::new();
        for ((_, height), segments) in pages {
            all.extend(segments.iter().filter(|one| inside(*height, one)));
        }
        // Headers and page numbers may stand further out: a twentieth of the text begins at the margin.
        let mut begins = BTreeMap::new();
        for segment in &all {
            *begins.entry((segment.from * 4.0) as i64).or_insert(0) += segment.text.len();
        }
        let most: usize = begins.values().sum();
        let margin = begins.into_iter().find(|(_, length)| length * 20 >= most);
        let left = margin.map_or(0.0, |(left, _)| left as f64 / 4.0);
        let width = pages.iter().map(|((width, _), _)| *width).fold(0.0, f64::max);
        let edge = width - left.clamp(0.0, width / 3.0);
        let near = |segment: &&&Segment| segment.to > edge * 0.7;
        let blanks = all
            .iter()
            .filter(near)
            .filter(|segment| segment.text.ends_with(' '))
            .count();
        Paper {
            edge,
            keeps_blanks: blanks >= 2,
        }
    }
}

/// What came of joining a page's lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joined {
    /// Each line was looked at, and what it says is clear.
    Whole,
    /// Digits stand below each other that may be one hash or several values.
    Unclear,
    /// There are more runs of text than are looked at.
    TooMany,
}

/// Joins what is broken on a page.
pub(super) fn join(segments: &mut [Segment], paper: Paper) -> Joined {
    if segments.len() > MOST {
        return Joined::TooMany;
    }
    let edges = Edges::of(segments);
    let mut joined = Joined::Whole;
    for carrier in 0..segments.len() {
        let mut last = carrier;
        while last - carrier < LINES {
            let (lines, all) = match breaks(segments, &edges, carrier, last, paper) {
                Break::Word(lines) => (lines, false),
                Break::Blank => (1, true),
                Break::End => break,
                Break::Unclear => {
                    joined = Joined::Unclear;
                    break;
                }
            };
            for line in last + 1..=last + lines {
                take(segments, carrier, line, all);
            }
            last += lines;
        }
    }
    joined
}

/// Moves a segment to the end of another, behind a blank or not: what follows a broken word belongs to its paragraph.
fn take(segments: &mut [Segment], carrier: usize, from: usize, blank: bool) {
    let Some((head, tail)) = segments.split_at_mut_checked(from) else {
        return;
    };
    if let (Some(to), Some(from)) = (head.get_mut(carrier), tail.first_mut()) {
        if blank && !to.text.ends_with(' ') {
            to.text.push(' ');
        }
        to.text.push_str(&std::mem::take(&mut from.text));
        from.is_taken = true;
    }
}

/// How a line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Break {
    /// Inside a word, which goes on over so many lines.
    Word(usize),
    /// At a blank: the next line goes on with the sentence.
    Blank,
    /// Where its writer ended it.
    End,
    /// In digits that may go on or not.
    Unclear,
}

/// Says how a segment (whose last line is `last`) ends, seen from the one after.
fn breaks(segments: &[Segment], edges: &Edges, carrier: usize, last: usize, paper: Paper) -> Break {
    let (Some(text), Some(above), Some(below)) =
        (segments.get(carrier), segments.get(last), segments.get(last + 1))
    else {
        return Break::End;
    };
    if text.is_taken || !is_below(above, below) || below.text.starts_with(char::is_whitespace) {
        return Break::End;
    }
    let begun = text.text.split_whitespace().next_back().unwrap_or_default();
    let rest = below.text.split_whitespace().next().unwrap_or_default();
    let room = Room::of(segments, above, below, paper);
    if text.text.ends_with(char::is_whitespace) {
        return if room.lacks(rest.len()) {
            Break::Blank
        } else {
            Break::End
        };
    }
    if begun.len() > LONGEST {
        return Break::End;
    }
    match edges.broken(segments, last, begun, room.lacks(1)) {
        Broken::Over(lines) => return Break::Word(lines),
        Broken::Unclear => return Break::Unclear,
        Broken::No => {}
    }
    let hyphen = begun.ends_with('-') && begun.len() > 1;
    if is_split(begun, rest)
        || is_address(begun) && (hyphen || !begins(rest)) && room.split(begun, rest, &below.text)
    {
        Break::Word(1)
    } else if room.lacks(rest.chars().count()) && !paper.keeps_blanks {
        Break::Blank
    } else {
        Break::End
    }
}

/// Returns whether a word is a wallet together with the next, and neither by itself.
fn is_split(begun: &str, rest: &str) -> bool {
    let whole = format!("{begun}{rest}");
    let checked = !is_digits(whole.trim_matches(|c: char| !c.is_alphanumeric()));
    begun.len() >= 4 && !rest.is_empty() && checked && is_whole(&whole) && !is_whole(begun) && !is_whole(rest)
}

/// Returns whether a segment stands on the next line of another's column.
pub(super) fn is_below(above: &Segment, below: &Segment) -> bool {
    let size = above.size.max(below.size);
    let down = above.height - below.height;
    down > 0.5 * size
        && down < 2.0 * size
        && (above.size - below.size).abs() < 0.1 * size
        && (above.from - below.from).abs() < 0.6 * size
}

/// The room at the end of a line, and what stands on the next.
struct Room<'a> {
    room: f64,
    slack: f64,
    widths: &'a [f64],
    keeps_blanks: bool,
}

impl<'a> Room<'a> {
    /// Measures a line against its column, or against the page where nothing stands beside it.
    fn of(segments: &[Segment], above: &Segment, below: &'a Segment, paper: Paper) -> Self {
        let same = |segment: &&Segment| (segment.from - above.from).abs() < 0.1 * above.size;
        let column = segments
            .iter()
            .filter(same)
            .map(|segment| segment.to)
            .fold(0.0, f64::max);
        let beside = |segment: &Segment| {
            segment.from > column && (segment.height - above.height).abs() < 4.0 * above.size
        };
        let edge = if segments.iter().any(beside) {
            column
        } else {
            column.max(paper.edge)
        };
        Room {
            room: edge - above.to,
            slack: 0.05 * above.size,
            widths: &below.widths,
            keeps_blanks: paper.keeps_blanks,
        }
    }

    /// Returns whether as many characters of the next line had no room.
    fn lacks(&self, characters: usize) -> bool {
        self.room < self.widths.iter().take(characters).sum::<f64>() + self.slack
    }

    /// Returns whether the word `begun` can only have been broken where the line ends.
    fn split(&self, begun: &str, rest: &str, line: &str) -> bool {
        let last = |c: char| begun.ends_with(c);
        let piece = rest.find(last).map_or(rest, |at| rest.get(..=at).unwrap_or(rest));
        let full = self.lacks(1) || begun.ends_with(BREAKS) && self.lacks(piece.chars().count());
        let alone = line.trim().len() == rest.len();
        let addressed = rest.contains(MARKS) || rest.contains(|c: char| c.is_ascii_digit()) || alone;
        full && (self.keeps_blanks || addressed)
    }
}

/// Returns whether a word is a hash or wallet from its first character to its last.
pub(super) fn is_whole(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let is = |one: &Found| {
        matches!(
            one.observable.kind(),
            ObservableType::Hash | ObservableType::Wallet
        )
    };
    found_at(word, &(0..word.len())).is_some_and(|one| is(&one))
}

/// Returns whether a part of a text is read as a hash or wallet there, or as the transaction that words before it make of it.
pub(super) fn holds(text: &str, part: &Range<usize>) -> bool {
    let kinds = [
        ObservableType::Hash,
        ObservableType::Wallet,
        ObservableType::Transaction,
    ];
    found_at(text, part).is_some_and(|one| kinds.contains(&one.observable.kind()))
}

fn found_at(text: &str, part: &Range<usize>) -> Option<Found> {
    let found = scan::line(text.as_bytes(), false, &|_, _| false);
    found
        .into_iter()
        .find(|one| one.start == part.start && one.end == part.end)
}

/// Returns whether a word is the beginning of a URL, or of a host.
fn is_address(word: &str) -> bool {
    let refanged = Refanged::of(word.as_bytes());
    let text = String::from_utf8_lossy(&refanged.bytes);
    let host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    text.contains("://") || (text.contains(['.', '-']) && text.chars().all(host)) || text.contains('@')
}

/// Returns whether a word begins with something that has a name by itself.
fn begins(word: &str) -> bool {
    let refanged = Refanged::of(word.as_bytes());
    let defanged = |start, end| refanged.is_defanged(start, end);
    let found = scan::line(&refanged.bytes, false, &defanged);
    found.iter().any(|one| one.start == 0)
}
