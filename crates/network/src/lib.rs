//! Finds the beacon in network logs.
//!
//! Zeek's logs (TSV or JSON lines), Suricata's EVE and captures (pcap, pcapng) go in, plain, gzip or Zstandard;
//! out come the pairs that talk at regular intervals ([`Beacon`]), the contacts with what is known from elsewhere
//! ([`Contact`]), strobes, long connections and more, each a finding of one report. Nothing here knows where logs lie, what time it is, or what a document in
//! the same case names: `desk` hands in bytes and a look-up.
//!
//! ```
//! use strongroom_model::{Evidence, Kind, Limits, Observable};
//! use strongroom_network::{LogKind, Reader, recognise};
//!
//! let mut log = "#separator \\x09\n#path\tconn\n#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\n".to_owned();
//! for call in 0..180 {
//!     log += &format!("{}.5\t192.0.2.10\t198.51.100.7\t443\n", 1_553_389_200 + call * 60);
//! }
//! assert_eq!(recognise(log.as_bytes()), Some(LogKind::ZeekTsv));
//!
//! let mut reader = Reader::new(&Limits::default());
//! reader.read("conn.log", log.as_bytes());
//! let evidence = Evidence::of_bytes("conn.log", Kind::ZeekLog, log.as_bytes());
//! let c2 = Observable::ip("198.51.100.7").unwrap();
//! let network = reader.finish(evidence, &|asked| {
//!     if *asked == c2 { vec!["C2 of invoice.doc".to_owned()] } else { Vec::new() }
//! });
//!
//! assert_eq!(network.beacons[0].destination, c2);
//! assert_eq!(network.beacons[0].period_micros, 60_000_000);
//! assert_eq!(network.contacts[0].why, ["C2 of invoice.doc"]);
//! ```
//!
//! # How a beacon is scored
//!
//! For each pair of a source and a destination (an address of the connection log; a name of TLS or HTTP)
//! questions are asked of the times alone. **Even**: are the silences between calls more even than chance
//! makes them (Moran's statistic, pauses and nights left out, so that a beacon counts over the span in which
//! it was active)? **Comb**: are the steps between calls multiples of one period (Rayleigh's statistic on each
//! step, so that a drifting clock does no harm), as when calls are missed or a program calls one of three
//! servers by lot? Where neither is clear: **same size**, are the calls of the most frequent size even, among
//! others; **growth**, does each gap grow by one factor; **echo**, do calls have another one period later more
//! often than shortly before and after, as where two rhythms are one. Each gives a share from 0 (chance) to 1
//! (metronome) and the chance that calls without rhythm, that is of a Poisson process, look as regular,
//! multiplied by the number of tests.
//!
//! The score is a clear share's significance s, in decades, as s/(s + ³⁄₇·d), where d decades are needed:
//! three in a small reading, four from a thousand pairs on, so that s = d gives 700; a share that is not clear
//! counts down to nothing. Sizes add nothing. A destination that more than four sources (and more than four in a
//! thousand) call counts down by the order of magnitude, to nothing at sixteen and four in a hundred.
//!
//! A pair is an alarm from 700 thousandths on ([`Config::alarm_permille`]). With a threshold of 0 every pair
//! with at least four connections is listed with its score.
//! Safe names and networks ([`SafeList`]), common services and hosts inside the house are listed as set aside, unless
//! the look-up knows the destination; what each entry of the safe list set aside is counted ([`Network::safe`]). RITA's score ([`RitaScore`]) stands beside for comparison and decides
//! nothing. A name's sizes are those of the connections with the uid of its rows. A safe name covers its
//! address only where DNS gave it that address, or where no DNS log was read: a handshake can claim any name.
//!
//! Of ssh the client's banner is read, of connections that stand open (`conn_long`, `open_conn`) how long they stand. Streams other
//! than these, conn, dns, http and ssl are read as far as `ts` and `id.*` go: an address they name can
//! be a contact, and nothing else of them is looked at, which leaves no gap.
//!
//! Captures are put together to connections as Zeek counts them ([`read_capture`]); their places are packets. Told besides, each by a rule: DNS tunnels, requests that hold the ten digits in another order
//! each time, clients that one host alone shows, uploads out of pattern. Domains with very many names by design
//! are no tunnels: the safe list names them.
//!
//! Of a pair with more than 4,096 calls whole hours are looked at, chosen by a hash of the hour, so that memory
//! grows with pairs; its RITA score has the gaps and sizes of those hours.
//!
//! What this cannot see: fewer than five calls; some dozen calls with jitter far above half the period;
//! calls hidden among many of a person's own to the same name; a period of 18 hours or more, unless ten calls
//! are exact to one part in a hundred, and one of five hours or more with much jitter and eight hours of each
//! day without a call (people have such rhythms too); a rhythm in DNS queries alone; a command
//! channel that four in a hundred hosts of the house call (it is listed as set aside); a house on public addresses, which is not told from the world.
//! A weak beacon that is found in a small reading can drown in a large one, because the larger one asks more
//! questions.

mod aside;
mod beacon;
mod calls;
mod capture;
mod census;
mod config;
mod contact;
mod eve;
mod event;
mod flow;
mod gaplist;
mod intern;
mod json;
mod lines;
mod log;
mod merge;
mod network;
mod oddities;
mod packets;
mod permuted;
mod place;
mod plot;
mod reader;
mod recognise;
mod row;
mod rules;
mod safe_list;
mod score;
mod source;
mod span_text;
mod traffic;
mod tsv;
mod tunnel;

pub use aside::SafeCount;
pub use beacon::{Beacon, Standing, Unit};
pub use capture::{Captured, Connection, Ends, Hello, Record, Recorded, Request, Transport, read_capture};
pub use config::Config;
pub use contact::{Contact, What};
pub use log::{LogKind, LogPath, LogSummary};
pub use network::Network;
pub use reader::Reader;
pub use recognise::recognise;
pub use rules::{BEACON, CONTACT, DIGITS, DNS_TUNNEL, LONG_CONNECTION, RARE_CLIENT, RULES, STROBE, UPLOAD};
pub use safe_list::{BadLine, SAFE_LIST, SafeList};
pub use score::{RitaScore, Test};
