//! Forms of a project (MS-OFORMS): the controls of each, with the strings that macros read.
//!
//! A form is a storage beside the project's own: `f` describes the form and lists its controls (its sites), `o` holds
//! the controls one behind the other, and a control that holds others (a frame, a page) has a storage of its own,
//! `i` and its number. The tabs of a multi-page hold the captions of its pages.

use super::fields::Fields;
use crate::ole::Compound;
use crate::text::units;
use crate::vba::{Collection, Datum, Item};
use std::rc::Rc;
use strongroom_model::{Gap, Limit, Why};

/// Controls of one project, all its forms together.
const CONTROLS: usize = 4096;
/// Storages inside each other.
const DEPTH: usize = 8;
/// Bytes that the strings of all controls may take.
const BYTES: usize = 64 << 20;

/// Properties that lead from a control to itself.
const SAME: &[&str] = &["object", "parentcontrol"];

/// What the forms of a project hold, and what could not be read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Forms {
    /// The forms by name.
    pub forms: Vec<Item>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}

/// Reads the forms beside the project whose streams stand in `storage` (`…/VBA`).
pub(crate) fn read_forms(compound: &Compound<'_>, storage: &str) -> Forms {
    let root = storage.rsplit_once('/').map_or("", |(root, _)| root);
    let prefix = format!("{root}/");
    let mut reader = Reader {
        compound,
        controls: 0,
        bytes: 0,
        gaps: Vec::new(),
    };
    let mut forms = Vec::new();
    for entry in compound.streams() {
        let Some(inner) = entry.path.strip_prefix(&prefix) else {
            continue;
        };
        let Some((name, "f" | "F")) = inner.split_once('/') else {
            continue;
        };
        forms.push(reader.form(&format!("{prefix}{name}"), name));
    }
    Forms {
        forms,
        gaps: reader.gaps,
    }
}

struct Reader<'c, 'f> {
    compound: &'c Compound<'f>,
    controls: usize,
    bytes: usize,
    gaps: Vec<Gap>,
}

/// What a form's stream says of one control.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Site {
    name: Vec<u16>,
    tag: Vec<u16>,
    tip: Vec<u16>,
    control_source: Vec<u16>,
    row_source: Vec<u16>,
    id: u32,
    kind: u16,
    size: usize,
}

/// The kinds of controls (MS-OFORMS 2.4.5), by their place in the cache of classes.
mod kind {
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

impl Reader<'_, '_> {
    /// Reads a form with all controls, those in frames and pages among them: a form's `Controls` holds them all.
    fn form(&mut self, storage: &str, name: &str) -> Item {
        let mut controls = Vec::new();
        let caption = self.parent(storage, 0, &mut controls);
        let mut form = Item {
            members: Some("controls"),
            ..Item::named(name)
        }
        .with_text("name", name);
        for (property, text) in self.frame_text(storage) {
            form = form.with_text(property, &text);
        }
        if let (Some(caption), None) = (caption, form.value("caption")) {
            form = form.with("caption", Datum::Text(caption));
        }
        form.holding("controls", held(controls))
    }

    /// The properties that the designer keeps as text (MS-OVBA 2.3.5): caption and tag.
    fn frame_text(&self, storage: &str) -> Vec<(&'static str, String)> {
        let Some(stream) = self.compound.read(&format!("{storage}/\u{3}VBFrame")) else {
            return Vec::new();
        };
        let text = encoding_rs::WINDOWS_1252
            .decode_without_bom_handling(&stream.bytes)
            .0
            .into_owned();
        let mut found = Vec::new();
        for line in text.lines() {
            let Some((key, value)) = line.split_once('=') else {
                continue;
            };
            let property = match key.trim().to_ascii_lowercase().as_str() {
                "caption" => "caption",
                "tag" => "tag",
                _ => continue,
            };
            let Some(quoted) = value.trim_start().strip_prefix('"') else {
                continue;
            };
            let closed = quoted.rsplit_once('"').map_or(quoted, |(inner, _)| inner);
            // What the code page does not hold for sure is left to the streams.
            if closed.is_ascii() {
                found.push((property, closed.replace("\"\"", "\"")));
            }
        }
        found
    }

