//! The evaluator: it computes what PowerShell would compute and performs nothing.
//!
//! It holds the layers, the recorded effects, the scopes and the budget. What the machine, the time or the
//! user decides stays an unknown expression; a branch on an unknown condition takes every arm.

mod assign;
mod bind;
mod call;
mod class;
mod enumeration;
mod expression;
mod flow;
mod member;
mod pipeline;
mod scope;

pub(super) use bind::{Bound, Given, command_line};
pub(super) use class::class_of;
pub(super) use enumeration::number_of;
pub(super) use pipeline::lines;

use super::ast::{Block, Place};
use super::convert::type_name;
use super::dotnet;
use super::launcher::Script;
use super::parser::{Fault, parse, parse_expandable};
use super::value::{Closure, Source, Value};
use crate::script::{Action, Budget, Effect, Text, Unfolded};
use crate::shellcode;
use class::Declared;
use enumeration::Values;
use scope::{Journal, Scope};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;
use strongroom_model::{Gap, Layer, Limit, Why};

/// Levels of expressions, blocks and calls inside each other, for each level of nesting that is allowed.
const DEPTH_PER_NESTING: u32 = 4;

/// Characters of an unknown expression that are kept.
const MOST_EXPRESSION: usize = 240;

/// Effects that one place may record with different facts.
const MOST_AT_ONE_PLACE: usize = 64;

/// Why evaluation leaves the present statement.
#[derive(Clone, Debug)]
pub(super) enum Stop {
    Break,
    Continue,
    Return,
    Exit,
    Throw(Value),
    /// The statement fails; only where somebody waits for that, more than the statement ends.
    Fail(Value),
    Limit(Limit),
}

impl From<Limit> for Stop {
    fn from(limit: Limit) -> Self {
        Stop::Limit(limit)
    }
}

pub(super) type Eval<T> = Result<T, Stop>;

/// A script that a new PowerShell process runs.
struct Queued {
    by: &'static str,
    text: String,
}

pub(super) struct Engine<'b, 'l> {
    pub(super) budget: &'b mut Budget<'l>,
    unfolded: Unfolded,
    queue: VecDeque<Queued>,
    scopes: Vec<Scope>,
    journals: Vec<Journal>,
    source: Rc<Source>,
    /// The place of the command or call that is evaluated, for its effects.
    place: Place,
    depth: u32,
    /// A loop or function may have been left on an unknown condition.
    maybe_left: bool,
    /// Effects or unknown values so far; a loop without end stops where they grow.
    events: u64,
    /// `-bxor` operations since the last string was made of characters.
    xors: usize,
    effects_at: BTreeMap<(usize, usize, usize), usize>,
    /// The layers that were evaluated; others were only read.
    evaluated: BTreeSet<usize>,
    /// Base64 was decoded and not read as text yet.
    decoded: bool,
    /// The bytes that native calls put into memory, in order.
    poked: Vec<u8>,
    /// The classes and enumerations of the script by their canonical names.
    classes: BTreeMap<String, Rc<Declared>>,
    enums: BTreeMap<String, Rc<Values>>,
    /// The name spaces that names may be cut by.
    namespaces: Vec<String>,
    /// What the last `return` gave.
    returned: Option<Vec<Value>>,
    /// Blocks around the present statement that wait for a failure.
    waiting: u32,
}

impl<'b, 'l> Engine<'b, 'l> {
    pub(super) fn new(budget: &'b mut Budget<'l>) -> Self {
        Engine {
            budget,
            unfolded: Unfolded::default(),
            queue: VecDeque::new(),
            scopes: vec![Scope::default()],
            journals: Vec::new(),
            source: Rc::new(Source {
                text: String::new(),
                layer: 0,
            }),
            place: Place::default(),
            depth: 0,
            maybe_left: false,
            events: 0,
            xors: 0,
            effects_at: BTreeMap::new(),
            evaluated: BTreeSet::new(),
            decoded: false,
            poked: Vec::new(),
            classes: BTreeMap::new(),
            enums: BTreeMap::new(),
            namespaces: Vec::new(),
            returned: None,
            waiting: 0,
        }
    }

