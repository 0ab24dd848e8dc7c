//! Progress bars on standard error, drawn only where a person looks.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, stderr};
use std::sync::Mutex;
use strongroom_desk::Step;

/// The bars of the work under way, the innermost last.
#[derive(Debug, Default)]
pub struct Bars {
    open: Mutex<Vec<ProgressBar>>,
    hidden: bool,
}

impl Bars {
    /// Returns bars that are drawn on a terminal unless the user wants quiet.
    pub fn new(quiet: bool) -> Self {
        Bars {
            open: Mutex::default(),
            hidden: quiet || !stderr().is_terminal(),
        }
    }

    /// Follows a step of the work.
    pub fn follow(&self, step: Step<'_>) {
        if self.hidden {
            return;
        }
        let mut open = self.open.lock().expect("no holder of this lock panics");
        match step {
            Step::Begin { what, total, bytes } => open.push(bar(what, total, bytes)),
            Step::Advance(more) => open.iter().last().into_iter().for_each(|bar| bar.inc(more)),
            Step::End => open.pop().into_iter().for_each(|bar| bar.finish_and_clear()),
        }
    }
}

fn bar(what: &str, total: u64, bytes: bool) -> ProgressBar {
    let template = match (total, bytes) {
        (0, false) => "{spinner} {msg} {pos} ({per_sec})",
        (0, true) => "{spinner} {msg} {bytes} ({bytes_per_sec})",
        (_, false) => "{msg:24} [{bar:30}] {pos}/{len} ({per_sec}, {eta} left)",
        (_, true) => "{msg:24} [{bar:30}] {bytes}/{total_bytes} ({bytes_per_sec}, {eta} left)",
    };
    let style = ProgressStyle::with_template(template).expect("the templates above are valid");
    let bar = if total == 0 {
        ProgressBar::new_spinner()
    } else {
        ProgressBar::new(total)
    };
    bar.with_style(style.progress_chars("=> "))
        .with_message(what.to_owned())
}