    /// Reads what holds controls; returns its caption.
    fn parent(&mut self, storage: &str, depth: usize, into: &mut Vec<Rc<Item>>) -> Option<Vec<u16>> {
        let place = format!("{storage}/f");
        let Some(stream) = self.compound.read(&place) else {
            self.gap(Gap::new(&place, Why::Damaged, "the form cannot be read"));
            return None;
        };
        let (caption, sites, whole) = sites(&stream.bytes);
        if !whole {
            self.gap(Gap::new(
                &place,
                Why::Damaged,
                "the list of the form's controls breaks off",
            ));
        }
        let objects = self
            .compound
            .read(&format!("{storage}/o"))
            .map(|read| read.bytes)
            .unwrap_or_default();
        let mut at = 0usize;
        let mut captions: Vec<Vec<u16>> = Vec::new();
        let mut pages = 0usize;
        for site in sites {
            if self.controls >= CONTROLS || self.bytes >= BYTES {
                self.gap(Gap::limit(&place, Limit::Rows, format!("{CONTROLS} controls")));
                break;
            }
            self.controls += 1;
            let end = at.saturating_add(site.size).min(objects.len());
            let own = objects.get(at..end).unwrap_or_default();
            at = end;
            let (mut control, tabs) = self.control(&site, own, &place);
            if !tabs.is_empty() {
                captions = tabs;
            }
            if matches!(site.kind, kind::FORM | kind::FRAME | kind::PAGES) {
                let inner = format!("{storage}/i{:02}", site.id);
                let first = into.len();
                into.push(Rc::default());
                let caption = if depth < DEPTH {
                    self.parent(&inner, depth + 1, into)
                } else {
                    self.gap(Gap::limit(&inner, Limit::Depth, DEPTH));
                    None
                };
                let inside = into.get(first + 1..).unwrap_or_default().to_vec();
                let page = captions.get(pages).filter(|_| site.kind == kind::FORM).cloned();
                pages += usize::from(site.kind == kind::FORM);
                if let Some(caption) = page.or(caption) {
                    control = control.with("caption", Datum::Text(caption));
                }
                if site.kind == kind::PAGES {
                    control = control.holding("pages", held(inside.clone()));
                }
                control = control.holding("controls", held(inside));
                control.members = Some("controls");
                if let Some(slot) = into.get_mut(first) {
                    *slot = Rc::new(control);
                }
            } else if !site.name.is_empty() {
                // The strip of tabs inside of a multi-page has no name and is no control of its own.
                into.push(Rc::new(control));
            }
        }
        caption
    }

    fn control(&mut self, site: &Site, bytes: &[u8], place: &str) -> (Item, Vec<Vec<u16>>) {
        let name = String::from_utf16_lossy(&site.name);
        let mut item = Item::named(&name)
            .through(SAME)
            .with("name", Datum::Text(site.name.clone()))
            .with("tag", Datum::Text(site.tag.clone()))
            .with("controltiptext", Datum::Text(site.tip.clone()))
            .with("controlsource", Datum::Text(site.control_source.clone()))
            .with("rowsource", Datum::Text(site.row_source.clone()));
        self.bytes += bytes.len() + 2 * (site.tag.len() + site.tip.len());
        let read = match site.kind {
            kind::COMMAND => buttoned(bytes, &COMMAND).map(|caption| {
                item = std::mem::take(&mut item).with("caption", Datum::Text(caption));
            }),
            kind::LABEL => buttoned(bytes, &LABEL).map(|caption| {
                item = std::mem::take(&mut item)
                    .with("caption", Datum::Text(caption))
                    .defaulting("caption");
            }),
            kind::TEXT..=kind::TOGGLE | 15 => morph(bytes).map(|morph| {
                item = morph.describe(std::mem::take(&mut item), site.kind);
            }),
            kind::TABS => {
                return match tabs(bytes) {
                    Some(tabs) => {
                        let pages = tabs.iter().map(|tab| {
                            Item::named(String::from_utf16_lossy(tab))
                                .with("caption", Datum::Text(tab.clone()))
                                .defaulting("caption")
                        });
                        let pages = Collection::counted(pages.collect());
                        (item.holding("tabs", pages), tabs)
                    }
                    None => (item, Vec::new()),
                };
            }
            _ => Some(()),
        };
        if read.is_none() {
            self.gap(Gap::new(
                place,
                Why::Damaged,
                format!("the control {name} cannot be read"),
            ));
        }
        (item, Vec::new())
    }

    /// A form's strings may hold a macro's payload.
    fn gap(&mut self, gap: Gap) {
        if self.gaps.len() < 64 {
            self.gaps.push(gap);
        }
    }
}

/// The length of a string and whether its characters take one byte (MS-OFORMS 2.4.14.2).
#[derive(Clone, Copy, Debug, Default)]
struct Length {
    bytes: usize,
    narrow: bool,
}

impl Length {
    fn of(field: u32) -> Self {
        Length {
            bytes: (field & 0x7fff_ffff) as usize,
            narrow: field & 0x8000_0000 != 0,
        }
    }

