//! Where a trace of coins stops, and what becomes of fees.

use super::chain::Chain;
use crate::LedgerError;
use crate::trace::Direction;
use crate::trace::result::ClusterWord;
use strongroom_model::{Moment, Tag};

/// Who is behind an owner, by the owner's number in the ledger.
pub type OwnerTags<'a> = dyn Fn(u32) -> Result<Option<OwnerTag>, LedgerError> + Sync + 'a;

/// Who is behind an owner: a list's word, or the word of a list about another owner of the same cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerTag {
    /// The tag.
    pub tag: Tag,
    /// Why it counts, where it is another owner's.
    pub cluster: Option<ClusterWord>,
}

impl From<Tag> for OwnerTag {
    /// Returns the tag as the owner's own.
    fn from(tag: Tag) -> Self {
        OwnerTag { tag, cluster: None }
    }
}

/// A block's subsidy in base units, by its height.
pub type Subsidy<'a> = dyn Fn(u32) -> u64 + Sync + 'a;

/// Where a trace of coins stops. Each stop is an end of the result, with its amount and reason.
#[derive(Clone, Copy, Default)]
pub struct CoinStops<'a> {
    /// Who is behind an owner; a tag whose service stops traces ends them there. `None` asks nobody.
    pub tags: Option<&'a OwnerTags<'a>>,
    /// Ends traces at tagged persons and organisations too, and not only where the coins of many customers mix.
    pub parties: bool,
    /// The tainted units of one output below which they are not followed.
    pub dust: u64,
    /// Transactions from the seed after which taint is not followed.
    pub hops: Option<u32>,
    /// The last moment that is looked at, by the time of blocks; backward the first. Blocks' times are not in order, so a
    /// coin stays where it is if the block of its spending transaction is later.
    pub until: Option<Moment>,
    /// The same by height.
    pub until_height: Option<u32>,
    /// Follows fees to the miner, with the subsidies that the chain pays; `None` lets every fee be an end. A fee is no end
    /// backward, where what mined a coin is one.
    pub follow_fees: Option<&'a Subsidy<'a>>,
}

impl CoinStops<'_> {
    /// Whether a transaction lies beyond the time or height that is looked at.
    pub(super) fn shut_out(
        &self,
        chain: Chain<'_>,
        direction: Direction,
        transaction: u32,
    ) -> Result<bool, LedgerError> {
        if self.until.is_none() && self.until_height.is_none() {
            return Ok(false);
        }
        let block = chain.block_of(transaction)?;
        Ok(match direction {
            Direction::Forward => {
                self.until.is_some_and(|until| block.when > until)
                    || self.until_height.is_some_and(|height| block.height > height)
            }
            Direction::Backward => {
                self.until.is_some_and(|since| block.when < since)
                    || self.until_height.is_some_and(|height| block.height < height)
            }
        })
    }
}

impl std::fmt::Debug for CoinStops<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CoinStops")
            .field("tags", &self.tags.is_some())
            .field("parties", &self.parties)
            .field("dust", &self.dust)
            .field("hops", &self.hops)
            .field("until", &self.until)
            .field("until_height", &self.until_height)
            .field("follow_fees", &self.follow_fees.is_some())
            .finish()
    }
}
