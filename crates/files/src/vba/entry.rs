//! The procedures that a document starts by itself.

use super::Module;
use super::ast::Name;
use super::lexer::tokens;
use super::parse::{Platform, select, unit};
use super::program::Loaded;
use std::rc::Rc;

/// Nesting of the source that is looked at for entry points.
const NESTING: u32 = 64;

/// When a procedure runs without being called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trigger {
    /// When the document is opened or made.
    Open,
    /// When it is closed, saved, printed or switched to.
    Later,
    /// When a control in the document is drawn, moved over or used.
    Control,
}

/// A procedure that runs without being called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryPoint {
    /// The name as the source writes it.
    pub name: String,
    /// The module.
    pub module: String,
    /// When it runs.
    pub trigger: Trigger,
    /// The first byte of the procedure in the module's source.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
}

/// Names that run at opening.
const OPEN: &[&str] = &[
    "autoopen",
    "auto_open",
    "autoexec",
    "autonew",
    "auto_new",
    "document_open",
    "documentopen",
    "document_new",
    "workbook_open",
    "workbookopen",
    "presentation_open",
    "document_xmlafterinsert",
    "document_contentcontrolonenter",
    "app_documentopen",
    "app_workbookopen",
    "auto_ouvrir",
    "onload",
    "application_startup",
    "newmail",
    "application_newmail",
    "form_open",
    "form_load",
    "ribbon_onload",
    "onribbonload",
];

/// Names that run later.
const LATER: &[&str] = &[
    "autoclose",
    "auto_close",
    "autoexit",
    "auto_exit",
    "document_close",
    "documentbeforeclose",
    "document_beforeclose",
    "document_beforesave",
    "document_beforeprint",
    "workbook_beforeclose",
    "workbook_close",
    "workbook_activate",
    "workbook_deactivate",
    "workbook_beforesave",
    "workbook_beforeprint",
    "workbook_sheetactivate",
    "workbook_windowactivate",
    "workbook_newsheet",
    "workbook_sheetchange",
    "workbook_sheetcalculate",
    "worksheet_activate",
    "worksheet_change",
    "worksheet_calculate",
    "worksheet_selectionchange",
    "worksheet_followhyperlink",
    "document_sync",
    "application_quit",
    "filesave",
    "fileopen",
    "fileclose",
    "fileprint",
    "presentation_beforeclose",
    "slideshowbegin",
    "onslideshowpagechange",
    "onslideshowterminate",
    "app_slideshowbegin",
    "app_slideshownextslide",
    "auto_activate",
    "auto_deactivate",
    "auto_fermer",
];

/// Events of controls that need no click, and of forms.
const EVENTS: &[&str] = &[
    "_layout",
    "_painted",
    "_resize",
    "_mousemove",
    "_mousehover",
    "_gotfocus",
    "_lostfocus",
    "_change",
    "_click",
    "_initialize",
    "_activate",
    "_terminate",
    "_progresschange",
    "_statechange",
    "_titlechange",
    "_navigatecomplete2",
    "_documentcomplete",
    "_beforenavigate2",
    "_downloadbegin",
    "_downloadcomplete",
    "_commandstatechange",
    "_windowstatechange",
    "_onconnecting",
    "_ondisconnected",
    "_timer",
    "_readystatechange",
    "_remotehover",
];

/// Returns the entry points in the order in which they run: what runs at opening first, then by module and place.
pub fn entry_points(modules: &[Module]) -> Vec<EntryPoint> {
    let mut found: Vec<(usize, EntryPoint)> = Vec::new();
    for (at, module) in modules.iter().enumerate() {
        let tokens = tokens(&module.source);
        for platform in Platform::ALL {
            let (unit, _) = unit(&select(&tokens, platform, NESTING), &module.name, NESTING);
            for procedure in &unit.procedures {
                let point = trigger(&procedure.name).map(|trigger| EntryPoint {
                    name: written(&module.source, procedure.start, procedure.end, &procedure.name),
                    module: module.name.clone(),
                    trigger,
                    start: procedure.start,
                    end: procedure.end,
                });
                found.extend(point.map(|point| (at, point)));
            }
        }
    }
    found.sort_by_key(|(at, point)| (point.trigger, *at, point.start));
    found.dedup();
    found.into_iter().map(|(_, point)| point).collect()
}

/// Returns the entry points of a loaded program, by module and name.
pub(super) fn starts(units: &[Rc<Loaded>]) -> Vec<(usize, Name)> {
    let mut found: Vec<(Trigger, usize, usize, Name)> = Vec::new();
    for (at, unit) in units.iter().enumerate() {
        for procedure in &unit.unit.procedures {
            let point = trigger(&procedure.name)
                .map(|trigger| (trigger, at, procedure.start, Rc::clone(&procedure.name)));
            found.extend(point);
        }
    }
    found.sort();
    found.into_iter().map(|(_, unit, _, name)| (unit, name)).collect()
}

fn trigger(name: &str) -> Option<Trigger> {
    if OPEN.contains(&name) {
        Some(Trigger::Open)
    } else if LATER.contains(&name) {
        Some(Trigger::Later)
    } else {
        EVENTS
            .iter()
            .any(|event| name.ends_with(event))
            .then_some(Trigger::Control)
    }
}

/// Returns the name as the source writes it.
fn written(source: &str, start: usize, end: usize, name: &str) -> String {
    let text = source.get(start..end).unwrap_or("");
    text.split(|c: char| !super::lexer::is_name_part(c))
        .find(|word| word.to_lowercase() == name)
        .unwrap_or(name)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_a_document_comes_first() {
        let module = |name: &str, source: &str| Module {
            name: name.into(),
            source: source.into(),
        };
        let points = entry_points(&[
            module(
                "ThisDocument",
                "Sub Ink1_Painted()\nEnd Sub\nSub Document_Close()\nEnd Sub\n",
            ),
            module(
                "Module1",
                "#If Mac Then\nSub AutoOpen()\nEnd Sub\n#End If\nSub Other()\nEnd Sub\n",
            ),
        ]);
        let names: Vec<(&str, Trigger)> = points.iter().map(|p| (p.name.as_str(), p.trigger)).collect();
        assert_eq!(
            names,
            [
                ("AutoOpen", Trigger::Open),
                ("Document_Close", Trigger::Later),
                ("Ink1_Painted", Trigger::Control)
            ]
        );
    }
}
