//! What feeds in JSON have in common: an entry's observables, its text, and the place of both.

use crate::extract::Indicator;
use crate::gather::Gathering;
use crate::json::{Lines, Located};
use crate::reading::{Page, Reading, Standing};
use crate::text::Text;
use crate::tier::Tier;
use strongroom_model::{Observable, Span};

pub(crate) struct Feed<'g> {
    pub(crate) gathering: &'g mut Gathering,
    lines: Lines,
}

impl<'g> Feed<'g> {
    pub(crate) fn new(bytes: &[u8], gathering: &'g mut Gathering) -> Self {
        Feed {
            gathering,
            lines: Lines::of(bytes),
        }
    }

    /// Takes an observable that stands in a value.
    pub(crate) fn take(&mut self, observable: Observable, tier: Tier, value: &Located<'_>) {
        let (start, end) = value.place();
        self.gathering.take(Indicator {
            observable,
            tier,
            page: None,
            line: self.lines.line(start),
            at: Span::bytes("content", start, end),
            defanged: false,
            section: None,
        });
    }

    /// Reads a text that describes an entry.
    pub(crate) fn text(&mut self, value: &Located<'_>) {
        let Some(text) = value.text() else { return };
        let (start, end) = value.place();
        let line = self.lines.line(start);
        let text = Text::of_str(&text);
        let page = Page {
            standing: Standing::Aside { start, end, line },
            ..Page::whole(&text)
        };
        Reading::new(self.gathering).page(&page);
    }

    /// Takes an address that an entry cites.
    pub(crate) fn cite(&mut self, value: &Located<'_>) {
        let url = value.text().and_then(|text| Observable::url(&text).ok());
        if let Some(url) = url {
            self.take(url, Tier::Cited, value);
        }
    }
}
