//! What the language says and what the evaluation makes of it, one rule each.

use strongroom_files::script::{Action, Budget, Unfolded};
use strongroom_files::vba::{Module, unfold};
use strongroom_model::{Limit, Limits, Why};

fn evaluated(source: &str) -> Unfolded {
    let limits = Limits::default();
    let module = Module {
        name: "M".into(),
        source: source.into(),
    };
    unfold(&[module], &mut Budget::new(&limits))
}

fn started(unfolded: &Unfolded) -> Vec<String> {
    unfolded
        .effects
        .iter()
        .filter_map(|effect| match &effect.action {
            Action::Start { command } => Some(command.to_string()),
            _ => None,
        })
        .collect()
}

/// Returns what each expression gives as a string.
fn shown(expressions: &[&str]) -> Vec<String> {
    expressions
        .iter()
        .map(|expression| {
            let unfolded = evaluated(&format!("Sub AutoOpen()\nShell \"\" & ({expression})\nEnd Sub\n"));
            assert_eq!(unfolded.gaps, [], "{expression}");
            started(&unfolded).join("|")
        })
        .collect()
}

#[test]
fn operators_bind_as_the_language_says() {
    let given = shown(&[
        "1 + 2 * 3 ^ 2",
        "-2 ^ 2",
        "7 \\ 2 * 2",
        "10 Mod 4 + 1",
        "\"a\" & 1 + 2",
        "Not 1 = 2",
        "5 And 3 Or 8",
        "6 Xor 3",
        "2 ^ 3 ^ 2",
        "\"3\" + 4",
        "\"3\" + \"4\"",
        "5 / 2",
        "\"abc\" Like \"a[a-c]?\"",
    ]);
    assert_eq!(
        given,
        [
            "19", "-4", "1", "3", "a3", "True", "9", "5", "64", "7", "34", "2.5", "True"
        ]
    );
}

#[test]
fn functions_on_strings_are_exact() {
    let given = shown(&[
        "Mid(\"abcdef\", 2, 3)",
        "Right(\"abc\", 9)",
        "InStr(2, \"abcabc\", \"a\")",
        "InStrRev(\"abcabc\", \"b\")",
        "Replace(\"aXbX\", \"x\", \"-\", 1, 1, vbTextCompare)",
        "StrConv(StrConv(\"hi\", vbFromUnicode), vbUnicode)",
        "Hex(255) & Oct(8) & Hex(-1)",
        "Asc(\"A\") & AscW(ChrW(8364))",
        "Len(Space(3) & String(2, \"x\"))",
        "Trim(\"  a b \")",
        "UBound(Split(\"a,b,c\", \",\"))",
        "CInt(2.5) & CInt(3.5) & CLng(\"&H10\")",
        "IIf(1 > 2, \"a\", \"b\") & Choose(2, \"x\", \"y\")",
        "Join(Filter(Array(\"ab\", \"cd\", \"ac\"), \"a\"), \"\")",
        "Str(5) & Val(\"12ab\")",
        "Format(7, \"000\")",
        "StrReverse(LCase(\"ABC\"))",
    ]);
    assert_eq!(
        given,
        [
            "bcd", "abc", "4", "5", "a-bX", "hi", "FF10FFFF", "658364", "5", "a b", "2", "2416", "by",
            "abac", " 512", "007", "cba"
        ]
    );
}

#[test]
fn an_overflow_stops_its_statement_and_a_variant_grows() {
    let unfolded = evaluated(
        "Sub AutoOpen()\nOn Error Resume Next\nDim i As Integer, v\ni = 30000\ni = i + i\nv = i\nv = v + v\n\
         Shell i & \",\" & v & \",\" & Err.Number\nEnd Sub\n",
    );
    assert_eq!(started(&unfolded), ["30000,60000,6"]);
}

#[test]
fn what_is_unknown_stays_an_expression_and_both_arms_run() {
    let unfolded = evaluated(
        "Sub AutoOpen()\nDim s\ns = \"a\"\nIf Now > 5 Then\ns = \"b\"\nShell \"one \" & s\nElse\nShell \"two \" & s\n\
         End If\nShell Environ(\"TEMP\") & s\nEnd Sub\n",
    );
    assert_eq!(started(&unfolded), ["one b", "two a", "⟨Environ(\"TEMP\")⟩⟨s⟩"]);
}

#[test]
fn arguments_by_reference_come_back_and_static_variables_stay() {
    let unfolded = evaluated(
        "Sub Fill(ByRef a, ByVal b)\na = a & \"x\": b = b & \"y\"\nEnd Sub\n\
         Function Count() As Long\nStatic n As Long\nn = n + 1: Count = n\nEnd Function\n\
         Sub AutoOpen()\nDim p, q\nFill p, q\nCount\nShell p & q & Count()\nEnd Sub\n",
    );
    assert_eq!(started(&unfolded), ["x2"]);
}

#[test]
fn arrays_types_and_dictionaries_hold_what_is_put_into_them() {
    let unfolded = evaluated(
        "Option Base 1\nType Pair\n  left As String\n  items(2) As String\nEnd Type\nEnum E\n  one = 5\n  two\nEnd Enum\n\
         Sub AutoOpen()\nDim a(2) As String, p As Pair, d, b() As Byte\na(1) = \"x\": a(2) = a(1) & \"y\"\n\
         ReDim Preserve b(3)\nb(1) = 65\np.left = a(2): p.items(1) = Chr(b(1))\n\
         Set d = CreateObject(\"Scripting.Dictionary\")\nd(\"k\") = p.left & p.items(1)\nd.Add \"z\", two\n\
         Shell d(\"k\") & d.Item(\"z\") & d.Count\nEnd Sub\n",
    );
    assert_eq!(started(&unfolded), ["xyA62"]);
}

