//! PDF (ISO 32000): the text of each page, line by line, and the targets of its links.
//!
//! A reader of text and nothing else: scripts, forms and attached files are not looked at here. Text that is a picture is
//! told, since it cannot be read. Desk runs this in a process of its own.

mod cmap;
mod content;
mod filter;
mod font;
mod glyphs;
mod layout;
mod object;
mod pages;
mod store;
mod wrap;

use crate::gather::Gathering;
use crate::reading::{Page, Reading};
use crate::text::Text;
use content::{Fonts, Reader};
use layout::Segment;
use store::Store;
use strongroom_model::{Gap, Limit, Limits, Why};

/// Reads a document.
pub(crate) fn read(bytes: &[u8], limits: &Limits, gathering: &mut Gathering) {
    let store = Store::open(bytes, limits.unpacked_bytes);
    if store.trailers().any(|dict| dict.get("Encrypt").is_some()) {
        return gathering.gap(Gap::new(
            "content",
            Why::Encrypted,
            "no password for PDF is tried",
        ));
    }
    let pages = pages::pages(&store);
    if pages.is_empty() {
        return gathering.gap(Gap::new("content", Why::Damaged, "no page was found"));
    }
    let mut fonts = Fonts::new();
    let mut laid = Vec::new();
    for (number, page) in (1..).zip(&pages) {
        let content = Reader::new(&store, &mut fonts).page(&page.content(&store), &page.resources);
        let place = || format!("page {number}");
        if content.unread > 0 {
            let detail = format!(
                "{} characters whose fonts do not say what they mean",
                content.unread
            );
            gathering.gap(Gap::new(place(), Why::Unsupported, detail));
        }
        if content.is_cut {
            gathering.gap(Gap::limit(place(), Limit::Steps, "the operators of one page"));
        }
        if content.pieces.is_empty() && page.has_images(&store) {
            gathering.gap(Gap::new(place(), Why::Unsupported, "a picture without text"));
        }
        laid.push((page.size, layout::segments(&content.pieces)));
    }
    if store.is_cut() {
        gathering.gap(Gap::limit("streams", Limit::UnpackedBytes, limits.unpacked_bytes));
    }
    let paper = wrap::Paper::of(&laid);
    let body = layout::body_size(laid.iter().flat_map(|(_, segments)| segments));
    let mut reading = Reading::new(gathering);
    for ((number, page), (_, segments)) in (1..).zip(&pages).zip(&mut laid) {
        let text = page_text(segments, paper, body, &page.links(&store));
        let text = Text::of_str(&text);
        reading.page(&Page {
            number: Some(number),
            ..Page::whole(&text)
        });
    }
}

/// Returns the text of a page; the targets of its links stand behind it.
fn page_text(segments: &mut [Segment], paper: wrap::Paper, body: f64, links: &[String]) -> String {
    wrap::join(segments, paper);
    let mut text = layout::text(segments, body);
    for link in links {
        text.push_str(" [](");
        text.extend(link.chars().filter(|c| !c.is_control()));
        text.push_str(")\n");
    }
    text
}
