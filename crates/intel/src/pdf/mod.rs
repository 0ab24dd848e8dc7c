//! PDF (ISO 32000): the text of each page, line by line, and the targets of its links.
//!
//! A reader of text and nothing else: scripts, forms and attached files are not looked at here. Text that is a picture is
//! told, since it cannot be read. Desk runs this in a process of its own.

mod broken;
mod cmap;
mod content;
mod crypt;
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
use crypt::Shut;
use layout::Segment;
use store::Store;
use strongroom_model::{Gap, Limit, Limits, Why};
use wrap::Joined;

/// Bytes that a run of text takes in memory, and pairs of runs that are looked at in the time that a byte takes.
const SEGMENT: usize = 128;
const PAIRS: usize = 16;

/// Reads a document.
pub(crate) fn read(bytes: &[u8], limits: &Limits, gathering: &mut Gathering) {
    let store = match Store::open(bytes, limits.unpacked_bytes) {
        Ok(store) => store,
        Err(shut) => return gathering.gap(Gap::new("content", Why::Encrypted, told(&shut))),
    };
    let pages = pages::pages(&store);
    if pages.is_empty() {
        gathering.gap(Gap::new("content", Why::Damaged, "no page was found"));
    }
    let mut fonts = Fonts::new();
    let mut laid = Vec::new();
    for (number, page) in (1..).zip(&pages) {
        let content = Reader::new(&store, &mut fonts).page(&page.content(&store), &page.resources(&store));
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
        let segments = layout::segments(&content.pieces);
        store.spend(segments.len() * SEGMENT);
        laid.push((page.size, segments));
    }
    let paper = wrap::Paper::of(&laid);
    let body = layout::body_size(laid.iter().flat_map(|(_, segments)| segments));
    let mut reading = Reading::new(gathering);
    for ((number, page), (_, segments)) in (1..).zip(&pages).zip(&mut laid) {
        // Lines are joined by looking at each beside each other one.
        let pairs = segments.len().saturating_mul(segments.len());
        let joined = if store.spend(pairs / PAIRS) {
            wrap::join(segments, paper)
        } else {
            Joined::TooMany
        };
        if let Some(gap) = unjoined(joined, format!("page {number}")) {
            reading.gap(gap);
        }
        let text = page_text(segments, body, &page.links(&store));
        let text = Text::of_str(&text);
        reading.page(&Page {
            number: Some(number),
            ..Page::whole(&text)
        });
    }
    for gap in cuts(&store, limits) {
        gathering.gap(gap);
    }
}

/// Returns which limits left something of a file out.
fn cuts(store: &Store<'_>, limits: &Limits) -> impl Iterator<Item = Gap> {
    let bytes = store
        .is_cut()
        .then(|| Gap::limit("streams", Limit::UnpackedBytes, limits.unpacked_bytes));
    let detail = "more or deeper objects, pages, or notes of a page, than are read";
    let objects = store
        .is_dropped()
        .then(|| Gap::limit("objects", Limit::Children, detail));
    bytes.into_iter().chain(objects)
}

/// Says why a document stays shut.
fn told(shut: &Shut) -> String {
    match shut {
        Shut::Password => "it needs a password, and none but the empty one is tried".into(),
        Shut::Handler(handler) => format!("a way of encryption that is not read: {handler}"),
    }
}

/// Returns what joining a page's lines left open.
fn unjoined(joined: Joined, place: String) -> Option<Gap> {
    match joined {
        Joined::Whole => None,
        Joined::Unclear => Some(Gap::new(
            place,
            Why::Unsupported,
            "lines of digits may be one hash or several values: they were not joined",
        )),
        Joined::TooMany => Some(Gap::limit(
            place,
            Limit::Children,
            "runs of text: broken lines were not joined",
        )),
    }
}

/// Returns the text of a page; the targets of its links stand behind it.
fn page_text(segments: &[Segment], body: f64, links: &[String]) -> String {
    let mut text = layout::text(segments, body);
    for link in links {
        text.push_str(" [](");
        text.extend(link.chars().filter(|c| !c.is_control()));
        text.push_str(")\n");
    }
    text
}
