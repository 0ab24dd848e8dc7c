//! Money: each drain, then per asset every policy side by side, the balance sheets and the ways the value took.

use super::parts::{Pen, cites, interval, mark, moment, table};
use crate::money::{Drain, End, EndReason, SheetRow, Trace};
use crate::shown::grouped;
use crate::story::coins;
use crate::view::Cited;
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};
use strongroom_model::{Amount, Asset, Service};

/// Ends whose way is drawn, per policy.
const WAYS: usize = 12;

pub(super) fn money(pen: &Pen<'_>) -> Option<Markup> {
    let view = pen.view;
    if view.drains.is_empty() && view.traces.is_empty() {
        return None;
    }
    let assets: BTreeSet<&Asset> = view
        .traces
        .iter()
        .flat_map(|(_, trace)| {
            trace
                .sheet
                .iter()
                .map(|row| &row.asset)
                .chain(trace.ends.iter().map(|end| &end.asset))
        })
        .collect();
    Some(html! {
        @for (seq, drain) in &view.drains { (drained(pen, *seq, drain)) }
        @if !view.traces.is_empty() {
            p.lead { "Each policy is a legal convention. They stand side by side; none of them is the truth alone." }
            @for asset in assets { (asset_section(pen, asset)) }
            (ways(pen))
        }
    })
}

fn drained(pen: &Pen<'_>, seq: u64, drain: &Drain) -> Markup {
    let moved: Vec<Markup> = drain
        .moved
        .iter()
        .map(|moved| {
            html! {
                td { (pen.text(&moved.asset.unit())) }
                td.num { (grouped(&moved.asset.number(moved.amount))) }
                td.num { (moved.transfers) }
                td.share { @match moved.share_permille {
                    Some(share) => { span.meter { span style=(format!("width:{}%", share.min(1000) / 10)) {} } (share / 10) "." (share % 10) " %" }
                    None => span.quiet { "not known" }
                } }
            }
        })
        .collect();
    html! {
        article.card.theft {
            h3 { "Drain of " code { (pen.value(&drain.account)) } " " (cites(&[seq])) }
            p.sub { (interval(drain.when)) }
            p { (pen.text(&drain.why)) }
            (table("What left the account", &[("", "Asset"), ("num", "Left"), ("num", "Transfers"), ("", "Share of the balance")], &moved))
            details { summary { "Receivers (" (drain.receivers.len()) ")" }
                (table("Receivers", &[("", "Wallet"), ("num", "Received"), ("", "Asset")], &drain.receivers.iter().map(|receiver| html! {
                    td { code { (pen.value(&receiver.wallet)) } }
                    td.num { (grouped(&receiver.asset.number(receiver.amount))) }
                    td { (pen.text(&receiver.asset.unit())) }
                }).collect::<Vec<_>>()))
            }
        }
    }
}

/// Where value of one asset ends: a named party, or a reason.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Where<'a> {
    Party(&'a str, Service),
    Nobody(EndReason),
}

fn place(end: &End) -> Where<'_> {
    match &end.party {
        Some(party) => Where::Party(&party.label, party.service),
        None => Where::Nobody(end.reason),
    }
}

fn class(place: &Where<'_>) -> &'static str {
    match place {
        Where::Party(_, Service::Sanctioned) => "c-sanctioned",
        Where::Party(_, Service::Exchange | Service::Custodian) => "c-exchange",
        Where::Party(_, Service::Mixer | Service::Bridge) => "c-mixer",
        Where::Party(..) => "c-other",
        Where::Nobody(EndReason::Unspent) => "c-unspent",
        Where::Nobody(EndReason::Fee | EndReason::Dust | EndReason::Destroyed) => "c-fee",
        Where::Nobody(_) => "c-open",
    }
}

fn label(pen: &Pen<'_>, place: &Where<'_>) -> Markup {
    html! {
        span.key.(class(place)) aria-hidden="true" {} " "
        @match place {
            Where::Party(name, service) => { (pen.text(name)) " " span.kind { (service.as_str()) } }
            Where::Nobody(reason) => { (nobody(*reason)) }
        }
    }
}

const fn nobody(reason: EndReason) -> &'static str {
    match reason {
        EndReason::Unspent => "unnamed wallets, unspent",
        EndReason::Service => "unnamed service",
        EndReason::Dust => "below the dust threshold",
        EndReason::Hops => "beyond the number of hops",
        EndReason::Time => "beyond the time",
        EndReason::Fee => "fees",
        EndReason::Absorbed => "absorbed by another seed",
        EndReason::Destroyed => "destroyed",
        EndReason::Converted => "converted into another asset",
        EndReason::Unknown => "not in the ledger",
    }
}

type Sums<'a> = BTreeMap<Where<'a>, Vec<Option<Amount>>>;

/// Returns the sum per place and policy; `None` where 256 bits do not hold it.
fn sums<'a>(traces: &[Cited<'a, Trace>], asset: &Asset) -> Sums<'a> {
    let mut sums: Sums<'a> = BTreeMap::new();
    for (column, (_, trace)) in traces.iter().enumerate() {
        for end in trace.ends.iter().filter(|end| &end.asset == asset) {
            let row = sums
                .entry(place(end))
                .or_insert_with(|| vec![Some(Amount::ZERO); traces.len()]);
            if let Some(cell) = row.get_mut(column) {
                *cell = cell.and_then(|sum| sum.checked_add(end.amount));
            }
        }
    }
    sums
}

