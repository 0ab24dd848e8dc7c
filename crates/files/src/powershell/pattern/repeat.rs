//! Quantifiers: parts of a program that are passed several times.

use super::Op;
use super::compile::Compiler;

impl Compiler {
    /// Repeats what was compiled since `start`.
    pub(super) fn quantifier(&mut self, start: usize) -> Option<()> {
        let (least, most) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => {
                self.at += 1;
                if !self.count_follows() {
                    self.at -= 1;
                    return Some(());
                }
                return self.counted(start);
            }
            _ => return Some(()),
        };
        self.at += 1;
        self.repeat(start, least, most)
    }

    fn counted(&mut self, start: usize) -> Option<()> {
        let least = self.digits()?;
        let most = if self.eat(',') {
            if self.peek() == Some('}') {
                None
            } else {
                Some(self.digits()?)
            }
        } else {
            Some(least)
        };
        if !self.eat('}') || most.is_some_and(|most| most < least) {
            return None;
        }
        self.repeat(start, least, most)
    }

    fn digits(&mut self) -> Option<usize> {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        let text: String = self.chars.get(start..self.at)?.iter().collect();
        text.parse().ok()
    }

    fn repeat(&mut self, start: usize, least: usize, most: Option<usize>) -> Option<()> {
        let lazy = self.eat('?');
        self.skip_layout();
        if matches!(self.peek(), Some('*' | '+' | '?')) {
            return None;
        }
        let body = self.program.split_off(start);
        if most != Some(1) {
            self.repeated.extend(groups_of(&body));
        }
        for _ in 0..least {
            self.copy(&body, start)?;
        }
        match most {
            None => self.endless(&body, start, lazy)?,
            Some(most) => {
                let mut splits = Vec::new();
                for _ in least..most {
                    splits.push(self.push(Op::Split(0, 0))?);
                    self.copy(&body, start)?;
                }
                let end = self.program.len();
                for split in splits {
                    self.patch(split, fork(split + 1, end, lazy));
                }
            }
        }
        Some(())
    }

    /// A repetition without bound; a round that takes nothing is the last.
    fn endless(&mut self, body: &[Op], start: usize, lazy: bool) -> Option<()> {
        let moves = matches!(body, [Op::One(..)]);
        let split = self.push(Op::Split(0, 0))?;
        let mark = self.marks;
        if !moves {
            self.marks += 1;
            self.push(Op::Mark(mark))?;
        }
        self.copy(body, start)?;
        let watch = if moves {
            None
        } else {
            Some(self.push(Op::Moved(mark, 0))?)
        };
        self.push(Op::Jump(split))?;
        let end = self.program.len();
        self.patch(split, fork(split + 1, end, lazy));
        if let Some(watch) = watch {
            self.patch(watch, Op::Moved(mark, end));
        }
        Some(())
    }

    /// Puts a copy of instructions that were compiled at `origin` behind the program.
    pub(super) fn copy(&mut self, body: &[Op], origin: usize) -> Option<()> {
        let base = self.program.len();
        let moved = |to: usize| to - origin + base;
        for op in body {
            let op = match op {
                Op::Split(first, second) => Op::Split(moved(*first), moved(*second)),
                Op::Jump(to) => Op::Jump(moved(*to)),
                Op::Moved(mark, to) => Op::Moved(*mark, moved(*to)),
                Op::Atomic { end } => Op::Atomic { end: moved(*end) },
                Op::Look { end, negative } => Op::Look {
                    end: moved(*end),
                    negative: *negative,
                },
                other => other.clone(),
            };
            self.push(op)?;
        }
        Some(())
    }
}

/// The groups that a part of a program takes something for; named ones still by their provisional numbers.
fn groups_of(body: &[Op]) -> impl Iterator<Item = usize> + '_ {
    body.iter().filter_map(|op| match op {
        Op::Save(slot) if slot.is_multiple_of(2) => Some(slot / 2),
        _ => None,
    })
}

fn fork(body: usize, end: usize, lazy: bool) -> Op {
    if lazy {
        Op::Split(end, body)
    } else {
        Op::Split(body, end)
    }
}
