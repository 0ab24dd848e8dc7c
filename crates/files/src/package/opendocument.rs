//! OpenDocument files: macros (Basic and other languages) and objects. Basic is not evaluated yet.

use crate::archive::Members;
use crate::examine::Walk;
use crate::ole;
use crate::text::decode_text;
use crate::{kind_of, rules, scan};
use strongroom_model::{Finding, Gap, Kind, Report, Span, Why};

/// Reads an OpenDocument file.
pub(crate) fn read_open_document(bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    let mut members = match Members::open(bytes) {
        Ok(members) => members,
        Err(gap) => return report.gap(gap),
    };
    report.gaps.extend(members.fault());
    let names = members.names();
    for (index, name) in names.iter().enumerate().filter(|(_, name)| !name.ends_with('/')) {
        read_part(&mut members, index, name, report, walk);
    }
    let modules = names.iter().filter(|name| is_code(name)).count();
    if modules > 0 {
        report.find(Finding::of(&rules::MACROS, Span::whole()).fact("modules", modules));
        report.gap(Gap::new(
            "Basic",
            Why::Unsupported,
            "macros of OpenDocument files are not evaluated",
        ));
    }
}

fn is_code(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let own = lower.ends_with("script-lb.xml") || lower.ends_with("script-lc.xml") || lower.ends_with('/');
    (lower.starts_with("basic/") || lower.starts_with("scripts/")) && !own
}

fn read_part(members: &mut Members<'_>, index: usize, name: &str, report: &mut Report, walk: &mut Walk<'_>) {
    let lower = name.to_ascii_lowercase();
    let text = lower.ends_with(".xml") || lower.ends_with(".rdf") || lower == "mimetype";
    if text && !lower.ends_with("content.xml") && lower != "meta-inf/manifest.xml" {
        return;
    }
    let unpacked = members.read(index, name, walk);
    report.gaps.extend(unpacked.gap);
    let bytes = unpacked.bytes;
    if lower == "meta-inf/manifest.xml" {
        if decode_text(&bytes).contains("encryption-data") {
            ole::tell_encrypted(name, report);
        }
    } else if text {
        scan::note_text(&decode_text(&bytes), report, walk);
    } else if !matches!(
        kind_of(&bytes),
        Kind::Unknown
            | Kind::Empty
            | Kind::Png
            | Kind::Jpeg
            | Kind::Gif
            | Kind::Bmp
            | Kind::Emf
            | Kind::Svg
            | Kind::Font
            | Kind::Text
    ) {
        ole::embed(name, &bytes, report, walk);
    }
}
