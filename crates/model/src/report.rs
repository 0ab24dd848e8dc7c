//! The report: what an examination of one piece of evidence returns, children included.

use crate::{Evidence, Finding, Gap, Limit, Observable, Role, Script, Sighting, Why};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The schema of a [`Report`] as it goes out.
pub const REPORT_SCHEMA: &str = "strongroom.report/1";

/// From this score on evidence is malicious.
const MALICIOUS: u32 = 85;
/// From this score on evidence is suspicious.
const SUSPICIOUS: u32 = 50;

/// What a report comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// All of it was read, and nothing speaks against it.
    Clean,
    /// Something could not be read behind which code or an observable may stand.
    NotCleared,
    /// Findings that are rarely innocent.
    Suspicious,
    /// Findings that are not innocent.
    Malicious,
}

impl Verdict {
    /// Returns what a score alone comes to: never "not cleared", which gaps decide.
    pub const fn of_score(score: u32) -> Self {
        if score >= MALICIOUS {
            Verdict::Malicious
        } else if score >= SUSPICIOUS {
            Verdict::Suspicious
        } else {
            Verdict::Clean
        }
    }

    /// Returns the name as it stands in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Verdict::Clean => "clean",
            Verdict::NotCleared => "not-cleared",
            Verdict::Suspicious => "suspicious",
            Verdict::Malicious => "malicious",
        }
    }
}

/// What an examination of one piece of evidence returns.
///
/// Reading evidence never fails: what could not be read is a [`Gap`] here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What was looked at.
    pub evidence: Evidence,
    /// What it shows, in the order of the evidence.
    pub findings: Vec<Finding>,
    /// What it names, sorted.
    pub observables: Vec<Sighting>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
    /// The scripts in it, with their layers.
    pub scripts: Vec<Script>,
    /// What it contains.
    pub children: Vec<Report>,
}

impl Report {
    /// Returns a report with nothing in it yet.
    pub fn new(evidence: Evidence) -> Self {
        Report {
            evidence,
            findings: Vec::new(),
            observables: Vec::new(),
            gaps: Vec::new(),
            scripts: Vec::new(),
            children: Vec::new(),
        }
    }

    /// Adds a finding.
    pub fn find(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Adds a gap.
    pub fn gap(&mut self, gap: Gap) {
        self.gaps.push(gap);
    }

    /// Adds an observable in a role, once.
    pub fn sight(&mut self, observable: Observable, role: Role) {
        let sighting = Sighting { observable, role };
        if let Err(place) = self.observables.binary_search(&sighting) {
            self.observables.insert(place, sighting);
        }
    }

    /// Cuts findings, observables and gaps to `rows` each; what was cut leaves a gap that says how many. The gravest
    /// finding of each code stays, so that no number of light findings hides a grave one.
    pub fn bound(&mut self, rows: u32) {
        let rows = rows as usize;
        let over = |what: &str, count: usize| {
            (count > rows).then(|| {
                Gap::limit(
                    what,
                    Limit::Rows,
                    format!("{} of {count} not shown", count - rows),
                )
            })
        };
        let cut: Vec<Gap> = [
            over("findings", self.findings.len()),
            over("observables", self.observables.len()),
            over("gaps", self.gaps.len()),
        ]
        .into_iter()
        .flatten()
        .collect();
        let mut gravest: BTreeMap<Cow<'static, str>, Finding> = BTreeMap::new();
        let rest = self.findings.split_off(rows.min(self.findings.len()));
        for finding in rest {
            let told = self.findings.iter().chain(gravest.get(&finding.code));
            let known = told.filter(|known| known.code == finding.code);
            if known.map(|known| known.severity).max() < Some(finding.severity) {
                gravest.insert(finding.code.clone(), finding);
            }
        }
        self.findings.extend(gravest.into_values());
        self.observables.truncate(rows);
        self.gaps.truncate(rows);
        self.gaps.extend(cut);
    }

    /// Returns this report and all below it, parents first.
    pub fn walk(&self) -> Vec<&Report> {
        let mut all = vec![self];
        let mut next = 0;
        while let Some(report) = all.get(next).copied() {
            next += 1;
            let place = next;
            all.splice(place..place, report.children.iter());
        }
        all
    }

    /// Returns 0 to 100: the chance in percent that the evidence is hostile, were its findings independent.
    ///
    /// Each distinct code counts once, with its gravest severity: 100·(1 − Π(1 − weight)). Children count as
    /// the gravest of them.
    pub fn score(&self) -> u32 {
        let own = self.own_score();
        self.children.iter().map(Report::score).fold(own, u32::max)
    }

    /// Returns the score of this report's own findings.
    pub fn own_score(&self) -> u32 {
        let mut weights: BTreeMap<&str, u32> = BTreeMap::new();
        for finding in &self.findings {
            let weight = weights.entry(finding.code.as_ref()).or_default();
            *weight = (*weight).max(finding.severity.weight());
        }
        // In millionths, rounded down at each step, so that the result does not depend on a float.
        let innocent = weights
            .values()
            .fold(1_000_000u64, |rest, weight| rest * u64::from(100 - weight) / 100);
        ((1_000_000 - innocent) / 10_000) as u32
    }

    /// Returns the verdict over this report and all below it.
    pub fn verdict(&self) -> Verdict {
        let of_score = Verdict::of_score(self.score());
        let hides = |report: &Report| report.gaps.iter().any(|gap| gap.hides);
        match of_score {
            Verdict::Clean if self.walk().into_iter().any(hides) => Verdict::NotCleared,
            other => other,
        }
    }

    /// Returns whether wall time ended the examination.
    pub fn timed_out(&self) -> bool {
        self.gaps.iter().any(|gap| gap.cause == Why::TimedOut)
    }
}

/// The form that goes out: verdict and score stand in it though they are derived.
#[derive(Serialize)]
struct Outward<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<&'static str>,
    evidence: &'a Evidence,
    verdict: Verdict,
    score: u32,
    because: String,
    findings: &'a [Finding],
    observables: &'a [Sighting],
    gaps: &'a [Gap],
    scripts: &'a [Script],
    children: Vec<Outward<'a>>,
}

