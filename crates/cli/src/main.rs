//! The strongroom command: flags in, text or JSON Lines out. What the verbs do lives in `strongroom-desk`.

mod args;
mod paint;
mod print;
mod progress_bar;
mod terminal;
mod verb;

use args::Cli;
use clap::Parser;
use std::process::ExitCode;
use strongroom_desk::Outcome;
use terminal::Terminal;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let terminal = Terminal::new(&cli.global);
    let outcome = start_threads(cli.global.threads).and_then(|()| verb::run(cli.verb, &terminal));
    let outcome = outcome.unwrap_or_else(|error| {
        if !terminal::is_closed_pipe(&error) {
            terminal.complain(&format!("{error:#}"));
        }
        Outcome::Failed
    });
    ExitCode::from(outcome.code())
}

fn start_threads(threads: Option<u16>) -> anyhow::Result<()> {
    if let Some(threads) = threads {
        strongroom_desk::use_threads(threads.into())?;
    }
    Ok(())
}
