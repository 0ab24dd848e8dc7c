//! ZIP archives (APPNOTE), over the `zip` crate: members in the order of the central directory.

use super::{Unpacked, unpack};
use crate::examine::{Carrier, Walk};
use std::io::Cursor;
use strongroom_model::{Gap, Report, Why};
use zip::ZipArchive;
use zip::result::ZipError;

/// What analysts and mail gateways lock archives with.
const COMMON: [&str; 1] = ["infected"];

/// A ZIP archive whose central directory could be read.
pub(crate) struct Members<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// The password that opened the last encrypted member.
    key: Option<String>,
}

/// A member's name and whether it is locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    /// The name as the archive has it.
    pub name: String,
    /// Whether the content is encrypted.
    pub encrypted: bool,
    /// Whether it is a folder.
    pub folder: bool,
}

impl<'a> Members<'a> {
    /// Opens an archive; the gap says what its directory lacks.
    pub fn open(bytes: &'a [u8]) -> Result<Self, Gap> {
        match ZipArchive::new(Cursor::new(bytes)) {
            Ok(archive) => Ok(Members { archive, key: None }),
            Err(error) => Err(Gap::new("central directory", Why::Damaged, error)),
        }
    }

    /// Returns the number of members.
    pub fn len(&self) -> usize {
        self.archive.len()
    }

    /// Returns a gap where two members have one name: the directory keeps the last alone.
    pub fn twins(&self) -> Option<Gap> {
        let told = "two members have the same name, and only the last was read";
        self.archive
            .has_duplicate_names()
            .then(|| Gap::new("central directory", Why::Damaged, told))
    }

    /// Returns what the directory says of a member.
    pub fn member(&mut self, index: usize) -> Option<Member> {
        let file = self.archive.by_index_raw(index).ok()?;
        let name = file.name().map_or_else(
            |_| crate::text::decode_text(file.name_raw()),
            |name| name.into_owned(),
        );
        Some(Member {
            folder: name.ends_with('/') && file.size() == 0,
            name,
            encrypted: file.encrypted(),
        })
    }

    /// Returns the names in the order of the directory.
    pub fn names(&mut self) -> Vec<String> {
        (0..self.len())
            .map(|index| self.member(index).map_or_else(String::new, |member| member.name))
            .collect()
    }

    /// Reads a member; the gap says why there are no bytes, or why no more.
    pub fn read(&mut self, index: usize, place: &str, walk: &mut Walk<'_>) -> Unpacked {
        match self.archive.by_index(index) {
            Ok(file) => {
                let packed = file.compressed_size();
                unpack(file, packed, place, &mut walk.meter)
            }
            Err(error) => Unpacked {
                bytes: Vec::new(),
                gap: Some(refused(place, &error)),
            },
        }
    }

    /// Reads an encrypted member by the passwords on offer, the one that opened the last first.
    pub fn read_locked(&mut self, index: usize, place: &str, walk: &mut Walk<'_>) -> Unpacked {
        let offered = self
            .key
            .iter()
            .cloned()
            .chain(COMMON.map(str::to_owned))
            .chain(walk.passwords().iter().rev().cloned());
        let offered: Vec<String> = offered.collect();
        for password in offered {
            let file = match self.archive.by_index_decrypt(index, password.as_bytes()) {
                Ok(file) => file,
                Err(ZipError::InvalidPassword) => continue,
                Err(error) => {
                    return Unpacked {
                        bytes: Vec::new(),
                        gap: Some(refused(place, &error)),
                    };
                }
            };
            let packed = file.compressed_size();
            let unpacked = unpack(file, packed, place, &mut walk.meter);
            // One wrong password in 256 passes the old cipher's check; the checksum then tells.
            if !matches!(&unpacked.gap, Some(gap) if gap.cause == Why::Damaged) {
                self.key = Some(password);
                return unpacked;
            }
        }
        let gap = Gap::new(place, Why::Encrypted, "none of the passwords on offer opens it");
        Unpacked {
            bytes: Vec::new(),
            gap: Some(gap),
        }
    }
}

fn refused(place: &str, error: &ZipError) -> Gap {
    let why = match error {
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => Why::Unsupported,
        _ => Why::Damaged,
    };
    Gap::new(place, why, error)
}

/// Reads each member as a child.
pub(crate) fn read_zip(bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    let mut members = match Members::open(bytes) {
        Ok(members) => members,
        Err(gap) => return report.gap(gap),
    };
    report.gaps.extend(members.twins());
    for index in 0..members.len() {
        let Some(member) = members.member(index) else {
            report.gap(Gap::new(
                format!("member {index}"),
                Why::Damaged,
                "its header cannot be read",
            ));
            continue;
        };
        if !member.folder && !read_member(&mut members, index, &member, report, walk) {
            break;
        }
    }
}

/// Returns whether there are bytes left for a further member.
fn read_member(
    members: &mut Members<'_>,
    index: usize,
    member: &Member,
    report: &mut Report,
    walk: &mut Walk<'_>,
) -> bool {
    let unpacked = if member.encrypted {
        members.read_locked(index, &member.name, walk)
    } else {
        members.read(index, &member.name, walk)
    };
    let whole = unpacked.gap.is_none();
    if whole || !unpacked.bytes.is_empty() {
        walk.child(report, Carrier::Archive, &member.name, &unpacked.bytes);
    }
    report.gaps.extend(unpacked.gap);
    whole || walk.meter.bytes_left() > 0
}
