//! The run of a text: jumps, conditions, pipes, redirections; the built-in commands stand in [`command`].

mod command;

use super::Ran;
use super::expand::{Found, Variables, Way, expand, loop_variables};
use super::parse::{Command, Condition, Fault, Node, Test, parse};
use crate::script::Budget;
use std::collections::{BTreeMap, BTreeSet};
use strongroom_model::{Gap, Limit, Why};

/// Calls and shells inside each other.
const MOST_LEVELS: u32 = 12;
/// Processes that one text may start.
const MOST_STARTED: usize = 2_000;

/// Where the text goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    Next,
    Goto(String),
    /// The present call ends.
    Back,
    Exit,
}

pub(super) struct Shell<'b, 'l> {
    pub(super) budget: &'b mut Budget<'l>,
    variables: Variables,
    /// `!name!` is put in.
    delayed: bool,
    /// The rules of files hold, not those of typed lines.
    file: bool,
    arguments: Vec<String>,
    kept: Vec<(Variables, bool)>,
    /// `for` variables, the innermost last.
    pub(super) loops: Vec<(char, Option<String>)>,
    lines: Vec<(usize, usize, String)>,
    ran: Ran,
    files: BTreeMap<String, (String, Option<Vec<u8>>)>,
    /// What is written is caught: `None` where it is not known.
    caught: Vec<Option<String>>,
    input: Option<String>,
    /// Conditions that are not known around the present command.
    uncertain: u32,
    level: u32,
    /// Lines that calls have run.
    reached: BTreeSet<usize>,
    at: (usize, usize),
}

impl<'b, 'l> Shell<'b, 'l> {
    pub(super) fn of_file(budget: &'b mut Budget<'l>) -> Self {
        Shell {
            budget,
            variables: Variables::default(),
            delayed: false,
            file: true,
            arguments: Vec::new(),
            kept: Vec::new(),
            loops: Vec::new(),
            lines: Vec::new(),
            ran: Ran::default(),
            files: BTreeMap::new(),
            caught: Vec::new(),
            input: None,
            uncertain: 0,
            level: 0,
            reached: BTreeSet::new(),
            at: (0, 0),
        }
    }

    pub(super) fn of_line(budget: &'b mut Budget<'l>) -> Self {
        Shell {
            file: false,
            ..Shell::of_file(budget)
        }
    }

    pub(super) fn ran(mut self) -> Ran {
        let known = self
            .files
            .into_values()
            .filter_map(|(path, content)| Some((path, content?)));
        self.ran.files = known.collect();
        self.ran
    }

    fn limit(&mut self, limit: Limit) {
        let gap = Gap::limit("batch", limit, "the text was not run to its end");
        if !self.ran.gaps.contains(&gap) {
            self.ran.gaps.push(gap);
        }
    }

    /// Runs one typed line.
    pub(super) fn line(&mut self, line: &str) {
        self.at = (0, line.len());
        if let Err(limit) = self.typed(line) {
            self.limit(limit);
        }
    }

    fn typed(&mut self, line: &str) -> Result<Flow, Limit> {
        let text = self.early(line)?;
        match parse(&text) {
            Ok((node, _)) => self.node(&node),
            Err(Fault::More) => match parse(&(text + &")".repeat(4))) {
                Ok((node, _)) => self.node(&node),
                Err(_) => Ok(Flow::Next),
            },
            Err(_) => {
                self.ran.gaps.push(Gap::new(
                    "batch",
                    Why::Damaged,
                    "a line that cannot be cut into commands",
                ));
                Ok(Flow::Next)
            }
        }
    }

    /// Runs a file, then the lines that were passed over: what jumps over them may depend on the machine.
    pub(super) fn file(&mut self, text: &str) {
        self.lines = joined(text);
        let mut visited = BTreeSet::new();
        let mut result = self.run_from(0, &mut visited);
        let mut next = 0;
        while result.is_ok() && next < self.lines.len() {
            if visited.contains(&next) || self.reached.contains(&next) {
                next += 1;
                continue;
            }
            result = self.run_from(next, &mut visited);
        }
        if let Err(limit) = result {
            self.limit(limit);
        }
    }