    /// Puts a script on the list of those that run in a process of their own.
    pub(super) fn enqueue(&mut self, by: &'static str, text: impl Into<String>) {
        self.queue.push_back(Queued {
            by,
            text: text.into(),
        });
    }

    /// Evaluates the listed scripts, and those that they start, until nothing new comes.
    pub(super) fn finish(mut self) -> Unfolded {
        while let Some(next) = self.queue.pop_front() {
            let known = self.layer_of(&next.text);
            if known.is_some_and(|layer| self.evaluated.contains(&layer)) {
                continue;
            }
            self.scopes = vec![Scope::default()];
            self.journals.clear();
            self.classes.clear();
            self.enums.clear();
            self.namespaces.clear();
            self.waiting = 0;
            self.depth = 0;
            let mut output = Vec::new();
            if let Err(Stop::Limit(limit)) = self.evaluate_text(next.by, &next.text, &mut output) {
                self.limit_gap(limit);
                if limit == Limit::Steps {
                    break;
                }
            }
        }
        self.listed_code();
        self.unfolded
    }

    /// Where no machine code was seen to run: what the layers list of it.
    fn listed_code(&mut self) {
        let is_code = |layer: &Layer| layer.by == "shellcode";
        if self.unfolded.layers.iter().any(is_code) {
            return;
        }
        let layers = self.unfolded.layers.iter();
        let mut codes: Vec<Vec<u8>> = layers.flat_map(|layer| shellcode::listed(&layer.text)).collect();
        codes.dedup();
        for code in codes {
            self.machine_code(&code);
        }
    }

    /// Begins with a command line as the first layer, and lists what it runs.
    pub(super) fn start_line(&mut self, line: &str, scripts: Vec<Script>) {
        self.place = Place::new(0, line.len());
        let result = self
            .add_layer("source", line)
            .and_then(|_| scripts.into_iter().try_for_each(|script| script.into_queue(self)));
        if let Err(Stop::Limit(limit)) = result {
            self.limit_gap(limit);
        }
    }

    /// Records that a command line lifts the execution policy.
    pub(super) fn policy(&mut self, policy: &str) {
        self.effect(Action::Disarm {
            what: format!("execution policy: {policy}"),
        });
    }

    /// Adds a layer that is not evaluated, such as a command line; returns its index.
    pub(super) fn add_layer(&mut self, by: impl Into<Cow<'static, str>>, text: &str) -> Eval<usize> {
        if let Some(layer) = self.layer_of(text) {
            return Ok(layer);
        }
        if self.unfolded.layers.len() >= self.budget.limits().layers as usize {
            return Err(Stop::Limit(Limit::Layers));
        }
        self.budget.build(text.len())?;
        self.unfolded.layers.push(Layer {
            by: by.into(),
            text: text.to_owned(),
        });
        Ok(self.unfolded.layers.len() - 1)
    }

    fn layer_of(&self, text: &str) -> Option<usize> {
        self.unfolded.layers.iter().position(|layer| layer.text == text)
    }

    /// Parses and evaluates a text as a layer, in the present scope.
    pub(super) fn evaluate_text(
        &mut self,
        by: &'static str,
        text: &str,
        output: &mut Vec<Value>,
    ) -> Eval<()> {
        let layer = self.add_layer(by, text)?;
        self.evaluated.insert(layer);
        let block = self.parse_layer(layer, text)?;
        let source = Rc::new(Source {
            text: text.to_owned(),
            layer,
        });
        let outer = std::mem::replace(&mut self.source, source);
        let result = self.deeper(|engine| engine.block(&block, output));
        self.rewrite_layer(&block);
        self.source = outer;
        match result {
            Err(Stop::Return) => Ok(()),
            other => other,
        }
    }

