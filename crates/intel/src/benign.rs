//! Hosts that reports name for other reasons than blame: their publishers, the places that they cite, and the
//! vendors whose products they speak of. Such a host is mentioned; broken on purpose and with more than the
//! bare name, it is an indicator all the same, because services are abused.

/// Registrable names, sorted.
const HOSTS: [&str; 59] = [
    "abuse.ch",
    "adobe.com",
    "any.run",
    "apache.org",
    "apple.com",
    "archive.org",
    "asp.net",
    "attack.mitre.org",
    "bleepingcomputer.com",
    "blockchain.com",
    "blog.google",
    "chainalysis.com",
    "checkpoint.com",
    "cisa.gov",
    "cisco.com",
    "crowdstrike.com",
    "elliptic.co",
    "eset.com",
    "etherscan.io",
    "facebook.com",
    "fbi.gov",
    "fireeye.com",
    "github.com",
    "github.io",
    "githubusercontent.com",
    "gitlab.com",
    "google.com",
    "ietf.org",
    "instagram.com",
    "kaspersky.com",
    "krebsonsecurity.com",
    "linkedin.com",
    "malwarebytes.com",
    "mandiant.com",
    "medium.com",
    "microsoft.com",
    "misp-project.org",
    "mitre.org",
    "mozilla.org",
    "nist.gov",
    "paloaltonetworks.com",
    "proofpoint.com",
    "python.org",
    "securelist.com",
    "sentinelone.com",
    "sophos.com",
    "symantec.com",
    "talosintelligence.com",
    "treasury.gov",
    "trendmicro.com",
    "twitter.com",
    "virustotal.com",
    "volexity.com",
    "w3.org",
    "welivesecurity.com",
    "wikipedia.org",
    "x.com",
    "youtube.com",
    "zscaler.com",
];

/// How near a host is to one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Benign {
    /// The bare name, or with `www.`.
    Itself,
    /// A name below it.
    Below,
    /// None of them.
    No,
}

/// Judges a host in canonical form.
pub(crate) fn judge(host: &str) -> Benign {
    let is = |name: &str| HOSTS.binary_search(&name).is_ok();
    if is(host) || host.strip_prefix("www.").is_some_and(is) {
        return Benign::Itself;
    }
    let mut rest = host;
    while let Some((_, parent)) = rest.split_once('.') {
        if is(parent) {
            return Benign::Below;
        }
        rest = parent;
    }
    Benign::No
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_sorted_and_found() {
        assert!(HOSTS.is_sorted());
        assert_eq!(judge("www.github.com"), Benign::Itself);
        assert_eq!(judge("updates.microsoft.com"), Benign::Below);
        assert_eq!(judge("github.com.evil.example"), Benign::No);
        assert_eq!(judge("mygithub.com"), Benign::No);
    }
}
