//! The parts that every section is made of: text that is safe to see, citations, marks, tables that scroll.

use crate::shown::{Shown, shortened};
use crate::view::View;
use maud::{Markup, html};
use std::cell::Cell;
use strongroom_model::{Entity, Interval, Moment, Observable, ObservableType, Severity, Strength, Verdict};

/// Rows of one table that are shown; the rest is counted.
pub(super) const ROWS: usize = 400;

/// Characters of scripts that one page draws, all of them together: a page is for eyes.
const INK: usize = 4_000_000;

/// What a section is drawn with: the view, and how its text is shown.
pub(super) struct Pen<'a> {
    pub(super) view: &'a View<'a>,
    shown: Shown,
    /// Characters of scripts that the page at hand may still draw.
    ink: Cell<usize>,
}

impl<'a> Pen<'a> {
    pub(super) fn of(view: &'a View<'a>) -> Self {
        let mut shown = Shown::default();
        view.reports.iter().for_each(|(_, report)| shown.take(report));
        for (_, contact) in &view.contacts {
            shown.take_observable(&contact.observable);
        }
        for (_, beacon) in &view.beacons {
            shown.take_observable(&beacon.destination);
        }
        let contacts = view.contacts.iter().map(|(_, contact)| &contact.host);
        let beacons = view.beacons.iter().map(|(_, beacon)| &beacon.host);
        contacts.chain(beacons).for_each(|host| shown.spare(host));
        Pen {
            view,
            shown,
            ink: Cell::new(INK),
        }
    }

    /// Begins another page.
    pub(super) fn turn(&self) {
        self.ink.set(INK);
    }

    /// Returns how many of so many characters of a script are drawn.
    pub(super) fn draws(&self, wanted: usize) -> usize {
        let drawn = wanted.min(self.ink.get());
        self.ink.set(self.ink.get() - drawn);
        drawn
    }

    /// Returns running text that is safe to see.
    pub(super) fn text(&self, text: &str) -> String {
        self.shown.text(text)
    }

    /// Returns an observable's value that is safe to see.
    pub(super) fn value(&self, observable: &Observable) -> String {
        self.shown.value(observable)
    }

    /// Draws an observable with its type.
    pub(super) fn observable(&self, observable: &Observable) -> Markup {
        html! { span.kind { (observable.kind().as_str()) } " " code { (self.value(observable)) } }
    }

    /// Returns an entity's name without its type.
    pub(super) fn name(&self, entity: &Entity) -> String {
        match entity {
            Entity::Evidence { name, .. } => self.text(name),
            Entity::Observable(observable) => self.value(observable),
            Entity::Host { ip } => self.text(ip),
            Entity::Drain { account, .. } => self.text(account),
            Entity::Party { name, .. } => self.text(name),
        }
    }

    /// Draws an entity with its type.
    pub(super) fn entity(&self, entity: &Entity) -> Markup {
        let coded = matches!(
            entity,
            Entity::Observable(_) | Entity::Host { .. } | Entity::Drain { .. }
        );
        html! {
            span.kind { (kind(entity)) } " "
            @if coded { code { (self.name(entity)) } } @else { (self.name(entity)) }
            @if let Entity::Party { source, .. } = entity { span.quiet { " (" (self.text(source)) ")" } }
        }
    }
}

/// Returns what an entity is, in a word.
pub(super) fn kind(entity: &Entity) -> &'static str {
    match entity {
        Entity::Evidence { .. } => "evidence",
        Entity::Observable(observable) => observable.kind().as_str(),
        Entity::Host { .. } => "host",
        Entity::Drain { .. } => "drain",
        Entity::Party { .. } => "party",
    }
}

/// Draws the entries that something stands on.
pub(super) fn cites(seqs: &[u64]) -> Markup {
    const SHOWN: usize = 6;
    html! {
        @if !seqs.is_empty() {
            span.cites title="entries of the journal" {
                @for seq in seqs.iter().take(SHOWN) { span.cite { "#" (seq) } }
                @if seqs.len() > SHOWN { span.cite { "+" (seqs.len() - SHOWN) } }
            }
        }
    }
}

/// Draws a moment as date and time to the second.
pub(super) fn moment(moment: Moment) -> Markup {
    let text = moment.to_string();
    let (date, time) = text.split_once('T').unwrap_or((&text, ""));
    let time = time.trim_end_matches('Z');
    let time = time.split_once('.').map_or(time, |(seconds, _)| seconds);
    html! { time datetime=(text) { span.date { (date) } " " span.clock { (time) } } }
}

/// Draws an interval as its first and last moment.
pub(super) fn interval(when: Interval) -> Markup {
    html! {
        (moment(when.first))
        @if when.last != when.first { span.until { " – " } (moment(when.last)) }
    }
}

/// Draws a verdict as a mark that does not rest on colour alone.
pub(super) fn verdict(verdict: Verdict) -> Markup {
    let (class, sign) = match verdict {
        Verdict::Clean => ("good", "✓"),
        Verdict::NotCleared => ("open", "?"),
        Verdict::Suspicious => ("warn", "!"),
        Verdict::Malicious => ("bad", "✕"),
    };
    mark(class, sign, verdict.as_str())
}

/// Draws a severity as a mark.
pub(super) fn severity(severity: Severity) -> Markup {
    let class = match severity {
        Severity::Info | Severity::Low => "calm",
        Severity::Medium => "open",
        Severity::High => "warn",
        Severity::Critical => "bad",
    };
    html! { span.mark.(class) { (severity.as_str()) } }
}

/// Draws how far a link can be leant on.
pub(super) fn strength(strength: Strength) -> Markup {
    html! { span.strength.(strength.as_str()) { (strength.as_str()) } }
}

/// Draws a mark with a sign and a word.
pub(super) fn mark(class: &str, sign: &str, word: &str) -> Markup {
    html! { span.mark.(class) { span aria-hidden="true" { (sign) } " " (word) } }
}

/// Draws what was cut for the eye.
pub(super) fn more(total: usize, shown: usize, what: &str) -> Markup {
    html! {
        @if total > shown {
            p.more { (total - shown) " more " (what) " stand in the case and are not drawn here." }
        }
    }
}

/// Draws a table inside a box that scrolls by itself.
pub(super) fn table(label: &str, head: &[(&str, &str)], rows: &[Markup]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(label) {
            table {
                thead { tr { @for (class, title) in head { th scope="col" class=(class) { (title) } } } }
                tbody { @for row in rows.iter().take(ROWS) { tr { (row) } } }
            }
        }
        (more(rows.len(), ROWS, "rows"))
    }
}

/// Returns a value short enough for a diagram, the ends kept where both matter.
pub(super) fn brief(pen: &Pen<'_>, observable: &Observable, most: usize) -> String {
    let value = pen.value(observable);
    match observable.kind() {
        ObservableType::Url => {
            let host = observable.host().map(|host| pen.value(&host)).unwrap_or(value);
            shortened(&host, most)
        }
        _ => shortened(&value, most),
    }
}
