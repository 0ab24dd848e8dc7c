//! Content types of a package's parts (ECMA-376 part 2, 7.2.3): what a part is, whatever it is called.

use super::Part;
use super::fields::attribute;
use crate::text::decode_text;
use quick_xml::events::Event;
use quick_xml::reader::Reader;
use std::collections::HashMap;

/// The types that a package names, by part and by extension, all in lower case.
#[derive(Debug, Default)]
pub(super) struct Types {
    parts: HashMap<String, String>,
    extensions: HashMap<String, String>,
}

impl Types {
    /// Reads the part that lists them; what breaks off leaves the names of the parts to tell.
    pub fn read(bytes: &[u8]) -> Types {
        let text = decode_text(bytes);
        let mut reader = Reader::from_str(&text);
        reader.config_mut().check_end_names = false;
        let mut types = Types::default();
        loop {
            let tag = match reader.read_event() {
                Ok(Event::Start(tag) | Event::Empty(tag)) => tag,
                Ok(Event::Eof) | Err(_) => return types,
                Ok(_) => continue,
            };
            let value = |key| attribute(&tag, key).map(|value| value.trim().to_ascii_lowercase());
            let Some(content_type) = value("ContentType") else {
                continue;
            };
            match tag.local_name().as_ref() {
                "Override" => {
                    let name = value("PartName").unwrap_or_default();
                    types.parts.insert(plain(&name), content_type);
                }
                "Default" => {
                    types
                        .extensions
                        .insert(value("Extension").unwrap_or_default(), content_type);
                }
                _ => {}
            }
        }
    }

    /// Returns what a part is where its type tells more than its name does.
    pub fn part(&self, name: &str) -> Option<Part> {
        let name = plain(&name.to_ascii_lowercase());
        let extension = name
            .rsplit('/')
            .next()
            .and_then(|base| base.rsplit_once('.'))
            .map(|(_, end)| end);
        let told = self
            .parts
            .get(&name)
            .or_else(|| self.extensions.get(extension?))?;
        let has = |mark: &str| told.contains(mark);
        if has("package.relationships+xml") {
            Some(Part::Relations)
        } else if has("wordprocessingml") && has("+xml") || has("ms-word.") && has(".main+xml") {
            Some(Part::Story)
        } else if has("presentationml.slide") || has("presentationml.notes") || has("presentationml.handout")
        {
            Some(Part::Slide)
        } else if has("ms-office.activex+xml") {
            Some(Part::Control)
        } else {
            None
        }
    }
}

/// Returns a part's name as a key: one kind of slash, none in front, percent signs resolved.
pub(super) fn plain(name: &str) -> String {
    let name = name.replace('\\', "/");
    let bytes = crate::markup::unescaped(name.trim_start_matches('/'));
    String::from_utf8_lossy(&bytes).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_what_its_type_says() {
        let types = Types::read(
            b"<Types><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
              <Override PartName=\"/A/Doc%31.dat\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>",
        );
        assert_eq!(types.part("a/doc1.dat"), Some(Part::Story));
        assert_eq!(types.part("A\\Doc1.dat"), Some(Part::Story));
        assert_eq!(types.part("_rels/.rels"), Some(Part::Relations));
        assert_eq!(types.part("a/doc2.dat"), None);
    }
}
