//! UUIDs of version 5 (RFC 9562, section 5.5): made of a name, the same every time.

use sha1::{Digest, Sha1};

/// The namespace of STIX observables (STIX 2.1, section 2.9).
pub(super) const STIX: [u8; 16] = [
    0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7,
];
/// The namespace of everything else that goes out from here.
pub(super) const OWN: [u8; 16] = [
    0x5f, 0x1d, 0x0c, 0x52, 0x7b, 0x3e, 0x4e, 0x29, 0x9a, 0x64, 0x2c, 0x8f, 0x31, 0x7a, 0xd0, 0x16,
];

/// Returns the UUID of a name.
pub(super) fn v5(namespace: &[u8; 16], name: &[u8]) -> String {
    let digest = Sha1::new().chain_update(namespace).chain_update(name).finalize();
    let mut text = String::with_capacity(36);
    for (at, byte) in digest.iter().take(16).enumerate() {
        let byte = match at {
            6 => byte & 0x0f | 0x50,
            8 => byte & 0x3f | 0x80,
            _ => *byte,
        };
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_the_id_that_the_standard_gives() {
        // RFC 9562, appendix A.4: www.example.com in the namespace of DNS.
        let dns = [
            0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8,
        ];
        assert_eq!(
            v5(&dns, b"www.example.com"),
            "2ed6657d-e927-568b-95e1-2665a8aea6a2"
        );
    }
}
