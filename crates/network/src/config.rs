//! What a reading may be told: which names are known to be harmless, and from which score on a beacon is an
//! alarm.

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

/// The choices of a reading; [`Config::default`] holds [`SAFE`] and the documented threshold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Names in lower case that are set aside, each with everything below it.
    pub safe: Vec<String>,
    /// The score, 0 to 1000, from which a regular pair is an alarm.
    pub alarm_permille: u32,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            safe: SAFE.iter().map(|&name| name.to_owned()).collect(),
            alarm_permille: 700,
        }
    }
}

impl Config {
    /// Returns the safe name that a canonical domain falls under.
    pub fn safe_for(&self, domain: &str) -> Option<&str> {
        let under = |safe: &str| {
            domain
                .strip_suffix(safe)
                .is_some_and(|above| above.is_empty() || above.ends_with('.'))
        };
        let mut safe = self.safe.iter().map(String::as_str);
        safe.find(|safe| !safe.is_empty() && under(safe))
    }
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
    }
}
