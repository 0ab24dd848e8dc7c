//! From a frame to what it carries: link layers, IPv4 and IPv6, and the tunnels that carry IP in IP.

use crate::capture::bytes::Bytes;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Tunnels within tunnels.
const DEPTH: u8 = 4;
/// Extension headers of one IPv6 packet.
const EXTENSIONS: usize = 8;

/// What kind of packet a segment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// ICMP or ICMPv6.
    Icmp,
}

/// TCP's part of a segment.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TcpHead {
    pub seq: u32,
    /// The number that is expected next of the other side, where `ack` is set.
    pub acked: u32,
    pub syn: bool,
    pub ack: bool,
    pub fin: bool,
    pub rst: bool,
}

/// One packet of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment<'a> {
    pub from: (IpAddr, u16),
    pub to: (IpAddr, u16),
    pub transport: Transport,
    pub tcp: TcpHead,
    /// What was captured of what it carries.
    pub payload: &'a [u8],
    /// How many bytes it carried on the wire.
    pub length: u32,
}

/// What a frame could not be read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Unread {
    /// A link type that is not known.
    Link(u32),
    /// A later fragment, or a packet with more to come.
    Fragment,
    /// Cut within a header.
    Cut,
}

/// What comes of the packets of one frame.
pub(crate) struct Frames<S, U> {
    pub segment: S,
    pub unread: U,
}

impl<'a, S: FnMut(Segment<'a>), U: FnMut(Unread)> Frames<S, U> {
    /// Takes apart a frame of a link type; what carries no IP says nothing.
    pub(crate) fn frame(&mut self, link: u32, data: Bytes<'a>) {
        let read = match link {
            0 | 108 => self.loopback(data),
            9 | 50 => self.point_to_point(data, 0),
            1 => self.ethernet(data, 0),
            12 | 14 | 101 => self.ip(data, 0),
            113 => self.cooked(data, 14),
            228 => self.v4(data, 0),
            229 => self.v6(data, 0),
            276 => self.cooked_new(data),
            other => {
                (self.unread)(Unread::Link(other));
                return;
            }
        };
        if read.is_none() {
            (self.unread)(Unread::Cut);
        }
    }

    fn loopback(&mut self, mut data: Bytes<'a>) -> Option<()> {
        // The family's number differs by system and by byte order; the version of IP does not.
        data.take(4)?;
        self.ip(data, 0)
    }

    fn cooked(&mut self, mut data: Bytes<'a>, before: usize) -> Option<()> {
        data.take(before)?;
        let kind = data.u16()?;
        self.ether(kind, data, 0)
    }

    fn cooked_new(&mut self, mut data: Bytes<'a>) -> Option<()> {
        let kind = data.u16()?;
        data.take(18)?;
        self.ether(kind, data, 0)
    }

    fn ethernet(&mut self, mut data: Bytes<'a>, depth: u8) -> Option<()> {
        data.take(12)?;
        let kind = data.u16()?;
        self.ether(kind, data, depth)
    }

    fn ether(&mut self, mut kind: u16, mut data: Bytes<'a>, depth: u8) -> Option<()> {
        // 802.1Q and 802.1ad tags, any number of them.
        while matches!(kind, 0x8100 | 0x88a8 | 0x9100) {
            data.take(2)?;
            kind = data.u16()?;
        }
        match kind {
            0x0800 => self.v4(data, depth),
            0x86dd => self.v6(data, depth),
            0x8847 | 0x8848 => self.labels(data, depth),
            0x8864 => {
                data.take(6)?;
                self.point_to_point(data, depth)
            }
            _ => Some(()),
        }
    }

    /// MPLS: labels until the bottom of the stack, then IP.
    fn labels(&mut self, mut data: Bytes<'a>, depth: u8) -> Option<()> {
        while data.u32()? & 0x100 == 0 {}
        self.ip(data, depth)
    }

    fn point_to_point(&mut self, mut data: Bytes<'a>, depth: u8) -> Option<()> {
        if data.0.starts_with(&[0xff, 0x03]) {
            data.take(2)?;
        }
        match data.0.first()? {
            0x21 => {
                data.take(1)?;
                self.v4(data, depth)
            }
            _ => match data.u16()? {
                0x0021 => self.v4(data, depth),
                0x0057 => self.v6(data, depth),
                _ => Some(()),
            },
        }
    }

