//! Which logs there are, and what was read of each file.

use serde::Serialize;
use std::collections::BTreeMap;
use strongroom_model::{Interval, Kind};

/// The forms of log that are told apart by their content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LogKind {
    /// Zeek's tab-separated form with its `#` header.
    ZeekTsv,
    /// Zeek's JSON form, one object per line.
    ZeekJson,
    /// Suricata's EVE form, one JSON object per line.
    Eve,
    /// A capture of packets, pcap.
    Pcap,
    /// A capture of packets, pcapng.
    Pcapng,
}

impl LogKind {
    /// Returns the kind of evidence that a log of this form is.
    pub const fn evidence(self) -> Kind {
        match self {
            LogKind::ZeekTsv | LogKind::ZeekJson => Kind::ZeekLog,
            LogKind::Eve => Kind::EveLog,
            LogKind::Pcap => Kind::Pcap,
            LogKind::Pcapng => Kind::Pcapng,
        }
    }
}

/// The stream that a row belongs to: Zeek's `#path` or `_path`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LogPath {
    /// Connections: the pairs, their times, bytes and durations.
    Conn,
    /// DNS queries: names asked for.
    Dns,
    /// HTTP requests: Host and URL.
    Http,
    /// TLS handshakes: the server name.
    Ssl,
    /// Connections that stand open, told before they end (`conn_long`, `open_conn`): how long they stand already. The
    /// connection log has them again.
    OpenConn,
    /// SSH sessions: the client's banner.
    Ssh,
    /// Any other stream (files, x509, weird, …): read only as far as `ts`, `uid` and `id.*` go, as a
    /// contact between two addresses.
    Other,
}

impl LogPath {
    /// Returns the stream that Zeek names so.
    pub(crate) fn named(name: &str) -> Self {
        match name {
            "conn" => LogPath::Conn,
            "dns" => LogPath::Dns,
            "http" => LogPath::Http,
            "ssl" => LogPath::Ssl,
            "conn_long" | "open_conn" => LogPath::OpenConn,
            "ssh" => LogPath::Ssh,
            _ => LogPath::Other,
        }
    }
}

/// What was read of one file.
///
/// `lines` = the rows of all paths together + `skipped`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LogSummary {
    /// The name it was handed in under.
    pub file: String,
    /// The form, `None` where no line told.
    pub kind: Option<LogKind>,
    /// Whether it was compressed.
    pub gzip: bool,
    /// Packets of a capture; 0 for a log.
    pub packets: u64,
    /// Lines that should hold a row: all but header lines and empty ones. Of a capture, the rows that were made of
    /// its packets.
    pub lines: u64,
    /// Rows read, by stream.
    pub rows: BTreeMap<LogPath, u64>,
    /// Lines that could not be read as a row; each is a gap, shown or counted.
    pub skipped: u64,
    /// Fields in otherwise readable rows that could not be read; each is a gap, shown or counted.
    pub fields: u64,
    /// From the first to the last time in it.
    pub when: Option<Interval>,
}

impl LogSummary {
    /// Returns the rows read, all streams together.
    pub fn rows_read(&self) -> u64 {
        self.rows.values().sum()
    }
}
