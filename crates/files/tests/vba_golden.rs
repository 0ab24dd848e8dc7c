//! Golden pairs: each module in `golden/vba` with the layers, effects and gaps that it unfolds to.
//! `BLESS=1` rewrites the expected side.

use std::path::Path;
use strongroom_files::script::{Budget, Unfolded};
use strongroom_files::vba::{Module, unfold};
use strongroom_model::Limits;

fn told(unfolded: &Unfolded) -> String {
    let mut out = String::new();
    for effect in &unfolded.effects {
        let layer = unfolded.layers.get(effect.layer).map_or("", |layer| &layer.text);
        let source = layer.get(effect.start..effect.end).unwrap_or("?");
        let line = layer.get(..effect.start).unwrap_or("").lines().count().max(1);
        let source = source.replace(['\r', '\n'], " ");
        out += &format!(
            "effect {:?}\n    layer {} line {line}: {source}\n",
            effect.action, effect.layer
        );
    }
    for layer in unfolded.layers.iter().filter(|layer| layer.by != "source") {
        out += &format!("layer {}: {:?}\n", layer.by, layer.text);
    }
    for gap in &unfolded.gaps {
        out += &format!("gap {}: {}\n", gap.place, gap.why);
    }
    out
}

#[test]
fn every_golden_module_unfolds_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/vba");
    let mut sources: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "bas"))
        .collect();
    sources.sort();
    assert!(sources.len() >= 6);
    for path in sources {
        let module = Module {
            name: "Module1".into(),
            source: std::fs::read_to_string(&path).unwrap(),
        };
        let limits = Limits::default();
        let out = told(&unfold(&[module], &mut Budget::new(&limits)));
        let expected = path.with_extension("out");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&expected, &out).unwrap();
        }
        assert_eq!(
            out,
            std::fs::read_to_string(&expected).unwrap_or_default(),
            "{}",
            path.display()
        );
    }
}
