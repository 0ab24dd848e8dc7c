//! Connections as small rows, and the conn.log that they make, written as it is read.

use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// One connection. Hosts are numbers; destinations are [`address`]es by kind and number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    pub micros: i64,
    pub host: u16,
    pub kind: u16,
    pub number: u32,
    pub port: u16,
    pub bytes: u32,
}

/// Who calls what, at which port.
#[derive(Clone, Copy)]
pub struct Pair {
    pub host: usize,
    pub kind: u16,
    pub number: usize,
    pub port: u16,
}

/// All connections of a town.
#[derive(Default)]
pub struct Rows(Vec<Row>);

impl Rows {
    pub fn call(&mut self, pair: Pair, micros: i64, bytes: u64) {
        self.0.push(Row {
            micros,
            host: pair.host as u16,
            kind: pair.kind,
            number: pair.number as u32,
            port: pair.port,
            bytes: bytes as u32,
        });
    }

    pub fn sort(&mut self) {
        self.0.sort_unstable();
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the rows as a conn.log.
    pub fn log(&self) -> impl Read + '_ {
        let head = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#fields\tts\t\
             uid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\t\
             conn_state\n#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\n";
        let texts = self.0.chunks(4096).enumerate().map(|(chunk, rows)| {
            let text = |(place, row): (usize, &Row)| {
                format!(
                    "{}.{:06}\tC{:x}\t{}\t{}\t{}\t{}\ttcp\t-\t0.5\t{}\t900\tSF\n",
                    row.micros / 1_000_000,
                    row.micros % 1_000_000,
                    chunk * 4096 + place,
                    host(usize::from(row.host)),
                    40_000 + place,
                    address(row.kind, row.number),
                    row.port,
                    row.bytes
                )
            };
            rows.iter().enumerate().map(text).collect::<String>()
        });
        Texts {
            texts: std::iter::once(head.to_owned()).chain(texts),
            rest: Vec::new(),
            at: 0,
        }
    }
}

/// Returns the address of a host of the town.
pub fn host(number: usize) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(
        10,
        1,
        (number / 250) as u8,
        (number % 250 + 1) as u8,
    ))
}

/// Returns the address of a destination; kind 0 lies inside the town.
pub fn address(kind: u16, number: u32) -> IpAddr {
    if kind == 0 {
        return IpAddr::V4(Ipv4Addr::new(10, 0, 0, (number + 5) as u8));
    }
    let [high, low] = [(number >> 16) as u16, number as u16];
    IpAddr::V6(Ipv6Addr::new(
        0x2001,
        0xdb8,
        kind,
        0,
        0,
        0,
        high,
        low.wrapping_add(1),
    ))
}

struct Texts<I> {
    texts: I,
    rest: Vec<u8>,
    at: usize,
}

impl<I: Iterator<Item = String>> Read for Texts<I> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.rest.len() {
            self.rest = self.texts.next().unwrap_or_default().into_bytes();
            self.at = 0;
        }
        let mut rest = self.rest.get(self.at..).unwrap_or_default();
        let taken = rest.read(into)?;
        self.at += taken;
        Ok(taken)
    }
}
