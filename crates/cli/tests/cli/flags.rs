//! Every verb and flag, walked.

use crate::run::strongroom;

const VERBS: [&str; 11] = [
    "inspect",
    "network",
    "intel",
    "ledger",
    "trace",
    "lists",
    "screen",
    "investigate",
    "case",
    "demo",
    "completions",
];

#[test]
fn help_lists_every_verb_and_the_exit_codes() {
    let help = strongroom(["--help"]);
    assert_eq!(help.code, 0);
    for verb in VERBS {
        assert!(
            help.out.contains(&format!("\n  {verb}")),
            "{verb} is missing in:\n{}",
            help.out
        );
    }
    assert!(help.out.contains("Exit codes: 0 nothing found"));
}

#[test]
fn every_verb_explains_every_flag() {
    for verb in VERBS {
        let help = strongroom([verb, "--help"]);
        assert_eq!(help.code, 0, "{verb}: {}", help.err);
        let lines: Vec<&str> = help.out.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let text = line.trim_start();
            if !text.starts_with('-') || text.starts_with("---") {
                continue;
            }
            let explained =
                text.contains("  ") || lines.get(at + 1).is_some_and(|next| next.starts_with("    "));
            assert!(explained, "{verb}: no word on {text}");
        }
    }
}

#[test]
fn what_cannot_be_meant_is_refused_before_work_starts() {
    for args in [
        vec!["inspect"],
        vec!["inspect", "x", "--script", "--layers"],
        vec!["inspect", "x", "--script", "--json"],
        vec!["trace", "somewhere"],
        vec!["screen", "0x0"],
        vec!["--threads", "0", "demo"],
        vec!["nonsense"],
    ] {
        let ran = strongroom(&args);
        assert_eq!(ran.code, 2, "{args:?}");
        assert!(ran.out.is_empty() && !ran.err.is_empty(), "{args:?}");
    }
}

#[test]
fn completions_come_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = strongroom(["completions", shell]);
        assert_eq!(ran.code, 0);
        assert!(ran.out.contains("investigate"), "{shell}");
    }
}
