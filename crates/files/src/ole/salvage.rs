//! What a compound file holds outside its streams, and what is left of one that is damaged.
//!
//! Office reads neither. Macros that stand in bytes nobody claims are told and not run; a program there is a child,
//! since somebody put it there. Where the tables are damaged, sources that stand in one piece count as the document's.

use super::{Compound, CompoundError, Ending, embed, tell_encrypted};
use crate::examine::Walk;
use crate::kind::names_entry;
use crate::{kind_of, ovba, rules, scan, unfold};
use strongroom_model::{Finding, Gap, Kind, Report, Span, Why};

/// Programs in unclaimed bytes that are examined.
const PROGRAMS: usize = 8;
/// How a program begins, and the only words that stand behind it in nearly all.
const PROGRAM: &[u8] = b"MZ";

/// Reads a compound file whose directory cannot be read: sources that stand in one piece are still found.
pub(super) fn read_damaged(bytes: &[u8], error: CompoundError, report: &mut Report, walk: &mut Walk<'_>) {
    read_sources(bytes, report, walk);
    scan::note_bytes(bytes, report, walk);
    if names_entry(bytes, "EncryptedPackage") {
        let why = "the directory is damaged: the encrypted package cannot be put together";
        return tell_encrypted("content", "unknown", why, report);
    }
    report.gap(Gap::new("content", Why::Damaged, error));
}

/// Looks at what no stream holds. Where the file is damaged and none of its macros were read, sources anywhere in it
/// are.
pub(super) fn read_rest(compound: &Compound<'_>, bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    let is_damaged = |gap: &Gap| matches!(gap.cause, Why::Damaged | Why::Truncated);
    if report.scripts.is_empty() && report.gaps.iter().any(is_damaged) && read_sources(bytes, report, walk) {
        return;
    }
    for run in compound.free() {
        if !ovba::salvage_bytes(run, 1 << 16).modules.is_empty() {
            let at = place_in(bytes, run);
            report.find(Finding::of(&rules::UNCLAIMED, at).fact("what", "the source of a macro"));
        }
        programs(bytes, run, report, walk);
    }
    tell_broken(compound, report);
}

/// Reads sources that stand in one piece; returns whether there were any. What stood beside them may be lost.
fn read_sources(bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) -> bool {
    let project = ovba::salvage_bytes(bytes, walk.limits().value_bytes as usize);
    let any = !project.modules.is_empty();
    if any {
        unfold::read_macros("salvaged", project, crate::vba::Document::default(), report, walk);
        let what = "macros were found by their bytes alone; there may have been more";
        report.gap(Gap::new("content", Why::Damaged, what));
    }
    any
}

fn programs(bytes: &[u8], run: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    let mut from = 0;
    let mut found = 0;
    while let Some(at) = scan::find(run, PROGRAM, from).filter(|_| found < PROGRAMS) {
        from = at + PROGRAM.len();
        let rest = run.get(at..).unwrap_or_default();
        if has_new_header(rest) && kind_of(rest) == Kind::Exe {
            found += 1;
            report.find(Finding::of(&rules::UNCLAIMED, place_in(bytes, rest)).fact("what", "a program"));
            embed("unclaimed", rest, report, walk);
        }
    }
}

/// `MZ` alone is two letters; a program of Windows has its new header where the old one says.
fn has_new_header(bytes: &[u8]) -> bool {
    let at = bytes.get(0x3C..).and_then(|rest| rest.first_chunk::<4>());
    let at = at.map(|at| u32::from_le_bytes(*at) as usize);
    at.and_then(|at| bytes.get(at..))
        .is_some_and(|rest| rest.starts_with(b"PE\0\0"))
}

/// Returns where a part of the bytes stands in them.
fn place_in(bytes: &[u8], part: &[u8]) -> Span {
    let start = part.as_ptr() as usize - bytes.as_ptr() as usize;
    Span::bytes("content", start, start + part.len())
}

/// Streams that no reader asks for, told as a number: their chains are broken, and they hold no code.
fn tell_broken(compound: &Compound<'_>, report: &mut Report) {
    let broken = compound
        .streams()
        .iter()
        .filter(|entry| entry.ending() == Ending::Broken)
        .count();
    if broken > 0 {
        let what = format!("the chains of {broken} streams are broken");
        report.gap(Gap::new("sectors", Why::Damaged, what).harmless());
    }
}
