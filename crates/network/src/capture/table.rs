//! The connections of a capture, as Zeek counts them: who opened, how many bytes each side sent by sequence
//! numbers, when it ended; and what its first bytes say.
//!
//! A connection is over sixty seconds after its last datagram, five minutes after its last TCP segment, five
//! seconds after both sides closed it, ten after a DNS answer (Zeek's defaults).

use crate::capture::dns::{self, Message};
use crate::capture::hello::Hello;
use crate::capture::http::Request;
use crate::capture::packet::{Segment, Transport};
use crate::capture::stream::{Said, Stream};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;

/// Connections that are kept at once.
const MOST: usize = 1 << 20;
/// Bytes that all streams together may hold.
const STREAM_BYTES: usize = 64 << 20;
/// Questions of one connection that wait for their answer.
const QUESTIONS: usize = 16;
const SECOND: i64 = 1_000_000;
/// How often the table is looked through, in packets.
const SWEEP: u64 = 1 << 16;
/// Ports that servers listen on: where a connection begins in its middle, that side was called.
const SERVER_PORTS: [u16; 33] = [
    21, 22, 25, 53, 80, 88, 110, 123, 137, 143, 161, 389, 443, 445, 465, 502, 514, 563, 587, 631, 993, 995,
    1080, 2152, 3128, 3389, 3544, 4789, 5072, 5353, 5355, 6081, 8080,
];

/// Who called whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ends {
    /// Who opened the connection.
    pub source: (IpAddr, u16),
    /// Who was called.
    pub target: (IpAddr, u16),
    /// Over what.
    pub transport: Transport,
}

/// One connection, as in Zeek's conn.log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Who called whom.
    pub ends: Ends,
    /// Counted from 1 in the order in which they began.
    pub number: u64,
    /// The packet that began it, counted from 1.
    pub packet: u64,
    /// Microseconds since the epoch at its first packet; `None` where the capture has no times.
    pub begun: Option<i64>,
    /// Microseconds from the first to the last packet.
    pub duration: i64,
    /// The protocol that its first bytes speak, in Zeek's words.
    pub service: Option<&'static str>,
    /// Bytes that the source sent, headers not counted.
    pub orig_bytes: u64,
    /// Bytes that the target sent.
    pub resp_bytes: u64,
    /// Packets of either side.
    pub packets: (u64, u64),
    /// Whether it stood open when the capture ended.
    pub open: bool,
}

/// What a capture says of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// A connection that ended, or that the capture's end cut.
    Connection(Connection),
    /// A DNS question, with its answers where they came.
    Query {
        /// The name that was asked for.
        name: String,
        /// The type that was asked for, as Zeek names it.
        kind: String,
        /// Addresses and names of aliases.
        answers: Vec<String>,
        /// Bytes of the answers' data.
        answer_bytes: u64,
    },
    /// A TLS client's hello.
    Hello(Hello),
    /// An HTTP request.
    Request(Request),
    /// An SSH client's banner.
    Banner(String),
}

/// A record with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The connection that it belongs to.
    pub ends: Ends,
    /// The connection's number.
    pub connection: u64,
    /// Microseconds since the epoch.
    pub at: Option<i64>,
    /// The packet, counted from 1.
    pub packet: u64,
    /// What it says.
    pub record: Record,
}

/// One side of a connection.
#[derive(Debug, Default)]
struct Side {
    packets: u64,
    /// Datagrams' bytes.
    bytes: u64,
    /// TCP: the first byte's number, and how far behind it the last one stands.
    first: Option<u32>,
    last: i64,
    syn: bool,
    fin: bool,
}

