//! A verdict's reason in one sentence, drawn from what carries it.

use crate::{Finding, Gap, Report, Severity, Verdict};

/// Findings that a sentence names.
const NAMED: usize = 3;
/// Characters of a name inside a sentence.
const NAME: usize = 60;

impl Report {
    /// Returns the verdict's reason in one sentence: the findings that carry it, gravest first and no more than are
    /// needed for the verdict, and the child in which they stand.
    pub fn because(&self) -> String {
        match self.verdict() {
            Verdict::Malicious | Verdict::Suspicious => self.found(),
            Verdict::NotCleared => self.unread(),
            Verdict::Clean => self.nothing(),
        }
    }

    /// Returns the gravest finding of the part that weighs most, of this report and all below it; the first among
    /// equals.
    pub fn gravest(&self) -> Option<&Finding> {
        let (_, part) = self.heaviest();
        by_weight(part).into_iter().next()
    }

    fn found(&self) -> String {
        let (path, part) = self.heaviest();
        let mut innocent = 1_000_000u64;
        let mut titles = Vec::new();
        for finding in by_weight(part) {
            let enough = Verdict::of_score(((1_000_000 - innocent) / 10_000) as u32) >= self.verdict();
            if enough || titles.len() == NAMED {
                break;
            }
            innocent = innocent * u64::from(100 - finding.severity.weight()) / 100;
            titles.push(finding.title.as_str());
        }
        within(&path, &titles.join("; and "))
    }

    fn unread(&self) -> String {
        let hiding = |part: &Self| part.gaps.iter().filter(|gap| gap.hides).count();
        let all: usize = self.walk().into_iter().map(hiding).sum();
        let Some((path, gap)) = self.first_hiding() else {
            return String::new();
        };
        let more = match all - 1 {
            0 => String::new(),
            1 => " (and one place more)".to_owned(),
            more => format!(" (and {more} places more)"),
        };
        within(&path, &format!("not read: {}: {}{more}", gap.place, gap.why))
    }

    fn nothing(&self) -> String {
        let (path, part) = self.heaviest();
        let gravest = by_weight(part).into_iter().next();
        match gravest.filter(|finding| finding.severity > Severity::Info) {
            Some(finding) => format!("nothing hostile; gravest: {}", within(&path, &finding.title)),
            None if self.walk().iter().all(|part| part.gaps.is_empty()) => {
                "all of it was read, nothing speaks against it".to_owned()
            }
            None => "all that could hide something was read, nothing speaks against it".to_owned(),
        }
    }

    /// Returns the part that gives the score, the first among equals, and the names that lead to it.
    fn heaviest(&self) -> (Vec<&str>, &Report) {
        let (mut path, mut part) = (Vec::new(), self);
        loop {
            let score = part.score();
            if part.own_score() >= score {
                return (path, part);
            }
            let Some(child) = part.children.iter().find(|child| child.score() == score) else {
                return (path, part);
            };
            path.push(child.evidence.name.as_str());
            part = child;
        }
    }

    fn first_hiding(&self) -> Option<(Vec<&str>, &Gap)> {
        if let Some(gap) = self.gaps.iter().find(|gap| gap.hides) {
            return Some((Vec::new(), gap));
        }
        self.children.iter().find_map(|child| {
            let (mut path, gap) = child.first_hiding()?;
            path.insert(0, child.evidence.name.as_str());
            Some((path, gap))
        })
    }
}

/// Returns the findings of a part, gravest first, each code once.
fn by_weight(part: &Report) -> Vec<&Finding> {
    let mut all: Vec<&Finding> = part.findings.iter().collect();
    all.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let mut codes: Vec<&str> = Vec::new();
    all.retain(|finding| {
        let new = !codes.contains(&finding.code.as_ref());
        if new {
            codes.push(finding.code.as_ref());
        }
        new
    });
    all
}

fn within(path: &[&str], sentence: &str) -> String {
    let mut out = String::new();
    for name in path {
        out.extend(name.chars().take(NAME));
        out.push_str(if name.chars().count() > NAME {
            "… > "
        } else {
            " > "
        });
    }
    match out.strip_suffix(" > ") {
        Some(names) => format!("in {names}: {sentence}"),
        None => sentence.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Evidence, Kind, Rule, Span, Why};

    const fn rule(code: &'static str, title: &'static str, severity: Severity) -> Rule {
        Rule {
            code,
            title,
            severity,
            techniques: &[],
        }
    }
    static LOW: Rule = rule("t.low", "a little", Severity::Low);
    static HIGH: Rule = rule("t.high", "it starts x", Severity::High);
    static OTHER: Rule = rule("t.other", "it hides y", Severity::High);
    static THIRD: Rule = rule("t.third", "it sends z", Severity::High);

    fn report(name: &str, rules: &[&'static Rule]) -> Report {
        let mut report = Report::new(Evidence::of_bytes(name, Kind::Unknown, name.as_bytes()));
        rules
            .iter()
            .for_each(|rule| report.find(Finding::of(rule, Span::whole())));
        report
    }

    #[test]
    fn the_reason_names_the_child_that_carries_the_verdict() {
        let mut archive = report("b.zip", &[&LOW]);
        archive.children.push(report("harmless.doc", &[&HIGH]));
        archive
            .children
            .push(report("worse.doc", &[&LOW, &HIGH, &OTHER, &THIRD]));
        let mut mail = report("a.eml", &[]);
        mail.children.push(archive);
        assert_eq!(mail.verdict(), Verdict::Malicious);
        assert_eq!(
            mail.because(),
            "in b.zip > worse.doc: it starts x; and it hides y; and it sends z"
        );
        let single = report("c.doc", &[&LOW, &HIGH]);
        assert_eq!(single.because(), "it starts x");
    }

    #[test]
    fn what_was_not_read_is_named_with_its_place_and_counted() {
        let mut inner = report("inner.doc", &[]);
        inner.gap(Gap::new("Workbook", Why::Encrypted, "no password opens it"));
        inner.gap(Gap::new("Other", Why::Damaged, ""));
        let mut mail = report("a.eml", &[]);
        mail.children.push(inner);
        assert_eq!(
            mail.because(),
            "in inner.doc: not read: Workbook: encrypted: no password opens it (and one place more)"
        );
    }

    #[test]
    fn clean_says_whether_all_was_read() {
        let mut one = report("a", &[]);
        assert_eq!(one.because(), "all of it was read, nothing speaks against it");
        one.gap(Gap::new("thumbnail", Why::Damaged, "").harmless());
        assert_eq!(
            one.because(),
            "all that could hide something was read, nothing speaks against it"
        );
    }
}
