//! The reading of text, line by line, under its headings.

use crate::extract::Indicator;
use crate::gather::Gathering;
use crate::json::Lines;
use crate::refang::Refanged;
use crate::scan;
use crate::section::Outline;
use crate::text::Text;
use crate::tier::{Context, Tier};
use strongroom_model::{Gap, Span};

/// A piece of a report: the whole of it, or a page.
pub(crate) struct Page<'a> {
    pub(crate) text: &'a Text<'a>,
    pub(crate) number: Option<u32>,
    pub(crate) standing: Standing,
    /// The file, where its lines are not those of the text.
    pub(crate) lines: Option<&'a Lines>,
}

/// How a piece of text stands in its report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is what readers read.
    Shown,
    /// Readers do not get to see it.
    Hidden,
    /// It describes an entry of a feed, whose bytes and line these are.
    Aside { start: usize, end: usize, line: u64 },
}

impl Standing {
    fn tier(self, tier: Tier) -> Tier {
        match self {
            Standing::Hidden => Tier::Hidden,
            Standing::Aside { .. } if matches!(tier, Tier::Listed | Tier::Bare) => Tier::Context,
            Standing::Aside { .. } | Standing::Shown => tier,
        }
    }
}

impl<'a> Page<'a> {
    pub(crate) fn whole(text: &'a Text<'a>) -> Self {
        Page {
            text,
            number: None,
            standing: Standing::Shown,
            lines: None,
        }
    }

    fn layer(&self) -> String {
        match self.number {
            Some(number) => format!("page {number}"),
            None => "content".to_owned(),
        }
    }
}

/// A reading: headings go on from page to page.
pub(crate) struct Reading<'g> {
    gathering: &'g mut Gathering,
    outline: Outline,
}

impl<'g> Reading<'g> {
    pub(crate) fn new(gathering: &'g mut Gathering) -> Self {
        Reading {
            gathering,
            outline: Outline::default(),
        }
    }

    /// Takes what a page could not be read for.
    pub(crate) fn gap(&mut self, gap: Gap) {
        self.gathering.gap(gap);
    }

    /// Reads a page to its end.
    pub(crate) fn page(&mut self, page: &Page<'_>) {
        let refanged = Refanged::of(&page.text.bytes);
        let layer = page.layer();
        let mut begin = 0;
        for (number, line) in (1..).zip(refanged.bytes.split(|byte| *byte == b'\n')) {
            if !self.outline.read(line) {
                let defanged = |start: usize, end: usize| refanged.is_defanged(begin + start, begin + end);
                let found = scan::line(line, self.outline.is_over_transactions(), &defanged);
                // Once a line, since a line may be long and name much.
                let context = (!found.is_empty()).then(|| Context::of(line, &self.outline));
                let section = context.and_then(|_| self.outline.title());
                for (found, context) in found.into_iter().zip(context.into_iter().cycle()) {
                    let broken = defanged(found.start, found.end);
                    let tier = context.tier(&found, broken);
                    let place = |at: usize| refanged.place(begin + at);
                    let (start, end) = (place(found.start), place(found.end));
                    let (start, end) = (page.text.place(start), page.text.end(end));
                    let line = page.lines.map_or(number, |lines| lines.line(start));
                    let (start, end, line) = match page.standing {
                        Standing::Aside { start, end, line } => (start, end, line),
                        Standing::Shown | Standing::Hidden => (start, end, line),
                    };
                    self.gathering.take(Indicator {
                        observable: found.observable,
                        tier: page.standing.tier(tier),
                        page: page.number,
                        line,
                        at: Span::bytes(layer.as_str(), start, end),
                        defanged: broken,
                        section: section.clone(),
                    });
                }
            }
            begin += line.len() + 1;
        }
    }
}
