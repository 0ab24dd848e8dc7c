//! Opens, reads, verifies and traces a ledger from seeded rows, and says how fast: `trace LEDGER ROW…`.

use std::error::Error;
use std::path::Path;
use std::time::Instant;
use strongroom_ledger::{Direction, Ledger, Policy, Seed, Stops, trace};
use strongroom_model::Limits;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((dir, rows)) = arguments.split_first() else {
        return Err("usage: trace LEDGER ROW…".into());
    };
    let start = Instant::now();
    let ledger = Ledger::open(Path::new(dir))?;
    println!("opened {} rows in {:?}", ledger.rows(), start.elapsed());
    let start = Instant::now();
    let read = ledger
        .transfers()
        .try_fold(0u64, |sum, transfer| transfer.map(|t| sum ^ t.amount.limbs()[0]))?;
    println!("read all in {:?} ({read:x})", start.elapsed());
    let start = Instant::now();
    ledger.verify()?;
    println!("verified in {:?}", start.elapsed());
    let seeds = rows
        .iter()
        .map(|row| row.parse().map(Seed::Transfer))
        .collect::<Result<Vec<_>, _>>()?;
    for policy in Policy::ALL {
        let start = Instant::now();
        let stops = Stops {
            hops: Some(6),
            ..Stops::none()
        };
        for trace in trace(
            &ledger,
            Direction::Forward,
            &seeds,
            &[policy],
            &stops,
            &Limits::default(),
        )? {
            let (steps, ends) = (trace.steps.len(), trace.ends.len());
            println!(
                "{}: {steps} steps, {ends} ends in {:?}",
                policy.as_str(),
                start.elapsed()
            );
        }
    }
    Ok(())
}
