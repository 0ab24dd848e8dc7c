//! Traces coins of a ledger and says how fast: `trace_coins LEDGER SEEDS TRANSACTIONS [back]`.
//!
//! Seeds are outputs spread over the first tenth of the ledger (backward the last), TRANSACTIONS the most that a walk works. Times are
//! those of the processor, which a busy machine does not change.

use std::error::Error;
use std::path::Path;
use std::time::Instant;
use strongroom_ledger::{
    CoinLedger, CoinPolicy, CoinSeed, CoinStops, Direction, reach_of_coins, trace_coins,
};
use strongroom_model::Limits;

/// Returns the seconds that this thread has had of a processor.
fn processor() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split(' ').next().and_then(|text| text.parse::<f64>().ok());
    nanoseconds.unwrap_or(f64::NAN) / 1e9
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [dir, count, steps, back @ ..] = &arguments[..] else {
        return Err("usage: trace_coins LEDGER SEEDS TRANSACTIONS [back]".into());
    };
    let (start, before) = (Instant::now(), processor());
    let ledger = CoinLedger::open(Path::new(dir))?;
    println!(
        "opened in {:?}, {:.4} s of the processor",
        start.elapsed(),
        processor() - before
    );
    let direction = if back.is_empty() {
        Direction::Forward
    } else {
        Direction::Backward
    };
    let seeds = seeds(&ledger, direction, count.parse()?)?;
    let limits = Limits {
        steps: steps.parse()?,
        ..Limits::default()
    };
    let stops = CoinStops::default();
    // Without a step the seeds are found and nothing is walked.
    let before = processor();
    let still = Limits {
        steps: 0,
        ..limits.clone()
    };
    reach_of_coins(&ledger, direction, &seeds, CoinPolicy::Fifo, &stops, &still)?;
    let found = processor() - before;
    println!("{} seeds found in {found:.3} s of the processor", seeds.len());
    for policy in CoinPolicy::ALL {
        let before = processor();
        let reach = reach_of_coins(&ledger, direction, &seeds, policy, &stops, &limits)?;
        let walked = processor() - before - found;
        let (before, start) = (processor(), Instant::now());
        let traces = trace_coins(&ledger, direction, &seeds, &[policy], &stops, &limits)?;
        let traced = processor() - before;
        let steps: usize = traces.iter().map(|trace| trace.steps.len()).sum();
        println!(
            "{:<8} {} outputs, {} transactions, {} ends, {steps} steps: walked in {walked:.3} s, {:.0} outputs/s; with names \
             {traced:.3} s ({:?} of wall time), {:.0} outputs/s",
            policy.as_str(),
            reach.outputs,
            reach.transactions,
            reach.ends,
            reach.outputs as f64 / walked,
            start.elapsed(),
            reach.outputs as f64 / traced,
        );
    }
    Ok(())
}

fn seeds(ledger: &CoinLedger, direction: Direction, count: u64) -> Result<Vec<CoinSeed>, Box<dyn Error>> {
    let tenth = ledger.outputs() / 10;
    let first = match direction {
        Direction::Forward => 0,
        Direction::Backward => ledger.outputs() - tenth,
    };
    let apart = (tenth / count.max(1)).max(1);
    let outpoint = |at| Ok(ledger.outpoint(first + at * apart)?);
    (0..count)
        .map(|at| {
            outpoint(at).map(|outpoint| CoinSeed::Output {
                outpoint,
                height: None,
            })
        })
        .collect()
}
