//! Kinds that a magic number tells, and where it stands.

use strongroom_model::Kind;

/// Magic numbers at the first byte, the longer before the shorter.
static STARTS: &[(&[u8], Kind)] = &[
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Kind::Ole),
    (b"PK\x03\x04", Kind::Zip),
    (b"PK\x05\x06", Kind::Zip),
    (b"PK\x07\x08PK", Kind::Zip),
    (b"{\\rt", Kind::Rtf),
    (b"%PDF-", Kind::Pdf),
    (
        b"\xE4\x52\x5C\x7B\x8C\xD8\xA7\x4D\xAE\xB1\x53\x78\xD0\x29\x96\xD3",
        Kind::OneNote,
    ),
    (b"\x1F\x8B\x08", Kind::Gzip),
    (b"BZh", Kind::Bzip2),
    (b"\xFD7zXZ\0", Kind::Xz),
    (b"\x28\xB5\x2F\xFD", Kind::Zstd),
    (b"Rar!\x1A\x07", Kind::Rar),
    (b"7z\xBC\xAF\x27\x1C", Kind::SevenZip),
    (b"MSCF\0\0\0\0", Kind::Cab),
    (b"070701", Kind::Cpio),
    (b"070702", Kind::Cpio),
    (b"070707", Kind::Cpio),
    (b"\xC7\x71", Kind::Cpio),
    (b"!<arch>\n", Kind::Ar),
    (b"xar!", Kind::Xar),
    (b"conectix", Kind::Disk),
    (b"vhdxfile", Kind::Disk),
    (b"KDMV", Kind::Disk),
    (b"QFI\xFB", Kind::Disk),
    (b"\x7FELF", Kind::Elf),
    (b"\xCE\xFA\xED\xFE", Kind::MachO),
    (b"\xCF\xFA\xED\xFE", Kind::MachO),
    (b"\xFE\xED\xFA\xCE", Kind::MachO),
    (b"\xFE\xED\xFA\xCF", Kind::MachO),
    (b"\xCA\xFE\xBA\xBF", Kind::MachO),
    (b"\x4C\0\0\0\x01\x14\x02\0\0\0\0\0\xC0\0\0\0\0\0\0\x46", Kind::Lnk),
    (b"\x89PNG\r\n\x1A\n", Kind::Png),
    (b"\xFF\xD8\xFF", Kind::Jpeg),
    (b"GIF87a", Kind::Gif),
    (b"GIF89a", Kind::Gif),
    (b"II*\0", Kind::Tiff),
    (b"MM\0*", Kind::Tiff),
    (b"\xD7\xCD\xC6\x9A", Kind::Emf),
    (b"\x01\0\x09\0\0\x03", Kind::Emf),
    (b"\x02\0\x09\0\0\x03", Kind::Emf),
    (b"ID3", Kind::Audio),
    (b"OggS", Kind::Audio),
    (b"fLaC", Kind::Audio),
    (b"MThd", Kind::Audio),
    (b"\x1A\x45\xDF\xA3", Kind::Video),
    (b"\0\0\x01\xBA", Kind::Video),
    (b"\x30\x26\xB2\x75\x8E\x66\xCF\x11", Kind::Video),
    (b"\0\x01\0\0\0", Kind::Font),
    (b"OTTO\0", Kind::Font),
    (b"ttcf\0", Kind::Font),
    (b"wOFF", Kind::Font),
    (b"wOF2", Kind::Font),
    (b"\x78\x9F\x3E\x22", Kind::Tnef),
    (b"\xD4\xC3\xB2\xA1", Kind::Pcap),
    (b"\xA1\xB2\xC3\xD4", Kind::Pcap),
    (b"\x4D\x3C\xB2\xA1", Kind::Pcap),
    (b"\xA1\xB2\x3C\x4D", Kind::Pcap),
    (b"\x0A\x0D\x0D\x0A", Kind::Pcapng),
    (b"bplist00", Kind::Plist),
    (b"\x09\0\x04\0\0\0", Kind::Xls),
    (b"\x09\x02\x06\0\0\0", Kind::Xls),
    (b"\x09\x04\x06\0\0\0", Kind::Xls),
];

/// Magic numbers at a later byte.
static WITHIN: &[(usize, &[u8], Kind)] = &[
    (257, b"ustar", Kind::Tar),
    (0x8001, b"CD001", Kind::Iso),
    (0x8001, b"BEA01", Kind::Iso),
    (0x8001, b"NSR02", Kind::Iso),
    (0x8001, b"NSR03", Kind::Iso),
    (0x400, b"H+\0\x04", Kind::Dmg),
    (0x400, b"HX\0\x05", Kind::Dmg),
    (32, b"NXSB", Kind::Dmg),
    (34, b"LP", Kind::Font),
];

