//! `screen`.

use crate::args::Screen;
use crate::lines::lines;
use crate::print;
use crate::terminal::Terminal;
use anyhow::Context;
use std::path::{Path, PathBuf};
use strongroom_desk::{
    BookQuery, Clearing, Decided, ExposureLedger, ExposureOptions, KeptAsset, KeptBook, KeptExposure, Lists,
    Memory, NameQuery, Outcome, Purpose, Query, Replay, Replayed, Shelf, Step, Subject, Told, delta,
    exposure, load_lists, screen, screen_book, screen_customer,
};
use strongroom_model::Limits;

/// Screens wallets, names, assets or a book, and prints an answer for each.
pub fn run(args: Screen, terminal: &Terminal) -> anyhow::Result<Outcome> {
    if let (Some(entry), Some(case), Some(shelf)) = (args.replay, &args.of, &args.shelf) {
        let book = args.book.as_deref();
        let replay = Replay {
            case,
            entry,
            shelf,
            book,
            ledger: args.ledger.first().map(PathBuf::as_path),
        };
        return again(&replay, terminal);
    }
    let limits = Limits::default();
    let (lists, outcome) = lists(&args, &limits, terminal)?;
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
    let answered = desk.answer(&args, &limits);
    let outcome = desk.close()?;
    answered.map(|()| outcome)
}

/// Asks again, and prints the same bytes.
fn again(replay: &Replay<'_>, terminal: &Terminal) -> anyhow::Result<Outcome> {
    let again = replay.run(&|step| terminal.follow(step))?;
    match &again {
        Replayed::Answer(decided) => terminal.show(decided.as_ref(), print::decided)?,
        Replayed::Asset(answer) => terminal.show(answer, print::asset)?,
        Replayed::Exposure(answer) => terminal.show(answer.as_ref(), print::exposure)?,
        Replayed::Book(answer, _) => terminal.show(answer.as_ref(), print::book)?,
    }
    Ok(again.outcome())
}

/// The counter at which questions are answered: the lists, the memory of the case, and where answers go.
struct Counter<'a> {
    lists: &'a Lists,
    memory: Option<Memory>,
    terminal: &'a Terminal,
    outcome: Outcome,
}

