//! A wallet's exposure on the terminal: from whom, to whom, how much of how much, and by which way.

use crate::paint::{Paint, safe_line};
use strongroom_desk::{AssetExposure, ExposurePart, KeptExposure};
use strongroom_model::Amount;

/// Parties of one side that are printed; JSON has them all.
const SHOWN: usize = 20;

/// Returns an exposure as text.
pub fn exposure(kept: &KeptExposure, paint: Paint) -> String {
    let exposure = &kept.exposure;
    let hops = match exposure.hops {
        Some(hops) => format!("within {hops} hops"),
        None => "as far as the ledger goes".to_owned(),
    };
    let policy = safe_line(&exposure.policy);
    let mut lines = vec![paint.dim(&format!("  exposure by {policy}, {hops}; amounts in base units"))];
    for (title, sides) in [("received", &exposure.received), ("sent on", &exposure.sent)] {
        for side in sides {
            lines.extend(of_side(title, side, paint));
        }
    }
    lines.extend(exposure.gaps.iter().map(|gap| {
        let text = format!("{}: {}", gap.place, gap.why);
        format!("  {} {}", paint.warn("not seen"), safe_line(&text))
    }));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn of_side(title: &str, side: &AssetExposure, paint: Paint) -> Vec<String> {
    let asset = safe_line(&side.asset);
    let mut lines = vec![format!("  {title}: {} {asset} followed", side.followed)];
    for part in side.parts.iter().take(SHOWN) {
        lines.extend(of_part(part, side.followed, paint));
    }
    if side.parts.len() > SHOWN {
        lines.push(format!(
            "    and {} more parties: --json has them all",
            side.parts.len() - SHOWN
        ));
    }
    lines.extend(side.rest.iter().map(|(reason, amount)| {
        let share = share(*amount, side.followed);
        paint.dim(&format!(
            "    {amount}{share} nobody known: {}",
            reason.replace('_', " ")
        ))
    }));
    lines
}

fn of_part(part: &ExposurePart, followed: Amount, paint: Paint) -> Vec<String> {
    let (kind, label) = (part.tag.service.as_str(), safe_line(&part.tag.label));
    let way: Vec<String> = part.path.iter().map(|hop| safe_line(&hop.by)).collect();
    vec![
        format!(
            "    {}{} {kind} {} ({}), {} of it direct",
            part.amount,
            share(part.amount, followed),
            paint.bold(&label),
            safe_line(&part.tag.source),
            part.direct
        ),
        paint.dim(&format!(
            "      at {}, by {}",
            safe_line(&part.account),
            way.join(", ")
        )),
    ]
}

/// Returns the share in tenths of a per cent, cut off and not rounded; nothing where poison counts units more than once.
fn share(amount: Amount, of: Amount) -> String {
    let tenths = amount
        .mul_div(Amount::from(1000u64), of)
        .map(|(tenths, _)| tenths.limbs()[0]);
    match tenths {
        Some(tenths) if tenths <= 1000 => format!(" ({}.{} %)", tenths / 10, tenths % 10),
        _ => String::new(),
    }
}
