//! Traces on the terminal: the policies side by side, the ends below, and the balance sheet.

use crate::paint::{Paint, safe_line};
use std::collections::{BTreeMap, BTreeSet};
use strongroom_desk::{ClusterWord, Convention, Direction, End, Trace, TraceStep};
use strongroom_model::{Amount, Moment};

/// Ends of one asset that are worth a line each; the rest are counted.
const ENDS: usize = 12;
/// Steps of one way that are worth a line each, and ways of one trace; the rest are counted.
const STEPS: usize = 40;
const WAYS: usize = 12;

/// Returns traces as text: for each asset a table of its ends, a column for each policy.
pub fn traces<P: Convention>(traces: &[Trace<P>], paint: Paint) -> String {
    let assets: BTreeSet<&str> = traces
        .iter()
        .flat_map(|trace| trace.sheet.assets.iter().map(|sheet| sheet.asset.as_str()))
        .collect();
    let mut out: String = assets.iter().map(|asset| table(asset, traces, paint)).collect();
    if assets.is_empty() {
        out.push_str("nothing was traced: no taint began\n");
    }
    out.push_str(&gaps(traces, paint));
    out.push_str(
        &paint.dim("Different policies are different legal conventions; none of them is the truth.\n"),
    );
    out
}

fn gaps<P: Convention>(traces: &[Trace<P>], paint: Paint) -> String {
    // What every policy met stands once.
    let mut met: Vec<(String, Vec<&str>)> = Vec::new();
    for trace in traces {
        for gap in &trace.gaps {
            let said = format!("{}: {}", gap.place, gap.why);
            match met.iter_mut().find(|(known, _)| *known == said) {
                Some((_, policies)) => policies.push(trace.policy.name()),
                None => met.push((said, vec![trace.policy.name()])),
            }
        }
    }
    let line = |(said, policies): &(String, Vec<&str>)| {
        let by = match policies.len() == traces.len() {
            true => String::new(),
            false => format!("{}: ", policies.join(", ")),
        };
        format!("{} {}\n", paint.warn("not followed"), safe_line(&(by + said)))
    };
    met.iter().map(line).collect()
}

fn table<P: Convention>(asset: &str, traces: &[Trace<P>], paint: Paint) -> String {
    let rows = rows(asset, traces);
    let seeded = traces
        .iter()
        .find_map(|trace| trace.sheet.asset(asset))
        .map(|sheet| sheet.seeded);
    let seeded = seeded.map(|amount| amount.to_string()).unwrap_or_default();
    let done = match traces.first().map(|trace| trace.direction) {
        Some(Direction::Backward) => "traced back",
        _ => "stolen",
    };
    let policies = traces.iter().map(|trace| trace.policy.name().to_owned());
    let mut cells: Vec<Vec<String>> = vec![line("base units".to_owned(), policies, "last, UTC".to_owned())];
    for row in rows.iter().take(ENDS) {
        let amounts = row.amounts.iter().map(ToString::to_string);
        cells.push(line(row.label.clone(), amounts, row.last.to_string()));
    }
    let sums = traces.iter().map(|trace| balance(trace, asset));
    cells.push(line("accounted for".to_owned(), sums, String::new()));
    let sheets = || traces.iter().filter_map(|trace| trace.sheet.asset(asset));
    let over = match sheets().any(|sheet| !sheet.arrived.is_zero()) {
        true => ", and what came over from another asset",
        false => "",
    };
    let mut out = format!(
        "{}  {seeded} base units {done}{over}\n",
        paint.bold(&safe_line(asset))
    );
    out.push_str(&columns(&cells));
    if let Some(more) = rows.len().checked_sub(ENDS).filter(|more| *more > 0) {
        out.push_str(&paint.dim(&format!("  and {more} more ends (--json shows all)\n")));
    }
    out
}

fn line(first: String, middle: impl Iterator<Item = String>, last: String) -> Vec<String> {
    std::iter::once(first).chain(middle).chain([last]).collect()
}

/// An end as it stands in the table: an amount for each policy, and when the last of it came there.
struct Row {
    label: String,
    amounts: Vec<Amount>,
    last: Moment,
}

/// Returns a row for each end, the largest first.
fn rows<P>(asset: &str, traces: &[Trace<P>]) -> Vec<Row> {
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for (column, trace) in traces.iter().enumerate() {
        for end in trace.ends.iter().filter(|end| end.asset == asset) {
            let label = label(end);
            let row = rows.entry(label.clone()).or_insert_with(|| Row {
                label,
                amounts: vec![Amount::ZERO; traces.len()],
                last: end.when,
            });
            row.last = row.last.max(end.when);
            if let Some(cell) = row.amounts.get_mut(column) {
                *cell = cell.saturating_add(end.amount);
            }
        }
    }
    let mut rows: Vec<Row> = rows.into_values().collect();
    let largest = |row: &Row| row.amounts.iter().max().copied();
    rows.sort_by(|a, b| largest(b).cmp(&largest(a)).then_with(|| a.label.cmp(&b.label)));
    rows
}

