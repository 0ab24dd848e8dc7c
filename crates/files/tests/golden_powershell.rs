//! Golden pairs: a script beside the layers, effects and gaps that it must come to. `BLESS=1` rewrites them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::fmt::Write;
use std::path::Path;
use strongroom_files::powershell::unfold;
use strongroom_files::script::{Budget, Unfolded};
use strongroom_model::Limits;

fn told(unfolded: &Unfolded) -> String {
    let mut told = String::new();
    for (index, layer) in unfolded.layers.iter().enumerate().skip(1) {
        writeln!(told, "--- layer {index} by {}", layer.by).unwrap();
        writeln!(told, "{}", layer.text.trim_end()).unwrap();
    }
    writeln!(told, "--- effects").unwrap();
    for effect in &unfolded.effects {
        let layer = &unfolded.layers[effect.layer].text;
        let place = layer.get(effect.start..effect.end).unwrap();
        writeln!(told, "{:?} in {}: {place}", effect.action, effect.layer).unwrap();
    }
    for gap in &unfolded.gaps {
        writeln!(told, "gap at {}: {}", gap.place, gap.why).unwrap();
    }
    told
}

#[test]
fn every_golden_script_unfolds_to_its_expected_layers_and_effects() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/powershell");
    let mut scripts: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    scripts.retain(|path| path.extension().is_some_and(|extension| extension == "ps1"));
    scripts.sort();
    assert!(scripts.len() >= 8, "golden scripts are missing");
    let limits = Limits::default();
    let mut wrong = Vec::new();
    for path in scripts {
        let source = std::fs::read_to_string(&path).unwrap();
        let found = told(&unfold(&source, &mut Budget::new(&limits)));
        assert_eq!(
            found,
            told(&unfold(&source, &mut Budget::new(&limits))),
            "not deterministic: {path:?}"
        );
        let expected = path.with_extension("out");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&expected, &found).unwrap();
        } else if std::fs::read_to_string(&expected).unwrap_or_default() != found {
            wrong.push(format!("{path:?}:\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
