//! Ends and flows as comma-separated values (RFC 4180).

use crate::trace::{Convention, End, Trace};
use std::borrow::Cow;
use std::io::{self, Write};

const ENDS: [&str; 16] = [
    "policy",
    "direction",
    "reason",
    "asset",
    "amount_base_units",
    "account",
    "party",
    "service",
    "list",
    "tagged_member_of_cluster",
    "outpoint",
    "transaction",
    "height",
    "row",
    "time_utc",
    "hops",
];

const FLOWS: [&str; 9] = [
    "policy",
    "kind",
    "from",
    "to",
    "asset",
    "amount_base_units",
    "transfers",
    "first_row",
    "first_time_utc",
];

/// Writes a row for each end of each trace, below a row of names. Where the party is the word of the account's cluster, the
/// member stands there that the list names.
///
/// # Errors
/// Where `out` refuses.
pub fn ends_csv<P: Convention>(traces: &[Trace<P>], out: &mut impl Write) -> io::Result<()> {
    row(out, ENDS.map(Cow::Borrowed))?;
    for trace in traces {
        for end in &trace.ends {
            row(out, end_cells(trace, end))?;
        }
    }
    Ok(())
}

fn end_cells<'a, P: Convention>(trace: &'a Trace<P>, end: &'a End) -> [Cow<'a, str>; 16] {
    let tag = |text: fn(&strongroom_model::Tag) -> &str| Cow::Borrowed(end.tag.as_ref().map_or("", text));
    [
        trace.policy.name().into(),
        trace.direction.as_str().into(),
        end.reason.as_str().into(),
        text(&end.asset),
        end.amount.to_string().into(),
        text(&end.account),
        harmless(tag(|tag| &tag.label)),
        tag(|tag| tag.service.as_str()),
        harmless(tag(|tag| &tag.source)),
        text(end.cluster.as_ref().map_or("", |word| &word.member)),
        optional(end.outpoint),
        optional(end.transaction),
        optional(end.height),
        end.row.to_string().into(),
        end.when.to_string().into(),
        end.hops.to_string().into(),
    ]
}

/// Writes a row for each flow of each trace, below a row of names.
///
/// # Errors
/// Where `out` refuses.
pub fn flows_csv<P: Convention>(traces: &[Trace<P>], out: &mut impl Write) -> io::Result<()> {
    row(out, FLOWS.map(Cow::Borrowed))?;
    for trace in traces {
        for flow in &trace.flows {
            let cells: [Cow<'_, str>; 9] = [
                trace.policy.name().into(),
                flow.kind.as_str().into(),
                text(&flow.from),
                text(&flow.to),
                text(&flow.asset),
                flow.amount.to_string().into(),
                flow.transfers.to_string().into(),
                flow.row.to_string().into(),
                flow.when.to_string().into(),
            ];
            row(out, cells)?;
        }
    }
    Ok(())
}

fn optional<T: ToString>(value: Option<T>) -> Cow<'static, str> {
    value.map(|value| value.to_string()).unwrap_or_default().into()
}

fn text(text: &str) -> Cow<'_, str> {
    harmless(text.into())
}

/// Names come from evidence: what a spreadsheet would take for a formula gets a quotation mark before it.
fn harmless(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}").into()
    } else {
        text
    }
}

fn row<const N: usize>(out: &mut impl Write, cells: [Cow<'_, str>; N]) -> io::Result<()> {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        if cell.contains([',', '"', '\n', '\r']) {
            write!(out, "\"{}\"", cell.replace('"', "\"\""))?;
        } else {
            out.write_all(cell.as_bytes())?;
        }
    }
    out.write_all(b"\r\n")
}
