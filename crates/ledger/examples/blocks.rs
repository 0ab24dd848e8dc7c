//! Reads block files, says which chain stands in them, and how fast: `blocks CHAIN FILE... [--threads N] [--repeat N]`.

use sha2::{Digest, Sha256};
use std::fs::File;
use std::num::NonZero;
use std::time::Instant;
use strongroom_ledger::{BlockFiles, BlockKey, Chain, RawBlock};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let threads = option(&mut arguments, "--threads")?.unwrap_or(1);
    let repeat = option(&mut arguments, "--repeat")?.unwrap_or(1);
    if arguments.len() < 2 {
        return Err("usage: blocks CHAIN FILE... [--threads N] [--repeat N]".into());
    }
    let chain = Chain::named(&arguments.remove(0)).ok_or("no such chain")?;
    if let [file] = arguments.as_slice() {
        one_block(chain, &std::fs::read(file)?, repeat);
    }
    let bytes = arguments
        .iter()
        .map(|file| std::fs::metadata(file).map(|data| data.len()))
        .sum::<Result<u64, _>>()?;
    let mut files = BlockFiles::new(chain, BlockKey::NONE, arguments, |name: &str| File::open(name));
    let started = Instant::now();
    let index = files.index(&mut |_| ())?;
    let best = files.best(index)?.beginning_at(0);
    say("headers and best chain", bytes, started);
    println!(
        "{} blocks found, {} on the best chain",
        best.index().len(),
        best.len()
    );
    let started = Instant::now();
    let threads = NonZero::new(threads).ok_or("no threads")?;
    let mut blocks = files.blocks(&best, 0, threads)?;
    let transactions = blocks.by_ref().flat_map(|block| block.transactions);
    let outputs: usize = transactions.map(|transaction| transaction.outputs.len()).sum();
    let gap = blocks.ended()?;
    say("blocks in order", bytes, started);
    println!("{outputs} outputs");
    for gap in best.index().gaps().iter().chain(&best.gaps).chain(&gap) {
        println!("{}: {}", gap.place, gap.why);
    }
    Ok(())
}

/// Measures one bare block, and beside it the double SHA-256 of as many bytes.
fn one_block(chain: &Chain, bytes: &[u8], repeat: usize) {
    if RawBlock::read(bytes, chain).is_err() {
        return;
    }
    let all = bytes.len() as u64 * repeat as u64;
    let started = Instant::now();
    let read = (0..repeat)
        .filter(|_| RawBlock::read(bytes, chain).is_ok())
        .count();
    say(&format!("one block read {read} times"), all, started);
    let started = Instant::now();
    let mut last = 0;
    for _ in 0..repeat {
        for part in bytes.chunks(256) {
            let hash = Sha256::digest(Sha256::digest(part));
            last ^= hash.first().copied().unwrap_or_default();
        }
    }
    say(
        &format!("the same bytes hashed in parts of 256 ({last:x})"),
        all,
        started,
    );
}

fn say(what: &str, bytes: u64, started: Instant) {
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{what}: {:.3} s, {:.0} MB/s",
        seconds,
        bytes as f64 / seconds / 1e6
    );
}

fn option(arguments: &mut Vec<String>, name: &str) -> Result<Option<usize>, Box<dyn std::error::Error>> {
    let Some(at) = arguments.iter().position(|argument| argument == name) else {
        return Ok(None);
    };
    let value = arguments.get(at + 1).ok_or("a number is missing")?.parse()?;
    arguments.drain(at..at + 2);
    Ok(Some(value))
}
