//! Sets of characters.

/// A kind of character that is not a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Word,
    Digit,
    Blank,
    Letter,
    Upper,
    Lower,
    Number,
    Punctuation,
}

impl Class {
    fn has(self, c: char) -> bool {
        match self {
            Class::Word => {
                c.is_alphanumeric() || c == '_' || matches!(c, '\u{203f}' | '\u{2040}' | '\u{2054}')
            }
            Class::Digit | Class::Number => c.is_ascii_digit() || (!c.is_ascii() && c.is_numeric()),
            Class::Blank => c.is_whitespace() || c == '\u{85}',
            Class::Letter => c.is_alphabetic(),
            Class::Upper => c.is_uppercase(),
            Class::Lower => c.is_lowercase(),
            Class::Punctuation => c.is_ascii_punctuation() && !"$+<=>^`|~".contains(c),
        }
    }

    /// Returns the class of `\p{…}`.
    pub(super) fn named(name: &str) -> Option<Class> {
        Some(match name {
            "L" => Class::Letter,
            "Lu" => Class::Upper,
            "Ll" => Class::Lower,
            "N" | "Nd" => Class::Number,
            "P" => Class::Punctuation,
            _ => return None,
        })
    }

    /// Returns the class of `\w`, `\d`, `\s`.
    pub(super) fn escaped(c: char) -> Option<Class> {
        Some(match c {
            'w' => Class::Word,
            'd' => Class::Digit,
            's' => Class::Blank,
            _ => return None,
        })
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Item {
    Range(char, char),
    /// The class, or all but it.
    Class(Class, bool),
}

/// Ranges and classes of one set: each is asked for each character.
pub(super) const MOST_ITEMS: usize = 256;

/// A set of characters.
#[derive(Clone, Debug, Default)]
pub(super) struct Set {
    pub(super) items: Vec<Item>,
    pub(super) negated: bool,
    /// What is taken away from it: `[a-z-[aeiou]]`.
    pub(super) without: Option<Box<Set>>,
}

impl Set {
    pub(super) fn one(c: char) -> Self {
        Set::of(Item::Range(c, c), false)
    }

    pub(super) fn of(item: Item, negated: bool) -> Self {
        Set {
            items: vec![item],
            negated,
            without: None,
        }
    }

    pub(super) fn has(&self, c: char, insensitive: bool) -> bool {
        let within = |c: char| {
            self.items.iter().any(|item| match *item {
                Item::Range(first, last) => (first..=last).contains(&c),
                Item::Class(class, wanted) => class.has(c) == wanted,
            })
        };
        let hit = within(c) || (insensitive && (within(lower(c)) || within(upper(c))));
        hit != self.negated && !self.without.as_ref().is_some_and(|out| out.has(c, insensitive))
    }
}

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

fn upper(c: char) -> char {
    c.to_uppercase().next().unwrap_or(c)
}

/// Whether two characters are the same.
pub(super) fn same(one: char, other: char, insensitive: bool) -> bool {
    one == other || (insensitive && (lower(one) == lower(other)))
}
