//! What a shortcut starts: the program, its arguments, and what about them is meant not to be seen.

use super::shortcut::Shortcut;
use super::target::{Item, Named};
use crate::names::base;

/// Characters that the properties of a shortcut show.
pub(super) const SHOWN: usize = 260;
/// Blanks in a row that push what follows out of sight.
const BLANKS: usize = 48;

/// Interpreters that do what their arguments say, whatever these are.
const INTERPRETERS: [&str; 8] = [
    "mshta",
    "wscript",
    "cscript",
    "powershell",
    "pwsh",
    "bash",
    "wsl",
    "scriptrunner",
];
/// Programs of the system that start, fetch or load what their arguments name.
const HELPERS: [&str; 16] = [
    "regsvr32",
    "certutil",
    "bitsadmin",
    "forfiles",
    "conhost",
    "pcalua",
    "ftp",
    "curl",
    "msbuild",
    "installutil",
    "wmic",
    "cmstp",
    "ssh",
    "hh",
    "msiexec",
    "odbcconf",
];

/// Sets of properties: a link's arguments and target, and what a window's application is started with again.
const LINK_ARGUMENTS: &str = "436f2667-14e2-4feb-b30a-146c53b5b674";
const LINK: &str = "b9b4b3fc-2b51-4a42-b5d8-324146afcf25";
const APPLICATION: &str = "9f4c2855-9f79-4b39-a8d0-e1d42de1d5f3";

/// A shortcut's command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Command {
    /// The program's path.
    pub program: String,
    /// Its arguments as they stand.
    pub arguments: String,
}

impl Command {
    /// Returns what a shortcut starts, the likeliest first; none where it names no target. Which of several names
    /// the shell follows depends on its version and on what is there, so each name is one command.
    pub fn all(shortcut: &Shortcut) -> Vec<Command> {
        let property = |set: &str, name: &str| shortcut.properties.text(set, name).map(str::to_owned);
        let arguments = shortcut.arguments.clone();
        let arguments = arguments.or_else(|| property(LINK_ARGUMENTS, "100"));
        let programs = [
            by_items(&shortcut.newer_items),
            by_items(&shortcut.items),
            by_info(shortcut),
            shortcut.environment.clone(),
            shortcut.relative.clone(),
            property(LINK, "2"),
        ];
        let own = programs.into_iter().flatten().map(|program| Command {
            program,
            arguments: arguments.clone().unwrap_or_default(),
        });
        let again = property(APPLICATION, "2").map(|line| Command::of_line(&line));
        let mut all: Vec<Command> = Vec::new();
        for command in own.chain(again) {
            let known =
                |other: &Command| other.name() == command.name() && other.arguments == command.arguments;
            if !command.program.is_empty() && !all.iter().any(known) {
                all.push(command);
            }
        }
        all
    }

