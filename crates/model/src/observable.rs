//! Observables: what evidence names and other evidence can be asked for. One canonical form each, so that
//! equality means the same thing in every room.

use crate::{Address, Reading};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// The types of observables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum ObservableType {
    Url,
    Domain,
    Ip,
    Endpoint,
    Email,
    Hash,
    Wallet,
    Transaction,
    Path,
    Registry,
    Mutex,
    UserAgent,
    Name,
    Asset,
}

impl ObservableType {
    /// Returns the name as it stands in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            ObservableType::Url => "url",
            ObservableType::Domain => "domain",
            ObservableType::Ip => "ip",
            ObservableType::Endpoint => "endpoint",
            ObservableType::Email => "email",
            ObservableType::Hash => "hash",
            ObservableType::Wallet => "wallet",
            ObservableType::Transaction => "transaction",
            ObservableType::Path => "path",
            ObservableType::Registry => "registry",
            ObservableType::Mutex => "mutex",
            ObservableType::UserAgent => "user-agent",
            ObservableType::Name => "name",
            ObservableType::Asset => "asset",
        }
    }
}

/// The hash functions whose values are told apart by their length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum HashKind {
    Md5,
    Sha1,
    Sha256,
    Sha512,
}

impl HashKind {
    fn of_length(digits: usize) -> Option<(Self, &'static str)> {
        Some(match digits {
            32 => (HashKind::Md5, "md5"),
            40 => (HashKind::Sha1, "sha1"),
            64 => (HashKind::Sha256, "sha256"),
            128 => (HashKind::Sha512, "sha512"),
            _ => return None,
        })
    }
}

/// A text that has no canonical form of the type that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a {}: {text:?}", .kind.as_str())]
pub struct ObservableError {
    /// The type that was asked for.
    pub kind: ObservableType,
    /// The text as given.
    pub text: String,
}

/// A value of a type, in its canonical form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Observable {
    #[serde(rename = "type")]
    kind: ObservableType,
    value: String,
}

/// A schemed address needs a host; these schemes have none that a network log could show.
const HOSTLESS: [&str; 5] = ["file", "data", "javascript", "mailto", "about"];

impl Observable {
    /// Returns the type.
    pub fn kind(&self) -> ObservableType {
        self.kind
    }

    /// Returns the canonical value.
    pub fn value(&self) -> &str {
        &self.value
    }

    fn known(kind: ObservableType, value: impl Into<String>) -> Self {
        Observable {
            kind,
            value: value.into(),
        }
    }

    /// Reads a URL: scheme and host in lower case, host in ASCII, default port and fragment dropped, path and
    /// query kept (WHATWG URL).
    pub fn url(text: &str) -> Result<Self, ObservableError> {
        let error = || refuse(ObservableType::Url, text);
        let mut url = url::Url::parse(text.trim()).map_err(|_| error())?;
        if !url.has_host() || HOSTLESS.contains(&url.scheme()) {
            return Err(error());
        }
        url.set_fragment(None);
        if let Some(host) = url
            .host_str()
            .and_then(|host| host.strip_suffix('.'))
            .map(str::to_owned)
        {
            url.set_host(Some(&host)).map_err(|_| error())?;
        }
        Ok(Self::known(ObservableType::Url, url.as_str()))
    }

