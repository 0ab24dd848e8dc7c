//! Encrypted documents of every scheme are opened with the right password, told with the wrong one, and examined on.

// The helpers of a test fail as the test does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod lock;

use lock::{
    Agile, Key, Scheme, agile, agile_streams, atom, compound, presentation, record, standard, word, word_95,
    workbook,
};
use std::io::{Cursor, Write};
use strongroom_files::{Options, examine, examine_with, write_vba_project};
use strongroom_model::{Kind, Limits, Report, Verdict, Why};
use zip::write::SimpleFileOptions;

const WORD: &str = "K\u{e4}se-2019";
const OFFICE: &str = "VelvetSweatshop";

fn open(name: &str, bytes: &[u8], password: &str) -> Report {
    let options = Options {
        passwords: vec!["wrong".to_owned(), password.to_owned()],
    };
    examine_with(name, bytes, &Limits::default(), &options)
}

fn codes(report: &Report) -> Vec<&str> {
    let parts = report.walk();
    parts
        .iter()
        .flat_map(|part| part.findings.iter().map(|finding| &*finding.code))
        .collect()
}

fn told(report: &Report, code: &str) -> String {
    let found = report.findings.iter().find(|finding| finding.code == code);
    found.map(|finding| finding.title.clone()).unwrap_or_default()
}

fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A document with a field, long enough for several segments.
fn package() -> Vec<u8> {
    let types = "<Types><Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument\
                 .wordprocessingml.document.main+xml\"/></Types>";
    let story =
        "<w:document xmlns:w=\"w\"><w:instrText>DDEAUTO program \"argument\"</w:instrText></w:document>";
    let filler: Vec<u8> = (0..9000u32).map(|n| (n.wrapping_mul(n) >> 5) as u8).collect();
    archive(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("word/document.xml", story.as_bytes()),
        ("word/filler.bin", &filler),
    ])
}

fn opens_package(report: &Report, package: &[u8], what: &str) {
    assert_eq!(report.evidence.kind, Kind::Ole, "{what}");
    assert_eq!(report.children.len(), 1, "{what}: {:?}", report.gaps);
    let child = &report.children[0];
    assert_eq!(child.evidence.size, package.len() as u64, "{what}");
    assert_eq!(child.evidence.kind, Kind::Docx, "{what}");
    assert!(codes(child).contains(&"files.dde"), "{what}");
    assert!(report.gaps.is_empty(), "{what}: {:?}", report.gaps);
}

#[test]
fn standard_encryption_opens_by_every_length_of_key() {
    let package = package();
    for bits in [128, 192, 256] {
        let bytes = standard(&package, WORD, bits);
        let report = open("a.docx", &bytes, WORD);
        opens_package(&report, &package, &format!("AES-{bits}"));
        let scheme = format!("the content is encrypted (ECMA-376 standard, AES-{bits}, SHA-1)");
        assert_eq!(told(&report, "files.encrypted"), scheme);
        assert_eq!(
            told(&report, "files.unlocked"),
            format!("the password {WORD} opens it (named by the user)")
        );
    }
}

#[test]
fn agile_encryption_opens_by_every_cipher_hash_and_chaining() {
    let package = package();
    let ciphers = [
        ("AES", 128, "ChainingModeCBC"),
        ("AES", 192, "ChainingModeCBC"),
        ("AES", 256, "ChainingModeCBC"),
        ("AES", 256, "ChainingModeCFB"),
        ("3DES", 192, "ChainingModeCBC"),
        ("DES", 64, "ChainingModeCBC"),
        ("RC2", 128, "ChainingModeCBC"),
    ];
    let hashes = ["SHA512", "SHA1", "SHA256", "SHA384", "MD5"];
    for (n, (cipher, key_bits, chaining)) in ciphers.into_iter().enumerate() {
        // Each hash with AES-256 as Office writes it, one hash with each other cipher.
        let with = if n == 2 {
            &hashes[..]
        } else {
            &hashes[n % 5..=n % 5]
        };
        for hash in with {
            let how = Agile {
                cipher,
                key_bits,
                chaining,
                hash,
                rounds: 100,
            };
            let report = open("a.docx", &agile(&package, WORD, &how), WORD);
            opens_package(
                &report,
                &package,
                &format!("{cipher} {key_bits} {chaining} {hash}"),
            );
        }
    }
}

