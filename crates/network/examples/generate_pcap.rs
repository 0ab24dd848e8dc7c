//! Writes a large capture of made-up hosts, on documentation addresses only, to measure with:
//! `generate_pcap PATH MEGABYTES`.

use std::fs::File;
use std::io::{BufWriter, Write};

/// Bytes of a full segment's payload.
const FULL: usize = 1_400;

/// One TCP segment in an Ethernet frame.
struct Segment<'a> {
    hosts: (u16, u16),
    from_client: bool,
    flags: u8,
    seq: u32,
    payload: &'a [u8],
}

fn write(out: &mut impl Write, micros: u64, segment: &Segment<'_>) -> std::io::Result<usize> {
    let total = 40 + segment.payload.len() as u16;
    let client = [10, 1, (segment.hosts.0 >> 8) as u8, segment.hosts.0 as u8];
    let server = [198, 51, 100, segment.hosts.1 as u8];
    let client_port = 40_000 + segment.hosts.0 % 20_000;
    let (from, to) = if segment.from_client {
        (client, server)
    } else {
        (server, client)
    };
    let (source, target) = if segment.from_client {
        (client_port, 80)
    } else {
        (80, client_port)
    };
    let mut frame = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0];
    frame.extend(total.to_be_bytes());
    frame.extend([0, 0, 0, 0, 64, 6, 0, 0]);
    frame.extend(from);
    frame.extend(to);
    frame.extend(source.to_be_bytes());
    frame.extend(target.to_be_bytes());
    frame.extend(segment.seq.to_be_bytes());
    frame.extend(1u32.to_be_bytes());
    frame.extend([0x50, segment.flags, 255, 255, 0, 0, 0, 0]);
    frame.extend(segment.payload);
    for word in [
        (micros / 1_000_000) as u32,
        (micros % 1_000_000) as u32,
        frame.len() as u32,
        frame.len() as u32,
    ] {
        out.write_all(&word.to_le_bytes())?;
    }
    out.write_all(&frame)?;
    Ok(frame.len() + 16)
}

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(path), Some(megabytes)) = (
        arguments.next(),
        arguments.next().and_then(|size| size.parse::<usize>().ok()),
    ) else {
        eprintln!("usage: generate_pcap PATH MEGABYTES");
        std::process::exit(2);
    };
    let mut out = BufWriter::new(File::create(path)?);
    out.write_all(&[
        0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0,
    ])?;
    let (mut written, mut micros, mut number) = (0, 1_552_867_200_000_000u64, 0u32);
    let full = [b'x'; FULL];
    while written < megabytes * 1_000_000 {
        number += 1;
        let hosts = ((number % 5_000) as u16, (number % 200) as u16);
        let request = format!(
            "GET /page/{number} HTTP/1.1\r\nHost: site{}.example\r\nUser-Agent: made up\r\n\r\n",
            hosts.1
        );
        let mut segment = |from_client, flags, seq, payload: &[u8]| {
            micros += 50;
            let segment = Segment {
                hosts,
                from_client,
                flags,
                seq,
                payload,
            };
            write(&mut out, micros, &segment)
        };
        let end = 1 + request.len() as u32;
        written += segment(true, 2, 0, b"")?
            + segment(false, 18, 0, b"")?
            + segment(true, 24, 1, request.as_bytes())?;
        // Answers of some sizes, each with a bare acknowledgement for two segments.
        for part in 0..1 + number % 40 {
            written += segment(false, 16, 1 + part * FULL as u32, &full)?;
            if part % 2 == 1 {
                written += segment(true, 16, end, b"")?;
            }
        }
        written +=
            segment(true, 17, end, b"")? + segment(false, 17, 1 + (1 + number % 40) * FULL as u32, b"")?;
    }
    out.flush()
}