    fn run_from(&mut self, start: usize, visited: &mut BTreeSet<usize>) -> Result<Flow, Limit> {
        let mut at = start;
        // A line is run as often as the budget lets it, except by a jump back that nothing decides.
        let mut jumps = BTreeMap::new();
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
                    let count = jumps.entry(place).or_insert(0_u32);
                    *count += 1;
                    if *count > 64 {
                        return Ok(Flow::Back);
                    }
                    at = place;
                }
                other => return Ok(other),
            }
        }
        Ok(Flow::Back)
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

    fn label(&self, label: &str) -> Option<usize> {
        let wanted = label.trim().trim_start_matches(':').to_lowercase();
        let wanted = wanted
            .split(|c: char| c.is_whitespace() || ":;,=+".contains(c))
            .next()?
            .to_owned();
        self.lines.iter().position(|(_, _, line)| {
            let own = line.trim_start().strip_prefix(':').map(str::to_lowercase);
            own.is_some_and(|own| {
                own.trim_start()
                    .split(|c: char| c.is_whitespace() || ":;,=+&".contains(c))
                    .next()
                    == Some(wanted.as_str())
            })
        })
    }

    /// `%name%`, before the line is cut into commands.
    fn early(&mut self, text: &str) -> Result<String, Limit> {
        let arguments = std::mem::take(&mut self.arguments);
        let way = Way {
            sign: '%',
            file: self.file,
            arguments: &arguments,
        };
        let result = expand(text, &self.variables, way, self.budget);
        self.arguments = arguments;
        result
    }

    /// `for` variables and `!name!`, when a command runs.
    pub(super) fn late(&mut self, text: &str) -> Result<String, Limit> {
        let text = loop_variables(text, &self.loops);
        if !self.delayed || !text.contains('!') {
            return Ok(text);
        }
        let way = Way {
            sign: '!',
            file: self.file,
            arguments: &[],
        };
        expand(&text, &self.variables, way, self.budget)
    }

    pub(super) fn node(&mut self, node: &Node) -> Result<Flow, Limit> {
        self.budget.step()?;
        match node {
            Node::List(nodes) => {
                for node in nodes {
                    match self.node(node)? {
                        Flow::Next => {}
                        other => return Ok(other),
                    }
                }
                Ok(Flow::Next)
            }
            Node::Command(command) => self.redirected(command),
            Node::Pipe(nodes) => self.pipe(nodes),
            Node::Bracket(inside, outputs) if outputs.is_empty() => self.node(inside),
            Node::Bracket(inside, outputs) => {
                self.caught.push(Some(String::new()));
                let flow = self.node(inside);
                let caught = self.caught.pop().flatten();
                self.write(outputs, caught)?;
                flow
            }
            Node::If {
                condition,
                then,
                otherwise,
            } => self.choose(condition, then, otherwise.as_deref()),
            Node::For(each) => self.repeat(each),
        }
    }

    fn pipe(&mut self, nodes: &[Node]) -> Result<Flow, Limit> {
        let mut input = self.input.take();
        for (place, node) in nodes.iter().enumerate() {
            let last = place + 1 == nodes.len();
            self.input = input.take();
            if last {
                return self.node(node);
            }
            self.caught.push(Some(String::new()));
            let result = self.node(node);
            input = self.caught.pop().flatten();
            result?;
        }
        Ok(Flow::Next)
    }

    fn choose(
        &mut self,
        condition: &Condition,
        then: &Node,
        otherwise: Option<&Node>,
    ) -> Result<Flow, Limit> {
        match self.holds(condition)? {
            Some(true) => self.node(then),
            Some(false) => otherwise.map_or(Ok(Flow::Next), |node| self.node(node)),
            None => {
                let before = self.variables.clone();
                self.uncertain += 1;
                let first = self.node(then);
                let one_way = std::mem::replace(&mut self.variables, before);
                let second = match otherwise {
                    Some(node) if first.is_ok() => self.node(node),
                    _ => Ok(Flow::Next),
                };
                self.uncertain -= 1;
                self.variables.merge(&one_way);
                first?;
                second?;
                Ok(Flow::Next)
            }
        }
    }

    fn holds(&mut self, condition: &Condition) -> Result<Option<bool>, Limit> {
        let holds = match &condition.test {
            Test::Machine => None,
            Test::Defined(name) => {
                let name = self.late(name)?;
                match self.variables.find(&name) {
                    Found::Known(_) => Some(true),
                    Found::Unset => Some(false),
                    Found::Unknown => None,
                }
            }
            Test::Compare(left, operator, right) => {
                let (left, right) = (self.late(left)?, self.late(right)?);
                // What still has a sign of a variable is not known.
                let open = |text: &str| text.contains('%') || (self.delayed && text.contains('!'));
                if open(&left) || open(&right) {
                    None
                } else {
                    compared(&left, operator, &right, condition.insensitive)
                }
            }
        };
        Ok(holds.map(|holds| holds != condition.not))
    }

    fn redirected(&mut self, command: &Command) -> Result<Flow, Limit> {
        if let Some(file) = &command.input {
            let file = self.late(file)?;
            self.input = self.content_of(&file);
        }
        let text = self.late(&command.text)?;
        if command.outputs.is_empty() {
            return self.command(&text);
        }
        let outputs: Result<Vec<_>, Limit> = command
            .outputs
            .iter()
            .map(|(file, append)| Ok((self.late(file)?, *append)))
            .collect();
        let outputs = outputs?;
        self.caught.push(Some(String::new()));
        let flow = self.command(&text);
        let caught = self.caught.pop().flatten();
        self.write(&outputs, caught)?;
        flow
    }

    /// What is written out, to whoever catches it.
    fn emit(&mut self, text: Option<&str>) -> Result<(), Limit> {
        self.budget.build(text.map_or(0, str::len))?;
        if let Some(last) = self.caught.last_mut() {
            match (last.as_mut(), text) {
                (Some(caught), Some(text)) => caught.push_str(text),
                _ => *last = None,
            }
        }
        Ok(())
    }

    fn write(&mut self, outputs: &[(String, bool)], content: Option<String>) -> Result<(), Limit> {
        for (file, append) in outputs {
            if matches!(file.to_ascii_lowercase().as_str(), "nul" | "con" | "") {
                continue;
            }
            let content = content.clone().map(String::into_bytes);
            self.budget.build(content.as_ref().map_or(0, Vec::len))?;
            let key = file.to_lowercase();
            match self.files.get_mut(&key) {
                Some((_, held)) if *append => match (held.as_mut(), content) {
                    (Some(held), Some(more)) => held.extend(more),
                    _ => *held = None,
                },
                _ => {
                    self.files.insert(key, (file.clone(), content));
                }
            }
        }
        Ok(())
    }

    /// Returns what a file holds that the script itself has written.
    pub(super) fn content_of(&self, file: &str) -> Option<String> {
        let (_, content) = self.files.get(&file.trim().trim_matches('"').to_lowercase())?;
        Some(String::from_utf8_lossy(content.as_ref()?).into_owned())
    }

    /// Returns what a command line of its own writes out.
    pub(super) fn output_of(&mut self, line: &str) -> Result<Option<String>, Limit> {
        if self.level >= MOST_LEVELS {
            return Ok(None);
        }
        self.level += 1;
        self.caught.push(Some(String::new()));
        let (file, variables) = (std::mem::replace(&mut self.file, false), self.variables.clone());
        let result = self.typed(line.trim().trim_matches('"'));
        self.variables = variables;
        self.file = file;
        let caught = self.caught.pop().flatten();
        self.level -= 1;
        result?;
        Ok(caught)
    }
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

fn compared(left: &str, operator: &str, right: &str, insensitive: bool) -> Option<bool> {
    let fold = |text: &str| {
        if insensitive {
            text.to_lowercase()
        } else {
            text.to_owned()
        }
    };
    let order = match (left.parse::<i64>(), right.parse::<i64>()) {
        (Ok(left), Ok(right)) if operator != "==" => left.cmp(&right),
        _ => fold(left).cmp(&fold(right)),
    };
    Some(match operator {
        "==" | "equ" => order.is_eq(),
        "neq" => order.is_ne(),
        "lss" => order.is_lt(),
        "leq" => order.is_le(),
        "gtr" => order.is_gt(),
        "geq" => order.is_ge(),
        _ => return None,
    })
}
