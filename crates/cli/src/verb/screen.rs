//! `screen`.

use crate::args::Screen;
use crate::lines::lines;
use crate::print;
use crate::terminal::Terminal;
use anyhow::Context;
use std::path::PathBuf;
use strongroom_desk::{
    ExposureLedger, ExposureOptions, Lists, NameQuery, Outcome, Purpose, Query, exposure, load_lists, screen,
};
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
    let ledgers = open(&args.ledger)?;
    let queries = queries(&args, &limits)?;
    for (query, screening) in queries.iter().zip(screen(&loaded.lists, &queries)) {
        terminal.show(&screening, print::screening)?;
        outcome = outcome.and(Outcome::of_screening(&screening));
        if screening.lacks().next().is_some() {
            outcome = outcome.and(Outcome::NotCleared);
        }
        if let Query::Wallet(wallet) = query {
            outcome = outcome.and(expose(&args, wallet, &ledgers, &loaded.lists, &limits, terminal)?);
        }
    }
    Ok(outcome)
}

fn open(paths: &[PathBuf]) -> anyhow::Result<Vec<ExposureLedger>> {
    let open = |path: &PathBuf| ExposureLedger::open(path).with_context(|| path.display().to_string());
    paths.iter().map(open).collect()
}

/// Prints a wallet's exposure through each ledger.
fn expose(
    args: &Screen,
    wallet: &str,
    ledgers: &[ExposureLedger],
    lists: &Lists,
    limits: &Limits,
    terminal: &Terminal,
) -> anyhow::Result<Outcome> {
    let options = ExposureOptions {
        policy: args.policy.clone(),
        hops: args.hops,
    };
    let mut outcome = Outcome::Nothing;
    for ledger in ledgers {
        let exposure = exposure(ledger, wallet, &options, lists, limits)?;
        terminal.show(&exposure, print::exposure)?;
        outcome = outcome.and(Outcome::of_exposure(&exposure));
    }
    Ok(outcome)
}

fn queries(args: &Screen, limits: &Limits) -> anyhow::Result<Vec<Query>> {
    let mut queries: Vec<Query> = args.wallets.iter().cloned().map(Query::Wallet).collect();
    queries.extend(args.name.iter().map(|name| Query::Name(named(args, name))));
    if let Some(path) = &args.batch {
        let lines = lines(path, limits).with_context(|| path.display().to_string())?;
        queries.extend(lines.into_iter().map(Query::Wallet));
    }
    Ok(queries)
}

fn named(args: &Screen, name: &str) -> NameQuery {
    let mut query = NameQuery::new(name);
    query.threshold = args.threshold;
    query.particulars.births.clone_from(&args.births);
    for country in &args.countries {
        query.particulars.country(country);
    }
    query
}
