//! Reads every input and output of a ledger of coins and says how fast: `scan_coins LEDGER [REPEATS]`.
//!
//! The memory's bandwidth is measured in the same run, by one core that sums a vector as long as what is scanned.

use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;
use strongroom_ledger::{CoinLedger, LedgerError};

/// Returns GB/s of one core that reads memory in order.
fn bandwidth(bytes: usize) -> f64 {
    let memory = vec![1u64; bytes / 8];
    let best = (0..5).map(|_| {
        let start = Instant::now();
        black_box(memory.iter().fold(0u64, |sum, word| sum.wrapping_add(*word)));
        bytes as f64 / 1e9 / start.elapsed().as_secs_f64()
    });
    best.fold(0.0, f64::max)
}

/// Sums all values, owners, spends and payers; returns the bytes read.
fn scan(ledger: &CoinLedger) -> Result<u64, LedgerError> {
    let (mut sum, mut bytes) = (0u64, 0);
    for run in ledger.runs() {
        for block in run.values().chain(run.spends()) {
            let block = block?;
            bytes += block.len() as u64 * 8;
            sum = block
                .iter()
                .fold(sum, |sum, word| sum.wrapping_add(u64::from_le_bytes(*word)));
        }
        for block in run.owners().chain(run.payers()) {
            let block = block?;
            bytes += block.len() as u64 * 4;
            let part = block
                .iter()
                .fold(0u32, |sum, word| sum.wrapping_add(u32::from_le_bytes(*word)));
            sum = sum.wrapping_add(u64::from(part));
        }
    }
    black_box(sum);
    Ok(bytes)
}

/// Reads who spends each output, one by one; returns how many are unspent.
fn fates(ledger: &CoinLedger) -> Result<u64, LedgerError> {
    let mut unspent = 0;
    for output in 0..ledger.outputs() {
        unspent += u64::from(ledger.spender(output)?.is_none());
    }
    Ok(unspent)
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(dir) = arguments.first() else {
        return Err("usage: scan_coins LEDGER [REPEATS]".into());
    };
    let repeats: u32 = arguments.get(1).map_or(Ok(5), |text| text.parse())?;
    let start = Instant::now();
    let ledger = CoinLedger::open(Path::new(dir))?;
    println!("opened in {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    let outputs = ledger.outputs() as f64;
    for repeat in 0..repeats {
        let start = Instant::now();
        let bytes = scan(&ledger)?;
        let seconds = start.elapsed().as_secs_f64();
        println!(
            "scan {repeat}: {:.0} million outputs/s with as many inputs, {:.2} GB/s{}",
            outputs / 1e6 / seconds,
            bytes as f64 / 1e9 / seconds,
            if repeat == 0 { ", checksums and all" } else { "" }
        );
        if repeat + 1 == repeats {
            println!("memory: {:.2} GB/s by one core", bandwidth(bytes as usize));
        }
    }
    let start = Instant::now();
    let unspent = fates(&ledger)?;
    let each = start.elapsed().as_secs_f64() * 1e9 / outputs;
    println!("who spends each output, one by one: {each:.0} ns; {unspent} are unspent");
    Ok(())
}
