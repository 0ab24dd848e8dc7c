//! Seeded random streams: SplitMix64 (Steele, Lea, Flood 2014), one stream for each part of the demo.
//!
//! A stream is named, so that a part that draws more numbers changes nothing in the others. Only integer
//! and IEEE-exact operations are used (the logarithm is our own): the same seed gives the same bytes on
//! every machine. Not for secrets: nothing that is drawn here protects anything.

use sha2::{Digest, Sha256};

/// A stream of numbers that its name and seed determine.
#[derive(Clone, Debug)]
pub(super) struct Stream(u64);

impl Stream {
    /// Returns the stream of a part.
    pub fn of(seed: u64, part: &str) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = digest(seed, part);
        Stream(u64::from_le_bytes([a, b, c, d, e, f, g, h]))
    }

    /// Returns the next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// Returns a number from 0 to `end` − 1; `end` is at least 1.
    pub fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u64
    }

    /// Returns a number from `first` to `last`, both included.
    pub fn between(&mut self, first: u64, last: u64) -> u64 {
        first + self.below(last - first + 1)
    }

    /// Returns a number from 0 up to, not including, 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Returns true in about `percent` of 100 draws.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// Returns an exponentially distributed number, as the gaps of a Poisson process are.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * ln(1.0 - self.unit())
    }

    /// Returns how often a coin fell on the same side, at most `most` times: the exponent of a heavy tail.
    pub fn run(&mut self, most: u32) -> u32 {
        self.next().trailing_ones().min(most)
    }

    /// Returns a value from `scale` upwards whose chance to be doubled is one half each time, at most `most`
    /// times: a Pareto tail with exponent 1, in integers.
    pub fn heavy(&mut self, scale: u128, most: u32) -> u128 {
        let base = scale << self.run(most);
        base + base * u128::from(self.below(1 << 32)) / (1 << 32)
    }

    /// Returns one of the things, which are at least one.
    pub fn pick<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        let at = self.below(things.len() as u64) as usize;
        things.get(at).expect("an index below the length")
    }

    /// Returns lower-case letters.
    pub fn letters(&mut self, count: usize) -> String {
        (0..count)
            .map(|_| char::from(b'a' + self.below(26) as u8))
            .collect()
    }

    /// Puts things into a random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            things.swap(last, self.below(last as u64 + 1) as usize);
        }
    }
}

/// Returns 32 bytes that a seed and a label determine.
pub(super) fn digest(seed: u64, label: &str) -> [u8; 32] {
    Sha256::new()
        .chain_update(b"strongroom demo\0")
        .chain_update(seed.to_le_bytes())
        .chain_update(label.as_bytes())
        .finalize()
        .into()
}

/// Returns lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0') as char;
    bytes
        .iter()
        .flat_map(|b| [digit(b >> 4), digit(b & 15)])
        .collect()
}

/// Returns the natural logarithm of a number above 0, by the series of artanh: the system's own differs in
/// its last bit from machine to machine.
fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i64 - 1023;
    let mantissa = f64::from_bits(bits & 0x000f_ffff_ffff_ffff | 0x3ff0_0000_0000_0000);
    let z = (mantissa - 1.0) / (mantissa + 1.0);
    let (mut term, mut sum) = (z, 0.0);
    for odd in (1..40).step_by(2) {
        sum += term / f64::from(odd);
        term *= z * z;
    }
    2.0 * sum + exponent as f64 * std::f64::consts::LN_2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_known_by_its_seed_and_part() {
        let draw = |seed, part| Stream::of(seed, part).next();
        assert_eq!(draw(1, "mail"), draw(1, "mail"));
        assert_ne!(draw(1, "mail"), draw(2, "mail"));
        assert_ne!(draw(1, "mail"), draw(1, "network"));
    }

    #[test]
    fn the_logarithm_is_one() {
        for x in [1e-300, 0.001, 0.5, 1.0, 2.0, 10.0, 1e17] {
            assert!((ln(x) - f64::ln(x)).abs() <= 1e-12 * f64::ln(x).abs(), "{x}");
        }
    }

    #[test]
    fn draws_stay_in_their_bounds_and_spread() {
        let mut stream = Stream::of(7, "test");
        let mut seen = [0u32; 10];
        for _ in 0..10_000 {
            seen[stream.below(10) as usize] += 1;
        }
        assert!(seen.iter().all(|n| (800..1200).contains(n)), "{seen:?}");
        let mean = (0..10_000).map(|_| stream.exponential(60.0)).sum::<f64>() / 10_000.0;
        assert!((55.0..65.0).contains(&mean), "{mean}");
        let heavy: Vec<u128> = (0..1000).map(|_| stream.heavy(100, 12)).collect();
        assert!(heavy.iter().all(|v| (100..100 << 13).contains(v)));
        assert!(heavy.iter().any(|v| *v > 5_000));
    }
}
