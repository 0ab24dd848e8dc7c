//! Traces on the terminal: the policies side by side, the ends below, and the balance sheet.

use crate::paint::{Paint, safe_line};
use std::collections::{BTreeMap, BTreeSet};
use strongroom_desk::{End, Trace};

/// Ends of one asset that are worth a line each; the rest are counted.
const ENDS: usize = 12;

/// Returns traces as text: for each asset a table of its ends, a column for each policy.
pub fn traces(traces: &[Trace], paint: Paint) -> String {
    let assets: BTreeSet<&str> = traces
        .iter()
        .flat_map(|trace| trace.sheet.assets.iter().map(|sheet| sheet.asset.as_str()))
        .collect();
    let mut out: String = assets.iter().map(|asset| table(asset, traces, paint)).collect();
    for trace in traces {
        for gap in &trace.gaps {
            let text = format!("{}: {}: {}", trace.policy.as_str(), gap.place, gap.why);
            out.push_str(&format!("{} {}\n", paint.warn("not followed"), safe_line(&text)));
        }
    }
    out.push_str(
        &paint.dim("Different policies are different legal conventions; none of them is the truth.\n"),
    );
    out
}

fn table(asset: &str, traces: &[Trace], paint: Paint) -> String {
    let rows = rows(asset, traces);
    let seeded = traces
        .iter()
        .find_map(|trace| trace.sheet.asset(asset))
        .map(|sheet| sheet.seeded);
    let seeded = seeded.map(|amount| amount.to_string()).unwrap_or_default();
    let mut cells: Vec<Vec<String>> = vec![
        std::iter::once(String::new())
            .chain(traces.iter().map(|t| t.policy.as_str().to_owned()))
            .collect(),
    ];
    for (label, amounts) in rows.iter().take(ENDS) {
        cells.push(
            std::iter::once(label.clone())
                .chain(amounts.iter().cloned())
                .collect(),
        );
    }
    let sums = traces.iter().map(|trace| balance(trace, asset));
    cells.push(std::iter::once("accounted for".to_owned()).chain(sums).collect());
    let mut out = format!("{}  {seeded} base units stolen\n", paint.bold(&safe_line(asset)));
    out.push_str(&columns(&cells));
    if let Some(more) = rows.len().checked_sub(ENDS).filter(|more| *more > 0) {
        out.push_str(&paint.dim(&format!("  and {more} more ends (--json shows all)\n")));
    }
    out
}

/// Returns a row for each end, the largest first, with an amount for each policy.
fn rows(asset: &str, traces: &[Trace]) -> Vec<(String, Vec<String>)> {
    let mut sums: BTreeMap<String, Vec<strongroom_model::Amount>> = BTreeMap::new();
    for (column, trace) in traces.iter().enumerate() {
        for end in trace.ends.iter().filter(|end| end.asset == asset) {
            let row = sums
                .entry(label(end))
                .or_insert_with(|| vec![Default::default(); traces.len()]);
            if let Some(cell) = row.get_mut(column) {
                *cell = cell.checked_add(end.amount).unwrap_or(*cell);
            }
        }
    }
    let mut rows: Vec<_> = sums.into_iter().collect();
    rows.sort_by(|a, b| {
        b.1.iter()
            .max()
            .cmp(&a.1.iter().max())
            .then_with(|| a.0.cmp(&b.0))
    });
    rows.into_iter()
        .map(|(label, row)| (label, row.iter().map(ToString::to_string).collect()))
        .collect()
}

fn label(end: &End) -> String {
    match &end.tag {
        Some(tag) => safe_line(&format!("{} {} {}", tag.label, end.account, end.reason.as_str())),
        None => safe_line(&format!("{} {}", end.account, end.reason.as_str())),
    }
}

fn balance(trace: &Trace, asset: &str) -> String {
    match trace.sheet.asset(asset) {
        Some(sheet) if sheet.conserved() => "to the unit".to_owned(),
        Some(_) if !trace.policy.conserves() => "upper bound".to_owned(),
        Some(_) => "NOT CONSERVED".to_owned(),
        None => String::new(),
    }
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
