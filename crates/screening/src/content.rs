//! What a list file came to: its entries, the date that it names, and what of it could not be understood.

use crate::entry::Entry;
use crate::{Birth, ListError};
use strongroom_model::{Gap, Why};

/// A list file that was read whole.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub(crate) entries: Vec<Entry>,
    /// The date of publication, as the file itself names it.
    pub(crate) date: Option<String>,
    pub(crate) gaps: Vec<Gap>,
}

impl Content {
    /// Refuses a list without entries, or with two of one number.
    pub(crate) fn checked(self, file: &str) -> Result<Self, ListError> {
        if self.entries.is_empty() {
            return Err(ListError::Empty {
                file: file.to_owned(),
            });
        }
        let mut ids: Vec<(&str, u64)> = self
            .entries
            .iter()
            .map(|entry| (entry.id.as_str(), entry.line))
            .collect();
        ids.sort_unstable();
        let twice = ids.windows(2).find_map(|pair| match pair {
            [(first, _), (second, line)] if first == second => Some((*second, *line)),
            _ => None,
        });
        match twice {
            Some((id, line)) => Err(ListError::field(file, line, "an entry number of its own", id)),
            None => Ok(self),
        }
    }

    /// Reads a date of birth; one that is not understood is a gap that hides nothing: the name is still compared.
    pub(crate) fn birth(&mut self, file: &str, line: u64, text: &str) -> Option<Birth> {
        let birth = Birth::read(text);
        if birth.is_none() {
            let shown: String = text.chars().take(80).collect();
            let why = format!("{shown:?} is no date of birth that is known here");
            let place = format!("{file}, line {line}");
            self.gaps.push(Gap::new(place, Why::Unsupported, why).harmless());
        }
        birth
    }
}
