//! A row parsed at the door: cells become addresses, ports, times and names, or a fault of their field.

use crate::log::LogPath;
use crate::row::{Cell, Column, Row};
use std::borrow::Cow;
use std::net::IpAddr;
use strongroom_model::Moment;

/// Above this a JSON time is in milliseconds (Zeek's `JSON::TS_MILLIS`): as seconds it would lie beyond the
/// year 5138.
const MILLIS_FROM: u64 = 100_000_000_000;
/// Zeek's word for a connection that was established and neither closed nor reset.
pub(crate) const ESTABLISHED: &str = "S1";
/// The largest number of seconds that is read: what an `i64` of microseconds holds.
const MAX_SECONDS: f64 = 9.0e12;

/// A field that holds something else than its column should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The column.
    pub column: &'static str,
    /// What stands there, cut short.
    pub shown: String,
    /// Whether an observable or a beacon may stand behind it.
    pub hides: bool,
}

/// What one row says, as far as it is read.
#[derive(Debug, PartialEq)]
pub(crate) struct Event<'a> {
    /// Microseconds since the epoch.
    pub at: Option<i64>,
    /// Zeek's id of the connection.
    pub uid: Option<Cow<'a, str>>,
    /// Who opened the connection.
    pub source: Option<IpAddr>,
    /// Who was called.
    pub target: Option<IpAddr>,
    /// The port that was called.
    pub port: Option<u16>,
    /// What only this stream says.
    pub detail: Detail<'a>,
}

/// What only one stream says.
#[derive(Debug, PartialEq)]
pub(crate) enum Detail<'a> {
    Conn {
        /// Microseconds that it stood open.
        duration: Option<i64>,
        /// Bytes that the originator sent.
        bytes: Option<u64>,
        /// The protocols seen in it.
        service: Option<Cow<'a, str>>,
        /// Whether it stood open when the log or the capture ended.
        open: bool,
    },
    Dns {
        query: Option<Cow<'a, str>>,
        answers: Vec<IpAddr>,
        /// The type that was asked for.
        kind: Option<Cow<'a, str>>,
        /// How long the answers are.
        answer_bytes: u64,
    },
    Http {
        host: Option<Cow<'a, str>>,
        uri: Option<Cow<'a, str>>,
        agent: Option<Cow<'a, str>>,
        /// Whether the request is one to a proxy: it names whom it is for.
        proxied: bool,
        /// The names of form fields, which captures alone say.
        fields: &'a [String],
        /// The names of files in a form, which captures alone say.
        files: &'a [String],
    },
    Ssl {
        name: Option<Cow<'a, str>>,
        ja3: Option<Cow<'a, str>>,
        ja4: Option<Cow<'a, str>>,
    },
    /// A connection that stands open and is told again when it ends.
    Open {
        duration: Option<i64>,
    },
    Ssh {
        /// The client's banner.
        client: Option<Cow<'a, str>>,
    },
    Other,
}

impl<'a> Detail<'a> {
    /// Returns what a request says. One to a proxy names whom it is for in its target, and the proxy goes by that and
    /// not by the `Host` header (RFC 9112, 3.2.2).
    pub(crate) fn request(
        (method, uri): (Option<&str>, Option<Cow<'a, str>>),
        (host, agent): (Option<Cow<'a, str>>, Option<Cow<'a, str>>),
        (fields, files): (&'a [String], &'a [String]),
    ) -> Self {
        let connect = method == Some("CONNECT");
        let target = uri.as_deref().and_then(|uri| whom(connect, uri));
        Detail::Http {
            proxied: target.is_some(),
            host: target.map(|target| Cow::Owned(target.to_owned())).or(host),
            // The target of CONNECT is a host and port, no path (RFC 9110, 9.3.6).
            uri: uri.filter(|_| !connect),
            agent,
            fields,
            files,
        }
    }
}

/// Returns the host, and port where it has one, that the target of a request to a proxy names.
fn whom(connect: bool, uri: &str) -> Option<&str> {
    let authority = if connect {
        uri
    } else {
        let (_, rest) = uri
            .split_once("://")
            .filter(|(scheme, _)| !scheme.contains('/'))?;
        rest.split(['/', '?']).next()?
    };
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    Some(host).filter(|host| !host.is_empty())
}

impl<'a> Event<'a> {
    /// Returns the columns without which a row of the stream joins nothing.
    pub(crate) fn needed(path: LogPath) -> &'static [Column] {
        match path {
            LogPath::Conn | LogPath::OpenConn => &[Column::Ts, Column::OrigH, Column::RespH],
            LogPath::Dns | LogPath::Http | LogPath::Ssl => &[Column::Ts, Column::OrigH],
            LogPath::Ssh | LogPath::Other => &[],
        }
    }

