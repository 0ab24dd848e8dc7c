//! Controls by their kinds: what their own bytes say of captions, texts and values (MS-OFORMS 2.2.1 to 2.2.9). The same
//! bytes stand for a control on a form and for one in a document.

use super::super::fields::Fields;
use super::CONTROLS;
use super::mask::{Layout, Mask};
use crate::vba::{Collection, Datum, Item};

/// The kinds of controls (MS-OFORMS 2.4.5), by their place in the cache of classes.
pub(super) mod kind {
    pub const FORM: u16 = 7;
    pub const FRAME: u16 = 14;
    pub const COMMAND: u16 = 17;
    pub const TABS: u16 = 18;
    pub const LABEL: u16 = 21;
    pub const TEXT: u16 = 23;
    pub const COMBO: u16 = 25;
    pub const TOGGLE: u16 = 28;
    pub const PAGES: u16 = 57;
}

/// Returns the kind of a class, whose identifier stands in a document as these 16 bytes (MS-OFORMS 2.4.5).
pub(in crate::host) fn kind_of_class(class: &[u8]) -> Option<u16> {
    const OFFICE: [u8; 8] = [0x9E, 0x0D, 0x00, 0xAA, 0x00, 0x60, 0x02, 0xF3];
    let (head, tail) = class.first_chunk::<16>()?.split_at(8);
    Some(match head {
        // The text controls differ in the second digit of their first number.
        [kind, 0x1D, 0xD2, 0x8B, 0x42, 0xEC, 0xCE, 0x11] if tail == OFFICE => match kind {
            0x10 => kind::TEXT,
            0x20 => 24,
            0x30 => kind::COMBO,
            0x40 => 26,
            0x50 => 27,
            0x60 => kind::TOGGLE,
            _ => return None,
        },
        [0x23, 0x9E, 0x8C, 0x97, 0xB0, 0xD4, 0xCE, 0x11]
            if tail == [0xBF, 0x2D, 0x00, 0xAA, 0x00, 0x3F, 0x40, 0xD0] =>
        {
            kind::LABEL
        }
        [0x40, 0x32, 0x05, 0xD7, 0x69, 0xCE, 0xCD, 0x11]
            if tail == [0xA7, 0x77, 0x00, 0xDD, 0x01, 0x14, 0x3C, 0x57] =>
        {
            kind::COMMAND
        }
        [0xB0, 0x0E, 0xE5, 0xEA, 0x62, 0x4A, 0xCE, 0x11]
            if tail == [0xBE, 0xD6, 0x00, 0xAA, 0x00, 0x61, 0x10, 0x80] =>
        {
            kind::TABS
        }
        _ => return None,
    })
}

/// Adds what a control's own bytes say; `None` where they break off, nothing for a kind without strings.
pub(in crate::host) fn describe(kind: u16, bytes: &[u8], item: Item) -> Option<Item> {
    Some(match kind {
        kind::COMMAND => item.with("caption", Datum::units(caption(bytes, &COMMAND)?)),
        kind::LABEL => item
            .with("caption", Datum::units(caption(bytes, &LABEL)?))
            .defaulting("caption"),
        kind::TEXT..=kind::TOGGLE | 15 => morph(bytes)?.describe(item, kind),
        // A strip that cannot be read leaves its pages without their captions.
        kind::TABS => match tabs(bytes) {
            Some(tabs) => {
                let pages = tabs.into_iter().map(|tab| {
                    Item::named(String::from_utf16_lossy(&tab))
                        .with("caption", Datum::units(tab))
                        .defaulting("caption")
                });
                item.holding("tabs", Collection::counted(pages.collect()))
            }
            None => item,
        },
        _ => item,
    })
}

/// The fields of a control behind its caption's length, which in all of these stands at bit 3 behind three numbers.
const BEFORE_CAPTION: [(u32, usize); 3] = [(0, 4), (1, 4), (2, 4)];
/// A command button (MS-OFORMS 2.2.1.3).
const COMMAND: [(u32, usize); 5] = [(4, 4), (6, 1), (7, 2), (8, 2), (10, 2)];
/// A label (MS-OFORMS 2.2.4.3).
const LABEL: [(u32, usize); 8] = [(4, 4), (6, 1), (7, 4), (8, 2), (9, 2), (10, 2), (11, 2), (12, 2)];