const USUAL: Agile = Agile {
    cipher: "AES",
    key_bits: 256,
    chaining: "ChainingModeCBC",
    hash: "SHA512",
    rounds: 100,
};

#[test]
fn a_wrong_password_is_told_and_counted() {
    let bytes = agile(&package(), WORD, &USUAL);
    let report = open("a.docx", &bytes, "K\u{e4}se-2018");
    assert_eq!(report.verdict(), Verdict::NotCleared);
    assert!(report.children.is_empty());
    assert_eq!(report.gaps.len(), 1);
    assert_eq!(report.gaps[0].cause, Why::Encrypted);
    assert_eq!(
        report.gaps[0].why,
        "encrypted: ECMA-376 agile, AES-256 CBC, SHA-512, 100 rounds; none of 14 passwords opens it"
    );
}

#[test]
fn the_password_that_office_tries_is_a_finding_and_no_suspicion() {
    let bytes = agile(&archive(&[("[Content_Types].xml", b"<Types/>")]), OFFICE, &USUAL);
    let report = examine("a.xlsx", &bytes, &Limits::default());
    assert!(codes(&report).contains(&"files.default-password"));
    assert_eq!(report.verdict(), Verdict::Clean, "{:?}", report.gaps);
}

#[test]
fn the_password_of_a_mails_text_opens_its_attachment() {
    use base64::Engine;
    let attached = base64::engine::general_purpose::STANDARD.encode(agile(&package(), "Kim-2019!", &USUAL));
    let mail = format!(
        "From: a@b.example\r\nTo: c@d.example\r\nSubject: invoice\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"p\"\r\n\r\n--p\r\nContent-Type: text/plain\r\n\r\n\
         Dear Alice, the password is Kim-2019!\r\n--p\r\nContent-Type: application/octet-stream\r\n\
         Content-Disposition: attachment; filename=\"a.docx\"\r\nContent-Transfer-Encoding: base64\r\n\r\n\
         {attached}\r\n--p--\r\n"
    );
    let report = examine("m.eml", mail.as_bytes(), &Limits::default());
    let locked = &report.children[0];
    assert_eq!(
        told(locked, "files.unlocked"),
        "the password Kim-2019! opens it (from the mail's text)"
    );
    assert!(codes(locked).contains(&"files.dde"));
}

#[test]
fn content_that_was_changed_afterwards_is_told_and_examined() {
    let package = package();
    let (info, mut sealed) = agile_streams(&package, WORD, &USUAL);
    let last = sealed.len() - 4100;
    sealed[last] ^= 1;
    let bytes = compound(&[("/EncryptionInfo", &info), ("/EncryptedPackage", &sealed)]);
    let report = open("a.docx", &bytes, WORD);
    assert_eq!(report.children.len(), 1);
    let gap = &report.gaps[0];
    assert!(
        gap.cause == Why::Damaged && !gap.hides && gap.why.contains("integrity"),
        "{gap:?}"
    );
}

#[test]
fn what_a_descriptor_claims_is_bounded() {
    let (info, sealed) = agile_streams(b"PK", WORD, &USUAL);
    let limits = Limits {
        steps: 20_000,
        ..Limits::default()
    };
    let with = |rounds: &str| {
        let info = String::from_utf8(info.clone()).unwrap();
        let info = info.replace("spinCount=\"100\"", &format!("spinCount=\"{rounds}\""));
        let bytes = compound(&[
            ("/EncryptionInfo", info.as_bytes()),
            ("/EncryptedPackage", &sealed),
        ]);
        examine("a.docx", &bytes, &limits).gaps[0].clone()
    };
    let gap = with("10000001");
    assert!(
        gap.hides && gap.why.contains("more rounds than the format allows"),
        "{gap:?}"
    );
    let gap = with("100000");
    let (limit, tried) = ("320000 rounds of hashing", "3 passwords were tried");
    assert!(
        matches!(gap.cause, Why::Limit(_)) && gap.why.contains(limit) && gap.why.contains(tried),
        "{gap:?}"
    );
    assert!(with("-1").why.contains("a number is missing"));
}

