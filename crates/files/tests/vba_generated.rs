//! A seeded generator hides known commands in layers of obfuscation; the evaluation finds each to the letter.

use strongroom_files::script::{Action, Budget, Text};
use strongroom_files::vba::{Module, unfold};
use strongroom_model::Limits;

/// A small generator of numbers that is the same everywhere.
struct Seed(u64);

impl Seed {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }

    fn command(&mut self) -> String {
        const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789 -/.:\\\"%$()'";
        let length = 5 + self.next(60);
        (0..length)
            .map(|_| {
                char::from(
                    *LETTERS
                        .get(self.next(LETTERS.len() as u64) as usize)
                        .unwrap_or(&b'x'),
                )
            })
            .collect()
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// Returns an expression that gives the text, and functions that it needs.
fn hidden(seed: &mut Seed, text: &str, functions: &mut String, depth: u32) -> String {
    if depth == 0 {
        return quoted(text);
    }
    // Each level has a separator of its own, which no text further out holds.
    let mark = match depth {
        1 => "~",
        2 => "|",
        _ => "{",
    };
    match seed.next(9) {
        0 => {
            let parts: Vec<String> = text.chars().map(|c| format!("Chr({})", c as u32)).collect();
            parts.join(" & ")
        }
        1 => {
            let turned: String = text.chars().rev().collect();
            format!("StrReverse({})", hidden(seed, &turned, functions, depth - 1))
        }
        2 => {
            let mixed: String = text
                .chars()
                .flat_map(|c| [c.to_string(), mark.to_owned()])
                .collect();
            format!(
                "Replace({}, \"{mark}\", \"\")",
                hidden(seed, &mixed, functions, depth - 1)
            )
        }
        3 => {
            let split: String = text.chars().map(String::from).collect::<Vec<_>>().join(mark);
            format!("Join(Split({}, \"{mark}\"), \"\")", quoted(&split))
        }
        4 => {
            let middle = text.len() / 2;
            let left = hidden(seed, &text[..middle], functions, depth - 1);
            let right = hidden(seed, &text[middle..], functions, depth - 1);
            let join = if seed.next(2) == 0 { "&" } else { "+" };
            format!("({left} {join} {right})")
        }
        5 => {
            let key = 1 + seed.next(255);
            let numbers: Vec<String> = text.bytes().map(|b| (u64::from(b) ^ key).to_string()).collect();
            let name = format!("fx{}", functions.len());
            functions.push_str(&format!(
                "Function {name}() As String\nDim i, n\nn = Array({})\nFor i = LBound(n) To UBound(n)\n{name} = {name} & Chr(n(i) Xor {key})\nNext\nEnd Function\n",
                numbers.join(", ")
            ));
            format!("{name}()")
        }
        6 => {
            let hex: String = text.bytes().map(|b| format!("{b:02X}")).collect();
            let name = format!("fh{}", functions.len());
            functions.push_str(&format!(
                "Private Function {name}(ByVal h As String) As String\nDim p As Long: p = 1\nDo While p < Len(h)\n{name} = {name} & Chr$(CLng(\"&H\" & Mid$(h, p, 2)))\np = p + 2\nLoop\nEnd Function\n"
            ));
            format!("{name}(\"{hex}\")")
        }
        7 => {
            let name = format!("fs{}d{depth}", functions.len());
            let inner = hidden(seed, text, functions, depth - 1);
            let sub = format!("Sub {name}x(ByRef target As String)\ntarget = {inner}\nEnd Sub\n");
            functions.push_str(&sub);
            functions.push_str(&format!(
                "Function {name}()\nDim held As String\nCall {name}x(held)\n{name} = held\nEnd Function\n"
            ));
            name
        }
        _ => {
            let junk = seed.next(9) as usize;
            let padded = format!("{}{text}{}", "#".repeat(junk), "#".repeat(3));
            format!(
                "Mid({}, {}, {})",
                hidden(seed, &padded, functions, depth - 1),
                junk + 1,
                text.len()
            )
        }
    }
}

#[test]
fn every_hidden_command_is_found_to_the_letter() {
    let limits = Limits::default();
    for number in 1..=300u64 {
        let mut seed = Seed(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let command = seed.command();
        let mut functions = String::new();
        let expression = hidden(&mut seed, &command, &mut functions, 3);
        let source = format!("{functions}\nSub AutoOpen()\n    Shell {expression}\nEnd Sub\n");
        let modules = [Module {
            name: "M".into(),
            source: source.clone(),
        }];
        let unfolded = unfold(&modules, &mut Budget::new(&limits));
        assert_eq!(unfolded.gaps, [], "{source}");
        let found: Vec<&Action> = unfolded.effects.iter().map(|effect| &effect.action).collect();
        let expected = Action::Start {
            command: Text::known(command.as_str()),
        };
        assert_eq!(found, [&expected], "{source}");
        let at = &unfolded.effects[0];
        assert_eq!(&source[at.start..at.start + 5], "Shell");
    }
}
