//! Coinjoins: transactions whose inputs belong to several parties, told by their shape alone.
//!
//! The structural conditions are those of Schnoering and Vazirgiannis, "Heuristics for Detecting CoinJoin Transactions on the
//! Bitcoin Blockchain" (2023), with the partition check of Goldfeder et al., "When the cookie meets the blockchain"
//! (2017), for JoinMarket, and the denominations of the WabiSabi client for Wasabi 2. A shape is a sign, not a proof: a
//! batch of equal payments can look like a small JoinMarket transaction, and a party that mixes by hand looks like nothing.

use super::shape::{Coin, Shape, frequencies, owners};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The protocol whose shape a transaction has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Protocol {
    /// Samourai's Whirlpool: as many inputs as outputs, all outputs one pool's denomination.
    Whirlpool,
    /// Wasabi 1 (ZeroLink): many outputs near 0.1 BTC, or near its doubles, one each for the parties.
    Wasabi1,
    /// Wasabi 2 (WabiSabi): rounds of at least 50 inputs, outputs in standard denominations.
    Wasabi2,
    /// JoinMarket, and whatever else pays n equal outputs with at most one change each.
    JoinMarket,
}

impl Protocol {
    /// Returns the name as it stands in results.
    pub const fn as_str(self) -> &'static str {
        match self {
            Protocol::Whirlpool => "whirlpool",
            Protocol::Wasabi1 => "wasabi-1",
            Protocol::Wasabi2 => "wasabi-2",
            Protocol::JoinMarket => "joinmarket",
        }
    }
}

/// A coinjoin that a shape was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coinjoin {
    /// Whose shape it is.
    pub protocol: Protocol,
    /// The least number of parties that the shape needs.
    pub parties: usize,
    /// The denomination that most outputs have, in base units.
    pub denomination: u64,
    /// How sure the shape is, in per cent: a rank between shapes, not a probability.
    pub confidence: u8,
}

const BITCOIN: u64 = 100_000_000;
/// Whirlpool's pools, in satoshi; 0.025 and 0.25 are those of its successor.
const POOLS: [u64; 6] = [100_000, 1_000_000, 2_500_000, 5_000_000, 25_000_000, 50_000_000];
/// What a new input of Whirlpool brings above the denomination, for the miner.
const POOL_FEE: std::ops::RangeInclusive<u64> = 100..=110_000;
/// Inputs that one party of Wasabi 1 may register.
const WASABI1_INPUTS: usize = 7;
/// Inputs that a round of Wasabi 2 has at least, and one party at most.
const WASABI2_ROUND: usize = 50;
const WASABI2_INPUTS: usize = 10;
/// The least output of a round of Wasabi 2.
const WASABI2_LEAST: u64 = 5_000;
/// Equal outputs up to this value are tokens' markers or dust, not a denomination.
const DUST: u64 = 2_730;
/// Ways of sharing inputs out among the parties that are tried.
const TRIES: u32 = 20_000;
/// Owners of inputs that are shared out: each is a step deeper.
const PURSES: usize = 500;

