//! Fields of a text and links of a workbook that start programs (DDE), read from XML.

use super::tell_exchange;
use crate::text::decode_text;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use strongroom_model::{Gap, Report, Why};

/// Characters of one field's instruction that are kept.
const INSTRUCTION: usize = 4096;

/// Reads a part of a text for the instructions of its fields; an instruction may be split over runs.
pub(crate) fn read_story(bytes: &[u8], name: &str, report: &mut Report) {
    let text = decode_text(bytes);
    if !text.contains("instr") {
        return;
    }
    let mut reader = Reader::from_str(&text);
    reader.config_mut().check_end_names = false;
    let (mut instruction, mut inside) = (String::new(), false);
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) => match tag.local_name().as_ref() {
                "instrText" => inside = true,
                "fldSimple" => judge(&attribute(&tag, "instr").unwrap_or_default(), name, report),
                "fldChar" => {
                    judge(&std::mem::take(&mut instruction), name, report);
                }
                _ => {}
            },
            Ok(Event::Text(part)) if inside && instruction.len() < INSTRUCTION => {
                instruction.push_str(&part.xml10_content())
            }
            Ok(Event::End(tag)) if tag.local_name().as_ref() == "instrText" => inside = false,
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => {
                report.gap(Gap::new(name, Why::Damaged, error).harmless());
                break;
            }
        }
    }
    judge(&instruction, name, report);
}

fn judge(instruction: &str, name: &str, report: &mut Report) {
    let word = instruction
        .split_whitespace()
        .next()
        .unwrap_or("")
        .to_ascii_uppercase();
    if word == "DDE" || word == "DDEAUTO" {
        tell_exchange(instruction, name, report);
    }
}

/// Reads an external link's part for `ddeLink`.
pub(super) fn read_external_link(bytes: &[u8], name: &str, report: &mut Report) {
    let text = decode_text(bytes);
    let mut reader = Reader::from_str(&text);
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) if tag.local_name().as_ref() == "ddeLink" => {
                let value = |key| attribute(&tag, key).unwrap_or_default();
                tell_exchange(
                    &format!("{} {}", value("ddeService"), value("ddeTopic")),
                    name,
                    report,
                );
            }
            Ok(Event::Eof) => return,
            Ok(_) => {}
            Err(error) => return report.gap(Gap::new(name, Why::Damaged, error)),
        }
    }
}

/// Returns an attribute by its local name, entities resolved.
pub(crate) fn attribute(tag: &BytesStart<'_>, key: &str) -> Option<String> {
    let found = tag
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == key)?;
    let raw: &str = &found.value;
    Some(quick_xml::escape::unescape(raw).map_or_else(|_| raw.to_owned(), std::borrow::Cow::into_owned))
}
