//! Batch texts: the command lines in them, variables that the text itself sets put in.
//!
//! No evaluator: `for`, `if` and `goto` are passed over, every command counts as one that runs. Text cut out of
//! variables (`%x:~3,1%`) is how batch conceals; it is not evaluated and leaves a hiding gap.

use crate::scan;
use crate::script::{Action, Budget, Effect, Text, Unfolded};
use std::collections::BTreeMap;
use strongroom_model::{Gap, Layer, Why};

/// Programs whose start is worth recording; all others are a script's everyday work.
const PROGRAMS: [&str; 25] = [
    "powershell",
    "powershell_ise",
    "pwsh",
    "cmd",
    "mshta",
    "regsvr32",
    "certutil",
    "bitsadmin",
    "rundll32",
    "msiexec",
    "wscript",
    "cscript",
    "curl",
    "wget",
    "schtasks",
    "reg",
    "sc",
    "start",
    "wmic",
    "installutil",
    "cmstp",
    "msbuild",
    "netsh",
    "hh",
    "forfiles",
];
/// Bytes of an expanded line.
const LINE: usize = 32 << 10;

/// Reads a batch text.
pub(super) fn unfold(text: &str, budget: &mut Budget<'_>) -> Unfolded {
    let mut unfolded = Unfolded {
        layers: vec![Layer {
            by: "source".into(),
            text: text.to_owned(),
        }],
        ..Unfolded::default()
    };
    let mut set = BTreeMap::new();
    let mut cut = false;
    for (start, line) in lines(text) {
        if let Err(limit) = budget.step().and_then(|()| budget.build(line.len())) {
            unfolded
                .gaps
                .push(Gap::limit("batch", limit, "the text was not read to its end"));
            break;
        }
        cut |= line.contains(":~") && line.contains('%');
        let expanded = expand(&line, &set);
        for command in commands(&expanded) {
            read_command(
                command,
                &mut set,
                (start, start + line.len()),
                &mut unfolded.effects,
            );
        }
    }
    if cut {
        unfolded.gaps.push(Gap::new(
            "batch",
            Why::Unsupported,
            "text cut out of variables is not evaluated",
        ));
    }
    unfolded
}

/// Returns the lines with their place, `^` at an end joining the next.
fn lines(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let (mut at, mut joins) = (0, false);
    for raw in text.split_inclusive('\n') {
        let line = raw.trim_end_matches(['\r', '\n']);
        let body = line.strip_suffix('^').unwrap_or(line);
        match lines.last_mut() {
            Some((_, last)) if joins => last.push_str(body),
            _ => lines.push((at, body.to_owned())),
        }
        joins = line.ends_with('^');
        at += raw.len();
    }
    lines
}

/// Puts in the variables that are known; others stay as they are written.
fn expand(line: &str, set: &BTreeMap<String, String>) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        match after
            .split_once('%')
            .and_then(|(name, rest)| Some((set.get(&name.to_ascii_lowercase())?, rest)))
        {
            Some((value, behind)) if out.len() < LINE => {
                out.push_str(value);
                rest = behind;
            }
            _ => {
                out.push('%');
                rest = after;
            }
        }
    }
    out + rest
}

/// Returns the commands of a line: split at `&` and `|` outside quotes, an escape `^` taken out.
fn commands(line: &str) -> Vec<&str> {
    let mut commands = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, c) in line.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '&' | '|' if !quoted && !escaped => {
                commands.extend(line.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
        escaped = c == '^' && !escaped;
    }
    commands.extend(line.get(start..));
    commands
        .into_iter()
        .map(str::trim)
        .filter(|command| !command.is_empty())
        .collect()
}

fn read_command(
    command: &str,
    set: &mut BTreeMap<String, String>,
    at: (usize, usize),
    effects: &mut Vec<Effect>,
) {
    let command = command.trim_start_matches(['@', '(', ' ', '\t']);
    let lower = command.to_ascii_lowercase();
    if lower.starts_with("rem ") || lower.starts_with("::") || lower.starts_with("echo ") {
        return;
    }
    if let Some((name, value)) = lower.starts_with("set ").then(|| assignment(command)).flatten() {
        set.insert(name, value);
        return;
    }
    let unescaped = without_escapes(command);
    let program = super::commands::program(&unescaped);
    // Behind `if` and `for … do` stands a command of its own.
    if let Some(inner) = behind(&unescaped, &program) {
        return read_command(inner, set, at, effects);
    }
    if PROGRAMS.contains(&program.as_str()) {
        let mut add = |action| {
            effects.push(Effect {
                action,
                layer: 0,
                start: at.0,
                end: at.1,
            })
        };
        if let Some(action) = further(&program, &unescaped) {
            add(action);
        }
        add(Action::Start {
            command: Text::known(unescaped),
        });
    }
}

