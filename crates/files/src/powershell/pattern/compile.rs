//! A pattern's text becomes a program.

use super::set::{Item, Set};
use super::{Glyph, MOST_INSTRUCTIONS, Op, Options, Pattern};

/// Groups inside each other.
pub(super) const MOST_DEPTH: usize = 32;
/// Numbers that stand for named groups until the unnamed ones are counted.
pub(super) const NAMED: usize = 1 << 20;

pub(super) struct Compiler {
    pub(super) chars: Vec<char>,
    pub(super) at: usize,
    pub(super) program: Vec<Op>,
    /// Groups without a name, the whole match included.
    pub(super) groups: usize,
    pub(super) names: Vec<String>,
    /// Places of loops that watch whether they move.
    pub(super) marks: usize,
    /// Groups inside loops.
    pub(super) repeated: Vec<usize>,
    pub(super) depth: usize,
    pub(super) options: Options,
}

/// Compiles a pattern; `None` where its syntax is outside the known part.
pub(super) fn compile(pattern: &str, options: Options) -> Option<Pattern> {
    let mut compiler = Compiler {
        chars: pattern.chars().collect(),
        at: 0,
        program: Vec::new(),
        groups: 1,
        names: Vec::new(),
        marks: 0,
        repeated: Vec::new(),
        depth: 0,
        options,
    };
    let (opening, closing) = compiler.edges(0);
    compiler.push(opening)?;
    compiler.alternatives()?;
    compiler.push(closing)?;
    compiler.push(Op::Done)?;
    if compiler.at != compiler.chars.len() {
        return None;
    }
    compiler.number_names();
    let groups = compiler.groups + compiler.names.len();
    let unnamed = compiler.groups;
    Some(Pattern {
        program: compiler.program,
        groups,
        marks: compiler.marks,
        repeated: compiler.repeated,
        right_to_left: options.right_to_left,
        names: compiler
            .names
            .into_iter()
            .enumerate()
            .map(|(place, name)| (name, unnamed + place))
            .collect(),
    })
}

