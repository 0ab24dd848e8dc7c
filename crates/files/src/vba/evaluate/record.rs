//! What an evaluation leaves: layers, effects and gaps, each once.

use super::Evaluator;
use crate::script::{Action, Effect, Text, Unfolded};
use crate::vba::ast::Expr;
use crate::vba::parse::Platform;
use crate::vba::state::Place;
use crate::vba::value::{Value, text_of};
use std::borrow::Cow;
use std::collections::BTreeSet;
use strongroom_model::{Gap, Layer, Limit};

/// A built string is a layer of its own from this length on, in characters.
const LONG: usize = 21;

/// A string is built when it has at least this many pieces.
const PIECES: u32 = 3;

/// The layers, effects and gaps of all variants of a program.
#[derive(Debug, Default)]
pub(in crate::vba) struct Record {
    pub unfolded: Unfolded,
    /// Bounds, taken from the limits.
    rows: usize,
    layers: usize,
    seen: BTreeSet<(Place, String)>,
    texts: BTreeSet<String>,
    gaps: BTreeSet<Gap>,
}

impl Record {
    /// Starts with the sources as layers.
    pub(in crate::vba) fn new(rows: u32, layers: u32) -> Self {
        Record {
            rows: rows as usize,
            layers: layers as usize,
            ..Record::default()
        }
    }

    /// Adds a layer of source text and returns its index.
    pub(in crate::vba) fn source(&mut self, by: &'static str, text: &str) -> usize {
        self.unfolded.layers.push(Layer {
            by: Cow::Borrowed(by),
            text: text.to_owned(),
        });
        if by != "source" {
            self.texts.insert(format!("{by} {}", self.unfolded.layers.len()));
        }
        self.unfolded.layers.len() - 1
    }

    /// Whether another source text may become a layer.
    pub(in crate::vba) fn has_room(&self) -> bool {
        self.texts.len() < self.layers
    }

    /// Adds a gap, once.
    pub(in crate::vba) fn gap(&mut self, gap: Gap) {
        if self.gaps.len() < self.rows && self.gaps.insert(gap.clone()) {
            self.unfolded.gaps.push(gap);
        }
    }

    /// Adds the gap of a limit that was reached at a place.
    pub(in crate::vba) fn limit(&mut self, at: Place, limit: Limit) {
        let place = format!("layer {} at byte {}", at.layer, at.start);
        self.gap(Gap::limit(place, limit, "what depends on it is unknown"));
    }

    /// Adds an effect, once for its place.
    fn effect(&mut self, action: Action, at: Place) {
        if !self.seen.insert((at, format!("{action:?}"))) {
            return;
        }
        if self.unfolded.effects.len() >= self.rows {
            return self.limit(at, Limit::Rows);
        }
        self.unfolded.effects.push(Effect {
            action,
            layer: at.layer,
            start: at.start,
            end: at.end,
        });
    }

    /// Adds a text that was built, unless a source holds it as it is.
    fn evaluated(&mut self, text: &str, platform: Platform) {
        let in_source = self.unfolded.layers.iter().any(|layer| layer.text.contains(text));
        if text.is_empty() || in_source || self.texts.contains(text) {
            return;
        }
        if !self.has_room() {
            return self.gap(Gap::limit("vba", Limit::Layers, self.layers));
        }
        self.texts.insert(text.to_owned());
        let by = match platform {
            Platform::Windows64 => Cow::Borrowed("evaluated"),
            other => Cow::Owned(format!("evaluated on {}", other.as_str())),
        };
        self.unfolded.layers.push(Layer {
            by,
            text: text.to_owned(),
        });
    }
}

impl Evaluator<'_, '_> {
    /// Records what an expression would do.
    pub(in crate::vba) fn act(&mut self, action: Action, at: &Expr) {
        self.act_at(action, self.place(at));
    }

    /// Records what a place would do. The texts it was built from become layers first.
    pub(in crate::vba) fn act_at(&mut self, action: Action, at: Place) {
        for text in texts(&action) {
            if text
                .parts()
                .iter()
                .any(|part| matches!(part, crate::script::Part::Known(_)))
            {
                self.record.evaluated(&text.to_string(), self.platform);
            }
        }
        self.record.effect(action, at);
    }

    /// Takes leave of a value: a long string that was put together becomes a layer.
    pub(in crate::vba) fn retire(&mut self, value: &Value) {
        let long = match value {
            Value::Text(text) => text.len() >= LONG,
            Value::Mixed(mixed) => mixed.known_len() >= LONG,
            _ => false,
        };
        if long
            && value.built() >= PIECES
            && let Some(pieces) = value.pieces()
        {
            let text = text_of(&pieces).to_string();
            if readable(&text) {
                self.record.evaluated(&text, self.platform);
            }
        }
    }

    /// Takes leave of all variables of a module.
    pub(super) fn retire_globals(&mut self) {
        let globals = self.state.globals.clone();
        for variables in globals {
            for slot in variables.values() {
                self.retire(&slot.value);
            }
        }
    }
}

/// Memory of a byte array looked at as text says nothing.
fn readable(text: &str) -> bool {
    let odd = text
        .chars()
        .filter(|c| (c.is_control() && !matches!(c, '\r' | '\n' | '\t')) || *c == '\u{fffd}')
        .count();
    odd * 8 <= text.chars().count()
}

fn texts(action: &Action) -> Vec<&Text> {
    match action {
        Action::Download { url, to } => std::iter::once(url).chain(to).collect(),
        Action::Upload { url } => vec![url],
        Action::Connect { host, .. } | Action::Name { host } => vec![host],
        Action::Listen { at } => vec![at],
        Action::Start { command } | Action::Persist { command, .. } => vec![command],
        Action::Write { path, .. } | Action::Delete { path } => vec![path],
        Action::CreateObject { class } => vec![class],
        Action::SetRegistry { key, value } => vec![key, value],
        Action::LoadCode { .. } | Action::Disarm { .. } => Vec::new(),
    }
}
