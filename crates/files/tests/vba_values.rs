//! What operators and functions give (MS-VBAL 5.6.9, 6.1), and what long loops cost.

mod shell;

use shell::{evaluated, given, holds};
use strongroom_files::script::{Action, Budget, Text};
use strongroom_files::vba::{Module, unfold};
use strongroom_model::Limits;

#[test]
fn numbers_are_as_wide_as_their_types() {
    holds(&[
        ("7 \\ 2 & 7 Mod 3 & -7 \\ 2 & -7 Mod 3", "31-3-1"),
        ("2.5 \\ 1 & 3.5 Mod 10", "24"),
        ("CInt(0.5) & CInt(1.5) & CInt(2.5) & CLng(-0.5)", "0220"),
        ("Int(-1.5) & Fix(-1.5)", "-2-1"),
        (
            "Hex(-1) & \"|\" & Hex(-1&) & \"|\" & Hex(True) & \"|\" & Hex(-1#)",
            "FFFF|FFFFFFFF|FFFF|FFFFFFFF",
        ),
        ("Oct(8) & Hex(255)", "10FF"),
        (
            "CInt(\"&H41\") & CLng(\"1e3\") & CLng(\"&HFFFF\") & CLng(\"&HFFFF&\")",
            "651000-165535",
        ),
        ("Val(\"&HFFFF&\") & Val(\"12 3x\") & Val(\"1e2\")", "65535123100"),
        ("1 / 2 & 2 ^ 3 & 10 / 5", "0.582"),
        ("CCur(1.23456)", "1.2346"),
        ("Format(7, \"00\") & Format(1234.5, \"#,##0.00\")", "071,234.50"),
    ]);
    // What overflows ends its statement.
    for body in [
        "x = 4294967295# Mod 256\nShell x",
        "x = 300 * 300\nShell x",
        "x = CByte(256)\nShell x",
        "x = Chr(256)\nShell x",
    ] {
        let found = given("", &format!("x = \"kept\"\n{body}"));
        assert_eq!(found, [Text::known("kept")], "{body}");
    }
}

#[test]
fn null_spreads_and_joins_as_nothing() {
    holds(&[
        ("\"a\" & Null & \"b\"", "ab"),
        ("IIf(IsNull(1 + Null), \"null\", \"no\")", "null"),
        (
            "IIf(IsNull(Null \\ 2), \"null\", \"no\") & IIf(IsNull(Null = 1), \"null\", \"no\")",
            "nullnull",
        ),
        (
            "IIf(False And Null, \"yes\", \"no\") & IIf(True Or Null, \"yes\", \"no\")",
            "noyes",
        ),
    ]);
}

#[test]
fn strings_of_bytes_are_counted_in_bytes() {
    holds(&[
        ("ChrB(65) & ChrB(0) & ChrB(66) & ChrB(0)", "AB"),
        (
            "MidB(\"abc\", 3, 2) & LeftB(\"abc\", 4) & RightB(\"abc\", 2)",
            "babc",
        ),
        (
            "AscB(MidB(\"abc\", 3, 1)) & LenB(\"abc\") & InStrB(\"abc\", \"b\")",
            "9863",
        ),
        ("StrConv(StrConv(\"text\", vbFromUnicode), vbUnicode)", "text"),
    ]);
    let body = "Dim b() As Byte\nb = StrConv(\"odd\", vbFromUnicode)\nFor i = 0 To UBound(b)\ns = s & b(i) & \" \"\nNext\nShell s";
    assert_eq!(given("", body), [Text::known("111 100 100 ")]);
}

#[test]
fn comparison_follows_the_module_and_the_types() {
    let head = "Option Compare Text";
    let body = "Shell IIf(\"A\" = \"a\", 1, 0) & InStr(\"xA\", \"a\") & StrComp(\"A\", \"a\") & IIf(\"ABC\" Like \"a*\", 1, 0)";
    assert_eq!(given(head, body), [Text::known("1201")]);
    assert_eq!(
        given("", body),
        [Text::known("00-10")],
        "binary where nothing says otherwise"
    );
    // Two Variants of which one holds a string are never equal; with a literal it is numbers that compare.
    let body =
        "Dim a, b\na = \"5\": b = 5\nShell IIf(a = b, \"same\", \"other\") & IIf(a = 5, \"same\", \"other\")";
    assert_eq!(given("", body), [Text::known("othersame")]);
}

