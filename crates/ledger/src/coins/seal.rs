//! How a draft becomes the columns of a segment.

use super::Id;
use super::OutPoint;
use super::commit::{Sealed, SealedSegment};
use super::draft::{Draft, OPENING, UNKNOWN};
use super::order::prefix;
use crate::LedgerError;
use crate::manifest::hex;
use crate::store::key_of;
use sha2::{Digest, Sha256};
use std::path::Path;
use strongroom_columns::Builder;

/// Writes a file of columns aside, durably, under its name.
pub(crate) fn write(dir: &Path, file: String, builder: &Builder) -> Result<Sealed, LedgerError> {
    let mut hasher = Sha256::new();
    let bytes = builder.write_aside(&dir.join(&file), &mut |part| hasher.update(part))?;
    Ok(Sealed {
        file,
        sha256: hex(&hasher.finalize()),
        bytes,
    })
}

impl Draft {
    /// Writes the segment that the draft is.
    pub(crate) fn seal(&self, dir: &Path, file: String) -> Result<SealedSegment, LedgerError> {
        let times = || self.block_times.iter().copied();
        Ok(SealedSegment {
            file: write(dir, file, &self.columns())?,
            height: self.first.height,
            blocks: self.blocks() as u32,
            transactions: self.ids.len() as u32,
            inputs: self.spends.len() as u64,
            outputs: self.values.len() as u64,
            owners: self.code_ends.len() as u32,
            openings: self.openings.len() as u64,
            unknown: self.unknown.len() as u64,
            micros: (
                times().min().unwrap_or_default(),
                times().max().unwrap_or_default(),
            ),
        })
    }

    fn columns(&self) -> Builder {
        let mut builder = Builder::new();
        self.seal_coins(&mut builder);
        self.seal_transactions(&mut builder);
        self.seal_blocks(&mut builder);
        self.seal_edges(&mut builder);
        self.seal_spends(&mut builder);
        self.seal_owners(&mut builder);
        self.seal_postings(&mut builder);
        builder
    }

    fn seal_coins(&self, builder: &mut Builder) {
        builder.u64s("value", self.values.iter().copied());
        builder.u32s("owner", self.owners.iter().copied());
        builder.u64s("spends", self.spends.iter().copied());
        builder.u32s("payer", self.payers.iter().copied());
        builder.u64s("paid", self.paid.iter().copied());
    }

    fn seal_transactions(&self, builder: &mut Builder) {
        let ends = (self.spends.len() as u32, self.values.len() as u32);
        builder.u32s("tx.input", self.first_inputs.iter().copied().chain([ends.0]));
        builder.u32s("tx.output", self.first_outputs.iter().copied().chain([ends.1]));
        let turned = self.is_turned();
        builder.u32s("tx.place", self.places.iter().copied().filter(|_| !turned));
        builder.column("tx.id", 32, self.ids.as_flattened().to_vec());
        let ids = self.ids.iter().map(|id| prefix(&Id(*id))).zip(0u32..);
        let openings = self.openings.iter().map(|outpoint| prefix(&outpoint.transaction));
        let openings = openings.zip(0u32..).map(|(key, at)| (key, OPENING | at));
        seal_index("tx", ids.chain(openings).collect(), builder);
    }

    /// Returns whether every block's work order is its own order with the coinbase last.
    fn is_turned(&self) -> bool {
        let firsts = self.block_first.iter().map(|first| *first as usize);
        let ends = firsts.clone().skip(1).chain([self.places.len()]);
        firsts.zip(ends).all(|(first, end)| {
            let places = self.places.get(first..end).unwrap_or_default();
            let count = places.len() as u32;
            places.iter().copied().eq((1..count).chain([0]))
        })
    }

    fn seal_blocks(&self, builder: &mut Builder) {
        let end = self.ids.len() as u32;
        builder.u32s("block.tx", self.block_first.iter().copied().chain([end]));
        let times = self.block_times.iter().map(|micros| *micros as u64);
        builder.u64s("block.time", times);
        builder.column("block.id", 32, self.block_ids.as_flattened().to_vec());
    }

    /// What lies at the ledger's edges: opening outputs, unknown ones, destroyed ones.
    fn seal_edges(&self, builder: &mut Builder) {
        builder.u32s("open.output", self.opening_outputs.iter().copied());
        seal_outpoints("open", &self.openings, builder);
        seal_outpoints("unknown", &self.unknown, builder);
        let mut lost = self.lost.clone();
        lost.sort_unstable();
        builder.u64s("lost", lost.iter().map(|(output, _)| *output));
        builder.u32s("lost.by", lost.iter().map(|(_, twin)| *twin));
    }

    /// Spent and destroyed outputs, sorted, each with the transaction that did it.
    fn seal_spends(&self, builder: &mut Builder) {
        let mut spent: Vec<(u64, u32)> = Vec::with_capacity(self.spends.len() + self.lost.len());
        let ends = self.first_inputs.iter().copied().skip(1);
        let ends = ends.chain([self.spends.len() as u32]);
        let mut spends = self.spends.iter().copied();
        let mut from = 0;
        for (transaction, end) in (self.first.transaction..).zip(ends) {
            let known = spends.by_ref().take((end - from) as usize);
            spent.extend(
                known
                    .filter(|output| output & UNKNOWN == 0)
                    .map(|output| (output, transaction)),
            );
            from = end;
        }
        spent.extend_from_slice(&self.lost);
        spent.sort_unstable();
        builder.u64s("spent", spent.iter().map(|(output, _)| *output));
        builder.u32s("spent.by", spent.iter().map(|(_, transaction)| *transaction));
    }

    fn seal_owners(&self, builder: &mut Builder) {
        builder.u32s("owner.at", [0].into_iter().chain(self.code_ends.iter().copied()));
        builder.column("owner.code", 1, self.codes.clone());
        let codes = (0u32..).map_while(|at| Some((key_of(self.code(at)?), at)));
        seal_index("owner", codes.collect(), builder);
    }

    /// owner → its outputs: the sorted owners, where each one's outputs start, the outputs.
    fn seal_postings(&self, builder: &mut Builder) {
        let pairs = self.owners.iter().map(|owner| u64::from(*owner) << 32);
        let mut pairs: Vec<u64> = pairs.zip(0u64..).map(|(owner, output)| owner | output).collect();
        pairs.sort_unstable();
        let (mut owners, mut starts) = (Vec::new(), Vec::new());
        for (at, pair) in (0u32..).zip(&pairs) {
            let owner = (pair >> 32) as u32;
            if owners.last() != Some(&owner) {
                owners.push(owner);
                starts.push(at);
            }
        }
        starts.push(pairs.len() as u32);
        builder.u32s("post.owner", owners);
        builder.u32s("post.at", starts);
        builder.u32s("post.output", pairs.iter().map(|pair| *pair as u32));
    }
}

fn seal_index(name: &str, mut keys: Vec<(u64, u32)>, builder: &mut Builder) {
    keys.sort_unstable();
    builder.u64s(&format!("{name}.key"), keys.iter().map(|(key, _)| *key));
    builder.u32s(&format!("{name}.key.of"), keys.iter().map(|(_, at)| *at));
}

fn seal_outpoints(name: &str, outpoints: &[OutPoint], builder: &mut Builder) {
    let ids = outpoints.iter().flat_map(|outpoint| outpoint.transaction.0);
    builder.column(format!("{name}.id"), 32, ids.collect());
    builder.u32s(
        &format!("{name}.vout"),
        outpoints.iter().map(|outpoint| outpoint.vout),
    );
}
