//! What a walk through coins found, written down: names for numbers, sums for the sheet, everything in its order.

use super::super::coin::CoinPolicy;
use super::super::parcel::{Origin, Parcel, append, tainted};
use super::super::result::{End, Flow, FlowKind, LedgerKind, Piece, SeedRow, Step, TRACE_SCHEMA, Trace};
use super::super::sheet::{AssetSheet, BalanceSheet};
use super::chain::{Chain, Where};
use super::walk::{Ending, Passage, RawStep, Spot, Walk};
use crate::LedgerError;
use crate::coins::{Id, OutPoint};
use std::collections::HashMap;
use strongroom_model::Amount;

impl Walk<'_> {
    /// Returns the trace, with names for numbers and in its order.
    pub(super) fn finish(mut self) -> Result<Trace<CoinPolicy>, LedgerError> {
        let sheet = self.sheet()?;
        let mut ends = std::mem::take(&mut self.ends);
        ends.sort_by_key(|end| (end.reason, end.spot));
        let mut names = Names::default();
        let ends = ends.into_iter().map(|end| self.name_end(&mut names, end));
        let ends = ends.collect::<Result<Vec<_>, _>>()?;
        let seeds = self
            .seeds
            .iter()
            .map(|output| self.name_seed(&mut names, *output));
        let seeds = seeds.collect::<Result<_, _>>()?;
        let flows = self.name_flows(&mut names)?;
        let steps = self.steps.iter().map(|step| self.name_step(step));
        let steps = steps.collect::<Result<_, _>>()?;
        self.tell_what_was_not_seen();
        Ok(Trace {
            schema: TRACE_SCHEMA.to_owned(),
            ledger: LedgerKind::Coins,
            direction: self.direction,
            policy: self.policy,
            seeds,
            ends,
            flows,
            steps,
            sheet,
            openings: Vec::new(),
            gaps: self.gaps,
        })
    }

    fn sheet(&self) -> Result<BalanceSheet, LedgerError> {
        let mut sheet = AssetSheet {
            asset: self.chain.asset().to_owned(),
            ..AssetSheet::default()
        };
        for output in self.seeds {
            let value = self.chain.value(*output)?.into();
            let sum = sheet.seeded.checked_add(value);
            sheet.seeded = sum.ok_or(LedgerError::Sum(*output))?;
        }
        for end in &self.ends {
            sheet.book(end.reason, units(end));
        }
        let seeded = !self.seeds.is_empty();
        Ok(BalanceSheet {
            assets: seeded.then_some(sheet).into_iter().collect(),
        })
    }

    fn name_end(&self, names: &mut Names, end: Ending) -> Result<End, LedgerError> {
        let mut merged = Vec::new();
        end.coin
            .parcels()
            .iter()
            .for_each(|parcel| append(&mut merged, *parcel));
        let taints = || merged.iter().filter_map(|parcel| parcel.taint);
        let spot = match end.spot {
            Spot::Output(output) => self.name_output(names, output)?,
            Spot::Fee(transaction) => Named {
                row: transaction.into(),
                outpoint: None,
                account: String::new(),
                transaction: self.chain.id(transaction)?,
                block: self.chain.block_of(transaction)?,
            },
        };
        Ok(End {
            reason: end.reason,
            account: spot.account,
            asset: self.chain.asset().to_owned(),
            amount: units(&end),
            tag: end.tag.and_then(|tag| self.tags.get(tag as usize)).cloned(),
            row: spot.row,
            outpoint: spot.outpoint,
            transaction: Some(spot.transaction),
            height: Some(spot.block.height),
            when: spot.block.when,
            hops: taints().map(|taint| taint.hops).min().unwrap_or_default(),
            step: taints().map(|taint| taint.step).next().unwrap_or_default(),
            pieces: merged.iter().filter_map(piece).collect(),
        })
    }

    fn name_output(&self, names: &mut Names, output: u64) -> Result<Named, LedgerError> {
        let outpoint = self.chain.outpoint(output)?;
        Ok(Named {
            row: output,
            account: names.account(self.chain, self.chain.owner(output)?)?,
            transaction: outpoint.transaction,
            outpoint: Some(outpoint),
            block: self.block_of(output)?,
        })
    }

    /// The block that made an output; of one that was there before the ledger begins, the block that spends it.
    fn block_of(&self, output: u64) -> Result<Where, LedgerError> {
        let transaction = match self.chain.maker(output)? {
            Some(maker) => Some(maker),
            None => self.chain.spender(output)?,
        };
        self.chain.block_of(transaction.ok_or_else(|| absent(output))?)
    }

    fn name_seed(&self, names: &mut Names, output: u64) -> Result<SeedRow, LedgerError> {
        let named = self.name_output(names, output)?;
        Ok(SeedRow {
            row: named.row,
            outpoint: named.outpoint,
            height: Some(named.block.height),
            when: named.block.when,
            transaction: named.transaction.to_string(),
            from: None,
            account: named.account,
            asset: self.chain.asset().to_owned(),
            amount: self.chain.value(output)?.into(),
        })
    }

    fn name_step(&self, step: &RawStep) -> Result<Step, LedgerError> {
        Ok(Step {
            row: step.output,
            outpoint: Some(self.chain.outpoint(step.output)?),
            height: Some(self.block_of(step.output)?.height),
            before: step.before,
        })
    }

    fn name_flows(&mut self, names: &mut Names) -> Result<Vec<Flow>, LedgerError> {
        let mut edges = Vec::with_capacity(self.passages.len());
        for (passage, units) in std::mem::take(&mut self.passages) {
            edges.push((self.edge(passage)?, units));
        }
        edges.sort_unstable();
        let mut flows: Vec<Flow> = Vec::new();
        for same in edges.chunk_by(|(a, _), (b, _)| a.same(b)) {
            let units = same.iter().map(|(_, units)| Amount::from(*units));
            if let Some((edge, _)) = same.first() {
                let amount = Amount::checked_sum(units).ok_or(LedgerError::Sum(edge.row))?;
                flows.push(self.name_flow(names, edge, amount, same.len() as u64)?);
            }
        }
        flows.sort_by(|a, b| (&a.from, &a.to, a.row).cmp(&(&b.from, &b.to, b.row)));
        Ok(flows)
    }

    fn edge(&self, passage: Passage) -> Result<Edge, LedgerError> {
        let (kind, transaction, other, row) = match passage {
            Passage::Made(output) => {
                let maker = self.chain.maker(output)?;
                (FlowKind::Receipt, maker, self.chain.owner(output)?, output)
            }
            Passage::Spent(output) => {
                let spender = self.chain.spender(output)?;
                (FlowKind::Spend, spender, self.chain.owner(output)?, output)
            }
            Passage::Fee { payer, coinbase } => (FlowKind::Fee, Some(payer), coinbase, payer.into()),
        };
        Ok(Edge {
            kind,
            transaction: transaction.ok_or_else(|| absent(row))?,
            other,
            row,
        })
    }

    fn name_flow(
        &self,
        names: &mut Names,
        edge: &Edge,
        amount: Amount,
        coins: u64,
    ) -> Result<Flow, LedgerError> {
        let transaction = self.chain.id(edge.transaction)?.to_string();
        let other = match edge.kind {
            FlowKind::Fee => self.chain.id(edge.other)?.to_string(),
            _ => names.account(self.chain, edge.other)?,
        };
        let (from, to) = match edge.kind {
            FlowKind::Spend => (other, transaction),
            _ => (transaction, other),
        };
        Ok(Flow {
            kind: edge.kind,
            from,
            to,
            asset: self.chain.asset().to_owned(),
            amount,
            transfers: coins,
            row: edge.row,
            when: self.chain.block_of(edge.transaction)?.when,
        })
    }

    /// A ledger that does not have all makes a trace unsure.
    fn tell_what_was_not_seen(&mut self) {
        self.gaps.extend(self.chain.gaps());
    }
}

