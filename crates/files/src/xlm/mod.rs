//! Excel 4.0 macros, evaluated.
//!
//! A macro sheet's formulas run down their column from where a name such as `Auto_Open` points, on values of which some are
//! unknown. What they would do to the world is recorded and never done. What the machine, the time or the user decides is
//! unknown, and a condition that hangs on it is taken both ways: each way is a run of its own from the start.
//!
//! First all runs that Excel starts by itself, then every formula that none of them reached.

mod command;
mod evaluate;
mod external;
mod flow;
mod handed;
mod library;
mod listing;
mod look;
mod machine;
mod reference;
mod state;
mod value;

pub(crate) use handed::{Answer, Handed, command, formula};

use crate::script::{Budget, Unfolded};
use crate::workbook::{Workbook, workbook_of};
use machine::Machine;
use strongroom_model::Limits;

/// What the macros of a workbook came to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Evaluated {
    /// Layers: `source` lists the formulas, `formula` those that were written at run time, `evaluated` what was done with
    /// which values. Effects point into the first two.
    pub unfolded: Unfolded,
    /// The name that Excel starts first.
    pub entry: Option<String>,
    /// Layer and byte range of what nothing automatic reached.
    pub apart: Vec<(usize, usize, usize)>,
}

/// Evaluates the macros of a file that is a workbook; the door for fuzzers.
pub fn unfold_workbook(bytes: &[u8], limits: &Limits) -> Option<Unfolded> {
    let book = workbook_of(bytes, limits)?;
    Some(unfold(&book, &mut Budget::new(limits)).unfolded)
}

/// Evaluates the macros of a workbook.
pub(crate) fn unfold(book: &Workbook, budget: &mut Budget<'_>) -> Evaluated {
    Machine::new(book, budget).evaluate()
}
