//! Flows as GraphML (graphml.graphdrawing.org): a node for each account and transaction, an edge for each flow.
//!
//! An edge's `amount` is exact, a text of base units; its `weight` is the nearest number that programs can draw with.

use crate::trace::{Convention, End, Flow, FlowKind, Trace};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// The data of nodes and edges: what it belongs to, its name, its type.
const KEYS: [(&str, &str, &str); 12] = [
    ("node", "name", "string"),
    ("node", "kind", "string"),
    ("node", "party", "string"),
    ("node", "tagged_member_of_cluster", "string"),
    ("node", "seed", "boolean"),
    ("edge", "policy", "string"),
    ("edge", "flow", "string"),
    ("edge", "asset", "string"),
    ("edge", "amount", "string"),
    ("edge", "weight", "double"),
    ("edge", "transfers", "long"),
    ("edge", "first", "string"),
];

/// What a node is: a transaction and an account of one name are two.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Account,
    Transaction,
}

type Node<'a> = (Kind, &'a str);

/// Writes the flows of all traces as one directed graph; several policies give several edges side by side.
///
/// # Errors
/// Where `out` refuses.
pub fn graphml<P: Convention>(traces: &[Trace<P>], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">")?;
    for (of, name, kind) in KEYS {
        writeln!(
            out,
            "  <key id=\"{name}\" for=\"{of}\" attr.name=\"{name}\" attr.type=\"{kind}\"/>"
        )?;
    }
    writeln!(out, "  <graph id=\"flows\" edgedefault=\"directed\">")?;
    let nodes = nodes(traces);
    let told = Told::of(traces);
    for (node, number) in &nodes {
        told.write(node, *number, out)?;
    }
    for trace in traces {
        for flow in &trace.flows {
            write_edge(trace.policy.name(), flow, &nodes, out)?;
        }
    }
    writeln!(out, "  </graph>")?;
    writeln!(out, "</graphml>")
}

fn ends_of(flow: &Flow) -> (Node<'_>, Node<'_>) {
    let (from, to) = match flow.kind {
        FlowKind::Transfer => (Kind::Account, Kind::Account),
        FlowKind::Spend => (Kind::Account, Kind::Transaction),
        FlowKind::Receipt => (Kind::Transaction, Kind::Account),
        FlowKind::Fee => (Kind::Transaction, Kind::Transaction),
    };
    ((from, &flow.from), (to, &flow.to))
}

/// Returns every node with its number, in order.
fn nodes<P>(traces: &[Trace<P>]) -> BTreeMap<Node<'_>, usize> {
    let flows = traces.iter().flat_map(|trace| &trace.flows);
    let seeds = traces.iter().flat_map(|trace| &trace.seeds);
    let seeded = seeds.map(|seed| (Kind::Account, seed.account.as_str()));
    let all: BTreeSet<Node<'_>> = flows
        .map(ends_of)
        .flat_map(|(from, to)| [from, to])
        .chain(seeded)
        .collect();
    all.into_iter().enumerate().map(|(at, node)| (node, at)).collect()
}

/// What is known of accounts.
struct Told<'a> {
    /// Who is behind an account, and the member of its cluster that the list names where it does not name the account.
    parties: BTreeMap<&'a str, (&'a str, Option<&'a str>)>,
    seeds: BTreeSet<&'a str>,
}

impl<'a> Told<'a> {
    fn of<P>(traces: &'a [Trace<P>]) -> Self {
        let ends = traces.iter().flat_map(|trace| &trace.ends);
        let party = |end: &'a End| {
            let member = end.cluster.as_ref().map(|word| word.member.as_str());
            Some((end.account.as_str(), (end.tag.as_ref()?.label.as_str(), member)))
        };
        let seeds = traces.iter().flat_map(|trace| &trace.seeds);
        Told {
            parties: ends.filter_map(party).collect(),
            seeds: seeds.map(|seed| seed.account.as_str()).collect(),
        }
    }

    fn write(&self, (kind, name): &Node<'_>, number: usize, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "    <node id=\"n{number}\">")?;
        data(out, "name", name)?;
        if *kind == Kind::Transaction {
            data(out, "kind", "transaction")?;
        } else {
            data(out, "kind", "account")?;
            if let Some((party, member)) = self.parties.get(name) {
                data(out, "party", party)?;
                member.map_or(Ok(()), |member| data(out, "tagged_member_of_cluster", member))?;
            }
            data(
                out,
                "seed",
                if self.seeds.contains(name) {
                    "true"
                } else {
                    "false"
                },
            )?;
        }
        writeln!(out, "    </node>")
    }
}

fn write_edge(
    policy: &str,
    flow: &Flow,
    nodes: &BTreeMap<Node<'_>, usize>,
    out: &mut impl Write,
) -> io::Result<()> {
    let (from, to) = ends_of(flow);
    // Every end of a flow is among the nodes.
    let (Some(from), Some(to)) = (nodes.get(&from), nodes.get(&to)) else {
        return Ok(());
    };
    writeln!(out, "    <edge source=\"n{from}\" target=\"n{to}\">")?;
    data(out, "policy", policy)?;
    data(out, "flow", flow.kind.as_str())?;
    data(out, "asset", &flow.asset)?;
    data(out, "amount", &flow.amount.to_string())?;
    data(out, "weight", &flow.amount.to_f64_lossy().to_string())?;
    data(out, "transfers", &flow.transfers.to_string())?;
    data(out, "first", &flow.when.to_string())?;
    writeln!(out, "    </edge>")
}

fn data(out: &mut impl Write, key: &str, value: &str) -> io::Result<()> {
    writeln!(out, "      <data key=\"{key}\">{}</data>", escaped(value))
}

/// Returns a text as XML has it; characters that XML cannot hold become the replacement character.
fn escaped(text: &str) -> Cow<'_, str> {
    let plain = |c: char| !matches!(c, '&' | '<' | '>' | '"' | '\'' | '\r') && is_allowed(c);
    if text.chars().all(plain) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            // A bare one would be read as a line's end.
            '\r' => out.push_str("&#13;"),
            c if is_allowed(c) => out.push(c),
            _ => out.push(char::REPLACEMENT_CHARACTER),
        }
    }
    out.into()
}

/// Whether XML 1.0 can hold a character.
fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}
