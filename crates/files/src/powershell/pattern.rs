//! Regular expressions: the part of .NET's syntax that means the same everywhere.
//!
//! A pattern is compiled to a small program that backtracks over an explicit stack, in the order in which
//! .NET's engine does, and pays a step for each move. Syntax outside this part (look-around, back
//! references, options, Unicode classes) does not compile, and the result that needed it stays unknown.

use super::ast::Case;
use crate::script::Budget;
use strongroom_model::Limit;

/// Repetitions and instructions that a pattern may expand to.
const MOST_INSTRUCTIONS: usize = 4_096;

/// Ways that one match may keep for later.
const MOST_WAITING: usize = 1 << 18;

#[derive(Clone, Debug)]
enum Op {
    One(Set),
    /// Tries the first, then the second.
    Split(usize, usize),
    Jump(usize),
    Save(usize),
    Start,
    End,
    Last,
    Boundary(bool),
    Done,
}

/// A set of characters.
#[derive(Clone, Debug, Default)]
struct Set {
    ranges: Vec<(char, char)>,
    negated: bool,
}

impl Set {
    fn one(c: char) -> Self {
        Set {
            ranges: vec![(c, c)],
            negated: false,
        }
    }

    fn has(&self, c: char, case: Case) -> bool {
        let within = |c: char| {
            self.ranges
                .iter()
                .any(|&(first, last)| (first..=last).contains(&c))
        };
        let hit = match case {
            Case::Sensitive => within(c),
            Case::Insensitive => within(c) || within(lower(c)) || within(upper(c)),
        };
        hit != self.negated
    }
}

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

fn upper(c: char) -> char {
    c.to_uppercase().next().unwrap_or(c)
}

/// A compiled pattern.
pub(super) struct Pattern {
    program: Vec<Op>,
    groups: usize,
    case: Case,
}

/// Where a match and its groups stand, in characters.
pub(super) struct Match {
    slots: Vec<Option<usize>>,
}

impl Match {
    /// Returns the first character of a group and the one after its last; group 0 is the whole match.
    pub(super) fn group(&self, group: usize) -> Option<(usize, usize)> {
        let slot = |index: usize| self.slots.get(index).copied().flatten();
        Some((slot(group * 2)?, slot(group * 2 + 1)?))
    }

    pub(super) fn groups(&self) -> usize {
        self.slots.len() / 2
    }
}

impl Pattern {
    /// Compiles a pattern; `None` where its syntax is outside the known part.
    pub(super) fn compile(pattern: &str, case: Case) -> Option<Pattern> {
        let mut compiler = Compiler {
            chars: pattern.chars().collect(),
            at: 0,
            program: Vec::new(),
            groups: 1,
            depth: 0,
        };
        compiler.push(Op::Save(0))?;
        compiler.alternatives()?;
        compiler.push(Op::Save(1))?;
        compiler.push(Op::Done)?;
        (compiler.at == compiler.chars.len()).then_some(Pattern {
            program: compiler.program,
            groups: compiler.groups,
            case,
        })
    }

