//! The client's side of a TCP connection, put in order as far as it is looked at: a hello, the heads of
//! requests, a banner, DNS questions. What comes behind flows by; what is missing is waited for within a bound.

use crate::capture::dns;
use crate::capture::hello::{self, Hello};
use crate::capture::http::{self, Body, Head, Request};

/// Bytes that wait for a missing segment, and how many segments.
const WAITING_BYTES: usize = 64 << 10;
const WAITING: usize = 64;
/// The first bytes of a multipart body that are looked into.
const BODY_BYTES: usize = 2 << 10;
/// The longest banner (RFC 4253, 4.2), with room for lines before it.
const BANNER_BYTES: usize = 1 << 10;
/// The longest DNS message that is waited for.
const MESSAGE_BYTES: usize = 16 << 10;

/// What a client's bytes say.
#[derive(Debug)]
pub(crate) enum Said {
    Hello(Hello),
    Request(Request),
    /// The SSH banner.
    Banner(String),
    Message(dns::Message),
}

/// What the bytes are taken for.
#[derive(Debug)]
enum App {
    Unknown,
    Tls,
    Ssh,
    Dns,
    Http,
    /// The body of a request that is not told yet, and how much of it is left.
    Multipart(Request, Body),
    /// So much of a body flows by.
    Skip(u64),
    /// Until a segment begins with a request again.
    Resync,
    Done,
}

/// The client's bytes of one connection.
#[derive(Debug)]
pub(crate) struct Stream {
    next: Option<u32>,
    held: Vec<u8>,
    waiting: Vec<(u32, Vec<u8>)>,
    waiting_bytes: usize,
    app: App,
}

impl Stream {
    /// Begins; `dns` says that the port is DNS's own.
    pub(crate) fn new(dns: bool) -> Self {
        Stream {
            next: None,
            held: Vec::new(),
            waiting: Vec::new(),
            waiting_bytes: 0,
            app: if dns { App::Dns } else { App::Unknown },
        }
    }

    /// Returns how many bytes it holds.
    pub(crate) fn held(&self) -> usize {
        self.held.capacity() + self.waiting_bytes
    }

    /// The sequence number of the first byte, where the beginning was seen.
    pub(crate) fn begin(&mut self, seq: u32) {
        self.next.get_or_insert(seq);
    }

    /// Takes in a segment.
    pub(crate) fn take(&mut self, seq: u32, payload: &[u8], said: &mut Vec<Said>) {
        if payload.is_empty() || matches!(self.app, App::Done) {
            return;
        }
        let next = *self.next.get_or_insert(seq);
        let ahead = seq.wrapping_sub(next) as i32;
        if ahead <= 0 {
            let known = ahead.unsigned_abs() as usize;
            if let Some(fresh) = payload.get(known..).filter(|fresh| !fresh.is_empty()) {
                self.next = Some(next.wrapping_add(fresh.len() as u32));
                self.feed(fresh, said);
                self.drain(said);
            }
            return;
        }
        self.waiting_bytes += payload.len();
        self.waiting.push((seq, payload.to_vec()));
        if self.waiting_bytes > WAITING_BYTES || self.waiting.len() > WAITING {
            self.give_up(said);
        }
    }

    /// Hands on what no longer waits.
    fn drain(&mut self, said: &mut Vec<Said>) {
        while let Some(next) = self.next {
            let ready = |(seq, _): &(u32, Vec<u8>)| seq.wrapping_sub(next) as i32 <= 0;
            let Some(place) = self.waiting.iter().position(ready) else {
                return;
            };
            let (seq, payload) = self.waiting.swap_remove(place);
            self.waiting_bytes -= payload.len();
            let known = next.wrapping_sub(seq) as usize;
            if let Some(fresh) = payload.get(known..).filter(|fresh| !fresh.is_empty()) {
                self.next = Some(next.wrapping_add(fresh.len() as u32));
                self.feed(fresh, said);
            }
        }
    }

