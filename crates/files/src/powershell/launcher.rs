//! Command lines that start PowerShell.
//!
//! A line for `cmd` goes through its evaluator first. PowerShell's own arguments follow its parser: a parameter may be cut to what tells it
//! apart, and the first argument that is no parameter begins a command.

use super::dotnet::base64_text;
use super::engine::{Engine, Eval};
use super::scanner::is_dash;
use crate::batch;
use crate::script::Budget;
use strongroom_model::{Gap, Why};

/// Levels of `cmd /c` inside each other.
const MOST_LEVELS: u32 = 8;

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
    /// What of `cmd` was not evaluated.
    Gap(Gap),
    /// Nothing: a prompt, or an argument that is missing.
    Prompt,
}

impl Script {
    /// Whether it is PowerShell that is started.
    pub(super) fn runs(&self) -> bool {
        !matches!(self, Script::Gap(_))
    }

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
            Script::Gap(gap) => engine.gap(gap),
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
pub(super) fn scripts(line: &str, budget: &mut Budget<'_>) -> Vec<Script> {
    if let Some(scripts) = direct(line.trim(), 0) {
        return scripts;
    }
    let lower = line.to_lowercase();
    if ![
        "cmd",
        "%comspec%",
        "&",
        "|",
        "^",
        "%",
        "call ",
        "start",
        "for ",
        "forfiles",
        "wmic",
        "conhost",
        "pcalua",
    ]
    .iter()
    .any(|mark| lower.contains(mark))
    {
        return Vec::new();
    }
    let ran = batch::run_line(line.trim(), budget);
    let mut found = Vec::new();
    for started in ran.started {
        let Some(mut scripts) = direct(started.line.trim(), 0) else {
            continue;
        };
        if let (Some(text), Some(last @ Script::Prompt)) = (started.input, scripts.last_mut()) {
            *last = Script::Stdin(text.trim_end_matches(['\r', '\n']).to_owned());
        }
        found.extend(scripts);
    }
    found.extend(ran.gaps.into_iter().map(Script::Gap));
    found
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
