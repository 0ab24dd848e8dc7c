//! PowerShell, evaluated.

use crate::script::{Budget, Unfolded};
use strongroom_model::Layer;

pub fn unfold(source: &str, _budget: &mut Budget<'_>) -> Unfolded {
    Unfolded {
        layers: vec![Layer {
            by: "source".into(),
            text: source.to_owned(),
        }],
        ..Unfolded::default()
    }
}

pub fn unfold_command(line: &str, budget: &mut Budget<'_>) -> Option<Unfolded> {
    line.to_ascii_lowercase()
        .contains("powershell")
        .then(|| unfold(line, budget))
}
