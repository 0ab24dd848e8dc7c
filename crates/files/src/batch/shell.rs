//! The run of a text: commands, pipes, redirections; what else there is stands in [`command`], [`condition`] and [`ways`].

mod command;
mod condition;
mod ways;

use super::Ran;
use super::expand::{Variables, Way, expand, loop_variables};
use super::parse::{Command, Fault, Node, parse};
use crate::script::Budget;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use strongroom_model::{Gap, Limit, Why};

/// Calls and shells inside each other.
const MOST_LEVELS: u32 = 12;
/// Processes that one text may start.
const MOST_STARTED: usize = 2_000;

/// Files that the text has written, by their name in lower case: the name as it was written, and what they hold where that
/// is known.
type Files = BTreeMap<String, (String, Option<Rc<Vec<u8>>>)>;

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
    labels: BTreeMap<String, Vec<usize>>,
    ran: Ran,
    files: Files,
    /// What files hold on ways other than the first.
    versions: Vec<(String, Rc<Vec<u8>>)>,
    /// The text of the file that is run.
    own: Option<String>,
    /// What is written is caught: `None` where it is not known.
    caught: Vec<Option<String>>,
    input: Option<String>,
    /// Conditions that are not known around the present command.
    uncertain: u32,
    level: u32,
    /// Ways that wait, and what was known where ways began.
    ways: Vec<ways::Way>,
    begun: ways::Begun,
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
            labels: BTreeMap::new(),
            ran: Ran::default(),
            files: Files::new(),
            versions: Vec::new(),
            own: None,
            caught: Vec::new(),
            input: None,
            uncertain: 0,
            level: 0,
            ways: Vec::new(),
            begun: ways::Begun::new(),
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
        let known = self.files.into_values();
        let known = known.filter_map(|(path, content)| Some((path, content?)));
        let all = known.chain(self.versions);
        self.ran.files = all
            .map(|(path, content)| (path, Rc::unwrap_or_clone(content)))
            .collect();
        self.ran
    }

    fn limit(&mut self, limit: Limit) {
        let gap = Gap::limit("batch", limit, "the text was not run to its end");
        if !self.ran.gaps.contains(&gap) {
            self.ran.gaps.push(gap);
        }
    }

    /// Returns a copy of the variables; it costs what they hold.
    fn snapshot(&mut self) -> Result<Variables, Limit> {
        self.budget.work(self.variables.size())?;
        Ok(self.variables.clone())
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
            Node::Perhaps(node) => self.both(node, None),
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

    /// Each side is a shell of its own: what it sets and where it jumps ends with it.
    fn pipe(&mut self, nodes: &[Node]) -> Result<Flow, Limit> {
        let mut input = self.input.take();
        for (place, node) in nodes.iter().enumerate() {
            let last = place + 1 == nodes.len();
            let variables = self.snapshot()?;
            self.input = input.take();
            if !last {
                self.caught.push(Some(String::new()));
            }
            let result = self.node(node);
            if !last {
                input = self.caught.pop().flatten();
            }
            self.variables = variables;
            result?;
        }
        Ok(Flow::Next)
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
        self.caught.push(Some(String::new()));
        let flow = self.command(&text);
        let caught = self.caught.pop().flatten();
        self.write(&command.outputs, caught)?;
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

    /// Writes to the last of the files, as `cmd` does; those before it are emptied or left as they are.
    fn write(&mut self, outputs: &[(String, bool)], content: Option<String>) -> Result<(), Limit> {
        let mut content = Some(content.map(String::into_bytes));
        for (file, append) in outputs.iter().rev() {
            let file = self.late(file)?;
            let content = content.take().unwrap_or_else(|| Some(Vec::new()));
            if matches!(file.to_ascii_lowercase().as_str(), "nul" | "con" | "") {
                continue;
            }
            self.put_file(&file, *append, content)?;
        }
        Ok(())
    }

    fn put_file(&mut self, file: &str, append: bool, content: Option<Vec<u8>>) -> Result<(), Limit> {
        self.budget.build(content.as_ref().map_or(0, Vec::len))?;
        match self.files.get_mut(&file.to_lowercase()) {
            Some((_, held)) if append => match (held.as_mut(), content) {
                (Some(held), Some(more)) => {
                    // What another way holds too is copied first.
                    if Rc::strong_count(held) > 1 {
                        self.budget.build(held.len())?;
                    }
                    Rc::make_mut(held).extend(more);
                }
                _ => *held = None,
            },
            _ => {
                let content = content.map(Rc::new);
                self.files.insert(file.to_lowercase(), (file.to_owned(), content));
            }
        }
        Ok(())
    }

    /// Adds the files of another way; what they hold there is kept beside what they hold here.
    fn join_files(&mut self, other: Files) {
        for (key, (path, content)) in other {
            match (self.files.get(&key), content) {
                (None, content) => {
                    self.files.insert(key, (path, content));
                }
                (Some((_, held)), Some(content)) if held.as_ref() != Some(&content) => {
                    let version = (path, content);
                    if !self.versions.contains(&version) {
                        self.versions.push(version);
                    }
                }
                _ => {}
            }
        }
    }

    /// Returns what a file holds that the script itself has written, or is.
    pub(super) fn content_of(&self, file: &str) -> Option<String> {
        let name = file.trim().trim_matches('"').to_lowercase();
        match name.as_str() {
            "nul" => return Some(String::new()),
            "%0" | "%~0" | "%~f0" | "%~dpnx0" | "%~nx0" => return self.own.clone(),
            _ => {}
        }
        let (_, content) = self.files.get(&name)?;
        Some(String::from_utf8_lossy(content.as_ref()?).into_owned())
    }

    /// Returns what a command line of its own writes out.
    pub(super) fn output_of(&mut self, line: &str) -> Result<Option<String>, Limit> {
        if self.level >= MOST_LEVELS {
            return Ok(None);
        }
        let variables = self.snapshot()?;
        self.level += 1;
        self.caught.push(Some(String::new()));
        let file = std::mem::replace(&mut self.file, false);
        let result = self.typed(line.trim().trim_matches('"'));
        self.variables = variables;
        self.file = file;
        let caught = self.caught.pop().flatten();
        self.level -= 1;
        result?;
        Ok(caught)
    }
}