    /// Takes the string, padded to four bytes.
    fn text(self, fields: &mut Fields<'_>) -> Option<Vec<u16>> {
        fields.align(4);
        let bytes = fields.take(self.bytes)?;
        fields.align(4);
        Some(if self.narrow {
            bytes.iter().map(|byte| u16::from(*byte)).collect()
        } else {
            units(bytes).collect()
        })
    }
}

/// Returns controls as a collection: they are counted from 0 and in an order of their own, so only names lead to them.
fn held(items: Vec<Rc<Item>>) -> Collection {
    Collection {
        items,
        counted: false,
    }
}

/// Reads the form's own caption and the sites of its controls (MS-OFORMS 2.2.10); the last is whether all stood there.
fn sites(stream: &[u8]) -> (Option<Vec<u16>>, Vec<Site>, bool) {
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

/// Returns the caption and where the data of the sites begins.
fn form(stream: &[u8]) -> Option<(Option<Vec<u16>>, Option<Fields<'_>>)> {
    let mut fields = Fields::new(stream, 0);
    if fields.take(2)? != [0, 4] {
        return None;
    }
    let size = usize::from(fields.u16()?);
    let mask = fields.u32()?;
    let has = |bit: u32| mask >> bit & 1 == 1;
    for bit in [1, 2, 3] {
        if has(bit) {
            fields.u32()?;
        }
    }
    let flags = if has(6) { fields.u32()? } else { 0 };
    for bit in [7, 8, 9] {
        if has(bit) {
            fields.u8()?;
        }
    }
    if has(13) {
        fields.u32()?;
    }
    if has(15) {
        fields.u16()?;
    }
    for bit in [16, 17] {
        if has(bit) {
            fields.u8()?;
        }
    }
    if has(18) {
        fields.u32()?;
    }
    let caption = if has(19) {
        Length::of(fields.u32()?)
    } else {
        Length::default()
    };
    for bit in [20, 21] {
        if has(bit) {
            fields.u16()?;
        }
    }
    if has(22) {
        fields.u32()?;
    }
    for bit in [23, 25] {
        if has(bit) {
            fields.u8()?;
        }
    }
    for bit in [26, 27] {
        if has(bit) {
            fields.u32()?;
        }
    }
    fields.align(4);
    for bit in [10, 11, 12] {
        if has(bit) {
            fields.take(8)?;
        }
    }
    let caption = has(19).then(|| caption.text(&mut fields)).flatten();
    let mut behind = Fields::new(stream, size.checked_add(4)?);
    let begin = (|| {
        if has(15) {
            picture(&mut behind)?;
        }
        if has(20) {
            font(&mut behind)?;
        }
        if has(21) {
            picture(&mut behind)?;
        }
        // The table of classes is there unless the flag says that it is not saved (MS-OFORMS 2.2.10.6).
        if flags & 0x8000 == 0 {
            let count = behind.take(2)?.first_chunk().copied().map(u16::from_le_bytes)?;
            for _ in 0..count {
                behind.take(2)?;
                let size = behind.take(2)?.first_chunk().copied().map(u16::from_le_bytes)?;
                behind.take(usize::from(size))?;
            }
        }
        Some(behind)
    })();
    Some((caption, begin))
}

/// A picture with the identifier of its class (MS-OFORMS 2.4.8).
fn picture(fields: &mut Fields<'_>) -> Option<()> {
    fields.take(16)?;
    fields.take(4)?;
    let size = fields.take(4)?.first_chunk().copied().map(u32::from_le_bytes)?;
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
    let size = fields.take(2)?.first_chunk().copied().map(u16::from_le_bytes)?;
    fields.take(usize::from(size)).map(drop)
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

/// Reads one site (MS-OFORMS 2.2.10.12).
fn site(bytes: &[u8]) -> Option<Site> {
    let mut fields = Fields::new(bytes, 4);
    let mask = fields.u32()?;
    let has = |bit: u32| mask >> bit & 1 == 1;
    let length = |fields: &mut Fields<'_>, bit: u32| -> Option<Length> {
        Some(if has(bit) {
            Length::of(fields.u32()?)
        } else {
            Length::default()
        })
    };
    let name = length(&mut fields, 0)?;
    let tag = length(&mut fields, 1)?;
    let mut site = Site {
        // What is not stored has the default of the file format.
        kind: 0x7fff,
        ..Site::default()
    };
    if has(2) {
        site.id = fields.u32()?;
    }
    for bit in [3, 4] {
        if has(bit) {
            fields.u32()?;
        }
    }
    if has(5) {
        site.size = fields.u32()? as usize;
    }
    if has(6) {
        fields.u16()?;
    }
    if has(7) {
        site.kind = fields.u16()?;
    }
    if has(9) {
        fields.u16()?;
    }
    let tip = length(&mut fields, 11)?;
    let licence = length(&mut fields, 12)?;
    let control_source = length(&mut fields, 13)?;
    let row_source = length(&mut fields, 14)?;
    site.name = name.text(&mut fields)?;
    site.tag = tag.text(&mut fields)?;
    if has(8) {
        fields.take(8)?;
    }
    site.tip = tip.text(&mut fields)?;
    licence.text(&mut fields)?;
    site.control_source = control_source.text(&mut fields)?;
    site.row_source = row_source.text(&mut fields)?;
    Some(site)
}

/// The sizes of a control's fields by the bits of its mask, and the bit of its caption.
type Layout = [(u32, usize)];

/// A command button (MS-OFORMS 2.2.1.3).
const COMMAND: [(u32, usize); 9] = [
    (0, 4),
    (1, 4),
    (2, 4),
    (3, 4),
    (4, 4),
    (6, 1),
    (7, 2),
    (8, 2),
    (10, 2),
];
/// A label (MS-OFORMS 2.2.4.3).
const LABEL: [(u32, usize); 12] = [
    (0, 4),
    (1, 4),
    (2, 4),
    (3, 4),
    (4, 4),
    (6, 1),
    (7, 4),
    (8, 2),
    (9, 2),
    (10, 2),
    (11, 2),
    (12, 2),
];

/// Returns the caption of a control whose layout has it at bit 3; empty where none is stored.
fn buttoned(bytes: &[u8], layout: &Layout) -> Option<Vec<u16>> {
    let mut fields = Fields::new(bytes, 4);
    if bytes.first_chunk() != Some(&[0, 2]) {
        return None;
    }
    let mask = fields.u32()?;
    let mut caption = Length::default();
    for (bit, size) in layout {
        if mask >> bit & 1 == 0 {
            continue;
        }
        match size {
            1 => drop(fields.u8()?),
            2 => drop(fields.u16()?),
            _ => {
                let field = fields.u32()?;
                if *bit == 3 {
                    caption = Length::of(field);
                }
            }
        }
    }
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
            .with("caption", Datum::Text(self.caption))
            .with("groupname", Datum::Text(self.group))
            .defaulting("value");
        match kind {
            kind::TEXT | kind::COMBO => item
                .with("text", Datum::Text(self.value.clone()))
                .with("value", Datum::Text(self.value)),
            26..=kind::TOGGLE => match self.value.as_slice() {
                [0x30] => item.with("value", Datum::Bool(false)),
                [0x31] => item.with("value", Datum::Bool(true)),
                _ => item,
            },
            _ => item,
        }
    }
}

fn morph(bytes: &[u8]) -> Option<Morph> {
    if bytes.first_chunk() != Some(&[0, 2]) {
        return None;
    }
    let mut fields = Fields::new(bytes, 4);
    let mask = u64::from(fields.u32()?) | u64::from(fields.u32()?) << 32;
    let has = |bit: u32| mask >> bit & 1 == 1;
    for bit in [0, 1, 2, 3] {
        if has(bit) {
            fields.u32()?;
        }
    }
    for bit in [4, 5, 6, 7] {
        if has(bit) {
            fields.u8()?;
        }
    }
    if has(9) {
        fields.u16()?;
    }
    if has(10) {
        fields.u32()?;
    }
    for bit in [11, 12, 13, 14, 15] {
        if has(bit) {
            fields.u16()?;
        }
    }
    for bit in [16, 17, 18, 20, 21] {
        if has(bit) {
            fields.u8()?;
        }
    }
    let length = |fields: &mut Fields<'_>, bit: u32| -> Option<Length> {
        Some(if has(bit) {
            Length::of(fields.u32()?)
        } else {
            Length::default()
        })
    };
    let value = length(&mut fields, 22)?;
    let caption = length(&mut fields, 23)?;
    for bit in [24, 25, 26] {
        if has(bit) {
            fields.u32()?;
        }
    }
    for bit in [27, 28, 29] {
        if has(bit) {
            fields.u16()?;
        }
    }
    let group = length(&mut fields, 32)?;
    fields.align(4);
    if has(8) {
        fields.take(8)?;
    }
    Some(Morph {
        value: value.text(&mut fields)?,
        caption: caption.text(&mut fields)?,
        group: group.text(&mut fields)?,
    })
}

