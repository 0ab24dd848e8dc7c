//! Modules whose p-code is another program than their source, and those that only look like it.

// The helpers of a test fail as the test does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod assembler;

use assembler::{Ins, Module, cache, compiled_project, identifiers};
use strongroom_files::{decompile_vba, examine, read_vba};
use strongroom_model::{Gap, Limits, Report, Verdict};

const SOURCE: &str = "Sub AutoOpen()\n  a = \"cmd /c start \" & \"hxxp\" ' a note\n  Shell a, 0\nEnd Sub\n";

fn lines() -> Vec<Vec<Ins>> {
    vec![
        vec![Ins::Sub("AutoOpen")],
        vec![
            Ins::Text("cmd /c start "),
            Ins::Text("hxxp"),
            Ins::Concat,
            Ins::Store("a"),
            Ins::Comment(" a note"),
        ],
        vec![Ins::Load("a"), Ins::Number(0), Ins::Call("Shell", 2)],
        vec![Ins::EndSub],
    ]
}

fn project(source: &str, lines: Vec<Vec<Ins>>) -> Vec<u8> {
    compiled_project(&[Module {
        name: "Module1",
        source,
        lines,
    }])
}

fn report(file: &[u8]) -> Report {
    examine("vbaProject.bin", file, &Limits::default())
}

fn has(report: &Report, code: &str) -> bool {
    report.findings.iter().any(|finding| finding.code == code)
}

#[test]
fn p_code_is_listed_and_turned_back_into_source() {
    let mut code = lines();
    code.insert(3, vec![Ins::Number(65), Ins::Get("Chr", 1), Ins::Store("b")]);
    let source = SOURCE.replace("End Sub", "  b = Chr(65)\nEnd Sub");
    let file = project(&source, code);
    let projects = read_vba(&file).unwrap();
    let module = &projects[0].modules[0];
    assert_eq!(
        module.decompiled.as_deref().unwrap(),
        [
            "Sub AutoOpen()",
            "a = \"cmd /c start \" & \"hxxp\" ' a note",
            "Shell a, 0",
            "b = Chr(65)",
            "End Sub"
        ]
    );
    let listing: Vec<&str> = module.pcode.as_ref().unwrap()[2]
        .iter()
        .map(String::as_str)
        .collect();
    assert_eq!(listing, ["Ld a ", "LitDI2 0x0000 ", "ArgsCall Shell 0x0002 "]);
    assert_eq!(module.stomped, None);
}

#[test]
fn a_module_whose_source_is_its_p_codes_is_not_stomped() {
    let report = report(&project(SOURCE, lines()));
    assert!(!has(&report, "macro.stomped"));
    assert!(report.gaps.is_empty(), "{:?}", report.gaps);
    assert_eq!(report.scripts[0].layers[0].by, "source");
    assert!(
        report
            .scripts
            .iter()
            .all(|script| !script.name.contains("p-code"))
    );
}

