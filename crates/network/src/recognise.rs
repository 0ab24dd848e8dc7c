//! Tells a log by its first bytes.

use crate::capture::is_capture;
use crate::eve;
use crate::json;
use crate::log::LogKind;
use crate::source::{GZIP, ZSTD};
use flate2::bufread::GzDecoder;
use std::io::Read;

/// How much of the first bytes is looked at, unpacked.
const HEAD: u64 = 64 << 10;
const DIRECTIVES: [&[u8]; 4] = [b"#separator ", b"#fields\t", b"#path\t", b"#set_separator"];

/// Returns what kind of log starts with `head`, looking inside where it is gzip.
///
/// A Zeek TSV log is told by its `#` header, a JSON log by a first object with `ts` and a `uid`, `id.orig_h`
/// or `_path`. Some 4 KiB of head are enough; a JSON row that is cut by the end of `head` is told by its keys.
pub fn recognise(head: &[u8]) -> Option<LogKind> {
    let mut plain = Vec::new();
    if head.starts_with(&ZSTD) {
        // As with gzip, what came out before the error counts.
        if let Ok(frames) = zstd::stream::read::Decoder::with_buffer(head) {
            let _ = frames.take(HEAD).read_to_end(&mut plain);
        }
        return tell(&plain);
    }
    if !head.starts_with(&GZIP) {
        return tell(head);
    }
    // The head of a gzip file ends early by nature: what came out before the error counts.
    let _ = GzDecoder::new(head).take(HEAD).read_to_end(&mut plain);
    tell(&plain)
}

fn tell(head: &[u8]) -> Option<LogKind> {
    if let Some(blocks) = is_capture(head) {
        return Some(if blocks { LogKind::Pcapng } else { LogKind::Pcap });
    }
    let mut lines = head
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .filter(|line| !line.is_empty());
    let first = lines.find(|line| !line.starts_with(b"#") || is_directive(line))?;
    if is_directive(first) {
        return Some(LogKind::ZeekTsv);
    }
    if first.starts_with(b"{") && eve::is_eve(first) {
        let whole = eve::row(first).is_ok() || head.ends_with(first);
        return whole.then_some(LogKind::Eve);
    }
    let zeek = match json::object(first) {
        Ok(object) => object.zeek,
        Err(_) => is_cut_row(first, head),
    };
    zeek.then_some(LogKind::ZeekJson)
}

fn is_directive(line: &[u8]) -> bool {
    DIRECTIVES.iter().any(|directive| line.starts_with(directive))
}

/// Returns whether a line that `head` cuts has the keys of a row.
fn is_cut_row(line: &[u8], head: &[u8]) -> bool {
    let has = |key: &[u8]| memchr::memmem::find(line, key).is_some();
    head.ends_with(line) && line.starts_with(b"{\"") && has(b"\"ts\":") && has(b"\"id.orig_h\":")
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    const TSV: &[u8] = b"### a comment\n#separator \\x09\n#fields\tts\n1.0\n";
    const JSON: &[u8] = b"{\"ts\":1.5,\"uid\":\"C1\",\"id.orig_h\":\"192.0.2.1\"}\n";

    #[test]
    fn content_tells_plain_or_packed() {
        assert_eq!(recognise(TSV), Some(LogKind::ZeekTsv));
        assert_eq!(recognise(JSON), Some(LogKind::ZeekJson));
        assert_eq!(recognise(&JSON[..JSON.len() - 4]), Some(LogKind::ZeekJson));
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(&TSV.repeat(100)).unwrap();
        let packed = packed.finish().unwrap();
        assert_eq!(recognise(&packed[..packed.len() - 8]), Some(LogKind::ZeekTsv));
    }

    #[test]
    fn other_content_is_not_taken_for_a_log() {
        for other in [
            &b""[..],
            b"# a heading\ntext\n",
            b"{\"ts\":1}",
            b"{\"name\":\"x\"}",
            b"[1]",
            b"\x1f\x8b\x08",
            b"ts,uid\n1,2\n",
        ] {
            assert_eq!(recognise(other), None, "{other:?}");
        }
    }
}
