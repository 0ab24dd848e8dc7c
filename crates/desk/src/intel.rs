//! `intel`: threat reports to observables, and those to a watch list or to other programs.

use crate::input::{Content, Input, InputError, Inputs};
use crate::progress::{Progress, Step};
use crate::reading::read_extraction;
use rayon::prelude::*;
use serde::{Serialize, Serializer};
use std::path::PathBuf;
use std::time::UNIX_EPOCH;
use strongroom_intel::{Extraction, Format, Indicator, Source, report_of, stix_objects};
use strongroom_model::{EvidenceId, Gap, Limits, Moment, Observable, Report, Role, Span};
use strongroom_screening::{ListFile, ListKind, PackTag, TagPack};

/// A report that was read: what it comes to, and every observable with its place.
#[derive(Clone, Debug)]
pub struct IntelAnswer {
    /// The report as every verb has it.
    pub report: Report,
    /// What it names, in the order of its places.
    pub named: Vec<Indicator>,
    /// When the file was last changed, as the system says; nothing where it does not.
    pub changed: Option<Moment>,
    content: Vec<u8>,
}

impl IntelAnswer {
    /// Returns the report as it goes out, dated as the caller says.
    pub fn source(&self, when: Moment) -> Source {
        let objects = match Format::of(&self.content) {
            Format::Stix => stix_objects(&self.content),
            Format::Text | Format::Html | Format::Pdf | Format::Csv | Format::Misp => Vec::new(),
        };
        Source {
            name: self.report.evidence.name.clone(),
            id: EvidenceId::of(&self.content),
            when,
            indicators: self.named.clone(),
            objects,
        }
    }
}

/// A named observable as it goes out: its role stands beside the reason for it.
#[derive(Serialize)]
struct Named<'a> {
    role: Role,
    #[serde(flatten)]
    indicator: &'a Indicator,
}

impl Serialize for IntelAnswer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            #[serde(flatten)]
            report: &'a Report,
            named: Vec<Named<'a>>,
        }
        let named = |indicator| Named {
            role: Indicator::role(indicator),
            indicator,
        };
        Whole {
            report: &self.report,
            named: self.named.iter().map(named).collect(),
        }
        .serialize(serializer)
    }
}

/// Reads the reports that the paths name; folders are walked. The answers come in order.
pub fn intel(
    paths: &[PathBuf],
    limits: &Limits,
    progress: &Progress<'_>,
) -> Vec<Result<IntelAnswer, InputError>> {
    let inputs = Inputs::below(paths);
    progress(Step::Begin {
        what: "reading reports",
        total: inputs.files.len() as u64,
        bytes: false,
    });
    let read = |input: &Input| {
        let answer = read_intel(input, limits);
        progress(Step::Advance(1));
        answer
    };
    let answers: Vec<_> = inputs.files.par_iter().map(read).collect();
    progress(Step::End);
    answers
        .into_iter()
        .chain(inputs.errors.into_iter().map(Err))
        .collect()
}

/// Reads one report.
pub fn read_report(input: &Input, limits: &Limits) -> Result<Report, InputError> {
    read_intel(input, limits).map(|answer| answer.report)
}

/// Returns what a file names.
pub(crate) fn read_named(input: &Input, limits: &Limits) -> Result<Vec<Indicator>, InputError> {
    read_intel(input, limits).map(|answer| answer.named)
}

fn read_intel(input: &Input, limits: &Limits) -> Result<IntelAnswer, InputError> {
    let Content { bytes, gap } = input.read(limits)?;
    let mut extraction = match strongroom_screening::recognise(&bytes) {
        Some(ListKind::TagPack) => tags(&input.name, &bytes),
        _ => read_extraction(&bytes, limits),
    };
    extraction.gaps.extend(gap);
    let changed = std::fs::metadata(&input.path)
        .and_then(|metadata| metadata.modified())
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .and_then(|since| Moment::from_seconds(i64::try_from(since.as_secs()).ok()?));
    Ok(IntelAnswer {
        report: report_of(&input.name, &bytes, &extraction),
        named: extraction.indicators,
        changed,
        content: bytes,
    })
}

/// Reads a tag pack: an address that is accused of something is an indicator, one that has a name is not.
fn tags(name: &str, bytes: &[u8]) -> Extraction {
    let mut extraction = Extraction::default();
    let pack = match TagPack::read(ListFile { name, bytes }) {
        Ok(pack) => pack,
        Err(error) => {
            let gap = Gap::new("content", strongroom_model::Why::Damaged, error.to_string());
            extraction.gaps.push(gap);
            return extraction;
        }
    };
    let lines: Vec<usize> = std::iter::once(0)
        .chain(
            bytes
                .iter()
                .enumerate()
                .filter(|(_, b)| **b == b'\n')
                .map(|(at, _)| at + 1),
        )
        .collect();
    let mut seen = std::collections::BTreeSet::new();
    for tag in &pack.tags {
        if let Some(indicator) = tagged(tag, bytes, &lines)
            && seen.insert(indicator.observable.clone())
        {
            extraction.indicators.push(indicator);
        }
    }
    extraction
}

fn tagged(tag: &PackTag, bytes: &[u8], lines: &[usize]) -> Option<Indicator> {
    let observable = Observable::wallet(&tag.address).ok()?;
    let begin = usize::try_from(tag.line)
        .ok()
        .and_then(|line| lines.get(line.checked_sub(1)?))
        .copied()
        .unwrap_or(0);
    let rest = bytes.get(begin..).unwrap_or_default();
    let found = rest
        .windows(tag.address.len().max(1))
        .position(|window| window == tag.address.as_bytes());
    let start = begin + found.unwrap_or(0);
    Some(Indicator {
        observable,
        tier: if tag.abuse.is_some() {
            strongroom_intel::Tier::Stated
        } else {
            strongroom_intel::Tier::Context
        },
        page: None,
        line: tag.line,
        at: Span::bytes("content", start, start + tag.address.len()),
        defanged: false,
        section: Some(tag.label.to_string()),
    })
}
