//! Numbers and dates by their types (MS-VBAL 2.1, 5.5.1.2, 5.6.9.3, 6.1.2): what type a result has, what overflows,
//! and how it is written.

mod shell;

use shell::{given, holds};
use strongroom_files::script::Text;

#[test]
fn a_result_has_the_type_of_its_operands() {
    let types = [
        ("CByte(1)", "Byte"),
        ("1", "Integer"),
        ("1&", "Long"),
        ("1^", "LongLong"),
        ("1!", "Single"),
        ("1#", "Double"),
        ("1@", "Currency"),
        ("CDec(1)", "Decimal"),
        ("\"1\"", "Double"),
    ];
    // MS-VBAL 5.6.9.3, effective value type of `+`: a row for each left operand in the order above.
    let sums = [
        "Byte Integer Long LongLong Single Double Currency Decimal Double",
        "Integer Integer Long LongLong Single Double Currency Decimal Double",
        "Long Long Long LongLong Double Double Currency Decimal Double",
        "LongLong LongLong LongLong LongLong Double Double Currency Decimal Double",
        "Single Single Double Double Single Double Currency Decimal Double",
        "Double Double Double Double Double Double Currency Decimal Double",
        "Currency Currency Currency Currency Currency Currency Currency Decimal Currency",
        "Decimal Decimal Decimal Decimal Decimal Decimal Decimal Decimal Decimal",
        "Double Double Double Double Double Double Currency Decimal String",
    ];
    for ((left, _), row) in types.iter().zip(sums) {
        for ((right, _), expected) in types.iter().zip(row.split(' ')) {
            holds(&[(&format!("TypeName({left} + {right})"), expected)]);
        }
    }
    for (expression, expected) in [
        ("1! / 2", "Single"),
        ("1 / 2", "Double"),
        ("1! / 2&", "Double"),
        ("1@ / 2", "Double"),
        ("CDec(1) / 2", "Decimal"),
        ("1@ * 2!", "Double"),
        ("1@ * 2", "Currency"),
        ("7 \\ 2", "Integer"),
        ("7.5 \\ 2", "Long"),
        ("7@ Mod 2", "Long"),
        ("2 ^ 2", "Double"),
        ("-CByte(1)", "Integer"),
        ("-\"1\"", "Double"),
        ("#1/2/2020# + 1", "Date"),
        ("#1/2/2020# - #1/1/2020#", "Double"),
        ("#1/2/2020# * 1", "Double"),
        ("Abs(-1!)", "Single"),
        ("Int(1.5@)", "Currency"),
        ("Round(CDec(1.25), 1)", "Decimal"),
    ] {
        holds(&[(&format!("TypeName({expression})"), expected)]);
    }
}

#[test]
fn what_does_not_fit_is_error_six() {
    for (expression, error) in [
        ("CByte(200) + CByte(100)", 6),
        ("CByte(1) - CByte(2)", 6),
        ("32767 + 1", 6),
        ("300 * 300", 6),
        ("2147483647& + 1", 6),
        ("-CInt(-32768)", 6),
        ("CInt(32767.5)", 6),
        ("CByte(255.5)", 6),
        ("CByte(-1)", 6),
        ("CLng(2147483647.5)", 6),
        ("CSng(1E+39)", 6),
        ("3E+38! * 10!", 6),
        ("922337203685477@ + 922337203685477@", 6),
        ("CDec(\"79228162514264337593543950335\") + 1", 6),
        ("1E+308 * 10", 6),
        ("0 / 0", 6),
        ("1 / 0", 11),
        ("1 \\ 0", 11),
        ("1 Mod 0.4", 11),
        ("0 ^ -1", 5),
        ("\"a\" * 1", 13),
        ("CInt(\"1x\")", 13),
    ] {
        let body = format!(
            "On Error GoTo failed\nx = {expression}\nShell \"none\"\nExit Sub\nfailed:\nShell Err.Number"
        );
        assert_eq!(given("", &body), [Text::known(error.to_string())], "{expression}");
    }
    // Nothing overflows where it fits, and in a Variant it goes on in a wider type.
    holds(&[
        (
            "CInt(32766.5) & CByte(254.5) & CLng(2147483646.5)",
            "327662542147483646",
        ),
        ("32767& + 1", "32768"),
        (
            "CDec(\"79228162514264337593543950334\") + 1",
            "79228162514264337593543950335",
        ),
    ]);
    assert_eq!(
        given(
            "",
            "Dim a, b\na = 32767: b = a + 1\nc = CByte(255): c = c + CByte(1)\nShell b & TypeName(b) & c & TypeName(c)"
        ),
        [Text::known("32768Long256Integer")]
    );
    let body = "Dim i As Integer\nOn Error Resume Next\ni = 40000\nShell i & \"|\" & Err.Number";
    assert_eq!(given("", body), [Text::known("0|6")]);
}