    /// Reads a row of a stream; each field that does not parse is pushed to `faults` and stays absent.
    pub(crate) fn read(path: LogPath, row: &Row<'a>, faults: &mut Vec<Fault>) -> Self {
        let mut fields = Fields { row, faults };
        Event {
            at: fields.parse(Column::Ts, true, moment),
            uid: fields.parse(Column::Uid, false, text),
            source: fields.parse(Column::OrigH, true, address),
            target: fields.parse(Column::RespH, true, address),
            port: fields.parse(Column::RespP, true, port),
            detail: fields.detail(path),
        }
    }
}

impl Fault {
    /// Returns the fault of a field that is unset where a row needs it.
    pub(crate) fn unset(column: Column) -> Self {
        Fault {
            column: column.name(),
            shown: "nothing".to_owned(),
            hides: true,
        }
    }
}

struct Fields<'r, 'a> {
    row: &'r Row<'a>,
    faults: &'r mut Vec<Fault>,
}

impl<'a> Fields<'_, 'a> {
    fn parse<T>(&mut self, column: Column, hides: bool, read: fn(&Cell<'a>) -> Option<T>) -> Option<T> {
        let cell = self.row.get(column);
        if cell == &Cell::Absent {
            return None;
        }
        let value = read(cell);
        if value.is_none() {
            self.faults.push(Fault {
                column: column.name(),
                shown: shown(cell),
                hides,
            });
        }
        value
    }

    fn detail(&mut self, path: LogPath) -> Detail<'a> {
        match path {
            LogPath::Conn => Detail::Conn {
                duration: self.parse(Column::Duration, false, moment),
                bytes: self.parse(Column::OrigBytes, false, count),
                service: self.parse(Column::Service, false, text),
                open: self.row.get(Column::ConnState) == &Cell::Text(Cow::Borrowed(ESTABLISHED)),
            },
            LogPath::Dns => Detail::Dns {
                query: self.parse(Column::Query, true, text),
                answers: self.parse(Column::Answers, false, addresses).unwrap_or_default(),
                kind: self.parse(Column::QueryType, false, text),
                answer_bytes: length(self.row.get(Column::Answers)),
            },
            LogPath::Http => self.request(),
            LogPath::Ssl => Detail::Ssl {
                name: self.parse(Column::ServerName, true, text),
                ja3: self.parse(Column::Ja3, false, text),
                ja4: self.parse(Column::Ja4, false, text),
            },
            LogPath::OpenConn => Detail::Open {
                duration: self.parse(Column::Duration, false, moment),
            },
            LogPath::Ssh => Detail::Ssh {
                client: self.parse(Column::Client, false, text),
            },
            LogPath::Other => Detail::Other,
        }
    }

    fn request(&mut self) -> Detail<'a> {
        let method = self.parse(Column::Method, false, text);
        let uri = self.parse(Column::Uri, true, text);
        let host = self.parse(Column::Host, true, text);
        let agent = self.parse(Column::UserAgent, false, text);
        Detail::request((method.as_deref(), uri), (host, agent), (&[], &[]))
    }
}

fn moment(cell: &Cell<'_>) -> Option<i64> {
    match cell {
        // Seconds are what nearly every log holds, so they are tried before the calendar.
        Cell::Text(text) => {
            let moment = Moment::from_epoch_text(text).or_else(|_| text.parse());
            moment.ok().map(Moment::micros)
        }
        Cell::Count(millis) if *millis >= MILLIS_FROM => i64::try_from(*millis).ok()?.checked_mul(1_000),
        Cell::Count(seconds) => i64::try_from(*seconds).ok()?.checked_mul(1_000_000),
        // Below 2⁵³ microseconds the nearest whole one is the one that was written.
        Cell::Real(seconds) if seconds.abs() < MAX_SECONDS => Some((seconds * 1e6).round() as i64),
        _ => None,
    }
}

fn text<'a>(cell: &Cell<'a>) -> Option<Cow<'a, str>> {
    match cell {
        Cell::Text(text) => Some(text.clone()),
        Cell::List(texts) => Some(Cow::Owned(texts.join(","))),
        _ => None,
    }
}

fn address(cell: &Cell<'_>) -> Option<IpAddr> {
    match cell {
        Cell::Text(text) => text.parse().ok().map(|ip: IpAddr| ip.to_canonical()),
        _ => None,
    }
}

