//! Findings: what the evidence shows, as data with a stable code; the text is drawn from the data.

use crate::{Interval, Observable, Span};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing, speaks for nothing.
    Info,
    /// Common in innocent evidence too.
    Low,
    /// Unusual in innocent evidence.
    Medium,
    /// Rarely innocent; enough for "suspicious" alone.
    High,
    /// Not innocent; enough for "malicious" alone.
    Critical,
}

impl Severity {
    /// Returns the chance in percent that the evidence is hostile, given this finding alone.
    pub const fn weight(self) -> u32 {
        match self {
            Severity::Info => 0,
            Severity::Low => 5,
            Severity::Medium => 25,
            Severity::High => 60,
            Severity::Critical => 90,
        }
    }

    /// Returns the name as it stands in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

/// One kind of finding: a room lists its rules in a table that reads as its contents.
#[derive(Debug)]
pub struct Rule {
    /// The stable code, `room.what`.
    pub code: &'static str,
    /// The sentence, with `{fact}` where a fact of the finding goes.
    pub title: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// MITRE ATT&CK technique ids.
    pub techniques: &'static [&'static str],
}

/// A value that a finding was drawn from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Fact {
    /// A count or a measure in the unit that its name says.
    Number(i64),
    /// Anything else, as text.
    Text(String),
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fact::Number(number) => write!(f, "{number}"),
            Fact::Text(text) => f.write_str(text),
        }
    }
}

impl From<i64> for Fact {
    fn from(number: i64) -> Self {
        Fact::Number(number)
    }
}

/// A count beyond `i64` is kept to the digit, as text.
impl From<u64> for Fact {
    fn from(number: u64) -> Self {
        i64::try_from(number).map_or_else(|_| Fact::Text(number.to_string()), Fact::Number)
    }
}

impl From<usize> for Fact {
    fn from(number: usize) -> Self {
        Fact::from(number as u64)
    }
}

impl From<&str> for Fact {
    fn from(text: &str) -> Self {
        Fact::Text(text.to_owned())
    }
}

impl From<String> for Fact {
    fn from(text: String) -> Self {
        Fact::Text(text)
    }
}

/// What the evidence shows, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule's stable code.
    pub code: Cow<'static, str>,
    /// The rule's sentence with this finding's facts in it.
    pub title: String,
    /// How much it weighs.
    pub severity: Severity,
    /// MITRE ATT&CK technique ids.
    pub techniques: Vec<Cow<'static, str>>,
    /// Where it stands.
    pub at: Span,
    /// From when to when, where the evidence says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Interval>,
    /// The values it was drawn from.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<Cow<'static, str>, Fact>,
    /// The observables it speaks of.
    pub observables: Vec<Observable>,
}

impl Finding {
    /// Returns a finding of the rule at a place, with no facts yet.
    pub fn of(rule: &'static Rule, at: Span) -> Self {
        Finding {
            code: Cow::Borrowed(rule.code),
            title: rule.title.to_owned(),
            severity: rule.severity,
            techniques: rule.techniques.iter().map(|id| Cow::Borrowed(*id)).collect(),
            at,
            when: None,
            facts: BTreeMap::new(),
            observables: Vec::new(),
        }
    }

    /// Adds a fact and puts it into the sentence where the rule names it.
    #[must_use]
    pub fn fact(mut self, name: &'static str, value: impl Into<Fact>) -> Self {
        let value = value.into();
        self.title = self.title.replace(&format!("{{{name}}}"), &value.to_string());
        self.facts.insert(Cow::Borrowed(name), value);
        self
    }

    /// Adds an observable that the finding speaks of, once.
    #[must_use]
    pub fn observing(mut self, observable: &Observable) -> Self {
        if !self.observables.contains(observable) {
            self.observables.push(observable.clone());
        }
        self
    }

    /// Says from when to when.
    #[must_use]
    pub fn during(mut self, when: Interval) -> Self {
        self.when = Some(when);
        self
    }
}