    /// Finds the first match at or behind `from`.
    pub(super) fn find(
        &self,
        text: &[char],
        from: usize,
        budget: &mut Budget<'_>,
    ) -> Result<Option<Match>, Limit> {
        for start in from..=text.len() {
            if let Some(found) = self.find_at(text, start, budget)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Finds all matches, each behind the last.
    pub(super) fn find_all(&self, text: &[char], budget: &mut Budget<'_>) -> Result<Vec<Match>, Limit> {
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(one) = self.find(text, from, budget)? {
            let (start, end) = one.group(0).unwrap_or((from, from));
            from = if end > start { end } else { end + 1 };
            found.push(one);
            if from > text.len() {
                break;
            }
        }
        Ok(found)
    }

    /// Matches at `start` alone.
    pub(super) fn find_at(
        &self,
        text: &[char],
        start: usize,
        budget: &mut Budget<'_>,
    ) -> Result<Option<Match>, Limit> {
        let mut stack = vec![Thread {
            op: 0,
            at: start,
            slots: vec![None; self.groups * 2],
        }];
        let mut moves = 0_usize;
        while let Some(mut thread) = stack.pop() {
            loop {
                moves += 1;
                if stack.len() > MOST_WAITING {
                    return Err(Limit::Steps);
                }
                if moves.is_multiple_of(16) {
                    budget.step()?;
                }
                match self.advance(&mut thread, text) {
                    Advance::On => {}
                    Advance::Fork(other) => stack.push(Thread {
                        op: other,
                        ..thread.clone()
                    }),
                    Advance::Dead => break,
                    Advance::Done => return Ok(Some(Match { slots: thread.slots })),
                }
            }
        }
        Ok(None)
    }

    fn advance(&self, thread: &mut Thread, text: &[char]) -> Advance {
        let Some(op) = self.program.get(thread.op) else {
            return Advance::Dead;
        };
        thread.op += 1;
        let word = |at: Option<usize>| {
            at.and_then(|at| text.get(at))
                .is_some_and(|c| c.is_alphanumeric() || *c == '_')
        };
        let holds = match op {
            Op::One(set) => {
                let fits = text.get(thread.at).is_some_and(|&c| set.has(c, self.case));
                thread.at += 1;
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
                    *slot = Some(thread.at);
                }
                true
            }
            Op::Start => thread.at == 0,
            Op::End => thread.at == text.len() || (thread.at + 1 == text.len() && text.last() == Some(&'\n')),
            Op::Last => thread.at == text.len(),
            Op::Boundary(wanted) => (word(thread.at.checked_sub(1)) != word(Some(thread.at))) == *wanted,
            Op::Done => return Advance::Done,
        };
        if holds { Advance::On } else { Advance::Dead }
    }
}

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

struct Compiler {
    chars: Vec<char>,
    at: usize,
    program: Vec<Op>,
    groups: usize,
    depth: usize,
}

impl Compiler {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    fn eat(&mut self, c: char) -> bool {
        let stands = self.peek() == Some(c);
        self.at += usize::from(stands);
        stands
    }

    fn push(&mut self, op: Op) -> Option<usize> {
        (self.program.len() < MOST_INSTRUCTIONS).then(|| {
            self.program.push(op);
            self.program.len() - 1
        })
    }

    fn patch(&mut self, place: usize, op: Op) {
        if let Some(old) = self.program.get_mut(place) {
            *old = op;
        }
    }

    fn alternatives(&mut self) -> Option<()> {
        let mut ends = Vec::new();
        loop {
            let split = self.push(Op::Split(0, 0))?;
            self.sequence()?;
            if !self.eat('|') {
                self.patch(split, Op::Jump(split + 1));
                break;
            }
            ends.push(self.push(Op::Jump(0))?);
            let next = self.program.len();
            self.patch(split, Op::Split(split + 1, next));
        }
        let end = self.program.len();
        for place in ends {
            self.patch(place, Op::Jump(end));
        }
        Some(())
    }

    fn sequence(&mut self) -> Option<()> {
        while !matches!(self.peek(), None | Some('|' | ')')) {
            let start = self.program.len();
            self.atom()?;
            self.quantifier(start)?;
        }
        Some(())
    }

    fn atom(&mut self) -> Option<()> {
        let op = match self.bump()? {
            '(' => return self.group(),
            '[' => Op::One(self.class()?),
            '.' => Op::One(Set {
                ranges: vec![('\n', '\n')],
                negated: true,
            }),
            '^' => Op::Start,
            '$' => Op::End,
            '\\' => self.escape()?,
            '*' | '+' | '?' | '{' => return None,
            c => Op::One(Set::one(c)),
        };
        self.push(op).map(drop)
    }

    fn group(&mut self) -> Option<()> {
        self.depth += 1;
        if self.depth > 32 {
            return None;
        }
        if self.eat('?') {
            if !self.eat(':') {
                return None;
            }
            self.alternatives()?;
        } else {
            let group = self.groups;
            self.groups += 1;
            self.push(Op::Save(group * 2))?;
            self.alternatives()?;
            self.push(Op::Save(group * 2 + 1))?;
        }
        self.depth -= 1;
        self.eat(')').then_some(())
    }

    fn escape(&mut self) -> Option<Op> {
        let c = self.bump()?;
        if let Some(set) = class_escape(c) {
            return Some(Op::One(set));
        }
        Some(match c {
            'b' => Op::Boundary(true),
            'B' => Op::Boundary(false),
            'A' => Op::Start,
            'Z' => Op::End,
            'z' => Op::Last,
            c => Op::One(Set::one(self.plain_escape(c)?)),
        })
    }

