//! `trace`.

use crate::args::Trace;
use crate::print;
use crate::terminal::Terminal;
use anyhow::{Context, anyhow};
use strongroom_desk::{Ledger, Outcome, Policy, Purpose, Seed, TraceOptions, load_lists, trace};
use strongroom_model::{Amount, Limits, Moment, Observable};

/// Traces stolen funds and prints where they are.
pub fn run(args: Trace, terminal: &Terminal) -> anyhow::Result<Outcome> {
    let options = options(&args)?;
    let limits = Limits::default();
    let ledger = Ledger::open(&args.ledger)?;
    let paths: Vec<_> = args
        .tags
        .iter()
        .cloned()
        .map(|path| (path, Purpose::Sanctions))
        .collect();
    let loaded = load_lists(&paths, &limits);
    let refused = terminal.complain_of(loaded.refused);
    let traces = trace(&ledger, &options, &loaded.lists, &limits)?;
    if terminal.json {
        traces.iter().try_for_each(|trace| terminal.print_json(trace))?;
    } else {
        terminal.print(&print::traces(&traces, terminal.paint))?;
    }
    let hides = traces.iter().flat_map(|trace| &trace.gaps).any(|gap| gap.hides);
    let ended = traces.iter().any(|trace| !trace.ends.is_empty());
    Ok(refused.and(match (ended, hides) {
        (true, _) => Outcome::Found,
        (false, true) => Outcome::NotCleared,
        (false, false) => Outcome::Nothing,
    }))
}

fn options(args: &Trace) -> anyhow::Result<TraceOptions> {
    let moment = |text: &Option<String>| text.as_deref().map(str::parse::<Moment>).transpose();
    let since = moment(&args.since)?;
    let account = |account: &String| Seed::Account {
        account: account.clone(),
        asset: None,
        since,
    };
    let seeds = args
        .from
        .iter()
        .map(account)
        .chain(args.row.iter().copied().map(Seed::Transfer));
    let policy = |name: &String| {
        let known = Policy::ALL.map(Policy::as_str).join(", ");
        Policy::from_name(name).ok_or_else(|| anyhow!("no policy is called {name:?}: {known}"))
    };
    Ok(TraceOptions {
        seeds: seeds.collect(),
        policies: args.policy.iter().map(policy).collect::<anyhow::Result<_>>()?,
        dust: args
            .dust
            .iter()
            .map(|text| dust(text))
            .collect::<anyhow::Result<_>>()?,
        hops: args.hops,
        until: moment(&args.until)?,
    })
}

fn dust(text: &str) -> anyhow::Result<(String, Amount)> {
    let (asset, units) = text
        .split_once('=')
        .with_context(|| format!("{text:?}: expected ASSET=UNITS"))?;
    let units = units.parse().with_context(|| text.to_owned())?;
    Ok((Observable::asset(asset).value().to_owned(), units))
}
