//! Tokens: case, line continuation, comments, statements in one line, code that never runs.

use super::Seed;

/// Rewrites a source so that it reads otherwise and means the same.
pub fn disguised(source: &str, seed: &mut Seed) -> String {
    let (cases, breaks, junk) = (seed.below(2) == 0, seed.below(2) == 0, seed.below(2) == 0);
    let mut out = String::new();
    for line in source.lines() {
        let mut line = line.to_owned();
        if cases {
            line = outside(&line, |c| match seed.below(2) {
                0 => c.to_ascii_uppercase(),
                _ => c.to_ascii_lowercase(),
            });
        }
        if breaks && !line.contains("Lib ") && seed.below(3) == 0 {
            line = broken(&line, seed);
        }
        out.push_str(&line);
        let ends = line.to_ascii_lowercase();
        if junk && seed.below(6) == 0 && !ends.is_empty() && !line.ends_with('_') {
            let note = seed.letters(3, 20);
            out.push_str(&format!(" ' {note} \"x"));
        }
        out.push('\n');
        if junk && ends.starts_with("sub ") && seed.below(2) == 0 {
            let name = seed.letters(6, 6);
            let (a, b) = (seed.below(100), 200 + seed.below(100));
            out.push_str(&format!("Dim {name}q As Long: {name}q = {a}\nIf {name}q > {b} Then\nShell \"never\"\nEnd If\nRem {name}: Shell \"no\"\n"));
        }
    }
    out
}

/// Changes characters outside of strings.
fn outside(line: &str, mut change: impl FnMut(char) -> char) -> String {
    let mut inside = false;
    line.chars()
        .map(|c| {
            inside ^= c == '"';
            if inside { c } else { change(c) }
        })
        .collect()
}

/// Breaks a line behind a blank that stands outside of strings.
fn broken(line: &str, seed: &mut Seed) -> String {
    let mut inside = false;
    let mut out = String::new();
    let mut breaks = 0;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        inside ^= c == '"';
        out.push(c);
        let point = chars.peek().is_some_and(|next| *next == '.' || *next == '_');
        if c == ' ' && !inside && !point && breaks < 20 && seed.below(4) == 0 {
            out.push_str("_\n  ");
            breaks += 1;
        }
    }
    out
}
