//! The packets of a capture file, pcap (draft-ietf-opsawg-pcap) or pcapng (draft-ietf-opsawg-pcapng), one after
//! the other: no more than one packet is held.

use crate::capture::bytes::Bytes;
use std::io::{self, BufRead, Read};

/// No packet is longer (libpcap's `MAXIMUM_SNAPLEN`).
const PACKET_BYTES: u32 = 262_144;
/// Longer blocks that hold no packet flow by; longer ones that do are damage.
const BLOCK_BYTES: u32 = PACKET_BYTES + 65_536;
/// Interfaces of one section.
const INTERFACES: usize = 4_096;
const MICROS: u64 = 1_000_000;

/// The first four bytes of pcapng, a palindrome in both byte orders.
const SECTION: u32 = 0x0a0d_0d0a;

/// Returns whether bytes begin a capture, and whether it is pcapng.
pub(crate) fn is_capture(head: &[u8]) -> Option<bool> {
    let magic: [u8; 4] = head.get(..4)?.try_into().ok()?;
    if u32::from_be_bytes(magic) == SECTION {
        let order = head.get(8..12)?;
        return (order == [0x1a, 0x2b, 0x3c, 0x4d] || order == [0x4d, 0x3c, 0x2b, 0x1a]).then_some(true);
    }
    Classic::of(magic).map(|_| false)
}

/// One packet as it was captured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packet<'a> {
    /// Counted from 1.
    pub number: u64,
    /// Microseconds since the epoch; a simple packet block has none.
    pub micros: Option<i64>,
    /// The link type (`LINKTYPE_…`).
    pub link: u32,
    pub data: &'a [u8],
}

/// What a capture says next.
pub(crate) enum Next<'a> {
    Packet(Packet<'a>),
    /// A packet whose lengths cannot be: it is left out and reading goes on.
    Lying {
        number: u64,
        why: String,
    },
    /// Nothing behind this can be read.
    Broken {
        number: u64,
        truncated: bool,
        why: String,
    },
    End,
}

/// Why reading ends early.
struct Broken {
    truncated: bool,
    why: String,
}

impl Broken {
    fn damaged(why: impl Into<String>) -> Self {
        Broken {
            truncated: false,
            why: why.into(),
        }
    }
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Broken {
            truncated: error.kind() == io::ErrorKind::UnexpectedEof,
            why: error.to_string(),
        }
    }
}

/// The form of a classic capture.
#[derive(Clone, Copy, Debug)]
struct Classic {
    swapped: bool,
    /// Fractions in a second.
    units: u64,
    /// Bytes of a record's header.
    header: usize,
}

impl Classic {
    fn of(magic: [u8; 4]) -> Option<Self> {
        [false, true].into_iter().find_map(|swapped| {
            let (units, header) = match order(swapped, magic) {
                0xa1b2_c3d4 => (MICROS, 16),
                0xa1b2_3c4d => (1_000 * MICROS, 16),
                // Kuznetzov's form, with eight more bytes in each record.
                0xa1b2_cd34 => (MICROS, 24),
                _ => return None,
            };
            Some(Classic {
                swapped,
                units,
                header,
            })
        })
    }
}

fn order(swapped: bool, bytes: [u8; 4]) -> u32 {
    if swapped {
        u32::from_le_bytes(bytes)
    } else {
        u32::from_be_bytes(bytes)
    }
}

#[derive(Clone, Copy, Debug)]
struct Interface {
    link: u32,
    units: u64,
    /// Seconds that are added.
    offset: i64,
}

#[derive(Debug)]
enum Form {
    Unknown,
    Classic(Classic, u32),
    Blocks {
        swapped: bool,
        interfaces: Vec<Interface>,
    },
}

/// A capture that is read packet by packet.
pub(crate) struct Packets<R> {
    input: R,
    form: Form,
    held: Vec<u8>,
    number: u64,
    read: u64,
    ended: bool,
}

enum Step {
    /// A packet is held: its moment, link type and where in `held` it stands.
    Packet(Option<i64>, u32, std::ops::Range<usize>),
    Lying(String),
    Other,
    End,
}

impl<R: BufRead> Packets<R> {
    pub(crate) fn new(input: R) -> Self {
        Packets {
            input,
            form: Form::Unknown,
            held: Vec::new(),
            number: 0,
            read: 0,
            ended: false,
        }
    }