/// Returns the captions of a tab strip (MS-OFORMS 2.2.9).
fn tabs(bytes: &[u8]) -> Option<Vec<Vec<u16>>> {
    if bytes.first_chunk() != Some(&[0, 2]) {
        return None;
    }
    let mut fields = Fields::new(bytes, 4);
    let mask = fields.u32()?;
    let has = |bit: u32| mask >> bit & 1 == 1;
    for bit in [0, 1, 2] {
        if has(bit) {
            fields.u32()?;
        }
    }
    let size = if has(5) { fields.u32()? as usize } else { 0 };
    if has(6) {
        fields.u8()?;
    }
    for bit in [8, 9, 11, 12, 15, 17, 18, 20, 21, 22, 23] {
        if has(bit) {
            fields.u32()?;
        }
    }
    if has(24) {
        fields.u16()?;
    }
    fields.align(4);
    if has(4) {
        fields.take(8)?;
    }
    let end = fields.at().checked_add(size)?;
    let mut captions = Vec::new();
    while fields.at() < end && captions.len() < CONTROLS {
        captions.push(Length::of(fields.u32()?).text(&mut fields)?);
    }
    Some(captions)
}

/// Reads the two streams of a form, for fuzzing: the names and strings of the controls.
#[doc(hidden)]
pub fn form_strings(form: &[u8], objects: &[u8]) -> usize {
    let (caption, found, _) = sites(form);
    let mut at = 0usize;
    let mut units = caption.map_or(0, |caption| caption.len());
    for site in found {
        let end = at.saturating_add(site.size).min(objects.len());
        let own = objects.get(at..end).unwrap_or_default();
        at = end;
        units += site.name.len() + site.tag.len() + site.tip.len();
        units += match site.kind {
            kind::COMMAND => buttoned(own, &COMMAND).map_or(0, |text| text.len()),
            kind::LABEL => buttoned(own, &LABEL).map_or(0, |text| text.len()),
            kind::TABS => tabs(own).map_or(0, |tabs| tabs.len()),
            _ => morph(own).map_or(0, |morph| morph.value.len()),
        };
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A real form with every kind of control, frames and pages among them.
    #[test]
    fn a_real_form_gives_the_strings_of_its_controls() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let path = root.join("../shared/data/office/oletools/oleform/oleform-PR314.docm");
        let Ok(bytes) = std::fs::read(&path) else {
            assert!(std::env::var_os("CI").is_none(), "../shared/data is absent");
            eprintln!("SKIPPED: a_real_form_gives_the_strings_of_its_controls: ../shared/data is absent");
            return;
        };
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut project = Vec::new();
        std::io::Read::read_to_end(&mut archive.by_name("word/vbaProject.bin").unwrap(), &mut project)
            .unwrap();
        let compound = Compound::open(&project).unwrap();
        let read = read_forms(&compound, "/VBA");
        assert_eq!(read.gaps, []);
        let form = read.forms.first().unwrap();
        assert_eq!(form.value("caption"), Some(&Datum::text("UserForm1_capt")));
        let controls = &form.collection("controls").unwrap().items;
        let value = |name: &str, property: &str| {
            let control = controls.iter().find(|control| control.name == name).unwrap();
            control.value(property).cloned()
        };
        assert_eq!(value("Label1", "tag"), Some(Datum::text("sdfff")));
        assert_eq!(value("Label1", "caption"), Some(Datum::text("Label1-test")));
        assert_eq!(value("TextBox1", "text"), Some(Datum::text("heyhey")));
        assert_eq!(value("ComboBox1", "value"), Some(Datum::text("none dd")));
        assert_eq!(value("CheckBox1", "value"), Some(Datum::Bool(true)));
        assert_eq!(value("CheckBox1", "caption"), Some(Datum::text("mouahaha")));
        assert_eq!(value("TextBox2", "text"), Some(Datum::text("abcd")), "in a frame");
        assert_eq!(
            value("TextBox3", "text"),
            Some(Datum::text("last one")),
            "on a page"
        );
        assert_eq!(value("Page2", "caption"), Some(Datum::text("Page2")));
    }

    #[test]
    fn what_is_cut_ends_early() {
        let stream = [0, 4, 8, 0, 0, 0, 8, 0, 1, 0, 0, 0];
        for length in 0..stream.len() {
            assert!(form_strings(&stream[..length], &stream[..length]) < 64);
        }
    }
}
