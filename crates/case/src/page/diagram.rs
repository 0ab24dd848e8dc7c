//! The chain as a drawing: boxes in columns, lines by strength, each with its reason as a title.

use super::closing::read_aloud;
use super::lay::{COLUMNS, Lay, Line, Node};
use super::parts::{Pen, brief, kind, strength};
use crate::shown::{shortened, visible};
use maud::{Markup, html};
use strongroom_model::{Entity, Link, Observable, ObservableType, Strength};

const BOX_WIDTH: usize = 168;
const BOX_HEIGHT: usize = 50;
const COLUMN: usize = 212;
const ROW: usize = 68;
const TOP: usize = 40;
/// Characters of a box's name.
const NAME: usize = 18;
/// Characters of the small line under it.
const UNDER: usize = 24;

pub(super) fn chain(pen: &Pen<'_>) -> Option<Markup> {
    let links: Vec<&Link> = pen.view.links.iter().map(|(_, link)| *link).collect();
    let lay = Lay::of(&links);
    if lay.lines.is_empty() {
        return None;
    }
    let drawing = Drawing::of(&lay);
    Some(html! {
        p.legend {
            @for one in [Strength::Exact, Strength::Derived, Strength::Circumstantial] { (legend(one)) " " }
        }
        div.scroll.drawing tabindex="0" role="region" aria-label="The chain from file to funds" {
            svg.chain viewBox=(format!("0 0 {} {}", drawing.width, drawing.height)) width=(drawing.width) height=(drawing.height)
                role="img" aria-label="Evidence, C2, hosts, drains, wallets and parties, joined by links" {
                @for (column, x) in &drawing.columns { (heading(&lay, *column, *x)) }
                @for line in &lay.lines { (joined(pen, &lay, &drawing, line)) }
                @for node in &lay.nodes { (boxed(pen, &drawing, node)) }
            }
        }
        ol.spoken { @for line in &lay.lines { li { (read_aloud(pen, line.link)) } } }
    })
}

/// Where the columns stand; an empty column takes no room.
struct Drawing {
    columns: Vec<(usize, usize)>,
    heights: [usize; 6],
    tallest: usize,
    width: usize,
    height: usize,
}

impl Drawing {
    fn of(lay: &Lay<'_>) -> Self {
        let filled = lay.heights.iter().enumerate().filter(|(_, height)| **height > 0);
        let columns: Vec<(usize, usize)> = filled
            .enumerate()
            .map(|(place, (column, _))| (column, place * COLUMN + 1))
            .collect();
        let tallest = lay.heights.iter().copied().max().unwrap_or(0);
        Drawing {
            width: columns.len().saturating_sub(1) * COLUMN + BOX_WIDTH + 2,
            height: TOP + tallest * ROW,
            columns,
            heights: lay.heights,
            tallest,
        }
    }

    /// Returns the upper left corner of a box; columns stand centred.
    fn corner(&self, node: &Node<'_>) -> (usize, usize) {
        let x = self
            .columns
            .iter()
            .find(|(column, _)| *column == node.column)
            .map_or(0, |(_, x)| *x);
        let own = self.heights.get(node.column).copied().unwrap_or(0);
        (x, TOP + (self.tallest - own) * ROW / 2 + node.row * ROW)
    }
}

fn legend(one: Strength) -> Markup {
    html! {
        span { svg.sample viewBox="0 0 34 6" width="34" height="6" aria-hidden="true" { path.line.(one.as_str()) d="M0 3H34" {} } " " (strength(one)) }
    }
}

fn heading(lay: &Lay<'_>, column: usize, x: usize) -> Markup {
    let title = COLUMNS.get(column).copied().unwrap_or_default();
    let hidden = lay.hidden.get(column).copied().unwrap_or(0);
    html! { text.column x=(x) y="16" { (title) @if hidden > 0 { " (+" (hidden) " more)" } } }
}

fn joined(pen: &Pen<'_>, lay: &Lay<'_>, drawing: &Drawing, line: &Line<'_>) -> Markup {
    let (Some(from), Some(to)) = (lay.nodes.get(line.from), lay.nodes.get(line.to)) else {
        return html! {};
    };
    let ((x1, y1), (x2, y2)) = (drawing.corner(from), drawing.corner(to));
    let path = if from.column == to.column {
        within(x1, y1, y2)
    } else {
        let (start, y1, y2) = (x1 + BOX_WIDTH, y1 + BOX_HEIGHT / 2, y2 + BOX_HEIGHT / 2);
        let bend = (x2 - start) / 2;
        format!("M{start} {y1}C{} {y1} {} {y2} {x2} {y2}", start + bend, x2 - bend)
    };
    html! { path.line.(line.strength.as_str()) d=(path) { title { (read_aloud(pen, line.link)) } } }
}

/// A container's line runs down to what it holds: straight to the next box, around the boxes between otherwise.
fn within(x: usize, y1: usize, y2: usize) -> String {
    let (upper, lower) = (y1.min(y2), y1.max(y2));
    let start = upper + BOX_HEIGHT;
    if lower - upper <= ROW {
        return format!("M{} {start}V{lower}", x + 24);
    }
    let side = x + BOX_WIDTH;
    let (from, to) = (upper + BOX_HEIGHT / 2 + 8, lower + BOX_HEIGHT / 2 - 8);
    format!(
        "M{side} {from}C{} {from} {} {to} {side} {to}",
        side + 22,
        side + 22
    )
}

fn boxed(pen: &Pen<'_>, drawing: &Drawing, node: &Node<'_>) -> Markup {
    let (x, y) = drawing.corner(node);
    let (name, under) = label(pen, node.entity);
    html! {
        g.box.(column_class(node.column)) transform=(format!("translate({x} {y})")) {
            title { (kind(node.entity)) " " (pen.name(node.entity)) }
            rect.body width=(BOX_WIDTH) height=(BOX_HEIGHT) rx="5" {}
            rect.edge width="4" height=(BOX_HEIGHT) rx="2" {}
            text.name x="14" y="21" { (name) }
            text.under x="14" y="38" { (under) }
        }
    }
}

/// Returns a box's name and the small line under it.
fn label(pen: &Pen<'_>, entity: &Entity) -> (String, String) {
    match entity {
        Entity::Evidence { id, name } => {
            let base = name.rsplit(['/', '!']).next().unwrap_or(name);
            (shortened(&pen.text(base), NAME), shortened(id.as_str(), 21))
        }
        Entity::Observable(observable) => (brief(pen, observable, NAME), under(observable)),
        Entity::Host { ip } => (shortened(&pen.text(ip), NAME), "host".to_owned()),
        Entity::Drain { account, when } => (
            shortened(&pen.text(account), NAME),
            when.first
                .to_string()
                .chars()
                .take(16)
                .collect::<String>()
                .replace('T', " "),
        ),
        Entity::Party { name, source } => (
            shortened(&pen.text(name), NAME),
            shortened(&pen.text(source), UNDER),
        ),
    }
}

/// Returns the small line under an observable: its type, and a URL's path, which tells two of one host apart.
fn under(observable: &Observable) -> String {
    let kind = observable.kind().as_str();
    let path = observable
        .value()
        .split_once("://")
        .and_then(|(_, rest)| rest.find('/').and_then(|start| rest.get(start..)));
    match path {
        Some(path) if observable.kind() == ObservableType::Url => shortened(&visible(path), UNDER),
        _ => kind.to_owned(),
    }
}

const fn column_class(column: usize) -> &'static str {
    match column {
        0 => "s-evidence",
        1 | 2 => "s-network",
        3 => "s-theft",
        4 => "s-funds",
        _ => "s-party",
    }
}
