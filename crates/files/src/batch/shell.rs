//! The run of a text: variables, jumps, built-in commands, files and pipes.

use super::expand::{Found, Variables, Way, expand, loop_variables};
use super::loops::words;
use super::parse::{Command, Condition, Fault, Node, Test, parse};
use super::{Ran, Started, arithmetic};
use crate::script::Budget;
use base64::Engine as _;
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

    /// Runs one command whose text is complete.
    fn command(&mut self, text: &str) -> Result<Flow, Limit> {
        let text = text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '@' | ',' | ';' | '='));
        if text.is_empty() {
            return Ok(Flow::Next);
        }
        let (word, rest) = first_word(text);
        let name = word.to_ascii_lowercase();
        let name = name.strip_suffix(".exe").unwrap_or(&name);
        match name {
            "set" => self.set(rest)?,
            "echo" => self.echo(rest)?,
            "call" => return self.call(rest.trim_start()),
            "goto" if self.file => return Ok(self.jump(rest)),
            "exit" => {
                let back = rest.to_ascii_lowercase().contains("/b");
                return Ok(match (self.uncertain, back) {
                    (1.., _) => Flow::Next,
                    (_, true) => Flow::Back,
                    _ => Flow::Exit,
                });
            }
            "setlocal" => {
                self.kept.push((self.variables.clone(), self.delayed));
                let lower = rest.to_ascii_lowercase();
                self.delayed |= lower.contains("enabledelayedexpansion");
                self.delayed &= !lower.contains("disabledelayedexpansion");
            }
            "endlocal" => {
                if let Some((variables, delayed)) = self.kept.pop() {
                    self.variables = variables;
                    self.delayed = delayed;
                }
            }
            "shift" => {
                if self.arguments.len() > 1 {
                    self.arguments.remove(1);
                }
            }
            "type" => {
                let content = self.content_of(rest);
                self.emit(content.as_deref())?;
            }
            "del" | "erase" => self.delete(rest),
            "copy" => self.copy(rest)?,
            "rem" | "title" | "color" | "cls" | "pause" | "prompt" | "ver" | "verify" | "vol" | "break"
            | "cd" | "chdir" | "pushd" | "popd" | "md" | "mkdir" | "rd" | "rmdir" | "date" | "time"
            | "path" | "mode" | "timeout" | "chcp" | "attrib" | "dir" | "assoc" | "ftype" | "move"
            | "ren" | "rename" => {
                if matches!(name, "dir" | "assoc" | "ftype" | "ver" | "path" | "cd") {
                    self.emit(None)?;
                }
            }
            "find" | "findstr" | "more" | "sort" => self.emit(None)?,
            "cmd" => return self.shell(text, rest),
            "start" => return self.command(start_target(rest)),
            "certutil" if rest.to_ascii_lowercase().contains("decode") => {
                self.decode(rest)?;
                self.start(text)?;
            }
            "forfiles" | "pcalua" | "conhost" | "wmic" => {
                self.start(text)?;
                if let Some(inner) = handed_on(name, rest) {
                    self.level += 1;
                    if self.level < MOST_LEVELS {
                        self.typed(&inner)?;
                    }
                    self.level -= 1;
                }
            }
            _ if is_cmd(name) => return self.shell(text, rest),
            _ => self.start(text)?,
        }
        Ok(Flow::Next)
    }

    fn start(&mut self, line: &str) -> Result<(), Limit> {
        self.emit(None)?;
        self.budget.build(line.len())?;
        if self.ran.started.len() >= MOST_STARTED {
            return Err(Limit::Rows);
        }
        let started = Started {
            line: line.trim_end().to_owned(),
            input: self.input.take(),
            at: self.at,
        };
        if !self.ran.started.contains(&started) {
            self.ran.started.push(started);
        }
        Ok(())
    }

    /// `set name=value`, `set "name=value"`, `set /a`, `set /p`, `set name`
    fn set(&mut self, rest: &str) -> Result<(), Limit> {
        let rest = rest.trim_start();
        let lower = rest.to_ascii_lowercase();
        if lower.starts_with("/a") {
            let sum = rest.get(2..).unwrap_or_default().trim().replace('"', "");
            let value = arithmetic::evaluate(&sum, &mut self.variables);
            return self.emit(value.map(|value| value.to_string()).as_deref());
        }
        let (asks, rest) = match lower.starts_with("/p") {
            true => (true, rest.get(2..).unwrap_or_default().trim_start()),
            false => (false, rest),
        };
        let rest = match rest.strip_prefix('"') {
            // What stands behind the last quote does not count.
            Some(inner) => inner.rsplit_once('"').map_or(inner, |(inner, _)| inner),
            None => rest,
        };
        let Some((name, value)) = rest.split_once('=') else {
            return self.print(rest.trim());
        };
        if name.is_empty() {
            return Ok(());
        }
        if asks {
            let line = self
                .input
                .take()
                .and_then(|input| input.lines().next().map(str::to_owned));
            self.variables.set(name, line);
        } else if value.is_empty() {
            self.variables.unset(name);
        } else {
            self.budget.build(value.len())?;
            self.variables.set(name, Some(value.to_owned()));
        }
        Ok(())
    }

    /// `set name` writes out all variables that begin so; those of the machine are among them where none is named.
    fn print(&mut self, start: &str) -> Result<(), Limit> {
        let own = self.variables.beginning(start);
        if start.is_empty() || own.is_empty() {
            return self.emit(None);
        }
        for (name, value) in own {
            let line = value.map(|value| format!("{name}={value}\r\n"));
            self.emit(line.as_deref())?;
        }
        Ok(())
    }

    fn echo(&mut self, rest: &str) -> Result<(), Limit> {
        let text = rest
            .strip_prefix(|c: char| ".:(,;+/\\[] \t=".contains(c))
            .unwrap_or(rest);
        if matches!(text.trim().to_ascii_lowercase().as_str(), "on" | "off") {
            return Ok(());
        }
        self.emit(Some(&format!("{text}\r\n")))
    }

    fn call(&mut self, rest: &str) -> Result<Flow, Limit> {
        if self.level >= MOST_LEVELS {
            return Err(Limit::Nesting);
        }
        self.level += 1;
        let flow = self.called(rest);
        self.level -= 1;
        flow
    }

    fn called(&mut self, rest: &str) -> Result<Flow, Limit> {
        let text = self.early(rest)?;
        if !(self.file && text.starts_with(':')) {
            // A second round through all phases but the cut into commands.
            let text = self.late(&text)?;
            let flow = self.command(&text)?;
            return Ok(if flow == Flow::Exit { flow } else { Flow::Next });
        }
        let mut arguments = words(&text);
        let label = arguments.first().cloned().unwrap_or_default();
        let Some(place) = self.label(&label) else {
            return Ok(Flow::Next);
        };
        std::mem::swap(&mut self.arguments, &mut arguments);
        let at = self.at;
        let mut visited = BTreeSet::new();
        let flow = self.run_from(place, &mut visited);
        self.reached.extend(visited);
        self.at = at;
        self.arguments = arguments;
        Ok(match flow? {
            Flow::Exit => Flow::Exit,
            _ => Flow::Next,
        })
    }

    fn jump(&self, rest: &str) -> Flow {
        let label = rest.trim();
        match (self.uncertain, label.to_ascii_lowercase().as_str()) {
            // Both ways are taken: the lines in between run too.
            (1.., _) => Flow::Next,
            (_, ":eof") => Flow::Back,
            _ => Flow::Goto(label.to_owned()),
        }
    }

    /// `cmd /v:on /c "…"`: a shell of its own, with the variables of this one.
    fn shell(&mut self, text: &str, rest: &str) -> Result<Flow, Limit> {
        let Some((switches, inner)) = after_switch(rest) else {
            // A shell that reads its commands from the pipe.
            if let Some(input) = self.input.take() {
                return self.inner(&input, self.delayed);
            }
            self.start(text)?;
            return Ok(Flow::Next);
        };
        let delayed = switches.contains("/v") && !switches.contains("/v:off");
        self.inner(&inner, delayed)
    }

    fn inner(&mut self, lines: &str, delayed: bool) -> Result<Flow, Limit> {
        if self.level >= MOST_LEVELS {
            return Err(Limit::Nesting);
        }
        self.level += 1;
        let variables = self.variables.clone();
        let before = (self.delayed, self.file, std::mem::take(&mut self.loops));
        self.delayed = delayed;
        self.file = false;
        let mut result = Ok(Flow::Next);
        for line in lines.lines() {
            result = self.typed(line);
            if result.is_err() {
                break;
            }
        }
        (self.delayed, self.file, self.loops) = before;
        self.variables = variables;
        self.level -= 1;
        result.map(|_| Flow::Next)
    }

    fn delete(&mut self, rest: &str) {
        for word in words(rest) {
            if !word.starts_with('/') && self.ran.deleted.len() < MOST_STARTED {
                self.ran
                    .deleted
                    .push((word.trim_matches('"').to_owned(), self.at));
            }
        }
    }

    /// `copy /b a+b c`
    fn copy(&mut self, rest: &str) -> Result<(), Limit> {
        let files: Vec<String> = words(rest)
            .into_iter()
            .filter(|word| !word.starts_with('/'))
            .collect();
        let [parts @ .., to] = files.as_slice() else {
            return Ok(());
        };
        let parts = parts.join("+");
        let mut content = Some(String::new());
        for part in parts.split('+').filter(|part| !part.is_empty()) {
            content = content.zip(self.content_of(part)).map(|(all, more)| all + &more);
        }
        if content.as_deref().is_some_and(|content| !content.is_empty()) {
            self.write(&[(to.trim_matches('"').to_owned(), false)], content)?;
        }
        Ok(())
    }

    /// `certutil -decode from to`, of a file that the script has written.
    fn decode(&mut self, rest: &str) -> Result<(), Limit> {
        let words = words(rest);
        let files: Vec<&String> = words
            .iter()
            .filter(|word| !word.starts_with(['-', '/']))
            .collect();
        let [from, to, ..] = files.as_slice() else {
            return Ok(());
        };
        let Some(text) = self.content_of(from) else {
            return Ok(());
        };
        let hex = rest.to_ascii_lowercase().contains("decodehex");
        let lines = text.lines().filter(|line| !line.starts_with("-----"));
        let digits: String = lines
            .flat_map(str::chars)
            .filter(|c| !c.is_whitespace())
            .collect();
        let decoded = if hex {
            digits
                .as_bytes()
                .chunks(2)
                .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
                .collect()
        } else {
            let digits = digits.trim_end_matches('=');
            base64::engine::general_purpose::STANDARD_NO_PAD
                .decode(digits)
                .ok()
        };
        if let Some(decoded) = decoded {
            self.budget.build(decoded.len())?;
            let path = to.trim_matches('"').to_owned();
            self.files.insert(path.to_lowercase(), (path, Some(decoded)));
        }
        Ok(())
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

/// The first word, which may stand in quotes, and what follows it.
fn first_word(text: &str) -> (&str, &str) {
    if let Some(quoted) = text.strip_prefix('"') {
        let (word, rest) = quoted.split_once('"').unwrap_or((quoted, ""));
        return (word, rest);
    }
    let lower = text.get(..4).unwrap_or_default().to_ascii_lowercase();
    // `echo.` and its like end at the sign.
    let end = if lower == "echo"
        && !text
            .get(4..5)
            .is_some_and(|next| next.chars().all(char::is_alphanumeric))
    {
        4
    } else {
        text.find([' ', '\t', '/', ',', ';', '=', '"', '('])
            .unwrap_or(text.len())
    };
    text.split_at_checked(end).unwrap_or((text, ""))
}

fn is_cmd(name: &str) -> bool {
    let file = name.rsplit(['\\', '/']).next().unwrap_or_default();
    matches!(file, "cmd" | "%comspec%")
}

/// Returns the switches of `cmd` in lower case, and the line behind `/c`, `/k` or `/r` without the quotes around it.
fn after_switch(rest: &str) -> Option<(String, String)> {
    let lower = rest.to_ascii_lowercase();
    let at = ["/c", "/k", "/r"]
        .iter()
        .filter_map(|switch| lower.find(switch))
        .min()?;
    let switches = lower.get(..at)?.to_owned();
    let line = rest.get(at + 2..)?.trim_start();
    let quotes = line.matches('"').count();
    let trimmed = line.trim_end();
    let outer = trimmed.len() > 1 && trimmed.starts_with('"') && trimmed.ends_with('"');
    // Two quotes around a program's path alone stay; else the first and the last go.
    let keeps = quotes == 2
        && outer
        && trimmed.to_ascii_lowercase().ends_with(".exe\"")
        && !trimmed.contains(['&', '<', '>', '(', ')', '@', '^', '|']);
    let inner = if line.starts_with('"') && !keeps {
        let inner = line.strip_prefix('"').unwrap_or(line);
        match inner.rsplit_once('"') {
            Some((before, after)) if outer || quotes % 2 == 0 && quotes > 2 && after.is_empty() => {
                before.to_owned() + after
            }
            // A quoted program with arguments keeps its quotes.
            _ if quotes == 2 => line.to_owned(),
            Some((before, after)) => before.to_owned() + after,
            None => inner.to_owned(),
        }
    } else {
        line.to_owned()
    };
    Some((switches, inner))
}

/// What `start` starts: behind its title and switches.
fn start_target(rest: &str) -> &str {
    let mut rest = rest.trim_start();
    if let Some(title) = rest.strip_prefix('"')
        && let Some((_, behind)) = title.split_once('"')
        && !behind.trim().is_empty()
    {
        rest = behind.trim_start();
    }
    while let Some(switch) = rest.strip_prefix('/') {
        let (word, behind) = switch.split_once(char::is_whitespace).unwrap_or((switch, ""));
        rest = behind.trim_start();
        // The folder stands behind its switch.
        if word.eq_ignore_ascii_case("d") {
            rest = rest
                .split_once(char::is_whitespace)
                .map_or("", |(_, behind)| behind.trim_start());
        }
    }
    rest
}

/// Returns the command line that a program starts in turn.
fn handed_on(name: &str, rest: &str) -> Option<String> {
    let lower = rest.to_ascii_lowercase();
    let behind = |mark: &str| {
        lower
            .find(mark)
            .and_then(|at| rest.get(at + mark.len()..))
            .map(str::trim)
    };
    let line = match name {
        "forfiles" => behind("/c")?.trim_matches('"').to_owned(),
        "pcalua" => behind("-a")?.to_owned(),
        "conhost" => rest.trim().to_owned(),
        _ => {
            let line = behind("call create").or(behind("call \"create\""))?;
            line.trim_matches(['"', '\'']).replace("\\\"", "\"")
        }
    };
    (!line.is_empty()).then_some(line)
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