    /// Reads a domain name: lower case, ASCII (IDNA), no final dot, at least two labels of letters, digits,
    /// hyphens and underscores, the last not all digits.
    pub fn domain(text: &str) -> Result<Self, ObservableError> {
        let error = || refuse(ObservableType::Domain, text);
        let name = text.trim().trim_end_matches('.');
        let Ok(url::Host::Domain(name)) = url::Host::parse(name) else {
            return Err(error());
        };
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        };
        let last_is_name = name
            .rsplit('.')
            .next()
            .is_some_and(|l| !l.bytes().all(|b| b.is_ascii_digit()));
        if name.len() > 253 || !name.contains('.') || !name.split('.').all(label) || !last_is_name {
            return Err(error());
        }
        Ok(Self::known(ObservableType::Domain, name))
    }

    /// Reads an IP address: RFC 5952 for version 6, an IPv4-mapped address as version 4.
    pub fn ip(text: &str) -> Result<Self, ObservableError> {
        let bare = text.trim().trim_start_matches('[').trim_end_matches(']');
        let ip: IpAddr = bare.parse().map_err(|_| refuse(ObservableType::Ip, text))?;
        Ok(Self::from_ip(ip))
    }

    /// Returns the observable of an IP address.
    pub fn from_ip(ip: IpAddr) -> Self {
        Self::known(ObservableType::Ip, ip.to_canonical().to_string())
    }

    /// Reads an endpoint, `ip:port`, `[ip]:port` or `domain:port`.
    pub fn endpoint(text: &str) -> Result<Self, ObservableError> {
        let error = || refuse(ObservableType::Endpoint, text);
        let (host, port) = text.trim().rsplit_once(':').ok_or_else(error)?;
        let port: u16 = port.parse().map_err(|_| error())?;
        let value = match Self::ip(host).ok().and_then(|ip| ip.value.parse::<IpAddr>().ok()) {
            Some(ip) if host.starts_with('[') || ip.is_ipv4() => SocketAddr::new(ip, port).to_string(),
            Some(_) => return Err(error()),
            None => format!("{}:{port}", Self::domain(host).map_err(|_| error())?.value),
        };
        Ok(Self::known(ObservableType::Endpoint, value))
    }

    /// Reads a mail address: lower case, the domain as [`Observable::domain`] has it.
    pub fn email(text: &str) -> Result<Self, ObservableError> {
        let error = || refuse(ObservableType::Email, text);
        let (local, domain) = text.trim().rsplit_once('@').ok_or_else(error)?;
        let domain = Self::domain(domain).map_err(|_| error())?;
        let bad = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '@' | '"' | ',');
        if local.is_empty() || local.len() > 64 || local.contains(bad) {
            return Err(error());
        }
        Ok(Self::known(
            ObservableType::Email,
            format!("{}@{}", local.to_lowercase(), domain.value),
        ))
    }

    /// Reads a file hash in hexadecimal (MD5, SHA-1, SHA-256, SHA-512 by length, or with its name and a colon
    /// before it); the value is `sha256:…`, as an evidence id is.
    pub fn hash(text: &str) -> Result<Self, ObservableError> {
        let error = || refuse(ObservableType::Hash, text);
        let lower = text.trim().to_ascii_lowercase();
        let (claimed, digits) = lower
            .split_once(':')
            .map_or((None, lower.as_str()), |(n, d)| (Some(n), d));
        let (_, name) = HashKind::of_length(digits.len()).ok_or_else(error)?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) || claimed.is_some_and(|claimed| claimed != name) {
            return Err(error());
        }
        Ok(Self::known(ObservableType::Hash, format!("{name}:{digits}")))
    }

    /// Reads a wallet: a valid address in its canonical spelling. What is no address on any chain known here
    /// is refused; see [`Observable::account`].
    pub fn wallet(text: &str) -> Result<Self, ObservableError> {
        match Address::read_checked(text) {
            Reading::Address { address, .. } => Ok(Self::known(ObservableType::Wallet, address.as_str())),
            Reading::Malformed(_) | Reading::Opaque => Err(refuse(ObservableType::Wallet, text)),
        }
    }

    /// Returns the wallet of a ledger's account, whatever the ledger names it by: the canonical address where
    /// it is one, else the trimmed text.
    pub fn account(text: &str) -> Self {
        Self::wallet(text).unwrap_or_else(|_| Self::known(ObservableType::Wallet, text.trim()))
    }

    /// Returns a transaction id: 64 hexadecimal digits in lower case without `0x`, any other id as it stands.
    pub fn transaction(text: &str) -> Self {
        let text = text.trim();
        let digits = text
            .strip_prefix("0x")
            .or_else(|| text.strip_prefix("0X"))
            .unwrap_or(text);
        let is_hash = digits.len() == 64 && digits.bytes().all(|b| b.is_ascii_hexdigit());
        let value = if is_hash {
            digits.to_ascii_lowercase()
        } else {
            text.to_owned()
        };
        Self::known(ObservableType::Transaction, value)
    }

    /// Returns a file path: one with a backslash or drive letter is Windows's and goes to lower case and
    /// backslashes, any other stands as it is.
    pub fn path(text: &str) -> Self {
        let text = text.trim();
        let has_drive = matches!(text.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
        let windows = text.contains('\\') || has_drive || text.starts_with('%');
        let value = if windows {
            text.to_lowercase().replace('/', "\\")
        } else {
            text.to_owned()
        };
        Self::known(ObservableType::Path, value)
    }

    /// Returns a registry key: lower case, the hive's abbreviation written out.
    pub fn registry(text: &str) -> Self {
        let lower = text.trim().to_lowercase().replace('/', "\\");
        let (hive, rest) = lower.split_once('\\').unwrap_or((&lower, ""));
        let hive = match hive.trim_end_matches(':') {
            "hkcu" => "hkey_current_user",
            "hklm" => "hkey_local_machine",
            "hkcr" => "hkey_classes_root",
            "hku" => "hkey_users",
            "hkcc" => "hkey_current_config",
            other => other,
        };
        let rest = rest.trim_start_matches('\\');
        Self::known(
            ObservableType::Registry,
            if rest.is_empty() {
                hive.into()
            } else {
                format!("{hive}\\{rest}")
            },
        )
    }

    /// Returns a mutex name as it stands.
    pub fn mutex(text: &str) -> Self {
        Self::known(ObservableType::Mutex, text.trim())
    }

    /// Returns a user agent as it stands.
    pub fn user_agent(text: &str) -> Self {
        Self::known(ObservableType::UserAgent, text.trim())
    }

    /// Returns a party's name with its white space folded.
    pub fn name(text: &str) -> Self {
        Self::known(
            ObservableType::Name,
            text.split_whitespace().collect::<Vec<_>>().join(" "),
        )
    }

    /// Returns an asset's symbol in upper case, its contract as [`Observable::account`] has it, or what a chain names it
    /// by: `CHAIN/CONTRACT` and `CHAIN/CONTRACT/ID`, where CONTRACT is an address, and `nem/NAMESPACE:NAME`, whose letters
    /// mean something to the chain.
    pub fn asset(text: &str) -> Self {
        let text = text.trim();
        let name = match Self::wallet(text) {
            Ok(contract) => contract.value,
            Err(_) => asset_of_chain(text).unwrap_or_else(|| text.to_uppercase()),
        };
        Self::known(ObservableType::Asset, name)
    }

    /// Returns the host of a URL, endpoint or mail address, as a domain or IP.
    pub fn host(&self) -> Option<Observable> {
        let host = match self.kind {
            ObservableType::Url => url::Url::parse(&self.value).ok()?.host_str()?.to_owned(),
            ObservableType::Endpoint => self.value.rsplit_once(':')?.0.to_owned(),
            ObservableType::Email => self.value.rsplit_once('@')?.1.to_owned(),
            _ => return None,
        };
        Self::ip(&host).or_else(|_| Self::domain(&host)).ok()
    }

    /// Returns the endpoint that a URL is fetched from, its scheme's port filled in.
    pub fn url_endpoint(&self) -> Option<Observable> {
        if self.kind != ObservableType::Url {
            return None;
        }
        let url = url::Url::parse(&self.value).ok()?;
        Self::endpoint(&format!("{}:{}", url.host_str()?, url.port_or_known_default()?)).ok()
    }
}

