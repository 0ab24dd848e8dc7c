//! The way through the lines of a file: jumps, calls and what is decided by nobody here.
//!
//! A jump on a condition that is not known goes both ways: the run goes on behind it, and a second way that begins with
//! the state of that moment is kept for later. Where the way arrives at a label again, what has changed since
//! becomes unknown; where nothing has changed, all was run already. So no text has ways without end.

use super::super::expand::Variables;
use super::super::parse::{Fault, Node, parse};
use super::{Files, Flow, Shell};
use std::collections::{BTreeMap, BTreeSet};
use strongroom_model::{Gap, Limit, Why};

/// Jumps to one label, behind which what changes from one to the next becomes unknown.
const TURNS: u32 = 1024;
/// Ways that wait at the same time, and ways that begin at one label.
const MOST_WAYS: usize = 64;

/// A way that was not taken yet.
pub(super) struct Way {
    place: usize,
    state: State,
    files: Files,
}

/// What a way begins with.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct State {
    variables: Variables,
    delayed: bool,
    kept: Vec<(Variables, bool)>,
}

/// Ways that began at a label with the same arguments: how many, and what was known at the last.
pub(super) type Begun = BTreeMap<(usize, Vec<String>), (usize, State)>;

impl Shell<'_, '_> {
    /// Runs a file, then the lines that were passed over: what jumps over them may depend on the machine.
    pub(in super::super) fn file(&mut self, text: &str) {
        self.own = Some(text.to_owned());
        self.lines = joined(text);
        self.labels = labels(&self.lines);
        let mut visited = BTreeSet::new();
        let mut result = self.run_ways(0, &mut visited);
        let mut next = 0;
        while result.is_ok() && next < self.lines.len() {
            if visited.contains(&next) || self.reached.contains(&next) {
                next += 1;
                continue;
            }
            result = self.run_ways(next, &mut visited);
        }
        if let Err(limit) = result {
            self.limit(limit);
        }
    }

    /// Runs from a line on, then all ways that began meanwhile; the flow is that of the first.
    pub(super) fn run_ways(&mut self, start: usize, visited: &mut BTreeSet<usize>) -> Result<Flow, Limit> {
        let before = (
            std::mem::take(&mut self.ways),
            std::mem::take(&mut self.uncertain),
        );
        let loops = std::mem::take(&mut self.loops);
        let mut result = self.run_from(start, visited);
        while let (Ok(_), Some(way)) = (&result, self.ways.pop()) {
            if let Err(limit) = self.take(way, visited) {
                result = Err(limit);
            }
        }
        (self.ways, self.uncertain) = before;
        self.loops = loops;
        result
    }

    /// Runs one way; what it leaves different is not known from there on.
    fn take(&mut self, way: Way, visited: &mut BTreeSet<usize>) -> Result<(), Limit> {
        let ended = self.state();
        let files = std::mem::replace(&mut self.files, way.files);
        self.put(way.state);
        let flow = self.run_from(way.place, visited);
        let other = std::mem::replace(&mut self.files, files);
        self.join_files(other);
        let variables = std::mem::take(&mut self.variables);
        self.put(ended);
        self.variables.merge(&variables);
        flow.map(|_| ())
    }

    fn state(&self) -> State {
        State {
            variables: self.variables.clone(),
            delayed: self.delayed,
            kept: self.kept.clone(),
        }
    }

    fn put(&mut self, state: State) {
        (self.variables, self.delayed, self.kept) = (state.variables, state.delayed, state.kept);
    }

    /// Keeps the way that begins at a label, unless it is known what it comes to.
    pub(super) fn begin_way(&mut self, label: &str) -> Result<(), Limit> {
        let Some(place) = self.label(label) else {
            return Ok(());
        };
        let kept = self.kept.iter().map(|(variables, _)| variables.size());
        self.budget.work(self.variables.size() + kept.sum::<usize>())?;
        let mut state = self.state();
        let key = (place, self.arguments.clone());
        if let Some((count, known)) = self.begun.get_mut(&key) {
            state.variables.merge(&known.variables);
            if state == *known {
                return Ok(());
            }
            *count += 1;
            if *count > MOST_WAYS {
                self.limit(Limit::Steps);
                return Ok(());
            }
            *known = state.clone();
        } else {
            self.begun.insert(key, (1, state.clone()));
        }
        if self.ways.len() >= MOST_WAYS {
            self.limit(Limit::Steps);
            return Ok(());
        }
        self.ways.push(Way {
            place,
            state,
            files: self.files.clone(),
        });
        Ok(())
    }

