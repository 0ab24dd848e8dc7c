//! Following a node: which question comes next, and when its chain reorganised. No socket, no clock: whoever has them asks the
//! questions, gives the answers, and waits when there is nothing to do.

use super::node::NodeFault;
use crate::{Block, Fork, ForkStep, Id};

/// A question to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// The height of the node's last block: `getblockcount`.
    Tip,
    /// The id of the block at a height: `getblockhash`.
    IdAt(u32),
    /// A block with its transactions and what they spend: `getblock` with verbosity 3, which older nodes take for 2.
    Block(Id),
}

impl Ask {
    /// Returns the method of the node's interface.
    pub fn method(self) -> &'static str {
        match self {
            Ask::Tip => "getblockcount",
            Ask::IdAt(_) => "getblockhash",
            Ask::Block(_) => "getblock",
        }
    }

    /// Returns its parameters as a JSON array.
    pub fn parameters(self) -> String {
        match self {
            Ask::Tip => "[]".to_owned(),
            Ask::IdAt(height) => format!("[{height}]"),
            Ask::Block(id) => format!("[\"{id}\",3]"),
        }
    }
}

/// What a node answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// The height of its last block.
    Tip(u32),
    /// The id at the height that was asked for.
    Id(Id),
    /// The block that was asked for.
    Block(Box<Block>),
    /// It has no block there (any more): code -8 for a height, -5 for a block.
    Nothing,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FollowStep {
    /// Ask the node, and tell what it answers.
    Ask(Ask),
    /// Append the block, then ask for the next step.
    Take(Box<Block>),
    /// The node's chain left ours: keep the blocks up to this height, or none, drop the others, then ask for the next step.
    GoBack(Option<u32>),
    /// Nothing new: ask for the next step after a while.
    Rest,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waiting {
    /// No question is open.
    No,
    Tip,
    /// For the id at the height of our last block, or of the node's if that is lower.
    Common(u32),
    /// For the id of the next block.
    Next,
    Block(Id),
    /// For an id at a height between the last that is known to be common and the first that is not.
    Probe(Fork, u32),
}

/// Follows the chain of a node, block by block.
#[derive(Clone, Debug)]
pub struct Follow {
    /// The lowest height that we hold or want.
    first: u32,
    /// The height of the block that comes next.
    next: u32,
    /// Blocks that must stand on a block, itself included, before it is taken.
    confirmations: u32,
    /// The highest block that may be taken, as of the node's last word.
    until: Option<u32>,
    waiting: Waiting,
}

impl Follow {
    /// Follows from where our blocks end: `first` is the height at which they begin, `next` the one that is wanted next (the same,
    /// where there are none). With 1 confirmation each block is taken at once.
    pub fn new(first: u32, next: u32, confirmations: u32) -> Self {
        Follow {
            first,
            next: next.max(first),
            confirmations: confirmations.max(1),
            until: None,
            waiting: Waiting::No,
        }
    }

    /// Returns the next step, after a block was taken, ours were dropped, or a rest; a question that is open is forgotten.
    pub fn step(&mut self) -> FollowStep {
        match self.until.is_some_and(|until| self.next <= until) {
            true => self.ask(Waiting::Next),
            false => self.ask(Waiting::Tip),
        }
    }

    /// Takes an answer; `own` says the id of our block at a height.
    pub fn told(&mut self, told: Told, own: &dyn Fn(u32) -> Option<Id>) -> Result<FollowStep, NodeFault> {
        let waiting = std::mem::replace(&mut self.waiting, Waiting::No);
        Ok(match (waiting, told) {
            (Waiting::Tip, Told::Tip(height)) => self.tip(height),
            (Waiting::Common(height), Told::Id(id)) if own(height) == Some(id) => self.onward(height),
            (Waiting::Common(height), Told::Id(_)) => self.part(height),
            (Waiting::Next, Told::Id(id)) => self.ask(Waiting::Block(id)),
            (Waiting::Block(asked), Told::Block(block)) => self.block(asked, block, own)?,
            (Waiting::Probe(fork, at), Told::Id(id)) => self.probe(fork.told(own(at) == Some(id))),
            // The chain became shorter between two questions, or the answer is another question's.
            _ => {
                self.until = None;
                self.ask(Waiting::Tip)
            }
        })
    }

    fn ask(&mut self, waiting: Waiting) -> FollowStep {
        self.waiting = waiting;
        match waiting {
            Waiting::No => FollowStep::Rest,
            Waiting::Tip => FollowStep::Ask(Ask::Tip),
            Waiting::Common(height) | Waiting::Probe(_, height) => FollowStep::Ask(Ask::IdAt(height)),
            Waiting::Next => FollowStep::Ask(Ask::IdAt(self.next)),
            Waiting::Block(id) => FollowStep::Ask(Ask::Block(id)),
        }
    }

    fn tip(&mut self, height: u32) -> FollowStep {
        self.until = height.checked_sub(self.confirmations - 1);
        if self.next == self.first {
            return self.onward_from(self.next);
        }
        match height.min(self.next - 1) {
            // The node has not come to where our blocks begin.
            low if low < self.first => FollowStep::Rest,
            height => self.ask(Waiting::Common(height)),
        }
    }

    /// Our block at a height is the node's too.
    fn onward(&mut self, height: u32) -> FollowStep {
        self.onward_from(height + 1)
    }

    fn onward_from(&mut self, next: u32) -> FollowStep {
        match self.until {
            // A node that is behind and on our chain catches up.
            Some(until) if next == self.next && next <= until => self.ask(Waiting::Next),
            _ => self.ask(Waiting::No),
        }
    }

    fn block(
        &mut self,
        asked: Id,
        block: Box<Block>,
        own: &dyn Fn(u32) -> Option<Id>,
    ) -> Result<FollowStep, NodeFault> {
        if block.id != asked || block.height != self.next {
            return Err(NodeFault::OtherBlock {
                asked,
                answered: block.id,
                height: block.height,
            });
        }
        if self.next > self.first && own(self.next - 1) != Some(block.previous) {
            return Ok(self.part(self.next - 1));
        }
        self.next += 1;
        Ok(FollowStep::Take(block))
    }

    /// Our block at a height is not the node's.
    fn part(&mut self, differs: u32) -> FollowStep {
        self.probe(Fork::between(u64::from(self.first), u64::from(differs)))
    }

    /// Looks for the last common block.
    fn probe(&mut self, fork: Fork) -> FollowStep {
        // Every height that a fork between heights asks for lies between them.
        match fork.step() {
            ForkStep::Common(common) => self.go_back(common.map(|common| common as u32)),
            ForkStep::Compare(at) => self.ask(Waiting::Probe(fork, at as u32)),
        }
    }

    fn go_back(&mut self, common: Option<u32>) -> FollowStep {
        self.next = common.map_or(self.first, |common| common + 1);
        self.until = None;
        FollowStep::GoBack(common)
    }
}
