//! Command lines that start PowerShell.
//!
//! `cmd` is understood as far as launchers use it: `/c`, quotes, carets, `&`, `|`, `set`, `%name%`, `!name!`, `call`,
//! `start`, `echo` into a pipe. PowerShell's own arguments follow its parser: a parameter may be cut to what tells it
//! apart, and the first argument that is no parameter begins a command.

use super::dotnet::base64_text;
use super::engine::{Engine, Eval};
use super::known;
use super::scanner::is_dash;
use super::value::Value;
use std::collections::BTreeMap;
use strongroom_model::Why;

/// Levels of `cmd /c` inside each other.
const MOST_LEVELS: u32 = 8;

/// Characters of a line after `%name%` expansion.
const MOST_EXPANDED: usize = 1 << 20;

/// What a command line makes PowerShell run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Script {
    /// `-EncodedCommand`, and whether its base64 was whole.
    Encoded(String, bool),
    Command(String),
    Stdin(String),
    /// A script file that is not part of the evidence.
    File(String),
    /// An execution policy that lets everything run.
    Policy(String),
    /// Nothing: a prompt, or an argument that is missing.
    Prompt,
}

impl Script {
    /// Lists the script for evaluation; what cannot be evaluated leaves a gap.
    pub(super) fn into_queue(self, engine: &mut Engine<'_, '_>) -> Eval<()> {
        match self {
            Script::Encoded(text, whole) => {
                if !whole {
                    engine.gap_here(Why::Truncated, "the encoded command is cut or damaged");
                }
                engine.enqueue("encoded-command", text);
            }
            Script::Command(text) => engine.enqueue("command", text),
            Script::Stdin(text) => engine.enqueue("stdin", text),
            Script::File(path) => {
                engine.gap_here(
                    Why::Unsupported,
                    &format!("the script file is not in the evidence: {path}"),
                );
            }
            Script::Policy(policy) => engine.policy(&policy),
            Script::Prompt => {}
        }
        Ok(())
    }
}

/// Whether a program's name or path is PowerShell's.
pub(super) fn names_powershell(name: &str) -> bool {
    let name = name
        .trim_matches(|c: char| c == '"' || c == '\'' || c.is_whitespace())
        .to_lowercase();
    let file = name.rsplit(['\\', '/']).next().unwrap_or_default();
    let stem = file.strip_suffix(".exe").unwrap_or(file);
    matches!(stem, "powershell" | "pwsh" | "powershell_ise")
}

/// Whether the arguments behind a program that is not known can be meant for PowerShell alone: two of its parameters
/// or more, one of them a command.
pub(super) fn only_powershell_takes(rest: &str) -> bool {
    if !rest.starts_with([' ', '"']) {
        return false;
    }
    let words = split(rest);
    let known: Vec<&str> = words.iter().take(12).filter_map(|word| parameter(word)).collect();
    let runs = known
        .iter()
        .any(|name| matches!(*name, "command" | "encodedcommand" | "ec"));
    known.len() >= 2 && runs
}

/// Returns what a command line makes PowerShell run; empty if it starts no PowerShell.
pub(super) fn scripts(line: &str) -> Vec<Script> {
    direct(line.trim(), 0).unwrap_or_else(|| {
        let mut shell = Shell::default();
        shell.run(line.trim(), 0);
        shell.found
    })
}

/// A line that begins with PowerShell's path, or with a quoted whole command line.
fn direct(line: &str, level: u32) -> Option<Vec<Script>> {
    let arguments = split(line);
    let first = arguments.first()?;
    if names_powershell(first) {
        return Some(powershell(arguments.get(1..)?));
    }
    if let Some((program, rest)) = glued(first)
        && names_powershell(&program)
    {
        let mut all = vec![rest];
        all.extend_from_slice(arguments.get(1..)?);
        return Some(powershell(&all));
    }
    let quoted_whole = first.contains(char::is_whitespace) && line.starts_with('"') && level < MOST_LEVELS;
    if quoted_whole && first != line {
        return direct(first.trim(), level + 1);
    }
    None
}

