//! The gate every candidate passes: what is dismissed, safe-listed or widespread links to nothing, and is counted.

use super::seen::Seen;
use super::{Draft, Joined};
use crate::facts::{LeftOut, Unlinked};
use std::collections::{BTreeMap, BTreeSet};
use strongroom_model::Entity;

/// Counts what it holds back.
#[derive(Default)]
pub(super) struct Gate {
    held: BTreeMap<(Entity, LeftOut), (BTreeSet<Joined>, String)>,
}

impl Gate {
    /// Returns whether the candidate may become a link; what holds it back is counted.
    pub(super) fn passes(&mut self, seen: &Seen<'_>, rule: &'static str, draft: &Draft) -> bool {
        let mut held = Vec::new();
        let ends = [&draft.from, &draft.to].map(Clone::clone);
        let joined = draft.on.iter().cloned().map(Entity::Observable);
        for entity in ends.into_iter().chain(joined.clone()) {
            if let Some(why) = seen.dismissed(&entity) {
                held.push((entity, LeftOut::Dismissed, why));
            }
        }
        for observable in &draft.on {
            if let Some((ground, why)) = seen.stands_apart(observable) {
                held.push((Entity::Observable(observable.clone()), ground, why));
            }
        }
        held.sort();
        held.dedup();
        let passes = held.is_empty();
        for (entity, ground, why) in held {
            let row = self.held.entry((entity, ground));
            let row = row.or_insert_with(|| (BTreeSet::new(), why));
            row.0.insert((draft.from.clone(), draft.to.clone(), rule));
        }
        passes
    }

    /// Returns what was held back, sorted; dismissed evidence also where no rule came to it.
    pub(super) fn left_out(mut self, seen: &Seen<'_>) -> Vec<Unlinked> {
        for (evidence, why) in seen.silenced() {
            let row = self.held.entry((evidence, LeftOut::Dismissed));
            row.or_insert_with(|| (BTreeSet::new(), why));
        }
        let rows = self.held.into_iter();
        rows.map(|((what, ground), (links, why))| Unlinked {
            what,
            ground,
            links: links.len() as u64,
            why,
        })
        .collect()
    }
}
