//! A script step by step: on the left what ran, on the right what came out of it, what changed set off.
//!
//! The steps of one script share a name, so that opening one closes the others; no script runs on the page for that.

use super::parts::{Pen, more};
use crate::shown::{grouped, shortened};
use maud::{Markup, html};
use strongroom_model::{Layer, Script};

/// Characters of one side that are shown.
const SIDE_CHARS: usize = 20_000;
/// Tokens of one side, between what both share, that are compared one by one.
const TOKENS: usize = 700;
/// Values of one script that are shown.
const VALUES: usize = 40;

/// Draws a script: its sources where nothing came out of them, its steps, and the values that it computed.
pub(super) fn script(pen: &Pen<'_>, script: &Script, id: &str) -> Markup {
    let numbers = || 0..script.layers.len();
    let is_step = |number: &usize| {
        let layer = script.layers.get(*number);
        layer.is_some_and(|layer| layer.is_code() || layer.by == "deobfuscated")
            && script.base(*number).is_some()
    };
    let steps: Vec<usize> = numbers().filter(is_step).collect();
    let used: Vec<usize> = steps.iter().filter_map(|step| script.base(*step)).collect();
    let alone: Vec<usize> = numbers()
        .filter(|number| script.base(*number).is_none() && !used.contains(number))
        .collect();
    let values: Vec<usize> = numbers()
        .filter(|number| !is_step(number) && script.base(*number).is_some())
        .collect();
    let last = steps.last().copied();
    html! {
        div.unfolding {
            h3 { span.chip { (pen.text(&script.language)) } " " (pen.text(&script.name)) }
            @for number in &alone { (source(pen, script, *number, alone.len() == 1 && steps.is_empty())) }
            @if !steps.is_empty() {
                ol.steps { @for (place, step) in steps.iter().enumerate() {
                    li { (one_step(pen, script, *step, place + 1, id, Some(*step) == last)) }
                } }
            }
            @if !values.is_empty() {
                details.values {
                    summary { (values.len()) @if values.len() == 1 { " value that it computes" } @else { " values that it computes" } }
                    @for number in values.iter().take(VALUES) { @if let Some(layer) = script.layers.get(*number) { (value(pen, layer)) } }
                    (more(values.len(), VALUES, "values"))
                }
            }
        }
    }
}

fn source(pen: &Pen<'_>, script: &Script, number: usize, open: bool) -> Markup {
    let Some(layer) = script.layers.get(number) else {
        return html! {};
    };
    html! {
        details.step open[open] {
            summary { span.by { (pen.text(&shortened(&layer.by, 60))) } " " (size(layer)) }
            (whole(pen, layer))
        }
    }
}

fn one_step(pen: &Pen<'_>, script: &Script, number: usize, place: usize, id: &str, open: bool) -> Markup {
    let base = script.base(number).and_then(|base| script.layers.get(base));
    let (Some(base), Some(layer)) = (base, script.layers.get(number)) else {
        return html! {};
    };
    let ((before, most), (after, drawn)) = (cut(pen, base), cut(pen, layer));
    let (left, right) = compared(&before, &after);
    html! {
        details.step name=(id) open[open] {
            summary {
                span.number { (place) } " " span.from { (pen.text(&shortened(&base.by, 40))) }
                " " span.arrow aria-hidden="true" { "→" } " " span.by { (pen.text(&shortened(&layer.by, 40))) } " " (size(layer))
            }
            div.sides {
                figure { figcaption { "Before: " (pen.text(&shortened(&base.by, 40))) " " (size(base)) } (side(base, most, &left)) }
                figure { figcaption { "After: " (pen.text(&shortened(&layer.by, 40))) " " (size(layer)) } (side(layer, drawn, &right)) }
            }
        }
    }
}

fn value(pen: &Pen<'_>, layer: &Layer) -> Markup {
    html! {
        figure { figcaption { (pen.text(&shortened(&layer.by, 60))) " " (size(layer)) } (whole(pen, layer)) }
    }
}

fn size(layer: &Layer) -> Markup {
    html! { span.quiet { (grouped(&layer.text.chars().count().to_string())) " characters" } }
}

/// Returns the beginning of a layer as it may be seen, addresses taken apart, and how many characters it was.
fn cut(pen: &Pen<'_>, layer: &Layer) -> (String, usize) {
    let drawn = pen.draws(layer.text.chars().count().min(SIDE_CHARS));
    let begin: String = layer.text.chars().take(drawn).collect();
    (pen.text(&begin.replace("\r\n", "\n")), drawn)
}

fn side(layer: &Layer, drawn: usize, pieces: &[(bool, String)]) -> Markup {
    html! {
        pre tabindex="0" { code { @for (changed, piece) in pieces { @if *changed { mark { (piece) } } @else { (piece) } } } }
        (more(layer.text.chars().count(), drawn, "characters"))
    }
}

/// Draws one layer by itself.
fn whole(pen: &Pen<'_>, layer: &Layer) -> Markup {
    let (text, drawn) = cut(pen, layer);
    side(layer, drawn, &[(false, text)])
}

