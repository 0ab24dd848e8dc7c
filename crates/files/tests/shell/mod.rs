//! Macros of one module, and what they hand to `Shell`.

// Each test takes its own part of this.
#![allow(dead_code)]

use strongroom_files::script::{Action, Budget, Text, Unfolded};
use strongroom_files::vba::{Module, unfold};
use strongroom_model::Limits;

/// Evaluates a module of this source.
pub fn evaluated(source: &str) -> Unfolded {
    let module = Module {
        name: "M".into(),
        source: source.into(),
    };
    let limits = Limits::default();
    unfold(&[module], &mut Budget::new(&limits))
}

/// Returns what `Shell` is given at the end of a body.
pub fn given(head: &str, body: &str) -> Vec<Text> {
    let unfolded = evaluated(&format!("{head}\nSub AutoOpen()\n{body}\nEnd Sub\n"));
    assert_eq!(unfolded.gaps, [], "{body}");
    let starts = unfolded
        .effects
        .into_iter()
        .filter_map(|effect| match effect.action {
            Action::Start { command } => Some(command),
            _ => None,
        });
    starts.collect()
}

/// Checks what `Shell` is given by expressions.
pub fn holds(cases: &[(&str, &str)]) {
    for (expression, expected) in cases {
        assert_eq!(
            given("", &format!("Shell {expression}")),
            [Text::known(*expected)],
            "{expression}"
        );
    }
}
