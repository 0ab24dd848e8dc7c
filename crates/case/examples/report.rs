//! Draws the report of a made-up case: `cargo run -p strongroom-case --example report -- OUT.html`.

#[path = "../tests/fixture/mod.rs"]
mod fixture;

use strongroom_case::{CaseError, Entry, Grounds, record, report_html, report_json, run};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = std::env::args().nth(1).unwrap_or_else(|| "report.html".into());
    let recorded = made_up()?;
    std::fs::write(&out, report_html(&recorded))?;
    std::fs::write(
        format!("{out}.json"),
        serde_json::to_vec_pretty(&report_json(&recorded))?,
    )?;
    Ok(())
}

fn made_up() -> Result<Vec<strongroom_case::Recorded>, CaseError> {
    let mut entries = run(
        fixture::opened(),
        &fixture::facts(),
        &Grounds::new(&|one| one.value() == "safe.example"),
    );
    let (note, decision) = fixture::human();
    entries.extend([Entry::Note(note), Entry::Decision(decision)]);
    record(&entries)
}
