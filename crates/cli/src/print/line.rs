//! A file in one line, and how many files came to which verdict.

use crate::paint::{Paint, safe_line};
use strongroom_model::{Report, Verdict};

/// Returns a report as one line: verdict, score, name, kind, reason.
pub fn report_line(report: &Report, paint: Paint) -> String {
    let verdict = report.verdict();
    let pad = " ".repeat(11usize.saturating_sub(verdict.as_str().len()));
    let because = match verdict {
        Verdict::Clean if report.score() == 0 => String::new(),
        _ => format!("  {}", safe_line(&report.because())),
    };
    format!(
        "{}{pad} {:3}  {}  {}{because}\n",
        paint.verdict(verdict),
        report.score(),
        paint.bold(&safe_line(&report.evidence.name)),
        paint.dim(report.evidence.kind.as_str()),
    )
}

/// How many files came to which verdict.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count {
    clean: u64,
    not_cleared: u64,
    suspicious: u64,
    malicious: u64,
    /// Paths that could not be read.
    pub failed: u64,
}

impl Count {
    /// Counts one more.
    pub fn add(&mut self, verdict: Verdict) {
        *match verdict {
            Verdict::Clean => &mut self.clean,
            Verdict::NotCleared => &mut self.not_cleared,
            Verdict::Suspicious => &mut self.suspicious,
            Verdict::Malicious => &mut self.malicious,
        } += 1;
    }

    /// Returns how many were counted, those that failed included.
    pub const fn total(&self) -> u64 {
        self.clean + self.not_cleared + self.suspicious + self.malicious + self.failed
    }

    /// Returns the counts as a line.
    pub fn line(&self, paint: Paint) -> String {
        let failed = match self.failed {
            0 => String::new(),
            failed => format!(", {}", paint.bad(&format!("{failed} could not be read"))),
        };
        format!(
            "{} files: {} malicious, {} suspicious, {} not-cleared, {} clean{failed}\n",
            self.total(),
            self.malicious,
            self.suspicious,
            self.not_cleared,
            self.clean,
        )
    }
}
