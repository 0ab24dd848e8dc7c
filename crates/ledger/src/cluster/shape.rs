//! The shape of a transaction: who puts in how much, who gets how much, and of what class the owners are.

/// One side of a coin that a transaction spends or makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Coin {
    /// The owner's id.
    pub owner: u32,
    /// The owner's class, equal for addresses of one type.
    pub class: u8,
    /// Base units.
    pub value: u64,
}

/// A transaction without its ids: coins in the order in which they stand there. Notes are left away: outputs without value that
/// have no single owner.
#[derive(Clone, Copy, Debug)]
pub struct Shape<'a> {
    /// What is spent.
    pub inputs: &'a [Coin],
    /// What is made.
    pub outputs: &'a [Coin],
    /// Further inputs, of which neither owner nor value is known.
    pub unknown: usize,
    /// Whether base units are satoshi of Bitcoin, so that the denominations of its mixing protocols can be looked for.
    pub bitcoin: bool,
}

/// Returns how many different owners there are.
pub(super) fn owners(coins: &[Coin]) -> usize {
    let mut owners: Vec<u32> = coins.iter().map(|coin| coin.owner).collect();
    owners.sort_unstable();
    owners.dedup();
    owners.len()
}

/// Returns each value with the number of its coins, the most frequent first; of equally frequent ones the greater.
pub(super) fn frequencies(coins: &[Coin]) -> Vec<(u64, usize)> {
    let mut values: Vec<u64> = coins.iter().map(|coin| coin.value).collect();
    values.sort_unstable_by(|a, b| b.cmp(a));
    let mut counts: Vec<(u64, usize)> = Vec::new();
    for value in values {
        match counts.last_mut() {
            Some((last, count)) if *last == value => *count += 1,
            _ => counts.push((value, 1)),
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}
