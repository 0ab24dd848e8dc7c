//! Colours on a terminal, and evidence made safe to print there.

use crate::args::When;
use std::io::{IsTerminal, stdout};
use strongroom_model::{Severity, Verdict, hides};

/// Paints, or does not.
#[derive(Clone, Copy, Debug)]
pub struct Paint(bool);

impl Paint {
    /// Returns the paint for standard output.
    pub fn new(when: When) -> Self {
        Paint(match when {
            When::Always => true,
            When::Never => false,
            // https://no-color.org: any value but the empty one.
            When::Auto => {
                stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            }
        })
    }

    fn ansi(self, code: &str, text: &str) -> String {
        if self.0 {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    /// Returns a heading.
    pub fn bold(self, text: &str) -> String {
        self.ansi("1", text)
    }

    /// Returns something secondary.
    pub fn dim(self, text: &str) -> String {
        self.ansi("2", text)
    }

    /// Returns something good.
    pub fn good(self, text: &str) -> String {
        self.ansi("32", text)
    }

    /// Returns something to look at.
    pub fn warn(self, text: &str) -> String {
        self.ansi("33", text)
    }

    /// Returns something bad.
    pub fn bad(self, text: &str) -> String {
        self.ansi("1;31", text)
    }

    /// Returns a verdict in its colour.
    pub fn verdict(self, verdict: Verdict) -> String {
        match verdict {
            Verdict::Clean => self.good(verdict.as_str()),
            Verdict::NotCleared | Verdict::Suspicious => self.warn(verdict.as_str()),
            Verdict::Malicious => self.bad(verdict.as_str()),
        }
    }

    /// Returns a severity in its colour.
    pub fn severity(self, severity: Severity) -> String {
        let text = format!("{:8}", severity.as_str());
        match severity {
            Severity::Info | Severity::Low => self.dim(&text),
            Severity::Medium => self.warn(&text),
            Severity::High | Severity::Critical => self.bad(&text),
        }
    }
}

/// Returns a text of evidence with all that could steer a terminal or turn its reading direction made visible.
pub fn safe(text: &str) -> String {
    text.chars()
        .fold(String::with_capacity(text.len()), |mut out, c| {
            if hides(c) && !matches!(c, '\n' | '\t') {
                out.push_str(&format!("⟨U+{:04X}⟩", u32::from(c)));
            } else {
                out.push(c);
            }
            out
        })
}

/// Returns a text of evidence as [`safe`] does, and in one line: a line break in a name could pass for a line of
/// ours.
pub fn safe_line(text: &str) -> String {
    safe(text).replace('\n', "⏎")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_cannot_steer_the_terminal() {
        assert_eq!(safe("a\x1b[2Jb\u{202e}c\n"), "a⟨U+001B⟩[2Jb⟨U+202E⟩c\n");
        assert_eq!(
            safe_line("a\u{2028}b\u{9b}\nno hit\r"),
            "a⟨U+2028⟩b⟨U+009B⟩⏎no hit⟨U+000D⟩"
        );
    }

    #[test]
    fn no_colour_means_no_escape() {
        assert_eq!(Paint::new(When::Never).bad("x"), "x");
        assert_eq!(Paint::new(When::Always).bold("x"), "\x1b[1mx\x1b[0m");
    }
}
