//! Kinds of OLE2 compound files, told by their streams and the root's class.

use crate::ole::Compound;
use strongroom_model::Kind;

/// A Windows installer, `000C1084-0000-0000-C000-000000000046`; patches and transforms are one and two off.
const INSTALLER: [u8; 15] = [0x10, 0x0C, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46];

/// Streams of the root, and one of a fixed path, that tell a kind.
static STREAMS: &[(&str, Kind)] = &[
    ("/__properties_version1.0", Kind::Msg),
    ("/PowerPoint Document", Kind::Ppt),
    ("/WordDocument", Kind::Doc),
    ("/Workbook", Kind::Xls),
    ("/Book", Kind::Xls),
    ("/VisioDocument", Kind::Visio),
    ("/Quill/QuillSub/CONTENTS", Kind::Publisher),
    ("/VBA/dir", Kind::VbaProject),
    ("/VBA/_VBA_PROJECT", Kind::VbaProject),
];

pub(super) fn kind_of_bytes(bytes: &[u8]) -> Kind {
    match Compound::open(bytes) {
        Ok(compound) => kind_of_compound(&compound),
        Err(_) => kind_of_damaged(bytes),
    }
}

/// Returns the kind of a compound file that could be opened.
fn kind_of_compound(compound: &Compound<'_>) -> Kind {
    if let [0x84..=0x86, rest @ ..] = compound.root_class()
        && rest == INSTALLER
    {
        return Kind::Msi;
    }
    let told = STREAMS.iter().find(|(path, _)| compound.has(path));
    told.map_or(Kind::Ole, |(_, kind)| *kind)
}

/// Returns the kind that the names in a damaged directory tell; they stand in UTF-16.
fn kind_of_damaged(bytes: &[u8]) -> Kind {
    let told = STREAMS.iter().find(|(path, _)| {
        let name = path.trim_start_matches('/');
        !name.contains('/') && names_entry(bytes, name)
    });
    told.map_or(Kind::Ole, |(_, kind)| *kind)
}

/// Returns whether a directory entry of this name stands somewhere in the bytes: entries are 128 bytes each.
pub(crate) fn names_entry(bytes: &[u8], name: &str) -> bool {
    let wide: Vec<u8> = name
        .encode_utf16()
        .chain([0])
        .flat_map(u16::to_le_bytes)
        .collect();
    bytes.chunks(128).any(|entry| entry.starts_with(&wide))
}
