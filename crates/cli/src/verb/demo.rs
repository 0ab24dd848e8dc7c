//! `demo`.

use super::investigate::investigated;
use crate::args::Demo;
use crate::paint::safe_line;
use crate::terminal::Terminal;
use strongroom_desk::{Outcome, write_demo};

/// Writes the look-alike and investigates it.
pub fn run(args: Demo, terminal: &Terminal) -> anyhow::Result<Outcome> {
    let folders = write_demo(&args.into, &|step| terminal.follow(step))?;
    if !terminal.json {
        let evidence = safe_line(&folders.evidence.display().to_string());
        terminal.print(&format!(
            "Evidence: {evidence}  {}\n\n",
            terminal.paint.dim("(inert, generated)")
        ))?;
    }
    investigated(&folders.evidence, &folders.case, terminal)
}
