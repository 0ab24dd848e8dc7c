//! What the network room found, in the words of a case.

use strongroom_case as case;
use strongroom_model::{EvidenceId, Place, Span};
use strongroom_network::{Beacon, Contact, Network};

/// Returns the contacts with what is known. One whose log has no readable time is told by the network's report
/// alone.
pub fn contacts(network: &Network) -> Vec<case::Contact> {
    let evidence = &network.report.evidence.id;
    network
        .contacts
        .iter()
        .filter_map(|one| contact(one, evidence))
        .collect()
}

fn contact(contact: &Contact, evidence: &EvidenceId) -> Option<case::Contact> {
    Some(case::Contact {
        host: contact.host.to_string(),
        observable: contact.observable.clone(),
        when: contact.when?,
        count: contact.count,
        why: format!("{}: {}", contact.what.as_str(), contact.why.join("; ")),
        at: Place {
            evidence: evidence.clone(),
            span: contact.at.clone(),
        },
    })
}

/// Returns the beacons that are alarms.
pub fn beacons(network: &Network) -> Vec<case::Beacon> {
    let evidence = &network.report.evidence.id;
    network.beacons.iter().map(|one| beacon(one, evidence)).collect()
}

fn beacon(beacon: &Beacon, evidence: &EvidenceId) -> case::Beacon {
    let narrow = |count: &u64| u32::try_from(*count).unwrap_or(u32::MAX);
    case::Beacon {
        host: beacon.source.to_string(),
        destination: beacon.destination.clone(),
        when: beacon.when,
        calls: beacon.connections,
        period_ms: u64::try_from(beacon.period_micros / 1000).unwrap_or_default(),
        jitter_permille: beacon.jitter_permille.into(),
        score_permille: beacon.score,
        histogram: beacon.histogram.iter().map(narrow).collect(),
        why: beacon.why.clone(),
        at: Place {
            evidence: evidence.clone(),
            span: beacon.at.first().cloned().unwrap_or_else(Span::whole),
        },
    }
}
