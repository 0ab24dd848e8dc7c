//! ZIP archives (APPNOTE), over the `zip` crate: members in the order of the central directory.

use super::inflate::Inflate;
use super::local::{Local, locals};
use super::{Unpacked, unpack, unpack_whole};
use crate::examine::{Carrier, Walk};
use crate::text::decode_text;
use std::io::{Cursor, Read};
use strongroom_model::{Gap, Report, Why};
use zip::extra_fields::ExtraField;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

/// How a compound file begins.
pub(crate) const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0";

/// A ZIP archive whose members are known.
pub(crate) struct Members<'a> {
    bytes: &'a [u8],
    source: Source<'a>,
    inflate: Inflate,
    /// The password that opened the last encrypted member.
    key: Option<String>,
}

/// Where the list of members comes from.
enum Source<'a> {
    /// The central directory.
    Listed(Box<ZipArchive<Cursor<&'a [u8]>>>),
    /// The members' own headers, where the directory is damaged, names two members alike or is not the only one.
    Found(Vec<Local<'a>>),
}

/// A member as it stands in the archive.
struct Packed<'a> {
    bytes: &'a [u8],
    method: CompressionMethod,
    /// The size of the content, as the directory tells it.
    size: u64,
    /// The CRC-32 of the content, as the directory tells it.
    sum: u32,
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
    /// Opens an archive; the gap says that no member can be found.
    pub fn open(bytes: &'a [u8]) -> Result<Self, Gap> {
        let source = match ZipArchive::new(Cursor::new(bytes)) {
            Ok(archive) if !archive.has_duplicate_names() && !follows_another(&archive, bytes) => {
                Source::Listed(Box::new(archive))
            }
            Ok(_) => Source::Found(locals(bytes)),
            Err(error) => match locals(bytes) {
                found if found.is_empty() => return Err(Gap::new("central directory", Why::Damaged, error)),
                found => Source::Found(found),
            },
        };
        Ok(Members {
            bytes,
            source,
            inflate: Inflate::default(),
            key: None,
        })
    }

    /// Returns the number of members.
    pub fn len(&self) -> usize {
        match &self.source {
            Source::Listed(archive) => archive.len(),
            Source::Found(locals) => locals.len(),
        }
    }

    /// Says that the central directory could not be used. Nothing hides behind that: every member was found by
    /// its own header.
    pub fn fault(&self) -> Option<Gap> {
        let told = "it is damaged, names two members alike or stands behind another archive; the members were read by their own headers";
        match &self.source {
            Source::Listed(_) => None,
            Source::Found(_) => Some(Gap::new("central directory", Why::Damaged, told).harmless()),
        }
    }

    /// Returns what is said of a member.
    pub fn member(&mut self, index: usize) -> Option<Member> {
        match &mut self.source {
            Source::Listed(archive) => {
                let file = archive.by_index_raw(index).ok()?;
                let name = file
                    .name()
                    .map_or_else(|_| decode_text(file.name_raw()), |name| name.into_owned());
                Some(Member {
                    folder: name.ends_with('/') && file.size() == 0,
                    name,
                    encrypted: file.encrypted(),
                })
            }
            Source::Found(locals) => {
                let local = locals.get(index)?;
                let folder = local.name.ends_with('/') && local.data.is_empty();
                Some(Member {
                    name: local.name.clone(),
                    encrypted: local.encrypted,
                    folder,
                })
            }
        }
    }

    /// Returns the names in the order of the list.
    pub fn names(&mut self) -> Vec<String> {
        (0..self.len())
            .map(|index| self.member(index).map_or_else(String::new, |member| member.name))
            .collect()
    }

    /// Returns the packed bytes of a listed member that is not encrypted, with its method, size and CRC-32.
    fn packed(&mut self, index: usize) -> Option<Packed<'a>> {
        let Source::Listed(archive) = &mut self.source else {
            return None;
        };
        let file = archive
            .by_index_raw(index)
            .ok()
            .filter(|file| !file.encrypted())?;
        let start = usize::try_from(file.data_start()?).ok()?;
        let end = start.checked_add(usize::try_from(file.compressed_size()).ok()?)?;
        Some(Packed {
            bytes: self.bytes.get(start..end)?,
            method: file.compression(),
            size: file.size(),
            sum: file.crc32(),
        })
    }

    /// Reads a member that is exactly as the directory tells; `None` where the stream must say what is wrong with it.
    fn read_whole(&mut self, index: usize, place: &str, walk: &mut Walk<'_>) -> Option<Unpacked> {
        let Packed {
            bytes,
            method,
            size,
            sum,
        } = self.packed(index)?;
        let inflate = &mut self.inflate;
        unpack_whole(
            bytes.len() as u64,
            size,
            place,
            &mut walk.meter,
            |size| match method {
                CompressionMethod::Deflated => inflate.whole(bytes, size, sum),
                CompressionMethod::Stored if bytes.len() == size && crc32fast::hash(bytes) == sum => {
                    Some(bytes.to_vec())
                }
                _ => None,
            },
        )
    }

    /// Returns the first bytes of the first member of this name, as text.
    pub fn start_of(&mut self, name: &str, most: u64) -> Option<String> {
        let index = match &self.source {
            Source::Listed(archive) => archive.index_for_name(name)?,
            Source::Found(locals) => locals.iter().position(|local| local.name == name)?,
        };
        let mut bytes = Vec::new();
        // A part that breaks off still tells by its start.
        let _ = match &mut self.source {
            Source::Listed(archive) => archive.by_index(index).ok()?.take(most).read_to_end(&mut bytes),
            Source::Found(locals) => locals.get(index)?.open()?.take(most).read_to_end(&mut bytes),
        };
        Some(decode_text(&bytes))
    }

    /// Returns whether a member begins like a compound file.
    pub fn is_compound(&mut self, index: usize) -> bool {
        // The stream refuses one that is longer than it tells.
        let long = |packed: &Packed<'_>| packed.size >= COMPOUND.len() as u64;
        if let Some(packed) = self.packed(index).filter(long)
            && packed.method == CompressionMethod::Deflated
        {
            return self.inflate.begins(packed.bytes, COMPOUND);
        }
        let mut bytes = Vec::new();
        let read = match &mut self.source {
            Source::Listed(archive) => archive
                .by_index(index)
                .ok()
                .map(|file| file.take(COMPOUND.len() as u64).read_to_end(&mut bytes)),
            Source::Found(locals) => locals
                .get(index)
                .and_then(Local::open)
                .map(|stream| stream.take(COMPOUND.len() as u64).read_to_end(&mut bytes)),
        };
        read.is_some() && bytes == COMPOUND
    }

    /// Reads a member; the gap says why there are no bytes, or why no more.
    pub fn read(&mut self, index: usize, place: &str, walk: &mut Walk<'_>) -> Unpacked {
        if let Some(whole) = self.read_whole(index, place, walk) {
            return whole;
        }
        let none = |gap| Unpacked {
            bytes: Vec::new(),
            gap: Some(gap),
        };
        match &mut self.source {
            Source::Listed(archive) => match archive.by_index(index) {
                Ok(file) => {
                    let packed = file.compressed_size();
                    unpack(file, packed, place, &mut walk.meter)
                }
                Err(error) => none(refused(place, &error)),
            },
            Source::Found(locals) => {
                let Some(local) = locals.get(index) else {
                    return none(Gap::new(place, Why::Damaged, "no such member"));
                };
                match local.open() {
                    Some(stream) => unpack(stream, local.data.len() as u64, place, &mut walk.meter),
                    None => none(Gap::new(place, Why::Unsupported, "its compression is not read")),
                }
            }
        }
    }

    /// Reads an encrypted member by the passwords on offer, the one that opened the last first.
    pub fn read_locked(&mut self, index: usize, place: &str, walk: &mut Walk<'_>) -> Unpacked {
        let Source::Listed(archive) = &mut self.source else {
            let gap = Gap::new(place, Why::Encrypted, "the archive's directory is damaged");
            return Unpacked {
                bytes: Vec::new(),
                gap: Some(gap),
            };
        };
        let offered = self
            .key
            .iter()
            .cloned()
            .chain(walk.offered().into_iter().map(|offered| offered.word));
        let offered: Vec<String> = offered.collect();
        let raw = archive.by_index_raw(index).ok();
        let rounds = raw.map_or(AES_ROUNDS, |file| rounds_of(file.extra_data_fields()));
        for (tried, password) in offered.into_iter().enumerate() {
            if let Err(gap) = walk.charge_rounds(place, rounds, tried) {
                return Unpacked {
                    bytes: Vec::new(),
                    gap: Some(gap),
                };
            }
            let file = match archive.by_index_decrypt(index, password.as_bytes()) {
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

/// Rounds of hashing that a password costs: the two keys of AES are stretched a thousand times, in up to four parts
/// of two hashes each (WinZip AE-2).
const AES_ROUNDS: u64 = 8000;
/// The old cipher mixes a password without hashing it; a try costs something all the same.
const MIXED: u64 = 8;

/// Returns the rounds that a password costs by a member's extra fields (APPNOTE 4.5.2): AES has one of its own.
fn rounds_of<'f>(mut extra: impl Iterator<Item = &'f ExtraField>) -> u64 {
    let has_aes = extra.any(|field| matches!(field, ExtraField::AeXEncryption(_)));
    if has_aes { AES_ROUNDS } else { MIXED }
}

/// Returns whether members stand before the archive that the last directory lists: programs differ in which of two
/// archives in a row they open.
fn follows_another(archive: &ZipArchive<Cursor<&[u8]>>, bytes: &[u8]) -> bool {
    let before = usize::try_from(archive.offset())
        .ok()
        .and_then(|at| bytes.get(..at));
    before.is_some_and(|before| crate::scan::find(before, b"PK\x03\x04", 0).is_some())
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
    report.gaps.extend(members.fault());
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
