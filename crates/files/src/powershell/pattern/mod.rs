//! Regular expressions: the part of .NET's syntax that means the same everywhere.
//!
//! A pattern is compiled to a small program that backtracks over an explicit stack, in the order in which
//! .NET's engine does, and pays a step for each move. Look-around, back references, named and atomic groups, options
//! and class subtraction are known; balancing groups, conditions and groups inside a look behind are not: they do not
//! compile, and the result that needed them stays unknown.

mod compile;
mod set;

use super::ast::Case;
use crate::script::Budget;
use set::{Set, same};
use strongroom_model::Limit;

/// Repetitions and instructions that a pattern may expand to.
const MOST_INSTRUCTIONS: usize = 4_096;

/// Ways that one match may keep for later.
const MOST_WAITING: usize = 1 << 18;

#[derive(Clone, Debug)]
enum Op {
    /// A character of a set; whether case is set aside.
    One(Set, bool),
    /// Tries the first, then the second.
    Split(usize, usize),
    Jump(usize),
    Save(usize),
    /// What a group has taken.
    Back(usize, bool),
    /// Remembers where a round of a loop begins; a round that has not moved leaves it.
    Mark(usize),
    Moved(usize, usize),
    /// The program up to `end` matches here, or up to here, and takes nothing.
    Look {
        end: usize,
        ahead: bool,
        negative: bool,
    },
    /// The program up to `end` matches here, once for all.
    Atomic {
        end: usize,
    },
    Start,
    End,
    Last,
    LineStart,
    LineEnd,
    Boundary(bool),
    Done,
}

/// `RegexOptions`, as far as they are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    pub(super) insensitive: bool,
    pub(super) multi_line: bool,
    pub(super) single_line: bool,
    pub(super) explicit: bool,
    pub(super) layout: bool,
    pub(super) right_to_left: bool,
}

impl Options {
    pub(super) fn of_case(case: Case) -> Self {
        Options {
            insensitive: case == Case::Insensitive,
            ..Options::default()
        }
    }

    /// Reads the options' names, or their number; `None` where one is not known.
    pub(super) fn named(text: &str) -> Option<Self> {
        let mut options = Options::default();
        if let Ok(number) = text.trim().parse::<u32>() {
            // 8 compiles it, 512 sets the culture aside.
            if number & !(1 | 2 | 4 | 8 | 16 | 32 | 64 | 512) != 0 {
                return None;
            }
            options.insensitive = number & 1 != 0;
            options.multi_line = number & 2 != 0;
            options.explicit = number & 4 != 0;
            options.single_line = number & 16 != 0;
            options.layout = number & 32 != 0;
            options.right_to_left = number & 64 != 0;
            return Some(options);
        }
        for name in text.split([',', ' ']).filter(|name| !name.is_empty()) {
            match name.to_ascii_lowercase().as_str() {
                "none" | "compiled" | "cultureinvariant" => {}
                "ignorecase" => options.insensitive = true,
                "multiline" => options.multi_line = true,
                "singleline" => options.single_line = true,
                "explicitcapture" => options.explicit = true,
                "ignorepatternwhitespace" => options.layout = true,
                "righttoleft" => options.right_to_left = true,
                _ => return None,
            }
        }
        Some(options)
    }
}

/// A compiled pattern.
pub(super) struct Pattern {
    program: Vec<Op>,
    groups: usize,
    marks: usize,
    names: Vec<(String, usize)>,
}

/// Where a match and its groups stand, in characters.
pub(super) struct Match {
    slots: Vec<Option<usize>>,
    groups: usize,
}

impl Match {
    /// Returns the first character of a group and the one after its last; group 0 is the whole match.
    pub(super) fn group(&self, group: usize) -> Option<(usize, usize)> {
        let slot = |index: usize| self.slots.get(index).copied().flatten();
        if group >= self.groups {
            return None;
        }
        Some((slot(group * 2)?, slot(group * 2 + 1)?))
    }

    pub(super) fn groups(&self) -> usize {
        self.groups
    }
}

impl Pattern {
    /// Compiles a pattern; `None` where its syntax is outside the known part.
    pub(super) fn compile(pattern: &str, case: Case) -> Option<Pattern> {
        Pattern::with(pattern, Options::of_case(case))
    }

