//! The strongroom command: flags in, text or JSON Lines out. What the verbs do lives in `strongroom-desk`.

mod args;
mod lines;
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
    // A binary that cannot find itself reads PDF in its own process.
    if let Ok(program) = std::env::current_exe() {
        strongroom_desk::use_reader(program);
    }
    let outcome = start_threads(cli.global.threads).and_then(|()| verb::run(cli.verb, &terminal));
    match outcome {
        Ok(outcome) => ExitCode::from(outcome.code()),
        // Not all was told, so none of the other codes would be true; a shell knows this one from every other tool.
        Err(error) if terminal::is_closed_pipe(&error) => ExitCode::from(CLOSED_PIPE),
        Err(error) => {
            terminal.complain(&format!("{error:#}"));
            ExitCode::from(Outcome::Failed.code())
        }
    }
}

/// What a shell shows for a program that a closed pipe ended: 128 and the number of SIGPIPE.
const CLOSED_PIPE: u8 = 141;

fn start_threads(threads: Option<u16>) -> anyhow::Result<()> {
    if let Some(threads) = threads {
        strongroom_desk::use_threads(threads.into())?;
    }
    Ok(())
}
