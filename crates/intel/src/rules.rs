//! The findings that the reading of reports makes.

use strongroom_model::{Rule, Severity};

pub(crate) static INDICATORS: Rule = Rule {
    code: "intel.indicators",
    title: "the report gives {indicators} indicators: {types}",
    severity: Severity::Info,
    techniques: &[],
};

/// Every rule of this room.
pub static RULES: &[&Rule] = &[&INDICATORS];
