//! Joining: what the tables of an export say of a block becomes the block.
//!
//! A table that was not given says nothing, and that is told by the books; a table that was given and lacks a row says that
//! there is none.

use super::super::block::{Block, Log, Move, Transaction};
use super::super::{Chain, Hash};
use super::head::Kind;
use super::rows::{Frame, Logged, Part, Parts};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use strongroom_model::{Amount, Gap, Moment, Why};

/// Returns the blocks in order. A block whose time no table says cannot stand in a ledger: it is a gap in `gaps`.
pub(super) fn joined(
    parts: Parts,
    chain: &Chain,
    gaps: &mut Vec<Gap>,
) -> impl Iterator<Item = Block> + use<> {
    let has = Has {
        traces: parts.kinds.contains(&Kind::Traces),
        named: parts.traces_name_transactions,
        logs: parts.kinds.contains(&Kind::Logs),
        transfers: parts.kinds.contains(&Kind::TokenTransfers),
    };
    if has.transfers && !has.logs {
        let why = "transfers of tokens are those that the exporter read: what it refused, and wrapped ether, are not seen";
        gaps.push(Gap::new("token transfers", Why::Unsupported, why));
    }
    let mut timeless = Vec::new();
    let mut timed = Vec::with_capacity(parts.blocks.len());
    for (number, part) in parts.blocks {
        match part.when.or_else(|| chain.time_of(number)) {
            Some(when) => timed.push((number, when, part)),
            None => timeless.push(number),
        }
    }
    if let (Some(first), Some(last)) = (timeless.first(), timeless.last()) {
        let count = timeless.len();
        let why = format!(
            "no table says when {count} blocks from {first} to {last} were made: nothing of them is booked"
        );
        gaps.push(Gap::new("blocks", Why::Truncated, why));
    }
    timed
        .into_iter()
        .map(move |(number, when, part)| has.block(number, when, part))
}

/// Which tables were given.
#[derive(Clone, Copy)]
struct Has {
    traces: bool,
    /// The traces say whose they are.
    named: bool,
    logs: bool,
    transfers: bool,
}

impl Has {
    fn block(self, number: u64, when: Moment, mut part: Part) -> Block {
        let header = part.header.take().unwrap_or_default();
        let order = order(&part);
        let transactions = order
            .into_iter()
            .map(|id| self.transaction(id, &mut part))
            .collect();
        let twice = (part.twice > 0).then(|| {
            let why = format!("{} rows of it stand in two tables and count once", part.twice);
            Gap::new(format!("block {number}"), Why::Damaged, why).harmless()
        });
        part.loose.sort_by_key(|frame| frame.order);
        part.rewards.sort_by_key(|(order, _)| *order);
        let rewards = part.rewards.into_iter().map(|(_, reward)| reward);
        Block {
            number,
            id: header.id,
            parent: header.parent,
            when,
            proposer: header.proposer,
            base_fee: header.base_fee,
            cancun: header.cancun,
            mined: header.mined,
            count: header.count,
            loose: moves(part.loose),
            transactions,
            rewards: rewards.chain(header.withdrawals).collect(),
            gaps: twice.into_iter().collect(),
        }
    }

    fn transaction(self, id: Hash, part: &mut Part) -> Transaction {
        let sent = part.sent.remove(&id);
        let receipt = part
            .receipts
            .remove(&id)
            .or_else(|| sent.as_ref().map(|sent| sent.receipt.clone()));
        let receipt = receipt.unwrap_or_default();
        let frames = part.frames.remove(&id);
        let traced = frames.map(|frames| moves(once(frames, placed, &mut part.twice)));
        let moves = match self.traces {
            // Whose the frames are is not said: they stand before the transactions, whose own values they are.
            true if !self.named && !part.loose.is_empty() => Some(Vec::new()),
            true => traced,
            false => None,
        };
        let logged = match (self.logs, self.transfers) {
            (true, _) => Some(part.logs.remove(&id)),
            (false, true) => Some(part.transfers.remove(&id)),
            (false, false) => None,
        };
        let logs = logged.map(|logged| logs(once(logged.unwrap_or_default(), numbered, &mut part.twice)));
        Transaction {
            id,
            from: sent.as_ref().map(|sent| sent.from),
            to: sent.as_ref().and_then(|sent| sent.to),
            created: receipt.created,
            value: sent.as_ref().map(|sent| sent.value).unwrap_or(Amount::ZERO),
            succeeded: receipt.succeeded,
            gas: receipt.gas(sent.and_then(|sent| sent.price)),
            moves,
            logs,
        }
    }
}

