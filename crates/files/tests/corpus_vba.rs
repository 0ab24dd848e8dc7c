//! Replays the fuzzer's seeds through the public door.

use std::path::Path;
use strongroom_files::script::Budget;
use strongroom_files::vba::{Module, entry_points, unfold};
use strongroom_model::Limits;

#[test]
fn every_seed_is_read_without_panic_and_twice_alike() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/files_vba");
    let mut seeds = 0;
    for entry in std::fs::read_dir(folder).expect("the corpus folder is part of the repository") {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let module = Module {
            name: "M".into(),
            source: String::from_utf8_lossy(&bytes).into_owned(),
        };
        let limits = Limits {
            steps: 20_000,
            value_bytes: 1 << 20,
            ..Limits::default()
        };
        entry_points(std::slice::from_ref(&module));
        let modules = [module];
        let first = unfold(&modules, &mut Budget::new(&limits));
        assert_eq!(first, unfold(&modules, &mut Budget::new(&limits)));
        seeds += 1;
    }
    assert!(seeds >= 4, "{seeds} seeds");
}

/// Cuts, doubles and moves bytes and lines of a text, the same way for the same number.
fn mangled(text: &str, number: u64) -> String {
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % (below.max(1) as u64)).unwrap_or(0)
    };
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for _ in 0..1 + next(6) {
        let (from, to) = (next(lines.len()), next(lines.len()));
        match next(4) {
            0 => lines.swap(from, to),
            1 => drop(lines.remove(from)),
            2 => lines.insert(to, lines.get(from).cloned().unwrap_or_default()),
            _ => {
                if let Some(line) = lines.get_mut(from) {
                    *line = line
                        .chars()
                        .enumerate()
                        .filter(|(at, _)| at % 7 != to % 7)
                        .map(|(_, c)| c)
                        .collect();
                }
            }
        }
        if lines.is_empty() {
            break;
        }
    }
    lines.join("\n")
}

#[test]
fn mangled_modules_are_read_without_panic() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/vba");
    let limits = Limits {
        steps: 4_000,
        value_bytes: 1 << 20,
        ..Limits::default()
    };
    for entry in std::fs::read_dir(golden).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for number in 0..150 {
            let module = Module {
                name: "M".into(),
                source: mangled(&text, number),
            };
            let unfolded = unfold(&[module], &mut Budget::new(&limits));
            assert!(!unfolded.layers.is_empty());
        }
    }
}
