//! `screen`.

use crate::args::Screen;
use crate::print;
use crate::terminal::Terminal;
use anyhow::Context;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use strongroom_desk::{Outcome, Purpose, Query, load_lists, screen};
use strongroom_model::Limits;

/// Screens wallets and names, and prints an answer for each.
pub fn run(args: Screen, terminal: &Terminal) -> anyhow::Result<Outcome> {
    let purposes =
        |paths: &[PathBuf], purpose| paths.iter().cloned().map(move |path| (path, purpose)).collect();
    let mut paths: Vec<(PathBuf, Purpose)> = purposes(&args.lists, Purpose::Sanctions);
    paths.extend::<Vec<_>>(purposes(&args.stolen, Purpose::StolenFunds));
    let limits = Limits::default();
    let loaded = load_lists(&paths, &limits);
    let mut outcome = terminal.complain_of(loaded.refused);
    // Without a list every answer would be "no hit".
    anyhow::ensure!(!loaded.lists.versions().is_empty(), "no list could be asked");
    for screening in screen(&loaded.lists, &queries(&args, &limits)?) {
        terminal.show(&screening, print::screening)?;
        outcome = outcome.and(Outcome::of_screening(&screening));
        if screening.lacks().next().is_some() {
            outcome = outcome.and(Outcome::NotCleared);
        }
    }
    Ok(outcome)
}

fn queries(args: &Screen, limits: &Limits) -> anyhow::Result<Vec<Query>> {
    let mut queries: Vec<Query> = args.wallets.iter().cloned().map(Query::Wallet).collect();
    queries.extend(args.name.iter().cloned().map(Query::Name));
    if let Some(path) = &args.batch {
        let lines = batch(path, limits).with_context(|| path.display().to_string())?;
        queries.extend(lines.into_iter().map(Query::Wallet));
    }
    Ok(queries)
}

fn batch(path: &Path, limits: &Limits) -> anyhow::Result<Vec<String>> {
    let input: Box<dyn Read> = if path == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(path)?)
    };
    let mut lines = Vec::new();
    let mut input = BufReader::new(input);
    loop {
        let mut line = Vec::new();
        let read = input
            .by_ref()
            .take(limits.line_bytes)
            .read_until(b'\n', &mut line)?;
        anyhow::ensure!(
            (read as u64) < limits.line_bytes,
            "line {} is over {read} bytes",
            lines.len() + 1
        );
        if read == 0 {
            return Ok(lines);
        }
        let line = String::from_utf8_lossy(&line).trim().to_owned();
        lines.extend(Some(line).filter(|line| !line.is_empty()));
    }
}
