//! A capture's records as rows: what Zeek would have logged of the same packets.

use crate::capture::{Record, Recorded};
use crate::event::{Detail, Event};
use crate::log::LogPath;
use std::borrow::Cow;

/// Returns the stream that a record belongs to and its row; `uid` names its connection.
pub(crate) fn row<'a>(recorded: &'a Recorded, uid: &'a str) -> (LogPath, Event<'a>) {
    let text = |text: &'a Option<String>| text.as_deref().map(Cow::Borrowed);
    let (path, detail) = match &recorded.record {
        Record::Connection(connection) => (
            LogPath::Conn,
            Detail::Conn {
                duration: Some(connection.duration),
                bytes: Some(connection.orig_bytes),
                service: connection.service.map(Cow::Borrowed),
                open: connection.open,
            },
        ),
        Record::Query {
            name,
            kind,
            answers,
            answer_bytes,
        } => (
            LogPath::Dns,
            Detail::Dns {
                query: Some(Cow::Borrowed(name.as_str())),
                answers: answers.iter().filter_map(|answer| answer.parse().ok()).collect(),
                kind: Some(Cow::Borrowed(kind.as_str())),
                answer_bytes: *answer_bytes,
            },
        ),
        Record::Hello(hello) => (
            LogPath::Ssl,
            Detail::Ssl {
                name: text(&hello.name),
                ja3: Some(Cow::Borrowed(hello.ja3.as_str())),
                ja4: Some(Cow::Borrowed(hello.ja4.as_str())),
            },
        ),
        Record::Request(request) => (
            LogPath::Http,
            Detail::request(
                (
                    Some(request.method.as_str()),
                    Some(Cow::Borrowed(request.uri.as_str())),
                ),
                (text(&request.host), text(&request.agent)),
                (&request.fields, &request.files),
            ),
        ),
        Record::Banner(banner) => (
            LogPath::Ssh,
            Detail::Ssh {
                client: Some(Cow::Borrowed(banner.as_str())),
            },
        ),
    };
    let event = Event {
        at: recorded.at,
        uid: Some(Cow::Borrowed(uid)),
        source: Some(recorded.ends.source.0.to_canonical()),
        target: Some(recorded.ends.target.0.to_canonical()),
        port: Some(recorded.ends.target.1),
        detail,
    };
    (path, event)
}