/// Returns the transactions of a block in order. One whose index no table says stands after the last one before it that is
/// traced or logged, else at the end.
fn order(part: &Part) -> Vec<Hash> {
    let ids: BTreeSet<Hash> = part.sent.keys().chain(part.frames.keys()).copied().collect();
    let ids: BTreeSet<Hash> = ids
        .into_iter()
        .chain(part.logs.keys().chain(part.transfers.keys()).copied())
        .collect();
    let index = |id: &Hash| {
        let sent = part.sent.get(id).map(|sent| sent.index);
        sent.or_else(|| part.indexes.get(id).copied())
    };
    let first_frame = |id: &Hash| part.frames.get(id)?.iter().map(|frame| frame.order).min();
    let frames: BTreeMap<u64, u64> = ids
        .iter()
        .filter_map(|id| Some((first_frame(id)?, index(id)?)))
        .collect();
    let key = |id: &Hash| match (index(id), first_frame(id)) {
        (Some(index), _) => (Some(index), 0, 0),
        (None, Some(frame)) => {
            let before = frames.range(..frame).next_back().map(|(_, index)| *index);
            (before, 1, frame)
        }
        (None, None) => (Some(u64::MAX), 2, 0),
    };
    let mut keyed: Vec<_> = ids.iter().map(|id| (key(id), *id)).collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, id)| id).collect()
}

/// Returns what frames move, in order; what a frame that failed has below it is undone with it.
fn moves(mut frames: Vec<Frame>) -> Vec<Move> {
    frames.sort_by_key(|frame| frame.order);
    let undone: BTreeSet<Vec<u64>> = frames
        .iter()
        .filter(|frame| frame.undone)
        .filter_map(|frame| frame.path.clone())
        .collect();
    let above =
        |path: &[u64]| (0..path.len()).any(|depth| undone.contains(path.get(..depth).unwrap_or_default()));
    let stands = |frame: &Frame| !frame.path.as_deref().is_some_and(above);
    frames
        .into_iter()
        .filter(stands)
        .filter_map(|frame| frame.moves)
        .collect()
}

/// What tells a frame from every other one of its transaction: its place in the tree, and what it says there.
fn placed(frame: &Frame) -> Option<(Vec<u64>, bool, Option<Move>)> {
    Some((frame.path.clone()?, frame.undone, frame.moves))
}

/// What tells a log from every other one of its block: its number, and what it says there.
fn numbered(logged: &Logged) -> Option<(u64, Log)> {
    Some((logged.log.index?, logged.log.clone()))
}

/// Leaves every row away that stands there before: tables of an export may overlap. Rows whose place is not said all stay.
fn once<T, K: Eq + std::hash::Hash>(rows: Vec<T>, key: impl Fn(&T) -> Option<K>, twice: &mut u64) -> Vec<T> {
    let mut seen = HashSet::new();
    let before = rows.len();
    let new = |row: &T| key(row).is_none_or(|key| seen.insert(key));
    let rows: Vec<T> = rows.into_iter().filter(new).collect();
    *twice += (before - rows.len()) as u64;
    rows
}

fn logs(mut logged: Vec<Logged>) -> Vec<Log> {
    logged.sort_by_key(|logged| logged.order);
    logged.into_iter().map(|logged| logged.log).collect()
}
