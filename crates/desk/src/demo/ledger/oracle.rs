//! What a trace has to find: every policy of the account ledgers, simulated over the whole book in the plainest
//! way, as the policies are defined, and knowing nothing of the ledger room.
//!
//! It walks every row of a coin, keeps every account's money as a list of segments from oldest to newest, and
//! never skips a row because it looks clean. It is slow where the real trace is quick, and that is its worth:
//! two roads to the same figure, to the unit.

use super::book::{Account, Book, Row};
use crate::demo::truth::{End, Fate, Policy};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Where a trace of one coin starts and stops.
#[derive(Debug)]
pub(in crate::demo) struct Question<'a> {
    /// The wallet whose every arrival is stolen.
    pub seed: Account,
    /// The accounts where a trace stops.
    pub stops: &'a BTreeSet<Account>,
}

/// What one account holds: segments of (base units, of these tainted), oldest first. Only haircut has segments
/// that are partly tainted, and then one per account.
#[derive(Clone, Debug, Default)]
struct Purse {
    segments: VecDeque<(u128, u128)>,
    flagged: bool,
}

impl Purse {
    fn balance(&self) -> u128 {
        self.segments.iter().map(|(units, _)| units).sum()
    }

    fn taint(&self, policy: Policy) -> u128 {
        match policy {
            Policy::Poison if self.flagged => self.balance(),
            Policy::Poison => 0,
            _ => self.segments.iter().map(|(_, taint)| taint).sum(),
        }
    }

    /// Puts segments on top, as newest. Haircut and poison keep one pot, and the two seniorities one of each kind.
    fn put(&mut self, policy: Policy, arrived: Vec<(u128, u128)>) {
        self.segments
            .extend(arrived.into_iter().filter(|(units, _)| *units > 0));
        if matches!(policy, Policy::Fifo | Policy::Lifo) {
            return;
        }
        let (units, taint) = (self.balance(), self.segments.iter().map(|(_, t)| t).sum::<u128>());
        let pots = match policy {
            Policy::Fifo | Policy::Lifo | Policy::Haircut | Policy::Poison => vec![(units, taint)],
            Policy::Tifo => vec![(taint, taint), (units - taint, 0)],
            Policy::CleanFirst => vec![(units - taint, 0), (taint, taint)],
        };
        self.segments = pots.into_iter().filter(|(units, _)| *units > 0).collect();
    }

    /// Takes units out: from the newest end for lifo, from the oldest for all others.
    fn take(&mut self, policy: Policy, mut wanted: u128) -> Vec<(u128, u128)> {
        let mut taken = Vec::new();
        while wanted > 0 {
            let next = match policy {
                Policy::Lifo => self.segments.pop_back(),
                _ => self.segments.pop_front(),
            };
            let (units, taint) = next.expect("opening balances cover every payment");
            let part = units.min(wanted);
            let share = mul_div(part, taint, units);
            taken.push((part, share));
            wanted -= part;
            match (units - part, policy) {
                (0, _) => {}
                (rest, Policy::Lifo) => self.segments.push_back((rest, taint - share)),
                (rest, _) => self.segments.push_front((rest, taint - share)),
            }
        }
        if policy == Policy::Lifo {
            // What was the newest stays the newest in the receiver's stack.
            taken.reverse();
        }
        taken
    }
}

/// Returns ⌊part·times/whole⌋ for `part` ≤ `whole` < 2¹²⁶, without a product that leaves 128 bits: `times` is
/// worked off bit by bit, as in long multiplication, with the remainder kept below `whole`.
fn mul_div(part: u128, times: u128, whole: u128) -> u128 {
    let (mut quotient, mut rest) = (0u128, 0u128);
    for bit in (0..128).rev() {
        rest = rest * 2 + if times >> bit & 1 == 1 { part } else { 0 };
        quotient = quotient * 2 + rest / whole;
        rest %= whole;
    }
    quotient
}