/// A text in pieces; `true` where the other side has something else.
type Pieces = Vec<(bool, String)>;

/// Returns both texts in pieces. Texts that have little in common are another text altogether and are not set off.
fn compared(left: &str, right: &str) -> (Pieces, Pieces) {
    let (a, b) = (tokens(left), tokens(right));
    let start = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let least = a.len().min(b.len()) - start;
    let end = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take(least)
        .take_while(|(a, b)| a == b)
        .count();
    let middle = |all: &[&str]| start..all.len() - end;
    let (inner_a, inner_b) = (
        a.get(middle(&a)).unwrap_or_default(),
        b.get(middle(&b)).unwrap_or_default(),
    );
    let (same_a, same_b) = if inner_a.len() <= TOKENS && inner_b.len() <= TOKENS {
        shared(inner_a, inner_b)
    } else {
        (vec![false; inner_a.len()], vec![false; inner_b.len()])
    };
    let kept = |all: &[&str], inner: &[bool]| {
        let same = inner.iter().filter(|same| **same).count() + start + end;
        same * 3 >= all.len()
    };
    if !kept(&a, &same_a) || !kept(&b, &same_b) {
        return (vec![(false, left.to_owned())], vec![(false, right.to_owned())]);
    }
    let marked = |all: &[&str], inner: &[bool]| -> Pieces {
        let changed = |at: usize| {
            let within = at.checked_sub(start).and_then(|at| inner.get(at));
            within.is_some_and(|same| !same)
        };
        let mut pieces: Pieces = Vec::new();
        for (at, token) in all.iter().enumerate() {
            match pieces.last_mut() {
                Some((last, text)) if *last == changed(at) => text.push_str(token),
                _ => pieces.push((changed(at), (*token).to_owned())),
            }
        }
        pieces
    };
    (marked(&a, &same_a), marked(&b, &same_b))
}

/// Returns words, runs of blanks, and every other character by itself.
fn tokens(text: &str) -> Vec<&str> {
    let class = |c: char| match c {
        c if c.is_alphanumeric() || c == '_' => 1,
        ' ' | '\t' => 2,
        _ => 0,
    };
    let mut found = Vec::new();
    let mut begin = 0;
    let mut before = None;
    for (at, c) in text.char_indices() {
        let now = class(c);
        if before.is_some_and(|before| before != now || now == 0) {
            found.extend(text.get(begin..at));
            begin = at;
        }
        before = Some(now);
    }
    found.extend(text.get(begin..).filter(|rest| !rest.is_empty()));
    found
}

/// Returns which tokens of each side belong to a longest common sequence.
fn shared(a: &[&str], b: &[&str]) -> (Vec<bool>, Vec<bool>) {
    let width = b.len() + 1;
    let mut lengths = vec![0u16; (a.len() + 1) * width];
    let at = |lengths: &[u16], i: usize, j: usize| lengths.get(i * width + j).copied().unwrap_or(0);
    for (i, left) in a.iter().enumerate().rev() {
        for (j, right) in b.iter().enumerate().rev() {
            let longest = if left == right {
                at(&lengths, i + 1, j + 1) + 1
            } else {
                at(&lengths, i + 1, j).max(at(&lengths, i, j + 1))
            };
            if let Some(cell) = lengths.get_mut(i * width + j) {
                *cell = longest;
            }
        }
    }
    let (mut same_a, mut same_b) = (vec![false; a.len()], vec![false; b.len()]);
    let (mut i, mut j) = (0, 0);
    while let (Some(left), Some(right)) = (a.get(i), b.get(j)) {
        if left == right {
            same_a.iter_mut().skip(i).take(1).for_each(|same| *same = true);
            same_b.iter_mut().skip(j).take(1).for_each(|same| *same = true);
            (i, j) = (i + 1, j + 1);
        } else if at(&lengths, i + 1, j) >= at(&lengths, i, j + 1) {
            i += 1;
        } else {
            j += 1;
        }
    }
    (same_a, same_b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(pieces: &Pieces) -> String {
        let mark = |(changed, text): &(bool, String)| {
            if *changed {
                format!("[{text}]")
            } else {
                text.clone()
            }
        };
        pieces.iter().map(mark).collect()
    }

    #[test]
    fn what_changed_is_set_off_on_both_sides() {
        let (left, right) = compared("$w = 'Net.' + 'Web'; run $w now", "$w = 'Net.Web'; run $w now");
        assert_eq!(shown(&left), "$w = 'Net.[' + ']Web'; run $w now");
        assert_eq!(shown(&right), "$w = 'Net.Web'; run $w now");
    }

    #[test]
    fn another_text_altogether_is_not_set_off() {
        let (left, right) = compared("powershell -enc SQBFAFgA", "get-date");
        assert_eq!((left.len(), right.len()), (1, 1));
        assert!(compared("", "").0.is_empty());
    }

    #[test]
    fn long_middles_are_bounded() {
        let left = "a ".repeat(4000) + "end";
        let right = "b ".repeat(4000) + "end";
        assert_eq!(compared(&left, &right).0.len(), 1);
    }
}
