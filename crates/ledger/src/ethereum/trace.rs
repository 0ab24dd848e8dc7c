//! What moves inside transactions, from the two forms in which nodes trace: `trace_block` (Parity, Erigon, anvil: a flat list of
//! frames with their addresses in the tree) and `debug_traceBlockByNumber` with callTracer (geth: a tree for each transaction).
//!
//! A frame that failed undoes itself and all below it, whether or not those below say so themselves.

use super::block::{Move, MoveKind, Reward};
use super::rpc::{account, amount, hash, text};
use super::{Account, Hash};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What the traces of a block say.
#[derive(Debug, Default)]
pub(super) struct Traced {
    /// By transaction, its moves.
    pub(super) moves: BTreeMap<Hash, Vec<Move>>,
    /// Rewards of the block and its uncles.
    pub(super) rewards: Vec<Reward>,
    /// What could not be read.
    pub(super) faults: Vec<String>,
}

impl Traced {
    /// Reads the answer of `trace_block`.
    pub(super) fn parity(frames: &[Value]) -> Self {
        let mut traced = Traced::default();
        let mut undone: BTreeMap<Hash, BTreeSet<Vec<u64>>> = BTreeMap::new();
        for (at, frame) in frames.iter().enumerate() {
            if let Err(why) = traced.frame(frame, &mut undone) {
                traced.faults.push(format!("trace {at}: {why}"));
            }
        }
        traced
    }

    fn frame(
        &mut self,
        frame: &Value,
        undone: &mut BTreeMap<Hash, BTreeSet<Vec<u64>>>,
    ) -> Result<(), String> {
        let kind = text(frame, "type")?;
        let action = frame.get("action").ok_or("it has no action")?;
        if kind == "reward" {
            self.rewards.push(Reward {
                to: account(action, "author")?,
                value: amount(action, "value")?,
                withdrawal: false,
            });
            return Ok(());
        }
        let Some(transaction) = frame.get("transactionHash").filter(|hash| !hash.is_null()) else {
            // Calls of the protocol itself carry nothing.
            return match amount(action, "value") {
                Ok(value) if !value.is_zero() => Err("it moves value and belongs to no transaction".into()),
                _ => Ok(()),
            };
        };
        let transaction = hash(transaction).ok_or("its transactionHash is none")?;
        let moves = self.moves.entry(transaction).or_default();
        let address = address(frame)?;
        let undone = undone.entry(transaction).or_default();
        let failed = frame.get("error").is_some_and(|error| !error.is_null());
        if failed || (0..address.len()).any(|depth| undone.contains(address.get(..depth).unwrap_or_default()))
        {
            if failed {
                undone.insert(address);
            }
            return Ok(());
        }
        moves.extend(parity_move(kind, action, frame)?);
        Ok(())
    }

    /// Reads the answer of `debug_traceBlockByNumber` with callTracer; `ids` are the block's transactions in order.
    pub(super) fn calls(traces: &[Value], ids: &[Hash]) -> Self {
        let mut traced = Traced::default();
        if traces.len() != ids.len() {
            let fault = format!("{} traces stand for {} transactions", traces.len(), ids.len());
            traced.faults.push(fault);
        }
        for (at, trace) in traces.iter().enumerate() {
            if let Err(why) = traced.call(trace, ids.get(at).copied()) {
                traced.faults.push(format!("trace {at}: {why}"));
            }
        }
        traced
    }

    fn call(&mut self, trace: &Value, id: Option<Hash>) -> Result<(), String> {
        let said = trace.get("txHash").filter(|hash| !hash.is_null());
        let id = match said {
            Some(said) => hash(said).ok_or("its txHash is none")?,
            None => id.ok_or("it stands for no transaction")?,
        };
        if let Some(error) = trace.get("error").filter(|error| !error.is_null()) {
            return Err(format!("the node could not trace {id}: {error}"));
        }
        let frame = trace.get("result").ok_or("it has no result")?;
        let mut moves = Vec::new();
        read_tree(frame, &mut moves)?;
        self.moves.insert(id, moves);
        Ok(())
    }
}

/// Returns where a frame stands in the tree of its transaction.
fn address(frame: &Value) -> Result<Vec<u64>, String> {
    let address = frame.get("traceAddress").and_then(Value::as_array);
    let address = address.ok_or("it has no traceAddress")?;
    let parts = address.iter().map(Value::as_u64).collect::<Option<_>>();
    parts.ok_or_else(|| "its traceAddress is none".into())
}

fn parity_move(kind: &str, action: &Value, frame: &Value) -> Result<Option<Move>, String> {
    let (kind, from, to, value) = match kind {
        "call" if text(action, "callType")? == "call" => (
            MoveKind::Call,
            account(action, "from")?,
            account(action, "to")?,
            amount(action, "value")?,
        ),
        // The others run another's code in the caller's place, or cannot carry value.
        "call" => return Ok(None),
        "create" => {
            let result = frame
                .get("result")
                .ok_or("it makes a contract and has no result")?;
            let to = account(result, "address")?;
            (
                MoveKind::Create,
                account(action, "from")?,
                to,
                amount(action, "value")?,
            )
        }
        "suicide" => (
            MoveKind::Destroy,
            account(action, "address")?,
            account(action, "refundAddress")?,
            amount(action, "balance")?,
        ),
        other => return Err(format!("{other:?} is no known kind of frame")),
    };
    Ok(Some(Move {
        kind,
        from: Some(from),
        to: Some(to),
        value,
    }))
}

/// Reads a tree of calls in the order of execution. The tree is as deep as the reader of JSON lets it be.
fn read_tree(frame: &Value, moves: &mut Vec<Move>) -> Result<(), String> {
    let mut waiting = vec![frame];
    while let Some(frame) = waiting.pop() {
        if frame.get("error").is_some_and(|error| !error.is_null()) {
            continue;
        }
        moves.extend(tree_move(frame)?);
        let calls = frame.get("calls").and_then(Value::as_array);
        waiting.extend(calls.into_iter().flatten().rev());
    }
    Ok(())
}

fn tree_move(frame: &Value) -> Result<Option<Move>, String> {
    let kind = match text(frame, "type")? {
        "CALL" => MoveKind::Call,
        "CREATE" | "CREATE2" => MoveKind::Create,
        "SELFDESTRUCT" => MoveKind::Destroy,
        "CALLCODE" | "DELEGATECALL" | "STATICCALL" => return Ok(None),
        other => return Err(format!("{other:?} is no known kind of call")),
    };
    let from: Account = account(frame, "from")?;
    let value = match frame.get("value") {
        Some(Value::Null) | None => return Ok(None),
        Some(_) => amount(frame, "value")?,
    };
    Ok(Some(Move {
        kind,
        from: Some(from),
        to: Some(account(frame, "to")?),
        value,
    }))
}
