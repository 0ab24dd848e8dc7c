//! What of a project runs by itself: the procedures that Office starts, and all that these name.
//!
//! Reach is decided by names, not by evaluation: a procedure counts as reached where one that is reached names it.
//! That errs to the grave side, as it should: a button's macro is weighed less only where nothing automatic
//! names it.

use crate::vba::{Module, Trigger, entry_points};
use std::collections::{BTreeMap, BTreeSet};

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
    pub fn new(entry: Option<String>, mut apart: Vec<(usize, usize, usize)>) -> Self {
        apart.sort_unstable();
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
        let mut by_name: BTreeMap<&str, Vec<&Procedure>> = BTreeMap::new();
        for procedure in &procedures {
            by_name.entry(&procedure.name).or_default().push(procedure);
        }
        let mut reached: BTreeSet<String> = BTreeSet::new();
        let mut open: Vec<String> = entries.iter().map(|name| name.to_lowercase()).collect();
        while let Some(name) = open.pop() {
            if reached.contains(&name) {
                continue;
            }
            let own = by_name.get(name.as_str()).into_iter().flatten();
            let named = own.flat_map(|own| own.words.iter());
            let called = |word: &&String| by_name.contains_key(word.as_str()) && !reached.contains(*word);
            open.extend(named.filter(called).cloned());
            reached.insert(name);
        }
        let apart = procedures
            .iter()
            .filter(|procedure| !reached.contains(&procedure.name));
        let apart = apart.map(|procedure| (procedure.module, procedure.start, procedure.end));
        Reach::new(entries.into_iter().next(), apart.collect())
    }

    /// Returns whether what stands at a byte of a layer runs by itself; later layers do where the project does.
    pub fn covers(&self, layer: usize, start: usize) -> bool {
        // Ranges of one layer lie side by side: the last that begins before decides.
        let behind = self
            .apart
            .partition_point(|(module, from, _)| (*module, *from) <= (layer, start));
        let last = behind.checked_sub(1).and_then(|at| self.apart.get(at));
        let apart = last.is_some_and(|(module, from, to)| *module == layer && (*from..*to).contains(&start));
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
