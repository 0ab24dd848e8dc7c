//! Who is behind a wallet: what the lists answer, in the words of a case.

use std::collections::BTreeSet;
use strongroom_case as case;
use strongroom_model::{Observable, Place, Service, Span};
use strongroom_screening::{Hit, Lists, Purpose, Screening, ScreeningVerdict, Version};

/// What equality is worth, in thousandths; the algorithm knows nothing less.
const EQUAL: u32 = 1000;

/// What the lists answered about some wallets.
#[derive(Debug, Default)]
pub struct Answers {
    /// Which wallet belongs to whom.
    pub named: Vec<case::Named>,
    /// What was asked, and what came of it.
    pub screened: Vec<case::Screened>,
}

/// Asks the lists about each wallet. Of those in `aloud`, the answer is kept even where no list has them.
pub fn ask(lists: &Lists, wallets: &BTreeSet<Observable>, aloud: &BTreeSet<Observable>) -> Answers {
    let mut answers = Answers::default();
    for wallet in wallets {
        let screening = lists.screen_address(wallet.value());
        answers.named.extend(named(wallet, &screening));
        if aloud.contains(wallet) || screening.verdict != ScreeningVerdict::NoHit {
            answers.screened.push(screened(wallet, &screening));
        }
    }
    answers
}

fn named(wallet: &Observable, screening: &Screening) -> Vec<case::Named> {
    let from_hit = |hit: &Hit| case::Named {
        wallet: wallet.clone(),
        party: party(hit),
        service: if hit.purpose == Purpose::Sanctions {
            Service::Sanctioned
        } else {
            Service::Other
        },
        list: hit.list.clone(),
        how: if hit.purpose == Purpose::StolenFunds {
            case::Naming::Stolen
        } else {
            case::Naming::Listed
        },
        at: place(screening, &hit.list),
    };
    let tags = screening.tags.iter().map(|tag| case::Named {
        wallet: wallet.clone(),
        party: tag.label.clone(),
        service: tag.service,
        list: tag.source.clone(),
        how: case::Naming::Tagged,
        at: place(screening, &tag.source),
    });
    screening.hits.iter().map(from_hit).chain(tags).collect()
}

/// Returns the list as the place; of a tag that names another source than its list there is none.
fn place(screening: &Screening, list: &str) -> Option<Place> {
    let version = screening.lists.iter().find(|version| version.name == list)?;
    Some(Place {
        evidence: version.sha256.clone(),
        span: Span::whole(),
    })
}

fn party(hit: &Hit) -> String {
    hit.party
        .clone()
        .unwrap_or_else(|| format!("entry {} of {}", hit.entry, hit.list))
}

fn screened(wallet: &Observable, screening: &Screening) -> case::Screened {
    case::Screened {
        query: screening.query.clone(),
        subject: Some(wallet.clone()),
        outcome: match screening.verdict {
            ScreeningVerdict::Hit => case::Outcome::Hit,
            ScreeningVerdict::NoHit => case::Outcome::Clear,
            ScreeningVerdict::Possible | ScreeningVerdict::Malformed => case::Outcome::NotCleared,
        },
        algorithm: screening.algorithm.to_owned(),
        hits: screening.hits.iter().map(hit).collect(),
    }
}

fn hit(hit: &Hit) -> case::Hit {
    case::Hit {
        party: party(hit),
        list: hit.list.clone(),
        score_permille: EQUAL,
        why: format!(
            "{}: entry {}, {}",
            hit.how.as_str(),
            hit.entry,
            hit.programs.join(", ")
        ),
    }
}

/// Returns which list was asked, in the words of a case.
pub fn list_used(version: &Version) -> case::ListUsed {
    case::ListUsed {
        name: version.name.clone(),
        hash: version.sha256.to_string(),
        edition: version.date.clone().unwrap_or_else(|| "undated".to_owned()),
        entries: version.entries,
    }
}