    /// What is missing never comes: whatever was begun is lost, later requests are not.
    fn give_up(&mut self, said: &mut Vec<Said>) {
        self.held = Vec::new();
        match std::mem::replace(&mut self.app, App::Resync) {
            App::Multipart(request, _) => said.push(Said::Request(request)),
            App::Http | App::Skip(_) | App::Resync | App::Dns => {}
            App::Unknown | App::Tls | App::Ssh | App::Done => return self.done(),
        }
        let Some(next) = self.next else { return };
        let first = self.waiting.iter().map(|(seq, _)| seq.wrapping_sub(next)).min();
        self.next = first.map(|ahead| next.wrapping_add(ahead));
        self.drain(said);
    }

    /// Says what was begun when the connection ends.
    pub(crate) fn end(&mut self, said: &mut Vec<Said>) {
        if let App::Multipart(mut request, _) = std::mem::replace(&mut self.app, App::Done) {
            request.take_form(&self.held);
            said.push(Said::Request(request));
        }
        self.done();
    }

    fn done(&mut self) {
        self.app = App::Done;
        self.held = Vec::new();
        self.waiting = Vec::new();
        self.waiting_bytes = 0;
    }

    fn feed(&mut self, mut fresh: &[u8], said: &mut Vec<Said>) {
        if let App::Skip(left) = &mut self.app {
            let skipped = usize::try_from(*left).unwrap_or(usize::MAX).min(fresh.len());
            *left -= skipped as u64;
            fresh = fresh.get(skipped..).unwrap_or_default();
            if *left > 0 {
                return;
            }
            self.app = App::Http;
        }
        if matches!(self.app, App::Resync) {
            if !http::may_begin(fresh) || fresh.len() < 4 {
                return;
            }
            self.app = App::Http;
        }
        self.held.extend_from_slice(fresh);
        while !self.held.is_empty() && self.read(said) {}
    }

    fn drop_front(&mut self, count: usize) {
        self.held.drain(..count.min(self.held.len()));
    }

    /// Reads what is held; `true` where more may follow in it.
    fn read(&mut self, said: &mut Vec<Said>) -> bool {
        match &mut self.app {
            App::Unknown => self.tell(),
            App::Tls => {
                match hello::read(&self.held) {
                    hello::Read::Hello(hello) => said.push(Said::Hello(hello)),
                    hello::Read::More if self.held.len() < hello::HELLO_BYTES => return false,
                    hello::Read::More | hello::Read::No => {}
                }
                self.done();
                false
            }
            App::Ssh => {
                let end = memchr::memchr(b'\n', &self.held);
                if end.is_none() && self.held.len() < BANNER_BYTES {
                    return false;
                }
                let line = self.held.get(..end.unwrap_or(BANNER_BYTES)).unwrap_or_default();
                said.push(Said::Banner(String::from_utf8_lossy(line).trim_end().to_owned()));
                self.done();
                false
            }
            App::Dns => self.messages(said),
            App::Http => self.request(said),
            App::Multipart(..) => self.body(said),
            App::Skip(left) => {
                let skipped = usize::try_from(*left).unwrap_or(usize::MAX).min(self.held.len());
                *left -= skipped as u64;
                let over = *left == 0;
                self.drop_front(skipped);
                if over {
                    self.app = App::Http;
                }
                over
            }
            App::Resync | App::Done => {
                self.held = Vec::new();
                false
            }
        }
    }

    fn tell(&mut self) -> bool {
        self.app = match self.held.as_slice() {
            [22, ..] => App::Tls,
            [b'S', b'S', b'H', b'-', ..] => App::Ssh,
            [b'S'] | [b'S', b'S'] | [b'S', b'S', b'H'] => return false,
            held if http::may_begin(held) => App::Http,
            _ => {
                self.done();
                return false;
            }
        };
        true
    }

    fn messages(&mut self, said: &mut Vec<Said>) -> bool {
        let [high, low, ..] = self.held.as_slice() else {
            return false;
        };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        if !(12..=MESSAGE_BYTES).contains(&length) {
            self.done();
            return false;
        }
        let Some(message) = self.held.get(2..2 + length) else {
            return false;
        };
        said.extend(dns::message(message).map(Said::Message));
        self.drop_front(2 + length);
        true
    }

