//! The terminal: results on standard output, complaints and progress on standard error.

use crate::args::Global;
use crate::paint::{Paint, safe_line};
use crate::progress_bar::Bars;
use serde::Serialize;
use std::io::{self, Write};
use strongroom_desk::{Outcome, Step};

/// Where a verb prints, and how.
#[derive(Debug)]
pub struct Terminal {
    /// Whether results go out as JSON Lines.
    pub json: bool,
    /// The colours of standard output.
    pub paint: Paint,
    bars: Bars,
}

impl Terminal {
    /// Returns the terminal that the flags ask for.
    pub fn new(flags: &Global) -> Self {
        Terminal {
            json: flags.json,
            paint: Paint::new(flags.color),
            bars: Bars::new(flags.quiet),
        }
    }

    /// Follows a step of long work.
    pub fn follow(&self, step: Step<'_>) {
        self.bars.follow(step);
    }

    /// Prints a text on standard output.
    pub fn print(&self, text: &str) -> io::Result<()> {
        io::stdout().lock().write_all(text.as_bytes())
    }

    /// Prints one object as one line.
    pub fn print_json(&self, value: &impl Serialize) -> anyhow::Result<()> {
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        io::stdout().lock().write_all(&line)?;
        Ok(())
    }

    /// Prints an object as JSON where that was asked for, and as text otherwise.
    pub fn show<T: Serialize>(
        &self,
        value: &T,
        text: impl FnOnce(&T, Paint) -> String,
    ) -> anyhow::Result<()> {
        if self.json {
            self.print_json(value)
        } else {
            Ok(self.print(&text(value, self.paint))?)
        }
    }

    /// Prints a complaint for each error, with its causes, and returns what that comes to.
    pub fn complain_of<E: Into<anyhow::Error>>(&self, errors: impl IntoIterator<Item = E>) -> Outcome {
        let complain = |error: E| {
            self.complain(&format!("{:#}", error.into()));
            Outcome::Failed
        };
        errors
            .into_iter()
            .map(complain)
            .fold(Outcome::Nothing, Outcome::and)
    }

    /// Prints a complaint on standard error.
    pub fn complain(&self, text: &str) {
        // Nobody is left to tell where standard error is closed.
        let _ = writeln!(io::stderr().lock(), "strongroom: {}", safe_line(text));
    }
}

/// Returns whether the reader of our output went away, which is no failure of ours.
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
    })
}
