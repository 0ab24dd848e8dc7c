//! The lay of the chain: which things stand in which column, from the first file to the last party, and which lines
//! join them. Whole numbers only; the same links give the same drawing.

use std::collections::{BTreeMap, BTreeSet};
use strongroom_model::{Entity, Link, Strength};

/// Boxes of one column that are drawn; the rest is counted.
const TALLEST: usize = 7;

/// The columns, the first file first.
pub(super) const COLUMNS: [&str; 6] = ["Evidence", "C2", "Hosts", "Drains", "Wallets", "Parties"];

/// A box of the drawing.
pub(super) struct Node<'a> {
    pub(super) entity: &'a Entity,
    pub(super) column: usize,
    pub(super) row: usize,
}

/// A line of the drawing, from left to right, with the numbers of its boxes.
pub(super) struct Line<'a> {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) strength: Strength,
    pub(super) link: &'a Link,
}

/// The drawing.
pub(super) struct Lay<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) lines: Vec<Line<'a>>,
    /// How many boxes each column has.
    pub(super) heights: [usize; 6],
    /// How many boxes of each column were left out.
    pub(super) hidden: [usize; 6],
}

/// Rules whose links are lines of the chain, with the columns they lead between; hosts are drawn after what they
/// reached, because orders flow that way.
const LINES: [(&str, usize, usize); 10] = [
    ("contains", 0, 0),
    ("names", 0, 1),
    ("intel-corroborates", 0, 1),
    ("c2-contacted", 2, 1),
    ("beacon-to-c2", 2, 1),
    ("indicator-contacted", 2, 1),
    ("host-before-drain", 2, 3),
    ("drained-to", 3, 4),
    ("published-theft-wallet", 4, 5),
    ("belongs-to", 4, 5),
];

impl<'a> Lay<'a> {
    pub(super) fn of(links: &[&'a Link]) -> Self {
        let drawn = drawn(links);
        let mut weight: BTreeMap<(usize, &Entity), usize> = BTreeMap::new();
        for (from, to, _) in &drawn {
            *weight.entry(*from).or_default() += 1;
            *weight.entry(*to).or_default() += 1;
        }
        let mut lay = Lay {
            nodes: Vec::new(),
            lines: Vec::new(),
            heights: [0; 6],
            hidden: [0; 6],
        };
        for column in 0..COLUMNS.len() {
            lay.stand(column, &weight, &drawn);
        }
        lay.join(drawn);
        lay
    }

    /// Puts the boxes of a column in their order: the most joined stay, evidence stands below what holds it.
    fn stand(&mut self, column: usize, weight: &BTreeMap<(usize, &'a Entity), usize>, drawn: &[Drawn<'a>]) {
        let mut own: Vec<(&Entity, usize)> = weight
            .iter()
            .filter(|((at, _), _)| *at == column)
            .map(|((_, entity), weight)| (*entity, *weight))
            .collect();
        own.sort_by_key(|(entity, weight)| (std::cmp::Reverse(*weight), *entity));
        let hidden = own.len().saturating_sub(TALLEST);
        own.truncate(TALLEST);
        let mut entities: Vec<&Entity> = own.into_iter().map(|(entity, _)| entity).collect();
        if column == 0 {
            let levels = levels(drawn);
            entities.sort_by_key(|entity| (levels.get(entity).copied().unwrap_or(0), *entity));
        } else {
            entities.sort_by_key(|entity| (self.mean_row(column, entity, drawn), *entity));
        }
        for (row, entity) in entities.iter().enumerate() {
            self.nodes.push(Node { entity, column, row });
        }
        if let (Some(height), Some(count)) = (self.heights.get_mut(column), self.hidden.get_mut(column)) {
            (*height, *count) = (entities.len(), hidden);
        }
    }

    /// Returns the mean row, in thousandths, of what the entity is joined to further left: fewer lines cross.
    fn mean_row(&self, column: usize, entity: &Entity, drawn: &[Drawn<'_>]) -> usize {
        let mut rows = Vec::new();
        for (from, to, _) in drawn {
            for ((own, one), (other_column, other)) in [(from, to), (to, from)] {
                if *own == column && *one == entity && *other_column < column {
                    let node = self
                        .nodes
                        .iter()
                        .find(|node| node.column == *other_column && node.entity == *other);
                    rows.extend(node.map(|node| node.row * 1000));
                }
            }
        }
        rows.iter()
            .sum::<usize>()
            .checked_div(rows.len())
            .unwrap_or(usize::MAX)
    }

    fn join(&mut self, drawn: Vec<Drawn<'a>>) {
        let numbers: BTreeMap<(usize, &Entity), usize> = self
            .nodes
            .iter()
            .enumerate()
            .map(|(number, node)| ((node.column, node.entity), number))
            .collect();
        let mut kept: BTreeMap<(usize, usize), Line<'a>> = BTreeMap::new();
        for (from, to, link) in drawn {
            let (Some(from), Some(to)) = (numbers.get(&from), numbers.get(&to)) else {
                continue;
            };
            let (from, to) = (*from, *to);
            let strength = link.strength;
            let line = kept.entry((from, to)).or_insert(Line {
                from,
                to,
                strength,
                link,
            });
            if strength > line.strength {
                (line.strength, line.link) = (strength, link);
            }
        }
        self.lines = kept.into_values().collect();
    }
}

type Drawn<'a> = ((usize, &'a Entity), (usize, &'a Entity), &'a Link);

/// Returns the lines between columns, left end first. What leads to nothing else is left out: a named file that no
/// line takes further is evidence, not chain.
fn drawn<'a>(links: &[&'a Link]) -> Vec<Drawn<'a>> {
    let mut drawn: Vec<Drawn<'a>> = Vec::new();
    for link in links {
        let Some((_, from, to)) = LINES.iter().find(|(rule, _, _)| *rule == link.rule) else {
            continue;
        };
        let ends = ((*from, &link.from), (*to, &link.to));
        let (left, right) = if to < from { (ends.1, ends.0) } else { ends };
        if fits(left) && fits(right) {
            drawn.push((left, right, *link));
        }
    }
    drawn.extend(traced(links));
    drop_loose(&mut drawn);
    drawn
}