    fn ip(&mut self, data: Bytes<'a>, depth: u8) -> Option<()> {
        match data.0.first()? >> 4 {
            4 => self.v4(data, depth),
            6 => self.v6(data, depth),
            _ => Some(()),
        }
    }

    fn v4(&mut self, mut data: Bytes<'a>, depth: u8) -> Option<()> {
        let captured = data.0.len();
        let first = data.u8()?;
        data.take(1)?;
        let total = usize::from(data.u16()?);
        data.take(2)?;
        let fragment = data.u16()?;
        data.take(1)?;
        let protocol = data.u8()?;
        data.take(2)?;
        let (from, to) = (
            Ipv4Addr::from(data.array::<4>()?),
            Ipv4Addr::from(data.array::<4>()?),
        );
        let header = usize::from(first & 0x0f) * 4;
        data.take(header.checked_sub(20)?)?;
        // An offloading card writes 0 where it will cut the packet itself.
        let total = if total < header { captured } else { total };
        let length = total - header;
        let data = Bytes(data.0.get(..length.min(data.0.len()))?);
        if fragment & 0x3fff != 0 {
            (self.unread)(Unread::Fragment);
            return Some(());
        }
        self.carried(protocol, (from.into(), to.into()), data, length, depth)
    }

    fn v6(&mut self, mut data: Bytes<'a>, depth: u8) -> Option<()> {
        data.take(4)?;
        let mut length = usize::from(data.u16()?);
        let mut protocol = data.u8()?;
        data.take(1)?;
        let (from, to) = (
            Ipv6Addr::from(data.array::<16>()?),
            Ipv6Addr::from(data.array::<16>()?),
        );
        if length == 0 {
            length = data.0.len();
        }
        let mut data = Bytes(data.0.get(..length.min(data.0.len()))?);
        for _ in 0..EXTENSIONS {
            if !matches!(protocol, 0 | 43 | 60) {
                break;
            }
            protocol = data.u8()?;
            let size = usize::from(data.u8()?) * 8 + 6;
            data.take(size)?;
            length = length.checked_sub(size + 2)?;
        }
        if protocol == 44 {
            (self.unread)(Unread::Fragment);
            return Some(());
        }
        self.carried(protocol, (from.into(), to.into()), data, length, depth)
    }

    fn carried(
        &mut self,
        protocol: u8,
        ends: (IpAddr, IpAddr),
        data: Bytes<'a>,
        length: usize,
        depth: u8,
    ) -> Option<()> {
        match protocol {
            6 => self.tcp(ends, data, length),
            17 => self.udp(ends, data, depth),
            1 | 58 => self.icmp(ends, data, length),
            4 | 41 if depth < DEPTH => self.ip(data, depth + 1),
            47 if depth < DEPTH => self.gre(data, depth + 1),
            _ => Some(()),
        }
    }

    fn tcp(&mut self, (from, to): (IpAddr, IpAddr), mut data: Bytes<'a>, length: usize) -> Option<()> {
        let (source, target, seq) = (data.u16()?, data.u16()?, data.u32()?);
        let acked = data.u32()?;
        let (offset, flags) = (data.u8()?, data.u8()?);
        data.take(6)?;
        let header = usize::from(offset >> 4) * 4;
        data.take(header.checked_sub(20)?)?;
        (self.segment)(Segment {
            from: (from, source),
            to: (to, target),
            transport: Transport::Tcp,
            tcp: TcpHead {
                seq,
                acked,
                fin: flags & 1 != 0,
                syn: flags & 2 != 0,
                rst: flags & 4 != 0,
                ack: flags & 16 != 0,
            },
            payload: data.0,
            length: length.checked_sub(header)? as u32,
        });
        Some(())
    }

    fn udp(&mut self, (from, to): (IpAddr, IpAddr), mut data: Bytes<'a>, depth: u8) -> Option<()> {
        let (source, target, length) = (data.u16()?, data.u16()?, data.u16()?);
        data.take(2)?;
        let length = usize::from(length).saturating_sub(8);
        let payload = data.0.get(..length.min(data.0.len()))?;
        (self.segment)(Segment {
            from: (from, source),
            to: (to, target),
            transport: Transport::Udp,
            tcp: TcpHead::default(),
            payload,
            length: length as u32,
        });
        if depth < DEPTH {
            let inner = Bytes(payload);
            // What is no tunnel behind these ports says nothing: it is a datagram as any other.
            match (source, target) {
                (_, 4789) => drop(self.vxlan(inner, depth + 1)),
                (_, 6081) => drop(self.geneve(inner, depth + 1)),
                (3544, _) | (_, 3544) => drop(self.teredo(inner, depth + 1)),
                (2152, _) | (_, 2152) => drop(self.gtp(inner, depth + 1)),
                _ => {}
            }
        }
        Some(())
    }