/// Returns the canonical form of an asset that is named with its chain.
fn asset_of_chain(text: &str) -> Option<String> {
    let (chain, rest) = text.split_once('/')?;
    let chain = chain.to_ascii_lowercase();
    if (chain == "nem" || chain.starts_with("nem-")) && rest.contains(':') {
        return Some(format!("{chain}/{rest}"));
    }
    let (contract, id) = rest
        .split_once('/')
        .map_or((rest, None), |(contract, id)| (contract, Some(id)));
    let contract = Observable::wallet(contract).ok()?.value;
    Some(match id {
        Some(id) => format!("{chain}/{contract}/{id}"),
        None => format!("{chain}/{contract}"),
    })
}

impl fmt::Display for Observable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.value)
    }
}

fn refuse(kind: ObservableType, text: &str) -> ObservableError {
    ObservableError {
        kind,
        text: text.to_owned(),
    }
}

/// What part an observable plays in the evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Role {
    /// It stands there, and nothing says what for.
    Mentioned,
    /// Somebody sent the evidence from it.
    Sender,
    /// Somebody sent the evidence to it.
    Recipient,
    /// The evidence fetches the next stage from it.
    Download,
    /// The evidence takes its orders from it.
    C2,
    /// The evidence writes or starts it.
    Dropped,
    /// A host calls it at regular intervals.
    Beacon,
    /// A report gives it as a sign of compromise.
    Indicator,
    /// Stolen value went to it.
    Theft,
    /// Stolen value ends there.
    End,
    /// A list names it.
    Listed,
}