/// Returns what each account must have held before the first row: its deepest deficit.
pub(in crate::demo) fn openings<'a>(rows: impl Iterator<Item = &'a Row>) -> BTreeMap<Account, u128> {
    let mut balance: BTreeMap<Account, i128> = BTreeMap::new();
    let mut deepest: BTreeMap<Account, u128> = BTreeMap::new();
    for row in rows {
        let paid = i128::try_from(row.amount + row.fee).expect("amounts stay far below 2^127");
        let left = balance.entry(row.from).or_default();
        *left -= paid;
        let deficit = left.min(&mut 0).unsigned_abs();
        let worst = deepest.entry(row.from).or_default();
        *worst = deficit.max(*worst);
        *balance.entry(row.to).or_default() += i128::try_from(row.amount).expect("below 2^127");
    }
    deepest.retain(|_, deficit| *deficit > 0);
    deepest
}

/// Returns every end of one coin's trace under one policy, sorted.
pub(in crate::demo) fn ends(book: &Book, coin: usize, question: &Question<'_>, policy: Policy) -> Vec<End> {
    let mut purses: BTreeMap<Account, Purse> = BTreeMap::new();
    for (account, units) in openings(book.rows_of(coin)) {
        purses.entry(account).or_default().put(policy, vec![(units, 0)]);
    }
    let (mut stopped, mut fees) = (BTreeMap::<Account, u128>::new(), 0);
    for row in book.rows_of(coin) {
        let payer = purses.entry(row.from).or_default();
        let flagged = payer.flagged;
        let moved = payer.take(policy, row.amount);
        let fee = payer.take(policy, row.fee);
        fees += tainted(policy, flagged, &fee);
        let receiver = purses.entry(row.to).or_default();
        if row.to == question.seed {
            receiver.flagged = true;
            receiver.put(policy, vec![(row.amount, row.amount)]);
        } else if question.stops.contains(&row.to) {
            *stopped.entry(row.to).or_default() += tainted(policy, flagged, &moved);
            receiver.put(policy, vec![(row.amount, 0)]);
        } else {
            receiver.flagged |= flagged;
            receiver.put(policy, moved);
        }
    }
    let unspent = purses
        .iter()
        .map(|(account, purse)| (*account, purse.taint(policy)));
    let end = |account: Option<Account>, fate, amount: u128| End {
        policy,
        asset: Book::coin(coin).name.to_owned(),
        account: account.map(|account| book.name(account).to_owned()),
        fate,
        amount: amount.into(),
    };
    let mut ends: Vec<End> = stopped
        .into_iter()
        .map(|(a, n)| end(Some(a), Fate::Stopped, n))
        .collect();
    ends.extend(unspent.map(|(account, n)| end(Some(account), Fate::Unspent, n)));
    ends.push(end(None, Fate::Fee, fees));
    ends.retain(|end| !end.amount.is_zero());
    ends.sort();
    ends
}

