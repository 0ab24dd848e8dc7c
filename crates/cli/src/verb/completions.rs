//! `completions`.

use crate::args::{Cli, Completions};
use crate::terminal::Terminal;
use clap::CommandFactory;
use strongroom_desk::Outcome;

/// Prints a shell's completion script.
pub fn run(args: Completions, terminal: &Terminal) -> anyhow::Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "strongroom", &mut script);
    terminal.print(&String::from_utf8_lossy(&script))?;
    Ok(Outcome::Nothing)
}
