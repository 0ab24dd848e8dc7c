//! Procedures of system libraries that scripts call: what a call of each does to the world.

use super::{Action, Text};

/// Procedures that put code into memory.
const PLACES: &[&str] = &[
    "virtualalloc",
    "virtualallocex",
    "virtualprotect",
    "rtlmovememory",
    "rtlcopymemory",
    "rtlfillmemory",
    "memcpy",
    "writeprocessmemory",
    "ntwritevirtualmemory",
    "ntallocatevirtualmemory",
    "zwallocatevirtualmemory",
    "ntmapviewofsection",
    "heapcreate",
    "heapalloc",
    "setthreadcontext",
    "loadlibrary",
    "loadlibraryex",
    "getprocaddress",
    "dlopen",
    "dlsym",
    "mmap",
    "mprotect",
    "coloadlibrary",
];

/// Procedures that run code at an address: threads, and those that call back.
const RUNS: &[&str] = &[
    "createthread",
    "createremotethread",
    "createremotethreadex",
    "ntcreatethreadex",
    "rtlcreateuserthread",
    "queueuserapc",
    "ntqueueapcthread",
    "nttestalert",
    "resumethread",
    "callwindowproc",
    "enumresourcetypes",
    "enumsystemlocales",
    "enumdateformats",
    "enumuilanguages",
    "enumtimeformats",
    "enumchildwindows",
    "enumwindows",
    "enumfontfamilies",
    "graystring",
    "enumdesktops",
    "enumsystemcodepages",
    "enumlanguagegrouplocales",
    "createtimerqueuetimer",
    "settimer",
    "createfiber",
    "switchtofiber",
    "dispcallfunc",
];

/// Returns the name inside the library in lower case, without the letter for its character set.
pub(crate) fn plain_entry(entry: &str) -> String {
    let wide = entry.len() > 4 && entry.ends_with(['A', 'W']) && !entry.ends_with("WA");
    let entry = if wide {
        entry.trim_end_matches(['A', 'W'])
    } else {
        entry
    };
    entry.trim_start_matches('_').to_lowercase()
}

/// Returns whether a procedure copies bytes to memory.
pub(crate) fn copies(entry: &str) -> bool {
    matches!(
        entry,
        "rtlmovememory" | "rtlcopymemory" | "memcpy" | "writeprocessmemory" | "ntwritevirtualmemory"
    )
}

/// Returns whether a procedure runs code at an address.
pub(crate) fn runs(entry: &str) -> bool {
    RUNS.contains(&entry)
}

/// Returns what a procedure does with these arguments; the name as [`plain_entry`] gives it.
pub(crate) fn action(entry: &str, library: &str, values: &[Text]) -> Option<Action> {
    let part = |at: usize| values.get(at).cloned().unwrap_or_default();
    Some(match entry {
        "urldownloadtofile" => Action::Download {
            url: part(1),
            to: Some(part(2)),
        },
        "urldownloadtocachefile" | "urlopenstream" | "urlopenblockingstream" | "internetopenurl" => {
            Action::Download {
                url: part(1),
                to: None,
            }
        }
        "internetconnect" | "winhttpconnect" => Action::Connect {
            host: part(1),
            port: port(&part(2)),
        },
        "shellexecute" => Action::Start {
            command: joined([part(2), part(3)]),
        },
        "winexec" | "system" | "wsystem" | "popen" | "shell_runorexecdll" => {
            Action::Start { command: part(0) }
        }
        "dllregisterserver" | "dllinstall" | "dllunregisterserver" => Action::LoadCode {
            how: format!("{entry} of {library}"),
            code: None,
        },
        "execl" | "execlp" | "execv" | "execvp" | "execve" | "posix_spawn" => Action::Start {
            command: joined(values.iter().cloned()),
        },
        "createprocess" => Action::Start {
            command: either(part(1), part(0)),
        },
        "createprocessasuser" | "createprocesswithtoken" => Action::Start {
            command: either(part(2), part(1)),
        },
        "copyfile" | "movefile" | "copyfileex" | "movefileex" => Action::Write {
            path: part(1),
            content: None,
        },
        "deletefile" | "unlink" => Action::Delete { path: part(0) },
        "regsetvalueex" | "regsetvalue" => Action::SetRegistry {
            key: part(1),
            value: part(4),
        },
        entry if PLACES.contains(&entry) || RUNS.contains(&entry) => Action::LoadCode {
            how: format!("{entry} of {library}"),
            code: None,
        },
        _ => return None,
    })
}

fn either(first: Text, second: Text) -> Text {
    let nothing = |text: &Text| matches!(text.exact(), Some("" | "0"));
    if nothing(&first) { second } else { first }
}

/// Joins the words of a command line, those that are left out aside.
fn joined(words: impl IntoIterator<Item = Text>) -> Text {
    let told = words
        .into_iter()
        .filter(|word| !matches!(word.exact(), Some("" | "0")));
    told.fold(Text::default(), |line, word| match line.is_empty() {
        true => word,
        false => line.join(Text::known(" ")).join(word),
    })
}

fn port(text: &Text) -> Option<u16> {
    text.exact()?.parse().ok().filter(|port| *port > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_what_it_does() {
        let texts = ["0", "https://a.example/x", "C:\\x.exe", "0", "0"].map(Text::known);
        let action = action(&plain_entry("URLDownloadToFileA"), "urlmon", &texts);
        let url = Text::known("https://a.example/x");
        assert_eq!(
            action,
            Some(Action::Download {
                url,
                to: Some(Text::known("C:\\x.exe"))
            })
        );
        assert_eq!(plain_entry("ShellExecuteA"), "shellexecute");
        assert!(copies("writeprocessmemory") && runs("createthread") && !runs("virtualalloc"));
    }
}
