//! A ledger on the terminal.

use crate::paint::{Paint, safe_line};
use strongroom_desk::{
    CoinInfo, Gap, Imported, ImportedBlocks, ImportedChain, Issuance, IssueState, IssuedSums, LedgerInfo,
};

/// Returns what an import did.
pub fn imported(table: &str, imported: &Imported, paint: Paint) -> String {
    let resumed = match imported.resumed_after {
        0 => String::new(),
        rows => paint.dim(&format!(" after {rows} that were there already")),
    };
    let mut lines = vec![format!(
        "{}  {} rows{resumed}",
        paint.bold(&safe_line(table)),
        imported.rows
    )];
    lines.extend(not_read(&imported.gaps, paint));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// Returns a line for each gap.
pub(super) fn not_read(gaps: &[Gap], paint: Paint) -> impl Iterator<Item = String> {
    gaps.iter().map(move |gap| {
        let said = safe_line(&format!("{}: {}", gap.place, gap.why));
        format!("  {} {said}", paint.warn("not read"))
    })
}

/// Returns what an import of blocks did.
pub fn imported_blocks(chain: &str, imported: &ImportedBlocks, paint: Paint) -> String {
    let appended = imported.appended;
    let mut lines = vec![format!(
        "{}  {} blocks with {} transactions",
        paint.bold(&safe_line(chain)),
        appended.blocks,
        appended.transactions
    )];
    lines.extend(taken_back(u64::from(imported.taken_back), paint));
    if imported.stale + imported.orphans > 0 {
        lines.push(format!(
            "  beside the longest chain: {} blocks that lost a race, {} that follow none that was found",
            imported.stale, imported.orphans
        ));
    }
    lines.extend(imported.tip.iter().map(|tip| format!("  last block {tip}")));
    lines.extend(not_read(&imported.gaps, paint));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// Returns what an import of a chain of accounts did.
pub fn imported_chain(chain: &str, imported: &ImportedChain, paint: Paint) -> String {
    let mut lines = vec![format!(
        "{}  {} blocks with {} rows",
        paint.bold(&safe_line(chain)),
        imported.blocks,
        imported.rows
    )];
    lines.extend(taken_back(imported.taken_back, paint));
    lines.extend(
        imported
            .tip
            .iter()
            .map(|tip| format!("  last block {}", safe_line(tip))),
    );
    lines.extend(not_read(&imported.gaps, paint));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn taken_back(blocks: u64, paint: Paint) -> Option<String> {
    let said = format!("{blocks} blocks were taken back: the chain had left them");
    (blocks > 0).then(|| format!("  {}", paint.warn(&said)))
}

/// Returns what a ledger of coins holds, and what it lacks.
pub fn coin_info(ledger: &str, info: &CoinInfo, gaps: &[Gap], paint: Paint) -> String {
    let when = info.when.map_or_else(
        || "no time".to_owned(),
        |when| format!("{} to {}", when.first, when.last),
    );
    let heights = info.heights.map_or_else(
        || "no block".to_owned(),
        |(first, last)| format!("heights {first} to {last}"),
    );
    let mut lines = vec![
        paint.bold(&safe_line(ledger)),
        format!("  {}, {heights}, {when}", safe_line(&info.chain)),
        format!(
            "  {} blocks, {} transactions, {} inputs, {} outputs, {} owners",
            info.blocks, info.transactions, info.inputs, info.outputs, info.owners
        ),
        format!("  {} bytes in {} segments", info.bytes, info.segments),
    ];
    if info.openings + info.unknown > 0 {
        lines.push(format!(
            "  from before its first block: {} outputs that are known, {} inputs whose output is not",
            info.openings, info.unknown
        ));
    }
    lines.extend(info.tip.iter().map(|tip| format!("  last block {tip}")));
    lines.extend(not_read(gaps, paint));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// Returns what a ledger holds, and what it lacks.
pub fn ledger_info(ledger: &str, info: &LedgerInfo, gaps: &[Gap], paint: Paint) -> String {
    let when = info.when.map_or_else(
        || "no time".to_owned(),
        |when| format!("{} to {}", when.first, when.last),
    );
    let mut lines = vec![
        paint.bold(&safe_line(ledger)),
        format!(
            "  {} transfers, {} accounts, {} assets, {when}",
            info.rows, info.accounts, info.assets
        ),
        format!("  {} bytes in {} segments", info.bytes, info.segments),
    ];
    lines.extend(info.sources.iter().map(|source| {
        let state = if source.complete {
            ""
        } else {
            ", broken off: import it again to go on"
        };
        format!("  from {}: {} rows{state}", safe_line(&source.name), source.rows)
    }));
    lines.extend(not_read(gaps, paint));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// Assets whose sums are shown; the others are counted.
const ASSETS: usize = 20;

/// Returns what a ledger was verified to be.
pub fn verified(ledger: &str, issuance: &Issuance, paint: Paint) -> String {
    let mut lines = vec![format!("{}: every checksum holds", safe_line(ledger))];
    if let Some(why) = &issuance.partial {
        let said = format!("  what was issued cannot be added up: {}", safe_line(why));
        lines.push(paint.dim(&said));
        return lines.iter().map(|line| format!("{line}\n")).collect();
    }
    // Those that contradict come first.
    let mut assets: Vec<_> = issuance.assets.iter().collect();
    assets.sort_by_key(|asset| asset.state != IssueState::Overdrawn);
    lines.extend(assets.iter().take(ASSETS).map(|asset| {
        let sums = asset.sums.as_ref().map_or_else(
            || "its sums leave 256 bits".to_owned(),
            |sums| said(sums, asset.state == IssueState::Overdrawn, paint),
        );
        format!("  {}, base units: {sums}", safe_line(&asset.asset))
    }));
    if let Some(more) = assets.len().checked_sub(ASSETS).filter(|more| *more > 0) {
        lines.push(format!("  and {more} more assets"));
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn said(sums: &IssuedSums, overdrawn: bool, paint: Paint) -> String {
    let mut parts = vec![format!("held {}", sums.held), format!("burnt {}", sums.burnt)];
    let more = [("fees", sums.fees), ("overwritten", sums.overwritten)];
    let more = more.map(|(name, sum)| Some((name, sum.filter(|sum| !sum.is_zero())?)));
    parts.extend(more.iter().flatten().map(|(name, sum)| format!("{name} {sum}")));
    let assumed = sums.assumed.filter(|_| overdrawn);
    let came = assumed.map_or_else(String::new, |assumed| format!(" + unknown {assumed}"));
    let sum = format!("issued {}{came} = {}", sums.issued, parts.join(" + "));
    let unclaimed = sums.unclaimed.filter(|sum| !sum.is_zero());
    let unclaimed = unclaimed.map(|sum| format!("; {sum} were not claimed"));
    let overdrawn = assumed.map(|_| paint.warn("; accounts paid what they never had"));
    let end = unclaimed.into_iter().chain(overdrawn).collect::<String>();
    format!("{sum}{end}")
}
