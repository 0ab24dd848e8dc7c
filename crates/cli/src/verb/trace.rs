//! `trace`.

use crate::args::{Fees, Trace as Args, TraceFormat};
use crate::lines::lines;
use crate::print;
use crate::terminal::Terminal;
use anyhow::{Context, bail};
use serde::Serialize;
use std::io::{self, BufWriter, Write};
use strongroom_desk::{
    CoinLedger, CoinPolicy, CoinTraceOptions, Convention, Direction, Ledger, LedgerKind, Lists, Outcome,
    Policy, Purpose, Seed, Trace, TraceOptions, TraceStep, account_seed, coin_seed, ends_csv, flows_csv,
    graphml, load_lists, policy_named, trace, trace_coins,
};
use strongroom_model::{Amount, Limits, Moment, Observable};

/// Traces stolen funds and prints where they are.
pub fn run(args: Args, terminal: &Terminal) -> anyhow::Result<Outcome> {
    if args.format.is_some() && terminal.json {
        bail!("--json and --format are two forms of one answer: one of them at a time");
    }
    let kind = LedgerKind::of(&args.ledger)?;
    let limits = Limits::default();
    let paths: Vec<_> = args
        .tags
        .iter()
        .cloned()
        .map(|path| (path, Purpose::Sanctions))
        .collect();
    let loaded = load_lists(&paths, &limits);
    let refused = terminal.complain_of(loaded.refused);
    let traced = match kind {
        LedgerKind::Accounts => accounts(&args, &loaded.lists, &limits, terminal)?,
        LedgerKind::Coins => coins(&args, &loaded.lists, &limits, terminal)?,
    };
    Ok(refused.and(traced))
}

fn accounts(args: &Args, lists: &Lists, limits: &Limits, terminal: &Terminal) -> anyhow::Result<Outcome> {
    let ledger = Ledger::open(&args.ledger)?;
    let options = account_options(args, &ledger, limits)?;
    let traces = trace(&ledger, &options, lists, limits)?;
    let step = |step: &TraceStep| {
        let transfer = ledger.transfer(step.row)?;
        Ok(format!(
            "{}  {}  {} to {}  {} base units of {}",
            transfer.when, transfer.transaction, transfer.from, transfer.to, transfer.amount, transfer.asset
        ))
    };
    show(args, &traces, &step, terminal)
}

fn coins(args: &Args, lists: &Lists, limits: &Limits, terminal: &Terminal) -> anyhow::Result<Outcome> {
    let ledger = CoinLedger::open(&args.ledger)?;
    let options = coin_options(args, &ledger, limits)?;
    let traces = trace_coins(&ledger, &options, lists, limits)?;
    let step = |step: &TraceStep| {
        let height = step.height.map(|height| height.to_string()).unwrap_or_default();
        let outpoint = step
            .outpoint
            .map(|outpoint| outpoint.to_string())
            .unwrap_or_default();
        let account = ledger.account(ledger.owner_of(step.row)?)?;
        let value = ledger.value(step.row)?;
        let asset = ledger.asset();
        // What is older than the ledger came in no block that it knows.
        let when = ledger
            .transaction_of(step.row)?
            .map(|maker| ledger.transaction(maker));
        let when = when
            .transpose()?
            .map(|maker| format!("{}  ", maker.when))
            .unwrap_or_default();
        Ok(format!(
            "{when}height {height}  {outpoint}  {account}  {value} base units of {asset}"
        ))
    };
    show(args, &traces, &step, terminal)
}

/// Describes a step of a way in one line.
type Describe<'a> = dyn Fn(&TraceStep) -> anyhow::Result<String> + 'a;

fn show<P: Convention + Serialize>(
    args: &Args,
    traces: &[Trace<P>],
    step: &Describe<'_>,
    terminal: &Terminal,
) -> anyhow::Result<Outcome> {
    if let Some(format) = args.format {
        let mut out = BufWriter::new(io::stdout().lock());
        match format {
            TraceFormat::EndsCsv => ends_csv(traces, &mut out)?,
            TraceFormat::FlowsCsv => flows_csv(traces, &mut out)?,
            TraceFormat::Graphml => graphml(traces, &mut out)?,
        }
        out.flush()?;
    } else if terminal.json {
        traces.iter().try_for_each(|trace| terminal.print_json(trace))?;
    } else if let Some(place) = &args.way {
        terminal.print(&print::ways(traces, place, step, terminal.paint)?)?;
    } else {
        terminal.print(&print::traces(traces, terminal.paint))?;
    }
    let hides = traces.iter().flat_map(|trace| &trace.gaps).any(|gap| gap.hides);
    let ended = traces.iter().any(|trace| !trace.ends.is_empty());
    Ok(match (ended, hides) {
        (true, _) => Outcome::Found,
        (false, true) => Outcome::NotCleared,
        (false, false) => Outcome::Nothing,
    })
}