#[test]
fn code_that_nobody_calls_is_evaluated_last_and_told_once() {
    let unfolded = evaluated(
        "Sub Late(x)\nShell \"late \" & x\nEnd Sub\nSub AutoOpen()\nDim i\nFor i = 1 To 3\nShell \"first\"\nNext\nEnd Sub\n",
    );
    assert_eq!(started(&unfolded), ["first", "late ⟨x⟩"]);
}

#[test]
fn a_line_that_is_no_vba_leaves_a_gap_with_its_place_and_hides_nothing_else() {
    let unfolded = evaluated("Sub AutoOpen()\nShell \"before\"\n) what ( is\nShell \"behind\"\nEnd Sub\n");
    assert_eq!(started(&unfolded), ["before", "behind"]);
    assert_eq!(unfolded.gaps.len(), 1);
    assert_eq!(unfolded.gaps[0].place, "M line 3");
    assert!(unfolded.gaps[0].hides);
}

#[test]
fn deep_nesting_and_recursion_end_with_a_gap() {
    let limit = |unfolded: &Unfolded| {
        unfolded
            .gaps
            .iter()
            .any(|gap| gap.cause == Why::Limit(Limit::Nesting))
    };
    let parentheses = format!(
        "Sub AutoOpen()\nShell {}1{}\nEnd Sub\n",
        "(".repeat(5000),
        ")".repeat(5000)
    );
    assert!(limit(&evaluated(&parentheses)));
    let calls = "Function F(n)\nF = ((((((((F(n + 1) & (\"a\" & (\"b\" & F(n + 2)))))))))))\nEnd Function\nSub AutoOpen()\nShell F(1)\nEnd Sub\n";
    assert!(limit(&evaluated(calls)));
    let blocks = format!(
        "Sub AutoOpen()\n{}Shell \"deep\"\n{}End Sub\n",
        "If Now > 1 Then\n".repeat(60),
        "End If\n".repeat(60)
    );
    assert!(!evaluated(&blocks).effects.is_empty() || limit(&evaluated(&blocks)));
}

#[test]
fn a_long_chain_of_pieces_needs_no_deep_stack() {
    let chain = vec!["\"ab\""; 20_000].join(" & ");
    let unfolded = evaluated(&format!("Sub AutoOpen()\nShell {chain}\nEnd Sub\n"));
    assert_eq!(started(&unfolded), ["ab".repeat(20_000)]);
}

#[test]
fn a_value_over_its_bound_leaves_a_gap_and_hides_nothing_behind_it() {
    let unfolded = evaluated(
        "Sub AutoOpen()\nDim s: s = \"ab\"\nDo\ns = s & s\nLoop\nShell \"behind\"\nShell Space(99999999)\nEnd Sub\n",
    );
    assert_eq!(started(&unfolded), ["behind"]);
    assert!(
        unfolded
            .gaps
            .iter()
            .any(|gap| matches!(gap.cause, Why::Limit(Limit::ValueBytes | Limit::Steps)))
    );
}

#[test]
fn jumps_that_may_be_taken_are_taken() {
    let unfolded = evaluated(
        "Sub AutoOpen()\nOn Error GoTo broken\nIf Now > 1 Then GoTo other\nShell \"straight\"\nExit Sub\n\
         other:\nShell \"other\"\nExit Sub\nbroken:\nShell \"broken\"\nEnd Sub\n",
    );
    assert_eq!(started(&unfolded), ["straight", "broken", "other"]);
}

#[test]
fn one_next_may_close_two_loops() {
    let unfolded = evaluated(
        "Sub AutoOpen()\nDim s, i, j\nFor i = 1 To 2\nFor j = 1 To 2\ns = s & i & j\nNext j, i\nShell s\nEnd Sub\n",
    );
    assert_eq!(started(&unfolded), ["11122122"]);
    assert_eq!(unfolded.gaps, []);
}

#[test]
fn modules_see_each_other() {
    let module = |name: &str, source: &str| Module {
        name: name.into(),
        source: source.into(),
    };
    let limits = Limits::default();
    let unfolded = unfold(
        &[
            module("ThisDocument", "Sub Document_Open()\nHelper.Go Secret\nEnd Sub\n"),
            module(
                "Helper",
                "Public Const Secret = \"notepad\"\nSub Go(what)\nVBA.Shell what\nEnd Sub\n",
            ),
        ],
        &mut Budget::new(&limits),
    );
    assert_eq!(started(&unfolded), ["notepad"]);
    assert_eq!(unfolded.effects[0].layer, 1);
}

#[test]
fn the_header_of_a_class_is_passed_over_and_nothing_that_runs_looks_like_one() {
    let class = "VERSION 1.0 CLASS\nBEGIN\n  MultiUse = -1  'True\nEND\nAttribute VB_Name = \"A\"\n\
                 Sub AutoOpen()\nShell \"one.example\"\nEnd Sub\n";
    let unfolded = evaluated(class);
    assert_eq!(
        (started(&unfolded), unfolded.gaps.len()),
        (vec!["one.example".to_owned()], 0)
    );
    for text in [
        "Sub AutoOpen()\nEnd Sub\nBegin: x\n",
        "Begin\nSub AutoOpen()\nShell \"one.example\"\nEnd Sub\n",
        "VERSION 1.0 CLASS\nBegin: a\nSub AutoOpen()\nShell \"one.example\"\nEnd Sub\n",
    ] {
        let unfolded = evaluated(text);
        let expected = usize::from(text.contains("Shell"));
        assert_eq!(started(&unfolded).len(), expected, "{text}: {unfolded:?}");
    }
}