/// `powershell.exe-window`: an argument that follows without a blank.
fn glued(first: &str) -> Option<(String, String)> {
    let at = first.to_ascii_lowercase().find(".exe")? + 4;
    let (program, rest) = first.split_at_checked(at)?;
    rest.starts_with(['-', '/'])
        .then(|| (program.to_owned(), rest.to_owned()))
}

/// Splits a command line as Windows does: quotes, and backslashes before a quote.
pub(super) fn split(line: &str) -> Vec<String> {
    let mut arguments = Vec::new();
    let mut argument = String::new();
    let (mut quoted, mut started, mut slashes) = (false, false, 0_usize);
    let flush = |argument: &mut String, slashes: &mut usize| {
        argument.extend(std::iter::repeat_n('\\', *slashes));
        *slashes = 0;
    };
    for c in line.chars() {
        match c {
            '\\' => {
                slashes += 1;
                started = true;
            }
            '"' => {
                started = true;
                argument.extend(std::iter::repeat_n('\\', slashes / 2));
                if slashes % 2 == 1 {
                    argument.push('"');
                } else {
                    quoted = !quoted;
                }
                slashes = 0;
            }
            ' ' | '\t' if !quoted => {
                flush(&mut argument, &mut slashes);
                if started {
                    arguments.push(std::mem::take(&mut argument));
                }
                started = false;
            }
            c => {
                flush(&mut argument, &mut slashes);
                argument.push(c);
                started = true;
            }
        }
    }
    flush(&mut argument, &mut slashes);
    if started {
        arguments.push(argument);
    }
    arguments
}

/// PowerShell's parameters with the least that must be written, in the order in which they are tried; those in
/// `VALUED` take the next argument.
const PARAMETERS: &[(&str, &str)] = &[
    ("nologo", "nol"),
    ("noexit", "noe"),
    ("noprofileloadtime", "noprofilel"),
    ("noprofile", "nop"),
    ("noninteractive", "noni"),
    ("command", "c"),
    ("windowstyle", "w"),
    ("file", "f"),
    ("executionpolicy", "ex"),
    ("ep", "ep"),
    ("encodedarguments", "encodeda"),
    ("ea", "ea"),
    ("encodedcommand", "e"),
    ("ec", "ec"),
    ("sta", "s"),
    ("mta", "m"),
    ("inputformat", "i"),
    ("if", "if"),
    ("outputformat", "o"),
    ("of", "of"),
    ("psconsolefile", "p"),
    ("configurationname", "config"),
    ("version", "v"),
    ("workingdirectory", "wo"),
    ("wd", "wd"),
    ("login", "l"),
];

const VALUED: &[&str] = &[
    "windowstyle",
    "encodedarguments",
    "ea",
    "inputformat",
    "if",
    "outputformat",
    "of",
    "psconsolefile",
    "configurationname",
    "version",
    "workingdirectory",
    "wd",
];

fn parameter(argument: &str) -> Option<&'static str> {
    let name = argument.trim();
    let mut chars = name.chars();
    let first = chars.next()?;
    if !(is_dash(first) || first == '/') {
        return None;
    }
    let key = chars
        .as_str()
        .trim_start_matches(is_dash)
        .trim_end_matches(':')
        .to_lowercase();
    let fits = |&&(full, least): &&(&str, &str)| full.starts_with(&key) && key.starts_with(least);
    PARAMETERS.iter().find(fits).map(|&(full, _)| full)
}

