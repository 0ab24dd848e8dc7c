//! Writes a transfer table of made-up transfers to standard output: `generate_transfers ROWS [ACCOUNTS]`.
//!
//! The same arguments give the same bytes. Nothing in it is anybody's.

use std::io::{self, BufWriter, Write};

fn main() -> io::Result<()> {
    let mut arguments = std::env::args()
        .skip(1)
        .map(|text| text.parse::<u64>().unwrap_or(0));
    let rows = arguments.next().unwrap_or(1_000);
    let accounts = arguments.next().unwrap_or(rows / 5 + 10);
    let mut out = BufWriter::new(io::stdout().lock());
    writeln!(out, "time,tx,from,to,asset,amount,fee")?;
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for row in 0..rows {
        // The square of a uniform number: a few accounts are busy, most are not.
        let mut account = || {
            let uniform = u128::from(next());
            let scaled = (uniform * uniform) >> 64;
            format!("0x{:040x}", (scaled * u128::from(accounts)) >> 64)
        };
        let (from, to) = (account(), account());
        let (low, asset, amount) = (next(), next() % 5, next() >> 8);
        writeln!(
            out,
            "{},{low:016x}{row:048x},{from},{to},TOKEN{asset},{amount},{}",
            1_553_389_200 + row,
            next() % 1_000
        )?;
    }
    out.flush()
}
