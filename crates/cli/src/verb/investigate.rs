//! `investigate`.

use super::case::show;
use crate::args::Investigate;
use crate::paint::safe_line;
use crate::terminal::Terminal;
use std::path::{Path, PathBuf};
use strongroom_desk::{Converged, InspectOptions, Outcome, REPORT_HTML, investigate};

/// Investigates a folder and tells what happened.
pub fn run(args: Investigate, terminal: &Terminal) -> anyhow::Result<Outcome> {
    let case = args.case.unwrap_or_else(|| beside(&args.folder));
    investigated(&args.folder, &case, terminal)
}

/// Investigates a folder into a case, tells what happened and where the report lies.
pub fn investigated(folder: &Path, case: &Path, terminal: &Terminal) -> anyhow::Result<Outcome> {
    let done = investigate(folder, case, &InspectOptions::default(), &|step| {
        terminal.follow(step)
    })?;
    let outcome = terminal.complain_of(done.errors);
    let outcome = outcome.and(show(case, terminal)?);
    if !terminal.json {
        let state = match done.converged {
            Converged::Unchanged => "the case stands as it was",
            Converged::Resumed { .. } => "an earlier run was completed",
            Converged::Added { .. } => "a new run was added to the case",
        };
        let report = case.join(REPORT_HTML).display().to_string();
        terminal.print(&format!(
            "\nReport: {}  {}\n",
            safe_line(&report),
            terminal.paint.dim(&format!("({state})"))
        ))?;
    }
    Ok(outcome)
}

/// Returns the folder's name with `.case` behind it.
fn beside(folder: &Path) -> PathBuf {
    let folder = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let mut name = folder.into_os_string();
    name.push(".case");
    name.into()
}
