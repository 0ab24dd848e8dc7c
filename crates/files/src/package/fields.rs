//! Fields of a text and links of a workbook that start programs (DDE), read from XML.

use super::tell_exchange;
use crate::examine::Walk;
use crate::rtf::{Field, Spelled, tell_fields};
use crate::text::decode_text;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use strongroom_model::{Gap, Limit, Report, Why};

/// Characters of one field that are kept, and fields of one part; fields inside fields.
const INSTRUCTION: usize = 64 << 10;
const FIELDS: usize = 1 << 16;
const NESTING: usize = 64;

/// A field that has begun.
#[derive(Default)]
struct Open {
    instruction: Spelled,
    result: String,
    /// Whether its result has begun.
    shows: bool,
}

/// The fields of a part, those inside others before them.
#[derive(Default)]
struct Story {
    open: Vec<Open>,
    fields: Vec<Field>,
    /// An instruction outside of any field, as writers by hand leave it.
    stray: Open,
    /// Fields inside fields that are not kept, and whether some part of a field was not.
    beyond: usize,
    more: bool,
}

/// Reads a part of a text for the instructions of its fields; an instruction may be split over runs, and put together
/// by fields inside it.
pub(crate) fn read_story(bytes: &[u8], name: &str, report: &mut Report, walk: &mut Walk<'_>) {
    let text = decode_text(bytes);
    if !text.contains("instr") {
        return;
    }
    let mut reader = Reader::from_str(&text);
    reader.config_mut().check_end_names = false;
    let mut story = Story::default();
    // What the text that comes next belongs to.
    let mut within = Within::Other;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => match tag.local_name().as_ref() {
                "instrText" | "delInstrText" => within = Within::Instruction,
                "t" => within = Within::Shown,
                "fldSimple" => story.begin(attribute(&tag, "instr").unwrap_or_default()),
                "fldChar" => story.mark(&tag),
                _ => {}
            },
            Ok(Event::Empty(tag)) => match tag.local_name().as_ref() {
                "fldSimple" => {
                    story.begin(attribute(&tag, "instr").unwrap_or_default());
                    story.end();
                }
                "fldChar" => story.mark(&tag),
                _ => {}
            },
            Ok(Event::Text(part)) => story.put(within, &part.xml10_content()),
            Ok(Event::CData(part)) => story.put(within, &part),
            Ok(Event::GeneralRef(part)) => story.put(within, &entity(&part)),
            Ok(Event::End(tag)) => match tag.local_name().as_ref() {
                "instrText" | "delInstrText" | "t" => within = Within::Other,
                "fldSimple" => story.end(),
                _ => {}
            },
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => {
                report.gap(Gap::new(name, Why::Damaged, error).harmless());
                break;
            }
        }
    }
    story.beyond = 0;
    while !story.open.is_empty() {
        story.end();
    }
    let stray = std::mem::take(&mut story.stray);
    story.close(stray);
    if story.more {
        report.gap(Gap::limit(name, Limit::Rows, "fields, and the text of a field"));
    }
    tell_fields(&story.fields, name, report, walk);
}

/// What text belongs to.
#[derive(Clone, Copy)]
enum Within {
    Instruction,
    Shown,
    Other,
}

impl Story {
    fn begin(&mut self, instruction: String) {
        if self.open.len() >= NESTING {
            self.beyond += 1;
            self.more = true;
            return;
        }
        self.open.push(Open {
            instruction: Spelled {
                text: instruction,
                inner: Vec::new(),
            },
            ..Open::default()
        });
    }

    /// Reads the mark that begins, parts or ends a field.
    fn mark(&mut self, tag: &BytesStart<'_>) {
        match attribute(tag, "fldCharType").unwrap_or_default().as_str() {
            "begin" => self.begin(String::new()),
            "separate" => {
                if let Some(open) = self.open.last_mut() {
                    open.shows = true;
                }
            }
            _ => self.end(),
        }
    }

    fn put(&mut self, within: Within, text: &str) {
        let open = self.open.last_mut().unwrap_or(&mut self.stray);
        let into = match within {
            Within::Instruction if !open.shows => &mut open.instruction.text,
            Within::Shown if open.shows => &mut open.result,
            _ => return,
        };
        if into.len() + text.len() <= INSTRUCTION {
            into.push_str(text);
        } else {
            self.more |= matches!(within, Within::Instruction);
        }
    }

    fn end(&mut self) {
        if self.beyond > 0 {
            self.beyond -= 1;
        } else if let Some(open) = self.open.pop() {
            self.close(open);
        }
    }

    /// Keeps a field; the one around it has its place for the value.
    fn close(&mut self, open: Open) {
        if open.instruction.text.trim().is_empty() && open.instruction.inner.is_empty() {
            return;
        }
        if self.fields.len() >= FIELDS {
            self.more = true;
            return;
        }
        if let Some(outer) = self.open.last_mut() {
            if outer.shows {
                outer.result.push_str(&open.result);
            } else {
                let place = outer.instruction.text.len();
                outer.instruction.inner.push((place, self.fields.len()));
            }
        }
        self.fields.push(Field {
            start: 0,
            instruction: open.instruction,
            result: open.result,
        });
    }
}

/// Returns the character of an entity; one that is not known stands for nothing.
pub(super) fn entity(name: &str) -> String {
    let text = format!("&{name};");
    quick_xml::escape::unescape(&text).map_or_else(|_| String::new(), std::borrow::Cow::into_owned)
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

#[cfg(test)]
mod tests {
    use super::*;
    use strongroom_model::{Evidence, Kind, Limits};

    fn titles(text: &str) -> Vec<String> {
        let limits = Limits::default();
        let mut walk = Walk::new(&limits);
        let mut report = Report::new(Evidence::of_bytes("a", Kind::Docx, b""));
        read_story(text.as_bytes(), "word/document.xml", &mut report, &mut walk);
        report
            .findings
            .iter()
            .map(|finding| finding.title.to_string())
            .collect()
    }

    fn mark(kind: &str) -> String {
        format!("<w:r><w:fldChar w:fldCharType=\"{kind}\"/></w:r>")
    }

    #[test]
    fn an_instruction_is_put_together() {
        let (begin, separate, end) = (mark("begin"), mark("separate"), mark("end"));
        let split = format!(
            "<w:p>{begin}<w:instrText>DDE</w:instrText><w:instrText>AUTO c:\\\\x.exe &quot;/k a&quot;</w:instrText>{separate}<w:t>shown</w:t>{end}</w:p>"
        );
        let nested = format!(
            "<w:p>{begin}<w:instrText> DDE </w:instrText>{begin}<w:instrText>QUOTE 120 46 101 120 101</w:instrText>{separate}<w:t>old</w:t>{end}<w:instrText> a</w:instrText>{end}</w:p>"
        );
        let simple = "<w:p><w:fldSimple w:instr=\"DDEAUTO x.exe a\"><w:t>shown</w:t></w:fldSimple></w:p>";
        for (text, program) in [
            (split.as_str(), "x.exe"),
            (&nested, "x.exe a"),
            (simple, "x.exe a"),
        ] {
            let told = titles(text);
            assert!(
                told.iter()
                    .any(|title| title.contains("DDE") && title.contains(program)),
                "{told:?}"
            );
        }
        assert!(titles("<w:p><w:instrText>PAGE</w:instrText></w:p>").is_empty());
    }
}