#[test]
fn halves_go_to_the_even_number() {
    holds(&[
        (
            "CInt(0.5) & CInt(1.5) & CInt(2.5) & CInt(-2.5) & CInt(\"3.5\")",
            "022-24",
        ),
        ("CByte(0.5) & CLng(1.5) & CLng(-0.5)", "020"),
        ("2.5 \\ 1 & 3.5 \\ 1 & 11.5 Mod 4 & -11.5 Mod 4", "2400"),
        ("Int(2.7) & Int(-2.2) & Fix(2.7) & Fix(-2.7)", "2-32-2"),
        ("Int(-2.5@) & Fix(-2.5@) & Int(CDec(-2.5))", "-3-2-3"),
        ("Round(2.5) & Round(0.125, 2) & Round(1.2345@, 3)", "20.121.234"),
        ("1.00005@ & 0.00015@", "10.0002"),
        ("1.0001@ * 0.5@", "0.5"),
        ("1.0003@ * 0.5@", "0.5002"),
    ]);
}

#[test]
fn each_type_is_written_with_its_own_digits() {
    holds(&[
        ("1 / 3", "0.333333333333333"),
        ("1! / 3", "0.3333333"),
        ("CDec(1) / 3", "0.3333333333333333333333333333"),
        ("0.1! + 0.2!", "0.3"),
        ("CDbl(0.1!)", "0.100000001490116"),
        ("0.1 + 0.2", "0.3"),
        ("CDec(\"0.1\") * CDec(\"0.1\")", "0.01"),
        ("16777217!", "1.677722E+07"),
        ("1E+15", "1E+15"),
        ("123456789012345#", "123456789012345"),
        ("0.0001", "0.0001"),
        ("12345.678@", "12345.678"),
        ("922337203685477.5807@ & \"\"", "922337203685477.5807"),
        ("CCur(\"922337203685477.5807\")", "922337203685477.5807"),
        (
            "CDec(\"12345678901234567890.12345\")",
            "12345678901234567890.12345",
        ),
        ("Str(5) & Str(-5) & Str(2.5)", " 5-5 2.5"),
        ("CStr(True) & CStr(Empty) & Val(\" 1 2.5e1x\")", "True125"),
        ("CDec(0.1) = 0.1@", "True"),
        ("\"5\" + 1 & \"5\" + \"1\" & \"2\" * \"3\"", "6516"),
        ("Empty + 5 & Empty & Empty + \"a\"", "5a"),
    ]);
}

