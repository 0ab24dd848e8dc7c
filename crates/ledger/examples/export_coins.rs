//! Exports a ledger of coins as Parquet files and says how fast: `export_coins LEDGER DIR`.

use std::error::Error;
use std::path::Path;
use std::time::Instant;
use strongroom_ledger::CoinLedger;

/// Returns the most memory that the process had, in MB.
fn peak_memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok());
        kilobytes.unwrap_or(f64::NAN) / 1e3
    };
    of("VmHWM:")
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(dir), Some(into)) = (arguments.next(), arguments.next()) else {
        return Err("usage: export_coins LEDGER DIR".into());
    };
    let start = Instant::now();
    let ledger = CoinLedger::open(Path::new(&dir))?;
    let tables = ledger.export(Path::new(&into), &mut |_, _| ())?;
    let seconds = start.elapsed().as_secs_f64();
    let bytes: u64 = tables.iter().map(|table| table.bytes).sum();
    println!(
        "exported {} transactions, {} outputs in {seconds:.2} s: {:.0} transactions/s, {bytes} bytes, {:.1} MB/s; peak memory {:.0} MB",
        ledger.transactions(),
        ledger.outputs(),
        f64::from(ledger.transactions()) / seconds,
        bytes as f64 / 1e6 / seconds,
        peak_memory()
    );
    for table in tables {
        println!("  {} {} rows, {} bytes", table.file, table.rows, table.bytes);
    }
    Ok(())
}
