//! Peeling chains on the terminal.

use crate::paint::{Paint, safe_line};
use strongroom_desk::{Peels, PeelsAnswer};

/// Links of one chain that are printed, half from either end; JSON has them all.
const SHOWN: usize = 20;

/// Returns each chain with what it peels off.
pub fn peels(answer: &PeelsAnswer, paint: Paint) -> String {
    let mut lines: Vec<String> = answer
        .peels
        .iter()
        .flat_map(|peels| chain(peels, answer.unit, paint))
        .collect();
    if lines.is_empty() {
        lines.push("no coin pays itself away in three links or more there".to_owned());
    }
    lines.extend(answer.gaps.iter().map(|gap| {
        let said = safe_line(&format!("{}: {}", gap.place, gap.why));
        format!("{} {said}", paint.warn("not seen"))
    }));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn chain(peels: &Peels, unit: &str, paint: Paint) -> Vec<String> {
    let (begins, rest) = (&peels.begins, &peels.rest);
    let title = format!(
        "peeling chain of {} links, {} {unit} of {}",
        peels.links.len(),
        begins.value,
        begins.account
    );
    let mut lines = vec![paint.bold(&safe_line(&title))];
    let skipped = peels.links.len().saturating_sub(SHOWN);
    for (at, link) in peels.links.iter().enumerate() {
        if at == SHOWN / 2 && skipped > 0 {
            lines.push(paint.dim(&format!("  {skipped} links left away: --json has them all")));
        }
        if at < SHOWN / 2 || at >= SHOWN / 2 + skipped {
            let peeled = &link.peeled;
            let said = format!(
                "  {}  {}  {} {unit} to {}",
                link.when, link.transaction, peeled.value, peeled.account
            );
            lines.push(safe_line(&said));
        }
    }
    let end = match (peels.cut, peels.spent) {
        (true, _) => "not followed further",
        (false, true) => "spent by what is no link",
        (false, false) => "unspent",
    };
    lines.push(safe_line(&format!(
        "  left: {} {unit} at {} in {}, {end}",
        rest.value, rest.account, rest.outpoint
    )));
    lines
}