    /// A backslash and a character that stand for one character.
    fn plain_escape(&mut self, c: char) -> Option<char> {
        match c {
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'f' => Some('\u{c}'),
            'v' => Some('\u{b}'),
            'a' => Some('\u{7}'),
            'e' => Some('\u{1b}'),
            'x' => self.hex(2),
            'u' => self.hex(4),
            c if c.is_alphanumeric() => None,
            c => Some(c),
        }
    }

    fn hex(&mut self, digits: usize) -> Option<char> {
        let text: String = self.chars.get(self.at..self.at + digits)?.iter().collect();
        self.at += digits;
        char::from_u32(u32::from_str_radix(&text, 16).ok()?)
    }

    fn class(&mut self) -> Option<Set> {
        let mut set = Set {
            negated: self.eat('^'),
            ranges: Vec::new(),
        };
        let mut first = true;
        loop {
            let c = self.bump()?;
            match c {
                ']' if !first => return Some(set),
                '-' if self.chars.get(self.at) == Some(&'[') => return None,
                '\\' => {
                    let escaped = self.bump()?;
                    match class_escape(escaped) {
                        Some(inner) if !inner.negated => set.ranges.extend(inner.ranges),
                        Some(_) => return None,
                        None => {
                            let c = if escaped == 'b' {
                                '\u{8}'
                            } else {
                                self.plain_escape(escaped)?
                            };
                            self.class_range(&mut set, c)?;
                        }
                    }
                }
                c => self.class_range(&mut set, c)?,
            }
            first = false;
        }
    }

    fn class_range(&mut self, set: &mut Set, first: char) -> Option<()> {
        let ranged = self.peek() == Some('-') && self.chars.get(self.at + 1).is_some_and(|&c| c != ']');
        if !ranged {
            set.ranges.push((first, first));
            return Some(());
        }
        self.at += 1;
        let last = match self.bump()? {
            '\\' => {
                let c = self.bump()?;
                self.plain_escape(c)?
            }
            '[' => return None,
            c => c,
        };
        (first <= last).then(|| set.ranges.push((first, last)))
    }

    /// Repeats what was compiled since `start`.
    fn quantifier(&mut self, start: usize) -> Option<()> {
        let (least, most) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => return self.counted(start),
            _ => return Some(()),
        };
        self.at += 1;
        self.repeat(start, least, most)
    }

    fn counted(&mut self, start: usize) -> Option<()> {
        self.at += 1;
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
        if matches!(self.peek(), Some('*' | '+' | '?' | '{')) {
            return None;
        }
        let body = self.program.split_off(start);
        for _ in 0..least {
            self.copy(&body, start)?;
        }
        match most {
            None => {
                let split = self.push(Op::Split(0, 0))?;
                self.copy(&body, start)?;
                self.push(Op::Jump(split))?;
                let end = self.program.len();
                self.patch(split, fork(split + 1, end, lazy));
            }
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

    /// Puts a copy of instructions that were compiled at `origin` behind the program.
    fn copy(&mut self, body: &[Op], origin: usize) -> Option<()> {
        let base = self.program.len();
        let moved = |to: usize| to - origin + base;
        for op in body {
            let op = match op {
                Op::Split(first, second) => Op::Split(moved(*first), moved(*second)),
                Op::Jump(to) => Op::Jump(moved(*to)),
                other => other.clone(),
            };
            self.push(op)?;
        }
        Some(())
    }
}

fn fork(body: usize, end: usize, lazy: bool) -> Op {
    if lazy {
        Op::Split(end, body)
    } else {
        Op::Split(body, end)
    }
}

/// `\d`, `\s`, `\w` and their opposites, over ASCII and Latin-1 blanks.
fn class_escape(c: char) -> Option<Set> {
    let ranges = match c.to_ascii_lowercase() {
        'd' => vec![('0', '9')],
        's' => vec![
            ('\t', '\r'),
            (' ', ' '),
            ('\u{85}', '\u{85}'),
            ('\u{a0}', '\u{a0}'),
        ],
        'w' => vec![('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')],
        _ => return None,
    };
    Some(Set {
        ranges,
        negated: c.is_ascii_uppercase(),
    })
}

/// Whether the pattern means just its own characters.
pub(super) fn is_literal(pattern: &str) -> bool {
    !pattern.contains([
        '\\', '*', '+', '?', '|', '{', '[', '(', ')', '^', '$', '.', '#', ' ',
    ]) || (!pattern.is_empty() && pattern.chars().all(|c| c == ' ' || c.is_ascii_alphanumeric()))
}
