//! From the bytes of a report, whatever its format, to its indicators, each with its place and tier.

use crate::format::Format;
use crate::gather::Gathering;
use crate::reading::{Page, Reading};
use crate::text::Text;
use crate::tier::Tier;
use crate::{csv, html, misp, pdf, stix};
use serde::{Deserialize, Serialize};
use strongroom_model::{Gap, Limit, Limits, Observable, Role, Span};

/// An observable at its first place in its gravest part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indicator {
    /// What it is.
    #[serde(flatten)]
    pub observable: Observable,
    /// Why it is an indicator, or is none.
    pub tier: Tier,
    /// The page, counted from 1, of a format that has pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// The line, counted from 1; of a format that has pages the line of the page's text.
    pub line: u64,
    /// The bytes: layer `content` in the file, layer `page N` in that page's text.
    pub at: Span,
    /// Whether the report broke it so that nobody clicks on it.
    pub defanged: bool,
    /// The nearest heading, at most 80 characters of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
}

impl Indicator {
    /// Returns [`Role::Indicator`] where the report blames it, [`Role::Mentioned`] elsewhere.
    pub const fn role(&self) -> Role {
        self.tier.role()
    }
}

/// What a report names, and what could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extraction {
    /// Each distinct observable once, in the order of their places.
    pub indicators: Vec<Indicator>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}

/// Reads a report of any format that [`Format`] names.
pub fn extract(bytes: &[u8], limits: &Limits) -> Extraction {
    let mut gathering = Gathering::new(limits);
    let allowed = usize::try_from(limits.input_bytes).unwrap_or(usize::MAX);
    if bytes.len() > allowed {
        gathering.gap(Gap::limit("content", Limit::InputBytes, limits.input_bytes));
    }
    let bytes = bytes.get(..allowed).unwrap_or(bytes);
    match Format::of(bytes) {
        Format::Text => read_text(bytes, &mut gathering),
        Format::Html => html::read(bytes, &mut gathering),
        Format::Pdf => pdf::read(bytes, limits, &mut gathering),
        Format::Csv => csv::read(bytes, &mut gathering),
        Format::Stix => stix::read(bytes, &mut gathering),
        Format::Misp => misp::read(bytes, &mut gathering),
    }
    gathering.extraction()
}

/// Reads plain text, Markdown or AsciiDoc.
pub(crate) fn read_text(bytes: &[u8], gathering: &mut Gathering) {
    let (text, gap) = Text::read(bytes);
    if let Some(gap) = gap {
        gathering.gap(gap);
    }
    Reading::new(gathering).page(&Page::whole(&text));
}
