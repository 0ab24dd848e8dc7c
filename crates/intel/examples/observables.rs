//! Prints what reports name, one JSON object for each file: `cargo run -p strongroom-intel --example observables FILE…`.

use std::io::Write;
use strongroom_intel::extract;
use strongroom_model::Limits;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for path in std::env::args().skip(1) {
        let extraction = extract(&std::fs::read(&path)?, &Limits::default());
        serde_json::to_writer(&mut out, &extraction)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