impl Side {
    fn tcp(&mut self, segment: &Segment<'_>) {
        let head = &segment.tcp;
        self.syn |= head.syn;
        self.fin |= head.fin;
        let seq = head.seq.wrapping_add(u32::from(head.syn));
        if self.first.is_none() && (head.syn || segment.length > 0) {
            self.first = Some(seq);
        }
        let Some(first) = self.first else { return };
        if segment.length == 0 && !head.fin {
            return;
        }
        // Where the numbers wrapped around, the nearest to the last one is meant.
        let expected = first.wrapping_add(self.last as u32);
        let ahead = i64::from(seq.wrapping_sub(expected) as i32) + i64::from(segment.length);
        // The end says how much there was; one byte more was acknowledged for the end itself.
        if ahead > 0 || (head.fin && ahead == -1) {
            self.last = (self.last + ahead).max(0);
        }
    }

    /// The other side has got what this capture may have missed. One more than the last byte is the end itself.
    fn acknowledged(&mut self, acked: u32) {
        let Some(first) = self.first else { return };
        let expected = first.wrapping_add(self.last as u32);
        let ahead = i64::from(acked.wrapping_sub(expected) as i32);
        if (2..1 << 28).contains(&ahead) {
            self.last += ahead;
        }
    }

    fn sent(&self) -> u64 {
        self.bytes + self.last.unsigned_abs()
    }
}

#[derive(Debug)]
struct Flow {
    ends: Ends,
    number: u64,
    packet: u64,
    begun: Option<i64>,
    last: Option<i64>,
    sides: [Side; 2],
    reset: bool,
    service: Option<&'static str>,
    stream: Option<Box<Stream>>,
    questions: Vec<(Message, Option<i64>, u64)>,
}

impl Flow {
    /// Returns whether nothing that comes at `now` belongs to it any more.
    fn is_over(&self, now: Option<i64>) -> bool {
        let (Some(now), Some(last)) = (now, self.last) else {
            return false;
        };
        let [orig, resp] = &self.sides;
        let patience = match self.ends.transport {
            // Zeek's `dns_session_timeout`.
            Transport::Udp if self.service == Some("dns") => 10 * SECOND,
            Transport::Udp | Transport::Icmp => 60 * SECOND,
            Transport::Tcp if self.reset || (orig.fin && resp.fin) => 5 * SECOND,
            Transport::Tcp if resp.packets == 0 && orig.syn && orig.last == 0 => 5 * SECOND,
            Transport::Tcp => 300 * SECOND,
        };
        now.saturating_sub(last) > patience
    }
}

/// The key of a connection, the same for both directions.
type Key = ((IpAddr, u16), (IpAddr, u16), Transport);

/// The connections of a capture.
pub(crate) struct Table<S> {
    flows: HashMap<Key, Flow>,
    sink: S,
    began: u64,
    packets: u64,
    held: usize,
    said: Vec<Said>,
    /// Connections that were ended early, and streams that were let go.
    pub refused: (u64, u64),
}

impl<S: FnMut(Recorded)> Table<S> {
    pub(crate) fn new(sink: S) -> Self {
        Table {
            flows: HashMap::new(),
            sink,
            began: 0,
            packets: 0,
            held: 0,
            said: Vec::new(),
            refused: (0, 0),
        }
    }

