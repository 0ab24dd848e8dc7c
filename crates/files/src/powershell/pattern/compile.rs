//! A pattern's text becomes a program.

use super::set::{Class, Item, Set};
use super::{MOST_INSTRUCTIONS, Op, Options, Pattern};

/// Groups inside each other.
const MOST_DEPTH: usize = 32;
/// Numbers that stand for named groups until the unnamed ones are counted.
const NAMED: usize = 1 << 20;

pub(super) struct Compiler {
    chars: Vec<char>,
    at: usize,
    program: Vec<Op>,
    /// Groups without a name, the whole match included.
    groups: usize,
    names: Vec<String>,
    /// Places of loops that watch whether they move.
    marks: usize,
    depth: usize,
    options: Options,
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
        depth: 0,
        options,
    };
    compiler.push(Op::Save(0))?;
    compiler.alternatives()?;
    compiler.push(Op::Save(1))?;
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
                Op::Back(group, _) if *group >= NAMED => *group = *group - NAMED + unnamed,
                _ => {}
            }
        }
    }

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
    fn skip_layout(&mut self) {
        while self.options.layout {
            match self.peek() {
                Some('#') => while self.bump().is_some_and(|c| c != '\n') {},
                Some(c) if c.is_whitespace() => self.at += 1,
                _ => break,
            }
        }
    }

    fn sequence(&mut self) -> Option<()> {
        loop {
            self.skip_layout();
            if matches!(self.peek(), None | Some('|' | ')')) {
                return Some(());
            }
            let start = self.program.len();
            let repeats = self.atom()?;
            self.skip_layout();
            if repeats {
                self.quantifier(start)?;
            } else if matches!(self.peek(), Some('*' | '+' | '?')) {
                return None;
            }
        }
    }

    fn one(&mut self, set: Set) -> Option<bool> {
        self.push(Op::One(set, self.options.insensitive)).map(|_| true)
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

    fn count_follows(&self) -> bool {
        let rest: String = self
            .chars
            .get(self.at..)
            .unwrap_or_default()
            .iter()
            .take(12)
            .collect();
        let Some((inside, _)) = rest.split_once('}') else {
            return false;
        };
        let (least, most) = inside.split_once(',').unwrap_or((inside, ""));
        !least.is_empty()
            && [least, most]
                .iter()
                .all(|part| part.chars().all(|c| c.is_ascii_digit()))
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
        self.push(Op::Save(slot))?;
        self.alternatives()?;
        self.push(Op::Save(slot + 1))?;
        self.eat(')').then_some(true)
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
            Some(place) => place,
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

    fn look(&mut self, ahead: bool, negative: bool) -> Option<bool> {
        let groups = self.groups + self.names.len();
        self.apart(|end| Op::Look { end, ahead, negative })?;
        // What a group takes while .NET matches backwards is outside the known part.
        let captured = self.groups + self.names.len() > groups;
        (ahead || !captured).then_some(true)
    }

    fn escape(&mut self) -> Option<bool> {
        let c = self.bump()?;
        if let Some(item) = self.class_escape(c)? {
            return self.one(Set::of(item, false));
        }
        let op = match c {
            'b' => Op::Boundary(true),
            'B' => Op::Boundary(false),
            'A' => Op::Start,
            'Z' => Op::End,
            'z' => Op::Last,
            'k' => {
                let close = match self.bump()? {
                    '<' => '>',
                    '\'' => '\'',
                    _ => return None,
                };
                let mut name = String::new();
                loop {
                    match self.bump()? {
                        c if c == close => break,
                        c => name.push(c),
                    }
                }
                let place = self.names.iter().position(|known| *known == name)?;
                Op::Back(NAMED + place, self.options.insensitive)
            }
            '1'..='9' => {
                let mut group = usize::try_from(c.to_digit(10)?).ok()?;
                if let Some(more) = self.peek().and_then(|c| c.to_digit(10)) {
                    group = group * 10 + usize::try_from(more).ok()?;
                    self.at += 1;
                }
                // A number beyond the groups so far may be an octal character.
                if group >= self.groups {
                    return None;
                }
                Op::Back(group, self.options.insensitive)
            }
            c => {
                let plain = self.plain_escape(c)?;
                return self.one(Set::one(plain));
            }
        };
        self.push(op).map(|_| true)
    }

    /// `\w`, `\D`, `\p{L}`: a class of characters; the outer `None` where it is not known.
    fn class_escape(&mut self, c: char) -> Option<Option<Item>> {
        if let Some(class) = Class::escaped(c.to_ascii_lowercase()) {
            return Some(Some(Item::Class(class, c.is_ascii_lowercase())));
        }
        if !matches!(c, 'p' | 'P') {
            return Some(None);
        }
        if !self.eat('{') {
            return None;
        }
        let mut name = String::new();
        loop {
            match self.bump()? {
                '}' => break,
                c => name.push(c),
            }
        }
        Some(Some(Item::Class(Class::named(&name)?, c == 'p')))
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
            'x' => self.digits_of(2, 16),
            'u' => self.digits_of(4, 16),
            'c' => {
                char::from_u32(u32::from(self.bump()?.to_ascii_uppercase()) ^ 64).filter(|c| c.is_control())
            }
            '0' => {
                let from = self.at;
                while self.at < from + 2 && self.peek().is_some_and(|c| ('0'..='7').contains(&c)) {
                    self.at += 1;
                }
                let text: String = self.chars.get(from..self.at)?.iter().collect();
                char::from_u32(if text.is_empty() {
                    0
                } else {
                    u32::from_str_radix(&text, 8).ok()?
                })
            }
            c if c.is_alphanumeric() => None,
            c => Some(c),
        }
    }

    fn digits_of(&mut self, digits: usize, base: u32) -> Option<char> {
        let text: String = self.chars.get(self.at..self.at + digits)?.iter().collect();
        self.at += digits;
        char::from_u32(u32::from_str_radix(&text, base).ok()?)
    }

    fn class(&mut self) -> Option<Set> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return None;
        }
        let mut set = Set {
            negated: self.eat('^'),
            ..Set::default()
        };
        let mut first = true;
        loop {
            let c = self.bump()?;
            match c {
                ']' if !first => break,
                '-' if self.peek() == Some('[') => {
                    self.at += 1;
                    set.without = Some(Box::new(self.class()?));
                    if !self.eat(']') {
                        return None;
                    }
                    break;
                }
                '\\' => {
                    let escaped = self.bump()?;
                    match self.class_escape(escaped)? {
                        Some(item) => set.items.push(item),
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
        self.depth -= 1;
        Some(set)
    }

    fn class_range(&mut self, set: &mut Set, first: char) -> Option<()> {
        let next = self.chars.get(self.at + 1).copied();
        let ranged = self.peek() == Some('-') && next.is_some_and(|c| c != ']' && c != '[');
        if !ranged {
            set.items.push(Item::Range(first, first));
            return Some(());
        }
        self.at += 1;
        let last = match self.bump()? {
            '\\' => {
                let c = self.bump()?;
                self.plain_escape(c)?
            }
            c => c,
        };
        (first <= last).then(|| set.items.push(Item::Range(first, last)))
    }

    /// Repeats what was compiled since `start`.
    fn quantifier(&mut self, start: usize) -> Option<()> {
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
    fn copy(&mut self, body: &[Op], origin: usize) -> Option<()> {
        let base = self.program.len();
        let moved = |to: usize| to - origin + base;
        for op in body {
            let op = match op {
                Op::Split(first, second) => Op::Split(moved(*first), moved(*second)),
                Op::Jump(to) => Op::Jump(moved(*to)),
                Op::Moved(mark, to) => Op::Moved(*mark, moved(*to)),
                Op::Atomic { end } => Op::Atomic { end: moved(*end) },
                Op::Look { end, ahead, negative } => Op::Look {
                    end: moved(*end),
                    ahead: *ahead,
                    negative: *negative,
                },
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
