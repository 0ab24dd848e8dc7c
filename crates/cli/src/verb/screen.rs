//! `screen`.

use crate::args::Screen;
use crate::lines::lines;
use crate::print;
use crate::terminal::Terminal;
use anyhow::Context;
use std::path::{Path, PathBuf};
use strongroom_desk::{
    BarredAssets, Clearing, Decided, ExposureLedger, ExposureOptions, ListFile, Lists, Memory, NameQuery,
    Outcome, Purpose, Query, Screening, Shelf, Step, Subject, Told, delta, exposure, load_lists, replay,
    screen, screen_book,
};
use strongroom_model::Limits;

/// Screens wallets, names, assets or a book, and prints an answer for each.
pub fn run(args: Screen, terminal: &Terminal) -> anyhow::Result<Outcome> {
    if let (Some(entry), Some(case), Some(shelf)) = (args.replay, &args.of, &args.shelf) {
        let (_, screening) = replay(case, entry, shelf)?;
        terminal.show(&screening, print::screening)?;
        return Ok(outcome_of(&screening));
    }
    let mut outcome = screen_assets(&args, terminal)?;
    if args.wallets.is_empty() && args.name.is_empty() && args.batch.is_none() && args.book.is_none() {
        return Ok(outcome);
    }
    let limits = Limits::default();
    let (lists, complaints) = lists(&args, &limits, terminal)?;
    outcome = outcome.and(complaints);
    // Without a list every answer would be "no hit".
    anyhow::ensure!(!lists.versions().is_empty(), "no list could be asked");
    let memory = match (&args.case, &args.by) {
        (Some(case), Some(by)) => Some(Memory::open(case, by)?),
        _ => None,
    };
    let mut desk = Counter {
        lists: &lists,
        memory,
        terminal,
        outcome,
    };
    if let Some(book) = &args.book {
        desk.book(book, &args)?;
        return Ok(desk.outcome);
    }
    let queries = queries(&args, &limits)?;
    let answers = screen(&lists, &queries);
    let told = queries.into_iter().zip(answers).map(|(query, screening)| {
        let subject = Subject::of(&screening);
        (query, subject, screening)
    });
    let told: Vec<Told> = told.collect();
    if let (Some(entry), Some(why)) = (&args.clear, &args.why) {
        desk.clear(entry, why, &told)?;
    }
    let ledgers = open(&args.ledger)?;
    if ledgers.is_empty() {
        desk.tell(told)?;
        return Ok(desk.outcome);
    }
    for one in told {
        let query = one.0.clone();
        desk.tell(vec![one])?;
        if let Query::Wallet(wallet) = query {
            let exposed = expose(&args, &wallet, &ledgers, &lists, &limits, terminal)?;
            desk.outcome = desk.outcome.and(exposed);
        }
    }
    Ok(desk.outcome)
}

/// The counter at which questions are answered: the lists, the memory of the case, and where answers go.
struct Counter<'a> {
    lists: &'a Lists,
    memory: Option<Memory>,
    terminal: &'a Terminal,
    outcome: Outcome,
}

impl Counter<'_> {
    fn tell(&mut self, told: Vec<Told>) -> anyhow::Result<()> {
        let decided = match &mut self.memory {
            Some(memory) => memory.keep(self.lists, told)?,
            None => told
                .into_iter()
                .map(|(_, subject, screening)| Decided {
                    customer: subject.customer,
                    screening,
                    cleared: Vec::new(),
                    case_entry: None,
                })
                .collect(),
        };
        for decided in decided {
            self.terminal.show(&decided, print::decided)?;
            if !decided.is_cleared() {
                self.outcome = self.outcome.and(outcome_of(&decided.screening));
            }
        }
        Ok(())
    }

    fn book(&mut self, book: &Path, args: &Screen) -> anyhow::Result<()> {
        let mut deltas = Vec::new();
        if let Some(shelf) = &args.shelf {
            let shelf = Shelf::open(shelf)?;
            for list in &args.delta {
                deltas.push(delta(&shelf, list, args.since)?);
            }
        }
        let (lists, terminal) = (self.lists, self.terminal);
        let progress = |step: Step<'_>| terminal.follow(step);
        let answer = screen_book(book, lists, &deltas, &mut |told| self.tell(told), &progress)?;
        if answer.unread_count > 0 {
            self.outcome = self.outcome.and(Outcome::NotCleared);
        }
        terminal.show(&answer, print::book)
    }

    fn clear(&mut self, entry: &str, why: &str, told: &[Told]) -> anyhow::Result<()> {
        let [(_, subject, screening)] = told else {
            anyhow::bail!("one wallet or name at a time is cleared");
        };
        let (list, entry) = entry.split_once(':').context("LIST:ENTRY is expected")?;
        let memory = self.memory.as_mut().context("a case is needed")?;
        let clearing = Clearing {
            list: list.to_owned(),
            entry: entry.to_owned(),
            why: why.to_owned(),
        };
        memory.clear(self.lists, &clearing, subject, screening)?;
        Ok(())
    }
}

fn outcome_of(screening: &Screening) -> Outcome {
    let outcome = Outcome::of_screening(screening);
    match screening.lacks().next() {
        Some(_) => outcome.and(Outcome::NotCleared),
        None => outcome,
    }
}

fn lists(args: &Screen, limits: &Limits, terminal: &Terminal) -> anyhow::Result<(Lists, Outcome)> {
    if let Some(shelf) = &args.shelf {
        return Ok((Lists::new(Shelf::open(shelf)?.load_in_force()?), Outcome::Nothing));
    }
    let purposes =
        |paths: &[PathBuf], purpose| paths.iter().cloned().map(move |path| (path, purpose)).collect();
    let mut paths: Vec<(PathBuf, Purpose)> = purposes(&args.lists, Purpose::Sanctions);
    paths.extend::<Vec<_>>(purposes(&args.stolen, Purpose::StolenFunds));
    let loaded = load_lists(&paths, limits);
    let outcome = terminal.complain_of(loaded.refused);
    Ok((loaded.lists, outcome))
}

fn screen_assets(args: &Screen, terminal: &Terminal) -> anyhow::Result<Outcome> {
    let Some(path) = &args.assets else {
        return Ok(Outcome::Nothing);
    };
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    let name = path.display().to_string();
    let assets = BarredAssets::read(ListFile {
        name: &name,
        bytes: &bytes,
    })?;
    let mut outcome = Outcome::Nothing;
    for asset in &args.asset {
        let answer = assets.screen(asset);
        terminal.show(&answer, print::asset)?;
        if !answer.hits.is_empty() {
            outcome = outcome.and(Outcome::Found);
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
