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
        // Of volumes, files and places of the network the lower bits, and the highest, are flags.
        match (self.class, self.class & 0x70) {
            (0x1F, _) => guid().map_or(Named::Other, Named::Root),
            (_, 0x20) if self.class & 1 == 1 => Named::Drive(narrow(&self.data)),
            (_, 0x20) => guid().map_or(Named::Other, Named::Folder),
            (_, 0x30) => {
                let name = self.data.get(11..).unwrap_or_default();
                let is_wide = self.class & 4 != 0;
                Named::File(if is_wide {
                    wide(name)
                } else {
                    self.long_name().unwrap_or_else(|| narrow(name))
                })
            }
            (_, 0x40) => Named::Network(narrow(self.data.get(2..).unwrap_or_default())),
            (0x61, _) => Named::Url(self.url()),
            (0x74, _) => self.below_user().map_or(Named::Other, |file| file.named()),
            (0, _) => module(&self.data).map_or(Named::Other, Named::Module),
            _ => Named::Other,
        }
    }

    /// The URL behind its flags, and data that has its length in front.
    fn url(&self) -> String {
        let is_wide = self.data.first().is_some_and(|flags| flags & 0x80 != 0);
        let size = self.data.get(1..).and_then(|rest| rest.first_chunk::<2>());
        let size = size.map_or(0, |size| usize::from(u16::from_le_bytes(*size)));
        let text = self.data.get(1 + size.max(2)..).unwrap_or_default();
        // Two empty bytes may stand between.
        let text = text.strip_prefix(&[0, 0]).unwrap_or(text);
        if is_wide { wide(text) } else { narrow(text) }
    }

    /// The file entry inside an item of the user's own folder.
    fn below_user(&self) -> Option<Item> {
        let inner = self.data.get(3..)?.strip_prefix(b"CFSF")?;
        let (class, data) = inner.get(2..)?.split_first()?;
        (class & 0x70 == 0x30).then(|| Item {
            class: *class,
            data: data.to_vec(),
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn named(class: u8, data: &[u8]) -> Named {
        let data = data.to_vec();
        Item { class, data }.named()
    }

    #[test]
    fn flags_of_a_class_do_not_change_what_it_names() {
        let file = [&[0; 11][..], b"a.txt\0"].concat();
        assert_eq!(named(0x32, &file), Named::File("a.txt".into()));
        assert_eq!(named(0xB1, &file), Named::File("a.txt".into()));
        assert_eq!(
            named(0xC3, b"\x01\xC1\\\\h\\s\0"),
            Named::Network("\\\\h\\s".into())
        );
        let below = [&b"\0\x20\0CFSF\x16\0\x32"[..], &file].concat();
        assert_eq!(named(0x74, &below), Named::File("a.txt".into()));
    }

    #[test]
    fn a_url_stands_behind_its_data() {
        let url = "http://a.example/";
        let wide: Vec<u8> = url.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        for data in [
            [&b"\x80\0\0\0\0"[..], &wide].concat(),
            [&b"\x83\x06\0....\0\0"[..], &wide].concat(),
            [&b"\x03\0\0"[..], url.as_bytes(), b"\0"].concat(),
        ] {
            assert_eq!(named(0x61, &data), Named::Url(url.into()));
        }
    }
}
