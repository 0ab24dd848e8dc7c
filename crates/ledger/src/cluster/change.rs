//! Which output of a payment is the change: heuristics, each with its own name and confidence, none of them certain.
//!
//! The set is that of BlockSci (Kalodner et al. 2020) as far as a ledger of values and owners can say it; lock times and fee
//! rates are not kept. Each answers only where exactly one output fits.

use super::shape::{Coin, Shape};
use serde::{Deserialize, Serialize};

/// A change heuristic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Change {
    /// An output goes back to an owner who put in: it is the same owner, no guess.
    AddressReuse,
    /// All inputs are of one class of address, and exactly one output is too.
    AddressType,
    /// Exactly one output is smaller than every input: with a greater payment an input would not have been needed.
    OptimalChange,
    /// All outputs but one are round in the same power of ten, from 10⁵ base units up.
    RoundPayment,
    /// Exactly one output pays an owner that was never paid before, and none goes back to an owner who put in (Meiklejohn
    /// et al. 2013).
    OneTime,
}

impl Change {
    /// All heuristics.
    pub const ALL: [Change; 5] = [
        Change::AddressReuse,
        Change::AddressType,
        Change::OptimalChange,
        Change::RoundPayment,
        Change::OneTime,
    ];

    /// Returns the name as it stands in results.
    pub const fn as_str(self) -> &'static str {
        match self {
            Change::AddressReuse => "address-reuse",
            Change::AddressType => "address-type",
            Change::OptimalChange => "optimal-change",
            Change::RoundPayment => "round-payment",
            Change::OneTime => "one-time",
        }
    }

    /// Returns the heuristic of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Change::ALL.into_iter().find(|change| change.as_str() == name)
    }

    /// Returns how sure it is, in per cent: a rank between heuristics, not a probability.
    pub const fn confidence(self) -> u8 {
        match self {
            Change::AddressReuse => 99,
            Change::AddressType => 60,
            Change::OptimalChange => 60,
            Change::RoundPayment => 50,
            Change::OneTime => 50,
        }
    }

    /// Returns the number of the output that is the change. `is_new` says whether an output's owner was never paid
    /// before this transaction.
    pub fn of(self, shape: &Shape<'_>, is_new: impl Fn(&Coin) -> bool) -> Option<usize> {
        let (inputs, outputs) = (shape.inputs, shape.outputs);
        let only = |fits: &dyn Fn(&Coin) -> bool| {
            let mut found = outputs.iter().enumerate().filter(|(_, coin)| fits(coin));
            let (at, _) = found.next()?;
            found.next().is_none().then_some(at)
        };
        if inputs.is_empty() || outputs.len() < 2 {
            return None;
        }
        let back = |coin: &Coin| inputs.iter().any(|input| input.owner == coin.owner);
        match self {
            Change::AddressReuse => only(&back),
            // What is said of all inputs holds of none that is not known.
            Change::AddressType | Change::OptimalChange if shape.unknown > 0 => None,
            Change::AddressType => {
                let class = inputs.first()?.class;
                let one = inputs.iter().all(|input| input.class == class);
                one.then(|| only(&|coin| coin.class == class)).flatten()
            }
            Change::OptimalChange => {
                let least = inputs.iter().map(|input| input.value).min()?;
                (inputs.len() > 1)
                    .then(|| only(&|coin| coin.value < least))
                    .flatten()
            }
            Change::RoundPayment => only(&|coin| !coin.value.is_multiple_of(100_000)),
            Change::OneTime => only(&is_new).filter(|_| !outputs.iter().any(back)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coin(owner: u32, class: u8, value: u64) -> Coin {
        Coin { owner, class, value }
    }

    fn of(change: Change, inputs: &[Coin], outputs: &[Coin]) -> Option<usize> {
        let shape = Shape {
            inputs,
            outputs,
            unknown: 0,
            bitcoin: true,
        };
        change.of(&shape, |coin| coin.owner >= 100)
    }

    #[test]
    fn each_answers_where_exactly_one_output_fits() {
        let inputs = [coin(1, 0, 700_000), coin(2, 0, 900_000)];
        let paid = [coin(50, 1, 1_500_000), coin(101, 0, 99_000)];
        for change in [
            Change::AddressType,
            Change::OptimalChange,
            Change::RoundPayment,
            Change::OneTime,
        ] {
            assert_eq!(of(change, &inputs, &paid), Some(1), "{change:?}");
        }
        assert_eq!(of(Change::AddressReuse, &inputs, &paid), None);
        let back = [coin(50, 0, 1_500_000), coin(2, 0, 99_000)];
        assert_eq!(of(Change::AddressReuse, &inputs, &back), Some(1));
        assert_eq!(of(Change::AddressType, &inputs, &back), None);
    }

    #[test]
    fn a_new_owner_beside_one_who_gets_back_is_no_change() {
        // The fourth condition of Meiklejohn et al.: no output goes back to an owner who put in.
        let inputs = [coin(1, 0, 700_000)];
        let back = [coin(1, 0, 99_000), coin(101, 0, 600_000)];
        assert_eq!(of(Change::OneTime, &inputs, &back), None);
        assert_eq!(of(Change::AddressReuse, &inputs, &back), Some(0));
    }

    #[test]
    fn what_all_inputs_are_is_not_known_where_one_is_not() {
        let (inputs, outputs) = (
            [coin(1, 0, 700_000), coin(2, 0, 900_000)],
            [coin(50, 1, 1_500_000), coin(101, 0, 99_000)],
        );
        let shape = Shape {
            inputs: &inputs,
            outputs: &outputs,
            unknown: 1,
            bitcoin: true,
        };
        for change in Change::ALL {
            let wanted = matches!(change, Change::RoundPayment | Change::OneTime).then_some(1);
            assert_eq!(change.of(&shape, |coin| coin.owner >= 100), wanted, "{change:?}");
        }
    }

    #[test]
    fn two_candidates_are_none() {
        let inputs = [coin(1, 0, 700_000), coin(2, 0, 900_000)];
        let paid = [coin(102, 0, 650_001), coin(101, 0, 99_001)];
        for change in Change::ALL {
            assert_eq!(of(change, &inputs, &paid), None, "{change:?}");
        }
        // One output is the payment itself.
        assert_eq!(of(Change::OneTime, &inputs, &paid[..1]), None);
        // A single input is always needed.
        assert_eq!(
            of(
                Change::OptimalChange,
                &inputs[..1],
                &[coin(5, 0, 1), coin(6, 0, 699_999)]
            ),
            None
        );
    }
}