    /// Compiles a pattern with options, their direction left out.
    pub(super) fn with(pattern: &str, options: Options) -> Option<Pattern> {
        compile::compile(pattern, options)
    }

    /// Returns the names of its groups with their numbers.
    pub(super) fn names(&self) -> &[(String, usize)] {
        &self.names
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

    /// Finds all matches from the right, the last first. Exact for a pattern of one length only: then the direction
    /// decides nothing but where the next match may lie.
    pub(super) fn find_all_backwards(
        &self,
        text: &[char],
        budget: &mut Budget<'_>,
    ) -> Result<Option<Vec<Match>>, Limit> {
        let Some(length) = self.length() else {
            return Ok(None);
        };
        let mut found = Vec::new();
        let mut end = text.len();
        while let Some(start) = end.checked_sub(length) {
            match self.find_at(text, start, budget)? {
                Some(one) => {
                    found.push(one);
                    end = start;
                    if length == 0 {
                        break;
                    }
                }
                None => match end.checked_sub(1) {
                    Some(less) => end = less,
                    None => break,
                },
            }
        }
        Ok(Some(found))
    }

    /// Returns how many characters every match has, where that is plain to see.
    fn length(&self) -> Option<usize> {
        let mut length = 0;
        for op in &self.program {
            match op {
                Op::One(..) => length += 1,
                Op::Jump(_) | Op::Save(_) | Op::Done | Op::Start | Op::Last => {}
                _ => return None,
            }
        }
        (length > 0).then_some(length)
    }

    /// Matches at `start` alone.
    pub(super) fn find_at(
        &self,
        text: &[char],
        start: usize,
        budget: &mut Budget<'_>,
    ) -> Result<Option<Match>, Limit> {
        // Most places are told from a match by their first character.
        if let Some(Op::One(set, insensitive)) = self.first()
            && !text.get(start).is_some_and(|&c| set.has(c, *insensitive))
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
        let found = self.run(thread, None, text, budget)?;
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

    /// Runs a thread to the end of its program; a match up to `until` has to end there.
    fn run(
        &self,
        thread: Thread,
        until: Option<usize>,
        text: &[char],
        budget: &mut Budget<'_>,
    ) -> Result<Option<Thread>, Limit> {
        let mut stack = vec![thread];
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
                let advance = match self.program.get(thread.op) {
                    Some(Op::Look { end, ahead, negative }) => {
                        budget.step()?;
                        self.look(&mut thread, (*end, *ahead, *negative), text, budget)?
                    }
                    Some(Op::Atomic { end }) => {
                        budget.step()?;
                        let inner = Thread {
                            op: thread.op + 1,
                            ..thread.clone()
                        };
                        match self.run(inner, None, text, budget)? {
                            Some(inner) => {
                                thread = Thread { op: *end, ..inner };
                                Advance::On
                            }
                            None => Advance::Dead,
                        }
                    }
                    _ => self.advance(&mut thread, text),
                };
                match advance {
                    Advance::On => {}
                    Advance::Fork(other) => stack.push(Thread {
                        op: other,
                        ..thread.clone()
                    }),
                    Advance::Dead => break,
                    Advance::Done if until.is_some_and(|until| until != thread.at) => break,
                    Advance::Done => return Ok(Some(thread)),
                }
            }
        }
        Ok(None)
    }

    /// Looks ahead or behind. What a look ahead's groups take is kept.
    fn look(
        &self,
        thread: &mut Thread,
        (end, ahead, negative): (usize, bool, bool),
        text: &[char],
        budget: &mut Budget<'_>,
    ) -> Result<Advance, Limit> {
        let at = thread.at;
        let inner = |start: usize| Thread {
            op: thread.op + 1,
            at: start,
            slots: thread.slots.clone(),
        };
        let found = if ahead {
            self.run(inner(at), None, text, budget)?
        } else {
            let mut found = None;
            for start in (0..=at).rev() {
                found = self.run(inner(start), Some(at), text, budget)?;
                budget.step()?;
                if found.is_some() {
                    break;
                }
            }
            found
        };
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
            Op::One(set, insensitive) => {
                let fits = text.get(at).is_some_and(|&c| set.has(c, *insensitive));
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
                    *slot = Some(at);
                }
                true
            }
            Op::Back(group, insensitive) => self.taken_again(thread, *group, *insensitive, text),
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

