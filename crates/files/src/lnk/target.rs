//! Where a shortcut points to: its list of shell items (MS-SHLLINK 2.2; the items' own layout is not documented by
//! Microsoft), and its link information (2.3).

use super::bytes::{Cursor, narrow, spell, wide};

/// Items of one list.
const ITEMS: usize = 1 << 12;

/// One shell item: its class type and what follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The class type.
    pub class: u8,
    /// The bytes behind it.
    pub data: Vec<u8>,
}

/// What an item names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// A folder of the shell, by its GUID.
    Root(String),
    /// A drive (`C:\`).
    Drive(String),
    /// A folder below the root, by its GUID.
    Folder(String),
    /// A file or folder.
    File(String),
    /// A share or a place of the network.
    Network(String),
    /// A module of the control panel, by its path.
    Module(String),
    /// A URL.
    Url(String),
    /// Anything else.
    Other,
}

impl Item {
    /// Returns what the item names.
    pub fn named(&self) -> Named {
        let guid = || self.data.get(1..17)?.first_chunk::<16>().map(spell);
        match self.class {
            0x1F => guid().map_or(Named::Other, Named::Root),
            0x20..=0x2F if self.class & 1 == 1 => Named::Drive(narrow(&self.data)),
            0x20..=0x2F => guid().map_or(Named::Other, Named::Folder),
            0x30..=0x3F => {
                let name = self.data.get(11..).unwrap_or_default();
                let is_wide = self.class & 4 != 0;
                Named::File(if is_wide {
                    wide(name)
                } else {
                    self.long_name().unwrap_or_else(|| narrow(name))
                })
            }
            0x40..=0x4F => Named::Network(narrow(self.data.get(2..).unwrap_or_default())),
            0x61 => {
                let is_wide = self.data.get(1).is_some_and(|flags| flags & 0x80 != 0);
                let text = self.data.get(5..).unwrap_or_default();
                Named::Url(if is_wide { wide(text) } else { narrow(text) })
            }
            0x00 => module(&self.data).map_or(Named::Other, Named::Module),
            _ => Named::Other,
        }
    }

    /// Returns the short name of a file as it stands.
    pub fn short_name(&self) -> String {
        let name = self.data.get(11..).unwrap_or_default();
        if self.class & 4 != 0 {
            wide(name)
        } else {
            narrow(name)
        }
    }

    /// Returns the long name that stands in the extension block `BEEF0004`.
    fn long_name(&self) -> Option<String> {
        let mark = self
            .data
            .windows(4)
            .position(|window| window == [4, 0, 0xEF, 0xBE])?;
        let version = u16::from_le_bytes(*self.data.get(mark.checked_sub(2)?..)?.first_chunk()?);
        // Behind the mark: two times, an identifier of the version, from Vista on a file reference and a hash.
        let skip = match version {
            0..=2 => return None,
            3..=6 => 4 + 8 + 2 + 2,
            7 => 4 + 8 + 2 + 18 + 2,
            8 => 4 + 8 + 2 + 18 + 2 + 4,
            _ => 4 + 8 + 2 + 18 + 2 + 4 + 4,
        };
        let name = wide(self.data.get(mark + skip..)?);
        (!name.is_empty() && !name.contains(char::REPLACEMENT_CHARACTER)).then_some(name)
    }
}

/// The path of a control panel's module in UTF-16, behind the places of its name and description.
fn module(data: &[u8]) -> Option<String> {
    let path = wide(data.get(21..)?);
    (path.chars().count() > 3 && path.contains(['\\', '.'])).then_some(path)
}

/// Reads a list of items; the second says whether it ended as it should.
pub(super) fn items(list: &[u8]) -> (Vec<Item>, bool) {
    let mut cursor = Cursor::new(list);
    let mut found = Vec::new();
    while found.len() < ITEMS {
        let Some(size) = cursor.half() else {
            return (found, false);
        };
        if size == 0 {
            return (found, true);
        }
        let Some(size) = usize::from(size).checked_sub(2) else {
            return (found, false);
        };
        // Of an item that is cut, what is there counts.
        let whole = size <= cursor.rest.len();
        let taken = cursor.take(size.min(cursor.rest.len())).unwrap_or_default();
        let [class, data @ ..] = taken else {
            return (found, false);
        };
        found.push(Item {
            class: *class,
            data: data.to_vec(),
        });
        if !whole {
            break;
        }
    }
    (found, false)
}

/// The drive and paths of a link's information.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Info {
    /// The kind of drive (MS-SHLLINK 2.3.1) and its serial number.
    pub drive: Option<(u32, u32)>,
    /// The drive's label.
    pub label: Option<String>,
    /// The path on this machine.
    pub base: Option<String>,
    /// The share (`\\host\share`).
    pub share: Option<String>,
    /// What stands behind the base or the share.
    pub suffix: Option<String>,
}

/// Reads a link's information, its own length included.
pub(super) fn info(bytes: &[u8]) -> Option<Info> {
    let mut cursor = Cursor::new(bytes);
    let (_size, header, flags) = (cursor.word()?, cursor.word()?, cursor.word()?);
    let (volume, base, network, suffix) = (cursor.word()?, cursor.word()?, cursor.word()?, cursor.word()?);
    let (wide_base, wide_suffix) = if header >= 0x24 {
        (cursor.word()?, cursor.word()?)
    } else {
        (0, 0)
    };
    let at = |place: u32| bytes.get(place as usize..);
    let text = |place: u32, wide_place: u32| {
        if wide_place > 0 {
            at(wide_place).map(wide)
        } else {
            at(place).map(narrow)
        }
    };
    let mut info = Info::default();
    if flags & 1 != 0 {
        if let Some(volume) = at(volume) {
            read_volume(volume, &mut info);
        }
        info.base = text(base, wide_base);
    }
    if flags & 2 != 0 {
        info.share = at(network).and_then(share);
    }
    // The suffix belongs to both; without a share it is told where it is more than nothing.
    info.suffix = text(suffix, wide_suffix).filter(|suffix| flags & 2 != 0 || !suffix.is_empty());
    Some(info)
}

/// A VolumeID (2.3.1).
fn read_volume(bytes: &[u8], info: &mut Info) -> Option<()> {
    let mut cursor = Cursor::new(bytes);
    let size = cursor.word()? as usize;
    info.drive = Some((cursor.word()?, cursor.word()?));
    let label = cursor.word()?;
    let whole = bytes.get(..size)?;
    info.label = if label == 0x14 {
        whole.get(cursor.word()? as usize..).map(wide)
    } else {
        bytes.get(label as usize..).map(narrow)
    };
    Some(())
}

/// A CommonNetworkRelativeLink (2.3.2).
fn share(bytes: &[u8]) -> Option<String> {
    let mut cursor = Cursor::new(bytes);
    let (_size, _flags, name) = (cursor.word()?, cursor.word()?, cursor.word()?);
    let (_device, _provider) = (cursor.word()?, cursor.word()?);
    if name > 0x14 {
        let wide_name = cursor.word()?;
        return bytes.get(wide_name as usize..).map(wide);
    }
    bytes.get(name as usize..).map(narrow)
}