impl Shape<'_> {
    /// Returns the coinjoin that the transaction looks like, the most particular protocol first. An input that is not known
    /// may be anybody's and worth anything: where there is one, the shape is surer of nothing, and nothing rules it out.
    pub fn coinjoin(&self) -> Option<Coinjoin> {
        if self.outputs.len() < 2 || self.spenders() < 2 {
            return None;
        }
        // Every protocol pays every output to an address of its own.
        if owners(self.outputs) != self.outputs.len() {
            return None;
        }
        let named = || {
            self.whirlpool()
                .or_else(|| self.wasabi2())
                .or_else(|| self.wasabi1())
        };
        self.bitcoin.then(named).flatten().or_else(|| self.joinmarket())
    }

    /// Returns how many different owners put in at most.
    fn spenders(&self) -> usize {
        owners(self.inputs) + self.unknown
    }

    fn whirlpool(&self) -> Option<Coinjoin> {
        let parties = self.inputs.len() + self.unknown;
        if !(5..=10).contains(&parties) || self.outputs.len() != parties || self.spenders() != parties {
            return None;
        }
        let denomination = self.outputs.first()?.value;
        let equal = self.outputs.iter().all(|coin| coin.value == denomination);
        let fresh = self.inputs.iter().filter(|coin| coin.value != denomination);
        let fees: Option<Vec<u64>> = fresh.map(|coin| coin.value.checked_sub(denomination)).collect();
        let fees = fees?;
        // Somebody new pays the miner, and somebody mixes again.
        let somebody_new = fees.len() + self.unknown > 0 && fees.len() < parties;
        let mixed = somebody_new && fees.iter().all(|fee| POOL_FEE.contains(fee));
        (equal && mixed && POOLS.contains(&denomination)).then_some(Coinjoin {
            protocol: Protocol::Whirlpool,
            parties,
            denomination,
            confidence: if self.unknown == 0 { 90 } else { 60 },
        })
    }

    fn wasabi2(&self) -> Option<Coinjoin> {
        let (inputs, outputs) = (self.inputs.len() + self.unknown, self.outputs.len());
        let least = self.outputs.iter().map(|coin| coin.value).min()?;
        if inputs < WASABI2_ROUND || least < WASABI2_LEAST {
            return None;
        }
        let counts = frequencies(self.outputs);
        let repeated: usize = counts
            .iter()
            .map(|(_, count)| *count)
            .filter(|count| *count > 1)
            .sum();
        if 2 * repeated + 1 < outputs || repeated * WASABI2_INPUTS < inputs {
            return None;
        }
        let standard = self.outputs.iter().filter(|coin| is_standard(coin.value)).count();
        let falls = self.unknown == 0 && falling(self.inputs) && falling(self.outputs);
        let confidence = if 5 * standard > 4 * outputs && falls {
            95
        } else {
            60
        };
        Some(Coinjoin {
            protocol: Protocol::Wasabi2,
            parties: self.spenders().div_ceil(WASABI2_INPUTS),
            denomination: counts.first()?.0,
            confidence,
        })
    }

    fn wasabi1(&self) -> Option<Coinjoin> {
        let base = BITCOIN / 10;
        let (mut level, mut mixed, mut parties, mut denomination) = (base, 0, 0, 0);
        let greatest = self.outputs.iter().map(|coin| coin.value).max()?;
        while level <= greatest.saturating_add(level / 20) {
            let near = |coin: &&Coin| coin.value.abs_diff(level) <= level / 20;
            let counts = frequencies(&self.outputs.iter().filter(near).copied().collect::<Vec<_>>());
            // The parties of one level are paid the same to the unit.
            if let Some((value, count)) = counts.first().filter(|(_, count)| *count >= 2) {
                mixed += count;
                if *count > parties {
                    (parties, denomination) = (*count, *value);
                }
            }
            level = level.checked_mul(2)?;
        }
        let spenders = self.spenders();
        // Each party has at most one change, and the coordinator one output.
        let covered = 2 * mixed + 1 >= self.outputs.len();
        (parties >= 5 && covered && (parties..=WASABI1_INPUTS * parties).contains(&spenders)).then_some(
            Coinjoin {
                protocol: Protocol::Wasabi1,
                parties,
                denomination,
                confidence: if parties >= 10 { 90 } else { 70 },
            },
        )
    }

    fn joinmarket(&self) -> Option<Coinjoin> {
        let (denomination, parties) = *frequencies(self.outputs).first()?;
        let spenders = self.spenders();
        // n equal outputs, and at most one change for each party.
        let changes = self.outputs.len().checked_sub(parties)?;
        let shape = parties >= 2 && changes <= parties && parties <= spenders;
        if !shape || denomination <= DUST {
            return None;
        }
        let confidence = match self.shared_out(denomination, parties) {
            Shared::No => return None,
            Shared::Undecided => 40,
            Shared::Yes if parties == 2 => 40,
            Shared::Yes => 80,
        };
        Some(Coinjoin {
            protocol: Protocol::JoinMarket,
            parties,
            denomination,
            confidence,
        })
    }

    /// Looks for a way to share the inputs out, an owner's together, so that each party puts in what it gets.
    fn shared_out(&self, denomination: u64, parties: usize) -> Shared {
        let mut purses: BTreeMap<u32, u64> = BTreeMap::new();
        for coin in self.inputs {
            let purse = purses.entry(coin.owner).or_default();
            *purse = purse.saturating_add(coin.value);
        }
        let mut purses: Vec<u64> = purses.into_values().collect();
        purses.sort_unstable_by(|a, b| b.cmp(a));
        // What a maker earns and a taker pays: JoinMarket's offers stay far below one per cent.
        let earned = (denomination / 100).max(10_000);
        let mut changes: Vec<u64> = self.outputs.iter().map(|coin| coin.value).collect();
        changes.retain(|value| *value != denomination);
        changes.resize(parties, 0);
        let wanted = |change: u64| denomination.saturating_add(change).saturating_sub(earned);
        let mut wants: Vec<u64> = changes.into_iter().map(wanted).collect();
        if self.unknown > 0 || purses.len() > PURSES {
            return Shared::Undecided;
        }
        let mut tries = TRIES;
        let left = purses.iter().fold(0u64, |sum, purse| sum.saturating_add(*purse));
        share(&purses, &mut wants, left, &mut tries)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shared {
    Yes,
    No,
    Undecided,
}

/// Gives each purse to one party in turn until nobody wants more.
fn share(purses: &[u64], wants: &mut [u64], left: u64, tries: &mut u32) -> Shared {
    let wanted = wants.iter().fold(0u64, |sum, want| sum.saturating_add(*want));
    if wanted == 0 {
        return Shared::Yes;
    }
    let Some((purse, rest)) = purses.split_first().filter(|_| wanted <= left) else {
        return Shared::No;
    };
    let mut tried = Vec::new();
    for at in 0..wants.len() {
        let want = wants.get(at).copied().unwrap_or_default();
        // Parties who want the same are interchangeable; who wants nothing gets nothing.
        if want == 0 || tried.contains(&want) {
            continue;
        }
        tried.push(want);
        let Some(fewer) = tries.checked_sub(1) else {
            return Shared::Undecided;
        };
        *tries = fewer;
        set(wants, at, want.saturating_sub(*purse));
        let found = share(rest, wants, left - purse, tries);
        set(wants, at, want);
        if found != Shared::No {
            return found;
        }
    }
    Shared::No
}

fn set(wants: &mut [u64], at: usize, want: u64) {
    if let Some(place) = wants.get_mut(at) {
        *place = want;
    }
}

fn falling(coins: &[Coin]) -> bool {
    coins.is_sorted_by(|a, b| a.value >= b.value)
}

/// Returns whether a value is one of WabiSabi's: 2ⁿ, 3ⁿ, 2·3ⁿ, 10ⁿ, 2·10ⁿ or 5·10ⁿ satoshi.
fn is_standard(value: u64) -> bool {
    let power_of = |mut value: u64, base: u64| {
        while value > 1 && value.is_multiple_of(base) {
            value /= base;
        }
        value == 1
    };
    let times = |factor: u64, base: u64| value.is_multiple_of(factor) && power_of(value / factor, base);
    value >= WASABI2_LEAST
        && (value.is_power_of_two()
            || times(1, 3)
            || times(2, 3)
            || times(1, 10)
            || times(2, 10)
            || times(5, 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coins(values: &[u64], first: u32) -> Vec<Coin> {
        let coin = |(value, owner): (&u64, u32)| Coin {
            owner,
            class: 0,
            value: *value,
        };
        values.iter().zip(first..).map(coin).collect()
    }

    fn of(inputs: &[u64], outputs: &[u64]) -> Option<Coinjoin> {
        let (inputs, outputs) = (coins(inputs, 0), coins(outputs, 10_000));
        let shape = Shape {
            inputs: &inputs,
            outputs: &outputs,
            unknown: 0,
            bitcoin: true,
        };
        shape.coinjoin()
    }

    fn protocol(inputs: &[u64], outputs: &[u64]) -> Option<Protocol> {
        of(inputs, outputs).map(|found| found.protocol)
    }

    #[test]
    fn whirlpool_is_a_pool_with_somebody_new_and_somebody_old() {
        let pool = [5_000_000; 5];
        let inputs = [5_000_000, 5_000_000, 5_000_000, 5_010_000, 5_010_000];
        assert_eq!(protocol(&inputs, &pool), Some(Protocol::Whirlpool));
        // Nobody pays the miner: not Whirlpool, though still n equal outputs.
        assert_eq!(protocol(&pool, &pool), Some(Protocol::JoinMarket));
        assert_eq!(protocol(&inputs, &[5_000_000; 4]), Some(Protocol::JoinMarket));
    }

    #[test]
    fn wasabi_1_has_parties_near_a_tenth_of_a_bitcoin() {
        let mut outputs = vec![10_003_211; 12];
        outputs.extend([771_234, 8_812_345, 1_234_567, 450_000]);
        let inputs: Vec<u64> = (0..14u64).map(|n| 10_100_000 + n * 77_777).collect();
        let found = of(&inputs, &outputs).unwrap();
        assert_eq!(
            (found.protocol, found.parties, found.denomination),
            (Protocol::Wasabi1, 12, 10_003_211)
        );
    }

    #[test]
    fn wasabi_2_is_told_by_its_denominations() {
        let mut inputs: Vec<u64> = (1..=60u64).map(|n| n * 91_337).collect();
        inputs.reverse();
        let mut outputs: Vec<u64> = [1 << 20, 100_000, 200_000, 531_441, 1_062_882, 50_000, 8_192]
            .iter()
            .flat_map(|value| [*value; 6])
            .collect();
        outputs.sort_unstable_by(|a, b| b.cmp(a));
        let found = of(&inputs, &outputs).unwrap();
        assert_eq!((found.protocol, found.confidence), (Protocol::Wasabi2, 95));
        assert!(!is_standard(100_001) && !is_standard(4_096) && is_standard(354_294) && is_standard(500_000));
    }

    #[test]
    fn joinmarket_needs_inputs_that_can_be_shared_out() {
        // Three parties, each with a change; the maker of 700 000 earns 200.
        let inputs = [1_700_000, 1_300_000, 2_000_000];
        let outputs = [1_000_000, 1_000_000, 1_000_000, 700_200, 300_100, 998_000];
        let found = of(&inputs, &outputs).unwrap();
        assert_eq!((found.protocol, found.parties), (Protocol::JoinMarket, 3));
        // One who pays three friends the same from three coins, change 2 000 000: nobody could have put in 0.01.
        assert_eq!(
            of(
                &[4_800_000, 100_000, 110_000],
                &[1_000_000, 1_000_000, 1_000_000, 2_000_000, 9_000]
            ),
            None
        );
    }

    #[test]
    fn payments_of_one_owner_are_no_coinjoin() {
        assert_eq!(protocol(&[5_000_000], &[1_000_000, 1_000_000]), None);
        // A pair of equal outputs from two coins, neither of which covers one.
        assert_eq!(
            protocol(&[900_000, 1_200_000], &[1_000_000, 1_000_000, 90_000]),
            None
        );
        // Markers of tokens.
        assert_eq!(protocol(&[5_000, 5_000], &[546, 546, 8_000]), None);
        assert_eq!(protocol(&[5_000, 5_000], &[2_700, 2_700]), None);
    }

    #[test]
    fn other_chains_have_no_pools() {
        let (inputs, outputs) = (
            coins(&[100_000, 100_000, 100_000, 100_000, 100_500], 0),
            coins(&[100_000; 5], 9),
        );
        let shape = Shape {
            inputs: &inputs,
            outputs: &outputs,
            unknown: 0,
            bitcoin: false,
        };
        assert_eq!(
            shape.coinjoin().map(|found| found.protocol),
            Some(Protocol::JoinMarket)
        );
    }

    #[test]
    fn a_sweep_of_many_thousand_coins_needs_no_deep_stack() {
        let found = of(&[1_000; 15_000], &[7_000_000, 7_000_000]);
        assert_eq!(found.map(|found| found.confidence), Some(40));
    }

    #[test]
    fn inputs_that_are_not_known_may_be_anybody_s() {
        let (inputs, outputs) = (coins(&[1_200_000, 1_300_000], 0), coins(&[1_000_000; 5], 10_000));
        let mut shape = Shape {
            inputs: &inputs,
            outputs: &outputs,
            unknown: 0,
            bitcoin: true,
        };
        assert_eq!(shape.coinjoin(), None, "two owners do not pay five shares");
        shape.unknown = 3;
        let found = shape.coinjoin().map(|found| (found.protocol, found.confidence));
        assert_eq!(found, Some((Protocol::JoinMarket, 40)));
        // A pool's round of which one input is known.
        let inputs = coins(&[5_000_000], 0);
        let outputs = coins(&[5_000_000; 5], 10_000);
        let shape = Shape {
            inputs: &inputs,
            outputs: &outputs,
            unknown: 4,
            bitcoin: true,
        };
        let found = shape.coinjoin().map(|found| (found.protocol, found.confidence));
        assert_eq!(found, Some((Protocol::Whirlpool, 60)));
    }

    #[test]
    fn the_search_is_bounded() {
        // Two parties want 990 000 each, of 30 purses that hold 1 980 000 together: an exact halving, if there is one.
        let mut inputs: Vec<u64> = (0..29u64).map(|n| 50_003 + n * n * 37).collect();
        inputs.push(1_980_000 - inputs.iter().sum::<u64>());
        let outputs = [1_000_000, 1_000_000];
        let (inputs, outputs) = (coins(&inputs, 0), coins(&outputs, 10_000));
        let shape = Shape {
            inputs: &inputs,
            outputs: &outputs,
            unknown: 0,
            bitcoin: false,
        };
        // Too many ways to try them all: not decided, so not taken for one owner's payment.
        assert_eq!(shape.coinjoin().map(|found| found.confidence), Some(40));
    }
}
