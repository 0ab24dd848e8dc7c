//! Macros of the shared data that lie there as plain text.

// The helpers of a test fail as the test does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod shared;

use shared::shared_data;
use std::path::Path;
use strongroom_files::script::{Action, Budget, Text};
use strongroom_files::vba::{Module, entry_points, unfold};
use strongroom_model::Limits;

fn module(path: &Path) -> Module {
    Module {
        name: "Module1".into(),
        source: String::from_utf8_lossy(&std::fs::read(path).expect("the file exists")).into_owned(),
    }
}

#[test]
fn a_real_macro_text_gives_its_entry_points_and_what_it_creates() {
    let name = "a_real_macro_text_gives_its_entry_points_and_what_it_creates";
    let Some(folder) = shared_data("formats/strelka", name) else {
        return;
    };
    let modules = [module(&folder.join("test.vba"))];
    let names: Vec<String> = entry_points(&modules)
        .into_iter()
        .map(|point| point.name)
        .collect();
    assert_eq!(names, ["AutoOpen", "Document_Open"]);
    let limits = Limits::default();
    let unfolded = unfold(&modules, &mut Budget::new(&limits));
    let class = Text::known("winmgmts:\\\\.\\root\\cimv2");
    assert!(
        unfolded
            .effects
            .iter()
            .any(|effect| effect.action == Action::CreateObject { class: class.clone() })
    );
    // Two of its strings run over the end of their lines, which is no VBA.
    assert_eq!(unfolded.gaps.len(), 2, "{:?}", unfolded.gaps);
}

#[test]
fn a_benign_macro_has_no_effect_and_no_gap() {
    let name = "a_benign_macro_has_no_effect_and_no_gap";
    let Some(folder) = shared_data("office/benign-poi/document", name) else {
        return;
    };
    let path = folder.join("SimpleMacro.vba");
    let limits = Limits::default();
    let unfolded = unfold(&[module(&path)], &mut Budget::new(&limits));
    assert_eq!((unfolded.effects.len(), unfolded.gaps.len()), (0, 0));
}
