//! `[regex]` objects, matches, groups, both directions.

use super::{UNKNOWN, check};

#[test]
fn patterns_are_objects() {
    check(&[
        ("iwr ([regex]'x').Replace('axbx','-')", "a-b-"),
        ("iwr ([regex]'x').Replace('axbx','-',1)", "a-bx"),
        ("iwr ([regex]'x').Replace('axbx','-',1,2)", "axb-"),
        ("iwr ([regex]::new('X')).Replace('axbX','-')", "axb-"),
        ("iwr ([regex]::new('X','IgnoreCase')).Replace('axbX','-')", "a-b-"),
        (
            "$r = New-Object regex 'a(.)'; iwr $r.Match('xab').Groups[1].Value",
            "b",
        ),
        (
            "$r = New-Object Text.RegularExpressions.Regex('A(.)','IgnoreCase'); iwr $r.Match('xab').Groups[1]",
            "b",
        ),
        ("iwr ([regex]'a.').ToString()", "a."),
        (
            "$r = [regex]'\\d'; iwr ($r.IsMatch('a1') -and -not $r.IsMatch('ab'))",
            "True",
        ),
        ("iwr (([regex]',').Split('a,b,c') -join '|')", "a|b|c"),
        ("iwr (([regex]',').Split('a,b,c',2) -join '|')", "a|b,c"),
        ("iwr (([regex]'(,)').Split('a,b') -join '|')", "a|,|b"),
        ("function f([regex]$r) { $r.Replace('aXb','') } iwr (f 'X')", "ab"),
        // The fourth argument of the class's own method is the options: 1 sets case aside, and replaces all.
        ("iwr ([regex]::Replace('xX','x','-',1))", "--"),
    ]);
}

/// An operator sets case aside, but an object that is given to it keeps its own options.
#[test]
fn operators_take_objects() {
    check(&[
        ("iwr ('aA' -replace [regex]'a','-')", "-A"),
        ("iwr ('aA' -replace 'a','-')", "--"),
        ("iwr ('A' -match [regex]'a')", "False"),
        (
            "if ('k=v' -match '(?<key>\\w)=(\\w)') { iwr ($matches.key + $matches[1] + $matches.Count) }",
            "kv3",
        ),
        ("if ('ab' -match 'a(x)?b') { iwr $matches.Count }", "1"),
        ("switch -regex ('a7') { '(\\d)' { iwr $matches[1] } }", "7"),
        ("iwr ('abc' -replace '(?<x>b)','[${x}$1$2$&$$]')", "a[bb$2b$]c"),
        ("iwr ('abc' -replace 'b','[$`$''$_]')", "a[acabc]c"),
        ("iwr ('abc' -replace 'b','${no}$')", "a${no}$c"),
    ]);
}

#[test]
fn matches_have_members() {
    check(&[
        ("iwr ([regex]::Matches('a1b2','\\d') | % { $_.Value })", "1 2"),
        ("iwr ([regex]::Matches('a1b2','\\d').Value -join '')", "12"),
        ("iwr ([regex]::Matches('a1b2','\\d') | % Value)", "1 2"),
        ("iwr ([regex]::Matches('a1b2','\\d').Count)", "2"),
        ("iwr ([regex]::Matches('a1b2','\\d')[1].Index)", "3"),
        ("iwr ([regex]::Match('a12','\\d+').Length)", "2"),
        ("iwr ([regex]::Match('ab','\\d').Success)", "False"),
        ("iwr ('[' + [regex]::Match('ab','\\d').Value + ']')", "[]"),
        (
            "iwr ([regex]::Match('k=v','(?<k>.)=(?<v>.)').Groups['v'].Value)",
            "v",
        ),
        ("iwr ([regex]::Match('k=v','(?<k>.)=(?<v>.)').Groups.Count)", "3"),
        ("iwr ([regex]::Match('k=v','(?<k>.)=(.)').Groups[1].Value)", "v"),
        ("iwr ([regex]::Match('k=v','(?<k>.)=(.)').Groups[2].Name)", "k"),
        ("iwr ([regex]::Match('ac','a(b)?c').Groups[1].Success)", "False"),
        ("iwr ([regex]::Match('a1b2','\\d').NextMatch().Value)", "2"),
        (
            "iwr ([regex]::Match('a1b2','\\d').NextMatch().NextMatch().Success)",
            "False",
        ),
        ("iwr ([regex]::Match('ab','(.)(.)').Result('$2$1'))", "ba"),
        ("iwr ([regex]::Match('ab','(.)').Captures[0].Value)", "a"),
        (
            "iwr ([regex]::Match('ab','(.)').Groups[1].Captures[0].Value)",
            "a",
        ),
        // Only the last of several captures is kept.
        (
            "iwr ([regex]::Match('ab','(?:(.))+').Groups[1].Captures[0].Value)",
            UNKNOWN,
        ),
        ("iwr ([regex]::Match('ab','(?:(.))+').Groups[1].Value)", "b"),
        // An index counts UTF-16 units.
        ("iwr ([regex]::Match('\u{1f600}x','x').Index)", "2"),
        ("iwr ([regex]::Match('a1b2','\\d').Groups | % { $_.Value })", "1"),
    ]);
}

#[test]
fn evaluators_are_called_for_each_match() {
    check(&[
        (
            "iwr ([regex]::Replace('a1b2','\\d',{ param($m) [int]$m.Value + 1 }))",
            "a2b3",
        ),
        (
            "iwr ([regex]'\\d').Replace('a1b2',{ '<' + $args[0].Value + '>' },1)",
            "a<1>b2",
        ),
        (
            "iwr ([regex]::Replace('6869','..',{ [char][convert]::ToInt32($args[0].Value,16) }))",
            "hi",
        ),
        (
            "iwr ([regex]::Replace('k=v','(.)=(.)',{ param($m) $m.Groups[2].Value + $m.Groups[1].Value }))",
            "vk",
        ),
    ]);
}

#[test]
fn patterns_run_from_the_right() {
    check(&[
        ("iwr (-join [regex]::Matches('abc','.','RightToLeft'))", "cba"),
        (
            "iwr (([regex]::Matches('abcde','.{1,2}','RightToLeft') | % { $_.Value }) -join '')",
            "debca",
        ),
        ("iwr ([regex]::Replace('a1b2','\\d','-','RightToLeft'))", "a-b-"),
        (
            "iwr ([regex]::new('\\d','RightToLeft').Replace('a1b2','-',1))",
            "a1b-",
        ),
        ("iwr ([regex]::Match('a1b2','\\d','RightToLeft').Value)", "2"),
        (
            "iwr ([regex]::Split('a,b,c',',','RightToLeft') -join '|')",
            "a|b|c",
        ),
        (
            "iwr ([regex]::new(',','RightToLeft').Split('a,b,c',2) -join '|')",
            "a,b|c",
        ),
    ]);
}

#[test]
fn what_is_not_known_of_a_pattern_stays_unknown() {
    check(&[
        ("iwr ([regex]::Match('ab','(?(1)a|b)').Value)", UNKNOWN),
        ("iwr ([regex]$env:USERNAME).Replace('ab','')", UNKNOWN),
        ("iwr ([regex]::Replace('ab','a',{ $env:USERNAME }))", UNKNOWN),
        ("iwr ([regex]::new('a','ECMAScript').Replace('ab',''))", UNKNOWN),
    ]);
}