#[test]
fn a_pattern_writes_numbers_and_dates() {
    holds(&[
        (
            "Format(1234567.891, \"#,##0.00\") & Format(0.5, \"Percent\")",
            "1,234,567.8950.00%",
        ),
        (
            "Format(5, \"Fixed\") & Format(1234.5, \"Standard\") & Format(0, \"Yes/No\")",
            "5.001,234.50No",
        ),
        (
            "Format(1234.5, \"Scientific\") & Format(\"7\", \"000\")",
            "1.23E+03007",
        ),
        (
            "Format(-5, \"0;(0)\") & Format(\"Ab\", \">\") & Format(\"ab\", \"@@@@\")",
            "(5)AB  ab",
        ),
        (
            "Format(#3/5/2021 1:04:09 PM#, \"yyyy-mm-dd hh:nn:ss\")",
            "2021-03-05 13:04:09",
        ),
        (
            "Format(43831, \"d.m.yy\") & Format(0.75, \"h AM/PM\")",
            "1.1.206 PM",
        ),
        (
            "Format(#1/2/2020#, \"ddd mmm\") & Format(DateSerial(2020, 2, 30), \"dd/mm/yyyy\")",
            "Thu Jan01/03/2020",
        ),
    ]);
    // The machine's settings are unknown, and so is its clock.
    for expression in [
        "Format(#1/2/2020#, \"Short Date\")",
        "Format(Now, \"yyyy\")",
        "Year(Date)",
        "CStr(#1/2/2020#)",
        "CDate(\"1/2/2020\")",
    ] {
        let found = given("", &format!("Shell {expression}"));
        assert!(
            found.iter().all(|text| text.exact().is_none()),
            "{expression}: {found:?}"
        );
    }
}

#[test]
fn dates_are_counted() {
    holds(&[
        (
            "Year(#12/31/2020#) & Month(44196) & Day(\"2020-12-31\") & Weekday(#12/31/2020#)",
            "202012315",
        ),
        (
            "CLng(DateSerial(2020, 1, 1)) & CDbl(TimeSerial(6, 0, 0))",
            "438310.25",
        ),
        (
            "CLng(DateAdd(\"m\", 1, #1/31/2021#) - #2/28/2021#) & DateDiff(\"d\", #1/1/2020#, #1/1/2021#)",
            "0366",
        ),
        (
            "DateDiff(\"yyyy\", #12/31/2020#, #1/1/2021#) & DateDiff(\"ww\", #1/4/2020#, #1/5/2020#)",
            "11",
        ),
        (
            "DatePart(\"y\", #12/31/2020#) & DatePart(\"q\", #12/31/2020#) & DatePart(\"ww\", #12/31/2020#)",
            "366453",
        ),
        (
            "CDbl(DateValue(\"2020-01-01 06:00\")) & CDbl(TimeValue(\"6:00 PM\"))",
            "438310.75",
        ),
        (
            "Hour(#1:02:03 PM#) & Minute(#1:02:03 PM#) & Second(#1:02:03 PM#)",
            "1323",
        ),
        ("IsDate(\"2020-01-01\") & IsDate(\"no\")", "TrueFalse"),
        ("CDbl(DateAdd(\"h\", 30, #1/1/2020#))", "43832.25"),
    ]);
}

/// How wide the machine's registers are, and what its settings take for a number, is not known.
#[test]
fn what_the_machine_decides_about_numbers_is_unknown() {
    for expression in [
        "Round(2.675, 2)",
        "Round(1.15, 1)",
        "IsNumeric(\"$5\")",
        "IsNumeric(\"5-\")",
    ] {
        let found = given("", &format!("Shell {expression}"));
        assert!(
            found.iter().all(|text| text.exact().is_none()),
            "{expression}: {found:?}"
        );
    }
    holds(&[
        ("Round(2.5) & Round(0.125, 2) & Round(2.71, 1)", "20.122.7"),
        (
            "IsNumeric(\"12abc\") & IsNumeric(\"abc\") & IsNumeric(\"1e5\")",
            "FalseFalseTrue",
        ),
    ]);
}

#[test]
fn a_string_of_a_fixed_length_may_be_longer_than_an_integer() {
    let body = "Dim s As String * 40000\nShell CStr(Len(s))";
    assert_eq!(given("", body), [Text::known("40000")]);
}

/// An expression that is not known is cut, however many functions are put around it.
#[test]
fn what_is_not_known_does_not_grow() {
    let body = "x = Environ(\"a\") & \"b\"\nFor i = 1 To 2000: x = LCase(UCase(x)): Next\nShell x";
    let found = given("", body);
    assert!(found.iter().all(|text| text.len() < 1_000), "{:?}", found.len());
    let body = "x = Environ(\"a\") & \"b\"\nx = Replace(x, \"q\", String(9000, \"r\"))\nShell x";
    let found = given("", body);
    assert!(found.iter().all(|text| text.len() < 1_000), "{:?}", found.len());
}
