//! The head of an HTTP/1 request (RFC 9112).

/// A head is no longer than this.
pub(crate) const HEAD_BYTES: usize = 16 << 10;

/// What the head of a request says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The method, in capitals.
    pub method: String,
    /// The target as it stands.
    pub uri: String,
    /// The `Host` header.
    pub host: Option<String>,
    /// The `User-Agent` header.
    pub agent: Option<String>,
    /// The names of the fields of a multipart body, as far as its first bytes go.
    pub fields: Vec<String>,
    /// The names of the files in it.
    pub files: Vec<String>,
}

/// How long the body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// Bytes; 0 where there is none.
    Length(u64),
    /// Until something looks like a request again.
    Unknown,
}

/// What a stream begins with as HTTP.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Head {
    /// A request, how many bytes its head has, its body, and whether that is multipart.
    Request(Request, usize, Body, bool),
    More,
    No,
}

/// Returns whether a stream may begin with a request: a method in capitals and a blank.
pub(crate) fn may_begin(stream: &[u8]) -> bool {
    const LONGEST: usize = 20;
    let mut bytes = stream.iter().take(LONGEST + 1);
    let method = bytes
        .by_ref()
        .take_while(|byte| byte.is_ascii_uppercase() || **byte == b'-')
        .count();
    match stream.get(method) {
        Some(b' ') => (3..=LONGEST).contains(&method),
        None => method <= LONGEST,
        Some(_) => false,
    }
}

/// Reads the head that a client's bytes begin with.
pub(crate) fn head(stream: &[u8]) -> Head {
    if !may_begin(stream) {
        return Head::No;
    }
    let Some(end) = end(stream) else {
        return if stream.len() < HEAD_BYTES {
            Head::More
        } else {
            Head::No
        };
    };
    let text = String::from_utf8_lossy(stream.get(..end).unwrap_or_default());
    let mut lines = text.lines();
    let mut first = lines
        .next()
        .unwrap_or_default()
        .split(' ')
        .filter(|word| !word.is_empty());
    let (Some(method), Some(uri)) = (first.next(), first.next()) else {
        return Head::No;
    };
    // HTTP/0.9 names no version; mail and chat commands begin likewise, and ask for no path.
    let is_request = match first.next_back() {
        Some(version) => version.starts_with("HTTP/"),
        None => uri.starts_with('/'),
    };
    if !is_request {
        return Head::No;
    }
    let mut request = Request {
        method: method.to_owned(),
        uri: uri.to_owned(),
        ..Request::default()
    };
    let (mut body, mut multipart) = (Body::Length(0), false);
    for line in lines {
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "host" => request.host = Some(value.to_owned()),
            "user-agent" => request.agent = Some(value.to_owned()),
            "content-type" => multipart = value.to_ascii_lowercase().starts_with("multipart/"),
            "content-length" if body != Body::Unknown => {
                body = value.parse().map_or(Body::Unknown, Body::Length);
            }
            "transfer-encoding" => body = Body::Unknown,
            _ => {}
        }
    }
    Head::Request(request, end, body, multipart)
}

/// Returns where a head ends: behind the first empty line.
fn end(stream: &[u8]) -> Option<usize> {
    let stream = stream.get(..stream.len().min(HEAD_BYTES))?;
    memchr::memchr_iter(b'\n', stream).find_map(|feed| match stream.get(feed + 1..)? {
        [b'\n', ..] => Some(feed + 2),
        [b'\r', b'\n', ..] => Some(feed + 3),
        _ => None,
    })
}

impl Request {
    /// Takes the names of form fields and files that the first bytes of a multipart body hold (RFC 7578).
    pub(crate) fn take_form(&mut self, body: &[u8]) {
        let text = String::from_utf8_lossy(body);
        self.fields = parameters(&text, " name=");
        self.files = parameters(&text, " filename=");
    }
}

/// Returns what each part of a form says behind `before`.
fn parameters(text: &str, before: &str) -> Vec<String> {
    const MOST: usize = 16;
    let parts = text.split("form-data;").skip(1);
    let values = parts.filter_map(|part| {
        let line = part.split(['\r', '\n']).next()?;
        let (_, value) = line.split_once(before)?;
        let value = value.split(';').next()?;
        Some(value.trim_matches('"').chars().take(64).collect())
    });
    values.take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_says_what_is_asked_of_whom() {
        let bytes =
            b"POST /a?v=1 HTTP/1.1\r\nhost: c2.example\r\nUser-Agent: X y\r\nContent-Length: 3\r\n\r\nabc";
        let Head::Request(request, end, body, multipart) = head(bytes) else {
            panic!("no request")
        };
        assert_eq!(
            (request.method.as_str(), request.uri.as_str()),
            ("POST", "/a?v=1")
        );
        assert_eq!(request.host.as_deref(), Some("c2.example"));
        assert_eq!(request.agent.as_deref(), Some("X y"));
        assert_eq!(
            (&bytes[end..], body, multipart),
            (&b"abc"[..], Body::Length(3), false)
        );
        assert_eq!(head(&bytes[..30]), Head::More);
        assert_eq!(head(b"EHLO mail.example\r\n\r\n"), Head::No);
        assert_eq!(head(b"\x16\x03\x01"), Head::No);
    }

    #[test]
    fn multipart_fields_have_names() {
        let body = b"--x\r\nContent-Disposition: form-data; name=\"one_f\"\r\n\r\n7\r\n--x\r\nContent-Disposition: form-data; \
            name=\"two\"; filename=\"a.dat\"\r\n\r\n";
        let mut request = Request::default();
        request.take_form(body);
        assert_eq!(request.fields, ["one_f", "two"]);
        assert_eq!(request.files, ["a.dat"]);
    }
}