impl Counter<'_> {
    /// Brings the case's reports up to what was asked.
    fn close(self) -> anyhow::Result<Outcome> {
        self.memory.map_or(Ok(()), Memory::close)?;
        Ok(self.outcome)
    }

    fn answer(&mut self, args: &Screen, limits: &Limits) -> anyhow::Result<()> {
        self.assets(&args.asset)?;
        match &args.book {
            Some(book) => self.book(book, args),
            None => self.queries(args, limits),
        }
    }

    /// Keeps and prints answers; returns how many of them had been cleared.
    fn tell(&mut self, told: Vec<Told>) -> anyhow::Result<u64> {
        let decided = match &mut self.memory {
            Some(memory) => memory.keep(self.lists, told)?,
            None => told
                .into_iter()
                .map(|(_, subject, screening)| Decided::unkept(subject, screening))
                .collect(),
        };
        let mut cleared = 0;
        for decided in decided {
            self.terminal.show(&decided, print::decided)?;
            cleared += u64::from(decided.is_cleared());
            self.outcome = self.outcome.and(decided.outcome());
        }
        Ok(cleared)
    }

    fn assets(&mut self, assets: &[String]) -> anyhow::Result<()> {
        anyhow::ensure!(
            assets.is_empty() || !self.lists.assets().is_empty(),
            "no table of assets could be asked"
        );
        for asset in assets {
            let answers = self.lists.screen_asset(asset);
            let kept = match &mut self.memory {
                Some(memory) => memory.keep_assets(asset, answers)?,
                None => answers.into_iter().map(KeptAsset::unkept).collect(),
            };
            for answer in kept {
                self.terminal.show(&answer, print::asset)?;
                self.outcome = self.outcome.and(Outcome::of_asset(&answer.screening));
            }
        }
        Ok(())
    }

    /// Without a list every answer would be "no hit".
    fn can_be_asked(&self) -> anyhow::Result<()> {
        anyhow::ensure!(!self.lists.versions().is_empty(), "no list could be asked");
        Ok(())
    }

    fn queries(&mut self, args: &Screen, limits: &Limits) -> anyhow::Result<()> {
        if args.wallets.is_empty() && args.name.is_empty() && args.batch.is_none() {
            return Ok(());
        }
        self.can_be_asked()?;
        let queries = queries(args, limits)?;
        let answers = screen(self.lists, &queries);
        let told = queries.into_iter().zip(answers).map(|(query, screening)| {
            let subject = Subject::of(&screening);
            (query, subject, screening)
        });
        let told: Vec<Told> = told.collect();
        if let (Some(entry), Some(why)) = (&args.clear, &args.why) {
            anyhow::ensure!(told.len() == 1, "one wallet or name at a time is cleared");
            self.clear(entry, why, &told)?;
        }
        let ledgers = open(&args.ledger)?;
        if ledgers.is_empty() {
            self.tell(told)?;
            return Ok(());
        }
        for one in told {
            let query = one.0.clone();
            self.tell(vec![one])?;
            if let Query::Wallet(wallet) = query {
                self.expose(args, &wallet, &ledgers, limits)?;
            }
        }
        Ok(())
    }

    /// Keeps and prints a wallet's exposure through each ledger.
    fn expose(
        &mut self,
        args: &Screen,
        wallet: &str,
        ledgers: &[(String, ExposureLedger)],
        limits: &Limits,
    ) -> anyhow::Result<()> {
        let options = ExposureOptions {
            policy: args.policy.clone(),
            hops: args.hops,
        };
        for (name, ledger) in ledgers {
            let exposure = exposure(ledger, wallet, &options, self.lists, limits)?;
            self.outcome = self.outcome.and(Outcome::of_exposure(&exposure));
            let kept = match &mut self.memory {
                Some(memory) => memory.keep_exposure(name, exposure)?,
                None => KeptExposure {
                    exposure,
                    case_entry: None,
                },
            };
            self.terminal.show(&kept, print::exposure)?;
        }
        Ok(())
    }

    fn book(&mut self, book: &Path, args: &Screen) -> anyhow::Result<()> {
        self.can_be_asked()?;
        let mut deltas = Vec::new();
        if let Some(shelf) = &args.shelf {
            let shelf = Shelf::open(shelf)?;
            for list in &args.delta {
                deltas.push(delta(&shelf, list, args.since)?);
            }
        }
        let query = BookQuery {
            path: book,
            name: &book.display().to_string(),
            threshold: args.threshold,
            deltas: &deltas,
        };
        if let Some(customer) = &args.customer {
            return self.customer(&query, customer, args);
        }
        anyhow::ensure!(
            args.clear.is_none(),
            "one customer at a time is cleared: --customer says who"
        );
        let (lists, terminal) = (self.lists, self.terminal);
        let progress = |step: Step<'_>| terminal.follow(step);
        let mut cleared = 0;
        let mut tell = |told| {
            cleared += self.tell(told)?;
            Ok(())
        };
        let answer = screen_book(&query, lists, &mut tell, &progress)?;
        let answer = match &mut self.memory {
            Some(memory) => memory.keep_book(answer, cleared)?,
            None => KeptBook::unkept(answer),
        };
        self.outcome = self.outcome.and(answer.completeness());
        terminal.show(&answer, print::book)
    }

    /// Answers about one customer, whose hits may be cleared.
    fn customer(&mut self, query: &BookQuery<'_>, customer: &str, args: &Screen) -> anyhow::Result<()> {
        let told = screen_customer(query, self.lists, customer)?;
        if let (Some(entry), Some(why)) = (&args.clear, &args.why) {
            self.clear(entry, why, &told)?;
        }
        self.tell(told)?;
        Ok(())
    }

    fn clear(&mut self, entry: &str, why: &str, told: &[Told]) -> anyhow::Result<()> {
        let (list, entry) = self.entry_named(entry)?;
        let memory = self.memory.as_mut().context("a case is needed")?;
        let clearing = Clearing {
            list,
            entry,
            why: why.to_owned(),
        };
        memory.clear(self.lists, &clearing, told)
    }

    /// Splits `LIST:ENTRY`: a list that is named by its path may have colons of its own.
    fn entry_named(&self, text: &str) -> anyhow::Result<(String, String)> {
        let versions = self.lists.versions().iter();
        let of = |name: &str| {
            Some((
                name.to_owned(),
                text.strip_prefix(name)?.strip_prefix(':')?.to_owned(),
            ))
        };
        let named = versions.filter_map(|version| of(&version.name)).next();
        named.with_context(|| format!("LIST:ENTRY with a list that was asked is expected, found {text:?}"))
    }
}

fn lists(args: &Screen, limits: &Limits, terminal: &Terminal) -> anyhow::Result<(Lists, Outcome)> {
    let purposes =
        |paths: &[PathBuf], purpose| paths.iter().cloned().map(move |path| (path, purpose)).collect();
    let mut paths: Vec<(PathBuf, Purpose)> = purposes(&args.lists, Purpose::Sanctions);
    paths.extend::<Vec<_>>(purposes(&args.stolen, Purpose::StolenFunds));
    paths.extend::<Vec<_>>(purposes(args.assets.as_slice(), Purpose::Assets));
    let loaded = load_lists(&paths, limits);
    let outcome = terminal.complain_of(loaded.refused);
    let mut lists = loaded.lists;
    if let Some(shelf) = &args.shelf {
        lists = lists.with(Shelf::open(shelf)?.load_in_force()?);
    }
    Ok((lists, outcome))
}

fn open(paths: &[PathBuf]) -> anyhow::Result<Vec<(String, ExposureLedger)>> {
    let open = |path: &PathBuf| {
        let name = path.display().to_string();
        let ledger = ExposureLedger::open(path).with_context(|| name.clone())?;
        Ok((name, ledger))
    };
    paths.iter().map(open).collect()
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