#[test]
fn what_no_password_opens_is_named() {
    let sealed = [0; 64];
    let gap = |info: &[u8]| {
        let bytes = compound(&[("/EncryptionInfo", info), ("/EncryptedPackage", &sealed)]);
        let report = examine("a.docx", &bytes, &Limits::default());
        assert_eq!(report.verdict(), Verdict::NotCleared);
        report.gaps[0].why.clone()
    };
    assert!(gap(b"\x04\0\x03\0\x10\0\0\0").contains("ECMA-376 extensible"));
    assert!(gap(b"\x09\0\x09\0").contains("version 9.9"));
    assert!(gap(b"\x04\0\x02\0\0\0\0\0\xFF\0\0\0").contains("header of the encryption is broken"));
    assert!(gap(b"\x04\0\x04\0\x40\0\0\0<encryption/>").contains("no keyData"));
    let (info, _) = agile_streams(b"PK", WORD, &USUAL);
    let info = String::from_utf8(info).unwrap();
    let lost = info.replace("encryptedKeyValue", "value");
    let bytes = compound(&[
        ("/EncryptionInfo", lost.as_bytes()),
        ("/EncryptedPackage", &sealed),
    ]);
    let gaps = examine("a.docx", &bytes, &Limits::default()).gaps;
    assert!(
        gaps[0].why.contains("it has no key: no program opens it") && !gaps[0].hides,
        "{gaps:?}"
    );
    assert!(gap(info.replace("SHA512", "WHIRLPOOL").as_bytes()).contains("hash WHIRLPOOL is not read"));
    assert!(gap(info.replace("spinCount", "certificate").as_bytes()).contains("for certificates alone"));
}

#[test]
fn rights_management_is_told_from_a_password() {
    let transform = "/\u{6}DataSpaces/TransformInfo/DRMEncryptedTransform/\u{6}Primary";
    let bytes = compound(&[(transform, b"x"), ("/EncryptedPackage", &[0; 64])]);
    let old = compound(&[("/\u{9}DRMContent", &[0; 64])]);
    for bytes in [bytes, old] {
        let report = examine("a.docx", &bytes, &Limits::default());
        assert!(codes(&report).contains(&"files.rights-managed"));
        assert!(report.gaps[0].why.contains("rights management (IRM)") && report.gaps[0].hides);
    }
}

/// The legacy schemes; XOR knows no more than fifteen single bytes.
const LEGACY: [(Scheme, &str); 6] = [
    (Scheme::Rc4, "RC4 with 40 bits"),
    (Scheme::CryptoApi(40), "RC4 CryptoAPI with 40 bits"),
    (Scheme::CryptoApi(56), "RC4 CryptoAPI with 56 bits"),
    (Scheme::CryptoApi(128), "RC4 CryptoAPI with 128 bits"),
    (Scheme::Xor, "XOR obfuscation"),
    (Scheme::Xor, "XOR obfuscation"),
];

#[test]
fn workbooks_open_by_every_scheme_in_place() {
    let label: Vec<u8> = (0..3000u32).map(|n| n as u8).collect();
    let link = [&b"\0\0\x10\0\0"[..], b"program\x03argument"].concat();
    let sheet = b"\0\0\0\0\0\0\x05\0Table";
    for (number, (scheme, told_scheme)) in LEGACY.into_iter().enumerate() {
        let old = number == 5;
        let records = [
            record(0x0809, &[0, 6, 5, 0, 0, 0, 0, 0]),
            record(0x00E1, &[0xB0, 0x04]),
            record(0x0085, sheet),
            record(0x00FF, &label),
            record(0x01AE, &link),
            record(0x000A, b""),
        ];
        let stream = workbook(&records, &Key::new(scheme, "Kase-2019"), old);
        let bytes = compound(&[("/Workbook", &stream)]);
        let report = open("a.xls", &bytes, "Kase-2019");
        assert_eq!(report.evidence.kind, Kind::Xls);
        assert!(
            told(&report, "files.encrypted").contains(told_scheme),
            "{scheme:?}"
        );
        assert!(
            told(&report, "files.dde").contains("program argument"),
            "{scheme:?}: {:?} {:?}",
            codes(&report),
            report.gaps
        );
        assert!(
            report.gaps.iter().all(|gap| gap.cause != Why::Encrypted),
            "{scheme:?}"
        );
        let shut = open("a.xls", &bytes, "Kase-2018");
        assert!(!codes(&shut).contains(&"files.dde"));
        assert!(
            shut.gaps
                .iter()
                .any(|gap| gap.cause == Why::Encrypted && gap.hides),
            "{scheme:?}"
        );
    }
}

