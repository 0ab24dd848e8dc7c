//! XML of a part, as steps: what opens, what closes, what stands between.

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

/// One step through an XML text.
pub(super) enum Step<'s> {
    /// An element opens; its local name and itself.
    Open(&'s str, &'s BytesStart<'s>),
    /// An element closes.
    Close(&'s str),
    /// Text, entities resolved.
    Text(&'s str),
}

/// Walks through a text; false where it breaks off.
pub(super) fn walk(text: &str, mut step: impl FnMut(Step<'_>)) -> bool {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => step(Step::Open(tag.local_name().as_ref(), &tag)),
            Ok(Event::Empty(tag)) => {
                step(Step::Open(tag.local_name().as_ref(), &tag));
                step(Step::Close(tag.local_name().as_ref()));
            }
            Ok(Event::End(tag)) => step(Step::Close(tag.local_name().as_ref())),
            Ok(Event::Text(text)) => step(Step::Text(&text.xml10_content())),
            Ok(Event::CData(text)) => step(Step::Text(&text.xml10_content())),
            Ok(Event::GeneralRef(name)) => match name.resolve_char_ref() {
                Ok(Some(c)) => step(Step::Text(c.encode_utf8(&mut [0; 4]))),
                _ => match quick_xml::escape::resolve_predefined_entity(&name.xml10_content()) {
                    Some(text) => step(Step::Text(text)),
                    None => return false,
                },
            },
            Ok(Event::Eof) => return true,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

/// Returns an attribute by its local name, entities resolved.
pub(super) fn attribute(tag: &BytesStart<'_>, key: &str) -> Option<String> {
    crate::package::attribute(tag, key)
}

/// Returns a string in which `_xHHHH_` stands for a code unit (ECMA-376 part 1, 22.9.2.19).
pub(super) fn unescaped(text: &str) -> Vec<u16> {
    let mut units = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, behind) = rest.split_at(at);
        units.extend(before.encode_utf16());
        let code = behind
            .get(2..6)
            .filter(|digits| digits.chars().all(|c| c.is_ascii_hexdigit()) && behind.get(6..7) == Some("_"))
            .and_then(|digits| u16::from_str_radix(digits, 16).ok());
        match code {
            Some(code) => {
                units.push(code);
                rest = behind.get(7..).unwrap_or("");
            }
            None => {
                units.extend("_x".encode_utf16());
                rest = behind.get(2..).unwrap_or("");
            }
        }
    }
    units.extend(rest.encode_utf16());
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_stand_for_code_units() {
        assert_eq!(
            unescaped("a_x000D_b_x_c"),
            "a\rb_x_c".encode_utf16().collect::<Vec<_>>()
        );
        assert_eq!(unescaped("_x005F_x"), "_x".encode_utf16().collect::<Vec<_>>());
    }

    #[test]
    fn entities_are_text() {
        let mut text = String::new();
        assert!(walk("<a>x&amp;y&#65;</a>", |step| {
            if let Step::Text(part) = step {
                text.push_str(part);
            }
        }));
        assert_eq!(text, "x&yA");
    }
}
