//! From the bytes of a report to its indicators, each with its place and part.

use crate::benign::{self, Benign};
use crate::refang::Refanged;
use crate::scan;
use crate::section::{Outline, Section};
use crate::text::Text;
use std::collections::BTreeMap;
use std::net::IpAddr;
use strongroom_model::{Gap, Limit, Limits, Observable, ObservableType, Role, Span};

/// Words around an observable in a line that is no prose.
const LIST_WORDS: usize = 4;

/// An observable at its first place in its gravest part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indicator {
    /// What it is.
    pub observable: Observable,
    /// [`Role::Indicator`] where the report blames it, [`Role::Mentioned`] elsewhere.
    pub role: Role,
    /// The line, counted from 1.
    pub line: u64,
    /// The bytes in the file, layer `content`.
    pub at: Span,
    /// Whether the report broke it so that nobody clicks on it.
    pub defanged: bool,
}

/// What a report names, and what could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extraction {
    /// Each distinct observable once, in the order of their places.
    pub indicators: Vec<Indicator>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}

/// Reads the text of a report.
pub fn extract(bytes: &[u8], limits: &Limits) -> Extraction {
    let mut gathering = Gathering::new(limits);
    let allowed = usize::try_from(limits.input_bytes).unwrap_or(usize::MAX);
    if bytes.len() > allowed {
        gathering.gap(Gap::limit("content", Limit::InputBytes, limits.input_bytes));
    }
    let (text, gap) = Text::read(bytes.get(..allowed).unwrap_or(bytes));
    gathering.gaps.extend(gap);
    let refanged = Refanged::of(&text.bytes);
    let mut outline = Outline::default();
    let mut begin = 0;
    for (number, line) in (1..).zip(refanged.bytes.split(|byte| *byte == b'\n')) {
        if !outline.read(line) {
            let defanged = |start: usize, end: usize| refanged.is_defanged(begin + start, begin + end);
            let found = scan::line(line, outline.is_over_transactions(), &defanged);
            // Once a line, since a line may be long and name much.
            let context = (!found.is_empty()).then(|| Context::of(line, &outline));
            for (found, context) in found.into_iter().zip(context.into_iter().cycle()) {
                let broken = defanged(found.start, found.end);
                let role = context.role(&found, broken);
                let place = |at: usize| text.place(refanged.place(begin + at));
                let at = Span::bytes("content", place(found.start), place(found.end));
                gathering.take(Indicator {
                    observable: found.observable,
                    role,
                    line: number,
                    at,
                    defanged: broken,
                });
            }
        }
        begin += line.len() + 1;
    }
    gathering.extraction()
}

/// Indicators while they are gathered: each observable once, the first place of its gravest part.
struct Gathering {
    allowed: usize,
    by_observable: BTreeMap<Observable, usize>,
    indicators: Vec<Indicator>,
    gaps: Vec<Gap>,
    full: bool,
}

impl Gathering {
    fn new(limits: &Limits) -> Self {
        Gathering {
            allowed: limits.rows as usize,
            by_observable: BTreeMap::new(),
            indicators: Vec::new(),
            gaps: Vec::new(),
            full: false,
        }
    }

    fn gap(&mut self, gap: Gap) {
        self.gaps.push(gap);
    }

    fn take(&mut self, indicator: Indicator) {
        if let Some(at) = self.by_observable.get(&indicator.observable) {
            if let Some(known) = self.indicators.get_mut(*at)
                && known.role == Role::Mentioned
                && indicator.role == Role::Indicator
            {
                *known = indicator;
            }
        } else if self.indicators.len() < self.allowed {
            self.by_observable
                .insert(indicator.observable.clone(), self.indicators.len());
            self.indicators.push(indicator);
        } else if !self.full {
            self.full = true;
            let detail = format!(
                "the first {} are kept, more follow in line {}",
                self.allowed, indicator.line
            );
            self.gaps.push(Gap::limit("observables", Limit::Rows, detail));
        }
    }

    fn extraction(mut self) -> Extraction {
        self.indicators
            .sort_by(|a, b| (a.line, &a.at, &a.observable).cmp(&(b.line, &b.at, &b.observable)));
        Extraction {
            indicators: self.indicators,
            gaps: self.gaps,
        }
    }
}

/// What a line says about all that it names.
#[derive(Clone, Copy, Debug)]
struct Context<'a> {
    line: &'a [u8],
    section: Section,
    listed: bool,
}

impl<'a> Context<'a> {
    fn of(line: &'a [u8], outline: &Outline) -> Self {
        Context {
            line,
            section: outline.section(),
            listed: outline.is_fenced() || is_listed(line),
        }
    }

    /// Decides whether the report blames what it names.
    fn role(&self, found: &scan::Found, defanged: bool) -> Role {
        let cited = self.section == Section::References;
        let blamed = match found.observable.kind() {
            ObservableType::Hash => !cited && !is_hash_of_nothing(&found.observable),
            ObservableType::Wallet => !cited,
            ObservableType::Transaction => self.section == Section::Indicators,
            _ if is_unroutable(&found.observable) => false,
            _ => self.is_host_blamed(found, defanged),
        };
        if blamed { Role::Indicator } else { Role::Mentioned }
    }

    fn is_host_blamed(&self, found: &scan::Found, defanged: bool) -> bool {
        let host = found
            .observable
            .host()
            .unwrap_or_else(|| found.observable.clone());
        let bare = found.observable.kind() == ObservableType::Domain;
        match (benign::judge(host.value()), defanged) {
            (Benign::Itself, true) => !bare,
            (Benign::Below | Benign::No, true) => true,
            (Benign::Itself | Benign::Below, false) => false,
            (Benign::No, false) if is_link(found, self.line) => false,
            (Benign::No, false) => match self.section {
                Section::Indicators | Section::Unknown => self.listed,
                Section::References | Section::Prose => false,
            },
        }
    }
}

/// Returns whether it is the target of a link: `https://x[label]`, `[label](https://x)`, `link:x[…]`.
fn is_link(found: &scan::Found, line: &[u8]) -> bool {
    let before = line.get(..found.start).unwrap_or_default();
    let after = line.get(found.end..).unwrap_or_default();
    before.ends_with(b"](") || before.ends_with(b"link:") || after.starts_with(b"[")
}

/// Returns whether the line is a row of a table, or has too few words to be prose.
fn is_listed(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let row = line.starts_with(b"|") || memchr::memchr_iter(b'|', line).take(2).count() == 2;
    let words = line
        .split(u8::is_ascii_whitespace)
        .filter(|word| is_letters(word))
        .count();
    row || line.contains(&b'\t') || words <= LIST_WORDS
}

fn is_letters(word: &[u8]) -> bool {
    word.len() > 1
        && word
            .iter()
            .all(|b| b.is_ascii_alphabetic() || matches!(b, b',' | b':' | b'\''))
}

/// Addresses that no outsider can have: private, loopback, documentation ones may stand in demonstrations.
fn is_unroutable(observable: &Observable) -> bool {
    let host = observable.host().unwrap_or_else(|| observable.clone());
    match host.value().parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => {
            ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_multicast()
                || ip.is_broadcast()
        }
        Ok(IpAddr::V6(ip)) => ip.is_loopback() || ip.is_multicast() || ip.is_unicast_link_local(),
        Err(_) => false,
    }
}

/// MD5, SHA-1 and SHA-256 of no bytes at all.
fn is_hash_of_nothing(observable: &Observable) -> bool {
    [
        "md5:d41d8cd98f00b204e9800998ecf8427e",
        "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ]
    .contains(&observable.value())
}
