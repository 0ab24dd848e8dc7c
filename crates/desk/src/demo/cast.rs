//! Who plays in the demo, where and when: the fixed points that its parts agree on.
//!
//! Names are under reserved domains (RFC 2606), hosts outside have addresses of the documentation ranges
//! (RFC 5737), hosts inside private ones (RFC 1918).

use super::stream::Stream;
use super::truth::C2;
use std::net::Ipv4Addr;

/// 2019-03-18T00:00:00Z, the first day of the network logs.
pub(super) const WEEK: i64 = 1_552_867_200;
/// Days of network logs.
pub(super) const WEEK_DAYS: i64 = 7;
/// 2019-03-19T02:14:07Z, when the hostile mail was sent.
pub(super) const MAIL_SENT: i64 = WEEK + 86_400 + 2 * 3600 + 14 * 60 + 7;
/// 2019-03-24T01:00:00Z.
pub(super) const THEFT_BEGINS: i64 = 1_553_389_200;
/// 2019-03-24T08:00:00Z.
pub(super) const THEFT_ENDS: i64 = THEFT_BEGINS + 7 * 3600;
/// The user agent of the calls to the C2; many browsers of those months had it.
pub(super) const USER_AGENT: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 \
                                     (KHTML, like Gecko) Chrome/72.0.3626.121 Safari/537.36";
/// The domain of the house.
pub(super) const HOUSE: &str = "desk.strongbox-exchange.example";

/// Another exchange.
#[derive(Debug)]
pub(super) struct Exchange {
    /// Its part of account labels.
    pub key: &'static str,
    /// Its name in the tag table.
    pub label: &'static str,
}

/// The two exchanges where stolen coins are deposited.
pub(super) const EXCHANGES: [Exchange; 2] = [
    Exchange {
        key: "harbour",
        label: "Example Harbour Exchange",
    },
    Exchange {
        key: "lantern",
        label: "Example Lantern Exchange",
    },
];

/// What the seed decides and more than one part needs.
#[derive(Debug)]
pub(super) struct Cast {
    /// The seed.
    pub seed: u64,
    /// Hosts of the three C2 URLs.
    pub c2_hosts: [String; 3],
    /// Paths of the three C2 URLs.
    pub c2_paths: [&'static str; 3],
    /// Addresses of the three hosts.
    pub c2_ips: [Ipv4Addr; 3],
    /// The infected machine.
    pub infected: Ipv4Addr,
    /// The archive's password.
    pub password: String,
}

impl Cast {
    /// Returns the cast of a seed.
    pub fn of(seed: u64) -> Self {
        const FIRST: [&str; 8] = [
            "orchard", "teapot", "cedar", "willow", "pebble", "saffron", "meadow", "copper",
        ];
        const SECOND: [&str; 8] = [
            "recipes", "cycling", "pottery", "travels", "garden", "ceramics", "reviews", "quilts",
        ];
        let mut draw = Stream::of(seed, "cast");
        let (mut first, mut second) = (FIRST, SECOND);
        draw.shuffle(&mut first);
        draw.shuffle(&mut second);
        let mut names = first.iter().zip(second).map(|(a, b)| format!("{a}-{b}.example"));
        let mut name = || names.next().expect("eight names");
        let third = [
            draw.between(200, 219),
            draw.between(220, 239),
            draw.between(240, 253),
        ];
        let [a, b, c] = third.map(|last| last as u8);
        Cast {
            seed,
            c2_hosts: [name(), name(), name()],
            c2_paths: [
                "/wp-includes/common.php",
                "/wp-content/themes/sample/index2.php",
                "/wp-content/uploads/index2.php",
            ],
            c2_ips: [
                Ipv4Addr::new(203, 0, 113, a),
                Ipv4Addr::new(198, 51, 100, b),
                Ipv4Addr::new(192, 0, 2, c),
            ],
            // One of the machines that are on day and night.
            infected: super::network::address(4 * draw.between(8, 20)),
            password: format!("{}", draw.between(10_000_000, 99_999_999)),
        }
    }

    /// Returns the three C2 URLs.
    pub fn c2_urls(&self) -> Vec<String> {
        let pairs = self.c2_hosts.iter().zip(self.c2_paths);
        pairs.map(|(host, path)| format!("http://{host}{path}")).collect()
    }

    /// Returns what is true of the C2.
    pub fn c2(&self) -> C2 {
        C2 {
            urls: self.c2_urls(),
            hosts: self.c2_hosts.to_vec(),
            ips: self.c2_ips.iter().map(Ipv4Addr::to_string).collect(),
            user_agent: USER_AGENT.to_owned(),
        }
    }

    /// Returns the URL for a Mac.
    pub fn mac_url(&self) -> String {
        let [host, ..] = &self.c2_hosts;
        format!("http://{host}/wp-content/uploads/mac.dat")
    }
}

/// Returns a second of a day, in UTC, as people in Singapore spread their doings: most from 9 to 18 o'clock
/// there, some in the evening, few at night.
pub(super) fn hours(draw: &mut Stream) -> i64 {
    let (from, to) = match draw.below(100) {
        0..70 => (1, 10),
        70..88 => (10, 15),
        _ => (0, 24),
    };
    draw.between(from * 3600, to * 3600 - 1) as i64
}
