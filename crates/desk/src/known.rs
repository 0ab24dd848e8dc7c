//! What is known: the observables that evidence gives as C2, download or indicator, each with the reason.

use std::collections::{BTreeMap, BTreeSet};
use strongroom_model::{Observable, Report, Role};

/// Observables that evidence points at, with why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    reasons: BTreeMap<Observable, BTreeSet<String>>,
}

impl Known {
    /// Returns what the reports and all below them point at.
    ///
    /// A URL's host and endpoint are known with it: a network log often shows no more. What is merely
    /// mentioned, a sender or a recipient is not known: an innocent thing would be looked for otherwise.
    pub fn of<'a>(reports: impl IntoIterator<Item = &'a Report>) -> Self {
        let mut known = Known::default();
        for part in reports.into_iter().flat_map(Report::walk) {
            for sighting in part.observables.iter().filter(|sighting| points(sighting.role)) {
                known.add(&sighting.observable, sighting.role, &part.evidence.name);
            }
        }
        known
    }

    fn add(&mut self, observable: &Observable, role: Role, name: &str) {
        let reason = format!("{} in {name}", role.as_str());
        for derived in [observable.host(), observable.url_endpoint()]
            .into_iter()
            .flatten()
        {
            self.reasons
                .entry(derived)
                .or_default()
                .insert(format!("host of {observable}, {reason}"));
        }
        self.reasons.entry(observable.clone()).or_default().insert(reason);
    }

    /// Returns why an observable is known; nothing where it is not.
    pub fn why(&self, observable: &Observable) -> Vec<String> {
        self.reasons
            .get(observable)
            .map(|reasons| reasons.iter().cloned().collect())
            .unwrap_or_default()
    }
}

const fn points(role: Role) -> bool {
    matches!(role, Role::C2 | Role::Download | Role::Indicator)
}

#[cfg(test)]
mod tests {
    use super::*;
    use strongroom_model::{Evidence, Kind};

    #[test]
    fn a_c2_is_known_with_its_host_and_a_mere_mention_is_not() {
        let mut child = Report::new(Evidence::of_bytes("a.doc", Kind::Doc, b"a"));
        child.sight(Observable::url("http://c2.example/x").unwrap(), Role::C2);
        child.sight(Observable::domain("news.example").unwrap(), Role::Mentioned);
        let mut mail = Report::new(Evidence::of_bytes("a.eml", Kind::Mail, b"m"));
        mail.sight(Observable::email("a@sender.example").unwrap(), Role::Sender);
        mail.children.push(child);
        let known = Known::of([&mail]);
        assert_eq!(
            known.why(&Observable::url("http://c2.example/x").unwrap()),
            ["c2 in a.doc"]
        );
        assert_eq!(
            known.why(&Observable::domain("c2.example").unwrap()),
            ["host of http://c2.example/x, c2 in a.doc"]
        );
        assert!(
            !known
                .why(&Observable::endpoint("c2.example:80").unwrap())
                .is_empty()
        );
        assert!(known.why(&Observable::domain("news.example").unwrap()).is_empty());
        assert!(
            known
                .why(&Observable::domain("sender.example").unwrap())
                .is_empty()
        );
    }
}