    /// The text of a group stands here again; a group that has taken nothing fails.
    fn taken_again(&self, thread: &mut Thread, group: usize, insensitive: bool, text: &[char]) -> bool {
        let slot = |index: usize| thread.slots.get(index).copied().flatten();
        let (Some(start), Some(end)) = (slot(group * 2), slot(group * 2 + 1)) else {
            return false;
        };
        let Some(taken) = text.get(start..end) else {
            return false;
        };
        let here = text.get(thread.at..thread.at + taken.len());
        let again = here.is_some_and(|here| {
            here.iter()
                .zip(taken)
                .all(|(&one, &other)| same(one, other, insensitive))
        });
        thread.at += taken.len();
        again
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

/// Whether the pattern means just its own characters.
pub(super) fn is_literal(pattern: &str) -> bool {
    !pattern.contains([
        '\\', '*', '+', '?', '|', '{', '[', '(', ')', '^', '$', '.', '#', ' ',
    ]) || (!pattern.is_empty() && pattern.chars().all(|c| c == ' ' || c.is_ascii_alphanumeric()))
}

/// Matches a text for the fuzzer: whatever the pattern, the search ends within the budget.
pub(super) fn search(pattern: &str, text: &str, budget: &mut Budget<'_>) -> Option<usize> {
    let chars: Vec<char> = text.chars().collect();
    let compiled = Pattern::with(pattern, Options::default())?;
    compiled.find_all(&chars, budget).ok().map(|found| found.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use strongroom_model::Limits;

    fn first(pattern: &str, text: &str) -> Option<String> {
        let limits = Limits::default();
        let chars: Vec<char> = text.chars().collect();
        let compiled = Pattern::with(pattern, Options::default()).expect(pattern);
        let found = compiled.find(&chars, 0, &mut Budget::new(&limits)).unwrap()?;
        let (start, end) = found.group(0).unwrap();
        Some(chars[start..end].iter().collect())
    }

    #[test]
    fn patterns_match_as_in_dotnet() {
        for (pattern, text, wanted) in [
            ("a(?=b)", "acab", Some("a")),
            ("a(?!c)", "acab", Some("a")),
            ("(?<=<)[^>]+(?=>)", "x<yz>", Some("yz")),
            ("(?<!a)b", "abcb", Some("b")),
            (r"(.)\1", "abccd", Some("cc")),
            (r"(?<q>['\x22]).*?\k<q>", "x'a\"b'c", Some("'a\"b'")),
            ("(?i)AB(?-i)c", "xabc", Some("abc")),
            ("(?i:a)B", "AB", Some("AB")),
            ("(?s)a.b", "a\nb", Some("a\nb")),
            ("(?m)^b$", "a\nb\nc", Some("b")),
            ("(?x) a b # c", "ab", Some("ab")),
            ("(?>a+)b", "aab", Some("aab")),
            ("(?>a+)ab", "aab", None),
            ("(a*)*b", "aab", Some("aab")),
            ("(a|b)*?c", "abc", Some("abc")),
            ("[a-z-[aeiou]]+", "aebcd", Some("bcd")),
            (r"[\s\S]+", "a\nb", Some("a\nb")),
            (r"\p{Lu}\p{Ll}+", "xxAbc", Some("Abc")),
            ("a{,2}", "a{,2}", Some("a{,2}")),
            ("x{2}", "axx", Some("xx")),
            (r"\d{2,3}?", "1234", Some("12")),
            ("(?#note)ab", "ab", Some("ab")),
        ] {
            assert_eq!(first(pattern, text).as_deref(), wanted, "{pattern}");
        }
        for unknown in ["(?(1)a|b)", "(?<a-b>x)", "a**", "(?<=(a))b", r"\9", "["] {
            assert!(Pattern::with(unknown, Options::default()).is_none(), "{unknown}");
        }
    }

    #[test]
    fn a_pattern_that_explodes_ends_with_the_budget() {
        let limits = Limits {
            steps: 50_000,
            ..Limits::default()
        };
        let text: Vec<char> = "a".repeat(200).chars().collect();
        let compiled = Pattern::with("(a+)+(a|aa)+b", Options::default()).unwrap();
        assert!(compiled.find(&text, 0, &mut Budget::new(&limits)).is_err());
    }
}