#[test]
fn a_locked_workbook_without_sheets_hides_nothing() {
    let key = Key::new(Scheme::Rc4, WORD);
    let hides = |records: &[Vec<u8>], rest: &[u8]| {
        let stream = [&workbook(records, &key, false)[..], rest].concat();
        let report = examine("a.xls", &compound(&[("/Workbook", &stream)]), &Limits::default());
        report
            .gaps
            .iter()
            .any(|gap| gap.cause == Why::Encrypted && gap.hides)
    };
    let begin = record(0x0809, &[0, 6, 5, 0, 0, 0, 0, 0]);
    assert!(!hides(&[begin.clone(), record(0x000A, b"")], b""));
    assert!(hides(
        &[begin.clone(), record(0x0085, b"\0\0\0\0\0\0\x01\0a")],
        b""
    ));
    // A sheet's record that breaks off.
    assert!(hides(&[begin], b"\x85\0\xC8\0\x01"));
}

#[test]
fn word_documents_open_by_every_scheme() {
    for table_one in [false, true] {
        for (scheme, told_scheme) in LEGACY {
            let mut main = vec![0; 68];
            main[..4].copy_from_slice(&[0xEC, 0xA5, 0xC1, 0x00]);
            main[11] = if table_one { 0x02 } else { 0 };
            main.extend((0..1500u32).map(|n| 1 + (n % 200) as u8));
            main.extend(b"\x13 DDEAUTO program argument \x14text\x15 \0\0 end");
            let bytes = word(
                &main,
                b"\0\0 https://table.example/a \0\0\0",
                b"https://data.example/b \0",
                &Key::new(scheme, "Kase-2019"),
            );
            let report = open("a.doc", &bytes, "Kase-2019");
            assert_eq!(report.evidence.kind, Kind::Doc);
            assert!(
                told(&report, "files.encrypted").contains(told_scheme),
                "{scheme:?}"
            );
            assert!(
                told(&report, "files.dde").contains("program argument"),
                "{scheme:?}"
            );
            let seen: Vec<&str> = report
                .observables
                .iter()
                .map(|seen| seen.observable.value())
                .collect();
            assert!(seen.contains(&"https://table.example/a"), "{scheme:?}: {seen:?}");
            assert!(seen.contains(&"https://data.example/b"), "{scheme:?}: {seen:?}");
            assert_eq!(open("a.doc", &bytes, "no").verdict(), Verdict::NotCleared);
        }
    }
}

#[test]
fn documents_of_word_6_and_95_open() {
    for version in [0x65, 0x67, 0x68] {
        let mut main = vec![0; 52];
        main[..4].copy_from_slice(&[0xDC, 0xA5, version, 0x00]);
        // What stands clear in later versions is a length here, and sealed.
        main.extend(b"\x13 DDEAUTO program argument \x14text\x15 https://a.example/b \0");
        main.extend((0..600u32).map(|n| 1 + (n % 200) as u8));
        let bytes = word_95(&main, &Key::new(Scheme::Xor, "Kase-2019"));
        let report = open("a.doc", &bytes, "Kase-2019");
        assert!(told(&report, "files.encrypted").contains("XOR"));
        assert!(
            told(&report, "files.dde").contains("program argument"),
            "{version:#x}"
        );
        assert_eq!(open("a.doc", &bytes, "no").verdict(), Verdict::NotCleared);
    }
}

#[test]
fn presentations_open_object_by_object() {
    let project = write_vba_project(&[("Module1", "Sub Auto_Open()\n  MsgBox 1\nEnd Sub\n")]);
    let storage = atom(0, 0x1011, &project);
    let objects = [atom(0, 0x0FA8, b"see https://slide.example/a end"), storage];
    let picture = atom(
        0x6E00,
        0xF01E,
        &[&[7; 16][..], &[0xFF], b"\x89PNG not a picture"].concat(),
    );
    for bits in [40, 128] {
        let key = Key::new(Scheme::CryptoApi(bits), WORD);
        let bytes = presentation(&objects, &picture, &key);
        let report = open("a.ppt", &bytes, WORD);
        assert_eq!(report.evidence.kind, Kind::Ppt);
        assert!(
            codes(&report).contains(&"macro.auto-run"),
            "{bits}: {:?} {:?}",
            codes(&report),
            report.gaps
        );
        let seen = |report: &Report| {
            let mut seen = report.observables.iter().map(|seen| seen.observable.value());
            seen.any(|value| value == "https://slide.example/a")
        };
        assert!(seen(&report));
        let shut = open("a.ppt", &bytes, "no");
        assert!(!seen(&shut) && shut.verdict() == Verdict::NotCleared);
        assert!(
            shut.gaps.iter().all(|gap| gap.cause == Why::Encrypted),
            "{:?}",
            shut.gaps
        );
    }
    let own = presentation(
        &objects,
        &picture,
        &Key::new(Scheme::CryptoApi(40), "/01Hannes Ruescher/01"),
    );
    let report = examine("a.ppt", &own, &Limits::default());
    assert!(codes(&report).contains(&"files.default-password"));
}

