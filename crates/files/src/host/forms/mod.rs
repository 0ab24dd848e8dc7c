//! Forms of a project (MS-OFORMS): the controls of each, with the strings that macros read.
//!
//! A form is a storage beside the project's own: `f` describes the form and lists its controls (its sites), `o` holds
//! the controls one behind the other, and a control that holds others (a frame, a page) has a storage of its own,
//! `i` and its number. The tabs of a multi-page hold the captions of its pages.

mod control;
mod mask;
mod site;

pub(super) use control::{describe, kind_of_class};

use crate::ole::Compound;
use crate::vba::{Collection, Datum, Item};
use control::{kind, tabs};
use site::{Site, sites};
use std::collections::BTreeSet;
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
    let mut seen = BTreeSet::new();
    for entry in compound.streams() {
        let Some(inner) = entry.path.strip_prefix(&prefix) else {
            continue;
        };
        let Some((name, "f" | "F")) = inner.split_once('/') else {
            continue;
        };
        // Two entries of one path are one form.
        if !seen.insert(name) {
            continue;
        }
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
            form = form.with("caption", Datum::units(caption));
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
                    control = control.with("caption", Datum::units(caption));
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

    /// Returns a control, and the captions of its tabs where it is a strip of them.
    fn control(&mut self, site: &Site, bytes: &[u8], place: &str) -> (Item, Vec<Vec<u16>>) {
        let name = String::from_utf16_lossy(&site.name);
        let item = Item::named(&name)
            .through(SAME)
            .with("name", Datum::units(site.name.clone()))
            .with("tag", Datum::units(site.tag.clone()))
            .with("controltiptext", Datum::units(site.tip.clone()))
            .with("controlsource", Datum::units(site.control_source.clone()))
            .with("rowsource", Datum::units(site.row_source.clone()));
        self.bytes += bytes.len() + 2 * (site.tag.len() + site.tip.len());
        match describe(site.kind, bytes, item.clone()) {
            Some(item) => {
                let tabs = (site.kind == kind::TABS).then(|| tabs(bytes)).flatten();
                (item, tabs.unwrap_or_default())
            }
            None => {
                self.gap(Gap::new(
                    place,
                    Why::Damaged,
                    format!("the control {name} cannot be read"),
                ));
                (item, Vec::new())
            }
        }
    }

    /// A form's strings may hold a macro's payload.
    fn gap(&mut self, gap: Gap) {
        if self.gaps.len() < 64 {
            self.gaps.push(gap);
        }
    }
}

/// Returns controls as a collection: they are counted from 0 and in an order of their own, so only names lead to them.
fn held(items: Vec<Rc<Item>>) -> Collection {
    Collection {
        items,
        counted: false,
    }
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
        let item = describe(site.kind, own, Item::default()).unwrap_or_default();
        let text = |property: &str| match item.value(property) {
            Some(Datum::Text(text)) => text.len(),
            _ => 0,
        };
        units += text("value").max(text("caption"));
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
