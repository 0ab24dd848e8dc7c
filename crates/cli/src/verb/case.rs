//! `case …`.

use crate::args::Case;
use crate::paint::safe_line;
use crate::print;
use crate::terminal::Terminal;
use serde::Serialize;
use std::path::Path;
use strongroom_desk::{CaseVerified, Outcome, Standing, read_case, report_json, story, verify_case};

/// The schema of what `case verify` answers.
const VERIFY_SCHEMA: &str = "strongroom.verify/1";

#[derive(Serialize)]
struct VerifyLine {
    schema: &'static str,
    case: String,
    #[serde(flatten)]
    verified: CaseVerified,
}

/// Shows or verifies a case.
pub fn run(args: Case, terminal: &Terminal) -> anyhow::Result<Outcome> {
    match args {
        Case::Show { case } => show(&case, terminal),
        Case::Verify { case } => verify(&case, terminal),
    }
}

/// Tells a case's story.
pub fn show(case: &Path, terminal: &Terminal) -> anyhow::Result<Outcome> {
    let entries = read_case(case)?;
    let story = story(&entries);
    if terminal.json {
        terminal.print_json(&report_json(&entries))?;
    } else {
        terminal.print(&print::story(&story, terminal.paint))?;
    }
    Ok(match story.standing {
        Standing::Quiet => Outcome::Nothing,
        Standing::NotCleared => Outcome::NotCleared,
        Standing::Suspicious | Standing::Hostile | Standing::Reached | Standing::Drained => Outcome::Found,
    })
}

fn verify(case: &Path, terminal: &Terminal) -> anyhow::Result<Outcome> {
    let verified = verify_case(case)?;
    let line = VerifyLine {
        schema: VERIFY_SCHEMA,
        case: case.display().to_string(),
        verified,
    };
    terminal.show(&line, |line, paint| {
        let CaseVerified { entries, head, ledgers, reports } = &line.verified;
        format!(
            "{}  {}: {entries} entries, {ledgers} ledgers, {reports} reports, every byte as it was written\n{}\n",
            paint.good("verified"),
            safe_line(&line.case),
            paint.dim(&format!("  journal head {head}")),
        )
    })?;
    Ok(Outcome::Nothing)
}
