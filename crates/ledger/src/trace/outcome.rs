//! What a walk found, written down: names for ids, sums for the sheet, everything in its order.

use super::parcel::{Parcel, append, tainted};
use super::result::{End, Flow, FlowKind, LedgerKind, Opening, Piece, SeedRow, TRACE_SCHEMA, Trace};
use super::sheet::{AssetSheet, BalanceSheet};
use super::walk::{Ending, Walk};
use crate::LedgerError;
use crate::store::Place;
use std::collections::BTreeMap;
use strongroom_model::{Gap, Moment, Observable, Why};

impl Walk<'_, '_> {
    /// Returns the trace, with names for ids and in its order.
    pub(super) fn finish(mut self) -> Result<Trace, LedgerError> {
        self.seeds.sort_by_key(|(place, _)| *place);
        let sheet = self.sheet()?;
        let ends = std::mem::take(&mut self.ends);
        let mut ends = ends
            .into_iter()
            .map(|end| self.name_end(end))
            .collect::<Result<Vec<_>, _>>()?;
        let order = |a: &End, b: &End| {
            (&a.asset, a.reason, a.row, &a.account).cmp(&(&b.asset, b.reason, b.row, &b.account))
        };
        ends.sort_by(order);
        self.tell_what_was_not_seen()?;
        Ok(Trace {
            schema: TRACE_SCHEMA.to_owned(),
            ledger: LedgerKind::Accounts,
            direction: self.reading.direction,
            policy: self.policy,
            seeds: self
                .seeds
                .iter()
                .map(|(place, _)| self.name_seed(*place))
                .collect::<Result<_, _>>()?,
            ends,
            flows: self.name_flows()?,
            sheet,
            openings: self.name_openings()?,
            steps: self.steps,
            gaps: self.gaps,
        })
    }

    fn sheet(&self) -> Result<BalanceSheet, LedgerError> {
        let mut sheets: BTreeMap<&str, AssetSheet> = BTreeMap::new();
        for (place, entry) in &self.seeds {
            let asset = self.reading.ledger.asset(entry.asset)?;
            let sheet = sheets.entry(asset).or_default();
            sheet.asset = asset.to_owned();
            sheet.seeded = sheet
                .seeded
                .checked_add(entry.amount)
                .ok_or(LedgerError::Sum(place.row))?;
        }
        for (asset, amount) in &self.arrived {
            let asset = self.reading.ledger.asset(*asset)?;
            let sheet = sheets.entry(asset).or_default();
            asset.clone_into(&mut sheet.asset);
            sheet.arrived = *amount;
        }
        for end in &self.ends {
            let amount = tainted(&end.parcels).ok_or(LedgerError::Sum(end.place.row))?;
            let sheet = sheets.entry(self.reading.ledger.asset(end.key.1)?).or_default();
            sheet.book(end.reason, amount);
        }
        Ok(BalanceSheet {
            assets: sheets.into_values().collect(),
        })
    }

    fn name_end(&self, end: Ending) -> Result<End, LedgerError> {
        let mut merged = Vec::new();
        end.parcels.iter().for_each(|parcel| append(&mut merged, *parcel));
        let piece = |parcel: &Parcel| {
            let taint = parcel.taint?;
            Some(Piece {
                amount: parcel.amount,
                origin: taint.origin,
                step: taint.step,
            })
        };
        let taints = || merged.iter().filter_map(|parcel| parcel.taint);
        Ok(End {
            reason: end.reason,
            account: self.reading.ledger.account(end.key.0)?.to_owned(),
            asset: self.reading.ledger.asset(end.key.1)?.to_owned(),
            amount: tainted(&end.parcels).ok_or(LedgerError::Sum(end.place.row))?,
            tag: end.tag,
            cluster: None,
            row: end.place.row,
            outpoint: None,
            transaction: None,
            height: None,
            when: Moment::from_micros(self.reading.ledger.micros(end.place.row)?),
            hops: taints().map(|taint| taint.hops).min().unwrap_or_default(),
            step: taints().map(|taint| taint.step).next().unwrap_or_default(),
            pieces: merged.iter().filter_map(piece).collect(),
        })
    }

    fn name_seed(&self, place: Place) -> Result<SeedRow, LedgerError> {
        let transfer = self.reading.ledger.transfer(place.row)?;
        Ok(SeedRow {
            row: transfer.row,
            outpoint: None,
            height: None,
            when: transfer.when,
            transaction: transfer.transaction.to_owned(),
            from: Some(transfer.from.to_owned()),
            account: transfer.to.to_owned(),
            asset: transfer.asset.to_owned(),
            amount: transfer.amount,
        })
    }

    fn name_flows(&self) -> Result<Vec<Flow>, LedgerError> {
        let mut flows = Vec::with_capacity(self.flows.len());
        for ((asset, from, to), edge) in &self.flows {
            flows.push(Flow {
                kind: FlowKind::Transfer,
                from: self.reading.ledger.account(*from)?.to_owned(),
                to: self.reading.ledger.account(*to)?.to_owned(),
                asset: self.reading.ledger.asset(*asset)?.to_owned(),
                amount: edge.amount,
                transfers: edge.transfers,
                row: edge.first.row,
                when: Moment::from_micros(edge.first.micros),
            });
        }
        flows.sort_by(|a, b| (&a.asset, &a.from, &a.to).cmp(&(&b.asset, &b.from, &b.to)));
        Ok(flows)
    }

    fn name_openings(&self) -> Result<Vec<Opening>, LedgerError> {
        let mut openings = Vec::with_capacity(self.openings.len());
        for ((account, asset), amount) in &self.openings {
            openings.push(Opening {
                account: self.reading.ledger.account(*account)?.to_owned(),
                asset: self.reading.ledger.asset(*asset)?.to_owned(),
                amount: *amount,
            });
        }
        openings.sort();
        Ok(openings)
    }

    /// A ledger that was not read whole, and accounts whose names fail their checksum, make a trace unsure.
    fn tell_what_was_not_seen(&mut self) -> Result<(), LedgerError> {
        let unread = self.reading.ledger.gaps().len();
        if unread > 0 {
            let why = format!("{unread} gaps were left when it was imported: transfers may be missing");
            self.gaps.push(Gap::new("ledger", Why::Damaged, why));
        }
        for account in &self.touched {
            if self.reading.ledger.is_malformed(*account)? {
                let name = Observable::account(self.reading.ledger.account(*account)?);
                let why = "it has an address's shape and fails its checksum";
                self.gaps.push(Gap::new(name.value(), Why::Damaged, why));
            }
        }
        Ok(())
    }
}
