//! A match together with the text that it was found in, as `Match` and `Group` objects hold it.

use super::{Match, Pattern};
use crate::script::Budget;
use std::rc::Rc;
use strongroom_model::Limit;

/// A text that is searched, by its characters.
#[derive(Debug)]
pub(in super::super) struct Subject {
    chars: Vec<char>,
    /// Some characters are two UTF-16 units.
    wide: bool,
}

impl Subject {
    pub(in super::super) fn new(text: &str) -> Rc<Self> {
        let chars: Vec<char> = text.chars().collect();
        let wide = chars.iter().any(|c| c.len_utf16() > 1);
        Rc::new(Subject { chars, wide })
    }

    pub(in super::super) fn chars(&self) -> &[char] {
        &self.chars
    }

    /// Returns the characters between two places.
    pub(in super::super) fn piece(&self, start: usize, end: usize) -> String {
        self.chars.get(start..end).unwrap_or_default().iter().collect()
    }

    /// Returns how many UTF-16 units stand between two places.
    pub(in super::super) fn units(&self, start: usize, end: usize) -> usize {
        if !self.wide {
            return end.saturating_sub(start);
        }
        let piece = self.chars.get(start..end).unwrap_or_default();
        piece.iter().map(|c| c.len_utf16()).sum()
    }

    /// Returns the place of a UTF-16 unit; `None` outside the text and inside a pair.
    pub(in super::super) fn place(&self, unit: usize) -> Option<usize> {
        if !self.wide {
            return (unit <= self.chars.len()).then_some(unit);
        }
        let mut units = 0;
        for (place, c) in self.chars.iter().enumerate() {
            if units >= unit {
                return (units == unit).then_some(place);
            }
            units += c.len_utf16();
        }
        (units == unit).then_some(self.chars.len())
    }
}

/// A match, or that there is none, with all that its object can be asked for.
#[derive(Clone, Debug)]
pub(in super::super) struct Found {
    pattern: Rc<Pattern>,
    subject: Rc<Subject>,
    one: Option<Rc<Match>>,
}

impl Found {
    pub(in super::super) fn new(pattern: &Rc<Pattern>, subject: &Rc<Subject>, one: Option<Match>) -> Self {
        Found {
            pattern: Rc::clone(pattern),
            subject: Rc::clone(subject),
            one: one.map(Rc::new),
        }
    }

    pub(in super::super) fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    pub(in super::super) fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Returns the match; `None` where there was none.
    pub(in super::super) fn one(&self) -> Option<&Match> {
        self.one.as_deref()
    }

    /// Returns where a group stands, in characters; `None` where it took nothing.
    pub(in super::super) fn span(&self, group: usize) -> Option<(usize, usize)> {
        self.one()?.group(group)
    }

    /// Returns the text of a group, empty where it took nothing.
    pub(in super::super) fn value(&self, group: usize) -> String {
        self.span(group)
            .map(|(start, end)| self.subject.piece(start, end))
            .unwrap_or_default()
    }

    /// Returns the groups' number, the whole match included; one where there is no match.
    pub(in super::super) fn groups(&self) -> usize {
        self.one().map_or(1, Match::groups)
    }

    /// Returns the name of a group: its number where it has none.
    pub(in super::super) fn name(&self, group: usize) -> String {
        let named = self.pattern.names().iter().find(|(_, number)| *number == group);
        named.map_or_else(|| group.to_string(), |(name, _)| name.clone())
    }

    /// Returns the match that follows.
    pub(in super::super) fn next(&self, budget: &mut Budget<'_>) -> Result<Found, Limit> {
        let next = match self.one() {
            Some(one) => self.pattern.find_next(self.subject.chars(), one, budget)?,
            None => None,
        };
        Ok(Found::new(&self.pattern, &self.subject, next))
    }
}