/// Returns the kind that a magic number tells.
pub(super) fn kind_of_magic(bytes: &[u8]) -> Option<Kind> {
    let start = STARTS
        .iter()
        .find(|(magic, _)| bytes.starts_with(magic))
        .map(|(_, kind)| *kind);
    let within = || {
        let stands = |at: usize, magic: &[u8]| bytes.get(at..).is_some_and(|rest| rest.starts_with(magic));
        WITHIN
            .iter()
            .find(|(at, magic, _)| stands(*at, magic))
            .map(|(_, _, kind)| *kind)
    };
    start
        .or_else(|| structured(bytes))
        .or_else(within)
        .or_else(|| trailer(bytes))
}

/// Kinds whose magic number alone is too short to trust.
fn structured(bytes: &[u8]) -> Option<Kind> {
    match bytes {
        [b'M', b'Z', ..] => executable(bytes),
        [0xCA, 0xFE, 0xBA, 0xBE, 0, 0, high, low, ..] => {
            // A class has its version here (45 and more), a fat Mach-O the count of its architectures.
            let number = u16::from_be_bytes([*high, *low]);
            Some(if (1..40).contains(&number) {
                Kind::MachO
            } else {
                Kind::Class
            })
        }
        [b'R', b'I', b'F', b'F', _, _, _, _, form @ ..] => Some(match form.get(..4)? {
            b"WEBP" => Kind::Webp,
            b"WAVE" => Kind::Audio,
            _ => Kind::Video,
        }),
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => Some(match brand.get(..4)? {
            b"heic" | b"heix" | b"heif" | b"mif1" | b"msf1" | b"avif" | b"avis" => Kind::Heif,
            b"M4A " => Kind::Audio,
            _ => Kind::Video,
        }),
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Some(Kind::Bmp),
        [b'B', b'M', rest @ ..] if rest.get(12..16).is_some_and(is_bitmap_header) => Some(Kind::Bmp),
        [0, 0, 1 | 2, 0, count, 0, ..] if *count > 0 => Some(Kind::Ico),
        [1, 0, 0, 0, ..] if bytes.get(40..44) == Some(b" EMF") => Some(Kind::Emf),
        [0xFF, second, ..] if second & 0xE6 == 0xE2 && !matches!(second, 0xFE | 0xFF) => Some(Kind::Audio),
        [0x30, 0x80 | 0x81, ..]
            if crate::scan::find(bytes.get(..12)?, b"\x06\x09\x2A\x86\x48\x86\xF7\x0D", 0).is_some() =>
        {
            Some(Kind::Der)
        }
        [0x30, 0x82, high, low, ..] => {
            let length = usize::from(u16::from_be_bytes([*high, *low])) + 4;
            let signed = bytes.get(4..12) == Some(b"\x06\x09\x2A\x86\x48\x86\xF7\x0D");
            (signed || length <= bytes.len() && bytes.len() - length < 16).then_some(Kind::Der)
        }
        _ => None,
    }
}

fn is_bitmap_header(size: &[u8]) -> bool {
    matches!(size, [12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0])
}

/// `MZ` begins a DOS or Windows program where the place of the new header, or the file's length, fits.
fn executable(bytes: &[u8]) -> Option<Kind> {
    let at = bytes.get(0x3C..0x40)?;
    let at = u32::from_le_bytes(at.try_into().ok()?) as usize;
    let new_header = bytes.get(at..).is_some_and(|rest| {
        rest.starts_with(b"PE\0\0")
            || rest.starts_with(b"NE")
            || rest.starts_with(b"LE")
            || rest.starts_with(b"LX")
    });
    let binary = bytes.get(2..64)?.iter().filter(|b| **b == 0).count() > 8;
    (new_header || binary).then_some(Kind::Exe)
}

/// Kinds told by their end: an Apple disk image, a fixed disk, and a ZIP archive with something before it.
fn trailer(bytes: &[u8]) -> Option<Kind> {
    let last = |count: usize| {
        bytes
            .len()
            .checked_sub(count)
            .and_then(|at| bytes.get(at..))
            .unwrap_or(bytes)
    };
    if last(512).starts_with(b"koly") {
        return Some(Kind::Dmg);
    }
    if last(512).starts_with(b"conectix") {
        return Some(Kind::Disk);
    }
    None
}
