//! What every script engine of this room returns: layers, recorded effects, gaps.
//!
//! An engine evaluates and performs nothing. What a script would do to the world is an [`Effect`], recorded
//! with the place that does it; what it would do next is a layer.

mod budget;
mod effect;
pub(crate) mod native;
mod text;

pub use budget::Budget;
pub use effect::{Action, Effect};
pub use text::{Part, Text};

use strongroom_model::{Gap, Layer};

/// What an evaluation came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unfolded {
    /// The layers, the source first; each later one names the rule that made it.
    pub layers: Vec<Layer>,
    /// What the script would do to the world, in the order of evaluation.
    pub effects: Vec<Effect>,
    /// What could not be parsed or evaluated within the limits.
    pub gaps: Vec<Gap>,
}
