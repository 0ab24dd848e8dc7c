//! From pieces of text at places to lines: words by their gaps, cells by wider ones, headings by their size.

use super::content::Piece;

/// Gaps in sizes of the text: between words, and between cells of a row.
const WORD: f64 = 0.17;
const CELL: f64 = 1.2;
/// Lines back among which a cell looks for its row.
const NEAR: usize = 24;
/// A line that follows at more than this many sizes begins a paragraph.
const PARAGRAPH: f64 = 1.9;
/// Text that is this much larger than most is a heading.
const LARGER: f64 = 1.12;
const HEADING_CHARACTERS: usize = 120;
const BOLD_WORDS: usize = 8;

/// A run of text on one line.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    pub(super) text: String,
    pub(super) from: f64,
    /// Where its last character ends that is no blank.
    pub(super) to: f64,
    pub(super) height: f64,
    pub(super) size: f64,
    is_bold: bool,
    /// The widths of its first characters: enough to see whether a word would have had room.
    pub(super) widths: Vec<f64>,
    /// Whether a line goes on with it that it is not on.
    pub(super) is_taken: bool,
}

/// Characters whose widths are kept.
const WIDTHS: usize = 256;

impl Segment {
    fn begin(piece: &Piece) -> Self {
        Segment {
            text: String::new(),
            from: piece.from,
            to: piece.from,
            height: piece.height,
            size: piece.size,
            is_bold: piece.is_bold,
            widths: Vec::new(),
            is_taken: false,
        }
    }

    fn continues(&self, piece: &Piece, end: f64) -> bool {
        let level = (self.height - piece.height).abs() < 0.4 * self.size.max(piece.size);
        let gap = piece.from - end;
        level && gap > -0.5 * self.size && gap < CELL * self.size
    }

    fn push(&mut self, piece: &Piece) {
        self.text.push_str(&piece.text);
        if self.widths.len() < WIDTHS {
            let count = piece.text.chars().count().max(1);
            let each = (piece.to - piece.from) / count as f64;
            self.widths.extend(std::iter::repeat_n(each, count));
        }
        if !piece.text.trim().is_empty() {
            self.to = piece.to;
            self.is_bold &= piece.is_bold;
        }
    }
}

/// Returns the runs of a page in the order in which it writes them.
pub(super) fn segments(pieces: &[Piece]) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    let mut current: Option<(Segment, f64)> = None;
    for piece in pieces {
        let goes_on = current.take_if(|(segment, end)| !segment.continues(piece, *end));
        segments.extend(goes_on.map(|(segment, _)| segment));
        let (segment, end) = current.get_or_insert_with(|| (Segment::begin(piece), piece.from));
        let gap = piece.from - *end > WORD * segment.size;
        if gap && !segment.text.is_empty() && !segment.text.ends_with(' ') && !piece.text.starts_with(' ') {
            segment.text.push(' ');
            segment.widths.push(piece.from - *end);
        }
        segment.push(piece);
        *end = piece.to;
    }
    segments.extend(current.map(|(segment, _)| segment));
    segments.retain(|segment| !segment.text.is_empty());
    segments
}

/// Returns the size of what is no heading: the largest that a tenth of the text has.
pub(super) fn body_size<'a>(segments: impl Iterator<Item = &'a Segment>) -> f64 {
    let mut counts = std::collections::BTreeMap::new();
    for segment in segments {
        *counts.entry((segment.size * 10.0) as i64).or_insert(0) += segment.text.len();
    }
    let all: usize = counts.values().sum();
    let body = counts.into_iter().rev().find(|(_, count)| count * 10 >= all);
    body.map_or(10.0, |(size, _)| size as f64 / 10.0)
}

/// Returns the lines of a page as text, headings with the marks that Markdown has for them.
pub(super) fn text(segments: &[Segment], body: f64) -> String {
    let mut lines: Vec<Vec<&Segment>> = Vec::new();
    for segment in segments.iter().filter(|segment| !segment.is_taken) {
        let row = lines.iter_mut().rev().take(NEAR).find(|line| {
            line.last().is_some_and(|last| {
                (last.height - segment.height).abs() < 0.3 * segment.size.max(last.size)
                    && segment.from >= last.to - 0.1 * segment.size
            })
        });
        match row {
            Some(row) => row.push(segment),
            None => lines.push(vec![segment]),
        }
    }
    let mut text = String::new();
    let mut above: Option<f64> = None;
    for line in &lines {
        let Some(first) = line.first() else { continue };
        if above.is_some_and(|above| (above - first.height).abs() > PARAGRAPH * first.size) {
            text.push('\n');
        }
        above = Some(first.height);
        text.push_str(heading(line, body));
        for (number, segment) in line.iter().enumerate() {
            if number > 0 {
                text.push('\t');
            }
            text.extend(segment.text.chars().map(|c| if c.is_control() { ' ' } else { c }));
        }
        text.push('\n');
    }
    text
}

/// Returns the mark of a line that is a heading.
fn heading(line: &[&Segment], body: f64) -> &'static str {
    let [only] = line else { return "" };
    let short = only.text.chars().count() <= HEADING_CHARACTERS;
    let ratio = only.size / body.max(0.1);
    let begins = only.text.trim_start().starts_with(char::is_alphanumeric);
    if !short || !begins {
        ""
    } else if ratio > 2.0 {
        "# "
    } else if ratio > 1.5 {
        "## "
    } else if ratio > 1.25 {
        "### "
    } else if ratio > LARGER {
        "#### "
    } else if only.is_bold && only.text.split_whitespace().count() <= BOLD_WORDS {
        "##### "
    } else {
        ""
    }
}
