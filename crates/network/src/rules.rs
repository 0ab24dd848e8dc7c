//! What the network can show: every rule of this room.

use strongroom_model::{Rule, Severity};

/// A pair of hosts talks at regular intervals; critical where the destination is known from elsewhere.
pub static BEACON: Rule = Rule {
    code: "network.beacon",
    title: "{source} calls {destination} every {period}, {connections} connections, score {score} of 1000",
    severity: Severity::High,
    techniques: &[],
};

/// A host named or reached something that is known from elsewhere.
pub static CONTACT: Rule = Rule {
    code: "network.contact",
    title: "{host} contacted {observable} ({what}, {count} times), which is known: {why}",
    severity: Severity::High,
    techniques: &[],
};

/// More connections in a day than seconds.
pub static STROBE: Rule = Rule {
    code: "network.strobe",
    title: "{source} opens {connections} connections to {destination} within 24 hours",
    severity: Severity::Medium,
    techniques: &[],
};

/// A connection to the outside that stands for hours.
pub static LONG_CONNECTION: Rule = Rule {
    code: "network.long-connection",
    title: "{source} holds a connection to {destination} for {duration}",
    severity: Severity::Low,
    techniques: &[],
};

/// A host asks for very many names under one domain, and the names carry data.
pub static DNS_TUNNEL: Rule = Rule {
    code: "network.dns-tunnel",
    title: "{source} asked for {names} names under {domain}, {length} characters each, as if they carried data",
    severity: Severity::High,
    techniques: &[DNS],
};

/// Requests hold the ten digits, each once, in another order each time.
pub static DIGITS: Rule = Rule {
    code: "network.digit-permutation",
    title: "{source} requests {destination} with the ten digits in {orders} orders",
    severity: Severity::High,
    techniques: &[WEB],
};

/// A fingerprint or user agent that one host alone shows.
pub static RARE_CLIENT: Rule = Rule {
    code: "network.rare-client",
    title: "{source} alone of {hosts} hosts shows the {what} {client}",
    severity: Severity::Info,
    techniques: &[],
};

/// Most of what a host sends outside goes to one place that few call.
pub static UPLOAD: Rule = Rule {
    code: "network.upload",
    title: "{source} sent {bytes} bytes to {destination}, most of what it sends outside",
    severity: Severity::Low,
    techniques: &["T1041"],
};

/// All rules of this room.
pub static RULES: &[&Rule] = &[
    &BEACON,
    &CONTACT,
    &STROBE,
    &LONG_CONNECTION,
    &DNS_TUNNEL,
    &DIGITS,
    &RARE_CLIENT,
    &UPLOAD,
];

/// Application layer protocol: web protocols.
pub(crate) const WEB: &str = "T1071.001";
/// Application layer protocol: DNS.
pub(crate) const DNS: &str = "T1071.004";
/// Encrypted channel.
pub(crate) const ENCRYPTED: &str = "T1573";
/// Fallback channels.
pub(crate) const FALLBACK: &str = "T1008";