/// Begins with the fields of a control; `None` where its version is another.
fn fields(bytes: &[u8]) -> Option<Fields<'_>> {
    (bytes.first_chunk() == Some(&[0, 2])).then(|| Fields::new(bytes, 4))
}

/// Returns a control's caption; empty where none is stored.
fn caption(bytes: &[u8], behind: Layout<'_>) -> Option<Vec<u16>> {
    let mut fields = fields(bytes)?;
    let mask = Mask(fields.u32()?.into());
    mask.skip(&mut fields, &BEFORE_CAPTION)?;
    let caption = mask.length(&mut fields, 3)?;
    mask.skip(&mut fields, behind)?;
    caption.text(&mut fields)
}

/// What a text box, list, check box or button of options holds (MS-OFORMS 2.2.5).
#[derive(Clone, Debug, Default)]
struct Morph {
    value: Vec<u16>,
    caption: Vec<u16>,
    group: Vec<u16>,
}

impl Morph {
    fn describe(self, item: Item, kind: u16) -> Item {
        let item = item
            .with("caption", Datum::units(self.caption))
            .with("groupname", Datum::units(self.group))
            .defaulting("value");
        match kind {
            kind::TEXT | kind::COMBO => item
                .with("text", Datum::units(self.value.clone()))
                .with("value", Datum::units(self.value)),
            26..=kind::TOGGLE => match self.value.as_slice() {
                [0x30] => item.with("value", Datum::Bool(false)),
                [0x31] => item.with("value", Datum::Bool(true)),
                _ => item,
            },
            _ => item,
        }
    }
}

/// The fields of a text control in front of its value's length, and between its caption's and its group's.
const BEFORE_VALUE: [(u32, usize); 20] = [
    (0, 4),
    (1, 4),
    (2, 4),
    (3, 4),
    (4, 1),
    (5, 1),
    (6, 1),
    (7, 1),
    (9, 2),
    (10, 4),
    (11, 2),
    (12, 2),
    (13, 2),
    (14, 2),
    (15, 2),
    (16, 1),
    (17, 1),
    (18, 1),
    (20, 1),
    (21, 1),
];
const BEFORE_GROUP: [(u32, usize); 6] = [(24, 4), (25, 4), (26, 4), (27, 2), (28, 2), (29, 2)];

fn morph(bytes: &[u8]) -> Option<Morph> {
    let mut fields = fields(bytes)?;
    let mask = Mask(u64::from(fields.u32()?) | u64::from(fields.u32()?) << 32);
    mask.skip(&mut fields, &BEFORE_VALUE)?;
    let value = mask.length(&mut fields, 22)?;
    let caption = mask.length(&mut fields, 23)?;
    mask.skip(&mut fields, &BEFORE_GROUP)?;
    let group = mask.length(&mut fields, 32)?;
    fields.align(4);
    mask.skip(&mut fields, &[(8, 8)])?;
    Some(Morph {
        value: value.text(&mut fields)?,
        caption: caption.text(&mut fields)?,
        group: group.text(&mut fields)?,
    })
}

/// The fields of a tab strip behind the size of its captions.
const BEFORE_ITEMS: [(u32, usize); 3] = [(0, 4), (1, 4), (2, 4)];
const BEHIND_ITEMS: [(u32, usize); 13] = [
    (6, 1),
    (8, 4),
    (9, 4),
    (11, 4),
    (12, 4),
    (15, 4),
    (17, 4),
    (18, 4),
    (20, 4),
    (21, 4),
    (22, 4),
    (23, 4),
    (24, 2),
];

/// Returns the captions of a tab strip (MS-OFORMS 2.2.9).
pub(super) fn tabs(bytes: &[u8]) -> Option<Vec<Vec<u16>>> {
    let mut fields = fields(bytes)?;
    let mask = Mask(fields.u32()?.into());
    mask.skip(&mut fields, &BEFORE_ITEMS)?;
    let size = mask.number(&mut fields, 5)? as usize;
    mask.skip(&mut fields, &BEHIND_ITEMS)?;
    fields.align(4);
    mask.skip(&mut fields, &[(4, 8)])?;
    let end = fields.at().checked_add(size)?;
    let mut captions = Vec::new();
    while fields.at() < end && captions.len() < CONTROLS {
        captions.push(super::mask::Length::of(fields.u32()?).text(&mut fields)?);
    }
    Some(captions)
}
