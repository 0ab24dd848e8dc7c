//! Values whose type a feed names: MISP's attribute types, the words of common tables, and our own.

use crate::refang::Refanged;
use strongroom_model::{Observable, ObservableType};

/// How a type's name is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Plain(ObservableType),
    /// Two values with `|` between them.
    Pair(ObservableType, ObservableType),
    /// A file name, `|`, and a hash.
    NamedHash,
    /// A host or address, `|`, and a port.
    HostPort,
    /// A registry key, `|`, and its value.
    KeyValue,
    /// A host or an address, as tables that say no more than "C2" have it.
    Host,
}

/// Names of types in lower case, `-` for blanks and underscores, sorted.
const FORMS: [(&str, Form); 70] = {
    use Form::{Host, HostPort, KeyValue, NamedHash, Pair, Plain};
    use ObservableType as T;
    [
        ("bch", Plain(T::Wallet)),
        ("btc", Plain(T::Wallet)),
        ("c2", Host),
        ("cryptocurrency-wallet", Plain(T::Wallet)),
        ("dash", Plain(T::Wallet)),
        ("domain", Plain(T::Domain)),
        ("domain-name", Plain(T::Domain)),
        ("domain|ip", Pair(T::Domain, T::Ip)),
        ("email", Plain(T::Email)),
        ("email-addr", Plain(T::Email)),
        ("email-dst", Plain(T::Email)),
        ("email-reply-to", Plain(T::Email)),
        ("email-src", Plain(T::Email)),
        ("endpoint", Plain(T::Endpoint)),
        ("eth", Plain(T::Wallet)),
        ("file", Plain(T::Hash)),
        ("filehash-md5", Plain(T::Hash)),
        ("filehash-sha1", Plain(T::Hash)),
        ("filehash-sha256", Plain(T::Hash)),
        ("filename|md5", NamedHash),
        ("filename|sha1", NamedHash),
        ("filename|sha256", NamedHash),
        ("filename|sha512", NamedHash),
        ("filepath", Plain(T::Path)),
        ("fqdn", Plain(T::Domain)),
        ("hash", Plain(T::Hash)),
        ("host", Host),
        ("hostname", Plain(T::Domain)),
        ("hostname|port", HostPort),
        ("ip", Plain(T::Ip)),
        ("ip-dst", Plain(T::Ip)),
        ("ip-dst|port", HostPort),
        ("ip-src", Plain(T::Ip)),
        ("ip-src|port", HostPort),
        ("ip:port", Plain(T::Endpoint)),
        ("ipv4", Plain(T::Ip)),
        ("ipv4-addr", Plain(T::Ip)),
        ("ipv6", Plain(T::Ip)),
        ("ipv6-addr", Plain(T::Ip)),
        ("link", Plain(T::Url)),
        ("ltc", Plain(T::Wallet)),
        ("malware-sample", NamedHash),
        ("md5", Plain(T::Hash)),
        ("md5-hash", Plain(T::Hash)),
        ("mutex", Plain(T::Mutex)),
        ("path", Plain(T::Path)),
        ("registry", Plain(T::Registry)),
        ("regkey", Plain(T::Registry)),
        ("regkey|value", KeyValue),
        ("sha-1", Plain(T::Hash)),
        ("sha-256", Plain(T::Hash)),
        ("sha-512", Plain(T::Hash)),
        ("sha1", Plain(T::Hash)),
        ("sha1-hash", Plain(T::Hash)),
        ("sha256", Plain(T::Hash)),
        ("sha256-hash", Plain(T::Hash)),
        ("sha512", Plain(T::Hash)),
        ("transaction", Plain(T::Transaction)),
        ("trx", Plain(T::Wallet)),
        ("uri", Plain(T::Url)),
        ("url", Plain(T::Url)),
        ("user-agent", Plain(T::UserAgent)),
        ("wallet", Plain(T::Wallet)),
        ("wallet-address", Plain(T::Wallet)),
        ("whois-registrant-email", Plain(T::Email)),
        ("x-misp-btc", Plain(T::Wallet)),
        ("xmr", Plain(T::Wallet)),
        ("xrp", Plain(T::Wallet)),
        ("zec", Plain(T::Wallet)),
        ("zip", Plain(T::Hash)),
    ]
};