    fn run_from(&mut self, start: usize, visited: &mut BTreeSet<usize>) -> Result<Flow, Limit> {
        let mut at = start;
        let mut turns: BTreeMap<usize, (u32, Variables)> = BTreeMap::new();
        while let Some((from, to, text)) = self.lines.get(at).cloned() {
            self.budget.work(text.len())?;
            self.at = (from, to);
            visited.insert(at);
            if text.trim_start().starts_with(':') {
                at += 1;
                continue;
            }
            let (node, more) = self.bracketed(at, text)?;
            for place in at..=at + more {
                visited.insert(place);
            }
            at += 1 + more;
            let Some(node) = node else { continue };
            match self.node(&node)? {
                Flow::Next => {}
                Flow::Goto(label) => {
                    let Some(place) = self.label(&label) else {
                        return Ok(Flow::Back);
                    };
                    if self.turned(place, &mut turns)? {
                        return Ok(Flow::Back);
                    }
                    at = place;
                }
                other => return Ok(other),
            }
        }
        Ok(Flow::Back)
    }

    /// Counts a jump; returns whether nothing has changed since the last one to the same label.
    fn turned(&mut self, place: usize, turns: &mut BTreeMap<usize, (u32, Variables)>) -> Result<bool, Limit> {
        let now = self.snapshot()?;
        let Some((count, last)) = turns.get_mut(&place) else {
            turns.insert(place, (1, now));
            return Ok(false);
        };
        *count += 1;
        if *count > TURNS {
            self.variables.merge(last);
        }
        let same = *last == self.variables;
        *last = self.variables.clone();
        Ok(same)
    }

    /// Parses the line at a place, with as many of the next as its brackets span; says how many those are.
    fn bracketed(&mut self, at: usize, first: String) -> Result<(Option<Node>, usize), Limit> {
        let mut text = self.early(&first)?;
        let (mut taken, mut more) = (1_usize, 1_usize);
        loop {
            match parse(&text) {
                Ok((node, breaks)) => return Ok((Some(node), breaks)),
                Err(Fault::More) if at + taken < self.lines.len() => {
                    for _ in 0..more {
                        let Some((_, _, line)) = self.lines.get(at + taken).cloned() else {
                            break;
                        };
                        self.budget.work(text.len())?;
                        text.push('\n');
                        text.push_str(&self.early(&line)?);
                        taken += 1;
                    }
                    more *= 2;
                }
                Err(fault) => {
                    if fault != Fault::More || taken > 1 {
                        let gap = Gap::new("batch", Why::Damaged, "a line that cannot be cut into commands");
                        if !self.ran.gaps.contains(&gap) {
                            self.ran.gaps.push(gap);
                        }
                    }
                    // An open bracket at the end is closed there.
                    let closed = parse(&(text + &")".repeat(8)));
                    return Ok((closed.ok().map(|(node, _)| node), 0));
                }
            }
        }
    }

    /// Returns the line of a label: the next behind the present line, else the first.
    pub(super) fn label(&self, label: &str) -> Option<usize> {
        let name = name_of_label(label.trim().trim_start_matches(':'), "")?;
        let places = self.labels.get(&name)?;
        let behind = self.lines.partition_point(|(from, _, _)| *from <= self.at.0);
        let next = places.iter().find(|place| **place >= behind);
        next.or(places.first()).copied()
    }
}

/// Returns the labels of lines with their places.
fn labels(lines: &[(usize, usize, String)]) -> BTreeMap<String, Vec<usize>> {
    let mut labels: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, (_, _, line)) in lines.iter().enumerate() {
        let own = line.trim_start().strip_prefix(':');
        if let Some(name) = own.and_then(|own| name_of_label(own, "&")) {
            labels.entry(name).or_default().push(place);
        }
    }
    labels
}

/// The name of a label in lower case, up to what parts words or one of the further ends.
fn name_of_label(text: &str, ends: &str) -> Option<String> {
    let parts = |c: char| c.is_whitespace() || ":;,=+".contains(c) || ends.contains(c);
    text.trim_start().split(parts).next().map(str::to_lowercase)
}

/// Returns the lines with their byte range.
fn joined(text: &str) -> Vec<(usize, usize, String)> {
    let mut lines: Vec<(usize, usize, String)> = Vec::new();
    let (mut at, mut joins) = (0, false);
    for raw in text.split_inclusive('\n') {
        let line = raw.trim_end_matches(['\r', '\n']);
        let carets = line.len() - line.trim_end_matches('^').len();
        let continues = carets % 2 == 1;
        let body = if continues {
            line.strip_suffix('^').unwrap_or(line)
        } else {
            line
        };
        match lines.last_mut() {
            Some((_, to, last)) if joins => {
                last.push_str(body);
                *to = at + line.len();
            }
            _ => lines.push((at, at + line.len(), body.to_owned())),
        }
        joins = continues;
        at += raw.len();
    }
    lines
}
