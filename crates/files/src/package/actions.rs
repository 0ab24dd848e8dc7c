//! What a presentation or a ribbon starts: actions of shapes (`ppaction://program`, `macro`), call-backs of a custom
//! user interface, ActiveX controls by their class.

use super::fields::attribute;
use crate::ole;
use crate::rules;
use crate::text::decode_text;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use strongroom_model::{Finding, Gap, Report, Span, Why};

/// Reads a slide, or another part with shapes: the relations of actions that start a program.
pub(super) fn read_slide(bytes: &[u8], name: &str, report: &mut Report) {
    let text = decode_text(bytes);
    if text.contains("ppaction://") {
        each_tag(&text, name, report, |tag, report| action(tag, name, report));
    }
}

fn action(tag: &BytesStart<'_>, name: &str, report: &mut Report) {
    let Some(action) = attribute(tag, "action") else {
        return;
    };
    let lower = action.to_ascii_lowercase();
    let how = match tag.local_name().as_ref() {
        "hlinkMouseOver" | "hlinkHover" => "the mouse passes over a shape",
        _ => "a shape is clicked",
    };
    let at = Span::bytes(name, 0, 0);
    if lower.starts_with("ppaction://program") {
        report.find(Finding::of(&rules::ACTION_PROGRAM, at).fact("how", how));
    } else if lower.starts_with("ppaction://macro") {
        let named = action
            .split_once("name=")
            .map_or(action.as_str(), |(_, named)| named);
        report.find(
            Finding::of(&rules::ACTION_MACRO, at)
                .fact("macro", named)
                .fact("how", how),
        );
    }
}

/// Reads a custom user interface (MS-CUSTOMUI): what it calls when it is loaded.
pub(super) fn read_ribbon(bytes: &[u8], name: &str, report: &mut Report) {
    let text = decode_text(bytes);
    each_tag(&text, name, report, |tag, report| {
        if let Some(called) = attribute(tag, "onLoad").filter(|_| tag.local_name().as_ref() == "customUI") {
            let finding = Finding::of(&rules::DOCUMENT_EVENT, Span::bytes(name, 0, 0));
            report.find(finding.fact("event", "onLoad").fact("macro", called));
        }
    });
}

/// Reads an ActiveX control's part (MS-OFFMACRO2 2.2.1): its class. What it keeps stands in a part of its own.
pub(super) fn read_control(bytes: &[u8], name: &str, report: &mut Report) {
    let text = decode_text(bytes);
    each_tag(&text, name, report, |tag, report| {
        if tag.local_name().as_ref() == "ocx"
            && let Some(class) = attribute(tag, "classid")
        {
            match ole::spelled(&class) {
                Some(class) => ole::tell_class(&class, name, report),
                None => report
                    .gap(Gap::new(name, Why::Damaged, "the class of a control cannot be read").harmless()),
            }
        }
    });
}

fn each_tag(text: &str, name: &str, report: &mut Report, mut read: impl FnMut(&BytesStart<'_>, &mut Report)) {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) => read(&tag, report),
            Ok(Event::Eof) => return,
            Ok(_) => {}
            Err(error) => return report.gap(Gap::new(name, Why::Damaged, error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strongroom_model::{Evidence, Kind};

    #[test]
    fn what_a_shape_or_a_ribbon_starts_is_told() {
        let mut report = Report::new(Evidence::of_bytes("a", Kind::Pptx, b""));
        let slide = "<p:sld><a:hlinkMouseOver r:id=\"rId2\" action=\"ppaction://program\"/><a:hlinkClick r:id=\"\" action=\"ppaction://macro?name=Go\"/><a:hlinkClick action=\"ppaction://hlinksldjump\"/></p:sld>";
        read_slide(slide.as_bytes(), "ppt/slides/slide1.xml", &mut report);
        read_ribbon(
            b"<customUI onLoad=\"Begin\"/>",
            "customUI/customUI.xml",
            &mut report,
        );
        let codes: Vec<String> = report
            .findings
            .iter()
            .map(|finding| finding.code.to_string())
            .collect();
        assert_eq!(
            codes,
            [
                "files.action-program",
                "files.action-macro",
                "files.document-event"
            ]
        );
    }
}
