//! Objects of a rich text: which way of reading their digits holds, and what the object is.

use super::gathered::{Data, Object};
use crate::examine::Walk;
use crate::ole::{self, Ole1};
use crate::{kind_of, rules};
use strongroom_model::{Finding, Gap, Kind as Content, Report, Span, Why};

/// The mark of a compound file.
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
/// Bytes that an object's header takes at least.
const HEADER: usize = 20;

/// Reads an object. Of several ways to read its digits those count that fit the shape of an object best.
pub(super) fn read_object(
    data: Data,
    around: Option<&Object>,
    number: usize,
    report: &mut Report,
    walk: &mut Walk<'_>,
) {
    let at = Span::bytes("content", data.start, data.end);
    if !data.broken_by.is_empty() {
        let how: Vec<&str> = data.broken_by.iter().copied().collect();
        report.find(Finding::of(&rules::BROKEN_DATA, at.clone()).fact("how", how.join(", ")));
    }
    let readings = data.readings.into_bytes();
    let objects: Vec<Ole1<'_>> = readings.iter().filter_map(|bytes| Ole1::read(bytes)).collect();
    let best = objects.iter().map(Ole1::fit).max().unwrap_or_default();
    if let Some(around) = around.filter(|around| around.updates) {
        let class = objects
            .first()
            .map_or(around.class.as_str(), |object| &object.class);
        report.find(Finding::of(&rules::OBJECT_UPDATES, at.clone()).fact("class", class));
    }
    if let Some(class) = around.and_then(|around| ole::spelled(&around.identifier)) {
        ole::tell_class(&class, &format!("object {number}"), report);
    }
    if objects.is_empty() {
        return unshaped(&readings, number, report, walk);
    }
    for object in objects.iter().filter(|object| object.fit() == best) {
        let place = format!("object {number} ({})", object.class);
        announced(object, around, &at, report);
        ole::read_object(object, &place, report, walk);
    }
}

/// The class that the text announces is for show, the object's own decides.
fn announced(object: &Ole1<'_>, around: Option<&Object>, at: &Span, report: &mut Report) {
    let announced = around.map_or("", |around| around.class.as_str());
    let stem = |class: &str| class.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let plain = |class: &str| !class.is_empty() && class.bytes().all(|b| (0x21..0x7F).contains(&b));
    if plain(announced) && plain(&object.class) && stem(announced) != stem(&object.class) {
        let finding = Finding::of(&rules::CLASS_MISMATCH, at.clone());
        report.find(
            finding
                .fact("announced", announced)
                .fact("class", object.class.as_str()),
        );
    }
}

/// Data without the shape of an object: a file in it is read all the same, whichever way gives one; the rest is a gap.
fn unshaped(readings: &[Vec<u8>], number: usize, report: &mut Report, walk: &mut Walk<'_>) {
    let place = format!("object {number}");
    let file = readings.iter().find_map(|bytes| {
        let compound = memchr::memmem::find(bytes, COMPOUND).and_then(|at| bytes.get(at..));
        let known = !matches!(kind_of(bytes), Content::Unknown | Content::Empty);
        compound.or_else(|| known.then_some(bytes.as_slice()))
    });
    if let Some(file) = file {
        return ole::embed(&place, file, report, walk);
    }
    let length = readings.iter().map(Vec::len).max().unwrap_or_default();
    let gap = Gap::new(&place, Why::Damaged, format!("{length} bytes are no object"));
    report.gap(if length < HEADER { gap.harmless() } else { gap });
}
