//! The findings that screening makes.

use strongroom_model::{Rule, Severity};

pub(crate) static LISTED: Rule = Rule {
    code: "screening.listed",
    title: "{query} is on {list}: {party} ({how})",
    severity: Severity::Critical,
    techniques: &[],
};

pub(crate) static WEAK_ALIAS: Rule = Rule {
    code: "screening.weak-alias",
    title: "{query} is a weak alias on {list}: {party}",
    severity: Severity::High,
    techniques: &[],
};

pub(crate) static STOLEN: Rule = Rule {
    code: "screening.stolen",
    title: "{query} is on {list} of stolen funds: {party} ({how})",
    severity: Severity::High,
    techniques: &[],
};

pub(crate) static WATCHED: Rule = Rule {
    code: "screening.watched",
    title: "{query} is on {list}: {party} ({how})",
    severity: Severity::Medium,
    techniques: &[],
};

pub(crate) static TAGGED: Rule = Rule {
    code: "screening.tagged",
    title: "{query} belongs to {party}, {service}, says {list}",
    severity: Severity::Info,
    techniques: &[],
};

pub(crate) static SIMILAR: Rule = Rule {
    code: "screening.similar-name",
    title: "{query} is similar to {matched} ({score}), a name of {party} on {list}",
    severity: Severity::Medium,
    techniques: &[],
};

/// Every rule of this room.
pub static RULES: &[&Rule] = &[&LISTED, &WEAK_ALIAS, &STOLEN, &WATCHED, &TAGGED, &SIMILAR];