const fn direction(args: &Args) -> Direction {
    if args.back {
        Direction::Backward
    } else {
        Direction::Forward
    }
}

/// Returns what was typed as the beginning of taint, files of it included.
fn begun(args: &Args, limits: &Limits) -> anyhow::Result<Vec<String>> {
    let mut begun = args.from.clone();
    for path in &args.from_file {
        let read = lines(path, limits).with_context(|| path.display().to_string())?;
        begun.extend(read.into_iter().filter(|line| !line.starts_with('#')));
    }
    Ok(begun)
}

fn account_options(args: &Args, ledger: &Ledger, limits: &Limits) -> anyhow::Result<TraceOptions> {
    if args.clusters || args.fees == Fees::Follow {
        bail!("--clusters and --fees follow are for ledgers of coins: this is one of accounts");
    }
    let moment = |text: &Option<String>| text.as_deref().map(str::parse::<Moment>).transpose();
    let since = moment(&args.since)?;
    let begun = begun(args, limits)?;
    let seed = |text: &String| account_seed(ledger, text, since);
    let mut seeds = begun.iter().map(seed).collect::<Result<Vec<_>, _>>()?;
    seeds.extend(args.row.iter().copied().map(Seed::Transfer));
    Ok(TraceOptions {
        direction: direction(args),
        seeds,
        policies: policies(args, &Policy::ALL)?,
        dust: args
            .dust
            .iter()
            .map(|text| account_dust(text, ledger))
            .collect::<anyhow::Result<_>>()?,
        hops: args.hops,
        until: moment(&args.until)?,
    })
}

fn coin_options(args: &Args, ledger: &CoinLedger, limits: &Limits) -> anyhow::Result<CoinTraceOptions> {
    if !args.row.is_empty() {
        bail!("--row is for ledgers of accounts: name an output, TRANSACTION:NUMBER, with --from");
    }
    let (since, from_height) = moment_or_height(args.since.as_deref())?;
    let (until, until_height) = moment_or_height(args.until.as_deref())?;
    let seed = |text: &String| coin_seed(text, ledger.rules(), since, from_height);
    Ok(CoinTraceOptions {
        direction: direction(args),
        seeds: begun(args, limits)?
            .iter()
            .map(seed)
            .collect::<anyhow::Result<_>>()?,
        policies: policies(args, &CoinPolicy::ALL)?,
        dust: coin_dust(args, ledger)?,
        hops: args.hops,
        until,
        until_height,
        follow_fees: args.fees == Fees::Follow,
        by_cluster: args.clusters,
    })
}

/// Digits alone are a height.
fn moment_or_height(text: Option<&str>) -> anyhow::Result<(Option<Moment>, Option<u32>)> {
    let Some(text) = text else { return Ok((None, None)) };
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let height = text.parse().with_context(|| format!("{text:?} is no height"))?;
        return Ok((None, Some(height)));
    }
    Ok((Some(text.parse()?), None))
}

fn policies<P: Convention>(args: &Args, all: &[P]) -> anyhow::Result<Vec<P>> {
    args.policy.iter().map(|name| policy_named(all, name)).collect()
}

fn dust(text: &str) -> anyhow::Result<(String, Amount)> {
    let (asset, units) = text
        .split_once('=')
        .with_context(|| format!("{text:?}: expected ASSET=UNITS"))?;
    let units = units.parse().with_context(|| text.to_owned())?;
    Ok((Observable::asset(asset).value().to_owned(), units))
}

/// An asset that the ledger does not have is a slip of the pen: nothing would be left away for it.
fn account_dust(text: &str, ledger: &Ledger) -> anyhow::Result<(String, Amount)> {
    let (asset, units) = dust(text)?;
    if ledger.asset_id(&asset)?.is_none() {
        bail!("{text:?}: the ledger has no asset {asset}");
    }
    Ok((asset, units))
}

/// A ledger of coins has one asset, and its values are 64 bits wide.
fn coin_dust(args: &Args, ledger: &CoinLedger) -> anyhow::Result<u64> {
    let mut least = 0;
    for text in &args.dust {
        let (asset, units) = dust(text)?;
        if !asset.eq_ignore_ascii_case(ledger.asset()) {
            bail!("{text:?}: the asset of this ledger is {}", ledger.asset());
        }
        let [units, 0, 0, 0] = units.limbs() else {
            bail!("{text:?}: no coin holds so much");
        };
        least = least.max(units);
    }
    Ok(least)
}
