//! What is read of a project: for the evaluation, and in the form that goes out.

use super::dir::{Information, ModuleKind, Reference};
use super::stomp::Difference;
use crate::vba::Module;
use strongroom_model::Gap;

/// The modules of one project and what of it could not be read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Project {
    /// The sources in the order of the `dir` stream.
    pub modules: Vec<Module>,
    /// Modules whose p-code is another program than their source.
    pub stomped: Vec<Stomped>,
    /// The project as its p-code has it, where that is not what the sources say: a source that is replaced, or gone.
    pub compiled: Vec<Module>,
    /// Modules that the list for the editor leaves out.
    pub unlisted: Vec<String>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}

/// A module whose source was replaced.
#[derive(Clone, Debug)]
pub(crate) struct Stomped {
    /// The module.
    pub module: String,
    /// What runs the p-code, in words.
    pub machine: String,
    /// What its p-code has and its source lacks.
    pub difference: Difference,
}

/// A module as its streams say it.
#[derive(Clone, Debug, Default)]
pub struct VbaModule {
    /// The name.
    pub name: String,
    /// What it is.
    pub kind: ModuleKind,
    /// The source's bytes in the project's code page; `None` where there is no source.
    pub raw: Option<Vec<u8>>,
    /// The source; `None` where there is none.
    pub source: Option<String>,
    /// The p-code, a list of instructions for each line; `None` where the module was not compiled.
    pub pcode: Option<Vec<Vec<String>>>,
    /// The source that the p-code was compiled from, a text for each of its lines.
    pub decompiled: Option<Vec<String>>,
    /// What the p-code uses and the source does not, where they are two programs.
    pub stomped: Option<String>,
}

/// A project as its streams say it.
#[derive(Clone, Debug, Default)]
pub struct VbaProject {
    /// The storage that holds it.
    pub storage: String,
    /// What it says of itself.
    pub information: Information,
    /// What it refers to.
    pub references: Vec<Reference>,
    /// Its modules: those of the `dir` stream in its order, then those that it does not name.
    pub modules: Vec<VbaModule>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}
