//! VBA, evaluated.
//!
//! The modules of a document are parsed (MS-VBAL) and run on values of which some are unknown; what they would
//! do to the world is recorded and never done. VBScript passes through the same engine. Each platform that a
//! document tells apart by conditional compilation is evaluated, and what they have in common is told once.
//!
//! First the procedures run that a document starts by itself, then every procedure that none of them reached,
//! with unknown arguments: nothing hides in code that nobody calls.
//!
//! ```
//! use strongroom_files::script::{Action, Budget, Text};
//! use strongroom_files::vba::{Module, unfold};
//! use strongroom_model::Limits;
//!
//! let module = Module {
//!     name: "Module1".into(),
//!     source: "Sub AutoOpen()\n  Shell Chr(99) & \"md /c\" & \" echo\"\nEnd Sub\n".into(),
//! };
//! let limits = Limits::default();
//! let unfolded = unfold(&[module], &mut Budget::new(&limits));
//! let command = Text::known("cmd /c echo");
//! assert_eq!(unfolded.effects[0].action, Action::Start { command });
//! ```

mod ast;
mod convert;
mod date;
mod decimal;
mod entry;
mod evaluate;
mod fault;
mod host;
mod lexer;
mod library;
mod literal;
mod number;
mod object;
mod operate;
mod parse;
mod program;
mod state;
mod token;
mod value;
mod words;

pub(crate) use date::civil;
pub use entry::{EntryPoint, Trigger, entry_points};
pub use host::{Book, Collection, Datum, Document, Grid, Item};
pub(crate) use words::words;

use crate::script::{Budget, Unfolded};
use evaluate::{Evaluator, Record};
use parse::{Platform, select};
use program::Loaded;
use std::rc::Rc;
use token::Token;

/// A module of a document, or a script file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// The name, as effects' gaps tell it.
    pub name: String,
    /// The source text.
    pub source: String,
}

/// Evaluates the modules of one document together.
///
/// The first layers are the sources in the order given; a layer `execute` or `eval` is a text that a script ran,
/// a layer `evaluated` is a string that was put together. Effects point into sources and executed texts. A
/// reached limit leaves a gap; so does a line that cannot be parsed.
pub fn unfold(modules: &[Module], budget: &mut Budget<'_>) -> Unfolded {
    unfold_in(modules, &Document::default(), budget)
}

/// Evaluates the modules of one document together, with what the document holds for them to read.
pub fn unfold_in(modules: &[Module], document: &Document, budget: &mut Budget<'_>) -> Unfolded {
    let limits = budget.limits();
    let mut record = Record::new(limits.rows, limits.layers);
    for module in modules {
        record.source("source", &module.source);
    }
    let tokens: Vec<Vec<Token>> = modules
        .iter()
        .map(|module| lexer::tokens(&module.source))
        .collect();
    let mut variants: Vec<Vec<usize>> = Vec::new();
    for platform in Platform::ALL {
        let compiled = compiled(&tokens, platform, limits.nesting);
        if !variants.contains(&compiled) {
            variants.push(compiled);
            run(modules, &tokens, document, platform, budget, &mut record);
        }
    }
    record.unfolded
}

/// Returns which tokens a platform compiles, by their first bytes: two platforms with the same ones are one.
fn compiled(tokens: &[Vec<Token>], platform: Platform, nesting: u32) -> Vec<usize> {
    tokens
        .iter()
        .flat_map(|tokens| select(tokens, platform, nesting))
        .map(|token| token.start)
        .collect()
}

fn run(
    modules: &[Module],
    tokens: &[Vec<Token>],
    document: &Document,
    platform: Platform,
    budget: &mut Budget<'_>,
    record: &mut Record,
) {
    let nesting = budget.limits().nesting;
    let mut units = Vec::new();
    for (layer, (module, tokens)) in modules.iter().zip(tokens).enumerate() {
        let (loaded, gaps) = Loaded::new(module, tokens, layer, platform, nesting);
        gaps.into_iter().for_each(|gap| record.gap(gap));
        units.extend(loaded.into_iter().map(Rc::new));
    }
    let entries = entry::starts(&units);
    Evaluator::new(budget, record, units, document, platform).run(&entries);
}
