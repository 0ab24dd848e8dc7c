//! VBA, evaluated.

/// A module of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// The name.
    pub name: String,
    /// The source text.
    pub source: String,
}
