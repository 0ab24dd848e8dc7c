//! Captures: packets put together to connections, and what their first bytes say.
//!
//! Own code: one packet is held at a time, a client's bytes only as far as they are looked at, and the table of
//! connections is bounded. Checksums are not computed: cards write them after the capture.

mod bytes;
mod dns;
mod file;
mod hello;
mod http;
mod packet;
mod stream;
mod table;

pub(crate) use file::is_capture;
pub use hello::Hello;
pub use http::Request;
pub use packet::Transport;
pub use table::{Connection, Ends, Record, Recorded};

use crate::capture::file::{Next, Packets, cursor};
use crate::capture::packet::{Frames, Unread};
use crate::capture::table::Table;
use std::collections::BTreeMap;
use std::io::BufRead;
use strongroom_model::{Gap, Limit, Why};

/// Gaps of single packets that are told in full.
const SHOWN: usize = 20;

/// What was read of a capture beside its records.
#[derive(Debug, Default)]
pub struct Captured {
    /// Packets in it.
    pub packets: u64,
    /// What could not be read; each names its packet as `NAME:NUMBER`.
    pub gaps: Vec<Gap>,
}

/// Reads a capture, pcap or pcapng, and hands each record to `sink`, at most `bytes` of it.
///
/// Reading never fails: what cannot be read is a gap. The order of the records is that in which they were
/// complete, the same in every run.
pub fn read_capture(name: &str, input: impl BufRead, bytes: u64, sink: impl FnMut(Recorded)) -> Captured {
    let mut captured = Captured::default();
    let mut packets = Packets::new(input);
    let mut table = Table::new(sink);
    let mut unread: BTreeMap<Unread, (u64, u64)> = BTreeMap::new();
    let mut lying = 0u64;
    loop {
        if packets.bytes_read() > bytes {
            captured.gaps.push(Gap::limit(name, Limit::UnpackedBytes, bytes));
            break;
        }
        match packets.next() {
            Next::End => break,
            Next::Packet(packet) => {
                captured.packets = packet.number;
                let mut frames = Frames {
                    segment: |segment| table.take(&segment, packet.micros, packet.number),
                    unread: |why| {
                        unread.entry(why).or_insert((packet.number, 0)).1 += 1;
                    },
                };
                frames.frame(packet.link, cursor(&packet));
            }
            Next::Lying { number, why } => {
                captured.packets = number;
                lying += 1;
                if lying <= SHOWN as u64 {
                    captured
                        .gaps
                        .push(Gap::new(format!("{name}:{number}"), Why::Damaged, why));
                }
            }
            Next::Broken {
                number,
                truncated,
                why,
            } => {
                let cause = if truncated { Why::Truncated } else { Why::Damaged };
                let detail = format!("the rest was not read: {why}");
                captured
                    .gaps
                    .push(Gap::new(format!("{name}:{number}"), cause, detail));
                break;
            }
        }
    }
    table.drain(true);
    if lying > SHOWN as u64 {
        let detail = format!("{} more packets whose lengths cannot be", lying - SHOWN as u64);
        captured.gaps.push(Gap::new(name, Why::Damaged, detail));
    }
    captured.gaps.extend(
        unread
            .iter()
            .map(|(why, (first, count))| gap(name, *why, *first, *count)),
    );
    let (connections, streams) = table.refused;
    if connections > 0 {
        let detail = format!("{connections} connections were ended early");
        captured.gaps.push(Gap::limit(name, Limit::Keys, detail));
    }
    if streams > 0 {
        let detail = format!("{streams} streams were let go");
        captured.gaps.push(Gap::limit(name, Limit::ValueBytes, detail));
    }
    captured
}

fn gap(name: &str, why: Unread, first: u64, count: u64) -> Gap {
    let place = format!("{name}:{first}");
    match why {
        Unread::Link(link) => {
            let detail = format!("{count} packets of link type {link}");
            Gap::new(place, Why::Unsupported, detail)
        }
        Unread::Fragment => {
            let detail = format!("{count} fragments, which are not put together");
            Gap::new(place, Why::Unsupported, detail)
        }
        Unread::Cut => {
            let detail = format!("{count} packets end within a header");
            Gap::new(place, Why::Truncated, detail)
        }
    }
}
