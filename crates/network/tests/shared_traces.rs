//! The packets of Zeek's own tests beside the logs that Zeek wrote of them: the same connections, and where not,
//! why.

mod shared;

use serde_json::Value;
use std::collections::BTreeMap;
use strongroom_network::{Connection, Record, Transport, read_capture};

/// One row of a conn.log, or one of ours in the same words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    ends: String,
    service: Option<String>,
    bytes: Option<(u64, u64)>,
}

fn theirs(text: &str) -> Option<Vec<Row>> {
    let mut columns: Vec<&str> = Vec::new();
    let mut rows = Vec::new();
    for line in text.lines() {
        if let Some(names) = line.strip_prefix("#fields\t") {
            columns = names.split('\t').collect();
        } else if !line.starts_with('#') && !line.is_empty() {
            let fields: BTreeMap<&str, &str> = columns.iter().copied().zip(line.split('\t')).collect();
            let get = |name: &str| fields.get(name).copied().filter(|value| *value != "-");
            let number = |name: &str| get(name).and_then(|value| value.parse().ok());
            rows.push(Row {
                ends: format!(
                    "{} {}:{} {}:{}",
                    get("proto")?,
                    get("id.orig_h")?,
                    get("id.orig_p")?,
                    get("id.resp_h")?,
                    get("id.resp_p")?
                ),
                service: get("service").map(str::to_owned),
                bytes: number("orig_bytes").zip(number("resp_bytes")),
            });
        }
    }
    (!columns.is_empty()).then_some(rows)
}

fn ours(bytes: &[u8]) -> Vec<Row> {
    let mut rows = Vec::new();
    read_capture("trace", bytes, u64::MAX, |recorded| {
        if let Record::Connection(connection) = recorded.record {
            rows.push(row(&connection));
        }
    });
    rows
}

fn row(connection: &Connection) -> Row {
    let transport = match connection.ends.transport {
        Transport::Tcp => "tcp",
        Transport::Udp => "udp",
        Transport::Icmp => "icmp",
    };
    let (source, target) = (connection.ends.source, connection.ends.target);
    Row {
        ends: format!("{transport} {}:{} {}:{}", source.0, source.1, target.0, target.1),
        service: connection.service.map(str::to_owned),
        bytes: Some((connection.orig_bytes, connection.resp_bytes)),
    }
}

/// Returns the reason why a row of Zeek is none of ours, where it is a known one.
fn why((trace, own_script): (&str, bool), row: &Row, one: Option<&Row>) -> Option<&'static str> {
    /// Tunnels that are not opened, by the names of their traces.
    const TUNNELS: [&str; 6] = ["Teredo", "teredo", "ayiya", "gre-over-udp", "aruba", "gtp8"];
    /// Protocols of Zeek that are not told here.
    const UNTOLD: [&str; 12] = [
        "imap", "irc", "pop3", "xmpp", "smtp", "dhcp", "teredo", "ayiya", "gtpv1", "ftp", "socks", "quic",
    ];
    let tunnel = TUNNELS.iter().any(|name| trace.contains(name));
    let Some(one) = one else {
        return tunnel.then_some("what a tunnel carries that is not opened");
    };
    if row.bytes.is_some() && row.bytes != one.bytes {
        return (tunnel && row.ends.starts_with("icmp"))
            .then_some("an answer in a tunnel that is not opened");
    }
    let service = row.service.as_deref().unwrap_or_default();
    if UNTOLD.iter().any(|name| service.contains(name)) || row.ends.ends_with(":137") {
        return Some("a protocol that is not told");
    }
    if row.service.is_none() && own_script {
        return Some("the test's own script switched the protocol off");
    }
    if row.service.is_none() && one.service.as_deref() == Some("vxlan") {
        return Some("a tunnel that carries no IP");
    }
    None
}

#[test]
fn every_trace_is_read_to_its_end() {
    let Some(data) = shared::folder("every_trace_is_read_to_its_end") else {
        return;
    };
    let mut folders = vec![data.join("zeek-traces")];
    let (mut traces, mut packets, mut records) = (0, 0, 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).expect("a readable file");
            let captured = read_capture("trace", bytes.as_slice(), u64::MAX, |_| records += 1);
            traces += 1;
            packets += captured.packets;
            for gap in &captured.gaps {
                eprintln!("{}: {gap:?}", path.display());
            }
        }
    }
    eprintln!("{traces} traces, {packets} packets, {records} records");
    assert!(traces >= 280 && packets > 5_000 && records > 600);
}

#[test]
fn connections_are_those_that_zeek_logs() {
    let Some(data) = shared::folder("connections_are_those_that_zeek_logs") else {
        return;
    };
    let pairs = std::fs::read(data.join("trace-to-log.json")).expect("the table of traces");
    let pairs: Vec<Value> = serde_json::from_slice(&pairs).expect("JSON");
    let (mut same, mut all, mut logs) = (0, 0, 0);
    let mut seen: BTreeMap<String, ()> = BTreeMap::new();
    let (mut explained, mut unexplained) = (BTreeMap::new(), Vec::new());
    for pair in &pairs {
        let text = |name: &str| pair.get(name).and_then(Value::as_str).unwrap_or_default();
        let has_conn = pair
            .get("logs")
            .and_then(Value::as_array)
            .is_some_and(|logs| logs.iter().any(|log| log == "conn.log"));
        let (trace, baseline) = (text("trace"), text("baseline"));
        if !has_conn || seen.insert(format!("{trace} {baseline}"), ()).is_some() {
            continue;
        }
        let log = std::fs::read_to_string(data.join("zeek-logs").join(baseline).join("conn.log"));
        let (Ok(log), Ok(trace_bytes)) = (log, std::fs::read(data.join("zeek-traces").join(trace))) else {
            continue;
        };
        let Some(theirs) = theirs(&log) else {
            continue;
        };
        let own_script = pair.get("own_script").and_then(Value::as_bool).unwrap_or(false);
        let mut rest = ours(&trace_bytes);
        let shares = |row: &Row| rest.iter().any(|one| one.ends == row.ends);
        if own_script && !theirs.iter().any(shares) && theirs.len() == rest.len() {
            eprintln!("{baseline}: a log of another trace than {trace}");
            continue;
        }
        logs += 1;
        let mut missing = Vec::new();
        for row in theirs {
            all += 1;
            let alike = |one: &&Row| one.ends == row.ends && (row.bytes.is_none() || one.bytes == row.bytes);
            let place = rest
                .iter()
                .position(|one| alike(&one))
                .or_else(|| rest.iter().position(|one| one.ends == row.ends));
            match place.map(|place| rest.swap_remove(place)) {
                Some(one) if alike(&&one) && (one.service == row.service) => same += 1,
                Some(one) => missing.push((
                    why((trace, own_script), &row, Some(&one)),
                    format!("{row:?} / {one:?}"),
                )),
                None => missing.push((why((trace, own_script), &row, None), format!("{row:?} / none"))),
            }
        }
        for (why, line) in missing {
            match why {
                Some(why) => *explained.entry(why).or_insert(0) += 1,
                None => unexplained.push(format!("{trace} {baseline}: {line}")),
            }
        }
        let alone = rest
            .iter()
            .map(|row| format!("{trace} {baseline}: ours alone {row:?}"));
        unexplained.extend(alone);
    }
    eprintln!("{logs} logs: {same} of {all} connections the same; different, by reason: {explained:#?}");
    unexplained.iter().for_each(|line| eprintln!("{line}"));
    assert_eq!(unexplained, [""; 0], "differences without a reason");
    assert!(logs >= 39 && same >= 60, "{same} of {all} in {logs} logs");
}
