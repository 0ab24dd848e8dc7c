//! Escapes and sets of characters in a pattern.

use super::Op;
use super::compile::{Compiler, MOST_DEPTH, NAMED};
use super::set::{Class, Item, MOST_ITEMS, Set};

impl Compiler {
    pub(super) fn escape(&mut self) -> Option<bool> {
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
                self.back(NAMED + place)
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
                self.back(group)
            }
            c => {
                let plain = self.plain_escape(c)?;
                return self.one(Set::one(plain));
            }
        };
        self.push(op).map(|_| true)
    }

    fn back(&self, group: usize) -> Op {
        Op::Back {
            group,
            insensitive: self.options.insensitive,
            backwards: self.options.right_to_left,
        }
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
        let class = Class::named(&name)?;
        // Releases differ in which case such a class asks for where case does not count.
        if self.options.insensitive && matches!(class, Class::Upper | Class::Lower) {
            return None;
        }
        Some(Some(Item::Class(class, c == 'p')))
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

    pub(super) fn class(&mut self) -> Option<Set> {
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
                '-' if !first && self.peek() == Some('[') => {
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
            if set.items.len() > MOST_ITEMS {
                return None;
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
}
