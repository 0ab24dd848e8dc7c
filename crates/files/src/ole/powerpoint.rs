//! PowerPoint 97–2003 streams (MS-PPT): embedded storages, among them the VBA project.

use super::embed;
use crate::archive::unpack;
use crate::examine::Walk;
use crate::ole::Compound;
use crate::{host, scan};
use flate2::read::ZlibDecoder;
use std::rc::Rc;
use strongroom_model::{Gap, Report, Why};

/// `ExOleObjStg`, a compound file, compressed where its instance is 1 (MS-PPT 2.10.35).
const STORAGE: u16 = 0x1011;

/// Reads the embedded storages of the main stream as children.
pub(super) fn read_presentation(
    compound: &Compound<'_>,
    stream: &[u8],
    path: &str,
    report: &mut Report,
    walk: &mut Walk<'_>,
) {
    let place = path.trim_start_matches('/');
    scan::note_bytes(stream, report, walk);
    let mut at = 0;
    let mut number = 0;
    while let Some((head, kind, length)) = stream.get(at..).and_then(header) {
        let body = stream.get(at + 8..).unwrap_or_default();
        if kind == STORAGE {
            number += 1;
            // The project, where there is one, reads the presentation as its document.
            let root = path.rsplit_once('/').map_or("", |(root, _)| root);
            let own = walk.presentation.take();
            walk.presentation = own.or_else(|| Some(Rc::new(host::of_presentation(compound, root, stream))));
            let name = format!("{place}/object {number}");
            if body.len() < length {
                report.gap(Gap::new(&name, Why::Truncated, "the embedded storage breaks off"));
            }
            storage(&name, head >> 4, body.get(..length).unwrap_or(body), report, walk);
        }
        // A storage is no container, whatever its version says: its bytes are read once.
        let is_container = head & 0x0F == 0x0F && kind != STORAGE;
        at += 8 + if is_container { 0 } else { length };
    }
    walk.presentation = None;
}

fn header(bytes: &[u8]) -> Option<(u16, u16, usize)> {
    let [a, b, c, d, e, f, g, h] = *bytes.first_chunk::<8>()?;
    let length = u32::from_le_bytes([e, f, g, h]) as usize;
    Some((u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]), length))
}

fn storage(name: &str, instance: u16, body: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    if instance == 0 {
        return embed(name, body, report, walk);
    }
    let (size, packed) = body.split_first_chunk::<4>().unwrap_or((&[0; 4], &[]));
    let unpacked = unpack(
        ZlibDecoder::new(packed),
        packed.len() as u64,
        name,
        &mut walk.meter,
    );
    // PowerPoint itself leaves the stream's checksum out now and then; the size says that all of it came.
    let whole = unpacked.bytes.len() as u64 >= u64::from(u32::from_le_bytes(*size));
    let fault = unpacked.gap.filter(|gap| !(whole && gap.cause == Why::Damaged));
    report.gaps.extend(fault);
    if !unpacked.bytes.is_empty() {
        walk.child(report, crate::examine::Carrier::Document, name, &unpacked.bytes);
    }
}