    /// Parses a layer; its faults become gaps.
    pub(super) fn parse_layer(&mut self, layer: usize, text: &str) -> Eval<Block> {
        self.budget.work(text.len())?;
        let parsed = parse(text, self.budget);
        for (place, fault) in parsed.faults {
            let at = format!("script layer {layer}, bytes {}..{}", place.start, place.end);
            self.gap(match fault {
                Fault::Limit(limit) => Gap::limit(at, limit, ""),
                Fault::Syntax(detail) => Gap::new(at, Why::Damaged, detail),
                Fault::Ends(missing) => {
                    Gap::new(at, Why::Truncated, format!("{missing} is missing at the end"))
                }
            });
        }
        Ok(parsed.block)
    }

    /// Records the script with its constant expressions computed, where that changes it.
    fn rewrite_layer(&mut self, block: &Block) {
        let source = Rc::clone(&self.source);
        let rewritten = self.rewritten(block, &source.text);
        if let Some(text) = rewritten.filter(|text| *text != source.text)
            && let Err(Stop::Limit(limit)) = self.add_layer("deobfuscated", &text)
        {
            self.limit_gap(limit);
        }
    }

    /// Returns the canonical name of a type as the script writes it, name spaces that it uses considered.
    pub(super) fn type_of(&self, written: &str) -> String {
        let name = type_name(written);
        if name.contains('.') || self.classes.contains_key(&name) || self.enums.contains_key(&name) {
            return name;
        }
        let full = self.namespaces.iter().map(|space| format!("{space}.{name}"));
        full.into_iter()
            .find(|full| dotnet::is_class(full))
            .unwrap_or(name)
    }