impl Role {
    /// Returns the name as it stands in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Mentioned => "mentioned",
            Role::Sender => "sender",
            Role::Recipient => "recipient",
            Role::Download => "download",
            Role::C2 => "c2",
            Role::Dropped => "dropped",
            Role::Beacon => "beacon",
            Role::Indicator => "indicator",
            Role::Theft => "theft",
            Role::End => "end",
            Role::Listed => "listed",
        }
    }
}

/// An observable with its part.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Sighting {
    /// What was seen.
    #[serde(flatten)]
    pub observable: Observable,
    /// What part it plays.
    pub role: Role,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_of_a_chain_keeps_its_chain() {
        for (text, name) in [
            ("eth", "ETH"),
            (
                "Ethereum/0xDAC17F958D2ee523a2206206994597C13D831ec7",
                "ethereum/0xdac17f958d2ee523a2206206994597c13d831ec7",
            ),
            (
                "ethereum/0xdac17f958d2ee523a2206206994597c13d831ec7/17",
                "ethereum/0xdac17f958d2ee523a2206206994597c13d831ec7/17",
            ),
            ("nem/dim:coin", "nem/dim:coin"),
            ("btc/usd", "BTC/USD"),
        ] {
            assert_eq!(Observable::asset(text).value(), name);
            assert_eq!(Observable::asset(name).value(), name);
        }
    }

    #[test]
    fn one_thing_has_one_form() {
        let url = Observable::url(" HTTP://C2.Example.:80/A/../b?x=1#top ").unwrap();
        assert_eq!(url.value(), "http://c2.example/b?x=1");
        assert_eq!(url.host().unwrap(), Observable::domain("C2.EXAMPLE.").unwrap());
        assert_eq!(
            url.url_endpoint().unwrap(),
            Observable::endpoint("c2.example:80").unwrap()
        );
        assert_eq!(
            Observable::ip("::ffff:192.0.2.1").unwrap(),
            Observable::ip("192.0.2.1").unwrap()
        );
        assert_eq!(
            Observable::endpoint("[2001:DB8::1]:443").unwrap().value(),
            "[2001:db8::1]:443"
        );
        assert_eq!(
            Observable::email("A.B@Mail.Example").unwrap().value(),
            "a.b@mail.example"
        );
        assert_eq!(
            Observable::path("C:/Temp/A.ps1"),
            Observable::path("c:\\temp\\a.ps1")
        );
        assert_eq!(
            Observable::registry("HKCU:\\Software\\X"),
            Observable::registry("hkey_current_user\\software\\x")
        );
        let id = crate::EvidenceId::of(b"abc");
        assert_eq!(
            Observable::hash(&id.as_str()[7..].to_uppercase())
                .unwrap()
                .value(),
            id.as_str()
        );
    }

    #[test]
    fn what_is_not_one_is_refused() {
        for text in [
            "",
            "example",
            "1.2.3",
            "a..b",
            "-",
            "1.2.3.4",
            "exa mple.com",
            "a.b.1",
        ] {
            assert!(Observable::domain(text).is_err(), "{text:?}");
        }
        for text in [
            "http://",
            "c2.example/x",
            "file:///etc/passwd",
            "mailto:a@b.example",
            "http://a b/",
        ] {
            assert!(Observable::url(text).is_err(), "{text:?}");
        }
        for text in ["2001:db8::1:443", "c2.example", "c2.example:99999", ":80"] {
            assert!(Observable::endpoint(text).is_err(), "{text:?}");
        }
        assert!(Observable::hash("md5:da39a3ee5e6b4b0d3255bfef95601890afd80709").is_err());
    }
}
