//! What a shortcut starts: the program, its arguments, and what about them is meant not to be seen.

use super::shortcut::Shortcut;
use super::target::Named;
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

/// A shortcut's command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Command {
    /// The program's path.
    pub program: String,
    /// Its arguments as they stand.
    pub arguments: String,
}

impl Command {
    /// Returns what a shortcut starts; `None` where it names no target.
    pub fn of(shortcut: &Shortcut) -> Option<Command> {
        let program = [
            by_items(shortcut),
            by_info(shortcut),
            shortcut.environment.clone(),
            shortcut.relative.clone(),
        ];
        let program = program
            .into_iter()
            .flatten()
            .find(|program| !program.is_empty())?;
        Some(Command {
            program,
            arguments: shortcut.arguments.clone().unwrap_or_default(),
        })
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
        stem.unwrap_or(&name).to_owned()
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
fn by_items(shortcut: &Shortcut) -> Option<String> {
    let mut path = String::new();
    let mut files = false;
    for item in &shortcut.items {
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
