//! Clusters the owners of a ledger of coins and says how fast: `cluster_coins LEDGER [REPEATS]`.

use std::error::Error;
use std::path::Path;
use std::time::Instant;
use strongroom_ledger::{ClusterOptions, CoinLedger};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let dir = arguments.next().ok_or("usage: cluster_coins LEDGER [REPEATS]")?;
    let repeats: u32 = arguments.next().map_or(Ok(3), |text| text.parse())?;
    let ledger = CoinLedger::open(Path::new(&dir))?;
    let inputs = ledger.info()?.inputs;
    for (name, coinjoins) in [("coinjoins kept apart", Some(40)), ("all inputs joined", None)] {
        let options = ClusterOptions {
            coinjoins,
            ..ClusterOptions::default()
        };
        for _ in 0..repeats {
            let started = Instant::now();
            let clusters = ledger.clusters(&options)?;
            let seconds = started.elapsed().as_secs_f64();
            println!(
                "{name}: {inputs} inputs in {seconds:.2} s, {:.1} million inputs/s; {} owners in {} clusters, {} coinjoins",
                inputs as f64 / 1e6 / seconds,
                clusters.unions.owners(),
                clusters.unions.clusters(),
                clusters.coinjoins.len()
            );
        }
    }
    Ok(())
}
