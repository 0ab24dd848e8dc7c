//! The stream of a form: its own properties, and the sites of its controls (MS-OFORMS 2.2.10).

use super::super::fields::Fields;
use super::mask::{Length, Mask};

/// What a form's stream says of one control.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Site {
    pub name: Vec<u16>,
    pub tag: Vec<u16>,
    pub tip: Vec<u16>,
    pub control_source: Vec<u16>,
    pub row_source: Vec<u16>,
    pub id: u32,
    pub kind: u16,
    pub size: usize,
}

/// Reads the form's own caption and the sites of its controls (MS-OFORMS 2.2.10); the last is whether all stood there.
pub(super) fn sites(stream: &[u8]) -> (Option<Vec<u16>>, Vec<Site>, bool) {
    let mut found = Vec::new();
    let (caption, begin) = match form(stream) {
        Some(form) => form,
        None => return (None, found, false),
    };
    let whole = begin
        .and_then(|begin| site_list(stream, begin, &mut found))
        .is_some();
    (caption, found, whole)
}

/// The form's fields in front of its caption's length and behind it (MS-OFORMS 2.2.10.2), the flags apart.
const BEFORE_FLAGS: [(u32, usize); 3] = [(1, 4), (2, 4), (3, 4)];
const BEFORE_CAPTION: [(u32, usize); 8] = [
    (7, 1),
    (8, 1),
    (9, 1),
    (13, 4),
    (15, 2),
    (16, 1),
    (17, 1),
    (18, 4),
];
const BEHIND_CAPTION: [(u32, usize); 7] = [(20, 2), (21, 2), (22, 4), (23, 1), (25, 1), (26, 4), (27, 4)];
const PAIRS: [(u32, usize); 3] = [(10, 8), (11, 8), (12, 8)];
/// The flag that no table of classes is saved (MS-OFORMS 2.2.10.6).
const NO_CLASSES: u32 = 0x8000;

/// Returns the caption and where the data of the sites begins.
fn form(stream: &[u8]) -> Option<(Option<Vec<u16>>, Option<Fields<'_>>)> {
    let mut fields = Fields::new(stream, 0);
    if fields.take(2)? != [0, 4] {
        return None;
    }
    let size = usize::from(fields.u16()?);
    let mask = Mask(fields.u32()?.into());
    mask.skip(&mut fields, &BEFORE_FLAGS)?;
    let flags = mask.number(&mut fields, 6)?;
    mask.skip(&mut fields, &BEFORE_CAPTION)?;
    let caption = mask.length(&mut fields, 19)?;
    mask.skip(&mut fields, &BEHIND_CAPTION)?;
    fields.align(4);
    mask.skip(&mut fields, &PAIRS)?;
    let caption = mask.has(19).then(|| caption.text(&mut fields)).flatten();
    let behind = Fields::new(stream, size.checked_add(4)?);
    Some((caption, sites_begin(behind, mask, flags)))
}

/// Passes over the pictures, the font and the table of classes that stand in front of the sites.
fn sites_begin(mut fields: Fields<'_>, mask: Mask, flags: u32) -> Option<Fields<'_>> {
    if mask.has(15) {
        picture(&mut fields)?;
    }
    if mask.has(20) {
        font(&mut fields)?;
    }
    if mask.has(21) {
        picture(&mut fields)?;
    }
    if flags & NO_CLASSES == 0 {
        for _ in 0..plain_u16(&mut fields)? {
            fields.take(2)?;
            let size = plain_u16(&mut fields)?;
            fields.take(usize::from(size))?;
        }
    }
    Some(fields)
}

/// A picture with the identifier of its class (MS-OFORMS 2.4.8).
fn picture(fields: &mut Fields<'_>) -> Option<()> {
    fields.take(16)?;
    fields.take(4)?;
    let size = plain_u32(fields)?;
    fields.take(size as usize).map(drop)
}

/// A font with the identifier of its class (MS-OFORMS 2.4.7).
fn font(fields: &mut Fields<'_>) -> Option<()> {
    let class = fields.take(16)?;
    if class.starts_with(&[0x03, 0x52, 0xe3, 0x0b]) {
        fields.take(10)?;
        let length = fields.u8()?;
        return fields.take(usize::from(length)).map(drop);
    }
    fields.take(2)?;
    let size = plain_u16(fields)?;
    fields.take(usize::from(size)).map(drop)
}

fn plain_u16(fields: &mut Fields<'_>) -> Option<u16> {
    fields.take(2)?.first_chunk().copied().map(u16::from_le_bytes)
}

fn plain_u32(fields: &mut Fields<'_>) -> Option<u32> {
    fields.take(4)?.first_chunk().copied().map(u32::from_le_bytes)
}

fn site_list(stream: &[u8], mut fields: Fields<'_>, found: &mut Vec<Site>) -> Option<()> {
    let count = plain_u32(&mut fields)? as usize;
    plain_u32(&mut fields)?;
    let begin = fields.at();
    let mut told = 0usize;
    while told < count {
        fields.u8()?;
        let kind = fields.u8()?;
        if kind & 0x80 != 0 {
            fields.u8()?;
            told += usize::from(kind & 0x7f).max(1);
        } else {
            told += 1;
        }
    }
    let used = fields.at() - begin;
    fields.take(used.next_multiple_of(4) - used)?;
    let mut at = fields.at();
    for _ in 0..count {
        let site = stream.get(at..)?;
        let size = usize::from(Fields::new(site, 2).u16()?);
        let end = size.checked_add(4)?;
        found.push(self::site(site.get(..end)?)?);
        at = at.checked_add(end)?;
    }
    Some(())
}

/// The numbers of a site in front of its size, and between size and kind.
const BEFORE_SIZE: [(u32, usize); 2] = [(3, 4), (4, 4)];

/// Reads one site (MS-OFORMS 2.2.10.12).
fn site(bytes: &[u8]) -> Option<Site> {
    let mut fields = Fields::new(bytes, 4);
    let mask = Mask(fields.u32()?.into());
    let name = mask.length(&mut fields, 0)?;
    let tag = mask.length(&mut fields, 1)?;
    let id = mask.number(&mut fields, 2)?;
    mask.skip(&mut fields, &BEFORE_SIZE)?;
    let size = mask.number(&mut fields, 5)? as usize;
    mask.skip(&mut fields, &[(6, 2)])?;
    // What is not stored has the default of the file format.
    let kind = if mask.has(7) { fields.u16()? } else { 0x7fff };
    mask.skip(&mut fields, &[(9, 2)])?;
    let lengths: [Length; 4] = [
        mask.length(&mut fields, 11)?,
        mask.length(&mut fields, 12)?,
        mask.length(&mut fields, 13)?,
        mask.length(&mut fields, 14)?,
    ];
    let name = name.text(&mut fields)?;
    let tag = tag.text(&mut fields)?;
    mask.skip(&mut fields, &[(8, 8)])?;
    let [tip, licence, control_source, row_source] = lengths;
    let tip = tip.text(&mut fields)?;
    licence.text(&mut fields)?;
    Some(Site {
        name,
        tag,
        tip,
        control_source: control_source.text(&mut fields)?,
        row_source: row_source.text(&mut fields)?,
        id,
        kind,
        size,
    })
}
