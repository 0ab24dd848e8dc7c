//! What PowerShell comes to, to the character; what culture, version or machine decide stays unknown.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use strongroom_files::powershell::unfold;
use strongroom_files::script::{Action, Budget, Text};
use strongroom_model::Limits;

/// Returns the text that an expression comes to, `None` where it is not wholly known.
fn comes_to(expression: &str) -> Option<String> {
    let limits = Limits::default();
    let source = format!("Start-Process -FilePath \"<$({expression})>\"");
    let unfolded = unfold(&source, &mut Budget::new(&limits));
    let starts = unfolded.effects.iter().filter_map(|effect| match &effect.action {
        Action::Start { command } => Some(command),
        _ => None,
    });
    let command: &Text = starts.into_iter().next().unwrap();
    let text = command.exact()?;
    let inner = text.split_once('<').unwrap().1.rsplit_once('>').unwrap().0;
    Some(inner.to_owned())
}

const EXACT: &[(&str, &str)] = &[
    ("5 / 2", "2.5"),
    ("(1..2 | % -Process { \"p$_\" } -End { 'e' }) -join ''", "p1p2e"),
    ("(1..2 | % -Begin { 'b' } { \"p$_\" } { 'q' }) -join ''", "bp1p2q"),
    ("(1..2 | % { 'b' } { \"p$_\" }) -join ''", "bp1p2"),
    (
        "(1..2 | % { 'b' } { \"p$_\" } { 'q' } -End { 'e' }) -join ''",
        "bp1qp2qe",
    ),
    ("10 / 5", "2"),
    ("7 % -3", "1"),
    ("-7 % 3", "-1"),
    ("[int]2.5", "2"),
    ("[int]3.5", "4"),
    ("[int]'0x1F'", "31"),
    ("2147483647 + 1", "2147483648"),
    ("[byte]255 + 1", "256"),
    ("5 + '10'", "15"),
    ("'10' + 5", "105"),
    ("'3' * 3", "333"),
    ("'{0:X2}{1:x}' -f 10, 255", "0Aff"),
    ("'{0:X}' -f [int16]-1", "FFFF"),
    ("'{0,-3}|{0,3}' -f 'a'", "a  |  a"),
    ("'{{{0}}}' -f 1", "{1}"),
    ("'a.b' -replace '.', 'x'", "xxx"),
    ("'a.b' -replace '\\.', '$$'", "a$b"),
    ("'abc' -replace '(b)', '[$1$0]'", "a[bb]c"),
    ("'aBc' -replace 'b', ''", "ac"),
    ("'aBc' -creplace 'b', ''", "aBc"),
    ("'aXbxc' -split 'x' -join '-'", "a-b-c"),
    ("1 -shl 33", "2"),
    ("1 -shl 31", "-2147483648"),
    ("1 -shl [long]31", "-2147483648"),
    ("[long]1 -shl 31", "2147483648"),
    ("[uint32]4294967295 -shl 1", "4294967294"),
    ("-bnot [uint32]1", "4294967294"),
    ("-bnot ([uint32]5 -bxor [uint32]4)", "4294967294"),
    ("-bnot 1", "-2"),
    ("-16 -shr 2", "-4"),
    ("'abc'[-1]", "c"),
    ("'abc'[10]", ""),
    ("[math]::Round(2.5)", "2"),
    ("[convert]::ToInt32('ff', 16)", "255"),
    ("'a' -eq 'A'", "True"),
    ("'10' -eq 10", "True"),
    ("[single]0.5", "0.5"),
    ("0xFFFFFFFF", "-1"),
];

const UNKNOWN: &[&str] = &[
    "'{0}' -f 1.5",
    "'{0:N0}' -f 1234",
    "'{0:N2}' -f 1.5",
    "'{0,100000}' -f 'a'",
    "[single]0.1",
    "1 / 3",
    "0.1 + 0.2",
    "[uint64]18446744073709551615 -shl 1",
    "'abc' -replace 'b', '$+'",
    "Get-Date",
    "[string]::Format('{0}', 1.5)",
];

#[test]
fn what_is_known_is_exact() {
    let wrong: Vec<_> = EXACT
        .iter()
        .map(|(expression, text)| (expression, comes_to(expression), text))
        .filter(|(_, found, text)| found.as_deref() != Some(**text))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_culture_or_version_decide_stays_unknown() {
    let known: Vec<_> = UNKNOWN
        .iter()
        .filter_map(|expression| Some((expression, comes_to(expression)?)))
        .collect();
    assert!(known.is_empty(), "{known:#?}");
}
