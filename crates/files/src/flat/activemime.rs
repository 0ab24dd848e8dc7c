//! ActiveMime (`editdata.mso`, `oledata.mso`): what Office packs the binary half of a document saved as text into.
//!
//! The layout is not published; a header whose length stands in it, then one zlib stream.

use crate::archive::unpack;
use crate::examine::{Carrier, Walk};
use crate::scan;
use flate2::read::ZlibDecoder;
use strongroom_model::{Gap, Report, Why};

const MAGIC: &[u8] = b"ActiveMime";
/// Where the header says how much of it is left, and from where that counts.
const LENGTH_AT: usize = 0x1E;
const LENGTH_FROM: usize = 46;
/// Where the stream stands in what Word and Excel write.
const USUAL: [usize; 2] = [0x32, 0x22A];
/// Bytes in which a stream is looked for where none stands at its place.
const LOOK: usize = 1024;

/// Returns whether bytes are packed like this; some writers leave a byte or a line before.
pub(crate) fn is_active_mime(bytes: &[u8]) -> bool {
    let head = bytes.get(..32).unwrap_or(bytes);
    scan::find(head, MAGIC, 0).is_some()
}

/// Unpacks the stream and reads it as a child.
pub(crate) fn read_active_mime(bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    let Some(stream) = stream_of(bytes) else {
        let what = "nothing stands unpackable behind the header of ActiveMime";
        return report.gap(Gap::new("content", Why::Damaged, what));
    };
    let packed = stream.len() as u64;
    let unpacked = unpack(ZlibDecoder::new(stream), packed, "ActiveMime", &mut walk.meter);
    if !unpacked.bytes.is_empty() {
        walk.child(report, Carrier::Document, "ActiveMime", &unpacked.bytes);
    }
    report.gaps.extend(unpacked.gap);
}

/// Returns the bytes from where a zlib stream begins: where the header says, at the usual places, or anywhere near.
fn stream_of(bytes: &[u8]) -> Option<&[u8]> {
    let start = scan::find(bytes, MAGIC, 0)?;
    let bytes = bytes.get(start..)?;
    let said = bytes
        .get(LENGTH_AT..)
        .and_then(|rest| rest.first_chunk::<2>())
        .map(|length| usize::from(u16::from_le_bytes(*length)) + LENGTH_FROM);
    let usual = said.into_iter().chain(USUAL).chain(MAGIC.len()..LOOK);
    usual
        .filter_map(|at| bytes.get(at..))
        .find(|stream| begins_stream(stream))
}

/// Returns whether a zlib stream begins here that gives anything (RFC 1950 section 2.2).
fn begins_stream(bytes: &[u8]) -> bool {
    let [first, second, ..] = *bytes else { return false };
    let header = first & 0x0F == 8 && (u16::from(first) << 8 | u16::from(second)).is_multiple_of(31);
    let mut byte = [0];
    header && std::io::Read::read_exact(&mut ZlibDecoder::new(bytes), &mut byte).is_ok()
}

/// Unpacks an object of `oledata.mso`: a count of bytes, then a zlib stream of that many.
pub(crate) fn read_packed_object(
    bytes: &[u8],
    place: &str,
    report: &mut Report,
    walk: &mut Walk<'_>,
) -> bool {
    let Some((size, stream)) = bytes
        .split_first_chunk::<4>()
        .filter(|(_, stream)| begins_stream(stream))
    else {
        return false;
    };
    let packed = stream.len() as u64;
    let unpacked = unpack(ZlibDecoder::new(stream), packed, place, &mut walk.meter);
    let whole = unpacked.bytes.len() as u64 >= u64::from(u32::from_le_bytes(*size));
    report
        .gaps
        .extend(unpacked.gap.filter(|gap| !(whole && gap.cause == Why::Damaged)));
    if !unpacked.bytes.is_empty() {
        walk.child(report, Carrier::Document, place, &unpacked.bytes);
    }
    true
}

#[cfg(test)]
mod tests {
    use flate2::{Compression, write::ZlibEncoder};
    use std::io::Write;
    use strongroom_model::{Kind, Limits};

    #[test]
    fn what_is_packed_is_a_child_wherever_the_stream_begins() {
        let project = crate::write_vba_project(&[("M", "Sub AutoOpen()\nMsgBox 1\nEnd Sub\n")]);
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&project).unwrap();
        let stream = encoder.finish().unwrap();
        for head in [50, 554, 77] {
            let mut bytes = b"ActiveMime".to_vec();
            bytes.resize(head, 0);
            bytes.extend_from_slice(&stream);
            let report = crate::examine("editdata.mso", &bytes, &Limits::default());
            assert_eq!(report.children[0].evidence.kind, Kind::VbaProject, "{head}");
            assert_eq!(report.verdict(), strongroom_model::Verdict::Clean);
        }
        let cut = crate::examine("editdata.mso", b"ActiveMime\0\0\0", &Limits::default());
        assert_eq!(cut.verdict(), strongroom_model::Verdict::NotCleared);
    }
}