    fn request(&mut self, said: &mut Vec<Said>) -> bool {
        match http::head(&self.held) {
            Head::More => false,
            Head::No => {
                self.held = Vec::new();
                self.app = App::Resync;
                false
            }
            Head::Request(request, end, body, multipart) => {
                self.drop_front(end);
                if request.method == "CONNECT" {
                    // What follows is for whom the proxy was asked for, or the same request with a password.
                    said.push(Said::Request(request));
                    self.app = App::Unknown;
                } else if multipart && body != Body::Length(0) {
                    self.app = App::Multipart(request, body);
                } else {
                    said.push(Said::Request(request));
                    self.skip(body);
                }
                true
            }
        }
    }

    fn skip(&mut self, body: Body) {
        self.app = match body {
            Body::Length(0) => App::Http,
            Body::Length(left) => App::Skip(left),
            Body::Unknown => App::Resync,
        };
    }

    fn body(&mut self, said: &mut Vec<Said>) -> bool {
        let App::Multipart(request, body) = &mut self.app else {
            return false;
        };
        let wanted = match body {
            Body::Length(length) => usize::try_from(*length).unwrap_or(usize::MAX).min(BODY_BYTES),
            Body::Unknown => BODY_BYTES,
        };
        if self.held.len() < wanted {
            return false;
        }
        let (mut request, body) = (std::mem::take(request), *body);
        request.take_form(self.held.get(..wanted).unwrap_or_default());
        said.push(Said::Request(request));
        self.skip(body);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(segments: &[(u32, &[u8])]) -> Vec<String> {
        let mut stream = Stream::new(false);
        stream.begin(u32::MAX - 1);
        let mut said = Vec::new();
        for (at, payload) in segments {
            stream.take((u32::MAX - 1).wrapping_add(*at), payload, &mut said);
        }
        stream.end(&mut said);
        let text = said.iter().map(|said| match said {
            Said::Request(request) => format!("{} {} {:?}", request.method, request.uri, request.fields),
            other => format!("{other:?}"),
        });
        text.collect()
    }

    #[test]
    fn segments_in_any_order_and_twice_are_one_stream() {
        let whole = b"GET /a HTTP/1.1\r\nHost: x.example\r\n\r\nPOST /b HTTP/1.1\r\nContent-Length: 4\r\n\r\nabcdGET /c HTTP/1.1\r\n\r\n";
        let (one, two, three) = (&whole[..10], &whole[10..50], &whole[40..]);
        let wanted = ["GET /a []", "POST /b []", "GET /c []"];
        assert_eq!(said(&[(0, one), (10, two), (40, three)]), wanted);
        assert_eq!(said(&[(40, three), (0, one), (10, two), (0, one)]), wanted);
    }

    #[test]
    fn a_segment_that_never_comes_loses_what_stood_in_it_alone() {
        let mut stream = Stream::new(false);
        stream.begin(0);
        let mut said = Vec::new();
        stream.take(0, b"GET /a HTTP/1.1\r\n\r\n", &mut said);
        let filler = vec![b'x'; 40_000];
        stream.take(1_000, &filler, &mut said);
        stream.take(41_000, &filler, &mut said);
        stream.take(81_000, b"GET /b HTTP/1.1\r\n\r\n", &mut said);
        assert_eq!(said.len(), 2);
        assert!(stream.held() < 100_000);
    }

    #[test]
    fn what_goes_through_a_proxy_is_read_as_what_it_is() {
        let ask: &[u8] = b"CONNECT c2.example:22 HTTP/1.1\r\n\r\n";
        let (twice, banner) = (ask.len() as u32, b"SSH-2.0-x\r\n");
        let through = said(&[(0, ask), (twice, ask), (2 * twice, banner)]);
        let asked = "CONNECT c2.example:22 []";
        assert_eq!(through, [asked, asked, "Banner(\"SSH-2.0-x\")"]);
    }

    #[test]
    fn a_multipart_body_names_its_fields() {
        let whole =
            b"POST / HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 62\r\n\r\n\
            --x\r\nContent-Disposition: form-data; name=\"one\"\r\n\r\n1234567\r\nGET /c HTTP/1.1\r\n\r\n";
        assert_eq!(
            said(&[(0, whole)]).first().map(String::as_str),
            Some("POST / [\"one\"]")
        );
    }
}