    /// Bytes taken from the file so far.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.read
    }

    /// Returns the next packet, a gap, or the end.
    pub(crate) fn next(&mut self) -> Next<'_> {
        while !self.ended {
            match self.step() {
                Ok(Step::Other) => {}
                Ok(Step::End) => self.ended = true,
                Ok(Step::Lying(why)) => {
                    self.number += 1;
                    return Next::Lying {
                        number: self.number,
                        why,
                    };
                }
                Ok(Step::Packet(micros, link, place)) => {
                    self.number += 1;
                    return Next::Packet(Packet {
                        number: self.number,
                        micros,
                        link,
                        data: self.held.get(place).unwrap_or_default(),
                    });
                }
                Err(Broken { truncated, why }) => {
                    self.ended = true;
                    return Next::Broken {
                        number: self.number + 1,
                        truncated,
                        why,
                    };
                }
            }
        }
        Next::End
    }

    fn step(&mut self) -> Result<Step, Broken> {
        match &self.form {
            Form::Unknown => self.begin(),
            Form::Classic(classic, link) => {
                let (classic, link) = (*classic, *link);
                self.record(classic, link)
            }
            Form::Blocks { .. } => self.block(),
        }
    }

    /// Fills `held` with the next `count` bytes; `false` at a clean end.
    fn hold(&mut self, count: usize) -> Result<bool, Broken> {
        self.held.resize(count, 0);
        let mut filled = 0;
        while filled < count {
            let room = self.held.get_mut(filled..).unwrap_or_default();
            match self.input.read(room) {
                Ok(0) if filled == 0 => return Ok(false),
                Ok(0) => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.read += count as u64;
        Ok(true)
    }

    fn demand(&mut self, count: usize) -> Result<(), Broken> {
        if count == 0 {
            self.held.clear();
            return Ok(());
        }
        match self.hold(count)? {
            true => Ok(()),
            false => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
        }
    }

    fn begin(&mut self) -> Result<Step, Broken> {
        if !self.hold(4)? {
            return Ok(Step::End);
        }
        let magic: [u8; 4] = self.held.as_slice().try_into().unwrap_or_default();
        if u32::from_be_bytes(magic) == SECTION {
            return self.section();
        }
        let classic = Classic::of(magic).ok_or_else(|| Broken::damaged("not a capture"))?;
        self.demand(20)?;
        let link = self.word(16, classic.swapped).unwrap_or(0);
        // The upper bits say how long the frame check sequence is.
        self.form = Form::Classic(classic, link & 0x0fff_ffff);
        Ok(Step::Other)
    }

    fn word(&self, at: usize, swapped: bool) -> Option<u32> {
        let bytes = self.held.get(at..at.checked_add(4)?)?;
        Some(order(swapped, bytes.try_into().ok()?))
    }

    fn record(&mut self, classic: Classic, link: u32) -> Result<Step, Broken> {
        if !self.hold(classic.header)? {
            return Ok(Step::End);
        }
        let word = |at| self.word(at, classic.swapped).unwrap_or(0);
        let (seconds, fraction, length, original) = (word(0), word(4), word(8), word(12));
        if length > PACKET_BYTES {
            return Err(Broken::damaged(format!("a packet claims {length} bytes")));
        }
        self.demand(length as usize)?;
        if original < length {
            return Ok(Step::Lying(format!("{length} bytes of {original} were captured")));
        }
        let micros = u64::from(seconds) * MICROS + u64::from(fraction) * MICROS / classic.units;
        Ok(Step::Packet(i64::try_from(micros).ok(), link, 0..length as usize))
    }

    /// Reads a section header whose type is taken.
    fn section(&mut self) -> Result<Step, Broken> {
        self.demand(8)?;
        let swapped = match self.held.get(4..) {
            Some([0x1a, 0x2b, 0x3c, 0x4d]) => false,
            Some([0x4d, 0x3c, 0x2b, 0x1a]) => true,
            _ => return Err(Broken::damaged("a section of no byte order")),
        };
        let length = self.word(0, swapped).unwrap_or(0);
        let rest = length
            .checked_sub(12)
            .filter(|_| length.is_multiple_of(4) && length >= 28);
        let rest = rest.ok_or_else(|| Broken::damaged(format!("a section header of {length} bytes")))?;
        self.form = Form::Blocks {
            swapped,
            interfaces: Vec::new(),
        };
        self.pass(u64::from(rest))?;
        Ok(Step::Other)
    }

    /// Lets bytes flow by.
    fn pass(&mut self, count: u64) -> Result<(), Broken> {
        let passed = io::copy(&mut self.input.by_ref().take(count), &mut io::sink())?;
        self.read += passed;
        if passed < count {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        Ok(())
    }

    fn block(&mut self) -> Result<Step, Broken> {
        let Form::Blocks { swapped, .. } = self.form else {
            return Ok(Step::End);
        };
        if !self.hold(4)? {
            return Ok(Step::End);
        }
        let kind = self.word(0, swapped).unwrap_or(0);
        if kind == SECTION {
            return self.section();
        }
        self.demand(4)?;
        let length = self.word(0, swapped).unwrap_or(0);
        let body = length.checked_sub(12).filter(|_| length.is_multiple_of(4));
        let body = body.ok_or_else(|| Broken::damaged(format!("a block of {length} bytes")))?;
        if !matches!(kind, 1 | 2 | 3 | 6) {
            self.pass(u64::from(body) + 4)?;
            return Ok(Step::Other);
        }
        if length > BLOCK_BYTES {
            return Err(Broken::damaged(format!("a block of {length} bytes")));
        }
        self.demand(body as usize + 4)?;
        if self.word(body as usize, swapped) != Some(length) {
            return Err(Broken::damaged("a block whose two lengths differ"));
        }
        match kind {
            1 => self.interface(swapped, body as usize),
            3 => Ok(self.simple(swapped, body as usize)),
            _ => Ok(self.packet(swapped, kind == 2, body as usize)),
        }
    }

    fn interface(&mut self, swapped: bool, body: usize) -> Result<Step, Broken> {
        let half = |at: usize| {
            let bytes: [u8; 2] = self.held.get(at..at + 2)?.try_into().ok()?;
            Some(if swapped {
                u16::from_le_bytes(bytes)
            } else {
                u16::from_be_bytes(bytes)
            })
        };
        let mut interface = Interface {
            link: half(0).map_or(0, u32::from),
            units: MICROS,
            offset: 0,
        };
        let mut at = 8;
        while let (Some(code), Some(length)) = (half(at), half(at + 2)) {
            if at + 4 >= body || code == 0 {
                break;
            }
            let value = self
                .held
                .get(at + 4..at + 4 + usize::from(length))
                .unwrap_or_default();
            match (code, value) {
                (9, [resolution, ..]) => interface.units = units(*resolution),
                (14, value) => {
                    let bytes: [u8; 8] = value.try_into().unwrap_or_default();
                    interface.offset = if swapped {
                        i64::from_le_bytes(bytes)
                    } else {
                        i64::from_be_bytes(bytes)
                    };
                }
                _ => {}
            }
            at += 4 + usize::from(length).div_ceil(4) * 4;
        }
        if let Form::Blocks { interfaces, .. } = &mut self.form {
            if interfaces.len() >= INTERFACES {
                return Err(Broken::damaged("more interfaces than any capture has"));
            }
            interfaces.push(interface);
        }
        Ok(Step::Other)
    }

    fn known(&self, number: u32) -> Option<Interface> {
        match &self.form {
            Form::Blocks { interfaces, .. } => interfaces.get(number as usize).copied(),
            Form::Unknown | Form::Classic(..) => None,
        }
    }

    fn packet(&self, swapped: bool, old: bool, body: usize) -> Step {
        let word = |at| self.word(at, swapped).unwrap_or(0);
        let number = match (old, swapped) {
            (false, _) => word(0),
            // Two bytes of interface, two of drops.
            (true, true) => word(0) & 0xffff,
            (true, false) => word(0) >> 16,
        };
        let Some(interface) = self.known(number) else {
            return Step::Lying(format!("of interface {number}, which nothing describes"));
        };
        let length = word(12) as usize;
        if body < 20 || length > body - 20 {
            return Step::Lying(format!("{length} bytes in a block of {body}"));
        }
        let ticks = u64::from(word(4)) << 32 | u64::from(word(8));
        let micros = u128::from(ticks) * u128::from(MICROS) / u128::from(interface.units);
        let offset = interface.offset.saturating_mul(MICROS as i64);
        let micros = i64::try_from(micros)
            .ok()
            .and_then(|micros| micros.checked_add(offset));
        Step::Packet(micros, interface.link, 20..20 + length)
    }

    fn simple(&self, swapped: bool, body: usize) -> Step {
        let (Some(original), Some(interface)) = (self.word(0, swapped), self.known(0)) else {
            return Step::Lying("a simple packet without an interface".to_owned());
        };
        let length = (original as usize).min(body.saturating_sub(4));
        Step::Packet(None, interface.link, 4..4 + length)
    }
}

/// Returns the ticks in a second (`if_tsresol`): a power of ten, or of two where the high bit is set.
fn units(resolution: u8) -> u64 {
    let power = u32::from(resolution & 0x7f);
    let base: u64 = if resolution & 0x80 == 0 { 10 } else { 2 };
    base.checked_pow(power).unwrap_or(u64::MAX)
}

/// Returns the cursor over a packet's bytes.
pub(crate) fn cursor<'a>(packet: &Packet<'a>) -> Bytes<'a> {
    Bytes(packet.data)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Vec<String> {
        let mut packets = Packets::new(bytes);
        let mut told = Vec::new();
        loop {
            told.push(match packets.next() {
                Next::Packet(packet) => {
                    format!("{}@{:?}:{}", packet.number, packet.micros, packet.data.len())
                }
                Next::Lying { number, .. } => format!("lying {number}"),
                Next::Broken {
                    number, truncated, ..
                } => format!("broken {number} {truncated}"),
                Next::End => return told,
            });
        }
    }

    fn classic(records: &[(u32, u32, &[u8])]) -> Vec<u8> {
        let mut bytes = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0].to_vec();
        bytes.extend([0; 8]);
        bytes.extend(65_535u32.to_le_bytes());
        bytes.extend(1u32.to_le_bytes());
        for (length, original, data) in records {
            for word in [7, 5, *length, *original] {
                bytes.extend(word.to_le_bytes());
            }
            bytes.extend(*data);
        }
        bytes
    }

    #[test]
    fn packets_come_in_order_and_lying_lengths_are_told() {
        let some = classic(&[(3, 3, b"abc"), (2, 1, b"xy"), (1, 60, b"z")]);
        assert_eq!(all(&some), ["1@Some(7000005):3", "lying 2", "3@Some(7000005):1"]);
        let huge = classic(&[(3, 3, b"abc"), (0xffff_fff0, 3, b"abc")]);
        assert_eq!(all(&huge), ["1@Some(7000005):3", "broken 2 false"]);
        let cut = classic(&[(300, 300, b"abc")]);
        assert_eq!(all(&cut), ["broken 1 true"]);
    }

    fn block(kind: u32, body: &[u8]) -> Vec<u8> {
        let length = body.len() as u32 + 12;
        [
            &kind.to_le_bytes(),
            &length.to_le_bytes(),
            body,
            &length.to_le_bytes(),
        ]
        .concat()
    }

    #[test]
    fn blocks_are_read_and_unknown_ones_pass() {
        let mut bytes = block(
            SECTION,
            &[
                0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255,
            ],
        );
        // Nanoseconds, one second added.
        let options = [
            9, 0, 1, 0, 9, 0, 0, 0, 14, 0, 8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        ];
        bytes.extend(block(1, &[&[1, 0, 0, 0, 0, 0, 4, 0][..], &options].concat()));
        bytes.extend(block(0xbad, &[1, 2, 3, 4]));
        let words = |words: [u32; 5]| {
            words
                .iter()
                .flat_map(|word| word.to_le_bytes())
                .collect::<Vec<u8>>()
        };
        bytes.extend(block(
            6,
            &[words([0, 0, 2_000, 3, 3]), b"abc\0".to_vec()].concat(),
        ));
        bytes.extend(block(
            6,
            &[words([0, 0, 2_000, 300, 3]), b"abc\0".to_vec()].concat(),
        ));
        bytes.extend(block(6, &words([9, 0, 0, 0, 0])));
        assert_eq!(all(&bytes), ["1@Some(1000002):3", "lying 2", "lying 3"]);
        assert_eq!(is_capture(&bytes), Some(true));
    }
}
