//! A cluster of addresses on the terminal.

use crate::paint::{Paint, safe_line};
use strongroom_desk::ClusterAnswer;

/// Addresses that are printed; JSON has them all.
const SHOWN: usize = 100;

/// Returns who belongs to the address, and why the other one does where that was asked.
pub fn cluster(answer: &ClusterAnswer, other: Option<&str>, paint: Paint) -> String {
    let mut lines = vec![format!(
        "{}  {} address{}, holding {} {}",
        paint.bold(&safe_line(&answer.address)),
        answer.members.len(),
        if answer.members.len() == 1 { "" } else { "es" },
        answer.holds,
        answer.unit
    )];
    lines.extend(answer.members.iter().take(SHOWN).map(|member| {
        format!(
            "  {}  {} outputs, holds {} {}",
            safe_line(&member.address),
            member.outputs,
            member.holds,
            answer.unit
        )
    }));
    if answer.members.len() > SHOWN {
        lines.push(format!(
            "  and {} more: --json has them all",
            answer.members.len() - SHOWN
        ));
    }
    match (other, &answer.why) {
        (None, _) => {}
        (Some(other), None) => lines.push(format!("  {} is not among them", safe_line(other))),
        (Some(other), Some(why)) => {
            lines.push(format!("  why {} is among them:", safe_line(other)));
            lines.extend(why.iter().map(|reason| {
                let [from, to] = &reason.between;
                format!(
                    "    {} and {}: {} ({} %) in {}",
                    safe_line(from),
                    safe_line(to),
                    reason.evidence,
                    reason.confidence,
                    safe_line(&reason.transaction)
                )
            }));
        }
    }
    if answer.coinjoins > 0 {
        lines.push(format!(
            "  kept apart by {} coinjoins of the chain",
            answer.coinjoins
        ));
    }
    if answer.unknown > 0 {
        lines.push(format!(
            "  {} {} inputs spend what the ledger does not know: what they join is not seen",
            paint.warn("not seen"),
            answer.unknown
        ));
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}