fn label(end: &End) -> String {
    let party = end.tag.as_ref().map_or("", |tag| &tag.label);
    let by = end.cluster.as_ref().map_or("", |_| "(by its cluster)");
    let words = [party, by, &end.account, end.reason.as_str()];
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    safe_line(&words.join(" "))
}

fn balance<P: Convention>(trace: &Trace<P>, asset: &str) -> String {
    match trace.sheet.asset(asset) {
        Some(sheet) if sheet.conserved() => "to the unit".to_owned(),
        Some(_) if !trace.policy.keeps_units() => "upper bound".to_owned(),
        Some(_) => "NOT CONSERVED".to_owned(),
        None => String::new(),
    }
}

/// Returns the ways by which taint came to an account or output, by policy, the seed first.
///
/// # Errors
/// Where a step cannot be read from the ledger.
pub fn ways<P: Convention>(
    traces: &[Trace<P>],
    place: &str,
    step: &dyn Fn(&TraceStep) -> anyhow::Result<String>,
    paint: Paint,
) -> anyhow::Result<String> {
    let mut out = String::new();
    for trace in traces {
        let is_there = |end: &&End| {
            let outpoint = end.outpoint.map(|outpoint| outpoint.to_string());
            end.account == place || outpoint.is_some_and(|outpoint| outpoint == place)
        };
        let ends: Vec<&End> = trace.ends.iter().filter(is_there).collect();
        for end in ends.iter().take(WAYS) {
            let title = format!(
                "{}  {} base units of {}  {}",
                trace.policy.name(),
                end.amount,
                end.asset,
                label(end)
            );
            out.push_str(&format!("{}\n", paint.bold(&safe_line(&title))));
            out.push_str(&way(trace, end, step, paint)?);
            out.extend(end.cluster.iter().map(named_by));
        }
        if let Some(more) = ends.len().checked_sub(WAYS).filter(|more| *more > 0) {
            out.push_str(&paint.dim(&format!("and {more} more ends there (--json shows all)\n")));
        }
    }
    if out.is_empty() {
        out = safe_line(&format!("no taint ended at {place}")) + "\n";
    }
    Ok(out + &gaps(traces, paint))
}

/// Returns why the tag of another address counts.
fn named_by(word: &ClusterWord) -> String {
    let mut lines = vec![format!(
        "the list names {}, which is taken for the same owner's:",
        word.member
    )];
    lines.extend(word.why.iter().take(STEPS).map(|union| {
        let [from, to] = &union.between;
        let (evidence, sure) = (&union.evidence, union.confidence);
        format!(
            "  {from} and {to}: {evidence} ({sure} %) in {}",
            union.transaction
        )
    }));
    let more = word.why.len().saturating_sub(STEPS) as u64 + word.left_out;
    lines.extend((more > 0).then(|| format!("  and {more} more unions")));
    lines
        .iter()
        .map(|line| format!("  {}\n", safe_line(line)))
        .collect()
}

fn way<P>(
    trace: &Trace<P>,
    end: &End,
    step: &dyn Fn(&TraceStep) -> anyhow::Result<String>,
    paint: Paint,
) -> anyhow::Result<String> {
    let way = trace.way(end.step);
    let skipped = way.len().saturating_sub(STEPS);
    let mut out = String::new();
    for (at, one) in way.iter().enumerate() {
        // The seed and the last steps: where it began, and how it came here.
        if at == 1 && skipped > 0 {
            out.push_str(&paint.dim(&format!("  {skipped} steps left away\n")));
        }
        if at == 0 || at > skipped {
            out.push_str(&format!("  {}\n", safe_line(&step(one)?)));
        }
    }
    if end.pieces.len() > 1 {
        let more = format!(
            "  the first of {} pieces; the others came by other ways\n",
            end.pieces.len()
        );
        out.push_str(&paint.dim(&more));
    }
    Ok(out)
}

fn columns(cells: &[Vec<String>]) -> String {
    let width = |column: usize| {
        cells
            .iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
    };
    let line = |row: &Vec<String>| {
        let cells = row.iter().enumerate().map(|(column, cell)| match column {
            0 => format!("  {cell:<width$}", width = width(0)),
            _ => format!("  {cell:>width$}", width = width(column)),
        });
        cells.collect::<String>().trim_end().to_owned() + "\n"
    };
    cells.iter().map(line).collect()
}
