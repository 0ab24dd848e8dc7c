//! Reads log files and prints what was found, to measure with: `measure PATH…`.

use std::fs::File;
use std::time::Instant;
use strongroom_model::{Evidence, Kind, Limits};
use strongroom_network::Reader;

fn main() -> std::io::Result<()> {
    let start = Instant::now();
    let mut reader = Reader::new(&Limits::default());
    for path in std::env::args().skip(1) {
        reader.read(&path, File::open(&path)?);
    }
    let read = start.elapsed();
    let network = reader.finish(Evidence::of_bytes("logs", Kind::Folder, b""), &|_| Vec::new());
    let rows: u64 = network.read.iter().map(|log| log.rows_read()).sum();
    println!(
        "{rows} rows, {} beacons, {} gaps; read in {read:.2?}, all in {:.2?}",
        network.beacons.len(),
        network.report.gaps.len(),
        start.elapsed()
    );
    // Linux alone says how much memory it took at most.
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        status
            .lines()
            .filter(|line| line.starts_with("VmHWM"))
            .for_each(|line| println!("{line}"));
    }
    Ok(())
}
