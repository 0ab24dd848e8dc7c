//! Zeek's log files: tab-separated with their header, or one JSON object per line.

use crate::demo::folder::Folder;
use crate::demo::ledger::book::moment;
use serde_json::{Map, Value};

/// The columns of one kind of log: names and Zeek types.
type Columns = &'static [(&'static str, &'static str)];

/// The columns that every log begins with.
const CONNECTION: Columns = &[
    ("ts", "time"),
    ("uid", "string"),
    ("id.orig_h", "addr"),
    ("id.orig_p", "port"),
    ("id.resp_h", "addr"),
    ("id.resp_p", "port"),
];

const CONN: Columns = &[
    ("proto", "enum"),
    ("service", "string"),
    ("duration", "interval"),
    ("orig_bytes", "count"),
    ("resp_bytes", "count"),
    ("conn_state", "string"),
    ("local_orig", "bool"),
    ("local_resp", "bool"),
    ("missed_bytes", "count"),
    ("history", "string"),
    ("orig_pkts", "count"),
    ("orig_ip_bytes", "count"),
    ("resp_pkts", "count"),
    ("resp_ip_bytes", "count"),
    ("tunnel_parents", "set[string]"),
];

const DNS: Columns = &[
    ("proto", "enum"),
    ("trans_id", "count"),
    ("rtt", "interval"),
    ("query", "string"),
    ("qclass", "count"),
    ("qclass_name", "string"),
    ("qtype", "count"),
    ("qtype_name", "string"),
    ("rcode", "count"),
    ("rcode_name", "string"),
    ("AA", "bool"),
    ("TC", "bool"),
    ("RD", "bool"),
    ("RA", "bool"),
    ("Z", "count"),
    ("answers", "vector[string]"),
    ("TTLs", "vector[interval]"),
    ("rejected", "bool"),
];

const HTTP: Columns = &[
    ("trans_depth", "count"),
    ("method", "string"),
    ("host", "string"),
    ("uri", "string"),
    ("referrer", "string"),
    ("version", "string"),
    ("user_agent", "string"),
    ("origin", "string"),
    ("request_body_len", "count"),
    ("response_body_len", "count"),
    ("status_code", "count"),
    ("status_msg", "string"),
    ("info_code", "count"),
    ("info_msg", "string"),
    ("tags", "set[enum]"),
    ("username", "string"),
    ("password", "string"),
    ("proxied", "set[string]"),
];

const SSL: Columns = &[
    ("version", "string"),
    ("cipher", "string"),
    ("curve", "string"),
    ("server_name", "string"),
    ("resumed", "bool"),
    ("last_alert", "string"),
    ("next_protocol", "string"),
    ("established", "bool"),
];

/// The four logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Log {
    /// One row per connection.
    Conn,
    /// One row per query.
    Dns,
    /// One row per request.
    Http,
    /// One row per TLS handshake.
    Ssl,
}

impl Log {
    /// All four.
    pub const ALL: [Log; 4] = [Log::Conn, Log::Dns, Log::Http, Log::Ssl];

    fn name(self) -> &'static str {
        match self {
            Log::Conn => "conn",
            Log::Dns => "dns",
            Log::Http => "http",
            Log::Ssl => "ssl",
        }
    }

    fn columns(self) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
        let own = match self {
            Log::Conn => CONN,
            Log::Dns => DNS,
            Log::Http => HTTP,
            Log::Ssl => SSL,
        };
        CONNECTION.iter().chain(own)
    }
}

/// How one day's logs are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keeping {
    /// Tab-separated, in gzip.
    Packed,
    /// Tab-separated.
    Plain,
    /// JSON lines.
    Json,
}

/// A row of a log: its time in microseconds and, tab-separated, all columns behind the first.
pub(super) type Line = (i64, String);

/// Writes one day of one log; the rows are in the order of their times.
pub(super) fn write(
    folder: &mut Folder,
    log: Log,
    day: i64,
    keeping: Keeping,
    rows: &[Line],
) -> anyhow::Result<()> {
    let date: String = moment(day).to_string().chars().take(10).collect();
    let path = format!("network/{date}/{}.log", log.name());
    match keeping {
        Keeping::Packed => folder.put_gzip(&format!("{path}.gz"), separated(log, &date, rows).as_bytes()),
        Keeping::Plain => folder.put(&path, separated(log, &date, rows).as_bytes()),
        Keeping::Json => folder.put(&path, json(log, rows).as_bytes()),
    }
}

fn separated(log: Log, date: &str, rows: &[Line]) -> String {
    let list = |part: fn(&(&'static str, &'static str)) -> &'static str| {
        log.columns().map(part).collect::<Vec<_>>().join("\t")
    };
    let mut text = format!(
        "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t{}\n\
         #open\t{date}-00-00-00\n#fields\t{}\n#types\t{}\n",
        log.name(),
        list(|column| column.0),
        list(|column| column.1),
    );
    for (at, row) in rows {
        text += &seconds(*at);
        text.push('\t');
        text += row;
        text.push('\n');
    }
    text + &format!("#close\t{date}-23-59-59\n")
}

fn seconds(micros: i64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

fn json(log: Log, rows: &[Line]) -> String {
    let mut text = String::new();
    for (at, row) in rows {
        let at = seconds(*at);
        let values = std::iter::once(at.as_str()).chain(row.split('\t'));
        let pairs = log.columns().zip(values).filter(|(_, value)| *value != "-");
        let object: Map<String, Value> = pairs
            .map(|((name, kind), v)| ((*name).to_owned(), typed(kind, v)))
            .collect();
        text += &Value::Object(object).to_string();
        text.push('\n');
    }
    text
}

fn typed(kind: &str, text: &str) -> Value {
    if let Some(inner) = kind
        .split_once('[')
        .and_then(|(_, inner)| inner.strip_suffix(']'))
    {
        let parts = text.split(',').filter(|part| *part != "(empty)");
        return Value::Array(parts.map(|part| typed(inner, part)).collect());
    }
    match kind {
        "bool" => Value::Bool(text == "T"),
        "time" | "interval" | "count" | "port" => text.parse().map_or(Value::Null, Value::Number),
        _ => Value::String(text.to_owned()),
    }
}