impl<'a> Outward<'a> {
    fn of(report: &'a Report, schema: Option<&'static str>) -> Self {
        Outward {
            schema,
            evidence: &report.evidence,
            verdict: report.verdict(),
            score: report.score(),
            because: report.because(),
            findings: &report.findings,
            observables: &report.observables,
            gaps: &report.gaps,
            scripts: &report.scripts,
            children: report
                .children
                .iter()
                .map(|child| Outward::of(child, None))
                .collect(),
        }
    }
}

impl Serialize for Report {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Outward::of(self, Some(REPORT_SCHEMA)).serialize(serializer)
    }
}

#[derive(Deserialize)]
struct Inward {
    schema: Option<String>,
    evidence: Evidence,
    findings: Vec<Finding>,
    observables: Vec<Sighting>,
    gaps: Vec<Gap>,
    scripts: Vec<Script>,
    children: Vec<Report>,
}

impl<'de> Deserialize<'de> for Report {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let inward = Inward::deserialize(deserializer)?;
        if let Some(schema) = inward.schema.filter(|schema| schema != REPORT_SCHEMA) {
            return Err(serde::de::Error::custom(format!(
                "schema {schema:?}, expected {REPORT_SCHEMA:?}"
            )));
        }
        Ok(Report {
            evidence: inward.evidence,
            findings: inward.findings,
            observables: inward.observables,
            gaps: inward.gaps,
            scripts: inward.scripts,
            children: inward.children,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, Layer, Rule, Severity, Span};

    static HIGH: Rule = Rule {
        code: "test.high",
        title: "high {n}",
        severity: Severity::High,
        techniques: &[],
    };
    static OTHER: Rule = Rule {
        code: "test.other",
        title: "other",
        severity: Severity::High,
        techniques: &["T1105"],
    };

    fn report(name: &str) -> Report {
        Report::new(Evidence::of_bytes(name, Kind::Unknown, name.as_bytes()))
    }

    #[test]
    fn a_code_counts_once_and_two_codes_add_up() {
        let mut one = report("a");
        one.find(Finding::of(&HIGH, Span::whole()).fact("n", 1u64));
        one.find(Finding::of(&HIGH, Span::whole()).fact("n", 2u64));
        assert_eq!((one.score(), one.verdict()), (60, Verdict::Suspicious));
        one.find(Finding::of(&OTHER, Span::whole()));
        assert_eq!((one.score(), one.verdict()), (84, Verdict::Suspicious));
        let mut parent = report("b");
        parent.children.push(one);
        assert_eq!(parent.verdict(), Verdict::Suspicious);
    }

    #[test]
    fn a_hiding_gap_is_never_clean() {
        let mut parent = report("p");
        let mut child = report("c");
        child.gap(Gap::limit("content", Limit::Depth, 16).harmless());
        parent.children.push(child);
        assert_eq!(parent.verdict(), Verdict::NotCleared);
        let mut other = report("o");
        other.gap(Gap::new("thumbnail", Why::Damaged, "").harmless());
        assert_eq!(other.verdict(), Verdict::Clean);
    }

    #[test]
    fn json_goes_out_and_comes_back() {
        let mut parent = report("p");
        parent.find(
            Finding::of(&HIGH, Span::bytes("content", 1, 2))
                .fact("n", 3u64)
                .observing(&Observable::ip("192.0.2.1").unwrap()),
        );
        parent.sight(Observable::ip("192.0.2.1").unwrap(), Role::C2);
        parent.gap(Gap::new("x", Why::Damaged, "cut short"));
        parent.scripts.push(Script {
            language: "vba".into(),
            name: "Module1".into(),
            layers: vec![Layer {
                by: "source".into(),
                text: "Sub A()".into(),
            }],
        });
        parent.children.push(report("c"));
        let json = serde_json::to_string(&parent).unwrap();
        assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), parent);
        assert_eq!(json.matches(REPORT_SCHEMA).count(), 1);
        assert_eq!(parent.walk().len(), 2);
    }

    #[test]
    fn what_is_cut_is_told() {
        let mut one = report("a");
        for _ in 0..5 {
            one.find(Finding::of(&OTHER, Span::whole()));
        }
        one.bound(2);
        assert_eq!(one.findings.len(), 2);
        assert!(one.gaps[0].why.contains("3 of 5"));
        let mut padded = report("b");
        (0..5).for_each(|_| padded.find(Finding::of(&OTHER, Span::whole())));
        padded.find(Finding::of(&HIGH, Span::whole()));
        let score = padded.score();
        padded.bound(2);
        assert_eq!((padded.findings.len(), padded.score()), (3, score));
    }
}