/// Reads PowerShell's own arguments.
fn powershell(arguments: &[String]) -> Vec<Script> {
    let mut scripts = Vec::new();
    let mut rest = arguments;
    while let Some((first, behind)) = rest.split_first() {
        match parameter(first) {
            Some("encodedcommand" | "ec") => {
                if let Some((text, whole)) = behind.first().and_then(|text| base64_text(text)) {
                    scripts.push(Script::Encoded(text, whole));
                }
                rest = behind.get(1..).unwrap_or_default();
            }
            Some("command") => {
                scripts.push(command(behind));
                return scripts;
            }
            Some("file") => {
                match behind.first().map(String::as_str) {
                    Some("-") | None => {}
                    Some(path) => scripts.push(Script::File(path.to_owned())),
                }
                return scripts;
            }
            Some("executionpolicy" | "ep") => {
                scripts.extend(
                    behind
                        .first()
                        .filter(|policy| opens(policy))
                        .cloned()
                        .map(Script::Policy),
                );
                rest = behind.get(1..).unwrap_or_default();
            }
            Some(name) if VALUED.contains(&name) => rest = behind.get(1..).unwrap_or_default(),
            Some(_) => rest = behind,
            None => {
                scripts.push(command(rest));
                return scripts;
            }
        }
    }
    if scripts.is_empty() {
        scripts.push(Script::Prompt);
    }
    scripts
}

fn opens(policy: &str) -> bool {
    let policy = policy.to_lowercase();
    ["bypass", "unrestricted"]
        .iter()
        .any(|full| full.starts_with(&policy))
        && !policy.is_empty()
}

fn command(words: &[String]) -> Script {
    match words {
        [] => Script::Prompt,
        [only] if only == "-" => Script::Prompt,
        words => Script::Command(words.join(" ")),
    }
}

/// As much of `cmd` as launchers use.
#[derive(Default)]
struct Shell {
    variables: BTreeMap<String, String>,
    /// What `echo` put into the pipe.
    piped: Option<String>,
    found: Vec<Script>,
}

impl Shell {
    fn run(&mut self, text: &str, level: u32) {
        if level >= MOST_LEVELS {
            return;
        }
        let mut feeds = false;
        for (segment, piped) in segments(text) {
            let segment = self.expanded(&segment);
            let segment = segment.trim().trim_start_matches(['@', '(', ' ']);
            let given = self.piped.take().filter(|_| feeds);
            self.one(segment, given, level);
            feeds = piped;
        }
    }

    fn one(&mut self, segment: &str, given: Option<String>, level: u32) {
        let (word, rest) = first_word(segment);
        match word.to_lowercase().as_str() {
            "set" => self.set(rest),
            "call" => self.run(rest, level + 1),
            "echo" | "echo." => self.piped = Some(rest.to_owned()),
            "start" => self.one(start_target(rest), given, level + 1),
            word if is_cmd(word) => {
                if let Some(inner) = after_switch(rest) {
                    self.run(inner, level + 1);
                }
            }
            _ => self.program(segment, given),
        }
    }

    fn program(&mut self, segment: &str, given: Option<String>) {
        let Some(mut scripts) = direct(segment, 0) else {
            return;
        };
        if let (Some(text), Some(last @ Script::Prompt)) = (given, scripts.last_mut()) {
            *last = Script::Stdin(text);
        }
        self.found.extend(scripts);
    }

    /// `name=value` or `"name=value"`
    fn set(&mut self, rest: &str) {
        let rest = rest.trim_start();
        let rest = rest
            .strip_prefix('"')
            .map_or(rest, |rest| rest.trim_end().trim_end_matches('"'));
        if let Some((name, value)) = rest.split_once('=') {
            self.variables
                .insert(name.trim().to_lowercase(), value.to_owned());
        }
    }

    /// Expands `%name%`, `!name!` and `%name:~start,length%`; what is not set stays as it is.
    fn expanded(&self, text: &str) -> String {
        let mut result = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['%', '!']) {
            result.push_str(rest.get(..at).unwrap_or_default());
            let sign = rest.get(at..=at).unwrap_or_default();
            let after = rest.get(at + 1..).unwrap_or_default();
            let value = after.find(sign).and_then(|end| {
                let value = self.value(after.get(..end)?)?;
                Some((value, after.get(end + 1..)?))
            });
            match value {
                Some((value, behind)) if result.len() + value.len() < MOST_EXPANDED => {
                    result.push_str(&value);
                    rest = behind;
                }
                _ => {
                    result.push_str(sign);
                    rest = after;
                }
            }
        }
        result.push_str(rest);
        result
    }

    fn value(&self, reference: &str) -> Option<String> {
        let (name, part) = match reference.split_once(':') {
            Some((name, part)) => (name, Some(part)),
            None => (reference, None),
        };
        let name = name.to_lowercase();
        let own = self.variables.get(&name).cloned();
        let value = own.or_else(|| known::environment(&name).as_ref().and_then(Value::exact))?;
        match part {
            None => Some(value),
            Some(part) => match part.strip_prefix('~') {
                Some(range) => substring(&value, range),
                None => part.split_once('=').map(|(from, to)| value.replace(from, to)),
            },
        }
    }
}

