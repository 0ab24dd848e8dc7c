//! What network logs say, on the terminal and as it goes out.

use crate::paint::{Paint, safe_line};
use serde::Serialize;
use strongroom_desk::{Beacon, Contact, Network};

/// The schema of what `network` answers.
const SCHEMA: &str = "strongroom.network/1";

/// What network logs say, as it goes out.
#[derive(Serialize)]
pub struct NetworkLine<'a> {
    schema: &'static str,
    #[serde(flatten)]
    network: &'a Network,
}

impl<'a> NetworkLine<'a> {
    /// Returns the line of an answer.
    pub fn of(network: &'a Network) -> Self {
        NetworkLine {
            schema: SCHEMA,
            network,
        }
    }
}

/// Returns what to look at first: contacts with what is known, then beacons, then what was read.
pub fn network(network: &Network, paint: Paint) -> String {
    let mut lines = vec![format!(
        "{}  {}",
        paint.verdict(network.report.verdict()),
        paint.bold(&safe_line(&network.report.evidence.name))
    )];
    lines.extend(network.contacts.iter().map(|one| contact(one, paint)));
    lines.extend(network.beacons.iter().map(|one| beacon(one, paint)));
    if network.contacts.is_empty() && network.beacons.is_empty() {
        lines.push("  no beacon, and no contact with anything known".to_owned());
    }
    let aside = network.set_aside.len();
    if aside > 0 {
        lines.push(paint.dim(&format!(
            "  {aside} regular pairs set aside: safe_line, common, or inside (--json shows them)"
        )));
    }
    lines.push(paint.dim(&format!("  {} logs read", network.read.len())));
    lines.extend(network.report.gaps.iter().take(8).map(|gap| {
        let mark = if gap.hides {
            paint.warn("not read")
        } else {
            paint.dim("not read")
        };
        format!("  {mark} {}", safe_line(&format!("{}: {}", gap.place, gap.why)))
    }));
    if let Some(more) = network.report.gaps.len().checked_sub(8).filter(|more| *more > 0) {
        lines.push(paint.dim(&format!("  and {more} more gaps (--json shows all)")));
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn contact(contact: &Contact, paint: Paint) -> String {
    format!(
        "  {} {} {} {} ({} times): {}",
        paint.bad("contact"),
        contact.host,
        contact.what.as_str(),
        paint.bold(&safe_line(contact.observable.value())),
        contact.count,
        safe_line(&contact.why.join("; "))
    )
}

fn beacon(beacon: &Beacon, paint: Paint) -> String {
    let rita = beacon
        .rita
        .as_ref()
        .map_or_else(|| "none".to_owned(), |rita| rita.total.to_string());
    format!(
        "  {}  {} → {}  score {} (RITA {rita})  {}",
        paint.bad("beacon"),
        beacon.source,
        paint.bold(&safe_line(beacon.destination.value())),
        beacon.score,
        safe_line(&beacon.why)
    )
}
