//! Runs a pattern's program over a text.

use super::set::same;
use super::{Match, Op, Pattern};
use crate::script::Budget;
use strongroom_model::Limit;

/// Places of groups that the ways may keep which one match leaves for later.
const MOST_WAITING: usize = 1 << 22;

#[derive(Clone)]
struct Thread {
    op: usize,
    at: usize,
    slots: Vec<Option<usize>>,
}

enum Advance {
    On,
    Fork(usize),
    Dead,
    Done,
}

impl Pattern {
    /// Matches at `start` alone.
    pub(in super::super) fn find_at(
        &self,
        text: &[char],
        start: usize,
        budget: &mut Budget<'_>,
    ) -> Result<Option<Match>, Limit> {
        // Most places are told from a match by their first character.
        if let Some(Op::One(glyph)) = self.first()
            && !glyph.fits(text, start)
        {
            if start.is_multiple_of(64) {
                budget.step()?;
            }
            return Ok(None);
        }
        let thread = Thread {
            op: 0,
            at: start,
            slots: vec![None; self.groups * 2 + self.marks],
        };
        let found = self.run(thread, text, budget)?;
        Ok(found.map(|thread| Match {
            slots: thread.slots,
            groups: self.groups,
        }))
    }

    /// Returns the first instruction that every match has to pass.
    fn first(&self) -> Option<&Op> {
        let mut at = 0;
        loop {
            match self.program.get(at)? {
                Op::Save(_) => at += 1,
                Op::Jump(to) if *to == at + 1 => at += 1,
                op => return Some(op),
            }
        }
    }

    /// Runs a thread to the end of its program.
    fn run(&self, thread: Thread, text: &[char], budget: &mut Budget<'_>) -> Result<Option<Thread>, Limit> {
        let mut stack = vec![thread];
        let (mut moves, mut paid) = (0_usize, 0_usize);
        while let Some(mut thread) = stack.pop() {
            loop {
                moves += 1;
                if stack.len().saturating_mul(thread.slots.len().max(16)) > MOST_WAITING {
                    return Err(Limit::Steps);
                }
                while moves >= paid + 16 {
                    budget.step()?;
                    paid += 16;
                }
                let advance = match self.program.get(thread.op) {
                    Some(Op::Look { end, negative }) => {
                        self.look(&mut thread, (*end, *negative), text, budget)?
                    }
                    Some(Op::Atomic { end }) => self.atomic(&mut thread, *end, text, budget)?,
                    _ => self.advance(&mut thread, text),
                };
                match advance {
                    Advance::On => {}
                    Advance::Fork(other) => {
                        // A pattern of many groups copies all their places.
                        moves += thread.slots.len() / 16;
                        stack.push(Thread {
                            op: other,
                            ..thread.clone()
                        });
                    }
                    Advance::Dead => break,
                    Advance::Done => return Ok(Some(thread)),
                }
            }
        }
        Ok(None)
    }

    /// Runs the part behind the instruction by itself.
    fn apart(
        &self,
        thread: &Thread,
        text: &[char],
        budget: &mut Budget<'_>,
    ) -> Result<Option<Thread>, Limit> {
        budget.step()?;
        let inner = Thread {
            op: thread.op + 1,
            ..thread.clone()
        };
        self.run(inner, text, budget)
    }

    fn atomic(
        &self,
        thread: &mut Thread,
        end: usize,
        text: &[char],
        budget: &mut Budget<'_>,
    ) -> Result<Advance, Limit> {
        Ok(match self.apart(thread, text, budget)? {
            Some(inner) => {
                *thread = Thread { op: end, ..inner };
                Advance::On
            }
            None => Advance::Dead,
        })
    }

    /// Looks ahead or behind. What the groups of a positive look take is kept.
    fn look(
        &self,
        thread: &mut Thread,
        (end, negative): (usize, bool),
        text: &[char],
        budget: &mut Budget<'_>,
    ) -> Result<Advance, Limit> {
        let found = self.apart(thread, text, budget)?;
        if found.is_some() == negative {
            return Ok(Advance::Dead);
        }
        if let Some(found) = found {
            thread.slots = found.slots;
        }
        thread.op = end;
        Ok(Advance::On)
    }

    fn advance(&self, thread: &mut Thread, text: &[char]) -> Advance {
        let Some(op) = self.program.get(thread.op) else {
            return Advance::Dead;
        };
        thread.op += 1;
        let at = thread.at;
        let word = |at: Option<usize>| {
            at.and_then(|at| text.get(at))
                .is_some_and(|c| c.is_alphanumeric() || *c == '_')
        };
        let holds = match op {
            Op::One(glyph) => {
                let fits = glyph.fits(text, at);
                if fits {
                    thread.at = if glyph.backwards { at - 1 } else { at + 1 };
                }
                fits
            }
            Op::Split(first, second) => {
                thread.op = *first;
                return Advance::Fork(*second);
            }
            Op::Jump(to) => {
                thread.op = *to;
                true
            }
            Op::Save(slot) => {
                if let Some(slot) = thread.slots.get_mut(*slot) {
                    *slot = Some(at);
                }
                true
            }
            Op::Back {
                group,
                insensitive,
                backwards,
            } => taken_again(thread, *group, *insensitive, *backwards, text),
            Op::Mark(mark) => {
                if let Some(slot) = thread.slots.get_mut(self.groups * 2 + mark) {
                    *slot = Some(at);
                }
                true
            }
            Op::Moved(mark, end) => {
                if thread.slots.get(self.groups * 2 + mark) == Some(&Some(at)) {
                    thread.op = *end;
                }
                true
            }
            Op::Start => at == 0,
            Op::End => at == text.len() || (at + 1 == text.len() && text.last() == Some(&'\n')),
            Op::Last => at == text.len(),
            Op::LineStart => at == 0 || text.get(at - 1) == Some(&'\n'),
            Op::LineEnd => at == text.len() || text.get(at) == Some(&'\n'),
            Op::Boundary(wanted) => (word(at.checked_sub(1)) != word(Some(at))) == *wanted,
            Op::Look { .. } | Op::Atomic { .. } => false,
            Op::Done => return Advance::Done,
        };
        if holds { Advance::On } else { Advance::Dead }
    }
}

/// The text of a group stands here again; a group that has taken nothing fails.
fn taken_again(thread: &mut Thread, group: usize, insensitive: bool, backwards: bool, text: &[char]) -> bool {
    let slot = |index: usize| thread.slots.get(index).copied().flatten();
    let (Some(start), Some(end)) = (slot(group * 2), slot(group * 2 + 1)) else {
        return false;
    };
    let Some(taken) = text.get(start..end) else {
        return false;
    };
    let from = if backwards {
        thread.at.checked_sub(taken.len())
    } else {
        Some(thread.at)
    };
    let Some(from) = from else { return false };
    let here = text.get(from..from + taken.len());
    thread.at = if backwards { from } else { from + taken.len() };
    here.is_some_and(|here| {
        here.iter()
            .zip(taken)
            .all(|(&one, &other)| same(one, other, insensitive))
    })
}
