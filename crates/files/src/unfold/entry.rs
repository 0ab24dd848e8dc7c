//! What of a project runs by itself: the procedures that Office starts, and all that these name.
//!
//! Reach is decided by names, not by evaluation: a procedure counts as reached where one that is reached names it.
//! That errs to the grave side, as it should: a button's macro is weighed less only where nothing automatic
//! names it.

use crate::vba::{Module, Trigger, entry_points};
use std::collections::BTreeSet;

/// The part of a project that runs by itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Reach {
    /// The first procedure that Office starts, as it is written.
    pub entry: Option<String>,
    /// Module and byte range of what is not reached.
    apart: Vec<(usize, usize, usize)>,
}

/// A procedure in the sources.
struct Procedure {
    module: usize,
    name: String,
    start: usize,
    end: usize,
    words: BTreeSet<String>,
}

impl Reach {
    /// Returns what an evaluation has found to run by itself: all but some ranges of layers.
    pub fn new(entry: Option<String>, apart: Vec<(usize, usize, usize)>) -> Self {
        Reach { entry, apart }
    }

    /// Returns what runs by itself in the modules.
    pub fn of(modules: &[Module]) -> Self {
        let automatic = |point: &crate::vba::EntryPoint| {
            let name = point.name.to_lowercase();
            // A click or a changed field is the user's doing.
            !matches!(point.trigger, Trigger::Control)
                || !(name.ends_with("_click") || name.ends_with("_change"))
        };
        let entries: Vec<String> = entry_points(modules)
            .into_iter()
            .filter(automatic)
            .map(|point| point.name)
            .collect();
        let procedures: Vec<Procedure> = modules
            .iter()
            .enumerate()
            .flat_map(|(number, module)| procedures(number, &module.source))
            .collect();
        let mut reached: BTreeSet<String> = BTreeSet::new();
        let mut open: Vec<String> = entries.iter().map(|name| name.to_lowercase()).collect();
        while let Some(name) = open.pop() {
            if reached.insert(name.clone()) {
                let named = procedures
                    .iter()
                    .filter(|procedure| procedure.name == name)
                    .flat_map(|own| own.words.iter());
                open.extend(
                    named
                        .filter(|word| procedures.iter().any(|other| other.name == **word))
                        .cloned(),
                );
            }
        }
        let apart = procedures
            .iter()
            .filter(|procedure| !reached.contains(&procedure.name));
        Reach {
            entry: entries.into_iter().next(),
            apart: apart
                .map(|procedure| (procedure.module, procedure.start, procedure.end))
                .collect(),
        }
    }

    /// Returns whether what stands at a byte of a layer runs by itself; later layers do where the project does.
    pub fn covers(&self, layer: usize, start: usize) -> bool {
        let apart = self
            .apart
            .iter()
            .any(|(module, from, to)| *module == layer && (*from..*to).contains(&start));
        self.entry.is_some() && !apart
    }
}

fn procedures(module: usize, source: &str) -> Vec<Procedure> {
    let mut found: Vec<Procedure> = Vec::new();
    let mut at = 0;
    let mut inside = false;
    for line in source.split_inclusive('\n') {
        if let Some(name) = head(line) {
            let name = name.to_lowercase();
            found.push(Procedure {
                module,
                name,
                start: at,
                end: at,
                words: BTreeSet::new(),
            });
            inside = true;
        }
        at += line.len();
        if let Some(last) = found.last_mut().filter(|_| inside) {
            last.end = at;
            let words = line
                .split(|c: char| !(c.is_alphanumeric() || c == '_'))
                .filter(|word| !word.is_empty());
            last.words.extend(words.map(str::to_lowercase));
        }
        let lower = line.trim_start().to_ascii_lowercase();
        inside &= !["end sub", "end function", "end property"]
            .iter()
            .any(|end| lower.starts_with(end));
    }
    found
}

/// Returns the name of the procedure that a line begins.
fn head(line: &str) -> Option<&str> {
    const SCOPES: [&str; 4] = ["private", "public", "friend", "static"];
    let mut words = line
        .split([' ', '\t', '(', '\r', '\n'])
        .filter(|word| !word.is_empty());
    let first = words.find(|word| !SCOPES.contains(&word.to_ascii_lowercase().as_str()))?;
    match first.to_ascii_lowercase().as_str() {
        "sub" | "function" => words.next(),
        "property" => words.nth(1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_by_itself_is_told_from_what_a_button_starts() {
        let source = "Sub AutoOpen()\r\n  Call Inner\r\nEnd Sub\r\nSub inner()\r\n  x = 1\r\nEnd Sub\r\nSub Button1_Click()\r\n  y = 2\r\nEnd Sub\r\n";
        let reach = Reach::of(&[Module {
            name: "m".into(),
            source: source.into(),
        }]);
        assert_eq!(reach.entry.as_deref(), Some("AutoOpen"));
        assert!(reach.covers(0, source.find("x = 1").unwrap()));
        assert!(!reach.covers(0, source.find("y = 2").unwrap()));
        assert!(reach.covers(1, 0));
        let idle = Reach::of(&[Module {
            name: "m".into(),
            source: "Sub Main()\nEnd Sub\n' Sub AutoOpen()\n".into(),
        }]);
        assert!(idle.entry.is_none() && !idle.covers(0, 0));
    }
}
