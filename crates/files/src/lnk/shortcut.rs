//! A shortcut as it stands (MS-SHLLINK 2): header, target, information, strings, further blocks.
//!
//! What is cut or damaged ends the reading where it stands; what was read before counts.

use super::bytes::{Cursor, narrow, spell, wide};
use super::properties::Properties;
use super::target::{Info, Item, info, items};

/// Characters that Windows takes of every string but the arguments, whatever its count says.
const STRING: usize = 260;
/// The bit of the arguments among the link's flags.
const ARGUMENTS: u32 = 5;
/// Blocks behind the strings.
const BLOCKS: usize = 256;

/// How the target's window is shown (2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// As usual.
    Normal,
    /// Over the whole screen.
    Maximized,
    /// Out of sight, in the bar alone.
    Minimized,
}

/// The block that distributed link tracking keeps (2.5.10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tracker {
    /// The block's version.
    pub version: u32,
    /// The machine where the shortcut was made.
    pub machine: String,
    /// Volume and file, then both at birth.
    pub droids: [String; 4],
}

/// A shortcut.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shortcut {
    /// The target's attributes.
    pub attributes: u32,
    /// Creation, access and writing of the target, in seconds of 1970; `None` where the shortcut has no time.
    pub times: [Option<i64>; 3],
    /// The target's size, its lower 32 bits.
    pub size: u32,
    /// Which icon of the icon's file.
    pub icon_index: u32,
    /// The window's state as it stands.
    pub show: u32,
    /// The shell items of the target.
    pub items: Vec<Item>,
    /// The drive and paths.
    pub info: Option<Info>,
    /// The description.
    pub name: Option<String>,
    /// The target's path from the shortcut.
    pub relative: Option<String>,
    /// Where the target is started.
    pub folder: Option<String>,
    /// What the target is given.
    pub arguments: Option<String>,
    /// The file of the icon.
    pub icon: Option<String>,
    /// The target's path with variables (2.5.4).
    pub environment: Option<String>,
    /// The icon's path with variables (2.5.5).
    pub icon_environment: Option<String>,
    /// Shell items in place of the others, which systems from Vista on take (2.5.11).
    pub newer_items: Vec<Item>,
    /// The property store (2.5.7).
    pub properties: Properties,
    /// The tracker's block.
    pub tracker: Option<Tracker>,
    /// Where bytes that belong to no shortcut begin.
    pub overlay: Option<usize>,
    /// Where the reading ended before the shortcut's end.
    pub unread: Option<usize>,
    /// Whether it was read to its end.
    pub whole: bool,
}

impl Shortcut {
    /// Reads a shortcut; `None` where the header is none.
    pub fn read(bytes: &[u8]) -> Option<Shortcut> {
        let mut shortcut = Shortcut::default();
        let mut cursor = Cursor::new(bytes);
        let flags = shortcut.header(&mut cursor)?;
        shortcut.whole = shortcut.body(flags, &mut cursor).is_some();
        let at = Some(bytes.len() - cursor.rest.len()).filter(|_| !cursor.rest.is_empty());
        if shortcut.whole {
            shortcut.overlay = at;
        } else {
            shortcut.unread = at;
        }
        Some(shortcut)
    }

    /// Returns how the window is shown: what is not known is shown as usual (2.1).
    pub fn shown(&self) -> Show {
        match self.show {
            3 => Show::Maximized,
            7 | 2 | 6 => Show::Minimized,
            _ => Show::Normal,
        }
    }

    /// Reads the header (2.1) and returns the link's flags.
    fn header(&mut self, cursor: &mut Cursor<'_>) -> Option<u32> {
        const CLASS: &[u8] = b"\x01\x14\x02\0\0\0\0\0\xC0\0\0\0\0\0\0\x46";
        if cursor.word()? != 0x4C || cursor.take(16)? != CLASS {
            return None;
        }
        let flags = cursor.word()?;
        self.attributes = cursor.word()?;
        for time in &mut self.times {
            *time = seconds(cursor.long()?);
        }
        self.size = cursor.word()?;
        self.icon_index = cursor.word()?;
        self.show = cursor.word()?;
        // A hot key and what is reserved.
        cursor.take(12)?;
        Some(flags)
    }

    fn body(&mut self, flags: u32, cursor: &mut Cursor<'_>) -> Option<()> {
        let has = |bit: u32| flags & 1 << bit != 0;
        if has(0) {
            let size = usize::from(cursor.half()?);
            let list = cursor.rest.get(..size).unwrap_or(cursor.rest);
            let (found, ended) = items(list);
            self.items = found;
            cursor.take(size)?;
            ended.then_some(())?;
        }
        if has(1) {
            self.info = info(cursor.rest);
            let mut size = *cursor;
            let size = size.word()? as usize;
            cursor.take(size)?;
        }
        let is_wide = has(7);
        let mut text = |bit: u32| -> Option<Option<String>> {
            let most = if bit == ARGUMENTS { usize::MAX } else { STRING };
            if has(bit) {
                counted(cursor, is_wide, most).map(Some)
            } else {
                Some(None)
            }
        };
        self.name = text(2)?;
        self.relative = text(3)?;
        self.folder = text(4)?;
        self.arguments = text(ARGUMENTS)?;
        self.icon = text(6)?;
        self.blocks(cursor)
    }

    /// Reads the blocks behind the strings (2.5).
    fn blocks(&mut self, cursor: &mut Cursor<'_>) -> Option<()> {
        for _ in 0..BLOCKS {
            let size = cursor.word()? as usize;
            if size < 4 {
                return Some(());
            }
            let mut block = Cursor::new(cursor.take(size - 4)?);
            match block.word() {
                Some(0xA000_0001) => self.environment = variable(block.rest),
                Some(0xA000_0007) => self.icon_environment = variable(block.rest),
                Some(0xA000_0003) => self.tracker = tracker(block),
                Some(0xA000_0009) => self.properties = Properties::read(block.rest),
                Some(0xA000_000C) => self.newer_items = items(block.rest).0,
                _ => {}
            }
        }
        None
    }
}

/// A text with its count of characters (2.4).
fn counted(cursor: &mut Cursor<'_>, is_wide: bool, most: usize) -> Option<String> {
    let count = usize::from(cursor.half()?).min(most);
    if !is_wide {
        return cursor.take(count).map(crate::text::decode_text);
    }
    cursor.take(count * 2).map(crate::text::wide)
}

/// 260 single bytes, then as many UTF-16 units.
fn variable(bytes: &[u8]) -> Option<String> {
    let text = bytes.get(260..).map(wide).filter(|text| !text.is_empty());
    text.or_else(|| bytes.get(..260).map(narrow))
        .filter(|text| !text.is_empty())
}

fn tracker(mut block: Cursor<'_>) -> Option<Tracker> {
    let (_length, version) = (block.word()?, block.word()?);
    let machine = narrow(block.take(16)?);
    let mut droid = || block.guid().map(|guid| spell(&guid));
    Some(Tracker {
        version,
        machine,
        droids: [droid()?, droid()?, droid()?, droid()?],
    })
}

/// A FILETIME in seconds of 1970.
fn seconds(time: u64) -> Option<i64> {
    const EPOCH: i64 = 11_644_473_600;
    (time != 0).then(|| i64::try_from(time / 10_000_000).unwrap_or(i64::MAX) - EPOCH)
}
