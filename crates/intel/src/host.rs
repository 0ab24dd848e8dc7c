//! Whether a dotted word is a host, or a file name, a version, a detection name, an identifier in code.
//!
//! A host ends in a public top-level domain (public suffix list, crate `psl`) or one that is reserved for
//! examples (RFC 2606, RFC 6761). Many top-level domains are file extensions too, and many identifiers end in
//! one: the letters' case and the neighbours decide.

use std::net::Ipv4Addr;
use strongroom_model::Observable;

/// Reserved names that demonstrations use, and Tor's.
const RESERVED: [&str; 5] = ["example", "invalid", "onion", "test", "i2p"];
/// Top-level domains that are common file extensions, sorted.
const EXTENSIONS: [&str; 27] = [
    "ai",
    "app",
    "bz",
    "cab",
    "cat",
    "cc",
    "com",
    "dev",
    "id",
    "in",
    "ink",
    "io",
    "java",
    "md",
    "mov",
    "pl",
    "pm",
    "properties",
    "ps",
    "py",
    "rs",
    "sh",
    "so",
    "st",
    "vi",
    "win",
    "zip",
];
/// Of these the ones whose two-label names are mostly hosts, sorted.
const MOSTLY_HOSTS: [&str; 10] = ["ai", "app", "cc", "com", "dev", "id", "in", "io", "st", "win"];
/// Extensions that stand before another one (`a.exe.zip`), sorted.
const INNER: [&str; 14] = [
    "bat", "cmd", "dll", "doc", "docx", "exe", "js", "pdf", "ps1", "sfx", "tar", "txt", "vbs", "xls",
];
/// Programs of DOS, and what else ends in `.com` without being a host.
const COM_FILES: [&str; 7] = ["chcp", "command", "diskcopy", "format", "mode", "more", "tree"];
/// Top-level domains under which a host is written in the fashion of a brand, `MyWallet.com`.
const COMMON: [&str; 4] = ["com", "net", "onion", "org"];
/// First words of detection names.
const DETECTIONS: [&str; 13] = [
    "Adware",
    "Agent",
    "Backdoor",
    "Exploit",
    "Generic",
    "HackTool",
    "HEUR",
    "Ransom",
    "Riskware",
    "Trojan",
    "Virus",
    "Worm",
    "not-a-virus",
];

/// First words of members in code, `window.name`.
const OBJECTS: [&str; 10] = [
    "console", "document", "event", "module", "object", "os", "process", "self", "this", "window",
];

/// What stands around a dotted word in its line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Neighbours<'a> {
    /// The line before the word.
    pub(crate) before: &'a [u8],
    /// The line after the word.
    pub(crate) after: &'a [u8],
    /// Whether the word was broken on purpose, which only hosts are.
    pub(crate) defanged: bool,
}

/// Returns the domain that a word is.
pub(crate) fn domain(word: &str, around: Neighbours<'_>) -> Option<Observable> {
    let (stem, top) = word.rsplit_once('.')?;
    if !is_top_level(top) || word.split('.').any(str::is_empty) {
        return None;
    }
    if !around.defanged && (is_path(around) || is_file(stem, top) || is_identifier(word, stem, top, around)) {
        return None;
    }
    Observable::domain(word).ok()
}

fn is_top_level(top: &str) -> bool {
    if top.len() < 2 || !top.starts_with(|c: char| c.is_alphabetic()) {
        return false;
    }
    let lower = top.to_lowercase();
    RESERVED.contains(&lower.as_str())
        || psl::suffix(lower.as_bytes()).is_some_and(|suffix| suffix.is_known())
}

/// A part of a path, a shell variable, a mail's or a URL's rest.
fn is_path(around: Neighbours<'_>) -> bool {
    let before = around.before.last().copied();
    matches!(
        before,
        Some(b'\\' | b'/' | b'$' | b'%' | b'@' | b'#' | b'=' | b'&' | b'?')
    ) || around.after.first() == Some(&b'\\')
}

/// A file name: one dot and an extension, or a stem that is one already (`a.tar.bz`).
fn is_file(stem: &str, top: &str) -> bool {
    let top = top.to_ascii_lowercase();
    if EXTENSIONS.binary_search(&top.as_str()).is_err() {
        return false;
    }
    if top == "com" {
        return COM_FILES.contains(&stem.to_ascii_lowercase().as_str());
    }
    // A version before an extension: `tool-v1.7.3.zip`.
    let number = |label: &str| label.bytes().all(|b| b.is_ascii_digit());
    if MOSTLY_HOSTS.binary_search(&top.as_str()).is_err() && stem.split('.').skip(1).any(number) {
        return true;
    }
    let inner = stem.rsplit_once('.').map(|(_, inner)| inner.to_ascii_lowercase());
    match inner {
        Some(inner) => INNER.binary_search(&inner.as_str()).is_ok(),
        None => MOSTLY_HOSTS.binary_search(&top.as_str()).is_err(),
    }
}

/// Code, a detection, a bundle: hosts are written in one case as a whole, or at least at their end.
fn is_identifier(word: &str, stem: &str, top: &str, around: Neighbours<'_>) -> bool {
    let upper = |text: &str| text.chars().any(char::is_uppercase);
    let lower = |text: &str| text.chars().any(char::is_lowercase);
    let mixed_end = upper(top) && (lower(top) || lower(stem));
    let common = COMMON.contains(&top.to_ascii_lowercase().as_str());
    let camel = !common && stem.split('.').any(is_camel);
    let first = word.split('.').next().unwrap_or_default();
    let call = around.after.first() == Some(&b'(');
    let bundle = matches!(first, "com" | "org" | "net" | "io") && word.split('.').count() > 2;
    mixed_end
        || camel
        || call
        || bundle
        || OBJECTS.contains(&first)
        || DETECTIONS.contains(&first)
        || first.starts_with("Win32")
}

