//! What a reading may be told: which names are known to be harmless, and from which score on a beacon is an
//! alarm.

use std::net::IpAddr;

/// Names that machines call at regular intervals by design: clocks, updates, certificate status,
/// connectivity checks. A name stands for itself and everything below it.
pub static SAFE: &[&str] = &[
    // Clocks.
    "pool.ntp.org",
    "time.apple.com",
    "time.cloudflare.com",
    "time.google.com",
    "time.nist.gov",
    "time.windows.com",
    "ntp.ubuntu.com",
    // Updates of operating systems and browsers.
    "archive.ubuntu.com",
    "aus5.mozilla.org",
    "deb.debian.org",
    "delivery.mp.microsoft.com",
    "mesu.apple.com",
    "security.debian.org",
    "security.ubuntu.com",
    "swscan.apple.com",
    "update.googleapis.com",
    "update.microsoft.com",
    "windowsupdate.com",
    // Certificate status and revocation.
    "crl.microsoft.com",
    "ocsp.apple.com",
    "ocsp.digicert.com",
    "ocsp.globalsign.com",
    "ocsp.sectigo.com",
    "o.lencr.org",
    "r3.o.lencr.org",
    // Is there a network?
    "captive.apple.com",
    "connectivity-check.ubuntu.com",
    "connectivitycheck.gstatic.com",
    "detectportal.firefox.com",
    "msftconnecttest.com",
    "msftncsi.com",
];

/// Domains under which hosts ask for very many names by design: reverse look-ups, content networks, clouds,
/// reputation services. They are no DNS tunnels.
pub static HEAVY: &[&str] = &[
    "akadns.net",
    "akamai.net",
    "akamaiedge.net",
    "amazonaws.com",
    "barracudacentral.org",
    "cloudfront.net",
    "e5.sk",
    "fastly.net",
    "googleusercontent.com",
    "in-addr.arpa",
    "ip6.arpa",
    "mcafee.com",
    "office.com",
    "senderbase.org",
    "sophosxl.net",
    "spamhaus.org",
    "surbl.org",
    "trendmicro.com",
    "windows.net",
];

/// The choices of a reading; [`Config::default`] holds [`SAFE`] and the documented threshold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Names in lower case that are set aside, each with everything below it.
    pub safe: Vec<String>,
    /// Networks whose addresses are set aside, each an address and the bits that count; none by default.
    pub safe_networks: Vec<(IpAddr, u8)>,
    /// Domains that are no DNS tunnels, in lower case.
    pub heavy: Vec<String>,
    /// The score, 0 to 1000, from which a regular pair is an alarm.
    pub alarm_permille: u32,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            safe: SAFE.iter().map(|&name| name.to_owned()).collect(),
            safe_networks: Vec::new(),
            heavy: HEAVY.iter().map(|&name| name.to_owned()).collect(),
            alarm_permille: 700,
        }
    }
}

impl Config {
    /// Returns the safe name that a canonical domain falls under.
    pub fn safe_for(&self, domain: &str) -> Option<&str> {
        let mut safe = self.safe.iter().map(String::as_str);
        safe.find(|safe| is_under(domain, safe))
    }

    /// Returns whether very many names under a canonical domain are normal.
    pub fn is_heavy(&self, domain: &str) -> bool {
        self.heavy.iter().any(|heavy| is_under(domain, heavy))
    }

    /// Returns whether an address lies in a safe network.
    pub fn is_safe_address(&self, ip: IpAddr) -> bool {
        self.safe_networks
            .iter()
            .any(|(network, bits)| match (network, ip) {
                (IpAddr::V4(network), IpAddr::V4(ip)) => {
                    let mask = u32::MAX
                        .checked_shl(32u32.saturating_sub(u32::from(*bits)))
                        .unwrap_or(0);
                    network.to_bits() & mask == ip.to_bits() & mask
                }
                (IpAddr::V6(network), IpAddr::V6(ip)) => {
                    let mask = u128::MAX
                        .checked_shl(128u32.saturating_sub(u32::from(*bits)))
                        .unwrap_or(0);
                    network.to_bits() & mask == ip.to_bits() & mask
                }
                (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
            })
    }
}

fn is_under(domain: &str, safe: &str) -> bool {
    let above = domain.strip_suffix(safe).filter(|_| !safe.is_empty());
    above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_safe_name_covers_what_is_below_it_and_nothing_else() {
        let config = Config::default();
        assert_eq!(config.safe_for("2.pool.ntp.org"), Some("pool.ntp.org"));
        assert_eq!(config.safe_for("pool.ntp.org"), Some("pool.ntp.org"));
        assert_eq!(config.safe_for("evilpool.ntp.org"), None);
        assert_eq!(config.safe_for("pool.ntp.org.c2.example"), None);
        assert!(config.is_heavy("in-addr.arpa") && !config.is_heavy("c2.example"));
    }

    #[test]
    fn a_safe_network_holds_its_addresses() {
        let network = |text: &str, bits| (text.parse().unwrap(), bits);
        let config = Config {
            safe_networks: vec![network("198.51.100.0", 24), network("2001:db8::", 32)],
            ..Config::default()
        };
        let safe = |ip: &str| config.is_safe_address(ip.parse().unwrap());
        assert!(safe("198.51.100.7") && safe("2001:db8:7::1"));
        assert!(!safe("198.51.101.7") && !safe("2001:db9::1"));
    }
}