#[test]
fn lists_and_places_are_as_the_language_counts() {
    holds(&[
        (
            "InStrRev(\"abcabc\", \"b\") & InStrRev(\"abcabc\", \"b\", 4) & InStrRev(\"ab\", \"b\", 9)",
            "520",
        ),
        (
            "Join(Filter(Array(\"Ab\", \"ac\", \"b\"), \"A\", True, 1), \"+\")",
            "Ab+ac",
        ),
        ("Join(Split(\"a-b-c\", \"-\", 2), \"+\")", "a+b-c"),
    ]);
    assert_eq!(
        given("Option Base 1", "a = Array(7, 8)\nShell a(1) & UBound(a)"),
        [Text::known("72")]
    );
    let body = "Dim s As String\ns = \"12345\"\nLSet s = \"ab\"\nt = s & \"|\"\nRSet s = \"cd\"\nShell t & s";
    assert_eq!(given("", body), [Text::known("ab   |   cd")]);
    let body = "Dim c As New Collection\nc.Add \"b\", \"k\"\nc.Add \"a\", , 1\nc.Add \"c\", , , \"k\"\nFor Each x In c\ns = s & x\nNext\nShell s";
    assert_eq!(given("", body), [Text::known("abc")]);
}

#[test]
fn a_point_behind_a_blank_belongs_to_the_with() {
    let body = "Set d = CreateObject(\"Scripting.Dictionary\")\nd.Add \"k\", \"v\"\nWith d\nShell .Item(\"k\")\nEnd With";
    assert_eq!(given("", body), [Text::known("v")]);
}

#[test]
fn other_ways_to_start_are_told() {
    let body = "Set m = GetObject(\"winmgmts:Win32_Process\")\nSet p = m.Methods_(\"Create\").InParameters.SpawnInstance_()\np.CommandLine = \"calc\"\nm.ExecMethod_ \"Create\", p";
    assert_eq!(given("", body), [Text::known("calc")]);
    let body = "Set s = CreateObject(\"Schedule.Service\")\ns.Connect\nSet t = s.NewTask(0)\nSet a = t.Actions.Create(0)\na.Path = \"cmd.exe\"\na.Arguments = \"/c echo\"\ns.GetFolder(\"\\\").RegisterTaskDefinition \"n\", t, 6, , , 3";
    let unfolded = evaluated(&format!("Sub AutoOpen()\n{body}\nEnd Sub\n"));
    let command = Text::known("cmd.exe /c echo");
    assert!(
        unfolded
            .effects
            .iter()
            .any(|effect| matches!(&effect.action, Action::Persist { command: own, .. } if *own == command)),
        "{:?}",
        unfolded.effects
    );
}

#[test]
fn code_that_is_copied_byte_by_byte_is_told_as_one() {
    let head = "Declare PtrSafe Function A Lib \"kernel32\" Alias \"VirtualAlloc\" (ByVal a As LongPtr, ByVal b As Long, ByVal c As Long, ByVal d As Long) As LongPtr\nDeclare PtrSafe Function C Lib \"kernel32\" Alias \"RtlMoveMemory\" (ByVal a As LongPtr, ByRef b As Any, ByVal c As Long) As LongPtr\nDeclare PtrSafe Function T Lib \"kernel32\" Alias \"CreateThread\" (ByVal a As Long, ByVal b As Long, ByVal c As LongPtr, d As Long, ByVal e As Long, f As Long) As LongPtr";
    let body = "Dim b As Long\nx = Array(1, 2, 3, 4, 5, 6, 7, 8, 9, 255)\np = A(0, UBound(x), 4096, 64)\nFor i = LBound(x) To UBound(x)\nb = x(i)\nr = C(p + i, b, 1)\nNext\nr = T(0, 0, p, 0, 0, 0)";
    let unfolded = evaluated(&format!("{head}\nSub AutoOpen()\n{body}\nEnd Sub\n"));
    let loaded: Vec<&Option<Vec<u8>>> = unfolded
        .effects
        .iter()
        .filter_map(|effect| match &effect.action {
            Action::LoadCode { code, .. } => Some(code),
            _ => None,
        })
        .collect();
    assert!(
        loaded.contains(&&Some(vec![1, 2, 3, 4, 5, 6, 7, 8, 9, 255])),
        "{loaded:?}"
    );
}

#[test]
fn a_hundred_thousand_turns_stay_within_the_steps() {
    let source = "Sub AutoOpen()\nDim t As String, s As String, i As Long\nt = String$(100000, \"x\")\nFor i = 1 To Len(t)\ns = s & Chr(Asc(Mid(t, i, 1)) Xor Asc(Mid(\"key\", (i Mod 3) + 1, 1)))\nNext\nShell Left(s, 3)\nEnd Sub\n";
    let module = Module {
        name: "M".into(),
        source: source.into(),
    };
    let limits = Limits::default();
    let mut budget = Budget::new(&limits);
    let start = std::time::Instant::now();
    let unfolded = unfold(&[module], &mut budget);
    let (time, steps) = (start.elapsed(), limits.steps - budget.steps_left());
    println!(
        "vba, 100,000 turns of Xor with a key: {:.0} ms, {steps} steps, {:.1} million operations/s",
        time.as_secs_f64() * 1000.0,
        steps as f64 * 5.0 / time.as_secs_f64() / 1e6
    );
    assert_eq!(unfolded.gaps, []);
    let command = Text::known("\u{1d}\u{1}\u{13}");
    assert_eq!(
        unfolded.effects.first().map(|effect| &effect.action),
        Some(&Action::Start { command })
    );
}
