//! A workbook that is a package: which parts hold its sheets, by the package's relations (ECMA-376 part 2, 6.5).

use super::{Dialect, Sheet, SheetKind, Visibility, Workbook, binary, xml};
use crate::archive::Members;
use crate::examine::Walk;
use crate::package::attribute;
use crate::text::decode_text;
use quick_xml::events::Event;
use quick_xml::reader::Reader;
use std::collections::HashMap;
use std::sync::Arc;
use strongroom_model::{Gap, Why};

/// A sheet as the workbook's part lists it.
pub(super) struct Listed {
    /// The relation that leads to its part.
    pub relation: String,
    /// Its name.
    pub name: String,
    /// Whether it is seen.
    pub visibility: Visibility,
}

/// A relation.
struct Relation {
    id: String,
    kind: String,
    target: String,
}

/// Reads the workbook of a package; `None` where the package has none.
///
/// The walk's meter is charged with the parts that this unpacks: the workbook, its sheets and their strings.
pub(crate) fn of_package(members: &mut Members<'_>, walk: &mut Walk<'_>) -> Option<Workbook> {
    let mut package = Package {
        by_name: members
            .names()
            .into_iter()
            .enumerate()
            .map(|(index, name)| (name.trim_start_matches('/').to_lowercase(), index))
            .collect(),
        members,
        walk,
        gaps: Vec::new(),
    };
    package.workbook()
}

struct Package<'a, 'm, 'w, 'l> {
    members: &'a mut Members<'m>,
    walk: &'w mut Walk<'l>,
    by_name: HashMap<String, usize>,
    gaps: Vec<Gap>,
}

impl Package<'_, '_, '_, '_> {
    fn part(&mut self, name: &str) -> Option<Vec<u8>> {
        let index = *self.by_name.get(&name.to_lowercase())?;
        let unpacked = self.members.read(index, name, self.walk);
        self.gaps.extend(unpacked.gap);
        Some(unpacked.bytes)
    }

    fn relations(&mut self, of: &str) -> Vec<Relation> {
        let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
        let name = format!("{folder}/_rels/{file}.rels");
        let Some(bytes) = self.part(name.trim_start_matches('/')) else {
            return Vec::new();
        };
        relations(&decode_text(&bytes), folder)
    }

    fn workbook(&mut self) -> Option<Workbook> {
        let main = self
            .relations("")
            .into_iter()
            .find(|relation| relation.kind == "officedocument");
        let main = main.map_or_else(|| self.usual(), |relation| Some(relation.target))?;
        let bytes = self.part(&main)?;
        let binary = !looks_like_xml(&bytes);
        let mut book = Workbook::new(if binary { Dialect::Biff12 } else { Dialect::A1 });
        let mut listed = Vec::new();
        if binary {
            binary::read_workbook(&bytes, &main, &mut book, &mut listed);
        } else {
            xml::read_workbook(&decode_text(&bytes), &main, &mut book, &mut listed);
        }
        let relations = self.relations(&main);
        let strings = relations.iter().find(|relation| relation.kind == "sharedstrings");
        let strings = strings.map_or_else(Vec::new, |relation| self.strings(&relation.target));
        let by_id: HashMap<&str, &Relation> = relations
            .iter()
            .map(|relation| (relation.id.as_str(), relation))
            .collect();
        for sheet in listed {
            let relation = by_id.get(sheet.relation.as_str());
            self.sheet(sheet, relation.copied(), &strings, &mut book);
        }
        book.gaps.append(&mut self.gaps);
        Some(book)
    }

    /// Where no relation leads to the workbook, its usual name does.
    fn usual(&self) -> Option<String> {
        let names = ["xl/workbook.xml", "xl/workbook.bin"];
        names
            .into_iter()
            .find(|name| self.by_name.contains_key(*name))
            .map(str::to_owned)
    }

    fn strings(&mut self, target: &str) -> Vec<Arc<str>> {
        let Some(bytes) = self.part(target) else {
            self.gaps
                .push(Gap::new(target, Why::Damaged, "the shared strings are missing"));
            return Vec::new();
        };
        if looks_like_xml(&bytes) {
            xml::read_strings(&decode_text(&bytes), target, &mut self.gaps)
        } else {
            binary::read_strings(&bytes, target, &mut self.gaps)
        }
    }

    fn sheet(
        &mut self,
        listed: Listed,
        relation: Option<&Relation>,
        strings: &[Arc<str>],
        book: &mut Workbook,
    ) {
        let kind = relation.map_or(SheetKind::Other, |relation| kind_of(&relation.kind));
        let mut sheet = Sheet::new(listed.name, kind);
        sheet.visibility = listed.visibility;
        sheet.part = relation.map(|relation| relation.target.clone());
        if let Some(relation) = relation.filter(|_| matches!(kind, SheetKind::Work | SheetKind::Macro)) {
            match self.part(&relation.target) {
                Some(bytes) if looks_like_xml(&bytes) => {
                    xml::read_sheet(&decode_text(&bytes), &relation.target, strings, &mut sheet, book);
                }
                Some(bytes) => binary::read_sheet(&bytes, &relation.target, strings, &mut sheet, book),
                None => {
                    let what = format!("the part of the sheet {:?} is missing", sheet.name);
                    self.gaps
                        .push(Gap::new(relation.target.as_str(), Why::Damaged, what));
                }
            }
            sheet.order();
        }
        book.sheets.push(sheet);
    }
}

fn kind_of(relation: &str) -> SheetKind {
    match relation {
        "worksheet" => SheetKind::Work,
        "xlmacrosheet" | "xlintlmacrosheet" => SheetKind::Macro,
        "chartsheet" => SheetKind::Chart,
        "dialogsheet" => SheetKind::Dialog,
        _ => SheetKind::Other,
    }
}

/// A part of a binary workbook begins with a record's number, a part in XML with a tag or the mark of its encoding.
fn looks_like_xml(bytes: &[u8]) -> bool {
    let bytes = bytes.trim_ascii_start();
    bytes.starts_with(b"<")
        || bytes.starts_with(b"\xEF\xBB\xBF")
        || bytes.starts_with(b"\xFF\xFE")
        || bytes.starts_with(b"\xFE\xFF")
}

fn relations(text: &str, folder: &str) -> Vec<Relation> {
    let mut reader = Reader::from_str(text);
    let mut found = Vec::new();
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) if tag.local_name().as_ref() == "Relationship" => {
                let value = |key| attribute(&tag, key).unwrap_or_default();
                let kind = value("Type");
                found.push(Relation {
                    id: value("Id"),
                    kind: kind.rsplit('/').next().unwrap_or_default().to_lowercase(),
                    target: resolved(&value("Target"), folder),
                });
            }
            // What a damaged part of relations leads to is told where the part itself is read.
            Ok(Event::Eof) | Err(_) => return found,
            Ok(_) => {}
        }
    }
}

/// Returns a target's name in the package: relative to the folder of the part, or to the root.
pub(crate) fn resolved(target: &str, folder: &str) -> String {
    let path = match target.strip_prefix('/') {
        Some(rooted) => rooted.to_owned(),
        None => format!("{folder}/{target}"),
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::resolved;

    #[test]
    fn targets_are_resolved_against_their_folder() {
        assert_eq!(
            resolved("worksheets/sheet1.xml", "xl"),
            "xl/worksheets/sheet1.xml"
        );
        assert_eq!(resolved("/xl/a.xml", "xl"), "xl/a.xml");
        assert_eq!(resolved("../b/./c.xml", "xl/a"), "xl/b/c.xml");
    }
}