    fn vxlan(&mut self, mut data: Bytes<'a>, depth: u8) -> Option<()> {
        let flags = data.u8()?;
        data.take(7)?;
        (flags & 0x08 != 0).then(|| self.ethernet(data, depth))?
    }

    fn geneve(&mut self, mut data: Bytes<'a>, depth: u8) -> Option<()> {
        let first = data.u8()?;
        data.take(1)?;
        let kind = data.u16()?;
        data.take(4 + usize::from(first & 0x3f) * 4)?;
        if first >> 6 != 0 {
            return Some(());
        }
        match kind {
            0x6558 => self.ethernet(data, depth),
            kind => self.ether(kind, data, depth),
        }
    }

    /// Teredo (RFC 4380, 5.1.1): perhaps an authentication and an origin, then IPv6.
    fn teredo(&mut self, mut data: Bytes<'a>, depth: u8) -> Option<()> {
        if data.0.starts_with(&[0, 1]) {
            data.take(2)?;
            let (client, value) = (data.u8()?, data.u8()?);
            data.take(usize::from(client) + usize::from(value) + 9)?;
        }
        if data.0.starts_with(&[0, 0]) {
            data.take(8)?;
        }
        (data.0.first()? >> 4 == 6).then(|| self.v6(data, depth))?
    }

    /// GTP-U (3GPP TS 29.281): user data of version 1.
    fn gtp(&mut self, mut data: Bytes<'a>, depth: u8) -> Option<()> {
        let (flags, kind) = (data.u8()?, data.u8()?);
        data.take(6)?;
        if flags >> 4 != 3 || kind != 0xff {
            return Some(());
        }
        if flags & 7 != 0 {
            data.take(3)?;
            let mut next = data.u8()?;
            for _ in 0..EXTENSIONS {
                if next == 0 {
                    break;
                }
                let words = usize::from(data.u8()?);
                data.take((words * 4).checked_sub(2)?)?;
                next = data.u8()?;
            }
        }
        self.ip(data, depth)
    }

    fn gre(&mut self, mut data: Bytes<'a>, depth: u8) -> Option<()> {
        let flags = data.u16()?;
        let kind = data.u16()?;
        // Checksum, key, sequence number, and in version 1 (PPTP) the acknowledged number.
        let words = [0x8000, 0x2000, 0x1000]
            .iter()
            .filter(|flag| flags & **flag != 0)
            .count();
        let acknowledged = usize::from(flags & 7 == 1 && flags & 0x80 != 0);
        data.take((words + acknowledged) * 4)?;
        match kind {
            0x6558 => self.ethernet(data, depth),
            0x880b => self.point_to_point(data, depth),
            kind => self.ether(kind, data, depth),
        }
    }

    fn icmp(&mut self, (from, to): (IpAddr, IpAddr), mut data: Bytes<'a>, length: usize) -> Option<()> {
        let (kind, code) = (data.u8()?, data.u8()?);
        data.take(6)?;
        // As Zeek has it: the type stands for the port of the one who asks, what answers it for the other's.
        let (source, target, answer) = match (from, kind) {
            (IpAddr::V4(_), 8) | (IpAddr::V6(_), 133 | 135) => (kind, answer(kind), false),
            (IpAddr::V6(_), 128) => (128, 129, false),
            (IpAddr::V4(_), 0) => (8, 0, true),
            (IpAddr::V6(_), 129) => (128, 129, true),
            (IpAddr::V6(_), 134 | 136) => (kind - 1, kind, true),
            _ => (kind, code, false),
        };
        let (source, target) = (u16::from(source), u16::from(target));
        let (from, to) = if answer {
            ((from, target), (to, source))
        } else {
            ((from, source), (to, target))
        };
        (self.segment)(Segment {
            from,
            to,
            transport: Transport::Icmp,
            tcp: TcpHead::default(),
            payload: data.0,
            length: length.checked_sub(8)? as u32,
        });
        Some(())
    }
}

const fn answer(kind: u8) -> u8 {
    match kind {
        8 => 0,
        kind => kind.saturating_add(1),
    }
}
