//! Requests whose parameters or file names are the ten digits in another order each time.
//!
//! A script that draws twelve of the ten digits by `Get-Random` gets each once. One such number comes by chance
//! in three of ten thousand; two different ones from one host to another host do not.

use std::collections::BTreeSet;

/// Different orders that are remembered of one pair, the first ones in order, and names of fields.
pub(crate) const MOST: usize = 8;
/// From so many on it is told.
pub(crate) const LEAST: usize = 2;

/// Different orders of the digits in the requests of one pair, and the names of form fields.
#[derive(Clone, Debug, Default)]
pub(crate) struct Permuted {
    pub orders: BTreeSet<u64>,
    pub fields: BTreeSet<Box<str>>,
}

impl Permuted {
    pub(crate) fn take(&mut self, orders: &[u64], fields: &[String]) {
        self.orders.extend(orders);
        self.fields
            .extend(fields.iter().map(|field| field.as_str().into()));
        self.cut();
    }

    /// Takes in what was seen elsewhere.
    pub(crate) fn join(&mut self, other: Permuted) {
        self.orders.extend(other.orders);
        self.fields.extend(other.fields);
        self.cut();
    }

    /// Returns how many keys it weighs.
    pub(crate) fn weight(&self) -> u64 {
        (self.orders.len() + self.fields.len()) as u64
    }

    /// What is kept is a matter of what there is, and not of what came first.
    fn cut(&mut self) {
        while self.orders.len() > MOST {
            self.orders.pop_last();
        }
        while self.fields.len() > MOST {
            self.fields.pop_last();
        }
    }
}

/// Returns the permutations of the ten digits that stand between other characters of a target or a field.
pub(crate) fn orders(text: &str) -> Vec<u64> {
    let runs = text.split(|character: char| !character.is_ascii_digit());
    let orders = runs.filter(|run| run.len() == 10 && is_order(run));
    orders.filter_map(|run| run.parse().ok()).take(4).collect()
}

fn is_order(run: &str) -> bool {
    let digits = run.bytes().fold(0u16, |seen, digit| seen | 1 << (digit & 0x0f));
    digits == 0x03ff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_orders_are_kept_whatever_came_first() {
        let digits: Vec<u64> = (0..100).map(|number| 3_142_950_687 + number).collect();
        let (mut up, mut down) = (Permuted::default(), Permuted::default());
        digits.iter().for_each(|order| up.take(&[*order], &[]));
        digits.iter().rev().for_each(|order| {
            let mut one = Permuted::default();
            one.take(&[*order], &[]);
            down.join(one);
        });
        assert_eq!(up.orders, down.orders);
        assert_eq!((up.orders.len(), up.weight()), (MOST, MOST as u64));
    }

    #[test]
    fn ten_digits_each_once_are_an_order() {
        assert_eq!(orders("/a.php?v=3141592607"), [] as [u64; 0]);
        assert_eq!(orders("/a.php?v=3142950687&x=1"), [3_142_950_687]);
        assert_eq!(orders("/0123456789.dat"), [123_456_789]);
        assert_eq!(orders("/t=1553389200"), [] as [u64; 0]);
        assert_eq!(orders("/31429506871"), [] as [u64; 0]);
    }
}
