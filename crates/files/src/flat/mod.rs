//! Office documents saved as one XML text: flat packages (`pkg:package`), Word 2003, flat OpenDocument.
//!
//! A flat package is put together again and read as the package that it spells, so that nothing has to know both
//! forms. What else carries bytes in base64 gives them as children.

mod activemime;
mod opendocument;
mod package;
mod word;

pub(crate) use activemime::{is_active_mime, read_active_mime, read_packed_object};

use crate::examine::Walk;
use quick_xml::events::{BytesStart, BytesText, Event};
use quick_xml::reader::Reader;
use strongroom_model::{Gap, Report, Why};

/// Bytes of a text in which the root element is looked for.
const LOOK: usize = 64 << 10;

/// Reads a document saved as one XML text; returns whether it is one.
pub(crate) fn read_flat(text: &str, report: &mut Report, walk: &mut Walk<'_>) -> bool {
    let mut end = LOOK.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = text.get(..end).unwrap_or_default();
    if head.contains("http://schemas.microsoft.com/office/2006/xmlPackage") {
        package::read(text, report, walk);
    } else if head.contains("http://schemas.microsoft.com/office/word/2003/wordml") {
        word::read(text, report, walk);
    } else if head.contains("urn:oasis:names:tc:opendocument:xmlns:office:1.0") && head.contains(":document")
    {
        opendocument::read(text, report, walk);
    } else {
        return false;
    }
    true
}

/// Returns the next element that begins; where the text is broken, a gap and nothing.
fn next_element<'a>(reader: &mut Reader<&'a [u8]>, report: &mut Report) -> Option<BytesStart<'a>> {
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => return Some(tag),
            Ok(Event::Eof) => return None,
            Ok(_) => {}
            Err(error) => {
                report.gap(Gap::new("content", Why::Damaged, error));
                return None;
            }
        }
    }
}

/// Returns what stands inside an element that has just begun; where it does not end, a gap and nothing.
fn inside<'a>(
    reader: &mut Reader<&'a [u8]>,
    tag: &BytesStart<'_>,
    report: &mut Report,
) -> Option<BytesText<'a>> {
    let inner = reader.read_text(tag.name());
    inner
        .map_err(|error| report.gap(Gap::new("content", Why::Damaged, error)))
        .ok()
}

/// Reads base64 as Office writes it, with line ends anywhere; `None` where other characters stand in it.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    crate::markup::decode_base64(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use strongroom_model::{Kind, Limits, Report, Verdict};

    fn examine(text: &str) -> Report {
        crate::examine("d.xml", text.as_bytes(), &Limits::default())
    }

    fn codes(report: &Report) -> Vec<String> {
        let all = report.walk().into_iter().flat_map(|report| &report.findings);
        all.map(|finding| finding.code.to_string()).collect()
    }

    fn encode(bytes: &[u8]) -> String {
        let text = base64::engine::general_purpose::STANDARD.encode(bytes);
        let lines: Vec<&str> = text
            .as_bytes()
            .chunks(76)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        lines.join("\r\n")
    }

    fn project() -> Vec<u8> {
        crate::write_vba_project(&[("M", "Sub AutoOpen()\nMsgBox 1\nEnd Sub\n")])
    }

    #[test]
    fn a_flat_package_is_the_package_that_it_spells() {
        let text = format!(
            "<?xml version=\"1.0\"?><?mso-application progid=\"Word.Document\"?><pkg:package xmlns:pkg=\"http://schemas.microsoft.com/office/2006/xmlPackage\">\
             <pkg:part pkg:name=\"/word/document.xml\" pkg:contentType=\"application/vnd.ms-word.document.macroEnabled.main+xml\"><pkg:xmlData><w:document xmlns:w=\"x\"><w:instrText>DDEAUTO c:\\\\x.exe</w:instrText></w:document></pkg:xmlData></pkg:part>\
             <pkg:part pkg:name=\"/word/vbaProject.bin\" pkg:contentType=\"application/vnd.ms-office.vbaProject\"><pkg:binaryData>{}</pkg:binaryData></pkg:part></pkg:package>",
            encode(&project())
        );
        let report = examine(&text);
        assert_eq!(report.children[0].evidence.kind, Kind::Docm);
        let codes = codes(&report);
        assert!(
            codes.contains(&"macro.auto-run".into()) && codes.contains(&"files.dde".into()),
            "{codes:?}"
        );
        assert!(report.gaps.is_empty(), "{:?}", report.gaps);
        let broken = examine(&text.replace("<pkg:binaryData>", "<pkg:binaryData>%"));
        assert_eq!(broken.gaps[0].place, "/word/vbaProject.bin");
    }

    #[test]
    fn a_document_of_2003_gives_its_bytes_and_its_template() {
        let text = format!(
            "<?xml version=\"1.0\"?><w:wordDocument xmlns:w=\"http://schemas.microsoft.com/office/word/2003/wordml\" w:macrosPresent=\"yes\">\
             <w:docSuppData><w:binData w:name=\"editdata.mso\">{}</w:binData></w:docSuppData>\
             <w:docPr><w:attachedTemplate w:val=\"https://c2.example/a.dot\"/></w:docPr></w:wordDocument>",
            encode(&project())
        );
        let report = examine(&text);
        assert_eq!(report.children[0].evidence.kind, Kind::VbaProject);
        assert!(
            codes(&report).contains(&"files.remote-part".into()),
            "{:?}",
            codes(&report)
        );
        assert!(report.gaps.is_empty(), "{:?}", report.gaps);
    }

    #[test]
    fn a_flat_open_document_gives_its_basic() {
        let text = "<?xml version=\"1.0\"?><office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\"><office:scripts><ooo:module ooo:name=\"M\"><ooo:source-code>Sub Main\nShell(&quot;x&quot;)\nEnd Sub\n</ooo:source-code></ooo:module></office:scripts></office:document>";
        let report = examine(text);
        assert!(report.scripts[0].layers[0].text.contains("Shell(\"x\")"));
        assert!(report.verdict() >= Verdict::NotCleared);
    }

    #[test]
    fn what_starts_the_macros_of_a_flat_text_is_told() {
        let start = "<?xml version=\"1.0\"?><office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\">";
        let event = "<script:event-listener script:event-name=\"dom:load\" xlink:href=\"vnd.sun.star.script:Standard.M.Main\"/>";
        let report = examine(&format!("{start}{event}</office:document>"));
        assert!(
            codes(&report).contains(&"files.document-event".into()),
            "{:?}",
            codes(&report)
        );
        let cut = examine(&format!("{start}<office:binary-data>AAAA"));
        assert_eq!(
            cut.gaps.iter().filter(|gap| gap.hides).count(),
            1,
            "{:?}",
            cut.gaps
        );
    }
}