/// A trace's line leads from the theft wallet to the party behind the end: the end's wallet stands in the table.
fn traced<'a>(links: &[&'a Link]) -> Vec<Drawn<'a>> {
    let mut behind: BTreeMap<&Entity, BTreeSet<&Entity>> = BTreeMap::new();
    for link in links.iter().filter(|link| link.rule == "belongs-to") {
        behind.entry(&link.from).or_default().insert(&link.to);
    }
    let traced = links.iter().filter(|link| link.rule == "traced-to");
    traced
        .flat_map(|link| {
            let parties = behind.get(&link.to).into_iter().flatten();
            parties.map(|party| ((4, &link.from), (5, *party), *link))
        })
        .collect()
}

/// Returns whether an entity may stand in a column: what a link names as evidence stands nowhere else.
fn fits((column, entity): (usize, &Entity)) -> bool {
    match entity {
        Entity::Evidence { .. } => column == 0,
        Entity::Observable(_) => column == 1 || column == 4,
        Entity::Host { .. } => column == 2,
        Entity::Drain { .. } => column == 3,
        Entity::Party { .. } => column == 5,
    }
}

/// Drops end wallets that nothing leads to, names that no host reached where hosts were seen, and containers of
/// nothing that is drawn.
fn drop_loose(drawn: &mut Vec<Drawn<'_>>) {
    let right_of = |column: usize, drawn: &[Drawn<'_>]| -> BTreeSet<Entity> {
        let ends = drawn
            .iter()
            .filter(|(from, to, _)| from.0 == column && to.0 > column);
        ends.map(|(from, _, _)| from.1.clone()).collect()
    };
    let reached = right_of(1, drawn);
    if !reached.is_empty() {
        drawn.retain(|(_, to, _)| to.0 != 1 || reached.contains(to.1));
    }
    let paid: BTreeSet<Entity> = drawn
        .iter()
        .filter(|(_, to, _)| to.0 == 4)
        .map(|(_, to, _)| to.1.clone())
        .collect();
    let leads = |one: &Drawn<'_>| one.0.0 != 4 || paid.is_empty() || paid.contains(one.0.1);
    drawn.retain(leads);
    let mut naming = right_of(0, drawn);
    loop {
        let before = naming.len();
        let holders: Vec<Entity> = drawn
            .iter()
            .filter(|(_, to, _)| to.0 == 0 && naming.contains(to.1))
            .map(|(from, _, _)| from.1.clone())
            .collect();
        naming.extend(holders);
        if naming.len() == before {
            break;
        }
    }
    drawn.retain(|(_, to, _)| to.0 != 0 || naming.contains(to.1));
}

/// Returns how many containers stand around each piece of evidence, as far as lines show it.
fn levels<'a>(drawn: &[Drawn<'a>]) -> BTreeMap<&'a Entity, usize> {
    let mut levels: BTreeMap<&Entity, usize> = BTreeMap::new();
    // Evidence may contain itself through a damaged archive; sixteen levels are more than are unpacked.
    for _ in 0..16 {
        for (from, to, _) in drawn.iter().filter(|(_, to, _)| to.0 == 0) {
            let outer = levels.get(from.1).copied().unwrap_or(0);
            let own = levels.entry(to.1).or_default();
            *own = (*own).max(outer + 1);
        }
    }
    levels
}
