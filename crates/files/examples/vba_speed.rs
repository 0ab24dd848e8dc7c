//! How fast macros are evaluated: loops that decode, build strings and count, as statements per second.
//!
//! `cargo run --release -p strongroom-files --example vba_speed`

use std::time::Instant;
use strongroom_files::script::{Action, Budget, Unfolded};
use strongroom_files::vba::{Module, unfold};
use strongroom_model::Limits;

/// A loop: what it is called, its body, and how many statements each turn runs.
struct Loop {
    name: &'static str,
    before: &'static str,
    body: &'static str,
    statements: u64,
}

const TURNS: u64 = 200_000;

const LOOPS: &[Loop] = &[
    Loop {
        name: "xor with a key",
        before: "t = String$(200000, \"x\"): k = \"key\"",
        body: "s = s & Chr(Asc(Mid(t, i, 1)) Xor Asc(Mid(k, (i Mod 3) + 1, 1)))",
        statements: 1,
    },
    Loop {
        name: "pairs of hexadecimal digits",
        before: "t = String$(400000, \"4\")",
        body: "h = Mid$(t, 2 * i - 1, 2)\ns = s & Chr$(Val(\"&H\" & h) - 3)",
        statements: 2,
    },
    Loop {
        name: "array of numbers",
        before: "n = Array(104, 105, 106, 107, 108, 109, 110, 111)",
        body: "x = n(i Mod 8) Xor 5\ns = s & Chr(x)",
        statements: 2,
    },
    Loop {
        name: "bytes in place",
        before: "ReDim b(8) As Byte",
        body: "b(i Mod 8) = (b(i Mod 8) + i) And 255",
        statements: 1,
    },
    Loop {
        name: "arithmetic and conditions",
        before: "x = 0",
        body: "x = (x * 7 + i) Mod 32749\nIf x > 16000 Then\ny = y + 1\nElse\ny = y - 1\nEnd If",
        statements: 3,
    },
    Loop {
        name: "a function of the program",
        before: "x = 0",
        body: "x = twice(x) Mod 1000",
        statements: 2,
    },
];

fn run(source: String) -> (Unfolded, f64) {
    let module = Module {
        name: "Module1".into(),
        source,
    };
    // Loops that are longer than an examination lets one be.
    let limits = Limits {
        steps: 1_000_000_000,
        ..Limits::default()
    };
    let start = Instant::now();
    let unfolded = unfold(&[module], &mut Budget::new(&limits));
    (unfolded, start.elapsed().as_secs_f64())
}

fn main() {
    let only = std::env::args().nth(1);
    for own in LOOPS {
        if only.as_deref().is_some_and(|only| !own.name.contains(only)) {
            continue;
        }
        let source = format!(
            "Function twice(ByVal n As Long) As Long\ntwice = n + n + 1\nEnd Function\nSub AutoOpen()\nDim i As Long, x As Long, y As Long, s As String, t As String, k As String, h As String\n{}\nFor i = 1 To {TURNS}\n{}\nNext\nShell Left(s, 8) & x & y\nEnd Sub\n",
            own.before, own.body
        );
        let (unfolded, seconds) = run(source);
        let started = unfolded
            .effects
            .iter()
            .filter(|effect| matches!(effect.action, Action::Start { .. }))
            .count();
        // The end of each turn counts the loop on.
        let statements = (own.statements + 1) * TURNS;
        println!(
            "{:<28} {:>8.1} ms, {:>6.2} million statements/s{}",
            own.name,
            seconds * 1000.0,
            statements as f64 / seconds / 1e6,
            if started == 1 && unfolded.gaps.is_empty() {
                ""
            } else {
                ", NOT WHOLE"
            }
        );
    }
}
