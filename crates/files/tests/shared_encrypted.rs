//! Real encrypted documents of `../shared/data` open with the passwords that they are known to have, and with no other.

// The helpers of a test fail as the test does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod shared;

use shared::shared_data;
use std::time::Instant;
use strongroom_files::{Options, examine_with};
use strongroom_model::{Kind, Limits, Report, Why};

/// A file, its password, and the kind of what it holds.
const KNOWN: &[(&str, &str, Kind)] = &[
    ("office/oletools/encrypted/encrypted.doc", "encrypted", Kind::Doc),
    (
        "office/oletools/encrypted/encrypted.docm",
        "encrypted",
        Kind::Docm,
    ),
    (
        "office/oletools/encrypted/encrypted.docx",
        "encrypted",
        Kind::Docx,
    ),
    ("office/oletools/encrypted/encrypted.ppt", "encrypted", Kind::Ppt),
    (
        "office/oletools/encrypted/encrypted.pptm",
        "encrypted",
        Kind::Pptm,
    ),
    (
        "office/oletools/encrypted/encrypted.pptx",
        "encrypted",
        Kind::Pptx,
    ),
    ("office/oletools/encrypted/encrypted.xls", "encrypted", Kind::Xls),
    (
        "office/oletools/encrypted/encrypted.xlsb",
        "encrypted",
        Kind::Xlsb,
    ),
    (
        "office/oletools/encrypted/encrypted.xlsm",
        "encrypted",
        Kind::Xlsm,
    ),
    (
        "office/oletools/encrypted/encrypted.xlsx",
        "encrypted",
        Kind::Xlsx,
    ),
    (
        "office/benign-poi/document/password_tika_binaryrc4.doc",
        "tika",
        Kind::Doc,
    ),
    (
        "office/benign-poi/spreadsheet/50833.xls",
        "VelvetSweatshop",
        Kind::Xls,
    ),
    ("formats/strelka/test_password.doc", "Password1!", Kind::Doc),
    ("formats/strelka/test_password.docx", "Password1!", Kind::Docx),
    ("formats/strelka/test_password_brute.doc", "aaa", Kind::Doc),
    ("formats/strelka/test_password_brute.docx", "aaa", Kind::Docx),
];

fn locked(report: &Report) -> bool {
    let parts = report.walk();
    parts
        .iter()
        .any(|part| part.gaps.iter().any(|gap| gap.cause == Why::Encrypted))
}

#[test]
fn real_documents_open_with_their_passwords() {
    let Some(folder) = shared_data("office", "real_documents_open_with_their_passwords") else {
        return;
    };
    let root = folder.parent().unwrap();
    for (path, password, kind) in KNOWN {
        let bytes = std::fs::read(root.join(path)).unwrap();
        let options = Options {
            passwords: vec![(*password).to_owned()],
        };
        let begun = Instant::now();
        let report = examine_with(path, &bytes, &Limits::default(), &options);
        let spent = begun.elapsed();
        let inner = report.children.first().unwrap_or(&report);
        assert_eq!(inner.evidence.kind, *kind, "{path}");
        assert!(
            !locked(&report) && report.gaps.is_empty(),
            "{path}: {:?}",
            report.gaps
        );
        let scheme = &report
            .findings
            .iter()
            .find(|finding| finding.code == "files.encrypted")
            .unwrap()
            .title;
        println!("{path}: {scheme}, {} ms", spent.as_millis());
        if *password != "VelvetSweatshop" {
            assert!(
                locked(&strongroom_files::examine(path, &bytes, &Limits::default())),
                "{path}"
            );
        }
    }
}
