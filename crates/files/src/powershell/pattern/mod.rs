//! Regular expressions: the part of .NET's syntax that means the same everywhere.
//!
//! A pattern is compiled to a small program that backtracks over an explicit stack, in the order in which
//! .NET's engine does, and pays a step for each move. Look-around, back references, named and atomic groups, options,
//! both directions and class subtraction are known; balancing groups and conditions are not: they do not compile, and the
//! result that needed them stays unknown.

mod compile;
mod escape;
mod found;
mod matcher;
mod repeat;
mod replacement;
mod set;

use super::ast::Case;
use crate::script::Budget;
use set::Set;
use strongroom_model::Limit;

pub(super) use found::{Found, Subject};
pub(super) use replacement::spliced;

/// Repetitions and instructions that a pattern may expand to.
const MOST_INSTRUCTIONS: usize = 4_096;

#[derive(Clone, Debug)]
enum Op {
    /// A character of a set: the next one, or the one before where the program runs backwards.
    One(Glyph),
    /// Tries the first, then the second.
    Split(usize, usize),
    Jump(usize),
    Save(usize),
    /// What a group has taken.
    Back {
        group: usize,
        insensitive: bool,
        backwards: bool,
    },
    /// Remembers where a round of a loop begins; a round that has not moved leaves it.
    Mark(usize),
    Moved(usize, usize),
    /// The program up to `end` matches here, forwards or backwards as it was compiled, and takes nothing.
    Look {
        end: usize,
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

/// One character of a text, as a pattern asks for it.
#[derive(Clone, Debug)]
struct Glyph {
    set: Set,
    insensitive: bool,
    backwards: bool,
}

impl Glyph {
    /// Whether the character at a place fits.
    fn fits(&self, text: &[char], at: usize) -> bool {
        let place = if self.backwards {
            at.checked_sub(1)
        } else {
            Some(at)
        };
        let c = place.and_then(|place| text.get(place));
        c.is_some_and(|&c| self.set.has(c, self.insensitive))
    }
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
#[derive(Debug)]
pub(super) struct Pattern {
    program: Vec<Op>,
    groups: usize,
    marks: usize,
    names: Vec<(String, usize)>,
    /// Groups that may take something more than once in one match.
    repeated: Vec<usize>,
    right_to_left: bool,
}

/// Where a match and its groups stand, in characters.
#[derive(Clone, Debug)]
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

    /// Compiles a pattern with options.
    pub(super) fn with(pattern: &str, options: Options) -> Option<Pattern> {
        compile::compile(pattern, options)
    }

    /// Returns the names of its groups with their numbers.
    pub(super) fn names(&self) -> &[(String, usize)] {
        &self.names
    }

    /// Whether matches are sought from the end of the text.
    pub(super) fn is_right_to_left(&self) -> bool {
        self.right_to_left
    }

    /// Whether a group takes something at most once in a match.
    pub(super) fn takes_once(&self, group: usize) -> bool {
        !self.repeated.contains(&group)
    }

    /// Returns the place where a search begins that is told no other.
    pub(super) fn origin(&self, text: &[char]) -> usize {
        if self.right_to_left { text.len() } else { 0 }
    }

    /// Finds the first match at or behind `from`; before it, for a pattern that runs from the right.
    pub(super) fn find(
        &self,
        text: &[char],
        from: usize,
        budget: &mut Budget<'_>,
    ) -> Result<Option<Match>, Limit> {
        let mut start = from;
        while start <= text.len() {
            if let Some(found) = self.find_at(text, start, budget)? {
                return Ok(Some(found));
            }
            match self.beyond(start) {
                Some(next) => start = next,
                None => break,
            }
        }
        Ok(None)
    }

    /// The place one further on in the direction of the pattern.
    fn beyond(&self, at: usize) -> Option<usize> {
        if self.right_to_left {
            at.checked_sub(1)
        } else {
            at.checked_add(1)
        }
    }

    /// Finds the match that follows another one.
    pub(super) fn find_next(
        &self,
        text: &[char],
        last: &Match,
        budget: &mut Budget<'_>,
    ) -> Result<Option<Match>, Limit> {
        let Some((start, end)) = last.group(0) else {
            return Ok(None);
        };
        let edge = if self.right_to_left { start } else { end };
        let from = if start == end {
            self.beyond(edge)
        } else {
            Some(edge)
        };
        match from {
            Some(from) => self.find(text, from, budget),
            None => Ok(None),
        }
    }

    /// Finds all matches, in the order in which the pattern meets them.
    pub(super) fn find_all(&self, text: &[char], budget: &mut Budget<'_>) -> Result<Vec<Match>, Limit> {
        self.find_some(text, self.origin(text), None, budget)
    }
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
    let search = |options: Options, budget: &mut Budget<'_>| {
        let compiled = Pattern::with(pattern, options)?;
        compiled.find_all(&chars, budget).ok().map(|found| found.len())
    };
    let backwards = Options {
        right_to_left: true,
        ..Options::default()
    };
    let found = search(Options::default(), budget);
    found.and(search(backwards, budget)).and(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use strongroom_model::Limits;

    fn matches(pattern: &str, text: &str, options: Options) -> Vec<String> {
        let limits = Limits::default();
        let chars: Vec<char> = text.chars().collect();
        let compiled = Pattern::with(pattern, options).expect(pattern);
        let found = compiled.find_all(&chars, &mut Budget::new(&limits)).unwrap();
        let text = |one: &Match| {
            let (start, end) = one.group(0).unwrap();
            chars[start..end].iter().collect()
        };
        found.iter().map(text).collect()
    }

    fn first(pattern: &str, text: &str) -> Option<String> {
        matches(pattern, text, Options::default()).into_iter().next()
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
            (r"(?<=(a+))b\1", "aabaa", Some("baa")),
        ] {
            assert_eq!(first(pattern, text).as_deref(), wanted, "{pattern}");
        }
        for unknown in ["(?(1)a|b)", "(?<a-b>x)", "a**", r"\9", "["] {
            assert!(Pattern::with(unknown, Options::default()).is_none(), "{unknown}");
        }
    }

    /// A pattern that runs from the right takes its parts from the last to the first: the last loop is the greedy one.
    #[test]
    fn patterns_run_from_the_right() {
        let backwards = Options {
            right_to_left: true,
            ..Options::default()
        };
        for (pattern, text, wanted) in [
            (".", "abc", vec!["c", "b", "a"]),
            ("..", "abcde", vec!["de", "bc"]),
            (".{1,2}", "abcde", vec!["de", "bc", "a"]),
            (r"\d+", "12 345", vec!["345", "12"]),
            ("ab|b", "ab", vec!["ab"]),
            ("b|ab", "ab", vec!["b"]),
            ("a*", "ba", vec!["a", "", ""]),
            ("(?<=b)c", "bcc", vec!["c"]),
            ("b(?=c)", "bbc", vec!["b"]),
            (r"(.)\1", "aab", vec![]),
            ("^.", "ab", vec!["a"]),
        ] {
            assert_eq!(matches(pattern, text, backwards), wanted, "{pattern}");
        }
        let compiled = Pattern::with(r"(\d+)(\d+)", backwards).unwrap();
        let chars: Vec<char> = "1234".chars().collect();
        let limits = Limits::default();
        let found = compiled
            .find(&chars, 4, &mut Budget::new(&limits))
            .unwrap()
            .unwrap();
        assert_eq!((found.group(1), found.group(2)), (Some((0, 1)), Some((1, 4))));
    }

    /// What a fork keeps is a place for each group: many of both are much memory.
    #[test]
    fn many_groups_and_many_ways_have_a_bound() {
        let limits = Limits::default();
        let text: Vec<char> = "ab".repeat(5_000).chars().collect();
        let pattern = format!("{}(?:a|b)*c", "()".repeat(1_000));
        let compiled = Pattern::with(&pattern, Options::default()).unwrap();
        assert!(compiled.find_at(&text, 0, &mut Budget::new(&limits)).is_err());
        let few = Pattern::with("(?:a|b)*c", Options::default()).unwrap();
        assert!(
            few.find_at(&text, 0, &mut Budget::new(&limits))
                .unwrap()
                .is_none()
        );
    }

    /// A set is asked for each character, and copied for each round of a count.
    #[test]
    fn a_set_of_many_ranges_is_not_known() {
        let set = |many: u32| -> String {
            let chars = (0..many).filter_map(|n| char::from_u32(0x4E00 + 2 * n));
            format!("[{}]", chars.collect::<String>())
        };
        assert!(Pattern::with(&set(200), Options::default()).is_some());
        assert!(Pattern::with(&set(300), Options::default()).is_none());
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