fn absent(output: u64) -> LedgerError {
    LedgerError::Absent {
        what: "transaction at output",
        id: output,
    }
}

/// A place of the ledger with its names.
struct Named {
    row: u64,
    outpoint: Option<OutPoint>,
    account: String,
    transaction: Id,
    block: Where,
}

/// A passage between a transaction and an owner, or of a fee between two transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Edge {
    kind: FlowKind,
    transaction: u32,
    other: u32,
    row: u64,
}

impl Edge {
    fn same(&self, other: &Edge) -> bool {
        (self.kind, self.transaction, self.other) == (other.kind, other.transaction, other.other)
    }
}

/// Addresses that were spelled before: most owners come many times.
#[derive(Default)]
struct Names(HashMap<u32, String>);

impl Names {
    fn account(&mut self, chain: Chain<'_>, owner: u32) -> Result<String, LedgerError> {
        if let Some(name) = self.0.get(&owner) {
            return Ok(name.clone());
        }
        let name = chain.account(owner)?;
        self.0.insert(owner, name.clone());
        Ok(name)
    }
}

fn units(end: &Ending) -> Amount {
    // Parcels of one output or fee, whose units fit 64 bits.
    tainted(end.coin.parcels()).unwrap_or(u64::MAX).into()
}

/// Returns a parcel as results have it, its units upwards.
fn piece(parcel: &Parcel<u64>) -> Option<Piece> {
    let taint = parcel.taint?;
    let origin = taint.origin.map(|origin| {
        let below = if origin.down {
            parcel.amount.saturating_sub(1)
        } else {
            0
        };
        Origin {
            seed: origin.seed,
            offset: Amount::from(origin.offset.saturating_sub(below)),
            down: false,
        }
    });
    Some(Piece {
        amount: parcel.amount.into(),
        origin,
        step: taint.step,
    })
}
