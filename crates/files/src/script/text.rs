//! A text of which some parts are known and some are not.

use std::fmt;

/// A part of a [`Text`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// These characters.
    Known(String),
    /// Characters that depend on the machine, the time or the user; the expression that gives them, as the
    /// script writes it.
    Unknown(String),
}

/// A text that an evaluation came to. An unknown part stays an unknown expression; it is never given a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Text(Vec<Part>);

impl Text {
    /// Returns a text that is wholly known.
    pub fn known(text: impl Into<String>) -> Self {
        Text::default().then(Part::Known(text.into()))
    }

    /// Returns a text of which only the expression is known.
    pub fn unknown(expression: impl Into<String>) -> Self {
        Text::default().then(Part::Unknown(expression.into()))
    }

    /// Returns the text with a part put behind it; neighbouring known parts become one.
    #[must_use]
    pub fn then(mut self, part: Part) -> Self {
        match (self.0.last_mut(), part) {
            (_, Part::Known(new)) if new.is_empty() => {}
            (Some(Part::Known(last)), Part::Known(new)) => last.push_str(&new),
            (_, part) => self.0.push(part),
        }
        self
    }

    /// Returns this text with another behind it.
    #[must_use]
    pub fn join(self, other: Text) -> Self {
        other.0.into_iter().fold(self, Text::then)
    }

    /// Returns the parts in order.
    pub fn parts(&self) -> &[Part] {
        &self.0
    }

    /// Returns the text if all of it is known.
    pub fn exact(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Part::Known(text)] => Some(text),
            _ => None,
        }
    }

    /// Returns the bytes that its parts take, unknown expressions included.
    pub fn len(&self) -> usize {
        let bytes = |part: &Part| match part {
            Part::Known(text) | Part::Unknown(text) => text.len(),
        };
        self.0.iter().map(bytes).sum()
    }

    /// Returns whether it is the empty text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the known characters that it starts with.
    pub fn known_start(&self) -> &str {
        match self.0.first() {
            Some(Part::Known(text)) => text,
            _ => "",
        }
    }
}

/// Writes unknown parts as `⟨expression⟩`, and the same one several times in a row as `⟨expression⟩×13`.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .chunk_by(|a, b| matches!(a, Part::Unknown(_)) && a == b)
            .try_for_each(|run| match run {
                [Part::Unknown(expression)] => write!(f, "⟨{expression}⟩"),
                [Part::Unknown(expression), ..] => write!(f, "⟨{expression}⟩×{}", run.len()),
                known => known.iter().try_for_each(|part| match part {
                    Part::Known(text) | Part::Unknown(text) => f.write_str(text),
                }),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_unknown_in_a_row_is_counted() {
        let letter = || Part::Unknown("Chr(Rnd)".into());
        let text = Text::known("/tmp/")
            .then(letter())
            .then(letter())
            .then(Part::Known(".sh".into()))
            .then(letter());
        assert_eq!(text.to_string(), "/tmp/⟨Chr(Rnd)⟩×2.sh⟨Chr(Rnd)⟩");
    }
}
