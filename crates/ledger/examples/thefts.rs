//! Thefts of given sizes in a ledger of coins, each traced by every policy: `thefts LEDGER OUT TAINTED…`.
//!
//! A theft takes the ten greatest of a thousand coins that lie together and are spent later; where they lie is chosen so that
//! poison taints about as many outputs as asked for. The seeds and the outputs that each policy taints are written into OUT as pairs of little-endian
//! 64-bit numbers (output, units), for whoever traces the same by other means. Prints one JSON object for each theft and policy;
//! opening the ledger counts, and the mean of several rounds stands. Times are those of the processor, which a busy machine does not
//! change, and of the wall.

use serde_json::json;
use std::cmp::Reverse;
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;
use strongroom_ledger::{
    CoinLedger, CoinPolicy, CoinSeed, CoinStops, Direction, LedgerError, TaintedCoins, reach_of_coins,
    tainted_coins, trace_coins,
};
use strongroom_model::Limits;

type Answer<T> = Result<T, LedgerError>;

const COINS: usize = 10;
/// Of which a theft takes the greatest.
const AMONG: usize = 1000;
const ROUNDS: f64 = 3.0;
const ENOUGH: f64 = 0.3;
/// Places that are tried until a theft is as large as asked for.
const TRIES: usize = 200;

/// Returns the seconds that this thread has had of a processor.
fn processor() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split(' ').next().and_then(|text| text.parse::<f64>().ok());
    nanoseconds.unwrap_or(f64::NAN) / 1e9
}

/// Seconds of the processor and of the wall.
#[derive(Clone, Copy)]
struct Taken {
    processor: f64,
    wall: f64,
}

/// Returns what a piece of work came to, and the mean of its rounds: as many as fill a third of a second, since the clock of the
/// processor goes in steps of milliseconds.
fn timed<T>(mut work: impl FnMut() -> Answer<T>) -> Answer<(T, Taken)> {
    let (before, start) = (processor(), Instant::now());
    let mut rounds = 0.0;
    loop {
        let done = work()?;
        rounds += 1.0;
        let (busy, wall) = (processor() - before, start.elapsed().as_secs_f64());
        if rounds >= ROUNDS && (busy > ENOUGH || wall > 10.0 * ENOUGH) {
            let taken = Taken {
                processor: busy / rounds,
                wall: wall / rounds,
            };
            return Ok((done, taken));
        }
    }
}

fn limits() -> Limits {
    Limits {
        steps: u64::from(u32::MAX),
        keys: u64::from(u32::MAX),
        ..Limits::default()
    }
}

/// Returns the greatest of the coins from a place on that are spent.
fn coins(ledger: &CoinLedger, from: u64) -> Answer<Vec<u64>> {
    let mut coins = Vec::new();
    for output in from..ledger.outputs() {
        let value = ledger.value(output)?;
        if value > 0 && ledger.spender(output)?.is_some() {
            coins.push((Reverse(value), output));
        }
        if coins.len() == AMONG {
            break;
        }
    }
    coins.sort_unstable();
    Ok(coins.into_iter().take(COINS).map(|(_, output)| output).collect())
}

fn seeds(ledger: &CoinLedger, coins: &[u64]) -> Answer<Vec<CoinSeed>> {
    let seed = |output: &u64| {
        Ok(CoinSeed::Output {
            outpoint: ledger.outpoint(*output)?,
            height: None,
        })
    };
    coins.iter().map(seed).collect()
}

/// Returns how much poison taints, or no less than `tainted` where it is more.
fn reach(ledger: &CoinLedger, coins: &[u64], tainted: u64) -> Answer<u64> {
    let (seeds, stops, policy) = (seeds(ledger, coins)?, CoinStops::default(), CoinPolicy::Poison);
    let limits = Limits {
        steps: 1000 + tainted,
        ..limits()
    };
    let reach = reach_of_coins(ledger, Direction::Forward, &seeds, policy, &stops, &limits)?;
    Ok(reach.outputs)
}

/// Returns the coins of a theft whose poison is nearest to the size: the later a theft, the less it taints, so places are tried
/// from the half outwards.
fn theft(ledger: &CoinLedger, tainted: u64) -> Answer<Vec<u64>> {
    let (mut low, mut high) = (0, ledger.outputs());
    let mut best: Option<(u64, Vec<u64>)> = None;
    let mut consider = |place: u64| -> Answer<u64> {
        let coins = coins(ledger, place)?;
        let reached = reach(ledger, &coins, tainted)?;
        let off = reached.abs_diff(tainted);
        if best.as_ref().is_none_or(|(before, _)| off < *before) {
            best = Some((off, coins));
        }
        Ok(reached)
    };
    for _ in 0..24 {
        if high - low < 20 {
            break;
        }
        let middle = low + (high - low) / 2;
        if consider(middle)? > tainted {
            low = middle;
        } else {
            high = middle;
        }
    }
    // Neighbours differ much: some are spent at once, some never meet others.
    let apart = (ledger.outputs() / 100_000).max(1) * COINS as u64;
    for step in 1..TRIES as u64 / 2 {
        if tainted > 100_000 {
            break;
        }
        consider(low.saturating_sub(step * apart))?;
        consider((low + step * apart).min(ledger.outputs()))?;
    }
    Ok(best.map(|(_, coins)| coins).unwrap_or_default())
}

fn write(path: &Path, pairs: impl IntoIterator<Item = (u64, u64)>) -> Result<(), Box<dyn Error>> {
    let mut file = BufWriter::new(File::create(path)?);
    for (output, units) in pairs {
        file.write_all(&output.to_le_bytes())?;
        file.write_all(&units.to_le_bytes())?;
    }
    Ok(file.flush()?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [dir, out, sizes @ ..] = &arguments[..] else {
        return Err("usage: thefts LEDGER OUT TAINTED…".into());
    };
    let (dir, out) = (Path::new(dir), Path::new(out));
    std::fs::create_dir_all(out)?;
    let (limits, stops) = (limits(), CoinStops::default());
    for size in sizes {
        let ledger = CoinLedger::open(dir)?;
        let coins = theft(&ledger, size.parse()?)?;
        let seeds = seeds(&ledger, &coins)?;
        let valued = |output: &u64| Ok::<_, LedgerError>((*output, ledger.value(*output)?));
        let valued = coins.iter().map(valued).collect::<Result<Vec<_>, _>>()?;
        write(&out.join(format!("{size}-seeds.pairs")), valued)?;
        for policy in CoinPolicy::ALL {
            let (short, walked) = timed(|| {
                let ledger = CoinLedger::open(dir)?;
                tainted_coins(&ledger, Direction::Forward, &seeds, policy, &stops, &limits)
            })?;
            let (ends, named) = timed(|| {
                let ledger = CoinLedger::open(dir)?;
                let traces = trace_coins(&ledger, Direction::Forward, &seeds, &[policy], &stops, &limits)?;
                Ok(traces.iter().map(|trace| trace.ends.len()).sum::<usize>())
            })?;
            let TaintedCoins { outputs, gaps } = short;
            let told = json!({
                "size": size.parse::<u64>()?,
                "policy": policy.as_str(),
                "outputs": outputs.len(),
                "ends": ends,
                "gaps": gaps.len(),
                "walked": walked.processor,
                "walked_wall": walked.wall,
                "named": named.processor,
                "named_wall": named.wall,
            });
            println!("{told}");
            write(&out.join(format!("{size}-{}.pairs", policy.as_str())), outputs)?;
        }
    }
    Ok(())
}