/// Returns the addresses among the answers; names and records of other types are none and no fault.
fn addresses(cell: &Cell<'_>) -> Option<Vec<IpAddr>> {
    match cell {
        Cell::List(texts) => Some(texts.iter().filter_map(|text| text.parse().ok()).collect()),
        Cell::Text(text) => Some(text.parse().into_iter().collect()),
        _ => None,
    }
}

/// Returns how many bytes the texts of a cell have.
fn length(cell: &Cell<'_>) -> u64 {
    match cell {
        Cell::Text(text) => text.len() as u64,
        Cell::List(texts) => texts.iter().map(|text| text.len() as u64).sum(),
        _ => 0,
    }
}

fn count(cell: &Cell<'_>) -> Option<u64> {
    match cell {
        Cell::Text(text) => text.parse().ok(),
        Cell::Count(count) => Some(*count),
        _ => None,
    }
}

fn port(cell: &Cell<'_>) -> Option<u16> {
    count(cell).and_then(|count| u16::try_from(count).ok())
}

/// Returns what a cell holds, short enough for a gap.
fn shown(cell: &Cell<'_>) -> String {
    const CHARS: usize = 40;
    match cell {
        Cell::Text(text) if text.chars().count() > CHARS => {
            format!("{:?}…", text.chars().take(CHARS).collect::<String>())
        }
        Cell::Text(text) => format!("{text:?}"),
        Cell::Count(count) => count.to_string(),
        Cell::Real(real) => real.to_string(),
        Cell::List(_) => "a list".to_owned(),
        Cell::Odd => "bytes or a value of another kind".to_owned(),
        Cell::Absent => "nothing".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row<'a>(cells: &[(Column, Cell<'a>)]) -> Row<'a> {
        let mut row = Row::new();
        for (column, cell) in cells {
            row.set(*column, cell.clone());
        }
        row
    }

    #[test]
    fn every_way_to_write_a_time_is_the_same_moment() {
        for cell in [
            Cell::Text("1553389200.123456".into()),
            Cell::Text("2019-03-24T01:00:00.123456Z".into()),
            Cell::Real(1_553_389_200.123_456),
        ] {
            assert_eq!(moment(&cell), Some(1_553_389_200_123_456), "{cell:?}");
        }
        assert_eq!(
            moment(&Cell::Count(1_553_389_200_123)),
            Some(1_553_389_200_123_000)
        );
        assert_eq!(moment(&Cell::Count(1_553_389_200)), Some(1_553_389_200_000_000));
        for cell in [
            Cell::Real(f64::NAN),
            Cell::Real(1e300),
            Cell::Odd,
            Cell::Count(u64::MAX),
        ] {
            assert_eq!(moment(&cell), None, "{cell:?}");
        }
    }

    #[test]
    fn a_field_that_does_not_parse_is_a_fault_and_the_rest_is_read() {
        let row = row(&[
            (Column::Ts, Cell::Text("soon".into())),
            (Column::OrigH, Cell::Text("::ffff:192.0.2.1".into())),
            (Column::RespP, Cell::Count(70_000)),
            (Column::OrigBytes, Cell::Text("-5".into())),
        ]);
        let mut faults = Vec::new();
        let event = Event::read(LogPath::Conn, &row, &mut faults);
        let columns: Vec<_> = faults.iter().map(|fault| (fault.column, fault.hides)).collect();
        assert_eq!(
            columns,
            [("ts", true), ("id.resp_p", true), ("orig_bytes", false)]
        );
        assert_eq!(event.source, Some("192.0.2.1".parse().unwrap()));
        assert_eq!((event.at, event.target, event.port), (None, None, None));
    }

    #[test]
    fn the_target_of_connect_is_no_path() {
        let row = row(&[
            (Column::Method, Cell::Text("CONNECT".into())),
            (Column::Uri, Cell::Text("c2.example:443".into())),
            (Column::Host, Cell::Text("c2.example:443".into())),
        ]);
        let event = Event::read(LogPath::Http, &row, &mut Vec::new());
        assert_eq!(
            event.detail,
            Detail::Http {
                host: Some("c2.example:443".into()),
                uri: None,
                agent: None,
                proxied: true,
                fields: &[],
                files: &[],
            }
        );
    }

    #[test]
    fn a_request_to_a_proxy_is_for_whom_its_target_names() {
        for (connect, uri, host) in [
            (true, "c2.example:443", Some("c2.example:443")),
            (false, "http://c2.example:8080/a?b", Some("c2.example:8080")),
            (false, "http://me:word@c2.example", Some("c2.example")),
            (false, "/go?to=http://c2.example/", None),
            (false, "http:///", None),
            (true, "", None),
        ] {
            assert_eq!(whom(connect, uri), host, "{uri}");
        }
    }
}