    /// Takes in one packet.
    pub(crate) fn take(&mut self, segment: &Segment<'_>, at: Option<i64>, packet: u64) {
        self.packets += 1;
        if self.packets.is_multiple_of(SWEEP) {
            self.sweep(at);
        }
        let (low, high) = if segment.from <= segment.to {
            (segment.from, segment.to)
        } else {
            (segment.to, segment.from)
        };
        let key = (low, high, segment.transport);
        let again = segment.tcp.syn && !segment.tcp.ack;
        let over = self.flows.get(&key).is_some_and(|flow| {
            let [orig, resp] = &flow.sides;
            flow.is_over(at) || (again && (flow.reset || (orig.fin && resp.fin)))
        });
        if over && let Some(flow) = self.flows.remove(&key) {
            self.close(flow, false);
        }
        if self.flows.len() >= MOST && !self.flows.contains_key(&key) {
            self.refused.0 += self.flows.len() as u64;
            self.drain(false);
        }
        let flow = match self.flows.entry(key) {
            Entry::Occupied(place) => place.into_mut(),
            Entry::Vacant(place) => {
                self.began += 1;
                place.insert(begin(segment, self.began, packet, at))
            }
        };
        flow.last = flow.last.max(at);
        let from_source = segment.from == flow.ends.source;
        let [orig, resp] = &mut flow.sides;
        let (side, other) = if from_source { (orig, resp) } else { (resp, orig) };
        side.packets += 1;
        match segment.transport {
            Transport::Tcp => {
                side.tcp(segment);
                if segment.tcp.ack && !segment.tcp.rst {
                    other.acknowledged(segment.tcp.acked);
                }
            }
            Transport::Udp | Transport::Icmp => side.bytes += u64::from(segment.length),
        }
        flow.reset |= segment.tcp.rst;
        let mut said = std::mem::take(&mut self.said);
        match segment.transport {
            Transport::Tcp if from_source => self.held = read_stream(flow, segment, self.held, &mut said),
            Transport::Udp => read_datagram(flow, segment, &mut said),
            Transport::Tcp | Transport::Icmp => {}
        }
        if flow.stream.is_some() && self.held > STREAM_BYTES {
            let stream = flow.stream.take();
            self.held -= stream.map_or(0, |stream| stream.held());
            self.refused.1 += 1;
        }
        for said in said.drain(..) {
            tell(flow, said, at, packet, &mut self.sink);
        }
        self.said = said;
    }

    /// Ends what is over.
    fn sweep(&mut self, now: Option<i64>) {
        let over = self.flows.iter().filter(|(_, flow)| flow.is_over(now));
        let mut keys: Vec<(u64, Key)> = over.map(|(key, flow)| (flow.number, *key)).collect();
        keys.sort_unstable();
        for (_, key) in keys {
            if let Some(flow) = self.flows.remove(&key) {
                self.close(flow, false);
            }
        }
    }

    /// Ends all connections in the order in which they began; `open` where the capture ends with them.
    pub(crate) fn drain(&mut self, open: bool) {
        let mut flows: Vec<Flow> = std::mem::take(&mut self.flows).into_values().collect();
        flows.sort_unstable_by_key(|flow| flow.number);
        for flow in flows {
            self.close(flow, open);
        }
    }

    fn close(&mut self, mut flow: Flow, open: bool) {
        if let Some(mut stream) = flow.stream.take() {
            self.held = self.held.saturating_sub(stream.held());
            let mut said = Vec::new();
            stream.end(&mut said);
            let (at, packet) = (flow.last, flow.packet);
            for said in said {
                tell(&mut flow, said, at, packet, &mut self.sink);
            }
        }
        for (message, at, packet) in std::mem::take(&mut flow.questions) {
            query(&flow, message, (at, packet), &mut self.sink);
        }
        let [orig, resp] = &flow.sides;
        let ended = flow.reset || orig.fin || resp.fin || flow.ends.transport != Transport::Tcp;
        let connection = Connection {
            ends: flow.ends,
            number: flow.number,
            packet: flow.packet,
            begun: flow.begun,
            duration: flow
                .last
                .zip(flow.begun)
                .map_or(0, |(last, begun)| last.saturating_sub(begun)),
            service: flow.service,
            orig_bytes: orig.sent(),
            resp_bytes: resp.sent(),
            packets: (orig.packets, resp.packets),
            open: open && !ended,
        };
        (self.sink)(Recorded {
            ends: flow.ends,
            connection: flow.number,
            at: flow.begun,
            packet: flow.packet,
            record: Record::Connection(connection),
        });
    }
}