/// `~start,length` of a variable; negative numbers count from the end.
fn substring(value: &str, range: &str) -> Option<String> {
    let chars: Vec<char> = value.chars().collect();
    let length = i64::try_from(chars.len()).ok()?;
    let (start, count) = match range.split_once(',') {
        Some((start, count)) => (start, Some(count.trim().parse::<i64>().ok()?)),
        None => (range, None),
    };
    let start = start.trim().parse::<i64>().ok()?;
    let start = if start < 0 {
        (length + start).max(0)
    } else {
        start.min(length)
    };
    let end = match count {
        None => length,
        Some(count) if count < 0 => (length + count).max(start),
        Some(count) => start.saturating_add(count).min(length),
    };
    Some(
        chars
            .get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)?
            .iter()
            .collect(),
    )
}

/// Cuts at `&`, `&&`, `|` and `||` outside quotes, and drops carets; says for each part whether it is piped on.
fn segments(text: &str) -> Vec<(String, bool)> {
    let mut parts = Vec::new();
    let mut part = String::new();
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                quoted = !quoted;
                part.push(c);
            }
            '^' if !quoted => part.extend(chars.next()),
            '&' | '|' if !quoted => {
                let double = chars.next_if_eq(&c).is_some();
                parts.push((std::mem::take(&mut part), c == '|' && !double));
            }
            c => part.push(c),
        }
    }
    parts.push((part, false));
    parts
}

/// The first word, which may stand in quotes, and what follows it.
fn first_word(segment: &str) -> (&str, &str) {
    let segment = segment.trim_start();
    if let Some(quoted) = segment.strip_prefix('"') {
        return quoted.split_once('"').unwrap_or((quoted, ""));
    }
    let end = segment
        .find([' ', '\t', '/', ',', ';', '='])
        .unwrap_or(segment.len());
    let (word, rest) = segment.split_at_checked(end).unwrap_or((segment, ""));
    (word, rest.trim_start_matches([' ', '\t']))
}

fn is_cmd(word: &str) -> bool {
    let file = word.rsplit('\\').next().unwrap_or_default();
    matches!(file, "cmd" | "cmd.exe") || word == "%comspec%"
}

/// What follows `/c`, `/k` or `/r`, without the quotes around it.
fn after_switch(rest: &str) -> Option<&str> {
    let lower = rest.to_ascii_lowercase();
    let at = ["/c", "/k", "/r"]
        .iter()
        .filter_map(|switch| lower.find(switch))
        .min()?;
    let inner = rest.get(at + 2..)?.trim();
    let unquoted = inner
        .strip_prefix('"')
        .map(|inner| inner.strip_suffix('"').unwrap_or(inner));
    // A quoted program followed by arguments keeps its quotes.
    let whole = inner.matches('"').count() == 2 || !inner.ends_with('"');
    match unquoted {
        Some(_) if !inner.ends_with('"') => Some(inner),
        Some(unquoted) if whole || inner.starts_with("\"\"") || !names_powershell(first_word(inner).0) => {
            Some(unquoted)
        }
        _ => Some(inner),
    }
}

/// What `start` starts: behind its title and switches.
fn start_target(rest: &str) -> &str {
    let mut rest = rest.trim_start();
    if let Some(title) = rest.strip_prefix('"') {
        let (title, behind) = title.split_once('"').unwrap_or((title, ""));
        if !names_powershell(title) {
            rest = behind.trim_start();
        }
    }
    while let Some(switch) = rest.strip_prefix('/') {
        rest = switch
            .split_once(char::is_whitespace)
            .map_or("", |(_, behind)| behind.trim_start());
    }
    rest
}
