//! Pages in HTML: what their readers see, as lines with headings, rows and links, and what is hidden from them.
//!
//! Not a browser: no style sheet but the `style` attribute counts, no script runs, and scripts and style sheets are not
//! searched. Elements need not be closed, and nothing here fails.

mod entity;
mod render;
mod tag;

use crate::gather::Gathering;
use crate::json::Lines;
use crate::reading::{Page, Reading, Standing};
use crate::text::Text;
use encoding_rs::{Encoding, WINDOWS_1252};

/// Bytes in which a page names its encoding.
const HEAD: usize = 4096;

/// Reads a page.
pub(crate) fn read(bytes: &[u8], gathering: &mut Gathering) {
    let text = |gathering: &mut Gathering| {
        let wide = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
        let (text, gap) = if wide || std::str::from_utf8(bytes).is_ok() {
            Text::read(bytes)
        } else {
            Text::decoded(bytes, encoding(bytes))
        };
        gap.into_iter().for_each(|gap| gathering.gap(gap));
        text
    };
    let source = text(gathering);
    let rendered = render::render(&source.bytes);
    let lines = Lines::of(bytes);
    let shown = Text::of_pieces(rendered.shown.bytes, rendered.shown.pieces, source);
    Reading::new(gathering).page(&Page {
        lines: Some(&lines),
        ..Page::whole(&shown)
    });
    if !rendered.hidden.bytes.is_empty() {
        let source = text(&mut Gathering::new(&strongroom_model::Limits::default()));
        let hidden = Text::of_pieces(rendered.hidden.bytes, rendered.hidden.pieces, source);
        Reading::new(gathering).page(&Page {
            lines: Some(&lines),
            standing: Standing::Hidden,
            ..Page::whole(&hidden)
        });
    }
}

/// Returns the encoding that a page names, or the one that browsers take where it names none.
fn encoding(bytes: &[u8]) -> &'static Encoding {
    let head = bytes.get(..HEAD).unwrap_or(bytes).to_ascii_lowercase();
    let named = memchr::memmem::find_iter(&head, b"charset=").find_map(|at| {
        let rest = head.get(at + 8..)?;
        let rest = rest
            .strip_prefix(b"\"")
            .or_else(|| rest.strip_prefix(b"'"))
            .unwrap_or(rest);
        let label = rest
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
            .count();
        Encoding::for_label(rest.get(..label)?)
    });
    // It is no UTF-8, whatever it says.
    named
        .filter(|encoding| *encoding != encoding_rs::UTF_8)
        .unwrap_or(WINDOWS_1252)
}
