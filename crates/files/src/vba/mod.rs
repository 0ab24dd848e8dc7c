//! VBA, evaluated.

/// A module of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// The name.
    pub name: String,
    /// The source text.
    pub source: String,
}

pub fn unfold(modules: &[Module], _budget: &mut crate::script::Budget<'_>) -> crate::script::Unfolded {
    let layers = modules.iter().map(|module| strongroom_model::Layer {
        by: "source".into(),
        text: module.source.clone(),
    });
    crate::script::Unfolded {
        layers: layers.collect(),
        ..crate::script::Unfolded::default()
    }
}
