//! Procedures that Office runs by itself when a document is opened, closed or shown.

use crate::vba::Module;

/// Names of macros that Word and Excel run by themselves, in lower case.
static BY_NAME: [&str; 10] = [
    "autoopen",
    "autoexec",
    "autoclose",
    "autonew",
    "autoexit",
    "auto_open",
    "auto_close",
    "auto_exec",
    "auto_activate",
    "auto_add",
];

/// Events of the document, of controls and of connections.
static BY_EVENT: [&str; 16] = [
    "document_open",
    "document_close",
    "document_new",
    "document_beforeclose",
    "documentopen",
    "workbook_open",
    "workbook_activate",
    "workbook_beforeclose",
    "workbook_close",
    "workbook_deactivate",
    "app_docopen",
    "presentation_open",
    "onslideshowpagechange",
    "onslideshowterminate",
    "document_contentcontrolonenter",
    "application_startup",
];

/// Endings of a control's events that fire with nobody's click.
static BY_ENDING: [&str; 8] = [
    "_layout",
    "_painted",
    "_painting",
    "_gotfocus",
    "_onconnecting",
    "_documentcomplete",
    "_initialize",
    "_activate",
];

/// Returns the first procedure, as it is written, that runs by itself.
pub(super) fn auto_run(modules: &[Module]) -> Option<String> {
    let names = modules
        .iter()
        .flat_map(|module| module.source.lines())
        .filter_map(procedure);
    names
        .into_iter()
        .find(|name| runs_by_itself(name))
        .map(str::to_owned)
}

fn runs_by_itself(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let lower = lower.as_str();
    BY_NAME.contains(&lower)
        || BY_EVENT.contains(&lower)
        || BY_ENDING
            .iter()
            .any(|ending| lower.ends_with(ending) && lower.len() > ending.len())
}

/// Returns the name of the procedure that a line begins.
fn procedure(line: &str) -> Option<&str> {
    let mut words = line.split([' ', '\t', '(']).filter(|word| !word.is_empty());
    let first = words.find(|word| {
        !["private", "public", "friend", "static"].contains(&word.to_ascii_lowercase().as_str())
    })?;
    let is_head = first.eq_ignore_ascii_case("sub") || first.eq_ignore_ascii_case("function");
    is_head.then(|| words.next())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_by_itself_is_told_from_what_is_called() {
        let entry = |source: &str| {
            auto_run(&[Module {
                name: "m".into(),
                source: source.into(),
            }])
        };
        assert_eq!(
            entry("Private  Sub Document_Open()"),
            Some("Document_Open".into())
        );
        assert_eq!(entry("sub AUTOOPEN"), Some("AUTOOPEN".into()));
        assert_eq!(entry("Private Sub Img_Painted(x)"), Some("Img_Painted".into()));
        assert_eq!(
            entry("' Sub AutoOpen()\nSub Main()\nEnd Sub\nCall AutoOpen"),
            None
        );
    }
}