fn begin(segment: &Segment<'_>, number: u64, packet: u64, at: Option<i64>) -> Flow {
    let is_server = |port: u16| SERVER_PORTS.contains(&port);
    let answers = segment.tcp.syn && segment.tcp.ack;
    let middle = !segment.tcp.syn && segment.transport != Transport::Icmp;
    let turned = answers || (middle && is_server(segment.from.1) && !is_server(segment.to.1));
    let (source, target) = if turned {
        (segment.to, segment.from)
    } else {
        (segment.from, segment.to)
    };
    Flow {
        ends: Ends {
            source,
            target,
            transport: segment.transport,
        },
        number,
        packet,
        begun: at,
        last: at,
        sides: [Side::default(), Side::default()],
        reset: false,
        service: None,
        stream: (segment.transport == Transport::Tcp).then(|| Box::new(Stream::new(target.1 == 53))),
        questions: Vec::new(),
    }
}

/// Returns how many bytes all streams hold now.
fn read_stream(flow: &mut Flow, segment: &Segment<'_>, held: usize, said: &mut Vec<Said>) -> usize {
    let Some(stream) = flow.stream.as_deref_mut() else {
        return held;
    };
    let before = stream.held();
    if segment.tcp.syn {
        stream.begin(segment.tcp.seq.wrapping_add(1));
    }
    // What a short snapshot cut off is missing as if it had never come.
    stream.take(
        segment.tcp.seq.wrapping_add(u32::from(segment.tcp.syn)),
        segment.payload,
        said,
    );
    held.saturating_sub(before) + stream.held()
}

fn read_datagram(flow: &mut Flow, segment: &Segment<'_>, said: &mut Vec<Said>) {
    match (segment.from.1, segment.to.1) {
        (53 | 5353 | 5355, _) | (_, 53 | 5353 | 5355) => {
            said.extend(dns::message(segment.payload).map(Said::Message));
        }
        (_, 4789) => flow.service = flow.service.or(Some("vxlan")),
        (_, 6081) => flow.service = flow.service.or(Some("geneve")),
        (123, _) | (_, 123) => flow.service = flow.service.or(Some("ntp")),
        // A long header of a version that is not 0 (RFC 9000, 17.2).
        (443, _) | (_, 443) => {
            if let [first, version @ ..] = segment.payload
                && first & 0xc0 == 0xc0
                && version.get(..4).is_some_and(|version| version != [0; 4])
            {
                flow.service = flow.service.or(Some("quic"));
            }
        }
        _ => {}
    }
}

fn tell(flow: &mut Flow, said: Said, at: Option<i64>, packet: u64, sink: &mut impl FnMut(Recorded)) {
    let (service, record) = match said {
        Said::Hello(hello) => ("ssl", Record::Hello(hello)),
        Said::Request(request) => ("http", Record::Request(request)),
        Said::Banner(banner) => ("ssh", Record::Banner(banner)),
        Said::Message(message) => {
            flow.service = flow.service.or(Some("dns"));
            return answered(flow, message, (at, packet), sink);
        }
    };
    flow.service = flow.service.or(Some(service));
    sink(Recorded {
        ends: flow.ends,
        connection: flow.number,
        at,
        packet,
        record,
    });
}

/// A question waits for its answer; both are one record.
fn answered(flow: &mut Flow, message: Message, at: (Option<i64>, u64), sink: &mut impl FnMut(Recorded)) {
    if !message.response {
        flow.questions.push((message, at.0, at.1));
        if flow.questions.len() > QUESTIONS {
            let (message, at, packet) = flow.questions.remove(0);
            query(flow, message, (at, packet), sink);
        }
        return;
    }
    let asked = flow
        .questions
        .iter()
        .position(|(asked, ..)| asked.id == message.id);
    let at = match asked.map(|place| flow.questions.remove(place)) {
        Some((_, asked, packet)) => (asked, packet),
        None => at,
    };
    query(flow, message, at, sink);
}

fn query(flow: &Flow, message: Message, (at, packet): (Option<i64>, u64), sink: &mut impl FnMut(Recorded)) {
    sink(Recorded {
        ends: flow.ends,
        connection: flow.number,
        at,
        packet,
        record: Record::Query {
            name: message.name,
            kind: dns::kind_name(message.kind),
            answers: message.answers,
            answer_bytes: message.answer_bytes,
        },
    });
}
