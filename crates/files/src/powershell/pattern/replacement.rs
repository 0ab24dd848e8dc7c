//! What takes a match's place: replacement texts with their groups.

use super::{Match, Pattern, Subject};
use crate::script::{Budget, Part, Text};
use std::collections::BTreeMap;
use strongroom_model::Limit;

impl Pattern {
    /// Returns the text with at most so many matches from `from` on replaced by what a replacement makes of each; `None`
    /// where that is not known.
    pub(in super::super) fn replaced(
        &self,
        subject: &Subject,
        with: &str,
        most: Option<usize>,
        from: usize,
        budget: &mut Budget<'_>,
    ) -> Result<Option<Text>, Limit> {
        let mut built = 0_u64;
        let found = self.find_some(subject.chars(), from, most, budget)?;
        let mut fills = Vec::new();
        for one in &found {
            let Some(fill) = self.filled(with, one, subject) else {
                return Ok(None);
            };
            budget.work(fill.len())?;
            built += fill.len() as u64;
            if built > budget.limits().value_bytes {
                return Err(Limit::ValueBytes);
            }
            fills.push(Text::known(fill));
        }
        let text = spliced(subject, &found, fills);
        budget.build(text.len())?;
        Ok(Some(text))
    }

    /// Finds at most so many matches from a place on.
    pub(in super::super) fn find_some(
        &self,
        text: &[char],
        from: usize,
        most: Option<usize>,
        budget: &mut Budget<'_>,
    ) -> Result<Vec<Match>, Limit> {
        let mut found = Vec::new();
        if most == Some(0) {
            return Ok(found);
        }
        let mut next = self.find(text, from, budget)?;
        while let Some(one) = next {
            next = match most {
                Some(most) if found.len() + 1 >= most => None,
                _ => self.find_next(text, &one, budget)?,
            };
            found.push(one);
        }
        Ok(found)
    }

    /// Fills `$1`, `${name}`, `$&`, `$$` and their like; what names no group stands for itself. What `$+` takes is not known.
    pub(in super::super) fn filled(&self, with: &str, one: &Match, subject: &Subject) -> Option<String> {
        let mut result = String::new();
        let mut rest = with;
        while let Some((before, after)) = rest.split_once('$') {
            result.push_str(before);
            if after.starts_with('+') {
                return None;
            }
            rest = match self.slot(after, one, subject) {
                Some((text, rest)) => {
                    result.push_str(&text);
                    rest
                }
                None => {
                    result.push('$');
                    after
                }
            };
        }
        result.push_str(rest);
        Some(result)
    }

    /// What stands for the slot behind a dollar sign, and what follows the slot.
    fn slot<'w>(&self, after: &'w str, one: &Match, subject: &Subject) -> Option<(String, &'w str)> {
        let group = |group: usize| {
            let (start, end) = one.group(group).unwrap_or((0, 0));
            subject.piece(start, end)
        };
        let (start, end) = one.group(0)?;
        let sign = after.chars().next()?;
        let behind = after.get(sign.len_utf8()..)?;
        let text = match sign {
            '$' => "$".to_owned(),
            '&' => group(0),
            '`' => subject.piece(0, start),
            '\'' => subject.piece(end, subject.chars().len()),
            '_' => subject.piece(0, subject.chars().len()),
            '{' => {
                let (name, rest) = behind.split_once('}')?;
                return Some((group(self.numbered(name)?), rest));
            }
            c if c.is_ascii_digit() => {
                let digits = after.chars().take_while(char::is_ascii_digit).count();
                let (number, rest) = after.split_at_checked(digits)?;
                return Some((group(self.numbered(number)?), rest));
            }
            _ => return None,
        };
        Some((text, behind))
    }

    /// Returns the group of a name or number.
    pub(in super::super) fn numbered(&self, name: &str) -> Option<usize> {
        let named = self.names().iter().find(|(known, _)| known == name);
        let digits = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
        match named {
            Some((_, number)) => Some(*number),
            None if digits => name.parse().ok().filter(|number| *number < self.groups),
            None => None,
        }
    }
}

/// The text with other texts in place of its matches, in whichever order these were found.
pub(in super::super) fn spliced(subject: &Subject, found: &[Match], fills: Vec<Text>) -> Text {
    let in_order: BTreeMap<(usize, usize), Text> = found
        .iter()
        .zip(fills)
        .filter_map(|(one, fill)| Some((one.group(0)?, fill)))
        .collect();
    let mut text = Text::default();
    let mut from = 0;
    for ((start, end), fill) in in_order {
        text = text.then(Part::Known(subject.piece(from, start))).join(fill);
        from = end;
    }
    text.then(Part::Known(subject.piece(from, subject.chars().len())))
}