    pub(super) fn source(&self) -> &Rc<Source> {
        &self.source
    }

    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// Runs `work` with the place that its effects are recorded at.
    pub(super) fn at<T>(&mut self, place: Place, work: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.place, place);
        let result = work(self);
        self.place = outer;
        result
    }

    /// Runs `work` one level deeper.
    pub(super) fn deeper<T>(&mut self, work: impl FnOnce(&mut Self) -> Eval<T>) -> Eval<T> {
        self.deeper_by(1, work)
    }

    /// Runs `work` so many levels deeper: what takes much of the stack counts for several.
    pub(super) fn deeper_by<T>(&mut self, levels: u32, work: impl FnOnce(&mut Self) -> Eval<T>) -> Eval<T> {
        self.budget.step()?;
        if self.depth >= self.budget.limits().nesting.saturating_mul(DEPTH_PER_NESTING) {
            return Err(Stop::Limit(Limit::Nesting));
        }
        self.depth += levels;
        let result = work(self);
        self.depth -= levels;
        result
    }

    /// Records something that the script would do.
    pub(super) fn effect(&mut self, action: Action) {
        self.events += 1;
        let (layer, place) = (self.source.layer, self.place);
        let key = (layer, place.start, place.end);
        let effect = Effect {
            action,
            layer,
            start: place.start,
            end: place.end,
        };
        let here = self.effects_at.get(&key).copied().unwrap_or(0);
        if here > 0 && self.unfolded.effects.contains(&effect) {
            return;
        }
        let full = self.unfolded.effects.len() >= self.budget.limits().rows as usize;
        if here >= MOST_AT_ONE_PLACE || full {
            self.limit_gap(Limit::Rows);
            return;
        }
        self.effects_at.insert(key, here + 1);
        self.unfolded.effects.push(effect);
        let loaded = match self.unfolded.effects.last().map(|effect| &effect.action) {
            // Source text for the compiler is no machine code.
            Some(Action::LoadCode {
                how,
                code: Some(code),
            }) if !how.starts_with("Add-Type") => Some(code.clone()),
            _ => None,
        };
        if let Some(code) = loaded {
            self.machine_code(&code);
        }
    }

    /// Reads machine code that the script runs: its calls are a layer, what they do are effects of that layer.
    fn machine_code(&mut self, code: &[u8]) {
        if let Err(limit) = shellcode::unfold(code, self.budget, &mut self.unfolded) {
            self.limit_gap(limit);
        }
    }

    /// Adds a gap once.
    pub(super) fn gap(&mut self, gap: Gap) {
        let full = self.unfolded.gaps.len() >= self.budget.limits().rows as usize;
        if !full && !self.unfolded.gaps.contains(&gap) {
            self.unfolded.gaps.push(gap);
        }
    }

    pub(super) fn gap_here(&mut self, why: Why, detail: &str) {
        let at = self.here();
        self.gap(Gap::new(at, why, detail));
    }

    pub(super) fn limit_gap(&mut self, limit: Limit) {
        let at = self.here();
        self.gap(Gap::limit(at, limit, ""));
    }

    fn here(&self) -> String {
        format!(
            "script layer {}, bytes {}..{}",
            self.source.layer, self.place.start, self.place.end
        )
    }

    /// Returns the unknown value that the present layer's expression at `place` gives.
    pub(super) fn unknown(&mut self, place: Place) -> Value {
        self.events += 1;
        Value::unknown(self.excerpt(place))
    }

    /// Returns an unknown string that the present command or call gives.
    pub(super) fn unknown_text(&mut self) -> Value {
        self.events += 1;
        Value::unknown_text(self.excerpt(self.place))
    }

    /// Notes that something outside the script was asked.
    pub(super) fn note(&mut self) {
        self.events += 1;
    }

    pub(super) fn set_decoded(&mut self) {
        self.decoded = true;
    }

    /// Returns whether base64 was decoded since the last text was read.
    pub(super) fn take_decoded(&mut self) -> bool {
        std::mem::take(&mut self.decoded)
    }

    /// Puts bytes into the memory that a later call runs.
    pub(super) fn poke(&mut self, bytes: &[u8]) {
        if self.budget.build(bytes.len()).is_ok() {
            self.poked.extend_from_slice(bytes);
        }
    }

    pub(super) fn take_poked(&mut self) -> Option<Vec<u8>> {
        Some(std::mem::take(&mut self.poked)).filter(|poked| !poked.is_empty())
    }

    /// Parses a text into a script block of its own layer.
    pub(super) fn block_of(&mut self, by: &'static str, text: &str) -> Eval<Value> {
        let layer = self.add_layer(by, text)?;
        let block = Rc::new(self.parse_layer(layer, text)?);
        let source = Rc::new(Source {
            text: text.to_owned(),
            layer,
        });
        Ok(Value::Block(Rc::new(Closure { block, source })))
    }

    /// Expands variables in a text, as in a double-quoted string.
    pub(super) fn expand_text(&mut self, text: &str) -> Eval<Option<Value>> {
        match parse_expandable(text, self.budget) {
            Some(expr) => self.expr(&expr).map(Some),
            None => Ok(None),
        }
    }

    fn excerpt(&self, place: Place) -> String {
        place
            .of(&self.source.text)
            .chars()
            .take(MOST_EXPRESSION)
            .collect()
    }

    /// Evaluates code that the script computed: an unknown text leaves an effect and a gap.
    pub(super) fn evaluate_value(
        &mut self,
        how: &'static str,
        code: &Value,
        output: &mut Vec<Value>,
    ) -> Eval<()> {
        match code {
            Value::Null => Ok(()),
            Value::Block(closure) => {
                let closure = Rc::clone(closure);
                self.call_block(&closure, Vec::new(), output)
            }
            Value::Str(text) => {
                let text = text.as_str().to_owned();
                self.evaluate_text(how, &text, output)
            }
            other => {
                let text = other.to_text();
                match text.exact() {
                    Some(exact) => self.evaluate_text(how, exact, output),
                    None => {
                        self.evaluate_partly(how, &text, output);
                        Ok(())
                    }
                }
            }
        }
    }

    /// Code that is not wholly known: what is known of it is recorded.
    fn evaluate_partly(&mut self, how: &str, text: &Text, output: &mut Vec<Value>) {
        self.effect(Action::LoadCode {
            how: format!("{how} of {text}"),
            code: None,
        });
        self.gap_here(
            Why::Unsupported,
            &format!("the code that is evaluated is not known: {text}"),
        );
        let unknown = self.unknown(self.place);
        output.push(unknown);
    }
}
