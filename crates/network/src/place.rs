//! Which part of the world an address belongs to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where an address lies, as far as it matters to what a call to it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Reached over the internet.
    Outside,
    /// Inside the house: RFC 1918, RFC 6598, RFC 4193.
    Inside,
    /// No host at all: multicast, broadcast, loopback, link-local, unspecified.
    Nowhere,
}

impl Place {
    pub(crate) fn of(ip: IpAddr) -> Self {
        match ip {
            IpAddr::V4(ip) => Place::of_v4(ip),
            IpAddr::V6(ip) => Place::of_v6(ip),
        }
    }

    fn of_v4(ip: Ipv4Addr) -> Self {
        let nowhere = ip.is_multicast() || ip.is_broadcast() || ip.is_loopback() || ip.is_link_local();
        let shared = matches!(ip.octets(), [100, second, ..] if second & 0xc0 == 64);
        if nowhere || ip.is_unspecified() {
            Place::Nowhere
        } else if ip.is_private() || shared {
            Place::Inside
        } else {
            Place::Outside
        }
    }

    fn of_v6(ip: Ipv6Addr) -> Self {
        let link_local = ip
            .segments()
            .first()
            .is_some_and(|first| first & 0xffc0 == 0xfe80);
        let unique_local = ip.octets().first().is_some_and(|first| first & 0xfe == 0xfc);
        if ip.is_multicast() || ip.is_loopback() || ip.is_unspecified() || link_local {
            Place::Nowhere
        } else if unique_local {
            Place::Inside
        } else {
            Place::Outside
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_has_its_place() {
        for (ip, place) in [
            ("192.0.2.1", Place::Outside),
            ("10.1.2.3", Place::Inside),
            ("100.64.0.1", Place::Inside),
            ("100.128.0.1", Place::Outside),
            ("239.255.255.250", Place::Nowhere),
            ("255.255.255.255", Place::Nowhere),
            ("2001:db8::1", Place::Outside),
            ("fd00::1", Place::Inside),
            ("fe80::1", Place::Nowhere),
            ("ff02::fb", Place::Nowhere),
        ] {
            assert_eq!(Place::of(ip.parse().unwrap()), place, "{ip}");
        }
    }
}