fn tainted(policy: Policy, flagged: bool, segments: &[(u128, u128)]) -> u128 {
    let of = |(units, taint): &(u128, u128)| match policy {
        Policy::Poison if flagged => *units,
        Policy::Poison => 0,
        _ => *taint,
    };
    segments.iter().map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ether: its accounts and no other coin's.
    const COIN: usize = 1;

    struct Small {
        book: Book,
        labels: Vec<&'static str>,
    }

    impl Small {
        fn new() -> Self {
            Small {
                book: Book::new(1),
                labels: Vec::new(),
            }
        }

        fn pay(&mut self, from: &'static str, to: &'static str, amount: u128, fee: u128) {
            self.labels.extend([from, to]);
            let (from, to) = (self.book.account(COIN, from), self.book.account(COIN, to));
            let at = self.book.rows.len() as i64;
            self.book.pay(Row {
                at,
                from,
                to,
                coin: COIN,
                amount,
                fee,
            });
        }

        /// Returns tainted units by label, `fee` for fees, and a star behind the label where the trace stopped.
        fn ends(&mut self, policy: Policy) -> BTreeMap<String, u64> {
            let seed = self.book.account(COIN, "thief");
            let stops = BTreeSet::from([self.book.account(COIN, "exchange")]);
            let named: BTreeMap<String, &str> = self
                .labels
                .iter()
                .map(|label| (Book::coin(COIN).account(1, label), *label))
                .collect();
            let mut ends = BTreeMap::new();
            for end in super::ends(&self.book, COIN, &Question { seed, stops: &stops }, policy) {
                let label = end.account.map_or("fee", |account| named[&account]);
                let star = if end.fate == Fate::Stopped { "*" } else { "" };
                ends.insert(format!("{label}{star}"), end.amount.limbs()[0]);
            }
            ends
        }
    }

    fn figures(figures: &[(&str, u64)]) -> BTreeMap<String, u64> {
        figures
            .iter()
            .map(|(label, units)| ((*label).to_owned(), *units))
            .collect()
    }

    /// 50 clean, 100 stolen and 40 clean units come to one wallet, which pays 60 with a fee of 10, then 70.
    fn mixed() -> Small {
        let mut small = Small::new();
        small.pay("hot", "thief", 100, 0);
        small.pay("friend", "mixer", 50, 0);
        small.pay("thief", "mixer", 100, 0);
        small.pay("friend", "mixer", 40, 0);
        small.pay("mixer", "shop", 60, 10);
        small.pay("mixer", "exchange", 70, 0);
        small
    }

    #[test]
    fn each_policy_gives_the_figures_that_were_worked_out_by_hand() {
        let cases: [(Policy, &[(&str, u64)]); 6] = [
            (
                Policy::Poison,
                &[("exchange*", 70), ("fee", 10), ("mixer", 50), ("shop", 60)],
            ),
            (
                Policy::Haircut,
                &[("exchange*", 37), ("fee", 5), ("mixer", 27), ("shop", 31)],
            ),
            (
                Policy::Fifo,
                &[("exchange*", 70), ("fee", 10), ("mixer", 10), ("shop", 10)],
            ),
            (Policy::Lifo, &[("exchange*", 70), ("fee", 10), ("shop", 20)]),
            (Policy::Tifo, &[("exchange*", 30), ("fee", 10), ("shop", 60)]),
            (Policy::CleanFirst, &[("exchange*", 50), ("mixer", 50)]),
        ];
        for (policy, expected) in cases {
            assert_eq!(mixed().ends(policy), figures(expected), "{policy:?}");
        }
    }

    #[test]
    fn what_was_the_newest_stays_the_newest_in_the_next_stack() {
        // The shop's 60 are 40 clean over 20 stolen; 25 clean come on top.
        let mut small = mixed();
        small.pay("friend", "shop", 25, 0);
        small.pay("shop", "supplier", 66, 0);
        let ends = small.ends(Policy::Lifo);
        assert_eq!((ends.get("supplier"), ends.get("shop")), (Some(&1), Some(&19)));
    }

    #[test]
    fn what_must_have_been_there_before_is_clean_and_oldest() {
        // The mixer pays 80 and has 50: it held 30 before.
        let mut small = mixed();
        small.pay("mixer", "friend", 80, 0);
        let ends = small.ends(Policy::Fifo);
        // 30 + 50 clean pay the shop, the fee and 10 of the exchange's 70.
        assert_eq!(ends, figures(&[("exchange*", 60), ("friend", 40)]));
    }

    #[test]
    fn a_service_passes_on_nothing_that_is_stolen() {
        let mut small = mixed();
        small.pay("exchange", "customer", 70, 0);
        assert!(
            Policy::ALL
                .into_iter()
                .all(|policy| !small.ends(policy).contains_key("customer"))
        );
    }

    #[test]
    fn long_division_is_exact_where_the_product_leaves_128_bits() {
        let big = 19_000_000_000_000_000_003u128;
        assert_eq!(mul_div(big, big, big), big);
        assert_eq!(mul_div(7, 3, 10), 2);
        assert_eq!(mul_div(big - 1, big * 1_000, big), (big - 1) * 1_000);
    }
}