/// Returns whether a capital follows a small letter or a digit.
fn is_camel(label: &str) -> bool {
    let pairs = label.bytes().zip(label.bytes().skip(1));
    label.bytes().any(|b| b.is_ascii_lowercase())
        && pairs
            .into_iter()
            .any(|(a, b)| !a.is_ascii_uppercase() && a != b'-' && b.is_ascii_uppercase())
}

/// Returns the address that four numbers are, unless they are a version or a network.
pub(crate) fn ipv4(word: &str, around: Neighbours<'_>) -> Option<Ipv4Addr> {
    let ip: Ipv4Addr = word.parse().ok()?;
    let is_network = around.after.strip_prefix(b"/").is_some_and(is_prefix_length);
    let excluded = ip.octets().first() == Some(&0) || is_network || (!around.defanged && is_version(around));
    let excluded = excluded || (!around.defanged && is_small_version(ip, around));
    (!excluded).then_some(ip)
}

/// Four digits after a word, `Player 3.2.0.1`, or before a heading, `3.2.1.4 Persistence`: such addresses hardly
/// exist, such numbers abound.
fn is_small_version(ip: Ipv4Addr, around: Neighbours<'_>) -> bool {
    let blank = around.before.last() == Some(&b' ');
    let before = around.before.trim_ascii_end();
    let word = before.last().is_some_and(u8::is_ascii_alphabetic);
    let marks_only = before.iter().all(|b| matches!(b, b'=' | b'#'));
    let numbers = marks_only && matches!(around.after, [b' ', next, ..] if next.is_ascii_alphabetic());
    ip.octets().iter().all(|octet| *octet < 10) && (blank && word || numbers)
}

/// Returns whether `24` and no more of a path stands there; `32` is the address itself.
fn is_prefix_length(after: &[u8]) -> bool {
    let digits = after.iter().take_while(|b| b.is_ascii_digit()).count();
    let ends = after
        .get(digits)
        .is_none_or(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'/' | b'.'));
    (1..=2).contains(&digits) && ends && after.get(..digits) != Some(b"32")
}

fn is_version(around: Neighbours<'_>) -> bool {
    // Product/1.2.3.4, but not //1.2.3.4 and not a list's 5.6.7.8/1.2.3.4.
    if let Some(product) = around.before.strip_suffix(b"/") {
        return product.last().is_some_and(u8::is_ascii_alphabetic);
    }
    let trimmed = around.before.trim_ascii_end();
    let trimmed = trimmed
        .strip_suffix(b":")
        .or_else(|| trimmed.strip_suffix(b"="))
        .unwrap_or(trimmed);
    let word = trimmed
        .rsplit(|b| !b.is_ascii_alphabetic())
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    matches!(
        word.as_slice(),
        b"v" | b"ver" | b"build" | b"firmware" | b"release" | b"revision" | b"oid"
    ) || word.ends_with(b"version")
        || word == b"versions"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around<'a>(before: &'a str, after: &'a str) -> Neighbours<'a> {
        Neighbours {
            before: before.as_bytes(),
            after: after.as_bytes(),
            defanged: false,
        }
    }

    fn is_domain(word: &str) -> bool {
        domain(word, around(" ", " ")).is_some()
    }

    #[test]
    fn hosts_are_told_from_files_and_code() {
        for word in [
            "c2.example",
            "evil.com",
            "update.evil.co.uk",
            "Infoafrica.top",
            "EVIL.COM",
            "MyWallet.com",
            "a.b.sh",
            "münchen.de",
            "xn--mnchen-3ya.de",
        ] {
            assert!(is_domain(word), "{word}");
        }
        for word in [
            "invoice.doc",
            "update.exe",
            "run.sh",
            "setup.zip",
            "script.py",
            "System.Net",
            "System.IO",
            "Trojan.Win32.X",
            "Win32.Agent.TK",
            "com.apple.foo",
            "a.exe.zip",
            "v1.7.3.zip",
            "window.name",
            "et2z7q0FREZ.cr",
            "command.com",
            "e.g",
            "1.2.3",
            "a..com",
        ] {
            assert!(!is_domain(word), "{word}");
        }
        assert!(domain("os.name", around(" ", "()")).is_none());
        assert!(domain("buru.top", around("OpenSSH\\", " ")).is_none());
        let broken = Neighbours {
            defanged: true,
            ..around("", "")
        };
        assert!(domain("setup.zip", broken).is_some());
    }

    #[test]
    fn lists_of_names_are_sorted() {
        assert!(
            INNER.is_sorted() && EXTENSIONS.is_sorted() && MOSTLY_HOSTS.is_sorted() && COM_FILES.is_sorted()
        );
    }

    #[test]
    fn versions_and_networks_are_no_addresses() {
        let ip = |before, word, after| ipv4(word, around(before, after)).is_some();
        assert!(ip("server ", "192.0.2.1", ":80"));
        assert!(ip("http://", "192.0.2.1", "/24/x"));
        assert!(ip("", "192.0.2.1", "/login"));
        assert!(!ip("version ", "192.0.2.1", ""));
        assert!(!ip("FileVersion: ", "192.0.2.1", ""));
        assert!(ip("at ", "192.0.2.1", "") && !ip("Player ", "3.2.0.1", " key"));
        assert!(!ip("Chrome/", "192.0.2.1", ""));
        assert!(!ip("", "192.0.2.0", "/24"));
        assert!(!ip("", "0.1.2.3", "") && !ip("", "1.2.3", "") && !ip("", "1.2.3.400", ""));
    }
}
