//! gzip streams (RFC 1952): one file, the members of a multi-member stream in a row.

use super::unpack;
use crate::examine::{Carrier, Walk};
use flate2::bufread::MultiGzDecoder;
use strongroom_model::Report;

/// Reads the stream's file as a child.
pub(crate) fn read_gzip(bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    let header = flate2::bufread::GzDecoder::new(bytes);
    let named = header
        .header()
        .and_then(|header| header.filename())
        .map(crate::text::decode_text);
    let name = named
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "content".to_owned());
    let unpacked = unpack(
        MultiGzDecoder::new(bytes),
        bytes.len() as u64,
        &name,
        &mut walk.meter,
    );
    if !unpacked.bytes.is_empty() {
        walk.child(report, Carrier::Archive, &name, &unpacked.bytes);
    }
    if let Some(gap) = unpacked.gap {
        report.gap(gap);
    }
}