/// Returns the observables that a value of a named type is; broken ones are refanged, values that are not what
/// their type says give none.
pub(crate) fn read(kind: &str, value: &str) -> Vec<Observable> {
    let Some(form) = form(kind) else {
        return Vec::new();
    };
    let refanged = Refanged::of(value.trim().as_bytes());
    let value = String::from_utf8_lossy(&refanged.bytes);
    let (first, last) = value.split_once('|').unwrap_or((&value, &value));
    let read = match form {
        Form::Plain(kind) => vec![plain(kind, &value)],
        Form::Pair(a, b) => vec![plain(a, first), plain(b, last)],
        Form::NamedHash => vec![plain(ObservableType::Hash, last)],
        Form::HostPort => vec![Observable::endpoint(&format!("{first}:{last}")).ok()],
        Form::KeyValue => vec![plain(ObservableType::Registry, first)],
        Form::Host => vec![
            Observable::ip(&value)
                .or_else(|_| Observable::endpoint(&value))
                .or_else(|_| Observable::domain(&value))
                .ok(),
        ],
    };
    read.into_iter().flatten().collect()
}

fn form(kind: &str) -> Option<Form> {
    let kind = kind.trim().to_ascii_lowercase().replace([' ', '_'], "-");
    let at = FORMS.binary_search_by(|(name, _)| (*name).cmp(&kind)).ok()?;
    FORMS.get(at).map(|(_, form)| *form)
}

/// Reads a value of a type; a path needs a folder, since a bare name is anybody's.
pub(crate) fn plain(kind: ObservableType, text: &str) -> Option<Observable> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    match kind {
        ObservableType::Url => Observable::url(text).ok(),
        ObservableType::Domain => Observable::domain(text).ok(),
        ObservableType::Ip => Observable::ip(text).ok(),
        ObservableType::Endpoint => Observable::endpoint(text).ok(),
        ObservableType::Email => Observable::email(text).ok(),
        ObservableType::Hash => Observable::hash(text).ok(),
        ObservableType::Wallet => Observable::wallet(text).ok(),
        ObservableType::Transaction => Some(Observable::transaction(text)),
        ObservableType::Path => text.contains(['\\', '/']).then(|| Observable::path(text)),
        ObservableType::Registry => Some(Observable::registry(text)),
        ObservableType::Mutex => Some(Observable::mutex(text)),
        ObservableType::UserAgent => Some(Observable::user_agent(text)),
        ObservableType::Name => Some(Observable::name(text)),
        ObservableType::Asset => Some(Observable::asset(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_sorted_and_read() {
        assert!(FORMS.is_sorted_by_key(|(name, _)| *name));
        let names = |kind: &str, value: &str| {
            let read = read(kind, value);
            read.iter()
                .map(|one| format!("{} {one}", one.kind().as_str()))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            names("domain|ip", "c2[.]example|192.0.2.1"),
            ["domain c2.example", "ip 192.0.2.1"]
        );
        assert_eq!(names("IP-dst|port", "192.0.2.1|80"), ["endpoint 192.0.2.1:80"]);
        assert_eq!(
            names("filename|md5", "a.exe|d41d8cd98f00b204e9800998ecf8427f"),
            ["hash md5:d41d8cd98f00b204e9800998ecf8427f"]
        );
        assert_eq!(names("url", "hxxp://c2[.]example/"), ["url http://c2.example/"]);
        assert!(
            names("sha1", "none").is_empty()
                && names("yara", "x").is_empty()
                && names("path", "a.exe").is_empty()
        );
    }
}
