//! PDF (ISO 32000): what acts, told by its names, and the links.
//!
//! No renderer and no object graph: the text outside streams and the object streams, unpacked, are searched for the
//! names that act (scripts, launches, embedded files, forms in XML). Where one stands, what is behind it is not
//! read yet and hides. Pages, images and fonts hold no code.

use crate::archive::unpack;
use crate::examine::Walk;
use crate::{rules, scan};
use flate2::read::ZlibDecoder;
use strongroom_model::{Finding, Gap, Report, Span, Why};

/// Object streams of one file that are unpacked.
const STREAMS: usize = 10_000;

/// Names behind which code or a file stands.
static HIDING: [(&str, &str); 5] = [
    ("/JavaScript", "a script"),
    ("/JS", "a script"),
    ("/EmbeddedFile", "an embedded file"),
    ("/RichMedia", "an embedded program"),
    ("/XFA", "a form in XML"),
];

/// Reads a PDF.
pub(crate) fn read_pdf(bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    let mut pieces = Vec::new();
    split(bytes, &mut pieces, report, walk);
    let mut told: Vec<&str> = Vec::new();
    for text in &pieces {
        scan::note_text(text, report, walk);
        if has_name(text, "/Encrypt") {
            report.gap(Gap::new(
                "content",
                Why::Encrypted,
                "no password for PDF is tried yet",
            ));
        }
        if has_name(text, "/Launch") {
            report.find(Finding::of(&rules::PDF_LAUNCH, Span::whole()));
        }
        for (name, what) in HIDING {
            if has_name(text, name) && !told.contains(&what) {
                told.push(what);
                report.gap(Gap::new(
                    "content",
                    Why::Unsupported,
                    format!("{what} ({name}) is not read inside"),
                ));
            }
        }
    }
    if told.contains(&"a script") {
        report.find(Finding::of(&rules::PDF_SCRIPT, Span::whole()));
    }
}

/// Splits the file into the text between streams and the unpacked object streams, escapes in names resolved.
fn split(bytes: &[u8], pieces: &mut Vec<String>, report: &mut Report, walk: &mut Walk<'_>) {
    let mut rest = bytes;
    let mut number = 0;
    while let Some(at) = scan::find(rest, b"stream", 0) {
        let (text, tail) = rest.split_at(at);
        let body = tail.get(6..).unwrap_or_default();
        let end = scan::find(body, b"endstream", 0).unwrap_or(body.len());
        let text = plain(text);
        let head = text.rsplit(" obj").next().unwrap_or(&text);
        if has_name(head, "/ObjStm") || (has_name(head, "/N") && has_name(head, "/First")) {
            number += 1;
            if number > STREAMS {
                report.gap(Gap::limit(
                    "object streams",
                    strongroom_model::Limit::Children,
                    STREAMS,
                ));
                return;
            }
            object_stream(
                head,
                body.get(..end).unwrap_or(body),
                number,
                pieces,
                report,
                walk,
            );
        }
        pieces.push(text);
        rest = body.get(end + 9..).unwrap_or_default();
    }
    pieces.push(plain(rest));
}

fn object_stream(
    head: &str,
    body: &[u8],
    number: usize,
    pieces: &mut Vec<String>,
    report: &mut Report,
    walk: &mut Walk<'_>,
) {
    let place = format!("object stream {number}");
    let body = body
        .strip_prefix(b"\r\n")
        .or_else(|| body.strip_prefix(b"\n"))
        .unwrap_or(body);
    let filters = head.matches("Decode").count() - head.matches("DecodeParms").count();
    if filters == 0 && !has_name(head, "/Filter") {
        return pieces.push(plain(body));
    }
    if filters != 1 || !has_name(head, "/FlateDecode") || has_name(head, "/Predictor") {
        return report.gap(Gap::new(place, Why::Unsupported, "its filters are not read"));
    }
    let unpacked = unpack(ZlibDecoder::new(body), body.len() as u64, &place, &mut walk.meter);
    pieces.push(plain(&unpacked.bytes));
    report.gaps.extend(unpacked.gap);
}

/// Returns text byte for byte, with `#xx` in names resolved (ISO 32000-1, 7.3.5).
fn plain(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        let escaped = match tail {
            [high, low, ..] if *first == b'#' => hex(*high).zip(hex(*low)).map(|(high, low)| high * 16 + low),
            _ => None,
        };
        text.push(char::from(escaped.unwrap_or(*first)));
        rest = if escaped.is_some() {
            tail.get(2..).unwrap_or_default()
        } else {
            tail
        };
    }
    text
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

/// Returns whether a name stands as a whole, not as the beginning of a longer one.
fn has_name(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let next = text.get(at + name.len()..).and_then(|rest| rest.chars().next());
        let plural = name == "/EmbeddedFile";
        plural || next.is_none_or(|c| !c.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use flate2::{Compression, write::ZlibEncoder};
    use std::io::Write;
    use strongroom_model::{Limits, Report, Verdict};

    fn examine(bytes: &[u8]) -> Report {
        crate::examine("a.pdf", bytes, &Limits::default())
    }

    #[test]
    fn a_page_is_clean_and_a_script_is_not() {
        let page = examine(b"%PDF-1.4\n1 0 obj <</Type/Page/A<</S/URI/URI(https://a.example/x)>>>> endobj\n");
        assert_eq!(page.verdict(), Verdict::Clean);
        assert_eq!(page.observables[0].observable.value(), "https://a.example/x");
        assert_eq!(
            examine(b"%PDF-1.4\n<</S/J#61vaScript/JS 2 0 R>>").verdict(),
            Verdict::NotCleared
        );
        assert_eq!(
            examine(b"%PDF-1.4\n<</S/Launch/F(x)>>").verdict(),
            Verdict::Suspicious
        );
        assert_eq!(
            examine(b"%PDF-1.4\n<</JSX 1/Encrypted 2>>").verdict(),
            Verdict::Clean
        );
    }

    #[test]
    fn names_in_a_packed_object_stream_are_found() {
        let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
        packer.write_all(b"1 0 <</S/JavaScript>>").unwrap();
        let packed = packer.finish().unwrap();
        let head = b"%PDF-1.5\n1 0 obj <</Type/ObjStm/N 1/First 4/Filter/FlateDecode>>stream\r\n";
        let bytes = [&head[..], &packed, b"\nendstream endobj"].concat();
        assert_eq!(examine(&bytes).findings[0].code, "files.pdf-script");
        let unread = String::from_utf8_lossy(&bytes).replace("FlateDecode", "LZWDecode");
        assert_eq!(examine(unread.as_bytes()).verdict(), Verdict::NotCleared);
    }
}