fn asset_section(pen: &Pen<'_>, asset: &Asset) -> Markup {
    let traces = &pen.view.traces;
    let sums = sums(traces, asset);
    let mut head = vec![("", "Where")];
    head.extend(traces.iter().map(|(_, trace)| ("num", trace.policy.as_str())));
    let rows: Vec<Markup> = sums
        .iter()
        .map(|(place, cells)| {
            html! {
                th scope="row" { (label(pen, place)) }
                @for (cell, (_, trace)) in cells.iter().zip(traces) { td.num { (amount(*cell, asset, trace.upper_bound)) } }
            }
        })
        .collect();
    html! {
        article.card {
            h3 { (pen.text(&asset.name)) @if asset.decimals.is_none() { span.quiet { " in base units" } } }
            div.bars { @for (column, (seq, trace)) in traces.iter().enumerate() { (bar(pen, *seq, trace, column, &sums)) } }
            (table("Where it ends, by policy", &head, &rows))
            (sheet(pen, asset))
        }
    }
}

fn amount(cell: Option<Amount>, asset: &Asset, upper_bound: bool) -> Markup {
    match cell {
        None => html! { span.quiet { "over 256 bits" } },
        Some(sum) if sum.is_zero() => html! { span.quiet { "–" } },
        Some(sum) => {
            html! { @if upper_bound { span.quiet title="at most" { "≤ " } } (grouped(&asset.number(sum))) }
        }
    }
}

/// One policy as a bar: each place's share of all that the policy ends.
fn bar(pen: &Pen<'_>, seq: u64, trace: &Trace, column: usize, sums: &Sums<'_>) -> Markup {
    let cells = sums.iter().filter_map(|(place, row)| {
        let sum = row.get(column).copied().flatten()?;
        (!sum.is_zero()).then_some((place, sum))
    });
    let cells: Vec<_> = cells.collect();
    let all = Amount::checked_sum(cells.iter().map(|(_, sum)| *sum));
    let share = |sum: Amount| {
        let permille = all.and_then(|all| sum.mul_div(1000u64.into(), all));
        permille.map_or(0, |(share, _)| share.limbs()[0])
    };
    html! {
        div.bar-row {
            span.policy { (trace.policy) @if trace.upper_bound { " " span.quiet { "upper bound" } } " " (cites(&[seq])) }
            div.bar role="img" aria-label=(format!("{}: shares of each end", trace.policy)) {
                @for (place, sum) in &cells {
                    span.(class(place)) style=(format!("flex-grow:{}", share(*sum).max(4))) title=(title(pen, place, share(*sum))) {}
                }
            }
        }
    }
}

fn title(pen: &Pen<'_>, place: &Where<'_>, permille: u64) -> String {
    let name = match place {
        Where::Party(name, service) => format!("{} ({})", pen.text(name), service.as_str()),
        Where::Nobody(reason) => nobody(*reason).to_owned(),
    };
    format!("{name}: {}.{} %", permille / 10, permille % 10)
}

fn sheet(pen: &Pen<'_>, asset: &Asset) -> Markup {
    let rows = pen.view.traces.iter().flat_map(|(_, trace)| {
        let rows = trace.sheet.iter().filter(|row| &row.asset == asset);
        rows.map(move |row| sheet_row(pen, trace, row))
    });
    let rows: Vec<Markup> = rows.collect();
    let head = [
        ("", "Policy"),
        ("num", "Stolen"),
        ("num", "Unspent"),
        ("num", "At stops"),
        ("num", "Fees"),
        ("num", "Absorbed"),
        ("num", "Destroyed"),
        ("num", "Converted"),
        ("", "Balance"),
    ];
    html! { h4 { "Balance sheet" } (table("Balance sheet", &head, &rows)) }
}

fn sheet_row(pen: &Pen<'_>, trace: &Trace, row: &SheetRow) -> Markup {
    let cells = [
        row.seeded,
        row.unspent,
        row.stopped,
        row.fees,
        row.absorbed,
        row.destroyed,
        row.converted,
    ];
    html! {
        th scope="row" { (pen.text(&trace.policy)) }
        @for cell in cells { td.num { (amount(Some(cell), &row.asset, false)) } }
        td { @if trace.upper_bound { (mark("calm", "≤", "upper bound")) }
             @else if row.balances() { (mark("good", "✓", "to the unit")) }
             @else { (mark("bad", "✕", "does not balance")) } }
    }
}

fn ways(pen: &Pen<'_>) -> Markup {
    html! {
        @for (seq, trace) in &pen.view.traces {
            @let named: Vec<&End> = trace.ends.iter().filter(|end| end.party.is_some() && !end.path.is_empty()).collect();
            @if !named.is_empty() {
                details.ways {
                    summary { "The ways by " (pen.text(&trace.policy)) " to " (named.len()) " named ends " (cites(&[*seq])) }
                    @for end in named.iter().take(WAYS) { (way(pen, end)) }
                    (super::parts::more(named.len(), WAYS, "ways"))
                }
            }
        }
    }
}

fn way(pen: &Pen<'_>, end: &End) -> Markup {
    let party = end
        .party
        .as_ref()
        .map(|party| party.label.as_str())
        .unwrap_or_default();
    html! {
        h4 { (coins(end.amount, &end.asset)) " to " (pen.text(party)) }
        ol.way { @for hop in &end.path {
            li { (moment(hop.when)) " " code { (pen.value(&hop.to)) } " " span.num { (coins(hop.amount, &end.asset)) }
                 span.quiet.tx { "in " code { (pen.text(&hop.transaction)) } } }
        } }
    }
}
