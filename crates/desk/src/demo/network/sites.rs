//! The hosts outside that the machines of the house call, the C2 apart.

use std::net::Ipv4Addr;

/// Where every machine looks for updates.
pub(in crate::demo) const UPDATES: &str = "updates.os-vendor.example";
/// Where every machine asks for the time.
pub(super) const TIME: &str = "time.clock-pool.example";
/// Where the servers report that they live.
pub(super) const MONITOR: &str = "agents.watchtower-monitoring.example";
/// A chat that polls at random times.
pub(super) const CHAT: &str = "rtm.teamchat.example";
/// Names that one machine each polls at random times.
pub(super) const FEEDS: [&str; 3] = [
    "feed.price-board.example",
    "quotes.candle-chart.example",
    "stream.order-flow.example",
];
/// How many pages people visit.
const PAGES: u64 = 560;

/// A host outside.
#[derive(Clone, Debug)]
pub(super) struct Site {
    /// Its name.
    pub name: String,
    /// Its address.
    pub ip: Ipv4Addr,
    /// Whether it is called in clear.
    pub clear: bool,
}

/// Returns a host that is called by machines, not people.
pub(super) fn service(name: &str) -> Site {
    let services = [UPDATES, TIME, MONITOR, CHAT].into_iter().chain(FEEDS);
    let number = services.take_while(|known| *known != name).count() as u8;
    Site {
        name: name.to_owned(),
        ip: Ipv4Addr::new(192, 0, 2, 200 + number),
        clear: name == UPDATES,
    }
}

/// Returns the hosts that people call, the most visited first.
pub(super) fn pages() -> Vec<Site> {
    (0..PAGES).map(page).collect()
}

fn page(number: u64) -> Site {
    const KINDS: [&str; 8] = ["www", "cdn", "static", "api", "img", "mail", "m", "docs"];
    const FIRST: [&str; 10] = [
        "daily", "north", "global", "river", "quick", "silver", "open", "coin", "market", "city",
    ];
    const SECOND: [&str; 7] = ["news", "search", "video", "shop", "forum", "ledger", "wiki"];
    let part = |of: &[&'static str], step: u64| {
        *of.get((number / step) as usize % of.len())
            .expect("below the length")
    };
    let (kind, first, second) = (part(&KINDS, 70), part(&FIRST, 1), part(&SECOND, 10));
    let [net, host] = [number / 190, number % 190 + 1];
    let last = host as u8;
    Site {
        name: format!("{kind}.{first}-{second}.example"),
        ip: match net {
            0 => Ipv4Addr::new(192, 0, 2, last),
            1 => Ipv4Addr::new(198, 51, 100, last),
            _ => Ipv4Addr::new(203, 0, 113, last),
        },
        clear: number % 7 == 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_name_and_address_is_there_once() {
        let mut all = pages();
        all.extend(
            [UPDATES, TIME, MONITOR, CHAT]
                .into_iter()
                .chain(FEEDS)
                .map(service),
        );
        let names: BTreeSet<&str> = all.iter().map(|site| site.name.as_str()).collect();
        let ips: BTreeSet<Ipv4Addr> = all.iter().map(|site| site.ip).collect();
        assert_eq!((names.len(), ips.len()), (all.len(), all.len()));
        assert!(ips.iter().all(Ipv4Addr::is_documentation));
    }
}
