//! What objects, cmdlets and declarations of PowerShell come to: each script hands one value to `iwr`, and the engine has to say
//! just that value, or that it is not known.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod class;
mod data;
mod pipeline;
mod regex;
mod stream;

use strongroom_files::powershell::unfold;
use strongroom_files::script::{Action, Budget};
use strongroom_model::Limits;

/// Stands for a value that is not known, or not wholly.
const UNKNOWN: &str = "\u{27e8}unknown\u{27e9}";

/// The values that a script hands to `iwr`, in order.
fn values(script: &str) -> Vec<String> {
    let limits = Limits::default();
    let unfolded = unfold(script, &mut Budget::new(&limits));
    let value = |action: &Action| match action {
        Action::Download { url, .. } => Some(url.exact().unwrap_or(UNKNOWN).to_owned()),
        _ => None,
    };
    unfolded
        .effects
        .iter()
        .filter_map(|effect| value(&effect.action))
        .collect()
}

/// Checks scripts that hand over one value each.
fn check(cases: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (script, wanted) in cases {
        let got = values(script);
        if got != [*wanted] {
            wrong.push(format!("{script}\n   wanted {wanted:?}\n   got    {got:?}"));
        }
    }
    let count = format!("{} of {} wrong", wrong.len(), cases.len());
    assert!(wrong.is_empty(), "{count}:\n{}", wrong.join("\n"));
}