impl Compiler {
    /// Named groups are numbered behind all others.
    fn number_names(&mut self) {
        let unnamed = self.groups;
        for op in &mut self.program {
            match op {
                Op::Save(slot) if *slot >= NAMED => *slot = *slot - NAMED + unnamed * 2,
                Op::Back { group, .. } if *group >= NAMED => *group = *group - NAMED + unnamed,
                _ => {}
            }
        }
        for group in &mut self.repeated {
            if *group >= NAMED / 2 {
                *group = *group - NAMED / 2 + unnamed;
            }
        }
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    pub(super) fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    pub(super) fn eat(&mut self, c: char) -> bool {
        let stands = self.peek() == Some(c);
        self.at += usize::from(stands);
        stands
    }

    pub(super) fn push(&mut self, op: Op) -> Option<usize> {
        (self.program.len() < MOST_INSTRUCTIONS).then(|| {
            self.program.push(op);
            self.program.len() - 1
        })
    }

    pub(super) fn patch(&mut self, place: usize, op: Op) {
        if let Some(old) = self.program.get_mut(place) {
            *old = op;
        }
    }

    pub(super) fn alternatives(&mut self) -> Option<()> {
        let outer = self.options;
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
        // `(?i)` holds to the end of the group that it stands in.
        self.options = outer;
        Some(())
    }

    /// Skips blanks and comments where the pattern may be laid out.
    pub(super) fn skip_layout(&mut self) {
        while self.options.layout {
            match self.peek() {
                Some('#') => while self.bump().is_some_and(|c| c != '\n') {},
                Some(c) if c.is_whitespace() => self.at += 1,
                _ => break,
            }
        }
    }

    fn sequence(&mut self) -> Option<()> {
        let backwards = self.options.right_to_left;
        let mut starts = Vec::new();
        loop {
            self.skip_layout();
            let start = self.program.len();
            if matches!(self.peek(), None | Some('|' | ')')) {
                return if backwards { self.turn(&starts) } else { Some(()) };
            }
            starts.push(start);
            let repeats = self.atom()?;
            self.skip_layout();
            if repeats {
                self.quantifier(start)?;
            } else if matches!(self.peek(), Some('*' | '+' | '?')) {
                return None;
            }
        }
    }

    /// Puts parts that follow each other into the order in which they are met from the right.
    fn turn(&mut self, starts: &[usize]) -> Option<()> {
        let Some(&first) = starts.first() else {
            return Some(());
        };
        let parts = self.program.split_off(first);
        let mut end = parts.len();
        for start in starts.iter().rev() {
            self.copy(parts.get(start - first..end)?, *start)?;
            end = start - first;
        }
        Some(())
    }

    pub(super) fn one(&mut self, set: Set) -> Option<bool> {
        let glyph = Glyph {
            set,
            insensitive: self.options.insensitive,
            backwards: self.options.right_to_left,
        };
        self.push(Op::One(glyph)).map(|_| true)
    }

    /// Reads one part; says whether a quantifier may follow.
    fn atom(&mut self) -> Option<bool> {
        let op = match self.bump()? {
            '(' => return self.group(),
            '[' => {
                let set = self.class()?;
                return self.one(set);
            }
            '.' => {
                let set = if self.options.single_line {
                    Set {
                        negated: true,
                        ..Set::default()
                    }
                } else {
                    Set::of(Item::Range('\n', '\n'), true)
                };
                return self.one(set);
            }
            '^' if self.options.multi_line => Op::LineStart,
            '^' => Op::Start,
            '$' if self.options.multi_line => Op::LineEnd,
            '$' => Op::End,
            '\\' => return self.escape(),
            '*' | '+' | '?' => return None,
            // A brace that begins no count is a character.
            '{' if self.count_follows() => return None,
            c => return self.one(Set::one(c)),
        };
        self.push(op).map(|_| true)
    }

    pub(super) fn count_follows(&self) -> bool {
        let rest = self.chars.get(self.at..).unwrap_or_default();
        let digits = |from: usize| {
            let rest = rest.get(from..).unwrap_or_default();
            rest.iter().take_while(|c| c.is_ascii_digit()).count()
        };
        let least = digits(0);
        let end = match rest.get(least) {
            Some(',') => least + 1 + digits(least + 1),
            _ => least,
        };
        least > 0 && rest.get(end) == Some(&'}')
    }

    fn group(&mut self) -> Option<bool> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return None;
        }
        let repeats = self.group_inside()?;
        self.depth -= 1;
        Some(repeats)
    }

    fn group_inside(&mut self) -> Option<bool> {
        if !self.eat('?') {
            if self.options.explicit {
                return self.closed_alternatives();
            }
            let group = self.groups;
            self.groups += 1;
            return self.capture(group * 2);
        }
        match self.bump()? {
            ':' => self.closed_alternatives(),
            '>' => self.apart(|end| Op::Atomic { end }),
            '=' => self.look(true, false),
            '!' => self.look(true, true),
            '#' => {
                while self.bump()? != ')' {}
                Some(false)
            }
            '<' if self.eat('=') => self.look(false, false),
            '<' if self.eat('!') => self.look(false, true),
            '<' => self.named('>'),
            '\'' => self.named('\''),
            c => self.inline_options(c),
        }
    }

    fn closed_alternatives(&mut self) -> Option<bool> {
        self.alternatives()?;
        self.eat(')').then_some(true)
    }

    fn capture(&mut self, slot: usize) -> Option<bool> {
        let (opening, closing) = self.edges(slot);
        self.push(opening)?;
        self.alternatives()?;
        self.push(closing)?;
        self.eat(')').then_some(true)
    }

    /// What a group's first and last instruction keep: from the right the end comes first.
    fn edges(&self, slot: usize) -> (Op, Op) {
        if self.options.right_to_left {
            (Op::Save(slot + 1), Op::Save(slot))
        } else {
            (Op::Save(slot), Op::Save(slot + 1))
        }
    }

    fn named(&mut self, close: char) -> Option<bool> {
        let mut name = String::new();
        loop {
            match self.bump()? {
                c if c == close => break,
                // Numbers as names and balancing groups are outside the known part.
                c if c.is_alphabetic() || c == '_' || (c.is_ascii_digit() && !name.is_empty()) => {
                    name.push(c)
                }
                _ => return None,
            }
        }
        if name.is_empty() {
            return None;
        }
        let place = match self.names.iter().position(|known| *known == name) {
            Some(place) => {
                self.repeated.push(NAMED / 2 + place);
                place
            }
            None => {
                self.names.push(name);
                self.names.len() - 1
            }
        };
        self.capture(NAMED + place * 2)
    }

    /// `(?i)`, `(?i-s)`, `(?i: … )`
    fn inline_options(&mut self, first: char) -> Option<bool> {
        let outer = self.options;
        let (mut c, mut on) = (first, true);
        loop {
            match c {
                '-' => on = false,
                '+' => on = true,
                'i' => self.options.insensitive = on,
                'm' => self.options.multi_line = on,
                's' => self.options.single_line = on,
                'n' => self.options.explicit = on,
                'x' => self.options.layout = on,
                ')' => return Some(false),
                ':' => {
                    self.alternatives()?;
                    self.options = outer;
                    return self.eat(')').then_some(true);
                }
                _ => return None,
            }
            c = self.bump()?;
        }
    }

    /// A part that is matched by itself: its program stands behind the instruction, up to its own end.
    fn apart(&mut self, op: impl Fn(usize) -> Op) -> Option<bool> {
        let head = self.push(op(0))?;
        self.alternatives()?;
        self.push(Op::Done)?;
        let end = self.program.len();
        self.patch(head, op(end));
        self.eat(')').then_some(true)
    }

    /// A look ahead runs forwards and a look behind backwards, whatever the pattern around it does.
    fn look(&mut self, ahead: bool, negative: bool) -> Option<bool> {
        let outer = self.options;
        self.options.right_to_left = !ahead;
        self.apart(|end| Op::Look { end, negative })?;
        self.options = outer;
        Some(true)
    }
}
