//! The tap on the wire: turns calls into the rows that Zeek would write.

use super::sites::Site;
use super::zeek::{Line, Log};
use crate::demo::cast::{WEEK, WEEK_DAYS};
use crate::demo::stream::Stream;
use std::collections::HashMap;
use std::net::Ipv4Addr;

/// The name server of the house.
const RESOLVER: Ipv4Addr = Ipv4Addr::new(10, 20, 0, 2);
/// Microseconds in a second.
pub(super) const SECOND: i64 = 1_000_000;

/// A request over HTTP.
#[derive(Debug)]
pub(super) struct Request<'a> {
    /// `GET` or `POST`.
    pub method: &'a str,
    /// The path with its query.
    pub uri: &'a str,
    /// The user agent.
    pub agent: &'a str,
}

/// Bytes sent and received above TCP or UDP.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    /// By the caller.
    pub sent: u64,
    /// By the called.
    pub received: u64,
}

/// All rows of the week.
#[derive(Debug)]
pub(super) struct Wire {
    draw: Stream,
    rows: [Vec<Line>; 4],
    /// Until when a machine remembers an answer of the name server.
    cached: HashMap<(Ipv4Addr, String), i64>,
}

impl Wire {
    /// Returns the silent wire.
    pub fn new(seed: u64) -> Self {
        Wire {
            draw: Stream::of(seed, "network/wire"),
            rows: Default::default(),
            cached: HashMap::new(),
        }
    }

    /// A machine calls a page in clear; returns when the connection began, in microseconds.
    pub fn clear(&mut self, at: i64, host: Ipv4Addr, site: &Site, size: Size, request: &Request<'_>) -> i64 {
        let at = self.resolve(at, host, site);
        let head = self.connect(at, host, site, 80, "http", size);
        let Request { method, uri, agent } = request;
        let body = if *method == "POST" {
            size.sent.saturating_sub(320)
        } else {
            0
        };
        let name = &site.name;
        let received = size.received.saturating_sub(210);
        self.row(Log::Http, at + 21_000, format!(
            "{head}\t1\t{method}\t{name}\t{uri}\t-\t1.1\t{agent}\t-\t{body}\t{received}\t200\tOK\t-\t-\t(empty)\t-\t-\t-"
        ));
        at
    }

    /// A machine calls a page over TLS.
    pub fn secret(&mut self, at: i64, host: Ipv4Addr, site: &Site, size: Size) {
        let at = self.resolve(at, host, site);
        let head = self.connect(at, host, site, 443, "ssl", size);
        let name = &site.name;
        self.row(
            Log::Ssl,
            at + 34_000,
            format!("{head}\tTLSv12\tTLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\tx25519\t{name}\tF\t-\th2\tT"),
        );
    }

    /// A machine asks for the time.
    pub fn time(&mut self, at: i64, host: Ipv4Addr, site: &Site) {
        let at = self.resolve(at, host, site);
        let row = format!(
            "{}\t{host}\t123\t{}\t123\tudp\tntp\t0.0{}\t48\t48\tSF\tT\tF\t0\tDd\t1\t76\t1\t76\t-",
            uid(&mut self.draw),
            site.ip,
            self.draw.between(1_000, 9_999),
        );
        self.row(Log::Conn, at, row);
    }

    fn connect(
        &mut self,
        at: i64,
        host: Ipv4Addr,
        site: &Site,
        port: u16,
        service: &str,
        size: Size,
    ) -> String {
        let Size { sent, received } = size;
        let draw = &mut self.draw;
        let head = format!(
            "{}\t{host}\t{}\t{}\t{port}",
            uid(draw),
            draw.between(49_152, 65_535),
            site.ip
        );
        let lasting = 80_000 + draw.below(400_000) + received / 2;
        let (there, back) = (5 + sent / 1_400, 4 + received / 1_400);
        let row = format!(
            "{head}\ttcp\t{service}\t{}.{:06}\t{sent}\t{received}\tSF\tT\tF\t0\tShADadFf\t{there}\t{}\t{back}\t{}\t-",
            lasting / 1_000_000,
            lasting % 1_000_000,
            sent + 40 * there,
            received + 40 * back,
        );
        self.row(Log::Conn, at, row);
        head
    }

    /// Asks the name server, unless the machine remembers the answer; returns when the call can begin.
    fn resolve(&mut self, at: i64, host: Ipv4Addr, site: &Site) -> i64 {
        let key = (host, site.name.clone());
        if self.cached.get(&key).is_some_and(|until| *until > at) {
            return at;
        }
        let draw = &mut self.draw;
        let ttl = *draw.pick(&[300, 600, 3_600]);
        self.cached.insert(key, at + ttl * SECOND);
        let head = format!(
            "{}\t{host}\t{}\t{RESOLVER}\t53",
            uid(draw),
            draw.between(49_152, 65_535)
        );
        let (id, rtt) = (draw.below(65_536), draw.between(10_000, 60_000));
        let (name, ip) = (&site.name, site.ip);
        let dns = format!(
            "{head}\tudp\t{id}\t0.0{rtt}\t{name}\t1\tC_INTERNET\t1\tA\t0\tNOERROR\tF\tF\tT\tT\t0\t{ip}\t{ttl}.000000\tF"
        );
        self.row(Log::Dns, at, dns);
        at + rtt as i64 + 2_000
    }

    fn row(&mut self, log: Log, at: i64, row: String) {
        let week = WEEK * SECOND..(WEEK + WEEK_DAYS * 86_400) * SECOND;
        if week.contains(&at) {
            self.rows_mut(log).push((at, row));
        }
    }

    fn rows_mut(&mut self, log: Log) -> &mut Vec<Line> {
        let [conn, dns, http, ssl] = &mut self.rows;
        match log {
            Log::Conn => conn,
            Log::Dns => dns,
            Log::Http => http,
            Log::Ssl => ssl,
        }
    }

    /// Returns all rows of a log, in the order of their times.
    pub fn close(&mut self, log: Log) -> Vec<Line> {
        let mut rows = std::mem::take(self.rows_mut(log));
        rows.sort();
        rows
    }
}

/// A connection's name, as Zeek draws it.
fn uid(draw: &mut Stream) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut bits = u128::from(draw.next()) << 64 | u128::from(draw.next());
    let mut name = "C".to_owned();
    for _ in 0..17 {
        name.push(char::from(
            *DIGITS.get((bits % 62) as usize).expect("a rest below 62"),
        ));
        bits /= 62;
    }
    name
}