fn assignment(command: &str) -> Option<(String, String)> {
    let rest = command.get(4..)?.trim_start().trim_start_matches('"');
    let (name, value) = rest.split_once('=')?;
    let name = name.trim().to_ascii_lowercase();
    (!name.starts_with('/')).then(|| (name, value.trim_end_matches('"').to_owned()))
}

/// `^` escapes the character behind it; inside quotes it is a character.
fn without_escapes(command: &str) -> String {
    let (mut quoted, mut escaped) = (false, false);
    command
        .chars()
        .filter(|c| {
            quoted ^= *c == '"' && !escaped;
            escaped = *c == '^' && !quoted && !escaped;
            !escaped
        })
        .collect()
}

fn behind<'c>(command: &'c str, program: &str) -> Option<&'c str> {
    let lower = command.to_ascii_lowercase();
    let find = |word: &str| lower.find(word).and_then(|at| command.get(at + word.len()..));
    match program {
        "for" => find(" do "),
        "if" => PROGRAMS.iter().find_map(|program| {
            lower
                .find(&format!(" {program}"))
                .and_then(|at| command.get(at + 1..))
        }),
        "call" => find("call "),
        _ => None,
    }
}

/// What a command does beside being started: a download, an arrangement to be started again.
fn further(program: &str, command: &str) -> Option<Action> {
    let lower = command.to_ascii_lowercase();
    let url = || {
        scan::urls(command)
            .next()
            .map(|seen| Text::known(seen.observable.value()))
    };
    let fetches = matches!(program, "curl" | "wget" | "bitsadmin")
        || (program == "certutil" && lower.contains("urlcache"));
    if fetches && let Some(url) = url() {
        return Some(Action::Download {
            url,
            to: written_to(command).map(Text::known),
        });
    }
    let task = program == "schtasks" && lower.contains("/create");
    let run_key = program == "reg" && lower.contains(" add ") && lower.contains("\\currentversion\\run");
    let service = program == "sc" && lower.contains(" create ");
    (task || run_key || service).then(|| Action::Persist {
        how: program.to_owned(),
        command: Text::known(command),
    })
}

/// Returns the file that a download is written to: behind `-o`, or the last word.
fn written_to(command: &str) -> Option<String> {
    let words: Vec<&str> = command
        .split_whitespace()
        .map(|word| word.trim_matches('"'))
        .collect();
    let flagged = words
        .iter()
        .position(|word| matches!(*word, "-o" | "--output" | "-O"));
    let word = flagged.and_then(|at| words.get(at + 1)).or(words.last())?;
    (!word.contains("://")).then(|| (*word).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use strongroom_model::Limits;

    fn starts(text: &str) -> Vec<String> {
        let limits = Limits::default();
        let unfolded = unfold(text, &mut Budget::new(&limits));
        let started = unfolded
            .effects
            .into_iter()
            .filter_map(|effect| match effect.action {
                Action::Start { command } => Some(command.to_string()),
                _ => None,
            });
        started.collect()
    }

    #[test]
    fn variables_escapes_and_joined_lines_are_put_together() {
        let text =
            "@echo off\nset a=power\nset \"b=shell\"\n%a%%b% -nop ^\n -c x & echo done\np^o^wershell y\n";
        assert_eq!(
            starts(text),
            ["powershell -nop  -c x ", "powershell y"].map(|line| line.trim_end().to_owned())
        );
    }

    #[test]
    fn a_quoted_ampersand_does_not_end_a_command() {
        assert_eq!(
            starts("powershell -c \"a & b\" | more"),
            ["powershell -c \"a & b\""]
        );
    }

    #[test]
    fn a_download_is_recorded_with_its_file() {
        let limits = Limits::default();
        let unfolded = unfold(
            "curl -s https://a.example/x -o %TEMP%\\x.exe",
            &mut Budget::new(&limits),
        );
        let Action::Download { url, to } = &unfolded.effects[0].action else {
            panic!("{:?}", unfolded.effects)
        };
        assert_eq!(
            (url.to_string(), to.clone().unwrap().to_string()),
            ("https://a.example/x".into(), "%TEMP%\\x.exe".into())
        );
    }

    #[test]
    fn cut_variables_are_a_gap() {
        let limits = Limits::default();
        assert_eq!(unfold("%x:~1,2% y", &mut Budget::new(&limits)).gaps.len(), 1);
    }
}
