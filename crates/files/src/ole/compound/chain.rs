//! Chains of sectors, each walked once: which sectors a stream has, how it ends, and which no stream has.
//!
//! A chain that breaks is read on in the order of the file as long as no other stream claims what stands there:
//! most writers store streams in one piece.

use super::table::{END, LAST};

/// How a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Where its entry says.
    Whole,
    /// At the end of the file; what it claims beyond is not in the evidence.
    Cut,
    /// In a chain of sectors that contradicts itself.
    Broken,
}

/// The sectors of one stream in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chain {
    pub sectors: Vec<u32>,
    pub ending: Ending,
    /// The chain itself says that it ends, too early.
    ended: bool,
}

impl Chain {
    /// Returns the chain of a stream without bytes.
    pub fn empty(ending: Ending) -> Self {
        Chain {
            sectors: Vec::new(),
            ending,
            ended: true,
        }
    }
}

/// The owner of sectors that no stream can have.
const TABLES: u32 = u32::MAX;

/// Whose each sector is.
#[derive(Debug)]
pub(super) struct Claims {
    /// Zero where no chain has claimed the sector yet.
    owner: Vec<u32>,
    /// Sectors that all chains together may still have: chains that share sectors would be read again and again.
    left: usize,
    /// Chains that run into another.
    pub crossed: usize,
    /// Whether `left` was used up.
    pub exhausted: bool,
}

impl Claims {
    pub fn new(count: usize) -> Self {
        Claims {
            owner: vec![0; count],
            left: count.saturating_mul(2).saturating_add(1024),
            crossed: 0,
            exhausted: false,
        }
    }

    /// Marks sectors as the tables', which no chain can run through.
    pub fn mark(&mut self, sectors: &[u32]) {
        for number in sectors {
            if let Some(owner) = self.owner.get_mut(*number as usize) {
                *owner = TABLES;
            }
        }
    }

    /// Walks a chain from `start` to its end, or until it has `wanted` sectors. `beyond` says whether a number behind
    /// the last sector may have been one of a longer file.
    pub fn follow(
        &mut self,
        id: u32,
        start: u32,
        wanted: Option<usize>,
        next: &[u32],
        beyond: impl Fn(u32) -> bool,
    ) -> Chain {
        let mut chain = Chain {
            sectors: Vec::new(),
            ending: Ending::Whole,
            ended: false,
        };
        let mut at = start;
        // Sectors of other chains that this one runs through: a circle may lie among them.
        let mut foreign = std::collections::HashSet::new();
        while wanted.is_none_or(|wanted| chain.sectors.len() < wanted) {
            if at >= LAST {
                chain.ended = at == END;
                if !(chain.ended && wanted.is_none()) {
                    chain.ending = Ending::Broken;
                }
                break;
            }
            let Some(owner) = self.owner.get_mut(at as usize) else {
                chain.ending = if beyond(at) { Ending::Cut } else { Ending::Broken };
                break;
            };
            let circle = *owner == id || *owner != 0 && !foreign.insert(at);
            if circle || *owner == TABLES || self.left == 0 {
                self.exhausted |= self.left == 0;
                chain.ending = Ending::Broken;
                break;
            }
            if *owner == 0 {
                *owner = id;
            }
            self.left -= 1;
            chain.sectors.push(at);
            match next.get(at as usize) {
                Some(after) => at = *after,
                None if wanted == Some(chain.sectors.len()) => break,
                None => {
                    chain.ending = Ending::Broken;
                    break;
                }
            }
        }
        self.crossed += usize::from(!foreign.is_empty());
        chain
    }

    /// Reads a broken chain on in the order of the file, as far as nobody else claims the sectors.
    pub fn mend(&mut self, id: u32, chain: &mut Chain, wanted: usize) {
        if chain.ending != Ending::Broken || chain.ended {
            return;
        }
        let Some(last) = chain.sectors.last() else { return };
        let mut at = last.saturating_add(1);
        while chain.sectors.len() < wanted {
            match self.owner.get_mut(at as usize) {
                Some(owner) if *owner == 0 => *owner = id,
                _ => return,
            }
            chain.sectors.push(at);
            at = at.saturating_add(1);
        }
    }

    /// Returns whether no chain has this sector.
    pub fn is_free(&self, number: usize) -> bool {
        self.owner.get(number) == Some(&0)
    }

    /// Returns the runs of sectors that no chain has: the first, and the one behind the last.
    pub fn free_runs(&self) -> Vec<(usize, usize)> {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for number in (0..self.owner.len()).filter(|number| self.is_free(*number)) {
            match runs.last_mut() {
                Some((_, end)) if *end == number => *end += 1,
                _ => runs.push((number, number + 1)),
            }
        }
        runs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_and_a_crossing_end() {
        let mut claims = Claims::new(4);
        let next = [1, 0, 1, END];
        let circle = claims.follow(1, 0, None, &next, |_| false);
        assert_eq!((circle.sectors, circle.ending), (vec![0, 1], Ending::Broken));
        let crossing = claims.follow(2, 2, Some(2), &next, |_| false);
        assert_eq!((crossing.sectors, crossing.ending), (vec![2, 1], Ending::Whole));
        assert_eq!(claims.crossed, 1);
        assert_eq!(claims.free_runs(), [(3, 4)]);
    }

    #[test]
    fn chains_that_share_their_sectors_end_with_what_is_allowed() {
        let mut claims = Claims::new(1000);
        let next: Vec<u32> = (1..=1000).collect();
        let total: usize = (1..100)
            .map(|id| claims.follow(id, 0, Some(1000), &next, |_| false).sectors.len())
            .sum();
        assert!(claims.exhausted && total <= 2000 + 1024);
    }

    #[test]
    fn a_broken_chain_goes_on_in_the_order_of_the_file() {
        let mut claims = Claims::new(6);
        claims.mark(&[4]);
        let mut chain = claims.follow(1, 0, Some(5), &[1], |_| false);
        assert_eq!(chain.ending, Ending::Broken);
        claims.mend(1, &mut chain, 5);
        assert_eq!((chain.sectors, chain.ending), (vec![0, 1, 2, 3], Ending::Broken));
    }
}
