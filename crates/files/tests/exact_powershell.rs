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
    ("[char]65 -eq 65", "True"),
    ("[char]48 -eq 0", "False"),
    ("[char]'a' -eq 'A'", "True"),
    ("[char]'a' -eq 65", "False"),
    ("[char]'a' -lt 'B'", "False"),
    ("[char]'5' -gt 10", "True"),
    ("$null -lt 0", "True"),
    ("$null -ge 0", "False"),
    ("0 -gt $null", "True"),
    ("'' -gt $null", "True"),
    ("'a' -le $null", "False"),
    ("$true -lt 5", "False"),
    ("$true -gt 0", "True"),
    ("0.0001", "0.0001"),
    ("0.00001", "1E-05"),
    ("[bool][Collections.ArrayList]@()", "False"),
    ("[bool][Collections.Queue]@()", "True"),
    ("[byte[]]$null -eq $null", "True"),
    (
        "[guid]'{0F8FAD5B-D9CB-469F-A165-70867728950E}'",
        "0f8fad5b-d9cb-469f-a165-70867728950e",
    ),
    ("(1,2,3 | % -Process { $_ } -End { 'e' }) -join ','", "1,2,3,e"),
    (
        "(1,2 | % -Begin { 'b' } -Process { $_ } -End { 'e' }) -join ','",
        "b,1,2,e",
    ),
    ("(1,2 | % { 'b' } { $_ } { 'e' }) -join ','", "b,1,2,e"),
    ("(1,2 | % { 'b' } { $_ }) -join ','", "b,1,2"),
    ("([char[]]'aA' | group -AsHashTable).Count", "2"),
    ("Compare-Object (1,2) (1,2,3) -PassThru", "3"),
    ("(@('a','b') | Out-String -NoNewline)", "ab"),
    (
        "$l=[Collections.ArrayList]@('a','b','c'); [void]$l.RemoveAt(1); $l -join ''",
        "ac",
    ),
    (
        "$l=[Collections.ArrayList]@('a','b'); [void]$l.Insert(0,'x'); $l -join ''",
        "xab",
    ),
    (
        "(& { $l=New-Object Collections.ArrayList; $l.Add('x'); $l }) -join ','",
        "0,x",
    ),
    ("$s=[Text.StringBuilder]'abc'; $s.Length=1; $s.ToString()", "a"),
    (
        "$s=New-Object Text.StringBuilder; [void]$s.Append('x',3); $s.ToString()",
        "xxx",
    ),
    (
        "$s=New-Object Text.StringBuilder; [void]$s.Append([char[]]'ab'); $s.ToString()",
        "ab",
    ),
    ("'a,b,c'.Split(',',2)[1]", "b,c"),
    ("'a,,b'.Split(',',1)[0]", "a,,b"),
    (
        "'a,,b'.Split(',',[StringSplitOptions]::RemoveEmptyEntries)[1]",
        "b",
    ),
    ("[convert]::ToString([long]-1,16)", "ffffffffffffffff"),
    ("[convert]::ToString([int16]-1,16)", "ffff"),
    ("[convert]::ToString(-1,16)", "ffffffff"),
    ("[convert]::ToBoolean('False')", "False"),
    ("(1,2).Contains('1')", "False"),
    ("(1,2).Contains(2)", "True"),
    ("[array]::IndexOf((1,2),'2')", "-1"),
    ("@{a=1;b=2}['a','b'] -join ','", "1,2"),
    ("@(,(1,2)).Count", "1"),
    ("@(1,2).Count", "2"),
    ("5 | % { [void](3,4).ForEach({ $_ }); $_ }", "5"),
    ("('b','a' | % { $_ } | sort) -join ''", "ab"),
    ("$d = 'x'; switch ('a') { 'b' { } default { $d = 'y' } }; $d", "y"),
    (
        "$l=[Collections.ArrayList]@('a','b'); \"$($l.Contains('b'))$($l.IndexOf('b'))$($l.IndexOf('x'))\"",
        "True1-1",
    ),
    ("& { [void]'x'; 'y' }", "y"),
    ("-join [IO.StringReader]::new('ab').ReadToEnd()", "ab"),
];

const UNKNOWN: &[&str] = &[
    "[datetime]'2020-01-01'",
    "1000 -eq '1,000'",
    "\"a`0\" -eq 'a'",
    "\"a$([char]0x200b)\" -eq 'a'",
    "Get-Date | select -Skip 1",
    "Get-Date | select -Index 1",
    "((Get-Date), 'b' | select -Last 1 -Skip 1)",
    "(3,1,2 | sort -Top (Get-Random)) -join ''",
    "@{a=1} | select a | % { $_.a }",
    "('a,b','1,\"x','y\",2' | ConvertFrom-Csv).b",
    "1 | ConvertTo-Json -AsArray",
    "([xml]'<a b=\"1\"/>').a.HasAttributes",
    "([xml]'<a><!--c--><b>x</b></a>').a.'#comment'",
    "([regex]'b').Match('abcb', 0, 1).Success",
    "'a' -match '\\p{Lu}'",
    "'x{1234567,1234567}' -match '^x{1234567,1234567}$'",
    "enum E { A = 1 }; [E]'7'",
    "[Flags()] enum F { A = 1; B = 2 }; [F]9",
    "class C { [int]$v = 1; C([int]$a) { $this.v = 2 } C([string]$a) { $this.v = 3 } }; [C]::new(1.5).v",
    "class C { [int]$v = 1; C([int]$a) { $this.v = 2 } }; [C]::new().v",
    "$b=New-Object byte[] 2; $m=[IO.MemoryStream][byte[]](1,2); [void]$m.Read($b,0,(Get-Random)); $b -join ','",
    "$m=New-Object IO.MemoryStream; [void]$m.Write([byte[]](1,2,3),0,(Get-Random)); $m.ToArray() -join ','",
    "$l=[Collections.ArrayList]@('b','a'); [void]$l.Sort(); $l -join ''",
    "$l=[Collections.ArrayList]@('b','a'); [void]$l.RemoveAt((Get-Random)); $l -join ''",
    "$l=[Collections.ArrayList]@(1,2); $l[(Get-Random)]=9; $l -join ','",
    "$h=@{a=1}; $h[(Get-Date)]='x'; $h['a']",
    "$h=@{a=1}; $h.Add((Get-Date),'x'); $h.Count",
    "$o=[pscustomobject]@{b=[byte[]](1,2)}; $o.b[0]=(Get-Random); $o.b -join ','",
    "[convert]::ToInt32('0x41')",
    "'a--b'.Split('--','None').Count",
    "('a','b' | ? { $_ -eq (Get-Date) }) -join ''",
    "('a','b' | ? { $_ -eq (Get-Date) } | % { $_ }) -join ''",
    "@('a','b').Where({ $_ -eq (Get-Date) }) -join ''",
    "$v='n'; switch ('a') { (Get-Date) { } default { $v='y' } }; $v",
    "'abc' -replace 'b', { 'x' }",
    "('abc' -split { $_ -eq 'b' }).Count",
    "('10','9' | measure -Maximum).Maximum",
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
