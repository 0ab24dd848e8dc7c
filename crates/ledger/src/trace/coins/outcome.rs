//! What a walk through coins found, written down: names for numbers, sums for the sheet, everything in its order.

use super::super::coin::CoinPolicy;
use super::super::parcel::{Origin, Parcel, append, tainted};
use super::super::result::{
    Direction, End, Flow, FlowKind, LedgerKind, Piece, SeedRow, Step, TRACE_SCHEMA, Trace,
};
use super::super::sheet::{AssetSheet, BalanceSheet};
use super::TaintedCoins;
use super::chain::{Chain, Where};
use super::mix::NumberMap;
use super::walk::{Ending, Passage, RawStep, Spot, Walk, Way};
use crate::LedgerError;
use crate::coins::{Id, OutPoint};
use std::ops::Range;
use strongroom_model::{Amount, Moment};

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
        let steps = self.steps.iter().map(|step| self.name_step(&mut names, step));
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

    /// Returns the outputs that carried taint, by numbers alone.
    pub(super) fn tainted(mut self) -> Result<TaintedCoins, LedgerError> {
        let mut outputs = Vec::with_capacity(self.arrivals as usize + self.seeds.len());
        for output in self.seeds {
            outputs.push((*output, self.chain.value(*output)?));
        }
        let arrived = |passage: &Passage| match (self.direction, passage.way) {
            (Direction::Forward, Way::Made(output)) | (Direction::Backward, Way::Spent(output)) => {
                (!self.seeds.contains(&output)).then_some((output, passage.units))
            }
            _ => None,
        };
        outputs.extend(self.passages.iter().filter_map(arrived));
        outputs.sort_unstable();
        self.tell_what_was_not_seen();
        Ok(TaintedCoins {
            outputs,
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
        let word = end.tag.and_then(|tag| self.tags.get(tag as usize)).cloned();
        let (tag, cluster) = word.map_or((None, None), |word| (Some(word.tag), word.cluster));
        Ok(End {
            reason: end.reason,
            account: spot.account,
            asset: self.chain.asset().to_owned(),
            amount: units(&end),
            tag,
            cluster,
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
        let place = names.place(self.chain, output)?;
        Ok(Named {
            row: output,
            account: names.account(self.chain, self.chain.owner(output)?)?,
            transaction: place.outpoint.transaction,
            outpoint: Some(place.outpoint),
            block: place.block,
        })
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

    fn name_step(&self, names: &mut Names, step: &RawStep) -> Result<Step, LedgerError> {
        let place = names.place(self.chain, step.output)?;
        Ok(Step {
            row: step.output,
            outpoint: Some(place.outpoint),
            height: Some(place.block.height),
            before: step.before,
        })
    }

    /// Returns the flows by transaction: what went in, what came out, its fee.
    fn name_flows(&mut self, names: &mut Names) -> Result<Vec<Flow>, LedgerError> {
        let mut edges = Vec::with_capacity(self.passages.len());
        for passage in std::mem::take(&mut self.passages) {
            edges.push((self.edge(&passage)?, passage.units));
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
        Ok(flows)
    }

    fn edge(&self, passage: &Passage) -> Result<Edge, LedgerError> {
        let transaction = passage.transaction;
        let (kind, other, row) = match passage.way {
            Way::Made(output) => (FlowKind::Receipt, self.chain.owner(output)?, output),
            Way::Spent(output) => (FlowKind::Spend, self.chain.owner(output)?, output),
            Way::Fee { coinbase } => (FlowKind::Fee, coinbase, transaction.into()),
        };
        Ok(Edge {
            transaction,
            kind,
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
        let (transaction, when) = names.transaction(self.chain, edge.transaction)?;
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
            when,
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
    transaction: u32,
    kind: FlowKind,
    other: u32,
    row: u64,
}

impl Edge {
    fn same(&self, other: &Edge) -> bool {
        (self.kind, self.transaction, self.other) == (other.kind, other.transaction, other.other)
    }
}

/// An output's name and block.
#[derive(Clone, Copy)]
struct Place {
    outpoint: OutPoint,
    block: Where,
}

/// What was named before: most owners come many times, and outputs of one transaction stand together.
#[derive(Default)]
struct Names {
    accounts: NumberMap<u32, String>,
    /// The outputs of one transaction, its id and its block.
    made: Option<(Range<u64>, Id, Where)>,
    /// One transaction, its id spelled, and its time.
    worked: Option<(u32, String, Moment)>,
}

impl Names {
    fn account(&mut self, chain: Chain<'_>, owner: u32) -> Result<String, LedgerError> {
        if let Some(name) = self.accounts.get(&owner) {
            return Ok(name.clone());
        }
        let name = chain.account(owner)?;
        self.accounts.insert(owner, name.clone());
        Ok(name)
    }

    fn transaction(&mut self, chain: Chain<'_>, transaction: u32) -> Result<(String, Moment), LedgerError> {
        if let Some((number, id, when)) = &self.worked
            && *number == transaction
        {
            return Ok((id.clone(), *when));
        }
        let (id, when) = (
            chain.id(transaction)?.to_string(),
            chain.block_of(transaction)?.when,
        );
        self.worked = Some((transaction, id.clone(), when));
        Ok((id, when))
    }

    /// The name of an output and the block that made it; of one that was there before the ledger begins the block that
    /// spends it.
    fn place(&mut self, chain: Chain<'_>, output: u64) -> Result<Place, LedgerError> {
        if let Some((outputs, transaction, block)) = &self.made
            && outputs.contains(&output)
        {
            return Ok(placed(*transaction, output - outputs.start, *block));
        }
        let Some(maker) = chain.maker(output)? else {
            let spender = chain.spender(output)?.ok_or_else(|| absent(output))?;
            return Ok(Place {
                outpoint: chain.outpoint(output)?,
                block: chain.block_of(spender)?,
            });
        };
        let (outputs, id, block) = (chain.outputs(maker)?, chain.id(maker)?, chain.block_of(maker)?);
        let place = placed(id, output.saturating_sub(outputs.start), block);
        self.made = Some((outputs, id, block));
        Ok(place)
    }
}

fn placed(transaction: Id, vout: u64, block: Where) -> Place {
    let vout = vout as u32;
    Place {
        outpoint: OutPoint { transaction, vout },
        block,
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
