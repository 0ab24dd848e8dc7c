//! Work order: every transaction of a block after those of the same block that it spends, the coinbase last.

use super::table::Table;
use super::{Block, Id};
use std::convert::Infallible;

/// The key that a transaction's id is looked up by: its first 64 bits.
#[inline]
pub(crate) fn prefix(id: &Id) -> u64 {
    let first = id.0.first_chunk::<8>().copied().unwrap_or_default();
    u64::from_le_bytes(first)
}

/// Why a block has no work order: the transaction's place and the reason.
pub(crate) type Disorder = (usize, String);

/// What working out an order needs, kept from block to block.
#[derive(Debug, Default)]
pub(crate) struct Orderer {
    of_id: Table,
    /// (spender, spent), by spender.
    edges: Vec<(u32, u32)>,
    order: Vec<u32>,
}

impl Orderer {
    /// Returns the places of a block's transactions in work order.
    pub(crate) fn order(&mut self, block: &Block) -> Result<&[u32], Disorder> {
        self.index(block)?;
        let forward = self.link(block)?;
        self.order.clear();
        if forward {
            Walk::over(block.transactions.len(), &self.edges, &mut self.order)
                .map_err(|at| (at, "it spends itself in a circle of transactions".to_owned()))?;
        } else {
            self.order.extend(1..block.transactions.len() as u32);
        }
        self.order.push(0);
        Ok(&self.order)
    }

    fn find(&self, block: &Block, id: &Id) -> Option<u32> {
        let same = |at| Ok::<_, Infallible>(block.transactions.get(at as usize).is_some_and(|t| t.id == *id));
        self.of_id
            .find(prefix(id), same)
            .unwrap_or_else(|never| match never {})
    }

    fn index(&mut self, block: &Block) -> Result<(), Disorder> {
        self.of_id.clear();
        self.of_id.reserve(block.transactions.len());
        for (at, transaction) in (0u32..).zip(&block.transactions) {
            if self.find(block, &transaction.id).is_some() {
                return Err((at as usize, "the block has it twice".to_owned()));
            }
            self.of_id.add(prefix(&transaction.id), at);
        }
        Ok(())
    }

    /// Gathers who spends whom inside the block; returns whether anybody spends what stands behind it.
    fn link(&mut self, block: &Block) -> Result<bool, Disorder> {
        self.edges.clear();
        let mut forward = false;
        for (at, transaction) in (0u32..).zip(&block.transactions) {
            for input in &transaction.inputs {
                match self.find(block, &input.spends.transaction) {
                    None => {}
                    Some(0) => {
                        return Err((at as usize, "it spends the coinbase of its own block".to_owned()));
                    }
                    Some(spent) => {
                        forward |= spent >= at;
                        self.edges.push((at, spent));
                    }
                }
            }
        }
        Ok(forward)
    }
}

/// A walk through the transactions of a block, depth first, in block order where nothing else is asked.
struct Walk<'a> {
    edges: &'a [(u32, u32)],
    /// 0 not met, 1 under way, 2 done.
    state: Vec<u8>,
    order: &'a mut Vec<u32>,
    /// Transactions under way, each with its next edge.
    path: Vec<(u32, usize)>,
}

impl<'a> Walk<'a> {
    fn over(count: usize, edges: &'a [(u32, u32)], order: &'a mut Vec<u32>) -> Result<(), usize> {
        let mut walk = Walk {
            edges,
            state: vec![0; count],
            order,
            path: Vec::new(),
        };
        (1..count as u32).try_for_each(|at| walk.visit(at))
    }

    fn visit(&mut self, at: u32) -> Result<(), usize> {
        self.enter(at)?;
        while let Some((at, edge)) = self.path.last_mut() {
            match self.edges.get(*edge).filter(|(spender, _)| spender == at) {
                Some((_, spent)) => {
                    *edge += 1;
                    let spent = *spent;
                    self.enter(spent)?;
                }
                None => {
                    let at = *at;
                    self.path.pop();
                    self.mark(at, 2);
                    self.order.push(at);
                }
            }
        }
        Ok(())
    }

    fn enter(&mut self, at: u32) -> Result<(), usize> {
        match self.state.get(at as usize) {
            Some(0) => {
                self.mark(at, 1);
                let first = self.edges.partition_point(|(spender, _)| *spender < at);
                self.path.push((at, first));
                Ok(())
            }
            Some(1) => Err(at as usize),
            _ => Ok(()),
        }
    }

    fn mark(&mut self, at: u32, state: u8) {
        if let Some(place) = self.state.get_mut(at as usize) {
            *place = state;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coins::{Input, OutPoint, Transaction};
    use strongroom_model::Moment;

    fn id(at: u8) -> Id {
        Id([at; 32])
    }

    /// A block whose transactions spend the given places.
    fn block(spends: &[&[u8]]) -> Block {
        let input = |at: &u8| Input {
            spends: OutPoint {
                transaction: id(*at),
                vout: 0,
            },
            known: None,
        };
        let transaction = |(at, spends): (usize, &&[u8])| Transaction {
            id: id(at as u8),
            inputs: spends.iter().map(input).collect(),
            outputs: Vec::new(),
        };
        Block {
            id: id(200),
            previous: id(199),
            height: 1,
            when: Moment::from_micros(0),
            transactions: spends.iter().enumerate().map(transaction).collect(),
        }
    }

    #[test]
    fn spenders_follow_what_they_spend() {
        let mut orderer = Orderer::default();
        assert_eq!(
            orderer.order(&block(&[&[], &[90], &[1], &[1, 2]])),
            Ok(&[1, 2, 3, 0][..])
        );
        assert_eq!(
            orderer.order(&block(&[&[], &[3], &[], &[2]])),
            Ok(&[2, 3, 1, 0][..])
        );
        assert_eq!(orderer.order(&block(&[&[]])), Ok(&[0][..]));
    }

    #[test]
    fn circles_and_the_blocks_own_coinbase_are_refused() {
        let mut orderer = Orderer::default();
        assert!(orderer.order(&block(&[&[], &[2], &[3], &[1]])).is_err());
        assert!(orderer.order(&block(&[&[], &[1]])).is_err());
        assert_eq!(orderer.order(&block(&[&[], &[], &[0]])).unwrap_err().0, 2);
        let mut twice = block(&[&[], &[], &[]]);
        twice.transactions[2].id = id(1);
        assert_eq!(orderer.order(&twice).unwrap_err().0, 2);
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_in_reverse_is_walked_without_a_stack() {
        let count = 100_000u32;
        let edges: Vec<(u32, u32)> = (1..count).map(|at| (at, at + 1)).collect();
        let mut order = Vec::new();
        Walk::over(count as usize + 1, &edges, &mut order).unwrap();
        assert!(order.iter().copied().eq((1..=count).rev()));
    }
}
