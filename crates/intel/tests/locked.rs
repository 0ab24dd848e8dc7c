//! Encrypted documents: `locked/` holds one text under each revision of the standard handler, written by qpdf through
//! pikepdf. Those that anybody may open have the empty user password.

#![allow(clippy::unwrap_used)] // a test may fail

use std::path::Path;
use strongroom_intel::{Extraction, Tier, extract};
use strongroom_model::{Limits, Why};

fn document(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/locked")
        .join(name);
    std::fs::read(&path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()))
}

fn named(extraction: &Extraction) -> Vec<(&str, Tier)> {
    let named = extraction.indicators.iter();
    named.map(|one| (one.observable.value(), one.tier)).collect()
}

#[test]
fn what_anybody_may_open_is_read_with_its_links() {
    for name in [
        "rc4-40-r2.pdf",
        "rc4-128-r3.pdf",
        "rc4-128-r4.pdf",
        "aes-128-r4.pdf",
        "aes-128-r4-metadata.pdf",
        "aes-128-r4-packed.pdf",
        "aes-256-r5.pdf",
        "aes-256-r5-packed.pdf",
        "aes-256-r6.pdf",
        "aes-256-r6-packed.pdf",
    ] {
        let extraction = extract(&document(name), &Limits::default());
        assert!(extraction.gaps.is_empty(), "{name}: {:?}", extraction.gaps);
        let expected = [
            ("c2.example", Tier::Bare),
            ("203.0.113.9", Tier::Bare),
            ("https://blog.example/post", Tier::Linked),
        ];
        assert_eq!(named(&extraction), expected, "{name}");
    }
}

#[test]
fn what_needs_a_password_says_so() {
    for name in ["password-r3.pdf", "password-r6.pdf"] {
        let extraction = extract(&document(name), &Limits::default());
        assert!(extraction.indicators.is_empty(), "{name}");
        let [gap] = extraction.gaps.as_slice() else {
            panic!("{name}: {:?}", extraction.gaps)
        };
        assert!(
            gap.why.contains("needs a password") && gap.cause == Why::Encrypted,
            "{name}: {gap:?}"
        );
    }
}

#[test]
fn a_handler_of_another_kind_is_named() {
    let whole = document("aes-256-r6.pdf");
    for (was, is, told) in [
        (&b"/Filter /Standard"[..], &b"/Filter /Adobe.PS"[..], "Adobe.PS"),
        (b"/R 6", b"/R 9", "revision 9"),
        (b"/CFM /AESV3", b"/CFM /AESV9", "version 5"),
    ] {
        let at = whole.windows(was.len()).position(|bytes| bytes == was).unwrap();
        let mut other = whole.clone();
        other.splice(at..at + was.len(), is.iter().copied());
        let extraction = extract(&other, &Limits::default());
        assert!(extraction.indicators.is_empty() && extraction.gaps.len() == 1);
        assert!(
            extraction.gaps.iter().all(|gap| gap.why.contains(told)),
            "{:?}",
            extraction.gaps
        );
    }
}

/// Returns a document with something put in front of the first place where a word stands.
fn before(name: &str, word: &str, put: &str) -> Vec<u8> {
    let mut bytes = document(name);
    let at = bytes
        .windows(word.len())
        .position(|bytes| bytes == word.as_bytes());
    let at = at.unwrap();
    bytes.splice(at..at, put.bytes());
    bytes
}

#[test]
fn a_key_that_decrypts_nothing_and_trailers_that_do_not_agree_are_told() {
    let mut wide = document("aes-128-r4.pdf");
    let at = wide.windows(5).position(|bytes| bytes == b"AESV2").unwrap();
    wide.splice(at..at + 5, *b"AESV3");
    let plain = before("aes-128-r4.pdf", "startxref", "trailer << /Root 1 0 R >>\n");
    for (bytes, told) in [(wide, "revision 4"), (plain, "do not agree")] {
        let extraction = extract(&bytes, &Limits::default());
        let whys: Vec<&str> = extraction.gaps.iter().map(|gap| gap.why.as_str()).collect();
        assert!(extraction.indicators.is_empty() && whys.len() == 1, "{whys:?}");
        assert!(whys.concat().contains(told), "{whys:?}");
    }
}

#[test]
fn each_string_that_is_decrypted_counts() {
    let limits = Limits {
        unpacked_bytes: 1 << 20,
        ..Limits::default()
    };
    let strings = format!("/X [{}] ", "()".repeat(20_000));
    for (put, is_cut) in [("", false), (strings.as_str(), true)] {
        let extraction = extract(&before("rc4-40-r2.pdf", "/Annots", put), &limits);
        let cut = extraction
            .gaps
            .iter()
            .any(|gap| gap.why.contains("unpacked bytes"));
        assert_eq!(cut, is_cut, "{:?}", extraction.gaps);
    }
}

#[test]
fn no_damage_to_an_encrypted_document_panics() {
    for name in ["rc4-40-r2.pdf", "aes-128-r4-packed.pdf", "aes-256-r6.pdf"] {
        let whole = document(name);
        // Behind the mark that makes it a PDF.
        for at in (8..whole.len()).step_by(7) {
            let mut damaged = whole.clone();
            damaged.splice(at..at + 1, []);
            let cut = whole.get(..at).unwrap();
            for bytes in [damaged.as_slice(), cut] {
                let extraction = extract(bytes, &Limits::default());
                assert!(extraction.indicators.len() <= 3, "{name} at {at}");
            }
        }
    }
}
