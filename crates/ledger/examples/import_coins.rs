//! Makes up a chain, imports it and says how fast: `import_coins TRANSACTIONS LEDGER [ROWS_PER_SEGMENT]`.
//!
//! The time for making blocks is told apart. Memory is the process's, the generator's own part told apart.

#[path = "../tests/chains/heavy.rs"]
mod heavy;

use heavy::Heavy;
use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::time::Instant;
use strongroom_columns::ColumnFile;
use strongroom_ledger::{Block, CoinLayout, CoinLedger, Id, LedgerError, Transaction};
use strongroom_model::Moment;

/// The generator, with a clock.
struct Timed {
    blocks: Heavy,
    seconds: f64,
    processor: f64,
}

impl Iterator for Timed {
    type Item = Block;

    fn next(&mut self) -> Option<Block> {
        let (start, before) = (Instant::now(), processor());
        let block = self.blocks.next();
        self.seconds += start.elapsed().as_secs_f64();
        self.processor += processor() - before;
        block
    }
}

/// Returns the seconds that this thread has had of a processor: what a busy machine does not change.
fn processor() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split(' ').next().and_then(|text| text.parse::<f64>().ok());
    nanoseconds.unwrap_or(f64::NAN) / 1e9
}

/// Returns a line of the process's status, in MB.
fn memory(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    kilobytes.unwrap_or(f64::NAN) / 1e3
}

/// Prints the bytes of each column for each output.
fn columns(dir: &Path, outputs: u64) -> Result<(), Box<dyn Error>> {
    const HOT: [&str; 10] = [
        "value",
        "owner",
        "spends",
        "payer",
        "paid",
        "tx.input",
        "tx.output",
        "block.tx",
        "block.time",
        "spender",
    ];
    let mut columns: BTreeMap<String, u64> = BTreeMap::new();
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "columns") {
            for (name, width, count) in ColumnFile::open(&path)?.columns() {
                *columns.entry(name.to_owned()).or_default() += u64::from(width) * count;
            }
        }
    }
    let (mut hot, mut cold) = (0, 0);
    for (name, bytes) in &columns {
        let is_hot = HOT.contains(&name.as_str());
        *(if is_hot { &mut hot } else { &mut cold }) += bytes;
        println!(
            "  {name:<14} {:7.3} {}",
            *bytes as f64 / outputs as f64,
            if is_hot { "hot" } else { "" }
        );
    }
    let each = |bytes: u64| bytes as f64 / outputs as f64;
    println!(
        "bytes for each output: hot {:.2}, cold {:.2}",
        each(hot),
        each(cold)
    );
    Ok(())
}

/// Opens the ledger again, appends a block, another one, and takes both back; prints what each costs.
fn resume(dir: &Path) -> Result<(), Box<dyn Error>> {
    let mut start = Instant::now();
    let mut lap = move || {
        std::mem::replace(&mut start, Instant::now())
            .elapsed()
            .as_secs_f64()
    };
    let mut ledger = CoinLedger::open(dir)?;
    let Some((_, last)) = ledger.heights() else {
        return Ok(());
    };
    for (what, at) in [("a block more after opening", 1u8), ("another block", 2)] {
        let transaction = Transaction {
            id: Id([at; 32]),
            inputs: Vec::new(),
            outputs: Vec::new(),
        };
        let block = Block {
            id: Id([at; 32]),
            previous: ledger.tip()?.unwrap_or_default(),
            height: last + u32::from(at),
            when: Moment::from_micros(0),
            transactions: vec![transaction],
        };
        ledger.append([block], &mut |_| ())?;
        println!("{what}: {:.2} s", lap());
    }
    ledger.truncate(last + 1)?;
    println!("both taken back: {:.2} s", lap());
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (Some(transactions), Some(dir)) = (arguments.first(), arguments.get(1)) else {
        return Err("usage: import_coins TRANSACTIONS LEDGER [ROWS_PER_SEGMENT]".into());
    };
    let mut layout = CoinLayout::default();
    if let Some(rows) = arguments.get(2) {
        layout.rows_per_segment = rows.parse()?;
    }
    let dir = Path::new(dir);
    let mut ledger = match CoinLedger::create(dir, "made-up", layout) {
        Err(LedgerError::AlreadyThere { .. }) => CoinLedger::open(dir)?,
        created => created?,
    };
    let mut blocks = Timed {
        blocks: Heavy::new(1, transactions.parse()?),
        seconds: 0.0,
        processor: 0.0,
    };
    let start = Instant::now();
    let appended = ledger.append(&mut blocks, &mut |_| ())?;
    let all = start.elapsed().as_secs_f64();
    let (taken, busy) = (all - blocks.seconds, processor() - blocks.processor);
    let info = ledger.info()?;
    println!(
        "{appended:?}: {all:.1} s, {:.1} s of it for making blocks",
        blocks.seconds
    );
    let rate = |seconds: f64| appended.transactions as f64 / seconds;
    println!(
        "without making blocks {:.0} transactions/s, {:.0} for each second of the thread's processor; {:.0} MB/s of ledger",
        rate(taken),
        rate(busy),
        info.bytes as f64 / 1e6 / taken
    );
    println!(
        "peak memory {:.0} MB, now {:.0} MB of it not files; the generator's {:.0} MB",
        memory("VmHWM"),
        memory("RssAnon"),
        blocks.blocks.bytes() as f64 / 1e6
    );
    println!("{}", serde_json::to_string(&info)?);
    columns(dir, info.outputs)?;
    resume(dir)
}
