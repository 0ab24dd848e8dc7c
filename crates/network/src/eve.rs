//! Suricata's EVE form: one JSON object per line, the stream in `event_type`, what only that stream says in an
//! object of its own (Suricata user guide, "EVE JSON Format"). A row of it becomes the row that Zeek would write.

use crate::event::ESTABLISHED;
use crate::json::CellSeed;
use crate::log::LogPath;
use crate::row::{Cell, Column, Row};
use serde::de::{Deserialize, DeserializeSeed, Deserializer};
use std::borrow::Cow;
use strongroom_model::Moment;

/// A key that no line of another form has.
const TELLING: &[u8] = b"\"event_type\"";

/// Returns whether a line is one of EVE, as far as its keys tell.
pub(crate) fn is_eve(line: &[u8]) -> bool {
    memchr::memmem::find(line, TELLING).is_some()
}

/// Any value as a cell, judged later.
#[derive(Debug)]
struct Value<'a>(Cell<'a>);

impl Default for Value<'_> {
    fn default() -> Self {
        Value(Cell::Absent)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Value<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        CellSeed.deserialize(deserializer).map(Value)
    }
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Line<'a> {
    #[serde(borrow)]
    timestamp: Value<'a>,
    #[serde(borrow)]
    event_type: Value<'a>,
    #[serde(borrow)]
    flow_id: Value<'a>,
    #[serde(borrow)]
    src_ip: Value<'a>,
    #[serde(borrow)]
    src_port: Value<'a>,
    #[serde(borrow)]
    dest_ip: Value<'a>,
    #[serde(borrow)]
    dest_port: Value<'a>,
    #[serde(borrow)]
    app_proto: Value<'a>,
    #[serde(borrow)]
    flow: Option<Flow<'a>>,
    #[serde(borrow)]
    dns: Option<Dns<'a>>,
    #[serde(borrow)]
    http: Option<Http<'a>>,
    #[serde(borrow)]
    tls: Option<Tls<'a>>,
    #[serde(borrow)]
    quic: Option<Tls<'a>>,
    #[serde(borrow)]
    ssh: Option<Ssh<'a>>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Flow<'a> {
    #[serde(borrow)]
    bytes_toserver: Value<'a>,
    #[serde(borrow)]
    start: Value<'a>,
    #[serde(borrow)]
    end: Value<'a>,
    #[serde(borrow)]
    state: Value<'a>,
    #[serde(borrow)]
    reason: Value<'a>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Dns<'a> {
    #[serde(borrow)]
    rrname: Value<'a>,
    #[serde(borrow)]
    rrtype: Value<'a>,
    #[serde(borrow)]
    rdata: Value<'a>,
    #[serde(borrow)]
    queries: Vec<Resource<'a>>,
    #[serde(borrow)]
    answers: Vec<Resource<'a>>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Resource<'a> {
    #[serde(borrow)]
    rrname: Value<'a>,
    #[serde(borrow)]
    rrtype: Value<'a>,
    #[serde(borrow)]
    rdata: Value<'a>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Http<'a> {
    #[serde(borrow)]
    hostname: Value<'a>,
    #[serde(borrow)]
    url: Value<'a>,
    #[serde(borrow)]
    http_method: Value<'a>,
    #[serde(borrow)]
    http_user_agent: Value<'a>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Tls<'a> {
    #[serde(borrow)]
    sni: Value<'a>,
    #[serde(borrow)]
    ja3: Option<Ja3<'a>>,
    #[serde(borrow)]
    ja4: Value<'a>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Ssh<'a> {
    #[serde(borrow)]
    client: Option<Software<'a>>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Software<'a> {
    #[serde(borrow)]
    proto_version: Value<'a>,
    #[serde(borrow)]
    software_version: Value<'a>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Ja3<'a> {
    #[serde(borrow)]
    hash: Value<'a>,
}

/// Reads one line; the error is the parser's sentence.
pub(crate) fn row(line: &[u8]) -> Result<(LogPath, Row<'_>), String> {
    let line: Line<'_> = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let path = match &line.event_type.0 {
        Cell::Text(kind) => match kind.as_ref() {
            "flow" => LogPath::Conn,
            "dns" => LogPath::Dns,
            "http" => LogPath::Http,
            "tls" | "quic" => LogPath::Ssl,
            "ssh" => LogPath::Ssh,
            _ => LogPath::Other,
        },
        _ => LogPath::Other,
    };
    let mut row = Row::new();
    row.set(Column::Ts, time(line.timestamp.0));
    row.set(Column::Uid, number(line.flow_id.0));
    // An answer may be logged from the server's side.
    let answer =
        path == LogPath::Dns && line.src_port.0 == Cell::Count(53) && line.dest_port.0 != Cell::Count(53);
    let (source, target, port) = if answer {
        (line.dest_ip, line.src_ip, line.src_port)
    } else {
        (line.src_ip, line.dest_ip, line.dest_port)
    };
    row.set(Column::OrigH, source.0);
    row.set(Column::RespH, target.0);
    row.set(Column::RespP, port.0);
    match path {
        LogPath::Conn => line.flow.unwrap_or_default().into(&mut row, line.app_proto.0),
        LogPath::Dns => line.dns.unwrap_or_default().into(&mut row),
        LogPath::Http => line.http.unwrap_or_default().into(&mut row),
        LogPath::Ssl => line.tls.or(line.quic).unwrap_or_default().into(&mut row),
        LogPath::Ssh => line.ssh.unwrap_or_default().into(&mut row),
        LogPath::OpenConn | LogPath::Other => {}
    }
    Ok((path, row))
}

impl<'a> Flow<'a> {
    /// A flow is logged when it is over: its row has the time of its first packet. Its bytes count headers too.
    fn into(self, row: &mut Row<'a>, protocol: Cell<'a>) {
        let (start, end) = (time(self.start.0), time(self.end.0));
        if let (Some(start), Some(end)) = (micros(&start), micros(&end)) {
            row.set(Column::Duration, Cell::Real((end - start) as f64 / 1e6));
        }
        if start != Cell::Absent {
            row.set(Column::Ts, start);
        }
        row.set(Column::OrigBytes, self.bytes_toserver.0);
        // Ended by Suricata's own end: it stood open.
        let is = |value: &Value<'_>, word: &str| matches!(&value.0, Cell::Text(text) if text == word);
        if is(&self.state, "established") && is(&self.reason, "shutdown") {
            row.set(Column::ConnState, Cell::Text(Cow::Borrowed(ESTABLISHED)));
        }
        row.set(
            Column::Service,
            match protocol {
                Cell::Text(name) if name == "tls" => Cell::Text(Cow::Borrowed("ssl")),
                Cell::Text(name) if name == "failed" => Cell::Absent,
                other => other,
            },
        );
    }
}

impl<'a> Dns<'a> {
    fn into(self, row: &mut Row<'a>) {
        let asked = self
            .queries
            .into_iter()
            .next()
            .map(|query| (query.rrname.0, query.rrtype.0));
        let (name, kind) = asked.unwrap_or((self.rrname.0, self.rrtype.0));
        row.set(Column::Query, name);
        row.set(Column::QueryType, kind);
        let answers = self.answers.into_iter().map(|answer| answer.rdata.0);
        let texts = answers.chain([self.rdata.0]).filter_map(|cell| match cell {
            Cell::Text(text) => Some(text),
            _ => None,
        });
        row.set(Column::Answers, Cell::List(texts.collect()));
    }
}

impl<'a> Http<'a> {
    fn into(self, row: &mut Row<'a>) {
        row.set(Column::Host, self.hostname.0);
        row.set(Column::Uri, self.url.0);
        row.set(Column::Method, self.http_method.0);
        row.set(Column::UserAgent, self.http_user_agent.0);
    }
}

impl<'a> Ssh<'a> {
    /// The banner as it went over the wire, of which Suricata tells the parts.
    fn into(self, row: &mut Row<'a>) {
        let client = self.client.unwrap_or_default();
        if let (Cell::Text(version), Cell::Text(software)) =
            (client.proto_version.0, client.software_version.0)
        {
            let banner = format!("SSH-{version}-{software}");
            row.set(Column::Client, Cell::Text(Cow::Owned(banner)));
        }
    }
}

impl<'a> Tls<'a> {
    fn into(self, row: &mut Row<'a>) {
        row.set(Column::ServerName, self.sni.0);
        row.set(Column::Ja3, self.ja3.unwrap_or_default().hash.0);
        row.set(Column::Ja4, self.ja4.0);
    }
}

/// Returns a time in the form that is read: Suricata writes the offset without its colon.
fn time(cell: Cell<'_>) -> Cell<'_> {
    let Cell::Text(text) = &cell else {
        return cell;
    };
    let offset = text.len().checked_sub(5).and_then(|at| text.split_at_checked(at));
    match offset {
        Some((before, offset))
            if offset.starts_with(['+', '-']) && offset.bytes().skip(1).all(|b| b.is_ascii_digit()) =>
        {
            let (hours, minutes) = offset.split_at(3);
            Cell::Text(Cow::Owned(format!("{before}{hours}:{minutes}")))
        }
        _ => cell,
    }
}

fn micros(cell: &Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Text(text) => text.parse().ok().map(Moment::micros),
        _ => None,
    }
}

/// Returns a number as the text of an id.
fn number(cell: Cell<'_>) -> Cell<'_> {
    match cell {
        Cell::Count(number) => Cell::Text(Cow::Owned(number.to_string())),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Detail, Event};

    fn read(text: &str) -> (LogPath, i64, String) {
        assert!(is_eve(text.as_bytes()));
        let (path, row) = row(text.as_bytes()).unwrap();
        let mut faults = Vec::new();
        let event = Event::read(path, &row, &mut faults);
        assert_eq!(faults, [], "{text}");
        let pair = format!(
            "{} {} {:?}",
            event.source.unwrap(),
            event.target.unwrap(),
            event.port
        );
        let detail = match event.detail {
            Detail::Conn {
                duration,
                bytes,
                service,
                ..
            } => format!("{duration:?} {bytes:?} {service:?}"),
            Detail::Dns { query, answers, .. } => format!("{query:?} {answers:?}"),
            Detail::Http { host, uri, .. } => format!("{host:?} {uri:?}"),
            Detail::Ssl { name, .. } => format!("{name:?}"),
            Detail::Ssh { client } => format!("{client:?}"),
            Detail::Open { .. } | Detail::Other => String::new(),
        };
        (path, event.at.unwrap(), format!("{pair} {detail}"))
    }

    #[test]
    fn each_stream_is_the_row_that_zeek_would_write() {
        let common = r#""timestamp":"2019-03-24T01:00:10.000000+0000","flow_id":7,"src_ip":"192.0.2.10","src_port":5000,"dest_ip":"198.51.100.7","dest_port":443"#;
        let at = 1_553_389_210_000_000;
        let flow = format!(
            r#"{{{common},"event_type":"flow","app_proto":"tls","flow":{{"bytes_toserver":900,"start":"2019-03-24T01:00:00.000000+0000","end":"2019-03-24T01:00:09.500000+0000"}}}}"#
        );
        let pair = "192.0.2.10 198.51.100.7 Some(443)";
        assert_eq!(
            read(&flow),
            (
                LogPath::Conn,
                at - 10_000_000,
                format!("{pair} Some(9500000) Some(900) Some(\"ssl\")")
            )
        );
        let tls =
            format!(r#"{{{common},"event_type":"tls","tls":{{"sni":"c2.example","ja3":{{"hash":"00"}}}}}}"#);
        assert_eq!(
            read(&tls),
            (LogPath::Ssl, at, format!("{pair} Some(\"c2.example\")"))
        );
        let dns = format!(
            r#"{{{common},"event_type":"dns","dns":{{"version":2,"type":"answer","rrname":"c2.example","answers":[{{"rrtype":"A","rdata":"203.0.113.7"}}]}}}}"#
        );
        assert_eq!(read(&dns).2, format!("{pair} Some(\"c2.example\") [203.0.113.7]"));
        let http =
            format!(r#"{{{common},"event_type":"http","http":{{"hostname":"c2.example","url":"/a"}}}}"#);
        assert_eq!(read(&http).2, format!("{pair} Some(\"c2.example\") Some(\"/a\")"));
        let quic = format!(r#"{{{common},"event_type":"quic","quic":{{"sni":"c2.example","ja4":"q13d"}}}}"#);
        assert_eq!(
            read(&quic),
            (LogPath::Ssl, at, format!("{pair} Some(\"c2.example\")"))
        );
        let ssh = format!(
            r#"{{{common},"event_type":"ssh","ssh":{{"client":{{"proto_version":"2.0","software_version":"libssh2_1.9"}}}}}}"#
        );
        assert_eq!(read(&ssh).2, format!("{pair} Some(\"SSH-2.0-libssh2_1.9\")"));
        let stats =
            r#"{"timestamp":"2019-03-24T01:00:10.000000+0000","event_type":"stats","stats":{"uptime":7}}"#;
        assert_eq!(row(stats.as_bytes()).unwrap().0, LogPath::Other);
    }
}