#[test]
fn damaged_and_cut_encryptions_are_answered() {
    let samples = [
        agile(b"PK\x03\x04 short", OFFICE, &USUAL),
        word(&[1; 700], b"table", b"data", &Key::new(Scheme::Rc4, OFFICE)),
        presentation(
            &[atom(0, 1, b"abc")],
            &atom(0x6E00, 0xF01E, &[1; 40]),
            &Key::new(Scheme::CryptoApi(40), OFFICE),
        ),
    ];
    for sample in samples {
        for place in (0..sample.len()).step_by(97) {
            let mut flipped = sample.clone();
            flipped[place] ^= 0xFF;
            examine("a", &flipped, &Limits::default());
            examine("a", &sample[..place], &Limits::default());
        }
    }
}

/// The fuzzer starts from what the encryptors of this test write; `BLESS=1` writes it anew.
#[test]
fn the_seeds_of_the_fuzzer_are_what_the_encryptors_write() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/files_crypt");
    let write = |name: &str, which: u8, paths: [&str; 2], bytes: &[u8]| {
        let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).unwrap();
        let mut read = |path: &str| {
            let mut bytes = Vec::new();
            if file.is_stream(path) {
                std::io::Read::read_to_end(&mut file.open_stream(path).unwrap(), &mut bytes).unwrap();
            }
            bytes
        };
        let (first, second) = (read(paths[0]), read(paths[1]));
        let head = [&[which][..], &(first.len() as u16).to_le_bytes()].concat();
        let (path, seed) = (folder.join(name), [head, first, second].concat());
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, &seed).unwrap();
        }
        assert!(
            std::fs::read(&path).unwrap() == seed,
            "{name} is stale: BLESS=1 writes it anew"
        );
    };
    let package = ["/EncryptionInfo", "/EncryptedPackage"];
    write("agile", 0, package, &agile(b"PK\x05\x06 short", OFFICE, &USUAL));
    write(
        "standard",
        0,
        package,
        &standard(b"PK\x05\x06 short", OFFICE, 128),
    );
    let records = [
        record(0x0809, &[0, 6, 5, 0, 0, 0, 0, 0]),
        record(0x0085, b"\0\0\0\0\0\0\x01\0a"),
        record(0x00FF, &[7; 1100]),
        record(0x000A, b""),
    ];
    let mut main = vec![1; 900];
    main[..12].copy_from_slice(&[0xEC, 0xA5, 0xC1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for (name, scheme) in [
        ("rc4", Scheme::Rc4),
        ("cryptoapi", Scheme::CryptoApi(128)),
        ("xor", Scheme::Xor),
    ] {
        let key = Key::new(scheme, OFFICE);
        let sheets = compound(&[("/Workbook", &workbook(&records, &key, false))]);
        write(
            &format!("workbook-{name}"),
            1,
            ["/Workbook", "/encryption"],
            &sheets,
        );
        let text = word(&main, b"table", b"data", &key);
        write(&format!("word-{name}"), 2, ["/WordDocument", "/0Table"], &text);
    }
    let objects = [
        atom(0, 0x0FA8, b"text"),
        atom(0x000F, 0x03E8, &atom(0, 1, b"inner")),
    ];
    let picture = atom(0x6E00, 0xF01E, &[1; 40]);
    let slides = presentation(&objects, &picture, &Key::new(Scheme::CryptoApi(40), OFFICE));
    write(
        "presentation",
        3,
        ["/Current User", "/PowerPoint Document"],
        &slides,
    );
}
