//! `ledger cluster`.

use crate::args::Cluster as Args;
use crate::print;
use crate::terminal::Terminal;
use anyhow::Context;
use serde::Serialize;
use strongroom_desk::{Change, ClusterAnswer, ClusterQuery, CoinLedger, Outcome, cluster};

/// The schema of the answer.
const CLUSTER_SCHEMA: &str = "strongroom.cluster/1";

#[derive(Serialize)]
struct Line {
    schema: &'static str,
    #[serde(flatten)]
    answer: ClusterAnswer,
}

/// Prints who belongs to an address.
pub fn run(args: Args, terminal: &Terminal) -> anyhow::Result<Outcome> {
    let query = ClusterQuery {
        address: args.address,
        why: args.why,
        change: args
            .change
            .iter()
            .map(|name| change(name))
            .collect::<anyhow::Result<_>>()?,
        join_coinjoins: args.join_coinjoins,
        coinjoins: args.coinjoin,
        without: args.without,
    };
    let line = Line {
        schema: CLUSTER_SCHEMA,
        answer: cluster(&CoinLedger::open(&args.ledger)?, &query)?,
    };
    terminal.show(&line, |line, paint| {
        print::cluster(&line.answer, query.why.as_deref(), paint)
    })?;
    Ok(Outcome::Nothing)
}

fn change(name: &str) -> anyhow::Result<Change> {
    Change::from_name(name).with_context(|| {
        let names = Change::ALL.map(Change::as_str).join(", ");
        format!("no change heuristic {name:?}: there are {names}")
    })
}
