//! What a screening answers: the query, the lists that were asked, the hits and how they match; replayed on the
//! same lists it is the same bytes.

use crate::entry::AliasStrength;
use crate::list::{Purpose, Version};
use crate::name::{Candidate, NameSearch};
use crate::ofac::NAMES_ALONE;
use crate::rules;
use serde::{Serialize, Serializer};
use std::sync::Arc;
use strongroom_model::{
    Evidence, EvidenceId, Finding, Gap, Kind, Observable, Report, Role, Rule, Severity, Span, Tag, Why,
};

/// The schema of a [`Screening`] as it goes out.
pub const SCREENING_SCHEMA: &str = "strongroom.screening/1";
/// The algorithm: exact equality of address keys and of normalised names. Frozen.
pub const ALGORITHM: &str = "strongroom-exact/1";
/// What was asked, and by that what was not.
const SCOPE: &str = "direct matches only";

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum QueryKind {
    /// A wallet address or ledger account.
    Address,
    /// A party's name.
    Name,
}

/// What a screening comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScreeningVerdict {
    /// A list has it.
    Hit,
    /// No list has it, but one has a name that is similar: somebody has to look.
    Possible,
    /// No list has it.
    NoHit,
    /// The query is damaged, so no list could be asked; never to be taken for "no hit".
    Malformed,
}

/// What the queried text is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum QueryForm {
    /// A valid address.
    Address,
    /// An EVM address in mixed case that is not EIP-55's; its bytes were screened.
    ChecksumMismatch,
    /// In no address form that is known here; compared as text alone.
    Opaque,
    /// A name.
    Name,
    /// Damaged; the text says which check failed.
    Malformed(String),
}

/// How the query and the listed text match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// The same address.
    SameAddress,
    /// The same key in the spelling of another chain, or in another form of address.
    SameKey,
    /// The same 20 bytes; query or list has them in a case that fails EIP-55.
    ChecksumMismatch,
    /// The same text, in no valid address form.
    AsGiven,
    /// The primary name.
    Name,
    /// An alias that the list trusts.
    StrongAlias,
    /// An alias that the list calls weak.
    WeakAlias,
}

impl How {
    /// Returns the name as it stands in results.
    pub const fn as_str(self) -> &'static str {
        match self {
            How::SameAddress => "same address",
            How::SameKey => "same key, spelt otherwise",
            How::ChecksumMismatch => "same bytes, checksum mismatch",
            How::AsGiven => "same text as listed",
            How::Name => "name",
            How::StrongAlias => "strong alias",
            How::WeakAlias => "weak alias",
        }
    }

    pub(crate) const fn of_alias(strength: AliasStrength) -> Self {
        match strength {
            AliasStrength::Strong => How::StrongAlias,
            AliasStrength::Weak => How::WeakAlias,
        }
    }
}

/// One entry of one list that the query matches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hit {
    /// The list's name.
    pub list: String,
    /// What the list means.
    pub purpose: Purpose,
    /// The entry's number in the list, or its line.
    pub entry: String,
    /// The party's primary name, where the list has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party: Option<String>,
    /// The programs that it is listed under.
    pub programs: Vec<String>,
    /// The asset that the address stands under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asset: Option<String>,
    /// The address or name as listed.
    pub matched: String,
    /// How it matches.
    pub how: How,
    /// How much it weighs.
    pub severity: Severity,
}

impl Hit {
    pub(crate) fn rule(purpose: Purpose, how: How) -> &'static Rule {
        match (purpose, how) {
            (Purpose::Sanctions, How::WeakAlias) => &rules::WEAK_ALIAS,
            (Purpose::Sanctions, _) => &rules::LISTED,
            (Purpose::StolenFunds, _) => &rules::STOLEN,
            (Purpose::Watch, _) => &rules::WATCHED,
            // Tables of assets are asked about assets alone.
            (Purpose::Tags | Purpose::Assets, _) => &rules::TAGGED,
        }
    }
}

/// The answer to one query.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Screening {
    /// Always [`SCREENING_SCHEMA`].
    pub schema: &'static str,
    /// What was asked for.
    pub kind: QueryKind,
    /// The query as given.
    pub query: String,
    /// What the query is.
    pub form: QueryForm,
    /// The canonical address, the trimmed text, or the normalised name.
    pub normalised: String,
    /// Always [`ALGORITHM`].
    pub algorithm: &'static str,
    /// What it comes to.
    pub verdict: ScreeningVerdict,
    /// What was asked, and by that what was not: indirect exposure is the ledger's to say.
    pub scope: &'static str,
    /// The lists that were asked.
    #[serde(serialize_with = "as_list")]
    pub lists: Arc<[Version]>,
    /// What matches, in the order of lists and entries.
    pub hits: Vec<Hit>,
    /// Who is behind the address, as tag tables say; no hit.
    pub tags: Vec<Tag>,
    /// By what similar names were sought; none where nobody asked for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search: Option<NameSearch>,
    /// Listed parties whose names are similar, the best first; those of the hits too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<Candidate>,
}

