//! Imports a transfer table into a ledger and says how fast: `import TABLE LEDGER [ROWS_PER_SEGMENT]`.

use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::time::Instant;
use strongroom_ledger::{Layout, Ledger, LedgerError, Mapping};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (Some(table), Some(dir)) = (arguments.first(), arguments.get(1)) else {
        return Err("usage: import TABLE LEDGER [ROWS_PER_SEGMENT]".into());
    };
    let mut layout = Layout::default();
    if let Some(rows) = arguments.get(2) {
        layout.rows_per_segment = rows.parse()?;
    }
    let dir = Path::new(dir);
    let mut ledger = match Ledger::create_with(dir, layout) {
        Err(LedgerError::AlreadyThere { .. }) => Ledger::open(dir)?,
        created => created?,
    };
    let start = Instant::now();
    let source = File::open(table)?;
    let bytes = source.metadata()?.len();
    let imported = ledger.import_csv(table, source, &Mapping::default(), &mut |_| ())?;
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{} rows in {seconds:.2} s: {:.0} rows/s, {:.0} MB/s; {} gaps",
        imported.rows,
        imported.rows as f64 / seconds,
        bytes as f64 / 1e6 / seconds,
        imported.gaps.len()
    );
    println!("{}", serde_json::to_string(&ledger.info())?);
    Ok(())
}
