//! Every file of `../shared/data/formats` is answered, and its kind is told.

// The helpers of a test fail as the test does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod shared;

use shared::{Tally, examine_all, shared_data};
use std::fmt::Write;
use std::io::Read;
use strongroom_model::Kind;

#[test]
fn formats_are_answered_and_told() {
    let Some(folder) = shared_data("formats", "formats_are_answered_and_told") else {
        return;
    };
    let reports = examine_all(&folder);
    println!("formats: {}", Tally::of(&reports));
    for (path, report) in reports.iter().filter(|(path, _)| !path.contains("yara-x")) {
        println!(
            "  {:<12} {:<12} {path}: {}",
            report.verdict().as_str(),
            report.evidence.kind,
            report.because()
        );
    }
    let unknown: Vec<&String> = reports
        .iter()
        .filter(|(_, report)| report.evidence.kind == Kind::Unknown)
        .map(|(path, _)| path)
        .collect();
    println!("unknown: {unknown:?}");
    assert_eq!(Tally::of(&reports).panics, 0);
    for (name, kind) in EXPECTED {
        let found = reports
            .iter()
            .find(|(path, _)| path == &format!("strelka/{name}"));
        assert_eq!(
            found.map(|(_, report)| report.evidence.kind),
            Some(*kind),
            "{name}"
        );
    }
}

/// Reads the data records of Intel HEX text.
fn bytes_of_hex(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for line in text.lines().filter_map(|line| line.trim().strip_prefix(':')) {
        let row: Vec<u8> = (0..line.len() / 2)
            .map(|at| u8::from_str_radix(&line[2 * at..2 * at + 2], 16).unwrap())
            .collect();
        if row[3] == 0 {
            bytes.extend_from_slice(&row[4..4 + usize::from(row[0])]);
        }
    }
    bytes
}

/// Writes what is listed as YARA-X's `olecf` module does; it leaves control characters out of names.
fn told(bytes: &[u8]) -> String {
    let Some(listing) = strongroom_files::list_compound(bytes) else {
        return "is_olecf: false".into();
    };
    let mut text = String::from("is_olecf: true\nstreams:");
    for (name, kind, size) in listing {
        let name: String = name.chars().filter(|c| !c.is_control()).collect();
        write!(text, "\n  - name: \"{name}\"\n    type: {kind}\n    size: {size}").unwrap();
    }
    text
}

#[test]
fn compound_files_are_told_as_yara_x_tells_them() {
    let Some(folder) = shared_data(
        "formats/yara-x/olecf",
        "compound_files_are_told_as_yara_x_tells_them",
    ) else {
        return;
    };
    let mut compared = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".in.zip") else {
            continue;
        };
        let mut archive = zip::ZipArchive::new(std::fs::File::open(&path).unwrap()).unwrap();
        let mut text = String::new();
        archive.by_index(0).unwrap().read_to_string(&mut text).unwrap();
        let expected = std::fs::read_to_string(format!("{stem}.out")).unwrap();
        assert_eq!(told(&bytes_of_hex(&text)), expected.trim_end(), "{stem}");
        compared += 1;
    }
    println!("yara-x olecf: {compared} files, all fields equal");
    assert!(compared >= 12);
}

const EXPECTED: &[(&str, Kind)] = &[
    ("test.7z", Kind::SevenZip),
    ("test.bat", Kind::Batch),
    ("test.bz2", Kind::Bzip2),
    ("test.cpio", Kind::Cpio),
    ("test.deb", Kind::Ar),
    ("test.dmg", Kind::Dmg),
    ("test.doc", Kind::Doc),
    ("test.docx", Kind::Docx),
    ("test.elf", Kind::Elf),
    ("test.eml", Kind::Mail),
    ("test.empty", Kind::Empty),
    ("test.exe", Kind::Exe),
    ("test.gz", Kind::Gzip),
    ("test.html", Kind::Html),
    ("test.iqy", Kind::Iqy),
    ("test.iso", Kind::Iso),
    ("test.js", Kind::JavaScript),
    ("test.json", Kind::Json),
    ("test.lnk", Kind::Lnk),
    ("test.macho", Kind::MachO),
    ("test.msi", Kind::Msi),
    ("test.one", Kind::OneNote),
    ("test.onepkg", Kind::Cab),
    ("test.pcap", Kind::Pcap),
    ("test.pcapng", Kind::Pcapng),
    ("test.pdf", Kind::Pdf),
    ("test.pem", Kind::Pem),
    ("test.plist", Kind::Plist),
    ("test.rar", Kind::Rar),
    ("test.tar", Kind::Tar),
    ("test.txt", Kind::Text),
    ("test.vba", Kind::Vba),
    ("test.vsto", Kind::Xml),
    ("test.webp", Kind::Webp),
    ("test.xar", Kind::Xar),
    ("test.xls", Kind::Xls),
    ("test.xml", Kind::Xml),
    ("test.xz", Kind::Xz),
    ("test.zip", Kind::Zip),
    ("test_pii.csv", Kind::Csv),
    ("test_private.pgp", Kind::Pgp),
    ("test_pyinstaller", Kind::MachO),
    ("test_qr.avif", Kind::Heif),
    ("test_qr.heic", Kind::Heif),
    ("test_readonly.dmg", Kind::Dmg),
    ("test_transcode_ico.ico", Kind::Ico),
    ("test_udf_1.50.img", Kind::Iso),
];