fn as_list<S: Serializer>(lists: &Arc<[Version]>, serializer: S) -> Result<S::Ok, S::Error> {
    lists.serialize(serializer)
}

impl Screening {
    pub(crate) fn new(kind: QueryKind, query: &str, form: QueryForm, normalised: String) -> Self {
        Screening {
            schema: SCREENING_SCHEMA,
            kind,
            query: query.to_owned(),
            form,
            normalised,
            algorithm: ALGORITHM,
            verdict: ScreeningVerdict::NoHit,
            scope: SCOPE,
            lists: Arc::from([]),
            hits: Vec::new(),
            tags: Vec::new(),
            search: None,
            candidates: Vec::new(),
        }
    }

    /// Draws the verdict: a hit is one even if the text is damaged, for the list may hold it so.
    pub(crate) fn concluded(mut self) -> Self {
        self.verdict = match self.form {
            _ if !self.hits.is_empty() => ScreeningVerdict::Hit,
            QueryForm::Malformed(_) => ScreeningVerdict::Malformed,
            _ if !self.candidates.is_empty() => ScreeningVerdict::Possible,
            _ => ScreeningVerdict::NoHit,
        };
        self
    }

    /// Returns what the asked lists lack that bears on this query: with such a gap "no hit" clears nobody.
    pub fn lacks(&self) -> impl Iterator<Item = &Gap> {
        let bears = |gap: &&Gap| gap.hides && (self.kind == QueryKind::Name || gap.place != NAMES_ALONE);
        self.lists.iter().flat_map(|list| &list.gaps).filter(bears)
    }

    /// Returns the hash of the answer without the lists, which are the same for all answers of a book.
    pub fn digest(&self) -> EvidenceId {
        let answer = Screening {
            lists: Arc::from([]),
            ..self.clone()
        };
        EvidenceId::of(&serde_json::to_vec(&answer).expect("texts and numbers have a JSON form"))
    }

    /// Returns what was asked for, as an observable.
    pub fn observable(&self) -> Observable {
        match self.kind {
            QueryKind::Address => Observable::account(&self.query),
            QueryKind::Name => Observable::name(&self.query),
        }
    }

    /// Returns the answer as a report on the query's text: a finding for each hit and tag, and a gap that
    /// hides where the query is damaged or a list lacks a part.
    pub fn report(&self) -> Report {
        let evidence = Evidence::of_bytes(self.query.as_str(), Kind::Unknown, self.query.as_bytes());
        let mut report = Report::new(evidence);
        for hit in &self.hits {
            report.find(self.finding(hit));
        }
        for tag in &self.tags {
            let finding = Finding::of(&rules::TAGGED, Span::whole())
                .fact("query", self.query.as_str())
                .fact("party", tag.label.as_str())
                .fact("service", tag.service.as_str())
                .fact("list", tag.source.as_str());
            report.find(finding.observing(&self.observable()));
        }
        for candidate in &self.candidates {
            let is_hit = |hit: &Hit| hit.list == candidate.list && hit.entry == candidate.entry;
            if !self.hits.iter().any(is_hit) {
                report.find(self.similar(candidate));
            }
        }
        let role = if self.hits.is_empty() {
            Role::Mentioned
        } else {
            Role::Listed
        };
        report.sight(self.observable(), role);
        if let QueryForm::Malformed(cause) = &self.form {
            report.gap(Gap::new("query", Why::Damaged, cause));
        }
        for version in self.lists.iter() {
            report.gaps.extend(version.gaps.iter().cloned());
        }
        report
    }

    fn similar(&self, candidate: &Candidate) -> Finding {
        Finding::of(&rules::SIMILAR, Span::whole())
            .fact("query", self.query.as_str())
            .fact("list", candidate.list.as_str())
            .fact(
                "party",
                candidate.party.as_deref().unwrap_or(candidate.matched.as_str()),
            )
            .fact("matched", candidate.matched.as_str())
            .fact("score", format!("{:.4}", candidate.score))
            .fact("ofac", candidate.ofac.to_string())
            .fact("entry", candidate.entry.as_str())
            .observing(&self.observable())
    }

    fn finding(&self, hit: &Hit) -> Finding {
        Finding::of(Hit::rule(hit.purpose, hit.how), Span::whole())
            .fact("query", self.query.as_str())
            .fact("list", hit.list.as_str())
            .fact("party", hit.party.as_deref().unwrap_or(hit.matched.as_str()))
            .fact("how", hit.how.as_str())
            .fact("entry", hit.entry.as_str())
            .fact("programs", hit.programs.join(", "))
            .observing(&self.observable())
    }
}