#[test]
fn a_replaced_source_is_told_and_the_p_code_is_run() {
    let report = report(&project("Sub AutoOpen()\n  MsgBox \"hello\"\nEnd Sub\n", lines()));
    let stomped = report
        .findings
        .iter()
        .find(|finding| finding.code == "macro.stomped")
        .unwrap();
    assert_eq!(stomped.facts["module"], "Module1".into());
    assert_eq!(
        stomped.facts["only"],
        "Shell(), \"cmd /c start \", \"hxxp\"".into()
    );
    let acts = report
        .findings
        .iter()
        .find(|finding| finding.code == "macro.stomped-acts")
        .unwrap();
    assert_eq!(acts.facts["what"], "starts cmd /c start hxxp".into());
    let script = report
        .scripts
        .iter()
        .find(|script| script.name == "VBA p-code")
        .unwrap();
    assert_eq!(script.language, "vba");
    assert!(script.layers[0].text.contains("Shell a, 0"));
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn an_emptied_source_is_told() {
    let report = report(&project("", lines()));
    assert!(has(&report, "macro.stomped"));
    assert!(has(&report, "macro.auto-run-start"));
}

#[test]
fn source_without_p_code_is_what_other_programs_write() {
    for lines in [Vec::new(), vec![Vec::new(); 4]] {
        let report = report(&project(SOURCE, lines));
        assert!(!has(&report, "macro.stomped"));
        assert!(report.gaps.is_empty(), "{:?}", report.gaps);
    }
}

#[test]
fn p_code_of_no_version_is_no_program() {
    // The stream of names says that nothing is compiled: whoever opens the file compiles the source.
    let mut file = project("Sub AutoOpen()\nEnd Sub\n", lines());
    let magic = file.windows(4).position(|w| w == b"\xCC\x61\xB2\0").unwrap();
    file[magic + 2..magic + 4].fill(0xFF);
    assert!(!has(&report(&file), "macro.stomped"));
}

#[test]
fn the_p_code_stands_in_for_a_source_that_is_gone() {
    let file = project(
        "Attribute VB_Name = \"Module1\"\nSub AutoOpen()\nEnd Sub\n",
        lines(),
    );
    // The compressed source begins behind the last instruction; its signature and text are wiped.
    let mut file = file;
    let start = file.windows(10).position(|w| w == b"\0Attribut\0").unwrap();
    file[start - 3..start + 30].fill(0);
    let report = report(&file);
    assert!(!has(&report, "macro.stomped"));
    assert!(has(&report, "macro.auto-run-start"));
    assert!(report.scripts.iter().any(|script| script.name == "VBA p-code"));
    assert!(
        report
            .gaps
            .iter()
            .any(|gap| gap.why.contains("p-code is read instead"))
    );
}

#[test]
fn a_line_that_is_not_understood_hides_where_the_p_code_counts() {
    let mut code = lines();
    code.extend((0..30).map(|_| vec![Ins::Comment(" filler")]));
    code[1] = vec![Ins::Unknown];
    let report = report(&project("Sub AutoOpen()\nEnd Sub\n", code));
    assert!(has(&report, "macro.stomped") || report.gaps.iter().any(|gap| gap.hides));
}

#[test]
fn p_code_that_is_mostly_not_understood_hides() {
    let mut code = lines();
    code.splice(1..3, vec![vec![Ins::Unknown]; 2]);
    let report = report(&project("Sub AutoOpen()\nEnd Sub\n", code));
    let hides = |gap: &&Gap| gap.hides && gap.why.contains("p-code");
    assert!(report.gaps.iter().any(|gap| hides(&gap)), "{:?}", report.gaps);
    assert_ne!(report.verdict(), Verdict::Clean);
}

#[test]
fn p_code_that_no_reader_finds_hides() {
    let mut file = project("Sub AutoOpen()\nEnd Sub\n", lines());
    let mark = file.windows(4).position(|w| w == b"\xFE\xCA\x01\0").unwrap();
    file[mark] = 0;
    let report = report(&file);
    let hides = |gap: &&Gap| gap.hides && gap.why.contains("p-code");
    assert!(report.gaps.iter().any(|gap| hides(&gap)), "{:?}", report.gaps);
}

#[test]
fn lines_that_lie_over_each_other_are_not_read_again_and_again() {
    let mut names = Vec::new();
    let code = vec![vec![Ins::Comment("twenty characters or so")]; 2000];
    let mut module = cache(&code, &mut names);
    let table = 6 + module.windows(4).position(|w| w == b"\xFE\xCA\x01\0").unwrap();
    for line in 0..2000 {
        let at = table + 12 * line;
        module[at + 4..at + 6].copy_from_slice(&0xFFF0_u16.to_le_bytes());
        module[at + 8..at + 12].fill(0);
    }
    let lines = decompile_vba(&identifiers(&names), &module, true).unwrap();
    assert!(lines.len() < 4, "{} lines", lines.len());
}

#[test]
fn the_text_of_a_line_is_bounded() {
    const LONG: &str = concat!(
        "a_name_that_is_as_long_as_names_may_be_and_then_is_joined_to_itself_many_thousand_times_",
        "which_makes_of_ten_bytes_each_a_text_that_grows_and_is_copied_each_time_that_it_grows"
    );
    let mut line = vec![Ins::Load(LONG)];
    line.extend([Ins::Load(LONG), Ins::Concat].repeat(5000));
    let mut names = Vec::new();
    let module = cache(&[line], &mut names);
    let lines = decompile_vba(&identifiers(&names), &module, true).unwrap();
    assert!(
        lines[0].starts_with("' p-code not understood"),
        "{} characters",
        lines[0].len()
    );
}