    /// Parts a line into its program and the rest.
    fn of_line(line: &str) -> Command {
        let line = line.trim();
        let parts = match line.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"'),
            None => line.split_once(char::is_whitespace),
        };
        let (program, arguments) = parts.unwrap_or((line, ""));
        Command {
            program: program.to_owned(),
            arguments: arguments.trim().to_owned(),
        }
    }

    /// Returns the line as a shell would take it.
    pub fn line(&self) -> String {
        let program = if self.program.contains(' ') {
            format!("\"{}\"", self.program)
        } else {
            self.program.clone()
        };
        format!("{program} {}", self.arguments.trim())
            .trim_end()
            .to_owned()
    }

    /// Returns the program's name in lower case, without its extension.
    pub fn name(&self) -> String {
        let name = base(&self.program).to_ascii_lowercase();
        let stem = name.strip_suffix(".exe").or_else(|| name.strip_suffix(".com"));
        match stem.unwrap_or(&name) {
            "%comspec%" => "cmd".to_owned(),
            stem => stem.to_owned(),
        }
    }

    /// Returns whether the program does what its arguments say, and has any.
    pub fn interprets(&self) -> bool {
        let name = self.name();
        let arguments = self.arguments.trim().to_ascii_lowercase();
        if arguments.is_empty() {
            return false;
        }
        let is = |names: &[&str]| names.contains(&name.as_str());
        match name.as_str() {
            "cmd" => ["/c", "/k", "/r", "-c", "-k"]
                .iter()
                .any(|flag| arguments.contains(flag)),
            "rundll32" => [
                "javascript:",
                "http:",
                "https:",
                "\\\\",
                "url.dll",
                "%temp%",
                "appdata",
                "users\\public",
            ]
            .iter()
            .any(|mark| arguments.contains(mark)),
            "explorer" => ["\\\\", "shell:", "http:", "https:", ".lnk", ".js", ".vbs", ".exe"]
                .iter()
                .any(|mark| arguments.contains(mark)),
            "msiexec" | "hh" => arguments.contains("http:") || arguments.contains("https:"),
            _ => is(&INTERPRETERS) || is(&HELPERS),
        }
    }

    /// Returns how many blanks in a row stand before something else in the arguments, where they push it out of
    /// sight.
    pub fn padding(&self) -> Option<usize> {
        let (mut run, mut longest) = (0, 0);
        for c in self.arguments.chars() {
            if c.is_whitespace() || matches!(c, '\u{a0}' | '\u{2800}' | '\u{3164}' | '\u{200b}') {
                run += 1;
            } else {
                longest = longest.max(run);
                run = 0;
            }
        }
        (longest >= BLANKS).then_some(longest)
    }
}

/// The path that the shell items spell.
fn by_items(items: &[Item]) -> Option<String> {
    let mut path = String::new();
    let mut files = false;
    for item in items {
        match item.named() {
            Named::Drive(drive) => path = drive,
            Named::Network(share) => path = share,
            Named::Url(url) => return Some(url),
            Named::Module(module) => return Some(module),
            Named::File(name) => {
                if !path.is_empty() && !path.ends_with('\\') {
                    path.push('\\');
                }
                path.push_str(&name);
                files = true;
            }
            Named::Root(_) | Named::Folder(_) | Named::Other => {}
        }
    }
    files.then_some(path)
}

fn by_info(shortcut: &Shortcut) -> Option<String> {
    let info = shortcut.info.as_ref()?;
    let suffix = info.suffix.clone().unwrap_or_default();
    let base = info.base.as_ref().or(info.share.as_ref())?;
    Some(match (base.ends_with('\\'), suffix.is_empty()) {
        (_, true) => base.clone(),
        (true, _) => format!("{base}{suffix}"),
        (false, _) if info.base.is_some() => format!("{base}{suffix}"),
        (false, _) => format!("{base}\\{suffix}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(program: &str, arguments: &str) -> Command {
        Command {
            program: program.into(),
            arguments: arguments.into(),
        }
    }

    #[test]
    fn interpreters_are_told_by_what_they_are_given() {
        let cmd = "C:\\Windows\\System32\\cmd.exe";
        assert!(command(cmd, "/c start x").interprets());
        assert!(!command(cmd, "").interprets());
        assert!(command("powershell.exe", "-nop").interprets());
        assert!(!command("C:\\Windows\\rundll32.exe", "shell32.dll,Control_RunDLL").interprets());
        assert!(!command("C:\\a\\editor.exe", "/c x").interprets());
    }

    #[test]
    fn blanks_that_push_out_of_sight_are_counted() {
        let padded = format!("{}/c x", " ".repeat(300));
        assert_eq!(command("cmd", &padded).padding(), Some(300));
        assert_eq!(command("cmd", "/c x").padding(), None);
        assert_eq!(
            command("cmd", &format!("/c x{}", " ".repeat(300))).padding(),
            None
        );
        assert_eq!(command("a b.exe", "  x ").line(), "\"a b.exe\" x");
    }
}
