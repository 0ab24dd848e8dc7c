//! Images: their pixels hide no code from us, but what stands behind their end may be a file of its own.

use crate::examine::{Carrier, Walk};
use crate::{hidden, kind_of, rules};
use strongroom_model::{Finding, Kind, Report, Span};

/// Bytes in which no image ends.
const HEAD: usize = 16;

/// Looks behind the end of an image; what is a file there is read as a child.
pub(crate) fn read_image(kind: Kind, bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    let end = match kind {
        Kind::Png => end_of_png(bytes),
        Kind::Bmp => end_of_bitmap(bytes),
        Kind::Jpeg => end_of_jpeg(bytes),
        Kind::Gif => end_of_gif(bytes),
        _ => None,
    };
    // Without its end all of the image may be another file.
    let end = end.filter(|end| *end <= bytes.len()).unwrap_or(HEAD);
    let Some((end, tail, inside)) = behind(bytes, end) else {
        return;
    };
    let at = Span::bytes("content", end, bytes.len());
    report.find(Finding::of(&rules::APPENDED, at).fact("kind", inside.as_str()));
    match walk.meter.charge_bytes("appended", tail.len() as u64) {
        Ok(()) => walk.child(report, Carrier::Image, "appended", tail),
        Err(gap) => report.gap(gap),
    }
}

/// Returns whether bytes are a picture that has no mark of its own: a bitmap's header and pixels (MS-WMF 2.2.2.3),
/// a metafile of Windows 2 (MS-WMF 2.3.2.2), a picture of QuickDraw (its size, its frame, its version).
pub(crate) fn is_bare(bytes: &[u8]) -> bool {
    let [planes, bits] = match bytes {
        [12, 0, 0, 0, _, _, _, _, planes, 0, bits, 0, ..] => [*planes, *bits],
        [40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0, rest @ ..] => match rest.get(8..12) {
            Some([planes, 0, bits, 0]) => [*planes, *bits],
            _ => return false,
        },
        [1 | 2, 0, 9, 0, 0, 1, ..] => return true,
        _ => {
            let version = bytes.get(10..).unwrap_or_default();
            return version.starts_with(b"\0\x11\x02\xFF") || version.starts_with(b"\x11\x01");
        }
    };
    planes == 1 && matches!(bits, 0 | 1 | 4 | 8 | 16 | 24 | 32)
}

/// Returns the file behind the end of an image, at once or after something else.
fn behind(bytes: &[u8], end: usize) -> Option<(usize, &[u8], Kind)> {
    let tail = bytes.get(end..)?;
    let inside = kind_of(tail);
    let idle = matches!(
        inside,
        Kind::Empty | Kind::Unknown | Kind::Text | Kind::Csv | Kind::Xml | Kind::Jpeg | Kind::Png
    );
    if !idle && end > HEAD {
        return Some((end, tail, inside));
    }
    let (at, inside) = hidden::first_file(tail)?;
    Some((end + at, tail.get(at..)?, inside))
}

/// Returns the byte after the trailer of a GIF (GIF89a, section 27).
fn end_of_gif(bytes: &[u8]) -> Option<usize> {
    let table = |flags: u8| {
        if flags & 0x80 == 0 {
            0
        } else {
            3usize << ((flags & 7) + 1)
        }
    };
    let mut at = 13 + table(*bytes.get(10)?);
    loop {
        match *bytes.get(at)? {
            0x3B => return Some(at + 1),
            0x21 => at += 2,
            0x2C => at += 11 + table(*bytes.get(at + 9)?),
            _ => return None,
        }
        // Blocks of data, each with its length, up to an empty one.
        loop {
            let length = usize::from(*bytes.get(at)?);
            at += 1 + length;
            if length == 0 {
                break;
            }
        }
    }
}

/// Returns the byte after the `IEND` chunk.
fn end_of_png(bytes: &[u8]) -> Option<usize> {
    let mut at = 8usize;
    loop {
        let head = bytes.get(at..at.checked_add(8)?)?;
        let (length, name) = head.split_first_chunk::<4>()?;
        at = at
            .checked_add(12)?
            .checked_add(u32::from_be_bytes(*length) as usize)?;
        if name == b"IEND" {
            return Some(at);
        }
    }
}

fn end_of_bitmap(bytes: &[u8]) -> Option<usize> {
    let size = bytes.get(2..6)?.first_chunk::<4>()?;
    Some(u32::from_le_bytes(*size) as usize).filter(|size| *size > 54)
}

/// Returns the byte after the end marker: segments by their length, the scan's data by its markers.
fn end_of_jpeg(bytes: &[u8]) -> Option<usize> {
    let mut at = 2usize;
    loop {
        match *bytes.get(at..at.checked_add(2)?)?.first_chunk::<2>()? {
            [0xFF, 0xD9] => return Some(at + 2),
            [0xFF, 0x01 | 0xD0..=0xD7] => at += 2,
            [0xFF, 0xFF] => at += 1,
            [0xFF, 0x00] => at += 2,
            [0xFF, marker] => {
                let length = bytes.get(at + 2..at + 4)?.first_chunk::<2>()?;
                at = at
                    .checked_add(2)?
                    .checked_add(usize::from(u16::from_be_bytes(*length)))?;
                if marker == 0xDA {
                    at += next_marker(bytes, at)?;
                }
            }
            _ => at += next_marker(bytes, at)?,
        }
    }
}

fn next_marker(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    rest.windows(2)
        .position(|pair| matches!(pair, [0xFF, second] if *second != 0 && !(0xD0..=0xD7).contains(second)))
}

#[cfg(test)]
mod tests {
    use strongroom_model::{Kind, Limits};

    #[test]
    fn a_file_behind_an_image_is_found() {
        let mut png = b"\x89PNG\r\n\x1A\n\0\0\0\0IEND\xAE\x42\x60\x82".to_vec();
        let limits = Limits::default();
        assert!(crate::examine("a.png", &png, &limits).findings.is_empty());
        png.extend_from_slice(b"%PDF-1.4\n");
        let report = crate::examine("a.png", &png, &limits);
        assert_eq!(report.findings[0].code, "files.appended");
        // Without its end, and after something else.
        let cut = [&png[..12], b"tEXt", &png[16..]].concat();
        assert_eq!(
            crate::examine("a.png", &cut, &limits).findings[0].code,
            "files.appended"
        );
        let gif =
            b"GIF89a\x01\0\x01\0\x80\0\0\xFF\xFF\xFF\0\0\0\x2C\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0;";
        assert!(crate::examine("a.gif", gif, &limits).findings.is_empty());
        let gif = [&gif[..], b"%PDF-1.4\n"].concat();
        assert_eq!(
            crate::examine("a.gif", &gif, &limits).findings[0].code,
            "files.appended"
        );
        assert_eq!(report.children[0].evidence.kind, Kind::Pdf);
    }
}
